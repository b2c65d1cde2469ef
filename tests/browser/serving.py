"""A page or a class that is served as a user would serve it, and what every visit of it holds."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 180.0  # seconds: the machine may be busy
SIZES = {"screen": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
GRAVE = ("serious", "critical")
REFUSED = re.compile("responded with a status of (400|409)")  # the browser's own words for what is told in a line


@dataclass(frozen=True)
class Served:
    """What is served; what the server says is in `log`."""

    address: str
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")


@contextmanager
def serving(log: Path, *command: str) -> Iterator[Served]:
    """Serve until the end of a block; nothing may have gone wrong behind what was shown."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Served(f"http://127.0.0.1:{port}", log)
    with log.open("wb") as into:
        program = str(Path(sys.executable).parent / "cordiale")
        process = subprocess.Popen([program, *command, "--port", str(port)], stdout=into, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while "Ctrl-C stops it" not in made.said and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        assert "Ctrl-C stops it" in made.said
        yield made
        assert process.poll() is None
        assert "Traceback" not in made.said
    finally:
        process.terminate()
        process.wait(timeout=30)


def opened(context: Any, faults: list[str]) -> Any:
    """Return a page that says what goes wrong in it."""
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" and not REFUSED.search(said.text) else None,
    )
    return page


def grave(page: Any) -> list[tuple[str, str]]:
    """Return what axe finds that keeps somebody out: the rule, and the first place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in GRAVE]


def tab_to(page: Any, text: str) -> None:
    """Press Tab until what bears a text has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if re.search(re.escape(text), page.evaluate(FOCUSED)):
            return
    raise AssertionError(f"'{text}' cannot be reached by Tab")


FOCUSED = "(e => `${e.innerText ?? ''} ${[...(e.labels ?? [])].map(l => l.innerText).join()}`)(document.activeElement)"
