"""Hold a block of the model to the scalar reference: every array of every world, and the index made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from cordiale.engine.block import start, worlds_of
from cordiale.models.base import Family, Model
from cordiale.models.random import Streams
from cordiale.scenario.load import Scenario

from .reference.adapter import OneWorld, Reference
from .reference.records import World

SQUARE = ("trust", "usual", "rift", "contract")  # of states by states: of one toward itself there is nothing


def pair(scenario: Scenario, worlds: int) -> tuple[Model, list[OneWorld]]:
    """Return a block of the model and the same worlds of the reference, at the start."""
    block = worlds_of(scenario, Streams(scenario.seed, 0, worlds))
    model = start(scenario, block, scenario.family.rules(scenario.loaded))
    return model, list(Reference(scenario).worlds(worlds))


def arrays_of(record: Any) -> dict[str, Any]:
    """Return the arrays of the model's record of worlds, worlds last."""
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def differences(now: Any, worlds: list[OneWorld]) -> Iterator[tuple[str, float]]:
    """Yield ("array, world, where", absolute difference), the largest of each array of each world.

    Parameters
    ----------
    now : the model's record of the same worlds
    """
    arrays = arrays_of(now)
    assert set(arrays) == set(World._fields)
    for at, world in enumerate(worlds):
        for name, plain in world.now._asdict().items():
            ours = arrays[name][..., min(at, arrays[name].shape[-1] - 1)]
            assert ours.shape == plain.shape, f"{name}: {ours.shape} and {plain.shape}"
            gap = np.abs(ours.astype(float) - plain.astype(float))
            if name in SQUARE:
                np.fill_diagonal(gap, 0.0)
            if gap.size:
                where = np.unravel_index(int(np.argmax(np.nan_to_num(gap, nan=np.inf))), gap.shape)
                yield f"{name} of world {at} at {tuple(map(int, where))}", float(gap[where])


def index_differences(family: Family, model: Model, worlds: list[OneWorld]) -> Iterator[tuple[str, float]]:
    """Yield ("measure, world", absolute difference), the largest of the dyads whose states take part.

    Parameters
    ----------
    family : of the model, whose headline and parts are compared
    """
    reading = model.reading()
    for name in (family.headline, *family.parts):
        values = family.measure(name).read(reading, 0)
        for at, world in enumerate(worlds):
            s, present = world.reference.structure, world.now.present
            counted = present[s.one] & present[s.other]
            plain = world.alignment() if name == family.headline else world.parts()[name]
            if counted.any():
                yield f"{name} of world {at}", float(np.abs(values[at][s.one, s.other] - plain)[counted].max())
