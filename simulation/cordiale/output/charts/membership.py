"""Who is a member of the formats, as shares of worlds, in steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.case.quarters import end_of
from cordiale.output.charts import titles
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array, NotRecorded, need, quarters
from cordiale.output.charts.style import Ink, house_style, inks, scenario_ink, sizes, target
from cordiale.output.charts.timeline import policy_lines, steps, time_axis, value_axis
from cordiale.study import labels as words
from cordiale.study.quantiles import means
from cordiale.study.study import Study

BIN = 0.05  # shares this near share a label
TRACE = 0.02  # a share below which membership is hardly to be seen
NOTABLE = 0.05  # a difference of shares that one would notice
LISTED = 3  # states that a label names, of more than four
MOST = 3  # formats side by side, and scenarios one below the other


@house_style()
def membership(study: Study, formats: Sequence[str] | None = None) -> Figure:
    """Return the share of worlds in which each state is a member, a column a format and a row a scenario.

    States that are members in all worlds from the first quarter on, or in none ever, have no line; the former
    are named above the panel. Lines that end within 0.05 of each other share a label, which of more
    than four states names three. Scenarios in which no share differs by 0.05 from the first one's have no row.

    Parameters
    ----------
    formats : such as "quad"; those that are recorded where None

    Raises
    ------
    OptionError where the study lacks the membership
    """
    known = _recorded(study, formats)
    if all(len(quarters(study, name)) == 1 for name in study.scenarios):
        raise NotRecorded("the chart 'membership' shows who joins and who leaves, and the study has one quarter")
    moving = [each for each in _moving(study, known) if _happens(study, each)] or _moving(study, known)[:1]
    chosen = moving[: 1 if target().narrow else 2 if target().sheet.fixed else MOST]
    others = _differing(study, known)
    names = [study.scenarios[0], *others[: 1 if target().sheet.fixed else MOST - 1]]
    columns, rows = len(chosen), len(names)
    figure, panels = sheet(rows, columns, lines=(10 if rows < 3 else 8.5) * rows, sharey=True)
    for k, axes in enumerate(panels):
        name, each = names[k // columns], chosen[k % columns]
        codes, shares = _shares(study, name, each)
        ink = scenario_ink(study.scenarios.index(name))
        _panel(axes, study, quarters(study, name), codes, shares, ink, columns)
        policy_lines(axes, study, [name])
        top = f"{words.label(study, 'format', each)}. " if k < columns else ""
        head(axes, f"{top}{_throughout(codes, shares) or words.scenario_title(study, name)}", ink.colour)
    return finish(figure, _words(study, known, chosen, names))


def _recorded(study: Study, formats: Sequence[str] | None) -> list[str]:
    """Return the formats, all that are recorded where None; NotRecorded where the study lacks one."""
    known = [name[7:] for name in study.measures() if name.startswith("member.")]
    if formats is None and not study.manifest.get("labels", {}).get("format", {"unknown"}):
        pack = study.manifest["pack"]
        raise NotRecorded(f"the chart 'membership' is of formats, and the pack {pack} has none")
    if formats is None and not known:
        raise NotRecorded(
            "the chart 'membership' needs 'member.' and a format, such as 'member.quad', which scenario "
            f"'{study.scenarios[0]}' does not record: add it to `measures` in the scenario's file"
        )
    chosen = known if formats is None else list(formats)
    for each in chosen:
        need(study, "membership", f"member.{each}")
    return chosen


def _shares(study: Study, scenario: str, format_: str) -> tuple[list[str], Array]:
    """Return the states, and the share of worlds in which each is a member: (quarters, states)."""
    measure = f"member.{format_}"
    return study.measures(scenario)[measure], means(study, measure, scenario)


def _gaps(study: Study, format_: str, scenario: str) -> tuple[list[str], Array]:
    """Return the states, and by how much the share of worlds in which each is a member differs in the last quarter."""
    codes, first = _shares(study, study.scenarios[0], format_)
    own, shares = _shares(study, scenario, format_)
    order = [own.index(code) for code in codes]
    return codes, shares[-1, order] - first[-1]


def _moving(study: Study, formats: Sequence[str]) -> list[str]:
    """Return formats, those first in which scenarios differ most, then those in which most happens."""

    def moves(each: str) -> tuple[float, float]:
        gaps = [float(np.abs(_gaps(study, each, name)[1]).max()) for name in study.scenarios[1:]]
        return -round(max(gaps, default=0.0), 2), -float(
            np.ptp(_shares(study, study.scenarios[0], each)[1], axis=0).max()
        )

    return sorted(formats, key=moves)


def _happens(study: Study, format_: str) -> bool:
    """Whether any state's share of worlds moves, or differs between scenarios, by so much that one would notice."""
    moved = [float(np.ptp(_shares(study, name, format_)[1], axis=0).max()) for name in study.scenarios]
    return max(moved) >= NOTABLE


def _differing(study: Study, formats: Sequence[str]) -> list[str]:
    """Return the scenarios in which a share differs by so much that one would notice."""
    return [
        name
        for name in study.scenarios[1:]
        if any(np.abs(_gaps(study, each, name)[1]).max() >= NOTABLE for each in formats)
    ]


def _throughout(codes: Sequence[str], shares: Array) -> str:
    """Return "always: JPN, USA", or "always: all but FRA, GBR" where that is shorter; "" where none is."""
    always = [code for k, code in enumerate(codes) if shares[:, k].min() == 1]
    others = [code for code in codes if code not in always]
    if not always:
        return ""
    return "Always: " + (f"all but {', '.join(others)}" if len(others) < len(always) else ", ".join(always))


