"""Where spoilt files are tried: a working directory with a small case, the shipped one, and a study.

The property: a file loads (and runs), or gives an error of the user's whose text is one line that names
the file, and the line and column where the fault has a place. All of it in bounded time.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cordiale
from cordiale.case.coding import read_coding
from cordiale.case.fields import Names
from cordiale.case.load import BESIDE
from cordiale.case.numbers import coded_numbers
from cordiale.cli import main
from cordiale.engine.block import run_block
from cordiale.files.errors import LONGEST, FileError, UserError
from cordiale.files.file_list import seal
from cordiale.files.yaml_file import read
from cordiale.scenario.claims import load_claims
from cordiale.scenario.load import load_case, load_scenario
from cordiale.study.design import plan_of, read_design
from cordiale.study.findings import findings
from cordiale.study.quantiles import last_quarter
from cordiale.study.run import make_plan
from cordiale.study.study import Study
from cordiale.study.verify import verify

from ..conftest import PACK, ROOT
from ..packs import random_pack, random_scenario, write

SECONDS = 30  # a case that takes as long is taken to go on without end
SMALL = "small"
# faults of a whole file, which have no line
PLACELESS = ("larger than", "no such file", "cannot be read", "is not among")


# control characters other than breaks of line, and what turns text round
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Endless(BaseException):
    """A case that was stopped by the watch."""


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Stop what goes on without end."""

    def stop(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Bench:
    """A working directory, which must be the current one, and the files that are spoilt in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "agents" / PACK, folder / "agents" / PACK, ignore=shutil.ignore_patterns("schema"))
        shutil.copytree(ROOT / "scenarios" / PACK, folder / "scenarios" / PACK, ignore=shutil.ignore_patterns("schema"))
        files = random_pack(7, 3)
        self.small = write(folder / "agents" / SMALL, files)
        write(
            folder / "scenarios" / SMALL, {"baseline": random_scenario(7, files), "fuzzed": random_scenario(8, files)}
        )
        claims = read(folder / "scenarios" / PACK / "claims.yaml").data["claims"]
        tested = [claim for claim in claims if "test" in claim][:2]
        write(
            folder / "scenarios" / PACK, {"claims": {"claims": [*tested, next(c for c in claims if "test" not in c)]}}
        )
        self.study = cordiale.run(
            ["baseline", "france_joins_quad"],
            pack=PACK,
            worlds=2,
            set={"horizon": "2019Q3"},
            jobs=1,
            out=folder / "study",
        ).folder

    def sources(self) -> dict[str, list[Path]]:
        """Return target -> the files that are spoilt for it."""
        shipped = self.folder / "scenarios" / PACK
        scenarios = sorted(path for path in shipped.glob("*.yaml") if path.stem not in BESIDE)
        return {
            "scenario": scenarios,
            "small scenario": [self.folder / "scenarios" / SMALL / "fuzzed.yaml"],
            "small pack": sorted(self.small.glob("*.yaml")),
            "pack": sorted((self.folder / "agents" / PACK).glob("*.yaml")),
            "claims": [shipped / "claims.yaml"],
            "coding": [self.folder / "coder.csv"],
            "design": [self.study / "design.json"],
            "manifest": [self.study / "manifest.json"],
        }

    def data(self, path: Path) -> Any:
        """Return what stands in a file before it is spoilt."""
        return json.loads(path.read_text("utf-8")) if path.suffix == ".json" else read(path).data

    def try_bytes(self, target: str, path: Path, raw: bytes, *, run: bool = False, command: bool = False) -> str | None:
        """Put bytes in a file's place, use it, and put the file back; return the message, None where all is well."""
        before = path.read_bytes() if path.exists() else None
        if target == "manifest":
            raw = sealed(raw)
        path.write_bytes(raw)
        try:
            if command:
                return self._by_command(target, path)
            return refusal(lambda: USES[target](self, path, run), path)
        finally:
            if before is None:
                path.unlink()
            else:
                path.write_bytes(before)

    def _by_command(self, target: str, path: Path) -> str | None:
        name = str(path.relative_to(self.folder))
        arguments = {
            "scenario": ("validate", name), "small scenario": ("validate", name), "pack": ("validate", PACK),
            "small pack": ("validate", f"scenarios/{SMALL}/fuzzed.yaml"),
            "coding": ("agreement", name, "--pack", SMALL),
            "claims": ("claims", "--pack", PACK, "--only", "zzz", "--out", "claims"),
            "design": ("verify", "study", "--worlds", "1"),
            "manifest": ("show", "study"),
        }[target]  # fmt: skip
        return command(*arguments)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Bench]:
    """Give a bench in a folder that is the working directory meanwhile."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield Bench(folder)
    finally:
        os.chdir(before)


def sealed(raw: bytes) -> bytes:
    """Return a manifest with the seal that fits it, so that what stands behind the seal is tried too."""
    try:
        return json.dumps(json.loads(raw) | {"seal": seal(json.loads(raw))}).encode()
    except (ValueError, TypeError, RecursionError):
        return raw


def command(*arguments: str) -> str | None:
    """Run a command; return its last line of error, which must come with exit code 2, or None where it is well."""
    before, sys.argv = sys.argv, ["cordiale", *arguments]
    out, err = io.StringIO(), io.StringIO()
    try:
        with watched(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as stopped:
        code = stopped.code
    finally:
        sys.argv = before
    if code in (0, None) or (arguments[0] == "verify" and code == 1):
        return None
    assert code == 2, f"exit code {code}: {err.getvalue()}"
    assert err.getvalue().endswith("\n"), err.getvalue()
    *faults, message = err.getvalue()[:-1].split("\n")
    for fault in faults:  # which `validate` lists
        checked(fault)
    assert message.startswith("cordiale: "), message
    return checked(message.removeprefix("cordiale: "))


def refusal(use: Callable[[], object], path: Path) -> str | None:
    """Use a file; return the message that refuses it, None where it is used. Any other error goes through."""
    try:
        with watched():
            use()
    except UserError as error:
        caught = error
    else:
        return None
    message = checked(str(caught))
    if isinstance(caught, FileError):
        assert re.match(r"[^:]+\.(yaml|csv)(:\d+:\d+)?: ", message), message
        assert caught.line is not None or any(words in caught.message for words in PLACELESS), message
        assert caught.line is None or (caught.line > 0 and (caught.column or 0) > 0), message
    else:
        assert path.suffix == ".json", f"a fault of a file that does not name it: {message}"
    return message


def checked(message: str) -> str:
    """Return a message, which must be one line of bounded length that steers no terminal."""
    assert message.isprintable(), ascii(message)
    assert 0 < len(message) <= LONGEST, len(message)
    assert "Traceback" not in message
    return message


# ---------------------------------------------------------------- what is done with a file


def _scenario(bench: Bench, path: Path, run: bool) -> None:
    scenario = load_scenario(path)
    assert not STEERS.search(scenario.title + scenario.file.question), ascii(scenario.title)
    plan = make_plan([scenario])
    if run:
        run_block(plan, 0, 1)


def _pack(bench: Bench, path: Path, run: bool) -> None:
    pack = path.parent.name
    loaded = load_case(pack)
    coded_numbers(loaded, Names(loaded.pack))
    plan = make_plan([load_scenario("baseline" if pack == PACK else "fuzzed", pack=pack)])
    if run:
        run_block(plan, 0, 1)


def _claims(bench: Bench, path: Path, run: bool) -> None:
    load_claims(PACK)


def _coding(bench: Bench, path: Path, run: bool) -> None:
    loaded = load_case(SMALL)
    names = Names(loaded.pack)
    read_coding(path, names, coded_numbers(loaded, names))
    plan = make_plan([load_scenario("baseline", pack=SMALL, coding=path)])
    if run:
        run_block(plan, 0, 1)


def _design(bench: Bench, path: Path, run: bool) -> None:
    plan_of(path.parent, read_design(path.parent))
    if run:
        verify(Study.open(path.parent), 1)


def _manifest(bench: Bench, path: Path, run: bool) -> None:
    study = Study.open(path.parent)
    findings(study)
    last_quarter(study, None)
    for scenario in study.scenarios:
        study.inputs(scenario)
        for measure in study.measures(scenario):
            study.values(measure, scenario=scenario)
    study.frame()
    repr(study)
    dict(study.failed)


USES: dict[str, Callable[[Bench, Path, bool], None]] = {
    "scenario": _scenario, "small scenario": _scenario, "pack": _pack, "small pack": _pack, "claims": _claims,
    "coding": _coding, "design": _design, "manifest": _manifest,
}  # fmt: skip
