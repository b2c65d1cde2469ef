"""The tables of a study on disk: a file for each part of 256 worlds, a row group for each scenario and measure.

A part holds the same worlds whatever the blocks and processes, so its bytes do not depend on them; a
reader that wants one measure reads its row groups and nothing else. Whoever runs a part makes its bytes, a
third of its numbers, so that the process that keeps them has little to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cordiale.blocks import BlockResult, Failure, Plan, requests, run_blocks
from cordiale.quarters import to_text

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
        at, file = 0, pa.BufferOutputStream()
        with pq.ParquetWriter(
            file, self.schema, use_dictionary=list(COLUMNS[:-1]), column_encoding={"value": SPLIT}, **SEALED
        ) as writer:
            for scenario, measure, quarters, entities in self._groups:
                rows = len(quarters) * len(entities)
                values = result.values[:, at : at + rows]
                at += rows
                table = self._table(scenario, measure, quarters, entities, result.worlds, values)
                writer.write_table(table, row_group_size=max(1, table.num_rows))
        return bytes(file.getvalue())

    def _table(
        self, scenario: str, measure: str, quarters: list[str], entities: list[str], worlds: Any, values: Any
    ) -> pa.Table:
        count, rows = values.shape
        by_quarter = np.repeat(np.arange(len(quarters), dtype=np.int32), len(entities))
        by_entity = np.tile(np.arange(len(entities), dtype=np.int32), len(quarters))
        columns = {
            "scenario": coded(np.zeros(count * rows, dtype=np.int32), [scenario]),
            "world": pa.array(np.repeat(np.asarray(worlds, dtype=np.int32), rows)),
            "quarter": coded(np.tile(by_quarter, count), quarters),
            "measure": coded(np.zeros(count * rows, dtype=np.int32), [measure]),
            "entity": coded(np.tile(by_entity, count), entities),
            "value": pa.array(np.ascontiguousarray(values).reshape(-1)),
        }
        return pa.table([columns[name] for name in COLUMNS], schema=self.schema)


SPLIT = "BYTE_STREAM_SPLIT"  # a quarter smaller than plain for doubles


def coded(codes: Any, names: list[str]) -> pa.DictionaryArray:
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
