"""The class on the network of the room: a wall for the projector, and phones, whose screens follow the lesson."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from secrets import compare_digest
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from cordiale.analysis.answers import Answers
from cordiale.files.errors import OptionError, UserError
from cordiale.output.answer.html import style
from cordiale.output.answer.picture import PHONE, WIDE, picture, told
from cordiale.page.app import ALIVE, broken, missing, static
from cordiale.page.guard import App, Guard
from cordiale.page.room import SURE, Room
from cordiale.page.screens import rendered

Screen = Callable[[], str]


@dataclass(frozen=True)
class Class:
    """A room with the address by which phones reach it.

    Attributes
    ----------
    address : "http://192.168.0.12:8501"
    """

    room: Room
    answers: Answers
    address: str

    @property
    def wall(self) -> str:
        """The address of the teacher's screen, which nobody can guess."""
        return f"{self.address}/wall/{self.room.key}"


def class_app(about: Class) -> App:
    """Return the application."""
    routes = [
        Route("/", partial(_phone, about), methods=["GET"]),
        Route("/join", partial(_join, about), methods=["POST"]),
        Route("/vote", partial(_vote, about), methods=["POST"]),
        Route("/phone", partial(_phone_events, about), methods=["GET"]),
        Route("/wall/{key}", partial(_wall, about), methods=["GET"]),
        Route("/wall/{key}/events", partial(_wall_events, about), methods=["GET"]),
        Route("/wall/{key}/go", partial(_go, about), methods=["POST"]),
        Route("/wall/{key}/hands", partial(_hands, about), methods=["POST"]),
        Route("/taken.html", partial(_taken, about), methods=["GET"]),
        Route("/static/{name}", static, methods=["GET"]),
        Route("/health", lambda _: PlainTextResponse("ok"), methods=["GET"]),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={404: missing, 500: broken}))


# ---------------------------------------------------------------- phones


def _phone(about: Class, request: Request) -> Response:
    return HTMLResponse(rendered("class/phone.html", code=request.query_params.get("c", "")[:8]))


async def _join(about: Class, request: Request) -> Response:
    return await _taken_in(request, lambda given: {"who": about.room.join(_text(given, "code"), _text(given, "who"))})


async def _vote(about: Class, request: Request) -> Response:
    def vote(given: dict[str, Any]) -> dict[str, object]:
        about.room.vote(*(_text(given, name) for name in ("who", "poll", "value", "sure")))
        return {"ok": True}

    return await _taken_in(request, vote)


async def _phone_events(about: Class, request: Request) -> Response:
    who = request.query_params.get("who", "")
    if who not in about.room.people:
        return PlainTextResponse("This phone is not in the room.", 403)
    return _stream(about.room, partial(phone_screen, about, who))


def phone_screen(about: Class, who: str) -> str:
    """Return what somebody's phone shows."""
    room = about.room
    with room.lock:  # a step is shown as one, also while the room goes on
        polls = room.polls(who)
        mine = {poll.key: room.votes.get(poll.key, {}).get(who, "") for poll in polls}
        sure = {poll.key: room.sure.get(poll.key, {}).get(who, "") for poll in polls}
        return rendered(
            "class/phone_step.html", room=room, step=room.step, polls=polls, mine=mine, sure=sure, ways=SURE,
            seat=room.seat_of(who), question=room.question,
        )  # fmt: skip


# ---------------------------------------------------------------- the wall


def _teacher(about: Class, request: Request) -> bool:
    return compare_digest(request.path_params["key"].encode(), about.room.key.encode())


def _wall(about: Class, request: Request) -> Response:
    if not _teacher(about, request):
        return missing(request, Exception())
    return HTMLResponse(rendered("class/wall.html", key=about.room.key))


async def _wall_events(about: Class, request: Request) -> Response:
    if not _teacher(about, request):
        return missing(request, Exception())
    return _stream(about.room, partial(wall_screen, about))


