"""From a scenario to the plain arrays of one world: the same numbers by path, the same draws by purpose."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cordiale.case.fields import FIELDS, Names
from cordiale.case.quarters import to_index
from cordiale.engine.block import worlds_of
from cordiale.models.parameters import Parameters, assemble, best
from cordiale.models.random import Streams, normal
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import Timeline

from . import index, kernel
from .records import Draws, Flags, Floats, Numbers, Standards, Start, Structure, World
from .start import begun, standards_of, start_of

LEVELS = ("announced", "officials", "ministers", "leaders")


class Reference:
    """A scenario's case, ready to run any of its worlds."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.names = scenario, scenario.names
        self.kinds, self.directed_kinds = kinds_of(scenario)
        self.structure = structure_of(scenario, self.kinds, self.directed_kinds)
        self.here = taking_part(scenario)
        coded = {path: number.coded for path, number in scenario.numbers.items()}
        parameters = assemble(best(coded), self.names)
        w, n = weights_of(parameters, 0), self.numbers(parameters, 0)
        world = begun(self.structure, n, facts(scenario, self.structure, len(self.rows)))
        self.standards = standards_of(self.structure, w, n, world, self.here, close_dyads(scenario), rooms(scenario))
        _, world, rates = start_of(
            self.structure, w, n, self.standards, world, self.here, np.zeros(len(self.structure.one))
        )
        usual = index.expected(self.structure, rates)
        at_best = index.parts(self.structure, n.salience, parameters.arrays["weight"][0], world, 0, usual)
        self.spreads = index.spreads(self.structure, at_best, self.here)

    @property
    def rows(self) -> list[tuple[str, int]]:
        """(kind, row) of each row of `World.recent`: rows of dyads, then directed ones."""
        dyads = len(self.structure.one)
        return [(kind, p) for kind in self.kinds for p in range(dyads)] + [
            (kind, row) for kind in self.directed_kinds for row in range(2 * dyads)
        ]

    def numbers(self, parameters: Parameters, world: int, quarter: int | None = None) -> Numbers:
        """Return the numbers of one world; of a quarter, counted from 0, or of the start."""
        found = {}
        for name in Numbers._fields:
            if name in FIELDS and name != "present":
                array = parameters.arrays[name]
                found[name] = np.ascontiguousarray(array[min(world, len(array) - 1)])
        present = parameters.taking_part
        found["present"] = self.here if quarter is None else np.ascontiguousarray(present[min(world, len(present) - 1)])
        found["election"] = elections(self.scenario, quarter)
        return Numbers(**found)

    def worlds(self, number: int) -> Iterator[OneWorld]:
        """Yield worlds 0 .. number - 1 at their start."""
        block = worlds_of(self.scenario, Streams(self.scenario.seed, 0, number))
        timeline = Timeline(self.scenario, block.parameters)
        for world in range(number):
            yield OneWorld(self, block.parameters, timeline, world)


@dataclass
class OneWorld:
    """One world on its way.

    Attributes
    ----------
    now : the world at the end of last quarter
    """

    reference: Reference
    drawn: Parameters
    timeline: Timeline
    number: int

    def __post_init__(self) -> None:
        reference, s = self.reference, self.reference.structure
        self.streams = Streams(reference.scenario.seed, self.number, 1)
        n, w = reference.numbers(self.drawn, self.number), weights_of(self.drawn, self.number)
        world = begun(s, n, facts(reference.scenario, s, len(reference.rows)))
        luck = normal(self.streams.table("tie", len(s.one), 0)[:, 0])
        self.start, self.now, rates = start_of(s, w, n, reference.standards, world, reference.here, luck)
        self.usual = index.expected(s, rates)
        self.quarter = 0

    def inputs(self) -> tuple[Structure, Any, Numbers, Standards, Start, World, Draws]:
        """Return what `kernel.step` takes for the next quarter."""
        reference, parameters = self.reference, self.timeline.at(self.quarter)
        n = reference.numbers(parameters, self.number, self.quarter)
        draws = draws_of(reference, self.streams, self.quarter)
        w = weights_of(parameters, self.number)
        return reference.structure, w, n, reference.standards, self.start, self.now, draws

    def step(self) -> None:
        """Move on by a quarter."""
        new = World(*(np.zeros_like(each) for each in self.now))
        kernel.step(*self.inputs(), new)
        self.now = new
        self.quarter += 1

    def parts(self) -> dict[str, Floats]:
        """Return each part of the index of the last quarter in spreads, (P,)."""
        parameters, s = self.timeline.at(max(self.quarter - 1, 0)), self.reference.structure
        salience, weight = (parameters.arrays[name] for name in ("salience", "weight"))
        own = [each[min(self.number, len(each) - 1)] for each in (salience, weight)]
        each = index.parts(s, *own, self.now, self.quarter, self.usual)
        return index.in_spreads(each, self.reference.spreads)

    def alignment(self) -> Floats:
        """(P,): the index of the last quarter, the mean of its parts."""
        found = np.zeros(len(self.reference.structure.one))
        for values in self.parts().values():
            found += values / len(index.PARTS)
        return found


