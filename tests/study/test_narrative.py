"""The story of a world tells what the world's arrays say, no more and no less."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from cordiale.engine.block import SharedHistory
from cordiale.engine.sample import recording
from cordiale.files.errors import OptionError
from cordiale.models.base import Event
from cordiale.models.diplomacy import chronicle
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import apply_set
from cordiale.study.narrative import ACTIVITY, POLICY, START, among, milestones, story
from tests.worlds import begun, drawn

WORLD = 3
UNTIL = {"horizon": "2021Q4"}
KINDS = {POLICY, *(value for name, value in vars(chronicle).items() if name.isupper() and isinstance(value, str))}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("france_joins_quad", set=UNTIL)


@pytest.fixture(scope="module")
def told(scenario: Scenario) -> list[Event]:
    return story(scenario, WORLD)


def measured(scenario: Scenario, measure: str) -> np.ndarray:
    """A measure of world 3 as any study of four worlds has it, (quarters, entities)."""
    own = apply_set(recording(scenario, [measure]), "worlds", 4)
    grove = SharedHistory([own], own.family.rules(own.loaded))
    return grove.run([drawn(own, 4)])[0][0][WORLD]


def test_kinds_and_order(told: list[Event]) -> None:
    assert {each.kind for each in told} <= KINDS
    quarters = [each.quarter for each in told]
    assert quarters == sorted(quarters)


def test_activity_is_that_of_the_measures(scenario: Scenario, told: list[Event]) -> None:
    """Events of dyads, and passages of one state; what happens twice in a quarter is one sentence."""
    for measure, states in (("events", 2), ("events.passage", 1)):
        acts = [each for each in told if each.kind == ACTIVITY and len(each.states) == states]
        times = [re.search(r", (\d+) times\.$", each.words) for each in acts]
        assert sum(int(each[1]) if each else 1 for each in times) == measured(scenario, measure).sum() > 0


def test_talks_that_are_open_are_those_of_the_measure(scenario: Scenario, told: list[Event]) -> None:
    """Whatever was opened goes on until it is dropped, signed, or another agreement implies it."""
    open_talks: set[tuple[tuple[str, ...], str]] = set()
    for each in told:
        what = (each.states, each.words.partition(": ")[2])
        if each.kind == chronicle.TALKS or " negotiate: " in each.words:
            open_talks.add(what)
        elif each.kind in (chronicle.DROPPED, chronicle.SIGNED, chronicle.FORCE):
            open_talks.discard(what)
    assert len(open_talks) == measured(scenario, "talks")[-1].sum() > 0


def test_ruptures_are_told_where_the_measure_has_them(scenario: Scenario) -> None:
    act = {"2018Q4": {"act": ["AUS>FRA.cancel"]}}
    cancelled = Scenario("Cancelled", extends="baseline", horizon="2019Q4", worlds=4, seed=scenario.seed, timeline=act)
    broken = measured(cancelled, "ruptures:AUS-FRA")[:, 0]
    told = [each for each in story(cancelled, WORLD) if each.kind == chronicle.RUPTURE and "AUS" in each.states]
    assert bool(told) == bool(broken.any())


def test_agreements_in_force_are_those_of_the_ladder(scenario: Scenario, told: list[Event]) -> None:
    ladder = measured(scenario, "ladder")
    now = begun(scenario, 1, first=WORLD).now
    gained = sum(each.kind == "in force" for each in told) - sum(each.kind == "ended" for each in told)
    assert gained == ladder[-1].sum() - now.in_force.sum()


def test_members_are_those_of_the_formats(scenario: Scenario, told: list[Event]) -> None:
    formats = scenario.loaded.pack.case.formats
    first = sum(len(each.members) for each in formats.values())
    last = sum(measured(scenario, f"member.{name}")[-1].sum() for name in formats)
    count = Counter(each.kind for each in told)
    assert count["entry"] - count["exit"] == last - first


def test_what_is_ratified_was_signed(told: list[Event]) -> None:
    signed = set()
    for each in told:
        what = (each.states, each.words.partition(": ")[2])
        if each.kind == "signed" or "have signed" in each.words:
            signed.add(what)
        if "ratify" in each.words:
            assert what in signed


def test_policy_is_told_in_its_quarter(scenario: Scenario, told: list[Event]) -> None:
    policies = [each for each in told if each.kind == "policy"]
    assert [each.quarter for each in policies] == ["2019Q3"]
    lever = scenario.moved[0]
    assert scenario.loaded.pack.case.levers[lever].label in policies[0].words
    held = story(load_scenario("baseline", set={lever: 1, **UNTIL}), WORLD)
    assert [each.quarter for each in held if each.kind == "policy"] == [scenario.loaded.pack.case.start]


def test_among_and_milestones(told: list[Event]) -> None:
    dyad = ["FRA", "JPN"]
    few = among(told, dyad)
    assert 0 < len(few) < len(told)
    assert all(set(each.states) <= set(dyad) for each in few)
    assert not {START, ACTIVITY} & {each.kind for each in milestones(told)}


def test_the_same_world_has_the_same_story(scenario: Scenario, told: list[Event]) -> None:
    assert story(scenario, WORLD) == told
    assert story(scenario, WORLD + 1) != told


def test_a_negative_world_is_refused(scenario: Scenario) -> None:
    with pytest.raises(OptionError, match="from 0"):
        story(scenario, -1)
