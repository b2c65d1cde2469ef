"""The codebook of an export: every column of every file, as a table and as a page to read."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from io import StringIO

from cordiale.output.export.columns import STATISTICS, YearOf
from cordiale.output.export.tables import Table
from cordiale.study.labels import plain
from cordiale.study.quantiles import how_counted
from cordiale.study.study import Study

HEAD = ("file", "column", "label", "unit", "meaning", "recorded_for", "source")
_YEAR = {
    "last": "A year has the value at the end of its last quarter in the study, as year-end data have.",
    "mean": "A year has the mean of its quarters in the study; the mean is taken in each world first.",
}


def codebook_rows(study: Study, tables: Sequence[Table], suffix: str) -> list[dict[str, str]]:
    """Return a row for each column of each file, with the names of HEAD."""
    return [
        {
            "file": f"{table.name}.{suffix}", "column": column.name, "label": column.label, "unit": column.unit,
            "meaning": column.meaning, "recorded_for": _recorded(study, column.measure),
            "source": column.source,
        }
        for table in tables
        for column in table.columns
    ]  # fmt: skip


def _recorded(study: Study, measure: str) -> str:
    """Return whom a measure was recorded for: "all", or the entities; by scenario where they differ."""
    if not measure:
        return ""
    words = {name: _whom(study, study.measures(name).get(measure, []), measure) for name in study.scenarios}
    if len(set(words.values())) == 1:
        return words[study.scenarios[0]]
    return "; ".join(f"{name}: {text}" for name, text in words.items())


def _whom(study: Study, recorded: Sequence[str], measure: str) -> str:
    states = len(study.manifest["names"])
    every = {"state": states, "directed": states * (states - 1), "dyad": states * (states - 1) // 2}
    if len(recorded) == every[study.measure(measure).entity]:
        return "all"
    return ", ".join(recorded) or "none"


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    """Return codebook rows as csv text."""
    out = StringIO()
    writer = csv.DictWriter(out, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_page(study: Study, tables: Sequence[Table], suffix: str, year: YearOf, worlds: bool) -> str:
    """Return the codebook as Markdown: what a row is, how to merge, and a table of columns for each file."""
    about = study.manifest
    lines = [
        f"# Codebook: {cell(study.folder.name)}", "",
        f"Simulated by cordiale {about['versions']['cordiale']}: {study.worlds} worlds a scenario, seed "
        f"{about['seed']}, case pack `{about['pack']}` after {cell(about['article'])}", "",
        "These are no observations. A difference between two scenarios has a meaning; a level in some year has none "
        "without its spread over worlds.", "", "## Scenarios", "",
    ]  # fmt: skip
    lines += [f"- `{name}`: {cell(study.title(name))}" for name in study.scenarios]
    lines += ["", "## Rows", "", _key_words(worlds), _YEAR[year], *_WORDS]
    if not worlds and (counted := how_counted(study)):
        lines.append(counted)
    lines += ["", "## How rows are matched", "", *_matched(study, tables[0], suffix, worlds)]
    if merged := _merge(tables[0], suffix, study.scenarios[0], worlds):
        lines += ["", "## How to merge", "", *merged]
    for table in tables:
        lines += ["", f"## {table.name}.{suffix}", "", f"{table.count:,} rows, {len(table.columns)} columns.", ""]
        lines += ["| column | label | unit | meaning | recorded for |", "|---|---|---|---|---|"]
        for row in codebook_rows(study, [table], suffix):
            words = [f"`{row['column']}`", *(cell(row[name]) for name in ("label", "unit", "meaning", "recorded_for"))]
            lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Return a text from a file as Markdown shows it as it is, in a line or a cell of a table."""
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace("|", r"\|")


def _key_words(worlds: bool) -> str:
    if worlds:
        return ("A row is a scenario, a world, a dyad or state, and a year or quarter. World n is the same world in "
                "every scenario.")  # fmt: skip
    endings = ", ".join(f"`{ending}` {words}" for ending, words in STATISTICS.items() if ending)
    return (f"A row is a scenario, a dyad or state, and a year or quarter. A measure's own column is its mean over "
            f"worlds; others add an ending: {endings}.")  # fmt: skip