# ---------------------------------------------------------------- numbers and luck


def weights_of(parameters: Parameters, world: int) -> Any:
    """Return the weights of one world as a named tuple."""
    values = {name: float(each[min(world, len(each) - 1)]) for name, each in sorted(parameters.weights.items())}
    return weights_record(tuple(values))(*values.values())


@lru_cache
def weights_record(names: tuple[str, ...]) -> Any:
    """Return the named tuple of some weights."""
    return namedtuple("Weights", names)


def draws_of(reference: Reference, streams: Streams, quarter: int) -> Draws:
    """Return the luck of a world in a quarter."""
    s, names = reference.structure, reference.names
    states, dyads, issues = len(names.states), len(s.one), len(names.issues)
    challengers, formats = len(names.challengers), len(names.formats)

    def drawn(purpose: str, *shape: int) -> Floats:
        return np.ascontiguousarray(streams.table(purpose, int(np.prod(shape)), quarter)[:, 0].reshape(shape))

    def events(kinds: list[str], rows: int) -> Floats:
        found = np.empty((len(kinds), rows))
        for at, kind in enumerate(kinds):
            found[at] = drawn(f"event {kind}", rows)
        return found

    return Draws(
        signal=normal(drawn("signal", states, issues)),
        drift=normal(drawn("drift", states, issues)),
        jump=drawn("jump", states, issues),
        events=events(reference.kinds, dyads),
        directed=events(reference.directed_kinds, 2 * dyads),
        passage=drawn("passage", states),
        large=drawn("large", 2 * dyads),
        contract=drawn("contract", 2 * dyads),
        rupture=drawn("rupture", 2 * dyads),
        repair=drawn("repair", 2 * dyads),
        agreement=drawn("agreement", len(names.agreements), dyads),
        hit=drawn("hit", challengers, states),
        size=drawn("size", challengers, states),
        join=drawn("join", states, formats),
        level=drawn("level", formats),
    )


# ---------------------------------------------------------------- what the pack declares


def kinds_of(scenario: Scenario) -> tuple[list[str], list[str]]:
    """Return the kinds of events of dyads and the directed ones, in their order."""
    roles = scenario.loaded.pack.case.roles
    own = [domain for domain in scenario.names.domains if domain != roles.exercises]
    kinds = ["leaders"]
    kinds += ["two_plus_two"] if roles.meetings else []
    kinds += ["exercise", "exercise_land", "exercise_air"] if roles.exercises else []
    kinds += [*own, "document"]
    kinds += ["tier"] if roles.dialogue else []
    directed = ["multinational"]
    directed += ["call"] if roles.presence else []
    directed += ["arms_order"] if roles.arms else []
    return [*kinds, "visit"], directed


