"""What must hold of a sound baseline, and what each lever moves, measured: the page docs/baseline.md."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.analysis.levers import NONE, Found, LeverTable, count
from cordiale.analysis.properties import PROPERTIES, Row, property_rows, row_of
from cordiale.models.units import SMALL
from cordiale.scenario.expectations import load_expectations
from cordiale.scenario.load import load_scenario


@dataclass(frozen=True)
class Soundness:
    """What was found.

    Attributes
    ----------
    pack : its name;  properties : a row each: what was asked, what was measured, whether it holds
    unasked : the properties that name what the pack lacks
    levers : the table of levers with its placebos; none where the pack has no expectations
    """

    pack: str
    properties: list[Row]
    unasked: list[str]
    levers: list[Found]


def baseline_checks(worlds: int = 500, pack: str | None = None, levers_only: bool = False) -> Soundness:
    """Measure the baseline of a pack and its table of levers.

    Parameters
    ----------
    worlds : of the baseline and of each scenario
    pack : that of the nearest folder that has one where None
    levers_only : leave out what must hold of the baseline
    """
    baseline = load_scenario("baseline", pack=pack)
    name = baseline.loaded.pack.name
    expectations = load_expectations(baseline.loaded.folder)
    levers = LeverTable(expectations).measured(worlds) if expectations else []
    if levers_only:
        return Soundness(name, [], [], levers)
    rows = property_rows(baseline, worlds) + lever_properties(levers)
    asked = {row["property"] for row in rows}
    unasked = [each for each in (*(made.name for made in PROPERTIES), *LEVER_PROPERTIES) if each not in asked]
    return Soundness(name, rows, unasked, levers)


# ----------------------------------------------------------------
# P6 levers

LEVER_PROPERTIES = ("P6 levers", "P6 placebos")


def lever_properties(levers: list[Found]) -> list[Row]:
    """Return whether every lever moves what a reader expects, and placebos move nothing."""
    if not levers:
        return []
    asked, placebos = (
        [each for each in levers if each.expected.locator],
        [each for each in levers if not each.expected.locator],
    )
    by_verdict = count(levers)
    seen = by_verdict["hit"] + by_verdict["small"]
    rows = [
        row_of(
            LEVER_PROPERTIES[0],
            "no effect of wrong sign",
            f"{by_verdict['wrong']} of {len(asked)}",
            not by_verdict["wrong"],
        ),
        row_of(LEVER_PROPERTIES[0], "every effect as expected", f"{seen} of {len(asked)}", seen == len(asked)),
    ]
    if alone := [each for each in asked if each.expected.sign == "0"]:
        most = max(alone, key=lambda each: abs(each.size))
        figure = f"at most {abs(most.size):.3f} SD across dyads ({most.expected.policy}, {most.expected.measure})"
        rows.append(
            row_of(LEVER_PROPERTIES[0], "what a lever should leave alone is left alone", figure, abs(most.size) < NONE)
        )
    if placebos:
        largest = max(abs(each.size) for each in placebos)
        figure = f"at most {largest:.3f} SD across dyads"
        rows.append(row_of(LEVER_PROPERTIES[1], "policy of third states leaves the two alone", figure, largest < SMALL))
    return rows
