"""A chart's sheet: title and subtitle on top, panels with their heads, caption under a thin line, alternative text.

Texts are broken by their measured width, and panels get what room is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text

from cordiale.output.charts.style import Ink, house_style, inks, sizes, target
from cordiale.study.labels import plain

_BREAK = re.compile(r"(?= (?!%))|(?<=\w-)(?=\w)")  # before a space, though not "50 %", and after a hyphen
LEADING = 1.3  # height of a line over its font size
_SPACING = 1.12  # what matplotlib multiplies the height of letters with
MOST_TITLE = 2  # lines of a title, if one of its forms allows
SAMPLE, BETWEEN = 3.1, 1.4  # ems: a line in the key, so long that its dashes tell it from others without colour; a gap


@dataclass(frozen=True)
class Words:
    """What a sheet says beside its panels.

    Attributes
    ----------
    title : what was found, from the longest form to the shortest: the first that takes two lines is written
    subtitle : what is measured, of whom, in which unit; the interval, and the share of worlds
    caption : from what it was drawn, and what lines and bands are
    alt : what somebody who does not see the chart reads
    key : text and ink of lines that stand in several panels, one row of coloured words above them
    """

    title: Sequence[str]
    subtitle: str
    caption: str
    alt: str
    key: Sequence[tuple[str, Ink]] = ()


class Page(Figure):
    """A figure that a notebook shows without being told to, and that knows what it says.

    Attributes
    ----------
    drawn_for : size and inks
    said : its texts, whether they are written or not, the title in one form
    around : title, subtitle, caption and the line above it
    later : what is drawn once the layout stands, since it needs the size of panels
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.drawn_for, self.said = target(), Words([""], "", "", "")
        self.around: list[Any] = []
        self.heads: list[tuple[Axes, str, str]] = []
        self.later: list[Callable[[], None]] = []

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        with house_style(self.drawn_for):
            self.savefig(picture, format="png")
        return picture.getvalue()


def sheet(
    rows: int = 1,
    columns: int = 1,
    *,
    lines: float,
    sharex: bool | Literal["col"] = False,
    sharey: bool | Literal["row"] = False,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
) -> tuple[Page, list[Axes]]:
    """Return a figure and its panels, row by row.

    Parameters
    ----------
    lines : height of all panels with their heads, in lines of text; a slide takes what its height leaves
    widths, heights : of columns and rows, relative
    """
    height = lines * sizes().text * LEADING / 72
    figure = Page(figsize=(target().inches, height), dpi=sizes().dpi, layout="constrained")
    FigureCanvasAgg(figure)
    spec: dict[str, Any] = {"width_ratios": widths, "height_ratios": heights}
    panels = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False, gridspec_kw=spec)
    return figure, list(panels.flat)


def page_of(axes: Axes) -> Page:
    """Return the sheet of a panel."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Page)
    return figure


# ---------------------------------------------------------------- texts by measured width


def text_width(figure: Figure, text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a text in inches."""
    import matplotlib

    return _width(text, tuple(matplotlib.rcParams["font.family"]), size, weight, figure.dpi)


@lru_cache(maxsize=1 << 14)
def _width(text: str, families: tuple[str, ...], size: float, weight: str, dpi: float) -> float:
    font = FontProperties(family=families, size=size, weight=weight)
    renderer: Any = RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call, unused-ignore]
    return float(renderer.get_text_width_height_descent(text, font, False)[0]) / dpi


def wrapped(figure: Figure, text: str, inches: float, size: float | None = None, weight: str = "normal") -> str:
    """Return a text broken into lines no wider than `inches`; a word that is wider is broken itself.

    Parameters
    ----------
    size : points; that of text where None
    """
    size = size or sizes().text
    if text_width(figure, text, size, weight) <= inches:
        return text
    lines = [""]
    for piece in _BREAK.split(text):
        longer = lines[-1] + piece if lines[-1] else piece.lstrip()
        if text_width(figure, longer, size, weight) <= inches:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for sign in piece.lstrip():
            if lines[-1] and text_width(figure, lines[-1] + sign, size, weight) > inches:
                lines.append("")
            lines[-1] += sign
    return "\n".join(lines)


def head(axes: Axes, text: str, colour: str | None = None) -> None:
    """Write what a panel shows above it, at its left; it is broken by the panel's width once the layout stands."""
    page_of(axes).heads.append((axes, plain(text), colour or inks().ink))


# ---------------------------------------------------------------- the sheet put together


def finish(figure: Page, words: Words) -> Page:
    """Write title, subtitle, key and caption, settle the layout, and move labels apart."""
    of, size, palette = target(), sizes(), inks()
    pad, width = 1.2 * size.text / 72, of.inches
    inner = width - 2 * pad
    title = _title(figure, words.title, inner) if of.title else ""
    subtitle = wrapped(figure, plain(words.subtitle), inner) if of.title else ""
    caption = wrapped(figure, plain(words.caption), inner, size.small) if of.caption else ""
    top = [
        _text(figure, title, size.title, palette.ink, "bold"),
        _text(figure, subtitle, size.text, palette.soft),
    ]
    foot = _text(figure, caption, size.small, palette.soft)
    key = _key(figure, words.key, inner)
    gap = 0.55 * size.text / 72
    tall = [_tall(text) + gap if text.get_text() else 0.0 for text in (*top, foot)]
    beyond = pad + tall[0] + tall[1] + _key_height(key) + tall[2] + pad
    height = width * size.height / size.width if size.fixed else figure.get_size_inches()[1] + beyond
    figure.set_size_inches(width, height)
    at = height - pad
    for text, each in zip(top, tall, strict=False):
        text.set_position((pad / width, at / height))
        at -= each
    at = _place_key(key, at, pad, width, height)
    foot.set_position((pad / width, (pad + tall[2] - gap) / height))
    bottom = pad + tall[2] if caption else 0.6 * pad
    rule = Line2D([pad / width, 1 - pad / width], [bottom / height] * 2, color=palette.rule, linewidth=size.line / 3)
    rule.set_visible(bool(caption))
    figure.add_artist(rule)
    figure.around = [*top, foot, rule]
    written = plain(title.replace("\n", " ")) or plain(words.title[0])
    figure.said = Words([written], plain(words.subtitle), plain(words.caption), plain(words.alt))
    _settle(figure, (pad / width, bottom / height, inner / width, (at - bottom) / height), gap)
    return figure


