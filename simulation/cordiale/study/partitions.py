"""The parts of a study: how they are called, and how many worlds each holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cordiale.case.quarters import to_text
from cordiale.engine.block import BlockResult, Failure, Plan, requests, run_blocks
from cordiale.engine.sample import Cut
from cordiale.files.errors import OptionError, StudyError, did_you_mean, shown
from cordiale.models.random import Array

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq


PART = 256  # worlds of a part of a study
TABLES = ("measures", "inputs")


def part_name(first: int) -> str:
    """Return the name of the part whose first world is given; names sort as worlds do."""
    return f"part-{first:010d}.parquet"


# ----------------------------------------------------------------
# The tables of a study on disk: a file for each part of 256 worlds, a row group for each scenario and measure.


COLUMNS = ("scenario", "world", "quarter", "measure", "entity", "value")
TEXT = pa.dictionary(pa.int32(), pa.string())
SEALED: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}  # a bit that flips is told, not read


@dataclass(frozen=True)
class PartBytes:
    """A part as it will lie on the disk.

    Attributes
    ----------
    first, worlds : the worlds that it was run for
    kept : how many of them it holds
    tables : table -> bytes of its file
    failed : the worlds that are kept out
    """

    first: int
    worlds: int
    kept: int
    tables: Mapping[str, bytes]
    failed: tuple[Failure, ...] = ()


def run_part(plan: Plan, task: tuple[int, int, int]) -> PartBytes:
    """Run a part.

    Parameters
    ----------
    task : first world, number of worlds, and how many live side by side
    """
    first, worlds, block = task
    result = run_blocks(plan, first, worlds, block)
    tables = {"measures": MeasureRows(plan).encoded(result), "inputs": InputRows(plan).encoded(result)}
    return PartBytes(first, worlds, len(result.worlds), tables, result.failed)


class MeasureRows:
    """The rows of a part's measures: by scenario and measure a row group, in it by world, quarter, entity."""

    schema = pa.schema(list(zip(COLUMNS, [TEXT, pa.int32(), TEXT, TEXT, TEXT, pa.float64()], strict=True)))

    def __init__(self, plan: Plan) -> None:
        self._groups = []
        for scenario in plan.scenarios:
            every = [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)]
            for each in requests(scenario):
                quarters = every[-1:] if each.measure.last_only else every
                self._groups.append((scenario.name, each.name, quarters, list(each.entities)))

    def encoded(self, result: BlockResult) -> bytes:
        """Return the file of a part; a row group is there even where no world was kept."""
        file = pa.BufferOutputStream()
        columns = Columns(result.worlds)
        with pq.ParquetWriter(
            file, self.schema, use_dictionary=list(COLUMNS[:-1]), column_encoding={"value": SPLIT}, **SEALED
        ) as writer:
            for (scenario, measure, quarters, entities), values in zip(self._groups, result.measured, strict=True):
                places = columns.places(quarters, entities)
                named = columns.named(scenario, values.size), columns.named(measure, values.size)
                found = {"scenario": named[0], "measure": named[1], "value": pa.array(values.reshape(-1)), **places}
                table = pa.table([found[name] for name in COLUMNS], schema=self.schema)
                writer.write_table(table, row_group_size=max(1, table.num_rows))
        return bytes(file.getvalue())


