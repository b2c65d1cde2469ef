"""The page of a score and its charts: losses first, every look in the log, and no text of a chart touches another."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.outcomes import Outcome
from cordiale.analysis.score import BASE, Score, scored
from cordiale.analysis.sealed import MODEL, About, Chance, Forecast, Foretold
from cordiale.files.errors import OptionError, StudyError
from cordiale.output.charts.forecast import figures as forecast_figures
from cordiale.output.charts.score import figures
from cordiale.output.charts.style import SIZES, Target, house_style
from cordiale.output.pages.score import CHARTS, log_of, looks_in, save_page
from tests.output.test_chart_texts import faults

ABOUT = About(
    sealed="2026-01-31", cordiale="0.1.0", scenario="baseline", model="diplomacy", pack="a_pack", worlds=500, seed=1,
    design="sha256:1", pack_files="sha256:2", weights="sha256:3",
)  # fmt: skip
LONG = "Do the ministers of two states that are far from each other hold a meeting by the end of the year 2025?"


def invented(count: int = 40, seed: int = 1) -> Score:
    """Return the score of invented questions: chances that tell something, of five blocks and nine clusters."""
    luck = np.random.default_rng(seed)
    chance = luck.random(count)
    blocks = ("agreements", "events", "formats", "positions", "ruptures")
    foretold = [
        Foretold(
            f"Q{at:03}", LONG if at % 3 else "Do they meet?", blocks[at % 5], f"cluster {at % 9}",
            "rough" if at % 7 == 0 else "close", "sha256:0",
            {MODEL: Chance(round(float(chance[at]), 6), 500), "placebo packs": Chance(0.4, 64)},
        )
        for at in range(count)
    ]  # fmt: skip
    came = luck.random(count) < chance
    outcomes = {each.id: Outcome(bool(yes), "invented") for each, yes in zip(foretold, came, strict=True)}
    return scored(Forecast(ABOUT, foretold), outcomes)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [3, 40])
def test_no_text_of_a_chart_touches_another(size: str, count: int) -> None:
    found = invented(count)
    with house_style(Target(size)):
        for draw in [*figures(found).values(), *forecast_figures(found.forecast).values()]:
            assert faults(draw()) == []


def test_the_charts_draw_what_was_scored() -> None:
    found = invented()
    with house_style(Target("page")):
        calibration, beside = (draw() for draw in figures(found).values())
    diagram, named = calibration.axes
    strokes = {line.get_gid(): len(line.get_xdata()) for line in diagram.lines if line.get_gid() in ("came", "not")}
    assert strokes == {"came": int(found.numbers.came.sum()), "not": int((~found.numbers.came).sum())}
    (curve,) = [line for line in diagram.lines if line.get_gid() == "curve"]
    assert np.all(np.diff(curve.get_ydata()) >= -1e-12)
    assert len([line for line in named.lines if line.get_gid() == "case"]) == 12
    gaps = [line.get_xdata()[0] for line in beside.axes[0].lines if line.get_gid() == "gap"]
    rows = {row["forecaster"]: row["model_less"] for row in found.beside() if row["forecaster"] != MODEL}
    assert sorted(gaps) == pytest.approx(sorted(rows.values()))
    assert rows[BASE] == pytest.approx(found.numbers.brier - np.mean((found.numbers.base - found.numbers.came) ** 2))


@pytest.mark.parametrize("seed", range(4))
def test_a_yardstick_is_better_or_worse_only_where_its_interval_says_so(seed: int) -> None:
    found = invented(seed=seed)
    (told,) = [line for line in found.sentences() if line.startswith("The model is clearly worse than ")]
    worse, *same, better = re.split("; there is no clear difference from |; it is clearly better than ", told)
    for row in found.beside()[1:]:
        part = worse if row["less_low"] > 0 else better if row["less_high"] < 0 else same[0]
        assert f"{row['forecaster']} (" in part


def test_the_page_keeps_every_look(tmp_path: Path) -> None:
    page = tmp_path / "score.md"
    found = invented()
    written = {path.relative_to(tmp_path).as_posix() for path in save_page(found, page, "")}
    assert written == {"score.md", "score_log.csv", *CHARTS}
    text = page.read_text("utf-8")
    assert text.index("were missed") < text.index("Yardsticks") < text.index("## Looks")
    assert [row["changed since the last look, and why"] for row in looks_in(log_of(page))] == ["the first look"]
    with pytest.raises(StudyError, match="add --replace"):
        save_page(found, page, "a range of hazards")
    with pytest.raises(OptionError, match=r"'score_log\.csv' has 1 look: say what was changed"):
        save_page(found, page, "", replace=True)
    save_page(invented(seed=2), page, "a rule, since it was wrong", replace=True)
    with log_of(page).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["questions"] for row in rows] == ["34", "34"]
    assert "a rule, since it was wrong" in page.read_text("utf-8")
    page.write_text("my own", "utf-8")
    with pytest.raises(StudyError, match="not written by cordiale"):
        save_page(found, page, "nothing", replace=True)
    assert len(looks_in(log_of(page))) == 2


def test_a_score_of_nothing_has_no_page(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no score"):
        save_page(scored(invented().forecast, {}), tmp_path / "score.md", "")
    assert not list(tmp_path.iterdir())
    assert figures(scored(invented().forecast, {})) == {}
