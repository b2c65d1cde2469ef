"""The claims on charts: the board, the score beside those of placebo packs, and each effect with its margin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
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
    Finding,
    Verdict,
)
from cordiale.analysis.claim_score import PLACEBOS, Score
from cordiale.analysis.judge import Verdicts
from cordiale.output.charts.captions import caption
from cordiale.output.charts.frame import LEADING, Page, Words, finish, head, sheet, wrapped
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.rows import beside, heighten, name_rows, rows_of, value_ticks, zero_column
from cordiale.output.charts.style import house_style, ink_on, inks, sizes, target
from cordiale.output.charts.titles import joined

ROWS = 18  # contrasts on a page, which a slide holds as well
ADDS = 0.05  # share of packs that score as much, up to which the coding is said to add
ADDS_UNCLEAR = "Whether the coding of the article adds is not clear"
MIXED = {"labels": "states mixed up", "positions": "positions drawn at random", "ties": "ties mixed up"}
Row = tuple[str, Finding]  # what it is called, and what was found


def figures(verdicts: Verdicts) -> dict[str, Callable[[], Figure]]:
    """Return the board, the chart of the score, and one for every so many contrasts, those first that were lost."""
    if not verdicts.tested:
        return {}
    told = source(verdicts)
    rows = [
        (_name(each.claim.id, number, len(each.findings)), found)
        for each in verdicts.tested
        for number, found in enumerate(each.findings, start=1)
    ]
    rows = sorted(rows, key=lambda row: ORDER.index(row[1].kind))
    parts = np.array_split(np.arange(len(rows)), -(-len(rows) // ROWS))
    drawn: dict[str, Callable[[], Figure]] = {
        "claims-board": partial(board, verdicts, told),
        "claims-score": partial(score, verdicts.score, told),
    }
    for number, part in enumerate(parts, start=1):
        drawn[f"claims-{number}"] = partial(claims, [rows[at] for at in part], (int(part[0]), len(rows)), told)
    return drawn


def _name(claim: str, number: int, contrasts: int) -> str:
    return claim if contrasts == 1 else f"{claim} {number}"


def source(verdicts: Verdicts) -> str:
    """Return what a caption says of the run."""
    settings = verdicts.settings
    seed = "" if verdicts.seed is None else f", seed {verdicts.seed}"
    ran = (
        f"{settings.worlds:,} matched worlds{seed}, {settings.codings} codings, {settings.placebos} placebo packs of "
        f"{settings.shape.placebo_worlds} worlds"
    )
    only = [] if verdicts.whole else [word for each in verdicts.verdicts for word in ("--only", each.claim.id)]
    sized = [("--worlds", settings.worlds), ("--codings", settings.codings), ("--placebos", settings.placebos)]
    options = [word for name, value in sized for word in (name, str(value))]
    return caption(verdicts.pack, "", ran, ["claims", "--pack", verdicts.pack, *only, *options])


# ---------------------------------------------------------------- the score


@house_style()
def score(found: Score, source: str) -> Figure:
    """Return the pack's score, and below it those of placebo packs, a row a kind with mean and 5 to 95 %."""
    figure, (axes,) = sheet(lines=14)
    kinds = [kind for kind in PLACEBOS if _scores(found, kind) is not None]
    names = ["This pack, with its 95 % interval", "This pack, judged as placebo packs are"]
    rows = rows_of(figure, [*names, *(f"Placebo packs: {MIXED[kind]}" for kind in kinds)], least=1.9)
    heighten(figure, rows.lines + 3.2)
    size, own = 3.0 * sizes().line, inks().series[0]
    axes.plot([found.low, found.high], [rows.at[0]] * 2, color=own, zorder=2)
    axes.plot(found.value, rows.at[0], "o", color=own, markersize=size, zorder=3, gid="score")
    beside(axes, (max(found.high, found.value), rows.at[0]), f"{found.value:.1f}", own, bold=True, gap=0.9)
    axes.plot(found.alike, rows.at[1], "o", color=inks().paper, markeredgecolor=own, markersize=size, zorder=3,
              markeredgewidth=sizes().line / 2, gid="alike")  # fmt: skip
    axes.axvline(found.alike, color=own, linewidth=sizes().line / 3, dashes=(4, 2), zorder=1.5)
    beside(axes, (found.alike, rows.at[1]), f"{found.alike:.1f}", own, bold=True, gap=0.9)
    far = [found.high, found.value, found.alike]
    for kind, at in zip(kinds, rows.at[2:], strict=False):
        far.append(_placebo_row(axes, found, kind, float(at)))
    axes.set_xlim(min(0.0, *far), 1.12 * max(*far, 1e-9))
    value_ticks(axes)
    name_rows(axes, rows)
    head(axes, "Discriminating score, claims")
    return finish(figure, _score_words(found, source))


def _scores(found: Score, kind: str) -> Array | None:
    """Return the scores of placebo packs of a kind; None where there are none."""
    those = np.sort(found.null[[each == kind for each in found.kinds]])
    return None if not len(those) or np.isnan(those).any() else those


def _placebo_row(axes: Axes, found: Score, kind: str, at: float) -> float:
    """Draw the packs of a kind as dots, their mean and 5 to 95 %, and return the largest score."""
    those = _scores(found, kind)
    assert those is not None
    spread = np.linspace(-0.5, 0.5, len(those)) if len(those) > 1 else np.zeros(1)
    axes.plot(those, at + spread, "o", color=inks().soft, alpha=0.45, markersize=1.2 * sizes().line, zorder=1.6,
              gid=f"packs-{kind}")  # fmt: skip
    mean, low, high = found.of_kind(kind)
    axes.plot([low, high], [at, at], color=inks().ink, zorder=2)
    axes.plot(mean, at, "D", color=inks().ink, markersize=2.4 * sizes().line, zorder=3, gid=f"mean-{kind}")
    beside(axes, (float(those[-1]), at), f"{mean:.1f}", gap=0.9)
    return float(those[-1])


