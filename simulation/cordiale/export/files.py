"""Writing a table piece by piece as csv, parquet or Stata."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from cordiale.export.columns import LONGEST_LABEL
from cordiale.export.tables import Table

FORMATS = ("csv", "parquet", "dta")


class Writer(Protocol):
    """What takes the pieces of a table in order."""

    def add(self, piece: pa.Table) -> None:
        """Write a piece."""

    def close(self) -> None:
        """Finish the file."""


class CsvWriter:
    """UTF-8, a comma between, numbers in full; nothing where nothing was recorded."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.csv as pc

        plain = pa.schema([(field.name, _plain(field.type)) for field in schema])
        options = pc.WriteOptions(quoting_style="needed")
        self._writer, self._schema = pc.CSVWriter(path, plain, write_options=options), plain

    def add(self, piece: pa.Table) -> None:
        """Write a piece."""
        self._writer.write(piece.cast(self._schema))

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


class ParquetWriter:
    """Typed, compressed; null where nothing was recorded."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def add(self, piece: pa.Table) -> None:
        """Write a piece."""
        self._writer.write_table(piece)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


class StataWriter:
    """Stata 14 and later, with labels; the whole table is held in memory until it is written.

    Parameters
    ----------
    title : of the data set
    states : COW code -> name, the value labels of COW codes
    when : written into the file in place of the present, so that an export again gives the same bytes
    """

    def __init__(self, path: Path, table: Table, title: str, states: Mapping[int, str], when: datetime) -> None:
        self._path, self._table, self._title, self._states, self._when = path, table, title, states, when
        self._pieces: list[pa.Table] = []

    def add(self, piece: pa.Table) -> None:
        """Keep a piece."""
        self._pieces.append(piece)

    def close(self) -> None:
        """Write the file."""
        whole = pa.concat_tables([_spelt(piece) for piece in self._pieces])
        frame = whole.to_pandas()
        frame["scenario"] = frame["scenario"].astype("category")
        codes = {name: dict(self._states) for name in frame.columns if name.startswith("ccode")}
        labels: dict[Any, str] = {column.name: column.label[:LONGEST_LABEL] for column in self._table.columns}
        frame.to_stata(
            self._path, write_index=False, version=118, time_stamp=self._when, variable_labels=labels,
            data_label=self._title[:LONGEST_LABEL], value_labels=codes,
        )  # fmt: skip


def _spelt(piece: pa.Table) -> pa.Table:
    return piece.cast(pa.schema([(field.name, _plain(field.type)) for field in piece.schema]))
