"""The tables of a study on disk: a file for each part of 256 worlds, a row group for each scenario and measure.

A part holds the same worlds whatever the blocks and processes, so its bytes do not depend on them; a
reader that wants one measure reads its row groups and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cordiale.blocks import BlockResult, Plan, requests
from cordiale.quarters import to_text

COLUMNS = ("scenario", "world", "quarter", "measure", "entity", "value")
TEXT = pa.dictionary(pa.int32(), pa.string())


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

    def write(self, result: BlockResult, path: Path) -> None:
        """Write a part; a row group is there even where no world was kept."""
        at = 0
        with pq.ParquetWriter(
            path, self.schema, compression="zstd", use_dictionary=list(COLUMNS[:-1]), column_encoding={"value": SPLIT}
        ) as writer:
            for scenario, measure, quarters, entities in self._groups:
                rows = len(quarters) * len(entities)
                values = result.values[:, at : at + rows]
                at += rows
                table = self._table(scenario, measure, quarters, entities, result.worlds, values)
                writer.write_table(table, row_group_size=max(1, table.num_rows))

    def _table(
        self, scenario: str, measure: str, quarters: list[str], entities: list[str], worlds: Any, values: Any
    ) -> pa.Table:
        count, rows = values.shape
        by_quarter = np.repeat(np.arange(len(quarters), dtype=np.int32), len(entities))
        by_entity = np.tile(np.arange(len(entities), dtype=np.int32), len(quarters))
        columns = {
            "scenario": _coded(np.zeros(count * rows, dtype=np.int32), [scenario]),
            "world": pa.array(np.repeat(np.asarray(worlds, dtype=np.int32), rows)),
            "quarter": _coded(np.tile(by_quarter, count), quarters),
            "measure": _coded(np.zeros(count * rows, dtype=np.int32), [measure]),
            "entity": _coded(np.tile(by_entity, count), entities),
            "value": pa.array(np.ascontiguousarray(values).reshape(-1)),
        }
        return pa.table([columns[name] for name in COLUMNS], schema=self.schema)


SPLIT = "BYTE_STREAM_SPLIT"  # a quarter smaller than plain for doubles


def _coded(codes: Any, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))


class InputRows:
    """The drawn parameters: a row a world, a row group for each scenario that draws its own."""

    def __init__(self, plan: Plan) -> None:
        self.paths = list(plan.scenarios[0].ranges)
        columns = [pa.field("scenario", TEXT), pa.field("world", pa.int32())]
        self.schema = pa.schema(columns + [pa.field(path, pa.float64()) for path in self.paths])

    def write(self, result: BlockResult, path: Path) -> None:
        """Write a part."""
        worlds = np.asarray(result.worlds, dtype=np.int32)
        with pq.ParquetWriter(
            path, self.schema, compression="zstd", use_dictionary=["scenario"],
            column_encoding={path: SPLIT for path in self.paths},
        ) as writer:  # fmt: skip
            for scenario, values in result.inputs.items():
                columns = [_coded(np.zeros(len(worlds), dtype=np.int32), [scenario]), pa.array(worlds)]
                columns += [pa.array(values[path]) for path in self.paths]
                writer.write_table(pa.table(columns, schema=self.schema), row_group_size=max(1, len(worlds)))
