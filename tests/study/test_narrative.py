"""The story of a world tells what the world's arrays say, no more and no less."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from cordiale.engine.block import SharedHistory
from cordiale.engine.sample import recording
from cordiale.files.errors import OptionError
from cordiale.models.base import Event
from cordiale.models.diplomacy.chronicle import ENDED, ENTRY, EXIT, FORCE, SIGNED
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import apply_set
from cordiale.study.narrative import POLICY, PROPOSAL, START, among, milestones, story
from tests.worlds import begun, drawn

WORLD = 3
UNTIL = {"horizon": "2021Q4"}
KINDS = {START, POLICY, PROPOSAL, SIGNED, FORCE, ENDED, ENTRY, EXIT}


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


def test_joint_initiatives_are_those_of_the_measure(scenario: Scenario, told: list[Event]) -> None:
    joint = {
        (each.quarter, frozenset(each.states), each.words.partition(";")[0].partition(" an agreement")[1]
         or each.words.partition("joint work: ")[2].partition(";")[0])
        for each in told
        if each.kind == PROPOSAL and each.agreed
    }  # fmt: skip
    assert len(joint) == measured(scenario, "initiatives").sum()


def test_agreements_in_force_are_those_of_the_ladder(scenario: Scenario, told: list[Event]) -> None:
    ladder = measured(scenario, "ladder")
    now = begun(scenario, 1, first=WORLD).now
    gained = sum(each.kind == "in force" for each in told) - sum(each.kind == "ended" for each in told)
    assert gained == ladder[-1].sum() - now.in_force[0].sum() / 2


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
    assert not {START, PROPOSAL} & {each.kind for each in milestones(told)}


def test_the_same_world_has_the_same_story(scenario: Scenario, told: list[Event]) -> None:
    assert story(scenario, WORLD) == told
    assert story(scenario, WORLD + 1) != told


def test_a_negative_world_is_refused(scenario: Scenario) -> None:
    with pytest.raises(OptionError, match="from 0"):
        story(scenario, -1)
