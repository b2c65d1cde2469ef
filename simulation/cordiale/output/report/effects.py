"""What the scenarios do: differences on matched worlds with intervals, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.compare import Comparison, Difference, differences
from cordiale.files.errors import OptionError
from cordiale.models.units import unit_of
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.recorded import in_focus
from cordiale.output.charts.study import CHARTS
from cordiale.output.report.elements import Picture, Table, comparable, inline, pair
from cordiale.study.estimate import Estimate
from cordiale.study.labels import entity_name, quantity, subject
from cordiale.study.quantiles import wanted
from cordiale.study.study import Study

COUNTED = "a quarter"  # the unit of events, of which the median is 0 more often than not
MOST_MEASURES, MOST_DYADS, COLUMNS = 6, 8, 3
SAME = 5e-10  # of a difference: less is the last digits of a sum


@dataclass(frozen=True)
class Effects:
    """Differences of a study: sentences, tables, and why something is not compared."""

    sentences: list[str]
    tables: list[Table]
    missing: list[str]


def effects(study: Study) -> Effects:
    """Return what the scenarios of a study do, against its first one."""
    alike = comparable(study)
    missing = [
        f"{study.title(name)} ends in {study.quarters(name)[-1]} and {study.title(study.scenarios[0])} in "
        f"{study.quarters()[-1]}: no difference is taken."
        for name in study.scenarios
        if name not in alike.scenarios
    ]
    if len(study.scenarios) == 1:
        missing.append("The study has one scenario: there is nothing to compare it with.")
    if len(alike.scenarios) == 1:
        return Effects([], [], missing)
    asked = list(_asked(alike))
    if not asked:
        missing.append("No measure is recorded in all scenarios quarter by quarter: no difference is taken.")
        return Effects([], [], missing)
    found = differences(alike, asked)
    told = found.sentences()
    tables = [_table(alike, found), *([dyads] if (dyads := _dyads(alike)) else [])]
    return Effects(told, tables, missing)


def _asked(study: Study) -> Iterator[str]:
    """Yield alignment and its parts of the focus dyad, else of what all scenarios record the entity nearest to it."""
    focus = str(study.manifest["focus"])
    recorded = [study.measures(name) for name in study.scenarios]
    shared = {
        name: [entity for entity in entities if all(entity in one.get(name, []) for one in recorded)]
        for name, entities in recorded[0].items()
    }
    own = [study.headline, *study.components]
    parts = [f"{part}:{focus}" for part in own if focus in shared.get(part, [])]
    others = [
        f"{name}:{in_focus(study, all_)}" for name, all_ in shared.items() if all_ and not study.measure(name).last_only
    ]
    yield from parts or others[:MOST_MEASURES]


def _by_scenario(comparison: Comparison) -> list[list[Difference]]:
    names = dict.fromkeys(row.scenario for row in comparison.differences)
    return [[row for row in comparison.differences if row.scenario == name] for name in names]


def _table(study: Study, comparison: Comparison) -> Table:
    rows = [
        [
            study.title(row.scenario), quantity(study, row.measure), row.estimate.text(), row.estimate.interval,
            row.estimate.all_at_once, *_shares(row.estimate), "" if np.isnan(row.size[-1]) else f"{row.size[-1]:+.2f}",
            row.estimate.verdict,
        ]
        for rows in _by_scenario(comparison) for row in rows
    ]  # fmt: skip
    entities = dict.fromkeys(entity_name(study, row.entity) for row in comparison.differences)
    last = comparison.differences[0].quarters[-1]
    caption = (
        f"Differences to “{study.title(study.scenarios[0])}” in {last}, {', '.join(entities)}. "
        f"Means over {study.worlds} matched worlds with 95 % intervals (Student; of shares, exact); simultaneous: "
        "intervals that hold for every row of the table together (max-t bootstrap); higher, same, lower: shares of "
        "worlds; size: in standard deviations of the measure over worlds in the first scenario."
    )
    head = ["Scenario", "Measure", "Difference", "95 %", "Simultaneous", *SHARES, "Size", "Verdict"]
    return Table(caption, head, rows, frozenset({2, 3, 4, 5, 6, 7, 8}))


SHARES = ("Higher", "Same", "Lower")


def _shares(found: Estimate) -> list[str]:
    return [f"{each:.0%}" for each in (found.higher, found.same, found.lower)]


def _dyads(study: Study) -> Table | None:
    """Return which dyads' alignment moves most, with intervals that hold for all dyads at once."""
    first = study.scenarios[0]
    recorded = [study.measures(name).get(study.headline, []) for name in study.scenarios]
    if len(recorded[0]) < 2 or any(each != recorded[0] for each in recorded):
        return None
    base = study.values(study.headline, scenario=first, quarter=-1)
    others = study.scenarios[1:]
    moved = np.concatenate([study.values(study.headline, scenario=name, quarter=-1) - base for name in others], axis=1)
    unit = study.measure(study.headline).unit
    every = Estimate.together(list(moved.T), [unit] * moved.shape[1])
    rows = []
    for at, name in enumerate(others):
        own = [(recorded[0][k], every[at * len(recorded[0]) + k]) for k in range(len(recorded[0]))]
        seen = sorted((each for each in own if each[1].noticeable), key=lambda each: -abs(each[1].mean))[:MOST_DYADS]
        rows += [
            [study.title(name), entity_name(study, dyad), found.text(), found.all_at_once, *_shares(found)]
            for dyad, found in seen
        ]
    caption = (
        f"Whose alignment moves most by {study.quarters()[-1]}: of {len(recorded[0])} dyads those with the largest "
        f"noticeable difference to “{study.title(first)}”, at most {MOST_DYADS} a scenario. Intervals: 95 %, "
        "simultaneous over all dyads and scenarios."
    )
    head = ["Scenario", "Dyad", "Difference", "Simultaneous", *SHARES]
    return Table(caption, head, rows, frozenset({2, 3, 4, 5, 6})) if rows else None


