"""Charts as files, the same from one drawing to the next, with their alternative text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from matplotlib.figure import Figure

from cordiale.output.charts.frame import Page, said_by
from cordiale.output.charts.style import house_style


def pictures(
    figure: Figure, name: str, formats: Sequence[str] = ("png", "svg")
) -> dict[str, Callable[[Path], object]]:  # fmt: skip
    """Return what writes a figure in some formats, with nothing in them that changes from time to time.

    The alternative text stands in each: as Description of a PNG, as `desc` of an SVG, as Subject of a PDF.
    """
    title, alt = said_by(figure).title[0], said_by(figure).alt
    about: dict[str, dict[str, str | None]] = {
        "png": {"Software": None, "Title": title, "Description": alt},
        "svg": {"Date": None, "Creator": "cordiale", "Title": title, "Description": alt},
        "pdf": {"CreationDate": None, "Creator": "cordiale", "Producer": None, "Title": title, "Subject": alt},
    }
    return {f"{name}.{each}": partial(_save, figure, each, about[each]) for each in formats}


def _save(figure: Figure, suffix: str, metadata: Mapping[str, str | None], path: Path) -> None:
    with house_style(figure.drawn_for if isinstance(figure, Page) else None):
        if suffix != "svg":
            figure.savefig(path, format=suffix, metadata=dict(metadata))
            return
        file = BytesIO()
        figure.savefig(file, format="svg", metadata=dict(metadata))
    text = file.getvalue().decode("utf-8")
    desc = f"</title>\n <desc>{escape(str(metadata['Description']))}</desc>"
    path.write_text(text.replace("</title>", desc, 1), "utf-8")
