"""Scenarios side by side in one block are byte for byte what each is by itself."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from cordiale.engine.block import start, worlds_of
from cordiale.engine.side_by_side import Course, start_together
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Streams
from cordiale.scenario.load import load_scenario

WORLDS = 7


def test_worlds_are_those_of_a_block_of_their_own(baltic_pack: str) -> None:
    later = load_scenario("helsinki_speaks", pack=baltic_pack, set={"RUS>EST.coercion": 0.6})
    scenarios = [load_scenario(name, pack=baltic_pack) for name in ("baseline", "helsinki_speaks", "joint_patrols")]
    scenarios.append(later)
    rules = scenarios[0].family.rules(scenarios[0].loaded)
    streams = Streams(scenarios[0].seed, 3, WORLDS)
    drawn = assemble(draw(scenarios[0].ranges, streams), scenarios[0].names)
    together = start_together(scenarios, [drawn] * len(scenarios), streams, rules)
    alone = [start(each, worlds_of(each, Streams(each.seed, 3, WORLDS)), rules) for each in scenarios]
    for _ in range(9):
        together.step()
        for at, model in enumerate(alone):
            model.step()
            for field in fields(model.now):
                whole = getattr(together.now, field.name)[..., at * WORLDS : (at + 1) * WORLDS]
                assert np.array_equal(whole, getattr(model.now, field.name)), field.name


def test_parameters_are_the_same_object_while_nothing_moves(baltic_pack: str) -> None:
    scenario = load_scenario("baseline", pack=baltic_pack)
    drawn = assemble(draw(scenario.ranges, Streams(0, 0, WORLDS)), scenario.names)
    moved = drawn.changed({"trust": np.zeros_like(drawn.arrays["trust"])}, {})
    course = Course([lambda _: drawn, lambda quarter: moved if quarter > 1 else drawn], WORLDS)
    first = course.at(0)
    assert course.at(1) is first
    then = course.at(2)
    assert then is not first
    assert then.arrays["ideal"] is first.arrays["ideal"]
    assert np.array_equal(then.arrays["trust"][:WORLDS], drawn.arrays["trust"])
    assert not then.arrays["trust"][WORLDS:].any()
