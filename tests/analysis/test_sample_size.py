"""How many worlds are enough: the closed form, on made values and on a study."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.sample_size import enough, scale_of, sentences, standard_error, worlds_for
from cordiale.output.charts.sample_size import sample_size as chart
from cordiale.study.study import Study

Refused = Callable[..., str]
WORLDS = 60


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("enough") / "study"
    return cordiale.run(
        ["baseline", "france_joins_quad"], worlds=WORLDS, seed=1, set=["horizon=2020Q2"], out=out, jobs=1
    )


def test_closed_form() -> None:
    assert standard_error(0.2, 400) == pytest.approx(0.01)
    assert worlds_for(0.2, 0.01) == 400
    assert worlds_for(0.2001, 0.01) == 401
    assert worlds_for(0.0, 0.01) == 2
    means = np.random.default_rng(0).normal(0.5, 0.2, (4000, 400)).mean(axis=1)
    assert means.std() == pytest.approx(standard_error(0.2, 400), rel=0.05)


def test_errors_are_those_of_the_studys_worlds(study: Study) -> None:
    found = {(each.scenario, each.against): each for each in enough(study, ["alignment:FRA-JPN"])}
    values = {name: study.values("alignment", "FRA-JPN", name)[:, -1] for name in study.scenarios}
    level = found["baseline", None]
    assert level.deviation == pytest.approx(np.std(values["baseline"], ddof=1))
    assert level.error == pytest.approx(level.deviation / math.sqrt(WORLDS))
    assert level.errors[-1] == pytest.approx(level.error)
    assert level.needed == math.ceil((level.deviation / 0.01) ** 2)
    assert level.enough == (level.needed <= WORLDS)
    difference = found["france_joins_quad", "baseline"]
    assert difference.deviation == pytest.approx(np.std(values["france_joins_quad"] - values["baseline"], ddof=1))
    assert difference.deviation < level.deviation


def test_a_given_error_and_the_scales(study: Study) -> None:
    (once, *_) = enough(study, ["alignment:FRA-JPN"], error=0.001)
    (twice, *_) = enough(study, ["alignment:FRA-JPN"], error=0.002)
    assert once.needed == pytest.approx(4 * twice.needed, abs=4)
    assert scale_of(study, "alignment") == 1
    assert scale_of(study, "ladder") == len(study.manifest["labels"]["agreement"])
    for spreads in ("activity", "strength"):
        assert scale_of(study, spreads) == 1
    assert scale_of(study, "rank") == len(study.manifest["names"]) - 2


def test_a_sentence_for_each_measure_and_what_to_run(study: Study) -> None:
    found = enough(study, error=0.0005)
    told = sentences(study, found)
    vary = {each.name for each in found if each.deviation}
    levels = [each for each in found if each.against is None and each.name in vary]
    enough_of = {name: all(each.enough for each in levels if each.name == name) for name in {e.name for e in levels}}
    line = f"For levels, {study.worlds:,} worlds are enough for {sum(enough_of.values())} of {len(enough_of)} "
    assert any(line in text for text in told)
    most = max(each.needed for each in found)
    assert told[-1] == f"Enough for all: run the study again with worlds={most}"


def test_the_chart_draws_what_is_needed_and_what_the_first_worlds_said(study: Study) -> None:
    found = [each for each in enough(study, ["alignment:FRA-JPN"]) if each.scenario == "baseline"]
    axes = chart(found, {"alignment:FRA-JPN": "Alignment"}, "", "source").axes[0]
    (mark,) = (line for line in axes.lines if line.get_gid() == "needed")
    assert mark.get_xdata()[0] == found[0].needed
    (line,) = (line for line in axes.lines if line.get_gid() == "measured")
    late = found[0].counts >= found[0].worlds / 2
    said = [worlds_for(error * np.sqrt(count), found[0].wanted)
            for error, count in zip(found[0].errors[late], found[0].counts[late], strict=True)]  # fmt: skip
    assert list(line.get_xdata()) == [min(said), max(said)]


def test_the_command(
    study: Study, workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from cordiale.cli import main

    monkeypatch.setattr(sys, "argv", ["cordiale", "sample-size", str(study.folder), "--out", "found", "--json"])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 0
    assert {row["worlds_needed"] for row in told["measures"]} == {each.needed for each in enough(study)}
    assert {path.name for path in (workshop / "found").iterdir()} == {
        "charts", "sample_size.csv", "files.txt", "manifest.json"
    }  # fmt: skip


def test_bad_input(refused: Refused, study: Study, workshop: Path) -> None:
    assert refused("sample-size", "nosuch").startswith("no study 'nosuch': there is no such folder")
    message = refused("sample-size", str(study.folder), "--error", "0", "--out", "found")
    assert message == "--error 0: not a standard error above 0"
    message = refused("sample-size", str(study.folder), "--measure", "aligment", "--out", "found")
    assert message.startswith("--measure 'aligment': 'aligment' is no measure; did you mean 'alignment'?")


@pytest.mark.parametrize("error", [0.0, -1.0, math.inf, math.nan])
def test_an_error_is_above_nothing(study: Study, error: float) -> None:
    with pytest.raises(cordiale.OptionError, match="not a standard error above 0"):
        enough(study, error=error)


def test_one_world_says_nothing_of_worlds(tmp_path: Path) -> None:
    one = cordiale.run("baseline", worlds=1, set={"horizon": "2018Q4"}, out=tmp_path / "study")
    with pytest.raises(cordiale.OptionError, match="a study of one world says nothing"):
        enough(one)
