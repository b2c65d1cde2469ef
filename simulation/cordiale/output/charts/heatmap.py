"""Heat maps of the headline, alignment say, between all states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.figure import Figure

from cordiale.case.quarters import to_text
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.recorded import Array, all_dyads, matrix, quarters
from cordiale.output.charts.scales import scale_of
from cordiale.output.charts.style import PAGE, SMALL, house_style, ink_on
from cordiale.study import labels as words
from cordiale.study.study import Study

BESIDE = 3  # panels side by side where there are differences to show
LEVEL, CHANGE = "YlGnBu", "PuOr_r"


@dataclass(frozen=True)
class Shades:
    """How one matrix is coloured and written.

    Attributes
    ----------
    norm : from a value to a place among the colours
    least : the least value that is written, in either direction
    form : of a number; changes are written in hundredths
    """

    colours: Colormap
    norm: Any
    least: float
    form: str

    def text(self, value: float) -> str:
        """Return what stands in a cell: at most three signs, so that a hyphen is a minus."""
        if np.isnan(value) or abs(value) < self.least:
            return ""
        return f"{value:{self.form}}" if self.form else f"{round(100 * value)}"


@house_style()
def heatmap(study: Study, *, width: float = PAGE) -> Figure:
    """Return heat maps of dyads' median headline at the horizon, such as alignment, and its change since the start.

    Both are the first scenario's. For each further scenario stands the median over worlds of the difference
    to the first in the same world. Levels are written in the unit, changes in hundredths of it. Colours of changes
    go in small steps of the unit; what is less than half a step is left blank.

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
    step = scale_of(study, study.headline).step
    bounds = [_greatest(study, squares[1:2]), _greatest(study, squares[2:])]
    shades = [_levels(study, squares[0][1]), *(_changes(bound, step) for bound in bounds)]
    for k, (axes, (title, square)) in enumerate(zip(panels, squares, strict=False)):
        _draw(axes, square, codes, shades[min(k, 2)])
        panel_title(figure, axes, title, columns)
    for axes in panels[len(squares) :]:
        axes.remove()
    what, unit = words.quantity(study, study.headline), study.measure(study.headline).unit
    of = f", of differences ±{bounds[1]:g}" if len(squares) > 2 else ""
    said = f"{words.sentence_case(what)} in {unit}; changes and differences in hundredths of that, blank below "
    said += f"{50 * step:g}; strongest colour of changes ±{bounds[0]:g}{of}"
    pale = [title for title, square in squares[1:] if not np.nanmax(np.abs(square)) >= step / 2]
    if pale:
        said += f"; nothing differs by as much as that in “{'” and “'.join(pale)}”"
    drawn = "medians of worlds; changes and differences within the same world"
    return finish(figure, words.sentence_case(f"{what} of all dyads"), said, words.source(study, drawn))


def _levels(study: Study, square: Array) -> Shades:
    """Return the shades of levels, over the range of the unit or, where it has none, over what there is."""
    ends = words.extent(study, study.headline)
    low, high = ends or (float(np.nanmin(square)), float(np.nanmax(square)))
    norm = Normalize(low, high if high > low else low + 1.0)
    return Shades(matplotlib.colormaps[LEVEL], norm, 0.0, "" if ends else ".1f")


def _changes(bound: float, step: float) -> Shades:
    """Return the shades of changes: a colour a step, white about zero."""
    steps = round(bound / step)
    edges = step * (np.arange(-steps, steps + 2) - 0.5)
    colours = matplotlib.colormaps[CHANGE].resampled(len(edges) - 1)
    return Shades(colours, BoundaryNorm(edges, colours.N), step / 2, "")


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


def _greatest(study: Study, squares: list[tuple[str, Array]]) -> float:
    """Return the greatest change in either direction in whole steps, at least the reach of the scale."""
    scale = scale_of(study, study.headline)
    greatest = max([scale.reach, *(float(np.nanmax(np.abs(square))) for _, square in squares)])
    return float(np.ceil(greatest / scale.step - 1e-9) * scale.step)


def _draw(axes: Axes, square: Array, codes: list[str], shades: Shades) -> None:
    axes.imshow(
        np.ma.masked_invalid(square), cmap=shades.colours, norm=shades.norm, interpolation="nearest", gid="medians"
    )
    places = range(len(codes))
    axes.set_xticks(places, codes, rotation=90)
    axes.set_yticks(places, codes)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    for i in places:
        for j in places:
            if text := shades.text(square[i, j]):
                ink = ink_on(shades.colours(shades.norm(square[i, j])))
                cell = axes.text(j, i, text, ha="center", va="center", size=SMALL, color=ink)
                cell.set_in_layout(False)  # it lies inside the panel: nothing to measure
