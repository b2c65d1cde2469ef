"""Rows as a table that fits the terminal, or 80 columns where there is none; lists that stay whole in a pipe."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import typer

GAP = 2  # signs between columns
WHOLE = 10**6  # a line in which any row has room
NUMBER = re.compile(r"[(+−-]*[0-9][0-9.,]*(e[+-]?[0-9]+)?[%),;]*")
BREAK = re.compile(r"(?<=\w[_:/>=,-])(?=\w)|(?<=\w\.)(?=[A-Za-z])")  # inside a name: `france_` `joins_` `quad`


def width() -> int:
    """Return how many signs a line has: COLUMNS, else those of the terminal, else 80."""
    return max(20, shutil.get_terminal_size().columns)


def say(text: str, indent: str = "") -> None:
    """Print a sentence, or an entry of a list: wrapped on a terminal, and one line where a program or a file reads it.

    Parameters
    ----------
    indent : of the lines after its first, on a terminal
    """
    if sys.stdout.isatty():
        text = textwrap.fill(text, width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    typer.echo(text)


def listed(rows: Sequence[dict[str, Any]], title: str | None = None) -> None:
    """Print rows that are looked through: a table on a terminal, and each row one line where a program reads it."""
    table(rows, title, width() if sys.stdout.isatty() else WHOLE)


def entries(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Print rows with texts as long as paths and sources: on a terminal a paragraph each, in which no word is broken.

    Its first line has the first two cells. Where a program reads it, each row is one line of a table.
    """
    if not sys.stdout.isatty():
        table(rows, title, WHOLE)
        return
    say(_plain(title))
    for row in rows:
        (_, name), (_, value), *rest = ((key, _plain(cell)) for key, cell in row.items())
        say(f"{name}: {value}", "    ")
        for key, cell in rest:
            if cell:
                say(f"  {key}: {cell}", "    ")


def table(rows: Sequence[dict[str, Any]], title: str | None = None, room: int | None = None) -> None:
    """Print rows of one shape as a table of the width of a line; texts from files are printed as they are.

    Texts are wrapped where they must be, between words and inside long names. Where columns are too many, the rest
    follows as a further table that begins with the same names.
    """
    if not rows:
        return
    room = room or width()
    if title:
        typer.echo("\n".join(textwrap.wrap(_plain(title), room)))
    columns = [Column.of(name, [row[name] for row in rows]) for name in rows[0]]
    for at, group in enumerate(_groups(columns, room)):
        if at:
            typer.echo()
        for k, line in enumerate(_lines(group, room)):
            typer.echo(typer.style(line, bold=True) if k < max(len(each.head) for each in group) else line)


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    name, cells : as they are printed, on one line
    right : whether it stands to the right, as numbers do
    given : the width that it is wrapped to
    """

    name: str
    cells: tuple[str, ...]
    right: bool
    given: int = 10**6

    @classmethod
    def of(cls, name: str, values: Sequence[Any]) -> Column:
        """Return the column of some values, which is as wide as they are."""
        cells = [f"{each:.3f}" if isinstance(each, float) else _plain(each) for each in values]
        return cls(_plain(name), tuple(cells), isinstance(values[0], int | float))

    @property
    def natural(self) -> int:
        """The width in which nothing is wrapped."""
        return max(_length(each) for each in (self.name, *self.cells))

    @property
    def whole(self) -> int:
        """The width in which no word is broken."""
        return max(_length(word) for each in (self.name, *self.cells) for word in (*each.split(), ""))

    @property
    def least(self) -> int:
        """The width in which long names are broken where their parts meet, and numbers are whole."""
        words = (word for each in (self.name, *self.cells) for word in (*each.split(), ""))
        return max(_length(piece) for word in words for piece in _pieces(word))

    @property
    def holds_numbers(self) -> bool:
        """Whether a cell begins with a number."""
        return any(NUMBER.fullmatch(each.split()[0]) for each in self.cells if each)

    @property
    def head(self) -> list[str]:
        """The lines of its name."""
        return _wrapped(self.name, self.given)


def _plain(value: object) -> str:
    from cordiale.study.labels import plain

    return plain(str(value))


def _length(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _groups(columns: Sequence[Column], room: int) -> Iterator[list[Column]]:
    """Yield columns that have room beside each other; those that name a row stand first in each group."""
    lead = next((at for at, each in enumerate(columns) if each.holds_numbers), 1) or 1
    names, rest = list(columns[:lead]), list(columns[lead:])
    if _fits(names + rest, room) or not rest:
        yield names + rest
        return
    group: list[Column] = []
    for column in rest:
        if group and not _fits([*names, *group, column], room):
            yield names + group
            group = []
        group.append(column)
    yield names + group


def _fits(columns: Sequence[Column], room: int) -> bool:
    return sum(each.least for each in columns) + GAP * (len(columns) - 1) <= room


def _lines(columns: Sequence[Column], room: int) -> Iterator[str]:
    """Yield the lines of a table: the names of its columns, then its rows."""
    free = room - GAP * (len(columns) - 1)
    least = [each.whole for each in columns]
    if sum(least) > free:
        least = [each.least for each in columns]
    given = _widths([(size, each.natural) for size, each in zip(least, columns, strict=True)], free)
    columns = [Column(each.name, each.cells, each.right, size) for each, size in zip(columns, given, strict=True)]
    heads = [each.head for each in columns]
    bodies = ([_wrapped(each.cells[row], each.given) for each in columns] for row in range(len(columns[0].cells)))
    for cells in (heads, *bodies):
        for k in range(max(map(len, cells))):
            parts = [_padded(cell[k] if k < len(cell) else "", each) for cell, each in zip(cells, columns, strict=True)]
            yield (" " * GAP).join(parts).rstrip()


def _padded(text: str, column: Column) -> str:
    free = " " * (column.given - _length(text))
    return free + text if column.right else text + free


def _widths(sizes: Sequence[tuple[int, int]], free: int) -> list[int]:
    """Return a width for each (least, natural): the widest give way first, and none below its least."""
    cap = max(natural for _, natural in sizes)
    while cap and sum(max(least, min(natural, cap)) for least, natural in sizes) > free:
        cap -= 1
    return [max(least, min(natural, cap)) for least, natural in sizes]


def _pieces(word: str) -> list[str]:
    """Return the parts of a word that may stand on lines of their own; a number is whole."""
    return [word] if NUMBER.fullmatch(word) else BREAK.split(word)


def _wrapped(text: str, size: int) -> list[str]:
    """Return the lines of a text: broken between words, and in a word where it is longer than a line."""
    lines = [""]
    for word in text.split():
        if lines[-1] and _length(f"{lines[-1]} {word}") <= size:
            lines[-1] += f" {word}"
        elif _length(word) <= size:
            lines.append(word)
        else:
            lines.append("")
            for piece in _pieces(word):
                if lines[-1] and _length(lines[-1] + piece) > size:
                    lines.append("")
                lines[-1] += piece
    return lines[1:] or lines
