"""How a state ranks its partners over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from cordiale.case.quarters import end_of, to_text
from cordiale.output.charts import titles
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array, in_focus, need, quarters, states
from cordiale.output.charts.style import Ink, house_style, inks, scenario_ink, sizes, target
from cordiale.output.charts.timeline import policy_lines, time_axis, when
from cordiale.study import labels as words
from cordiale.study import quantiles as over_worlds
from cordiale.study.estimate import Estimate
from cordiale.study.study import Study

MOST = 6  # panels
FEW = 6  # partners whose places are all numbered; of more, every fifth


@dataclass(frozen=True)
class Ranks:
    """Ranks in one scenario: partner -> mean, lower quartile, median and upper quartile over worlds, (Q,) each.

    They stand at running numbers of quarters, and are NaN where a partner takes no part.
    """

    quarters: Array
    of: dict[str, tuple[Array, Array, Array, Array]]

    def last(self, code: str) -> tuple[float, float]:
        """Return median and mean of a partner in the last quarter: the one sets its place, the other orders equals."""
        mean, _, middle, _ = self.of[code]
        return float(middle[-1]), float(mean[-1])


@house_style()
def rank(study: Study, observer: str | None = None, partners: Sequence[str] | None = None) -> Figure:
    """Return the median rank of each partner in a state's eyes, 1 at the top, one panel a scenario.

    Parameters
    ----------
    observer : the second state of the case's focus where None
    partners : those in colour with a band of 50 % of worlds; the other state of the focus where None

    Raises
    ------
    OptionError where the study lacks the ranks of the observer's partners
    """
    observer, focus, recorded = _observed(study, observer, partners or ())
    names = study.scenarios[: 2 if target().narrow else MOST]
    ranks = [_ranks(study, name, recorded) for name in names]
    marked = [code for code in focus if code in ranks[0].of][:1] if partners is None else list(partners)
    columns = 1 if target().narrow else min(len(ranks), 3)
    rows = -(-len(ranks) // columns)
    figure, panels = sheet(rows, columns, lines=(1.15 * len(recorded) + 3) * rows, sharey=True)
    for k, (axes, name, each) in enumerate(zip(panels, names, ranks, strict=False)):
        last = k % columns == columns - 1 or k == len(ranks) - 1
        _panel(axes, each, {code: scenario_ink(k) for code in marked}, columns, all_named=last)
        policy_lines(axes, study, [name])
        head(axes, words.scenario_title(study, name), scenario_ink(k).colour)
    for axes in panels[len(ranks) :]:
        axes.remove()
    panels[0].set_ylim(len(recorded) + 0.5, 0.5)
    places = [1, *range(5, len(recorded) + 1, 5)] if len(recorded) > FEW else range(1, len(recorded) + 1)
    panels[0].yaxis.set_major_locator(FixedLocator(list(places)))
    return finish(figure, _words(study, observer, marked, names, recorded))


def _observed(study: Study, observer: str | None, partners: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """Return the observer, the other state in focus, and the directed dyads recorded of the observer."""
    need(study, "rank", "rank")
    pair = states([in_focus(study, study.measures()["rank"])])
    observer = observer or pair[1]
    recorded = [entity for entity in study.measures()["rank"] if entity.startswith(f"{observer}>")]
    wanted = recorded or [f"{observer}>{pair[0]}"]
    need(study, "rank", "rank", *wanted, *(f"{observer}>{each}" for each in partners))
    return observer, [code for code in pair if code != observer], recorded


def _ranks(study: Study, scenario: str, entities: Sequence[str]) -> Ranks:
    """Return the ranks of the partners that take part at the horizon, NaN in quarters in which they do not."""
    out, at = study.outside_at_end(scenario), quarters(study, scenario)
    entities = [entity for entity in entities if entity.split(">")[1] not in out]
    mean, _, *quartiles = over_worlds.spread(study, "rank", (0.25, 0.5, 0.75), scenario, entities=entities)
    away, texts = study.outside(scenario), [to_text(int(each)) for each in at]
    of = {}
    for k, code in enumerate(entity.split(">")[1] for entity in entities):
        here = np.where(np.isin(texts, away.get(code, [])), np.nan, 1.0)
        lower, middle, upper = (here * each[:, k] for each in quartiles)
        of[code] = (here * mean[:, k], lower, middle, upper)
    return Ranks(at.astype(float), of)


def _panel(axes: Axes, ranks: Ranks, marked: dict[str, Ink], columns: int, *, all_named: bool) -> None:
    """Draw a line a partner; all are named at the right of a row of panels, where names have room."""
    at = when(ranks.quarters.astype(np.int64))
    room = label_room(columns) / 2
    time_axis(axes, ranks.quarters.astype(np.int64), target().inches / columns - room - 0.4)
    for code, (_, lower, middle, upper) in ranks.of.items():
        ink = marked.get(code)
        if ink is None:
            axes.plot(at, middle, color=inks().rule, linewidth=sizes().line / 1.6, zorder=1.5, gid=code)
            continue
        axes.fill_between(at, lower, upper, color=ink.colour, alpha=0.2, linewidth=0, zorder=2)
        axes.plot(at, middle, color=ink.colour, linestyle=ink.style, zorder=3, gid=code, clip_on=False)
    order = sorted(ranks.of, key=ranks.last)
    labels = []
    for k, code in enumerate(order):
        own = code in marked
        if not own and not all_named:
            continue
        colour = marked[code].colour if own else inks().soft
        labels.append(Label(ranks.last(code)[0] + 1e-6 * k, code, colour, not own))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def _words(
    study: Study, observer: str, marked: Sequence[str], names: Sequence[str], recorded: Sequence[str]
) -> Words:  # fmt: skip
    by, who = end_of(study.quarters()[-1]), words.state(study, observer)
    title, told = _titles(study, observer, marked[:1], names, by)
    subtitle = titles.joined(
        f"Rank of each partner in the eyes of {who}, 1 is the closest of {len(recorded)}; lines are medians of worlds"
    )
    left = [words.scenario_title(study, name) for name in study.scenarios if name not in names]
    drawn = f"Band: 50 % of worlds, of {', '.join(words.state(study, code) for code in marked) or 'nobody'}"
    drawn += ". A line stands where its state takes part" if any(study.outside(name) for name in names) else ""
    drawn += f". Not drawn: {', '.join(left)}" if left else ""
    alt = f"{len(names)} charts of ranks over quarters. {title[0]}. {told}"
    return Words(title, subtitle, titles.caption(study, drawn), alt)


def _titles(
    study: Study, observer: str, marked: Sequence[str], names: Sequence[str], by: str
) -> tuple[list[str], str]:  # fmt: skip
    """Return where a partner stands in the first scenario, and which other one moves its mean rank most."""
    who = words.state(study, observer)
    if not marked:
        return [f"How {who} ranks its partners by {by}"], ""
    code, partner = marked[0], words.state(study, marked[0])
    last = {name: study.values("rank", f"{observer}>{code}", name, quarter=-1) for name in names}
    base = last[names[0]]
    head = f"{who} ranks {partner} {_place(base)} by {by}"
    told = "; ".join(
        f"{words.scenario_title(study, name)}: {_place(each)}, mean {each.mean():.1f}" for name, each in last.items()
    )
    if len(names) == 1:
        return [head], f"{told}."
    kind = study.measure("rank")
    found = {name: Estimate.of(last[name] - base, kind.unit, kind.good) for name in names[1:]}
    most = max(found, key=lambda name: abs(found[name].mean))
    if not found[most].noticeable:
        return [f"{head}; no policy moves it noticeably", head], f"{told}."
    title, verb = words.scenario_title(study, most), "better" if found[most].better > 0 else "worse"
    by_mean = f"{abs(found[most].mean):.1f} places {verb} on average"
    return [f"{head}; with “{title}” {by_mean}", f"With “{title}” {partner} ranks {by_mean}"], f"{told}."


def _place(ranks: Array) -> str:
    """Return the median rank as an ordinal: "5th"."""
    place = round(float(np.median(ranks)))
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
