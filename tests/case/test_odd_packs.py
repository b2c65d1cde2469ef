"""Packs unlike the shipped one: each command works on them, or says in one line what it lacks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cordiale.analysis.sample_size import MOST
from cordiale.case.load import scenario_names
from cordiale.output.charts.study import CHARTS
from cordiale.scenario.new import new_pack
from tests import packs
from tests.conftest import Command

Files = dict[str, Any]
Refused = Callable[..., str]
Run = Callable[..., str]
NAME = "my_article"
WIDE = {
    "low": 0.05,
    "best": 0.5,
    "high": 1.0,
    "basis": "not in the article",
    "source": "assumption: made up for a test",
}
MEASURES = ["alignment", "similarity", "depth", "activity", "trust", "strength", "ladder", "rank", "same_bloc"]
MEASURES += ["events.leaders", "events.document", "member.forum"]


@pytest.fixture
def alone(workshop: Path) -> Path:
    """A working directory with a pack as `cordiale new pack` lays it down, and no other."""
    for folder in ("agents", "scenarios"):
        shutil.rmtree(workshop / folder)
    new_pack(NAME)
    return workshop


@pytest.fixture
def run(run_command: Command) -> Run:
    """Run a command that must succeed; give what it prints."""

    def succeed(*arguments: str) -> str:
        code, out, error = run_command(*arguments)
        assert (code, error) == (0, "")
        return out

    return succeed


def question(folder: Path, name: str = "mine", **said: Any) -> None:
    """Write a scenario beside the pack's baseline."""
    about = {"title": f"Scenario {name}", "question": "What then?", "basis": {"locator": "Text 1", "says": "a word"}}
    path = folder / "scenarios" / NAME / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**about, "extends": "baseline", **said}), "utf-8")


# ---------------------------------------------------------------- packs of another shape


def four_states_and_three_issues(files: Files) -> None:
    files["case"]["states"].append("XDD")
    files["case"]["issues"]["trade"] = {"label": "Trade", "zero": "none", "half": "some trade", "one": "all of it"}
    files["XDD"] = deepcopy(files["XBB"]) | {"code": "XDD", "name": "Fourth state", "cow_code": 9004}
    for code in files["case"]["states"]:
        files[code]["issues"]["trade"] = {"ideal": {**WIDE}, "salience": {**WIDE}}  # no aliases


def two_states(files: Files) -> None:
    case = files["case"]
    del files["XCC"], case["hazards"]["XCC"], case["levers"]["coercion"]
    case |= {"states": ["XAA", "XBB"], "poles": ["XAA", "XBB"]}
    del case["issues"]["tone"]["provokes"], case["formats"]["forum"]["aimed_at"]
    for domain in case["domains"].values():
        domain["meets"].remove("XCC")
    for code in case["states"]:
        files[code].pop("dependence", None)
        del files[code]["threat"]["XCC"]


def one_issue(files: Files) -> None:
    del files["case"]["issues"]["contribution"], files["case"]["roles"]["presence"]
    for key in ("appetite", "contribution"):
        del files["case"]["domains"]["exercises"][key]
    for code in files["case"]["states"]:
        del files[code]["issues"]["contribution"]


def no_formats_and_no_levers(files: Files) -> None:
    del files["case"]["formats"], files["case"]["levers"]


def changed(folder: Path, change: Callable[[Files], None]) -> None:
    """Change the files of the new pack, let its baseline record what every chart needs, and add a question."""
    agents = folder / "agents" / NAME
    files = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in agents.glob("*.yaml")}
    for path in agents.glob("*.yaml"):
        path.unlink()
    change(files)
    packs.write(agents, files)
    baseline = folder / "scenarios" / NAME / "baseline.yaml"
    known = [each for each in MEASURES if files["case"].get("formats") or not each.startswith("member")]
    baseline.write_text(yaml.safe_dump(yaml.safe_load(baseline.read_text("utf-8")) | {"measures": known}), "utf-8")
    moved = (
        {"levers": {"first_tone": 1}} if files["case"].get("levers") else {"uncertainties": {"XAA.tone.ideal": WIDE}}
    )
    question(folder, **moved)


SHAPES = [four_states_and_three_issues, two_states, one_issue, no_formats_and_no_levers]


