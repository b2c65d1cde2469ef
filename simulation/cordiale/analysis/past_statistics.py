"""What is compared of 2007 to 2018: how many steps, of which kind and when, and what must not drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.history import FIRST, LAST, STATES, Ladder, Replay, record
from cordiale.draws import Array
from cordiale.layers import Scenario

PATRON = "USA"  # whose practice with Japan must not drift
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
    if PATRON in scenario.names.states:
        table["practice of the US and Japan, change"] = Target(0.0, 0.1)
    return table | {"trust of all, mean change": Target(0.0, 0.05)}


def statistics_of(scenario: Scenario, replay: Replay) -> dict[str, Array]:
    """Return name -> (W,) of every statistic that `targets` names."""
    states = scenario.names.states
    count = len(states)
    practice = replay.practice.sum(axis=(2, 3))
    table = ladder_statistics(scenario, replay.ladder)
    table["practice of all, end against start"] = practice[:, 1] / practice[:, 0]
    if PATRON in states:
        japan = replay.practice[:, :, states.index("JPN"), states.index(PATRON)]
        table["practice of the US and Japan, change"] = japan[:, 1] - japan[:, 0]
    trust = replay.trust.sum(axis=(2, 3)) / (count * (count - 1))
    own = np.einsum("wtii->wt", replay.trust) / (count * (count - 1))
    return table | {"trust of all, mean change": (trust - own)[:, 1] - (trust - own)[:, 0]}


def ladder_statistics(scenario: Scenario, ladder: Ladder) -> dict[str, Array]:
    """Return name -> (W,) of the statistics of steps above dialogue of the states whose register is complete."""
    agreements, ours = scenario.names.agreements, _ours(scenario)
    signed = ladder.year > 0
    table = {f"steps of {code}": signed[:, scenario.names.states.index(code), :, 1:].sum((1, 2)) for code in STATES}
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
    for code in STATES:
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
    index = [states.index(code) for code in STATES]
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
