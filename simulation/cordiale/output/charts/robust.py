"""Packages of moves: a row each with its gain in every future, its regret, its cost, and how often it is enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cordiale.analysis.confirm import WINNER, Confirmed
from cordiale.analysis.decision import CVAR, HURWICZ, MEAN, REGRET, SATISFICING, WORST_CASE
from cordiale.analysis.options import state_of
from cordiale.analysis.robust import Packages
from cordiale.case.quarters import end_of
from cordiale.models.measures import within
from cordiale.models.units import signed, unit_of, unit_words
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.cells import REACH, clear_of, colours_of, write_cell
from cordiale.output.charts.frame import LEADING, Page, Words, finish, page_of, sheet, text_width, wrapped
from cordiale.output.charts.pareto import NO_MONEY
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.titles import joined
from cordiale.study.labels import plain

SHOWN = 10  # packages
TALLEST = 3.25  # inches that a slide has for all rows and heads
ROOM = 1.4  # height of a line of a name, over its size
ROW = 2.2  # times the size of its numbers, that a row is high at least
RULES = {
    MEAN: "mean", WORST_CASE: "worst future", CVAR: "worst tenth of worlds", REGRET: "least regret",
    HURWICZ: "best and worst future", SATISFICING: "good enough most often",
}  # fmt: skip


@dataclass(frozen=True)
class Package:
    """A row.

    Attributes
    ----------
    name : with what is said of it, broken into lines
    height : inches
    gains : (futures, worlds)
    best : whether most rules call it best
    """

    name: tuple[str, str]
    height: float
    gains: Array
    best: bool


@dataclass(frozen=True)
class Column:
    """A number of each package beside its gains.

    Attributes
    ----------
    texts : as they are written
    parts : from 0 to 1, how much of a bar is drawn
    whole : whether the rest of the bar is drawn too, in grey
    """

    head: str
    texts: Sequence[str]
    parts: Sequence[float]
    colour: str
    whole: bool = False


@dataclass(frozen=True)
class Place:
    """Where things stand, in inches.

    Attributes
    ----------
    left : where the futures begin; 0 where names stand above their rows
    cell, beside : width of a future and of a column beside them
    head : height of the heads
    upright : whether the names of futures are
    """

    left: float
    cell: float
    beside: float
    head: float
    upright: bool


def figures(found: Packages) -> dict[str, Callable[[], Figure]]:
    """Return the chart of packages."""
    return {"packages": lambda: packages(found)}


@house_style()
def packages(found: Packages) -> Figure:
    """Return the packages that rules chose, then the best of the others by their mean over futures.

    A cell is the mean gain in one future; bold is a package's worst future. Colours are those of the heat map of a
    study: in steps that reach the largest, the same on both sides of zero, hatched where the sign is not sure.
    """
    race = found.race
    futures = [plain(each.title if each.bite else each.name) for each in found.futures]
    measuring, _ = sheet(lines=1)
    chosen = list(dict.fromkeys(each.package for each in _winners(found)))
    every = [*chosen, *(package for package in race.order(MEAN) if package not in chosen)][:SHOWN]
    columns = _columns(found, every)
    place, heads = _place(measuring, futures, columns)
    names = [_name(measuring, found, package, place) for package in every]
    heights = [_height(*name, place) for name in names]
    if target().sheet.fixed:
        room = int(np.searchsorted(np.cumsum(heights), TALLEST - place.head, side="right"))
        every, names, heights = every[:room], names[:room], heights[:room]
    figure, (axes,) = sheet(lines=(place.head + sum(heights)) * 72 / (sizes().text * LEADING))
    axes.set_axis_off()
    rows = [
        Package(name, height, race.gains[_row(found, package)], package == _best(found))
        for name, height, package in zip(names, heights, every, strict=True)
    ]
    shade = _shade(found, every)
    figure.later.append(partial(_draw, axes, rows, heads, columns, place, (found.runs.gain.unit, shade)))
    return finish(figure, _words(found, every, futures, shade))


def _shade(found: Packages, shown: Sequence[int]) -> float:
    """Return the step of colours: that of the gain's unit, doubled until the largest gain has a colour of its own."""
    step = unit_of(found.runs.gain.unit).step
    largest = max(float(np.abs(found.race.gains[_row(found, each)].mean(axis=-1)).max()) for each in shown)
    while largest > REACH * step:
        step *= 2
    return step


