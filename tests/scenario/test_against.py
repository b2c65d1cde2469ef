"""What a scenario is read against: told with its place where it is wrong, kept in a study, used in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.brief import brief
from cordiale.files.errors import FileError
from cordiale.output.pages.findings import _gains, _rows
from cordiale.scenario.file import LoadedScenario, joined
from cordiale.scenario.load import load_scenario
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.findings import findings, read_against
from cordiale.study.study import Study
from tests.conftest import PACK

HEAD = "title: {}\nquestion: What happens?\nbasis: {{locator: Limitations 1, says: a doubt}}\nextends: baseline\n"
QUICK = {"horizon": "2020Q4"}
NAMES = ["baseline", "acsa_held_out", "acsa_in_force"]


def write(name: str, text: str = "") -> Path:
    path = Path("scenarios") / PACK / f"{name}.yaml"
    path.write_text(HEAD.format(name) + text, "utf-8")
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return cordiale.run(NAMES, worlds=48, set=QUICK, out=tmp_path_factory.mktemp("against") / "study")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("against: held_oot\n", r"mine\.yaml:5:10: is to be read against 'held_oot', and there is no such scenario; "
                                r"did you mean 'held_out'\?"),
        ("against: mine\n", r"mine\.yaml:5:10: is to be read against itself"),
        ("against: [held_out]\n", r"mine\.yaml:5:10: "),
        ("agianst: held_out\n", r"mine\.yaml:5:1: .*did you mean 'against'"),
    ],
)  # fmt: skip
def test_a_name_that_is_wrong_is_told_at_its_place(workshop: Path, text: str, message: str) -> None:
    write("held_out")
    with pytest.raises(FileError, match=message):
        load_scenario(write("mine", text))


def test_validate_tells_it_too(workshop: Path, refused: Callable[..., str]) -> None:
    write("mine", "against: nothing_like_it\n")
    assert "mine.yaml:5:10: is to be read against 'nothing_like_it'" in refused("validate", "mine")


def test_it_is_each_files_own(workshop: Path) -> None:
    write("held_out")
    write("parent", "against: held_out\n")
    child = write("child").with_name("child.yaml")
    child.write_text(HEAD.format("child").replace("baseline", "parent"), "utf-8")
    assert load_scenario("parent").against == "held_out"
    assert load_scenario("child").against is None
    assert joined([LoadedScenario(child), LoadedScenario(child.with_name("parent.yaml"))]).file.against is None
    assert "against: held_out" in load_scenario("parent").to_yaml()


def test_a_study_keeps_it_and_is_told_against_it(study: Study) -> None:
    assert [read_against(study, name) for name in NAMES] == ["baseline", "baseline", "acsa_held_out"]
    again = scenarios_of(study.folder, read_design(study.folder))
    assert [each.against for each in again] == [None, None, "acsa_held_out"]
    mine, held = (study.values("alignment:FRA-JPN", scenario=name, quarter=-1) for name in ("acsa_in_force", NAMES[1]))
    told = findings(study)[2]
    assert told.startswith(f"{study.title('acsa_in_force')}: alignment of France and Japan rises by ")
    assert f" by {(mine - held).mean():.2f} SD in 2020Q4, against {study.title('acsa_held_out')} (" in told
    assert not any("to be read against" in each for each in findings(study))


def test_what_a_study_does_not_hold_is_told(tmp_path: Path) -> None:
    alone = cordiale.run(["baseline", "acsa_in_force"], worlds=8, set=QUICK, out=tmp_path / "alone")
    assert read_against(alone, "acsa_in_force") == "baseline"
    assert findings(alone)[-1] == (
        f"{alone.title('acsa_in_force')} is to be read against 'acsa_held_out', which this study does not hold: "
        "run it too."
    )


def test_a_brief_runs_it_and_leaves_it_out_of_the_options(study: Study, tmp_path: Path) -> None:
    made = brief("What does the ACSA open?", ["acsa_in_force"], worlds=8, set=QUICK, out=tmp_path / "one", pdf=False)
    assert made.study.scenarios == ["acsa_held_out", "acsa_in_force"]
    several = brief("And the Quad?", ["baseline", "france_joins_quad", "acsa_in_force"], worlds=8, set=QUICK,
                    out=tmp_path / "several", pdf=False)  # fmt: skip
    assert [(each.scenario, each.against) for each in several.options] == [
        ("france_joins_quad", "baseline"), ("acsa_in_force", "acsa_held_out")
    ]  # fmt: skip
    assert several.options[1].gain == made.options[0].gain
    of_study = brief("What does the ACSA open?", study, pdf=False)
    assert [(each.scenario, each.against) for each in of_study.options] == [("acsa_in_force", "acsa_held_out")]
    page = (several.study.folder / "brief.html").read_text("utf-8")
    assert f"(against: {study.title('acsa_held_out')})" in page


def test_the_page_of_findings_takes_each_difference_from_what_it_is_read_against() -> None:
    rng = np.random.default_rng(1)
    base = {"alignment:A-B": rng.normal(size=(60, 3)), "trust:A-B": rng.normal(size=(60, 3))}
    ramp = np.array([0.0, 0.5, 1.0])
    held = {name: values - 0.4 * ramp for name, values in base.items()}
    opened = {name: values + 0.1 * ramp for name, values in base.items()}
    gains = _gains(["held", "opened"], [base, held, opened], list(base), [0, 1])
    rows, _ = _rows(gains, list(base), ["2018Q4", "2019Q1", "2019Q2"])
    assert {row["scenario"]: row["difference"] for row in rows} == {"held": "−0.40", "opened": "+0.50"}
