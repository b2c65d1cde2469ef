"""Measures against known answers and their own bounds."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cordiale.case.fields import Names
from cordiale.files.errors import OptionError
from cordiale.models.diplomacy.alignment import (
    PARTS,
    alignment,
    blocs,
    hedging,
    misperception,
    position_gap,
    rank,
    stability,
    together,
)
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.diplomacy.measures import Reading
from cordiale.models.measures import known_measures, request, requests_of
from cordiale.models.similarity import mutual, similarity, similarity_by_issue
from cordiale.scenario.load import load_pack, load_scenario
from tests.reference.similarity import s_score
from tests.worlds import begun

DATA = Path(__file__).parents[1] / "data"


def test_s_reproduces_signorino_and_ritter_1999_table_6() -> None:
    rows = list(csv.DictReader((DATA / "sr1999_alliances1914.csv").read_text("utf-8").splitlines()))
    germany, russia, capability = (np.array([float(row[key]) for row in rows]) for key in ("GMY", "RUS", "Cap"))
    assert f"{s_score(germany, russia, largest=3):.2f}" == "0.40"
    assert f"{s_score(germany, russia, capability, largest=3):.2f}" == "-0.46"


unit = st.floats(0, 1, allow_subnormal=False)


@given(st.lists(st.tuples(unit, unit, st.floats(0.01, 1)), min_size=1, max_size=12))
def test_s_keeps_its_bounds_and_is_symmetric(rows: list[tuple[float, float, float]]) -> None:
    one, other, weights = (np.array(column) for column in zip(*rows, strict=True))
    s = s_score(one, other, weights)
    assert -1 - 1e-12 <= s <= 1 + 1e-12
    assert s == s_score(other, one, weights)
    assert s_score(one, one, weights) == 1
    assert s_score(np.zeros_like(one), np.ones_like(one), weights) == pytest.approx(-1)


def test_similarity_of_states_is_s_by_the_first_ones_salience() -> None:
    rng = np.random.default_rng(1)
    position, salience = rng.random((3, 4, 5)), rng.random((3, 4, 5))
    seen = rng.random((3, 4, 4, 5))
    found = similarity(position, seen, salience)
    for world in range(3):
        for i in range(4):
            for j in range(4):
                expected = s_score(position[world, i], seen[world, i, j], salience[world, i])
                assert found[world, i, j] == pytest.approx(expected)


def test_parts_by_issue_add_up_to_similarity() -> None:
    rng = np.random.default_rng(2)
    position, salience = rng.random((2, 3, 4)), rng.random((2, 3, 4))
    whole = mutual(similarity(position, position[:, None], salience))
    assert np.allclose(1 + similarity_by_issue(position, salience).sum(-1), whole, atol=1e-12)


def test_alignment_is_the_weighted_mean_of_its_parts() -> None:
    parts = {part: np.full((1, 2, 2), value) for part, value in zip(PARTS, (0.2, 0.4, 0.6, 0.8), strict=True)}
    equal = alignment(parts, dict.fromkeys(PARTS, np.array([0.3])))
    assert equal == pytest.approx(np.full((1, 2, 2), 0.5))
    only_depth = alignment(parts, {part: np.array([float(part == "depth")]) for part in PARTS})
    assert only_depth == pytest.approx(np.full((1, 2, 2), 0.4))


def test_rank_orders_partners() -> None:
    value = np.array([[[9.0, 1.0, 3.0, 3.0], [0.0, 9.0, 0.0, 1.0], [5.0, 4.0, 0.0, 3.0], [1.0, 2.0, 3.0, 9.0]]])
    assert rank(value)[0].tolist() == [[0, 3, 1, 2], [2, 0, 3, 1], [1, 2, 0, 3], [3, 2, 1, 0]]


def test_hedging_is_one_in_the_middle_and_zero_at_a_pole() -> None:
    aligned = np.zeros((1, 4, 4))
    aligned[0, 2, :2] = 0.4, 0.4
    aligned[0, 3, :2] = 0.6, 0.2
    found = hedging(aligned, 0, 1)[0]
    assert found[:2].tolist() == [0, 0]
    assert found[2] == 1
    assert found[3] == pytest.approx(0.5)


def test_misperception_is_zero_for_who_sees_things_as_they_are() -> None:
    position = np.random.default_rng(0).random((2, 3, 4))
    truth = np.broadcast_to(position[:, None], (2, 3, 3, 4))
    salience = np.ones((2, 3, 4))
    assert misperception(truth, position, salience).max() == 0
    assert misperception(truth + 0.1, position, salience) == pytest.approx(np.full((2, 3, 3), 0.1))


def test_position_gap() -> None:
    assert position_gap(np.array([[0.25, 0.75]])).tolist() == [[[0.0, 0.5], [0.5, 0.0]]]


def test_blocs_finds_two_planted_groups() -> None:
    group = np.array([0, 0, 0, 1, 1, 1, 1])
    aligned = np.where(group[:, None] == group[None, :], 0.8, 0.2)[None].repeat(3, axis=0)
    aligned[:, np.arange(7), np.arange(7)] = 0
    found = blocs(aligned)
    assert found.tolist() == [group.tolist()] * 3
    assert together(found)[0, 0].tolist() == [1, 1, 1, 0, 0, 0, 0]


def test_blocs_are_those_of_another_library_on_what_lies_above_the_mean() -> None:
    aligned = np.random.default_rng(9).random((12, 9, 9))
    aligned = (aligned + aligned.swapaxes(1, 2)) / 2
    pairs, several = np.triu_indices(9, 1), 0
    for world, found in zip(aligned, blocs(aligned), strict=True):
        above = np.maximum(world[pairs] - world[pairs].mean(), 0.0)
        graph = networkx.Graph()
        graph.add_nodes_from(range(9))
        graph.add_weighted_edges_from((i, j, w) for i, j, w in zip(*pairs, above, strict=True) if w)
        known = networkx.community.greedy_modularity_communities(graph, weight="weight")
        assert {frozenset(np.flatnonzero(found == bloc)) for bloc in set(found)} == set(known)
        several += len(known) > 1
    assert several > 6


def test_blocs_leave_out_what_a_state_has_with_itself() -> None:
    """Without it the mean of ties is the same; where no tie is above the mean every state stands alone."""
    aligned = np.random.default_rng(3).random((20, 8, 8))
    aligned = (aligned + aligned.swapaxes(1, 2)) / 2
    own = aligned.copy()
    own[:, np.arange(8), np.arange(8)] = 5.0
    assert np.array_equal(blocs(aligned), blocs(own))
    assert len(np.unique(blocs(aligned))) > 1


def test_stability_is_one_for_certain_and_zero_for_a_coin() -> None:
    assert stability(np.array([[1.0, 0.0], [1.0, 0.0]])) == 1
    assert stability(np.array([[1.0, 0.0], [0.0, 1.0]])) == 0


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**31))
def test_worlds_keep_ranges_and_symmetry(seed: int) -> None:
    """Of a whole run: everything stays on its scale, and mutual ties are mutual."""
    scenario = load_scenario("chinese_coercion", set={"seed": seed})
    model = begun(scenario, 4)
    for _ in range(scenario.quarters):
        model.step()
        now = model.now
        for name in ("position", "trust", "practice", "pressure", "seen", "shortfall"):
            array = getattr(now, name)
            assert array.min() >= 0, name
            assert array.max() <= 1 + 1e-12, name
        assert np.abs(now.similarity).max() <= 1 + 1e-12
        for name in ("practice", "in_force", "pending", "joint"):
            array = getattr(now, name)
            assert np.array_equal(array, array.swapaxes(1, 2)), name
        assert not (now.in_force & now.pending).any()
        reading = model.reading()
        assert reading.alignment.min() >= 0
        assert reading.alignment.max() <= 1


def test_every_known_measure_can_be_read() -> None:
    scenario = load_scenario("baseline", set={"worlds": 3})
    model = begun(scenario, 3)
    model.step()
    reading = model.reading()
    for name in known_measures(DIPLOMACY, scenario.names):
        found = request(name, scenario.names, DIPLOMACY)
        values = found.read(reading)
        assert values.shape == (3, len(found.entities)), name
        assert np.isfinite(values).all(), name
        one = request(f"{name}:{found.entities[-1]}", scenario.names, DIPLOMACY)
        assert np.array_equal(one.read(reading)[:, 0], values[:, -1]), name


@pytest.fixture(scope="module")
def reading() -> Reading:
    """Five worlds after seven quarters of a scenario in which most things happen."""
    scenario = load_scenario("chinese_coercion")
    model = begun(scenario, 5)
    for _ in range(7):
        model.step()
    return model.reading()


DYADS: dict[str, Callable[[Any, int, int, int], float]] = {
    "practice": lambda now, w, i, j: sum(now.practice[w, i, j]) / len(now.practice[w, i, j]),
    "practice.maritime": lambda now, w, i, j: now.practice[w, i, j, DOMAINS.index("maritime")],
    "position_gap.china_tone": lambda now, w, i, j: abs(now.position[w, i, TONE] - now.position[w, j, TONE]),
    "agreement.acsa": lambda now, w, i, j: float(now.in_force[w, i, j, AGREEMENTS.index("acsa")]),
    "ladder": lambda now, w, i, j: sum(now.in_force[w, i, j]),
    "initiatives": lambda now, w, i, j: sum(now.confirmed[w, i, j] | now.confirmed[w, j, i]),
    "trust": lambda now, w, i, j: (now.trust[w, i, j] + now.trust[w, j, i]) / 2,
    "trusting": lambda now, w, i, j: now.trust[w, i, j],
    "perceived_similarity": lambda now, w, i, j: now.similarity[w, i, j],
    "shortfall": lambda now, w, i, j: now.shortfall[w, i, j],
    "rank": lambda now, w, i, j: 1 + sum(
        now.value[w, i, k] > now.value[w, i, j] or (now.value[w, i, k] == now.value[w, i, j] and k < j)
        for k in range(len(STATES)) if k not in (i, j)
    ),
}  # fmt: skip
NAMES = Names(load_pack())
STATES, DOMAINS, AGREEMENTS = NAMES.states, list(NAMES.domains), list(NAMES.agreements)
TONE = list(NAMES.issues).index("china_tone")


@pytest.mark.parametrize("name", DYADS)
def test_measures_of_dyads_are_their_definitions(reading: Reading, name: str) -> None:
    found, moving = request(name, NAMES, DIPLOMACY), []
    values = found.read(reading)
    for column, entity in enumerate(found.entities):
        i, j = (STATES.index(code) for code in entity.replace(">", "-").split("-"))
        for world in range(5):
            assert values[world, column] == pytest.approx(DYADS[name](reading.world, world, i, j)), entity
        moving.append(np.ptp(values[:, column]))
    assert max(moving) > 0, "a measure that is the same everywhere shows nothing"


def test_measures_of_states_are_their_definitions(reading: Reading) -> None:
    now, (first, second) = reading.world, reading.structure.poles
    names = {name: name for name in ("position.china_tone", "pressure", "hedging")}
    names |= {name: f"member.{name}" for name in NAMES.formats}
    read = {short: request(name, NAMES, DIPLOMACY).read(reading) for short, name in names.items()}
    for world in range(5):
        for i in range(len(STATES)):
            assert read["position.china_tone"][world, i] == now.position[world, i, TONE]
            assert read["pressure"][world, i] == pytest.approx(sum(now.pressure[world, :, i]))
            one, other = reading.alignment[world, i, first], reading.alignment[world, i, second]
            even = 0 if i in (first, second) else 1 - abs(one - other) / (one + other)
            assert read["hedging"][world, i] == pytest.approx(even)
            for f, name in enumerate(NAMES.formats):
                assert read[name][world, i] == now.member[world, i, f]


def test_a_measure_that_is_named_more_than_once_is_read_once() -> None:
    several = requests_of(
        ["trust:JPN-FRA", "rank:JPN>FRA", "trust:GBR-JPN", "rank", "trust:FRA-JPN", "hedging:IND"], NAMES, DIPLOMACY
    )
    assert [(each.name, len(each.entities)) for each in several] == [("trust", 2), ("rank", 156), ("hedging", 1)]
    assert several[0].entities == ("FRA-JPN", "GBR-JPN")
    alone = [request(f"trust:{entity}", NAMES, DIPLOMACY) for entity in several[0].entities]
    assert several[0].index == tuple(one + other for one, other in zip(*(each.index for each in alone), strict=True))
    assert several[1] == request("rank", NAMES, DIPLOMACY)


def test_a_request_has_its_names() -> None:
    """A dyad is known by both of its spellings; the list of known measures is spelt out where none fits."""
    found = request("practice.maritime:JPN-FRA", NAMES, DIPLOMACY)
    assert (found.name, found.entities, found.part) == ("practice.maritime", ("FRA-JPN",), DOMAINS.index("maritime"))
    assert request("trusting:JPN>FRA", NAMES, DIPLOMACY).entities == ("JPN>FRA",)
    assert len(request("alignment", NAMES, DIPLOMACY).entities) == len(STATES) * (len(STATES) - 1) // 2
    with pytest.raises(OptionError, match=r"'zzz' is no measure \(known: .*alignment, depth"):
        request("zzz", NAMES, DIPLOMACY)
    with pytest.raises(OptionError, match="'trusting' is of a directed dyad, such as"):
        request("trusting:JPN>FRR", NAMES, DIPLOMACY)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("trust:JPN-FRAA", "FRA-JPN"), ("trust:VNM-AUSS", "AUS-VNM"), ("trusting:VNN>AUS", "VNM>AUS"),
     ("trusting:VNM-AUS", "VNM>AUS"), ("hedging:FRAN", "FRA")],
)  # fmt: skip
def test_the_nearest_entity_is_offered_in_either_order(wrong: str, right: str) -> None:
    with pytest.raises(OptionError, match=f"is none; did you mean '{right}'\\?$"):
        request(wrong, NAMES, DIPLOMACY)


def test_a_request_travels_to_another_process(reading: Reading) -> None:
    for name in ("practice.maritime:FRA-JPN", "rank", "hedging:FRA"):
        sent = request(name, NAMES, DIPLOMACY)
        found = pickle.loads(pickle.dumps(sent))
        assert (found.name, found.entities, found.part) == (sent.name, sent.entities, sent.part)
        assert np.array_equal(found.read(reading), sent.read(reading))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alignmnt", "did you mean 'alignment'"),
        ("position.china_ton:FRA", "did you mean 'position.china_tone'"),
        ("alignment:FRA-JPM", "did you mean"),
        ("rank:FRA-JPN", "directed dyad, such as FRA>JPN"),
        ("hedging:FRA-JPN", "a state, such as FRA"),
        ("practice.", "no measure"),
    ],
)
def test_unknown_measures_are_refused_with_a_hint(text: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        request(text, NAMES, DIPLOMACY)
