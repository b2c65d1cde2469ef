"""How many rungs of the ladder of agreements dyads have in force."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from cordiale.output.charts.axes import quarter_axis, quarter_label
from cordiale.output.charts.layout import finish, grid, sheet, title_panels
from cordiale.output.charts.recorded import Array, in_focus, need, one_of, quarters, states
from cordiale.output.charts.style import COLUMN, PAGE, SMALL, house_style
from cordiale.study import labels as words
from cordiale.study.quantiles import ends, means
from cordiale.study.study import Study

ROW = 0.17  # inches, of a dyad's strip
STRIP = 0.84  # of the row's height
CHANGE = 0.05  # rungs, on average over worlds, that count as a change


@house_style()
def ladder(study: Study, dyads: Sequence[str] | None = None, *, width: float | None = None) -> Figure:
    """Return a strip a dyad over quarters: shares of worlds with 0, 1, 2 ... rungs in force, and their mean.

    Strips stand in the order of the mean in the first scenario's last quarter; a dark strip is a tie of many
    rungs, and a step in it is the quarter in which worlds climb.

    Parameters
    ----------
    dyads : by default those of the two states in the case's focus whose mean changes or exceeds 1, and
        the focus itself where no other is left
    width : inches; both columns of a journal where None, one for a single scenario

    Raises
    ------
    OptionError where the study lacks the ladder of a dyad
    """
    need(study, "ladder", "ladder")
    given = [one_of(study, "ladder", f"ladder:{dyad}")[1] for dyad in dyads or ()]
    chosen = of_focus(study) if dyads is None else given
    top = round(max(float(ends(study, "ladder", name, entities=chosen)[1].max()) for name in study.scenarios))
    shares = [_shares(study, name, chosen, top) for name in study.scenarios]
    order = np.argsort(_mean_rungs(shares[0])[:, -1], kind="stable")
    chosen = [chosen[k] for k in order]
    width = width or (COLUMN if len(shares) == 1 else PAGE)
    rows, columns = grid(len(shares))
    figure, panels = sheet(width, rows * (ROW * len(chosen) + 0.55), rows, columns)
    panels = title_panels(figure, panels, [study.title(name) for name in study.scenarios], columns, room=0.7)
    for name, each, axes in zip(study.scenarios, shares, panels, strict=True):
        quarter_axis(axes, quarters(study, name), width / columns - 0.75)
        _strips(axes, quarters(study, name), each[order], _here(study, name, chosen))
    panels[0].set_ylim(-0.6, len(chosen) - 0.4)
    panels[0].set_yticks(range(len(chosen)), [words.entity_name(study, dyad) for dyad in chosen])
    for axes in panels[max(0, len(shares) - columns) :]:
        axes.set_xlabel(quarter_label(quarters(study, study.scenarios[0])))
    keys = [(_patch(k, top), _rungs(k)) for k in range(top + 1)]
    said = "Shade: rungs in force, as shares of worlds; numbers: mean in the first and the last quarter"
    if any(study.outside(name) for name in study.scenarios):
        said += "; no shade: a state of the pair takes no part"
    return finish(figure, "Rungs of the ladder of agreements in force", said, words.source(study), keys)


def _patch(rungs: int, top: int) -> Patch:
    return Patch(facecolor=_shade(rungs, top), edgecolor="black", linewidth=0.3)


def _rungs(number: int) -> str:
    return "1 rung" if number == 1 else f"{number or 'no'} rungs"


def of_focus(study: Study) -> list[str]:
    """Return the dyads of the focus' two states whose mean rungs change in a scenario or exceed 1."""
    recorded = study.measures()["ladder"]
    focus = in_focus(study, recorded)
    pair = set(states([focus]))
    kept: dict[str, None] = {}
    for name in study.scenarios:
        rungs = means(study, "ladder", name)
        for k, dyad in enumerate(study.measures(name)["ladder"]):
            moves = np.ptp(rungs[:, k]) > CHANGE
            if pair & set(dyad.split("-")) and (moves or rungs[:, k].max() > 1 + CHANGE):
                kept[dyad] = None
    return [dyad for dyad in recorded if dyad in kept] or [focus]


def _shares(study: Study, scenario: str, dyads: Sequence[str], top: int) -> Array:
    """Return the shares of worlds with 0, 1 ... `top` rungs in force, (dyads, quarters, rungs)."""

    def has(rungs: Array) -> Array:
        return np.asarray(np.rint(rungs)[..., None] == np.arange(top + 1), dtype=float)

    return np.moveaxis(means(study, "ladder", scenario, entities=dyads, of=has), 1, 0)


def _here(study: Study, scenario: str, dyads: Sequence[str]) -> NDArray[np.bool_]:
    """Return the quarters in which both states of each dyad take part, (dyads, quarters)."""
    out, when = study.outside(scenario), study.quarters(scenario)
    apart = [set().union(*(out.get(code, []) for code in dyad.split("-"))) for dyad in dyads]
    return np.array([[quarter not in each for quarter in when] for each in apart])


def _mean_rungs(shares: Array) -> Array:
    """Return the mean of rungs over worlds from shares of worlds, whose last axis is rungs."""
    return shares @ np.arange(shares.shape[-1])


def _shade(rungs: int, top: int) -> tuple[float, float, float, float]:
    red, green, blue, alpha = matplotlib.colormaps["YlGnBu"](0.02 + 0.93 * rungs / max(top, 1))
    return float(red), float(green), float(blue), float(alpha)


def _strips(axes: Axes, at: NDArray[np.int64], shares: Array, here: NDArray[np.bool_]) -> None:
    """Draw each dyad's shares of worlds, those with the most rungs lowest.

    Parameters
    ----------
    shares : (dyads, quarters, rungs)
    here : (dyads, quarters) whether both states take part
    """
    top = shares.shape[-1] - 1
    for row, (dyad, mean, both) in enumerate(zip(shares, _mean_rungs(shares), here, strict=True)):
        foot = np.full(len(at), row - STRIP / 2)
        for rungs in range(top, -1, -1):
            share = STRIP * dyad[:, rungs]
            if share.any():
                axes.fill_between(at, foot, foot + share, where=both, color=_shade(rungs, top), linewidth=0)
            foot = foot + share
        axes.fill_between(at, row - STRIP / 2, row + STRIP / 2, facecolor="none", edgecolor="black", linewidth=0.3)
        first, last = mean[0], mean[-1]
        text = f"{last:.1f}" if abs(last - first) <= CHANGE else f"{first:.1f} to {last:.1f}"
        text = text if both[-1] else "no part"
        axes.annotate(text, (float(at[-1]), row), xytext=(3, 0), textcoords="offset points", va="center", size=SMALL)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="y", length=0)