def _score_words(found: Score, source: str) -> Words:
    mean, low, high = found.expected
    if np.isnan(mean):
        forms = [f"The pack scores {found.value:.1f} with its claims; placebo packs are too few to compare",
                 f"The pack scores {found.value:.1f}"]  # fmt: skip
    else:
        share = f"{100 * found.reached:.0f} % of packs score as much or more"
        adds = found.reached <= ADDS
        forms = [
            f"{'The coding of the article adds' if adds else ADDS_UNCLEAR}: judged alike, the pack scores "
            f"{found.alike:.1f} and a placebo pack {mean:.1f} on average; {share}",
            f"Judged alike, the pack scores {found.alike:.1f}, a placebo pack {mean:.1f}; {share}",
            f"The pack scores {found.alike:.1f}, a placebo pack {mean:.1f}",
        ]
    subtitle = joined(
        f"Each of {found.supported} supported claims, of {found.claims}, counts 1 less the share of placebo packs that "
        "support it too: one that every pack supports counts nothing. Dots: a placebo pack each; diamonds: their mean, "
        "with 5 to 95 %"
    )
    expected = "" if np.isnan(mean) else f" A placebo pack {mean:.1f} on average ({low:.1f} to {high:.1f})."
    own = f"This pack {found.value:.1f} ({found.low:.1f} to {found.high:.1f})."
    alt = f"Scores by kind of pack. {forms[0]}. {own}{expected}"
    drawn = "Placebo packs are judged on fewer worlds and without codings, and so is the hollow mark"
    return Words(forms, subtitle, joined(drawn, source), alt)


# ---------------------------------------------------------------- each effect


@house_style()
def claims(rows: Sequence[Row], place: tuple[int, int], source: str) -> Figure:
    """Return effects in units of each contrast's margin, on a scale that is linear up to 1 and logarithmic beyond.

    A positive value goes the way that the claim says; of a claim of no effect the sign is the effect's own.

    Parameters
    ----------
    place : of the first row among all contrasts, and how many there are
    """
    figure, (axes,) = sheet(lines=20)
    placed = rows_of(figure, [_label(*row) for row in rows], least=1.15, room=14.0)
    shown = rows[: len(placed)]
    heighten(figure, placed.lines + 3.4)
    axes.axvspan(-1, 1, color=inks().band, alpha=0.6, linewidth=0, zorder=0)
    size = 2.3 * sizes().line
    ends = [1.5]
    for at, (name, found) in zip(placed.at, shown, strict=True):
        turn = -1.0 if found.sign == "-" else 1.0
        low, mean, high = (turn * value / found.said.margin for value in (found.low, found.mean, found.high))
        colour = _colour(found.kind)
        axes.plot((low, high), (at, at), color=colour, linewidth=sizes().line / 1.5, gid="interval", zorder=2)
        axes.plot([mean], [at], "o", color=colour if found.kind in (SUPPORTED, OPPOSITE) else inks().paper, gid=name,
                  markersize=size, markeredgecolor=colour, markeredgewidth=sizes().line / 2.5, zorder=3)  # fmt: skip
        ends += [abs(low), abs(high)]
    zero_column(axes)
    _symmetric(axes, max(ends))
    name_rows(axes, placed, [_colour(found.kind) if found.kind == OPPOSITE else inks().ink for _, found in shown])
    head(axes, "Effect in margins, to the right as the claim says")
    return finish(figure, _claim_words(shown, place, len(rows) - len(shown), source))


def _symmetric(axes: Axes, reach: float) -> None:
    """Set a scale that is linear to 1 and logarithmic beyond, with ticks at powers of ten."""
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set_xlim(-1.3 * reach, 1.3 * reach)
    powers = [10.0**power for power in range(int(np.log10(1.3 * reach)) + 1)]
    few = powers[:: max(1, -(-len(powers) // (2 if target().narrow else 4)))]
    ticks = [-each for each in few[::-1]] + [0.0, *few]
    axes.set_xticks(ticks, [f"{tick:+,.0f}".replace("-", "−") if tick else "0" for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="x")


def _colour(kind: str) -> str:
    blue, red = inks().series[:2]
    return {SUPPORTED: blue, OPPOSITE: red}.get(kind, inks().soft)


def _label(name: str, found: Finding) -> str:
    return f"{SIGNS[found.kind]} {name.replace('_', ' ')} ({found.sign.replace('-', '−')})"


def _claim_words(shown: Sequence[Row], place: tuple[int, int], left: int, source: str) -> Words:
    first, whole = place
    kinds = [found.kind for _, found in shown]
    counts = [f"{kinds.count(kind)} {kind}" for kind in ORDER if kind in kinds]
    of = f"contrasts {first + 1} to {first + len(shown)} of {whole}"
    forms = [
        f"{_capital(', '.join(counts))}: {of}",
        f"{_capital(', '.join(counts))}, of {whole}",
        f"{_capital(of)}",
    ]
    subtitle = joined(
        "Effect of each contrast’s cause over the margin below which nobody would notice it, mean and 95 % interval, "
        "on a scale that is linear to 1 and logarithmic beyond. Grey: inside the margin. In brackets the sign that is "
        "claimed"
    )
    marks = ", ".join(f"{SIGNS[kind]} {kind}" for kind in ORDER if kind in kinds)
    drawn = joined(f"What was lost stands first. {marks}", f"{left} more are not drawn" if left else "")
    told = "; ".join(f"{name} {found.kind}" for name, found in shown[:8])
    alt = f"A row a contrast with mean and interval. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, source), alt)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
