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
    from cordiale.analysis.claim_study import Verdicts
    from cordiale.journal import Journal


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
    from cordiale.analysis.claim_study import Settings, changed, plan_claims, recorded, run_claims
    from cordiale.analysis.claim_study import record as record_verdicts
    from cordiale.journal import Header, journal

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
    from cordiale.analysis.claim_page import appendix, frame
    from cordiale.charts.claims import claims as draw
    from cordiale.charts.files import pictures
    from cordiale.files.atomic_write import write_files
    from cordiale.manifest import write_manifest

    frame(found).to_csv(run.path("claims.csv"), index=False, float_format="%.6g")
    run.write("claims.md", appendix(found))
    write_manifest({"kind": "claims", "format": 1, "claims": asdict(found.settings), "pack": found.pack}, run)
    tested = [each for each in found.verdicts if each.kind != "not testable here"]
    source = f"pack {found.pack}; {found.settings.worlds} worlds"
    for number, first in enumerate(range(0, len(tested), 36), start=1):
        figure = draw(found, tested[first : first + 36], f"The article's claims ({number})", source)
        write_files(run.result / "charts", pictures(figure, f"claims-{number}", source))


def _tell(found: Verdicts, out: Path) -> None:
    from cordiale.cli.text import table

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
    from cordiale.analysis.findings_page import findings_page
    from cordiale.files.atomic_write import write_text

    check_out(out, replace)
    text = findings_page(worlds, with_claims, sensitivity)
    if out is None:
        typer.echo(text)
    else:
        typer.echo(str(write_text(out, text, replace)))
