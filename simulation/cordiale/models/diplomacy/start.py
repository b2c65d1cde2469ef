"""The start: what each world begins with, and the constants by which ties are compared (docs/ODD.md, 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.models.diplomacy import coercion, events, formats, terms, ties, trust
from cordiale.models.diplomacy.index import parts
from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.diplomacy.structure import NONE, Indices, Structure
from cordiale.models.diplomacy.ties import Standard, Standards, Terms
from cordiale.models.diplomacy.world import World
from cordiale.models.random import Array, normal

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

MEAN_HIT = 0.65  # of an episode of coercion: sizes are even from .3 to 1


@dataclass(frozen=True)
class Start:
    """What a block of worlds began with, from its own numbers without any lever.

    Attributes
    ----------
    terms : term -> (areas, P, W) or (P, W);  need : (N, W)
    noise : (P, W) a tie's own part;  strength : (P, W) of the tie
    hazard : (P, W) what similarity, threats, likeness and capability at the start add to a hazard
    load : (P, W) what partners ask of both sides (root of the product)
    agenda, delivered : (P, W) expected at the start;  expected : kind of joint event -> (P, W) a year
    felt : (C, N, W) pressure felt in a quarter, as expected
    """

    terms: Terms
    need: Array
    noise: Array
    strength: Array
    hazard: Array
    load: Array
    agenda: Array
    delivered: Array
    expected: Mapping[str, Array]
    felt: Array


def first_world(structure: Structure, numbers: Numbers, worlds: int) -> World:
    """Return the worlds before anything has happened."""

    def spread(array: Any, dtype: type = float) -> Any:
        return np.array(np.broadcast_to(array, (*array.shape[:-1], worlds)), dtype=dtype, order="C")

    def same(array: Any) -> Any:
        return spread(array[..., None], array.dtype)

    names = structure.names
    n, dyads, challengers = len(names.states), len(structure.one), len(structure.challengers)
    rows = sum(part.stop - part.start for part in structure.rows.values())
    practice = np.moveaxis(numbers.practice[structure.one, structure.other], 1, 0)
    zero = np.zeros((challengers, n, worlds))
    ideal = spread(numbers.ideal)
    return World(
        position=ideal, course=np.zeros_like(ideal), expected=ideal,
        trust=spread(numbers.trust), usual=np.zeros((n, n, worlds)),
        usual_gap=np.zeros((len(structure.watched), worlds)), rift=np.zeros((n, n, worlds)),
        contract=same(structure.contract), practice=spread(practice), agenda=np.zeros((dyads, worlds)),
        delivered=np.zeros((dyads, worlds)), since=np.full((dyads, worlds), 2, dtype=np.int8),
        talks=same(structure.talks), pending=same(structure.pending), in_force=same(structure.in_force),
        member=same(structure.members), level=same(structure.level), pressure=zero, fear=zero, hits=zero,
        recent=np.zeros((4, rows, worlds), dtype=np.int8), passages=np.zeros((n, worlds), dtype=np.int8),
        change=np.zeros((len(names.domains) + 2, dyads, worlds)), present=np.ones((n, worlds), dtype=bool),
    )  # fmt: skip


def own_parts(model: Diplomacy) -> Array:
    """Return each tie's own part, which nobody coded: (P, W)."""
    return np.asarray(model.numbers.weight.tie_noise * normal(model.streams.table("tie", len(model.structure.one))))


def started(model: Diplomacy, noise: Array) -> tuple[Start, World]:
    """Return what a model's worlds begin with, and the worlds with their memories at what is usual.

    The model stands at its first world, with its coded numbers and without a start.

    Parameters
    ----------
    noise : (P, W) own parts of ties
    """
    structure, standards, numbers = model.structure, model.standards, model.numbers
    found = ties.values(model, ties.SEEN)
    worlds, w = model.now.worlds, numbers.weight
    whole = summed(structure, standards.terms, found)
    strength = (whole - standards.close) / standards.scale + noise
    hazard = np.zeros_like(noise)
    for name in ties.HAZARD:
        hazard += getattr(w, f"hazard_{name}") * _of_all(standards.terms[name], structure).of(
            _of_all(found[name], structure)
        )
    nothing = np.zeros_like(noise)
    start = Start(
        terms=found, need=terms.need(model), noise=noise, strength=strength, hazard=hazard,
        load=np.ones_like(noise), agenda=nothing, delivered=nothing, expected={},
        felt=np.zeros_like(model.now.pressure),
    )  # fmt: skip
    model.start = start
    still = np.zeros((len(structure.names.domains) + 2, len(structure.one), worlds))
    model.alike = found["similarity"][structure.everything]
    model.start = start = replace(start, load=events.load(model, still, events.efforts(model)))
    quarter = events.quarter_of(model, still, np.ones_like(model.now.present))  # of who enters later too
    rates = {kind: quarter.rate(kind) for kind in structure.names.joint_kinds}
    chance = {kind: 1.0 - np.exp(-rate / 4.0) for kind, rate in rates.items()}
    meets = frequency(model, quarter)
    start = replace(
        start,
        agenda=meets + 0.5 * chance["leaders"],
        delivered=expected_delivery(structure, rates, meets),
        expected={kind: 4.0 * meets if kind == "two_plus_two" else rates[kind] for kind in structure.joint},
        felt=coercion.expected(model, MEAN_HIT),
    )
    model.start = start
    now = replace(
        model.now,
        present=np.array(model.here),
        agenda=start.agenda,
        delivered=start.delivered,
        usual=trust.suspicion(model, model.now.position),
        usual_gap=trust.gaps(model, model.now.position),
    )
    return start, now


