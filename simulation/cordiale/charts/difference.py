"""Differences to the first scenario in the same world."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cordiale.charts import words
from cordiale.charts.axes import value_axis
from cordiale.charts.bands import BANDS, CROWDED, Series, draw_fans, reach
from cordiale.charts.fan import bars, fan_sheet, sentence
from cordiale.charts.needs import Array, NotRecorded, one_of, quarters
from cordiale.charts.page import finish, wrapped
from cordiale.charts.style import COLUMN, GREY, house_style, look
from cordiale.study import Study


@house_style()
def difference(
    study: Study,
    measure: str = "alignment",
    entity: str | None = None,
    *,
    width: float = COLUMN,
    height: float = 2.2,
) -> Figure:
    """Return the fan of a scenario's world n minus the first scenario's world n, by scenario.

    Up to four differences have both bands; of more, only the first has; bars show both at the horizon. The
    legend gives the share of worlds that lie above zero there.

    Parameters
    ----------
    measure, entity, width, height : as in `fan`

    Raises
    ------
    OptionError where the study lacks the measure, or has but one scenario
    """
    measure, entity = one_of(study, "difference", measure, entity)
    if len(study.scenarios) < 2:
        raise NotRecorded("the chart 'difference' needs two scenarios: run another one beside the first")
    base = study.values(measure, entity, study.scenarios[0])
    several = [_minus_first(study, measure, entity, i, base) for i in range(1, len(study.scenarios))]
    figure, axes = fan_sheet(several, width, height)
    draw_fans(axes, several)
    for panel in figure.axes:
        panel.axhline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    low, high = reach(several)
    shown = value_axis(axes, min(low, 0.0), max(high, 0.0))
    axes.set_ylabel(wrapped(figure, "difference in " + words.axis(study, measure, change=True), height - 0.55))
    first = words.scenario_title(study, study.scenarios[0])
    bands = "bands of the first of them only" if len(several) > CROWDED else ""
    title = f"{words.subject(study, measure, entity)}: difference to “{first}”"
    keys = [(series.key, f"{series.label}: {_above(series):.0f} % above zero") for series in several]
    said = sentence("World by world; line: median", bands, bars(several), "% of worlds above zero there", shown)
    return finish(figure, title, said, words.source(study, BANDS), keys)


def _minus_first(study: Study, measure: str, entity: str, index: int, base: Array) -> Series:
    """Return the difference of a scenario to the first in the quarters that both have."""
    first, name = study.scenarios[0], study.scenarios[index]
    at, one, other = np.intersect1d(quarters(study, first), quarters(study, name), return_indices=True)
    values = study.values(measure, entity, name)[:, other] - base[:, one]
    return Series(words.scenario_title(study, name), at, values, look(index))


def _above(series: Series) -> float:
    return float(100 * np.mean(series.values[:, -1] > 0))
