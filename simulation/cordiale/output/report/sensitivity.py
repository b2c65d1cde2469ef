"""A run of `cordiale sensitivity` in a report: what it said, its table, its chart."""

from __future__ import annotations

import base64
import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from cordiale.files.errors import OptionError
from cordiale.output.report.elements import Picture, Table
from cordiale.study.labels import subject
from cordiale.study.study import Study

MOST_ROWS, LARGEST = 12, 600_000  # groups of a table; bytes of a chart
HEADS = {"first": "Alone", "first_error": "±", "total": "Total", "total_error": "±", "total_of_half": "Total, half"}


@dataclass(frozen=True)
class Run:
    """What a run of `cordiale sensitivity` left.

    Attributes
    ----------
    splits : how the spread splits into coding and chance
    sentences : what else was said
    """

    title: str
    splits: str
    sentences: list[str]
    table: Table
    picture: Picture | None
    command: list[str]


def run_of(folder: Path, study: Study) -> Run:
    """Return what a folder of `cordiale sensitivity` holds; OptionError where it holds none, or of another pack."""
    told = _manifest(folder)
    if told["pack"] != study.manifest["pack"]:
        of = study.manifest["pack"]
        raise OptionError(f"--sensitivity {folder}: it is of the pack '{told['pack']}', and the study is of '{of}'")
    splits, *sentences = [str(sentence) for sentence in told["sentences"]] or [""]
    title = f"{_subject(study, str(told['measure']))} in {told['quarter']}, {_policy(told)}"
    return Run(title, splits, sentences, _table(folder, title), _picture(folder, title), list(told["command"]))


def _policy(told: dict[str, Any]) -> str:
    against = told.get("against")
    minus = f" minus {against['title']}" if isinstance(against, dict) and "title" in against else ""
    return f"{'the difference ' if minus else ''}{told['title']}{minus}"


def _subject(study: Study, measure: str) -> str:
    try:
        return subject(study, *measure.split(":", 1))
    except (OptionError, TypeError, KeyError):
        return measure


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise OptionError(f"--sensitivity {folder}: holds no manifest.json; run `cordiale sensitivity` first")
    try:
        told = dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, OSError):
        told = {}
    needed = {"kind", "pack", "title", "measure", "quarter", "sentences", "command"}
    if told.get("kind") != "sensitivity" or not needed <= set(told) or not (folder / "groups.csv").is_file():
        raise OptionError(f"--sensitivity {folder}: not what `cordiale sensitivity` writes")
    return told


def _table(folder: Path, title: str) -> Table:
    with (folder / "groups.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file)) or [["group"]]
    shown = [[_cell(text) for text in row] for row in rows[:MOST_ROWS] if len(row) == len(head)]
    caption = f"What moves the measure ({title}): " + (
        "shares of the variance that coding brings, with half their 95 % intervals; alone: what would go if the group "
        "were known; total: what would stay if all else were known."
        if "total" in head else "groups of numbers, those that move it most first."
    )  # fmt: skip
    if len(rows) > MOST_ROWS:
        caption += f" The first {MOST_ROWS} of {len(rows)} groups."
    heads = [HEADS.get(name, name.replace("_", " ").capitalize()) for name in head]
    return Table(caption, heads, shown, frozenset(range(1, len(head))))


def _cell(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:
        return text


def _picture(folder: Path, title: str) -> Picture | None:
    """Return the run's chart as an image, in which no script of a file could run."""
    for path in sorted((folder / "charts").glob("*.svg")):
        data = path.read_bytes()
        if len(data) > LARGEST:
            continue
        width = re.search(rb'width="([0-9.]+)pt"', data[:2000])
        address = f"data:image/svg+xml;base64,{base64.b64encode(data).decode('ascii')}"
        image = Markup('<img src="{}" alt="{}">').format(address, f"Chart of the sensitivity analysis. {title}")
        return Picture("What the measure hangs on", title, "", image, float(width[1]) if width else 504.0)
    return None