def _title(figure: Page, forms: Sequence[str], inches: float) -> str:
    """Return the first form that takes two lines, the last one where none does."""
    for form in forms:
        found = wrapped(figure, plain(form), inches, sizes().title, "bold")
        if found.count("\n") < MOST_TITLE:
            break
    return found


def _text(figure: Page, text: str, size: float, colour: str, weight: str = "normal") -> Text:
    return figure.text(0, 0, text, size=size, color=colour, weight=weight, va="top", linespacing=_SPACING)


def _tall(text: Text) -> float:
    """Return the height of a text in inches."""
    figure = text.get_figure(root=True)
    assert figure is not None
    return float(text.get_window_extent().height) / figure.dpi


Row = list[tuple[Text, Line2D, float]]


def _key(figure: Page, key: Sequence[tuple[str, Ink]], inches: float) -> list[Row]:
    """Return rows of coloured words with a piece of their line before them; their places come later."""
    rows: list[Row] = []
    em, used = sizes().text / 72, inches
    for text, ink in key:
        shown = wrapped(figure, plain(text), inches - (SAMPLE + 0.7) * em)
        wide = max(text_width(figure, line, sizes().text, "bold") for line in shown.split("\n"))
        wide += (SAMPLE + 0.4 + BETWEEN) * em
        if used + wide - BETWEEN * em > inches:
            rows.append([])
            used = 0.0
        written = _text(figure, shown, sizes().text, ink.colour, "bold")
        sample = Line2D([], [], color=ink.colour, linestyle=ink.style, linewidth=ink.width)
        figure.add_artist(sample)
        rows[-1].append((written, sample, used))
        used += wide
    return rows


def _key_height(rows: list[Row]) -> float:
    return sum(max(_tall(text) for text, _, _ in row) + 0.5 * sizes().text / 72 for row in rows)


def _place_key(rows: list[Row], at: float, pad: float, width: float, height: float) -> float:
    """Place the key from a height on, in inches, and return the height below it."""
    em = sizes().text / 72
    for row in rows:
        for text, sample, left in row:
            one = "\n" not in text.get_text()  # names of one line stand on one base, whatever letters they have
            text.set_verticalalignment("baseline" if one else "top")
            text.set_position(((pad + left + (SAMPLE + 0.4) * em) / width, (at - 0.8 * em * one) / height))
            sample.set_data([(pad + left) / width, (pad + left + SAMPLE * em) / width], [(at - 0.45 * em) / height] * 2)
        at -= max(_tall(text) for text, _, _ in row) + 0.5 * em
    return at


def _settle(figure: Page, place: tuple[float, float, float, float], gap: float) -> None:
    """Lay the panels out, and again where heads are broken otherwise by the widths that the first time gives.

    Parameters
    ----------
    place : left, bottom, width and height, as shares of the figure's
    """
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(rect=place, w_pad=gap / 2, h_pad=gap / 2, wspace=0.02, hspace=0.02)  # type: ignore[call-arg]
    inches = figure.get_size_inches()[0]
    columns = max((axes.get_subplotspec().get_gridspec().ncols for axes, _, _ in figure.heads), default=1)  # type: ignore[union-attr]
    _write_heads(figure, {id(axes): 0.8 * inches / columns for axes, _, _ in figure.heads})
    engine.execute(figure)
    if _write_heads(figure, _rooms(figure)):
        engine.execute(figure)
    for axes in figure.axes:  # the layout's solver goes by addresses in memory, and its last digits differ
        axes.set_position([round(each, 5) for each in axes.get_position().bounds])  # type: ignore[arg-type]
    for draw in figure.later:
        draw()
    figure.set_layout_engine(None)  # nor "none", which would have each file drawn twice


def _rooms(figure: Page) -> dict[int, float]:
    """Return how far each panel's head may reach, in inches: to the next panel at its right, or to the edge."""
    inches, em = figure.get_size_inches()[0], sizes().text / 72
    boxes = {id(axes): axes.get_position() for axes, _, _ in figure.heads}
    found = {}
    for key, box in boxes.items():
        right = [
            each.x0 for each in boxes.values() if each.x0 > box.x0 + 1e-6 and each.y0 < box.y1 and each.y1 > box.y0
        ]
        found[key] = ((min(right) if right else 1.0) - box.x0) * inches - (1.0 if right else 1.2) * em
    return found


def _write_heads(figure: Page, rooms: Mapping[int, float]) -> bool:
    """Write the heads, broken by the rooms that they have; return whether any is broken otherwise than before."""
    other = False
    for axes, text, colour in figure.heads:
        shown = wrapped(figure, text, rooms[id(axes)], sizes().text, "bold")
        other |= shown != axes.get_title(loc="left")
        axes.set_title(shown, loc="left", pad=0.5 * sizes().text, weight="bold", color=colour, linespacing=1.15)
    return other


def said_by(figure: Figure) -> Words:
    """Return what a chart says."""
    assert isinstance(figure, Page)
    return figure.said
