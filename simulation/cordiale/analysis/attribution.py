"""Why a dyad changed: each cause's part of every quarter's change of trust, practice and similarity.

Causes add up to the change in each world (a test holds them to 1e-9), so their means over worlds do too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.case.quarters import to_text
from cordiale.engine.block import Plan, start_worlds
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.base import Behaviour, steps
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
    tells = plan.family.attribution
    if tells is None:
        raise OptionError(f"the model {plan.family.name} does not tell why a dyad changed")
    model = start_worlds(scenario, first, worlds, plan.rules)
    i, j = (scenario.names.states.index(code) for code in dyad.split("-"))
    changes: dict[tuple[str, str], list[Array]] = {}
    values: dict[str, dict[str, list[Array]]] = {}
    levels = {quantity: [level] for quantity, level in tells.levels(model, i, j).items()}
    for step in steps(model, scenario.quarters):
        for key, change in tells.causes(step, i, j).items():
            changes.setdefault(key, []).append(change)
        for quantity, level in tells.levels(model, i, j).items():
            levels[quantity].append(level)
        for one, other in ((i, j), (j, i)):
            states = scenario.names.states
            directed = values.setdefault(f"{states[one]}>{states[other]}", {})
            for term, value in tells.terms(step, one, other).items():
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
