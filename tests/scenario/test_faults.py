"""What a scenario's file, or a --set, can get wrong: an error is one line that names its place, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cordiale
from cordiale.scenario.file import ScenarioFile

Refused = Callable[..., str]
MINE = "scenarios/indo_pacific_2018/mine.yaml"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\n"
QUICK = ("--worlds", "4", "--set", "horizon=2019Q4", "--no-charts", "--out", "study")
SOURCED = "basis: implied, locator: Limitations 1, paraphrase: 'a line of it'"
RANGE = f"{{low: 0.1, best: 0.2, high: 0.9, {SOURCED}}}"
LIST = "a list, in square brackets or with a '-' before each entry"
KEYS = f"(known: {', '.join(ScenarioFile.model_fields)})"
OWN = "{label: Mine, says: a word, locator: Limitations 1, moves: {%s: [0, 1]}}"
HOLDS = "what it says holds until something else happens; stop it in between, or write a shock"
FORM = "is not a name of small letters, digits and _"


def one(numbers: str) -> str:
    return f"uncertainties:\n  FRA.china_tone.ideal: {{{numbers}}}\n"


# what follows the head (in lines 4 and on), and the place and message of the error
SCENARIOS = {
    # names
    "key": ("levrs: {brexit: 1}", "4:1: unknown key 'levrs'; did you mean 'levers'?"),
    "number as key": (
        "5: a",
        f"4:1: unknown key '5' {KEYS}",
    ),
    "control characters": (
        '"\\e[31m\\n": 1',
        "4:1: a character that no text has: '\\x1b'",
    ),
    "lever": (
        "levers: {france_in_qad: 1}",
        "4:10: 'france_in_qad' is no lever of this pack; did you mean 'france_in_quad'?",
    ),
    "no such lever": (
        "levers: {zzz: 1}",
        "4:10: 'zzz' is no lever of this pack; `cordiale list levers` shows them",
    ),
    "capital": ("levers: {Brexit: 1}", f"4:10: 'Brexit' {FORM}"),
    "Cyrillic": (
        "levers: {br\u0435xit: 1}",
        f"4:10: 'br\u0435xit' {FORM} ('\u0435' is cyrillic small letter ie)",
    ),
    "quotation marks": (
        "levers: {\u201cbrexit\u201d: 1}",
        f"4:10: '\u201cbrexit\u201d' {FORM} ('\u201c' is left double quotation mark)",
    ),
    "measure": (
        "measures: [alignmnt]",
        "4:12: 'alignmnt' is no measure of this pack; did you mean 'alignment'?",
    ),
    "state": (
        "measures: ['alignment:FRA-JPX']",
        "4:12: 'alignment' is of a dyad, such as FRA-JPN, and 'FRA-JPX' is none; did you mean 'FRA-JPN'?",
    ),
    "parameter": (
        f"uncertainties: {{FRE.china_tone.ideal: {RANGE}}}",
        "4:17: 'FRE.china_tone.ideal' is not a parameter of this pack; did you mean 'FRA.china_tone.ideal'?",
    ),
    "a path that lacks its last part": (
        "timeline:\n  - {quarter: 2020Q1, set: {JPN.dual_use_restraint: 0.2}}",
        "5:29: 'JPN.dual_use_restraint' is not a parameter of this pack; did you mean 'JPN.dual_use_restraint.ideal'?",
    ),
    "a misspelt path that lacks it, of a pair in another order": (
        "timeline:\n  - {quarter: 2020Q1, set: {JPN-FRA.opning: 0.2}}",
        "5:29: 'JPN-FRA.opning' is not a parameter of this pack; did you mean 'FRA-JPN.opening.maritime'?",
    ),
    "until before the first quarter": (
        "timeline:\n  - {quarter: 2020Q1, every: 4, until: 2019Q1, set: {brexit: 1}}",
        "5:33: the last quarter, 2019Q1, is before the first, 2020Q1: nothing comes again",
    ),
    "lever's parameter": (
        f"uncertainties: {{JPN>FRA.breach: {RANGE}}}",
        "4:17: 'JPN>FRA.breach' is not drawn from a range: a lever sets it",
    ),
    "one thing under two names": (
        f"uncertainties:\n  FRA-JPN.practice.maritime: {RANGE}\n  JPN-FRA.practice.maritime: {RANGE}",
        "6:3: 'JPN-FRA.practice.maritime' stands twice: first as 'FRA-JPN.practice.maritime'",
    ),
    "pack": (
        "pack: indo_pacifc_2018",
        "4:7: no case pack 'indo_pacifc_2018'; did you mean 'indo_pacific_2018'? (known: indo_pacific_2018)",
    ),
    "pack elsewhere": ("pack: ../..", f"4:7: '../..' {FORM}"),
    # numbers
    "out of scale": ("levers: {brexit: 1.5}", "4:18: 1.5 leaves the scale 0..1 of the lever 'brexit'"),
    "word": ("levers: {brexit: high}", "4:18: 'brexit' must be a number, not 'high'"),
    "true": ("levers: {brexit: true}", "4:18: 'brexit' must be a number, not true"),
    "no value": ("levers:", "4:8: 'levers' has no value: give it one, or leave the key out"),
    "NaN": ("levers: {brexit: .nan}", "4:18: 'brexit' must be a finite number, not nan"),
    "infinity": ("levers: {brexit: -.inf}", "4:18: 'brexit' must be a finite number, not -inf"),
    "huge": ("levers: {brexit: 1e999}", "4:18: 'brexit' must be a finite number, not inf"),
    "comma": (
        "levers:\n  brexit: 0,5",
        "5:11: 'brexit' must be a number, not '0,5'; a decimal number is written with a point",
    ),
    "comma in braces": (
        "levers: {brexit: 0,5}",
        "4:20: a key of 'levers' must be text, not 5; a decimal number is written with a point",
    ),
    "worlds: 0": ("worlds: 0", "4:9: 0 is less than 1, the least that 'worlds' can be"),
    "worlds: 1.5": ("worlds: 1.5", "4:9: 'worlds' must be a whole number, not 1.5"),
    "worlds: 10**12": (
        "worlds: 1000000000000",
        "4:9: 1000000000000 is more than 100000000, the most that 'worlds' can be",
    ),
    "seed": ("seed: -1", "4:7: -1 is less than 0, the least that 'seed' can be"),
    "horizon": ("horizon: 2025", "4:10: 2025 is not a quarter, such as 2019Q2"),
    "horizon before the start": ("horizon: 2017Q4", "4:10: 2017Q4 is before the start, 2018Q4"),
    "horizon far away": ("horizon: 9999Q4", "4:10: 9999Q4 is more than 400 quarters from 2018Q4"),
    "long text": (
        "measures: [" + "x" * 100_000 + "]",
        f"4:12: entry 1 of 'measures' is longer than 120 characters: '{'x' * 57}...'",
    ),
    "long list": ("measures: [" + "1," * 10_000 + "]", "4:11: 'measures' holds more than 500 entries"),
    # coded numbers
    "low > best": (
        one(f"low: 0.5, best: 0.2, high: 0.9, {SOURCED}"),
        "5:26: low <= best <= high does not hold: 0.5, 0.2, 0.9",
    ),
    "best > high": (
        one(f"low: 0.1, best: 0.2, high: 0.15, {SOURCED}"),
        "5:47: low <= best <= high does not hold: 0.1, 0.2, 0.15",
    ),
    "range out of scale": (
        one(f"low: 0.1, best: 0.2, high: 1.1, {SOURCED}"),
        "5:47: 0.1..1.1 leaves the scale 0..1 of 'FRA.china_tone.ideal'",
    ),
    "a number in place of a range": (
        "uncertainties: {FRA.china_tone.ideal: 0.5}",
        "4:39: 'FRA.china_tone.ideal' has keys of its own (low, best, high, basis, locator, paraphrase, "
        "source), and here stands 0.5",
    ),
    "no basis": (
        one("low: 0.1, best: 0.2, high: 0.9, locator: Limitations 1, paraphrase: 'a line of it'"),
        "5:25: key 'basis' is missing",
    ),
    "another basis": (
        one("low: 0.1, best: 0.2, high: 0.9, basis: said, locator: Limitations 1"),
        "5:65: 'basis' must be 'explicit', 'implied' or 'not in the article', not 'said'",
    ),
    "no locator": (
        one("low: 0.1, best: 0.2, high: 0.9, basis: implied"),
        "5:58: a number with basis 'implied' needs 'locator'",
    ),
    "no paragraph": (
        one(f"low: 0.1, best: 0.2, high: 0.9, {SOURCED.replace('tions', 'tion')}"),
        "5:83: 'Limitation 1' is no paragraph of the article; did you mean 'Limitations 1'?",
    ),
    "no-break space": (
        one(f"low: 0.1, best: 0.2, high: 0.9, {SOURCED.replace('s 1', chr(0x73) + chr(0xA0) + '1')}"),
        "5:83: 'Limitations\\xa01' is no paragraph of the article; did you mean 'Limitations 1'? "
        "('\\xa0' is no-break space)",
    ),
    "narrow": (
        one("low: 0.1, best: 0.2, high: 0.3, basis: not in the article, source: 'assumption: none'"),
        "5:58: a number that is not in the article needs a wide range: at least 0.25",
    ),
    "no source": (
        one("low: 0.1, best: 0.2, high: 0.9, basis: not in the article"),
        "5:58: a number that is not in the article needs 'source', which may begin with 'assumption:'",
    ),
    # levers of its own
    "a lever of the pack": (
        f"define: {{brexit: {OWN % 'FRA.resolve'}}}",
        "4:10: 'brexit' is a lever of the pack: give it another name",
    ),
    "a lever to half a membership": (
        "define: {mine: {label: Mine, says: a word, locator: Limitations 1, moves: {KOR.member.quad: [0, 0.5]}}}",
        "4:97: 0.5 is neither 0 nor 1, as 'KOR.member.quad' must be: membership held in (1) or out (0)",
    ),
    "locator of a lever of its own": (
        "define: {mine: {label: Mine, says: a word, locator: Limitation 1, moves: {FRA.clarity: [0, 1]}}}",
        "4:53: 'Limitation 1' is no paragraph of the article; did you mean 'Limitations 1'?",
    ),
    "a lever that moves nothing": (
        f"define: {{mine: {OWN % 'FRA.x.ideal'}}}",
        "4:76: 'FRA.x.ideal' is not a parameter of this pack; did you mean 'FRA.china_tone.ideal'?",
    ),
    # extends
    "no parent": (
        "extends: basline",
        "4:10: extends 'basline', and there is no such scenario; did you mean 'baseline'?",
    ),
    "a second parent": (
        "extends: [baseline, nosuch]",
        "4:21: extends 'nosuch', and there is no such scenario",
    ),
    "parent elsewhere": ("extends: ../baseline", f"4:10: '../baseline' {FORM}"),
    "parents elsewhere": ("extends: [../baseline]", f"4:11: '../baseline' {FORM}"),
    "parent's number": ("extends: 5", "4:10: 5 is not a name of small letters, digits and _"),
    "a number among parents": (
        "extends: [baseline, 5]",
        "4:21: entry 2 of 'extends' must be text, not 5 (in quotes it would be text)",
    ),
    "many parents": ("extends: [" + "baseline, " * 30 + "]", "4:10: 'extends' holds more than 20 entries"),
    "loop": ("extends: mine", "4:10: extends goes round in a loop: mine -> mine"),
    "list": ("measures: alignment", f"4:11: 'measures' must be {LIST}, not 'alignment'"),
}
TIMELINES = {
    "before the start": ("{quarter: 2018Q3, set: {brexit: 1}}", "5:15: 2018Q3 is before the start, 2018Q4"),
    "after the horizon": (
        "{quarter: 2030Q1, set: {brexit: 1}}",
        "5:15: 2030Q1 is after the horizon, 2019Q4 (--set)",
    ),
    "a year": ("{quarter: 2019, set: {brexit: 1}}", "5:15: 2019 is not a quarter, such as 2019Q2"),
    "no quarter": ("{quarter: 2019Q5, set: {brexit: 1}}", "5:15: '2019Q5' is not a quarter, such as 2019Q2"),
    "wide digits": (
        "{quarter: \uff12\uff10\uff11\uff19Q1, set: {brexit: 1}}",
        "5:15: '\uff12\uff10\uff11\uff19Q1' is not a quarter, such as 2019Q2 ('\uff12' is fullwidth digit two)",
    ),
    "ramp without over": (
        "{quarter: 2019Q1, ramp: {brexit: 1}}",
        "5:5: 'ramp' needs 'over': how many quarters, such as over: 4",
    ),
    "over without ramp": (
        "{quarter: 2019Q1, set: {brexit: 1}, over: 3}",
        "5:5: 'over' belongs to 'ramp', and this event has 'set'",
    ),
    "shock without lasts": (
        "{quarter: 2019Q1, shock: {brexit: 1}}",
        "5:5: 'shock' needs 'lasts': how many quarters, such as lasts: 4",
    ),
    "long ramp": (
        "{quarter: 2019Q1, ramp: {brexit: 1}, over: 5000}",
        "5:48: 5000 is more than 400, the most that 'over' can be",
    ),
    "two kinds": (
        "{quarter: 2019Q1, set: {brexit: 1}, stop: [london_pull]}",
        "5:5: an event has exactly one of act, set, ramp, stop, shock; this one has set and stop",
    ),
    "nothing": ("{quarter: 2019Q1, set: {}}", "5:28: 'set' is empty: give it entries, or leave the key out"),
    "stop a word": ("{quarter: 2019Q1, stop: brexit}", f"5:29: 'stop' must be {LIST}, not 'brexit'"),
    "stop before it begins": (
        "{quarter: 2019Q1, stop: [brexit]}",
        "5:30: 'brexit' stops here, and nothing sets it before",
    ),
    "twice in one quarter": (
        "{quarter: 2019Q1, set: {brexit: 1}}\n  - {quarter: 2019Q1, stop: [brexit]}",
        "6:30: 'brexit' is set twice in 2019Q1: first in line 5",
    ),
    "within a shock": (
        "{quarter: 2019Q1, shock: {brexit: 1}, lasts: 3}\n  - {quarter: 2019Q2, set: {brexit: 1}}",
        "6:29: 'brexit' is in a shock from 2019Q1 that ends in 2019Q4: begin after it",
    ),
    "levers and the first quarter": (
        "{quarter: 2018Q4, set: {brexit: 1}}\nlevers: {brexit: 0}",
        "5:29: 'brexit' is set twice in 2018Q4: first in line 6",
    ),
    "no such act": (
        "{quarter: 2019Q1, act: [FRA-JPN.open_talk.acsa]}",
        "5:29: 'FRA-JPN.open_talk.acsa' is no act; did you mean 'FRA-JPN.open_talks.acsa'?",
    ),
    "an act of nobody": (
        "{quarter: 2019Q1, act: [FRA-JPN.sign.acsa, AUS>FRE.cancel]}",
        "5:48: 'AUS>FRE.cancel' is no act; did you mean 'AUS>FRA.cancel'?",
    ),
    "a number as an act": (
        "{quarter: 2019Q1, act: [FRA.resolve]}",
        "5:29: 'FRA.resolve' is no act (acts are such as FRA-JPN.open_talks.dialogue, FRA-JPN.sign.dialogue, "
        "FRA>JPN.cancel, FRA>JPN.coercion, FRA>JPN.breach, quad.found, FRA.leave.quad)",
    ),
    "coercion by no challenger": (
        "{quarter: 2019Q1, act: [FRA>JPN.coercion]}",
        "5:29: FRA is no challenger, so it coerces nobody (known: CHN, RUS)",
    ),
    "an act that lasts": (
        "{quarter: 2019Q1, act: [quad.found], lasts: 2}",
        "5:5: 'lasts' belongs to 'shock', and this event has 'act'",
    ),
    "an act twice": (
        "{quarter: 2019Q1, act: [FRA-JPN.sign.acsa, JPN-FRA.sign.acsa]}",
        "5:48: 'FRA-JPN.sign.acsa' is set twice in 2019Q1: first in line 5",
    ),
    "an act alone": ("{quarter: 2019Q1, act: quad.found}", f"5:28: 'act' must be {LIST}, not 'quad.found'"),
    "no such number": (
        "{quarter: 2019Q1, set: {JPN.resolv: 0.5}}",
        "5:29: 'JPN.resolv' is not a parameter of this pack; did you mean 'JPN.resolve'?",
    ),
    "a number out of scale": (
        "{quarter: 2019Q1, set: {JPN.resolve: 1.5}}",
        "5:42: 1.5 leaves the scale 0..1 of 'JPN.resolve'",
    ),
    "a number of the start": (
        "{quarter: 2019Q1, set: {FRA-JPN.practice.maritime: 0.5}}",
        "5:29: 'FRA-JPN.practice.maritime' is used at the start only, so nothing can move it",
    ),
    "until without every": (
        "{quarter: 2019Q1, set: {brexit: 1}, until: 2019Q3}",
        "5:5: 'until' needs 'every': after how many quarters the event comes again, such as every: 4",
    ),
    "a shock that is not over": (
        "{quarter: 2019Q1, shock: {brexit: 1}, lasts: 4, every: 4}",
        "5:5: a shock of 4 quarters cannot come again after 4",
    ),
    "a ramp longer than its interval": (
        "{quarter: 2019Q1, ramp: {brexit: 1}, over: 8, every: 4}",
        "5:5: a ramp of 8 quarters cannot come again after 4",
    ),
    "a set again of what holds": (
        "{quarter: 2019Q1, set: {brexit: 1}, every: 4}",
        f"5:29: 'set' every 4 quarters sets 'brexit' only once: {HOLDS}",
    ),
    "a ramp again to where it is": (
        "{quarter: 2019Q1, ramp: {FRA.resolve: 1}, over: 2, every: 4}",
        f"5:30: 'ramp' every 4 quarters moves 'FRA.resolve' only once: {HOLDS}",
    ),
    "a stop again": (
        "{quarter: 2019Q1, stop: [brexit], every: 2}\nlevers: {brexit: 1}",
        f"5:30: 'stop' every 2 quarters stops 'brexit' only once: {HOLDS}",
    ),
    "half a presence": (
        "{quarter: 2019Q1, set: {KOR.present: 0.5}}",
        "5:42: 0.5 is neither 0 nor 1, as 'KOR.present' must be: takes part (1) or stands outside (0)",
    ),
    "a ramp of a presence": (
        "{quarter: 2019Q1, ramp: {KOR.present: 1}, over: 4}",
        "5:30: 'KOR.present' is 0 or 1, and nothing between: no ramp can move it",
    ),
    "a lever and its number": (
        "{quarter: 2019Q1, set: {FRA.china_tone.ideal: 0.5}}\nlevers: {france_china_tone: 1}",
        f"6:10: 'france_china_tone' and 'FRA.china_tone.ideal' ({MINE}:5) both move 'FRA.china_tone.ideal' in 2019Q1: "
        "stop one before the other begins",
    ),
}
SCENARIOS |= {name: (f"timeline:\n  - {text}", message) for name, (text, message) in TIMELINES.items()}


def write(text: str, name: str = "mine", head: str = HEAD) -> None:
    Path(f"scenarios/indo_pacific_2018/{name}.yaml").write_text(f"{head}{text}\n", "utf-8")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fault_in_a_scenario(name: str, refused: Refused) -> None:
    text, message = SCENARIOS[name]
    write(text)
    assert refused("run", "mine", *QUICK) == f"{MINE}:{message}"


def test_a_misspelt_key_is_named_before_the_one_it_leaves_out(refused: Refused) -> None:
    write("", head=HEAD.replace("question", "qestion"))
    assert refused("run", "mine", *QUICK) == f"{MINE}:2:1: unknown key 'qestion'; did you mean 'question'?"
    write("", head=HEAD.replace("question: What happens?\n", ""))
    assert refused("run", "mine", *QUICK) == f"{MINE}:1:1: key 'question' is missing"


def test_a_file_that_is_no_data(refused: Refused) -> None:
    path = Path(MINE)
    for text, message in (("", "the file is empty"), ("# a\n", "the file holds only comments")):
        path.write_text(text, "utf-8")
        assert refused("run", "mine", *QUICK) == f"{MINE}:1:1: {message}"
    for text, what in (("- a\n", "a list"), ("hello\n", "'hello'"), ("5\n", "5")):
        path.write_text(text, "utf-8")
        assert refused("run", "mine", *QUICK) == f"{MINE}:1:1: the file must hold lines of `key: value`, not {what}"
    path.write_bytes(b"a: 1\n" * 10_000_000)
    assert refused("run", "mine", *QUICK) == f"{MINE}: larger than 1,000,000 bytes; no file of cordiale is"


def test_a_loop_of_two(refused: Refused) -> None:
    write("extends: yours")
    write("extends: mine", "yours")
    assert refused("run", "mine", *QUICK) == f"{MINE}:4:10: extends goes round in a loop: mine -> yours -> mine"


def test_two_levers_on_one_number(refused: Refused) -> None:
    case = Path("agents/indo_pacific_2018/case.yaml")
    case.write_text(case.read_text("utf-8").replace("USA.bandwidth: [5.0", "GBR.bandwidth: [5.0"), "utf-8")
    tail = "both move 'GBR.bandwidth' in {}: stop one before the other begins"
    write("levers: {brexit: 1, us_retrenchment: 1}")
    both = f"'us_retrenchment' and 'brexit' ({MINE}:4)"
    assert refused("run", "mine", *QUICK) == f"{MINE}:4:21: {both} {tail.format('2018Q4')}"
    write("levers: {brexit: 1}\ntimeline:\n  - {quarter: 2019Q2, set: {us_retrenchment: 1}}")
    assert refused("run", "mine", *QUICK) == f"{MINE}:6:29: {both} {tail.format('2019Q2')}"
    write("levers: {brexit: 1}")
    message = refused("run", "mine", "--set", "us_retrenchment=1", *QUICK)
    assert message == f"--set us_retrenchment: {both} {tail.format('2018Q4')}"
    write("extends: mine\ntimeline:\n  - {quarter: 2019Q2, ramp: {us_retrenchment: 1}, over: 2}", "child")
    message = refused("run", "child", *QUICK)  # a ramp has moved it one step in its first quarter or in the next
    assert message == f"{MINE.replace('mine', 'child')}:6:30: {both} {tail.format('2019Q3')}"


SETS = {
    "brexit": "--set 'brexit': write it as PATH=VALUE, such as france_in_quad=1",
    "=1": "--set '=1': write it as PATH=VALUE, such as france_in_quad=1",
    "brexit=": "--set 'brexit=': write it as PATH=VALUE, such as france_in_quad=1",
    "brexi=1": "--set brexi=1: no lever or parameter of that name in 'baseline'; did you mean 'brexit'?",
    "fra.china_tone.ideal=1": "--set fra.china_tone.ideal=1: no lever or parameter of that name in 'baseline'; "
    "did you mean 'FRA.china_tone.ideal'?",
    "qqq=1": "--set qqq=1: no lever or parameter of that name in 'baseline'; "
    "`cordiale list levers` and `cordiale list parameters` show them",
    "measures=trust": "--set measures=trust: 'measures' stands in the scenario's file, not in --set",
    "brexit=2": "--set brexit=2: leaves the scale 0..1 of the lever 'brexit'",
    "KOR.present=0.5": "--set KOR.present=0.5: is neither 0 nor 1, as 'KOR.present' must be",
    "FRA.bandwidth=7": "--set FRA.bandwidth=7: leaves the scale 0..6 of 'FRA.bandwidth'",
    "weight.trust_news=5": "--set weight.trust_news=5: leaves the scale 0..0.8 of 'weight.trust_news'",
    "brexit=high": "--set brexit=high: 'high' is not a number",
    "brexit=0,5": "--set brexit=0,5: '0,5' is not a number",
    "brexit=nan": "--set brexit=nan: 'nan' is not a number",
    "brexit=.nan": "--set brexit=.nan: '.nan' is not a finite number",
    "brexit=1e999": "--set brexit=1e999: '1e999' is not a finite number",
    "worlds=0": "--set worlds=0: '0' is not a whole number from 1 to 100000000",
    "worlds=2.5": "--set worlds=2.5: '2.5' is not a whole number from 1 to 100000000",
    "seed=-1": "--set seed=-1: '-1' is not a whole number from 0 to 9223372036854775807",
    "horizon=2017Q4": "--set horizon=2017Q4: is before the start, 2018Q4",
    "horizon=2025": "--set horizon=2025: '2025' is not a quarter such as 2018Q4",
    "horizon=9999Q4": "--set horizon=9999Q4: is more than 400 quarters from 2018Q4",
    "basline:brexit=1": "--set basline:brexit=1: 'basline' is not run here; did you mean 'baseline'?",
    "baseline:brexit=2": "--set baseline:brexit=2: leaves the scale 0..1 of the lever 'brexit'",
    "baseline:brexi=1": "--set baseline:brexi=1: no lever or parameter of that name in 'baseline'; "
    "did you mean 'brexit'?",
    "baseline:seed=-1": "--set baseline:seed=-1: '-1' is not a whole number from 0 to 9223372036854775807",
    "a\nb=1": "--set a\\nb=1: no lever or parameter of that name in 'baseline'; "
    "`cordiale list levers` and `cordiale list parameters` show them",
}


@pytest.mark.parametrize("given", SETS)
def test_set(given: str, refused: Refused) -> None:
    assert refused("run", "baseline", "--set", given, "--out", "study") == SETS[given]


def test_set_of_one_thing_twice(refused: Refused) -> None:
    message = refused("run", "baseline", "--set", "brexit=1", "--set", "levers.brexit=0", "--out", "study")
    assert message == "--set levers.brexit=0: 'levers.brexit' is set twice"
    message = refused("run", "baseline", "--set", "brexit=1", "--set", "baseline:brexit=0", "--out", "study")
    assert message == "--set baseline:brexit=0: 'brexit' is set twice"
    turned = ("--set", "FRA-JPN.practice.maritime=1", "--set", "JPN-FRA.practice.maritime=0")
    message = refused("run", "baseline", *turned, "--out", "study")
    assert message == "--set JPN-FRA.practice.maritime=0: 'JPN-FRA.practice.maritime' is set twice"


def test_a_setting_is_given_once(refused: Refused) -> None:
    """By --set or by the option of its own name: neither is put aside in silence."""
    for command in (("run", "baseline"), ("compare", "baseline", "brexit"), ("causes", "baseline")):
        message = refused(*command, "--set", "baseline:worlds=4", "--worlds", "6")
        assert message == "--set baseline:worlds=4 and --worlds 6: give one of them"
        message = refused(*command, "--set", "seed=4", "--seed", "6")
        assert message == "--set seed=4 and --seed 6: give one of them"


def test_a_long_seed_is_kept_exactly() -> None:
    assert cordiale.load_scenario("baseline", set=["seed=9007199254740993"]).seed == 9007199254740993
