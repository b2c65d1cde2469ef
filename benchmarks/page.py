"""The page and the class, as those who use them meet them: over HTTP, from processes of their own.

A visitor is an address of this machine (127.0.0.x), since the page shares its turns out by addresses. A move is one
request, whose answer is the whole screen. No two moves are alike, so that nothing is answered from memory. A vote of
the class is timed from the tap to the next screen of the wall, which comes over its stream of events.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import httpx
import psutil

VISITORS, MOVES, PHONES = 20, 6, 30
LOOKS = (3.0, 7.0)  # seconds for which a person looks at a result before the next move
QUESTION = "quad"
PATIENCE = 180.0  # seconds
TOLD = "95 % interval"  # stands on a screen that has an answer
VOTED = re.compile(r"(\d+) of \d+ have guessed")


@dataclass
class Server:
    """A server that has said where it is.

    Attributes
    ----------
    told : what it said
    seconds : from the command to the saying
    """

    address: str
    told: str
    seconds: float
    process: psutil.Process

    def all(self) -> list[psutil.Process]:
        """Return its process and those that it has started."""
        return [self.process, *self.process.children(recursive=True)]

    def memory(self) -> float:
        """Return the MiB of all its processes, pages that they share counted once."""
        return float(sum(each.memory_full_info().pss for each in self.all())) / 2**20

    def cpu(self) -> float:
        """Return the processor seconds of all its processes."""
        return float(sum(sum(each.cpu_times()[:2]) for each in self.all()))


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    """Start `cordiale` with a server's command on a free port, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "cordiale"), *arguments, "--host", "127.0.0.1", "--port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        told = server.stderr.readline()  # said as soon as it answers
        spent = time.perf_counter() - start
        yield Server(f"http://127.0.0.1:{port}", told, spent, psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait(30)


def first_screen() -> list[str]:
    """Return the rows of the first screen: when it is there, what it takes, and what comes with it."""
    with serving("page") as server, httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        start = time.perf_counter()
        html = client.get("/")
        seconds = time.perf_counter() - start
        cpu, memory = server.cpu(), server.memory()
        if TOLD not in html.text:
            raise SystemExit("the first screen has no answer")
        links = re.findall(r'<(?:link|script|img)[^>]+?(?:href|src)="(/[^"]*)"', html.text)
        parts = [client.get(urljoin("/", unescape(link))).raise_for_status().content for link in links]
        client.get("/levers").raise_for_status()  # which waits for the pack
        loaded = server.memory()
        client.get("/", params=moved(0, 0)).raise_for_status()
        run = server.memory()
    size = len(html.content) + sum(map(len, parts))
    return [
        f"| page: from the command to its address, seconds | {server.seconds:.2f} | |",
        f"| page: from its address to the first HTML, seconds | {seconds:.2f} | under 0.5 |",
        f"| page: to an answer on it, which is in the same HTML, seconds | {seconds:.2f} | under 1.5 |",
        f"| page: processor seconds until then | {cpu:.1f} | |",
        f"| page: MiB of all processes then / with the pack loaded / after a run "
        f"| {memory:.0f} / {loaded:.0f} / {run:.0f} | |",
        f"| page: the first screen, kB of HTML / of all, requests "
        f"| {len(html.content) / 1000:.0f} / {size / 1000:.0f}, {1 + len(parts)} | |",
    ]


# ---------------------------------------------------------------- visitors


def levers() -> list[str]:
    """Return the levers that have something between their ends."""
    from cordiale.page.look import SET, Look
    from cordiale.page.session import handles
    from cordiale.scenario.load import load_scenario

    found = handles(load_scenario("france_joins_quad"), Look())
    return [each.field.removeprefix(SET) for each in found if not each.holds]


def moved(number: int, move: int, names: Sequence[str] = ("quad_hardness",)) -> dict[str, str]:
    """Return what the address of a visitor's move asks: his own lever, at a place where nobody else has it."""
    place = ((number * 7 + move * 3) % 20 + (0.5 if move % 2 else 0.0)) / 20
    return {"q": QUESTION, f"set.{names[number % len(names)]}": f"{place:g}"}


async def visit(address: str, number: int, names: Sequence[str], pause: tuple[float, float]) -> list[float]:
    """Move a lever of one's own some times, looking in between; return the seconds of each move."""
    luck, found = random.Random(number), []
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{number + 2}")
    async with httpx.AsyncClient(base_url=address, transport=transport, timeout=PATIENCE) as client:
        for move in range(MOVES):
            await asyncio.sleep(luck.uniform(*pause))
            start = time.perf_counter()
            answer = await client.get("/", params=moved(number, move + 1, names))
            found.append(time.perf_counter() - start)
            if answer.status_code != 200 or TOLD not in answer.text:
                raise SystemExit(f"visitor {number} has no answer: {answer.status_code}")
    return found


async def crowd(address: str, visitors: int, pause: tuple[float, float]) -> list[float]:
    """Return the seconds of all moves of several visitors at once."""
    names = levers()
    visits = [visit(address, number, names, pause) for number in range(visitors)]
    return [each for found in await asyncio.gather(*visits) for each in found]


def moves(visitors: int, pause: tuple[float, float] = LOOKS) -> list[float]:
    """Start a page, let visitors use it, and return the seconds of all moves."""
    with serving("page") as server:
        httpx.get(f"{server.address}/levers", timeout=PATIENCE).raise_for_status()
        httpx.get(server.address, params=moved(0, 0), timeout=PATIENCE).raise_for_status()  # starts the processes
        return asyncio.run(crowd(server.address, visitors, pause))


# ---------------------------------------------------------------- a class


@asynccontextmanager
async def screens(client: httpx.AsyncClient, path: str) -> AsyncIterator[AsyncIterator[str]]:
    """Open a stream of a class; what it gives are screens."""
    async with client.stream("GET", path) as answer:

        async def each() -> AsyncIterator[str]:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

        yield each()


async def phone(client: httpx.AsyncClient, who: str, there: asyncio.Event) -> None:
    """Show a phone's screens until it is told to stop, as a browser does."""
    async with screens(client, f"/phone?who={who}") as shown:
        async for _ in shown:
            there.set()


async def votes(wall: str, phones: int) -> list[float]:
    """Let phones vote at once; return the milliseconds from each vote to the wall that counts it.

    The wall shows how many have guessed, so the n-th vote that was sent is counted where the wall says n or more.
    """
    address, _, key = wall.partition("/wall/")
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as client,
        screens(client, f"/wall/{key}/events") as shown,
    ):
        found = re.search(r'class="code">(\w+)<', await anext(shown))
        assert found is not None
        joined = [await client.post("/join", json={"code": found[1]}) for _ in range(phones)]
        people = [each.json()["who"] for each in joined]
        there = [asyncio.Event() for _ in people]
        watching = [asyncio.create_task(phone(client, *each)) for each in zip(people, there, strict=True)]
        await asyncio.gather(*(each.wait() for each in there))
        (await client.post(f"/wall/{key}/go", json={"to": 1})).raise_for_status()
        while f"0 of {phones} have guessed" not in await anext(shown):
            pass
        sent: list[float] = []

        async def vote(who: str) -> None:
            sent.append(time.perf_counter())
            given = {"who": who, "poll": f"gain {QUESTION}", "value": "up"}
            (await client.post("/vote", json=given)).raise_for_status()

        voting = [asyncio.create_task(vote(who)) for who in people]
        seen: list[float] = []
        while len(seen) < phones:
            told = VOTED.search(await anext(shown))
            seen += [time.perf_counter()] * (int(told[1]) - len(seen) if told else 0)
        await asyncio.gather(*voting)
        for each in watching:
            each.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    return [1000 * (end - start) for start, end in zip(sent, seen, strict=True)]


