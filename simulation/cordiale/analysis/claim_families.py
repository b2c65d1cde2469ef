"""In which other families of models a claim holds: its contrasts on drawn worlds under each that can be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from cordiale.analysis.claim_arms import Arms, Measured, Shape, Shared, arms_of, run_tasks, tasks_of
from cordiale.analysis.claim_rule import NOT_TESTABLE, combined, decide
from cordiale.engine.pool import Ordered
from cordiale.models.base import family_of
from cordiale.models.random import Array
from cordiale.scenario.claims import Loaded, Test, under_model
from cordiale.study.intervals import interval

SURE = {1: 1.0, 0: 1.0, -1: 1.0}  # of codings, which are not looked at
UNASKED = NOT_TESTABLE  # of a family that lacks a measure of a claim, or a number that it sets


def under_families(
    claims: Sequence[Loaded], pack: str | Path, models: Sequence[str], worlds: int, jobs: int | None, run: Ordered,
    allow: Collection[str] = (),
) -> dict[str, dict[str, str]]:  # fmt: skip
    """Return claim -> model -> verdict on drawn worlds, without a look at codings.

    Parameters
    ----------
    models : families other than the claims' own
    worlds : that draw their own numbers
    """
    found: dict[str, dict[str, str]] = {each.claim.id: {} for each in claims}
    for model in models:
        for name, kind in _under(under_model(claims, pack, model, allow), model, worlds, jobs, run, allow).items():
            found[name][model] = kind
    return found


def _under(
    claims: Sequence[Loaded], model: str, worlds: int, jobs: int | None, run: Ordered, allow: Collection[str]
) -> Mapping[str, str]:
    asked = [each for each in claims if each.tests]
    if not asked:
        return {each.claim.id: UNASKED for each in claims}
    arms, shape = arms_of(asked), Shape(worlds, 0, 0, 0, 0)
    measured = _measured(arms, model, shape, jobs, run, allow)
    return {each.claim.id: _kind(each, measured) if each.tests else UNASKED for each in claims}


def _measured(arms: Arms, model: str, shape: Shape, jobs: int | None, run: Ordered, allow: Collection[str]) -> Measured:
    rules = family_of(model, allow).rules(arms.scenarios[0].loaded, allowed=allow)
    shared, tasks = Shared(arms, rules, []), tasks_of(arms, shape)
    measured = Measured(shared, shape)
    for task, result in zip(tasks, run_tasks(shared, tasks, jobs, run), strict=True):
        measured.add(task, result)
    return measured


def _kind(each: Loaded, measured: Measured) -> str:
    return combined([_of_test(test, measured.of(test, "drawn")) for test in each.tests])


def _of_test(test: Test, differences: Array) -> str:
    _, low, high = interval(differences)
    return decide(test.sign, low, high, test.said.margin, SURE, bool(np.any(differences)))
