"""Taking a screen along: the figure for print, its data, and scenario files that give the same numbers again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.requests import Request
from starlette.responses import Response

from cordiale.files.errors import OptionError, short
from cordiale.page.look import Look
from cordiale.page.screens import visitor
from cordiale.page.state import AppState
from cordiale.scenario.first_questions import Asked
from cordiale.study.in_memory import InMemory

KINDS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


def figure(state: AppState, look: Look, request: Request) -> Response:
    """Return the figure of a look, drawn for print."""
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise OptionError(f"figure.{short(kind)}: {', '.join(KINDS)}")
    run, study = _run(state, look, request)
    whose = visitor(request)
    drawn = state.loaded.runs.do(whose, picture, study, _measure(run), kind).result()
    return _file(drawn, KINDS[kind], f"{_stem(run)}.{kind}")


def data(state: AppState, look: Look, request: Request) -> Response:
    """Return the series of a look, a row a scenario, world and quarter, with all digits."""
    run, study = _run(state, look, request)
    table = study.tidy(run.gain.name, run.gain.entities[0]).to_csv(index=False)
    return _file(table.encode(), "text/csv", f"{_stem(run)}.csv")


def scenario(state: AppState, look: Look, request: Request) -> Response:
    """Return one of a look's two scenarios as a file."""
    from cordiale.scenario.write import scenario_text

    side = request.path_params["side"]
    run = state.changed(state.asked(look), look)
    sides = {"policy": run.scenario, "against": run.against}
    if side not in sides:
        raise OptionError(f"{short(side)}.yaml: {' or '.join(sides)}")
    own = sides[side]
    note = f"Written by `cordiale page`. The numbers of the screen come out again with:\n  {command(run)}"
    text = scenario_text(own, measures=[_measure(run)], note=note)
    return _file(text.encode(), "application/yaml", f"{own.name}.yaml")


def command(run: Asked) -> str:
    """Return what a user types to get the numbers of the screen again."""
    return f"cordiale run {run.against.name}.yaml {run.scenario.name}.yaml"


def _run(state: AppState, look: Look, request: Request) -> tuple[Asked, InMemory]:
    run = state.changed(state.asked(look), look)
    return run, state.study(look, [_measure(run)], visitor(request))


def _measure(run: Asked) -> str:
    return f"{run.gain.name}:{run.gain.entities[0]}"


def _stem(run: Asked) -> str:
    entity = run.gain.entities[0].replace(">", "-")
    return "-".join([run.scenario.name, run.gain.name, entity])[:120]


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def picture(study: InMemory, measure: str, kind: str) -> bytes:
    """Return the figure.

    To be called in another process: matplotlib's style is one for all threads, and so for all visitors.
    """
    from cordiale.output.charts.pictures import pictures
    from cordiale.output.charts.study import CHARTS

    drawn = CHARTS["fan"].function(study, measure)
    with TemporaryDirectory(prefix="cordiale-") as folder:
        path = Path(folder) / f"figure.{kind}"
        pictures(drawn, "figure", (kind,))[path.name](path)
        return path.read_bytes()
