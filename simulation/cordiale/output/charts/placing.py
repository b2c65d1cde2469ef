"""Names beside marks in a plane, each wherever it touches no other name and no mark."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from cordiale.output.charts.style import inks, sizes


def place(
    axes: Axes, title: str, at: tuple[float, float], colour: str, taken: list[Bbox], box: Bbox, renderer: RendererBase
) -> None:  # fmt: skip
    """Write a name beside its mark, at the first place that is free; nowhere where none is.

    Parameters
    ----------
    at : of the mark, in data
    taken : what a name may not touch; the name's own box is added
    box : of the panel, which a name does not leave
    """
    gap = 0.8 * sizes().small
    ways = [(1, 0.9), (1, -0.9), (-1, 0.9), (-1, -0.9), (1, 0), (-1, 0), (0, 1.3), (0, -1.3)]
    for across, up in ways:
        text: Annotation = axes.annotate(
            title, at, xytext=(gap * across, gap * up), textcoords="offset points", size=sizes().small, color=colour,
            ha={1: "left", -1: "right", 0: "center"}[across], va="center", annotation_clip=False, zorder=6,
            path_effects=[withStroke(linewidth=sizes().line, foreground=inks().paper)],  # no line strikes it through
        )  # fmt: skip
        text.update_positions(renderer)
        extent = Text.get_window_extent(text, renderer)
        if is_free(extent, taken, box):
            taken.append(extent)
            return
        text.remove()


def is_free(extent: Bbox, taken: Sequence[Bbox], box: Bbox) -> bool:
    """Whether a box lies in a panel and touches none that is taken."""
    inside = extent.x0 >= box.x0 and extent.x1 <= box.x1 and extent.y0 >= box.y0 and extent.y1 <= box.y1
    return inside and not any(extent.overlaps(each) for each in taken)
