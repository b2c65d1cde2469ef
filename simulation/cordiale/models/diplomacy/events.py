"""What states do together: each kind of event one small rule, its rate in the weights or the pack (docs/ODD.md, 7.4).

Rates are a year; they hang on both states' view of the tie, so an event needs both. Counts are Poisson quantiles of one
number a dyad, kind and quarter: a higher rate never means fewer events in the same world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.models.diplomacy import ties
from cordiale.models.diplomacy.numbers import Numbers, Weights
from cordiale.models.diplomacy.structure import NONE, Structure
from cordiale.models.diplomacy.sums import products
from cordiale.models.diplomacy.world import Counts, World
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

MOST = 8  # events of a kind that a dyad has in a quarter
LEAST = 0.5  # event a year, added before the logarithm, so that none has one
SILENT = 2  # quarters after a 2+2 in which none is held
EXERCISES = ("exercise", "exercise_land", "exercise_air")


@dataclass(frozen=True)
class Quarter:
    """What moves events and agreements this quarter.

    Attributes
    ----------
    change : (areas, P, W) of the ties since the start;  strength : (P, W) of the ties at the start
    chill, effort, rival, agenda : (P, W) factors of rates
    here : (P, W) whether both take part;  present : (N, W) who does
    """

    structure: Structure
    numbers: Numbers
    now: World
    threat: Array
    present: Flags
    change: Array
    strength: Array
    unlocked_before: Flags
    chill: Array
    effort: Array
    rival: Array
    agenda: Array
    here: Flags

    @property
    def weight(self) -> Weights:
        """The weights of this quarter."""
        return self.numbers.weight

    @cached_property
    def root(self) -> Array:
        """Square root of the level of the world, (W,)."""
        return np.exp(0.5 * self.weight.log_level)

    @cached_property
    def will(self) -> Array:
        """Chill and effort, for those who are there: (P, W)."""
        return self.chill * self.effort * self.here

    @cached_property
    def tempo(self) -> Array:
        """All that multiplies work in domains: (P, W)."""
        return self.will * self.agenda * self.root / self.rival

    @cached_property
    def on_words(self) -> Array:
        """Strength of the tie in words: (P, W)."""
        return np.asarray(self.strength + self.change[self.structure.words])

    @cached_property
    def on_all(self) -> Array:
        """Strength of the tie in all issues: (P, W)."""
        return np.asarray(self.strength + self.change[self.structure.everything])

    def work(self, domain: int) -> Array:
        """Joint work in a domain, for a rate of 1 per unit of practice: (P, W)."""
        w, rung = self.weight, self.structure.unlocked_by[domain]
        drive = w.domain_tie * self.change[domain]
        if rung != NONE:
            opened = self.now.in_force[rung].astype(float) - self.unlocked_before[rung]
            drive = drive + w.unlocked * opened
        return np.asarray(self.now.practice[domain] * np.exp(drive) * self.tempo)

    @cached_property
    def exercises(self) -> Array:
        """Joint work in exercises, at sea, on land and in the air: (P, W)."""
        return self.work(self.structure.exercises)

    def rate(self, kind: str) -> Array:
        """Rate of a kind that two states do together, (P, W), or one directs at another, (2P, W) both ways."""
        if kind in RULES:
            return RULES[kind](self)
        if kind in EXERCISES:
            return np.asarray(getattr(self.weight, kind) * self.exercises)
        domain = self.structure.names.domains.index(kind)
        return np.asarray(self.numbers.rate[domain] * self.work(domain))

    def both_ways(self, dyads: Any) -> Any:
        """Lay values of dyads (P, W) out for both directions: (2P, W)."""
        return np.concatenate([dyads, dyads])


# ---------------------------------------------------------------- what two do together


def leaders(q: Quarter) -> Array:
    """Leaders meet."""
    return q.weight.leaders * np.exp(q.weight.leaders_tie * q.on_words) * q.will


def ministers(q: Quarter, free: Flags | np.bool_ | None = None) -> Array:
    """Foreign and defence ministers meet (2+2), where that is agreed, and not in the half year after they met."""
    if q.structure.meetings == NONE:
        return np.zeros_like(q.strength)
    open_now = (q.now.since >= SILENT) if free is None else free
    held = q.now.in_force[q.structure.meetings] & open_now
    return np.asarray(q.weight.ministers * np.exp(q.weight.ministers_tie * q.on_words) * q.will * held)


def document(q: Quarter) -> Array:
    """A vision or a roadmap is adopted."""
    return q.weight.document * np.exp(q.weight.document_tie * q.on_words) * q.will * q.root


def tier(q: Quarter) -> Array:
    """The partnership is raised a tier, where there is a dialogue."""
    if q.structure.dialogue == NONE:
        return np.zeros_like(q.strength)
    raised = np.exp(q.weight.tier_tie * (q.on_words + 0.7)) * q.will * q.root
    return np.asarray(q.weight.tier * raised * q.now.in_force[q.structure.dialogue])


def visit(q: Quarter) -> Array:
    """A state visit."""
    return q.weight.visit * np.exp(q.weight.visit_tie * q.on_all) * q.will


# ---------------------------------------------------------------- what one directs at another


def multinational(q: Quarter) -> Array:
    """The second joins a multinational exercise that the first hosts, if it is not too shy of whom that is aimed at."""
    structure, numbers, w = q.structure, q.numbers, q.weight
    i, j = structure.sender, structure.receiver
    shy = np.zeros((len(i), q.now.worlds))
    for c, hazard in enumerate(structure.hazard_of):
        felt = q.threat[hazard]
        shy = shy + (numbers.shyness[c] * (1.0 - felt))[j] * felt[i] * q.present[structure.challengers[c]]
    joins = 1.0 / (1.0 + np.exp(-(w.join + q.both_ways(q.on_all) - w.shy * shy)))
    return np.asarray(w.multinational * numbers.mean_capability[i] * joins * q.both_ways(q.will) * q.root)


def call(q: Quarter) -> Array:
    """A group around a capital ship of the first calls at the second."""
    structure, w = q.structure, q.weight
    presence = q.now.position[:, structure.presence]
    sails = (q.numbers.mean_capability / 0.4) * (presence / 0.5)
    return np.asarray(w.call * sails[structure.sender] * q.both_ways(np.exp(w.call_tie * q.on_all) * q.will) * q.root)


def arms_order(q: Quarter) -> Array:
    """The second orders a large weapon from the first: a choice among sellers by exports, reliance and the tie."""
    structure, numbers, w = q.structure, q.numbers, q.weight
    i, j = structure.sender, structure.receiver
    theatre, patron = structure.theatre[structure.arms], structure.patron[structure.arms]
    issue, leans = structure.appetite[structure.arms], np.ones((len(i), 1))
    if patron != NONE and issue != NONE:
        reliance = q.now.position[j, issue]
        leans = np.where((i == patron)[:, None], reliance, 1.0 - reliance)
    warm = q.both_ways((q.chill >= 1.0) & q.here)
    tie = np.exp(w.arms_tie * q.both_ways(q.strength + q.change[structure.arms]))
    weight = numbers.exports[i] * leans * tie * warm
    whole = np.zeros((len(structure.names.states), q.now.worlds))
    np.add.at(whole, j, weight)
    share = np.divide(weight, whole[j], out=np.zeros_like(weight), where=whole[j] > 0)
    makes_its_own = np.where(numbers.capability[:, theatre] > 0.5, 0.5, 1.0)
    return np.asarray(w.arms_order * (numbers.mean_capability * makes_its_own)[j] * share)


def passages(q: Quarter) -> Array:
    """Passages that challenge claims, by state: (N, W)."""
    if q.structure.presence == NONE:
        return np.zeros((len(q.structure.names.states), q.now.worlds))
    above = np.maximum(q.now.position[:, q.structure.presence] - 0.5, 0.0) / 0.42
    return q.weight.passage * above**2


RULES: dict[str, Callable[[Quarter], Array]] = {
    "leaders": leaders, "two_plus_two": ministers, "document": document, "tier": tier, "visit": visit,
    "multinational": multinational, "call": call, "arms_order": arms_order,
}  # fmt: skip


# ----------------------------------------------------------------
# The factors of a quarter.


def quarter_of(model: Diplomacy, change: Array, present: Flags | None = None) -> Quarter:
    """Return the ingredients of a quarter, in which ties have changed by so much.

    Parameters
    ----------
    present : (N, W) who is taken to take part; those who do where None
    """
    structure, start, w = model.structure, model.start, model.numbers.weight
    one, other = structure.one, structure.other
    effort, there = efforts(model), model.here if present is None else present
    return Quarter(
        structure=structure, numbers=model.numbers, now=model.now, threat=model.threat,
        present=there, change=change,
        strength=start.strength, unlocked_before=structure.in_force[..., None],
        chill=chill(model), effort=effort[one] * effort[other], rival=load(model, change) / start.load,
        agenda=np.exp(w.agenda * (model.now.agenda - start.agenda)), here=there[one] & there[other],
    )  # fmt: skip


def efforts(model: Diplomacy) -> Array:
    """Return each state's effort against what was coded, (N, W): its bandwidth, with diminishing returns."""
    coded = model.coded.bandwidth
    ratio = np.where(coded > 0, model.numbers.bandwidth / np.where(coded > 0, coded, 1.0), 1.0)
    return ratio**model.numbers.weight.effort