def structure_of(scenario: Scenario, kinds: list[str], directed_kinds: list[str]) -> Structure:
    """Return what a scenario's pack declares, in arrays."""
    pack, names, roles = scenario.loaded.pack, scenario.names, scenario.loaded.pack.case.roles
    states, domains, issues = names.states, names.domains, names.issues
    domain_records = [pack.case.domains[name] for name in domains]
    issue_records = [pack.case.issues[name] for name in issues]
    one, other = np.triu_indices(len(states), 1)
    dyad = np.full((len(states), len(states)), -1)
    dyad[one, other] = dyad[other, one] = np.arange(len(one))
    deed = np.array([record.deed for record in issue_records])
    about = [marks(record.about, issues) & ~deed for record in domain_records]
    words, every = marks(roles.words, issues) & ~deed, np.ones(len(issues), bool)
    hazards = [marks(record.meets, names.hazards) for record in domain_records]
    all_hazards = np.ones(len(names.hazards), bool)
    kind_of = [pack.states[code].behaviour.rpartition(":")[2] for code in states]
    watched = [(*directed.split(">"), issue) for directed, view in pack.ties.views.items() for issue in view.watches]
    return Structure(
        one=one.astype(np.int64),
        other=other.astype(np.int64),
        dyad=dyad,
        theatres=len(names.theatres),
        state_of=places(names.challengers, states),
        hazard_of=places(names.challengers, names.hazards),
        challenger=places(states, names.challengers),
        presses=np.array([kind == "Challenger" for kind in kind_of]),
        hedges=np.array([kind == "Hedger" for kind in kind_of]),
        poles=places(pack.case.poles, states),
        issues=np.array([*about, words, every]),
        hazards=np.array([*hazards, all_hazards, all_hazards]),
        deed=deed,
        provokes=np.array(
            [[code in record.provokes for record in issue_records] for code in names.challengers], bool
        ).reshape(len(names.challengers), len(issues)),
        flows_to=places([record.restrains_flows_to for record in issue_records], names.challengers),
        theatre=places([record.theatre for record in domain_records], names.theatres),
        contribution=places([record.contribution for record in domain_records], issues),
        appetite=places([record.appetite for record in domain_records], issues),
        patron=places([record.patron for record in domain_records], states),
        unlocked_by=places([record.unlocked_by for record in domain_records], names.agreements),
        follows=follows(scenario),
        implies=implied(scenario),
        open_to_all=np.array([pack.case.formats[name].open for name in names.formats], bool),
        watcher=places([observer for observer, _, _ in watched], states),
        watched=places([observed for _, observed, _ in watched], states),
        stance=places([issue for _, _, issue in watched], issues),
        presence=place(roles.presence, issues),
        exercises=place(roles.exercises, domains),
        meetings=place(roles.meetings, names.agreements),
        dialogue=place(roles.dialogue, names.agreements),
        treaty=place(roles.treaty, names.agreements),
        arms=place(roles.arms, domains),
        dyad_kinds=len(kinds),
        directed_kinds=len(directed_kinds),
        leaders=place("leaders", kinds),
        two_plus_two=place("two_plus_two", kinds),
        exercise=place("exercise", kinds),
        document=place("document", kinds),
        tier=place("tier", kinds),
        visit=place("visit", kinds),
        work=np.array([-1 if name == roles.exercises else kinds.index(name) for name in domains]),
        multinational=place("multinational", directed_kinds),
        call=place("call", directed_kinds),
        arms_order=place("arms_order", directed_kinds),
    )


def place(name: str | None, among: list[str]) -> int:
    """Return the index of a name; -1 where it is not there."""
    return among.index(name) if name in among else -1


def places(names: list[Any], among: list[str]) -> Any:
    """Return the index of each name, -1 where it is not there."""
    return np.array([place(name, among) for name in names], np.int64)


def marks(named: list[str], among: list[str]) -> Flags:
    """Return which of some members are named."""
    return np.array([name in named for name in among], bool)


def follows(scenario: Scenario) -> Flags:
    """(A, D + 2): the areas that each agreement follows."""
    names, areas = scenario.names, [*scenario.names.domains, "words", ""]
    found = np.zeros((len(names.agreements), len(areas)), bool)
    for at, record in enumerate(scenario.loaded.pack.case.agreements.values()):
        named = [record.follows] if isinstance(record.follows, str) else record.follows
        found[at] = marks(named or [""], areas)
    return found


def implied(scenario: Scenario) -> Flags:
    """(A, A): all that follows from each agreement, by whatever chain."""
    names, records = scenario.names.agreements, scenario.loaded.pack.case.agreements
    found = np.array([marks(records[name].implies, names) for name in names])
    for via in range(len(names)):
        for a in range(len(names)):
            if found[a, via]:
                found[a] |= found[via]
    return found


