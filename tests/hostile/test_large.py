"""Files that are small on disk and large in memory: each ends soon, within bounds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cordiale.files.yaml_file import MAX_BYTES

from ..conftest import PACK
from .files import MINE, Refused, write

BATCH = """
import resource, sys
from pathlib import Path
import cordiale.cli
from cordiale.scenario.claims import ClaimsFile
from cordiale.case.coding import read_coding
from cordiale.files.errors import UserError
from cordiale.case.fields import Names
from cordiale.scenario.file import LoadedScenario
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Case, StateFile, Ties
from cordiale.files.error_messages import validate
from cordiale.files.yaml_file import read
from cordiale.scenario.load import load_case

names = Names(load_case("indo_pacific_2018").pack)
numbers = coded_numbers(load_case("indo_pacific_2018"), names)
uses = [lambda path, record=record: validate(read(path), record) for record in (Case, StateFile, Ties, ClaimsFile)]
uses += [lambda path: LoadedScenario(path).sound(), lambda path: read_coding(path, names, numbers)]
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 400_000_000,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
refused = 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    for use in uses:
        try:
            use(path)
        except UserError as error:
            refused += len(str(error)) <= 2000
print(refused, len(uses))
"""

LARGE = {
    "flat list": "stop: [" + "1," * 480_000 + "]",
    "flat keys": "levers: {" + "".join(f"{at}: ," for at in range(110_000)) + "}",
    "long keys": "".join(f"{'k' * 2000}{at}: 1\n" for at in range(480)),
    "one word": "title: " + "x" * 990_000,
    "one number": "worlds: " + "9" * 990_000,
    "one float": "worlds: 0." + "1" * 990_000 + "e5",
    "quotes": 'title: "' + "\\u0301" * 160_000 + '"',
    "marks": "title: a" + "\u0301\u0316" * 240_000,
    "marks apart": "title: " + "a\u0301" * 330_000,
    "ligatures": "title: " + "\ufdfa" * 330_000,
    "comments": "# x\n" * 240_000,
    "spaces": "a:" + " " * 990_000 + "1",
    "lines": "\n" * 990_000 + "a: 1",
    "breaks": "a: |\n" + " \u2028" * 240_000,
    "events": "timeline: [" + "{}," * 240_000 + "]",
    "nests": "timeline: [" + "[[[[[[[[[[[[[1]]]]]]]]]]]]]," * 35_000 + "]",
    "brackets": "[" * 990_000,
    "question marks": "? " * 490_000,
    "anchors": "&a " * 330_000,
    "aliases": "a: &a [" + "*a," * 300_000 + "]",
    "tags": "!a " * 330_000,
    "documents": "---\n" * 240_000,
    "colons": "a: " * 330_000,
    "stars": "* " * 490_000,
    "pipes": "a: |\n" * 190_000,
    "commas": "state,issue,value" + "," * 980_000,
    "cells": "state,issue,value\n" + "FRA,china_tone,0.5\n" * 50_000,
    "rows": "path,value\n" + "\n".join(f"FRA.x{at}.ideal,1" for at in range(50_000)),
    "a quote": 'path,value\n"' + "x,\n" * 320_000,
}


def test_large_files_take_little_memory_and_end(tmp_path: Path) -> None:
    """A process that may take 400 MB more than it has, and two minutes, lives through each as every kind of file."""
    for name, text in LARGE.items():
        raw = text.encode()
        assert len(raw) <= MAX_BYTES
        (tmp_path / f"{name.replace(' ', '_')}.yaml").write_bytes(raw)
    done = subprocess.run([sys.executable, "-c", BATCH, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    refusals, uses = map(int, done.stdout.split())
    assert refusals == uses * len(LARGE)


def test_a_case_with_more_numbers_than_memory_is_refused(refused: Refused) -> None:
    """A thousand issues are a short file, and seventeen states with biases on each are not."""
    case = Path("agents") / PACK / "case.yaml"
    more = "".join(f"  i{at}: {{label: abc, zero: abc, half: abc, one: abc}}\n" for at in range(3500))
    case.write_text(case.read_text("utf-8").replace("\nissues:\n", f"\nissues:\n{more}", 1), "utf-8")
    states = [path for path in case.parent.glob("[A-Z]*.yaml")]
    coded = "{low: 0, best: 0.5, high: 1, basis: not in the article, source: 'assumption: none'}"
    for path in states:
        own = "".join(f"  i{at}: {{ideal: &, salience: &}}\n".replace("&", coded) for at in range(1))
        path.write_text(path.read_text("utf-8").replace("\nissues:\n", f"\nissues:\n{own}", 1), "utf-8")
    message = refused("validate", PACK)
    assert re.fullmatch(r"agents/\w+/case\.yaml:\d+:1: 17 states with these issues, .* at most 500,000", message)


def test_a_case_cannot_widen_the_scale_of_the_models_weights(refused: Refused) -> None:
    case = Path("agents") / PACK / "case.yaml"
    own = "meaning: gain, unit: share, least: -1.0e+300, most: 1.0e+300, low: 0, best: 0.1, high: 0.2"
    basis = "basis: implied, locator: Limitations 1, paraphrase: 'a line of it'"
    text = f"\nbehaviour:\n  trust_news: {{{own}, {basis}}}\n"
    case.write_text(case.read_text("utf-8").replace("\nbehaviour:\n", text, 1), "utf-8")
    message = "--set weight.trust_news=1e300: leaves the scale 0..0.8 of 'weight.trust_news'"
    assert refused("run", "baseline", "--set", "weight.trust_news=1e300") == message


def without_dates(folder: Path) -> None:
    """Take what is dated by the start out of a pack: elections, talks and contracts."""
    for path in folder.glob("[A-Z][A-Z][A-Z].yaml"):
        path.write_text(re.sub(r"(?m)^elections: .*\n", "", path.read_text("utf-8")), "utf-8")
    ties = folder / "ties.yaml"
    ties.write_text(re.sub(r"(?s)\ntalks:.*?\nclasses:", "\nclasses:", ties.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("start", ["2030Q1", "1900Q1", "9999Q4"])
def test_a_start_that_the_usual_horizon_does_not_fit(start: str, refused: Refused) -> None:
    case = Path("agents") / PACK / "case.yaml"
    case.write_text(case.read_text("utf-8").replace("start: 2018Q4", f"start: {start}"), "utf-8")
    without_dates(case.parent)
    write("")
    message = f"{MINE}:1:1: says no `horizon`, and 2025Q4, which holds without, does not fit the start, {start}"
    assert refused("run", str(MINE)) == message
