"""Published cases that ship: the notice names each, commands run them with no files, and lay them down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.case.public.published import EXAMPLES, HERE
from tests.conftest import Command


def test_each_table_has_its_source_and_terms_in_the_notice() -> None:
    notice = (HERE / "NOTICE.md").read_text("utf-8")
    rows = [line for line in notice.splitlines() if line.startswith("| `")]
    named = {re.findall(r"`(\w+)`", row)[0]: re.findall(r"`(\w+\.csv)`", row.split("|")[2]) for row in rows}
    assert named == {name: list(each.files) for name, each in EXAMPLES.items()}
    assert {name for files in named.values() for name in files} == {path.name for path in HERE.glob("*.csv")}
    assert all(row.rstrip().endswith("| cited figures, not MIT |") for row in rows)


def test_splits_and_settle_run_a_published_case_with_no_file(run_command: Command) -> None:
    code, out, _ = run_command("splits", "--example", "isis")
    assert (code, out.count("\n- Energy -83,200.0, to which 1,024 of 1,024 splits lead: ")) == (0, 1)
    assert out.startswith("Actors around ISIS, 2016 (Axelrod with Furnas). Printed: one stable split")
    unix = json.loads(run_command("splits", "--example", "unix", "--json")[1])
    assert (unix["example"], [each["basin"] for each in unix["minima"]]) == ("unix", [128, 128])
    emission = json.loads(run_command("settle", "--example", "emission", "--json")[1])
    assert (emission["example"], round(emission["settlements"][0]["mean"], 2)) == ("emission", 7.39)


def test_another_middle_of_the_scale_may_be_tried(run_command: Command) -> None:
    told = json.loads(run_command("splits", "--example", "isis", "--centre", "2", "--json")[1])
    assert told["minima"][0]["energy"] != -83_200


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_tables_can_be_laid_down_and_run(workshop: Path, run_command: Command, name: str) -> None:
    code, out, _ = run_command("new", "example", name)
    assert code == 0
    for path in EXAMPLES[name].paths:
        assert (workshop / path.name).read_bytes() == path.read_bytes()
    if words := EXAMPLES[name].words:
        assert out.endswith(f"Then:\n  {words}\n")
        assert run_command(*words.split()[1:])[1] in run_command(EXAMPLES[name].command, "--example", name)[1]


def test_help_names_each_case(run_command: Command) -> None:
    for words in (("splits",), ("settle",), ("new", "example")):
        told = run_command(*words, "--help")[1]
        of = [name for name, each in EXAMPLES.items() if words[0] in ("new", each.command)]
        assert of
        assert all(name in told for name in of), words


BAD = {
    "none": (("splits", "--example", "unx"), "'unx' is no example; did you mean 'unix'?"),
    "far": (("settle", "--example", "x"), "'x' is no example (known: emission)"),
    "another's": (("splits", "--example", "emission"),
                  "--example 'emission': `cordiale settle` reads it; known here: unix, isis"),
    "Python's": (("settle", "--example", "influence"), "--example 'influence': it is for Python: `cordiale new example "
                 "influence` lays it down; known here: emission"),
    "files too": (("splits", "a.csv", "--example", "isis"), "--example 'isis' has files of its own: name no other"),
    "an issue too": (("settle", "a.csv", "--example", "emission"),
                     "--example 'emission' has files of its own: name no other"),
    "nothing": (("settle",), "name a file of issues, or a published case with --example"),
    "no sizes": (("splits", "a.csv"),
                 "name a file of propensities and one of --sizes, or a published case with --example"),
    "no such": (("new", "example", "uniks"), "'uniks' is no example; did you mean 'unix'?"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_what_does_not_fit_is_refused(refused: Callable[..., str], fault: str) -> None:
    words, message = BAD[fault]
    assert refused(*words) == message


def test_nothing_of_the_users_is_overwritten(workshop: Path, refused: Callable[..., str]) -> None:
    (workshop / "unix_sizes.csv").write_text("mine\n", "utf-8")
    assert refused("new", "example", "unix").startswith("unix_sizes.csv exists, and nothing is overwritten")
