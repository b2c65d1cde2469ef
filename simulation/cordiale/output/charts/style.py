"""How charts look: sizes for a column, a page, a slide and the web, light and dark inks, and a colour a scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

from cordiale.files.errors import OptionError, did_you_mean

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Inter"


@dataclass(frozen=True)
class Size:
    """The size of a sheet, in inches, and of what is written and drawn on it, in points.

    Attributes
    ----------
    fixed : whether the height is that of the medium; elsewhere it follows from what is drawn
    formats : in which it is written where nobody says otherwise
    """

    width: float
    height: float
    title: float
    text: float
    small: float
    line: float
    dpi: int
    fixed: bool = False
    formats: tuple[str, ...] = ("png", "svg")


SIZES = {
    "column": Size(3.3, 3.6, 8.5, 6.5, 5.8, 1.3, 300),
    "page": Size(6.9, 4.6, 11.5, 8, 7, 1.8, 300),
    "slide": Size(13.33, 7.5, 26, 17, 13, 3.5, 144, fixed=True),
    "web": Size(6.9, 4.6, 13, 9, 8, 2, 150),
}
FORMATS = ("png", "svg", "pdf")
NARROWEST, WIDEST = 2.5, 40.0  # inches


@dataclass(frozen=True)
class Palette:
    """The inks of a sheet.

    Attributes
    ----------
    soft : of ticks, subtitle and caption
    rule, band : of lines and fills behind the data
    baseline, series : of the first scenario, and of those after it
    low, middle, high : the ends and the middle of what is symmetric around zero
    """

    paper: str
    ink: str
    soft: str
    rule: str
    band: str
    baseline: str
    series: tuple[str, str, str, str]
    low: str
    middle: str
    high: str


LIGHT = Palette(
    "#ffffff", "#1b1f24", "#59626d", "#d5d9de", "#e3e6ea", "#6b7480", ("#0072B2", "#D55E00", "#009E73", "#A2528A"),
    "#a65a10", "#f4f4f2", "#2166ac",
)  # fmt: skip
DARK = Palette(
    "#14181d", "#eef1f4", "#a9b3bd", "#39424c", "#2a323a", "#a9b3bd", ("#56B4E9", "#F28E4B", "#3CC6A0", "#DFA0C8"),
    "#f1a340", "#252c33", "#67a9cf",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What a chart is drawn for.

    Attributes
    ----------
    size : "column", "page", "slide" or "web"
    dark : whether on dark paper
    width : inches, in place of the size's
    title, caption : whether title and subtitle, and the caption, stand on the sheet
    """

    size: str = "page"
    dark: bool = False
    width: float | None = None
    title: bool = True
    caption: bool = True

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise OptionError(
                f"--for '{self.size}' is no size{did_you_mean(self.size, SIZES)} (known: {', '.join(SIZES)})"
            )
        if self.width is not None and not (math.isfinite(self.width) and NARROWEST <= self.width <= WIDEST):
            raise OptionError(f"--width {self.width:g}: give from {NARROWEST:g} to {WIDEST:g} inches")

    @property
    def sheet(self) -> Size:
        """The sheet and its letters."""
        return SIZES[self.size]

    @property
    def inks(self) -> Palette:
        """The inks of the paper."""
        return DARK if self.dark else LIGHT

    @property
    def inches(self) -> float:
        """The width of the sheet."""
        return self.width or self.sheet.width

    @property
    def narrow(self) -> bool:
        """Whether labels are short, and panels stand one below the other."""
        return self.inches < 40 * self.sheet.text / 72


TARGET_OPTIONS = tuple(each.name for each in fields(Target))
_NOW: ContextVar[Target | None] = ContextVar("target", default=None)


def target() -> Target:
    """Return what is drawn for at present."""
    return _NOW.get() or Target()


def inks() -> Palette:
    """Return the inks of what is drawn at present."""
    return target().inks


def sizes() -> Size:
    """Return the sizes of what is drawn at present."""
    return target().sheet


# ---------------------------------------------------------------- one colour a scenario


