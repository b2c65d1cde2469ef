"""What a partner is worth: the terms of an initiative's value, each one short method (docs/ODD.md, 7.5).

Shapes: W worlds, N states (partners), A alternatives (domains, then the next agreement). A method
returns the row of this state; arrays have worlds first.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cordiale.models.diplomacy.actor import Actor
from cordiale.models.random import Array
from cordiale.models.sums import add_up, total


class Worth(Actor):
    """The value of working with each partner (Snijders 2001, with the network terms of Kinne 2018)."""

    PAIR_TERMS: ClassVar[tuple[str, ...]] = (
        "similarity", "trust", "friends", "likeness", "formats", "upkeep", "leaning",
    )  # fmt: skip
    DOMAIN_TERMS: ClassVar[tuple[str, ...]] = (
        "threat", "usefulness", "appetite", "unlocked", "missing", "pressure",
    )  # fmt: skip

    STEADY_TERMS: ClassVar[tuple[str, ...]] = ("likeness", "threat", "usefulness")  # of numbers alone, not of the world

    def value(self) -> Array:
        """Worth of every initiative (Snijders 2001): (W, N, A) utility; -inf where there is none to take."""
        shape = (self.world.worlds, *self.shape)
        pairs = add_up((self.weighted(term) for term in self.PAIR_TERMS), shape[:2])
        value = add_up((self.weighted(term) for term in self.DOMAIN_TERMS), shape)
        value += pairs[:, :, None]
        value[:, :, -1] -= self.stage.rung_cost[:, self.i]
        return value

    def weighted(self, term: str) -> Array:
        """A term in standard deviations over dyads at the start, times its weight."""
        if term in self.STEADY_TERMS and getattr(type(self), term) is getattr(Worth, term):
            return self.standing(term, lambda: self._weighted(term))
        return self._weighted(term)

    def _weighted(self, term: str) -> Array:
        raw: Array = getattr(self, term)()
        mean, deviation = self.stage.standards[term]
        if raw.ndim == 2:
            mean, deviation = mean[:1], deviation[:1]

        def weight() -> Array:
            return np.asarray(self.weight(f"value_{term}", raw.ndim - 1) / deviation, order="F")

        worth: Array = raw - mean
        factor = self.standing(f"weight of {term}", weight)
        return np.multiply(worth, factor, out=worth if len(worth) == len(factor) else None)

    # ------------------------------------------------------------ terms by partner (W, N)

    def similarity(self) -> Array:
        """Policy similarity as this state sees it (Signorino and Ritter 1999): (W, N), -1..1."""
        return self.stage.similarity[:, self.i]

    def trust(self) -> Array:
        """Trust in the partner: (W, N), 0..1."""
        return self.world.trust[:, self.i]

    def friends(self) -> Array:
        """Practice with third states in common (Kinne 2018): (W, N), 0..1."""
        return self.world.friends[:, self.i]

    def likeness(self) -> Array:
        """Liberal-order likeness: (W, N), 0..1."""
        liberal = self.parameters.liberal_order
        return 1 - np.abs(liberal[:, self.i, None] - liberal)

    def formats(self) -> Array:
        """Number of formats that both are in: (W, N)."""
        member = self.world.member
        return total((member[:, self.i, None] & member).astype(float))

    def upkeep(self) -> Array:
        """Minus what existing ties already ask of its bandwidth: (W, 1)."""
        return -self.world.practice_held[:, self.i, None] / np.maximum(self.own("bandwidth"), 0.25)[:, None]

    def leaning(self) -> Array:
        """Minus the tilt that the partner would add; nothing but for a Hedger: (W, 1) or (W, N)."""
        return np.zeros((1, 1))

    # ------------------------------------------------------------ terms by alternative (W, N, A)

    def threat(self) -> Array:
        """Hazards held in common, less the threat that the partner is (Walt 1987): (W, N, A)."""
        rated = self.parameters.threat
        common = rated[:, self.i, None] * rated
        by_domain = [self.mean(common, hazards) for hazards in self.structure.meets]
        everything = self.mean(common, list(range(common.shape[-1])))
        result = self.alternatives([*by_domain, everything])
        for state, hazard in self.structure.hazard_of.items():
            result[:, state] -= rated[:, self.i, hazard, None]
        return result

    def usefulness(self) -> Array:
        """The partner's capability in the theatre as this state sees it: (W, N, A), 0..1."""
        seen = np.clip(self.parameters.capability + self.own("usefulness")[:, :, None], 0.0, 1.0)
        by_domain = [seen[:, :, theatre] for theatre in self.structure.theatre]
        return self.alternatives([*by_domain, total(seen) / seen.shape[-1]])

    def appetite(self) -> Array:
        """Its own wish for the domain, and what opens it with the partner: (W, N, A)."""
        position = self.world.position[:, self.i]
        result = self.alternatives([*self.own("opening").transpose(2, 0, 1), np.zeros((1, 1))])
        for domain, (issue, patron) in enumerate(zip(self.structure.appetite, self.structure.patron, strict=True)):
            if issue >= 0 and patron != self.i:
                sign = np.where(np.arange(result.shape[1]) == patron, 1.0, -1.0) if patron >= 0 else 1.0
                result[:, :, domain] += position[:, issue, None] * sign
        return result

    def unlocked(self) -> Array:
        """Whether the agreement that opens the domain is in force; for an agreement, practice: (W, N, A)."""
        in_force, ones = self.world.in_force[:, self.i], np.ones((1, 1))
        by_domain = [in_force[:, :, rung] if rung >= 0 else ones for rung in self.structure.unlocked_by]
        return self.alternatives([*by_domain, self.world.practice_mean[:, self.i]])

    def missing(self) -> Array:
        """Minus what the tie has already: diminishing returns: (W, N, A)."""
        result = np.empty((self.world.worlds, *self.shape), order="F")
        np.negative(self.world.practice[:, self.i], out=result[..., :-1])
        np.negative(self.stage.depth[:, self.i], out=result[..., -1])
        return result

    def pressure(self) -> Array:
        """Minus the pressure that visible work with the partner draws; resolve defies it: (W, N, A)."""
        defiance = self.weight("stiffening")[:, 0] * self.own("resolve")
        exposed = np.zeros((1, self.shape[0]))
        for at, challenger in enumerate(self.structure.challengers):
            if challenger != self.i:
                rated = self.parameters.threat[:, :, self.structure.hazard_of[challenger]]
                felt = self.world.pressure[:, challenger, self.i] * (self.own("dependence")[:, at] - defiance)
                exposed = exposed + felt[:, None] * rated
        return np.asarray(-exposed[:, :, None] * self.stage.visible)
