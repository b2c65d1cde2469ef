"""`cordiale agreement` and `calibrate`: what rests on a coder, and what rests on the record."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.inspect import PackName
from cordiale.cli.options import Replace, Resume, as_options, check_out, out_option, resume_command
from cordiale.cli.run import Json, progress

if TYPE_CHECKING:
    from cordiale.analysis.calibration import Calibration
    from cordiale.analysis.history import Past


@app.command(epilog="Example: cordiale agreement second_coder.csv --out outputs/agreement")
def agreement(
    coding: Annotated[Path, typer.Argument(help="Csv of another coder: state,issue,value[,low,high][,basis].")],
    pack: PackName = None,
    out: Annotated[Path | None, out_option("Folder for agreement.csv and the chart.")] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Compare another coder's values with the pack's: Krippendorff's alpha, and where the two differ."""
    from cordiale.analysis.agreement import agreement as compare
    from cordiale.analysis.agreement import sentences
    from cordiale.cli.text import table
    from cordiale.coding import read_coding
    from cordiale.fields import Names
    from cordiale.loaded_pack import find_pack
    from cordiale.numbers import coded_numbers

    loaded = find_pack(pack or "indo_pacific_2018")
    names = Names(loaded.pack)
    read = read_coding(coding, names, coded_numbers(loaded, names))
    found = compare(read, len(names.states) * len(names.issues))
    paths = []
    if out is not None:
        from cordiale.charts.agreement import save_agreement

        paths = save_agreement(found, loaded, out, replace)
    if as_json:
        record = asdict(found) | {"coding": str(read.path), "sha256": read.sha256, "words": sentences(found)}
        typer.echo(json.dumps(_finite(record), ensure_ascii=False, indent=1))
        return
    for sentence in sentences(found):
        typer.echo(f"- {sentence}")
    table(found.issues, title="By issue: other minus pack")
    table(found.states, title="By state: other minus pack")
    kept = ("path", "pack low", "pack", "pack high", "other", "difference")
    table([{name: row[name] for name in kept} for row in found.outside], title="Outside the pack's range")
    for path in paths:
        typer.echo(str(path))


def _finite(value: Any) -> Any:
    """Return a record without NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and value != value else value


@app.command(epilog="Example: cordiale calibrate --out docs/calibration.md")
def calibrate(
    worlds: Annotated[int, typer.Option(min=100, help="Draws from the prior.")] = 4000,
    accept: Annotated[float, typer.Option(min=0.001, max=0.5, help="Share of them to keep.")] = 0.05,
    sound_worlds: Annotated[int, typer.Option(min=8, help="Worlds of the sound-baseline table.")] = 500,
    out: Annotated[Path | None, out_option("File for the page, its chart beside it in figures/.")] = None,
    replace: Replace = False,
    write: Annotated[bool, typer.Option("--write", help="Print the lines that would adopt the ranges.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; as many as pay without it.")] = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Choose the ladder's and the ties' weights from what Japan and France signed from 2007 to 2018."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(calibrate, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.calibration import calibrate as calibrate_past
    from cordiale.analysis.calibration_effect import effect, in_the_model, uncalibrated, yaml_lines
    from cordiale.analysis.calibration_page import Settings, page, weight_rows
    from cordiale.analysis.history import Past
    from cordiale.design import key_of
    from cordiale.journal import Header, journal
    from cordiale.layers import load_scenario

    check_out(out, replace)
    past = Past(uncalibrated(load_scenario("baseline")))
    header = Header.of("calibrate", key_of([past.scenario], worlds=worlds, accept=accept), ("calibrate", options))
    with journal(out or Path("outputs/calibrate"), header, replace=replace, publish=lambda _: None) as run:
        with progress("worlds") as report:
            found = calibrate_past(past, worlds, accept, report, jobs, run.ordered)
        if as_json:
            typer.echo(json.dumps(weight_rows(found), ensure_ascii=False, indent=1))
        elif write:
            typer.echo("\n".join(yaml_lines(found.posteriors)))
        if out is None and (as_json or write):
            return
        measured = effect(found, past, min(worlds, 1000), sound_worlds, jobs, run.ordered)
        settings = Settings(worlds, accept, sound_worlds)
        text = page(found, measured, settings, in_the_model(past.scenario, found.posteriors))
        if out is None:
            typer.echo(text)
        else:
            _save(out, text, found, past, replace)


def _save(out: Path, text: str, found: Calibration, past: Past, replace: bool) -> None:
    from importlib.metadata import version

    from cordiale.analysis.history import record
    from cordiale.analysis.past_statistics import yearly
    from cordiale.charts.calibration import calibration_chart
    from cordiale.charts.files import pictures
    from cordiale.charts.words import foot
    from cordiale.files.atomic_write import write_files

    scenario, pack = past.scenario, past.scenario.loaded.pack
    source = foot(version("cordiale"), pack.name, pack.case.article.citation, scenario.seed, len(found.distance))
    recorded = {code: years[0] for code, years in yearly(scenario, record(scenario)).items()}
    names = {code: state.name for code, state in pack.states.items()}
    drawn = pictures(calibration_chart(found, recorded, names, source), "calibration", source)
    files = {out.name: lambda path: path.write_text(text, "utf-8"), "figures/calibration.png": drawn["calibration.png"]}
    for path in write_files(out.parent, files, replace):
        typer.echo(str(path))
