"""The story of one world in sentences: who met, exercised, opened, signed, cancelled, pressed, entered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.models.base import Event, Held, Step
from cordiale.models.diplomacy.structure import LEVELS
from cordiale.models.diplomacy.world import World
from cordiale.models.sums import Flags

START, ACTIVITY = "start", "activity"
TALKS, DROPPED, SIGNED, FORCE, ENDED = "talks", "dropped", "signed", "in force", "ended"
ENTRY, EXIT, LEVEL = "entry", "exit", "level"
CONTRACT, CANCELLED, COMPLETED, RUPTURE, REPAIR = "contract", "cancelled", "completed", "rupture", "repair"
COERCION = "coercion"
COMES, GOES = "comes in", "stands outside"
TOGETHER = {
    "leaders": "'s leaders meet", "two_plus_two": " hold a 2+2", "exercise": " exercise at sea",
    "exercise_land": " exercise on land", "exercise_air": " exercise in the air",
    "document": " adopt a common vision or roadmap", "tier": " raise their partnership a tier",
    "visit": ": a state visit",
}  # fmt: skip
TOWARD = {
    "multinational": "{other} joins a multinational exercise that {one} hosts",
    "call": "a carrier or amphibious group of {one} calls at {other}",
    "arms_order": "{other} orders a large weapon from {one}",
}


class DiplomacyChronicle:
    """Puts what changed between two quarters into words.

    Parameters
    ----------
    held : (one, other, agreement) -> whether policy holds it in force
    """

    def __init__(self, pack: Pack, held: Held) -> None:
        self.names, self.case, self._held = Names(pack), pack.case, held
        self.who = {code: state.name for code, state in pack.states.items()}
        self.one, self.other = np.triu_indices(len(self.names.states), 1)
        self.quarter = ""

    def beginning(self, now: World, quarter: str) -> Iterator[Event]:
        """Yield agreements in force, signed or under negotiation, contracts, and members of formats at the start."""
        self.quarter = quarter
        for flags, words in (
            (now.in_force, "have in force"), (now.pending, "have signed, not yet in force"), (now.talks, "negotiate"),
        ):  # fmt: skip
            for one, other, agreement in self._agreements_of(flags):
                yield self._of_pair(START, one, other, f"{words}: {self._label(agreement)}")
        for seller, buyer in self._directed(now.contract):
            yield self._event(START, (seller, buyer), f"{self.who[seller]} has a large contract with {self.who[buyer]}")
        for at, group in enumerate(self.names.formats):
            members = self._marked(now.member[at])
            listed = ", ".join(self.who[code] for code in members) or "nobody"
            level = LEVELS[now.level[at, 0]]
            words = f"Members of {self.case.formats[group].label} ({level}): {listed}"
            yield self._event(START, tuple(members), words)
        for code in self._marked(~now.present):
            yield self._event(START, (code,), f"{self.who[code]} does not take part")

    def of_quarter(self, step: Step, quarter: str) -> Iterator[Event]:
        """Yield what was done, then what became of agreements, contracts, formats, and who pressed whom."""
        before, now, self.quarter = step.before, step.model.now, quarter
        for code in self._marked(now.present & ~before.present):
            yield self._event(COMES, (code,), f"{self.who[code]} takes part from now on")
        for code in self._marked(before.present & ~now.present):
            yield self._event(GOES, (code,), f"{self.who[code]} no longer takes part")
        yield from self._done(step)
        yield from self._agreements(before, now)
        yield from self._contracts(step)
        yield from self._formats(before, now)
        yield from self._coercion(now)

    def _done(self, step: Step) -> Iterator[Event]:
        structure, now = step.model.structure, step.model.now
        for kind, rows in structure.rows.items():
            for at in np.flatnonzero(now.recent[0, rows, 0]):
                again = _again(now.recent[0, rows, 0][at])
                if kind in TOWARD:
                    codes = [self.names.states[table[at]] for table in (structure.sender, structure.receiver)]
                    words = TOWARD[kind].format(one=self.who[codes[0]], other=self.who[codes[1]])
                    yield self._event(ACTIVITY, (codes[0], codes[1]), words[0].upper() + words[1:] + again)
                    continue
                one, other = self.names.states[self.one[at]], self.names.states[self.other[at]]
                what = TOGETHER.get(kind) or f" work together: {self.case.domains[kind].label}"
                yield self._event(ACTIVITY, (one, other), f"{self.who[one]} and {self.who[other]}{what}{again}")
        for i in np.flatnonzero(now.passages[:, 0]):
            code = self.names.states[i]
            words = f"Ships of {self.who[code]} challenge claims at sea{_again(now.passages[i, 0])}"
            yield self._event(ACTIVITY, (code,), words)

    def _agreements(self, before: World, now: World) -> Iterator[Event]:
        for one, other, agreement in self._agreements_of(now.talks & ~before.talks):
            yield self._of_pair(TALKS, one, other, f"open talks: {self._label(agreement)}")
        for one, other, agreement in self._agreements_of(before.talks & ~now.talks & ~now.pending & ~now.in_force):
            yield self._of_pair(DROPPED, one, other, f"drop their talks: {self._label(agreement)}")
        for one, other, agreement in self._agreements_of(now.pending & ~before.pending & ~before.in_force):
            yield self._of_pair(SIGNED, one, other, f"sign: {self._label(agreement)}")
        for one, other, agreement in self._agreements_of(now.in_force & ~before.in_force & before.pending):
            yield self._of_pair(FORCE, one, other, f"ratify, and it is in force: {self._label(agreement)}")
        for one, other, agreement in self._agreements_of(now.in_force & ~before.in_force & ~before.pending):
            cause = "policy holds it in force" if self._held(one, other, agreement) else "implied by another"
            yield self._of_pair(FORCE, one, other, f"have in force from now on ({cause}): {self._label(agreement)}")
        for one, other, agreement in self._agreements_of(before.in_force & ~now.in_force):
            yield self._of_pair(ENDED, one, other, f"lose: {self._label(agreement)}")

    def _contracts(self, step: Step) -> Iterator[Event]:
        before, now = step.before, step.model.now
        for seller, buyer in self._directed(now.contract & ~before.contract):
            words = f"The order of {self.who[buyer]} from {self.who[seller]} is a large contract of many years"
            yield self._event(CONTRACT, (seller, buyer), words)
        broken = now.rift > before.rift
        structure, cancelled = step.model.structure, step.model.ends.cancelled[:, 0]
        for at in np.flatnonzero(cancelled):
            seller, buyer = (self.names.states[table[at]] for table in (structure.sender, structure.receiver))
            words = f"{self.who[buyer]} cancels its large contract with {self.who[seller]}"
            yield self._event(CANCELLED, (buyer, seller), words)
        done = before.contract & ~now.contract
        done[structure.sender[cancelled], structure.receiver[cancelled]] = False
        for seller, buyer in self._directed(done):
            words = f"The large contract of {self.who[seller]} with {self.who[buyer]} is completed"
            yield self._event(COMPLETED, (seller, buyer), words)
        for seller, buyer in self._directed(broken):
            words = f"{self.who[seller]} breaks with {self.who[buyer]} over a cancelled contract"
            yield self._event(RUPTURE, (seller, buyer), words)
        for one, other in self._directed((before.rift > 0) & (now.rift == 0)):
            yield self._event(REPAIR, (one, other), f"{self.who[one]} and {self.who[other]} mend their rupture")

    def _formats(self, before: World, now: World) -> Iterator[Event]:
        for at, group in enumerate(self.names.formats):
            label = self.case.formats[group].label
            for i, code in enumerate(self.names.states):
                was, is_in = before.member[at, i, 0], now.member[at, i, 0]
                if was != is_in:
                    kind, verb = (ENTRY, "enters") if is_in else (EXIT, "leaves")
                    yield self._event(kind, (code,), f"{self.who[code]} {verb} {label}")
            if now.level[at, 0] != before.level[at, 0]:
                members = tuple(self._marked(now.member[at]))
                yield self._event(LEVEL, members, f"{label} now meets at the level of {LEVELS[now.level[at, 0]]}")

    def _coercion(self, now: World) -> Iterator[Event]:
        for c, challenger in enumerate(self.names.challengers):
            for i in np.flatnonzero(now.hits[c, :, 0]):
                code = self.names.states[i]
                words = f"{self.who[challenger]} coerces {self.who[code]} (size {now.hits[c, i, 0]:.2f} of 1)"
                yield self._event(COERCION, (challenger, code), words)

    def _agreements_of(self, flags: Flags) -> Iterator[tuple[str, str, str]]:
        """Yield (one, other, agreement) of flags (A, P, 1)."""
        for p, a in sorted((p, a) for a, p in zip(*np.nonzero(flags[..., 0]), strict=True)):
            yield self.names.states[self.one[p]], self.names.states[self.other[p]], self.names.agreements[a]

    def _directed(self, flags: Flags) -> Iterator[tuple[str, str]]:
        """Yield (one, other) of flags (N, N, 1)."""
        for i, j in zip(*np.nonzero(flags[..., 0]), strict=True):
            yield self.names.states[i], self.names.states[j]

    def _marked(self, flags: Flags) -> list[str]:
        """Return the states that flags (N, 1) mark."""
        return [code for code, is_so in zip(self.names.states, flags[:, 0], strict=True) if is_so]

    def _event(self, kind: str, codes: tuple[str, ...], words: str) -> Event:
        return Event(self.quarter, kind, codes, f"{words}.")

    def _of_pair(self, kind: str, one: str, other: str, what: str) -> Event:
        return self._event(kind, (one, other), f"{self.who[one]} and {self.who[other]} {what}")

    def _label(self, agreement: str) -> str:
        return self.case.agreements[agreement].label


def _again(times: int) -> str:
    """Return how often something happened in a quarter: ", 2 times"; "" of once."""
    return f", {times} times" if times > 1 else ""
