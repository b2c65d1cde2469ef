"""The figures of a few scenarios stay what they were: a change must be meant (`make golden`)."""

from __future__ import annotations

import json

import numpy as np

from tests.golden import FILE, figures


def test_figures_are_the_golden_ones() -> None:
    expected, found = json.loads(FILE.read_text("utf-8")), figures()
    assert found.keys() == expected.keys()
    for scenario, measures in expected.items():
        for measure, values in measures.items():
            assert np.allclose(found[scenario][measure], values, rtol=0, atol=1e-9), f"{scenario} {measure}"