def chill(model: Diplomacy) -> Array:
    """Return the factor of ties in a rupture, or of whom a challenger presses hard with that challenger: (P, W)."""
    structure, now, w = model.structure, model.now, model.numbers.weight
    one, other = structure.one, structure.other
    cold = (now.rift[one, other] > 0) | (now.rift[other, one] > 0)
    for c, challenger in enumerate(structure.challengers):
        hard = now.pressure[c] > w.chill_pressure
        for mine, partner in ((one, other), (other, one)):
            at = mine == challenger
            cold[at] |= hard[partner[at]]
    return np.where(cold, w.chill, 1.0)


def load(model: Diplomacy, change: Array) -> Array:
    """Return what substitute partners ask of both sides of each tie, (P, W); 1 where there is no third state.

    Partners compete where their capabilities are alike (Podolny, Stuart and Hannan 1996).
    """
    structure, start, w = model.structure, model.start, model.numbers.weight
    one, other, phi = structure.one, structure.other, model.standards.substitutes
    domains = len(structure.names.domains)
    pull = change[0].copy()
    for d in range(1, domains):
        pull += change[d]
    pull /= domains
    pull += start.strength
    pull *= w.crowding
    np.exp(pull, out=pull)
    n = len(structure.names.states)
    weight = ties.both_ways(np.zeros((n, n, model.now.worlds)), pull, one, other)
    weight *= (efforts(model) * model.here)[None]
    asked = products("jkw,ikw->ijw", np.broadcast_to(phi[..., None], (*phi.shape, weight.shape[-1])), weight)
    asked -= weight  # a partner does not compete with itself
    both = asked[one, other] * asked[other, one]
    return np.sqrt(np.where(both > 0, both, 1.0))