@pytest.mark.parametrize("change", SHAPES)
def test_a_pack_of_another_shape_is_run_compared_drawn_reported_and_exported(
    alone: Path, run: Run, change: Callable[[Files], None]
) -> None:
    changed(alone, change)
    assert run("validate", "--pack", NAME).count("ok ") == 3
    run("run", "baseline", "mine", "--worlds", "8", "--out", "study")
    drawn = {path.stem for path in (alone / "study" / "charts").glob("*.png")}
    without = {"gain_cost"} | ({"membership"} if change is no_formats_and_no_levers else set())  # no state names a cost
    assert drawn == set(CHARTS) - without
    if change is no_formats_and_no_levers:  # a chart alone is drawn as with the others: once is enough
        for name in sorted(drawn):
            assert run("chart", "study", name, "--out", "drawn").count("\n") == 2
    assert "mine against baseline" in run("compare", "study")
    assert "First state" in run("show", "study")
    run("report", "study")
    assert "Second state" in (alone / "study" / "report.html").read_text("utf-8")
    for format_ in ("csv", "dta"):
        assert "dyads_undirected_yearly" in run("export", "study", "--format", format_)
    if change is not no_formats_and_no_levers:
        run("handout", "baseline", "mine", "--worlds", "8", "--out", "class.html")


@pytest.mark.parametrize("change", SHAPES)
def test_the_pages_are_of_the_packs_own_focus(alone: Path, run: Run, change: Callable[[Files], None]) -> None:
    changed(alone, change)
    page = run("baseline", "--worlds", "8")
    assert "5 to 95 % of the alignment of First state and Second state at the horizon" in page
    assert "## What each lever moves" not in page, "nothing is expected of its levers yet"
    assert "## What moves the alignment of First state and Second state" in run("findings", "--worlds", "20")


def test_a_chart_of_what_the_pack_has_none_of_says_so(alone: Path, run: Run, refused: Refused) -> None:
    changed(alone, no_formats_and_no_levers)
    run("run", "baseline", "--worlds", "4", "--no-charts", "--out", "study")
    message = refused("chart", "study", "membership", "--out", "drawn")
    assert message == "the chart 'membership' is of formats, and the pack my_article has none"


# ---------------------------------------------------------------- the new pack as it is laid down


def test_a_calibration_says_that_the_pack_has_no_record(alone: Path, refused: Refused) -> None:
    line = "the pack my_article has no dated record: there is no csv in agents/my_article/record"
    for more in ((), ("--json",), ("--write",), ("--out", "page.md")):
        assert refused("calibrate", *more) == line


def test_a_pack_with_a_record_of_its_own_is_calibrated(alone: Path, run: Run, refused: Refused) -> None:
    """One with other names, neither a dialogue nor a treaty, and no role."""
    files = packs.random_pack(3, states=4)
    rungs = files["case"]["agreements"]
    for rung in rungs.values():
        rung.pop("opens", None)
    files["case"].pop("roles", None)
    rung = list(rungs)[-1]
    shutil.rmtree(alone / "agents" / NAME)
    packs.write(alone / "agents" / NAME, files)
    record = alone / "agents" / NAME / "record" / "mine.csv"
    record.parent.mkdir()
    record.write_text(f"dyad,agreement,signed,in_force,ended,source\nAAA-BBB,{rung},2014,2014,,made up\n", "utf-8")
    assert refused("calibrate").endswith("has no agreement with `opens` above dialogue")
    opens = {"low": -5, "best": -4, "high": -3, "basis": "not in the article", "source": "assumption: a test"}
    rungs[rung]["opens"] = opens
    packs.write(alone / "agents" / NAME, files)
    page = run("calibrate")
    assert f"| 2011 to 2014 | {rung} | " in page
    assert "Japan" not in page
    assert "| nan |" not in page


def test_the_baselines_page_names_what_is_not_asked(alone: Path, run: Run) -> None:
    page = run("baseline", "--worlds", "8")
    (line,) = [line for line in page.splitlines() if line.startswith("Not asked of the pack my_article, which lacks")]
    for name in ("P1 agreements at the rate of the record", "P4 ruptures", "P6 levers"):
        assert name in line
    for shipped in ("JPN", "2007", "Japan", "China"):
        assert shipped not in page


def test_findings_of_a_baseline_alone_say_so(alone: Path, run: Run) -> None:
    page = run("findings", "--worlds", "20")
    assert "the baseline alone, in 20 worlds.\n" in page
    assert (
        "no other\nscenario to compare with it: `cordiale new scenario NAME --pack my_article` lays one down." in page
    )
    assert "| scenario |" not in page


