"""`cordiale forecast` and `score`: chances of dated questions, sealed, and then held against what came."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    Jobs,
    Json,
    Model,
    Modules,
    PackName,
    Replace,
    Seed,
    Sets,
    out_option,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress
from cordiale.files.errors import OptionError

if TYPE_CHECKING:
    from cordiale.analysis.sealed import Forecast

Worlds = Annotated[int | None, worlds_option("[default: what the scenario says]")]
PLACEBOS = "Number of placebo packs, a yardstick: states' labels, positions or ties are mixed up. 0 for none."
BESIDE = (
    "Chances that somebody else gave, one more yardstick: a csv with the columns id, chance[, worlds]. May be repeated."
)


@app.command(
    epilog="Example: cordiale forecast baseline scenarios/indo_pacific_2018/questions.yaml --out forecast.json"
)
def forecast(
    named: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCENARIO] QUESTIONS",
            help="Scenario name or path [default: baseline], and the file of questions, or a pack that has one.",
        ),
    ],
    worlds: Worlds = None,
    placebos: Annotated[int, typer.Option(min=0, max=1000, help=PLACEBOS)] = 12,
    beside: Annotated[list[Path] | None, typer.Option(metavar="CSV", help=BESIDE)] = None,
    out: Annotated[Path | None, out_option("File of the sealed forecast. [default: below outputs/]")] = None,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    replace: Replace = False,
    jobs: Jobs = None,
    pack: PackName = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Seal the chances of dated questions, before their answers are looked at.

    The chance of a question is the share of worlds in which it is answered by yes. The file keeps it with hashes of the
    scenario, the pack and each question without its answer, and with what simple rules say of the same questions.

    Worlds are run in memory, a thousand in a minute or two, and only the sealed file is written: a run that is stopped
    keeps nothing, and there is nothing to resume.
    """
    from cordiale.analysis.forecast import forecast as work_out
    from cordiale.analysis.sealed import check_place
    from cordiale.study.result import folder_of

    scenario, questions = _scenario_and_questions(named)
    stem = Path(questions).stem
    path = out or Path(f"{folder_of('forecast', Path(scenario).stem, stem)}.json")
    check_place(path, replace)
    with progress("worlds") as report:
        found = work_out(
            questions, scenario, worlds=worlds, seed=seed, set=set_ or [], pack=pack, model=model, placebos=placebos,
            beside=beside or [], jobs=jobs, allow=allow_module or [], progress=report,
        )  # fmt: skip
    found.keep(path, replace)
    tell(found, f"Sealed in {path}", as_json, file=str(path))


def _scenario_and_questions(named: list[str]) -> tuple[str, str]:
    if len(named) > 2:
        raise OptionError(f"{len(named)} names: give a scenario and a file of questions, or the file alone")
    return ("baseline", named[0]) if len(named) == 1 else (named[0], named[1])


@app.command(epilog="Example: cordiale panel --from 2014 --out outputs/panel_2014.json")
def panel(
    first: Annotated[
        int | None,
        typer.Option("--from", metavar="YEAR", help="The last year that is known. [default: that of the case's start]"),
    ] = None,
    last: Annotated[
        int | None,
        typer.Option(
            "--to", metavar="YEAR", help="The last year of the forecast. [default: the case's start, or 7 years on]"
        ),
    ] = None,
    worlds: Annotated[int | None, worlds_option("[default: what the baseline says]")] = None,
    out: Annotated[Path | None, out_option("File of the sealed panel. [default: below outputs/]")] = None,
    seed: Seed = None,
    replace: Replace = False,
    jobs: Jobs = None,
    pack: PackName = None,
    as_json: Json = False,
) -> None:
    """Seal the chance that each pair of states signs each agreement, so that nobody chose the questions.

    The pack is set back to the end of an earlier year. `cordiale score PANEL` scores the panel by the pack's own
    record, and `cordiale score PANEL RECORD` by any csv in the same columns. A run that is stopped keeps nothing: a
    thousand worlds take less than half a minute.
    """
    from cordiale.analysis.panel import panel as work_out
    from cordiale.analysis.panel import place_of

    path = out or place_of(first)
    with progress("worlds") as report:
        found = work_out(
            first, last, worlds=worlds, seed=seed, pack=pack, out=path, replace=replace, jobs=jobs, progress=report
        )
    tell(found, f"Sealed in {path}", as_json, file=str(path))


@app.command(epilog="Example: cordiale score forecast.json scenarios/indo_pacific_2018/questions.yaml")
def score(
    forecast_: Annotated[
        str,
        typer.Argument(
            metavar="FORECAST|SCENARIO", help="File of a sealed forecast, or a scenario that is forecast now."
        ),
    ],
    questions: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUESTIONS]",
            help="The file of questions that was forecast, its answers filled in; of a panel, a csv in the columns "
            "of a pack's record of agreements, or nothing for that of its own pack.",
        ),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Answers that stand apart: a csv with the columns id and answer.")
    ] = None,
    worlds: Worlds = None,
    again: Annotated[
        bool, typer.Option("--again", help="Run a sealed forecast again first, and refuse it if its chances differ.")
    ] = False,
    out: Annotated[Path | None, out_option("Folder for tables and charts.")] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the score as a page, its charts beside it in figures/, with a log of all looks."
        ),
    ] = None,
    why: Annotated[
        str | None, typer.Option(metavar="TEXT", help="With --page, what was changed since the last look, and why.")
    ] = None,
    panels: Annotated[
        list[Path] | None,
        typer.Option("--panel", metavar="FILE", help="With --page, a sealed panel to tell of too. May be repeated."),
    ] = None,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    replace: Replace = False,
    jobs: Jobs = None,
    pack: PackName = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Score a sealed forecast by what came, beside simple rules.

    Brier score, log score, skill over the base rate with its interval over clusters of questions, what was missed, and
    yardsticks on the same questions. A forecast, or a question, that was altered after it was sealed is refused.
    """
    from cordiale.analysis.again import check_again
    from cordiale.analysis.score import score as work_out
    from cordiale.analysis.sealed import read_forecast
    from cordiale.output.pages.score import check_page, save_page

    whole = [_panel(each) for each in panels or []]
    if page is not None:
        check_page(page, replace)
    elif whole or why:
        raise OptionError(f"{'--panel' if whole else '--why'} goes with --page")
    with progress("worlds") as report:
        if again:
            check_again(read_forecast(Path(forecast_)), forecast_, questions, pack=pack, jobs=jobs, progress=report)
        found = work_out(
            forecast_, questions, answers=answers, worlds=worlds, seed=seed, set=set_ or [], pack=pack, model=model,
            out=out, replace=replace, jobs=jobs, allow=allow_module or [], progress=report,
        )  # fmt: skip
    files = [] if page is None else save_page(found, page, why or "", replace, whole)
    places = [f"In {out}/: score.csv, yardsticks.csv, groups.csv, charts/"] if out else []
    tell(found, "\n".join([*places, *(f"Written: {file}" for file in files)]) or None, as_json)


def _panel(path: Path) -> Forecast:
    from cordiale.analysis.sealed import read_forecast

    found = read_forecast(path)
    if found.about.panel is None:
        raise OptionError(f"--panel {path}: is a forecast of questions, and no panel; `cordiale panel` makes one")
    return found
