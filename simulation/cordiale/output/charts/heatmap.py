"""Heat maps of the headline, alignment say, between all states."""

from __future__ import annotations

from functools import partial

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, TwoSlopeNorm
from matplotlib.figure import Figure

from cordiale.case.quarters import to_text
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.recorded import Array, all_dyads, matrix, quarters
from cordiale.output.charts.style import PAGE, SMALL, house_style, ink_on
from cordiale.study import labels as words
from cordiale.study.study import Study

BESIDE = 3  # panels side by side where there are differences to show
LEVEL, CHANGE = "YlGnBu", "PuOr_r"


@house_style()
def heatmap(study: Study, *, width: float = PAGE) -> Figure:
    """Return heat maps of dyads' median headline at the horizon, such as alignment, and its change since the start.

    Both are the first scenario's. For each further scenario stands the median over worlds of the difference
    to the first in the same world. Numbers are hundredths; of changes, those that round to 0 are left blank.

    Parameters
    ----------
    width : inches

    Raises
    ------
    OptionError where the study lacks the headline of all dyads
    """
    codes = all_dyads(study, "heatmap", study.headline)
    squares = matrices(study, codes)
    columns = 2 if len(squares) <= 2 else BESIDE if len(squares) > 4 else 2
    rows = -(-len(squares) // columns)
    figure, panels = sheet(
        width, rows * (width / columns + (0.1 if columns == 2 else 0.2)), rows, columns, sharey=False
    )
    bounds = [_greatest(squares[1:2]), _greatest(squares[2:])]
    for k, (axes, (title, square)) in enumerate(zip(panels, squares, strict=False)):
        _draw(axes, square, codes, None if k == 0 else bounds[k > 1])
        panel_title(figure, axes, title, columns)
    for axes in panels[len(squares) :]:
        axes.remove()
    of = f", of differences: ±{100 * bounds[1]:.1f}" if len(squares) > 2 else ""
    what, unit = words.quantity(study, study.headline), study.measure(study.headline).unit
    scales = f"Hundredths of {what} ({unit}); strongest colour of changes: ±{100 * bounds[0]:.1f}{of}"
    drawn = "medians of worlds; changes and differences within the same world"
    return finish(figure, words.sentence_case(f"{what} of all dyads"), scales, words.source(study, drawn))


def matrices(study: Study, codes: list[str]) -> list[tuple[str, Array]]:
    """Return title and symmetric matrix, (N, N) with NaN on the diagonal, of each panel."""
    first = study.scenarios[0]
    entities = study.measures(first)[study.headline]
    base, name = partial(study.values, study.headline, scenario=first), words.scenario_title(study, first)
    start, end = (to_text(int(quarters(study, first)[k])) for k in (0, -1))
    found = [
        (f"{name}: {end}", np.median(base(quarter=-1), axis=0)),
        (f"{name}: change since {start}", np.median(base(quarter=-1) - base(quarter=0), axis=0)),
    ]
    for other in study.scenarios[1:]:
        at, one, two = np.intersect1d(quarters(study, first), quarters(study, other), return_indices=True)
        values = study.values(study.headline, scenario=other, quarter=int(two[-1]))
        order = [study.measures(other)[study.headline].index(entity) for entity in entities]
        title = f"{words.scenario_title(study, other)}: difference in {to_text(int(at[-1]))}"
        found.append((title, np.median(values[:, order] - base(quarter=int(one[-1])), axis=0)))
    return [(title, matrix(values, entities, codes)) for title, values in found]


def _greatest(squares: list[tuple[str, Array]]) -> float:
    """Return the greatest change in either direction, at least one hundredth."""
    return max([0.01, *(float(np.nanmax(np.abs(square))) for _, square in squares)])


def _draw(axes: Axes, square: Array, codes: list[str], bound: float | None) -> None:
    """Draw one matrix; a level where `bound` is None, else a change up to it."""
    colours: Colormap = matplotlib.colormaps[LEVEL if bound is None else CHANGE]
    norm = TwoSlopeNorm(0.5, 0.0, 1.0) if bound is None else TwoSlopeNorm(0.0, -bound, bound)
    axes.imshow(np.ma.masked_invalid(square), cmap=colours, norm=norm, interpolation="nearest", gid="medians")
    places = range(len(codes))
    axes.set_xticks(places, codes, rotation=90)
    axes.set_yticks(places, codes)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    for i in places:
        for j in places:
            text = _hundredths(square[i, j], signed=bound is not None)
            if text:
                ink = ink_on(colours(norm(square[i, j])))
                cell = axes.text(j, i, text, ha="center", va="center", size=SMALL, color=ink)
                cell.set_in_layout(False)  # it lies inside the panel: nothing to measure


def _hundredths(value: float, *, signed: bool) -> str:
    if np.isnan(value) or (signed and round(100 * value) == 0):
        return ""
    return f"{round(100 * value)}"  # a hyphen for minus: three signs must fit a cell
