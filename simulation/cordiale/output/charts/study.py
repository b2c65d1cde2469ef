"""Charts that a paper can print, drawn from a study; matplotlib is loaded when the first one is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.files.errors import OptionError, StudyError, did_you_mean, shown

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
    "fan": _chart("fan", "a measure over quarters by scenario, and the difference to the first in the same world"),
    "small_multiples": _chart("small_multiples", "the same, a panel a scenario", module="fan"),
    "gain_cost": _chart("gain_cost", "what each scenario gains and costs, and which no other beats on both"),
    "parts": _chart("parts", "what each part adds to the change of a dyad's alignment"),
    "pairs": _chart("pairs", "which pairs of states a scenario moves noticeably"),
    "events": _chart("events", "what a dyad does together, by kind, and how scenarios differ", "events.*"),
    "ladder": _chart("ladder", "the share of worlds by number of agreements that a dyad has in force", "ladder"),
    "blocs": _chart("blocs", "in how many worlds two states fall into one bloc", "same_bloc"),
    "network": _chart("network", "states as a network of ties, with blocs", "strength", "same_bloc"),
    "rank": _chart("rank", "how a state ranks its partners", "rank"),
    "membership": _chart("membership", "who is a member of the formats", "member.*"),
}
OLD_NAMES = {"difference": "fan", "heatmap": "pairs"}  # of the version before: a warning says what they are called now


def figure(study: Study, name: str, **options: object) -> Figure:
    """Return one chart.

    Parameters
    ----------
    options : those of the chart's function, such as measure="trust:FRA-JPN", and what it is drawn for: size ("column",
        "page", "slide" or "web"), dark, width in inches, title and caption (whether they are written)

    Raises
    ------
    OptionError for an unknown chart or option, or a measure that the study lacks
    """
    from cordiale.output.charts.style import TARGET_OPTIONS, Target, house_style

    name = current_name(name)
    function = CHARTS[name].function
    own = list(inspect.signature(function).parameters)[1:]
    known = [*own, *(each for each in TARGET_OPTIONS if each not in own)]
    for option in options:
        if option not in known:
            hint = did_you_mean(option, known)
            raise OptionError(f"the chart '{name}' has no option '{option}'{hint} (it has: {', '.join(known)})")
    drawn_for = Target(**{each: options.pop(each) for each in TARGET_OPTIONS if each in options})  # type: ignore[arg-type]
    with house_style(drawn_for):
        return function(study, **options)


def current_name(name: str) -> str:
    """Return what a chart is called now; OptionError where there is none of the name."""
    if name in OLD_NAMES:
        import warnings

        from cordiale.files.errors import StudyWarning

        warnings.warn(f"the chart {name} is called {OLD_NAMES[name]} now", StudyWarning, stacklevel=3)
        return OLD_NAMES[name]
    if name not in CHARTS:
        raise OptionError(f"'{name}' is no chart{did_you_mean(name, CHARTS)} (known: {', '.join(CHARTS)})")
    return name


def figures(study: Study) -> dict[str, Callable[[], Figure]]:
    """Return name -> what draws a chart, of all that the study's measures allow."""
    from cordiale.output.charts.recorded import NotRecorded

    found: dict[str, Callable[[], Figure]] = {}
    for name in CHARTS:
        with suppress(NotRecorded):
            drawn = figure(study, name)
            found[name] = lambda drawn=drawn: drawn  # type: ignore[misc]
    return found


def formats_of(formats: Sequence[str] | None, size: str) -> tuple[str, ...]:
    """Return the formats in which a chart is written, each once; those of its size where none is named."""
    from cordiale.output.charts.style import FORMATS, SIZES, Target

    if not formats:
        return SIZES[Target(size).size].formats
    for each in formats:
        if each not in FORMATS:
            hint = did_you_mean(each, FORMATS)
            raise OptionError(f"--format '{each}' is no format of charts{hint} (known: {', '.join(FORMATS)})")
    return tuple(dict.fromkeys(formats))


