"""Fans side by side, a panel a scenario."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.charts import words
from cordiale.charts.axes import quarter_axis, quarter_label, value_axis
from cordiale.charts.bands import BANDS, Series, draw_fan, reach
from cordiale.charts.fan import sentence, series_of
from cordiale.charts.needs import one_of
from cordiale.charts.page import dress, finish, grid, label_edges, sheet
from cordiale.charts.style import BLUE, COLUMN, GREY, PAGE, Look, house_style
from cordiale.study import Study

LOOK = Look(BLUE, "-", "")


@house_style()
def small_multiples(
    study: Study, measure: str = "alignment", entity: str | None = None, *, width: float | None = None
) -> Figure:
    """Return fans one panel a scenario, with the first scenario's median as a thin grey line in each.

    Parameters
    ----------
    measure, entity : as in `fan`
    width : inches; both columns of a journal where None, one for a single scenario

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "small_multiples", measure, entity)
    several = [series_of(study, measure, entity, name, LOOK) for name in study.scenarios]
    width = width or (COLUMN if len(several) == 1 else PAGE)
    rows, columns = grid(len(several))
    figure, panels = sheet(width, rows * 1.75 + 0.2, rows, columns)
    panels = dress(figure, panels, [series.label for series in several], columns)
    shown = value_axis(panels[0], *reach(several), words.extent(measure))
    for series, axes in zip(several, panels, strict=True):
        _panel(axes, series, several[0] if len(several) > 1 else None, width / columns - 0.35)
    label_edges(figure, panels, columns, quarter_label(several[0].quarters), words.axis(study, measure), 1.3)
    grey = f"grey line: median of “{several[0].label}”" if len(several) > 1 else ""
    said = sentence("Line: median of worlds", grey, shown)
    return finish(figure, words.subject(study, measure, entity), said, words.source(study, BANDS))


def _panel(axes: Axes, series: Series, first: Series | None, inches: float) -> None:
    quarter_axis(axes, series.quarters, inches)
    draw_fan(axes, series)
    if first is not None and first is not series:
        axes.plot(first.quarters, first.fan[2], color=GREY, linewidth=0.9, zorder=2.5, gid="first")
