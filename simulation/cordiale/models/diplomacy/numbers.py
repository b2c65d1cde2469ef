"""The numbers of a quarter as the rules read them: worlds last, and what follows from numbers alone made once.

Everywhere in this family the last axis of an array is worlds, so that a weight (W,) multiplies any array as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property

import numpy as np

from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.sums import sum_over
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array
from cordiale.models.sums import Flags

LEAST_CAPABILITY = 0.01  # so that a state without any has a logarithm


class Weights:
    """The behavioural weights by name: (W,) each, or (1,) where all worlds share one."""

    def __init__(self, parameters: Parameters) -> None:
        self._drawn = parameters.weights

    def __getattr__(self, name: str) -> Array:
        try:
            return self._drawn[name]
        except KeyError:
            raise AttributeError(name) from None


class Numbers:
    """A block's numbers: every field of `case.fields.FIELDS` by its name, (*axes, W or 1), and `weight`."""

    def __init__(self, parameters: Parameters, structure: Structure) -> None:
        self.parameters, self.structure = parameters, structure
        self.weight = Weights(parameters)
        self._made: dict[Hashable, Array] = {}

    def once(self, key: Hashable, make: Callable[[], Array]) -> Array:
        """Return what follows from these numbers alone: made when it is asked for first."""
        if key not in self._made:
            self._made[key] = make()
            self._made[key].flags.writeable = False
        return self._made[key]

    def __getattr__(self, name: str) -> Array:
        if name.startswith("__"):
            raise AttributeError(name)
        array = np.moveaxis(self.parameters.arrays[name], 0, -1)
        setattr(self, name, array)
        return array

    @cached_property
    def takes_part(self) -> Flags:
        """(N, W or 1) which states take part."""
        return np.moveaxis(self.parameters.taking_part, 0, -1)

    @cached_property
    def mean_capability(self) -> Array:
        """(N, W) over theatres, at least LEAST_CAPABILITY."""
        capability = self.capability
        mean = sum(capability[:, t] for t in range(capability.shape[1])) / capability.shape[1]
        return np.asarray(np.maximum(mean, LEAST_CAPABILITY))

    @cached_property
    def relative_salience(self) -> Array:
        """(N, K, W) salience over the mean of the state's."""
        salience = self.salience
        return np.asarray(salience / (sum_over(salience, 1)[:, None] / salience.shape[1]))

    @cached_property
    def shares(self) -> dict[tuple[int, ...], Array]:
        """Set of issues -> (issues, N, W) the part of each in what the state cares for among them."""
        salience = np.moveaxis(self.salience, 1, 0)
        sets = {tuple(issues) for issues in (*self.structure.about, self.structure.index_issues) if issues}
        return {issues: salience[list(issues)] / sum_over(salience[list(issues)], 0) for issues in sets}

    @cached_property
    def mutual_shares(self) -> dict[tuple[int, ...], Array]:
        """Set of issues -> (issues, P, W) the mean of both states' shares."""
        one, other = self.structure.one, self.structure.other
        return {issues: (share[:, one] + share[:, other]) / 2.0 for issues, share in self.shares.items()}

    @cached_property
    def opened(self) -> list[int]:
        """The agreements that two states open by themselves."""
        return [a for a, opens in enumerate(self.opens) if not np.isnan(opens).all()]

    @cached_property
    def signatures(self) -> list[Array]:
        """By agreement, the chance a quarter that its talks end in a signature, (W,): its own, or the weight."""
        return [self.weight.signature if np.isnan(own).all() else own for own in self.signature]

    @cached_property
    def nothing_opened(self) -> bool:
        """Whether policy has opened no domain."""
        return not np.any(self.opening)

    @cached_property
    def openness(self) -> Array:
        """(N, N, W) the part of a flow of goods that a forum of the two on export control lets through."""
        return np.asarray(1.0 - self.weight.forum_effect * self.export_control_forum)

    @cached_property
    def shyness(self) -> Array:
        """(C, N, W) how far a state shuns what is aimed at a challenger, for the threat as coded."""
        dependence = np.moveaxis(self.dependence, 1, 0)
        return dependence * self.assertiveness[self.structure.challengers][:, None]
