"""What must hold of a sound baseline, measured: the page docs/baseline.md.

The list stands in the model's specification: no outcome saturates, known ties keep their order, the
gap over China lasts, every lever moves something, and no single channel drowns the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cordiale.analysis.findings import interval
from cordiale.analysis.history import FIRST, LAST, ladder_steps
from cordiale.analysis.sample import sample
from cordiale.analysis.terms import terms
from cordiale.draws import Array
from cordiale.layers import Scenario, load_scenario

Row = dict[str, Any]
MARGIN = 0.02  # of the scale 0..1: a shift of patrols that no observer would notice


@dataclass(frozen=True)
class Soundness:
    """The rows of each table of the page."""

    properties: list[Row]
    ladder: list[Row]
    trust: list[Row]
    value: list[Row]
    levers: list[Row]


def soundness(worlds: int = 500, lever_worlds: int = 128) -> Soundness:
    """Measure the baseline of the pack that the article is about.

    Parameters
    ----------
    worlds, lever_worlds : worlds of the baseline, and of each end of each lever
    """
    baseline = load_scenario("baseline")
    ladder = ladder_rows(baseline, min(worlds, 256))
    causes = terms(baseline, baseline.loaded.pack.case.focus, worlds)
    trust = [
        {"trust of": quantity[6:], "cause": cause, "sum over all quarters": float(part.sum(1).mean())}
        for (quantity, cause), part in causes.changes.items() if quantity.startswith("trust")
    ]  # fmt: skip
    value = [
        {"view": view, "term": term, "worth": float(part.mean()), "spread over worlds": float(part.mean(1).std())}
        for view, found in causes.values.items() for term, part in found.items()
    ]  # fmt: skip
    levers = lever_rows(lever_worlds)
    properties = property_rows(baseline, worlds, ladder) + _lever_properties(levers)
    return Soundness(properties, ladder, trust, value, levers)


def property_rows(baseline: Scenario, worlds: int, ladder: list[Row]) -> list[Row]:
    """Return a row a property: what is asked, what was measured, whether it holds."""
    domains = baseline.names.domains
    asked = [
        "alignment",
        "alignment:FRA-JPN",
        "position_gap.china_tone:FRA-JPN",
        "practice:FRA-JPN",
        "practice:JPN-USA",
    ]
    asked += [f"practice.{domain}:FRA-JPN" for domain in domains]
    found = sample([baseline], asked, worlds)[0]
    japan = {other: found["alignment"][:, -1, at] for at, other in _partners(baseline, "JPN")}
    order = np.argsort(np.argsort(-np.stack(list(japan.values()), axis=1), axis=1), axis=1) + 1
    place = {code: order[:, at] for at, code in enumerate(japan)}
    dyad, usa = found["practice:FRA-JPN"][:, :, 0], found["practice:JPN-USA"][:, -1, 0]
    low, high = np.quantile(found["alignment:FRA-JPN"][:, -1, 0], [0.05, 0.95])
    bound = max(_at_bound(found[f"practice.{domain}:FRA-JPN"][:, -1, 0]) for domain in domains)
    gap = np.median(found["position_gap.china_tone:FRA-JPN"][:, :, 0], axis=0)
    ties, runaway = np.median(dyad, axis=0), np.quantile(usa, 0.95)
    first = float(np.mean(place["USA"] == 1))
    last = float(np.mean(place["CHN"] >= len(japan) - 1))
    asks = {
        "no saturation": "5 to 95 % of France-Japan alignment at the horizon inside 0.15 to 0.9",
        "no tie at a bound": "no practice tie of theirs below 0.01 or above 0.99 in over 10 % of worlds",
        "US-Japan deepest": "the closest tie of Japan, in 90 % of worlds",
        "China-Japan shallow": "among the two shallowest ties of Japan, in 90 % of worlds",
        "the gap over China lasts": "median gap in tone of Paris and Tokyo after five years, over half of the start",
        "the dyad does not wither": "median practice of France and Japan at the end, over 0.8 of the start",
        "the rich do not run away": "95th percentile of US-Japan practice at the horizon below 0.95",
    }
    measured = [
        (f"{low:.2f} to {high:.2f}", low > 0.15 and high < 0.9),
        (f"at most {bound:.1%}", bound <= 0.1),
        (f"first in {first:.0%} of worlds", first >= 0.9),
        (f"in {last:.0%} of worlds", last >= 0.9),
        (f"{gap[20]:.2f} against {gap[0]:.2f}", gap[20] > 0.5 * gap[0]),
        (f"{ties[-1]:.2f} against {ties[0]:.2f}", ties[-1] > 0.8 * ties[0]),
        (f"{runaway:.2f}", runaway < 0.95),
    ]
    rows = [_row(name, ask, *found) for (name, ask), found in zip(asks.items(), measured, strict=True)]
    return rows + _ladder_properties(ladder)


def _partners(scenario: Scenario, code: str) -> list[tuple[int, str]]:
    from cordiale.measures.requests import request

    dyads = request("alignment", scenario.names).entities
    return [(at, dyad.replace(code, "").strip("-")) for at, dyad in enumerate(dyads) if code in dyad.split("-")]


def _at_bound(practice: Array) -> float:
    return float(np.mean((practice < 0.01) | (practice > 0.99)))


def _row(name: str, asked: str, figure: str, holds: object) -> Row:
    return {"property": name, "asked": asked, "measured": figure, "holds": "yes" if holds else "NO"}


def _lever_properties(levers: list[Row]) -> list[Row]:
    """Return whether every lever moves something, and whether the sovereignty stance leaves patrols alone."""
    idle = [row["lever"] for row in levers if row["moves most"] == "nothing"]
    shift = next(abs(row["shift"]) for row in levers if row["lever"] == "france_sovereignty_stance")
    direct = next(abs(row["shift"]) for row in levers if row["lever"] == "france_fon_presence")
    return [
        _row("every lever moves something", "levers that move no measure asked", ", ".join(idle) or "none", not idle),
        _row("sovereignty stance leaves patrols alone", f"shift of French patrols, at most {MARGIN} on their scale",
             f"{shift:.4f} (the patrols' own lever: {direct:.2f})", shift <= MARGIN),
    ]  # fmt: skip


def _ladder_properties(ladder: list[Row]) -> list[Row]:
    rows = []
    for row in ladder:
        if row["rung"] == "all":
            inside = row["5 %"] <= row["recorded"] <= row["95 %"]
            figure = f"{row['mean']:.1f} ({row['5 %']:.0f} to {row['95 %']:.0f}) against {row['recorded']:.0f}"
            asked = f"{row['state']}: ladder steps simulated for {FIRST} to {LAST}, against the record"
            rows.append(_row("the ladder neither freezes nor runs", asked, figure, inside))
    return rows


def ladder_rows(baseline: Scenario, worlds: int) -> list[Row]:
    """Return a row a state and rung: steps of 2007 to 2018, simulated and recorded."""
    steps = ladder_steps(baseline, ["JPN", "FRA"], worlds)
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
    case = load_scenario("baseline").loaded.pack.case
    issues = [f"position.{issue}:FRA" for issue in case.issues] + [f"position.{issue}:JPN" for issue in case.issues]
    asked = [
        "alignment",
        "trusting",
        "practice",
        "pressure",
        *(f"member.{name}" for name in case.formats),
        *issues,
    ]
    rows = []
    for lever, record in case.levers.items():
        ends = [load_scenario("baseline", set={lever: end}) for end in (0, 1)]
        found = sample(ends, asked, worlds)
        rows.append({"lever": lever, "paragraph": record.locator, **_most_moved(ends[0], found, asked)})
    return rows


def _most_moved(scenario: Scenario, found: list[dict[str, Array]], asked: list[str]) -> Row:
    from cordiale.measures.requests import request

    best: Row = {"moves most": "nothing", "by": 0.0, "95 % interval": "", "patrols of France": ""}
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
    patrols = "position.freedom_of_navigation:FRA"
    mean, low, high = interval((found[1][patrols] - found[0][patrols])[:, -1, 0])
    best["shift"] = mean
    best["patrols of France"] = f"{mean:+.4f} ({low:+.4f} to {high:+.4f})"
    return best