class Columns:
    """The columns of a part beside its values; measures of the same quarters and entities share them."""

    def __init__(self, worlds: NDArray[np.int64]) -> None:
        self._worlds = np.asarray(worlds, dtype=np.int32)
        self._found: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, pa.Array]] = {}
        self._zeros: dict[int, NDArray[np.int32]] = {}

    def places(self, quarters: Sequence[str], entities: Sequence[str]) -> dict[str, pa.Array]:
        """Return the columns world, quarter and entity: by world, quarter, entity."""
        key = tuple(quarters), tuple(entities)
        if key not in self._found:
            every, each = (np.arange(len(names), dtype=np.int32) for names in key)
            self._found[key] = {
                "world": pa.array(np.repeat(self._worlds, len(every) * len(each))),
                "quarter": coded(np.tile(np.repeat(every, len(each)), len(self._worlds)), quarters),
                "entity": coded(np.tile(each, len(self._worlds) * len(every)), entities),
            }
        return self._found[key]

    def named(self, name: str, rows: int) -> pa.DictionaryArray:
        """Return a column that has one name in all its rows."""
        zeros = self._zeros.setdefault(rows, np.zeros(rows, dtype=np.int32))
        return coded(zeros, [name])


SPLIT = "BYTE_STREAM_SPLIT"  # a quarter smaller than plain for doubles


def coded(codes: Any, names: Sequence[str]) -> pa.DictionaryArray:
    """Return a column of TEXT from places in a list of names."""
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))


class InputRows:
    """The drawn parameters: a row a world, a row group for each scenario that draws its own."""

    def __init__(self, plan: Plan) -> None:
        self.paths = list(plan.scenarios[0].ranges)
        columns = [pa.field("scenario", TEXT), pa.field("world", pa.int32())]
        self.schema = pa.schema(columns + [pa.field(path, pa.float64()) for path in self.paths])

    def encoded(self, result: BlockResult) -> bytes:
        """Return the file of a part."""
        worlds, file = np.asarray(result.worlds, dtype=np.int32), pa.BufferOutputStream()
        split = dict.fromkeys(self.paths, SPLIT)
        with pq.ParquetWriter(
            file, self.schema, use_dictionary=["scenario"], column_encoding=split, **SEALED
        ) as writer:
            for scenario, values in result.inputs.items():
                columns = [coded(np.zeros(len(worlds), dtype=np.int32), [scenario]), pa.array(worlds)]
                columns += [pa.array(values[path]) for path in self.paths]
                writer.write_table(pa.table(columns, schema=self.schema), row_group_size=max(1, len(worlds)))
        return bytes(file.getvalue())


# ----------------------------------------------------------------
# The tables of a study, read part by part and no further than asked for.


CACHED = 1 << 24  # values that are kept in memory once they are read: an eighth of a gibibyte
ALL = slice(None)
CHECKED = {"page_checksum_verification": True}


