"""Alignment fans by scenario."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.charts import words
from cordiale.charts.axes import quarter_axis, quarter_label, value_axis
from cordiale.charts.bands import BANDS, CROWDED, Series, draw_bars, draw_fans, reach
from cordiale.charts.needs import one_of, quarters
from cordiale.charts.page import finish, sheet, wrapped
from cordiale.charts.style import COLUMN, Look, house_style, look
from cordiale.quarters import to_text
from cordiale.study import Study


@house_style()
def fan(
    study: Study,
    measure: str = "alignment",
    entity: str | None = None,
    *,
    width: float = COLUMN,
    height: float = 2.2,
) -> Figure:
    """Return the fan of a measure over quarters: median, and bands of 50 and 90 % of worlds, by scenario.

    Up to four scenarios have both bands; of more, only the first has, the others are medians; bars at the
    right show both bands of all at the horizon. Eight scenarios can be told apart; beyond, looks repeat.

    Parameters
    ----------
    measure : recorded each quarter, such as "alignment" or "practice.maritime"
    entity : dyad, directed dyad or state; the first recorded where None, such as FRA-JPN
    width, height : inches, height that of the panel

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "fan", measure, entity)
    several = [series_of(study, measure, entity, name, look(i)) for i, name in enumerate(study.scenarios)]
    figure, axes = fan_sheet(several, width, height)
    draw_fans(axes, several)
    shown = value_axis(axes, *reach(several), words.extent(measure))
    axes.set_ylabel(wrapped(figure, words.axis(study, measure), height - 0.55))
    bands = "Line: median of worlds"
    if len(several) > CROWDED:
        bands += "; bands of the first scenario only"
    return finish(
        figure, words.subject(study, measure, entity), sentence(bands, bars(several), shown),
        words.source(study, BANDS), [(series.key, series.label) for series in several if len(several) > 1],
    )  # fmt: skip


def series_of(study: Study, measure: str, entity: str, scenario: str, drawn: Look) -> Series:
    """Return a scenario's worlds, to be drawn in a look."""
    title, values = words.scenario_title(study, scenario), study.values(measure, entity, scenario)
    return Series(title, quarters(study, scenario), values, drawn)


def fan_sheet(several: Sequence[Series], width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure with a panel for fans, and one beside it for bars where there are several fans."""
    beside = 0.09 * len(several) + 0.1 if len(several) > 1 else 0.0
    figure, panels = sheet(
        width, height, columns=2 if beside else 1, ratios=[width - 0.6 - beside, beside] if beside else None
    )
    longest = max((series.quarters for series in several), key=len)
    quarter_axis(panels[0], longest, width - 0.6 - beside)
    panels[0].set_xlabel(quarter_label(longest))
    if beside:
        draw_bars(panels[1], several)
    return figure, panels[0]


def bars(several: Sequence[Series]) -> str:
    """Return what the bars beside fans show, '' for one fan."""
    ends = sorted({int(series.quarters[-1]) for series in several})
    when = to_text(ends[0]) if len(ends) == 1 else "its last quarter"
    return f"bars, in the order below: bands in {when}" if len(several) > 1 else ""


def sentence(*parts: str) -> str:
    """Return the parts that say something, joined by semicolons."""
    return "; ".join(part for part in parts if part)
