"""Main effects and two-way interactions of a sweep, with intervals and a zero line."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_words import digits_of, signed, subject
from cordiale.charts import words
from cordiale.charts.axes import number, value_range
from cordiale.charts.page import finish, sheet, wrapped
from cordiale.charts.style import GREY, PAGE, SMALL, house_style, look
from cordiale.study import Study

MOST = 24  # rows that fit a page
LABEL, ROW = 2.6, 0.16  # inches: a row's label, and a line of it
KINDS = {"main": "main effect", "interaction": "interaction"}


@house_style()
def effects_chart(sweep: Sweep, measure: str, entity: str, *, width: float = PAGE) -> Figure:
    """Return a row an effect, the largest of each kind on top: mean over worlds and its 95 % interval.

    A main effect is the highest level minus the lowest; an interaction, how much higher the first factor's
    effect is where the second has its highest level than where it has its lowest. At most 24 rows.
    """
    study, found = Study(sweep.folder, sweep.manifest), sweep.effects()
    own = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
    rows: list[dict[Any, Any]] = []
    for kind in KINDS:
        rows += sorted((row for row in own if row["kind"] == kind), key=lambda row: -abs(float(row["effect"])))
    left_out, rows = len(rows[MOST:]), rows[:MOST]
    figure, (axes,) = sheet(width, 1.0)
    labels = [wrapped(figure, _label(sweep, row), LABEL) for row in rows]
    lines = [label.count("\n") + 1 for label in labels]
    figure.set_size_inches(width, 0.45 + ROW * (sum(lines) + 0.5 * len(lines)))
    _draw(axes, rows, labels, lines)
    axes.set_xlabel("effect on " + words.axis(study, measure, change=True))
    kinds = list(dict.fromkeys(str(row["kind"]) for row in rows))
    keys = [(_key(kind), KINDS[kind]) for kind in kinds]
    said = "Mean over the same worlds and its 95 % interval, each by itself; over all levels of the other factors"
    said += f"; the {left_out} smallest interactions are left out" if left_out else ""
    title = f"Effects on {_lower(subject(sweep, measure, entity))}: {words.plain(sweep.manifest['title'])}"
    return finish(figure, title, said, words.source(study), keys)


def _draw(axes: Axes, rows: list[dict[Any, Any]], labels: list[str], lines: list[int]) -> None:
    at, places = 0.0, []
    digits = digits_of(max(abs(float(row["effect"])) for row in rows))
    for row, height in zip(rows, lines, strict=True):
        place = at + height / 2
        style = look(1 if row["kind"] == "main" else 2)
        axes.plot([row["effect_low"], row["effect_high"]], [place, place], color=style.colour, linewidth=1.6,
                  solid_capstyle="butt", gid="interval")  # fmt: skip
        axes.plot([row["effect"]], [place], color=style.colour, marker=style.marker, markersize=4, gid="effect")
        text = signed(float(row["effect"]), digits).replace("-", "−")
        axes.annotate(text, (row["effect_high"], place), xytext=(4, 0), textcoords="offset points", va="center",
                      size=SMALL, color=style.colour)  # fmt: skip
        places.append(place)
        at += height + 0.5
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    axes.set_yticks(places, labels, linespacing=1.1)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at, -0.5)
    ends = [0.0, *(float(row[name]) for row in rows for name in ("effect_low", "effect_high"))]
    ticks = value_range(min(ends), max(ends))
    axes.set_xlim(ticks[0], ticks[-1] + 0.1 * (ticks[-1] - ticks[0]))
    axes.set_xticks(ticks.tolist(), [number(tick) for tick in ticks])


def _label(sweep: Sweep, row: dict[Any, Any]) -> str:
    names = {factor.path: factor.label for factor in sweep.design.factors}
    one = words.plain(names[row["factor"]])
    if row["kind"] == "main":
        return f"{one}, {row['low']:g} to {row['high']:g}"
    return f"{one} × {words.plain(names[row['other']])}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _key(kind: str) -> Line2D:
    style = look(1 if kind == "main" else 2)
    return Line2D([], [], color=style.colour, marker=style.marker, linewidth=1.6, markersize=4)
