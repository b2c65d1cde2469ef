"""What must hold of a sound baseline, measured: the page docs/baseline.md.

The list stands in the model's specification: no outcome saturates, known ties keep their order, the
gap over China lasts, every lever moves something, and no single channel drowns the rest. Of another pack is
asked what does not name a state, an issue or a record that it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.past import FIRST, LAST, ally_of, has_steps, ladder_steps, watched
from cordiale.engine.sample import sample
from cordiale.files.errors import OptionError
from cordiale.models.measures import request
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.attribution import terms
from cordiale.study.intervals import interval

Row = dict[str, Any]
MARGIN = 0.02  # of the scale 0..1: a shift of patrols that no observer would notice
PATROLS = "position.freedom_of_navigation"  # of the first state of the focus
STANCE, PRESENCE = "france_sovereignty_stance", "france_fon_presence"
LADDER, MOVED = "the ladder neither freezes nor runs", "every lever moves something"
ALONE = "sovereignty stance leaves patrols alone"


@dataclass(frozen=True)
class Soundness:
    """The rows of each table of the page.

    Attributes
    ----------
    pack : its name;  pair : names of the focus dyad's states
    unasked : the properties that name what the pack lacks
    """

    pack: str
    pair: list[str]
    properties: list[Row]
    ladder: list[Row]
    trust: list[Row]
    value: list[Row]
    levers: list[Row]
    unasked: list[str]


def baseline_checks(worlds: int = 500, lever_worlds: int = 128, pack: str | None = None) -> Soundness:
    """Measure the baseline.

    Parameters
    ----------
    worlds, lever_worlds : worlds of the baseline, and of each end of each lever
    pack : whose baseline; that of the nearest folder that has one where None
    """
    baseline = load_scenario("baseline", pack=pack)
    case = baseline.loaded.pack.case
    ladder = ladder_rows(baseline, min(worlds, 256))
    causes = terms(baseline, case.focus, worlds)
    trust = [
        {"trust of": quantity[6:], "cause": cause, "sum over all quarters": float(part.sum(1).mean())}
        for (quantity, cause), part in causes.changes.items() if quantity.startswith("trust")
    ]  # fmt: skip
    value = [
        {"view": view, "term": term, "worth": float(part.mean()), "spread over worlds": float(part.mean(1).std())}
        for view, found in causes.values.items() for term, part in found.items()
    ]  # fmt: skip
    levers = lever_rows(baseline, lever_worlds)
    pair = focus_of(baseline)[1]
    rows = property_rows(baseline, worlds, ladder) + _lever_properties(levers, pair[0])
    every = [*(each.name for each in properties(baseline)), LADDER, ALONE]
    unasked = [name for name in every if name not in {row["property"] for row in rows}]
    return Soundness(baseline.loaded.pack.name, pair, rows, ladder, trust, value, levers, unasked)


def property_rows(baseline: Scenario, worlds: int, ladder: list[Row]) -> list[Row]:
    """Return a row a property that can be asked of the pack: what is asked, what was measured, whether it holds."""
    asked = [each for each in properties(baseline) if each.is_of(baseline)]
    measures = list(dict.fromkeys(measure for each in asked for measure in each.reads))
    found = {measure: values[..., 0] for measure, values in sample([baseline], measures, worlds)[0].items()}
    return [_row(each.name, each.asked, *each.judge(found)) for each in asked] + _ladder_properties(ladder)


def _row(name: str, asked: str, figure: str, holds: object) -> Row:
    return {"property": name, "asked": asked, "measured": figure, "holds": "yes" if holds else "NO"}


def _lever_properties(levers: list[Row], first: str) -> list[Row]:
    """Return whether every lever moves something, and whether the sovereignty stance leaves patrols alone.

    Parameters
    ----------
    first : name of the focus' first state, whose patrols are meant
    """
    idle = [row["lever"] for row in levers if row["moves most"] == "nothing"]
    moved = _row(MOVED, "levers that move no measure asked", ", ".join(idle) or "none", not idle)
    shifts = {row["lever"]: abs(row["shift"]) for row in levers if "shift" in row}
    if not {STANCE, PRESENCE} <= set(shifts):
        return [moved] if levers else []
    asked, shift = f"shift of the patrols of {first}, at most {MARGIN} on their scale", shifts[STANCE]
    figure = f"{shift:.4f} (the patrols' own lever: {shifts[PRESENCE]:.2f})"
    return [moved, _row(ALONE, asked, figure, shift <= MARGIN)]


def _ladder_properties(ladder: list[Row]) -> list[Row]:
    rows = []
    for row in ladder:
        if row["rung"] == "all":
            inside = row["5 %"] <= row["recorded"] <= row["95 %"]
            figure = f"{row['mean']:.1f} ({row['5 %']:.0f} to {row['95 %']:.0f}) against {row['recorded']:.0f}"
            asked = f"{row['state']}: ladder steps simulated for {FIRST} to {LAST}, against the record"
            rows.append(_row(LADDER, asked, figure, inside))
    return rows


def ladder_rows(baseline: Scenario, worlds: int) -> list[Row]:
    """Return a row a state and rung: steps of 2007 to 2018, simulated and recorded; none without a record."""
    if not has_steps(baseline.loaded.pack):
        return []
    steps = ladder_steps(baseline, watched(baseline.loaded.pack), worlds)
    rows = []
    for code, simulated in steps.simulated.items():
        columns = {rung: simulated[:, at] for at, rung in enumerate(steps.agreements)} | {"all": simulated.sum(axis=1)}
        recorded = [*steps.recorded[code], steps.recorded[code].sum()]
        for (rung, counts), record in zip(columns.items(), recorded, strict=True):
            low, high = np.quantile(counts, [0.05, 0.95])
            row = {
                "state": code,
                "rung": rung,
                "mean": float(counts.mean()),
                "5 %": float(low),
                "95 %": float(high),
            }
            rows.append({**row, "recorded": float(record)})
    return rows


def lever_rows(baseline: Scenario, worlds: int) -> list[Row]:
    """Return a row a lever: which measure it moves most between its ends, on the same worlds."""
    case = baseline.loaded.pack.case
    focus = focus_of(baseline)[0].split("-")
    asked = [
        "alignment",
        "trusting",
        "practice",
        "pressure",
        *(f"member.{name}" for name in case.formats),
        *(f"position.{issue}:{code}" for code in focus for issue in case.issues),
    ]
    patrols = f"{PATROLS}:{focus[0]}"
    asked += [patrols] if known(baseline, patrols) and patrols not in asked else []
    rows = []
    for lever, record in case.levers.items():
        ends = [load_scenario("baseline", set={lever: end}, pack=baseline.loaded.pack.name) for end in (0, 1)]
        found = sample(ends, asked, worlds)
        rows.append({"lever": lever, "paragraph": record.locator, **_most_moved(ends[0], found, asked)})
    return rows


def _most_moved(scenario: Scenario, ends: list[dict[str, Array]], asked: list[str]) -> Row:
    from cordiale.models.measures import request

    best: Row = {"moves most": "nothing", "by": 0.0, "95 % interval": ""}
    strength = 0.0
    for measure in asked:
        difference = ends[1][measure][:, -1] - ends[0][measure][:, -1]
        spread = difference.std(axis=0, ddof=1)
        score = np.abs(difference.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
        constant = (spread == 0) & (difference[0] != 0)
        score = np.where(constant, np.inf, score)
        at = int(score.argmax())
        if score[at] > strength:
            strength = float(score[at])
            mean, low, high = interval(difference[:, at])
            entity = request(measure, scenario.names, scenario.family).entities[at]
            best |= {"moves most": f"{measure.partition(':')[0]}:{entity}", "by": mean}
            best["95 % interval"] = f"{low:+.3f} to {high:+.3f}"
    first, name = focus_of(scenario)[0].split("-")[0], focus_of(scenario)[1][0]
    patrols = f"{PATROLS}:{first}"
    if patrols in ends[0]:
        mean, low, high = interval((ends[1][patrols] - ends[0][patrols])[:, -1, 0])
        best |= {f"patrols of {name}": f"{mean:+.4f} ({low:+.4f} to {high:+.4f})", "shift": mean}
    return best


# ----------------------------------------------------------------
# What must hold of a sound baseline: each property with the measures it reads, and how it is judged.


Found = Mapping[str, Array]
LATER = 20  # quarters, after which a gap must still be there


@dataclass(frozen=True)
class Property:
    """A property of a sound baseline.

    Attributes
    ----------
    reads : the measures it is judged by, each of one dyad; none where the pack lacks what it is about
    judge : given them, (worlds, quarters) each, the figure in words and whether it holds
    quarters : how many it needs
    """

    name: str
    asked: str
    reads: tuple[str, ...]
    judge: Callable[[Found], tuple[str, bool]]
    quarters: int = 1

    def is_of(self, scenario: Scenario) -> bool:
        """Whether the scenario's pack has what the property names."""
        there = bool(self.reads) and all(known(scenario, measure) for measure in self.reads)
        return there and scenario.quarters >= self.quarters