class Tables:
    """The values and inputs of a study.

    Parameters
    ----------
    folder : of the study
    manifest : of the study
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest
        self._groups = {
            (scenario, measure): (group, rows) for group, (scenario, measure, rows) in enumerate(manifest["rows"])
        }
        self._kept: dict[tuple[str, str], Array] = {}

    def values(self, scenario: str, measure: str, entities: int, quarters: Cut = ALL, entity: Cut = ALL) -> Array:
        """Return a cut of (worlds, quarters, entities); what is in memory is the cut and one part.

        Parameters
        ----------
        entities : how many the measure has
        """
        key = scenario, measure
        if key not in self._kept and not self._fits(self._groups[key][1]):
            return self._cut(scenario, measure, entities, quarters, entity)
        if key not in self._kept:
            self._kept[key] = self._cut(scenario, measure, entities)
        return self._kept[key][:, quarters][..., entity]

    def _fits(self, rows: int) -> bool:
        """Return whether a measure with so many rows of a world may be kept."""
        return int(self.manifest["worlds"]) * rows + sum(each.size for each in self._kept.values()) <= CACHED

    def _cut(self, scenario: str, measure: str, entities: int, quarters: Cut = ALL, entity: Cut = ALL) -> Array:
        rows = self._groups[scenario, measure][1]
        shape = np.empty((0, rows // entities, entities))[:, quarters][..., entity].shape[1:]
        found, at = np.empty((int(self.manifest["worlds"]), *shape)), 0
        for kept, tables in self._parts(scenario, [measure], ["value"]):
            part = tables[measure].column("value").to_numpy().reshape(kept, -1, entities)
            found[at : at + kept] = part[:, quarters][..., entity]
            at += kept
        return found

    def parts(
        self, scenario: str, measures: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[NDArray[np.int64], dict[str, Array]]]:
        """Yield the numbers of some worlds and their measures, (worlds, quarters, entities) each."""
        for kept, tables in self._parts(scenario, list(measures), ["world", "value"]):
            found, worlds = {}, np.empty(0, dtype=np.int64)
            for measure, entities in measures.items():
                rows = self._groups[scenario, measure][1]
                worlds = tables[measure].column("world").to_numpy()[::rows].astype(np.int64)
                found[measure] = tables[measure].column("value").to_numpy().reshape(kept, -1, len(entities))
            yield worlds, found

    def _parts(
        self, scenario: str, measures: Sequence[str], columns: list[str]
    ) -> Iterator[tuple[int, dict[str, pa.Table]]]:
        """Yield the number of worlds and the rows of some measures, part by part."""
        for first, kept, *_ in self.manifest["parts"]:
            path, found = self.folder / "measures" / part_name(first), {}
            with parquet(path) as file:
                for measure in measures:
                    group, rows = self._groups[scenario, measure]
                    found[measure] = file.read_row_group(group, columns=columns)
                    if (count := found[measure].num_rows) != kept * rows:
                        raise StudyError(f"{shown(path)}: {count} values of {measure}, not {kept * rows} as written")
            yield kept, found

    def frame(self, wanted: Any) -> pd.DataFrame:
        """Return the rows of the measures that pass a filter."""
        import pandas as pd

        path = self.folder / "measures"
        with reading(path):
            return pd.DataFrame(_dataset(path).to_table(filter=wanted).to_pandas())

    def inputs(self, owner: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the drawn parameters of a scenario that draws its own, a row a world.

        Raises OptionError for a column that is not there.
        """
        import pandas as pd

        return pd.concat(list(self.input_parts(owner, columns)))

    def input_parts(self, owner: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the same part by part, a row a world."""
        import pandas as pd
        import pyarrow.compute as pc

        asked = None if columns is None else ["scenario", "world", *columns]
        for first, *_ in self.manifest["parts"]:  # not as a dataset, which keeps a thousand columns' places of each
            with parquet(self.folder / "inputs" / part_name(first)) as file:
                for name in set(columns or ()) - set(known := file.schema_arrow.names):
                    raise OptionError(f"the study draws no '{name}'{did_you_mean(name, known)}")
                table = file.read(columns=asked)
            own = table.filter(pc.field("scenario") == owner).drop_columns("scenario")
            yield pd.DataFrame(own.to_pandas()).set_index("world")

    @property
    def drawn(self) -> list[str]:
        """The paths of all numbers that worlds draw."""
        with parquet(self.folder / "inputs" / part_name(self.manifest["parts"][0][0])) as file:
            return [name for name in file.schema_arrow.names if name not in ("scenario", "world")]


def _dataset(path: Any) -> Any:
    """Return the parts of a table as one, which is read no further than asked for."""
    import pyarrow.dataset as ds

    form = ds.ParquetFileFormat(default_fragment_scan_options=ds.ParquetFragmentScanOptions(**CHECKED))
    where = {"source": path.path, "filesystem": path.fs} if hasattr(path, "fs") else {"source": path}
    return ds.dataset(format=form, **where)


@contextmanager
def parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """Give a part's file, here or at an address, whose pages are checked as they are read; StudyError for a fault.

    A file here is opened by Arrow itself: a buffer of Python's, which one of Arrow's threads may still let go of
    when the interpreter ends, would abort the process then.
    """
    import pyarrow.parquet as pq

    with reading(path), path.open("rb") if hasattr(path, "fs") else nullcontext(str(path)) as source:
        with pq.ParquetFile(source, **CHECKED) as file:
            yield file


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