# ----------------------------------------------------------------
# Counts, and what they leave.


def counts(rates: Iterable[Array], uniforms: Iterable[Array]) -> Counts:
    """Return how many events happen in a quarter: Poisson quantiles of numbers (rows, W), for rates a year (rows, W).

    The rows of all kinds follow one another.
    """
    size, worlds = 0, 1
    places, means, numbers = [], [], []
    for rate, uniform in zip(rates, uniforms, strict=True):
        mean = rate / 4.0
        at = np.flatnonzero(uniform < mean)  # a chance is never above its rate
        places.append(at + size)
        means.append(mean.ravel()[at])
        numbers.append(uniform.ravel()[at])
        size, worlds = size + uniform.size, uniform.shape[-1]
    result = np.zeros(size, dtype=np.int8)
    result[np.concatenate(places)] = quantiles(np.concatenate(means), np.concatenate(numbers))
    return result.reshape(-1, worlds)


def quantiles(mean: Array, uniform: Array) -> Counts:
    """Return the Poisson quantiles of numbers, (n,), for means; at most MOST."""
    result = np.zeros(len(mean), dtype=np.int8)
    at, term = np.arange(len(mean)), np.exp(-mean)
    tail = 1.0 - term
    for more in range(1, MOST + 1):
        left = np.flatnonzero(uniform < tail)
        at, mean, uniform = at[left], mean[left], uniform[left]
        result[at] = more
        term = term[left] * mean / more
        tail = tail[left] - term
    return result


def practise(q: Quarter, happened: Mapping[str, Counts]) -> Array:
    """Return next quarter's practice, (D, P, W): a memory of events against what the start would lead one to expect."""
    structure, w, old = q.structure, q.weight, q.now.practice
    result = np.empty_like(old)
    for d, kinds in enumerate(structure.practised):
        usual = sum(getattr(w, kind) for kind in EXERCISES) if d == structure.exercises else q.numbers.rate[d]
        held = happened[kinds[0]].astype(float)
        for kind in kinds[1:]:
            held += happened[kind]
        held /= usual / 4.0 * q.root
        held -= old[d]
        held *= w.practice_pace
        held += old[d]
        result[d] = np.clip(held, 0.0, 1.0, out=held)
    return result


def remember(q: Quarter, happened: Mapping[str, Counts]) -> Array:
    """Return next quarter's agenda, (P, W): a memory of meetings of ministers and leaders."""
    met = 0.5 * (happened["leaders"] > 0)
    if "two_plus_two" in happened:
        met = met + (happened["two_plus_two"] > 0)
    return q.now.agenda + q.weight.agenda_pace * (met - q.now.agenda)


def was_delivered(q: Quarter, happened: Mapping[str, Counts]) -> Flags:
    """Return in which ties cooperation was delivered this quarter, (P, W)."""
    found = np.zeros(q.strength.shape, dtype=bool)
    for kind in q.structure.delivered:
        found |= happened[kind] > 0
    return found


def by_kind(now: World, structure: Structure, expected: Mapping[str, Array], age: int) -> dict[str, Array]:
    """Return events of a year of each kind that the index counts, (P, W).

    Parameters
    ----------
    expected : kind -> (P, W) a year, as expected at the start: it stands for the quarters before it
    age : quarters that have passed since the start
    """
    passed = min(age, len(now.recent))
    found = {}
    for kind in structure.joint:
        whole = expected[kind] * (1.0 - passed / len(now.recent))
        for past in range(passed):
            whole = whole + now.recent[past, structure.rows[kind]]
        found[kind] = whole
    return found


def activity(model: Diplomacy) -> Array:
    """Return what two states did together in the last year, (P, W): all kinds that the index counts."""
    found = by_kind(model.now, model.structure, model.start.expected, model.quarter)
    whole = np.zeros((len(model.structure.one), model.now.worlds))
    for each in found.values():
        whole += each
    return whole
