"""Why a dyad changed: each cause's part of every quarter's change of trust, practice and similarity.

Causes add up to the change in each world (a test holds them to 1e-9), so their means over worlds do too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.case.quarters import to_text
from cordiale.engine.block import Block, Plan
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.diplomacy.alignment import similarity_by_issue
from cordiale.models.diplomacy.family import Behaviour
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.world import World
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario
from cordiale.study.run import make_plan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Terms:
    """The causes of one dyad's changes.

    Attributes
    ----------
    quarters : (Q,)
    changes : (quantity, cause) -> (worlds, Q) contribution; quantities "trust FRA>JPN", "practice", "similarity"
    levels : quantity -> (worlds, Q + 1) the quantity itself from the start on
    values : "FRA>JPN" -> {term: (worlds, Q)} mean worth of an initiative in a domain, by term, in utility
    """

    dyad: str
    quarters: list[str]
    changes: dict[tuple[str, str], Array]
    levels: dict[str, Array]
    values: dict[str, dict[str, Array]]

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return len(next(iter(self.levels.values())))

    def by_year(self) -> list[dict[str, object]]:
        """Return a row a cause with its sum over each year's quarters, and for a value the year's mean."""
        frame = self.frame()
        frame["year"] = frame["quarter"].str[:4]
        rows: list[dict[str, object]] = []
        for (quantity, cause), part in frame.groupby(["quantity", "cause"], sort=False):
            by_year = part.groupby("year", sort=False)["contribution"]
            years = by_year.mean() if str(quantity).startswith("value") else by_year.sum()
            whole = years.mean() if str(quantity).startswith("value") else years.sum()
            row = {"quantity": quantity, "cause": cause, **{str(year): float(x) for year, x in years.items()}}
            rows.append({**row, "all": float(whole)})
        return rows

    def frame(self) -> pd.DataFrame:
        """Return means over worlds, tidy: quantity, cause, quarter, contribution.

        The quantity "value ..." holds levels in utility, the others changes a quarter.
        """
        import pandas as pd

        rows = [
            (quantity, cause, quarter, mean)
            for (quantity, cause), part in self.changes.items()
            for quarter, mean in zip(self.quarters, part.mean(axis=0), strict=True)
        ]
        rows += [
            (f"value {directed}", term, quarter, mean)
            for directed, terms in self.values.items()
            for term, part in terms.items()
            for quarter, mean in zip(self.quarters, part.mean(axis=0), strict=True)
        ]
        return pd.DataFrame(rows, columns=["quantity", "cause", "quarter", "contribution"])


def terms(
    scenario: Scenario,
    dyad: str,
    worlds: int | None = None,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> Terms:
    """Run a scenario and return the causes of a dyad's changes.

    Raises OptionError where the dyad is none of the pack.
    """
    names = scenario.names
    try:
        dyad = names.dyad(dyad)
    except KeyError:
        hint = did_you_mean(dyad, [f"{a}-{b}" for a in names.states for b in names.states if a != b])
        raise OptionError(f"'{dyad}' is no dyad of this pack{hint}") from None
    plan = make_plan([scenario], behaviour, allow)
    size = worlds or scenario.worlds
    parts = [of_block(plan, scenario, dyad, first, min(256, size - first)) for first in range(0, size, 256)]
    return joined(parts)


def joined(parts: list[Terms]) -> Terms:
    """Return blocks of worlds, in their order, as one."""
    first = parts[0]
    return Terms(
        first.dyad,
        first.quarters,
        {key: np.concatenate([part.changes[key] for part in parts]) for key in first.changes},
        {key: np.concatenate([part.levels[key] for part in parts]) for key in first.levels},
        {
            directed: {term: np.concatenate([part.values[directed][term] for part in parts]) for term in found}
            for directed, found in first.values.items()
        },
    )


def of_block(plan: Plan, scenario: Scenario, dyad: str, first: int, worlds: int) -> Terms:
    """Return the causes of a dyad's changes in worlds `first` .. `first + worlds - 1`."""
    model = Block(scenario, first, worlds, plan.behaviour, plan.standards).model
    i, j = (scenario.names.states.index(code) for code in dyad.split("-"))
    changes: dict[tuple[str, str], list[Array]] = {}
    values: dict[str, dict[str, list[Array]]] = {}
    levels = {quantity: [level] for quantity, level in _levels(model, i, j).items()}
    for _ in range(scenario.quarters):
        before, salience = model.now, model.parameters.salience
        model.step()
        for key, change in _changes(model, before, salience, i, j).items():
            changes.setdefault(key, []).append(change)
        for quantity, level in _levels(model, i, j).items():
            levels[quantity].append(level)
        for one, other in ((i, j), (j, i)):
            directed = values.setdefault(_directed(model, one, other), {})
            for term, value in _values(model, before, one, other).items():
                directed.setdefault(term, []).append(value)
    return Terms(
        dyad,
        [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        {key: np.stack(parts, axis=1) for key, parts in changes.items()},
        {key: np.stack(parts, axis=1) for key, parts in levels.items()},
        {
            directed: {term: np.stack(parts, axis=1) for term, parts in found.items()}
            for directed, found in values.items()
        },
    )


def _directed(model: Diplomacy, one: int, other: int) -> str:
    return f"{model.states[one].code}>{model.states[other].code}"


def _levels(model: Diplomacy, i: int, j: int) -> dict[str, Array]:
    now = model.now
    parts = similarity_by_issue(now.position, model.parameters.salience)
    return {
        f"trust {_directed(model, i, j)}": now.trust[:, i, j],
        f"trust {_directed(model, j, i)}": now.trust[:, j, i],
        "practice": now.practice_mean[:, i, j],
        "similarity": 1 + np.asarray(sum(parts[:, i, j, k] for k in range(parts.shape[-1]))),
    }


def _changes(model: Diplomacy, before: World, salience: Array, i: int, j: int) -> dict[tuple[str, str], Array]:
    changes: dict[tuple[str, str], Array] = {}
    for one, other in ((i, j), (j, i)):
        for cause, change in model.trust_changes[one].items():
            changes[f"trust {_directed(model, one, other)}", cause] = np.broadcast_to(change, before.trust[:, 0].shape)[
                :, other
            ].copy()
    changes |= _practice_changes(model, before, i, j)
    old = similarity_by_issue(before.position, salience)[:, i, j]
    new = similarity_by_issue(model.now.position, model.parameters.salience)[:, i, j]
    for k, issue in enumerate(model.structure.names.issues):
        changes["similarity", issue] = new[:, k] - old[:, k]
    return changes


def _practice_changes(model: Diplomacy, before: World, i: int, j: int) -> dict[tuple[str, str], Array]:
    """Growth by who proposed what (halves where both did), and decay."""
    gain, decay = model.weight("practice_gain"), model.weight("practice_decay")
    domains = model.structure.names.domains
    changes: dict[tuple[str, str], Array] = {}
    lost = np.zeros(before.worlds)
    for d, domain in enumerate(domains):
        practice = before.practice[:, i, j, d]
        by_one, by_other = model.now.confirmed[:, i, j, d], model.now.confirmed[:, j, i, d]
        growth = gain * (1 - practice) / len(domains)
        for code, mine, others in ((i, by_one, by_other), (j, by_other, by_one)):
            share = mine * np.where(others, 0.5, 1.0)
            changes["practice", f"{model.states[code].code} proposes {domain}"] = growth * share
        lost -= np.where(by_one | by_other, 0.0, decay * practice) / len(domains)
    changes["practice", "decay"] = lost
    return changes


def _values(model: Diplomacy, before: World, one: int, other: int) -> dict[str, Array]:
    """Mean worth of an initiative in a domain by term, as it stood when the quarter's choices were made."""
    after, model.now = model.now, before
    try:
        state = model.states[one]
        found = {}
        for term in (*state.PAIR_TERMS, *state.DOMAIN_TERMS):
            worth = state.weighted(term)
            column = np.broadcast_to(worth, (before.worlds, len(model.states), *worth.shape[2:]))[:, other]
            found[term] = column if column.ndim == 1 else column[:, :-1].mean(axis=1)
        return {term: np.asarray(value).copy() for term, value in found.items()}
    finally:
        model.now = after
