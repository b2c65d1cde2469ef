"""The sheet of an analysis' chart: title on top, panels, legend below, source line; heights follow the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cordiale.output.charts.frame import Page, Words, wrapped
from cordiale.output.charts.style import DPI, GREY, SMALL, TITLE
from cordiale.study.labels import plain

MARGIN = 0.05  # inches, at each edge
LEADING = 1.25  # height of a line over its font size


def sheet(
    width: float,
    height: float,
    rows: int = 1,
    columns: int = 1,
    *,
    sharey: bool | Literal["row"] = True,
    ratios: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its panels, row by row.

    Parameters
    ----------
    width, height : inches; the height is that of the panels, and `finish` adds what the texts take
    ratios : relative widths of columns
    """
    figure = Page(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(
        rows, columns, sharey=sharey, squeeze=False, gridspec_kw={"width_ratios": ratios} if ratios else None
    )
    return figure, list(panels.flat)


def grid(panels: int, *, most: int = 4) -> tuple[int, int]:
    """Return rows and columns for a number of panels: one row up to three, then as square as may be."""
    columns = panels if panels <= 3 else min(most, int(np.ceil(np.sqrt(panels * 1.2))))
    return int(np.ceil(panels / columns)), columns


def panel_title(figure: Figure, axes: Axes, text: str, columns: int, *, head: str = "", room: float = 0.45) -> None:
    """Write a panel's title at its left, wrapped to the panel's width.

    Parameters
    ----------
    head : what stands above it on lines of its own
    columns : panels side by side
    room : inches of a panel's width that ticks and labels take
    """
    inches = figure.get_size_inches()[0] / columns - room
    blocks = [wrapped(figure, plain(block), inches) for block in (head, text) if block]
    axes.set_title("\n".join(blocks), loc="left", pad=4, linespacing=1.1)


def title_panels(
    figure: Figure, panels: list[Axes], titles: Sequence[str], columns: int, *, room: float = 0.45
) -> list[Axes]:
    """Title a panel for each text, remove the panels that are left over, and return the others."""
    for axes, title in zip(panels, titles, strict=False):
        panel_title(figure, axes, title, columns, room=room)
    for axes in panels[len(titles) :]:
        axes.remove()
    return panels[: len(titles)]


def finish(figure: Figure, title: str, subtitle: str, source: str, keys: Sequence[tuple[Any, str]] = ()) -> Figure:
    """Write title, legend and source, make room for them, and settle the layout.

    Parameters
    ----------
    keys : handle and text of each entry of the legend
    """
    width, height = figure.get_size_inches()
    inner = width - 2 * MARGIN
    blocks = [
        (wrapped(figure, plain(title), inner, TITLE, "bold"), TITLE, "bold", "black"),
        (wrapped(figure, plain(subtitle), inner, SMALL), SMALL, "normal", "black"),
        (wrapped(figure, plain(source), inner, SMALL), SMALL, "normal", GREY),
    ]
    heights = [_height(text, size) for text, size, _, _ in blocks]
    legend = _legend(figure, keys, inner)
    below = legend.get_window_extent().height / figure.dpi + 0.08 if legend is not None else 0.0
    whole, foot = height + sum(heights) + below + 2 * MARGIN, MARGIN + heights[2]
    figure.set_size_inches(width, whole)
    for (text, size, weight, colour), top in zip(
        blocks, (whole - MARGIN, whole - MARGIN - heights[0], foot), strict=True
    ):
        figure.text(MARGIN / width, top / whole, text, size=size, weight=weight, color=colour, va="top",
                    linespacing=1.1)  # fmt: skip
    if legend is not None:
        legend.set_bbox_to_anchor((MARGIN / width, (foot + 0.05) / whole))
    if isinstance(figure, Page):
        said = [plain(each) for each in (title, subtitle, source)]
        alt = ". ".join(each for each in said if each)
        figure.said, figure.around = Words(said[:1], said[1], said[2], alt), list(figure.texts[:3])
    _settle(figure, (0.0, (foot + below) / whole, 1.0 - MARGIN / width, height / whole))
    return figure


def _height(text: str, size: float) -> float:
    """Return the height of a block of text in inches, with the gap below it; 0 without text."""
    return (text.count("\n") + 1) * size * LEADING / 72 + 0.03 if text else 0.0


def _settle(figure: Figure, place: tuple[float, float, float, float]) -> None:
    """Lay the panels out, once for both files.

    Parameters
    ----------
    place : left, bottom, width and height, as shares of the figure's
    """
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(rect=place)  # type: ignore[call-arg]
    engine.execute(figure)
    figure.set_layout_engine(None)  # nor "none", which would have each file drawn twice


def _column_counts(keys: int) -> list[int]:
    """Return numbers of columns from the widest to one, each with no more columns than its rows need."""
    return list(dict.fromkeys(-(-keys // rows) for rows in range(1, keys + 1)))


def _legend(figure: Figure, keys: Sequence[tuple[Any, str]], inches: float) -> Any:
    """Return a legend in as many columns as fit, so far at no place of its own."""
    if not keys:
        return None
    for columns in _column_counts(len(keys)):
        room = inches / columns - 0.42
        texts = [wrapped(figure, plain(text), room, SMALL) for _, text in keys]
        if columns == 1 or not any("\n" in text for text in texts):
            break
    legend = figure.legend(
        [handle for handle, _ in keys], texts, loc="lower left", ncols=columns, frameon=False, borderpad=0,
        borderaxespad=0, handlelength=2.6, handletextpad=0.5, columnspacing=1.0, labelspacing=0.35,
    )  # fmt: skip
    legend.set_in_layout(False)
    return legend
