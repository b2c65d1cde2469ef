"""`cordiale validate`: every fault of every file at once, and what is worth a second look."""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.case.load import scenario_names
from cordiale.cli import main
from cordiale.files.error_messages import MOST_FAULTS
from cordiale.files.errors import FileError, together
from cordiale.scenario.check import check, template_texts
from cordiale.scenario.load import load_case, load_scenario
from cordiale.scenario.new import new_pack

PACK = "indo_pacific_2018"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\n"
Validate = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def validate(workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Validate:
    """Run the command in the workshop: exit code, lines printed, lines on stderr."""

    def run(*names: str) -> tuple[int, list[str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["cordiale", "validate", *names])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, error = capsys.readouterr()
        return int(stopped.value.code or 0), out.splitlines(), error.splitlines()

    return run


def spoil(path: str, old: str, new: str) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new, 1), "utf-8")


def scenario(name: str, text: str) -> None:
    Path(f"scenarios/{PACK}/{name}.yaml").write_text(f"{HEAD}{text}\n", "utf-8")


def places(error: list[str]) -> list[str]:
    return [line.partition(": ")[0].rpartition("/")[2] for line in error]


def test_all_that_is_here_is_checked() -> None:
    found = check(pack=PACK)
    numbers = len(load_scenario("baseline").numbers)
    assert found.sound[0] == f"ok  pack {PACK}: 17 states, {numbers} numbers with range and source"
    assert len(found.sound) == 1 + len(scenario_names(PACK))
    assert not found.faults
    assert check(["baseline"], PACK).sound == ["ok  scenario baseline: No new policy"]


def test_every_fault_of_every_file_is_told_once_in_order(validate: Validate) -> None:
    folder = f"agents/{PACK}"
    spoil(f"{folder}/AUS.yaml", "code: AUS", "cod: AUS")  # a fault of the record, and a key that is missing
    spoil(f"{folder}/AUS.yaml", "cow_code: 900", "cow_code: 900.5")
    spoil(f"{folder}/FRA.yaml", "locator: Limitations 1", "locator: Limitation 1")
    spoil(f"{folder}/ties.yaml", "dyads: [USA-JPN, ", "dyads: [USA-JPN, FRA-FRA, USA-XXX, ")
    spoil(f"{folder}/case.yaml", "patron: USA", "patron: USB")
    Path(f"{folder}/XYZ.yaml").write_text("code: XYZ\n", "utf-8")
    scenario("mine", "levrs: {brexit: 1}\nworlds: 0")
    code, out, error = validate()
    assert (code, out) == (2, [])
    assert error[-1] == "cordiale: 10 faults in 6 files"
    assert places(error[:-1]) == [
        "AUS.yaml:2:1", "AUS.yaml:2:1", "AUS.yaml:4:11", "FRA.yaml:10:72", "XYZ.yaml",
        "case.yaml:150:13", "ties.yaml:201:22", "ties.yaml:201:31", "mine.yaml:4:1", "mine.yaml:5:9",
    ]  # fmt: skip


def test_a_parents_faults_are_told_once_and_each_file_has_its_own(validate: Validate) -> None:
    scenario("a", "levers: {brexi: 1, quad_hard: 2}\nmeasures: [alignmnt, rnk]\nuncertainties: {}")
    scenario("b", "extends: a")
    scenario("c", "extends: baseline\ntimeline:\n  - {quarter: 2017Q1, set: {brexit: 1}}\n"
                  "  - {quarter: 2040Q1, stop: [london_pull]}")  # fmt: skip
    code, out, error = validate()
    assert code == 2
    assert out[0].startswith("ok  pack ")
    assert places(error) == [
        "a.yaml:4:10", "a.yaml:4:20", "a.yaml:4:31", "a.yaml:5:12", "a.yaml:5:22", "c.yaml:6:15", "c.yaml:7:15",
        "c.yaml:7:30", "cordiale",
    ]  # fmt: skip


CLAIM = "locator: Limitations 1, paraphrase: a word, voice: asserts, cause: this, effect: that, sign: '+'"


