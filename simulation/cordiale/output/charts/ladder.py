"""How many agreements a dyad has in force: the share of worlds on each rung of the ladder, as steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter

from cordiale.case.quarters import end_of
from cordiale.output.charts import titles
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet, text_width
from cordiale.output.charts.recorded import Array, in_focus, need, one_of, quarters
from cordiale.output.charts.style import house_style, ink_on, inks, scenario_ink, sizes, target
from cordiale.output.charts.timeline import policy_lines, policy_start, time_axis, when
from cordiale.study import labels as words
from cordiale.study.quantiles import ends, means
from cordiale.study.study import Study

MOST = 6  # panels
NOTABLE = 0.05  # share of worlds by which two scenarios differ, so that one would notice

LATE = 6  # quarters before the end within which a share of the end may stand


@house_style()
def ladder(study: Study, dyads: Sequence[str] | None = None) -> Figure:
    """Return the share of worlds with 0, 1, 2 ... agreements in force by quarter, a panel a dyad and scenario.

    Parameters
    ----------
    dyads : the case's focus where None

    Raises
    ------
    OptionError where the study lacks the ladder of a dyad
    """
    need(study, "ladder", "ladder")
    given = [one_of(study, "ladder", f"ladder:{dyad}")[1] for dyad in dyads or ()]
    chosen = given or [in_focus(study, study.measures()["ladder"])]
    top = round(max(float(ends(study, "ladder", name, entities=chosen)[1].max()) for name in study.scenarios))
    every = [(dyad, name) for dyad in chosen for name in study.scenarios][: 3 if target().narrow else MOST]
    columns = 1 if target().narrow else min(len(every), 3)
    rows = -(-len(every) // columns)
    figure, panels = sheet(rows, columns, lines=(9 if target().narrow else 14 if rows == 1 else 11) * rows, sharey=True)
    for axes, (dyad, name) in zip(panels, every, strict=False):
        shares = shares_of(study, name, dyad, top)
        _areas(axes, study, name, shares, columns)
        title = words.scenario_title(study, name)
        head(axes, f"{words.entity_name(study, dyad)}: {title}" if len(chosen) > 1 else title,
             scenario_ink(study.scenarios.index(name)).colour)  # fmt: skip
    for axes in panels[len(every) :]:
        axes.remove()
    return finish(figure, _words(study, chosen, every, top))


def shares_of(study: Study, scenario: str, dyad: str, top: int) -> Array:
    """Return the shares of worlds with 0, 1 ... `top` agreements in force, (quarters, rungs).

    NaN in quarters in which a state of the dyad takes no part.
    """

    def has(rungs: Array) -> Array:
        return np.asarray(np.rint(rungs)[..., None] == np.arange(top + 1), dtype=float)

    found = means(study, "ladder", scenario, entities=[dyad], of=has)[:, 0]
    out = study.outside(scenario)
    gone = set().union(*(out.get(code, []) for code in dyad.split("-")))
    here = np.array([quarter not in gone for quarter in study.quarters(scenario)])
    return np.where(here[:, None], found, np.nan)


def _shade(rungs: int, least: int, top: int) -> str:
    """Return the colour of a number of agreements, from the fewest to the most that there are."""
    scale = LinearSegmentedColormap.from_list("rungs", [inks().band, inks().series[0]])
    return to_hex(scale((rungs - least) / max(top - least, 1)))


def _areas(axes: Axes, study: Study, scenario: str, shares: Array, columns: int) -> None:
    """Draw the shares one above the other, the fewest agreements lowest, as steps; each area says its number."""
    at, top = quarters(study, scenario), shares.shape[-1] - 1
    time_axis(axes, at, 0.8 * target().inches / columns)
    x = np.append(when(at)[0] - 0.25, when(at))
    axes.set_xlim(x[0], x[-1])
    low, least = np.zeros(len(x)), int(np.argmax(np.nansum(shares, axis=0) > 0))
    for rungs in range(top + 1):
        high = low + np.append(shares[:1, rungs], shares[:, rungs])
        if np.nansum(shares[:, rungs]) > 0:
            axes.fill_between(
                x, low, high, step="pre", color=_shade(rungs, least, top), linewidth=0, gid=f"rungs {rungs}"
            )
            page_of(axes).later.append(partial(_name, axes, x, low, high, rungs, _shade(rungs, least, top)))
        low = high
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.5, 1] if target().narrow else [0, 0.25, 0.5, 0.75, 1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{100 * tick:.0f} %" if tick else "0"))
    policy_lines(axes, study, [scenario])


def _name(axes: Axes, x: Array, low: Array, high: Array, rungs: int, ground: str) -> None:
    """Write how many agreements an area stands for, and its last share, where it has room for that; else nothing."""
    figure, size = page_of(axes), sizes().small
    box = axes.get_window_extent()
    per_year, per_share = box.width / np.ptp(x) / figure.dpi, box.height / figure.dpi
    share = f": {100 * (high[-1] - low[-1]):.0f} %" if high[-1] - low[-1] >= 0.005 else ""
    for text in (f"{rungs} in force{share}", f"{rungs}{share}", f"{rungs} in force", str(rungs)):
        wide, tall = text_width(figure, text, size, "bold") + 0.06, 1.35 * size / 72
        best: tuple[float, float, float] | None = None
        for end in range(len(x) - 1, 0, -1):
            within = (x <= x[end] + 1e-9) & (x >= x[end] - wide / per_year - 0.25)
            if x[end] - wide / per_year < x[0]:
                break
            foot, roof = float(np.max(low[within])), float(np.min(high[within]))
            if share and text.endswith("%") and end < len(x) - LATE:
                break  # a share is that of the end, and stands there or nowhere
            if (roof - foot) * per_share >= tall and (best is None or roof - foot > best[0] + 0.02):
                best = (roof - foot, x[end] - wide / per_year / 2, (foot + roof) / 2)
        if best is not None:
            ink = {"black": "#1b1f24", "white": "#ffffff"}[ink_on(ground)]
            halo = [withStroke(linewidth=sizes().line, foreground=ground)]  # the first day does not strike it through
            axes.text(best[1], best[2], text, ha="center", va="center", size=size, weight="bold", color=ink, zorder=4,
                      path_effects=halo)  # fmt: skip
            return


def _words(study: Study, dyads: Sequence[str], every: Sequence[tuple[str, str]], top: int) -> Words:
    dyad, by = dyads[0], end_of(study.quarters()[-1])
    pairs = "; ".join(words.entity_name(study, each, " and ") for each in dyads)
    title = [
        each for name in study.scenarios for each in titles.absent(study, name, dyad)
    ][:1] or _titles(study, dyad, top, by)  # fmt: skip
    subtitle = titles.joined(
        f"Share of worlds by number of agreements in force between {pairs}, by quarter; numbers: share at {by}"
    )
    left = [f"{words.entity_name(study, each)}: " * (len(dyads) > 1) + words.scenario_title(study, name)
            for each in dyads for name in study.scenarios if (each, name) not in every]  # fmt: skip
    drawn = "A value stands from the end of its quarter on; the higher up, the more agreements"
    drawn += "; no area: a state of the pair takes no part" if any(study.outside(name) for _, name in every) else ""
    drawn += "; dashed: a policy's first day" if any(policy_start(study, name) for _, name in every) else ""
    drawn += f". Not drawn: {', '.join(left)}" if left else ""
    told = "; ".join(
        f"{words.scenario_title(study, name)}: "
        + ", ".join(
            f"{k} in {100 * share:.0f} %" for k, share in enumerate(shares_of(study, name, each, top)[-1]) if share
        )
        for each, name in every
    )
    alt = f"{len(every)} stacked step charts. {title[0]}. Shares of worlds by number of agreements at {by}: {told}."
    return Words(title, subtitle, titles.caption(study, drawn), alt)


def _titles(study: Study, dyad: str, top: int, by: str) -> list[str]:
    """Return of which number of agreements or more the share of worlds differs or moves most."""
    pair = words.entity_name(study, dyad, " and ")
    at_least = {
        name: np.cumsum(shares_of(study, name, dyad, top)[:, ::-1], axis=1)[:, ::-1] for name in study.scenarios
    }
    first = at_least[study.scenarios[0]]
    name = max(study.scenarios, key=lambda each: float(np.abs(at_least[each][-1] - first[-1]).max()))
    gaps = at_least[name][-1] - first[-1]
    k = int(np.argmax(np.abs(gaps)))
    if abs(gaps[k]) >= NOTABLE:
        here, there = 100 * at_least[name][-1, k], 100 * first[-1, k]
        return [
            f"{pair} have {k} or more agreements by {by} in {here:.0f} % of worlds if “"
            f"{words.scenario_title(study, name)}”, in {there:.0f} % without it",
            f"{k} or more agreements: {here:.0f} % of worlds if “{words.scenario_title(study, name)}”, "
            f"{there:.0f} % without it",
        ]
    moved = first[-1] - first[0]
    k = int(np.argmax(np.abs(moved)))
    tail = "; no policy moves that by 5 points" if len(study.scenarios) > 1 else ""
    if abs(moved[k]) < NOTABLE:
        return [f"The number of agreements of {pair} hardly moves by {by}{tail}"]
    head = f"{pair} have {k} or more agreements in {100 * first[-1, k]:.0f} % of worlds by {by}"
    year = study.quarters()[0][:4]
    return [
        f"{head}, up from {100 * first[0, k]:.0f} % in {year}{tail}" if moved[k] > 0 else f"{head}{tail}",
        f"{head}{tail}",
        head,
    ]