def _row(found: Packages, package: int) -> int:
    return int(np.searchsorted(found.race.left, package))


def _winners(found: Packages) -> list[Confirmed]:
    return [each for each in found.confirmed if each.place == WINNER]


def _best(found: Packages) -> int:
    """Return the package that most rules call best."""
    return Counter(each.package for each in _winners(found)).most_common(1)[0][0]


def _inner() -> float:
    return target().inches - 2.4 * sizes().text / 72


def _columns(found: Packages, packages: Sequence[int]) -> list[Column]:
    race, unit = found.race, found.runs.gain.unit
    columns, at = [], [_row(found, package) for package in packages]
    if REGRET in race.values:
        regret = race.values[REGRET][at]
        most = max(float(regret.max()), 1e-12)
        texts = [signed(float(each), unit).removeprefix("+") for each in regret]
        columns.append(Column("worst regret", texts, [float(each) / most for each in regret], inks().soft))
    if SATISFICING in race.values:
        shares = race.values[SATISFICING][at]
        columns.append(Column("good enough", [f"{100 * each:.0f} %" for each in shares], [float(s) for s in shares],
                              inks().series[0], whole=True))  # fmt: skip
    if len(race.costs):
        cost, paid = race.costs[0, at].mean(axis=(1, 2)), found.reads.costs[0].unit
        most = max(float(np.abs(cost).max()), 5 * unit_of(paid).step)
        texts = [signed(float(each), paid) for each in cost]
        parts = [max(0.0, float(each)) / most for each in cost]
        columns.append(Column("cost", texts, parts, inks().series[1]))
    return columns


# ---------------------------------------------------------------- where things stand


def _place(figure: Page, futures: Sequence[str], columns: Sequence[Column]) -> tuple[Place, list[str]]:
    """Return where things stand, and the names of futures broken into lines."""
    narrow, em = target().narrow, sizes().small / 72
    left = 0.0 if narrow else (0.36 if target().sheet.fixed else 0.27) * _inner()
    number = max(text_width(figure, each, sizes().small, "bold") for each in ("+0.00", "−0.000", "100 %"))
    beside = max(number + 0.8 * em, 0.105 * (_inner() - left))
    cell = (_inner() - left - beside * len(columns)) / len(futures)
    longest = max(text_width(figure, word, sizes().small) for each in futures for word in each.split())
    upright = longest <= cell - 0.4 * em
    heads = [wrapped(figure, each, cell - 0.4 * em if upright else 9.5 * em, sizes().small) for each in futures]
    if upright:
        tall = max(_inches(each) for each in heads)
    else:
        tall = max(text_width(figure, line, sizes().small) for each in heads for line in each.split("\n"))
    tall = max(tall, *(_inches(_head(figure, each, beside)) for each in columns), 0.0)
    above = 0.0 if left else 1.5 * LEADING * sizes().text / 72  # of what is said of the futures
    return Place(left, cell, beside, tall + above + 0.3 * em, upright), heads


def _head(figure: Page, column: Column, inches: float) -> str:
    return wrapped(figure, column.head, inches - 0.3 * sizes().small / 72, sizes().small, "bold")


def _name(figure: Page, found: Packages, package: int, place: Place) -> tuple[str, str]:
    """Return the name of a package, and by which rules it is best and whose consent it needs, broken into lines."""
    room = (place.left or _inner()) - 0.8 * sizes().small / 72
    rules = [RULES[each.rule] for each in _winners(found) if each.package == package]
    if target().sheet.fixed:  # no room
        rules = []
    consent = [state_of(found.runs.scenario, code) for code in found.consent(package)]
    said = [f"best by {', '.join(rules)}" if rules else "", f"consent of {', '.join(consent)}" if consent else ""]
    return (wrapped(figure, plain(found.label(package)), room, sizes().small, "bold"),
            wrapped(figure, "; ".join(each for each in said if each), room, sizes().small))  # fmt: skip


def _inches(*texts: str) -> float:
    """Return the height of blocks of small text."""
    return sum((text.count("\n") + 1) * ROOM * sizes().small / 72 for text in texts if text)


