"""What a dyad's headline is made of: what each part, times its share, adds to the change, so that bars sum to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.case.quarters import end_of
from cordiale.files.errors import OptionError
from cordiale.models.measures import sentence_case
from cordiale.models.units import unit_of, unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.end_labels import SMALLEST
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet, text_width, wrapped
from cordiale.output.charts.recorded import Array, NotRecorded, need, one_of
from cordiale.output.charts.style import house_style, inks, scenario_ink, sizes, target
from cordiale.output.charts.timeline import value_axis, zero_line
from cordiale.study import labels as words
from cordiale.study.attribution import weighted_parts
from cordiale.study.estimate import Estimate, adding_up
from cordiale.study.study import Study

MOST = 6  # scenarios that are drawn, those that change most


@dataclass(frozen=True)
class Sum:
    """A change of the headline as a sum of its parts, at the horizon.

    Attributes
    ----------
    parts : what each part times its share adds, mean over worlds, (parts,)
    shown : the same as it is printed, so that it sums to the whole as that is printed
    whole : the change of the headline
    """

    title: str
    colour: str
    parts: Array
    shown: Sequence[float]
    whole: Estimate


@house_style()
def parts(study: Study, measure: str | None = None) -> Figure:
    """Return what each part adds to the change of a dyad's headline at the horizon, a panel a scenario.

    The change is that against the first scenario in the same world, and that since the first quarter where there is
    one scenario. A bar is the mean over worlds of a part's change times its share; the bars sum to the whole.

    Parameters
    ----------
    measure : the headline with its entity, such as "alignment:FRA-JPN"; of the case's focus where None

    Raises
    ------
    OptionError where the study lacks a part or the headline of the dyad, or its headline has no parts
    """
    if not study.components:
        raise NotRecorded(
            f"the chart 'parts' shows what a headline is made of, and that of {study.model['name']} is not"
        )
    whole, entity = one_of(study, "parts", measure)
    if whole != study.headline:
        raise OptionError(f"the chart 'parts' shows what {study.headline} is made of, and not '{whole}'")
    for part in study.components:
        need(study, "parts", part, entity)
    every = [sum_of(study, entity, name, place) for name, place in _compared(study)]
    drawn = sorted(sorted(range(len(every)), key=lambda k: -abs(every[k].whole.mean))[: _most()])
    shown = [every[k] for k in drawn]
    columns = 1 if target().narrow else min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure, panels = sheet(rows, columns, lines=(14 if rows == 1 else 11.5) * rows, sharey=True)
    low, high = _reach(shown)
    for axes, each in zip(panels, shown, strict=False):
        _waterfall(axes, each, [_short(study, part) for part in study.components], columns)
        value_axis(axes, low, high, signs=True)
        axes.spines[:].set_visible(False)
        head(axes, each.title, each.colour)
    for axes in panels[len(shown) :]:
        axes.remove()
    left = [each.title for each in every if each not in shown]
    return finish(figure, _words(study, entity, shown, left))


def _most() -> int:
    return 3 if target().narrow or target().sheet.fixed else MOST


def _compared(study: Study) -> list[tuple[str, int]]:
    """Return the scenarios that are drawn with their places: all but the first, or the only one."""
    return [(name, k) for k, name in enumerate(study.scenarios) if k or len(study.scenarios) == 1]


def sum_of(study: Study, entity: str, scenario: str, place: int) -> Sum:
    """Return what the parts add to the change of the headline in a scenario's last quarter; they sum to the whole."""
    first, before = study.scenarios[0], -1 if place else 0
    added = (weighted_parts(study, scenario, entity) - weighted_parts(study, first, entity, before)).mean(axis=1)
    whole = study.values(study.headline, entity, scenario, quarter=-1)
    unit = study.measure(study.headline).unit
    found = Estimate.of(whole - study.values(study.headline, entity, first, quarter=before), unit)
    assert abs(added.sum() - found.mean) < 1e-6, f"parts of {scenario} add up to {added.sum()}, and not {found.mean}"
    shown = adding_up(added.tolist(), found.mean, unit_of(unit).digits)
    return Sum(words.scenario_title(study, scenario), scenario_ink(place).colour, added, shown, found)


def _reach(shown: Sequence[Sum]) -> tuple[float, float]:
    """Return the lowest and the highest point of bars and intervals, with room for their numbers."""
    ends = [0.0]
    for each in shown:
        ends += [*np.cumsum(each.parts), *(end for end in (each.whole.low, each.whole.high) if np.isfinite(end))]
    low, high = float(min(ends)), float(max(ends))
    room = 0.14 * max(high - low, 1e-9)
    return (low - room if low < 0 else low), (high + room if high > 0 else high)


