"""A result: what a study is, and what every analysis returns: tables, sentences, figures, and a folder of them.

An analysis says what its tables and its sentences are; all else that can be done with a result stands here, once.
Charts and pages are made by what is installed for it (an entry point, `output/results.py`), which finds those of a
result by its kind when one is asked for: an analysis knows nothing of charts, and a chart is registered nowhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from cordiale.engine.pool import Ordered, ordered
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import StudyError, shown
from cordiale.files.file_list import LIST, MANIFEST, Written, hash_of
from cordiale.files.temporary import DRAFT
from cordiale.study.estimate import flat
from cordiale.study.journal import Journal, journal
from cordiale.study.manifest import about_scenario, made_with, write_manifest
from cordiale.study.unfinished import Header

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cordiale.scenario.settings import Scenario
    from cordiale.study.question import Asked

FORMAT = 1
LONGEST = 200  # signs of the sentence that a prompt shows
SHOWN = 12  # rows of the table that a notebook shows
Row = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """What was found, said once: as a sentence, then in shorter forms for the title of a chart; which one, if any."""

    forms: Sequence[str]
    chart: str = ""


class Result:
    """What is common to all results.

    Attributes
    ----------
    kind : what it is called in a manifest; its charts are `output/charts/<kind>.py`
    digits : how numbers stand in its csv files
    packages : what it is made with beside what every result is
    call : what was asked, of the answer to a question
    kept_in : folder in which it is kept, if it is
    """

    kind: ClassVar[str]
    digits: ClassVar[str] = "%.8g"
    packages: ClassVar[Sequence[str]] = ()
    call: Asked | None = None
    kept_in: Path | None = None

    def head(self) -> str | None:
        """Return where it is kept, and what is there; None where it is not."""
        return f"In {self.kept_in}/: {', '.join(self.files)}" if self.kept_in else None

    @property
    def files(self) -> list[str]:
        """Return the names of what is kept of it."""
        return [*(f"{name}.csv" for name in self.tables()), "charts/", "manifest.json"]

    # ------------------------------------------------------------ what an analysis says

    @property
    def ran(self) -> Sequence[Scenario]:
        """The scenario that it is about, and one that is subtracted, if any."""
        return [self.scenario] if hasattr(self, "scenario") else []

    def contents(self) -> Mapping[str, Sequence[Row]]:
        """Return name of a table -> its rows, whose cells may be estimates, the table to look at first."""
        return {}

    def findings(self) -> list[Finding]:
        """Return what was found."""
        raise NotImplementedError

    def facts(self) -> Row:
        """Return what a program reads of it beside its tables and sentences."""
        return {}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return what a terminal shows below the sentences: title and rows of each table."""
        return []

    # ------------------------------------------------------------ what follows from it

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Return name -> table, the one to look at first."""
        import pandas as pd

        from cordiale.study.renamed import COLUMNS, Frame

        old = COLUMNS.get(self.kind, {})
        return {
            name: Frame.of(pd.DataFrame([flat(row) for row in rows]), old) for name, rows in self.contents().items()
        }

    def sentences(self) -> list[str]:
        """Return what was found, a sentence each."""
        return [each.forms[0] for each in self.findings() if each.forms[0]]

    def titles(self, chart: str) -> Sequence[str]:
        """Return the title of a chart, from the longest form to the shortest."""
        found = next(each for each in self.findings() if each.chart == chart)
        return found.forms[1:] or [found.forms[0].rstrip(".")]

    def details(self) -> Row:
        """Return what its manifest says of it, as JSON."""
        started = self.call.started if self.call else time.time()
        read = about_scenario(*self.ran) if self.ran else {}
        return self.facts() | read | {"sentences": self.sentences()} | made_with(started, *self.packages)

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        tables = {name: [flat(row) for row in rows] for name, rows in self.contents().items()}
        return {**self.facts(), **tables, "sentences": self.sentences()}

    # ------------------------------------------------------------ what everybody can do with it

    def frame(self) -> pd.DataFrame:
        """Return the table to look at first."""
        return next(iter(self.tables().values()))

    def figures(self) -> dict[str, Figure]:
        """Return name -> chart, drawn; matplotlib is loaded when this is called."""
        return {name: draw() for name, draw in output().figures(self).items()}

    def save(self, folder: Path | str, replace: bool = False) -> Path:
        """Write tables, charts and manifest into a folder, whole or not at all, and return it.

        Parameters
        ----------
        replace : whether a result of the same kind that lies there may go

        Raises
        ------
        StudyError where something is in the way or the folder cannot be written
        """
        target = user_path(folder)
        with journal(target, Header(command=self.kind, key=""), replace=replace, kind=self.kind) as run:
            self.write(run)
        return target

    def write(self, run: Journal) -> None:
        """Write it into the result of work in hand."""
        tables = self.tables()
        for name, table in tables.items():
            table.to_csv(run.path(f"{name}.csv"), index=False, float_format=self.digits, encoding="utf-8")
        for name, content in output().pages(self).items():
            run.write(name, content)
        output().draw(self, run)
        content = {f"{name}.csv": hash_of(run.result / f"{name}.csv") for name in tables}
        own = {"kind": self.kind, "format": FORMAT, **self.details()}
        write_manifest({**own, "command": run.header.typed, "content": content}, run)

    def __repr__(self) -> str:
        first = next(iter(self.sentences()), "nothing was found")
        return f"<{type(self).__name__}: {first if len(first) <= LONGEST else first[: LONGEST - 3] + '...'}>"

    def _repr_html_(self) -> str:
        """Return sentences and the first rows of the table, as a notebook shows them."""
        told = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences())
        table = self._shown()
        more = f"<p>{len(table) - SHOWN:,} more rows: .frame()</p>" if len(table) > SHOWN else ""
        return f"<ul>{told}</ul>{table.head(SHOWN).to_html(index=False)}{more}"

    def _shown(self) -> pd.DataFrame:
        """Return the table that a notebook shows."""
        return self.frame()


def output() -> Any:
    """Return what makes charts and pages of results; it is installed, since this room knows none to its right."""
    return next(iter(entry_points(group="cordiale.output", name="results"))).load()


Found = TypeVar("Found", bound=Result)


def worked_out(
    work: Callable[[Ordered], Found], out: Path | str | None, header: Header, replace: bool = False,
    kind: str | None = None,
) -> Found:  # fmt: skip
    """Return the result of some work; with a folder it is kept there, and goes on where it was interrupted.

    Parameters
    ----------
    work : given what works through tasks, as `pool.ordered` does
    header : what is worked out
    kind : of the result, where it is not called as the command
    """
    if out is None:
        return work(ordered)
    with journal(user_path(out), header, replace=replace, kind=kind) as run:
        found = work(run.ordered)
        found.write(run)
    return found


def copy_of(folder: Path, run: Journal) -> None:
    """Write what cordiale wrote into one folder of results into another, the manifest last.

    Raises StudyError where a file of the list is missing.
    """
    listed = (name for name in Written(folder).names if not DRAFT.fullmatch(Path(name).name))
    names = sorted(listed, key=lambda name: name == MANIFEST)
    for name in names:
        if not (folder / name).is_file():
            raise StudyError(f"{shown(folder / name)} is missing: make it again, or take its line out of {LIST} there")
        run.path(name).write_bytes((folder / name).read_bytes())


def folder_of(kind: str, *names: str) -> Path:
    """Return where an analysis goes without --out: "outputs/sensitivity-baseline-alignment-FRA-JPN"."""
    words = [re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-") for name in names]
    return Path("outputs") / "-".join([kind, *words])[:120]
