"""A real browser: Debian's Chromium, allowed to reach the disk and loopback only, with every request on record."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SCREENSHOTS = Path("outputs/screenshots")
WITHIN = ("file", "data", "blob", "about")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def chromium() -> str:
    """Return where Chromium lies; skip where there is none, but fail where CI must have it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium here: apt-get install chromium")
    return str(found)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


def outside(address: str) -> bool:
    """Whether an address is neither on the disk nor on loopback."""
    parts = urlsplit(address)
    return parts.scheme not in WITHIN and parts.hostname not in LOOPBACK


class Watched:
    """A browser context in which nothing from outside is let through; `outside` lists what was asked for."""

    def __init__(self, context: Any) -> None:
        self.context, self.outside = context, list[str]()
        context.route("**/*", self._judge)

    def _judge(self, route: Any) -> None:
        if outside(route.request.url):
            self.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()


@pytest.fixture
def watched(browser: Any) -> Iterator[Callable[..., Watched]]:
    """Make browser contexts, closed at the end: watched(viewport={"width": 390, "height": 844})."""
    made: list[Any] = []

    def make(**options: Any) -> Watched:
        made.append(browser.new_context(**options))
        return Watched(made[-1])

    yield make
    for context in made:
        context.close()


@pytest.fixture
def screenshot() -> Callable[[Any, str], None]:
    """Keep a picture of a page in outputs/screenshots."""

    def keep(page: Any, name: str, **options: Any) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", **options)

    return keep
