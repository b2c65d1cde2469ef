"""The equations of the landscape theory: printed cases, all splits by hand, the steepest descent one move at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cordiale.analysis.splits import splits
from cordiale.case.public.published import example
from cordiale.files.errors import OptionError
from cordiale.models.landscape import energy, frustration, gains, minima, settle
from tests.commands import cordiale

ISIS, UNIX = example("isis").paths, example("unix").paths


def test_the_case_of_unix_is_reproduced() -> None:
    """Axelrod and Bennett 1993: two stable splits, the end of 128 splits each."""
    firms = list(csv.DictReader(UNIX[1].read_text("utf-8").splitlines()))
    printed = {
        frozenset(frozenset(each["actor"] for each in firms if each[column] == side) for side in "12")
        for column in ("minimum_1", "minimum_2")
    }
    found = splits(*UNIX).minima
    assert {frozenset(map(frozenset, each.sides)) for each in found} == printed
    assert [each.basin for each in found] == [128, 128]
    assert [each.energy for each in found] == pytest.approx([-3828.9, -3828.9])


def test_firms_of_one_type_repel_each_other() -> None:
    """The table of propensities says no more than the types do."""
    type_of = {each["actor"]: each["type"] for each in csv.DictReader(UNIX[1].read_text("utf-8").splitlines())}
    rows = list(csv.DictReader(UNIX[0].read_text("utf-8").splitlines()))
    assert [each["actor"] for each in rows] == list(type_of) == [name for name in rows[0] if name != "actor"]
    for row in rows:
        for name, told in row.items():
            if name != "actor":
                one = row["actor"]
                assert told == ("" if name == one else "-1" if type_of[name] == type_of[one] else "0")


def test_the_case_of_isis_is_reproduced() -> None:
    (found,) = splits(*ISIS, centre=3).minima
    assert set(found.sides[1]) == {"Tur", "ISIS", "Nursa"}
    assert len(found.sides[0]) == 8
    assert (found.energy, found.basin) == (pytest.approx(-83_200), 1024)


def test_the_command_gives_the_same_as_json_and_in_words() -> None:
    typed = ("splits", str(ISIS[0]), "--sizes", str(ISIS[1]), "--centre", "3")
    (told,) = json.loads(cordiale(*typed, "--json").stdout)["minima"]
    assert set(told) == {"energy", "sides", "basin"}
    assert told["sides"][1] == ["Tur", "ISIS", "Nursa"]
    words = cordiale(*typed).stdout
    assert "Energy -83,200.0, to which 1,024 of 1,024 splits lead: " in words
    assert " against Tur, ISIS, Nursa.\n" in words


def tables(count: int) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    """Propensities that need not be symmetric, in tenths so that ties occur, and sizes."""
    tenths = st.lists(st.integers(-10, 10), min_size=count * count, max_size=count * count)
    sizes = st.lists(st.integers(0, 20), min_size=count, max_size=count)
    return st.tuples(
        tenths.map(lambda found: np.array(found).reshape(count, count) / 10),
        sizes.map(lambda found: np.array(found) / 1.0),
    )


def by_hand(p: np.ndarray, s: np.ndarray, side: tuple[bool, ...]) -> float:
    """The paper's double sum, a pair at a time."""
    pairs = product(range(len(s)), repeat=2)
    return sum(s[i] * s[j] * p[i, j] for i, j in pairs if side[i] != side[j])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6).flatmap(tables))
def test_all_stable_splits_are_found(table: tuple[np.ndarray, np.ndarray]) -> None:
    """Against a search of all splits, move by move, in plain Python."""
    p, s = table
    count = len(s)
    actors = [str(i) for i in range(count)]

    def moved(side: tuple[bool, ...], i: int) -> tuple[bool, ...]:
        return tuple(each ^ (i == j) for j, each in enumerate(side))

    stable = set()
    for rest in product((False, True), repeat=count - 1):
        side = (False, *rest)
        here = by_hand(p, s, side)
        if all(by_hand(p, s, moved(side, i)) >= here - 1e-9 for i in range(count)):
            stable.add(frozenset(frozenset(actors[i] for i in range(count) if side[i] == which) for which in (0, 1)))
    found = minima(actors, p, s)
    assert {frozenset(map(frozenset, each.sides)) for each in found} == stable
    assert sum(each.basin for each in found) == 2 ** (count - 1)
    for each in found:
        assert each.energy == pytest.approx(by_hand(p, s, tuple(a in each.sides[1] for a in actors)))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7).flatmap(tables), st.integers(0, 2**7 - 1))
