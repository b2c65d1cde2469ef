"""Charts and pages of results, found by the kind of a result: what `study/result.py` asks for by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.files.atomic_write import write_files
from cordiale.study.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cordiale.study.study import Study


def figures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Return name -> what draws a chart; none of a kind that has none."""
    charts = _charts(result)
    return {} if charts is None else dict(charts.figures(result))


def draw(result: Result, folder: Path, replace: bool = False) -> list[Path]:
    """Write every chart of a result as PNG and SVG into a folder, and return the files.

    Parameters
    ----------
    replace : whether files that lie there already may go

    Raises
    ------
    StudyError where a file is in the way or the folder cannot be written
    """
    from cordiale.output.charts.layout import pictures

    written: list[Path] = []
    for name, one in figures(result).items():
        written += write_files(folder, pictures(one(), name, _charts(result).source(result)), replace)
    return written


def pages(result: Result) -> dict[str, str]:
    """Return name of a file -> text of the pages that lie beside a result's tables."""
    if result.kind != "claims":
        return {}
    from cordiale.output.pages.claims import appendix

    return {"claims.md": appendix(result)}  # type: ignore[arg-type]


def chart(study: Study, name: str, **options: object) -> Figure:
    """Return one chart of a study."""
    from cordiale.output.charts.study import figure

    return figure(study, name, **options)


def _charts(result: Result) -> Any:
    """Return the module of a kind's charts: figures(result), source(result)."""
    home = f"cordiale.output.charts.{result.kind}"
    return import_module(home) if find_spec(home) is not None else None
