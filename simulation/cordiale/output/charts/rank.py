"""How a state ranks its partners over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator

from cordiale.output.charts.axes import end_labels, quarter_axis, quarter_label, spread
from cordiale.output.charts.layout import finish, grid, label_edges, sheet, title_panels
from cordiale.output.charts.recorded import Array, in_focus, need, quarters, states
from cordiale.output.charts.style import COLUMN, GREY, LOOKS, PAGE, RULE, Look, house_style
from cordiale.study import labels as words
from cordiale.study import quantiles as over_worlds
from cordiale.study.study import Study

OTHERS = 3  # partners that stand highest, told apart beside the one in focus


@dataclass(frozen=True)
class Ranks:
    """Ranks in one scenario: partner -> mean, lower quartile, median and upper quartile over worlds, (Q,) each.

    They stand at running numbers of quarters.
    """

    quarters: Array
    of: dict[str, tuple[Array, Array, Array, Array]]

    def last(self, code: str) -> tuple[float, float]:
        """Return median and mean of a partner in the last quarter: the one sets its place, the other orders equals."""
        mean, _, middle, _ = self.of[code]
        return float(middle[-1]), float(mean[-1])


@house_style()
def rank(
    study: Study,
    observer: str | None = None,
    partners: Sequence[str] | None = None,
    *,
    width: float | None = None,
) -> Figure:
    """Return the median rank of each partner in a state's eyes, 1 at the top, one panel a scenario.

    Parameters
    ----------
    observer : the second state of the case's focus where None
    partners : those in colour with a band of 50 % of worlds; where None the other state of the focus, and the
        three that stand highest at the first scenario's horizon
    width : inches; both columns of a journal where None, one for a single scenario

    Raises
    ------
    OptionError where the study lacks the ranks of the observer's partners
    """
    observer, focus, recorded = _observed(study, observer, partners or ())
    ranks = [_ranks(study, name, recorded) for name in study.scenarios]
    marked = _marked(ranks[0], focus) if partners is None else list(partners)
    looks = {code: LOOKS[k % len(LOOKS)] for k, code in enumerate(marked)}
    width = width or (COLUMN if len(ranks) == 1 else PAGE)
    rows, columns = grid(len(ranks))
    figure, panels = sheet(width, rows * 2.1 + 0.2, rows, columns)
    panels = title_panels(figure, panels, [study.title(name) for name in study.scenarios], columns, room=0.6)
    inches = width / columns - 0.6
    labels = [_panel(axes, each, looks, inches) for axes, each in zip(panels, ranks, strict=True)]
    panels[0].set_ylim(len(recorded) + 0.5, 0.5)
    panels[0].yaxis.set_major_locator(FixedLocator(range(1, len(recorded) + 1)))
    across = quarter_label(quarters(study, study.scenarios[0]))
    label_edges(figure, panels, columns, across, words.axis(study, "rank"), 1.6)
    title = f"Partners as {words.state(study, observer)} ranks them"
    said = "Line: median of worlds; bands of the partners with markers"
    finish(figure, title, said, words.source(study, "bands: 50 % of worlds"))
    for axes, texts in zip(panels, labels, strict=True):
        spread(axes, texts)
    return figure


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
    mean, _, *quartiles = over_worlds.spread(study, "rank", (0.25, 0.5, 0.75), scenario, entities=entities)
    of = {entity.split(">")[1]: tuple(each[:, k] for each in (mean, *quartiles)) for k, entity in enumerate(entities)}
    return Ranks(quarters(study, scenario).astype(float), of)


def _marked(ranks: Ranks, focus: Sequence[str]) -> list[str]:
    """Return the partner in focus, and those that stand highest at the horizon."""
    order = sorted(ranks.of, key=lambda code: ranks.last(code)[1])
    first = [code for code in focus if code in ranks.of][:1]
    return [*first, *[code for code in order if code not in first][:OTHERS]]


def _panel(axes: Axes, ranks: Ranks, looks: dict[str, Look], inches: float) -> list[Annotation]:
    at = ranks.quarters
    quarter_axis(axes, at.astype(np.int64), inches)
    for code, (_, lower, middle, upper) in ranks.of.items():
        look = looks.get(code)
        if look is None:
            axes.plot(at, middle, color=RULE, linewidth=0.8, zorder=1.5, gid=code)
            continue
        axes.fill_between(at, lower, upper, color=look.colour, alpha=0.18, linewidth=0, zorder=2)
        axes.plot(
            at, middle, color=look.colour, linestyle=look.dash, marker=look.marker,
            markevery=((len(at) - 1) % 4, 4), markersize=2.6, zorder=3, gid=code, clip_on=False,
        )  # fmt: skip
    order = sorted(ranks.of, key=ranks.last)
    ends = [ranks.last(code)[0] + 1e-6 * k for k, code in enumerate(order)]
    colours = [looks[code].colour if code in looks else GREY for code in order]
    return end_labels(axes, float(at[-1]), ends, order, colours)
