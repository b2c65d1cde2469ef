"""Charts that a paper can print, drawn from a study; matplotlib is loaded when the first one is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cordiale.errors import OptionError, StudyError, did_you_mean, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cordiale.study import Study


@dataclass(frozen=True)
class Chart:
    """A kind of chart.

    Attributes
    ----------
    path : "module:function"
    needs : measures that a study must record for it by default
    shows : what it shows, in a line
    """

    path: str
    needs: tuple[str, ...]
    shows: str

    @property
    def function(self) -> Callable[..., Figure]:
        """The function that draws it, imported when asked for."""
        module, _, name = self.path.partition(":")
        function: Callable[..., Figure] = getattr(import_module(module), name)
        return function


def _chart(name: str, shows: str, *needs: str) -> Chart:
    return Chart(f"cordiale.charts.{name}:{name}", needs, shows)


_PARTS = ("alignment", "similarity", "depth", "practice", "trust")
CHARTS: dict[str, Chart] = {
    "fan": _chart("fan", "a measure over quarters, median and bands by scenario", "alignment"),
    "small_multiples": _chart("small_multiples", "the same, a panel a scenario", "alignment"),
    "difference": _chart("difference", "difference to the first scenario in the same world", "alignment"),
    "parts": _chart("parts", "the four parts of a dyad's alignment, stacked", *_PARTS),
    "heatmap": _chart(
        "heatmap", "alignment of all dyads, its change, and differences by scenario", "alignment"
    ),
    "ladder": _chart("ladder", "how many rungs of agreement dyads have in force", "ladder"),
    "network": _chart("network", "states as a network, with blocs", "alignment", "same_bloc"),
    "rank": _chart("rank", "how a state ranks its partners", "rank"),
    "membership": _chart("membership", "who is a member of the formats", "member.*"),
}


def draw(study: Study, name: str, folder: Path | str, **options: object) -> list[Path]:
    """Draw one chart into a folder as PNG and SVG, and return the files.

    Parameters
    ----------
    options : those of the chart's function, such as measure="trust", entity="FRA-JPN"

    Raises
    ------
    OptionError for an unknown chart or option, or a measure that the study lacks;
    StudyError where the folder cannot be written
    """
    if name not in CHARTS:
        raise OptionError(f"'{name}' is no chart{did_you_mean(name, CHARTS)} (known: {', '.join(CHARTS)})")
    function = CHARTS[name].function
    known = list(inspect.signature(function).parameters)[1:]
    for option in options:
        if option not in known:
            hint = did_you_mean(option, known)
            raise OptionError(
                f"the chart '{name}' has no option '{option}'{hint} (it has: {', '.join(known)})"
            )
    return _save(function(study, **options), study, Path(folder), name)


def draw_all(study: Study, folder: Path | str) -> list[Path]:
    """Draw every chart that the study's measures allow into a folder, and return the files.

    Raises
    ------
    StudyError where the folder cannot be written
    """
    from cordiale.charts.needs import NotRecorded

    files = []
    for name in CHARTS:
        try:
            files += draw(study, name, folder)
        except NotRecorded:
            continue
    return files


def _save(figure: Figure, study: Study, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG with nothing in them that changes from one drawing to the next."""
    from cordiale.charts.style import house_style
    from cordiale.charts.words import source

    files = {suffix: folder / f"{name}.{suffix}" for suffix in ("png", "svg")}
    title = figure.texts[0].get_text().replace("\n", " ")
    about: dict[str, dict[str, str | None]] = {
        "png": {"Software": None, "Title": title},
        "svg": {"Date": None, "Creator": "cordiale", "Title": title, "Description": source(study)},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with house_style():
            for suffix, path in files.items():
                figure.savefig(path, format=suffix, metadata=about[suffix])
    except OSError as error:
        raise StudyError(f"{shown(folder)}: cannot be written: {error.strerror or error}") from None
    return list(files.values())
