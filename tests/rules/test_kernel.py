"""The scalar reference by itself: its worlds keep what must hold of any world, and compiled it is the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import poisson

from cordiale.scenario.load import load_scenario
from tests.reference import compiled
from tests.reference.adapter import Reference
from tests.reference.rates import count
from tests.reference.records import LEADERS, OFFICIALS, World

WORLDS, QUARTERS = 2, 28
History = list[World]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(load_scenario("baseline"))


@pytest.fixture(scope="module")
def histories(reference: Reference) -> list[History]:
    """By world: the world at its start and at the end of each quarter."""
    found = []
    for world in reference.worlds(WORLDS):
        found.append([world.now])
        for _ in range(QUARTERS):
            world.step()
            found[-1].append(world.now)
    return found


def test_every_number_is_one(histories: list[History]) -> None:
    for history in histories:
        for now in history:
            for name, values in now._asdict().items():
                assert np.isfinite(values.astype(float)).all(), name


def test_shares_and_chances_keep_to_their_scales(histories: list[History]) -> None:
    for history in histories:
        for now in history:
            for name in ("position", "trust", "practice", "pressure", "delivered", "hits"):
                values = getattr(now, name)
                assert values.min() >= 0, name
                assert values.max() <= 1, name
            assert np.abs(now.change).max() <= 2
            assert 0 <= now.level.min() <= now.level.max() <= LEADERS
            assert 0 <= now.since.min() <= now.since.max() <= 2
            assert 0 <= now.recent.min() <= now.recent.max() <= 8


def test_the_ladder_is_climbed_rung_by_rung(reference: Reference, histories: list[History]) -> None:
    """The baseline has no act and no hold: what enters into force was signed, or follows from what did."""
    implies = reference.structure.implies
    climbed = 0
    for history in histories:
        for before, now in pairwise(history):
            follows = (implies.T.astype(int) @ now.in_force.astype(int)) > 0
            assert (now.in_force | ~follows).all()
            entered = now.in_force & ~before.in_force
            assert (before.pending | follows)[entered].all()
            signed = now.pending & ~before.pending
            assert before.talks[signed].all()
            assert not (now.in_force & now.pending).any()
            assert not (now.talks & (now.pending | now.in_force)).any()
            assert now.in_force[before.in_force].all()
            climbed += int(entered.sum())
    assert climbed > 0


def test_ministers_meet_where_they_may(reference: Reference, histories: list[History]) -> None:
    """Bodies meet only where their agreement is in force, and are silent for two quarters."""
    kinds, dyads, meetings = reference.kinds, len(reference.structure.one), reference.structure.meetings
    at = kinds.index("two_plus_two") * dyads
    held = 0
    for history in histories:
        for before, now in pairwise(history):
            met = now.recent[0, at : at + dyads] > 0
            assert before.in_force[meetings][met].all()
            assert not (now.recent[1:3, at : at + dyads] > 0)[:, met].any()
            held += int(met.sum())
    assert held > 0


def test_the_last_four_quarters_are_remembered(histories: list[History]) -> None:
    for history in histories:
        for before, now in pairwise(history):
            assert np.array_equal(now.recent[1:], before.recent[:3])
        assert sum(int(now.recent[0].sum()) for now in history) > 0


def test_counts_are_poisson_quantiles() -> None:
    for rate in (0.0, 0.05, 1.0, 6.0, 30.0):
        for uniform in (0.0001, 0.2, 0.5, 0.9, 0.9999):
            assert count(uniform, rate) == min(int(poisson.isf(uniform, rate / 4)), 8)


def test_acts_and_holds_do_what_they_say() -> None:
    """From the first quarter on, whatever the luck."""
    acts = {
        "FRA-JPN.sign.reciprocal_access": 1, "FRA-IND.open_talks.equipment_transfer": 1, "AUS>FRA.cancel": 1,
        "IND.leave.quad": 1, "france_india_australia.found": 1, "CHN>JPN.coercion": 0.9,
        "USA-JPN.agreement.defence_treaty": 0, "FRA.member.quad": 1,
    }  # fmt: skip
    reference = Reference(load_scenario("baseline", set=acts))
    names, dyad = reference.names, reference.structure.dyad
    world = next(reference.worlds(1))
    before = world.now
    world.step()
    now = world.now

    def of(*codes: str) -> tuple[int, ...]:
        return tuple(names.states.index(code) for code in codes)

    access, treaty = names.agreements.index("reciprocal_access"), names.agreements.index("defence_treaty")
    transfer, quad = names.agreements.index("equipment_transfer"), names.formats.index("quad")
    assert now.pending[access, dyad[of("FRA", "JPN")]]
    assert (now.talks | now.pending | now.in_force)[transfer, dyad[of("FRA", "IND")]]
    assert before.contract[of("FRA", "AUS")]
    assert not now.contract[of("FRA", "AUS")]
    assert before.member[quad, of("IND")[0]]
    assert not now.member[quad, of("IND")[0]]
    assert now.member[quad, of("FRA")[0]]
    assert now.level[names.formats.index("france_india_australia")] >= OFFICIALS
    assert now.hits[names.challengers.index("CHN"), of("JPN")[0]] >= 0.9
    assert before.in_force[treaty, dyad[of("USA", "JPN")]]
    assert not now.in_force[treaty, dyad[of("USA", "JPN")]]


def test_compiled_it_gives_the_same_worlds(reference: Reference, histories: list[History]) -> None:
    run = compiled.compiled_run()
    for world, history in zip(reference.worlds(WORLDS), histories, strict=True):
        pieces = compiled.prepared(world, QUARTERS)
        run(*pieces)
        for plain, after in zip(history, pieces[-2], strict=True):
            for name, values in plain._asdict().items():
                np.testing.assert_allclose(getattr(after, name), values, rtol=0, atol=1e-12, err_msg=name)