@dataclass(frozen=True)
class Ink:
    """How a scenario is drawn, in every chart, on the page, in a report and in a handout.

    Attributes
    ----------
    colour : as in "#0072B2"
    dashes : lengths of strokes and gaps in widths of the line; none for a line without gaps
    thin : whether it is one of many, behind those in colour
    """

    colour: str
    dashes: tuple[float, ...] = ()
    thin: bool = False

    @property
    def width(self) -> float:
        """The width of its line, in points."""
        return sizes().line / 3 if self.thin else sizes().line

    @property
    def style(self) -> Any:
        """As matplotlib takes it."""
        return (0, self.dashes) if self.dashes else "-"


_DASHES: tuple[tuple[float, ...], ...] = ((), (7, 1.5, 1.5, 1.5), (1.6, 1.2), (9, 1.6))


def scenario_ink(index: int, dark: bool | None = None) -> Ink:
    """Return how a scenario is drawn, by its place in a study: the first dashed grey, four in colour, others grey."""
    palette = inks() if dark is None else DARK if dark else LIGHT
    if index == 0:
        return Ink(palette.baseline, (4, 1.5))
    if index <= len(palette.series):
        return Ink(palette.series[index - 1], _DASHES[index - 1])
    return Ink(palette.soft, thin=True)


def key_of(lines: Sequence[tuple[str, Ink]]) -> list[tuple[str, Ink]]:
    """Return the key of lines, names and inks: those with a colour of their own, and the others together."""
    most = len(inks().series) + 1
    if len(lines) <= most + 1:
        return list(lines)
    return [*lines[:most], (f"{len(lines) - most} others", lines[-1][1])]


def ink_on(colour: Any) -> str:
    """Return black or white, whichever reads better on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


# ---------------------------------------------------------------- matplotlib's settings

_OTHER_SCRIPTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "IPAexGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "MS Gothic",
)


@cache
def _families() -> list[str]:
    """Return the fonts, the program's own first, which goes before one of the same name that the system has."""
    known = font_manager.fontManager
    before = len(known.ttflist)
    for file in sorted(FONTS.glob("*.ttf")):
        known.addfont(file)
    known.ttflist[:] = known.ttflist[before:] + known.ttflist[:before]
    present = set(font_manager.get_font_names())
    own = [FAMILY] if FAMILY in present else []
    return [*own, "DejaVu Sans", *(name for name in _OTHER_SCRIPTS if name in present)]


def _settings(of: Target) -> dict[str, Any]:
    size, palette = of.sheet, of.inks
    thin = size.line / 3
    return {
        "font.family": _families(),
        "font.size": size.text, "axes.labelsize": size.small, "axes.titlesize": size.text,
        "legend.fontsize": size.small,
        "xtick.labelsize": size.small, "ytick.labelsize": size.small, "text.parse_math": False,
        "figure.facecolor": palette.paper, "axes.facecolor": "none", "text.color": palette.ink,
        "axes.edgecolor": palette.soft, "axes.labelcolor": palette.soft, "xtick.color": palette.soft,
        "ytick.color": palette.soft, "hatch.color": palette.soft,
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": thin, "axes.axisbelow": True,
        "grid.color": palette.rule, "grid.linewidth": thin,
        "xtick.major.width": thin, "ytick.major.width": thin, "xtick.minor.width": thin,
        "xtick.major.size": 0.4 * size.small, "ytick.major.size": 0, "xtick.minor.size": 0,
        "lines.linewidth": size.line, "lines.markersize": 3, "hatch.linewidth": 0.4,
        "svg.hashsalt": "cordiale", "svg.fonttype": "path", "pdf.fonttype": 42, "savefig.dpi": "figure",
    }  # fmt: skip


@contextmanager
def house_style(of: Target | None = None) -> Iterator[None]:
    """Draw in the house style, whatever the user's matplotlibrc says; also serves as a decorator.

    Parameters
    ----------
    of : what is drawn for; what it is already where None
    """
    of = of or target()
    token = _NOW.set(of)
    try:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            for name, value in _settings(of).items():
                matplotlib.rcParams[name] = value  # type: ignore[index, unused-ignore]
            yield
    finally:
        _NOW.reset(token)
