"""A block of worlds laid out for the loops: one world after another, everything a number or an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cordiale.models.diplomacy.kinds import Challenger, Hedger
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.state import State
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, stream_key

TERMS = State.PAIR_TERMS + State.DOMAIN_TERMS


def records(arrays: Mapping[str, Array], worlds: int) -> Any:
    """Return one record a world with an array a field, from (worlds or 1, ...) arrays; flags are bytes."""
    kinds = {name: np.uint8 if array.dtype == bool else array.dtype for name, array in arrays.items()}
    fields = [(name, kinds[name], array.shape[1:]) for name, array in arrays.items()]
    found = np.empty(worlds, dtype=np.dtype(fields, align=True))
    for name, array in arrays.items():
        found[name] = array
    return found


def record(**arrays: Any) -> Any:
    """Return a single record with an array a field."""
    return records({name: np.asarray(array)[None] for name, array in arrays.items()}, 1)


class Loops:
    """The same worlds as a model's at its start, moved by compiled loops.

    Parameters
    ----------
    model : at quarter 0; it is read and not moved
    timeline : quarter -> the parameters of the block
    """

    def __init__(self, model: Diplomacy, timeline: Any) -> None:
        self.worlds, self.first, self.quarter = model.streams.worlds, model.streams.first, 0
        self.bones, self.keys, self.desk = _bones(model), _keys(model), _desk(model)
        self.now = _now(model)
        self._at, self._coded, self._spell = timeline, model.coded, (None, None, None)

    def numbers(self, quarter: int) -> tuple[Any, Any]:
        """Return the parameters and weights of a quarter, laid out once while they stand."""
        parameters = self._at(quarter)
        if parameters is not self._spell[0]:
            self._spell = parameters, *_numbers(parameters, self._coded, self.bones["flows"][0, :, 0], self.worlds)
        return self._spell[1:]

    def run(self, quarters: int) -> None:
        """Move all worlds by some quarters, each world through a whole spell of unmoved levers at a time."""
        from benchmarks.compiled.rules import run

        end = self.quarter + quarters
        while self.quarter < end:
            numbers, weights = self.numbers(self.quarter)
            spell = 1
            while self.quarter + spell < end and self.numbers(self.quarter + spell)[0] is numbers:
                spell += 1
            run(self.now, numbers, weights, self.bones, self.keys, self.desk, self.first, self.quarter, spell)
            self.quarter += spell


def _now(model: Diplomacy) -> Any:
    now = model.now
    names = ("position", "drift", "expected_drift", "first_position", "trust", "practice", "in_force", "pending")
    kept = {name: getattr(now, name) for name in (*names, "member", "pressure")}
    return records({**kept, "alignment": np.zeros(now.trust.shape)}, now.worlds)


def _numbers(parameters: Parameters, coded: Parameters, issues: Any, worlds: int) -> tuple[Any, Any]:
    view = np.clip(coded.ideal[:, None, :, issues] + coded.bias[..., issues], 0.0, 1.0)
    known = {"coded_view": view, "coded_forum": coded.export_control_forum}
    return records({**parameters.arrays, **known}, worlds), records(parameters.weights, worlds)


def _desk(model: Diplomacy) -> Any:
    """One world's intermediate results, used again for the next."""
    names = model.structure.names
    n, k, a = len(names.states), len(names.issues), len(names.domains) + 1
    pairs, every = np.zeros((n, n)), np.zeros((n, n, a))
    kept = dict.fromkeys("similarity ybar friends depth trust pressure shortfall known".split(), pairs)
    return record(
        **kept, **dict.fromkeys(("steady", "value"), every), **dict.fromkeys(("proposed", "joint"), every.astype(bool)),
        factor=np.empty((len(TERMS), a)), seen=np.empty((n, n, k)), reach=np.empty(len(names.theatres)),
        rung=pairs.astype(int), share=np.empty((n, k)), power=np.empty(n), score=every[0], luck=every[0, 0],
        position=np.empty((n, k)), member=np.empty((n, len(names.formats)), dtype=bool),
    )  # fmt: skip


def _bones(model: Diplomacy) -> Any:
    bones, names = model.structure, model.structure.names
    n, k, a = len(names.states), len(names.issues), len(names.domains) + 1
    provokes = np.zeros((n, k), dtype=bool)
    for challenger, issues in bones.provoked_by.items():
        provokes[challenger, issues] = True
    hazard = np.full(n, -1)
    for state, at in bones.hazard_of.items():
        hazard[state] = at
    standards = [[np.resize(each, a) for each in model.standards[term]] for term in TERMS]
    return record(
        pole=np.array(bones.poles),
        presses=np.array([isinstance(state, Challenger) for state in model.states]),
        hedges=np.array([isinstance(state, Hedger) for state in model.states]),
        hazard=hazard,
        challengers=np.array(bones.challengers, dtype=int),
        provokes=provokes,
        flows=np.array(bones.flows, dtype=int).reshape(-1, 3),
        meets=_marked(bones.meets, len(names.hazards)),
        theatre=np.array(bones.theatre),
        appetite=np.array(bones.appetite),
        patron=np.array(bones.patron),
        unlocked=np.array(bones.unlocked_by),
        implies=bones.implies,
        height=np.append(bones.height, 0.0),
        consent=_marked(bones.consent, n),
        names=_marked(bones.character, k),
        mean=np.array([mean for mean, _ in standards]),
        deviation=np.array([deviation for _, deviation in standards]),
    )


def _marked(lists: list[list[int]], length: int) -> Any:
    """Return (len(lists), length) flags, true where the list names the index."""
    return np.array([[at in each for at in range(length)] for each in lists], dtype=bool).reshape(-1, length)


def _keys(model: Diplomacy) -> Any:
    names, seed = model.structure.names, model.streams.seed

    def keys(purpose: str, *lists: list[str]) -> Any:
        """One key (two words) for every combination of names."""
        found = np.empty((*(len(each) for each in lists), 2), dtype=np.uint64)
        for index in np.ndindex(found.shape[:-1]):
            words = [each[at] for each, at in zip(lists, index, strict=True)]
            found[index] = stream_key(seed, purpose, *words)
        return found

    states = names.states
    return record(
        signal=keys("signal", states, names.issues),
        offer=keys("offer", states, states),
        answer=keys("answer", states, states),
        initiative=keys("initiative", states),
        ratify=keys("ratify", states, states),
        enter=keys("enter", states, names.formats),
    )
