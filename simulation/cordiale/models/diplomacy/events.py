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
from cordiale.models.diplomacy.sums import products, sum_over
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
        return self.will * (self.agenda / self.rival * self.root)

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
        w, now, rung = self.weight, self.now, self.structure.unlocked_by[domain]
        drive = w.domain_tie * self.change[domain]
        if rung != NONE:
            drive += w.unlocked * np.subtract(now.in_force[rung], self.unlocked_before[rung], dtype=np.int8)
        return np.asarray(np.exp(drive) * now.practice[domain] * self.tempo)

    @cached_property
    def exercises(self) -> Array:
        """Joint work in exercises, at sea, on land and in the air: (P, W)."""
        return self.work(self.structure.exercises)

    def rate(self, kind: str) -> Array:
        """Rate of a kind that two states do together, (P, W), or one directs at another, (2P, W) both ways."""
        if kind in JOINT:
            return JOINT[kind](self)
        if kind in DIRECTED:
            return DIRECTED[kind](self).reshape(-1, self.now.worlds)
        if kind in EXERCISES:
            return np.asarray(getattr(self.weight, kind) * self.exercises)
        domain = self.structure.names.domains.index(kind)
        return np.asarray(self.numbers.rate[domain] * self.work(domain))

    def both_ways(self, dyads: Any) -> Any:
        """Lay values of dyads (P, W) out for both directions: (2P, W)."""
        return np.concatenate([dyads, dyads])

    def directed(self, table: Array) -> Array:
        """Return what one state has toward another, (2, P, W), of a table (N, N, W): first the earlier's."""
        return np.asarray(directed(table, self.structure))

    def of_first(self, states: Array) -> Array:
        """Return what the state that acts has, of all states' (N, W): (2, P, W)."""
        return states.take(self.structure.sender.reshape(2, -1), axis=0)


# ---------------------------------------------------------------- what two do together


def leaders(q: Quarter) -> Array:
    """Leaders meet."""
    w = q.weight
    return np.exp(w.leaders_tie * q.on_words) * w.leaders * q.will


def ministers(q: Quarter, free: Flags | np.bool_ | None = None) -> Array:
    """Foreign and defence ministers meet (2+2), where that is agreed, and not in the half year after they met."""
    w, meetings = q.weight, q.structure.meetings
    if meetings == NONE:
        return np.zeros_like(q.strength)
    held = q.now.in_force[meetings] & ((q.now.since >= SILENT) if free is None else free)
    return np.asarray(np.exp(w.ministers_tie * q.on_words) * w.ministers * q.will * held)


def document(q: Quarter) -> Array:
    """A vision or a roadmap is adopted."""
    w = q.weight
    return np.exp(w.document_tie * q.on_words) * (w.document * q.root) * q.will


def tier(q: Quarter) -> Array:
    """The partnership is raised a tier, where there is a dialogue."""
    w, dialogue = q.weight, q.structure.dialogue
    if dialogue == NONE:
        return np.zeros_like(q.strength)
    raised = np.exp(w.tier_tie * q.on_words) * (w.tier * np.exp(0.7 * w.tier_tie) * q.root)
    return np.asarray(raised * q.will * q.now.in_force[dialogue])


def visit(q: Quarter) -> Array:
    """A state visit."""
    w = q.weight
    return np.exp(w.visit_tie * q.on_all) * w.visit * q.will


# ---------------------------------------------------------------- what one directs at another: (2, P, W)


def multinational(q: Quarter) -> Array:
    """The second joins a multinational exercise that the first hosts, if it is not too shy of whom that is aimed at."""
    numbers, w = q.numbers, q.weight
    felt = q.threat[q.structure.hazard_of]
    aimed = felt * q.present[q.structure.challengers][:, None]
    shy = q.directed(products("ciw,cjw->ijw", aimed, w.shy * numbers.shyness * (1.0 - felt)))
    refuses = np.exp(shy - (w.join + q.on_all))
    hosts = w.multinational * q.root * numbers.mean_capability
    return q.of_first(hosts) * q.will / (1.0 + refuses)


def call(q: Quarter) -> Array:
    """A group around a capital ship of the first calls at the second."""
    w, presence = q.weight, q.now.position[:, q.structure.presence]
    sails = (q.numbers.mean_capability / 0.4) * (presence / 0.5) * (w.call * q.root)
    return q.of_first(sails) * (np.exp(w.call_tie * q.on_all) * q.will)