def test_findings_where_nothing_is_clear_or_the_horizon_is_another(alone: Path, run: Run) -> None:
    question(alone, "same")
    question(alone, "short", horizon="2021Q4", levers={"first_tone": 1})
    page = run("findings", "--worlds", "20")
    assert scenario_names(NAME) == ["baseline", "same", "short"]
    assert "No noticeable or no clear change: Scenario same.\n" in page
    assert "they end in another quarter than the baseline: Scenario short.\n" in page
    assert "| scenario |" not in page


@pytest.mark.parametrize("command", ["causes", "discover", "sensitivity", "sweep"])
def test_what_is_of_another_pack_is_told_in_a_line(alone: Path, refused: Refused, command: str) -> None:
    asked = {
        "causes": ["--dyad", "FRA-JPN", "--worlds", "8"],
        "discover": ["--where", "alignment:FRA-JPN < 0.4"],
        "sensitivity": ["--measure", "alignment:FRA-JPN"],
        "sweep": ["--over", "france_in_quad=0,1"],
    }
    assert refused(command, "baseline", *asked[command])
    assert refused("compare", "baseline", "france_joins_quad") == (
        "'france_joins_quad' is of another case pack than 'baseline'"
    )
    assert refused("claims", "--pack", NAME) == "the pack 'my_article' has no claims.yaml among its scenarios"


def test_the_other_commands_work_on_the_new_pack(alone: Path, run: Run) -> None:
    (alone / "second.csv").write_text("state,issue,value\nXAA,tone,0.4\nXBB,tone,0.8\nXCC,tone,0.1\n", "utf-8")
    measure, small = "alignment:XAA-XBB", ("--pack", NAME, "--out")
    assert "what adds to the alignment of " in run("causes", "baseline", "--worlds", "8", "--pack", NAME)
    assert "# ODD of `diplomacy` with the case `my_article`" in run("odd", NAME, "diplomacy")
    assert "3 ideal points" in run("agreement", "second.csv", *small, "agreement")
    assert "Nothing rests on 0 of 2 paragraphs" in run("pack", "coverage", NAME)
    assert measure.partition(":")[0] in run("discover", "baseline", "--where", f"{measure} < 7.9", "--worlds", "60",
                                           *small, "discovered").lower()  # fmt: skip
    run("sensitivity", "baseline", "--measure", measure, "--samples", "8", "--luck", "1", *small, "moved")
    assert "What it hangs on" in run("findings", "--worlds", "20", "--sensitivity", "moved")
    over = ("--over", "first_tone=0,1", "--over", "XBB.tone.ideal=0.2,0.8")
    assert "4 cells" in run("sweep", "baseline", *over, "--worlds", "8", "--out", "swept")


# ---------------------------------------------------------------- what another command wrote, or did not


def claimed(folder: Path, **files: str) -> Path:
    """Write a folder as `cordiale claims` does, some of its files as given."""
    head = "id,claim,locator,voice,sign,verdict,measure,effect,low,high,codings,placebo\n"
    row = "one,a word,Text 1,asserts,+,opposite,alignment:XAA-XBB,-0.1,-0.2,-0.05,0,0\n"
    told = {"kind": "claims", "pack": NAME, "sentences": ["1 claim: 1 opposite."]}
    whole = {"claims.csv": head + row, "manifest.json": json.dumps(told)}
    folder.mkdir()
    for name, text in (whole | {name.replace("_", "."): text for name, text in files.items()}).items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder


def test_findings_tell_the_claims_whose_effect_is_opposite(alone: Path, run: Run) -> None:
    claimed(alone / "claims")
    page = run("findings", "--worlds", "20", "--claims", "claims")
    assert "1 claim: 1 opposite." in page
    assert "| a word | Text 1 | asserts | + | -0.1000 (-0.2000 to -0.0500) | alignment:XAA-XBB |" in page


@pytest.mark.parametrize("option", ["claims", "sensitivity"])
def test_findings_refuse_what_is_no_folder_or_lacks_a_file(alone: Path, refused: Refused, option: str) -> None:
    (alone / "file").write_text("a word")
    (alone / "empty").mkdir()
    for name in ("nosuch", "file", "x" * 300):
        line = f"--{option} {name}: no folder that `cordiale {option}` wrote"
        assert refused("findings", f"--{option}", name, "--out", "page.md") == line
    first = "claims.csv" if option == "claims" else "manifest.json"
    line = f"--{option} empty: holds no {first}; run `cordiale {option}` first"
    assert refused("findings", f"--{option}", "empty") == line


