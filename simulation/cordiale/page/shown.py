"""A study that lies in memory: what is on the screen, so that charts and words of studies on disk serve here too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import cordiale
from cordiale.draws import Array
from cordiale.layers import Scenario
from cordiale.measures.requests import request
from cordiale.pack import Case
from cordiale.quarters import to_text
from cordiale.reading import ALL, Cut, Tables
from cordiale.study import Study

if TYPE_CHECKING:
    import pandas as pd


class Held(Tables):
    """Values in memory: scenario -> measure -> (worlds, quarters, entities)."""

    def __init__(self, held: Mapping[str, Mapping[str, Array]]) -> None:
        self.held = held

    def values(self, scenario: str, measure: str, entities: int, quarters: Cut = ALL, entity: Cut = ALL) -> Array:
        """Return a cut of (worlds, quarters, entities)."""
        return self.held[scenario][measure][:, quarters][..., entity]


class Shown(Study):
    """A study in memory.

    Parameters
    ----------
    scenarios : of one pack, seed and number of worlds
    values : by scenario, measure -> (worlds, quarters, entities)
    """

    def __init__(self, scenarios: Sequence[Scenario], values: Sequence[Mapping[str, Array]]) -> None:
        self._held = {each.name: found for each, found in zip(scenarios, values, strict=True)}
        super().__init__(Path(), _manifest(scenarios, values))

    @property
    def tables(self) -> Held:
        """What is in memory."""
        return Held(self._held)

    def only(self, measure: str) -> Shown:
        """Return the study with one measure, which travels to another process faster."""
        small = object.__new__(Shown)
        small._held = {name: {measure: found[measure]} for name, found in self._held.items()}
        Study.__init__(small, self.folder, self.manifest)
        return small

    def tidy(self, measure: str, entity: str) -> pd.DataFrame:
        """Return one series of every scenario as `cordiale run` writes it: a row a scenario, world and quarter."""
        import pandas as pd

        parts = []
        for name in self.scenarios:
            values, quarters = self.values(measure, entity, name), self.quarters(name)
            index = {"world": np.repeat(np.arange(self.worlds), len(quarters)), "quarter": quarters * self.worlds}
            parts.append(pd.DataFrame({"scenario": name, **index, "measure": measure, "entity": entity,
                                       "value": values.ravel()}))  # fmt: skip
        return pd.concat(parts, ignore_index=True)


def _manifest(scenarios: Sequence[Scenario], values: Sequence[Mapping[str, Array]]) -> dict[str, Any]:
    """Return the part of a manifest that charts and words read."""
    first = scenarios[0]
    pack = first.loaded.pack
    return {
        "pack": pack.name,
        "article": pack.case.article.citation,
        "names": {code: state.name for code, state in pack.states.items()},
        "labels": _labels(pack.case),
        "focus": first.names.dyad(pack.case.focus),
        "seed": first.seed,
        "worlds": first.worlds,
        "scenarios": [_about(each, list(found)) for each, found in zip(scenarios, values, strict=True)],
        "versions": {"cordiale": cordiale.__version__},
    }


def _about(scenario: Scenario, measures: Sequence[str]) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.file.question,
        "quarters": [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        "measures": {name: list(request(name, scenario.names).entities) for name in measures},
    }


def _labels(case: Case) -> dict[str, dict[str, str]]:
    tables = {"issue": case.issues, "domain": case.domains, "agreement": case.agreements, "format": case.formats}
    return {kind: {name: each.label for name, each in table.items()} for kind, table in tables.items()}  # type: ignore[attr-defined]