def _waterfall(axes: Axes, each: Sum, names: Sequence[str], columns: int) -> None:
    """Draw a bar a part from where the last one ended, and the whole with its interval."""
    at, count = 0.0, len(names)
    for k, added in enumerate(each.parts):
        axes.bar(k, added, 0.7, bottom=at, color=each.colour, alpha=0.7, zorder=2, gid="part")
        axes.plot([k - 0.35, k + 1.35], [at + added] * 2, color=inks().soft, linewidth=sizes().line / 3, zorder=3)
        _number(axes, k, max(at, at + added) if added >= 0 else min(at, at + added), each.whole.text(each.shown[k]))
        at += float(added)
    whole = each.whole
    axes.bar(count, whole.mean, 0.7, color=each.colour, zorder=2, gid="whole")
    if np.isfinite(whole.low):
        axes.plot([count] * 2, [whole.low, whole.high], color=inks().ink, linewidth=sizes().line / 1.5, zorder=4)
    ends = [end for end in (whole.low, whole.high, whole.mean) if np.isfinite(end)]
    _number(axes, count, max(ends) if whole.mean >= 0 else min(ends), whole.text(), bold=True)
    zero_line(axes)
    inches = 0.86 * target().inches / columns / (count + 1)
    figure, every = page_of(axes), (*names, "whole")
    widest = max(text_width(figure, word, sizes().small) for name in every for word in name.split())
    size = sizes().small * max(SMALLEST, min(1.0, 0.96 * inches / widest))  # rather than break a word
    texts = [wrapped(figure, name, inches, size) for name in every]
    axes.set_xticks(range(count + 1), texts, color=inks().ink, linespacing=1.05, size=size)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.55, count + 0.55)


def _number(axes: Axes, at: float, height: float, text: str, bold: bool = False) -> None:
    up = not text.startswith("−")
    axes.annotate(
        text, (at, height), xytext=(0, 2 if up else -2), textcoords="offset points", ha="center",
        va="bottom" if up else "top", size=sizes().small,
        weight="bold" if bold else "normal", zorder=5,
    )  # fmt: skip


def _short(study: Study, part: str) -> str:
    """Return what a part is called under its bar: "trust" of "mutual trust", "activity"."""
    meaning = words.quantity(study, part).partition(" (")[0]
    return meaning if len(meaning.split()) == 1 else part


def _words(study: Study, entity: str, shown: Sequence[Sum], left: Sequence[str]) -> Words:
    whole = words.quantity(study, study.headline)
    names = [_short(study, part) for part in study.components]
    pair, by = words.entity_name(study, entity, " and "), end_of(study.quarters(study.scenarios[-1])[-1])
    most = max(shown, key=lambda each: abs(each.whole.mean))
    against = f"against “{words.scenario_title(study, study.scenarios[0])}” in the same worlds"
    against = against if len(study.scenarios) > 1 else f"since {end_of(study.quarters()[0])}"
    text = f"What each part adds to the change of {whole} of {pair} {against}, by {by}: the bars sum to the whole"
    unit = unit_words(study.measure(study.headline).unit)
    drawn = f"Each part's change times its share of {whole} ({_shares(study)}), means over worlds; bar: 95 % interval"
    drawn += f". Not drawn, since they change less: {', '.join(left)}" if left else ""
    told = "; ".join(_told(each, names) for each in shown)
    return Words(
        _titles(most, names, whole), titles.joined(text, sentence_case(unit)),
        titles.caption(study, drawn), f"{len(shown)} waterfalls of what adds to {whole} of {pair} by {by}. {told}.",
    )  # fmt: skip


def _told(each: Sum, names: Sequence[str]) -> str:
    """Return the parts of a sum in words."""
    parts = zip((*names, "whole"), (*each.shown, each.whole.mean), strict=True)
    return f"{each.title}: {', '.join(f'{name} {each.whole.text(value)}' for name, value in parts)}"


def _shares(study: Study) -> str:
    shares = study.shares(study.scenarios[0])
    if np.ptp(shares) < 1e-9:
        return f"1/{len(shares)} each"
    return "drawn by world"


def _titles(most: Sum, names: Sequence[str], whole: str) -> list[str]:
    """Return through which part the change that is largest works; a share where all parts pull one way."""
    found = most.whole
    if not found.noticeable:
        return [f"{most.title}: {found.verdict} in {whole}, so no part of it is told"]
    pulling = most.parts * np.sign(found.mean)
    first, second = (int(k) for k in np.argsort(-pulling)[:2])
    part = found.text(most.shown[first])
    if pulling[first] < 2 * pulling[second]:
        both = f"{names[first]} {part} and {names[second]} {found.text(most.shown[second])}"
        return [f"{most.title}: {both}, of {found.full} in {whole}", f"{most.title}: {both}"]
    share = f", {100 * pulling[first] / abs(found.mean):.0f} %" if pulling.min() > -0.05 * abs(found.mean) else ""
    return [f"{most.title} works mostly through {names[first]}: {part} of {found.full}{share}",
            f"Mostly through {names[first]}: {part} of {found.full}"]  # fmt: skip
