"""A study on disk: measures, inputs and manifest of scenarios run on the same worlds."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cordiale.engine.sample import Cut
from cordiale.files.errors import OptionError, StudyError, did_you_mean, short, shown
from cordiale.files.file_list import MANIFEST, kind_of
from cordiale.files.remote import is_remote, remote
from cordiale.models.base import Behaviour, Event, Kind
from cordiale.models.measures import is_entity, no_entity, no_measure, one_of_many
from cordiale.models.random import Array
from cordiale.models.units import current
from cordiale.study.earlier_results import FIRST_FORM
from cordiale.study.journal import Journal
from cordiale.study.manifest import read_manifest
from cordiale.study.partitions import TABLES, Tables, part_name
from cordiale.study.result import Result, copy_of, output
from cordiale.study.unfinished import words_of_put_aside

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cordiale.study.attribution import Terms
    from cordiale.study.taken import Taken
    from cordiale.study.verify import Verification


FILES = (MANIFEST, *TABLES)
OUTPUTS = Path("outputs")
MOST_NAMED = 8  # studies that a message names


class Study(Result):
    """A finished study.

    Attributes
    ----------
    folder : where it lies
    manifest : versions, seed, scenarios, content hashes, command, timing
    """

    kind = "study"
    digits = "%.6g"

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest

    @classmethod
    def open(cls, folder: Path | str) -> Study:
        """Return the study in a folder, at an address or named below `outputs/`; StudyError where there is none."""
        if not os.fspath(folder):
            raise OptionError("no study is named: give its folder, or its name in outputs/")
        path = remote(str(folder)) if is_remote(folder) else _named(Path(folder))
        path = Path(path) if isinstance(path, os.PathLike) else path  # file://, which is a folder like any other
        missing = [name for name in FILES if not _there(path / name)]
        if missing:
            if not is_remote(folder) and not os.path.lexists(path):
                hint = hint_of(path) or f" (in outputs/: {', '.join(studies()[:MOST_NAMED]) or 'no study'})"
                raise StudyError(f"no study {short(str(folder))}: there is no such folder, here or in outputs/{hint}")
            raise StudyError(f"{short(str(folder))} is no study: {_other_result(path) or f'it lacks {missing[0]}'}")
        study = cls(path, read_manifest(path / MANIFEST))
        for table in TABLES:
            for first, *_ in study.manifest["parts"]:
                if not (path / table / part_name(first)).is_file():
                    raise StudyError(f"{shown(path / table / part_name(first))} is missing: run the study again")
        return study

    def __repr__(self) -> str:
        return f"Study({shown(self.folder)!r}: {', '.join(self.scenarios)}; {self.worlds} worlds)"

    @property
    def here(self) -> Path:
        """The study's folder, to write into; StudyError where it is no folder of this machine."""
        if not isinstance(self.folder, Path):
            raise StudyError(f"{self.folder}: only `cordiale run` writes to an address: name a place here with --out")
        return self.folder

    def check_same(self) -> None:
        """Raise StudyError where its folder holds another study than the one that was opened, or none."""
        try:
            same = read_manifest(self.folder / MANIFEST)["seal"] == self.manifest["seal"]
        except StudyError:
            same = False
        if not same:
            told = f"{shown(self.folder)} is no longer the study that was read: it was replaced or changed meanwhile"
            raise StudyError(f"{told}; nothing was written, type the command again")

    # ------------------------------------------------------------ as a result

    def sentences(self) -> list[str]:
        """Return the main findings, a sentence each."""
        from cordiale.study.findings import findings

        return findings(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the summary: mean and quantiles over worlds of every measure in every quarter."""
        from cordiale.study.quantiles import summary

        return {"summary": summary(self)}

    def record(self) -> dict[str, Any]:
        """Return what a program would read of it, as JSON."""
        return {
            "study": str(self.folder), "scenarios": self.scenarios, "worlds": self.worlds,
            "findings": self.sentences(),
        }  # fmt: skip

    def plot(self, measure: str, chart: str = "fan", **options: object) -> Figure:
        """Return a chart of one measure of one entity.

        Parameters
        ----------
        measure : "alignment:FRA-JPN"
        chart : "fan", "small_multiples" or "gain_cost"
        options : of the chart, and what it is drawn for, such as size="column" or width in inches
        """
        drawn: Figure = output().chart(self, chart, measure=":".join(self.single(measure)), **options)
        return drawn

    def causes(
        self, dyad: str | None = None, scenario: str | None = None, worlds: int | None = None,
        behaviour: Behaviour | None = None, allow: Collection[str] = (), against: str | None = None,
        alone: bool = False,
    ) -> Terms:  # fmt: skip
        """Return why a scenario changes what holds two states together, whose worlds are run again.

        Parameters
        ----------
        dyad : "FRA-JPN"; the case's focus where None
        scenario : the first one where None, of which it is told what has changed since the start
        worlds : the first so many; all where None
        behaviour, allow : as in `run`
        against : a scenario of the study that is subtracted; what the other is read against where None
        alone : subtract none: what has changed in the scenario since the start
        """
        from cordiale.study.attribution import of_study

        return of_study(self, dyad, scenario, worlds, behaviour, allow, against, alone)

    def terms(self, *args: Any, **options: Any) -> Terms:
        """Return `causes`, under the name of the version before."""
        import warnings

        from cordiale.files.errors import StudyWarning

        warnings.warn("Study.terms is called Study.causes now", StudyWarning, stacklevel=2)
        return self.causes(*args, **options)

    def replay(
        self, world: int, scenario: str | None = None, behaviour: Behaviour | None = None, allow: Collection[str] = ()
    ) -> list[Event]:
        """Return what happens in one world, which is run again: activity, signatures, entries, quarter by quarter."""
        from cordiale.study.narrative import replay

        return replay(self, world, scenario, behaviour=behaviour, allow=allow)

    def taken(self, scenario: str | None = None) -> list[Taken]:
        """Return which worlds took what hangs on each condition of a scenario, of all scenarios where None."""
        from cordiale.study.taken import taken_in

        return taken_in(self, scenario)

    def verify(self, worlds: int = 16, behaviour: Behaviour | None = None, allow: Collection[str] = ()) -> Verification:
        """Hash every file, run a sample of the worlds again, and return whether they match."""
        from cordiale.study.verify import verify

        return verify(self, worlds, behaviour=behaviour, allow=allow)

    def write(self, run: Journal) -> None:
        """Write a copy of it into the result of work in hand."""
        copy_of(self.folder, run)
        self.check_same()

    def _shown(self) -> pd.DataFrame:
        """Return the last quarter alone."""
        import pandas as pd

        from cordiale.study.quantiles import last_quarter

        return pd.DataFrame(last_quarter(self))

    # ------------------------------------------------------------ what there is

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios in the order in which they were given."""
        return [scenario["name"] for scenario in self.manifest["scenarios"]]

    @property
    def worlds(self) -> int:
        """Number of worlds, the same in each scenario; those kept out are not among them."""
        return int(self.manifest["worlds"])

    @property
    def failed(self) -> dict[int, str]:
        """World that is kept out -> what went wrong in it; it is missing from every scenario."""
        return {int(each["world"]): str(each["fault"]) for each in self.manifest.get("failed", [])}

    @property
    def numbers(self) -> NDArray[np.int64]:
        """(worlds,) numbers of the worlds that are counted."""
        return np.setdiff1d(np.arange(self.worlds + len(self.failed)), list(self.failed))

    @property
    def model(self) -> dict[str, Any]:
        """The family of models: its name, headline, parts and measures."""
        return dict(self.manifest.get("model") or FIRST_FORM)

    @property
    def headline(self) -> str:
        """The measure that sentences and charts take by default."""
        return str(self.model["headline"])

    @property
    def components(self) -> list[str]:
        """The measures that the headline is made of; none where of nothing."""
        return [str(each) for each in self.model["parts"]]

    def shares(self, scenario: str) -> Array:
        """Return the share of each part in the headline: (parts, worlds).

        The same for all, but in studies of the first form of the model diplomacy, where each world drew its own.
        """
        drawn = [f"weight.{self.headline}_{part}" for part in self.components]
        if not set(drawn) <= set(self.store.drawn):
            return np.full((len(drawn), self.worlds), 1.0 / max(len(drawn), 1))
        weights = self.inputs(scenario, drawn).to_numpy().T
        return np.asarray(weights / weights.sum(axis=0))

    def measure(self, name: str) -> Kind:
        """Return what a measure is, by its name without entity."""
        head, dot, _ = name.partition(".")
        kinds = self.model["measures"]
        kind = name if name in kinds else head + dot
        if kind not in kinds:
            raise no_measure(name, list(kinds))
        return Kind(**kinds[kind] | {"unit": current(kinds[kind]["unit"])})

    def about(self, scenario: str) -> dict[str, Any]:
        """Return what the manifest says of a scenario: title, question, levers, quarters, measures."""
        for record in self.manifest["scenarios"]:
            if record["name"] == scenario:
                return dict(record)
        raise OptionError(f"the study has no scenario '{scenario}'{did_you_mean(scenario, self.scenarios)}")

    def title(self, scenario: str) -> str:
        """Return a scenario's title; with its coder or its name where one before it has the same."""
        about = self.about(scenario)
        before = self.manifest["scenarios"][: self.scenarios.index(scenario)]
        if about["title"] not in [each["title"] for each in before]:
            return str(about["title"])
        coding = about.get("coding")
        of = f"coding {Path(str(coding['path'])).stem}" if coding else scenario
        return f"{about['title']} ({of})"

    def quarters(self, scenario: str | None = None) -> list[str]:
        """Return the quarters of a scenario, the first one's where None."""
        return list(self.about(scenario or self.scenarios[0])["quarters"])

    def outside(self, scenario: str) -> dict[str, list[str]]:
        """Return code -> the quarters in which a state takes no part, of those that stand outside in any."""
        return dict(self.about(scenario).get("outside", {}))

    def outside_at_end(self, scenario: str) -> list[str]:
        """Return the states that take no part in a scenario's last quarter."""
        last = self.quarters(scenario)[-1]
        return [code for code, quarters in self.outside(scenario).items() if last in quarters]

    @property
    def recorded(self) -> dict[str, list[str]]:
        """Measure -> entities that one scenario or another records."""
        found: dict[str, dict[str, None]] = {}
        for scenario in self.scenarios:
            for measure, entities in self.measures(scenario).items():
                found.setdefault(measure, {}).update(dict.fromkeys(entities))
        return {measure: list(entities) for measure, entities in found.items()}

    def measures(self, scenario: str | None = None) -> dict[str, list[str]]:
        """Return measure -> entities recorded in a scenario, the first one where None."""
        return dict(self.about(scenario or self.scenarios[0])["measures"])

    # ------------------------------------------------------------ values

    @cached_property
    def store(self) -> Tables:
        """What reads the files."""
        return Tables(self.folder, self.manifest)

    def values(
        self,
        measure: str,
        entity: str | Sequence[str] | None = None,
        scenario: str | None = None,
        quarter: int | None = None,
    ) -> Array:
        """Return a measure as an array: (worlds, quarters, entities), or (worlds, quarters) of one entity.

        Parameters
        ----------
        measure : "alignment", or "alignment:FRA-JPN" for the entity too
        entity : one, or several in the order given; all where None
        scenario : the first one where None
        quarter : place of one quarter, -1 for the last, whose axis is then left out; all where None

        Raises
        ------
        OptionError for a measure, entity or scenario that the study lacks
        """
        scenario = scenario or self.scenarios[0]
        if entity is None or isinstance(entity, str):
            name, one = self.find(measure, entity, scenario)
            only: Cut = slice(None) if one is None else self.measures(scenario)[name].index(one)
        else:
            name, only = self.places(measure, entity, scenario)
        quarters = slice(None) if quarter is None else quarter
        return self.store.values(scenario, name, len(self.measures(scenario)[name]), quarters, only)

    def find(self, measure: str, entity: str | None = None, scenario: str | None = None) -> tuple[str, str | None]:
        """Return the names under which a measure and an entity are recorded; OptionError where they are not.

        Parameters
        ----------
        scenario : any of them where None
        """
        name, colon, own = measure.partition(":")
        recorded = self.recorded if scenario is None else self.measures(scenario)
        if name not in recorded:
            if name in self.model["measures"]:
                raise OptionError(f"the study does not record '{name}' (it records: {', '.join(recorded)})")
            raise no_measure(name, list(recorded))
        entity = own if colon else entity
        return name, None if entity is None else self._entity(name, entity, recorded[name])

    def single(self, measure: str) -> tuple[str, str]:
        """Return the names under which MEASURE:ENTITY is recorded; OptionError for any other text."""
        name, entity = self.find(measure)
        if entity is None:
            raise one_of_many(measure, self.recorded[name])
        return name, entity

    def _entity(self, measure: str, entity: str, recorded: Sequence[str]) -> str:
        """Return the name under which an entity is recorded, a dyad's in either order."""
        turned = "-".join(sorted(entity.split("-")))
        for found in (entity, turned):
            if found in recorded:
                return found
        text, kind = f"{measure}:{entity}", self.measure(measure).entity
        if is_entity(entity, kind, self.manifest["names"]):
            raise OptionError(f"the study does not record '{text}' (it records: {', '.join(recorded)})")
        raise no_entity(text, kind, recorded)

    def places(
        self, measure: str, entities: Sequence[str] | None = None, scenario: str | None = None
    ) -> tuple[str, list[int]]:
        """Return a measure's name, and where some entities, or all, stand among those recorded."""
        scenario = scenario or self.scenarios[0]
        name, _ = self.find(measure, None, scenario)
        recorded = self.measures(scenario)[name]
        chosen = recorded if entities is None else [self.find(name, each, scenario)[1] for each in entities]
        return name, [recorded.index(str(each)) for each in chosen]

    def parts(
        self, scenario: str | None = None, measures: Sequence[str] | None = None
    ) -> Iterator[tuple[NDArray[np.int64], dict[str, Array]]]:
        """Yield the numbers of some worlds and their measures, (worlds, quarters, entities) each, until all were there.

        What is in memory at a time does not grow with the study.

        Parameters
        ----------
        measures : names of some; all where None
        """
        scenario = scenario or self.scenarios[0]
        recorded = self.measures(scenario)
        return self.store.parts(scenario, {name: recorded[name] for name in measures or recorded})

    def frame(self, measures: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Return measures as a tidy frame: scenario, world, quarter, measure, entity, value.

        Parameters
        ----------
        measures : "alignment:FRA-JPN", or several; all where None
        """
        wanted = None
        for measure in [measures] if isinstance(measures, str) else measures or []:
            one = self._filter(measure)
            wanted = one if wanted is None else wanted | one
        frame = self.store.frame(wanted)
        for column in ("scenario", "quarter", "measure", "entity"):
            frame[column] = frame[column].cat.remove_unused_categories()
        return frame

    def _filter(self, measure: str) -> Any:
        import pyarrow.dataset as ds

        name, entity = self.find(measure)
        one = ds.field("measure") == name
        return one & (ds.field("entity") == entity) if entity else one

    def inputs(self, scenario: str | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the drawn parameters, a row a world; those of the first scenario serve all that share its ranges.

        Parameters
        ----------
        columns : paths of some of them; all where None
        """
        return self.store.inputs(self.about(scenario or self.scenarios[0])["inputs"], columns)


def is_study(name: Path | str) -> bool:
    """Return whether a name, or a folder, is that of a result on this machine."""
    return not is_remote(name) and _there(_named(Path(name)) / FILES[0])


def studies() -> list[str]:
    """Return the names of the studies in outputs/."""
    return sorted(
        found.parent.name for found in OUTPUTS.glob(f"*/{FILES[0]}") if kind_of(found.parent) in (None, "study")
    )


def hint_of(missing: Path) -> str:
    """Return what a study that is not there may be called, and where killed work put it aside; empty where nothing."""
    aside = (words_of_put_aside(each) for each in (missing, OUTPUTS / missing))
    return did_you_mean(missing.name, studies()) + "".join(aside)


def _other_result(path: Any) -> str:
    """Return which other command wrote a folder; "" where none did."""
    kind = kind_of(path)
    return f"it is what `cordiale {kind.replace('_', '-')}` wrote" if kind not in (None, "study") and kind else ""


def _named(path: Path) -> Path:
    """Return the folder that a user means: this one, or the one of that name in outputs/, where results go."""
    return OUTPUTS / path if not _there(path / FILES[0]) and _there(OUTPUTS / path / FILES[0]) else path


def _there(path: Path) -> bool:
    """Return whether a path exists; False for one that cannot."""
    try:
        return path.exists()
    except OSError:
        return False
