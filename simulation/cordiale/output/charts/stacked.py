"""The parts of the headline, alignment say, stacked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from cordiale.files.errors import OptionError
from cordiale.output.charts.axes import quarter_axis, quarter_label, value_axis
from cordiale.output.charts.fan import sentence
from cordiale.output.charts.layout import finish, grid, label_edges, sheet, title_panels
from cordiale.output.charts.recorded import Array, NotRecorded, need, one_of, quarters
from cordiale.output.charts.style import BLUE, COLUMN, GREEN, ORANGE, PAGE, PURPLE, house_style
from cordiale.study import labels as words
from cordiale.study.study import Study

FILLS = ((BLUE, ""), (ORANGE, "///"), (GREEN, "..."), (PURPLE, "\\\\\\"))


@house_style()
def parts(study: Study, measure: str | None = None, *, width: float | None = None) -> Figure:
    """Return what each part adds to a dyad's headline over quarters, one panel a scenario.

    A layer is the mean over worlds of a part times its share, so that the layers sum to the mean headline, which is
    drawn as a line. A part below zero is drawn below zero.

    Parameters
    ----------
    measure : the headline with its entity, such as "alignment:FRA-JPN"; of the case's focus where None
    width : inches; both columns of a journal where None, one for a single scenario

    Raises
    ------
    OptionError where the study lacks a part or the headline of the dyad, or its headline has no parts
    """
    if not study.components:
        raise NotRecorded(
            f"the chart 'parts' shows what a headline is made of, and that of {study.model['name']} is not"
        )
    whole, entity = one_of(study, "parts", measure)
    if whole != study.headline:
        raise OptionError(f"the chart 'parts' shows what {study.headline} is made of, and not '{whole}'")
    for part in study.components:
        need(study, "parts", part, entity)
    width = width or (COLUMN if len(study.scenarios) == 1 else PAGE)
    rows, columns = grid(len(study.scenarios))
    figure, panels = sheet(width, rows * 1.75 + 0.2, rows, columns)
    panels = title_panels(figure, panels, [study.title(name) for name in study.scenarios], columns)
    layers = [layers_of(study, entity, name) for name in study.scenarios]
    shown = value_axis(panels[0], *_reach(layers), words.extent(study, study.headline))
    for name, each, axes in zip(study.scenarios, layers, panels, strict=True):
        quarter_axis(axes, quarters(study, name), width / columns - 0.35)
        whole = study.values(study.headline, entity, name).mean(axis=0)
        _stack(axes, quarters(study, name), study.components, each, whole)
    across = quarter_label(quarters(study, study.scenarios[0]))
    label_edges(figure, panels, columns, across, words.axis(study, study.headline), 1.3)
    keys = [(_patch(k), words.quantity(study, part)) for k, part in reversed(list(enumerate(study.components)))]
    of = words.quantity(study, study.headline)
    title = f"What {of} of {words.entity_name(study, entity, ' and ')} is made of"
    said = sentence(f"Means over worlds; layers: what each part adds; line: {of}", shown)
    return finish(figure, title, said, words.source(study), keys)


def layers_of(study: Study, entity: str, scenario: str) -> Array:
    """Return the mean over worlds of each part times its share in the headline, (parts, quarters)."""
    shares = study.shares(scenario)
    parts = [study.values(part, entity, scenario) for part in study.components]
    return np.stack([(values * share[:, None]).mean(axis=0) for values, share in zip(parts, shares, strict=True)])


def _reach(several: Sequence[Array]) -> tuple[float, float]:
    """Return the lowest and the highest point of the stacks, zero among them."""
    low = min(float(np.minimum(layers, 0).sum(axis=0).min()) for layers in several)
    return low, max(float(np.maximum(layers, 0).sum(axis=0).max()) for layers in several)


def _stack(axes: Axes, at: NDArray[np.int64], parts: Sequence[str], layers: Array, whole: Array) -> None:
    for sign in (1.0, -1.0):
        foot = np.zeros(len(at))
        for k, part in enumerate(parts):
            top = foot + sign * np.maximum(sign * layers[k], 0.0)
            colour, hatch = FILLS[k % len(FILLS)]
            if not np.array_equal(top, foot):
                axes.fill_between(
                    at, foot, top, facecolor=colour, alpha=0.55, hatch=hatch, edgecolor="black",
                    linewidth=0.3, gid=part,
                )  # fmt: skip
            foot = top
    axes.plot(at, whole, color="black", linewidth=1.3, gid="whole")


def _patch(k: int) -> Patch:
    colour, hatch = FILLS[k % len(FILLS)]
    return Patch(facecolor=colour, alpha=0.55, hatch=hatch, edgecolor="black", linewidth=0.3)
