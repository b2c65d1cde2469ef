"""The class over the network: phones that join, watch and vote at once, and what is sent that makes no sense."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import uvicorn

from cordiale.page.class_app import Class, class_app
from cordiale.page.guard import LARGEST
from cordiale.page.room import MOST, Room
from cordiale.page.server import CONNECTIONS
from tests.page.classes import HOSTILE, answers_of, class_of, go, joined, room_of

PHONES = 30
PATIENCE = 60.0  # seconds, since the machine may be busy


@pytest.fixture
def about() -> Class:
    return class_of(room_of())


@pytest.fixture
def room(about: Class) -> Room:
    return about.room


@pytest.fixture
def address(about: Class) -> Iterator[str]:
    """The class, served; its streams need a real server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(class_app(about), log_level="critical", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        end = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < end:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE) as made:
        yield made


class Screen:
    """What a phone or the wall shows, as its stream says it."""

    def __init__(self, client: httpx.AsyncClient, path: str) -> None:
        self.html, self.screens = "", 0
        self._changed = asyncio.Condition()
        self._watching = asyncio.create_task(self._watch(client, path))

    async def _watch(self, client: httpx.AsyncClient, path: str) -> None:
        async with client.stream("GET", path) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for html in _screens(answer):
                async with self._changed:
                    self.html, self.screens = html, self.screens + 1
                    self._changed.notify_all()

    async def shows(self, text: str) -> None:
        """Wait until a text is shown."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: re.search(text, self.html))

    async def leave(self) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)


async def _screens(answer: httpx.Response) -> AsyncIterator[str]:
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


class Phone:
    """A phone: its key, and its screen."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.who = client, ""

    async def join(self) -> Phone:
        answer = await self.client.post("/join", json={"code": "bcdf", "who": self.who})
        self.who = answer.json()["who"]
        self.screen = Screen(self.client, f"/phone?who={self.who}")
        return self

    async def vote(self, poll: str, value: str, sure: str = "") -> httpx.Response:
        return await self.client.post("/vote", json={"who": self.who, "poll": poll, "value": value, "sure": sure})


