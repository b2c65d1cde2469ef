"""Charts that a paper can print, drawn from a study; matplotlib is loaded when the first one is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cordiale.files.errors import OptionError, did_you_mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cordiale.study.study import Study


@dataclass(frozen=True)
class Chart:
    """A kind of chart.

    Attributes
    ----------
    path : "module:function"
    needs : measures that a study must record for it besides the headline
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


def _chart(name: str, shows: str, *needs: str, module: str | None = None) -> Chart:
    return Chart(f"cordiale.output.charts.{module or name}:{name}", needs, shows)


CHARTS: dict[str, Chart] = {
    "fan": _chart("fan", "a measure over quarters, median and bands by scenario"),
    "small_multiples": _chart("small_multiples", "the same, a panel a scenario", module="fan"),
    "difference": _chart("difference", "difference to the first scenario in the same world", module="fan"),
    "parts": _chart("parts", "what a dyad's alignment is made of, stacked", module="stacked"),
    "heatmap": _chart("heatmap", "alignment of all dyads, its change, and differences by scenario"),
    "ladder": _chart("ladder", "how many rungs of agreement dyads have in force", "ladder"),
    "network": _chart("network", "states as a network, with blocs", "same_bloc"),
    "rank": _chart("rank", "how a state ranks its partners", "rank"),
    "membership": _chart("membership", "who is a member of the formats", "member.*"),
}


def draw(study: Study, name: str, folder: Path | str, replace: bool = False, **options: object) -> list[Path]:
    """Draw one chart into a folder as PNG and SVG, and return the files.

    Parameters
    ----------
    replace : whether files that lie there already may go
    options : those of the chart's function, such as measure="trust", entity="FRA-JPN"

    Raises
    ------
    OptionError for an unknown chart or option, or a measure that the study lacks;
    StudyError where a file is in the way or the folder cannot be written
    """
    if name not in CHARTS:
        raise OptionError(f"'{name}' is no chart{did_you_mean(name, CHARTS)} (known: {', '.join(CHARTS)})")
    function = CHARTS[name].function
    known = list(inspect.signature(function).parameters)[1:]
    for option in options:
        if option not in known:
            hint = did_you_mean(option, known)
            raise OptionError(f"the chart '{name}' has no option '{option}'{hint} (it has: {', '.join(known)})")
    from cordiale.files.atomic_write import write_files
    from cordiale.output.charts.layout import pictures
    from cordiale.study.labels import source

    return write_files(Path(folder), pictures(function(study, **options), name, source(study)), replace)


def draw_all(
    study: Study, folder: Path | str, progress: Callable[[int, int], None] | None = None, replace: bool = False
) -> list[Path]:
    """Draw every chart that the study's measures allow into a folder, and return the files.

    Parameters
    ----------
    progress : called with (charts done, charts in all) after each
    replace : whether files that lie there already may go

    Raises
    ------
    StudyError where a file is in the way or the folder cannot be written
    """
    from cordiale.output.charts.recorded import NotRecorded

    files = []
    for done, name in enumerate(CHARTS, 1):
        with suppress(NotRecorded):
            files += draw(study, name, folder, replace)
        if progress is not None:
            progress(done, len(CHARTS))
    return files
