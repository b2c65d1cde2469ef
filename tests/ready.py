"""Processes that have everything imported: a command of a test that is about its end, not its start, begins in one.

One process, made when the first is asked for, imports the program, and for each command forks. What is forked is as
alone as a process started by a shell: folder, environment, streams, signals and exit code are its own. A test of the
start itself, of limits or of signals from outside starts a process of the usual kind (`begin` and `subprocess`).
"""

from __future__ import annotations

import atexit
import json
import multiprocessing.process
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

PREAMBLE = "from tests.ready import serve\nlines = serve()\ndel serve\nexec(lines)"
FEW_CHARTS = "CORDIALE_TESTS_FEW_CHARTS"  # in the environment of tests that look at the files of charts alone
LINE = "CORDIALE_TESTS_LINE"  # the number of a line that the process above has shared
ENDS = "from cordiale.__main__ import main\nmain()\n"


def ended(
    lines: str, typed: Sequence[str], cwd: Path, seconds: float, together: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run lines of Python to their end in a process that has the program imported already.

    Parameters
    ----------
    typed : what `sys.argv` is
    together : whether what is said on stderr stands among what is printed
    """
    line = ready_line()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        environment = {name: value for name, value in os.environ.items() if name != LINE}
        command = {"lines": lines, "typed": [*typed], "cwd": str(cwd), "environment": environment}
        asked = json.dumps(command).encode()
        streams = [out.fileno(), (out if together else error).fileno()]
        socket.send_fds(line, [len(asked).to_bytes(8, "big")], streams)
        line.sendall(asked)
        line.settimeout(seconds)
        code = int.from_bytes(_read(line, 4), "big", signed=True)
        out.seek(0)
        error.seek(0)
        return subprocess.CompletedProcess([*typed], code, _text(out.read()), _text(error.read()))


def _text(printed: bytes) -> str:
    return printed.decode().replace("\r\n", "\n")


def ready_line() -> socket.socket:
    """Return the line to the process that forks, which a process may share with the one below that it waits for."""
    return _server(os.getpid())


@cache
def _server(_: int) -> socket.socket:
    if LINE in os.environ:
        return socket.socket(fileno=int(os.environ[LINE]))
    ours, theirs = socket.socketpair()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    process = subprocess.Popen(
        [sys.executable, "-c", PREAMBLE, str(theirs.fileno())], cwd=root, pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _read(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = line.recv(size - len(found))
        if not more:
            raise EOFError("the process that forks has ended")
        found += more
    return found


def serve() -> str:
    """Fork for each command that is asked for; return in each of these processes what it has to do."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from cordiale.cli import _commands
    from cordiale.models.diplomacy import family  # noqa: F401
    from cordiale.study import run  # noqa: F401

    _commands()
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        size, streams, _, _ = socket.recv_fds(line, 8, 2)
        if not size:
            raise SystemExit
        asked = json.loads(_read(line, int.from_bytes(size, "big")))
        child = os.fork()
        if not child:
            line.close()
            return _become(asked, streams)
        for each in streams:
            os.close(each)
        line.sendall(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]).to_bytes(4, "big", signed=True))


def keep_few_charts(put: Callable[[dict[str, Any], str, Any], None] = dict.__setitem__) -> None:
    """Let two charts alone of a study be drawn, as though it had not recorded what the others need."""
    from cordiale.output.charts.study import CHARTS

    for name, chart in CHARTS.items():
        if name not in ("fan", "rank"):
            put(CHARTS, name, replace(chart, path=f"{__name__}:not_drawn"))


def not_drawn(_: object) -> None:
    """Stand for a chart that a test does not ask for."""
    from cordiale.output.charts.recorded import NotRecorded

    raise NotRecorded("not drawn in this test")


def _become(asked: dict[str, object], streams: list[int]) -> str:
    """Take the folder, the environment and the streams of a command, and return its lines."""
    for number, each in enumerate(streams, 1):
        os.dup2(each, number)
        os.close(each)
    folder = str(asked["cwd"])
    os.chdir(folder)
    sys.path[0] = multiprocessing.process.ORIGINAL_DIR = folder  # as `python -m` has it, also for workers
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if FEW_CHARTS in os.environ:
        keep_few_charts()
    sys.argv = asked["typed"]  # type: ignore[assignment]
    return str(asked["lines"])
