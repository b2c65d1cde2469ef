"""The years before the article: the model set back to the ladder of 2006, and the record it must meet.

Only the ladder is set back. Practice, trust, positions and formats are those coded for the start of the
case, since nothing earlier is coded. What is compared is the steps of the two states in the case's focus, whose
register is complete; what was signed after 2018 is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cordiale.case.pack import Pack
from cordiale.files.errors import OptionError
from cordiale.models.base import steps
from cordiale.models.diplomacy.family import rules_of
from cordiale.models.diplomacy.structure import Structure, structure_of
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags
from cordiale.scenario.load import Scenario

FIRST, LAST = 2007, 2018


@dataclass(frozen=True)
class Steps:
    """Ladder steps signed in a period, dialogues left out.

    Attributes
    ----------
    agreements : names of the rungs above the lowest
    simulated : state -> (worlds, rungs)
    recorded : state -> (rungs,)
    """

    agreements: list[str]
    simulated: dict[str, Array]
    recorded: dict[str, Array]


@dataclass(frozen=True)
class Ladder:
    """What was signed from 2007 to 2018: W worlds (1 for the record), N states, A rungs.

    Attributes
    ----------
    year : (W, N, N, A) year of signature, symmetric; 0 where nothing was signed in the period
    open : (W, N, N, A) signed in the period and not in force at its end
    """

    year: NDArray[np.int16]
    open: Flags


@dataclass(frozen=True)
class Replay:
    """Worlds that have lived through the period.

    Attributes
    ----------
    ladder : their steps
    practice, trust : (W, 2, N, N) at the start and at the end; practice is the mean over domains
    values : path -> (W,) the numbers that each world had
    """

    ladder: Ladder
    practice: Array
    trust: Array
    values: Mapping[str, Array]


class Past:
    """A scenario's pack, set back to the end of 2006; OptionError for a pack without a record of what came then."""

    def __init__(self, scenario: Scenario) -> None:
        if lack := lack_of_record(scenario.loaded.pack):
            raise OptionError(lack)
        known = _signed_by(scenario.loaded.pack, LAST)
        self.scenario = scenario
        today = rules_of(scenario.loaded, structure_of(known))  # whose standards hold then too
        self.rules = replace(today, structure=_set_back(known))

    def replay(self, first: int, worlds: int, fixed: Mapping[str, float] | None = None) -> Replay:
        """Return worlds `first` .. `first + worlds - 1` after the twelve years, each with its own numbers and luck.

        Parameters
        ----------
        fixed : path -> one number for all worlds, in place of what they draw
        """
        streams = Streams(self.scenario.seed, first, worlds)
        values = draw(self.scenario.ranges, streams)
        values |= {path: np.full(worlds, number) for path, number in (fixed or {}).items()}
        parameters = assemble(values, self.scenario.names)
        model = self.rules.start(parameters, lambda _: parameters, streams)
        start = model.now
        before = start.in_force | start.pending
        year = np.zeros(before.shape, dtype=np.int16)
        for step in steps(model, 4 * (LAST - FIRST + 1)):
            fresh = (model.now.in_force | model.now.pending) & ~before & (year == 0)
            year[fresh] = FIRST + step.quarter // 4
        now = model.now
        return Replay(
            Ladder(year, (year > 0) & ~now.in_force),
            np.stack([start.practice_mean, now.practice_mean], axis=1),
            np.stack([start.trust, now.trust], axis=1),
            values,
        )


def watched(pack: Pack) -> list[str]:
    """Return the states whose steps the record holds in full: those of the focus, the second one first."""
    return sorted(pack.case.focus.split("-"), reverse=True)


def ally_of(pack: Pack) -> str | None:
    """Return the first pole where the second state of the focus is bound to it by the ladder's highest agreement."""
    pole, second = pack.case.poles[0], watched(pack)[0]
    highest = list(pack.case.agreements)[-1]
    bound = [{*rung.dyad.split("-")} for rung in pack.ties.ladder if rung.agreement == highest and rung.in_force]
    return pole if {pole, second} in bound else None


def names_of(pack: Pack, codes: Sequence[str]) -> str:
    """Return the names of states: "France and Japan"."""
    return " and ".join(pack.states[code].name for code in codes)


