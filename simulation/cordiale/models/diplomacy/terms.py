"""What a tie with a partner is worth: each term as state i values state j (docs/ODD.md, 7.3).

Every function takes what a state may see of the model, and the indices of those who value and of those who are
valued, side by side: two arrays of n states each. It returns (n, W), or (D + 2, n, W) where the term differs by area:
domains, words, all issues. Asked for all dyads at once it serves all states; asked for one state, that state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

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
    practice_table, friends, together : (N, N, W) mean practice; practice with third states in common; formats in common
    here : (N, W) which states take part
    """

    structure: Structure
    numbers: Numbers
    now: World
    threat: Array
    practice_table: Array
    friends_table: Array
    formats_table: Array
    here: Flags


Term = Callable[[Sight, Indices, Indices], Array]


# ---------------------------------------------------------------- by area


def similarity(view: Sight, i: Indices, j: Indices) -> Array:
    """Likeness of positions on the issues of the area, by i's salience (Signorino and Ritter 1999): -1..1."""
    structure, shares, position = view.structure, view.numbers.shares, view.now.position
    gap = {k: np.abs(position[i, k] - position[j, k]) for k in sorted({k for issues in shares for k in issues})}
    found = {issues: likeness_on(issues, share[:, i], gap) for issues, share in shares.items()}
    nothing = np.zeros((len(i), 1))
    return stacked([found.get(tuple(issues), nothing) for issues in structure.about], view)


def likeness_on(issues: tuple[int, ...], share: Array, gap: dict[int, Array]) -> Array:
    """Return 1 - 2 sum of share x gap over issues, (n, W)."""
    apart = share[0] * gap[issues[0]]
    for at, k in enumerate(issues[1:], 1):
        apart += share[at] * gap[k]
    return 1.0 - 2.0 * apart


def threat(view: Sight, i: Indices, j: Indices) -> Array:
    """Hazards that both fear, less the threat that j itself is (Walt 1987): -1..1."""
    structure, felt = view.structure, view.threat
    common = felt[:, i] * felt[:, j]
    partner = np.zeros((len(i), felt.shape[-1]))
    for challenger, hazard in zip(structure.challengers, structure.hazard_of, strict=True):
        at = np.flatnonzero(j == challenger)
        partner[at] = felt[hazard, i[at]]
    return stacked([mean_of(common, hazards) - partner for hazards in structure.meets], view)


def usefulness(view: Sight, i: Indices, j: Indices) -> Array:
    """What j can bring to the area, as i sees it: 0..1."""
    structure, numbers = view.structure, view.numbers
    seen = numbers.usefulness[i, j]
    found: dict[tuple[int, int], Array] = {}
    for theatre, issue in zip(structure.theatre, structure.contribution, strict=True):
        if (theatre, issue) not in found:
            brings = numbers.capability[:, theatre]
            if issue != NONE:
                brings = brings * (0.4 + 0.6 * view.now.position[:, issue])
            found[theatre, issue] = np.clip(brings[j] + seen, 0.0, 1.0)
    return with_mean([found[key] for key in zip(structure.theatre, structure.contribution, strict=True)], view)


def appetite(view: Sight, i: Indices, j: Indices) -> Array:
    """Whether i wishes to work in the domain, with what policy opens: 0..1."""
    structure, numbers, position = view.structure, view.numbers, view.now.position
    areas = []
    for d, (issue, patron) in enumerate(zip(structure.appetite, structure.patron, strict=True)):
        wish = position[i, issue] if issue != NONE else np.full((len(i), 1), 0.5)
        if patron != NONE and issue != NONE:
            wish = np.where((j == patron)[:, None], wish, 1.0 - wish)
            wish[i == patron] = 0.5
        areas.append(wish if numbers.closed_wish else wish + numbers.opening[i, j, d] * (1.0 - wish))
    half = np.full((1, 1), 0.5)
    return stacked([*areas, half, half], view, len(i))