def test_settling_is_steepest_descent(table: tuple[np.ndarray, np.ndarray], start: int) -> None:
    """Each move is the best single one, energy falls by what `gains` says, and the end is a stable split."""
    p, s = table
    side = np.array([[start >> i & 1 == 1 for i in range(len(s))]])
    p, s = p[None], s[None]
    while True:
        change = gains(p, s, side)
        after = settle(p, s, side, moves=1)
        fall = energy(p, s, after) - energy(p, s, side)
        assert fall == pytest.approx(min(change.min(), 0.0), abs=1e-9)
        if np.array_equal(after, side):
            break
        side = after
    assert (change >= -1e-9).all()
    assert np.array_equal(settle(p, s, np.array([[start >> i & 1 == 1 for i in range(s.shape[1])]])), side)


def test_who_may_not_move_stays() -> None:
    """Two that repel each other on one side: only the one that may moves."""
    p, s = np.array([[[0.0, -1.0], [-1.0, 0.0]]]), np.ones((1, 2))
    together = np.zeros((1, 2), dtype=bool)
    assert settle(p, s, together, may=np.array([[False, True]])).tolist() == [[False, True]]
    assert settle(p, s, together, may=np.array([[False, False]])).tolist() == [[False, False]]


def test_frustration_is_the_share_of_pulls_that_are_not_met() -> None:
    """A draws B and is on its side; it repels C of twice the size, on its side too: two thirds are not met."""
    p = np.array([[[0, 1, -1], [1, 0, 0], [-1, 0, 0.0]]])
    found = frustration(p, np.array([[1.0, 1.0, 2.0]]), np.zeros((1, 3), dtype=bool))
    assert found[0].tolist() == pytest.approx([2 / 3, 0, 1])


@pytest.mark.parametrize("count", [1, 21])
def test_number_of_actors_is_limited(count: int) -> None:
    with pytest.raises(OptionError, match=f"{count} actors"):
        minima([str(i) for i in range(count)], np.zeros((count, count)), np.ones(count))


GOOD = "actor,A,B\nA,,0.5\nB,0.5,\n", "actor,size\nA,1\nB,2\n"
BAD = {
    "not square": ("actor,A,B\nA,,0.5\n", None, "p.csv:1:1: no row of 'B', which has a column"),
    "no rows": ("actor,A,B\n", None, "p.csv:1:1: no row below the names of the columns"),
    "unknown row": ("actor,A,Bob\nA,,0.5\nBobb,0.5,\n", None, "p.csv:3:1: 'Bobb' has no column of propensities; did"),
    "row twice": ("actor,A,B\nA,,0.5\nA,,0.5\n", None, "p.csv:3:1: 'A' stands twice"),
    "blank": ("actor,A,B\nA,,\nB,0.5,\n", None, "p.csv:2:4: no propensity of 'A' and 'B'"),
    "word": ("actor,A,B\nA,,high\nB,0.5,\n", None, "p.csv:2:4: 'B' must be a number, not 'high'"),
    "scale": ("actor,A,B\nA,,5\nB,5,\n", None, "p.csv:2:4: 5 is not in -1 to 1; for another scale give its middle"),
    "no actor": ("firm,A,B\nA,,0.5\nB,0.5,\n", None, "p.csv:1:1: no column 'actor'"),
    "no size": (None, "actor,sizes\nA,1\nB,2\n", "s.csv:1:1: no column 'size'; did you mean 'sizes'?"),
    "size missing": (None, "actor,size\nA,1\n", "s.csv:1:1: no size of 'B'"),
    "negative size": (None, "actor,size\nA,-1\nB,2\n", "s.csv:2:3: the size of 'A' must be a number that is not"),
    "unknown size": (None, "actor,size\nA,1\nB,2\nC,3\n", "s.csv:4:1: 'C' has no column of propensities"),
    "one actor": ("actor,A\nA,\n", "actor,size\nA,1\n", "1 actors: all splits are looked at of 2 to 20"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_table_is_named_with_its_place(refused: Callable[..., str], workshop: Path, fault: str) -> None:
    propensity, sizes, message = BAD[fault]
    (workshop / "p.csv").write_text(propensity or GOOD[0], "utf-8")
    (workshop / "s.csv").write_text(sizes or GOOD[1], "utf-8")
    assert refused("splits", "p.csv", "--sizes", "s.csv").startswith(message)


def test_a_file_that_is_not_there_is_named(refused: Callable[..., str]) -> None:
    assert refused("splits", "nosuch.csv", "--sizes", "s.csv") == "no file 'nosuch.csv': give the path of a csv"
