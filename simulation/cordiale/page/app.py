"""The page: an address a screen, each made by a function of its own, behind one guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from cordiale.files.errors import UserError
from cordiale.output.answer.html import STYLE, style
from cordiale.page import screens
from cordiale.page.guard import App, Guard
from cordiale.page.job_queue import VISIT, Visit
from cordiale.page.look import Look
from cordiale.page.screens import page
from cordiale.page.state import AppState

HERE = Path(__file__).parent
STATIC = {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.is_file()}
STATIC[STYLE] = style().encode()
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ALIVE = 15.0  # seconds after which a silent stream says that it is there
AGAIN = "5"  # seconds after which a file is asked for again
Screen = Callable[[AppState, Look, Request], Response]


def app_of(state: AppState, hosts: tuple[str, ...] = ()) -> App:
    """Return the application.

    Parameters
    ----------
    hosts : by which it may be called; any where empty
    """
    paths: dict[str, Screen] = {
        "/": screens.question, "/policies": screens.policies, "/limits": screens.limits,
        "/figure.{kind}": _taken("figure"), "/data.csv": _taken("data"),
        "/scenario/{side}.yaml": _taken("scenario"),
        **{f"/{name}": _behind(name) for name in ("levers", "network", "world", "claims", "sources")},
    }  # fmt: skip
    routes = [Route(path, partial(_visited, state, screen), methods=["GET"]) for path, screen in paths.items()]
    routes += [
        Route("/static/{name}", static, methods=["GET"]),
        Route("/health", lambda _: PlainTextResponse("ok"), methods=["GET"]),
        Route("/progress", partial(_progress, state), methods=["GET"]),
        Route("/mine", partial(_sent, state), methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={404: missing, 500: broken}), hosts)


def _behind(name: str) -> Screen:
    """Return a screen behind an answer, of a file imported when asked for: the first answer waits for no model."""

    def screen(state: AppState, look: Look, request: Request) -> Response:
        from cordiale.page import behind

        made: Response = getattr(behind, name)(state, look, request)
        return made

    return screen


def _taken(name: str) -> Screen:
    """Return a file to take along, as `_behind` does a screen."""

    def screen(state: AppState, look: Look, request: Request) -> Response:
        from cordiale.page import take

        made: Response = getattr(take, name)(state, look, request)
        return made

    return screen


async def _visited(state: AppState, screen: Screen, request: Request) -> Response:
    """Return a screen; what is run for a visitor who leaves is dropped, so that others wait less."""
    visit = Visit()
    VISIT.set(visit)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        visit.leave()

    watching = asyncio.create_task(watch())
    try:
        return await run_in_threadpool(_shown, state, screen, request)
    except CancelledError:
        return PlainTextResponse("The visitor has left.", 499)
    finally:
        watching.cancel()


def _shown(state: AppState, screen: Screen, request: Request) -> Response:
    """Return a screen; what a visitor can mend is told in a line, and while answers are made, how far they are."""
    if state.answers is None and not state.fault:
        if Path(request.url.path).suffix:  # a file is asked for again, and nobody reads it as a screen
            return PlainTextResponse("The answers are being made; ask again.", 503, {"retry-after": AGAIN})
        return page("making.html", state, Look(), done=state.progress[0], worlds=state.progress[1])
    look = Look()
    try:
        if state.answers is None:
            raise UserError(state.fault)
        look = Look.of(request.query_params.multi_items())
        return screen(state, look, request)
    except UserError as error:
        return page("fault.html", state, Look(), status=400, message=str(error))


def static(request: Request) -> Response:
    """Return a style or a script of the page."""
    name = request.path_params["name"]
    if name not in STATIC:
        return PlainTextResponse("There is no such file.", 404)
    return Response(STATIC[name], media_type=KINDS[Path(name).suffix], headers={"cache-control": "max-age=300"})


def missing(_: Request, __: Exception) -> Response:
    """Say that nothing lies at an address."""
    return PlainTextResponse("There is no such page here.", 404)


def broken(_: Request, __: Exception) -> Response:
    """Say that something went wrong, and nothing of what."""
    return PlainTextResponse("Something went wrong here. Others are not disturbed; try again.", 500)


async def _sent(state: AppState, request: Request) -> Response:
    """Take a scenario file; the answer says under which name it can be looked at, or what is wrong with it."""
    content = await request.body()
    name = unquote(request.headers.get("x-file-name", "your file"))
    try:
        key = await asyncio.to_thread(state.send, content, name)
    except UserError as error:
        return JSONResponse({"fault": str(error)}, 400)
    return JSONResponse({"q": key})


async def _progress(state: AppState, _: Request) -> Response:
    """Tell how far the answers are, as events of the server."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    async def told() -> AsyncIterator[str]:
        leave = state.listen(lambda: loop.call_soon_threadsafe(changed.set))
        try:
            while True:
                done, worlds = state.progress
                yield f"data: {done} {worlds} {'ready' if state.answers or state.fault else 'making'}\n\n"
                if state.answers or state.fault:
                    return
                try:
                    await asyncio.wait_for(changed.wait(), ALIVE)
                except TimeoutError:
                    continue
                changed.clear()
        finally:
            leave()

    return StreamingResponse(told(), media_type="text/event-stream")
