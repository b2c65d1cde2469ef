"""The page under a class: 20 sessions at once, each moving its own lever, over Streamlit's own socket.

A session is what a browser tab is to the server: a websocket on which widget states go up and deltas come
down. Time runs from sending a lever's new place to the arrival of the sentence that tells its effect. No two moves
are alike, so that nothing is answered from memory.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SESSIONS, MOVES = 20, 6
LOOKS = (3.0, 7.0)  # seconds for which a person looks at a result before the next move
STATES = ("baseline", "france_joins_quad")


@dataclass
class Tab:
    """One session: its socket, the lever it moves, and what it saw."""

    number: int
    socket: Any
    ids: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)

    async def rerun(self) -> float:
        """Send the widgets' states; return the seconds until the effect is told, after the script's end."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        self.texts.clear()
        start, told = time.perf_counter(), float("nan")
        await self.socket.send(message.SerializeToString())
        while True:
            text = self._take(await self.socket.recv())
            if text == "":
                return told
            if text is not None and re.search(r"on average than|not clearly different|the same as", text):
                told = time.perf_counter() - start

    def _take(self, data: bytes) -> str | None:
        """Return a sentence, "" at the end of the script, None for all else; keep ids of widgets."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "script_finished":
            return ""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("slider", "selectbox"):
            self.ids[f"{kind} {getattr(element, kind).label.replace(chr(92), '')}"] = getattr(element, kind).id
        if kind == "markdown":
            body = element.markdown.body.replace("\\", "")
            self.texts.append(body)
            return body or None
        return None

    def set(self, name: str, **value: Any) -> None:
        """Set a widget's state: `set("slider ...", double_array_value=[0.3])`."""
        from streamlit.proto.WidgetStates_pb2 import WidgetState

        state = WidgetState(id=self.ids[name])
        if "double_array_value" in value:
            state.double_array_value.data.extend(value["double_array_value"])
        else:
            state.string_value = value["string_value"]
        self.states[name] = state


def levers() -> list[str]:
    """Return the labels of levers that have a slider."""
    from cordiale.page.levers import handle
    from cordiale.scenario.load import load_scenario

    scenario = load_scenario(STATES[1])
    found = [handle(scenario, name) for name in scenario.loaded.pack.case.levers]
    return [each.label for each in found if not each.holds]


async def visit(port: int, number: int, label: str, pause: tuple[float, float], begin: asyncio.Barrier) -> list[float]:
    """Move one lever from a session of its own, and return the seconds of each move."""
    import websockets

    luck = random.Random(number)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(address, origin=f"http://127.0.0.1:{port}", max_size=None) as connection:
        tab = Tab(number, connection)
        await tab.rerun()
        tab.set("selectbox Lever", string_value=label)
        await tab.rerun()
        await begin.wait()
        found = []
        for move in range(MOVES):
            await asyncio.sleep(luck.uniform(*pause))
            place = round(((number * 7 + move * 3) % 20 + (0.5 if move % 2 else 0.0)) / 20, 3)
            tab.set(f"slider {label}", double_array_value=[place])
            found.append(await tab.rerun())
            own = [text for text in tab.texts if f"{label}: at {place:g} throughout" in text]
            if not own:
                raise SystemExit(f"session {number} does not see its own lever at {place:g}: {tab.texts[:8]}")
        return found


async def crowd(port: int, sessions: int, pause: tuple[float, float]) -> list[float]:
    """Return the seconds of all moves of several sessions at once."""
    labels, begin = levers(), asyncio.Barrier(sessions)
    visits = [visit(port, n, labels[n % len(labels)], pause, begin) for n in range(sessions)]
    return [each for found in await asyncio.gather(*visits) for each in found]


def seconds(sessions: int = SESSIONS, pause: tuple[float, float] = LOOKS) -> tuple[float, float]:
    """Start a page, let sessions use it, and return the median and the 95th percentile of a move."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "cordiale"), "page", *STATES, "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        server.stderr.readline()  # says where the page is as soon as it answers
        found = sorted(asyncio.run(crowd(port, sessions, pause)))
    finally:
        server.terminate()
        server.wait(30)
    return median(found), found[int(0.95 * len(found))]


def rows() -> list[str]:
    """Measure, and return the rows of the table."""
    alone, many, burst = seconds(1), seconds(), seconds(SESSIONS, (0.0, 0.0))
    return [
        f"| page: a lever move, one session, seconds (median, 95 %) | {alone[0]:.2f}, {alone[1]:.2f} | |",
        f"| page: the same, {SESSIONS} sessions | {many[0]:.2f}, {many[1]:.2f} | 95 %: under 3 |",
        f"| page: the same, {SESSIONS} sessions that never pause | {burst[0]:.2f}, {burst[1]:.2f} | |",
    ]


if __name__ == "__main__":
    print("\n".join(rows()))
