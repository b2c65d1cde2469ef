"""The board of claims: a tile a claim in its section of the article, what was lost first, and counts of verdicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cordiale.analysis.claim_rule import (
    NO_CHANNEL,
    NOT_TESTABLE,
    OPPOSITE,
    SUPPORTED,
    TOO_SMALL,
    UNDECIDED,
    Verdict,
)
from cordiale.analysis.judge import Verdicts
from cordiale.output.charts.frame import LEADING, Page, Words, finish, sheet, wrapped
from cordiale.output.charts.rows import heighten
from cordiale.output.charts.style import house_style, ink_on, inks, sizes, target
from cordiale.output.charts.titles import joined

HALF = 0.5  # of placebo packs: a claim that so many support is no success of the coding
TOO = "supported, by placebo packs too"
ORDER = (OPPOSITE, TOO_SMALL, NO_CHANNEL, UNDECIDED, SUPPORTED, TOO, NOT_TESTABLE)  # what was lost first
SIGNS = dict(zip(ORDER, "✗○–?✓✓·", strict=True))
SAND = {False: ("#fbe3c4", "#7a4b00"), True: ("#5a4526", "#f5d9a8")}  # paper dark or not -> fill and ink
PALE = 0.38  # of the ink of what is supported, in what placebo packs support too
ACROSS = 30  # tiles side by side at most
GROUPS = 9  # beyond which claims are one group
TILE, GAP = 1.9, 0.55  # lines of text: height of a tile, and between groups


@dataclass(frozen=True)
class Tile:
    """How a verdict is drawn: fill and ink of its tile, and whether the tile has a dashed edge."""

    fill: str
    ink: str
    dashed: bool = False


def kind_of(verdict: Verdict) -> str:
    """Return the verdict of a claim, and TOO of one that half of the placebo packs support as well."""
    return TOO if verdict.kind == SUPPORTED and verdict.placebos >= HALF else verdict.kind


def tile_of(kind: str) -> Tile:
    """Return how a verdict is drawn on the paper of the moment."""
    palette = inks()
    held, lost = palette.series[:2]
    paper, own = to_rgb(palette.paper), to_rgb(held)
    red, green, blue = (PALE * one + (1 - PALE) * two for one, two in zip(own, paper, strict=True))
    return {
        OPPOSITE: Tile(lost, ink_on(lost)),
        TOO_SMALL: Tile(palette.band, palette.ink),
        NO_CHANNEL: Tile(palette.paper, palette.ink, True),
        UNDECIDED: Tile(*SAND[target().dark]),
        SUPPORTED: Tile(held, ink_on(held)),
        TOO: Tile(to_hex((red, green, blue)), palette.ink),
        NOT_TESTABLE: Tile(palette.paper, palette.soft),
    }[kind]


def groups_of(verdicts: Verdicts) -> dict[str, list[Verdict]]:
    """Return section of the article -> its claims, what was lost first; one group where sections are many."""
    found: dict[str, list[Verdict]] = {}
    for each in verdicts.verdicts:
        found.setdefault(re.sub(r"[\s\d.,;:–-]+$", "", each.claim.locator) or "Claims", []).append(each)
    found = found if len(found) <= GROUPS else {"Claims": list(verdicts.verdicts)}
    return {name: sorted(those, key=lambda each: ORDER.index(kind_of(each))) for name, those in found.items()}


@house_style()
def board(verdicts: Verdicts, source: str) -> Figure:
    """Return a tile a claim, grouped by the article's sections, and below them how many claims are of each verdict.

    Parameters
    ----------
    source : what the caption says of the run
    """
    figure, (axes,) = sheet(lines=20)
    inner, narrow = target().inches - 2.4 * sizes().text / 72, target().narrow
    groups = groups_of(verdicts)
    left = 0.0 if narrow else 0.19 * inner
    most = max(len(those) for those in groups.values())
    wide = min((inner - left) / min(most, ACROSS), 2.6 * sizes().text / 72)
    per = max(1, int((inner - left) / wide + 1e-6))
    at = 0.2
    for name, those in groups.items():
        held = sum(each.kind == SUPPORTED for each in those)
        tested = sum(each.tested for each in those)
        at = _named(axes, name, f"{held} of {tested}", at)
        for first in range(0, len(those), per):
            for k, each in enumerate(those[first : first + per]):
                _tile(axes, kind_of(each), left + k * wide, at, wide)
            at += TILE
        at += GAP
    at = _counts(figure, axes, verdicts, at + 0.4, inner)
    axes.set_xlim(0, inner)
    axes.set_ylim(at, 0)
    axes.set_axis_off()
    heighten(figure, at + 0.5)
    return finish(figure, _words(verdicts, source))


def _named(axes: Axes, name: str, told: str, at: float) -> float:
    """Write a group's name and how many are supported, at the left or above, and return where its tiles begin."""
    if target().narrow:
        axes.text(0, at + 0.5, f"{name}: {told} supported", weight="bold", va="center")
        return at + 1.2
    if target().sheet.fixed:  # whose lines may be lower than letters
        axes.text(0, at + TILE / 2, f"{name}: {told}", weight="bold", size=sizes().small, va="center")
        return at
    axes.text(0, at + 0.28 * TILE, name, weight="bold", va="center")
    axes.text(0, at + 0.78 * TILE, f"{told} supported", size=sizes().small, color=inks().soft, va="center")
    return at


