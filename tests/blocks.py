"""The code of the hand-written pages: found, run in order, and compared with what the page shows.

Write the outputs into the pages again, after a change of the model or its numbers: `python -m tests.blocks`

A page's blocks run in one empty directory and, for Python, one namespace:

- ```python runs; a ```text block right after it shows what it printed.
- ```console holds commands after "$ ", each with what it prints below, or with nothing where that is long.
- ```sh runs and shows nothing.
- a block of any language with title="NAME" is written to that file.
- a line "*Not run here: WHY.*" right above a block says that it is not run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.ready import ENDS, LINE, ended, ready_line

ROOT = Path(__file__).parent.parent
ELSEWHERE = (
    "ODD", "baseline", "calibration", "changes-to-the-model", "claims", "decisions", "findings", "gallery",
    "performance",
)  # fmt: skip
FENCE = re.compile(r"^(?P<dent> *)```(?P<head>.*)\n(?P<body>(?:.*\n)*?)(?P=dent)```$", re.MULTILINE)
NOT_RUN = re.compile(r"\*Not run here: (?P<why>[^*]+)\.\*\s*\Z")
RUNS = ("python", "console", "sh", "stata")
SECONDS = 600  # in which a command of a page must end
ENVIRONMENT = {"COLUMNS": "130", "TERM": "dumb", "MPLBACKEND": "Agg"}


def pages() -> list[Path]:
    """Return the pages that people write, and that hold code; the README's has a test of its own."""
    docs = [path for path in sorted((ROOT / "docs").rglob("*.md")) if path.stem not in ELSEWHERE]
    return [path for path in [ROOT / "CONTRIBUTING.md", *docs] if list(blocks(path.read_text("utf-8")))]


@dataclass(frozen=True)
class Block:
    """A block of a page.

    Attributes
    ----------
    kind : "python", "console", "sh", "text", or "file" of what is written to a file
    name : of that file
    why : why it is not run; "" where it is
    span : where its body stands in the page
    """

    kind: str
    body: str
    name: str
    why: str
    span: tuple[int, int]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page that run, are written to files, or show what a Python block printed."""
    before = ""
    end = 0
    for found in FENCE.finditer(text):
        head, body = found["head"].strip(), found["body"]
        title = re.search(r'title="([^"]+)"', head)
        kind = "file" if title else head.partition(" ")[0]
        shown = kind == "text" and before == "python" and not text[end : found.start()].strip()
        if kind in (*RUNS, "file") or shown:
            why = NOT_RUN.search(text[end : found.start()])
            yield Block(kind, body, title[1] if title else "", why["why"] if why else "", found.span("body"))
        before, end = kind, found.end()


def ran(text: str, folder: Path) -> list[tuple[Block, str]]:
    """Run a page's blocks in a folder, in a process of their own; return those that show something, with the truth.

    Raises AssertionError with what was printed where a block fails.
    """
    (folder / ".page").write_text(text, "utf-8")
    line = ready_line().fileno()
    done = subprocess.run(
        [sys.executable, "-m", "tests.blocks", "--run", str(folder)], cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, LINE: str(line)}, pass_fds=[line], capture_output=True, text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = [block for block in blocks(text) if block.kind in ("console", "text") and not block.why]
    return list(zip(shown, json.loads(done.stdout), strict=True))


def _ran(text: str, folder: Path) -> list[str]:
    """Return the truth of each block that shows something."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    printed, result = "", list[str]()
    with contextlib.chdir(folder):
        for block in blocks(text):
            if block.why:
                continue
            if block.kind == "file":
                Path(block.name).parent.mkdir(parents=True, exist_ok=True)
                Path(block.name).write_text(block.body, "utf-8")
            elif block.kind == "python":
                printed = _python(block.body, namespace)
            elif block.kind == "text":
                result.append(printed)
            elif block.kind == "sh":
                _shell(block.body)
            elif block.kind == "stata":
                raise AssertionError("Stata does not run here: say so above the block")
            else:
                result.append(_session(block.body))
    return result


def _python(code: str, namespace: dict[str, object]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "<page>", "exec"), namespace)
    return _plain(out.getvalue())


def _shell(command: str) -> str:
    """Return what a command prints; one of cordiale in which a shell has nothing to do is run without one."""
    plain = command.replace("\\\n", " ").strip()
    if plain.startswith("cordiale ") and not set("|&;<>()$`*?~#\n") & set(plain):
        done = ended(ENDS, shlex.split(plain), Path.cwd(), SECONDS, together=True)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        return _plain(done.stdout)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        ["sh", "-ec", command], env={**os.environ, **ENVIRONMENT, "PATH": path}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, f"$ {command}\n{done.stdout}"
    return _plain(done.stdout)


def _session(body: str) -> str:
    """Return a console session as it is in truth; a command that shows nothing goes on showing nothing."""
    result = ""
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE)[1:]:
        head, _, shown = part.partition("\n")
        while head.endswith("\\"):
            more, _, shown = shown.partition("\n")
            head += "\n" + more
        printed = _shell(head.removeprefix("$ "))
        result += f"{head}\n" + (printed + shown[len(shown.rstrip("\n")) + 1 :] if shown.strip() else shown)
    return result


def _plain(text: str) -> str:
    return "".join(line.rstrip() + "\n" for line in text.splitlines()).strip("\n") + "\n"


def written(text: str) -> str:
    """Return a page with its outputs as they are in truth."""
    with tempfile.TemporaryDirectory() as folder:
        for block, truth in reversed(ran(text, Path(folder))):
            text = text[: block.span[0]] + truth + text[block.span[1] :]
    return text


if __name__ == "__main__" and sys.argv[1:2] == ["--run"]:
    print(json.dumps(_ran(Path(sys.argv[2], ".page").read_text("utf-8"), Path(sys.argv[2]))))
elif __name__ == "__main__":
    asked = [Path(name).resolve() for name in sys.argv[1:]] or pages()
    for path in asked:
        path.write_text(written(path.read_text("utf-8")), "utf-8")
        print(path.relative_to(ROOT))
