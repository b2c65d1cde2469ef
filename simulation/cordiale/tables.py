"""Tidy tables on disk: a row a scenario, world, quarter, measure and entity; written as they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cordiale.blocks import BlockResult, Plan, requests
from cordiale.quarters import to_text

ROWS = 1 << 20  # of a row group: fixed, so that a file's bytes do not depend on blocks
COLUMNS = ("scenario", "world", "quarter", "measure", "entity", "value")


class Table:
    """A parquet file written in row groups of one size, whatever comes in at a time."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int = ROWS) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows, self._kept = rows, schema.empty_table()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept.num_rows:
            self._writer.write_table(self._kept, row_group_size=self._rows)
        self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Write a table's rows, or keep them until a row group is full."""
        kept = pa.concat_tables([self._kept, table])
        while kept.num_rows >= self._rows:
            self._writer.write_table(kept.slice(0, self._rows), row_group_size=self._rows)
            kept = kept.slice(self._rows)
        self._kept = kept.combine_chunks()


class MeasureRows:
    """The index columns of a study's measures: the same for every world."""

    def __init__(self, plan: Plan) -> None:
        names: dict[str, dict[str, int]] = {"scenario": {}, "quarter": {}, "measure": {}, "entity": {}}
        codes: dict[str, list[Any]] = {name: [] for name in names}

        def code(column: str, name: str) -> int:
            return names[column].setdefault(name, len(names[column]))

        for scenario in plan.scenarios:
            every = [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)]
            for each in requests(scenario):
                quarters = every[-1:] if each.measure.last_only else every
                rows = len(quarters) * len(each.entities)
                entities = [code("entity", entity) for entity in each.entities]
                codes["scenario"].append(np.full(rows, code("scenario", scenario.name), dtype=np.int32))
                codes["measure"].append(np.full(rows, code("measure", each.name), dtype=np.int32))
                codes["quarter"].append(
                    np.repeat([code("quarter", quarter) for quarter in quarters], len(entities)).astype(np.int32)
                )
                codes["entity"].append(np.tile(entities, len(quarters)).astype(np.int32))
        self._codes = {name: np.concatenate(parts) for name, parts in codes.items()}
        self._names = {name: pa.array(list(found)) for name, found in names.items()}
        text = pa.dictionary(pa.int32(), pa.string())
        types = [text, pa.int32(), text, text, text, pa.float64()]
        self.schema = pa.schema(list(zip(COLUMNS, types, strict=True)))

    def table(self, result: BlockResult) -> pa.Table:
        """Return a block's rows, world by world."""
        worlds, rows = result.values.shape
        columns: dict[str, Any] = {
            name: pa.DictionaryArray.from_arrays(pa.array(np.tile(codes, worlds)), self._names[name])
            for name, codes in self._codes.items()
        }
        columns["world"] = pa.array(np.repeat(np.arange(result.first, result.first + worlds, dtype=np.int32), rows))
        columns["value"] = pa.array(result.values.reshape(-1))
        return pa.table([columns[name] for name in COLUMNS], schema=self.schema)


class InputRows:
    """The drawn parameters: a row a world, for each scenario that draws its own."""

    def __init__(self, plan: Plan) -> None:
        self.paths = list(plan.scenarios[0].ranges)
        columns = [pa.field("scenario", pa.string()), pa.field("world", pa.int32())]
        self.schema = pa.schema(columns + [pa.field(path, pa.float64()) for path in self.paths])

    def table(self, result: BlockResult) -> pa.Table:
        """Return a block's rows, world by world."""
        tables = [self.schema.empty_table()]
        for scenario, values in result.inputs.items():
            worlds = len(next(iter(values.values())))
            numbers = np.arange(result.first, result.first + worlds, dtype=np.int32)
            columns = [pa.array([scenario] * worlds), pa.array(numbers)]
            columns += [pa.array(values[path]) for path in self.paths]
            tables.append(pa.table(columns, schema=self.schema))
        by_scenario = np.arange(len(result.inputs) * len(result.values)).reshape(len(result.inputs), -1)
        return pa.concat_tables(tables).take(pa.array(by_scenario.T.ravel()))