def levels(study: Study) -> list[Table]:
    """Return what is recorded of the focus dyad and its states in the last quarter, a few scenarios a table."""
    tables = []
    rows = wanted(study)
    for first in range(0, len(study.scenarios) if rows else 0, COLUMNS):
        names = study.scenarios[first : first + COLUMNS]
        when = dict.fromkeys(study.quarters(name)[-1] for name in names)
        caption = (
            f"{pair(study)} in the last quarter ({', '.join(when)}): median of worlds with 5 to 95 % of them; of "
            "events the mean in place of the median; for what is so or not so, the share of worlds."
        )
        told = [
            [subject(study, *row), study.measure(row[0]).unit, *(_level(study, *row, name) for name in names)]
            for row in rows
        ]  # fmt: skip
        head = ["Measure", "Unit", *(study.title(name) for name in names)]
        tables.append(Table(caption, head, told, frozenset(range(2, len(head)))))
    return tables


def _level(study: Study, measure: str, entity: str, scenario: str) -> str:
    if entity not in study.measures(scenario).get(measure, []):
        return "not recorded"
    values = study.values(measure, entity, scenario, quarter=-1)
    if study.measure(measure).yes_no:
        return f"{values.mean():.0%}"
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    middle = values.mean() if study.measure(measure).unit == COUNTED else middle
    whole = all(float(each).is_integer() for each in (low, middle, high))
    form = "g" if whole else f".{unit_of(study.measure(measure).unit).digits}f"
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


# ----------------------------------------------------------------
# The charts that a study allows, as figures of a page.


ABOUT = ("fan", "parts", "events")  # of the focus dyad; the others show everybody
EVERYBODY = ("small_multiples", "blocs", "network", "rank", "pairs", "ladder", "membership")
LARGEST = 2_000_000  # characters of all figures, so that the page stays below 3 MB
FEW = 4  # scenarios that the fan shows with both bands, so that small multiples add nothing


def figures(study: Study) -> tuple[dict[str, Picture], list[str]]:
    """Return name of a chart -> figure, and why others are not drawn, a sentence each."""
    drawn: dict[str, Picture] = {}
    missing = []
    order = dict.fromkeys((*ABOUT, *EVERYBODY, *CHARTS))
    for name, chart in ((name, CHARTS[name]) for name in order):
        if name == "small_multiples" and len(study.scenarios) <= FEW:
            continue
        try:
            figure = chart.function(study)
        except OptionError as error:
            missing.append(f"{chart.shows[:1].upper()}{chart.shows[1:]}: {error}.")
            continue
        said = said_by(figure)
        title, note, source = said.title[0], said.subtitle, said.caption
        image, width = inline(figure, f"figure-{name}", said.alt)
        if sum(len(each.image) for each in drawn.values()) + len(image) > LARGEST:
            missing.append(
                f"{title}: with {len(study.scenarios)} scenarios the file would grow too large; see charts/."
            )
            continue
        drawn[name] = Picture(title, note, source, image, width)
    return drawn, missing