def class_votes(phones: int = PHONES) -> list[float]:
    """Start a class, let phones vote at once, and return the milliseconds of all votes."""
    with serving("class", "--questions", QUESTION) as server:
        found = re.search(r"http\S+/wall/\S+", server.told)
        assert found is not None
        return asyncio.run(votes(found[0], phones))


def spread(seconds: Sequence[float]) -> str:
    """Return the median, the 95th percentile and the worst."""
    return f"{median(seconds):.2f}, {sorted(seconds)[int(0.95 * len(seconds))]:.2f}, {max(seconds):.2f}"


def rows() -> list[str]:
    """Measure, and return the rows of the table."""
    first = first_screen()
    one, many, burst = moves(1), moves(VISITORS), moves(VISITORS, (0.0, 0.0))
    voted = class_votes()
    return [
        *first,
        f"| page: a lever move, one visitor, seconds (median, 95 %, worst) | {spread(one)} | |",
        f"| page: the same, {VISITORS} visitors at once | {spread(many)} | 95 %: under 3 |",
        f"| page: the same, {VISITORS} visitors that never pause | {spread(burst)} | |",
        f"| class: {PHONES} phones vote at once, milliseconds from vote to wall (median, worst) "
        f"| {median(voted):.0f}, {max(voted):.0f} | worst: under 1,000 |",
    ]


if __name__ == "__main__":
    print("\n".join(rows()))
