"""Studies whose scenarios record little, or not the same, or are called alike: what is told of them is true."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.sample_size import enough, sentences
from cordiale.cli import main
from cordiale.output.charts.fan import fan
from cordiale.study.findings import findings
from cordiale.study.quantiles import last_quarter
from cordiale.study.study import Study

HEAD = "title: {title}\nquestion: What?\nbasis: {{locator: Opening 1, says: a word}}\nextends: baseline\n"
SHORT = {"horizon": "2019Q2"}


def scenario(folder: Path, name: str, measures: list[str] | None = None, title: str = "Mine", more: str = "") -> Path:
    path = folder / f"{name}.yaml"
    recorded = f"measures: {json.dumps(measures)}\n" if measures else ""
    path.write_text(HEAD.format(title=title) + recorded + more)
    return path


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two scenarios that record other measures and other entities; the second alone records the focus's alignment."""
    folder = tmp_path_factory.mktemp("mixed")
    one = scenario(folder, "one", ["trust:FRA-JPN", "practice"], "One")
    other = scenario(folder, "other", ["trust:GBR-JPN", "alignment:FRA-JPN"], "Other")
    return cordiale.run([one, other], worlds=5, set=SHORT, out=folder / "study")


def test_what_any_scenario_records_is_found(mixed: Study) -> None:
    assert mixed.recorded["trust"] == ["FRA-JPN", "GBR-JPN"]
    frame = mixed.frame("trust:GBR-JPN")
    assert set(frame["scenario"]) == {"other"}
    assert np.array_equal(frame["value"], mixed.values("trust:GBR-JPN", scenario="other").ravel())
    (row,) = last_quarter(mixed, ["alignment:JPN-FRA"])
    assert row["one"] == "not recorded"
    assert row["other"].startswith(
        f"{np.median(mixed.values('alignment:FRA-JPN', scenario='other', quarter=-1)):.3f} ("
    )
    shown = {(row["measure"], row["of"]) for row in last_quarter(mixed)}
    assert {("trust", "FRA-JPN"), ("alignment", "FRA-JPN"), ("practice", "FRA-JPN")} <= shown
    with pytest.raises(cordiale.OptionError, match="does not record 'trust:GBR-JPN'"):
        mixed.values("trust:GBR-JPN")


def test_findings_tell_of_those_that_record_the_focus(mixed: Study) -> None:
    missing, level = findings(mixed)
    assert missing == "One: alignment:FRA-JPN is not recorded, so nothing is compared with it."
    assert level.startswith("Other: alignment of France and Japan falls from ")


def test_what_only_a_later_scenario_records_has_a_scale(tmp_path: Path) -> None:
    """The scale of events is the range seen, in the first scenario that records it."""
    one, other = scenario(tmp_path, "one", ["trust:FRA-JPN"]), scenario(tmp_path, "other", ["events:FRA-JPN"])
    study = cordiale.run([one, other], worlds=5, set=SHORT, out=tmp_path / "study")
    (found,) = enough(study, ["events:FRA-JPN"])
    assert (found.scenario, found.scale) == ("other", np.ptp(study.values("events:FRA-JPN", scenario="other")))


def test_a_study_without_the_focus_is_shown_whole(tmp_path: Path) -> None:
    path = scenario(tmp_path, "london", ["trust:GBR-JPN", "pressure:GBR"])
    study = cordiale.run(path, worlds=5, set=SHORT, out=tmp_path / "study")
    assert [(row["measure"], row["of"]) for row in last_quarter(study)] == [("trust", "GBR-JPN"), ("pressure", "GBR")]
    assert {each.name for each in enough(study)} == {"trust:GBR-JPN", "pressure:GBR"}


def test_scenarios_of_one_title_are_told_apart(tmp_path: Path) -> None:
    one, other = scenario(tmp_path, "one"), scenario(tmp_path, "other", more="levers: {france_in_quad: 1}\n")
    study = cordiale.run(["baseline", one, other], worlds=8, set=SHORT, out=tmp_path / "study")
    assert [study.title(name) for name in study.scenarios] == ["No new policy", "Mine", "Mine (other)"]
    assert findings(study)[2].startswith("Mine (other): ")
    legend = " ".join(text.get_text() for text in fan(study).findobj(lambda each: hasattr(each, "get_text")))
    assert "Mine (other)" in legend.replace("\n", " ")


def test_one_world_is_told_without_an_interval(tmp_path: Path) -> None:
    other = scenario(tmp_path, "other", more="levers: {france_in_quad: 1}\n")
    study = cordiale.run(["baseline", other], worlds=1, set=SHORT, out=tmp_path / "study")
    assert findings(study)[1] == (
        "Mine: no clear change in alignment of France and Japan, 0 in 2019Q2, against No new policy (one world says "
        "nothing of others)."
    )


@pytest.mark.parametrize(
    ("command", "advised"),
    [
        (["cordiale", "run", "a b.yaml", "--worlds", "9", "--set", "horizon=2019Q2", "--out=x", "--replace"],
         "cordiale run 'a b.yaml' --set horizon=2019Q2 --worlds {0} --out outputs/{0}-worlds"),
        (["cordiale", "compare", "baseline", "brexit", "--out", "x", "--worlds=9", "--coding", "other.csv"],
         "cordiale compare baseline brexit --coding other.csv --worlds {0} --out outputs/{0}-worlds"),
        (["paper.py", "run"], "run the study again with worlds={0}"),
    ],
)  # fmt: skip
def test_what_is_advised_is_the_same_study_with_more_worlds(mixed: Study, command: list[str], advised: str) -> None:
    study = Study(mixed.folder, {**mixed.manifest, "command": command})
    found = enough(study, error=0.0005)
    assert sentences(study, found)[-1].endswith(": " + advised.format(max(each.needed for each in found)))


def test_the_command_knows_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(Path("lib") / "cordiale" / "__main__.py"), "run", "baseline"])
    study = cordiale.run("baseline", worlds=1, set={"horizon": "2018Q4"}, out=tmp_path / "study")
    assert study.manifest["command"] == ["cordiale", "run", "baseline"]


def test_charts_that_cannot_be_drawn_are_not_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario(tmp_path, "mine", ["trust:FRA-JPN"])

    def command(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(str(stopped.value.code or 0))

    assert command("run", "./mine.yaml", "--worlds", "4", "--set", "horizon=2019Q1", "--out", "s") == 0
    assert "charts: none for what is recorded   table: s/summary.csv" in capsys.readouterr().out
    assert not (tmp_path / "s" / "charts").exists()
    assert command("chart", "s") == 2
    assert (
        capsys.readouterr().err == "cordiale: s: no chart has what it needs in every scenario: name one to see what\n"
    )
    assert command("chart", "s", "fan", "--measure", "trust") == 0


def test_parts_here_are_opened_by_arrow_itself(mixed: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python holds of a file, a thread of Arrow's may let go of after the interpreter's end, which aborts."""
    fresh = Study.open(mixed.folder)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("opened by Python"))
    assert np.array_equal(fresh.values("trust:FRA-JPN"), mixed.values("trust:FRA-JPN"))
    assert len(fresh.inputs()) == 5
