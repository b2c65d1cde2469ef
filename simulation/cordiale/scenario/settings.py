"""A scenario ready to run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.case.coding import Coding
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import Number
from cordiale.case.pack import Lever
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded
from cordiale.models.base import Family
from cordiale.scenario.conditions import Condition
from cordiale.scenario.file import ScenarioFile
from cordiale.scenario.layers import Event, Layered, Origin, Settings, When, values

if TYPE_CHECKING:
    import pandas as pd

USUAL_HORIZON = "2025Q4"  # of a scenario that says none


@dataclass(frozen=True, init=False, repr=False)
class Scenario:
    """A scenario ready to run.

    Written in Python it says what a file says; `load_scenario` reads one from a file.

    Parameters
    ----------
    title : what it is called on charts
    extends : name of a parent, or names, later ones over earlier ones
    name : what studies and tables call it; made of the title where None
    question, basis : as in a file; those of the last parent where None
    pack, model, uncertainties, horizon, worlds, seed, measures : as in a file
    levers : lever -> 0 to 1, from the first quarter on
    define : levers of its own, as in a file
    timeline : quarter -> {lever: value}, or {"ramp": {lever: value}, "over": 4} and so on; or a list as in a file
    set : laid over it at last, as `--set`: {"FRA.china_tone.ideal": 0.4}
    allow : modules from which a family of models of your own may come

    Attributes
    ----------
    settings : all that its layers set, and which layer set it
    files : those that it was read from; none of a scenario that is written in Python
    coding : another coder's numbers, None under the pack's own

    Raises
    ------
    OptionError for what does not fit the pack, FileError for a fault in a parent's file
    """

    name: str
    file: ScenarioFile
    loaded: LoadedPack
    family: Family
    names: Names
    numbers: dict[str, Number]
    settings: Settings
    files: Sequence[Path]
    coding: Coding | None

    def __init__(
        self,
        title: str,
        *,
        extends: str | Sequence[str] = (),
        name: str | None = None,
        question: str | None = None,
        basis: Mapping[str, str] | None = None,
        pack: str | None = None,
        model: str | None = None,
        define: Mapping[str, Mapping[str, Any]] | None = None,
        levers: Mapping[str, float] | None = None,
        timeline: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]] | None = None,
        uncertainties: Mapping[str, Mapping[str, Any]] | None = None,
        horizon: str | None = None,
        worlds: int | None = None,
        seed: int | None = None,
        measures: Sequence[str] | None = None,
        set: Mapping[str, Any] | Sequence[str] = (),
        allow: Collection[str] = (),
    ) -> None:
        from cordiale.scenario.in_code import scenario_of  # which loads scenarios, and so builds on this file

        given = {
            "title": title, "question": question, "basis": basis, "extends": extends, "pack": pack, "model": model,
            "define": define, "levers": levers, "timeline": timeline, "uncertainties": uncertainties,
            "horizon": horizon, "worlds": worlds, "seed": seed, "measures": measures,
        }  # fmt: skip
        vars(self).update(vars(scenario_of(name, given, set, allow)))

    @classmethod
    def of(
        cls,
        name: str,
        file: ScenarioFile,
        loaded: LoadedPack,
        family: Family,
        names: Names,
        numbers: dict[str, Number],
        settings: Settings,
        files: Sequence[Path] = (),
        coding: Coding | None = None,
    ) -> Scenario:
        """Return a scenario of a pack that is loaded."""
        made = object.__new__(cls)
        vars(made).update(
            name=name, file=file, loaded=loaded, family=family, names=names, numbers=numbers, settings=settings,
            files=files, coding=coding,
        )  # fmt: skip
        return made

    def copy(self, **changes: Any) -> Scenario:
        """Return the scenario with a name, title, settings or another attribute in place of this one's."""
        if "title" in changes:
            changes["file"] = self.file.model_copy(update={"title": changes.pop("title")})
        other = object.__new__(type(self))
        vars(other).update(vars(self) | changes)
        return other

    def explain(self, path: str | None = None, everything: bool = False) -> pd.DataFrame:
        """Return where each value comes from: path, value, layer, place, basis, source, and whether it holds.

        Parameters
        ----------
        path : a setting, lever or parameter; all that the scenario says where None
        everything : every number of the pack too
        """
        import pandas as pd

        from cordiale.scenario.explain import explain

        return pd.DataFrame(explain(self, path, everything=everything))

    def differences(self, other: Scenario) -> list[str]:
        """Return in words what another scenario does that this one does not."""
        from cordiale.scenario.words import difference_words

        return difference_words(self, other)

    def known(self, what: str) -> pd.DataFrame:
        """Return what a scenario of this pack can name: "levers", "measures", "parameters" or "scenarios"."""
        import pandas as pd

        from cordiale.scenario.explain import listing

        return pd.DataFrame(listing(what, self.loaded.folder))

    def to_yaml(self, path: Path | str | None = None, replace: bool = False) -> str:
        """Return the scenario as the text of a file, from which every world is the same; with a path it is written.

        Raises
        ------
        OptionError for a number that --set fixed in every world, which a file cannot say; StudyError where a file
        is in the way
        """
        from cordiale.scenario.write import scenario_text, write_scenario

        if path is not None:
            write_scenario(self, Path(path), replace)
        return scenario_text(self)

    def __repr__(self) -> str:
        told = "".join(f", {name} {value:g}" for name, value in self.levers.items())
        return f"<Scenario {self.name}: {self.title}{told}>"

    @property
    def model(self) -> str:
        """Name of the family of models."""
        return self.family.name

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.file.title

    @property
    def against(self) -> str | None:
        """The scenario that its file says it is read against."""
        return self.file.against

    @property
    def start(self) -> int:
        """Running number of the first quarter."""
        return to_index(self.loaded.pack.case.start)

    @property
    def horizon(self) -> int:
        """Running number of the last quarter."""
        return to_index(self.settings.horizon.value if self.settings.horizon else USUAL_HORIZON)

    @property
    def quarters(self) -> int:
        """How many quarters a world lives."""
        return self.horizon - self.start + 1

    @property
    def worlds(self) -> int:
        """How many worlds to run."""
        return self.settings.worlds.value if self.settings.worlds else 500

    @property
    def seed(self) -> int:
        """Seed of all streams."""
        return self.settings.seed.value if self.settings.seed else 0

    @property
    def measures(self) -> list[str]:
        """Measures to record."""
        return list(self.settings.measures.value) if self.settings.measures else [self.family.headline]

    @property
    def levers(self) -> dict[str, float]:
        """Levers set from the first quarter on."""
        return values(self.settings.levers)

    @property
    def fixed(self) -> dict[str, float]:
        """Parameters that --set fixed in every world."""
        return values(self.settings.fixed)

    @property
    def moved(self) -> list[str]:
        """The levers, and the numbers by their path, that are moved in any quarter, in the order in which they are."""
        return list(dict.fromkeys([*self.settings.levers, *(when.lever for when, _ in self.events)]))

    @property
    def timeline(self) -> list[tuple[When, Event]]:
        """The events as they are written, by quarter; one that recurs stands there once."""
        events = values(self.settings.events).items()
        return sorted(((when, event) for when, event in events if event is not None), key=_in_time)

    @property
    def events(self) -> list[tuple[When, Event]]:
        """All that happens, by quarter; an event that recurs stands there each time."""
        timeline = self.timeline
        found = {When(at, when.lever): event for when, event in timeline for at in self._again(when, event)}
        found |= dict(timeline)  # what is said of a quarter counts more
        return sorted(((when, event._replace(every=0, until=0)) for when, event in found.items()), key=_in_time)

    def _again(self, when: When, event: Event) -> range:
        """Return the quarters in which an event comes again."""
        last = min(self.horizon, event.until or self.horizon)
        return range(when.quarter + event.every, last + 1, event.every) if event.every else range(0)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions on which events happen, each once, those first that are known first; none of most scenarios.

        A scenario that has any is an adaptive plan: it is one of its `variants` in each world, by the world's history.
        """
        return sorted({event.condition for _, event in self.timeline if event.condition is not None})

    @property
    def variants(self) -> list[Scenario]:
        """The scenarios without a condition, one of which it is in each world; itself where it has no condition.

        In number n of them the j-th condition holds where n has the bit 2**j.
        """
        known = self.conditions
        if not known:
            return [self]
        return [
            self._where({each for j, each in enumerate(known) if number >> j & 1}) for number in range(2 ** len(known))
        ]

    def _where(self, holds: Collection[Condition]) -> Scenario:
        """Return the scenario of worlds in which these conditions hold and no other does."""
        events = {
            when: Layered[Event | None](event._replace(condition=None), self.origin_of(when))
            for when, event in self.events
            if event.condition is None or event.condition in holds
        }
        return self.copy(settings=replace(self.settings, events=events))

    def origin_of(self, when: When) -> Origin:
        """Return who said that something happens to a lever in a quarter; of an event that recurs, its first time."""
        if when not in self.settings.events:
            firsts = [first for first, event in self.timeline if when.quarter in self._again(first, event)]
            when = max(first for first in firsts if first.lever == when.lever)
        return self.settings.events[when].origin

    @property
    def own_levers(self) -> dict[str, Lever]:
        """The levers that its files define."""
        return values(self.settings.defined)

    @property
    def known_levers(self) -> dict[str, Lever]:
        """The levers of the pack and the scenario's own."""
        return {**self.loaded.pack.case.levers, **self.own_levers}

    def handle(self, name: str) -> Lever:
        """Return what a name in a timeline moves: a lever, or one coded number by its path."""
        known = self.known_levers
        if name in known:
            return known[name]
        moves = {name: [0.0, 1.0]}  # so that the lever's value is the number's
        return Lever.model_construct(label=name, says="", locator="", moves=moves, shock=False)

    @property
    def ranges(self) -> dict[str, Coded]:
        """Path -> the range that each world draws from."""
        return {path: number.coded for path, number in self.numbers.items()} | values(self.settings.ranges)


def _in_time(dated: tuple[When, Event]) -> tuple[int, bool, str]:
    (quarter, lever), event = dated
    return quarter, event.kind != "stop", lever