def taking_part(scenario: Scenario) -> Flags:
    """(N,): the states that take part from the start."""
    pack = scenario.loaded.pack
    enters = [pack.states[code].enters for code in scenario.names.states]
    return np.array([quarter is None or to_index(quarter) <= to_index(pack.case.start) for quarter in enters])


def elections(scenario: Scenario, quarter: int | None) -> Flags:
    """(N,): the states that hold an election in a quarter."""
    found = []
    for code in scenario.names.states:
        held = scenario.loaded.pack.states[code].elections
        dates = [to_index(each) for each in held.quarters] if held else []
        found.append(quarter is not None and scenario.start + quarter in dates)
    return np.array(found)


def close_dyads(scenario: Scenario) -> Flags:
    """(P,): the dyads of the class that ties are measured from; all where there is none."""
    ties, names = scenario.loaded.pack.ties, scenario.names
    dyads = [names.dyad(f"{one}-{other}") for one, other in pairs(names)]
    if ties.close is None:
        return np.ones(len(dyads), bool)
    kind_of = dict.fromkeys(dyads, ties.other)
    for name, record in ties.classes.items():
        kind_of |= {names.dyad(dyad): name for dyad in record.dyads}
    return np.array([kind_of[dyad] == ties.close for dyad in dyads])


def pairs(names: Names) -> Iterator[tuple[str, str]]:
    """Yield the codes of every dyad, in order."""
    for at, one in enumerate(names.states):
        for other in names.states[at + 1 :]:
            yield one, other


def rooms(scenario: Scenario) -> Floats:
    """(N, K): the width of the coding of each ideal."""
    numbers: Mapping[str, Any] = scenario.numbers
    return np.array(
        [
            [
                numbers[f"{code}.{issue}.ideal"].coded.high - numbers[f"{code}.{issue}.ideal"].coded.low
                for issue in scenario.names.issues
            ]
            for code in scenario.names.states
        ]
    )


def facts(scenario: Scenario, s: Structure, rows: int) -> World:
    """Return the agreements, contracts and formats of the start, in a world whose numbers are 0."""
    names, ties, case = scenario.names, scenario.loaded.pack.ties, scenario.loaded.pack.case
    n, dyads, issues = len(names.states), len(s.one), len(names.issues)
    talks, pending, in_force = (np.zeros((len(names.agreements), dyads), bool) for _ in range(3))

    def dyad(text: str) -> int:
        one, _, other = text.partition("-")
        return int(s.dyad[names.states.index(one), names.states.index(other)])

    for rung in ties.ladder:
        stage = pending if rung.in_force is None else in_force
        stage[names.agreements.index(rung.agreement), dyad(rung.dyad)] = True
    for opened in ties.talks:
        talks[names.agreements.index(opened.agreement), dyad(opened.dyad)] = True
    for a in range(len(in_force)):
        for follower in np.flatnonzero(s.implies[a]):
            in_force[follower] |= in_force[a]
    pending &= ~in_force
    talks &= ~(in_force | pending)
    contract = np.zeros((n, n), bool)
    for each in ties.contracts:
        contract[names.states.index(each.seller), names.states.index(each.buyer)] = True
    challengers, domains = len(names.challengers), len(names.domains)
    return World(
        position=np.zeros((n, issues)),
        course=np.zeros((n, issues)),
        expected=np.zeros((n, issues)),
        trust=np.zeros((n, n)),
        usual=np.zeros((n, n)),
        usual_gap=np.zeros(len(s.watcher)),
        rift=np.zeros((n, n)),
        contract=contract,
        practice=np.zeros((domains, dyads)),
        agenda=np.zeros(dyads),
        delivered=np.zeros(dyads),
        since=np.full(dyads, 2, np.int8),
        talks=talks,
        pending=pending,
        in_force=in_force,
        member=np.array([marks(case.formats[name].members, names.states) for name in names.formats], bool).reshape(
            len(names.formats), n
        ),
        level=np.array([LEVELS.index(case.formats[name].level) for name in names.formats], np.int8),
        pressure=np.zeros((challengers, n)),
        fear=np.zeros((challengers, n)),
        recent=np.zeros((4, rows), np.int8),
        passages=np.zeros(n, np.int8),
        hits=np.zeros((challengers, n)),
        change=np.zeros((domains + 2, dyads)),
        present=np.ones(n, bool),
    )