def arms_order(q: Quarter) -> Array:
    """The second orders a large weapon from the first: a choice among sellers by exports, reliance and the tie."""
    structure, numbers, w = q.structure, q.numbers, q.weight
    theatre, patron = structure.theatre[structure.arms], structure.patron[structure.arms]
    tie = np.exp(w.arms_tie * (q.strength + q.change[structure.arms]))
    tie *= (q.chill >= 1.0) & q.here
    weight = tie.take(structure.dyad, axis=0) * numbers.exports[:, None]
    issue, own = structure.appetite[structure.arms], np.arange(len(weight))
    if patron != NONE and issue != NONE:
        reliance = q.now.position[:, issue]
        of_patron = weight[patron] * reliance
        weight *= 1.0 - reliance
        weight[patron] = of_patron
    weight[own, own] = 0.0
    whole = sum_over(weight, 0)
    makes_its_own = np.where(numbers.capability[:, theatre] > 0.5, 0.5, 1.0)
    orders = w.arms_order * numbers.mean_capability * makes_its_own
    weight *= np.divide(orders, whole, out=np.zeros_like(whole), where=whole > 0)
    return q.directed(weight)


def passages(q: Quarter) -> Array:
    """Passages that challenge claims, by state: (N, W)."""
    if q.structure.presence == NONE:
        return np.zeros((len(q.structure.names.states), q.now.worlds))
    above = np.maximum(q.now.position[:, q.structure.presence] - 0.5, 0.0) / 0.42
    return q.weight.passage * above**2


Rule = Callable[[Quarter], Array]
JOINT: dict[str, Rule] = {
    "leaders": leaders, "two_plus_two": ministers, "document": document, "tier": tier, "visit": visit,
}  # fmt: skip
DIRECTED: dict[str, Rule] = {"multinational": multinational, "call": call, "arms_order": arms_order}


def directed(table: Any, structure: Structure) -> Any:
    """Return both directions of each dyad, (2, P, W), of a table (N, N, W): first the earlier state's row."""
    return np.asarray(table.reshape(-1, table.shape[-1]).take(structure.ways, axis=0))


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
        chill=chill(model), effort=effort[one] * effort[other], rival=load(model, change, effort) / start.load,
        agenda=np.exp(w.agenda * (model.now.agenda - start.agenda)), here=there[one] & there[other],
    )  # fmt: skip


def efforts(model: Diplomacy) -> Array:
    """Return each state's effort against what was coded, (N, W or 1): its bandwidth, with diminishing returns."""
    coded, bandwidth = model.coded.bandwidth, model.numbers.bandwidth
    if np.array_equal(coded, bandwidth):
        return np.ones((len(coded), 1))
    ratio = np.where(coded > 0, bandwidth / np.where(coded > 0, coded, 1.0), 1.0)
    return ratio**model.numbers.weight.effort


def chill(model: Diplomacy) -> Array:
    """Return the factor of ties in a rupture, or of whom a challenger presses hard with that challenger: (P, W)."""
    structure, now, w = model.structure, model.now, model.numbers.weight
    cold = now.rift > 0
    for c, challenger in enumerate(structure.challengers):
        cold[challenger] |= now.pressure[c] > w.chill_pressure
    either = directed(cold, structure)
    return np.where(either[0] | either[1], w.chill, 1.0)


def load(model: Diplomacy, change: Array, effort: Array) -> Array:
    """Return what substitute partners ask of both sides of each tie, (P, W); 1 where there is no third state.

    Partners compete where their capabilities are alike (Podolny, Stuart and Hannan 1996).
    """
    structure, start, w, phi = model.structure, model.start, model.numbers.weight, model.standards.substitutes
    pull = sum_over(change[: structure.words], 0)
    pull /= structure.words
    pull += start.strength
    pull *= w.crowding
    weight = ties.both_ways(np.exp(pull, out=pull), structure)
    weight *= effort * model.here
    asked = products("jkw,ikw->ijw", np.broadcast_to(phi[..., None], (*phi.shape, weight.shape[-1])), weight)
    mine, theirs = directed(asked, structure)
    mine *= theirs
    mine[mine <= 0] = 1.0
    return np.asarray(np.sqrt(mine, out=mine))


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
        held = happened[kinds[0]]
        for kind in kinds[1:]:
            held = held + happened[kind]
        kept = (1.0 - w.practice_pace) * old[d]
        kept += (w.practice_pace / (usual / 4.0 * q.root)) * held
        np.minimum(kept, 1.0, out=result[d])
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
    if passed == len(now.recent):  # nothing is expected any more, and whole numbers add up alike in any order
        year = now.recent.sum(axis=0, dtype=np.int8).astype(float)
        return {kind: year[structure.rows[kind]] for kind in structure.joint}
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