def lack_of_record(pack: Pack) -> str | None:
    """Return in words why a pack has no record of the period; None where it has one."""
    lowest = next(iter(pack.case.agreements))
    steps = [rung for rung in pack.ties.ladder if FIRST <= rung.signed <= LAST and rung.agreement != lowest]
    if not any({*rung.dyad.split("-")} & {*watched(pack)} for rung in steps):
        signed = f"what {names_of(pack, sorted(watched(pack)))} signed from {FIRST} to {LAST}"
        lack = f"its ties.yaml names no step of theirs above {lowest}"
        return f"the pack {pack.name} has no record of {signed}, on which a calibration rests: {lack}"
    return None


def _signed_by(pack: Pack, year: int) -> Pack:
    """Return the pack without what was signed after a year."""
    ladder = [rung for rung in pack.ties.ladder if rung.signed <= year]
    return pack.model_copy(update={"ties": pack.ties.model_copy(update={"ladder": ladder})})


def _set_back(pack: Pack) -> Structure:
    """Return the bones of the case with the ladder of the end of 2006."""
    before = [
        rung if rung.in_force is None or rung.in_force < FIRST else rung.model_copy(update={"in_force": None})
        for rung in pack.ties.ladder
        if rung.signed < FIRST
    ]
    return structure_of(pack.model_copy(update={"ties": pack.ties.model_copy(update={"ladder": before})}))


def record(scenario: Scenario) -> Ladder:
    """Return what the pack's ladder says was signed in the period, as one world."""
    names, shape = scenario.names, len(scenario.names.states)
    year = np.zeros((1, shape, shape, len(names.agreements)), dtype=np.int16)
    unfinished = np.zeros(year.shape, dtype=bool)
    for rung in scenario.loaded.pack.ties.ladder:
        if FIRST <= rung.signed <= LAST:
            one, other = (names.states.index(code) for code in rung.dyad.split("-"))
            rank = names.agreements.index(rung.agreement)
            year[0, [one, other], [other, one], rank] = rung.signed
            unfinished[0, [one, other], [other, one], rank] = rung.in_force is None or rung.in_force > LAST
    return Ladder(year, unfinished)


def ladder_steps(scenario: Scenario, states: list[str], worlds: int) -> Steps:
    """Return the steps of 2007 to 2018 of some states, as the model takes them and as they were taken."""
    simulated, recorded = Past(scenario).replay(0, worlds).ladder, record(scenario)
    return Steps(
        scenario.names.agreements[1:],
        {code: _counts(simulated, scenario, code) for code in states},
        {code: _counts(recorded, scenario, code)[0] for code in states},
    )


def _counts(ladder: Ladder, scenario: Scenario, code: str) -> Array:
    """Return the steps of a state by rung above the lowest, (W, A - 1)."""
    signed = ladder.year[:, scenario.names.states.index(code)] > 0
    return np.asarray(signed.sum(axis=1)[:, 1:].astype(float))


# ----------------------------------------------------------------
# What is compared of 2007 to 2018: how many steps, of which kind and when, and what must not drift.


ABOVE = ("reciprocal_access", "defence_treaty")
CLASSES = {"close_partner": ("close_partner",), "partner": ("partner",), "others": ("acquaintance", "rival")}
Pairs = NDArray[np.bool_]


@dataclass(frozen=True)
class Target:
    """What a statistic of the period was, and which difference counts as one."""

    recorded: float
    tolerance: float


def targets(scenario: Scenario) -> dict[str, Target]:
    """Return what the pack's ladder records, with the tolerances, which are a judgement.

    A count may be a quarter off, or two: the register is from general knowledge. A mean year may be two
    years off. Practice and trust have no record: as a whole they must stay near the level coded for 2018.
    """
    found = {name: float(values[0]) for name, values in ladder_statistics(scenario, record(scenario)).items()}
    table = {
        name: Target(value, 2.0 if name.startswith("mean year") else max(2.0, value / 4))
        for name, value in found.items()
        if not np.isnan(value)  # the mean year of no steps
    }
    table["practice of all, end against start"] = Target(1.0, 0.1)
    if ally := ally_of(scenario.loaded.pack):
        table[_of_allies(scenario, ally)] = Target(0.0, 0.1)
    return table | {"trust of all, mean change": Target(0.0, 0.05)}