def _tile(axes: Axes, kind: str, left: float, top: float, wide: float) -> None:
    """Draw one tile with its sign."""
    look, edge = tile_of(kind), 0.06 * wide
    bare = kind == NOT_TESTABLE
    axes.add_patch(Rectangle(
        (left + edge / 2, top), wide - edge, TILE, facecolor=look.fill, gid=kind, zorder=1,
        linewidth=sizes().line / 2.5 if look.dashed or bare else 0, edgecolor=look.ink if look.dashed else inks().rule,
        linestyle=(0, (3, 2)) if look.dashed else "-",
    ))  # fmt: skip
    axes.text(left + wide / 2, top + TILE / 2, SIGNS[kind], color=look.ink, ha="center", va="center_baseline",
              size=sizes().text, weight="bold")  # fmt: skip


def _counts(figure: Page, axes: Axes, verdicts: Verdicts, top: float, inches: float) -> float:
    """Draw how many claims are of each verdict, a cell a verdict, and return the height below them."""
    counts = {kind: sum(kind_of(each) == kind for each in verdicts.verdicts) for kind in ORDER}
    shown = [kind for kind in ORDER if counts[kind]]
    across = min(len(shown), 4 if target().narrow else len(shown))
    cell, em = inches / across, sizes().text / 72
    deep = 0.0
    axes.plot([0, inches], [top - 0.2, top - 0.2], color=inks().rule, linewidth=sizes().line / 3)
    for k, kind in enumerate(shown):
        if k and k % across == 0:
            top, deep = top + deep + 0.5, 0.0
        left = (k % across) * cell
        _tile(axes, kind, left, top + 0.2, 1.7 * em)
        axes.text(left + 2.2 * em, top + 0.2 + TILE / 2, str(counts[kind]), size=1.3 * sizes().text, weight="bold",
                  va="center_baseline")  # fmt: skip
        words = wrapped(figure, kind, cell - 1.2 * em, sizes().small)
        axes.text(left, top + 0.45 + TILE, words, size=sizes().small, va="top", linespacing=1.1)
        lines = (words.count("\n") + 1) * 1.4 * sizes().small / (LEADING * sizes().text)
        deep = max(deep, 0.45 + TILE + lines)
    return top + deep


def _words(verdicts: Verdicts, source: str) -> Words:
    tested, held = len(verdicts.tested), len(verdicts.of_kind(SUPPORTED))
    too = sum(kind_of(each) == TOO for each in verdicts.verdicts)
    opposite = len(verdicts.of_kind(OPPOSITE))
    packs = f"{too} of them by half the placebo packs too" if too else "none of them by half the placebo packs"
    other = f"; {opposite} go{'es' if opposite == 1 else ''} the other way" if opposite else ""
    forms = [
        f"{held} of {tested} testable claims are supported, {packs}{other}",
        f"{held} of {tested} claims are supported, {too} by placebo packs too{other}",
        f"{held} of {tested} claims supported, {too} by placebo packs too",
    ]
    subtitle = joined(
        "Each tile is a causal sentence of the article, in its section, what was lost first. Supported: in the model "
        "the effect goes as the article says, and is large enough to notice. By placebo packs too: by half of those or "
        "more in which states, positions or ties are mixed up"
    )
    drawn = "Supported means that it follows from what is coded and from the model’s rules, not that it is true"
    told = "; ".join(_told(name, those) for name, those in groups_of(verdicts).items())
    return Words(forms, subtitle, joined(drawn, source), f"A board of claims by section. {forms[0]}. {told}.")


def _told(name: str, those: Sequence[Verdict]) -> str:
    kinds = [kind_of(each) for each in those]
    return f"{name}: {', '.join(f'{kinds.count(kind)} {kind}' for kind in ORDER if kind in kinds)}"
