"""Another coder's numbers: read, laid between pack and scenario, compared, and refused where they do not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.agreement import Agreement, Alpha, alpha, alpha_of, compared, sentences
from cordiale.case.coding import Coding, read_coding, shifted
from cordiale.models.parameters import draw
from cordiale.models.random import Streams
from cordiale.scenario.explain import explain
from cordiale.scenario.load import Scenario, load_scenario
from tests.conftest import Command

Refused = Callable[..., str]
NAN = np.nan


@pytest.fixture(scope="module")
def plain() -> Scenario:
    return load_scenario("baseline")


@pytest.fixture
def other(tmp_path: Path) -> Callable[[str], Path]:
    """Write a csv of another coder and give its path."""

    def write(text: str) -> Path:
        path = tmp_path / "other.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def coding_of(scenario: Scenario, path: Path) -> Coding:
    return read_coding(path, scenario.names, scenario.numbers)


# ------------------------------------------------------------ alpha


def test_alpha_of_a_published_example() -> None:
    """Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C: 4 observers, interval 0.849."""
    observed = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
    assert alpha(np.array(observed)) == pytest.approx(0.849, abs=0.0005)


def test_alpha_of_two_coders_is_its_definition() -> None:
    """1 - mean squared difference within units / mean squared difference of all pairs of values."""
    values = np.array([[0.1, 0.5, 0.9, 0.3], [0.2, 0.4, 0.9, 0.6]])
    pooled = values.ravel()
    within = np.mean((values[0] - values[1]) ** 2)
    among = np.sum((pooled[:, None] - pooled) ** 2) / (len(pooled) * (len(pooled) - 1))
    assert alpha(values) == pytest.approx(1 - within / among)


def test_alpha_is_one_of_the_same_and_near_zero_of_dice() -> None:
    luck = np.random.default_rng(5)
    one, dice = luck.integers(0, 11, (2, 400)) / 10
    assert alpha(np.array([one, one])) == 1
    assert abs(alpha(np.array([one, dice]))) < 0.12
    assert np.isnan(alpha(np.full((2, 5), 0.5)))
    assert alpha(np.array([[0.2, 0.4, 0.2], [0.2, 0.4, 0.4]])) == pytest.approx(1 - (0.04 / 3) / (0.72 / 30))


def test_interval_holds_alpha_and_narrows_with_units() -> None:
    luck = np.random.default_rng(6)
    widths = []
    for units in (20, 160):
        one = luck.integers(0, 11, units) / 10
        found = alpha_of(np.array([one, one + luck.integers(-1, 2, units) / 10]), 100)
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_the_same_units_give_the_same_interval_and_alpha_is_told_with_it() -> None:
    values = np.array([[0.1, 0.5, 0.9, 0.3, 0.7], [0.2, 0.4, 0.9, 0.6, 0.1]])
    assert alpha_of(values, 50) == alpha_of(values, 50)
    assert str(Alpha(0.5, -0.25, 0.75, 4)) == "0.50 (−0.25 to 0.75)"
    assert str(Alpha(NAN, NAN, NAN, 4)) == "not defined"


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0.9, "at or above 0.800, which Krippendorff asks of reliable data"),
        (0.8, "at or above 0.800, which Krippendorff asks of reliable data"),
        (0.7, "below 0.800 and at or above 0.667: good for tentative conclusions"),
        (0.667, "below 0.800 and at or above 0.667: good for tentative conclusions"),
        (0.5, "below 0.667: the coders read the article differently"),
    ],
)
def test_alpha_is_held_against_krippendorffs_levels(plain: Scenario, value: float, verdict: str) -> None:
    found = Agreement(plain.loaded, Coding(Path("other.csv"), "", ()), 0, Alpha(value, 0.4, 0.95, 12), [], [], [])
    told = f"Krippendorff's alpha (interval) over 12 ideal points is {value:.2f} (0.40 to 0.95); {verdict}."
    assert sentences(found)[0] == told


# ------------------------------------------------------------ the coding as a layer


def test_a_value_moves_the_packs_range_and_each_worlds_draw(plain: Scenario, other: Callable[[str], Path]) -> None:
    path = other("state,issue,value\nFRA,china_tone,0.5\n")
    coded = load_scenario("baseline", coding=path)
    packs, ours = (each.ranges["FRA.china_tone.ideal"] for each in (plain, coded))
    move = 0.5 - packs.best
    assert (ours.low, ours.best, ours.high) == pytest.approx((packs.low + move, 0.5, packs.high + move))
    streams = Streams(plain.seed, 0, 50)
    before, after = draw(plain.ranges, streams), draw(coded.ranges, streams)
    assert after["FRA.china_tone.ideal"] == pytest.approx(before["FRA.china_tone.ideal"] + move)
    changed = [name for name in before if not np.array_equal(before[name], after[name])]
    assert changed == ["FRA.china_tone.ideal"]


def test_a_range_keeps_its_width_at_the_end_of_the_scale(plain: Scenario) -> None:
    packs = plain.numbers["FRA.china_tone.ideal"].coded
    for value in (0.0, 0.02, 0.98, 1.0):
        low, high = shifted(packs, value)
        assert 0 <= low <= value <= high <= 1
        assert high - low == pytest.approx(packs.high - packs.low)


def test_own_range_basis_note_and_paths(plain: Scenario, other: Callable[[str], Path]) -> None:
    text = '\ufeffpath,value,low,high,basis,note\r\nFRA.resolve,0.5,0.45,0.55,implied,"firm, and calm"\r\n'
    text += "\r\nUSA-JPN.practice.maritime,0.7,,,,\r\n"
    cells = coding_of(plain, other(text)).cells
    assert [cell.path for cell in cells] == ["FRA.resolve", "JPN-USA.practice.maritime"]
    assert (cells[0].coded.low, cells[0].coded.high, cells[0].coded.basis) == (0.45, 0.55, "implied")
    assert cells[0].coded.source == "other.csv, line 2: firm, and calm"
    assert cells[1].line == 4


def test_a_value_without_support_gets_a_wide_range(plain: Scenario, other: Callable[[str], Path]) -> None:
    path = "FRA-JPN.practice.space_cyber"  # explicit in the article, 0.02 to 0.22
    cell = coding_of(plain, other(f"path,value,basis\n{path},0.1,not in the article\n")).cells[0]
    assert cell.coded.high - cell.coded.low == pytest.approx(0.25)


def test_explain_shows_the_coding_between_pack_and_scenario(workshop: Path, run_command: Command) -> None:
    (workshop / "other.csv").write_text("state,issue,value\nJPN,china_tone,0.7\nFRA,china_tone,0.5\n", "utf-8")
    own = "{low: 0.1, best: 0.2, high: 0.9, basis: implied, locator: Limitations 1, paraphrase: 'a line of it'}"
    mine = workshop / "scenarios" / "indo_pacific_2018" / "mine.yaml"
    head = "title: Mine\nquestion: What?\nextends: baseline\nbasis: {locator: Limitations 1, says: a doubt}\n"
    mine.write_text(f"{head}uncertainties:\n  FRA.china_tone.ideal: {own}\n", "utf-8")
    lines = explain(load_scenario("mine", coding="other.csv"), "FRA.china_tone.ideal")
    assert [line.layer for line in lines] == ["pack", "coding other", "mine"]
    assert [line.holds for line in lines] == [False, False, True]
    _, out, _ = run_command("explain", "mine", "JPN.china_tone.ideal", "--coding", "other.csv", "--json")
    last = json.loads(out)[-1]
    assert (last["layer"], last["place"], last["holds"]) == ("coding other", "other.csv:2", True)


def test_run_under_a_coding(workshop: Path, run_command: Command) -> None:
    (workshop / "other.csv").write_text("state,issue,value\nFRA,china_tone,0.9\n", "utf-8")
    quick = ["--worlds", "8", "--set", "horizon=2019Q4", "--no-charts"]
    code, out, _ = run_command("run", "baseline", *quick, "--coding", "other.csv")
    assert code == 0
    assert "Study of 8 worlds" in out
    study = cordiale.Study.open(workshop / "outputs" / "baseline-other")
    about = study.manifest["scenarios"][0]["coding"]
    assert (about["path"], about["numbers"]) == ("other.csv", 1)
    assert study.manifest["read"]["other.csv"] == about["hash"]
    packs = cordiale.run("baseline", worlds=8, set={"horizon": "2019Q4"}, out=workshop / "packs")
    assert packs.manifest["scenarios"][0]["coding"] is None
    assert study.inputs()["FRA.china_tone.ideal"].min() > packs.inputs()["FRA.china_tone.ideal"].max()
    assert np.array_equal(study.inputs()["JPN.china_tone.ideal"], packs.inputs()["JPN.china_tone.ideal"])


# ------------------------------------------------------------ agreement


def test_the_packs_own_values_agree(plain: Scenario, other: Callable[[str], Path]) -> None:
    found = _agreement(plain, other, 0.0)
    assert (found.overall.value, found.overall.low) == (1, 1)
    assert not found.outside
    assert found.missing == 0
    assert "All 170 values lie within the pack's ranges." in sentences(found)


def test_differences_by_issue_and_state(plain: Scenario, other: Callable[[str], Path]) -> None:
    """A coder who reads Japan 0.2 higher throughout, within the scale."""
    found = _agreement(plain, other, 0.2)
    of_state = {row["state"]: row for row in found.states}
    room = [min(0.2, 1 - plain.numbers[f"JPN.{issue}.ideal"].coded.best) for issue in plain.names.issues]
    assert of_state["JPN"]["mean difference"] == pytest.approx(np.mean(room), abs=1e-6)
    assert of_state["FRA"]["mean difference"] == 0
    assert 0 < found.overall.value < 1
    assert all(row["path"].startswith("JPN.") and not row["pack low"] <= row["other"] <= row["pack high"]
               for row in found.outside)  # fmt: skip
    assert any("moves most on average is JPN" in sentence for sentence in sentences(found))


def test_a_comparison_is_its_definition(plain: Scenario, other: Callable[[str], Path]) -> None:
    """Two states, one of which moves down, a range of its own, and a number that is no ideal point."""
    low, best, high = (getattr(plain.numbers["FRA.china_tone.ideal"].coded, each) for each in ("low", "best", "high"))
    japan = plain.numbers["JPN.china_tone.ideal"].coded.best
    rows = f"FRA.china_tone.ideal,{high + 0.1},{high},1\nJPN.china_tone.ideal,{japan - 0.01},,\nJPN.resolve,0.5,,\n"
    coding = coding_of(plain, other("path,value,low,high\n" + rows))
    found = compared(plain.loaded, coding, 20)
    assert (found.missing, found.overall.cells) == (168, 2)
    france = found.cells[0]
    assert france == {
        "path": "FRA.china_tone.ideal", "pack low": low, "pack": best, "pack high": high,
        "other low": high, "other": high + 0.1, "other high": 1,
        "difference": pytest.approx(high + 0.1 - best), "outside": True, "line": 2,
    }  # fmt: skip
    values = np.array([[best, japan], [high + 0.1, japan - 0.01]])
    assert found.overall == alpha_of(values, 20)
    (issue,) = found.issues
    assert issue == {
        "issue": "china_tone", "cells": 2, "alpha": found.overall, "outside": 1,
        "mean difference": pytest.approx((high + 0.1 - best - 0.01) / 2),
        "mean distance": pytest.approx((high + 0.1 - best + 0.01) / 2),
    }  # fmt: skip
    assert [(row["state"], row["outside"]) for row in found.states] == [("FRA", 1), ("JPN", 0)]
    assert sentences(found)[1:] == [
        f"Ideal points that {coding.path.name} leaves to the pack: 168.",
        f"1 of 3 values lie outside the pack's range; the farthest is FRA.china_tone.ideal: {high + 0.1:g} against "
        f"{low:g} to {high:g}.",
        f"The state that moves most on average is FRA: {high + 0.1 - best:+.2f}.",
        "2 values came without low and high and took the width of the pack's range.",
    ]


def test_a_coding_without_ideal_points_has_no_alpha(plain: Scenario, other: Callable[[str], Path]) -> None:
    found = compared(plain.loaded, coding_of(plain, other("path,value\nJPN.resolve,0.5\n")), 20)
    assert (found.missing, found.overall.cells, found.issues, found.states) == (170, 0, [], [])
    assert np.isnan([found.overall.value, found.overall.low, found.overall.high]).all()
    assert sentences(found)[0] == "Alpha is not defined: no two ideal points differ."


def test_a_state_that_moves_down_is_told_with_a_minus(plain: Scenario, other: Callable[[str], Path]) -> None:
    rows = [
        f"{state}.china_tone.ideal,{plain.numbers[f'{state}.china_tone.ideal'].coded.best - move}"
        for state, move in (("JPN", 0.0), ("AUS", 0.12))
    ]
    found = compared(plain.loaded, coding_of(plain, other("\n".join(["path,value", *rows]))), 20)
    assert "The state that moves most on average is AUS: −0.12." in sentences(found)


def _agreement(plain: Scenario, other: Callable[[str], Path], japan: float) -> Agreement:
    rows = ["state,issue,value"]
    for state in plain.names.states:
        for issue in plain.names.issues:
            best = plain.numbers[f"{state}.{issue}.ideal"].coded.best
            rows.append(f"{state},{issue},{min(best + japan * (state == 'JPN'), 1):.6f}")
    return compared(plain.loaded, coding_of(plain, other("\n".join(rows))), 20)


def test_what_agreement_tells_a_program_and_a_reader(plain: Scenario, other: Callable[[str], Path]) -> None:
    found = _agreement(plain, other, 0.0)
    assert found.details() == {
        "pack": "indo_pacific_2018",
        "coding": found.coding.called,
        "sha256": found.coding.sha256,
    }
    told = found.record()
    assert list(told) == [
        "coding", "missing", "overall", "issues", "states", "fields", "cells", "sha256", "words"
    ]  # fmt: skip
    assert (told["coding"], told["missing"], told["words"]) == (found.coding.called, found.missing, found.sentences())
    assert set(told["overall"]) == {"value", "low", "high", "cells"}
    within = [each for row in found.issues for each in row.values() if isinstance(each, Alpha)]
    assert [each for row in told["issues"] for each in row.values() if isinstance(each, dict)] == [
        {name: None if value != value else value for name, value in vars(each).items()} for each in within
    ] != []  # fmt: skip
    heads = [head for head, _ in found.rows() if "by kind" not in head.lower()]
    assert heads == ["By issue: other minus pack", "By state: other minus pack", "Outside the pack's range"]
    assert found.rows()[-1][1] == [
        {name: row[name] for name in ("path", "pack low", "pack", "pack high", "other", "difference")}
        for row in found.outside
    ]


def test_agreement_command(workshop: Path, run_command: Command) -> None:
    rows = "state,issue,value\nFRA,china_tone,0.9\nJPN,china_tone,0.6\nFRA,us_reliance,0.2\n"
    (workshop / "other.csv").write_text(rows, "utf-8")
    code, out, _ = run_command("agreement", "other.csv", "--out", "found", "--json")
    assert code == 0
    record = json.loads(out)
    assert record["overall"]["cells"] == 3
    assert [row["path"] for row in record["cells"] if row["outside"]] == ["FRA.china_tone.ideal"]
    assert {path.name for path in (workshop / "found").iterdir()} == {
        "agreement.csv", "charts", "files.txt", "manifest.json",
    }  # fmt: skip
    assert len((workshop / "found" / "agreement.csv").read_text("utf-8").splitlines()) == 4


# ------------------------------------------------------------ what a coder can get wrong

HEAD = "state,issue,value\n"
FULL = "state,issue,value,low,high,basis\n"
FAULTS: dict[str, tuple[str, str]] = {
    "empty": ("", "1:1: the file is empty: its first line names the columns"),
    "only names": (HEAD, "1:1: no row below the names of the columns"),
    "a column missing": ("state,value\nFRA,0.5\n", "1:1: no column 'issue': a coding has state,issue,value"),
    "no names": ("FRA,china_tone,0.5\n", "1:1: unknown column 'FRA'"),
    "a misspelt column": ("state,isue,value\nFRA,china_tone,1\n", "1:7: unknown column 'isue'; did you mean 'issue'?"),
    "a column twice": ("state,issue,value,value\nFRA,china_tone,0.5,0.5\n", "1:19: the column 'value' stands twice"),
    "path and state": ("state,path,value\nFRA,a,1\n", "1:1: 'path' stands in place of 'state' and 'issue'"),
    "semicolons": ("state;issue;value\nFRA;china_tone;0.5\n", "1:1: one column with ';' in it: save the csv with ','"),
    "a state": (HEAD + "FRE,china_tone,0.5\n", "2:1: 'FRE' is no state of this pack; did you mean 'FRA'?"),
    "a state's name": (HEAD + "Narnia,china_tone,0.5\n", "2:1: 'Narnia' is no state of this pack"),
    "an issue": (HEAD + "FRA,china_tone,0.5\nFRA,chna_tone,0.5\n",
                 "3:5: 'chna_tone' is no issue of this pack; did you mean 'china_tone'?"),
    "a path": ("path,value\nFRA.resolv,0.5\n", "2:1: 'FRA.resolv' is not a parameter of this pack; did you mean"),
    "a lever's path": ("path,value\nJPN>FRA.breach,0.5\n", "2:1: 'JPN>FRA.breach' is not drawn from a range"),
    "text": (HEAD + "FRA,china_tone,high\n", "2:16: 'value' must be a number, not 'high'"),
    "a decimal comma": (HEAD + 'FRA,china_tone,"0,5"\n', "2:16: 'value' must be a number, not '0,5'; a decimal number"),
    "nothing": (HEAD + "FRA,china_tone,\n", "2:16: no value"),
    "not a number": (HEAD + "FRA,china_tone,.nan\n", "2:16: 'value' must be a finite number"),
    "out of scale": (HEAD + "FRA,china_tone,1.5\n", "2:16: 1.5 leaves the scale 0..1 of 'FRA.china_tone.ideal'"),
    "low > value": (FULL + "FRA,china_tone,0.5,0.6,0.9,\n", "2:20: low <= value <= high does not hold: 0.6, 0.5, 0.9"),
    "high < value": (FULL + "FRA,china_tone,0.5,0.1,0.4,\n", "2:24: low <= value <= high does not hold: 0.1, 0.5, 0.4"),
    "low alone": (FULL + "FRA,china_tone,0.5,0.1,,\n", "2:24: 'low' and 'high' go together: give both, or neither"),
    "a low out of scale": (FULL + "FRA,china_tone,0.5,-0.1,0.9,\n", "2:20: -0.1 leaves the scale 0..1"),
    "a basis": (FULL + "FRA,china_tone,0.5,0.1,0.9,implid\n", "2:28: 'implid' is no basis; did you mean 'implied'?"),
    "narrow without support": (FULL + "FRA,china_tone,0.5,0.45,0.55,not in the article\n",
                               "2:20: a number that is not in the article needs a wide range: at least 0.25"),
    "twice": (HEAD + "FRA,china_tone,0.5\nJPN,china_tone,0.5\nFRA,china_tone,0.6\n",
              "4:1: FRA.china_tone.ideal stands twice: first in line 2"),
    "too few cells": (HEAD + "FRA,china_tone\n", "2:1: 2 cells, and the first line names 3 columns"),
    "too many cells": (HEAD + "FRA,china_tone,0,5\n", "2:18: 4 cells, and the first line names 3 columns"),
    "an open quotation mark": (HEAD + 'FRA,"china_tone,0.5\n', "2:1: not csv: unexpected end of data"),
    "a fault after a cell of two lines": ('state,issue,value,note\nFRA,china_tone,0.5,"a\nb"\nFRE,china_tone,0.5,\n',
                                          "4:1: 'FRE' is no state of this pack"),
}  # fmt: skip
COMMANDS = {
    "agreement": ("agreement", "other.csv"),
    "run": ("run", "baseline", "--worlds", "4", "--coding", "other.csv"),
    "explain": ("explain", "baseline", "--coding", "other.csv"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_fault(workshop: Path, refused: Refused, text: str, message: str) -> None:
    (workshop / "other.csv").write_text(text, "utf-8")
    assert refused("agreement", "other.csv").startswith(f"other.csv:{message}")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_names_the_place(workshop: Path, refused: Refused, command: tuple[str, ...]) -> None:
    (workshop / "other.csv").write_text(FAULTS["a state"][0], "utf-8")
    assert refused(*command).startswith("other.csv:2:1: 'FRE' is no state")


def _files() -> Iterator[tuple[str, bytes, str]]:
    yield "not UTF-8", HEAD.encode() + "FRA,china_tone,0.5,\xe9\n".encode("latin-1"), "2:20: not UTF-8 text"
    yield "UTF-16", HEAD.encode("utf-16"), "1:1: not UTF-8 text"
    yield "NUL", b"state,issue,value\nFRA,china\x00_tone,0.5\n", "2:10: a character that no text has"
    yield "50 MB", (HEAD + "FRA,china_tone,0.5\n" * 2_700_000).encode(), " larger than 1,000,000 bytes"


@pytest.mark.parametrize(("content", "message"), [each[1:] for each in _files()], ids=[each[0] for each in _files()])
def test_no_text(workshop: Path, refused: Refused, content: bytes, message: str) -> None:
    (workshop / "other.csv").write_bytes(content)
    assert refused("agreement", "other.csv").startswith(f"other.csv:{message}")


def test_no_file(workshop: Path, refused: Refused) -> None:
    assert refused("agreement", "none.csv") == "no coding 'none.csv': give the path of a csv, or a name: data"
    assert refused("agreement", "agents") == "agents: is a folder, not a file to read"
