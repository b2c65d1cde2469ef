"""Issues of any actors from a csv: who stands where, how much it matters to them, and how much they can bring."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, nearest, short
from cordiale.files.yaml_file import text_of
from cordiale.models.random import Array

NUMBERS = ("position", "salience", "capability")
COLUMNS = ("issue", "actor", *NUMBERS)
OUTCOME = "outcome"
PERCENT = 100.0  # of salience, where any is above 1


class Actor(NamedTuple):
    """A row: an actor on an issue; None where a cell is empty."""

    name: str
    position: float | None
    salience: float | None
    capability: float | None

    @property
    def missing(self) -> list[str]:
        """The columns whose cells are empty."""
        return [name for name, value in zip(NUMBERS, self[1:], strict=True) if value is None]


@dataclass(frozen=True)
class Issue:
    """An issue.

    Attributes
    ----------
    actors : those who have a position and weight
    position, salience, capability : of them, (N,); salience from 0 to 1
    outcome : what came of it; None where the file does not say
    blank : actors without a position, salience or capability, who do not count, with the empty columns
    weightless : actors whose salience or capability is 0, who pull nowhere
    """

    name: str
    actors: tuple[str, ...]
    position: Array
    salience: Array
    capability: Array
    outcome: float | None
    blank: tuple[tuple[str, tuple[str, ...]], ...]
    weightless: tuple[str, ...]

    @property
    def width(self) -> float:
        """From the lowest to the highest position."""
        return float(np.ptp(self.position)) if len(self.position) else 0.0


class Issues(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    issues : those on which somebody has a position and weight
    empty : the names of those on which nobody has
    percent : whether salience was given in per cent
    ignored : columns of other names
    """

    path: Path
    issues: list[Issue]
    empty: list[str]
    percent: bool
    ignored: list[str]


def read_issues(path: Path | str) -> Issues:
    """Return the issues of a csv with the columns issue, actor, position, salience, capability, and perhaps outcome.

    An actor with an empty cell does not count on that issue, nor one whose salience or capability is 0. Where any
    salience is above 1, all are read as per cent.

    Raises
    ------
    OptionError where there is no such file; FileError, with line and column, for what cannot be read
    """
    if not os.path.isfile(path):  # which says no of a name that no file can have
        raise OptionError(f"no file {short(str(path))}: give the path of a csv")
    file, rows, outcomes = Path(path), dict[str, dict[str, Actor]](), dict[str, float]()
    highest, ignored = 0.0, list[str]()
    for row in csv_rows(file, text_of(file), None, _no_issues):
        ignored = [name for name in row.cells if name not in (*COLUMNS, OUTCOME)]
        issue = row.cells["issue"] or row.fail("issue", "no name of the issue")
        actor = _actor(row)
        of_issue = rows.setdefault(issue, {})
        if actor.name in of_issue:
            row.fail("actor", f"{short(actor.name)} stands twice on {short(issue)}")
        of_issue[actor.name] = actor
        highest = max(highest, actor.salience or 0.0)
        _note_outcome(row, issue, outcomes)
    if not rows:
        raise FileError(file, 1, 1, "no row below the names of the columns")
    percent = highest > 1
    found = [_issue(name, list(of.values()), outcomes.get(name), percent) for name, of in rows.items()]
    if not any(issue.actors for issue in found):
        raise FileError(file, 1, 1, "nobody has a position, a salience above 0 and a capability above 0")
    empty = [issue.name for issue in found if not issue.actors]
    return Issues(file, [issue for issue in found if issue.actors], empty, percent, ignored)


def _no_issues(names: list[str]) -> str | None:
    left = [name for name in COLUMNS if name not in names]
    if left:
        others = [name for name in names if name not in COLUMNS]
        return f"no column '{left[0]}'{did_you_mean(left[0], others)}: the columns are {', '.join(COLUMNS)}"
    if OUTCOME not in names and (near := nearest(OUTCOME, [each for each in names if each not in COLUMNS])):
        return f"a column '{near}', and none '{OUTCOME}': call it {OUTCOME} if it holds what came of issues"
    return None


def _actor(row: Row) -> Actor:
    name = row.cells["actor"] or row.fail("actor", "no name of the actor")
    position, salience, capability = (row.number(column) for column in NUMBERS)
    for column, value in (("salience", salience), ("capability", capability)):
        if value is not None and value < 0:
            row.fail(column, f"the {column} of {short(name)} must not be negative")
    if salience is not None and salience > PERCENT:
        row.fail("salience", f"the salience of {short(name)} must be 0 to 1, or 0 to 100 per cent")
    return Actor(name, position, salience, capability)


def _note_outcome(row: Row, issue: str, outcomes: dict[str, float]) -> None:
    """Note what came of an issue; a row may leave it empty, and no two may differ."""
    value = row.number(OUTCOME)
    if value is None:
        return
    if issue in outcomes and outcomes[issue] != value:
        row.fail(OUTCOME, f"the outcome of {short(issue)} is {value:g} here, and {outcomes[issue]:g} above")
    outcomes[issue] = value


def _issue(name: str, actors: Sequence[Actor], outcome: float | None, percent: bool) -> Issue:
    blank = tuple((each.name, tuple(each.missing)) for each in actors if each.missing)
    full = [each for each in actors if not each.missing]
    there = [each for each in full if each.salience and each.capability]
    numbers = np.array([each[1:] for each in there], dtype=float).reshape(-1, 3)
    if percent:
        numbers = numbers / [1.0, PERCENT, 1.0]
    position, salience, capability = numbers.T.copy()
    weightless = tuple(each.name for each in full if each not in there)
    names = tuple(each.name for each in there)
    return Issue(name, names, position, salience, capability, outcome, blank, weightless)
