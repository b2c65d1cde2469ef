"""What one visitor has chosen: two scenarios on the same worlds, and levers moved on the second."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

import cordiale
from cordiale.case.load import LoadedPack
from cordiale.case.quarters import to_text
from cordiale.engine.sample import Cut
from cordiale.files.errors import FileError, OptionError, one_line
from cordiale.models.measures import about_family, request
from cordiale.models.random import Array
from cordiale.scenario.layers import values
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import apply_sets
from cordiale.scenario.timeline import check_levers
from cordiale.scenario.words import difference_words, labels_of
from cordiale.study.manifest import outside_of
from cordiale.study.partitions import ALL, Tables
from cordiale.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


WORLDS = 32  # of a quick look, so that many can look at once
LONGEST = 120  # quarters that the page runs: longer ones would keep the others waiting
CHANGED = "_changed"  # added to the name of a scenario whose levers were moved here


@dataclass(frozen=True)
class Choice:
    """What is on the screen.

    Attributes
    ----------
    base : what is compared with
    mine : the scenario with its levers moved; the same object as `base` where nothing differs
    """

    base: Scenario
    mine: Scenario

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios to run: one or two."""
        return [self.base] if self.mine is self.base else [self.base, self.mine]

    @property
    def words(self) -> list[str]:
        """How the two differ, a sentence each."""
        return difference_words(self.base, self.mine)


def choice(base: Scenario, mine: Scenario, moved: Mapping[str, float], worlds: int, seed: int) -> Choice:
    """Return a choice; OptionError where levers get into each other's way, or a scenario is too long.

    Parameters
    ----------
    moved : lever -> value, held from the first quarter to the last
    """
    first = prepared(base, worlds, seed)
    if mine.name == base.name and not moved:
        return Choice(first, first)
    return Choice(first, prepared(mine, worlds, seed, moved))


def prepared(scenario: Scenario, worlds: int, seed: int, moved: Mapping[str, float] | None = None) -> Scenario:
    """Return a scenario as the page runs it, under another name where levers were moved."""
    own = scenario
    if own.quarters > LONGEST:
        raise OptionError(f"'{own.name}' has {own.quarters} quarters; the page runs {LONGEST} at most, "
                          f"and `cordiale run` any number")  # fmt: skip
    own = apply_sets(own, {"worlds": worlds, "seed": seed, **(moved or {})})
    check_levers(own)  # refuses levers that move one number at the same time
    if moved:
        own = own.copy(name=own.name + CHANGED, title=f"{own.title}, changed")
    return own


def uploaded(content: bytes, name: str, pack: LoadedPack) -> Scenario:
    """Return the scenario in a file that somebody sent, read as the command line would read it.

    Parameters
    ----------
    name : of the file on the sender's disk, for messages
    pack : of the page

    Raises
    ------
    UserError in one line, which names the sender's file
    """
    shown = one_line(name)[:80]
    with TemporaryDirectory(prefix="cordiale-") as folder:
        path = Path(folder) / "uploaded.yaml"
        path.write_bytes(content)
        try:
            scenario = load_scenario(path, pack=pack.folder)
        except FileError as error:
            if error.path != path:
                raise
            raise FileError(shown, error.line, error.column, error.message) from None
        prepared(scenario, WORLDS, scenario.seed)
    return scenario


def content(scenario: Scenario) -> Hashable:
    """Return all that the worlds of a scenario hang on, beside the pack."""
    return (
        tuple(sorted(scenario.levers.items())), tuple(scenario.events), tuple(sorted(scenario.fixed.items())),
        shared(scenario),
    )  # fmt: skip


def shared(scenario: Scenario) -> Hashable:
    """Return what scenarios must share to run side by side: ranges, length, seed and number of worlds."""
    ranges = {path: coded.model_dump_json() for path, coded in values(scenario.settings.ranges).items()}
    return tuple(sorted(ranges.items())), scenario.horizon, scenario.seed, scenario.worlds


# ----------------------------------------------------------------
# A study that lies in memory: what is on the screen, so that charts and words of studies on disk serve here too.


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
    def store(self) -> Held:
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
        "model": about_family(first.family),
        "pack": pack.name,
        "article": pack.case.article.citation,
        "names": {code: state.name for code, state in pack.states.items()},
        "labels": labels_of(pack.case),
        "focus": first.names.dyad(pack.case.focus),
        "focus_first": pack.case.focus.split("-")[0],
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
        "outside": outside_of(scenario),
        "measures": {name: list(request(name, scenario.names, scenario.family).entities) for name in measures},
    }
