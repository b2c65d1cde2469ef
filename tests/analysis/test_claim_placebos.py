"""Placebo packs: each kind changes what it says and nothing else, and who has a role keeps what is theirs."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from cordiale.analysis.claim_score import OF_TIES, PLACEBOS, Placebo, placebos
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.random import Array, Streams
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario

PACK = "indo_pacific_2018"
ROLES = {"CHN", "RUS", "USA"}  # challengers and poles


@cache
def baseline() -> Scenario:
    return load_scenario("baseline", pack=PACK)


@cache
def packs() -> dict[str, Placebo]:
    """Return one pack of each kind."""
    return {each.kind: each for each in placebos(baseline(), 3, 1)}


@cache
def numbers(kind: str) -> dict[str, Array]:
    """Return the numbers of a few worlds of a pack; of the case itself for ""."""
    same = {code: code for code in baseline().names.states}
    pack = packs()[kind] if kind else Placebo("", same, {(a, b): (a, b) for a in same for b in same if a != b})
    return pack.values(baseline(), Streams(baseline().seed, 0, 3))


@cache
def structure(kind: str = "") -> Structure:
    rules = baseline().family.rules(baseline().loaded)
    found = rules.shuffled(packs()[kind].states, packs()[kind].ties) if kind else rules
    return found.structure  # type: ignore[attr-defined,no-any-return]


def changed(kind: str) -> set[str]:
    """Return the paths whose numbers are others than those of the case."""
    own, found = numbers(""), numbers(kind)
    return {path for path in own | found if not np.array_equal(own.get(path, 0), found.get(path, 0))}


def field_of(path: str) -> str:
    return baseline().names.paths[path][0]


def test_packs_are_of_each_kind_in_turn_and_the_same_for_the_same_seed() -> None:
    found = placebos(baseline(), 102, 7)
    assert [sum(each.kind == kind for each in found) for kind in PLACEBOS] == [34, 34, 34]
    assert found == placebos(baseline(), 102, 7)
    assert len({tuple(each.states.values()) for each in found if each.kind == "labels"}) == 34
    assert found[0] != placebos(baseline(), 102, 8)[0]


@pytest.mark.parametrize("kind", PLACEBOS)
def test_who_has_a_role_keeps_what_is_theirs(kind: str) -> None:
    assert not {path for path in changed(kind) if path[:3] in ROLES and path[3] == "."}
    for code in ROLES:
        at = baseline().names.states.index(code)
        assert np.array_equal(structure(kind).members[:, at], structure().members[:, at])
    same = [("USA", "CHN"), ("RUS", "CHN"), ("USA", "RUS")]
    assert all(packs()[kind].ties[pair] == pair for pair in same)
    assert not {path for path in changed(kind) if path.startswith(("CHN-RUS", "CHN-USA", "CHN>USA", "RUS>CHN"))}
    assert all(of[1] == pair[1] for pair, of in packs()[kind].ties.items() if pair[1] in ROLES)


def test_positions_change_ideal_points_and_nothing_else() -> None:
    paths = changed("positions")
    assert {field_of(path) for path in paths} == {"ideal"}
    free = len(baseline().names.states) - len(ROLES)
    assert len(paths) == free * len(baseline().names.issues)
    assert all(np.ptp(numbers("positions")[path]) == 0 for path in paths)
    assert same_structure("positions", ())


def test_ties_change_the_ties_of_pairs_and_nothing_else() -> None:
    assert {field_of(path) for path in changed("ties")} <= set(OF_TIES)
    assert "FRA>JPN.trust" in changed("ties")
    assert same_structure("ties", ("in_force", "pending", "talks", "contract"))
    for pair, (one, other) in packs()["ties"].ties.items():
        own, found = numbers(""), numbers("ties")
        assert np.array_equal(found[f"{pair[0]}>{pair[1]}.trust"], own[f"{one}>{other}.trust"])
        a, b = ("-".join(sorted(codes)) for codes in (pair, (one, other)))
        assert np.array_equal(found[f"{a}.practice.maritime"], own[f"{b}.practice.maritime"])
        assert np.array_equal(agreements("ties", *pair), agreements("", one, other))


def test_labels_give_each_state_all_that_is_anothers() -> None:
    states, own, found = packs()["labels"].states, numbers(""), numbers("labels")
    assert sorted(states.values()) == sorted(baseline().names.states)
    back = {of: code for code, of in states.items()}

    def at(path: str) -> str:
        head, dot, rest = path.partition(".")
        sign = next((sign for sign in "->" if sign in head), "")
        codes = [back.get(code, code) for code in (head.split(sign) if sign else [head])]
        return (sign.join(sorted(codes) if sign == "-" else codes)) + dot + rest

    assert {at(path) for path in own} == set(found)
    assert all(np.array_equal(found[at(path)], value) for path, value in own.items())
    assert same_structure(
        "labels", ("members", "contract", "in_force", "pending", "talks", "room", "elections", "watched")
    )
    names = baseline().names.states
    for one in names:
        mine, theirs = names.index(one), names.index(states[one])
        assert np.array_equal(structure("labels").members[:, mine], structure().members[:, theirs])
        assert np.array_equal(structure("labels").room[mine], structure().room[theirs])
        for other in names:
            if other != one:
                assert np.array_equal(agreements("labels", one, other), agreements("", states[one], states[other]))


def agreements(kind: str, one: str, other: str) -> Array:
    """Return what binds two states at the start: agreements in force, signed and talked of, and a contract."""
    whole, names = structure(kind), baseline().names.states
    i, j = names.index(one), names.index(other)
    dyad = whole.dyad[i, j]
    parts = [whole.in_force[:, dyad], whole.pending[:, dyad], whole.talks[:, dyad], [whole.contract[i, j]]]
    return np.concatenate(parts)


def same_structure(kind: str, apart: tuple[str, ...]) -> bool:
    """Return whether all that a pack fixes is as in the case, apart from some fields, which are not."""
    own, found = structure(), structure(kind)
    differ = {
        field.name
        for field in fields(Structure)
        if field.name != "names" and not _equal(getattr(own, field.name), getattr(found, field.name))
    }
    return differ <= set(apart)


def _equal(one: object, other: object) -> bool:
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else one == other
