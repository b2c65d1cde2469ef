"""Starting the page: uvicorn on loopback, silent, with nothing from outside."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.request import urlopen

from cordiale.files.errors import OptionError
from cordiale.files.extras import require

if TYPE_CHECKING:
    from cordiale.page.guard import App

LOOPBACK = ("127.0.0.1", "localhost", "::1")
GRACE = 1  # seconds that open streams may hold up the end
IDLE = 75  # seconds that a connection is kept for a visitor who reads: a close may cross his next move
CONNECTIONS = 1000  # at once: of a full class each phone holds one that is told and one that tells


def serve(host: str, port: int, pack: str | None, name: str = "", *, open_browser: bool = False) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    name : of the question or scenario that is shown first

    Raises
    ------
    OptionError without the extra, for a port that is in use, and for what the page cannot show
    """
    require("starlette", "page", "the page")
    require("uvicorn", "page", "the page")
    check(host, port)
    from cordiale.page.app import app_of
    from cordiale.page.state import AppState

    state = AppState(pack, name)
    hosts = LOOPBACK if host in LOOPBACK else ()  # else a name is not known beforehand
    listen(app_of(state, hosts), host, port, state.begin, state.stop, open_browser)


def serve_class(
    host: str, port: int, pack: str | None, questions: Sequence[str] = (), *, game: bool = True,
    open_browser: bool = False,
) -> None:  # fmt: skip
    """Serve a class on the network of the room until Ctrl-C.

    Parameters
    ----------
    questions : names, in the order in which they are asked; the pack's first three where none
    game : whether teams play states at the end

    Raises
    ------
    OptionError without the extra, for a port that is in use, and for what cannot be asked
    """
    for package in ("starlette", "uvicorn", "segno"):
        require(package, "page", "the class")
    check(host, port)
    from cordiale.page.class_app import Class, class_app
    from cordiale.page.lesson import room_of
    from cordiale.page.state import AppState

    state = AppState(pack)
    state.begin()
    if state.fault:
        raise OptionError(state.fault)
    assert state.answers is not None
    shown = own_address() if host in ("0.0.0.0", "::") else host
    about = Class(room_of(state, questions, game=game), state.answers, f"http://{shown}:{port}")
    told = (
        f"cordiale: the class is at {about.address}, for all who reach it. The teacher's screen: {about.wall}\n"
        "Keep that address to yourself: it steers the class. Ctrl-C stops it, and nothing is kept."
    )
    listen(class_app(about), host, port, lambda: None, state.stop, open_browser, told, about.wall)


def own_address() -> str:
    """Return the address of this machine in its network, without a packet being sent; loopback where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def listen(
    app: App, host: str, port: int, begin: Callable[[], None], stop: Callable[[], None], open_browser: bool,
    told: str = "", opened: str = "",
) -> None:  # fmt: skip
    """Serve an application until Ctrl-C, and end whatever it began.

    Parameters
    ----------
    begin : called in a thread of its own once the server answers
    stop : called at the end
    told : what is said when it answers; the address of a page where empty
    opened : what a browser opens; that address where empty
    """
    import uvicorn

    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # until the server is up and has a handler of its own
    settings = uvicorn.Config(
        app, host=host, port=port, log_level="critical", access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE, timeout_keep_alive=IDLE,
        limit_concurrency=CONNECTIONS, h11_max_incomplete_event_size=1 << 16,
    )  # fmt: skip
    server = uvicorn.Server(settings)
    threading.Thread(
        target=_announce, args=(host, port, begin, told, opened if open_browser else None), daemon=True
    ).start()
    try:
        server.run()
    finally:
        stopping = threading.Thread(target=stop, daemon=True)
        stopping.start()
        stopping.join(5)
        if stopping.is_alive():
            os._exit(0)


def check(host: str, port: int) -> None:
    """Raise OptionError for an address that cannot be listened at."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if isinstance(error, socket.gaierror):
                raise OptionError(f"--host {host}: no such address of this machine") from None
            raise OptionError(f"--port {port}: cannot be used on {host} ({reason}); choose another port") from None


def _announce(host: str, port: int, begin: Callable[[], None], told: str, opened: str | None) -> None:
    """Say where the page is as soon as it answers, then do the rest."""
    address = address_of(host, port)
    while not _answers(address):
        time.sleep(0.02)
    who = "for this machine only; --host 0.0.0.0 lets others in" if host in LOOPBACK else "for all who reach it"
    print(told or f"cordiale: the page is at {address} ({who}). Ctrl-C stops it.", file=sys.stderr, flush=True)
    if opened is not None:
        import webbrowser

        webbrowser.open(opened or address)
    with suppress(Exception):  # a fault here meets the visitor, who is told; Ctrl-C may come at any time
        begin()


def address_of(host: str, port: int) -> str:
    """Return the address by which this machine reaches the server."""
    to = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{to}]' if ':' in to else to}:{port}"


def _answers(address: str) -> bool:
    """Return whether the server is up."""
    try:
        with urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
