"""How many worlds are enough: the standard error of a measure's mean against the number of worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from cordiale.analysis.sample_size import Enough, SampleSize
from cordiale.output.charts.axes import number
from cordiale.output.charts.layout import finish, grid, label_edges, sheet, title_panels
from cordiale.output.charts.style import GREY, PAGE, house_style, look
from cordiale.study import labels

SHOWN = 12  # measures, those that need most worlds


def figures(sizes: SampleSize) -> dict[str, Callable[[], Figure]]:
    """Return the chart of all measures."""
    study = sizes.study
    titles = {name: study.title(name) for name in study.scenarios}
    whole = " and ".join(titles.values()) if len(titles) < 3 else study.folder.name
    of = f"differences to {titles[sizes.against]}" if sizes.against else whole
    title = f"How many worlds are enough: {of}"
    return {"sample_size": partial(sample_size, sizes.each, titles, title, source(sizes))}


def source(sizes: SampleSize) -> str:
    """Return the line at a chart's foot."""
    return labels.source(sizes.study)


@house_style()
def sample_size(
    needs: Sequence[Enough], titles: Mapping[str, str], title: str, source: str, *, width: float = PAGE
) -> Figure:
    """Return the standard error against the number of worlds on logarithmic axes, one panel a measure.

    Parameters
    ----------
    titles : scenario -> its title
    width : inches
    """
    moving = [each for each in needs if each.deviation > 0]
    need = {each.name: max(other.needed for other in moving if other.name == each.name) for each in moving}
    names = sorted(need, key=lambda name: -need[name])[:SHOWN]
    rows, columns = grid(max(1, len(names)), most=3)
    figure, panels = sheet(width, rows * 1.7 + 0.2, rows, columns, sharey=False)
    panels = title_panels(
        figure, panels, [f"{name}: {need[name]:,} worlds" for name in names] or ["nothing varies"], columns
    )
    series = list(dict.fromkeys((each.scenario, each.against) for each in moving))
    for axes, name in zip(panels, names, strict=False):
        _panel(axes, [each for each in moving if each.name == name], series)
    label_edges(figure, panels, columns, "worlds", "standard error", 1.5)
    keys = [
        (Line2D([], [], color=look(k).colour, linestyle=look(k).dash, marker=look(k).marker, markersize=2.5),
         titles[scenario] + (", difference world by world" if against else ""))
        for k, (scenario, against) in enumerate(series)
    ] + [(Line2D([], [], color=GREY, linewidth=0.8), "error asked for, and the most worlds that it takes")]  # fmt: skip
    left = len(need) - len(names)
    rest = f"; {left} more need fewer worlds" if left else ""
    said = f"Lines: standard deviation over the root of worlds; markers: the first so many worlds of the study{rest}"
    return finish(figure, title, said, source, keys)


def _panel(axes: Axes, needs: Sequence[Enough], series: Sequence[tuple[str, str | None]]) -> None:
    most = max(max(each.needed, each.worlds) for each in needs)
    at = np.geomspace(8, 1.5 * most, 60)
    for each in needs:
        style = look(series.index((each.scenario, each.against)))
        axes.plot(at, each.deviation / np.sqrt(at), color=style.colour, linestyle=style.dash, linewidth=1, gid="line")
        some = slice(None, None, 6)
        axes.plot(each.counts[some], each.errors[some], style.marker, color=style.colour, markersize=2.2, linestyle="",
                  gid="measured")  # fmt: skip
    axes.axhline(needs[0].wanted, color=GREY, linewidth=0.8)
    axes.axvline(max(each.needed for each in needs), color=GREY, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(at[0], at[-1])
    highest = max(each.deviation for each in needs) / np.sqrt(at[0])
    axes.set_ylim(min(needs[0].wanted, highest) / 4, 1.2 * max(needs[0].wanted, highest))
    for axis, several in ((axes.xaxis, (1.0,)), (axes.yaxis, (1.0, 2.0, 5.0))):
        axis.set_major_locator(LogLocator(subs=several, numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axis.set_minor_formatter(NullFormatter())