def known(scenario: Scenario, measure: str) -> bool:
    """Return whether a pack has a measure and the states it is of."""
    try:
        request(measure, scenario.names, scenario.family)
    except OptionError:
        return False
    return True


def focus_of(scenario: Scenario) -> tuple[str, list[str]]:
    """Return the dyad that the article is about, and the names of its two states."""
    pack = scenario.loaded.pack
    dyad = scenario.names.dyad(pack.case.focus)
    return dyad, [pack.states[code].name for code in dyad.split("-")]


def properties(scenario: Scenario) -> list[Property]:
    """Return every property: of the focus, the ally of its second state, and the second pole as that state's rival."""
    pack, (dyad, pair) = scenario.loaded.pack, focus_of(scenario)
    second, ally = dyad.split("-")[1], ally_of(pack)
    rival = next((code for code in pack.case.poles[1:] if code in pack.case.hazards and code not in dyad), None)
    alignment, practice = f"alignment:{dyad}", f"practice:{dyad}"
    ties = tuple(f"practice.{domain}:{dyad}" for domain in scenario.names.domains)
    ties_of_second = {other: f"alignment:{second}-{other}" for other in scenario.names.states if other != second}
    with_ally, gap = f"practice:{second}-{ally}", f"position_gap.china_tone:{dyad}"
    names = {code: pack.states[code].name if code else "none" for code in (ally, rival)}
    every = tuple(ties_of_second.values())
    return [
        Property(
            "no saturation", f"5 to 95 % of {'-'.join(pair)} alignment at the horizon inside 0.15 to 0.9",
            (alignment,), lambda found: _inside(found[alignment][:, -1]),
        ),
        Property(
            "no tie at a bound", "no practice tie of theirs below 0.01 or above 0.99 in over 10 % of worlds",
            ties, lambda found: _off_bounds([found[tie][:, -1] for tie in ties]),
        ),
        Property(
            "the ally deepest", f"{names[ally]} the closest tie of {pair[1]}, in 90 % of worlds",
            every if ally else (), lambda found: _deepest(_places(found, ties_of_second)[str(ally)]),
        ),
        Property(
            "the rival shallow", f"{names[rival]} among the two shallowest ties of {pair[1]}, in 90 % of worlds",
            every if rival else (), lambda found: _shallow(_places(found, ties_of_second)[str(rival)], len(every)),
        ),
        Property(
            "the gap in tone lasts",
            f"median gap in tone of {' and '.join(pair)} after five years, over half of the start",
            (gap,), lambda found: _lasts(np.median(found[gap], axis=0)), LATER + 1,
        ),
        Property(
            "the dyad does not wither", f"median practice of {' and '.join(pair)} at the end, over 0.8 of the start",
            (practice,), lambda found: _withers_not(np.median(found[practice], axis=0)),
        ),
        Property(
            "the rich do not run away",
            f"95th percentile of the practice of {names[ally]} and {pair[1]} at the horizon below 0.95",
            (with_ally,) if ally else (), lambda found: _below(np.quantile(found[with_ally][:, -1], 0.95)),
        ),
    ]  # fmt: skip


