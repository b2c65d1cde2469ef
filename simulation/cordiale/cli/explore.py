"""`cordiale sensitivity`, `discover`, `enough`, `splits`: what moves a measure, where it fails, and how sure it is."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.options import Model, Replace, Resume, as_options, needed, out_option, resume_command
from cordiale.cli.run import Json, Modules, Sets, progress

if TYPE_CHECKING:
    from cordiale.scenario.settings import Scenario


Name = Annotated[str | None, typer.Argument(help="Scenario name or path.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all random streams.")]
Out = Annotated[Path | None, out_option("Folder for tables and charts; below outputs/ without it.")]
PackName = Annotated[str | None, typer.Option("--pack", help="Name or folder of the case pack.")]
Over = Annotated[
    list[str] | None, typer.Option(metavar="PATH", help="Only these numbers, such as 'FRA.*'; may be repeated.")
]


def _load(
    name: str, set_: list[str] | None, seed: int | None, pack: str | None, model: str | None, allow: list[str] | None
) -> Scenario:
    from cordiale.scenario.load import apply_set, load_scenario

    loaded = load_scenario(name, set=set_ or [], pack=pack, model=model, allow=allow or [])
    if seed is not None:
        apply_set(loaded, "seed", seed, option=f"--seed {seed}")
    return loaded


def _source(scenario: Scenario, what: str) -> str:
    from importlib.metadata import version

    from cordiale.study.labels import plain, short_citation

    pack = scenario.loaded.pack
    after = short_citation(pack.case.article.citation)
    return plain(f"cordiale {version('cordiale')}; pack {pack.name} after {after}; seed {scenario.seed}; {what}")


def _print(record: dict[str, Any], folder: Path, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), **record}, ensure_ascii=False, indent=1))
        return
    typer.echo(f"In {folder}/: tables, charts/, manifest.json")
    for sentence in record["sentences"]:
        typer.echo(f"- {sentence}")


@app.command(epilog="Example: cordiale sensitivity baseline --measure alignment:FRA-JPN --method morris")
def sensitivity(
    scenario: Name = None,
    measure: Annotated[
        str | None, typer.Option(help="alignment:FRA-JPN, with @2022Q4 for another quarter than the last.")
    ] = None,
    method: Annotated[str, typer.Option(help="sobol: shares of the variance; morris: screening.")] = "sobol",
    group: Annotated[str | None, typer.Option(help="focus, fields, states or weights; focus without it.")] = None,
    over: Over = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=1, max=1 << 20,
            help="sobol: base sample N of N x (groups + 2) rows, 256 without it, raised to a power of two; "
            "morris: trajectories r of r x (groups + 1) rows, 40 without it.",
        ),
    ] = None,
    luck: Annotated[int, typer.Option(min=1, max=1000, help="Worlds whose luck each row is a mean over.")] = 4,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    out: Out = None,
    replace: Replace = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; as many as pay without it.")] = None,
    pack: PackName = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show whose uncertainty moves a measure, and how much of it is coding and how much chance."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(sensitivity, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.result import folder_of, keep, manifest_of
    from cordiale.analysis.sensitivity import record
    from cordiale.analysis.sensitivity import sensitivity as analyse
    from cordiale.study.design import key_of
    from cordiale.study.journal import Header, journal

    scenario, measure = needed(scenario, "a scenario"), needed(measure, "what is measured with --measure")
    started, loaded = time.time(), _load(scenario, set_, seed, pack, model, allow_module)
    folder = out or folder_of("sensitivity", method, loaded.name, measure)
    key = key_of([loaded], measure=measure, method=method, group=group, over=over, samples=samples, luck=luck,
                 allow=allow_module)  # fmt: skip
    with journal(folder, Header.of("sensitivity", key, ("sensitivity", options)), replace=replace) as unfinished:
        with progress("rows") as report:
            found = analyse(
                loaded, measure, method, group=group, over=over or [], samples=samples, luck=luck,
                allow=allow_module or [], jobs=jobs, progress=report, run=unfinished.ordered,
            )  # fmt: skip
        told = record(found)
        about = {key: told[key] for key in ("measure", "quarter", "method", "rows", "luck", "converged", "sentences")}
        manifest = manifest_of("sensitivity", loaded, started, **about, groups=found.groups, shares=told["shares"])
        keep(unfinished, manifest, {"groups": found.found.frame()}, _sensitivity_charts(found))
    _print(told, folder, as_json)


def _sensitivity_charts(found: Any) -> dict[str, Any]:
    from cordiale.analysis.response import target_words
    from cordiale.analysis.sobol import Indices
    from cordiale.output.charts.sensitivity import morris, tornado

    title = f"What moves {target_words(found.scenario, found.target)}: {found.scenario.title}"
    source = _source(found.scenario, f"mean over the luck of {found.luck} worlds")
    if isinstance(found.found, Indices):
        return {"tornado": (partial(tornado, found.found, found.names, title, source), source)}
    return {"morris": (partial(morris, found.found, found.names, title, source), source)}


@app.command(epilog="Example: cordiale discover baseline --where 'alignment:FRA-JPN < 0.4'")
def discover(
    scenario: Name = None,
    where: Annotated[
        str | None, typer.Option(help="MEASURE < NUMBER, also <= > >=, with @2022Q4 after the measure.")
    ] = None,
    worlds: Annotated[int, typer.Option(min=60, max=200_000, help="Worlds that draw their own numbers.")] = 1000,
    over: Over = None,
    boxes: Annotated[int, typer.Option(min=1, max=9, help="Boxes at most.")] = 3,
    density: Annotated[float | None, typer.Option(min=0, max=1, help="Least density of a box.")] = None,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    out: Out = None,
    replace: Replace = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; as many as pay without it.")] = None,
    pack: PackName = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Find where in the coded ranges worlds meet a condition: boxes of a few numbers, in words."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(discover, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.discover import discover as search
    from cordiale.analysis.discover import record, tables
    from cordiale.analysis.response import condition_of
    from cordiale.analysis.result import folder_of, keep, manifest_of
    from cordiale.study.design import key_of
    from cordiale.study.journal import Header, journal

    scenario, where = needed(scenario, "a scenario"), needed(where, "a condition with --where")
    started, loaded = time.time(), _load(scenario, set_, seed, pack, model, allow_module)
    condition = condition_of(where, loaded)
    folder = out or folder_of("discover", loaded.name, condition.text)
    key = key_of([loaded], measure=condition.target.measure, worlds=worlds, allow=allow_module)
    with journal(folder, Header.of("discover", key, ("discover", options)), replace=replace) as unfinished:
        with progress("worlds") as report:
            found = search(
                loaded, condition, worlds, over or [], most=boxes, density=density, jobs=jobs,
                rules=loaded.family.rules(loaded.loaded, allowed=allow_module or []), progress=report,
                run=unfinished.ordered,
            )  # fmt: skip
        told = record(loaded, condition, found)
        about = {key: told[key] for key in ("where", "worlds", "met")}
        manifest = manifest_of("discover", loaded, started, **about, over=over or [], found=told["boxes"])
        keep(unfinished, manifest, tables(loaded, found), _box_charts(loaded, condition, found, worlds))
    _print(told, folder, as_json)


def _box_charts(loaded: Scenario, condition: Any, found: Any, worlds: int) -> dict[str, Any]:
    from cordiale.analysis.response import target_words
    from cordiale.output.charts import discover as charts
    from cordiale.scenario.words import label

    if not found.boxes:
        return {}
    about = target_words(loaded, condition.target)
    title = f"Where {about} is {condition.words}: {loaded.title}"
    names = {path: label(loaded, path) for box in found.boxes for path in box.bounds}
    source = _source(loaded, f"{worlds} worlds")
    return {
        "tradeoff": (partial(charts.tradeoff, found, title, source), source),
        "boxes": (partial(charts.boxes, found.boxes, loaded.ranges, names, title, source), source),
    }


@app.command(epilog="Example: cordiale enough outputs/baseline-france_joins_quad --error 0.005")
def enough(
    study: Annotated[str, typer.Argument(help="Folder of a study, or its name below outputs/.")],
    measure: Annotated[list[str] | None, typer.Option(help="Only these measures, with or without :entity.")] = None,
    error: Annotated[
        float | None,
        typer.Option(help="Standard error asked for; without it a hundredth of the scale, or else of the range seen."),
    ] = None,
    out: Out = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say how many worlds are enough for each measure of a study."""
    from cordiale.analysis.result import folder_of, keep
    from cordiale.analysis.sample_size import enough as enough_of
    from cordiale.analysis.sample_size import frame, sentences
    from cordiale.output.charts.sample_size import enough as chart
    from cordiale.study.journal import Header, journal
    from cordiale.study.labels import source
    from cordiale.study.study import Study

    found = Study.open(study)
    folder = out or folder_of("enough", found.folder.name)
    rows = enough_of(found, measure, error)
    table, line = frame(rows), source(found)
    titles = {name: found.title(name) for name in found.scenarios}
    title = f"How many worlds are enough: {' and '.join(titles.values()) if len(titles) < 3 else found.folder.name}"
    told = sentences(found, rows)
    manifest = {"kind": "enough", "format": 1, "study": str(found.folder), "worlds": found.worlds, "error": error}
    with journal(folder, Header(command="enough", key=""), replace=replace) as unfinished:
        keep(unfinished, manifest, {"enough": table}, {"enough": (partial(chart, rows, titles, title, line), line)})
    _print({"measures": table.to_dict("records"), "sentences": told}, folder, as_json)


@app.command(epilog="Example: cordiale splits propensity.csv --sizes sizes.csv --centre 3")
def splits(
    propensity: Annotated[Path, typer.Argument(help="Csv of a column 'actor' and a column for each actor.")],
    sizes: Annotated[Path, typer.Option(help="Csv with the columns 'actor' and 'size'.")],
    centre: Annotated[
        float | None, typer.Option(help="Middle of the scale, such as 3 for 1 to 5; without it -1 to 1.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the stable splits of at most 20 actors into two sides, by the landscape theory of aggregation."""
    from dataclasses import asdict

    from cordiale.analysis.splits import splits as find

    found = find(propensity, sizes, centre)
    if as_json:
        typer.echo(json.dumps({"minima": [asdict(each) for each in found]}, ensure_ascii=False, indent=1))
        return
    in_all = sum(each.basin for each in found)
    for each in found:
        typer.echo(f"energy {each.energy:,.1f}; {each.basin:,} of {in_all:,} splits lead here:")
        for side in each.sides:
            typer.echo(f"  {', '.join(side) or '(nobody)'}")
