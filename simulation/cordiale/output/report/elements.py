"""What a page is made of: tables and figures, numbered by the template in the order in which they stand."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Xml

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from cordiale.output.charts.frame import Page
from cordiale.output.charts.style import house_style
from cordiale.study.study import Study

_HYPHEN = re.compile(r"(?<![\w.−–-])-(?=\d)")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)")
SHORT = 12  # rows that are kept on one page in print


@dataclass(frozen=True)
class Table:
    """A table; its cells are plain text.

    Attributes
    ----------
    caption : what it shows, and how to read it
    head : names of the columns
    rows : texts, as many as columns in each row
    numeric : places of the columns that are set flush right
    """

    caption: str
    head: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = field(default_factory=frozenset)

    @property
    def kind(self) -> str:
        """How the table is set: "short" stays on one page, "grouped" has room between groups of rows."""
        heads = [row[0] for row in self.rows]
        kinds = {"short": len(heads) <= SHORT, "grouped": len(set(heads)) < len(heads)}
        return " ".join(kind for kind, holds in kinds.items() if holds)


@dataclass(frozen=True)
class Picture:
    """A figure of the page.

    Attributes
    ----------
    title, note, source : of the caption
    image : an svg, or an img of one
    width : in points, as it was drawn
    """

    title: str
    note: str
    source: str
    image: Markup
    width: float


def signed(value: float, digits: int = 3) -> str:
    """Return "+0.012" or "-0.012", whose sign `typeset` sets; "0" where nothing differs."""
    return f"{value:+.{digits}f}" if value else "0"


def span(low: float, high: float, digits: int = 3) -> str:
    """Return "+0.010 to +0.014"; "not known" where too few worlds give no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "not known"
    return f"{signed(low, digits)} to {signed(high, digits)}"


def typeset(value: Any) -> Any:
    """Return a text with minus signs before numbers and with apostrophes; what is no bare text stays as it is."""
    return _APOSTROPHE.sub("’", _HYPHEN.sub("−", value)) if type(value) is str else value


def digits(value: float) -> int:
    """Return with how many digits a difference is told: a small one with four."""
    return 3 if abs(value) >= 0.01 else 4


def comparable(study: Study) -> Study:
    """Return the study of those scenarios only that have the first one's quarters."""
    quarters = study.quarters()
    kept = [about for about in study.manifest["scenarios"] if about["quarters"] == quarters]
    return Study(study.folder, {**study.manifest, "scenarios": kept})


def pair(study: Study, joint: str = " and ") -> str:
    """Return the names of the focus dyad's states."""
    names = study.manifest["names"]
    return joint.join(names.get(code, code) for code in str(study.manifest["focus"]).split("-"))


# ----------------------------------------------------------------
# Figures as SVG inside a page: ids of their own, text as text, and nothing that reaches out of the figure.


SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
FAMILY = "Inter, 'Helvetica Neue', Arial, sans-serif"  # the others' letters are no wider than those of the layout
PAD = 2.0  # points around what is drawn
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"'?Inter'?, ?'?DejaVu Sans[^;]*")


def inline(figure: Figure, key: str, label: str) -> tuple[Markup, float]:
    """Return a figure without its title, subtitle and source, which a caption says, and its width in points.

    Parameters
    ----------
    key : what its ids begin with; no two figures of a page share it
    label : what a screen reader says
    """
    for each in figure.around if isinstance(figure, Page) else []:
        each.set_visible(False)
    for legend in figure.legends:
        legend.set_in_layout(True)  # else the cut would take it for outside
    file = io.StringIO()
    with house_style(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": key}):
        left, top, width, height = _cut(figure)
        figure.savefig(file, format="svg", metadata={"Date": None})
    root = Xml.fromstring(file.getvalue())
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("viewBox", f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}")
    _strip(root)
    _own_ids(root, key)
    root.attrib |= {
        "role": "img", "aria-label": label,
        "style": "stroke-linejoin: round; stroke-linecap: butt",  # matplotlib's own rule would hold for the whole page
    }  # fmt: skip
    Xml.register_namespace("", SVG)
    Xml.register_namespace("xlink", XLINK)
    return Markup(Xml.tostring(root, encoding="unicode")), width


def _cut(figure: Figure) -> tuple[float, float, float, float]:
    """Return left, top, width and height of what is drawn, in points from the upper left corner."""
    drawn = figure.get_tightbbox()
    top = figure.get_size_inches()[1] - drawn.y1
    left, top, right, bottom = (72 * each for each in (drawn.x0, top, drawn.x1, top + drawn.height))
    return left - PAD, top - PAD, right - left + 2 * PAD, bottom - top + 2 * PAD


def _strip(root: Xml.Element) -> None:
    """Take out what a page has no use for: metadata, matplotlib's style sheet, digits beyond a hundredth of a point."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
        parent.tail = None
        if parent.tag != f"{{{SVG}}}text":
            parent.text = parent.text if parent.text and parent.text.strip() else None
        for name, value in parent.attrib.items():
            if name in ("d", "points", "transform", "x", "y", "width", "height"):
                parent.set(name, " ".join(_LONG.sub(_short, value).split()))
            elif name == "style":
                parent.set(name, _FONT.sub(FAMILY, value))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _own_ids(root: Xml.Element, key: str) -> None:
    """Give what is referred to an id that no other figure has, and drop all other ids."""
    used = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            used |= {value[1:]} if name in (HREF, "href") and value.startswith("#") else set(_REFERENCE.findall(value))
    own = {name: f"{key}-{at}" for at, name in enumerate(sorted(used))}
    for element in root.iter():
        known = element.attrib.pop("id", None)
        if known in own:
            element.set("id", own[known])
        for name, value in element.attrib.items():
            if name in (HREF, "href") and value.startswith("#"):
                element.set(name, f"#{own[value[1:]]}")
            else:
                element.set(name, _REFERENCE.sub(lambda found: f"url(#{own[found[1]]})", value))