def _panel(
    axes: Axes, study: Study, at: NDArray[np.int64], codes: Sequence[str], shares: Array, ink: Ink, columns: int
) -> None:
    """Draw the steps of states that are sometimes members, those of the focus in colour; equal ends share a label."""
    focus, room = str(study.manifest["focus"]).split("-"), label_room(columns) * 0.8
    moving = [k for k in range(len(codes)) if shares[:, k].max() > 0 and shares[:, k].min() < 1]
    time_axis(axes, at, target().inches / columns - room - 0.4)
    for k in moving:
        own = codes[k] in focus
        colour, style = (ink.colour, ink.style) if own else (inks().soft, "-")
        steps(axes, at, shares[:, k], color=colour, linestyle=style, linewidth=sizes().line / (1 if own else 2),
              zorder=3 if own else 2, gid=codes[k], clip_on=False)  # fmt: skip
    value_axis(axes, 0.0, 1.0, (0.0, 1.0), percent=True, bins=1 if target().sheet.fixed else 2)
    labels = []
    for group in _groups(moving, shares[-1]):
        first = sorted(group, key=lambda k: codes[k] not in focus)
        names = [codes[k] + ("*" if shares[:, k].max() < TRACE else "") for k in first]
        own = any(codes[k] in focus for k in group)
        text = f"{_listed(names)} {_span(shares[-1, group])}"
        labels.append(Label(float(np.mean(shares[-1, group])), text, ink.colour if own else inks().soft, not own))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def _listed(names: Sequence[str]) -> str:
    """Return names as a label lists them, the last of many as a number: all of them would take a panel's height."""
    left = len(names) - LISTED
    return ", ".join(names) if left < 2 else f"{', '.join(names[:LISTED])}, {left} others"


def _span(shares: Array) -> str:
    """Return shares of worlds as a label says them: "48 %", or of several states "48 to 52 %"."""
    low, high = (f"{100 * float(end):.0f}" for end in (shares.min(), shares.max()))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _groups(moving: Sequence[int], ends: Array) -> list[list[int]]:
    """Return the states whose last shares lie within BIN of the highest of their group, highest first."""
    groups: list[list[int]] = []
    for k in sorted(moving, key=lambda k: -ends[k]):
        if groups and ends[groups[-1][0]] - ends[k] <= BIN:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _words(study: Study, known: Sequence[str], chosen: Sequence[str], names: Sequence[str]) -> Words:
    by = end_of(study.quarters()[-1])
    title = _titles(study, known, by)
    subtitle = titles.joined(f"Share of worlds in which a state is a member, by quarter; numbers: share at {by}")
    same = [words.scenario_title(study, name) for name in study.scenarios if name not in names]
    left = [words.label(study, "format", each) for each in known if each not in chosen]
    traces = any(
        0 < share < TRACE
        for name in names for each in chosen for share in _shares(study, name, each)[1].max(axis=0)
    )  # fmt: skip
    drawn = "Strong lines: the pair that the article is about"
    drawn += f"; * {100 * TRACE:.0f} % of worlds or fewer throughout" if traces else ""
    drawn += f". No row for: {', '.join(same)}" if same else ""
    drawn += f". Not drawn: {', '.join(left)}" if left else ""
    key = [(words.scenario_title(study, name), scenario_ink(study.scenarios.index(name))) for name in names]
    alt = f"{len(chosen)} by {len(names)} step charts of shares of worlds. {title[0]}."
    return Words(title, subtitle, titles.caption(study, drawn), alt, key if len(names) > 1 else ())


def _titles(study: Study, formats: Sequence[str], by: str) -> list[str]:
    """Return whose membership differs most between scenarios; where none does, who joins most often."""
    found = [
        (float(gap), each, name, code)
        for name in study.scenarios[1:]
        for each in formats
        for code, gap in zip(*_gaps(study, each, name), strict=True)
        if not _held(study, each, name, code)
    ]
    gap, each, name, code = max(found, key=lambda row: abs(row[0]), default=(0.0, "", "", ""))
    if abs(gap) >= NOTABLE:
        codes, shares = _shares(study, name, each)
        here = 100 * float(shares[-1, codes.index(code)])
        title, what = words.scenario_title(study, name), words.label(study, "format", each).partition(" (")[0]
        head = f"“{title}”: {words.state(study, code)} is a member of {_lower(what)} in {here:.0f} % of worlds"
        return [f"{head} by {by}, against {here - 100 * gap:.0f} % without it", head]
    grown = []
    for each in formats:
        codes, shares = _shares(study, study.scenarios[0], each)
        grown += [
            (float(shares[-1, k] - shares[0, k]), each, code, float(shares[-1, k])) for k, code in enumerate(codes)
        ]
    gain, each, code, last = max(grown, key=lambda row: abs(row[0]))
    tail = "; no policy moves that by 5 points" if len(study.scenarios) > 1 else ""
    if abs(gain) < NOTABLE:
        return [f"Hardly a state joins or leaves a grouping by {by}{tail}"]
    what = words.label(study, "format", each).partition(" (")[0]
    head = f"{words.state(study, code)} is a member of {_lower(what)} in {100 * last:.0f} % of worlds by {by}"
    return [head + tail, head]


def _held(study: Study, format_: str, scenario: str, code: str) -> bool:
    """Whether a policy itself makes a state a member, or none, in every world: that is no finding."""
    codes, shares = _shares(study, scenario, format_)
    return float(shares[-1, codes.index(code)]) in (0.0, 1.0)


def _lower(text: str) -> str:
    """Return "the Quad" of "The Quad"."""
    return text.replace("The ", "the ", 1) if text.startswith("The ") else text
