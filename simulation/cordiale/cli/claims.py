"""`cordiale claims`: the article's sentences as tests."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace, Resume, as_options, check_out, out_option, resume_command
from cordiale.cli.run import Json, progress

if TYPE_CHECKING:
    from cordiale.analysis.judge import Verdicts
    from cordiale.study.journal import Journal
from typing import TYPE_CHECKING, Any

from cordiale.cli.case import PackName

if TYPE_CHECKING:
    from cordiale.analysis.calibrate import Calibration
    from cordiale.analysis.calibration_targets import Past


@app.command(epilog="Example: cordiale claims --only two_plus_two_carries_strategy")
def claims(
    pack: Annotated[str, typer.Option("--pack", help="Name of the case pack.")] = "indo_pacific_2018",
    only: Annotated[list[str] | None, typer.Option(help="Only these claims, by id.")] = None,
    worlds: Annotated[int, typer.Option(min=20, help="Worlds that draw their own numbers.")] = 500,
    codings: Annotated[int, typer.Option(min=1, help="Single codings in which the sign must hold.")] = 20,
    placebos: Annotated[int, typer.Option(min=1, help="Placebo packs beside the score.")] = 10,
    out: Annotated[Path, out_option("Folder of the tables and charts.")] = Path("outputs/claims"),
    replace: Replace = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where a verdict differs from the record.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Record the verdicts beside the claims.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.")] = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Test the article's causal sentences, with a placebo beside the score."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(claims, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.judge import Settings, changed, plan_claims, recorded, run_claims
    from cordiale.analysis.judge import record as record_verdicts
    from cordiale.study.journal import Header, journal

    if strict or record:
        recorded(pack, strict)  # a file that cannot be read is told before the run, and not after it
    work = plan_claims(pack, only, Settings(worlds, codings, placebos=placebos))
    with journal(out, Header.of("claims", work.key, ("claims", options)), replace=replace) as run:
        with progress("parts") as report:
            found = run_claims(work, jobs=jobs, progress=report, run=run.ordered)
        _save(found, run)
    if record:
        typer.echo(f"recorded in {record_verdicts(found)}")
    if as_json:
        verdicts = {each.claim.id: each.kind for each in found.verdicts}
        typer.echo(json.dumps({"words": found.words, "verdicts": verdicts}, indent=1))
    else:
        _tell(found, out)
    if strict and (lines := changed(found)):
        for line in lines:
            typer.echo(line, err=True)
        raise typer.Exit(1)


def _save(found: Verdicts, run: Journal) -> None:
    from cordiale.files.atomic_write import write_files
    from cordiale.output.charts.judge import claims as draw
    from cordiale.output.charts.layout import pictures
    from cordiale.output.pages.claims import appendix, frame
    from cordiale.study.manifest import write_manifest

    frame(found).to_csv(run.path("claims.csv"), index=False, float_format="%.6g")
    run.write("claims.md", appendix(found))
    write_manifest({"kind": "claims", "format": 1, "claims": asdict(found.settings), "pack": found.pack}, run)
    tested = [each for each in found.verdicts if each.kind != "not testable here"]
    source = f"pack {found.pack}; {found.settings.worlds} worlds"
    for number, first in enumerate(range(0, len(tested), 36), start=1):
        figure = draw(found, tested[first : first + 36], f"The article's claims ({number})", source)
        write_files(run.result / "charts", pictures(figure, f"claims-{number}", source))


def _tell(found: Verdicts, out: Path) -> None:
    from cordiale.cli.options import table

    table([
        {"claim": each.claim.id, "sign": each.claim.sign, "verdict": each.kind,
         "effect": "" if each.claim.test is None else f"{each.mean:+.4f} ({each.low:+.4f} to {each.high:+.4f})",
         "codings": "" if each.claim.test is None else f"{each.codings:.0%}"}
        for each in found.verdicts
    ])  # fmt: skip
    typer.echo(f"Tables and charts in {out}/ (claims.csv, claims.md, charts/)")
    for sentence in found.words:
        typer.echo(f"- {sentence}")


@app.command(epilog="Example: cordiale findings --out docs/findings.md --claims outputs/claims")
def findings(
    worlds: Annotated[int, typer.Option(min=20, help="Worlds of each scenario.")] = 500,
    with_claims: Annotated[Path | None, typer.Option("--claims", help="Folder that `cordiale claims` wrote.")] = None,
    sensitivity: Annotated[Path | None, typer.Option(help="Folder that `cordiale sensitivity` wrote.")] = None,
    out: Annotated[Path | None, out_option("File for the page; printed without it.")] = None,
    replace: Replace = False,
) -> None:
    """Write the page of main results: what moves the focus dyad, which claims hold, what cannot be told."""
    from cordiale.files.atomic_write import write_text
    from cordiale.output.pages.findings import findings_page

    check_out(out, replace)
    text = findings_page(worlds, with_claims, sensitivity)
    if out is None:
        typer.echo(text)
    else:
        typer.echo(str(write_text(out, text, replace)))


# ----------------------------------------------------------------
# `cordiale agreement` and `calibrate`: what rests on a coder, and what rests on the record.


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
    from cordiale.case.coding import read_coding
    from cordiale.case.fields import Names
    from cordiale.case.numbers import coded_numbers
    from cordiale.cli.options import table
    from cordiale.scenario.load import load_case

    loaded = load_case(pack or "indo_pacific_2018")
    names = Names(loaded.pack)
    read = read_coding(coding, names, coded_numbers(loaded, names))
    found = compare(read, len(names.states) * len(names.issues))
    paths = []
    if out is not None:
        from cordiale.output.charts.agreement import save_agreement

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
    from cordiale.analysis.calibrate import calibrate as calibrate_past
    from cordiale.analysis.calibrate import effect, in_the_model, uncalibrated, yaml_lines
    from cordiale.analysis.calibration_targets import Past
    from cordiale.output.pages.calibration import Settings, page, weight_rows
    from cordiale.scenario.load import load_scenario
    from cordiale.study.design import key_of
    from cordiale.study.journal import Header, journal

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
            _save_coding(out, text, found, past, replace)


def _save_coding(out: Path, text: str, found: Calibration, past: Past, replace: bool) -> None:
    from importlib.metadata import version

    from cordiale.analysis.calibration_targets import record, yearly
    from cordiale.files.atomic_write import write_files
    from cordiale.output.charts.calibrate import calibration_chart
    from cordiale.output.charts.layout import pictures
    from cordiale.study.labels import foot

    scenario, pack = past.scenario, past.scenario.loaded.pack
    source = foot(version("cordiale"), pack.name, pack.case.article.citation, scenario.seed, len(found.distance))
    recorded = {code: years[0] for code, years in yearly(scenario, record(scenario)).items()}
    names = {code: state.name for code, state in pack.states.items()}
    drawn = pictures(calibration_chart(found, recorded, names, source), "calibration", source)
    files = {out.name: lambda path: path.write_text(text, "utf-8"), "figures/calibration.png": drawn["calibration.png"]}
    for path in write_files(out.parent, files, replace):
        typer.echo(str(path))