def chart(
    study: Study | Path | str, name: str, folder: Path | str | None = None, replace: bool = False,
    file_formats: Sequence[str] | None = None, **options: Any,
) -> list[Path]:  # fmt: skip
    """Draw one chart of a study as files, PNG and SVG if nothing else is said, and return them.

    Parameters
    ----------
    study : itself, or its folder
    folder : for the files; `charts` in the study's own where None
    replace : whether files that lie there already may go
    file_formats : of "png", "svg" and "pdf"; where None, PNG and SVG
    options : those of the chart's function, such as measure="trust:FRA-JPN", and what it is drawn for: size ("column",
        "page", "slide" or "web"), dark, width in inches, title and caption (whether they are written)

    Raises
    ------
    OptionError for an unknown chart or option, or a measure that the study lacks;
    StudyError where a file is in the way or the folder cannot be written
    """
    from cordiale.files.atomic_write import check_files, user_path, write_files
    from cordiale.output.charts.pictures import pictures
    from cordiale.study.study import Study

    found = study if isinstance(study, Study) else Study.open(study)
    target, name = found.here / "charts" if folder is None else user_path(folder), current_name(name)
    written = formats_of(file_formats, str(options.get("size", "page")))
    check_files([target / f"{name}.{each}" for each in written], replace, own=found.folder)  # before it takes its time
    drawn = pictures(figure(found, name, **options), name, written)
    return write_files(target, drawn, replace, own=found.folder, still=found.check_same)


def draw_all(
    study: Study, folder: Path | str, progress: Callable[[int, int], None] | None = None, replace: bool = False,
    own: Path | None = None, file_formats: Sequence[str] | None = None, **options: Any,
) -> list[Path]:  # fmt: skip
    """Draw every chart that the study's measures allow into a folder, all or none, and return the files.

    Parameters
    ----------
    progress : called with (charts done, charts in all) after each
    replace : whether files that lie there already may go
    own : the folder of results whose own files these are; the study's where None
    file_formats, options : as in `chart`, what all are drawn for

    Raises
    ------
    StudyError where a file is in the way or the folder cannot be written
    """
    from cordiale.files.atomic_write import check_files, write_files
    from cordiale.output.charts.pictures import pictures
    from cordiale.output.charts.recorded import NotRecorded

    written, drawn = formats_of(file_formats, str(options.get("size", "page"))), dict[str, Callable[[Path], object]]()
    for done, name in enumerate(CHARTS, 1):
        with suppress(NotRecorded):
            drawn |= pictures(figure(study, name, **options), name, written)
            check_files([Path(folder) / each for each in drawn], replace, own=own or study.folder)  # before the others
        if progress is not None:
            progress(done, len(CHARTS))
    return write_files(Path(folder), drawn, replace, own=own or study.folder, still=study.check_same)


def draw_folder(
    study: Study, folder: Path | None = None, replace: bool = False, file_formats: Sequence[str] | None = None,
    **options: Any,
) -> list[Path]:  # fmt: skip
    """Draw every chart that the study's measures allow into a folder of its own, whole or not at all.

    Parameters
    ----------
    folder : `charts` in the study's own where None, which holds other charts too
    replace : whether a folder of charts that lies there already may go
    file_formats, options : as in `chart`, what all are drawn for

    Raises
    ------
    StudyError where something is in the way, the folder cannot be written, or no chart can be drawn
    """
    from cordiale.files.file_list import hash_of
    from cordiale.study.journal import journal
    from cordiale.study.manifest import write_manifest
    from cordiale.study.unfinished import Header

    if folder is None:
        return _some(study, draw_all(study, study.here / "charts", None, replace, None, file_formats, **options))
    with journal(folder, Header(command="chart", key=""), replace=replace) as run:
        drawn = _some(study, draw_all(study, run.result, own=run.result, file_formats=file_formats, **options))
        of = {"study": shown(study.folder), "of": study.manifest["content"]}
        content = {path.name: hash_of(path) for path in drawn}
        write_manifest({"kind": "chart", "format": 1, **of, "command": run.header.typed, "content": content}, run)
    return [folder / path.name for path in drawn]


def _some(study: Study, drawn: list[Path]) -> list[Path]:
    if not drawn:
        raise StudyError(f"{shown(study.folder)}: no chart has what it needs in every scenario: name one to see what")
    return drawn
