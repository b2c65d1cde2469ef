"""Starting the page: Streamlit's own server, on loopback, silent, with nothing from outside."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from cordiale.files.errors import OptionError
from cordiale.files.extras import require

if TYPE_CHECKING:
    from cordiale.page.app_state import AppState


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def options(host: str, port: int) -> dict[str, Any]:
    """Return Streamlit's options by their names on its command line."""
    return {
        "server_address": host, "server_port": port, "server_headless": True,
        "server_allowedHosts": list(LOOPBACK) if host in LOOPBACK else [],  # else a name is not known beforehand
        "server_enableCORS": True, "server_enableXsrfProtection": True,
        "server_maxUploadSize": 1, "server_fileWatcherType": "none", "server_runOnSave": False,
        "browser_gatherUsageStats": False, "global_developmentMode": False, "runner_magicEnabled": False,
        "client_showErrorDetails": "none", "client_showErrorLinks": "false", "client_toolbarMode": "minimal",
        "logger_hideWelcomeMessage": True, "logger_level": "error",
        "theme_base": "light", "theme_primaryColor": "#0b5394", "theme_textColor": "#1b1b1b",
        "theme_linkColor": "#0b5394", "theme_borderColor": "#8a8a8a",
    }  # fmt: skip


def serve(host: str, port: int, pack: str | None, scenarios: Sequence[str], *, open_browser: bool = False) -> None:
    """Serve the page until Ctrl-C.

    Raises
    ------
    OptionError without the extra, for a port that is in use, and for what the page cannot show
    """
    require("streamlit", "page", "the page")
    _check(host, port)
    from cordiale.page.app_state import app_state

    shared = app_state(pack, tuple(scenarios))
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # until the server is up and has a handler of its own
    beginning = threading.Thread(target=_announce, args=(shared, host, port, open_browser), daemon=True)
    beginning.start()
    try:
        _run(host, port, [pack or "", *scenarios])
    finally:
        _stop(shared, beginning)


def _stop(shared: AppState, beginning: threading.Thread) -> None:
    """End the processes, those that are still being born after their birth; they end with this one anyway."""
    beginning.join(5)
    stopping = threading.Thread(target=shared.runs.stop, daemon=True)
    stopping.start()
    stopping.join(5)
    if stopping.is_alive():
        os._exit(0)


def _run(host: str, port: int, arguments: list[str]) -> None:
    from streamlit import config
    from streamlit.web import bootstrap

    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    flags = options(host, port)
    bootstrap.load_config_options(flags)
    config._main_script_path = str(APP)
    bootstrap.run(str(APP), False, arguments, flags)


APP = Path(__file__).with_name("app.py")


def _check(host: str, port: int) -> None:
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


def _announce(shared: AppState, host: str, port: int, open_browser: bool) -> None:
    """Say where the page is as soon as it answers and the first visitor need not wait."""
    to = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    address = f"http://{f'[{to}]' if ':' in to else to}:{port}"
    while not _answers(address):
        time.sleep(0.1)
    with suppress(Exception):  # a fault here would meet the visitor, who is told; Ctrl-C may come at any time
        shared.warm()
    who = "for this machine only; --host 0.0.0.0 lets others in" if host in LOOPBACK else "for all who reach it"
    print(f"cordiale: the page is at {address} ({who}). Ctrl-C stops it.", file=sys.stderr, flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(address)


def _answers(address: str) -> bool:
    """Return whether the server is up."""
    try:
        with urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