_WORDS = [
    "`quarters` says how many quarters of the year the study has: leave out years with fewer than 4 where whole years "
    "are needed.",
    "In `dyads_undirected` the state with the lower COW code comes first. In `dyads_directed` each pair stands in both "
    "orders; a measure of the pair is the same in both, a measure of one toward the other belongs to the first.",
    "An empty cell was not recorded. What is recorded stands under `measures` in a scenario: a name alone is recorded "
    "for all, a name with a colon for one.",
]


def _when_and_who(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name in ("ccode", "ccode1", "ccode2", "year", "quarter")]


def _matched(study: Study, table: Table, suffix: str, worlds: bool) -> list[str]:
    """Return what makes rows of two scenarios comparable, and programs that take differences and fit a regression."""
    if not worlds:
        return [
            "Rows of two scenarios with the same states and time are means over the same worlds: the difference of two "
            "means is the mean of the differences in the same world. Its uncertainty is not in these columns, since "
            "standard deviations and quantiles are of levels: write every world (`--every-world`) for that, or take "
            "the intervals of `cordiale compare`."
        ]
    on, value = ["world", *_when_and_who(table)], next(iter(table.measures), "")
    column = next((each.name for each in table.columns if each.measure == value and value), "")
    words = [
        "World n of one scenario and world n of another have the same draws and the same luck: they differ by what the "
        "scenarios set and by nothing else. So take differences within a world, or give each world an effect of its "
        "own; standard errors then come from worlds, which are independent, and are clustered by `world`. More worlds "
        "make an interval narrow, and the coding no better known.",
    ]
    if not column or len(study.scenarios) < 2:
        return words
    base, other = study.scenarios[:2]
    if suffix == "dta":
        return [
            *words, "", "```stata", f"use {table.name}, clear", "decode scenario, generate(policy)",
            f"egen pair = group({' '.join(on)})", f'generate treated = policy == "{other}"',
            f'keep if inlist(policy, "{base}", "{other}")', "xtset pair",
            f"xtreg {column} treated, fe vce(cluster world)", "```",
        ]  # fmt: skip
    read = "read_csv" if suffix == "csv" else "read_parquet"
    return [
        *words, "", "```python", f'rows = pandas.{read}("{table.name}.{suffix}")', f"on = {json.dumps(on)}",
        f'rows = rows[rows.scenario.isin(["{base}", "{other}"])]',
        f'wide = rows.pivot(index=on, columns="scenario", values="{column}")',
        f'difference = wide["{other}"] - wide["{base}"]  # in the same world',
        'by_world = difference.groupby("world").mean()  # one number a world: these are independent',
        "mean, error = by_world.mean(), by_world.sem()",
        "", "# the same by a regression with an effect of each world, dyad or state, and time",
        "groups = [rows[name] for name in on]",
        f'treated = (rows.scenario == "{other}").astype(float)',
        'x = treated - treated.groupby(groups).transform("mean")',
        f'y = rows["{column}"] - rows["{column}"].groupby(groups).transform("mean")',
        "slope = (x * y).sum() / (x * x).sum()", "```",
    ]  # fmt: skip


def _merge(table: Table, suffix: str, scenario: str, worlds: bool) -> list[str]:
    """Return a program that merges the first table: a row to a row, or all worlds' rows to one."""
    on = _when_and_who(table)
    if not on:
        return []
    if suffix == "dta":
        return [
            "```stata", f"use {table.name}, clear", "decode scenario, generate(policy)",
            f'keep if policy == "{scenario}"', f"merge {'m' if worlds else 1}:1 {' '.join(on)} using yours", "```",
        ]  # fmt: skip
    read, kind = "read_csv" if suffix == "csv" else "read_parquet", "many_to_one" if worlds else "one_to_one"
    return [
        "```python", f'ours = pandas.{read}("{table.name}.{suffix}")', f'ours = ours[ours.scenario == "{scenario}"]',
        f'ours.merge(yours, on={json.dumps(on)}, validate="{kind}")', "```",
    ]  # fmt: skip
