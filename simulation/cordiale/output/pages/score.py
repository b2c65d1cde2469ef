"""docs/score.md: a score as a page, losses first, with a log of every look at the answers.

The log lies beside the page, in a csv of its own, so that a page which is made anew keeps all earlier looks.
"""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cordiale.analysis.score import Score, score
from cordiale.analysis.score_words import missed_first, number, tables_of, with_interval
from cordiale.analysis.sealed import MODEL, Forecast
from cordiale.case.register import start_year
from cordiale.files.atomic_write import check_files, check_links, write_files
from cordiale.files.csv_file import csv_rows
from cordiale.files.errors import OptionError, short
from cordiale.files.yaml_file import text_of
from cordiale.output.pages.baseline import markdown
from cordiale.scenario.load import load_case
from cordiale.study.result import Row

CHARTS = ("figures/score-calibration.png", "figures/score-yardsticks.png")  # beside the page
LOG = ("date", "commit", "sealed", "questions", "brier", "skill", "changed since the last look, and why")
HEAD = """# Forecasts against what came

Made by `cordiale score FORECAST QUESTIONS --page {name}`. {made}: {worlds:,} worlds of the
scenario {scenario}, model {model}. No rule, range or reading was set by a score.

{sentences}

![How often what was given some chance came, the missed and the likeliest by name](figures/score-calibration.png)

![The model beside yardsticks](figures/score-yardsticks.png)
"""
SEALED = "The forecast was sealed on {sealed}, before any answer was looked at"
SCORED = "The forecast was made and scored at once, and never sealed"
HOW = """
## How it is scored

- **Chance**: the share of worlds in which a question is answered by yes. In the log score half a world is added to
  either side, (k + ½) / (n + 1), so that no chance is 0 or 1.
- **Headline**: questions whose reading is exact or close. Rough ones stand apart.
- **Skill**: 1 less the Brier score over that of the base rate, which gives each question the share of yes among the
  questions of all *other* clusters. 0 is no better, 1 perfect.
- **Intervals** are drawn by bootstrap over clusters of questions, since those of one cluster are answered together.
- **Parts** of the Brier score (reliability, resolution, uncertainty) and the curve are those of CORP: like chances are
  grouped by isotonic regression.
- **Yardsticks**: always no; the base rate; persistence (all stays, in each world, as in its first quarter); rates by
  type and a logit on the strength of ties, both from what was signed before the start and for agreements alone; placebo
  packs, in which states' labels, positions or ties are mixed up; rival families, where they have the measures; the
  first form of the model, from its last commit, where its table was given; and the
  mean of model and base rate, which is a pool beside the model and nothing inside it.
"""
PANELS = """
## Everything that could be signed

Nobody chose these questions: each asks of one pair of states and one agreement that was open at the end of a year
whether it is signed in the years after. Ladder, talks and contracts are set back to that year, all other numbers were
coded for the start of the case, and the model's hazards were calibrated on the record up to it: *in sample*, while the
yardsticks know what was signed up to the year alone. A panel that foretells years after the start is sealed without a
score.

"""
MISSED = "\n## What was missed\n\n"
LOOKS = """
## Looks at the answers

Every time that this page was made. A model that is changed after a look is another model: what was changed, and why,
stands beside the next one.

"""


def check_page(page: Path, replace: bool) -> None:
    """Raise StudyError where the page or a chart of it may not be written, FileError where its log is none."""
    check_files([page, *(page.parent / each for each in CHARTS)], replace)
    check_links(page.parent, page, log_of(page), *(page.parent / each for each in CHARTS))
    looks_in(log_of(page))


def log_of(page: Path) -> Path:
    """Return the log that lies beside a page: score_log.csv beside score.md."""
    return page.with_name(f"{page.stem}_log.csv")


def looks_in(log: Path) -> list[dict[str, str]]:
    """Return the looks of a log, the first on top; none where there is no log yet."""
    if not log.is_file():
        return []
    return [dict(row.cells) for row in csv_rows(log, text_of(log), LOG, _no_log)]


def _no_log(columns: list[str]) -> str | None:
    left = [name for name in LOG if name not in columns]
    return f"no column '{left[0]}': the file is no log of looks; move it away to begin one" if left else None


