"""A command that is asked to stop, by Ctrl-C, `kill` or a terminal that is closed, stops once and says so in one line.

The handler raises KeyboardInterrupt. Where that is swallowed, as in a callback of the garbage collector, it is raised
again every tenth of a second until the command ends. While one is on its way, other signals leave it to clean up.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from cordiale.files.errors import UserError
from cordiale.files.streams import remark

AGAIN = 0.1  # seconds until a stop is raised again where it was swallowed
PATIENCE = 5  # seconds in which what cleans up is left to do so, whatever signal comes

_asked: list[int] = []
_since = 0.0
_held = 0
_ended = False


def listen() -> None:
    """Stop at Ctrl-C, at what ends a program and at a terminal that is closed; `nohup` still holds."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)
            atexit.register(signal.signal, number, signal.SIG_IGN)  # as the last: Python would let it kill from then on
    sys.unraisablehook = _swallowed


def _stop(number: int, _: FrameType | None) -> None:
    global _since
    if _ended:
        if _asked and time.monotonic() > _since + PATIENCE:  # something hangs that is done at the very end
            os._exit(128 + number)
        return
    if not _asked:
        _since = time.monotonic()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, _stop_again)
            signal.setitimer(signal.ITIMER_REAL, AGAIN, AGAIN)
    _asked.append(number)
    if not _held and not (_on_its_way() and time.monotonic() < _since + PATIENCE):
        raise KeyboardInterrupt


def _stop_again(*_: object) -> None:
    if not _ended and not _held and not _on_its_way():
        raise KeyboardInterrupt


def _on_its_way() -> bool:
    """Return whether what is going on is done because of a stop: it cleans up."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _swallowed(fault: sys.UnraisableHookArgs) -> None:
    if not _asked:
        sys.__unraisablehook__(fault)


def no_more() -> None:
    """Raise no stop again: all is done."""
    global _ended
    _ended = True
    if _asked and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def check() -> None:
    """Raise KeyboardInterrupt where a stop was asked for: whatever was worked out since may be wrong."""
    if _asked:
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """Let a stop wait until what must be done as a whole is done."""
    global _held
    check()
    _held += 1
    try:
        yield
    finally:
        _held -= 1
    check()


def end(error: BaseException) -> None:
    """End the program where a stop was asked for: with one line, and 128 and the signal's number as a shell expects.

    Parameters
    ----------
    error : what came of it, a KeyboardInterrupt or what a library made of one
    """
    if not _asked and not isinstance(error, KeyboardInterrupt):
        return
    no_more()
    if isinstance(error, KeyboardInterrupt | UserError):
        told = str(error)
    else:
        told = "; ".join(["stopped", *notes(error)]) if notes(error) else ""
    remark(f"cordiale: {told or 'stopped'}")
    if not _asked:
        raise SystemExit(128 + signal.SIGINT) from None
    let_go(error)
    end_at_once(128 + _asked[0])


def let_go(error: BaseException) -> None:
    """Let go of what the functions held that an error went through, so that what is left open there is closed."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__, each = None, each.__context__


def end_at_once(code: int) -> NoReturn:
    """End without what Python does at its end: it takes a second, in which a signal is answered by nobody."""
    with suppress(Exception):
        sys.stdout.flush()
    os._exit(code)


def notes(error: BaseException) -> list[str]:
    """Return what a journal noted at an error: what is kept of its work."""
    noted = [each.partition("cordiale: ") for each in getattr(error, "__notes__", [])]
    return [text for before, mark, text in noted if mark and not before]
