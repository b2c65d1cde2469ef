"""What the scenarios do: differences on matched worlds with intervals, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.compare import Comparison, Difference, differences
from cordiale.files.errors import OptionError
from cordiale.output.charts.axes import scale_of
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.recorded import in_focus
from cordiale.output.charts.study import CHARTS
from cordiale.output.report.elements import Picture, Table, comparable, digits, inline, pair, signed, span
from cordiale.study.intervals import few_differ, in_worlds, simultaneous
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
    told = [_sentence(alike, rows) for rows in _by_scenario(found)]
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


def _clear(row: Difference) -> bool:
    return row.together[0] > 0 or row.together[1] < 0


def _sentence(study: Study, rows: list[Difference]) -> str:
    """Return what one scenario does, with the interval that holds for all rows at once."""
    first, *others = rows
    title, what = study.title(first.scenario), subject(study, first.measure, first.entity)
    begin, base = f"{title}: {_lower(what)} in {first.quarters[-1]} is", f"“{study.title(study.scenarios[0])}”"
    if not _differs(first):
        return f"{begin} the same as in {base} in every world."
    if first.shares is not None:
        return f"{begin} so {in_worlds(first.shares, first.values[:, -1], base)}."
    if (few := few_differ(first.values[:, -1])) is not None:
        return f"{begin} other than in {base} {few}."
    mean, size = float(first.effect.mean[-1]), float(first.effect.size[-1])
    word, fine = "higher" if mean > 0 else "lower", digits(mean)
    verdict = (
        f"{abs(mean):.{fine}f} {word} than in {base} on average"
        if _clear(first)
        else f"not clearly other than in {base}"
    )
    if _clear(first) and not np.isnan(size):
        verdict += f", {abs(size):.2f} standard deviations of its spread over worlds"
    shares = f"{word} in {first.effect.share[-1]:.0%} of worlds"
    clear = [f"{quantity(study, row.measure)} {_signed(row.effect.mean[-1])}" for row in others if _clear(row)]
    unclear = [quantity(study, row.measure) for row in others if not _clear(row)]
    return " ".join([
        f"{begin} {verdict} (all rows at once, 95 %: {span(*first.together, fine)}); {shares}.",
        *([f"Also clear: {'; '.join(clear)}."] if clear else []),
        *([f"Not clear: {'; '.join(unclear)}."] if unclear else []),
    ])  # fmt: skip


def _differs(row: Difference) -> bool:
    return bool(np.abs(row.values[:, -1]).max() > SAME)


def _signed(mean: float) -> str:
    return signed(float(mean), digits(float(mean)))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _table(study: Study, comparison: Comparison) -> Table:
    rows = [
        [
            study.title(row.scenario), quantity(study, row.measure), _signed(row.effect.mean[-1]),
            span(row.effect.low[-1], row.effect.high[-1], digits(row.effect.mean[-1])),
            span(*row.together, digits(row.effect.mean[-1])),
            f"{row.effect.share[-1]:.0%}" if _differs(row) else "none differ",
            "" if np.isnan(row.effect.size[-1]) else signed(row.effect.size[-1], 2),
        ]
        for rows in _by_scenario(comparison) for row in rows
    ]  # fmt: skip
    entities = dict.fromkeys(entity_name(study, row.entity) for row in comparison.differences)
    last = comparison.differences[0].quarters[-1]
    caption = (
        f"Differences to “{study.title(study.scenarios[0])}” in {last}, {', '.join(entities)}. "
        f"Means over {study.worlds} matched worlds with 95 % intervals (Student; of shares, exact); all at once: "
        "intervals that hold for every row of the table together (max-t bootstrap); same sign: share of worlds that "
        "differ the way the mean does; size: in standard deviations of the measure over worlds in the first scenario."
    )
    head = ["Scenario", "Measure", "Difference", "95 %", "All at once", "Same sign", "Size"]
    return Table(caption, head, rows, frozenset({2, 3, 4, 5, 6}))


def _dyads(study: Study) -> Table | None:
    """Return which dyads' alignment moves most, with intervals that hold for all dyads at once."""
    first = study.scenarios[0]
    recorded = [study.measures(name).get(study.headline, []) for name in study.scenarios]
    if len(recorded[0]) < 2 or any(each != recorded[0] for each in recorded):
        return None
    base = study.values(study.headline, scenario=first, quarter=-1)
    others = study.scenarios[1:]
    moved = np.concatenate([study.values(study.headline, scenario=name, quarter=-1) - base for name in others], axis=1)
    least = scale_of(study, study.headline).least
    mean, (low, high) = moved.mean(axis=0), simultaneous(moved)
    share = np.where(mean < 0, moved < 0, moved > 0).mean(axis=0)
    rows = []
    for at, name in enumerate(others):
        places = at * len(recorded[0]) + np.arange(len(recorded[0]))
        clear = [place for place in places if (low[place] > 0 or high[place] < 0) and abs(mean[place]) >= least]
        for place in sorted(clear, key=lambda place: -abs(mean[place]))[:MOST_DYADS]:
            dyad = entity_name(study, recorded[0][place % len(recorded[0])])
            rows.append([study.title(name), dyad, _signed(mean[place]),
                         span(low[place], high[place], digits(mean[place])), f"{share[place]:.0%}"])  # fmt: skip
    caption = (
        f"Whose alignment moves most by {study.quarters()[-1]}: of {len(recorded[0])} dyads those with the largest "
        f"clear difference of at least {least:g} to “{study.title(first)}”, at most {MOST_DYADS} a scenario. "
        "Intervals: 95 %, for all dyads and scenarios at once."
    )
    head = ["Scenario", "Dyad", "Difference", "All at once", "Same sign"]
    return Table(caption, head, rows, frozenset({2, 3, 4})) if rows else None


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
    form = "g" if whole else f".{scale_of(study, measure).digits}f"
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


# ----------------------------------------------------------------
# The charts that a study allows, as figures of a page.


ABOUT = ("fan", "parts", "events")  # of the focus dyad; the others show everybody
EVERYBODY = ("small_multiples", "blocs", "network", "rank", "heatmap", "ladder", "membership")
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