def test_no_fault_hides_another(validate: Validate) -> None:
    folder = f"agents/{PACK}"
    spoil(f"{folder}/case.yaml", "start: 2018Q4", "start: 2018Q4\nstart: 2018Q4\ncolour: blue")
    spoil(f"{folder}/case.yaml", "  brexit:\n", "  brexit:\n    colour: blue\n")  # of a lever that scenarios use
    spoil(f"{folder}/FRA.yaml", "name: France", "name: 'France")
    spoil(f"{folder}/JPN.yaml", "name: Japan\ncow_code: 740", "name: Japan\nname: Nippon\ncow_code: x")
    spoil(f"{folder}/JPN.yaml", "  china_tone:", "  china_ton:")
    coded = "{low: 0.1, best: 0.2, high: 0.6, basis: not in the article, source: 'assumption: none'}"
    scenario("mine", f"levers: {{brexit: 1, brexi: 1}}\nworlds: 0\nuncertainties:\n  FRA.china_tone.idea: {coded}\n"
                     f"  FRA.china_tone.ideal: {coded}\n  USA.resolve: {coded[:-1]}, colour: blue}}\n"
                     f"  GBR.resolve: {coded.replace('0.6', '6')}\n")  # fmt: skip
    scenario("broken", "levers: {a: 1, a: 2}\ntimeline: [")
    scenario("child", "extends: broken\nlevers: {its_own: 1}\nmeasures: [alignmnt]")
    test = (
        "test: {from: {scenario: mine}, to: {set: {brexi: 1}}, measure: 'trus:FRA-JPN', why: for a reason, margin: 1}"
    )
    Path(f"scenarios/{PACK}/claims.yaml").write_text(
        f"claims:\n- {{id: one, {CLAIM}}}\n- {{id: two, {CLAIM}, {test}}}\n"
    )
    code, out, error = validate()
    assert (code, out) == (2, [])
    lines = Path(f"{folder}/case.yaml").read_text("utf-8").splitlines()
    of_lever = lines.index("  brexit:") + 2
    assert places(error)[:-1] == [
        "FRA.yaml:81:25", "JPN.yaml:4:1", "JPN.yaml:5:11", "JPN.yaml:9:1", "JPN.yaml:10:3",
        "case.yaml:4:1", "case.yaml:5:1", f"case.yaml:{of_lever}:5", "broken.yaml:6:1", "child.yaml:6:12",
        "claims.yaml:2:3", "claims.yaml:3:146", "claims.yaml:3:174",
        "mine.yaml:4:21", "mine.yaml:5:9", "mine.yaml:7:3", "mine.yaml:9:104", "mine.yaml:10:38",
    ]  # fmt: skip


def test_a_pack_with_a_behaviour_that_cannot_be_is_not_sound(validate: Validate) -> None:
    spoil(f"agents/{PACK}/CHN.yaml", "behaviour: Challenger", "behaviour: Chalenger")
    code, out, error = validate(PACK)
    assert (code, [line for line in out if line.startswith("ok")]) == (2, [])
    place = f"agents/{PACK}/CHN.yaml:5:12"
    assert error[-1] == f"cordiale: {place}: 'Chalenger' is no behaviour; did you mean 'Challenger'?"


def test_every_behaviour_that_cannot_be_is_told_at_once(validate: Validate) -> None:
    for code, old in (("CHN", "Challenger"), ("FRA", "State"), ("IND", "Hedger")):
        spoil(f"agents/{PACK}/{code}.yaml", f"behaviour: {old}", f"behaviour: {old}s")
    assert places(validate(PACK)[2]) == ["CHN.yaml:5:12", "FRA.yaml:5:12", "IND.yaml:5:12", "cordiale"]


def test_one_fault_is_told_as_any_command_tells_it(validate: Validate) -> None:
    spoil(f"agents/{PACK}/FRA.yaml", "code: FRA", "code: FRA\ncolour: blue")
    code, out, error = validate(PACK)
    assert (code, out) == (2, [])
    assert len(error) == 1
    assert error[0].startswith(f"cordiale: agents/{PACK}/FRA.yaml:3:1: unknown key 'colour'")
    with pytest.raises(FileError, match="unknown key 'colour'"):
        load_case(PACK)


def test_a_program_reads_the_same(validate: Validate) -> None:
    spoil(f"agents/{PACK}/FRA.yaml", "code: FRA", "code: FRE\ncolour: blue")
    spoil(f"agents/{PACK}/GBR.yaml", "code: GBR", "code: GBX")
    code, out, error = validate("--json")
    assert (code, error) == (2, ["cordiale: 3 faults in 2 files"])
    found = json.loads("\n".join(out))
    assert [(each["file"], each["line"], each["column"]) for each in found["faults"]] == [
        (f"agents/{PACK}/FRA.yaml", 2, 7),
        (f"agents/{PACK}/FRA.yaml", 3, 1),
        (f"agents/{PACK}/GBR.yaml", 2, 7),
    ]


def test_a_file_of_another_kind_does_not_flood_the_screen(validate: Validate) -> None:
    Path(f"agents/{PACK}/FRA.yaml").write_text("".join(f"key_{n}: 1\n" for n in range(5000)), "utf-8")
    spoil(f"agents/{PACK}/ties.yaml", "dyads: [", "dyads: [" + "ABC-DEF, " * 500)
    code, _, error = validate(PACK)
    assert code == 2
    assert len(error) <= 2 * MOST_FAULTS + 1


# ---------------------------------------------------------------- worth a second look