def wall_screen(about: Class) -> str:
    """Return what the projector shows."""
    room = about.room
    with room.lock:
        polls = room.polls()
        moving = zip(room.seats, polls, strict=True) if room.step.kind == "move" else ()
        ready = [seat for seat, poll in moving if room.given(poll)]
        return rendered("class/wall_step.html", room=room, step=room.step, polls=polls, question=room.question,
                        answers=about.answers, address=about.address.removeprefix("http://"), ready=ready,
                        qr=qr(about) if room.step.kind == "join" else "")  # fmt: skip


def qr(about: Class) -> str:
    """Return the square that a phone reads, as SVG."""
    import io

    import segno

    into = io.BytesIO()
    segno.make(f"{about.address}/?c={about.room.code}", error="m").save(
        into, kind="svg", xmldecl=False, svgns=False, scale=8, border=2, dark="#1b1f24", light="#ffffff", omitsize=True
    )
    return into.getvalue().decode()


async def _go(about: Class, request: Request) -> Response:
    if not _teacher(about, request):
        return missing(request, Exception())

    def go(given: dict[str, Any]) -> dict[str, object]:
        to = given.get("to")
        if to is not None and type(to) is not int:  # true and false are whole numbers too
            raise OptionError("a step is a whole number")
        about.room.go_on(to)
        return {"ok": True}

    return await _taken_in(request, go)


async def _hands(about: Class, request: Request) -> Response:
    if not _teacher(about, request):
        return missing(request, Exception())

    def hands(given: dict[str, Any]) -> dict[str, object]:
        counts = given.get("counts")
        if not isinstance(counts, dict) or not all(type(each) is int for each in counts.values()):
            raise OptionError("hands are whole numbers")
        about.room.show_hands(_text(given, "poll"), counts)
        return {"ok": True}

    return await _taken_in(request, hands)


def taken(about: Class) -> str:
    """Return the page to keep."""
    quarters, asked = about.answers.quarters, about.room.questions
    pictures = {each.name: [picture(each, quarters, frame) for frame in (WIDE, PHONE)] for each in asked}
    return rendered("class/taken.html", room=about.room, answers=about.answers, style=style(),
                    pictures=pictures, told=told)  # fmt: skip


def _taken(about: Class, request: Request) -> Response:
    """Return the one file to take away: questions, answers, guesses, and what the model cannot tell."""
    with about.room.lock:
        if about.room.step.kind != "debrief":  # it holds answers that nobody is to see before the guess
            return PlainTextResponse("The page to keep comes at the end of the lesson.", 403)
        html = taken(about)
    return Response(html, media_type="text/html",
                    headers={"content-disposition": 'attachment; filename="cordiale-class.html"'})  # fmt: skip


# ---------------------------------------------------------------- what all of them do


async def _taken_in(request: Request, take: Callable[[dict[str, Any]], dict[str, object]]) -> Response:
    """Take what was sent as JSON; what is wrong with it is told in a line."""
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError):
        return JSONResponse({"fault": "that is no JSON"}, 400)
    if not isinstance(given, dict):
        return JSONResponse({"fault": "that is no JSON object"}, 400)
    try:
        return JSONResponse(await run_in_threadpool(take, given))
    except UserError as error:
        return JSONResponse({"fault": str(error)}, 409)


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name, "")
    return value[:200] if isinstance(value, str) else ""


def _stream(room: Room, screen: Screen) -> Response:
    """Return a screen each time that it changes, as events of the server."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    async def told() -> AsyncIterator[str]:
        leave = room.listen(lambda: loop.call_soon_threadsafe(changed.set))
        shown = ""
        try:
            yield "retry: 1000\n\n"
            while True:
                changed.clear()
                if (html := await run_in_threadpool(screen)) != shown:
                    shown = html
                    yield f"data: {json.dumps(html)}\n\n"
                try:
                    await asyncio.wait_for(changed.wait(), ALIVE)
                except TimeoutError:
                    yield ": here\n\n"
        finally:
            leave()

    return StreamingResponse(told(), media_type="text/event-stream")