def _inside(ends: Array) -> tuple[str, bool]:
    low, high = np.quantile(ends, [0.05, 0.95])
    return f"{low:.2f} to {high:.2f}", bool(low > 0.15 and high < 0.9)


def _off_bounds(ties: list[Array]) -> tuple[str, bool]:
    bound = max(float(np.mean((tie < 0.01) | (tie > 0.99))) for tie in ties)
    return f"at most {bound:.1%}", bound <= 0.1


def _places(measured: Found, measures: Mapping[str, str]) -> dict[str, NDArray[np.int_]]:
    """Return partner -> (worlds,) its place among the ties of one state, 1 for the closest."""
    ends = np.stack([measured[measure][:, -1] for measure in measures.values()], axis=1)
    order = np.argsort(np.argsort(-ends, axis=1), axis=1) + 1
    return {code: order[:, at] for at, code in enumerate(measures)}


def _deepest(place: NDArray[np.int_]) -> tuple[str, bool]:
    first = float(np.mean(place == 1))
    return f"first in {first:.0%} of worlds", first >= 0.9


def _shallow(place: NDArray[np.int_], ties: int) -> tuple[str, bool]:
    last = float(np.mean(place >= ties - 1))
    return f"in {last:.0%} of worlds", last >= 0.9


def _lasts(gap: Array) -> tuple[str, bool]:
    return f"{gap[LATER]:.2f} against {gap[0]:.2f}", bool(gap[LATER] > 0.5 * gap[0])


def _withers_not(ties: Array) -> tuple[str, bool]:
    return f"{ties[-1]:.2f} against {ties[0]:.2f}", bool(ties[-1] > 0.8 * ties[0])


def _below(practice: float | np.floating) -> tuple[str, bool]:
    return f"{practice:.2f}", bool(practice < 0.95)
