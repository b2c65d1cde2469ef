"""Blocs with their uncertainty: how often two states fall into one, in a matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cordiale.case.quarters import end_of
from cordiale.files.errors import OptionError
from cordiale.output.charts import titles
from cordiale.output.charts.frame import Words, finish, sheet, wrapped
from cordiale.output.charts.network import divides, groups_of, no_division
from cordiale.output.charts.recorded import Array, all_dyads, matrix
from cordiale.output.charts.style import house_style, ink_on, inks, sizes, target
from cordiale.study import labels as words
from cordiale.study.estimate import AGREE
from cordiale.study.study import Study

MEMBER = 0.9  # share of worlds from which a state counts as a member of a format


@house_style()
def blocs(study: Study, scenario: str | None = None) -> Figure:
    """Return the share of worlds in which two states fall into one bloc, a row and a column a state.

    Those who are with one another in more than half of worlds stand together, and are framed where they divide the
    states: one group, and states alone beside it, is no finding. A state that is a member
    of a small format together with others, and is mostly in another bloc than they, is marked, and named in the title.

    Parameters
    ----------
    scenario : the first one where None

    Raises
    ------
    OptionError where the study lacks same_bloc of all dyads, or the scenario
    """
    codes = all_dyads(study, "blocs", "same_bloc")
    name = scenario or study.scenarios[0]
    study.about(name)
    outside = study.outside_at_end(name)
    if len(outside) > len(codes) - 2:
        raise OptionError(f"the chart 'blocs' needs two states that take part, and '{name}' has not two at its horizon")
    square = matrix(study.values("same_bloc", scenario=name, quarter=-1).mean(axis=0),
                    study.measures(name)["same_bloc"], codes)  # fmt: skip
    here = [code for code in codes if code not in outside]
    places = [codes.index(code) for code in here]
    square = square[np.ix_(places, places)]
    groups = groups_of(square)
    order = [here[k] for group in groups for k in group]
    square = square[np.ix_([here.index(code) for code in order], [here.index(code) for code in order])]
    divided = divides([len(group) for group in groups])
    odd = odd_state(study, name, square, order) if divided else None
    figure, (axes,) = sheet(lines=1.5 * len(order) + 2)
    _cells(axes, square)
    if divided:
        _frames(axes, groups)
    _names(axes, study, order, odd[0] if odd else None)
    return finish(figure, _words(study, name, square, order, groups, odd, outside))


def odd_state(
    study: Study, scenario: str, square: Array, order: Sequence[str]
) -> tuple[str, str, str] | None:  # fmt: skip
    """Return a state that is mostly in another bloc than those with whom it sits in a small format, if there is one.

    Returns
    -------
    the state, the one of its partners there that the pair in focus has first, and the format; of several states that
    with whom most partners are, formats of half of the states or more left out
    """
    found: list[tuple[int, str, list[str], str]] = []
    for name in study.measures(scenario):
        if not name.startswith("member."):
            continue
        codes = study.measures(scenario)[name]
        share = study.values(name, scenario=scenario, quarter=-1).mean(axis=0)
        members = [code for code, each in zip(codes, share, strict=True) if each >= MEMBER and code in order]
        if not 3 <= len(members) < len(order) / 2:
            continue
        for code in members:
            apart = [
                other for other in members
                if other != code and square[order.index(code), order.index(other)] < 0.5
            ]  # fmt: skip
            if len(apart) > (len(members) - 1) / 2:
                found.append((len(apart), code, apart, name.removeprefix("member.")))
    if not found:
        return None
    _, code, apart, format_ = max(found, key=lambda row: row[0])
    focus = str(study.manifest["focus"]).split("-")
    return code, next((each for each in apart if each in focus), apart[0]), format_


def _cells(axes: Axes, square: Array) -> None:
    """Draw a cell a pair with its share in per cent."""
    scale = LinearSegmentedColormap.from_list("share", [inks().middle, inks().high])
    shown = np.ma.masked_invalid(square)
    axes.imshow(shown, cmap=scale, vmin=0, vmax=1, interpolation="nearest", aspect="auto", gid="shares")
    for edge in np.arange(len(square) + 1) - 0.5:
        axes.axhline(edge, color=inks().paper, linewidth=sizes().line / 3)
        axes.axvline(edge, color=inks().paper, linewidth=sizes().line / 3)
    for i, j in zip(*np.nonzero(~np.isnan(square)), strict=True):
        ink = {"black": "#1b1f24", "white": "#ffffff"}[ink_on(scale(square[i, j]))]
        cell = axes.text(j, i, f"{100 * square[i, j]:.0f}", ha="center", va="center", size=sizes().small, color=ink)
        cell.set_in_layout(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=2)


def _frames(axes: Axes, groups: Sequence[Sequence[int]]) -> None:
    """Frame the groups of several states."""
    at = 0
    for group in groups:
        if len(group) > 1:
            axes.add_patch(Rectangle((at - 0.5, at - 0.5), len(group), len(group), fill=False, edgecolor=inks().ink,
                                     linewidth=sizes().line, zorder=5, clip_on=False, gid="bloc"))  # fmt: skip
        at += len(group)


def _names(axes: Axes, study: Study, order: Sequence[str], odd: str | None) -> None:
    """Name rows in full, where there is room, and columns by codes; mark the state that stands out."""
    names = list(order) if target().narrow else [words.state(study, code) for code in order]
    room = 0.2 * target().inches
    names = [wrapped(axes.figure, name, room, sizes().small).replace("\n", " ") for name in names]  # type: ignore[arg-type]
    axes.set_yticks(range(len(order)), names, color=inks().ink)
    axes.set_xticks(range(len(order)), order, rotation=90 if target().narrow and len(order) > 10 else 0)
    axes.xaxis.tick_top()
    if odd is not None:
        at, colour = order.index(odd), inks().series[1]
        axes.add_patch(Rectangle((-0.5, at - 0.5), len(order), 1, fill=False, edgecolor=colour, linewidth=sizes().line,
                                 zorder=6, clip_on=False, gid="odd"))  # fmt: skip
        axes.get_yticklabels()[at].set(color=colour, weight="bold")


def _words(
    study: Study, name: str, square: Array, order: Sequence[str], groups: Sequence[Sequence[int]],
    odd: tuple[str, str, str] | None, outside: Sequence[str],
) -> Words:  # fmt: skip
    by, title = end_of(study.quarters(name)[-1]), words.scenario_title(study, name)
    sizes_of = [len(group) for group in groups]
    if not divides(sizes_of):
        forms = [f"No blocs by {by}: {no_division(sizes_of)}"]
    else:
        forms = _odd_titles(study, square, order, odd) if odd else _titles(study, square, order, by)
    subtitle = titles.joined(
        f"Share of worlds, in %, in which two states fall into one bloc at {by}, “{title}”",
        "Framed: who is with one of the others in more than half of worlds" if divides(sizes_of) else "",
    )
    drawn = (
        "Blocs are communities of the network of ties, by modularity: who has stronger ties with one another than the "
        "average pair has. They are no alliances"
    )
    gone = ", ".join(words.state(study, code) for code in outside)
    drawn += f". Takes no part: {gone}" if gone else ""
    at, told = 0, []
    for group in groups:
        told.append(", ".join(words.state(study, code) for code in order[at : at + len(group)]))
        at += len(group)
    alt = f"A matrix of {len(order)} states with shares of worlds in one bloc. {forms[0]}. Groups: {'; '.join(told)}."
    return Words(forms, subtitle, titles.caption(study, drawn), alt)


def _odd_titles(study: Study, square: Array, order: Sequence[str], odd: tuple[str, str, str]) -> list[str]:
    code, other, format_ = odd
    share = 100 * square[order.index(code), order.index(other)]
    what = words.label(study, "format", format_).partition(" (")[0].replace("The ", "the ", 1)
    one, two = (words.state(study, each) for each in (code, other))
    return [
        f"The model puts {one} in one bloc with {two} in only {share:.0f} % of worlds, though both are in {what}",
        f"{one} is with {two} in only {share:.0f} % of worlds",
    ]


def _titles(study: Study, square: Array, order: Sequence[str], by: str) -> list[str]:
    """Return with whom the first state of the pair in focus stands nearly always, and who wavers."""
    focus = words.focus_first(study)
    code = focus if focus in order else order[0]
    row = square[order.index(code)]
    firm = int(np.sum(np.nan_to_num(row) >= AGREE))
    waver = [k for k in range(len(order)) if 0.25 <= row[k] <= 0.75]
    one = words.state(study, code)
    stand = f"{firm} state{' stands' if firm == 1 else 's stand'}" if firm else "No state stands"
    head = f"{stand} with {one} in 9 of 10 worlds or more by {by}"
    if not waver:
        return [head]
    named = " and ".join(f"{words.state(study, order[k])} ({100 * row[k]:.0f} %)" for k in waver[:2])
    more = f" and {len(waver) - 2} more" if len(waver) > 2 else ""
    waver_words = f"; {named}{more} waver{'s' if len(waver) == 1 else ''}"
    return [head + waver_words, head]