def _height(name: str, said: str, place: Place) -> float:
    tall, row = _inches(name, said), ROW * sizes().small / 72
    return max(row, tall + 0.5 * sizes().small / 72) if place.left else tall + row + 0.3 * sizes().small / 72


# ---------------------------------------------------------------- what is drawn


def _draw(
    axes: Axes,
    rows: Sequence[Package],
    heads: Sequence[str],
    columns: Sequence[Column],
    place: Place,
    scale: tuple[str, float],
) -> None:
    """Draw the table in inches, once the height of its panel is known; rows share what they do not need.

    Parameters
    ----------
    scale : unit of the gains, and the step of colours
    """
    figure = page_of(axes)
    box = axes.get_window_extent()
    width, height = box.width / figure.dpi, box.height / figure.dpi
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    spare = (height - place.head - sum(row.height for row in rows)) / len(rows)
    _heads(axes, place, heads, columns)
    top = place.head
    for at, row in enumerate(rows):
        bottom = top + row.height + spare
        axes.plot([0, width], [top, top], color=inks().rule, linewidth=sizes().line / 3, zorder=1, clip_on=False)
        above = _names(axes, row, place, (top, bottom))
        _cells(axes, row.gains, place, (above, bottom), scale)
        for k, column in enumerate(columns):
            left = place.left + len(heads) * place.cell + k * place.beside
            _beside(axes, column, at, (left, place.beside), (above, bottom), row.best)
        top = bottom


def _heads(axes: Axes, place: Place, futures: Sequence[str], columns: Sequence[Column]) -> None:
    small, bottom = sizes().small, place.head - 0.3 * sizes().small / 72
    if place.left:
        axes.text(0.0, bottom, "Gain in each future →", weight="bold", size=sizes().text, va="bottom")
    else:
        axes.text(0.0, 0.0, "Gain in each future", weight="bold", size=sizes().text, va="top")
    for k, text in enumerate(futures):
        axes.text(place.left + (k + 0.5) * place.cell, bottom, text, size=small, ha="center", va="bottom",
                  rotation=0 if place.upright else 90, color=inks().soft, linespacing=1.1)  # fmt: skip
    for k, column in enumerate(columns):
        left = place.left + len(futures) * place.cell + k * place.beside
        text = _head(page_of(axes), column, place.beside)
        axes.text(left + place.beside / 2, bottom, text, size=small, weight="bold", ha="center", va="bottom",
                  linespacing=1.1)  # fmt: skip


def _names(axes: Axes, row: Package, place: Place, ends: tuple[float, float]) -> float:
    """Write the name of a package and what is said of it, and return the height from which its cells are drawn."""
    tall, small = _inches(*row.name), sizes().small
    at = ends[0] + (0.15 * small / 72 if not place.left else (ends[1] - ends[0] - tall) / 2)
    axes.text(0, at, row.name[0], size=small, va="top", color=inks().series[0] if row.best else inks().ink,
              weight="bold" if row.best else "normal", linespacing=1.05)  # fmt: skip
    axes.text(0, at + _inches(row.name[0]), row.name[1], size=small, va="top", color=inks().soft, linespacing=1.05)
    return ends[0] if place.left else at + tall


def _cells(axes: Axes, gains: Array, place: Place, ends: tuple[float, float], scale: tuple[str, float]) -> None:
    """Draw the mean gain of a package in each future; gains are (futures, worlds)."""
    unit, step = scale
    colours, norm = colours_of(REACH * step, step)
    means, sure = gains.mean(axis=-1), clear_of(gains.T)
    gap = 0.15 * sizes().small / 72
    top, bottom = ends[0] + gap, ends[1] - gap
    edges = place.left + place.cell * np.arange(len(means) + 1)
    axes.pcolormesh(edges, [top, bottom], means[None], cmap=colours, norm=norm, edgecolors=inks().paper,
                    linewidth=sizes().line / 2, gid="gains", zorder=2)  # fmt: skip
    for k, value in enumerate(means):
        write_cell(
            axes, (edges[k] + place.cell / 2, (top + bottom) / 2), signed(float(value), unit),
            colours(norm(float(value))), little=abs(value) < step, clear=bool(sure[k]), size=sizes().small,
            extent=(place.cell, bottom - top), bold=k == int(np.argmin(means)) and bool(np.ptp(means) > 0),
        )  # fmt: skip


