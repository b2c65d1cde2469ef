"""The story of one world: who proposed what and who agreed, what was signed, what came into force, who entered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from cordiale.case.quarters import to_text
from cordiale.engine.block import Block, Plan, fault_of
from cordiale.files.errors import OptionError, UserError, did_you_mean
from cordiale.models.diplomacy.family import Behaviour
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.world import Flags, World
from cordiale.scenario.load import Scenario
from cordiale.scenario.words import moves
from cordiale.study.design import plan_of, read_design
from cordiale.study.run import make_plan
from cordiale.study.study import Study

START, POLICY, PROPOSAL = "start", "policy", "proposal"
SIGNED, FORCE, ENDED, ENTRY, EXIT = "signed", "in force", "ended", "entry", "exit"
KINDS = (START, POLICY, PROPOSAL, SIGNED, FORCE, ENDED, ENTRY, EXIT)


@dataclass(frozen=True)
class Happening:
    """One thing that happens in a world.

    Attributes
    ----------
    quarter : "2019Q3"
    kind : one of `KINDS`
    states : codes of those whom it concerns, the one who acts first; () of a policy
    words : a sentence
    agreed : of a proposal, whether the partner agreed; True of all else
    """

    quarter: str
    kind: str
    states: tuple[str, ...]
    words: str
    agreed: bool = True


def story(
    scenario: Scenario, world: int, behaviour: Behaviour | None = None, allow: Collection[str] = ()
) -> list[Happening]:
    """Return what happens in one world of a scenario, quarter by quarter.

    Parameters
    ----------
    world : its number, from 0; the same world as number `world` of any study with the scenario's seed
    behaviour, allow : as in `cordiale.run`

    Raises
    ------
    OptionError for a negative number
    """
    if world < 0:
        raise OptionError(f"world {world}: worlds are numbered from 0")
    plan = make_plan([scenario], behaviour, allow)
    return list(telling(plan, scenario, world))


def telling(plan: Plan, scenario: Scenario, world: int) -> Iterator[Happening]:
    """Yield what happens in one world of a scenario of a plan, up to where a behaviour fails, if one does."""
    model = Block(scenario, world, 1, plan.behaviour, plan.standards).model
    teller = _Teller(scenario)
    yield from teller.beginning(model.now)
    for quarter in range(scenario.quarters):
        before = model.now
        model.step()
        teller.quarter = to_text(scenario.start + quarter)
        yield from teller.policy()
        yield from teller.of_quarter(before, model)


def among(happenings: Sequence[Happening], states: Collection[str]) -> list[Happening]:
    """Return what concerns no one but these states, and every policy; entries count for whoever enters."""
    return [each for each in happenings if set(each.states) <= set(states)]


def milestones(happenings: Sequence[Happening]) -> list[Happening]:
    """Return all but proposals and the start."""
    return [each for each in happenings if each.kind not in (START, PROPOSAL)]


class _Teller:
    """Puts what changed between two quarters into words."""

    def __init__(self, scenario: Scenario) -> None:
        pack = scenario.loaded.pack
        self.scenario, self.names, self.case = scenario, scenario.names, pack.case
        self.who = {code: state.name for code, state in pack.states.items()}
        self.quarter = to_text(scenario.start)
        self.dates: dict[str, list[str]] = {}
        dates = [self.quarter] * len(scenario.levers) + [to_text(event[0]) for event in scenario.events]
        for date, move in zip_longest(dates, moves(scenario), fillvalue=self.quarter):  # numbers hold from the start
            self.dates.setdefault(date, []).append(str(move))

    def policy(self) -> Iterator[Happening]:
        """Yield what the scenario sets in this quarter."""
        for words in self.dates.get(self.quarter, []):
            yield Happening(self.quarter, POLICY, (), f"Policy: {words}.")

    def beginning(self, now: World) -> Iterator[Happening]:
        """Yield agreements in force or signed, and members of formats, before the first quarter."""
        for one, other, agreement in self._pairs(now.in_force):
            yield self._of_pair(START, one, other, f"have in force: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.pending):
            yield self._of_pair(START, one, other, f"have signed, not yet in force: {self._label(agreement)}")
        for group, at in zip(self.names.formats, range(now.member.shape[-1]), strict=True):
            members = [code for code, is_in in zip(self.names.states, now.member[0, :, at], strict=True) if is_in]
            listed = ", ".join(self.who[code] for code in members) or "nobody"
            yield Happening(
                self.quarter, START, tuple(members), f"Members of {self.case.formats[group].label}: {listed}."
            )

    def of_quarter(self, before: World, model: Diplomacy) -> Iterator[Happening]:
        """Yield proposals, then what became of agreements, then entries."""
        now = model.now
        yield from self._proposals(now, model.rung[0])
        yield from self._agreements(before, now)
        for at, group in enumerate(self.names.formats):
            for i, code in enumerate(self.names.states):
                was, is_in = before.member[0, i, at], now.member[0, i, at]
                if was != is_in:
                    kind, verb = (ENTRY, "enters") if is_in else (EXIT, "leaves")
                    words = f"{self.who[code]} {verb} {self.case.formats[group].label}."
                    yield Happening(self.quarter, kind, (code,), words)

    def _proposals(self, now: World, rung: np.ndarray) -> Iterator[Happening]:
        domains = self.names.domains
        for i, j, what in zip(*np.nonzero(now.proposed[0]), strict=True):
            one, other = self.names.states[i], self.names.states[j]
            agreed = bool(now.confirmed[0, i, j, what])
            if what < len(domains):
                about = f"joint work: {self.case.domains[domains[what]].label}"
            else:
                about = f"an agreement: {self._label(self.names.agreements[rung[i, j]])}"
            answer = "agrees" if agreed else "does not agree"
            words = f"{self.who[one]} proposes to {self.who[other]} {about}; {self.who[other]} {answer}."
            yield Happening(self.quarter, PROPOSAL, (one, other), words, agreed)

    def _agreements(self, before: World, now: World) -> Iterator[Happening]:
        for one, other, agreement in self._pairs(now.pending & ~before.pending & ~before.in_force):
            yield self._of_pair(SIGNED, one, other, f"sign: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.in_force & ~before.in_force & before.pending):
            yield self._of_pair(FORCE, one, other, f"ratify, and it is in force: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.in_force & ~before.in_force & ~before.pending):
            cause = "policy holds it in force" if self._held(one, other, agreement) else "implied by another"
            yield self._of_pair(FORCE, one, other, f"have in force from now on ({cause}): {self._label(agreement)}")
        for one, other, agreement in self._pairs(before.in_force & ~now.in_force):
            yield self._of_pair(ENDED, one, other, f"lose: {self._label(agreement)}")

    def _held(self, one: str, other: str, agreement: str) -> bool:
        path = self.names.canonical(f"{one}-{other}.agreement.{agreement}")
        levers = {*self.scenario.levers, *(event[2] for event in self.scenario.events)}
        moved = {self.names.canonical(move) for lever in levers for move in self.case.levers[lever].moves}
        return path in moved or path in self.scenario.fixed

    def _pairs(self, flags: Flags) -> Iterator[tuple[str, str, str]]:
        """Yield (one, other, agreement) of symmetric flags (1, N, N, A), each pair once."""
        for i, j, a in zip(*np.nonzero(flags[0]), strict=True):
            if i < j:
                yield self.names.states[i], self.names.states[j], self.names.agreements[a]

    def _of_pair(self, kind: str, one: str, other: str, what: str) -> Happening:
        return Happening(self.quarter, kind, (one, other), f"{self.who[one]} and {self.who[other]} {what}.")

    def _label(self, agreement: str) -> str:
        return self.case.agreements[agreement].label


# ----------------------------------------------------------------
# The story of one world of a study, run again from the study's own design, also where it was kept out.


FAILURE = "failure"


def replay(
    study: Study,
    world: int,
    scenario: str | None = None,
    *,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> list[Happening]:
    """Return what happens in a world of a study; where a behaviour fails, that is what happens last.

    Parameters
    ----------
    scenario : the first one where None
    behaviour, allow : as in `cordiale.run`

    Raises
    ------
    OptionError for a world or scenario that the study does not have
    """
    plan = plan_of(study.folder, read_design(study.folder), behaviour, allow)
    total = plan.scenarios[0].worlds
    if not 0 <= world < total:
        raise OptionError(f"--world {world}: the study has worlds 0 to {total - 1}")
    names = {each.name: each for each in plan.scenarios}
    name = scenario or study.scenarios[0]
    if name not in names:
        raise OptionError(f"the study has no scenario '{name}'{did_you_mean(name, names)}")
    found: list[Happening] = []
    try:
        for happening in telling(plan, names[name], world):
            found.append(happening)
    except Exception as error:
        if isinstance(error, UserError) or not plan.foreign:
            raise
        last = found[-1].quarter
        found.append(Happening(last, FAILURE, (), f"After this a behaviour fails: {fault_of(error)}"))
    return found
