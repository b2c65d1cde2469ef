"""`cordiale compare`: differences between scenarios on matched worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    MEASURE,
    Jobs,
    Json,
    Model,
    Modules,
    PackName,
    Replace,
    Resume,
    Seed,
    Sets,
    Worlds,
    as_options,
    needed,
    out_option,
    resume_command,
    tell,
)
from cordiale.cli.run import progress
from cordiale.files.streams import remark
from cordiale.scenario.overrides import names_in

if TYPE_CHECKING:
    from cordiale.analysis.compare import Comparison
    from cordiale.analysis.families import Families


@app.command(epilog="Example: cordiale compare baseline france_joins_quad --context us_retrenchment")
def compare(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="The baseline and others, or one study by its folder or its name in outputs/."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="MEASURE:ENTITY", help=f"{MEASURE} [default: the headline, its gravest cost, its parts]"),
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option(metavar="SCENARIO", help="Compare under this scenario too. May be repeated.")
    ] = None,
    coding: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Compare under another coder's numbers too, in a CSV file. May be repeated."),
    ] = None,
    until: Annotated[
        float | None,
        typer.Option(help="Run as many worlds as it takes until the 95 % interval of the first measure is this wide."),
    ] = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Sets = None,
    pack: PackName = None,
    model: Model = None,
    models: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Compare under each of these models, on the measures that they share."),
    ] = None,
    quarter: Annotated[
        str | None,
        typer.Option(
            help="With --models: quarter in which measures are read, or a window such as 2020Q1:2022Q4 for their mean. "
            "[default: the last one]"
        ),
    ] = None,
    out: Annotated[Path | None, out_option("Folder. [default: outputs/compare-<names>]")] = None,
    replace: Replace = False,
    jobs: Jobs = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Compare scenarios with the first one, world by world, with intervals and charts."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(compare, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.compare import compare as compare_scenarios
    from cordiale.analysis.families import families_folder
    from cordiale.files.errors import OptionError, short
    from cordiale.study.study import Study, hint_of, is_study

    scenarios, codings = needed(scenarios, "the scenarios"), [Path(each) for each in coding or []]
    for each in measure or []:
        if at := each.partition("@")[2]:
            raise OptionError(
                f"--measure {short(each)}: compare tells of the last quarter: make it the last with --set "
                f"horizon={short(at, '')}, or read it in comparison.csv, which has them all"
            )
    how: dict[str, Any] = {
        "codings": codings, "pack": pack, "model": model, "until": until, "worlds": worlds, "seed": seed,
        "set": set_ or [], "out": out, "replace": replace, "jobs": jobs, "allow": allow_module or [],
        "begun_by": ("compare", options), "quarter": quarter,
    }  # fmt: skip
    if models is not None:
        with progress("worlds") as report:
            by_model: Families = compare_scenarios(
                scenarios, measure, context or [], models=names_in(models), progress=report,
                **how,
            )  # fmt: skip
        folder = out or families_folder(scenarios)
        head = f"Comparison of {by_model.worlds} matched worlds under {len(by_model.models)} models in {folder}/"
        tell(by_model, f"{head} (effects.csv, agreement.csv)", as_json, folder=str(folder))
        return
    if len(scenarios) == 1 and not is_study(scenarios[0]):
        hint = hint_of(Path(scenarios[0]))
        raise OptionError(
            f"nothing to compare with: {short(scenarios[0])} is no study{hint}; name a scenario after the baseline"
        )
    found: Comparison
    if len(scenarios) == 1:
        study = Study.open(scenarios[0])
        found = compare_scenarios(study, measure, context or [], quarter=quarter)
        if out is None:
            found.lay_beside(study.folder, replace)
        else:
            found.save(out, replace)
        folder = out or study.folder
    else:
        with progress("worlds") as report:
            found = compare_scenarios(scenarios, measure, context or [], progress=report, tell=remark, **how)
        folder = found.study.folder
    head = f"Comparison of {found.study.worlds} matched worlds in {folder}/ (comparison.csv, differences.parquet)"
    tell(found, head, as_json)
