"""What a tie with a partner is worth: each term as state i values state j (docs/ODD.md, 7.3).

Every function takes what a state may see of the model, and the indices of those who value and of those who are
valued, side by side: two arrays of n states each. It returns (n, W), or a list of such where the term differs by area:
domains, words, all issues. Asked for all dyads at once it serves all states: with `both` it returns the mean of what i
sees in j and j in i. Asked for one state, it returns that state's row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.diplomacy.structure import NONE, Indices, Structure
from cordiale.models.diplomacy.world import World
from cordiale.models.random import Array
from cordiale.models.sums import Flags


class Sight(Protocol):
    """What terms are made from.

    Attributes
    ----------
    now : the worlds at the end of last quarter;  numbers : of this quarter
    threat : (H, N, W) how each state rates each hazard now
    practice_table, friends_table : (N, N, W) practice, and that with third states
    live_formats : (bytes, N, W) in which formats that meet each state is, a bit each
    here : (N, W) which states take part
    gains : (areas, P, W) what all terms but leaning have added to each tie since the start
    """

    structure: Structure
    numbers: Numbers
    now: World
    threat: Array
    practice_table: Array
    friends_table: Array
    live_formats: NDArray[np.uint8]
    here: Flags
    gains: Array


ByArea = list[Array]


# ---------------------------------------------------------------- by area


def similarity(view: Sight, i: Indices, j: Indices, both: bool = False) -> ByArea:
    """Likeness of positions on the issues of the area, by i's salience (Signorino and Ritter 1999): -1..1."""
    structure, numbers, position = view.structure, view.numbers, view.now.position
    share = numbers.mutual_shares if both else {issues: each[:, i] for issues, each in numbers.shares.items()}
    sets = list(dict.fromkeys(tuple(issues) for issues in structure.about if issues))
    gap = {k: np.abs(position[i, k] - position[j, k]) for k in sorted({k for issues in sets for k in issues})}
    found = {issues: likeness_on(issues, share[issues], gap) for issues in sets}
    found[()] = np.zeros((len(i), view.now.worlds))
    return [found[tuple(issues)] for issues in structure.about]


def likeness_on(issues: tuple[int, ...], share: Array, gap: dict[int, Array]) -> Array:
    """Return 1 - 2 sum of share x gap over issues, (n, W)."""
    apart = share[0] * gap[issues[0]]
    for at, k in enumerate(issues[1:], 1):
        apart += share[at] * gap[k]
    apart *= -2.0
    apart += 1.0
    return np.asarray(apart)


def threat(view: Sight, i: Indices, j: Indices, both: bool = False) -> ByArea:
    """Hazards that both fear, less the threat that j itself is (Walt 1987): -1..1."""
    structure, felt = view.structure, view.threat
    common = [rated[i] * rated[j] for rated in felt]
    partner = partner_threat(view, i, j)
    if both:
        partner += partner_threat(view, j, i)
        partner /= 2.0
    found = {}
    for hazards in dict.fromkeys(map(tuple, structure.meets)):
        found[hazards] = mean_of(common, hazards) - partner if hazards else -partner
    return [found[tuple(hazards)] for hazards in structure.meets]


def partner_threat(view: Sight, i: Indices, j: Indices) -> Array:
    """The threat that j is to i, if it is a challenger: (n, W)."""
    structure = view.structure
    result = np.zeros((len(i), view.now.worlds))
    for challenger, hazard in zip(structure.challengers, structure.hazard_of, strict=True):
        at = np.flatnonzero(j == challenger)
        result[at] = view.threat[hazard, i[at]]
    return result


def usefulness(view: Sight, i: Indices, j: Indices, both: bool = False) -> ByArea:
    """What j can bring to the area, as i sees it: 0..1."""
    structure, numbers = view.structure, view.numbers
    means = list(zip(structure.theatre, structure.contribution, strict=True))
    ways = ((i, j), (j, i)) if both else ((i, j),)

    def seen(theatre: int, issue: int) -> Array:
        brings = numbers.capability[:, theatre]
        if issue != NONE:
            brings = brings * (0.4 + 0.6 * view.now.position[:, issue])
        each = [np.clip(brings[partner] + numbers.usefulness[own, partner], 0.0, 1.0) for own, partner in ways]
        return np.asarray((each[0] + each[1]) / 2.0 if both else each[0])

    found = {}
    for at in dict.fromkeys(means):
        constant = at[1] == NONE  # no position moves it
        found[at] = _constant(view, f"usefulness {at[0]}", both, partial(seen, *at)) if constant else seen(*at)
    return with_mean([found[at] for at in means])


def appetite(view: Sight, i: Indices, j: Indices, both: bool = False) -> ByArea:
    """Whether i wishes to work in the domain, with what policy opens: 0..1."""
    structure = view.structure
    found = []
    for d in range(len(structure.names.domains)):
        wish = wishes(view, d, i, j)
        found.append((wish + wishes(view, d, j, i)) / 2.0 if both else wish)
    half = np.full((len(i), view.now.worlds), 0.5)
    return [*found, half, half]


