"""A study that lies in memory, so that charts and words of studies on disk serve there too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

import cordiale
from cordiale.case.quarters import to_text
from cordiale.engine.sample import Cut
from cordiale.models.measures import about_family, request
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario
from cordiale.scenario.words import labels_of
from cordiale.study.manifest import event_record, outside_of
from cordiale.study.partitions import ALL, Tables
from cordiale.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


class Held(Tables):
    """Values in memory: scenario -> measure -> (worlds, quarters, entities)."""

    def __init__(self, held: Mapping[str, Mapping[str, Array]]) -> None:
        self.held = held

    def values(self, scenario: str, measure: str, entities: int, quarters: Cut = ALL, entity: Cut = ALL) -> Array:
        """Return a cut of (worlds, quarters, entities)."""
        return self.held[scenario][measure][:, quarters][..., entity]


class InMemory(Study):
    """A study in memory.

    Parameters
    ----------
    scenarios : of one pack, seed and number of worlds
    values : by scenario, measure -> (worlds, quarters, entities)
    entities : measure -> which entities its values are of; all where it is not among them
    """

    def __init__(
        self, scenarios: Sequence[Scenario], values: Sequence[Mapping[str, Array]],
        entities: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self._held = {each.name: found for each, found in zip(scenarios, values, strict=True)}
        super().__init__(Path(), _manifest(scenarios, values, entities))

    @property
    def store(self) -> Held:
        """What is in memory."""
        return Held(self._held)

    def shares(self, scenario: str) -> Array:
        """Return the share of each part in the headline, (parts, worlds): the same for all."""
        return np.full((len(self.components), self.worlds), 1.0 / max(len(self.components), 1))

    def only(self, measure: str) -> InMemory:
        """Return the study with one measure, which travels to another process faster."""
        small = object.__new__(InMemory)
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


def study_of(scenarios: Sequence[Scenario], texts: Sequence[str], values: Sequence[Mapping[str, Array]]) -> InMemory:
    """Return what was read as a study, each measure of the entities that were asked for.

    Parameters
    ----------
    texts : measures as they are asked for, "alignment:FRA-JPN", or "alignment" of all
    values : by scenario, text -> (worlds, quarters, entities)
    """
    entities: dict[str, list[str]] = {}
    for text in texts:
        name, _, entity = text.partition(":")
        entities.setdefault(name, []).append(entity)
    whole = {name: name if "" in every else "" for name, every in entities.items()}
    joined = [
        {name: one[whole[name]] if whole[name] else np.concatenate([one[f"{name}:{each}"] for each in every], axis=2)
         for name, every in entities.items()}
        for one in values
    ]  # fmt: skip
    return InMemory(scenarios, joined, {name: every for name, every in entities.items() if not whole[name]})


def _manifest(
    scenarios: Sequence[Scenario], values: Sequence[Mapping[str, Array]], entities: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the part of a manifest that charts and words read."""
    first = scenarios[0]
    pack = first.loaded.pack
    return {
        "model": about_family(first.family),
        "pack": pack.name,
        "article": pack.case.article.citation,
        "names": {code: state.name for code, state in pack.states.items()},
        "labels": labels_of(pack.case),
        "focus": first.names.dyad(pack.case.focus),
        "focus_first": pack.case.focus.split("-")[0],
        "seed": first.seed,
        "worlds": first.worlds,
        "scenarios": [_about(each, list(found), entities) for each, found in zip(scenarios, values, strict=True)],
        "versions": {"cordiale": cordiale.__version__},
    }


def _about(scenario: Scenario, measures: Sequence[str], entities: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    every = {name: entities.get(name) or request(name, scenario.names, scenario.family).entities for name in measures}
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.file.question,
        "quarters": [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        "outside": outside_of(scenario),
        "events": [event_record(scenario, when, event) for when, event in scenario.events],
        "measures": {name: list(each) for name, each in every.items()},
    }
