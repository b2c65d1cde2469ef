"""Run the scenarios of a comparison as one study, and put the comparison beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace as changed
from functools import partial
from pathlib import Path

from cordiale.analysis.compare import PARTS, Comparison
from cordiale.analysis.compare import compare as compare_study
from cordiale.analysis.sample import recording
from cordiale.analysis.until import until as worlds_until
from cordiale.errors import OptionError
from cordiale.files.atomic_write import write_files
from cordiale.journal import Begun
from cordiale.layers import Scenario, apply_set, load_scenario
from cordiale.measures.requests import request
from cordiale.runs import RUN, Progress, run
from cordiale.study import Study


def run_comparison(
    scenarios: Sequence[str],
    measures: Sequence[str] | None = None,
    contexts: Sequence[str] = (),
    *,
    codings: Sequence[Path] = (),
    until: float | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    out: Path | None = None,
    replace: bool = False,
    jobs: int | None = None,
    allow: Collection[str] = (),
    progress: Progress | None = None,
    begun_by: Begun | None = None,
) -> tuple[Study, list[str]]:
    """Return the study of a comparison, with comparison.csv, differences.parquet and charts, and what was said.

    Parameters
    ----------
    scenarios : the baseline, then those compared with it
    contexts : scenarios under which the same differences are asked
    codings : csv files of other coders, under whose numbers they are asked too
    until : width of the first measure's interval, in place of a number of worlds
    begun_by : the command, with its options, that resumes the comparison if it is interrupted
    """
    if len(scenarios) < 2:
        raise OptionError("nothing to compare with: name a scenario after the baseline")
    extra = dict(set) if isinstance(set, Mapping) else list(set)
    baseline, others = scenarios[0], list(scenarios[1:])
    names = [baseline, *others, *contexts, *(f"{other}+{each}" for each in contexts for other in others)]
    loaded = [load_scenario(name, set=extra) for name in names]
    contexts = [*contexts, *(f"@{coding.stem}" for coding in codings)]
    loaded += [_recoded(name, coding, extra) for coding in codings for name in (baseline, *others)]
    asked = _asked(loaded[0], measures)
    for scenario in loaded if seed is not None else []:
        apply_set(scenario, "seed", seed, option=f"--seed {seed}")
    said = []
    if until is not None:
        if worlds is not None:
            raise OptionError("--until and --worlds: give one of them")
        found = worlds_until([scenario.copy() for scenario in loaded], asked[0], until)
        worlds, said = found.worlds, [found.words]
    folder = out or Path("outputs") / ("compare-" + "-".join(scenarios))[:120]
    study = run(
        [recording(scenario, asked) for scenario in loaded], worlds=worlds, out=folder, replace=replace,
        jobs=jobs, allow=allow, progress=progress, begun_by=begun_by or RUN,
        finish=lambda unfinished: save(compare_study(unfinished, asked, contexts), unfinished.folder),
    )  # fmt: skip
    return study, said


def _recoded(name: str, coding: Path, extra: Mapping[str, object] | Sequence[str]) -> Scenario:
    scenario = load_scenario(name, set=extra, coding=coding)
    return changed(scenario, name=f"{scenario.name}@{coding.stem}")


def _asked(scenario: Scenario, measures: Sequence[str] | None) -> list[str]:
    focus = scenario.loaded.pack.case.focus
    asked = list(measures or [f"{part}:{focus}" for part in PARTS])
    for measure in asked:
        found = request(measure, scenario.names)
        if len(found.entities) != 1:
            raise OptionError(f"--measure {measure}: name one state or dyad, such as {measure}:{found.entities[0]}")
    return list(
        dict.fromkeys(f"{request(m, scenario.names).name}:{request(m, scenario.names).entities[0]}" for m in asked)
    )


def save(comparison: Comparison, folder: Path, replace: bool = False) -> None:
    """Write comparison.csv, differences.parquet and the charts of a comparison into a folder.

    Parameters
    ----------
    replace : whether files that lie there already may go
    """
    from cordiale.charts.compare import draw_comparison

    tables: dict[str, Callable[[Path], object]] = {
        "comparison.csv": partial(comparison.table().to_csv, index=False, float_format="%.6g"),
        "differences.parquet": comparison.write,
    }
    write_files(folder, tables, replace)
    draw_comparison(comparison, folder / "charts", replace)