def apart(what: Coroutine[Any, Any, Any]) -> Any:
    """Run what waits in a thread of its own: in this one a browser of other tests may have its loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, what).result()


def played(address: str, lesson: Any) -> None:
    """Play a lesson with as many connections as it wants."""

    async def play() -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as client:
            await lesson(client)

    apart(play())


# ---------------------------------------------------------------- a class of thirty


def test_thirty_phones_vote_at_once_and_each_is_counted_once(address: str, room: Room) -> None:
    async def lesson(client: httpx.AsyncClient) -> None:
        wall = Screen(client, f"/wall/{room.key}/events")
        phones = await asyncio.gather(*(Phone(client).join() for _ in range(PHONES)))
        assert len({phone.who for phone in phones}) == PHONES
        await asyncio.gather(wall.shows(f"{PHONES} in the room"), *(each.screen.shows("You are in") for each in phones))
        await client.post(f"/wall/{room.key}/go", json={"to": 1})
        await asyncio.gather(*(each.screen.shows("What of one") for each in phones))
        votes = [phone.vote("gain one", ("up", "same", "down")[k % 3], "sure") for k, phone in enumerate(phones)]
        votes += [phone.vote("cost one", "down") for phone in phones]
        assert {answer.status_code for answer in await asyncio.gather(*votes)} == {200}
        await wall.shows(f"{PHONES} of {PHONES} have guessed")
        assert [room.counts(poll) for poll in room.polls()] == [
            {"up": 10, "same": 10, "down": 10},
            {"up": 0, "same": 0, "down": 30},
        ]
        await asyncio.gather(*(each.screen.shows("Taken. You may change it") for each in phones))
        await client.post(f"/wall/{room.key}/go", json={"to": 2})
        await wall.shows("</meter> 30")
        await asyncio.gather(*(each.screen.shows("You said") for each in phones))
        for each in (wall, *(phone.screen for phone in phones)):
            await each.leave()

    played(address, lesson)


def test_a_full_room_can_be_told_and_tell_at_once() -> None:
    assert CONNECTIONS > 2 * MOST


def test_who_reloads_leaves_or_votes_twice_is_one(address: str, room: Room) -> None:
    async def lesson(client: httpx.AsyncClient) -> None:
        go(room, "guess")
        wall = Screen(client, f"/wall/{room.key}/events")
        twice, reloads, leaves = await asyncio.gather(*(Phone(client).join() for _ in range(3)))
        await asyncio.gather(*(phone.vote("gain one", "up") for phone in (twice, reloads, leaves)))
        await twice.vote("gain one", "down")
        await leaves.screen.leave()
        await reloads.screen.leave()
        before = reloads.who
        assert (await reloads.join()).who == before
        await reloads.screen.shows('data-value="up" aria-pressed="true"')
        await wall.shows("3 of 3 have guessed")
        late = await Phone(client).join()
        await late.screen.shows("What of one")
        await late.vote("gain one", "down")
        await wall.shows("4 of 4 have guessed")
        assert room.counts(room.polls()[0]) == {"up": 2, "same": 0, "down": 2}
        for each in (wall, twice.screen, reloads.screen, late.screen):
            await each.leave()

    played(address, lesson)


def test_who_has_left_is_not_told_any_more(address: str, room: Room) -> None:
    async def lesson(client: httpx.AsyncClient) -> None:
        phone = await Phone(client).join()
        await phone.screen.shows("You are in")
        assert len(room._listeners) == 1
        await phone.screen.leave()
        async with asyncio.timeout(PATIENCE):
            while room._listeners:
                room.go_on(1 - room.at)  # a server notices that nobody is there when it tells him something
                await asyncio.sleep(0.05)

    played(address, lesson)


# ---------------------------------------------------------------- the teacher's


@pytest.mark.parametrize("path", ["", "/events"])
@pytest.mark.parametrize("key", ["x", "wall", "%2e%2e", "é"])
def test_the_wall_is_for_who_has_its_address(path: str, key: str, client: httpx.Client) -> None:
    answer = client.get(f"/wall/{key}{path}")
    assert (answer.status_code, answer.text) == (404, "There is no such page here.")


@pytest.mark.parametrize("what", ["go", "hands"])
def test_only_the_teacher_steers(what: str, client: httpx.Client, room: Room) -> None:
    given = {"to": 3, "poll": "gain one", "counts": {"up": 3}}
    assert client.post(f"/wall/{room.key[:-1]}/{what}", json=given).status_code == 404
    assert (room.at, room.hands) == (0, {})


def test_the_teacher_steers_and_counts_hands(client: httpx.Client, room: Room) -> None:
    assert "<main" in client.get(f"/wall/{room.key}").text
    client.post(f"/wall/{room.key}/go", json={})
    answer = client.post(f"/wall/{room.key}/hands", json={"poll": "gain one", "counts": {"up": 7, "down": 2}})
    assert (answer.status_code, room.step.kind, room.given(room.polls()[0])) == (200, "guess", 9)


@pytest.mark.parametrize("to", ["1", 1.5, True, [1], {"a": 1}])
def test_a_step_is_a_whole_number(to: object, client: httpx.Client, room: Room) -> None:
    assert _fault(client.post(f"/wall/{room.key}/go", json={"to": to}))
    assert room.at == 0


@pytest.mark.parametrize("counts", [None, [1], {"up": "1"}, {"up": 1.5}, {"up": True}, {"up": -1}, {"x": 1}])
def test_hands_are_whole_numbers(counts: object, client: httpx.Client, room: Room) -> None:
    go(room, "guess")
    assert _fault(client.post(f"/wall/{room.key}/hands", json={"poll": "gain one", "counts": counts}))
    assert room.hands == {}


def test_what_cannot_be_run_is_said_to_the_teacher() -> None:
    def fails(*_: object) -> Any:
        from cordiale.files.errors import StudyError

        raise StudyError("too many wait")

    room = room_of(change=fails)
    transport = httpx.ASGITransport(class_app(class_of(room)))

    async def go_there() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            to = next(k for k, step in enumerate(room.steps) if step.kind == "changed")
            return await client.post(f"/wall/{room.key}/go", json={"to": to})

    assert _fault(apart(go_there())) == "too many wait"
    assert room.step.kind == "join"


# ---------------------------------------------------------------- what makes no sense


def _fault(answer: httpx.Response) -> str:
    """Return the line in which something is refused."""
    assert 400 <= answer.status_code < 500, answer.text
    fault = answer.json()["fault"] if "json" in answer.headers["content-type"] else answer.text
    assert fault
    assert "\n" not in fault
    assert "Traceback" not in answer.text
    return str(fault)


SENT: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"who=1",
    "no text": b"\xff\xfe\x00",
    "a list": b"[1]",
    "a number": b"1e999",
    "deep": b"[" * 200_000,
    "long number": b"1" * 10_000,
    "half a character": b'{"who": "WHO", "poll": "gain one", "value": "\\ud800", "code": "\\ud800"}',
    "wrong types": b'{"who": 1, "poll": ["gain one"], "value": {"a": 1}, "code": null}',
    "nothing of it": b"{}",
    "hostile": json.dumps(dict.fromkeys(("who", "poll", "value", "code"), HOSTILE)).encode(),
    "unknown": b'{"who": "WHO", "poll": "gain one", "value": "up", "sure": "very", "code": "QQQQ"}',
}


@pytest.mark.parametrize("path", ["/join", "/vote"])
@pytest.mark.parametrize("kind", SENT)
def test_what_makes_no_sense_is_refused_in_a_line(kind: str, path: str, client: httpx.Client, room: Room) -> None:
    who = joined(room, 1)[0]
    go(room, "guess")
    assert _fault(client.post(path, content=SENT[kind].replace(b"WHO", who.encode())))
    assert (list(room.people), any(room.votes.values())) == ([who], False)


@pytest.mark.parametrize("told", [True, False])
def test_what_is_too_large_is_refused(told: bool, client: httpx.Client, room: Room) -> None:
    large = b" " * (LARGEST + 1)
    answer = client.post("/join", content=large if told else iter([large]))
    assert answer.status_code == 413
    assert "larger than 1 MB" in _fault(answer)


def test_another_page_cannot_vote(client: httpx.Client, room: Room) -> None:
    given = {"code": "BCDF"}
    for headers in ({"origin": "http://elsewhere.org"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/join", json=given, headers=headers).status_code == 403
    assert not room.people


def test_a_phone_that_is_not_in_sees_nothing(client: httpx.Client) -> None:
    answer = client.get("/phone", params={"who": HOSTILE})
    assert (answer.status_code, answer.text) == (403, "This phone is not in the room.")


def test_letters_of_an_address_are_text(client: httpx.Client) -> None:
    html = client.get("/", params={"c": '"><script>'}).text
    assert html.count("<script") == 1  # the page's own
    assert "&#34;&gt;&lt;scri" in html


# ---------------------------------------------------------------- the page to keep


def test_the_page_to_keep_holds_questions_answers_and_counts(client: httpx.Client, room: Room) -> None:
    people = joined(room, 3)
    go(room, "guess", 0)
    for who in people:
        room.vote(who, "gain one", "up")
    go(room, "moved", 0)
    go(room, "debrief")
    answer = client.get("/taken.html")
    html = answer.text
    assert "attachment" in answer.headers["content-disposition"]
    assert all(f"<h2>{each.ask}</h2>" in html for each in room.questions)
    assert "higher: 3, about the same: 0, lower: 0" in re.sub(r"\s+", " ", html)
    assert "95 % interval +0.09 to +0.11" in html
    assert html.count("<svg") == 2 * len(room.questions)  # for a screen and for a phone
    assert "cordiale run baseline one_scenario --worlds 8" in html
    assert "goal FRA 2019" in html
    assert answers_of(room.questions).limits[0] in html
    assert not re.findall(r"<link|<script|<img|src=|href=|url\(|@import", html)
    assert not [who for who in people if who in html]


def test_the_page_to_keep_comes_when_the_lesson_has_ended(client: httpx.Client, room: Room) -> None:
    go(room, "guess")
    answer = client.get("/taken.html")
    assert (answer.status_code, "+0.10" in answer.text) == (403, False)