def test_what_is_worth_a_second_look_is_no_fault(validate: Validate) -> None:
    spoil(f"agents/{PACK}/ties.yaml", "JPN-MYS, JPN-VNM, ", "JPN-VNM, ")
    path = Path(f"agents/{PACK}/NZL.yaml")
    australia = Path(f"agents/{PACK}/AUS.yaml").read_text("utf-8")
    path.write_text(
        australia.replace("code: AUS", "code: NZL").replace("name: Australia", "name: New Zealand"), "utf-8"
    )
    code, out, error = validate(PACK)
    assert (code, error) == (0, [])
    code_of, alike, ties = (line for line in out if line.startswith("warning  "))
    assert code_of.endswith("900 is the code of AUS too, so that exports could not tell the two apart")
    assert alike.startswith(f"warning  agents/{PACK}/NZL.yaml:")
    assert alike.endswith("numbers have the same values and sources as in the file of AUS")
    assert "pairs of states are in no class of ties, and so in 'acquaintance'" in ties
    assert "JPN-MYS" in ties


def test_trust_that_is_the_same_in_all_ties_is_told(validate: Validate, tmp_path: Path) -> None:
    """As in a new pack: there it counts as 0."""
    same = "all ties have the same best trust"
    _, out, _ = validate(PACK)
    assert not any(same in line for line in out)
    new_pack("my_article")
    _, out, _ = validate("my_article")
    (told,) = (line for line in out if same in line)
    place = int(told.partition("ties.yaml:")[2].partition(":")[0])
    ties = Path("agents/my_article/ties.yaml")
    assert "trust" in ties.read_text("utf-8").splitlines()[place - 1]


def test_a_state_that_enters_after_every_scenario_is_told(validate: Validate) -> None:
    for quarter, told in (("2025Q4", False), ("2026Q1", True)):
        spoil(f"agents/{PACK}/NZL.yaml", "code: NZL", f"code: NZL\nenters: {quarter}")
        code, out, _ = validate(PACK)
        assert code == 0
        assert any(f"NZL enters in {quarter}, after every scenario's horizon" in line for line in out) == told
        spoil(f"agents/{PACK}/NZL.yaml", f"code: NZL\nenters: {quarter}", "code: NZL")


def test_what_a_new_pack_leaves_to_be_written_is_told_until_it_is(validate: Validate) -> None:
    """All that speaks of its invented states, or of what is to be written; a text that a case may keep is none."""
    new_pack("mine")
    told = "\n".join(each.message for each in check(["mine"]).warnings)
    assert told.count("is no code of the Correlates of War project") == 3
    assert "20 texts are still the template's, to be written: title, article.citation, " in told
    assert "2 texts are still the template's, to be written: question, basis.says" in told
    unsaid = re.compile("in your own words|still to be|third state|what the article says")
    left = [text for text in template_texts("mine") if unsaid.search(text)]
    for path in (*Path("agents/mine").glob("*.yaml"), Path("scenarios/mine/baseline.yaml")):
        text = re.sub(r"cow_code: 900(\d)", r"cow_code: 7\1", path.read_text("utf-8"))
        for each in sorted(template_texts("mine"), key=len, reverse=True):
            text = re.sub(rf'([:-] "?){re.escape(each)}("?(?:  #.*)?$)', r"\1Of our own\2", text, flags=re.MULTILINE)
        path.write_text(text, "utf-8")
    assert left
    after = [each.message for each in check(["mine"]).warnings]
    assert not [each for each in after if "template" in each or "Correlates" in each]


def test_the_shipped_states_are_nobodys_copies() -> None:
    warnings = [str(each) for each in check([PACK]).warnings]
    assert len(warnings) == 1
    assert "in no class of ties" in warnings[0]


def test_claims_are_checked_too(validate: Validate) -> None:
    claim = "paraphrase: a word, voice: asserts, cause: this, effect: that, sign: '+', not_testable: for no reason"
    Path(f"scenarios/{PACK}/claims.yaml").write_text(
        f"claims:\n  - {{id: one, locator: Limitation 1, {claim}}}\n  - {{id: one, locator: Limitations 1, {claim}}}\n",
        "utf-8",
    )
    code, _, error = validate(PACK)
    assert code == 2
    assert [line.partition(": ")[2] for line in error] == [
        "'Limitation 1' is no paragraph of the article; did you mean 'Limitations 1'?",
        "'one' stands twice",
        "2 faults in 1 file",
    ]


def test_an_error_brings_the_others_from_another_process() -> None:
    error = together([FileError(Path("a.yaml"), 1, 2, "wrong"), FileError(Path("b.yaml"), 3, 4, "wrong too")])
    there = pickle.loads(pickle.dumps(error))
    assert [str(each) for each in (there, *there.others)] == ["a.yaml:1:2: wrong", "b.yaml:3:4: wrong too"]
