"""A state: how it values others, and what it does that others do not; each method short (docs/ODD.md, 7.3).

Shapes: N states, W worlds, always last; areas are the domains, then words, then all issues. A method returns the
state's own row. A subclass overrides one method; what it returns must keep the shape given in the docstring.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, cast

import mesa
import numpy as np

from cordiale.models.base import is_foreign
from cordiale.models.diplomacy import terms
from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.diplomacy.structure import Indices, Structure
from cordiale.models.diplomacy.world import World
from cordiale.models.random import Array

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


class State(mesa.Agent):
    """A Mesa agent that lives in all worlds of a block at once.

    Attributes
    ----------
    code : ISO code of the state
    i : its index among the states of the pack
    view : the model, as far as a state may see it
    """

    TERMS: ClassVar[tuple[str, ...]] = (*terms.BY_AREA, *terms.BY_PAIR, *terms.OTHERS)

    def __init__(self, model: Diplomacy, code: str) -> None:
        super().__init__(cast(mesa.Model, model))
        self.view, self.code = model, code
        self.i = model.structure.names.states.index(code)

    @cached_property
    def foreign(self) -> bool:
        """Whether it behaves by code that is not ours."""
        return is_foreign(type(self))

    @property
    def world(self) -> World:
        """The block of worlds as it stood at the end of last quarter."""
        return self.view.now

    @property
    def numbers(self) -> Numbers:
        """The numbers of this quarter."""
        return self.view.numbers

    @property
    def structure(self) -> Structure:
        """The bones of the case."""
        return self.view.structure

    @cached_property
    def row(self) -> tuple[Indices, Indices]:
        """Itself, and every state side by side."""
        partners = np.arange(len(self.structure.names.states))
        return np.full_like(partners, self.i), partners

    # ------------------------------------------------------------ what a partner is worth

    def similarity(self) -> terms.ByArea:
        """Likeness of positions on the issues of the area: a list by area of (N, W), -1..1."""
        return terms.similarity(self.view, *self.row)

    def threat(self) -> terms.ByArea:
        """Hazards that both fear, less the threat that the partner is: a list by area of (N, W), -1..1."""
        return terms.threat(self.view, *self.row)

    def usefulness(self) -> terms.ByArea:
        """What the partner can bring to the area, as this state sees it: a list by area of (N, W), 0..1."""
        return terms.usefulness(self.view, *self.row)

    def appetite(self) -> terms.ByArea:
        """Its own wish for the area, and what opens it with the partner: a list by area of (N, W), 0..1."""
        return terms.appetite(self.view, *self.row)

    def likeness(self) -> Array:
        """Liberal-order likeness: (N, W), 0..1."""
        return terms.likeness(self.view, *self.row)

    def capability(self) -> Array:
        """Log of what both can bring: (N, W)."""
        return terms.capability(self.view, *self.row)

    def practice(self) -> Array:
        """Log of what they have done together: (N, W)."""
        return terms.practice(self.view, *self.row)

    def friends(self) -> Array:
        """Practice with third states in common: (N, W), 0..1."""
        return terms.friends(self.view, *self.row)

    def trust(self) -> Array:
        """Trust in the partner: (N, W), 0..1."""
        return terms.trust(self.view, *self.row)

    def formats(self) -> Array:
        """Number of live formats that both are in: (N, W)."""
        return terms.formats(self.view, *self.row)

    def exposure(self) -> Array:
        """Pressure on it by whom both fear, where it depends more than it defies: (N, W)."""
        return terms.exposure(self.view, *self.row)

    def leaning(self) -> Array:
        """What keeps it from tying itself to one pole: (N, W); nothing but for a Hedger."""
        return terms.leaning(self.view, *self.row)

    # ------------------------------------------------------------ what it does alone

    def press(self) -> Array:
        """How much it is provoked by each state and can hurt it: (N, W), 0 or more; nothing but for a Challenger."""
        return np.zeros((len(self.structure.names.states), 1))


class Challenger(State):
    """Presses a state in proportion to its provocation and its dependence (Jervis 1978 on the spiral)."""

    def press(self) -> Array:
        """Dependence x threat felt x provocation: (N, W), 0 or more; none at itself."""
        at, w = self.structure.challengers.index(self.i), self.numbers.weight
        dependence, felt = self.numbers.dependence[:, at], self.view.threat[self.structure.hazard_of[at]]
        provoked = w.coercion_base + self.stance(at) + w.coercion_formats * self.rival_formats(at)
        result = dependence * (w.coercion_fear + (1.0 - w.coercion_fear) * felt) * provoked
        result[self.i] = 0.0
        return np.asarray(result)

    def stance(self, at: int) -> Array:
        """Mean position on the issues that provoke it: (N, W), 0..1."""
        position, issues = self.world.position, self.structure.provoked_by[at]
        return terms.mean_of(np.moveaxis(position, 1, 0), issues)

    def rival_formats(self, at: int) -> Array:
        """Membership of live formats that read as aimed at it: (N, W), 0..1."""
        innocent = np.ones(self.world.position.shape[::2])
        for f, live in enumerate(self.world.level > 0):
            innocent *= 1.0 - self.numbers.aimed_at[f, at] * (self.world.member[f] & live)
        return 1.0 - innocent


class Hedger(State):
    """Seeks ties with both poles: what brings it nearer to one makes the other more welcome (Kuik 2008)."""

    def leaning(self) -> Array:
        """Minus what the tie with the first pole has gained on that with the second, toward the first: (N, W)."""
        (first, second), i, structure = self.structure.poles, self.i, self.structure
        result = np.zeros((len(structure.names.states), self.world.worlds))
        if i in structure.poles:
            return result
        by_dyad = self.view.gains[structure.everything]
        gained = by_dyad[structure.dyad[i, first]] - by_dyad[structure.dyad[i, second]]
        gained = gained * (self.view.here[first] & self.view.here[second])
        result[first], result[second] = -self.numbers.weight.leaning * gained, self.numbers.weight.leaning * gained
        return result


__all__ = ["Challenger", "Hedger", "State"]
