"""Export a study: a folder of tables with a codebook, whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast, get_args

import pyarrow as pa

from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, did_you_mean, short, shown
from cordiale.files.file_list import LIST, hash_of
from cordiale.output.export.codebook import as_csv, as_page, codebook_rows
from cordiale.output.export.columns import LONGEST_LABEL, States, YearOf, codes_of
from cordiale.output.export.tables import (
    DRAWS,
    TABLES,
    Courses,
    Progress,
    Table,
    courses_of,
    every_world,
    summaries,
    tables,
)
from cordiale.scenario.load import load_case
from cordiale.study.design import SOURCES, pack_in, read_design
from cordiale.study.earlier_results import is_first_form, states_in
from cordiale.study.journal import Journal, journal
from cordiale.study.labels import plain
from cordiale.study.manifest import write_manifest
from cordiale.study.study import Study
from cordiale.study.unfinished import Header, command_line

FORMAT = 1
SMALL_STATA, LARGE_STATA = 2048, 32_767  # variables of a data set in the smallest edition, and in a file of this kind
MOST = 1 << 26  # cells of a Stata file, which is built in memory: some 2.5 gigabytes


@dataclass(frozen=True)
class Written:
    """A file of an export."""

    path: Path
    rows: int
    columns: int
    bytes: int


def export(
    study: Study,
    suffix: str = "csv",
    out: Path | None = None,
    *,
    every_world: bool = False,
    year: str = "last",
    only: Sequence[str] = (),
    inputs: Sequence[str] = (),
    pack: str | None = None,
    replace: bool = False,
    allow: Collection[str] = (),
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
) -> list[Written]:
    """Write a study as tables of dyads and states by year and quarter, and return the files of tables.

    Parameters
    ----------
    suffix : "csv", "parquet" or "dta"
    out : folder; `export/<suffix>` in the study's own where None
    every_world : every world in place of mean, deviation and quantiles over worlds
    year : what a year is: its "last" quarter, or the "mean" of its quarters
    only : names of TABLES; all that the study has measures for where empty
    inputs : paths of drawn numbers that every table is to tell too, with `every_world`
    pack : name or folder of a case pack, whose COW codes are to count in place of the study's own
    replace : whether an export that lies there already may go
    allow : modules from which the pack may name a family of the user's own
    progress : called with (done, in all)
    tell : called with how large it will be, before anything is written

    Raises
    ------
    OptionError, StudyError
    """
    _known("--format", suffix, FORMATS)
    _known("--year", year, get_args(YearOf))
    for name in only:
        _known("--only", name, TABLES)
    _check_inputs(study, inputs, only, every_world)
    folder = study.here / "export" / suffix if out is None else user_path(out)
    states = States(*_states(study, pack, allow), codes_of(study.measures(name) for name in study.scenarios))
    courses = courses_of(study, allow)
    whole = tables(study, states, worlds=every_world, year=cast(YearOf, year), courses=courses, inputs=inputs)
    found = _chosen(whole, only)
    _check_size(found, suffix)
    if tell is not None and suffix == "dta":
        for table in (table for table in found if len(table.columns) > SMALL_STATA):
            tell(f"{table.name} has {len(table.columns):,} variables: Stata/BE opens no more than {SMALL_STATA:,}")
    if tell is not None and every_world:
        rows = sum(table.count for table in found)
        tell(f"{rows:,} rows in {len(found)} files; --only names one of them, --format parquet is the smallest")
    with journal(folder, Header(command="export", key=""), replace=replace) as run:
        _write(study, found, states, courses, run, suffix, every_world, progress)
        run.write("codebook.csv", as_csv(codebook_rows(study, found, suffix)))
        run.write("codebook.md", as_page(study, found, suffix, cast(YearOf, year), every_world))
        write_manifest(_manifest(study, run.result, every_world, year), run)
        study.check_same()
    paths = {table.name: folder / f"{table.name}.{suffix}" for table in found}
    return [Written(paths[each.name], each.count, len(each.columns), paths[each.name].stat().st_size) for each in found]


def _known(option: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise OptionError(f"{option} {short(value)}{did_you_mean(value, known)} (known: {', '.join(known)})")


def _states(study: Study, name: str | None, allow: Collection[str]) -> tuple[str, dict[str, tuple[str, int]]]:
    """Return the name of the study's own pack, or of the one that is named, and code -> name and COW code."""
    if name is None and is_first_form(study.model):
        design = read_design(study.folder)
        return design.pack, states_in(study.folder / SOURCES / design.pack)
    pack = (load_case(name, allow=allow) if name else pack_in(study.folder, read_design(study.folder), allow)).pack
    return pack.name, {code: (state.name, state.cow_code) for code, state in pack.states.items()}


