"""A tidy table on disk, written as it comes."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 1 << 20  # of a row group: fixed, so that a file's bytes do not depend on blocks


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
