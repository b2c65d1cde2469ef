"""Writing charts: every file whole or not at all, and the same from one drawing to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib.figure import Figure

from cordiale.charts.style import house_style
from cordiale.errors import StudyError, shown


def write(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Write files into a folder by way of a hidden one beside them, and return their paths.

    Parameters
    ----------
    writers : name of a file -> what writes it, given the path

    Raises
    ------
    StudyError where the folder cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".", dir=folder) as unfinished:
            for name, writer in writers.items():
                writer(Path(unfinished) / name)
            return [(Path(unfinished) / name).replace(folder / name) for name in writers]
    except OSError as error:
        raise StudyError(f"{shown(folder)}: cannot be written: {error.strerror or error}") from None


def pictures(figure: Figure, name: str, source: str) -> dict[str, Callable[[Path], object]]:
    """Return what writes a figure as PNG and as SVG, with nothing in them that changes from time to time."""
    title = figure.texts[0].get_text().replace("\n", " ")
    png = {"Software": None, "Title": title}
    svg = {"Date": None, "Creator": "cordiale", "Title": title, "Description": source}
    return {f"{name}.png": partial(_save, figure, "png", png), f"{name}.svg": partial(_save, figure, "svg", svg)}


@house_style()
def _save(figure: Figure, suffix: str, metadata: Mapping[str, str | None], path: Path) -> None:
    figure.savefig(path, format=suffix, metadata=dict(metadata))