@pytest.mark.parametrize("name", ["claims.csv", "manifest.json"])
def test_findings_refuse_a_folder_of_claims_that_lacks_one_of_its_files(
    alone: Path, refused: Refused, name: str
) -> None:
    (claimed(alone / "claims") / name).unlink()
    line = f"--claims claims: holds no {name}; run `cordiale claims` first"
    assert refused("findings", "--claims", "claims") == line


BAD_CSV = "id,claim,locator,voice,sign,verdict,measure,effect,low,high\n1,a,b,c,+,opposite,m,much,0,0\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claims_csv", ""), ("claims_csv", "\0\0\0"), ("claims_csv", "\udcff\udcfe"), ("claims_csv", "a,b\n1,2\n"),
        ("claims_csv", 'a,"b\n1'), ("claims_csv", BAD_CSV),
        ("manifest_json", ""), ("manifest_json", "[1]"), ("manifest_json", "null"), ("manifest_json", "[" * 100_000),
        ("manifest_json", '{"kind": "claims"}'), ("manifest_json", '{"kind": "sweep", "pack": "my_article"}'),
    ],
)  # fmt: skip
def test_findings_refuse_garbled_claims(alone: Path, refused: Refused, name: str, text: str) -> None:
    claimed(alone / "claims", **{name: text})
    message = refused("findings", "--worlds", "20", "--claims", "claims", "--out", "page.md")
    assert message.startswith("--claims claims: not what `cordiale claims` writes: ")


@pytest.mark.parametrize("text", ["", "7", '{"pack": "my_article", "kind": "sensitivity", "sentences": 7}'])
def test_findings_refuse_a_garbled_sensitivity(alone: Path, refused: Refused, text: str) -> None:
    (alone / "moved").mkdir()
    (alone / "moved" / "manifest.json").write_text(text)
    message = refused("findings", "--worlds", "20", "--sensitivity", "moved")
    assert message.startswith("--sensitivity moved: not what `cordiale sensitivity` writes: ")


def test_findings_refuse_the_claims_of_another_pack(alone: Path, refused: Refused) -> None:
    claimed(alone / "claims", manifest_json='{"kind": "claims", "pack": "indo_pacific_2018"}')
    assert refused("findings", "--claims", "claims") == (
        "--claims claims: it is of the pack 'indo_pacific_2018', and these findings are of 'my_article'"
    )


# ---------------------------------------------------------------- numbers that nobody means


@pytest.fixture
def study(alone: Path, run: Run) -> str:
    """A study of the new pack."""
    question(alone, levers={"first_tone": 1})
    run("run", "baseline", "mine", "--worlds", "8", "--no-charts", "--out", "study")
    return "study"


def test_an_error_that_no_number_of_worlds_gives_is_refused(study: str, refused: Refused, run: Run) -> None:
    for error in ("1e-320", "1e-300", "1e-160", "1e-12"):
        line = f"--error {error}: alignment:XAA-XBB would need more than {MOST:,} worlds; ask for a larger error"
        assert refused("sample-size", study, "--error", error, "--out", "found") == line
    for error in ("0", "-1", "nan", "inf", "-inf", "1e400"):
        assert refused("sample-size", study, "--error", error).endswith("not a standard error above 0")
    assert "--error" in refused("sample-size", study, "--error", "much")
    line = "ladder:XAA-XBB has a scale of 3, and no other a longer one; ask for a smaller error"
    assert refused("sample-size", study, "--error", "1e308") == f"--error 1e+308: {line}"
    assert "For levels, 8 worlds are enough for " in run("sample-size", study, "--error", "3", "--out", "found")


def test_a_width_that_no_number_of_worlds_gives_is_refused(study: str, alone: Path, refused: Refused) -> None:
    question(alone, "same")
    for width in ("1e-320", "1e-300", "1e-200"):
        line = f"--until {width}: no number of worlds makes it so narrow; ask for a wider one"
        for other in ("mine", "same"):
            assert refused("compare", "baseline", other, "--until", width) == line
    for width in ("0", "-1", "nan", "inf"):
        assert refused("compare", "baseline", "mine", "--until", width).endswith("the width of an interval is above 0")
