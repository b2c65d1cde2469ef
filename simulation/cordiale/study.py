"""A study on disk: measures, inputs and manifest of scenarios run on the same worlds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cordiale.draws import Array
from cordiale.durable import TABLES, part_name
from cordiale.errors import OptionError, StudyError, did_you_mean, short, shown
from cordiale.manifest_file import read_manifest
from cordiale.remote import is_remote, remote

if TYPE_CHECKING:
    import pandas as pd

CACHED = 1 << 24  # values of a study that are kept in memory once they are read: an eighth of a gibibyte
FILES = ("manifest.json", *TABLES)


class Study:
    """A finished study.

    Attributes
    ----------
    folder : where it lies
    manifest : versions, seed, scenarios, content hashes, command, timing
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest

    @classmethod
    def open(cls, folder: Path | str) -> Study:
        """Return the study in a folder, at an address or named below `outputs/`; StudyError where there is none."""
        path = remote(str(folder)) if is_remote(folder) else Path(folder)
        if not is_remote(folder) and not os.path.isdir(path) and os.path.isdir(Path("outputs") / path):
            path = Path("outputs") / path
        missing = [name for name in FILES if not _there(path / name)]
        if missing:
            known = [found.parent.name for found in Path("outputs").glob("*/manifest.json")]
            raise StudyError(f"{short(str(folder))} is no study: it lacks {missing[0]}{did_you_mean(path.name, known)}")
        study = cls(path, read_manifest(path / "manifest.json"))
        for table in TABLES:
            for first, *_ in study.manifest["parts"]:
                if not (path / table / part_name(first)).is_file():
                    raise StudyError(f"{shown(path / table / part_name(first))} is missing: run the study again")
        return study

    def __repr__(self) -> str:
        return f"Study({shown(self.folder)!r}: {', '.join(self.scenarios)}; {self.worlds} worlds)"

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

    def about(self, scenario: str) -> dict[str, Any]:
        """Return what the manifest says of a scenario: title, question, levers, quarters, measures."""
        for record in self.manifest["scenarios"]:
            if record["name"] == scenario:
                return dict(record)
        raise OptionError(f"the study has no scenario '{scenario}'{did_you_mean(scenario, self.scenarios)}")

    def title(self, scenario: str) -> str:
        """Return a scenario's title."""
        return str(self.about(scenario)["title"])

    def quarters(self, scenario: str | None = None) -> list[str]:
        """Return the quarters of a scenario, the first one's where None."""
        return list(self.about(scenario or self.scenarios[0])["quarters"])

    def measures(self, scenario: str | None = None) -> dict[str, list[str]]:
        """Return measure -> entities recorded in a scenario, the first one where None."""
        return dict(self.about(scenario or self.scenarios[0])["measures"])

    # ------------------------------------------------------------ values

    @cached_property
    def _groups(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(scenario, measure) -> (row group of each part, rows of a world)."""
        rows = self.manifest["rows"]
        return {(scenario, measure): (group, count) for group, (scenario, measure, count) in enumerate(rows)}

    @cached_property
    def _cache(self) -> dict[tuple[str, str], Array]:
        return {}

    def _read(self, scenario: str, measure: str) -> Array:
        """Return (worlds, rows of the measure in a world), part by part."""
        import pyarrow.parquet as pq

        group, rows = self._groups[scenario, measure]
        found = np.empty((self.worlds, rows))
        at = 0
        for first, kept, *_ in self.manifest["parts"]:
            path = self.folder / "measures" / part_name(first)
            with reading(path), path.open("rb") as opened, pq.ParquetFile(opened) as file:
                values = file.read_row_group(group, columns=["value"]).column("value").to_numpy()
            self._check_rows(path, measure, len(values), kept * rows)
            found[at : at + kept] = values.reshape(kept, rows)
            at += kept
        if found.size + sum(each.size for each in self._cache.values()) <= CACHED:
            self._cache[scenario, measure] = found
        return found

    def parts(self, scenario: str | None = None) -> Iterator[tuple[NDArray[np.int64], dict[str, Array]]]:
        """Yield the numbers of some worlds and their measures, (worlds, quarters, entities) each, until all were there.

        What is in memory at a time does not grow with the study.
        """
        import pyarrow.parquet as pq

        scenario = scenario or self.scenarios[0]
        recorded = self.measures(scenario)
        for first, kept, *_ in self.manifest["parts"]:
            path = self.folder / "measures" / part_name(first)
            with reading(path), path.open("rb") as opened, pq.ParquetFile(opened) as file:
                found, worlds = {}, np.empty(0, dtype=np.int64)
                for measure, entities in recorded.items():
                    group, rows = self._groups[scenario, measure]
                    table = file.read_row_group(group, columns=["world", "value"])
                    self._check_rows(path, measure, table.num_rows, kept * rows)
                    worlds = table.column("world").to_numpy()[::rows].astype(np.int64)
                    found[measure] = table.column("value").to_numpy().reshape(kept, -1, len(entities))
            yield worlds, found

    @staticmethod
    def _check_rows(path: Path, measure: str, found: int, told: int) -> None:
        if found != told:
            raise StudyError(f"{shown(path)}: {found} values of {measure}, and the manifest says {told}")

    def values(self, measure: str, entity: str | None = None, scenario: str | None = None) -> Array:
        """Return a measure as an array: (worlds, quarters, entities), or (worlds, quarters) of one entity.

        Parameters
        ----------
        measure : "alignment", or "alignment:FRA-JPN" for the entity too
        scenario : the first one where None

        Raises
        ------
        OptionError for a measure, entity or scenario that the study lacks
        """
        name, colon, own = measure.partition(":")
        entity = own if colon else entity
        scenario = scenario or self.scenarios[0]
        recorded = self.measures(scenario)
        if name not in recorded:
            hint = did_you_mean(name, recorded)
            raise OptionError(f"the study has no measure '{name}'{hint} (it has: {', '.join(recorded)})")
        entities = recorded[name]
        at = slice(None) if entity is None else entities.index(_entity(entity, entities, name))
        found = self._cache.get((scenario, name))
        found = self._read(scenario, name) if found is None else found
        return np.asarray(found.reshape(self.worlds, -1, len(entities))[:, :, at])

    def frame(self, measures: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Return measures as a tidy frame: scenario, world, quarter, measure, entity, value.

        Parameters
        ----------
        measures : "alignment:FRA-JPN", or several; all where None
        """
        import pandas as pd

        wanted = None
        for measure in [measures] if isinstance(measures, str) else measures or []:
            one = self._filter(*measure.partition(":")[::2])
            wanted = one if wanted is None else wanted | one
        path = self.folder / "measures"
        with reading(path):
            frame = pd.DataFrame(_dataset(path).to_table(filter=wanted).to_pandas())
        for column in ("scenario", "quarter", "measure", "entity"):
            frame[column] = frame[column].cat.remove_unused_categories()
        return frame

    def _filter(self, name: str, entity: str) -> Any:
        import pyarrow.dataset as ds

        owners = [scenario for scenario in self.scenarios if name in self.measures(scenario)] or self.scenarios[:1]
        self.values(name, entity or None, owners[0])  # refuses what the study lacks
        one = ds.field("measure") == name
        return one & (ds.field("entity") == _entity(entity, self.measures(owners[0])[name], name)) if entity else one

    def inputs(self, scenario: str | None = None) -> pd.DataFrame:
        """Return the drawn parameters, a row a world; those of the first scenario serve all that share its ranges."""
        import pandas as pd
        import pyarrow.dataset as ds

        path, owner = self.folder / "inputs", self.about(scenario or self.scenarios[0])["inputs"]
        with reading(path):
            frame = pd.DataFrame(_dataset(path).to_table(filter=ds.field("scenario") == owner).to_pandas())
        return frame.drop(columns="scenario").set_index("world")


def _there(path: Path) -> bool:
    """Return whether a path exists; False for one that cannot."""
    try:
        return path.exists()
    except OSError:
        return False


def _dataset(path: Any) -> Any:
    """Return the parts of a table as one, which is read no further than asked for."""
    import pyarrow.dataset as ds

    return ds.dataset(path.path, filesystem=path.fs) if hasattr(path, "fs") else ds.dataset(path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what pyarrow says of a table that is cut or corrupt into one line."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, OptionError | StudyError):
            raise
        fault = " ".join(str(error).split())[:200]
        raise StudyError(f"{shown(path)}: cannot be read, cut or corrupt: {fault}") from None


def _entity(entity: str, known: Sequence[str], measure: str) -> str:
    if entity in known:
        return entity
    turned = "-".join(sorted(entity.split("-")))
    if turned in known:
        return turned
    raise OptionError(f"the study has no '{entity}' in measure '{measure}'{did_you_mean(entity, known)}")