def _of_allies(scenario: Scenario, ally: str) -> str:
    pack = scenario.loaded.pack
    return f"practice of {names_of(pack, [ally, watched(pack)[0]])}, change"


def statistics_of(scenario: Scenario, replay: Replay) -> dict[str, Array]:
    """Return name -> (W,) of every statistic that `targets` names."""
    states = scenario.names.states
    count = len(states)
    practice = replay.practice.sum(axis=(2, 3))
    table = ladder_statistics(scenario, replay.ladder)
    table["practice of all, end against start"] = practice[:, 1] / practice[:, 0]
    pack = scenario.loaded.pack
    if ally := ally_of(pack):
        theirs = replay.practice[:, :, states.index(watched(pack)[0]), states.index(ally)]
        table[_of_allies(scenario, ally)] = theirs[:, 1] - theirs[:, 0]
    trust = replay.trust.sum(axis=(2, 3)) / (count * (count - 1))
    own = np.einsum("wtii->wt", replay.trust) / (count * (count - 1))
    return table | {"trust of all, mean change": (trust - own)[:, 1] - (trust - own)[:, 0]}


def ladder_statistics(scenario: Scenario, ladder: Ladder) -> dict[str, Array]:
    """Return name -> (W,) of the statistics of steps above dialogue of the states whose register is complete."""
    agreements, ours = scenario.names.agreements, _ours(scenario)
    signed = ladder.year > 0
    states, own = scenario.names.states, watched(scenario.loaded.pack)
    table = {f"steps of {code}": signed[:, states.index(code), :, 1:].sum((1, 2)) for code in own}
    for name, kinds in CLASSES.items():
        table[f"steps with {name}"] = signed[:, ours & _of_class(scenario, kinds), 1:].sum((1, 2))
    for at, name in enumerate(agreements):
        if at and name not in ABOVE:
            table[f"steps to {name}"] = signed[:, ours, at].sum(1)
    above = [agreements.index(name) for name in ABOVE if name in agreements]
    table["steps above"] = signed[:, ours][:, :, above].sum((1, 2))
    table["signed, not yet in force"] = ladder.open[:, ours, 1:].sum((1, 2))
    counts = {name: np.asarray(values, dtype=np.float64) for name, values in table.items()}
    for name in ("close_partner", "partner"):
        pairs = ours & _of_class(scenario, CLASSES[name])
        counts[f"mean year of steps with {name}"] = _mean_year(ladder.year[:, pairs, 1:])
    return counts


def yearly(scenario: Scenario, ladder: Ladder) -> dict[str, Array]:
    """Return state -> (W, years) steps above dialogue signed from 2007 to the end of each year."""
    states = scenario.names.states
    ends = range(FIRST, LAST + 1)
    table = {}
    for code in watched(scenario.loaded.pack):
        year = ladder.year[:, states.index(code), :, 1:]
        table[code] = np.stack([((year > 0) & (year <= end)).sum((1, 2)) for end in ends], axis=1).astype(np.float64)
    return table


def _mean_year(year: NDArray[np.int16]) -> Array:
    """Return (W,) the mean year of the steps in (W, pairs, rungs); NaN without any."""
    count = (year > 0).sum((1, 2))
    return np.where(count > 0, year.sum((1, 2), dtype=np.int64) / np.maximum(count, 1), np.nan)


def _ours(scenario: Scenario) -> Pairs:
    """Return (N, N) the pairs of a state with a complete register, each dyad once."""
    states = scenario.names.states
    index = [states.index(code) for code in watched(scenario.loaded.pack)]
    pairs = np.zeros((len(states), len(states)), dtype=bool)
    pairs[index] = True
    pairs[index, index] = False
    pairs[index[1], index[0]] = False
    return pairs


def _of_class(scenario: Scenario, kinds: tuple[str, ...]) -> Pairs:
    """Return (N, N) the pairs that ties.yaml puts into some classes."""
    names, ties = scenario.names, scenario.loaded.pack.ties
    kind_of = {names.dyad(dyad): kind for kind, found in ties.classes.items() for dyad in found.dyads}
    return np.array(
        [
            [
                one != other and kind_of.get("-".join(sorted((one, other))), ties.other) in kinds
                for other in names.states
            ]
            for one in names.states
        ]
    )
