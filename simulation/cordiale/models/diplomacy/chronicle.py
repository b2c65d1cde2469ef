"""The story of one world in sentences: who proposed what and who agreed, what was signed, who entered a format."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.models.base import Event, Held, Step
from cordiale.models.diplomacy.world import World
from cordiale.models.sums import Flags

START, PROPOSAL = "start", "proposal"
SIGNED, FORCE, ENDED, ENTRY, EXIT = "signed", "in force", "ended", "entry", "exit"
COMES, GOES = "comes in", "stands outside"


class DiplomacyChronicle:
    """Puts what changed between two quarters into words.

    Parameters
    ----------
    held : (one, other, agreement) -> whether policy holds it in force
    """

    def __init__(self, pack: Pack, held: Held) -> None:
        self.names, self.case, self._held = Names(pack), pack.case, held
        self.who = {code: state.name for code, state in pack.states.items()}
        self.quarter = ""

    def beginning(self, now: World, quarter: str) -> Iterator[Event]:
        """Yield agreements in force or signed, and members of formats, before the first quarter."""
        self.quarter = quarter
        for one, other, agreement in self._pairs(now.in_force):
            yield self._of_pair(START, one, other, f"have in force: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.pending):
            yield self._of_pair(START, one, other, f"have signed, not yet in force: {self._label(agreement)}")
        for group, at in zip(self.names.formats, range(now.member.shape[-1]), strict=True):
            members = [code for code, is_in in zip(self.names.states, now.member[0, :, at], strict=True) if is_in]
            listed = ", ".join(self.who[code] for code in members) or "nobody"
            yield Event(self.quarter, START, tuple(members), f"Members of {self.case.formats[group].label}: {listed}.")
        for code in self._marked(~now.present):
            yield Event(self.quarter, START, (code,), f"{self.who[code]} does not take part.")

    def of_quarter(self, step: Step, quarter: str) -> Iterator[Event]:
        """Yield proposals, then what became of agreements, then entries."""
        before, now, self.quarter = step.before, step.model.now, quarter
        for code in self._marked(now.present & ~before.present):
            yield Event(self.quarter, COMES, (code,), f"{self.who[code]} takes part from now on.")
        for code in self._marked(before.present & ~now.present):
            yield Event(self.quarter, GOES, (code,), f"{self.who[code]} no longer takes part.")
        yield from self._proposals(now, step.model.rung[0])
        yield from self._agreements(before, now)
        for at, group in enumerate(self.names.formats):
            for i, code in enumerate(self.names.states):
                was, is_in = before.member[0, i, at], now.member[0, i, at]
                if was != is_in:
                    kind, verb = (ENTRY, "enters") if is_in else (EXIT, "leaves")
                    words = f"{self.who[code]} {verb} {self.case.formats[group].label}."
                    yield Event(self.quarter, kind, (code,), words)

    def _proposals(self, now: World, rung: np.ndarray) -> Iterator[Event]:
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
            yield Event(self.quarter, PROPOSAL, (one, other), words, agreed)

    def _agreements(self, before: World, now: World) -> Iterator[Event]:
        for one, other, agreement in self._pairs(now.pending & ~before.pending & ~before.in_force):
            yield self._of_pair(SIGNED, one, other, f"sign: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.in_force & ~before.in_force & before.pending):
            yield self._of_pair(FORCE, one, other, f"ratify, and it is in force: {self._label(agreement)}")
        for one, other, agreement in self._pairs(now.in_force & ~before.in_force & ~before.pending):
            cause = "policy holds it in force" if self._held(one, other, agreement) else "implied by another"
            yield self._of_pair(FORCE, one, other, f"have in force from now on ({cause}): {self._label(agreement)}")
        for one, other, agreement in self._pairs(before.in_force & ~now.in_force):
            yield self._of_pair(ENDED, one, other, f"lose: {self._label(agreement)}")

    def _pairs(self, flags: Flags) -> Iterator[tuple[str, str, str]]:
        """Yield (one, other, agreement) of symmetric flags (1, N, N, A), each pair once."""
        for i, j, a in zip(*np.nonzero(flags[0]), strict=True):
            if i < j:
                yield self.names.states[i], self.names.states[j], self.names.agreements[a]

    def _marked(self, flags: Flags) -> list[str]:
        """Return the states that flags (1, N) mark."""
        return [code for code, is_so in zip(self.names.states, flags[0], strict=True) if is_so]

    def _of_pair(self, kind: str, one: str, other: str, what: str) -> Event:
        return Event(self.quarter, kind, (one, other), f"{self.who[one]} and {self.who[other]} {what}.")

    def _label(self, agreement: str) -> str:
        return self.case.agreements[agreement].label
