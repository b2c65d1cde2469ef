from __future__ import annotations

import os
import pickle
import shutil
import time
from pathlib import Path

import pytest

from cordiale.files.errors import FileError, OptionError, UserError
from cordiale.scenario.file import find_scenario
from cordiale.scenario.load import load_case, load_pack, load_scenario

NAME = "indo_pacific_2018"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\n"
TREATY = "agreement: acsa, signed: 2018, source: a treaty"
CODED = "{low: 0, best: 0.5, high: 1, basis: not in the article, source: 'assumption: none'}"

# file, what is replaced, by what, and the message
FAULTS = {
    "state": ("case", "states: [", "states: [FRE, ", "the state FRE has no file: {pack}/FRE.yaml is missing"),
    "state twice": ("case", "states: [", "states: [FRA, ", "'FRA' stands twice in the list"),
    "focus": (
        "case",
        "focus: FRA-JPN",
        "focus: FRA-JPM",
        "'JPM' is no state of this pack; did you mean 'JPN'?",
    ),
    "focus on one": ("case", "focus: FRA-JPN", "focus: FRA-FRA", "'FRA-FRA' is a state with itself"),
    "focus form": (
        "case",
        "focus: FRA-JPN",
        "focus: FRA/JPN",
        "'FRA/JPN' is not a dyad of two codes, ABC-DEF",
    ),
    "poles": ("case", "poles: [", "poles: [FRA, ", "'poles' holds more than 2 entries"),
    "hazard": (
        "case",
        "meets: [CHN, piracy]",
        "meets: [CHN, pirates]",
        "'pirates' is no hazard of this pack; did you mean 'piracy'?",
    ),
    "theatre": (
        "case",
        "theatre: asia",
        "theatre: asai",
        "'asai' is no theatre of this pack; did you mean 'asia'?",
    ),
    "patron": ("case", "patron: USA", "patron: USB", "'USB' is no state of this pack; did you mean 'USA'?"),
    "rung": (
        "case",
        "unlocked_by: acsa",
        "unlocked_by: asca",
        "'asca' is no agreement of this pack; did you mean 'acsa'?",
    ),
    "implies itself": (
        "case",
        "implies: [dialogue]",
        "implies: [two_plus_two]",
        "'two_plus_two' is no other agreement of this pack (known: dialogue, equipment_transfer, "
        "acsa, reciprocal_access, defence_treaty)",
    ),
    "member": ("case", "members: [JPN,", "members: [JPN, JPN,", "'JPN' stands twice in the list"),
    "provokes": (
        "case",
        "provokes: [CHN]",
        "provokes: [JPN]",
        "'JPN' is no challenger of this pack (known: CHN, RUS)",
    ),
    "lever's path": (
        "case",
        "FRA.member.quad: [0, 1]",
        "FRA.membr.quad: [0, 1]",
        "'FRA.membr.quad' is not a parameter of this pack; did you mean 'FRA.member.quad'?",
    ),
    "lever's start": (
        "case",
        "FRA.member.quad: [0, 1]",
        "FRA-JPN.practice.maritime: [0, 1]",
        "'FRA-JPN.practice.maritime' is used at the start only, so no lever can move it",
    ),
    "lever's end": (
        "case",
        "FRA.member.quad: [0, 1]",
        "FRA.member.quad: [0, 2]",
        "2 leaves the scale 0..1 of 'FRA.member.quad'",
    ),
    "one end": (
        "case",
        "FRA.member.quad: [0, 1]",
        "FRA.member.quad: [0]",
        "'FRA.member.quad' holds fewer than 2 entries",
    ),
    "same number": (
        "case",
        "{FRA-JPN.opening.maritime: [0, 1]}",
        "{FRA-JPN.opening.maritime: [0, 1], JPN-FRA.opening.maritime: [0, 1]}",
        "'JPN-FRA.opening.maritime' stands twice: first as 'FRA-JPN.opening.maritime'",
    ),
    "lever's name": (
        "case",
        "  france_in_quad:",
        "  worlds:",
        "'worlds' is a setting of scenarios: give the lever another name",
    ),
    "lever's locator": (
        "case",
        "    locator: Limitations 1\n    moves",
        "    locator: Limitation 1\n    moves",
        "'Limitation 1' is no paragraph of the article; did you mean 'Limitations 1'?",
    ),
    "no locator": ("case", "    locator: Limitations 1\n    moves", "    moves", "key 'locator' is missing"),
    "issue's name": (
        "case",
        "  quad_format:",
        "  threat:",
        "'threat' is a word that paths use: give the issue another name",
    ),
    "weight": (
        "case",
        "  forum_effect:",
        "  forum_efect:",
        "'forum_efect' is not a weight of the model; did you mean 'forum_effect'?",
    ),
    "weight's scale": (
        "case",
        "behaviour:\n",
        "behaviour:\n  trust_news: {meaning: news, unit: share, most: 5, "
        "low: 0.1, best: 1, high: 4, basis: not in the article, source: 'assumption: none'}\n",
        "0.1..4 leaves the scale 0..0.8 of 'trust_news'",
    ),
    "other's code": ("FRA", "code: FRA", "code: FRE", "'FRE' stands in the file of FRA"),
    "issue": (
        "FRA",
        "  china_tone:",
        "  china_ton:",
        "'china_ton' is no issue of this pack; did you mean 'china_tone'?",
    ),
    "not whole": ("FRA", "cow_code: ", "cow_code: 1.", "'cow_code' must be a whole number, not 1.22"),
    "on itself": (
        "CHN",
        "threat:\n",
        f"threat:\n  CHN: {CODED}\n",
        "a state rates neither its threat nor its dependence on itself",
    ),
    "no challenger": (
        "FRA",
        "resolve:",
        f"assertiveness: {CODED}\nresolve:",
        "only a challenger has 'assertiveness', and FRA is no hazard in case.yaml",
    ),
    "behaviour": (
        "FRA",
        "behaviour: ",
        "behaviour: 5 #",
        "'behaviour' must be text, not 5 (in quotes it would be text)",
    ),
    "ladder": (
        "ties",
        "ladder:\n",
        f"ladder:\n  - {{dyad: FRA-VNM, {TREATY}}}\n  - {{dyad: VNM-FRA, {TREATY}}}\n",
        "'acsa' of VNM-FRA stands twice: first in line 3",
    ),
    "class": (
        "ties",
        "other: acquaintance",
        "other: acquaintence",
        "'acquaintence' is no class of ties of this pack; did you mean 'acquaintance'?",
    ),
    "two classes": (
        "ties",
        "dyads: [USA-JPN, ",
        "dyads: [USA-JPN, JPN-USA, ",
        "JPN-USA stands twice: first in line {n}",
    ),
    "no domain": (
        "ties",
        "      africa:",
        "      afrika:",
        "'afrika' is no domain of this pack; did you mean 'africa'?",
    ),
    "dyad": (
        "ties",
        "dyads:\n  FRA-JPN:",
        "dyads:\n  FRE-JPN:",
        "'FRE' is no state of this pack; did you mean 'FRA'?",
    ),
    "about": (
        "case",
        "about: [inclusive_architecture]",
        "about: [inclusive_architectur]",
        "'inclusive_architectur' is no issue of this pack; did you mean 'inclusive_architecture'?",
    ),
    "about a deed": (
        "case",
        "about: [inclusive_architecture]",
        "about: [freedom_of_navigation]",
        "'freedom_of_navigation' is a deed, which states supply: it is nothing that they agree on",
    ),
    "contribution": (
        "case",
        "contribution: tangible_contribution",
        "contribution: tangible_contributon",
        "'tangible_contributon' is no issue of this pack; did you mean 'tangible_contribution'?",
    ),
    "follows": (
        "case",
        "follows: [equipment]",
        "follows: [equipmnt]",
        "'equipmnt' is no domain of this pack; did you mean 'equipment'?",
    ),
    "follows a word": (
        "case",
        "follows: [equipment]",
        "follows: equipment",
        "'follows' must be a list of domains or the word 'words', not 'equipment'",
    ),
    "level": (
        "case",
        "level: officials",
        "level: clerks",
        "'level' must be 'announced', 'officials', 'ministers' or 'leaders', not 'clerks'",
    ),
    "role": (
        "case",
        "exercises: maritime",
        "exercises: maritim",
        "'maritim' is no domain of this pack; did you mean 'maritime'?",
    ),
    "no role": (
        "case",
        "exercises: maritime",
        "exercise: maritime",
        "unknown key 'exercise'; did you mean 'exercises'?",
    ),
    "a deed in words": (
        "case",
        "words: [china_tone,",
        "words: [africa_security, china_tone,",
        "'africa_security' is a deed, which states supply: it is nothing that they agree on",
    ),
    "narrow rate": (
        "case",
        "rate: {low: 0.75, best: 1.5, high: 3,",
        "rate: {low: 1, best: 1.5, high: 2,",
        "a number that is not in the article needs a wide range: at least 1.5, and 1..2 is 1",
    ),
    "narrow logit": (
        "case",
        "opens: {low: -6.35, best: -5.65, high: -4.95,",
        "opens: {low: -6.15, best: -5.65, high: -5.15,",
        "a number that is not in the article needs a wide range: at least 1.38629, and -6.15..-5.15 is 1",
    ),
    "hits of no challenger": (
        "FRA",
        "resolve:",
        f"hits: {CODED}\nresolve:",
        "only a challenger has 'hits', and FRA is no hazard in case.yaml",
    ),
    "an election that is over": (
        "FRA",
        "quarters: [2022Q2]",
        "quarters: [2017Q2]",
        "2017Q2 is before the start, 2018Q4",
    ),
    "elections out of order": (
        "FRA",
        "quarters: [2022Q2]",
        "quarters: [2022Q2, 2022Q1]",
        "2022Q1 is not after 2022Q2, which stands before it",
    ),
    "talks on what is signed": (
        "ties",
        "talks:\n",
        "talks:\n  - {dyad: FRA-JPN, agreement: acsa, opened: 2017, source: a report}\n",
        "'acsa' of FRA-JPN stands in the ladder, so it is signed",
    ),
    "talks twice": (
        "ties",
        "talks:\n",
        "talks:\n  - {dyad: AUS-JPN, agreement: reciprocal_access, opened: 2017, source: a report}\n",
        "'reciprocal_access' of JPN-AUS stands twice: first in line {n2}",
    ),
    "talks to come": (
        "ties",
        "talks:\n",
        "talks:\n  - {dyad: FRA-JPN, agreement: reciprocal_access, opened: 2019, source: a report}\n",
        "2019 is after the start, 2018Q4",
    ),
    "seller": (
        "ties",
        "seller: FRA, buyer: AUS",
        "seller: FRE, buyer: AUS",
        "'FRE' is no state of this pack; did you mean 'FRA'?",
    ),
    "seller to itself": ("ties", "seller: FRA, buyer: AUS", "seller: FRA, buyer: FRA", "FRA buys from itself"),
    "contract twice": (
        "ties",
        "seller: FRA, buyer: IND",
        "seller: FRA, buyer: AUS",
        "a contract of FRA with AUS stands twice: first in line {n1}",
    ),
    "close": (
        "ties",
        "close: close_partner",
        "close: close_partners",
        "'close_partners' is no class of ties of this pack; did you mean 'close_partner'?",
    ),
    "watches": (
        "ties",
        "watches: [china_tone, ",
        "watches: [china_ton, ",
        "'china_ton' is no issue of this pack; did you mean 'china_tone'?",
    ),
    "view": ("ties", "  JPN>FRA:", "  JPN>FRE:", "'FRE' is no state of this pack; did you mean 'FRA'?"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_pack_is_named_at_its_place(name: str, workshop: Path) -> None:
    file, old, new, message = FAULTS[name]
    path = workshop / "agents" / NAME / f"{file}.yaml"
    before = path.read_text("utf-8")
    at = before.index(old)
    path.write_text(before[:at] + new + before[at + len(old) :], "utf-8")
    first = before[:at].count("\n") + 1
    with pytest.raises(FileError) as caught:
        load_case(NAME)
    assert caught.value.message == message.format(pack=f"agents/{NAME}", n=first, n1=first - 1, n2=first + 1)
    assert caught.value.path == path
    assert caught.value.line is not None
    nearby = range(first - 5, first + new.count("\n") + 2)  # a record's own fault stands where the record begins
    assert caught.value.line in nearby


def test_a_pack_lacks_a_file(workshop: Path) -> None:
    folder = workshop / "agents" / NAME
    (folder / "ties.yaml").rename(workshop / "ties.yaml")
    with pytest.raises(FileError, match=r"ties\.yaml: no such file: a pack has case\.yaml, ties\.yaml and a file"):
        load_case(NAME)
    shutil.copy(folder / "FRA.yaml", folder / "ITA.yaml")
    (workshop / "ties.yaml").rename(folder / "ties.yaml")
    with pytest.raises(FileError, match=r"ITA\.yaml: ITA is not among the `states` of case\.yaml"):
        load_case(NAME)


@pytest.mark.parametrize("name", ["../..", "/", "agents", "..", "", ".", "x" * 5000, "a/" + "x" * 5000, "nul\0/"])
def test_what_is_no_pack(name: str, workshop: Path) -> None:
    with pytest.raises(OptionError, match="no case pack"):
        load_pack(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "x" * 5000, "a/" + "x" * 5000, "nul\0/", "agents/"])
def test_what_is_no_scenario(name: str, workshop: Path) -> None:
    with pytest.raises(OptionError, match=r"no scenario|is a folder"):
        find_scenario(name)


def test_an_edited_pack_is_read_again(workshop: Path) -> None:
    path = workshop / "agents" / NAME / "case.yaml"
    before = load_case(NAME)
    assert load_case(NAME) is before
    assert load_case(f"agents/{NAME}") is before
    path.write_text(path.read_text("utf-8").replace("title: ", "title: Another ", 1), "utf-8")
    assert load_case(NAME).pack.case.title == f"Another {before.pack.case.title}"


def test_a_pack_in_the_working_directory_has_the_folders_name(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workshop / "agents" / NAME)
    assert load_pack(Path()).name == NAME


def write(workshop: Path, name: str, text: str) -> None:
    (workshop / "scenarios" / NAME / f"{name}.yaml").write_text(HEAD + text, "utf-8")


def test_parents_shared_many_times_are_read_once(workshop: Path) -> None:
    generations = 30  # 2 ** 30 paths lead from the first to the last
    for n in range(generations):
        parents = f"[a{n + 1}, b{n + 1}]" if n < generations - 1 else "baseline"
        write(workshop, f"a{n}", f"extends: {parents}\n")
        write(workshop, f"b{n}", f"extends: {parents}\n")
    began = time.perf_counter()
    scenario = load_scenario("a0")
    assert time.perf_counter() - began < 10
    assert len(scenario.files) == len(set(scenario.files)) == 2 * generations


def test_a_long_row_of_parents_is_refused(workshop: Path) -> None:
    for n in range(60):
        write(workshop, f"a{n}", f"extends: {'baseline' if n == 59 else f'a{n + 1}'}\n")
    with pytest.raises(FileError, match="more than 50 scenarios extend one another in a row"):
        load_scenario("a0")


def test_errors_come_through_from_another_process_as_they_were() -> None:
    errors: list[UserError] = [FileError(Path("a.yaml"), 3, 5, "wrong"), OptionError("--set a=b: wrong")]
    for error in errors:
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(errors[0]) == "a.yaml:3:5: wrong"


def test_an_error_is_one_line_that_steers_no_terminal() -> None:
    error = FileError(Path("a\nb.yaml"), 1, 1, "'x\x1b[31m\u2028\u202e' is wrong")
    assert str(error) == "a\\nb.yaml:1:1: 'x\\x1b[31m\\u2028\\u202e' is wrong"


def test_a_pipe_among_the_states_is_not_waited_for(workshop: Path) -> None:
    path = workshop / "agents" / NAME / "FRA.yaml"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(FileError, match="is no regular file"):
        load_case(NAME)
