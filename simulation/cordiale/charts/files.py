"""Charts as files: the same from one drawing to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from cordiale.charts.style import house_style


def pictures(figure: Figure, name: str, source: str) -> dict[str, Callable[[Path], object]]:
    """Return what writes a figure as PNG and as SVG, with nothing in them that changes from time to time."""
    title = figure.texts[0].get_text().replace("\n", " ")
    png = {"Software": None, "Title": title}
    svg = {"Date": None, "Creator": "cordiale", "Title": title, "Description": source}
    return {f"{name}.png": partial(_save, figure, "png", png), f"{name}.svg": partial(_save, figure, "svg", svg)}


@house_style()
def _save(figure: Figure, suffix: str, metadata: Mapping[str, str | None], path: Path) -> None:
    figure.savefig(path, format=suffix, metadata=dict(metadata))