# ---------------------------------------------------------------- the same in every area


def likeness(view: Sight, i: Indices, j: Indices) -> Array:
    """Likeness of attachment to the liberal order: 0..1."""
    liberal = view.numbers.liberal_order
    return 1.0 - np.abs(liberal[i] - liberal[j])


def capability(view: Sight, i: Indices, j: Indices) -> Array:
    """Log of what both can bring: -10..0."""
    log = np.log(view.numbers.mean_capability)
    return log[i] + log[j]


def practice(view: Sight, i: Indices, j: Indices) -> Array:
    """Log of what they have done together: -4..0."""
    return np.log(view.practice_table + 0.03)[i, j]


def friends(view: Sight, i: Indices, j: Indices) -> Array:
    """Practice with third states in common (Kinne 2018): 0..1."""
    return view.friends_table[i, j]


def trust(view: Sight, i: Indices, j: Indices) -> Array:
    """Trust of i in j: 0..1."""
    return view.now.trust[i, j]


def formats(view: Sight, i: Indices, j: Indices) -> Array:
    """Number of live formats that both are in."""
    return view.formats_table[i, j]


# ---------------------------------------------------------------- what does not compare across dyads


def need(view: Sight) -> Array:
    """How much each state needs partners: its worst threat, less the cover of its best treaty partner (Walt 1987): (N, W)."""
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
            np.maximum(cover[ward], bound[p] * now.trust[ward, patron] * power[patron], out=cover[ward])
    return worst * (1.0 - cover)


def exposure(view: Sight, i: Indices, j: Indices) -> Array:
    """Pressure on i by whom both fear, where i depends more than it defies: (n, W)."""
    structure, numbers, pressure = view.structure, view.numbers, view.now.pressure
    result = np.zeros((len(i), pressure.shape[-1]))
    for c, (challenger, hazard) in enumerate(zip(structure.challengers, structure.hazard_of, strict=True)):
        felt = pressure[c] * (numbers.dependence[:, c] - 0.5 * numbers.resolve)
        both = view.threat[hazard, i] * view.threat[hazard, j] > 0.25
        both &= ((i != challenger) & (j != challenger))[:, None]
        result += felt[i] * both
    return result


def leaning(view: Sight, i: Indices, j: Indices) -> Array:
    """What keeps a state from tying itself to one pole; nothing but for a Hedger: (n, W)."""
    return np.zeros((len(i), 1))


BY_AREA: dict[str, Term] = {"similarity": similarity, "threat": threat, "usefulness": usefulness, "appetite": appetite}
BY_PAIR: dict[str, Term] = {
    "likeness": likeness, "capability": capability, "practice": practice, "friends": friends, "trust": trust,
    "formats": formats,
}  # fmt: skip
OTHERS: dict[str, Term] = {"exposure": exposure, "leaning": leaning}
SYMMETRIC = ("likeness", "capability", "practice", "friends", "formats")


# ---------------------------------------------------------------- helpers


def stacked(areas: list[Array], view: Sight, rows: int | None = None) -> Array:
    """Return one array an area, (n or 1, W or 1) each, as (areas, n, W)."""
    result = np.empty((len(areas), rows or max(len(area) for area in areas), view.now.worlds))
    for at, area in enumerate(areas):
        result[at] = area
    return result


def with_mean(domains: list[Array], view: Sight) -> Array:
    """Return one array a domain, and twice their mean for words and for all issues."""
    mean = mean_of(domains, list(range(len(domains))))
    return stacked([*domains, mean, mean], view)


def mean_of(arrays: Array | list[Array], chosen: list[int]) -> Array:
    """Return the mean of some arrays, from first to last; 0 of none."""
    if not chosen:
        return np.zeros_like(arrays[0])
    result = arrays[chosen[0]].copy()
    for at in chosen[1:]:
        result += arrays[at]
    result /= len(chosen)
    return result