def _beside(
    axes: Axes, column: Column, row: int, across: tuple[float, float], ends: tuple[float, float], bold: bool
) -> None:
    """Write a number, with a bar below it."""
    left, wide = across[0] + 0.12 * across[1], 0.76 * across[1]
    middle, em = (ends[0] + ends[1]) / 2, sizes().small / 72
    axes.text(across[0] + across[1] / 2, middle - 0.2 * em, column.texts[row], size=sizes().small, ha="center",
              va="center", weight="bold" if bold else "normal")  # fmt: skip
    below, thick = middle + 0.5 * em, 0.2 * em
    if column.whole:
        axes.add_patch(Rectangle((left, below), wide, thick, color=inks().band, linewidth=0, zorder=2))
    axes.add_patch(Rectangle((left, below), wide * column.parts[row], thick, color=column.colour, linewidth=0,
                             zorder=3, gid="beside"))  # fmt: skip


# ---------------------------------------------------------------- words


def _words(found: Packages, shown: Sequence[int], futures: Sequence[str], shade: float) -> Words:
    race, gain = found.race, found.runs.gain
    nothing = "against nothing done in the same worlds"
    subtitle = (
        f"What packages of {state_of(found.runs.scenario, found.runs.actor)}'s moves add to {gain.subject} by "
        f"{end_of(gain.words)} in {len(futures)} futures, {nothing}, {unit_words(gain.unit)}"
    )
    if gain.want == "less":
        subtitle += "; less is wanted, so that a gain is what it falls by"
    enough = _enough(found)
    drawn = (
        f"Cells: means over worlds, in bold a package's worst future; a shade is {shade:g}; hatched: the 95 % interval "
        "covers zero. Worst regret: how far behind the best package of a future"
    )
    costs = [f"Cost: {within(_cost(found))}, mean over futures. {NO_MONEY}"] if found.reads.costs else []
    count = f"{race.unbeaten} of {race.packages:,} packages may be best by some rule"
    count += f"; drawn: {len(shown)}" if len(shown) < len(race.left) else ""
    fresh = f"The title's number is of {found.fresh} fresh worlds of each future, which had no part in the choice"
    forms = _titles(found)
    told = "; ".join(
        f"{found.label(package)} {signed(float(race.gains[_row(found, package)].mean()), gain.unit)}"
        for package in shown
    )
    alt = f"A table of packages by future, with colours. {forms[0]}. Mean gains over futures: {told}."
    return Words(forms, joined(subtitle, enough), _caption(found, joined(drawn, *costs, count, fresh)), alt)


def _enough(found: Packages) -> str:
    """Return what is good enough in a world."""
    enough = found.race.rules.enough
    if enough is None:
        return ""
    text = f"Good enough: {signed(enough.gain, found.runs.gain.unit)} or more in a world"
    if enough.costs and np.isfinite(enough.costs[0]):
        text += f", for {enough.costs[0]:g} or less in {within(_cost(found))}"
    return text


def _cost(found: Packages) -> str:
    cost = found.reads.costs[0].said
    return cost.label if cost.worse == "more" else f"loss of {cost.label}"


def _titles(found: Packages) -> list[str]:
    """Return the package that most rules call best, with its gain on fresh worlds; the longest form first."""
    winners, best = _winners(found), _best(found)
    gain, unit = next(each.gain for each in winners if each.package == best), found.runs.gain.unit
    count = sum(each.package == best for each in winners)
    how = "every rule" if count == len(winners) else f"{count} of {len(winners)} rules"
    number, of = signed(gain.value, unit), found.runs.gain.subject
    if not found.options[best]:
        return [f"Doing nothing is best by {how}: no package clearly gains", f"Doing nothing is best by {how}"]
    name, moves = f"“{found.label(best)}”", len(found.options[best])
    few = f"A package of {moves} moves" if moves > 1 else name
    little = ", which is not noticeable" if abs(gain.value) < unit_of(unit).step else ""
    return [
        f"{name} is best by {how}: {number} in {of}{little}",
        f"{name} is best by {how}: {number}{little}",
        f"{few} is best by {how}: {number}{little}",
        f"{few} is best by {how}",
    ]


def _caption(found: Packages, drawn: str) -> str:
    return caption_of(found, drawn, f"{found.race.worlds:,} worlds of each future")
