"""How charts look: sizes, fonts, and series that differ in colour, dash and marker alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib import font_manager

COLUMN, PAGE = 3.4, 7.0  # inches: a journal's column, and both
SMALL, TEXT, TITLE = 6.5, 7.0, 8.0  # points at print size
DPI = 300
GREY, PALE, RULE = "#767676", "#d9d9d9", "#bbbbbb"

# Okabe and Ito 2008; grey in place of their yellow, which is lost on white paper.
BLACK, BLUE, VERMILION, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY = "#CC79A7", "#E69F00", "#56B4E9"


@dataclass(frozen=True)
class Look:
    """How one series is drawn; `dash` is matplotlib's "-" or (offset, on-off sequence)."""

    colour: str
    dash: Any
    marker: str


LOOKS = (
    Look(BLACK, "-", "o"),
    Look(BLUE, (0, (5, 1.5)), "s"),
    Look(VERMILION, (0, (3, 1, 1, 1)), "^"),
    Look(GREEN, (0, (1.2, 1.2)), "D"),
    Look(PURPLE, (0, (7, 1.5, 1, 1.5)), "v"),
    Look(ORANGE, "-", "P"),
    Look(SKY, (0, (2.5, 1.5)), "X"),
    Look(GREY, (0, (5, 1, 1, 1, 1, 1)), "*"),
)

_OTHER_SCRIPTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "IPAexGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "MS Gothic",
)


def look(index: int) -> Look:
    """Return the look of the series of a number; after eight they come round again."""
    return LOOKS[index % len(LOOKS)]


def _settings() -> dict[str, Any]:
    present = set(font_manager.get_font_names())
    return {
        "font.family": ["DejaVu Sans", *(name for name in _OTHER_SCRIPTS if name in present)],
        "font.size": TEXT, "axes.labelsize": TEXT, "axes.titlesize": TEXT, "legend.fontsize": SMALL,
        "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "text.parse_math": False,
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6,
        "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.minor.width": 0.4,
        "xtick.major.size": 3, "ytick.major.size": 3, "xtick.minor.size": 1.5,
        "lines.linewidth": 1.2, "lines.markersize": 3, "hatch.linewidth": 0.4,
        "svg.hashsalt": "cordiale", "svg.fonttype": "path", "savefig.dpi": "figure",
    }  # fmt: skip


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, whatever the user's matplotlibrc says; also serves as a decorator."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in _settings().items():
            matplotlib.rcParams[name] = value  # type: ignore[index, unused-ignore]
        yield


def ink_on(colour: Any) -> str:
    """Return black or white, whichever reads better on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
