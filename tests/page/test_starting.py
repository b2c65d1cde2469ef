"""Starting and stopping the page: one line where it cannot be started, and nothing left when it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.commands import alive, begin, children
from tests.commands import cordiale as command

ROOT = Path(__file__).parents[2]


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_in_use_is_told_in_a_line(refused: Callable[..., str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for name in ("page", "class"):
            told = refused(name, "--port", str(port), "--host", "127.0.0.1")
            assert told.startswith(f"--port {port}: cannot be used on 127.0.0.1 (")
            assert told.endswith("choose another port")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", "203.0.113.7", "::zz"])
def test_a_host_that_is_not_this_machine_is_told_in_a_line(refused: Callable[..., str], host: str) -> None:
    told = refused("page", "--host", host, "--port", str(free()))
    assert host in told
    assert "no such address" in told or "cannot be used" in told


def test_a_pack_that_is_none_is_told_in_a_line(refused: Callable[..., str]) -> None:
    assert "indo_pacific_2018" in refused("page", "--pack", "indo_pacific_2081", "--port", str(free()))


def test_a_question_that_is_none_is_told_in_a_line() -> None:
    done = command("page", "france_joins_quadd", "--port", str(free()), cwd=ROOT)  # which ends what is served after all
    told = "cordiale: no question or scenario 'france_joins_quadd'; did you mean 'france_joins_quad'?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A page that answers, and its address."""
    address = f"http://127.0.0.1:{(port := free())}"
    process = begin("page", "--port", str(port), cwd=ROOT)
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == (
            f"cordiale: the page is at {address} (for this machine only; --host 0.0.0.0 lets others in). "
            "Ctrl-C stops it.\n"
        )
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_the_page_answers_at_once_and_ctrl_c_leaves_no_trace(served: tuple[subprocess.Popen[str], str]) -> None:
    process, address = served
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/").status_code == 200
        assert client.get("/?q=quad&worlds=64").status_code == 200  # which starts the processes that run the model
        assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
        assert client.post("/mine", content=b"a: 1", headers={"origin": "http://e.org"}).status_code == 403
        large = client.post("/mine", content=(b"#" * 100_000 for _ in range(12)))
        assert (large.status_code, large.text) == (413, "That is larger than 1 MB.")
        assert "server" not in client.get("/health").headers
    below = children(process)
    assert below
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert process.returncode in (0, 130)
    assert (out, err) == ("", "")
    assert alive(below, 10) == []


def test_ctrl_c_ends_the_page_while_a_screen_is_made_and_before_it_answers(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = served
    with httpx.Client(base_url=address, timeout=60) as client, client.stream("GET", "/progress"):
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as waiting:
            waiting.sendall(b"GET /?q=quad&worlds=500&set.quad_hardness=0.9 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130)
    assert "Traceback" not in out + err
    early = begin("page", "--port", str(free()), cwd=ROOT)
    time.sleep(0.5)
    early.send_signal(signal.SIGINT)
    _, err = early.communicate(timeout=30)
    assert early.returncode in (0, 130)
    assert "Traceback" not in err


def test_the_core_does_without_the_server() -> None:
    code = (
        "import sys, cordiale, cordiale.cli.output, cordiale.page.server\n"
        "assert not {'starlette', 'uvicorn', 'segno'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