def _chosen(tables: list[Table], only: Sequence[str]) -> list[Table]:
    if not tables:
        raise OptionError("the study records no measure of a state or a dyad, so there is nothing to export")
    chosen = [table for table in tables if not only or table.name in only]
    lacking = [name for name in only if name not in {table.name for table in chosen}]
    if lacking:
        raise OptionError(f"--only {lacking[0]}: the study records no measure for it")
    return chosen


def _check_inputs(study: Study, inputs: Sequence[str], only: Sequence[str], worlds: bool) -> None:
    """Raise OptionError where what worlds drew is asked for without worlds, or a number is not drawn or named twice."""
    if not worlds and (inputs or DRAWS in only):
        asked = f"--input {short(inputs[0])}" if inputs else f"--only {DRAWS}"
        raise OptionError(f"{asked}: what a world drew stands in rows of worlds: add --every-world")
    known = study.store.drawn if inputs else []
    for at, path in enumerate(inputs):
        if path not in known:
            hint = did_you_mean(path, known) or ": `cordiale list parameters` shows the names"
            raise OptionError(f"--input {short(path)}: the study draws no such number{hint}")
        if path in inputs[:at]:
            raise OptionError(f"--input {short(path)} is given twice")


def _check_size(tables: Sequence[Table], suffix: str) -> None:
    for table in tables:
        if suffix == "dta" and len(table.columns) > LARGE_STATA:
            raise OptionError(
                f"--format dta: {table.name} would have {len(table.columns):,} variables, and a Stata file holds "
                f"{LARGE_STATA:,}: choose csv or parquet, or leave it out with --only"
            )
        if suffix == "dta" and table.count * len(table.columns) > MOST:
            message = f"{table.name} would have {table.count:,} rows, and a Stata file is built in memory"
            raise OptionError(f"--format dta: {message}: choose csv or parquet, name smaller tables with --only, "
                              f"or leave out --every-world")  # fmt: skip


def _write(study: Study, tables: Sequence[Table], states: States, courses: Courses, run: Journal, suffix: str,
           worlds: bool, progress: Progress | None) -> None:  # fmt: skip
    writers: dict[str, Writer] = {}
    pieces = every_world if worlds else summaries
    try:
        for table, piece in pieces(study, tables, states, courses, progress):
            if table.name not in writers:
                writers[table.name] = _writer(study, table, states, run.path(f"{table.name}.{suffix}"), piece.schema)
            writers[table.name].add(piece)
    finally:
        if sys.exc_info()[0] is None:
            for writer in writers.values():
                writer.close()


def _writer(study: Study, table: Table, states: States, path: Path, schema: Any) -> Writer:
    if path.suffix == ".csv":
        return CsvWriter(path, schema)
    if path.suffix == ".parquet":
        return ParquetWriter(path, schema)
    title = plain(f"cordiale, {table.name}: {', '.join(study.scenarios)}")
    names = {cow: states.names[code] for code, cow in states.cow.items()}
    return StataWriter(path, table, title, names, _started(study))


def _started(study: Study) -> datetime:
    try:
        return datetime.fromisoformat(study.manifest["timing"]["started"]).replace(tzinfo=None)
    except (KeyError, TypeError, ValueError):
        return datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _manifest(study: Study, folder: Path, worlds: bool, year: str) -> dict[str, Any]:
    content = {path.name: hash_of(path) for path in sorted(folder.iterdir()) if path.name != LIST}
    return {
        "kind": "export", "format": FORMAT, "study": shown(study.folder), "of": study.manifest.get("content", {}),
        "rows": "every world" if worlds else "statistics over worlds", "year": year,
        "scenarios": study.scenarios, "worlds": study.worlds, "seed": study.manifest["seed"],
        "pack": study.manifest["pack"], "versions": study.manifest["versions"],
        "command": command_line(), "content": content,
    }  # fmt: skip


# ----------------------------------------------------------------
# Writing a table piece by piece as csv, parquet or Stata.


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
