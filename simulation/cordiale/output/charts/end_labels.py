"""Labels beside lines and marks, in their colour, each where it touches no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from cordiale.output.charts.axes import apart
from cordiale.output.charts.frame import page_of, wrapped
from cordiale.output.charts.style import inks, sizes, target
from cordiale.study.labels import plain

SMALLEST = 0.6  # of their size, of letters of labels that have no room otherwise
_FAR = [(1.4 * side, up * way) for up in (2.6, 4.2, 5.8) for way in (1, -1) for side in (1, -1)]  # of a name, in gaps
GAP = 0.7  # ems between the end of a line and its label


@dataclass(frozen=True)
class Label:
    """What stands at the end of a line.

    Attributes
    ----------
    height : of the line's end, in data
    small : whether in small soft letters, as of a band
    """

    height: float
    text: str
    colour: str
    small: bool = False


def end_labels(axes: Axes, at: float, labels: Sequence[Label], inches: float) -> None:
    """Write labels to the right of lines' ends; they are moved apart once the layout stands.

    Parameters
    ----------
    inches : to which texts are broken
    """
    figure, written = page_of(axes), []
    for label in labels:
        size, weight = (sizes().small, "normal") if label.small else (sizes().text, "bold")
        leader = {"arrowstyle": "-", "linewidth": sizes().line / 4, "color": label.colour, "shrinkA": 1, "shrinkB": 1,
                  "relpos": (0, 0.5)}  # fmt: skip
        written.append(
            axes.annotate(
                wrapped(figure, plain(label.text), inches, size, weight), (at, label.height),
                xytext=(GAP * sizes().text, 0), textcoords="offset points", va="center", color=label.colour, size=size,
                weight=weight, linespacing=1.1, annotation_clip=False, arrowprops=leader,
            )
        )  # fmt: skip
    figure.later.append(partial(_spread, axes, written))


def label_room(columns: int = 1) -> float:
    """Return how wide a label at the end of a line may be, in inches, where so many panels stand side by side."""
    return (0.23 if target().narrow else 0.18) * target().inches / float(columns**0.5)


def _fitting(labels: Sequence[Annotation], height: float, dpi: float) -> list[Annotation]:
    """Return the labels that have room in a height, in pixels; of those in small letters some may have none."""
    kept = list(labels)
    gap = 0.25 * sizes().small * dpi / 72
    while sum(float(Text.get_window_extent(each).height) + gap for each in kept) > height:
        small = [each for each in kept if each.get_fontweight() == "normal"]
        if not small:
            break
        places = sorted(each.xy[1] for each in kept)
        free = {
            id(each): min((abs(each.xy[1] - at) for at in places if at != each.xy[1]), default=0.0) for each in small
        }
        least = min(small, key=lambda each: free[id(each)])
        least.set_visible(False)
        kept.remove(least)
    tall = sum(float(Text.get_window_extent(each).height) + gap for each in kept)
    for each in kept if tall > height else ():  # names alone, too many of them: the letters give way
        each.set_fontsize(max(SMALLEST, height / tall) * float(each.get_fontsize()))
    return kept


def _spread(axes: Axes, labels: Sequence[Annotation]) -> None:
    """Move labels up or down until none touches another, in their order, inside the panel's height."""
    figure = page_of(axes)
    box = axes.get_window_extent()

    def height(label: Annotation) -> float:
        return float(axes.transData.transform((0.0, label.xy[1]))[1])

    order = sorted(_fitting(labels, box.height, figure.dpi), key=height)
    if not order:
        return
    for label in labels:
        label.update_positions(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    sizes_of = [float(Text.get_window_extent(label).height) + 0.25 * sizes().small * figure.dpi / 72 for label in order]
    placed = apart([height(label) for label in order], sizes_of, box.y0, box.y1)
    moves = [now - height(label) for label, now in zip(order, placed, strict=True)]
    far = [abs(move) > 0.6 * tall for move, tall in zip(moves, sizes_of, strict=True)]
    for label, move, led in zip(order, moves, far, strict=True):
        label.set_position((GAP * sizes().text * (1.8 if any(far) else 1), move * 72 / figure.dpi))
        if label.arrow_patch is not None:
            label.arrow_patch.set_visible(led)


def place(
    axes: Axes, title: str, at: tuple[float, float], colour: str, taken: list[Bbox], box: Bbox, renderer: RendererBase,
    others: Sequence[tuple[float, float]], lines: Sequence[Bbox] = (),
) -> None:  # fmt: skip
    """Write a name beside its mark, at the first place that is free; nowhere where none is.

    A name that stands nearer to another mark, or far from its own, is joined to it by a thin line.

    Parameters
    ----------
    at : of the mark, in data
    taken : what a name may not touch; the name's own box is added
    box : of the panel, which a name does not leave
    others : where other marks are, in data
    lines : what a name crosses only where it has no other place
    """
    gap = 0.8 * sizes().small
    ways = [(1, 0.9), (1, -0.9), (-1, 0.9), (-1, -0.9), (1, 0), (-1, 0), (0, 1.3), (0, -1.3)]
    for crossing, (across, up) in product((False, True) if lines else (False,), [*ways, *_FAR]):
        leader = {"arrowstyle": "-", "linewidth": sizes().line / 4, "color": colour, "shrinkA": 0, "shrinkB": 2,
                  "relpos": (float(across < 0), float(up < 0))}  # fmt: skip
        text: Annotation = axes.annotate(
            title, at, xytext=(gap * across, gap * up), textcoords="offset points", size=sizes().small, color=colour,
            ha="left" if across > 0 else "right" if across < 0 else "center", va="center", annotation_clip=False,
            zorder=6, arrowprops=leader, path_effects=[withStroke(linewidth=sizes().line, foreground=inks().paper)],
        )  # fmt: skip  # no line strikes it through
        text.update_positions(renderer)
        extent = Text.get_window_extent(text, renderer)
        if is_free(extent, [*taken, *(() if crossing else lines)], box):
            taken.append(extent)
            near = min((_far(axes.transData.transform(each), extent) for each in others), default=1e9)
            if (across, up) not in _FAR and near > 2 * _far(axes.transData.transform(at), extent):
                text.arrow_patch.set_visible(False)  # type: ignore[union-attr]
            return
        text.remove()


def _far(at: Any, box: Bbox) -> float:
    """Return how far a point lies from a box, in pixels."""
    aside = max(box.x0 - at[0], 0.0, at[0] - box.x1)
    return float(np.hypot(aside, max(box.y0 - at[1], 0.0, at[1] - box.y1)))


def is_free(extent: Bbox, taken: Sequence[Bbox], box: Bbox) -> bool:
    """Whether a box lies in a panel and touches none that is taken."""
    inside = extent.x0 >= box.x0 and extent.x1 <= box.x1 and extent.y0 >= box.y0 and extent.y1 <= box.y1
    return inside and not any(extent.overlaps(each) for each in taken)
