"""Charts and pages of results, found by the kind of a result: what `study/result.py` asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.files.atomic_write import write_files
from cordiale.study.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cordiale.study.journal import Journal
    from cordiale.study.study import Study


def figures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Return name -> what draws a chart; none of a kind that has none."""
    charts = _charts(result)
    return {} if charts is None else dict(charts.figures(result))


def pictures(result: Result) -> dict[str, Callable[[Path], object]]:
    """Return name of a file -> what writes it: a result's charts as PNG and SVG, each drawn when it is written."""
    from cordiale.output.charts.pictures import pictures as files_of

    def save(name: str, suffix: str, path: Path) -> None:
        if suffix == "png":  # the first of the two
            drawn[name] = files_of(charts[name](), name)
        drawn[name].pop(f"{name}.{suffix}")(path)

    charts, drawn = figures(result), dict[str, dict[str, Callable[[Path], object]]]()
    return {f"{name}.{suffix}": partial(save, name, suffix) for name in charts for suffix in ("png", "svg")}


def draw(result: Result, run: Journal) -> None:
    """Write every chart of a result into the folder that will be its own, whose tables are written."""
    run.seal()  # charts take their time: if this is stopped meanwhile, what somebody does to the tables shows
    write_files(run.result, {f"charts/{name}": save for name, save in pictures(result).items()}, own=run.result)


def pages(result: Result) -> Mapping[str, str | bytes]:
    """Return name of a file -> text, or bytes, of the pages that lie beside a result's tables."""
    if result.kind == "brief":
        from cordiale.output.brief.page import files

        return files(result)  # type: ignore[arg-type]
    if result.kind != "claims":
        return {}
    from cordiale.output.pages.claims import appendix

    return {"claims.md": appendix(result)}  # type: ignore[arg-type]


def chart(study: Study, name: str, **options: object) -> Figure:
    """Return one chart of a study."""
    from cordiale.output.charts.study import figure

    return figure(study, name, **options)


def _charts(result: Result) -> Any:
    """Return the module of a kind's charts, which has figures(result)."""
    home = f"cordiale.output.charts.{result.kind}"
    return import_module(home) if find_spec(home) is not None else None