def frequency(model: Diplomacy, quarter: events.Quarter) -> Array:
    """Return the share of quarters in which ministers meet: one, two silent ones, then a chance a quarter: (P, W)."""
    structure = model.structure
    if structure.meetings == NONE:
        return np.zeros_like(model.start.noise)
    chance = 1.0 - np.exp(-events.ministers(quarter, free=np.bool_(True)) / 4.0)
    return np.where(chance > 0, chance / (1.0 + 2.0 * chance), 0.0)


def expected_delivery(structure: Structure, rates: dict[str, Array], meets: Array) -> Array:
    """Return the share of quarters in which cooperation is delivered, (P, W)."""
    others = [kind for kind in structure.delivered if kind != "two_plus_two"]
    whole = np.zeros_like(meets)
    for kind in others:
        whole = whole + rates[kind]
    return 1.0 - (1.0 - meets) * np.exp(-whole / 4.0)


def summed(structure: Structure, standards: Mapping[str, Any], found: Terms) -> Array:
    """Return the sum of the standardised terms of a tie's strength, (P, W)."""
    whole = np.zeros_like(found["trust"])
    for name in ties.STRENGTH:
        whole += _of_all(standards[name], structure).of(_of_all(found[name], structure))
    return np.asarray(whole)


def _of_all(by_area: Any, structure: Structure) -> Any:
    """Return what is of all issues, of a term or its standard."""
    return by_area[structure.everything] if isinstance(by_area, list) else by_area


# ----------------------------------------------------------------
# The constants of the pack.


def standards_of(model: Diplomacy) -> Standards:
    """Return the constants, from a model of one world of best values that stands at its first world."""
    structure, numbers = model.structure, model.numbers
    here = np.flatnonzero((model.here[structure.one] & model.here[structure.other])[:, 0])
    found = ties.values(model, (*terms.BY_AREA, *terms.BY_PAIR))
    by_term: dict[str, Any] = {
        name: [_standard(each, here) for each in value] if isinstance(value, list) else _standard(value, here)
        for name, value in found.items()
    }
    _open_to_all(by_term["appetite"], len(structure.names.domains))
    whole = summed(structure, by_term, found)[:, 0]
    close = [p for p in structure.close if p in here] or list(here)
    deviation = float(whole[here].std())
    capability = numbers.capability[..., 0]
    apart = ((capability[:, None] - capability[None]) ** 2).sum(axis=-1)
    substitutes = np.exp(-apart / (2.0 * float(numbers.weight.reach[0]) ** 2))
    np.fill_diagonal(substitutes, 0.0)  # no partner competes with itself
    model.standards = Standards(
        terms=by_term,
        close=float(whole[close].mean()),
        scale=deviation if deviation > 1e-9 else 1.0,
        substitutes=substitutes,
        provoked=(coercion.provocation(model) * model.here).sum(axis=1)[:, 0],
        outsiders=np.ones(len(structure.names.formats)),
        assertiveness=numbers.assertiveness[:, 0],
        spread_of_parts={},
    )
    model.start, model.now = started(model, np.zeros((len(structure.one), 1)))
    outsiders = formats.weights_of_outsiders(model, np.zeros_like(model.now.change))[..., 0].sum(axis=1)
    return replace(
        model.standards,
        outsiders=np.where(outsiders > 0, outsiders, np.inf),
        spread_of_parts=_spread_of_parts(model, here),
    )


def _open_to_all(appetite: list[Standard], domains: int) -> None:
    """Give domains that no position wants the mean spread of the others, so that an opening counts there too."""
    known = [each.spread for each in appetite[:domains] if each.spread < np.inf]
    for d in range(domains):
        if known and appetite[d].spread == np.inf:
            appetite[d] = replace(appetite[d], spread=sum(known) / len(known))


def _standard(value: Array, here: Indices) -> Standard:
    chosen = value[here, 0]
    deviation = float(chosen.std())
    return Standard(float(chosen.mean()), deviation if deviation > 1e-9 else np.inf)


def _spread_of_parts(model: Diplomacy, here: Indices) -> dict[str, float]:
    found = {}
    for name, part in parts(model.now, model.numbers, model.structure, events.activity(model)).items():
        deviation = float(part[here, 0].std())
        found[name] = deviation if deviation > 1e-9 else np.inf
    return found
