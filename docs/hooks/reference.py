"""The lists of measures and charts, from their registries."""

from __future__ import annotations

import inspect

from text import code, page, table, words

from cordiale.models.diplomacy.measures import MEASURES
from cordiale.output.charts.study import CHARTS

OF = {"dyad": "two states: `FRA-JPN`", "directed": "one toward another: `JPN>FRA`", "state": "a state: `FRA`",
      "system": "all states together: `all`"}  # fmt: skip


def measures_page() -> str:
    """Return the page of what can be measured and what can be drawn."""
    measured = [
        [code(name + (f"<{kind.of}>" if kind.of else "")), words(kind.meaning), words(kind.unit), OF[kind.entity]]
        for name, kind in MEASURES.items()
    ]
    drawn = []
    for name, chart in CHARTS.items():
        options = [each for each in list(inspect.signature(chart.function).parameters)[1:]]
        drawn.append([code(name), words(chart.shows), ", ".join(map(code, chart.needs)), ", ".join(map(code, options))])
    return page(
        "Measures and charts",
        "## Measures", "A scenario names the measures that it records; after a colon stands one state or dyad, as in "
        "`alignment:FRA-JPN`. `cordiale list measures` shows them with the parts of a pack. How each is reckoned: "
        "[the equations](../ODD.md), 7.11.",
        table(["measure", "what it is", "unit", "of"], measured),
        "## Charts", "`cordiale chart STUDY NAME` draws one; `cordiale run` draws all that the measures allow.",
        table(["chart", "what it shows", "needs besides the headline", "options from Python"], drawn),
    )  # fmt: skip
