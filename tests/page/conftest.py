"""A page without a browser: requests go to the application itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import httpx
import pytest

from cordiale.page.app import app_of
from cordiale.page.state import AppState

PACK = "indo_pacific_2018"
HOST = "http://127.0.0.1:8501"


class Site:
    """A page and who visits it."""

    def __init__(self, state: AppState, hosts: tuple[str, ...] = ()) -> None:
        self.state, self._app = state, app_of(state, hosts)

    def get(self, address: str, **more: Any) -> httpx.Response:
        return self.ask("GET", address, **more)

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        """Return the answer to one request, in a thread: a browser that was opened before leaves a running loop."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HOST, timeout=120) as client:
                return await client.request(method, address, **more)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(asked())).result()

    def send(self, content: bytes | AsyncIterator[bytes], name: str = "mine.yaml", **headers: str) -> httpx.Response:
        """Return the answer to a file that is sent."""
        return self.ask("POST", "/mine", content=content, headers={"x-file-name": name, **headers})


def text_of(answer: httpx.Response) -> str:
    """Return what a reader sees of a screen, without marks."""
    main = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", main)).split())


def fault_of(answer: httpx.Response) -> str:
    """Return the one line of an answer that refuses, whose status says so."""
    assert answer.status_code == 400, answer.text
    (line,) = re.findall(r'<p role="alert">(.*?)</p>', answer.text, re.DOTALL)
    assert "\n" not in line
    return unescape(line)


@pytest.fixture(scope="session")
def state() -> Iterator[AppState]:
    """The shipped pack, loaded."""
    made = AppState(PACK)
    made.begin()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def site(state: AppState) -> Site:
    return Site(state)
