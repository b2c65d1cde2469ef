"""Sentences of the chronicle, held to a quarter that is made by hand; labels of causes, word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cordiale.models.base import CauseLabels, Event, Step
from cordiale.models.diplomacy.causes import Causes
from cordiale.models.diplomacy.chronicle import DiplomacyChronicle
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.world import World
from cordiale.scenario.load import Scenario, load_scenario
from tests.worlds import begun

Flag = tuple[Any, ...]
PACK = load_scenario("baseline").loaded.pack


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("baseline")


@pytest.fixture
def model(scenario: Scenario) -> Diplomacy:
    return begun(scenario, 1)


def cleared(world: World) -> World:
    """The world without agreements, contracts, members, events, ruptures and coercion."""
    empty = ("talks", "pending", "in_force", "contract", "member", "hits", "recent", "passages", "rift", "level")
    return replace(world, **{name: np.zeros_like(getattr(world, name)) for name in empty})


def marked(world: World, marks: Mapping[str, Mapping[Flag, Any]]) -> World:
    """The world with values put into its arrays."""
    arrays = {}
    for name, values in marks.items():
        array = getattr(world, name).copy()
        for at, value in values.items():
            array[at] = value
        arrays[name] = array
    return replace(world, **arrays)


def told(
    model: Diplomacy, before: World, now: World, cancelled: tuple[int, ...] = (), held: tuple[str, ...] = ()
) -> list[Event]:
    """What the chronicle says of a quarter in which one world became another."""
    ends = np.zeros((len(model.structure.sender), 1), dtype=bool)
    ends[list(cancelled)] = True
    after: Any = SimpleNamespace(now=now, structure=model.structure, ends=SimpleNamespace(cancelled=ends))
    chronicle = DiplomacyChronicle(PACK, lambda one, other, agreement: agreement in held)
    return list(chronicle.of_quarter(Step(0, before, model.parameters, after), "2019Q1"))


def words(found: list[Event]) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.kind, each.states, each.words) for each in found]


class Places:
    """Where states, dyads and agreements stand in the arrays."""

    def __init__(self, model: Diplomacy) -> None:
        self._model, self._names = model, model.structure.names

    def state(self, code: str) -> int:
        return self._names.states.index(code)

    def pair(self, one: str, other: str) -> tuple[int, int]:
        return self.state(one), self.state(other)

    def dyad(self, one: str, other: str) -> int:
        return int(self._model.structure.dyad[self.pair(one, other)])

    def agreement(self, name: str, one: str, other: str) -> tuple[int, int, int]:
        return self._names.agreements.index(name), self.dyad(one, other), 0

    def row(self, kind: str, at: int) -> tuple[int, int, int]:
        return 0, int(np.arange(10**6)[self._model.structure.rows[kind]][at]), 0

    def directed(self, sender: str, receiver: str) -> int:
        structure = self._model.structure
        i, j = self.pair(sender, receiver)
        return int(np.flatnonzero((structure.sender == i) & (structure.receiver == j))[0])


def test_each_step_of_an_agreement_has_its_sentence(model: Diplomacy) -> None:
    at = Places(model).agreement
    none = cleared(model.now)
    acsa, access = at("acsa", "FRA", "JPN"), at("reciprocal_access", "JPN", "AUS")
    steps = (
        ({}, {"talks": {acsa: True}}, "talks", "open talks"),
        ({"talks": {acsa: True}}, {}, "dropped", "drop their talks"),
        ({"talks": {acsa: True}}, {"pending": {acsa: True}}, "signed", "sign"),
        ({"pending": {acsa: True}}, {"in_force": {acsa: True}}, "in force", "ratify, and it is in force"),
        ({"talks": {acsa: True}}, {"in_force": {acsa: True}}, "in force",
         "have in force from now on (implied by another)"),
        ({"in_force": {acsa: True}}, {}, "ended", "lose"),
        ({"in_force": {acsa: True}}, {"in_force": {acsa: True}}, None, ""),
    )  # fmt: skip
    label = PACK.case.agreements["acsa"].label
    for before, now, kind, said in steps:
        found = words(told(model, marked(none, before), marked(none, now)))
        assert found == ([] if kind is None else [(kind, ("FRA", "JPN"), f"France and Japan {said}: {label}.")])
    held = told(model, none, marked(none, {"in_force": {access: True}}), held=("reciprocal_access",))
    assert [each.words.partition(": ")[0] for each in held] == [
        "Japan and Australia have in force from now on (policy holds it in force)"
    ]


def test_contracts_and_ruptures(model: Diplomacy) -> None:
    places, none = Places(model), cleared(model.now)
    sold = (*places.pair("FRA", "AUS"), 0)
    alive = marked(none, {"contract": {sold: True}})
    assert words(told(model, none, alive)) == [
        ("contract", ("FRA", "AUS"), "The order of Australia from France is a large contract of many years.")
    ]
    assert words(told(model, alive, none)) == [
        ("completed", ("FRA", "AUS"), "The large contract of France with Australia is completed.")
    ]
    broken = marked(none, {"rift": {sold: 0.3}})
    assert words(told(model, alive, broken, cancelled=(places.directed("FRA", "AUS"),))) == [
        ("cancelled", ("AUS", "FRA"), "Australia cancels its large contract with France."),
        ("rupture", ("FRA", "AUS"), "France breaks with Australia over a cancelled contract."),
    ]
    assert words(told(model, broken, none)) == [("repair", ("FRA", "AUS"), "France and Australia mend their rupture.")]
    assert told(model, broken, marked(none, {"rift": {sold: 0.2}})) == []


def test_formats_coercion_and_who_takes_part(model: Diplomacy) -> None:
    places, none = Places(model), cleared(model.now)
    fra, jpn = places.state("FRA"), places.state("JPN")
    quad = model.structure.names.formats.index("quad")
    label = PACK.case.formats["quad"].label
    member = marked(none, {"member": {(quad, jpn, 0): True}})
    raised = marked(none, {"member": {(quad, jpn, 0): True, (quad, fra, 0): True}, "level": {(quad, 0): 2}})
    assert words(told(model, member, raised)) == [
        ("entry", ("FRA",), f"France enters {label}."),
        ("level", ("FRA", "JPN"), f"{label} now meets at the level of ministers."),
    ]
    assert words(told(model, member, none)) == [("exit", ("JPN",), f"Japan leaves {label}.")]
    china = model.structure.names.challengers.index("CHN")
    assert words(told(model, none, marked(none, {"hits": {(china, jpn, 0): 0.456}}))) == [
        ("coercion", ("CHN", "JPN"), "China coerces Japan (size 0.46 of 1).")
    ]
    without = marked(none, {"present": {(fra, 0): False}})
    assert words(told(model, without, none)) == [("comes in", ("FRA",), "France takes part from now on.")]
    assert words(told(model, none, without)) == [("stands outside", ("FRA",), "France no longer takes part.")]


def test_what_is_done_is_told_once_with_how_often(model: Diplomacy) -> None:
    """All that a quarter holds is told, kind after kind, and one kind does not end the list."""
    places, none = Places(model), cleared(model.now)
    fra = places.state("FRA")
    pair, order = places.dyad("FRA", "JPN"), places.directed("FRA", "AUS")
    domain = next(kind for kind in model.structure.names.domains if kind in model.structure.rows)
    recent = {places.row("leaders", pair): 1, places.row(domain, pair): 2, places.row("visit", pair): 1}
    toward = {places.row(kind, order): times for kind, times in (("arms_order", 1), ("call", 3), ("multinational", 1))}
    toward[places.row("arms_order", places.directed("USA", "JPN"))] = 1
    now = marked(none, {"recent": recent | toward, "passages": {(fra, 0): 2}})
    found = {(each.states, each.words) for each in told(model, none, now)}
    label = PACK.case.domains[domain].label
    assert found == {
        (("FRA", "JPN"), "France and Japan's leaders meet."),
        (("FRA", "JPN"), "France and Japan: a state visit."),
        (("FRA", "JPN"), f"France and Japan work together: {label}, 2 times."),
        (("FRA", "AUS"), "Australia orders a large weapon from France."),
        (("USA", "JPN"), "Japan orders a large weapon from United States."),
        (("FRA", "AUS"), "A carrier or amphibious group of France calls at Australia, 3 times."),
        (("FRA", "AUS"), "Australia joins a multinational exercise that France hosts."),
        (("FRA",), "Ships of France challenge claims at sea, 2 times."),
    }


def test_the_beginning_lists_what_there_is(model: Diplomacy) -> None:
    places, none = Places(model), cleared(model.now)
    names = model.structure.names
    now = marked(none, {
        "in_force": {places.agreement("acsa", "FRA", "JPN"): True},
        "pending": {places.agreement("acsa", "JPN", "AUS"): True},
        "talks": {places.agreement("acsa", "FRA", "IND"): True},
        "contract": {(*places.pair("FRA", "AUS"), 0): True},
        "member": {(0, places.state("IND"), 0): True},
        "present": {(places.state("NZL"), 0): False},
    })  # fmt: skip
    label = PACK.case.agreements["acsa"].label
    chronicle = DiplomacyChronicle(PACK, lambda *_: False)
    found = [(each.states, each.words) for each in chronicle.beginning(now, "2018Q4")]
    first, *others = (PACK.case.formats[group].label for group in names.formats)
    pairs = [
        (("FRA", "JPN"), f"France and Japan have in force: {label}."),
        (("JPN", "AUS"), f"Japan and Australia have signed, not yet in force: {label}."),
        (("FRA", "IND"), f"France and India negotiate: {label}."),
        (("FRA", "AUS"), "France has a large contract with Australia."),
    ]
    formats = [(("IND",), f"Members of {first} (announced): India.")]
    formats += [((), f"Members of {each} (announced): nobody.") for each in others]
    assert found == [*pairs, *formats, (("NZL",), "New Zealand does not take part.")]


def test_labels_of_quantities_and_causes(scenario: Scenario) -> None:
    pack, causes = scenario.loaded.pack, Causes()
    assert causes.quantity_label("activity", pack) == "Activity"
    assert causes.quantity_label("similarity", pack) == "Policy similarity"
    assert causes.quantity_label("trust FRA>JPN", pack) == "Trust of France in Japan"
    held = f"{pack.case.agreements['acsa'].label} in force"
    assert causes.cause_labels("agreement", "acsa", pack) == CauseLabels(held, held, f"Depth: {held}")
    issue, words = next((name, each.label) for name, each in pack.case.issues.items())
    assert causes.cause_labels("similarity", issue, pack) == CauseLabels(words, words, f"Similarity: {words}")
    assert causes.cause_labels("activity", "leaders", pack) == CauseLabels(
        "meetings of leaders", "meetings of leaders", "Activity: meetings of leaders"
    )
    domain, said = next((name, each.label) for name, each in pack.case.domains.items())
    assert causes.cause_labels("activity", domain, pack) == CauseLabels(said, said, f"Activity: {said}")
    trust = causes.cause_labels("trust FRA>JPN", "breach", pack)
    assert trust == CauseLabels("news of breach", "news of breach", "Trust of France in Japan: news of breach")
    assert causes.cause_labels("trust FRA>JPN", "of_its_own", pack).short == "of its own"