def save_page(found: Score, page: Path, why: str, replace: bool = False, panels: Sequence[Forecast] = ()) -> list[Path]:
    """Write the page, its charts and its log with this look added, all or none, and return the files.

    Parameters
    ----------
    why : what was changed since the last look
    panels : that are told too, each scored by the record of its pack, or not yet
    replace : whether files of cordiale's own that lie there may go

    Raises
    ------
    OptionError where nothing could be scored, and where an earlier look is in the log and nobody says what was changed
    """
    from cordiale.output.charts.pictures import pictures
    from cordiale.output.charts.score import figures

    if not found.numbers.count:
        raise OptionError("--page: no question that is read exactly or closely has an answer, so there is no score")
    log = log_of(page)
    looks = looks_in(log)
    if looks and not why:
        count = f"{len(looks)} look{'s' * (len(looks) > 1)}"
        raise OptionError(f"--why: {short(log.name)} has {count}: say what was changed since, or 'nothing'")
    looks.append(look(found, why or "the first look"))
    text = page_text(found, page.name, looks, panels)
    files: dict[str, Callable[[Path], object]] = {
        page.name: lambda path: path.write_text(text, "utf-8"),
        log.name: lambda path: path.write_text(log_text(looks), "utf-8"),
    }
    for name, draw in zip(CHARTS, figures(found).values(), strict=True):
        files[name] = pictures(draw(), Path(name).stem)[Path(name).name]
    check_page(page, replace)
    return write_files(page.parent, files, True, known=True)  # the log is known by its columns, the others were checked


def look(found: Score, why: str) -> dict[str, str]:
    """Return a row of the log."""
    numbers = found.numbers
    cells = (
        datetime.now(UTC).strftime("%Y-%m-%d"), commit(), found.forecast.about.sealed, str(numbers.count),
        number(numbers.brier, 3), number(numbers.skill.value), why,
    )  # fmt: skip
    return dict(zip(LOG, cells, strict=True))


def commit() -> str:
    """Return the commit that this folder is at; "none" where it is none, or cannot be asked."""
    try:
        done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return "none"
    return done.stdout.strip() or "none"


def log_text(looks: list[dict[str, str]]) -> str:
    """Return the log as its file holds it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, LOG, lineterminator="\n")
    writer.writeheader()
    writer.writerows(looks)
    return text.getvalue()


def page_text(found: Score, name: str, looks: list[dict[str, str]], panels: Sequence[Forecast] = ()) -> str:
    """Return the page as Markdown."""
    about = found.forecast.about
    head = HEAD.format(
        name=name, made=SCORED if found.forecast.live else SEALED.format(sealed=about.sealed), worlds=about.worlds,
        scenario=about.scenario, model=about.model, sentences="\n".join(f"- {each}" for each in found.sentences()),
    )  # fmt: skip
    tables = [f"\n## {title}\n\n{markdown(rows)}" for title, rows in tables_of(found) if rows]
    missed = [
        {"question": f"{each.foretold.id}: {each.foretold.asks}", "chance": f"{each.chance.share:.0%}",
         "answer": "yes" if each.came else "no"}
        for each in missed_first(found.headline)
    ]  # fmt: skip
    lost = MISSED + markdown(missed) if missed else ""
    every: list[dict[str, Any]] = [dict(each) for each in looks]
    whole = PANELS + markdown([row for each in panels for row in panel_rows(each)]) if panels else ""
    return "".join([head, lost, *tables, whole, HOW, LOOKS, markdown(every)])


def panel_rows(panel: Forecast) -> list[Row]:
    """Return a row each who gave chances to a panel, the model first; one without a score where nobody knows yet."""
    assert panel.about.panel is not None
    first, last = panel.about.panel
    asked = {"known to": first, "foretold": f"{first + 1} to {last}", "open": len(panel.foretold)}
    if last > start_year(load_case(panel.about.pack).pack):
        expected = sum(each.chances[MODEL].share for each in panel.readable)
        told = dict.fromkeys(("came", "Brier", "skill", "AUC"), f"sealed on {panel.about.sealed}")
        return [asked | {"chances from": MODEL, "expected": f"{expected:.1f}"} | told]
    found = score(panel)
    rows = []
    for name in [MODEL, *found.yardsticks]:
        each = found.of(found.headline, name)
        rows.append(
            asked | {
                "chances from": name, "expected": f"{each.chance.sum():.1f}", "came": int(each.came.sum()),
                "Brier": number(each.brier, 4), "skill": with_interval(each.skill), "AUC": number(each.auc),
            }
        )  # fmt: skip
    return rows
