"""How many worlds are enough: what the mean of each measure takes, beside the worlds that a study has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from cordiale.analysis.sample_size import Enough, SampleSize, worlds_for
from cordiale.output.charts import titles
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.rows import beside, heighten, name_rows, rows_of
from cordiale.output.charts.style import Ink, house_style, inks, sizes, target
from cordiale.study import labels
from cordiale.study.study import Study

SHOWN = 14  # measures, those that need most worlds
FEWEST = 1.7  # worlds at the left end of the axis
LEVEL, DIFFERENCE = "the mean of a scenario", "a difference, world by world"


@dataclass(frozen=True)
class Need:
    """What a measure takes.

    Attributes
    ----------
    level, difference : of the scenario, or the difference, that needs most worlds; None where there is none
    """

    name: str
    level: Enough | None
    difference: Enough | None

    @property
    def most(self) -> int:
        """Worlds that all of it takes."""
        return max(each.needed for each in (self.level, self.difference) if each is not None)


def figures(sizes: SampleSize) -> dict[str, Callable[[], Figure]]:
    """Return the chart of all measures."""
    study = sizes.study
    names = {each.name: _subject(study, each) for each in sizes.each}
    against = f", each against “{study.title(sizes.against)}”" if sizes.against else ""
    return {"sample_size": partial(sample_size, sizes.each, names, against, source(sizes))}


def _subject(study: Study, each: Enough) -> str:
    return labels.subject(study, each.measure, each.entity)


def source(sizes: SampleSize) -> str:
    """Return what a caption says of the study and how to make the chart again."""
    against = f" --against {sizes.against}" if sizes.against else ""
    error = f" --error {sizes.error:g}" if sizes.error else ""
    again = f"Made by cordiale sample-size {sizes.study.folder.name}{against}{error}, of the study"
    return titles.caption(sizes.study, again).replace("of the study. ", "of the study: ", 1)


@house_style()
def sample_size(needs: Sequence[Enough], names: Mapping[str, str], against: str, source: str) -> Figure:
    """Return a row a measure: how many worlds its mean takes, and how many a difference world by world takes.

    A thin line goes through what the study's first worlds say, from half of them on.

    Parameters
    ----------
    names : measure with its entity -> what it is called
    against : of what differences are, for the subtitle; "" where all are drawn
    source : what the caption says of the study
    """
    found = [each for each in needs_of(needs) if each.most > 2]
    figure, (axes,) = sheet(lines=20)
    rows = rows_of(figure, [names.get(each.name, each.name) for each in found[:SHOWN]] or ["Nothing varies"])
    shown = found[: len(rows)]
    heighten(figure, rows.lines + 4.2)
    worlds = max((each.worlds for each in needs), default=2)
    for at, each in zip(rows.at, shown, strict=False):
        _row(axes, float(at), each)
    _axis(axes, worlds, [each.most for each in shown])
    name_rows(axes, rows)
    head(axes, "Worlds that give the error asked for (logarithmic)")
    return finish(figure, _words(found, names, against, source, worlds, len(shown)))


def needs_of(needs: Sequence[Enough]) -> list[Need]:
    """Return what each measure takes, those first that need most worlds."""
    found = []
    for name in dict.fromkeys(each.name for each in needs):
        those = [each for each in needs if each.name == name]
        kinds = [[each for each in those if (each.against is None) == level] for level in (True, False)]
        most = [max(kind, key=lambda each: each.needed, default=None) for kind in kinds]
        found.append(Need(name, *most))
    return sorted(found, key=lambda each: -each.most)


def _row(axes: Axes, at: float, need: Need) -> None:
    for each, ink, mark in ((need.level, inks().series[0], "o"), (need.difference, inks().series[1], "D")):
        if each is None or each.needed <= 2:
            continue
        some = measured(each)
        axes.plot([some.min(), some.max()], [at, at], color=ink, linewidth=sizes().line / 2, alpha=0.7, gid="measured")
        axes.plot(each.needed, at, mark, color=ink, markersize=2.8 * sizes().line, gid="needed", zorder=3,
                  markeredgecolor=inks().paper, markeredgewidth=sizes().line / 5)  # fmt: skip
    right = max(need.most, *(float(measured(each).max()) for each in (need.level, need.difference) if each is not None))
    beside(axes, (right, at), f"{need.most:,}", gap=0.9)
    if need.level is not None and need.difference is not None and 2 < need.difference.needed < need.level.needed:
        seemed = [need.difference.needed, *measured(need.difference)]
        outside = min(seemed) < 3 * FEWEST  # where the number would stand among the names
        beside(axes, (max(seemed) if outside else min(seemed), at), f"{need.difference.needed:,}", inks().series[1],
               left=not outside, gap=0.9)  # fmt: skip


def measured(each: Enough) -> Array:
    """Return how many worlds a measure seemed to take by the first worlds of the study, from half of them on."""
    late = each.counts >= max(2, each.counts[-1] / 2)
    deviations = each.errors[late] * np.sqrt(each.counts[late])
    return np.array([worlds_for(float(deviation), each.wanted) for deviation in deviations], dtype=np.float64)


def _axis(axes: Axes, worlds: int, most: Sequence[int]) -> None:
    """Set the logarithmic axis, and the line of the worlds that the study has."""
    axes.set_xscale("log")
    room = 6 if target().narrow else 3
    high = room * max([*most, worlds])
    axes.set_xlim(FEWEST, high)
    axes.xaxis.set_major_locator(FixedLocator([10.0**power for power in range(1, int(np.log10(high)) + 1)]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="x")
    axes.axvline(worlds, color=inks().ink, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1.9, gid="worlds")


def _words(
    found: Sequence[Need], names: Mapping[str, str], against: str, source: str, worlds: int, shown: int
) -> Words:  # fmt: skip
    subtitle = titles.joined(
        f"Worlds that the mean of each measure takes{against} in the last quarter, so that its standard error is the "
        "one asked for. The scenario, or the pair of scenarios, that takes most; thin "
        "lines: what the study’s first worlds said, from half of them on"
    )
    left = len(found) - shown
    drawn = f"{left} measures that need fewer worlds are not drawn" if left else ""
    forms = _titles(found, names, worlds)
    told = "; ".join(f"{names.get(each.name, each.name)} {each.most:,}" for each in found[:6])
    key = [
        (f"● {LEVEL}", Ink(inks().series[0])),
        (f"◆ {DIFFERENCE}", Ink(inks().series[1])),
    ]
    kinds = [any(each.level is not None for each in found), any(each.difference is not None for each in found)]
    kept = [each for each, there in zip(key, kinds, strict=True) if there]
    alt = titles.joined("A dot plot of worlds needed by measure, on a logarithmic axis", forms[0], told)
    own = (f"the study’s {worlds:,} worlds", Ink(inks().ink, (4, 2)))
    return Words(forms, subtitle, titles.joined(drawn, source), alt, [*kept, own] if found else ())


def _titles(found: Sequence[Need], names: Mapping[str, str], worlds: int) -> list[str]:
    """Return for how many measures the worlds are enough, and which one takes most."""
    if not found:
        return [f"Nothing varies over {worlds:,} worlds"]
    enough, most = sum(each.most <= worlds for each in found), found[0]
    few = enough or "none"
    name = names.get(most.name, most.name)
    if len(found) == 1:
        return [f"{worlds:,} worlds are {'enough' if enough else 'too few'}: {name} takes {most.most:,}"]
    if enough == len(found):
        return [f"{worlds:,} worlds are enough for all {len(found)} measures that vary: {name} takes {most.most:,}",
                f"{worlds:,} worlds are enough: {most.most:,} are needed"]  # fmt: skip
    differences = [each.difference for each in found if each.difference is not None]
    levels = any(each.level is not None for each in found)
    if differences and levels and (sure := sum(each.needed <= worlds for each in differences)) > enough:
        return [
            f"{worlds:,} worlds are enough for {sure} of {len(differences)} differences between policies, and {few} "
            f"of {len(found)} levels",
            f"{worlds:,} worlds are enough for {sure} of {len(differences)} differences between policies",
        ]
    return [
        f"{worlds:,} worlds are enough for {few} of {len(found)} measures: {name} takes {most.most:,}",
        f"{worlds:,} worlds are enough for {few} of {len(found)} measures",
    ]
