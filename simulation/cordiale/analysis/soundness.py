"""What must hold of a sound baseline, measured: the page docs/baseline.md.

The list stands in the model's specification: no outcome saturates, known ties keep their order, the
gap over China lasts, every lever moves something, and no single channel drowns the rest. Of another pack is
asked what does not name a state, an issue or a record that it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cordiale.analysis.findings import interval
from cordiale.analysis.history import FIRST, LAST, STATES, lack_of_record, ladder_steps
from cordiale.analysis.properties import focus_of, known, properties
from cordiale.analysis.sample import sample
from cordiale.analysis.terms import terms
from cordiale.draws import Array
from cordiale.layers import Scenario, load_scenario

Row = dict[str, Any]
MARGIN = 0.02  # of the scale 0..1: a shift of patrols that no observer would notice
PATROLS = "position.freedom_of_navigation:FRA"
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


def soundness(worlds: int = 500, lever_worlds: int = 128) -> Soundness:
    """Measure the baseline.

    Parameters
    ----------
    worlds, lever_worlds : worlds of the baseline, and of each end of each lever
    """
    baseline = load_scenario("baseline")
    pack = baseline.loaded.pack
    ladder = ladder_rows(baseline, min(worlds, 256))
    causes = terms(baseline, pack.case.focus, worlds)
    trust = [
        {"trust of": quantity[6:], "cause": cause, "sum over all quarters": float(part.sum(1).mean())}
        for (quantity, cause), part in causes.changes.items() if quantity.startswith("trust")
    ]  # fmt: skip
    value = [
        {"view": view, "term": term, "worth": float(part.mean()), "spread over worlds": float(part.mean(1).std())}
        for view, found in causes.values.items() for term, part in found.items()
    ]  # fmt: skip
    levers = lever_rows(lever_worlds)
    rows = property_rows(baseline, worlds, ladder) + _lever_properties(levers)
    every = [*(each.name for each in properties(baseline)), LADDER, ALONE]
    unasked = [name for name in every if name not in {row["property"] for row in rows}]
    return Soundness(pack.name, focus_of(baseline)[1], rows, ladder, trust, value, levers, unasked)


def property_rows(baseline: Scenario, worlds: int, ladder: list[Row]) -> list[Row]:
    """Return a row a property that can be asked of the pack: what is asked, what was measured, whether it holds."""
    asked = [each for each in properties(baseline) if each.is_of(baseline)]
    measures = list(dict.fromkeys(measure for each in asked for measure in each.reads))
    found = {measure: values[..., 0] for measure, values in sample([baseline], measures, worlds)[0].items()}
    return [_row(each.name, each.asked, *each.judge(found)) for each in asked] + _ladder_properties(ladder)


def _row(name: str, asked: str, figure: str, holds: object) -> Row:
    return {"property": name, "asked": asked, "measured": figure, "holds": "yes" if holds else "NO"}


def _lever_properties(levers: list[Row]) -> list[Row]:
    """Return whether every lever moves something, and whether the sovereignty stance leaves patrols alone."""
    idle = [row["lever"] for row in levers if row["moves most"] == "nothing"]
    moved = _row(MOVED, "levers that move no measure asked", ", ".join(idle) or "none", not idle)
    shifts = {row["lever"]: abs(row["shift"]) for row in levers if "shift" in row}
    if not {STANCE, PRESENCE} <= set(shifts):
        return [moved] if levers else []
    asked, shift = f"shift of French patrols, at most {MARGIN} on their scale", shifts[STANCE]
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
    if lack_of_record(baseline.loaded.pack):
        return []
    steps = ladder_steps(baseline, list(STATES), worlds)
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


def lever_rows(worlds: int) -> list[Row]:
    """Return a row a lever: which measure it moves most between its ends, on the same worlds."""
    baseline = load_scenario("baseline")
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
    asked += [PATROLS] if known(baseline, PATROLS) and PATROLS not in asked else []
    rows = []
    for lever, record in case.levers.items():
        ends = [load_scenario("baseline", set={lever: end}) for end in (0, 1)]
        found = sample(ends, asked, worlds)
        rows.append({"lever": lever, "paragraph": record.locator, **_most_moved(ends[0], found, asked)})
    return rows


def _most_moved(scenario: Scenario, found: list[dict[str, Array]], asked: list[str]) -> Row:
    from cordiale.measures.requests import request

    best: Row = {"moves most": "nothing", "by": 0.0, "95 % interval": ""}
    strength = 0.0
    for measure in asked:
        difference = found[1][measure][:, -1] - found[0][measure][:, -1]
        spread = difference.std(axis=0, ddof=1)
        score = np.abs(difference.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
        constant = (spread == 0) & (difference[0] != 0)
        score = np.where(constant, np.inf, score)
        at = int(score.argmax())
        if score[at] > strength:
            strength = float(score[at])
            mean, low, high = interval(difference[:, at])
            entity = request(measure, scenario.names).entities[at]
            best |= {"moves most": f"{measure.partition(':')[0]}:{entity}", "by": mean}
            best["95 % interval"] = f"{low:+.3f} to {high:+.3f}"
    if PATROLS in found[0]:
        mean, low, high = interval((found[1][PATROLS] - found[0][PATROLS])[:, -1, 0])
        best |= {"patrols of France": f"{mean:+.4f} ({low:+.4f} to {high:+.4f})", "shift": mean}
    return best