def wishes(view: Sight, domain: int, i: Indices, j: Indices) -> Array:
    """The wish of i to work with j in a domain, by its position on the domain's issue; of a patron, for it: (n, W)."""
    structure, numbers = view.structure, view.numbers
    issue, patron = structure.appetite[domain], structure.patron[domain]
    wish = view.now.position[i, issue] if issue != NONE else np.full((len(i), view.now.worlds), 0.5)
    if issue != NONE and patron != NONE:
        others = j != patron
        wish[others] = 1.0 - wish[others]
        wish[i == patron] = 0.5
    return wish if numbers.nothing_opened else wish + numbers.opening[i, j, domain] * (1.0 - wish)


# ---------------------------------------------------------------- the same in every area


def likeness(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Likeness of attachment to the liberal order: 0..1."""
    liberal = view.numbers.liberal_order
    return _constant(view, "likeness", both, lambda: 1.0 - np.abs(liberal[i] - liberal[j]))


def capability(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Log of what both can bring: -10..0."""
    mean = view.numbers.mean_capability
    return _constant(view, "capability", both, lambda: np.log(mean)[i] + np.log(mean)[j])


def practice(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Log of what they have done together: -4..0."""
    return np.log(view.practice_table[i, j] + 0.03)


def friends(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Practice with third states in common (Kinne 2018): 0..1."""
    return view.friends_table[i, j]


def trust(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Trust of i in j: 0..1."""
    trusted = view.now.trust
    return (trusted[i, j] + trusted[j, i]) / 2.0 if both else trusted[i, j]


def formats(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Number of live formats that both are in."""
    common = np.bitwise_count(view.live_formats[:, i] & view.live_formats[:, j])
    return np.asarray(common.sum(axis=0, dtype=float))


# ---------------------------------------------------------------- what does not compare across dyads


def need(view: Sight) -> Array:
    """How much each state needs partners, (N, W): its worst threat, less its treaty partners' cover (Walt 1987)."""
    structure, now = view.structure, view.now
    worst = np.zeros(view.threat.shape[1:])
    for challenger, hazard in zip(structure.challengers, structure.hazard_of, strict=True):
        rated = view.threat[hazard].copy()
        rated[challenger] = 0.0
        np.maximum(worst, rated, out=worst)
    if structure.treaty == NONE:
        return worst
    cover = np.zeros_like(worst)
    power, bound = view.numbers.mean_capability, now.in_force[structure.treaty]
    for p in np.flatnonzero(bound.any(axis=-1)):
        i, j = structure.one[p], structure.other[p]
        for ward, patron in ((i, j), (j, i)):
            np.maximum(
                cover[ward], bound[p] * view.here[patron] * now.trust[ward, patron] * power[patron], out=cover[ward]
            )
    return worst * (1.0 - cover)


def exposure(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """Pressure on i by whom both fear, where i depends more than it defies: (n, W)."""
    structure, numbers, pressure = view.structure, view.numbers, view.now.pressure
    result = np.zeros((len(i), pressure.shape[-1]))
    for c, (challenger, hazard) in enumerate(zip(structure.challengers, structure.hazard_of, strict=True)):
        felt = pressure[c] * view.here[challenger] * (numbers.dependence[:, c] - 0.5 * numbers.resolve)
        feared = view.threat[hazard, i] * view.threat[hazard, j] > 0.25
        feared &= ((i != challenger) & (j != challenger))[:, None]
        result += (felt[i] + felt[j] if both else 2.0 * felt[i]) / 2.0 * feared
    return result


def leaning(view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
    """What keeps a state from tying itself to one pole; nothing but for a Hedger: (n, W)."""
    return np.zeros((len(i), view.now.worlds))


class ByAreaTerm(Protocol):
    """A term that differs by area."""

    def __call__(self, view: Sight, i: Indices, j: Indices, both: bool = False) -> ByArea:
        """Return (n, W) by area."""


class PairTerm(Protocol):
    """A term that is the same in every area."""

    def __call__(self, view: Sight, i: Indices, j: Indices, both: bool = False) -> Array:
        """Return (n, W)."""


BY_AREA: dict[str, ByAreaTerm] = {
    "similarity": similarity,
    "threat": threat,
    "usefulness": usefulness,
    "appetite": appetite,
}
BY_PAIR: dict[str, PairTerm] = {
    "likeness": likeness, "capability": capability, "practice": practice, "friends": friends, "trust": trust,
    "formats": formats,
}  # fmt: skip
OTHERS: dict[str, PairTerm] = {"exposure": exposure, "leaning": leaning}


# ---------------------------------------------------------------- helpers


def _constant(view: Sight, term: str, both: bool, make: Callable[[], Array]) -> Array:
    """Return a term that hangs on numbers alone; that of all dyads is made once."""
    return view.numbers.once(term, make) if both else make()


def with_mean(domains: list[Array]) -> ByArea:
    """Return one array a domain, and twice their mean: for words and for all issues."""
    mean = mean_of(domains, range(len(domains)))
    return [*domains, mean, mean]


def mean_of(arrays: Array | Sequence[Array], chosen: Sequence[int]) -> Array:
    """Return the mean of some arrays, from first to last; 0 of none."""
    if not chosen:
        return np.zeros_like(arrays[0])
    result = arrays[chosen[0]].copy()
    for at in chosen[1:]:
        result += arrays[at]
    result /= len(chosen)
    return result
