"""Who is a member of the formats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import NDArray

from cordiale.output.charts.axes import end_labels, quarter_axis, quarter_label, spread
from cordiale.output.charts.layout import finish, label_edges, panel_title, sheet, wrapped
from cordiale.output.charts.recorded import Array, NotRecorded, need, quarters
from cordiale.output.charts.style import COLUMN, PAGE, house_style, look
from cordiale.study import labels as words
from cordiale.study.quantiles import means
from cordiale.study.study import Study

BIN = 0.05  # shares this near share a label
TRACE = 0.02  # a share below which membership is hardly to be seen


@house_style()
def membership(study: Study, formats: Sequence[str] | None = None, *, width: float | None = None) -> Figure:
    """Return the share of worlds in which each state is a member, a column a format and a row a scenario.

    States that are members in all worlds from the first quarter on, or in none ever, have no line; the former
    are named above the panel. Lines that end within 0.05 of each other share a label.

    Parameters
    ----------
    formats : such as "quad"; all that are recorded where None
    width : inches; both columns of a journal where None, one for a single format

    Raises
    ------
    OptionError where the study lacks the membership
    """
    chosen = _recorded(study, formats)
    columns, rows = len(chosen), len(study.scenarios)
    width = width or (COLUMN if columns == 1 else PAGE)
    height = 1.0 if rows > 3 else 1.6
    figure, panels = sheet(width, rows * height + 0.3, rows, columns)
    panels[0].set_ylim(-0.02, 1.02)
    longest = max((quarters(study, name) for name in study.scenarios), key=len)
    label_edges(figure, panels, columns, quarter_label(longest), "", height)
    labels = []
    for k, axes in enumerate(panels):
        name, each = study.scenarios[k // columns], chosen[k % columns]
        codes, shares = _shares(study, name, each)
        labels.append(_panel(axes, quarters(study, name), codes, shares))
        quarter_axis(axes, longest, width / columns - 0.9)
        axes.tick_params(labelbottom=k + columns >= len(panels))
        head = "" if k >= columns else words.label(study, "format", each)
        panel_title(figure, axes, _throughout(codes, shares), columns, head=head, room=0.6)
        if k % columns == 0:
            title = wrapped(figure, words.scenario_title(study, name), height - 0.2)
            axes.set_ylabel(title, linespacing=1.1)
    said = f"Vertical axes: share of worlds in which a state is a member, 0 to 1; * below {100 * TRACE:.0f} %"
    finish(figure, "Members of the formats", f"{said} of worlds", words.source(study))
    for axes, texts in zip(panels, labels, strict=True):
        spread(axes, texts)
    return figure


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


def _throughout(codes: Sequence[str], shares: Array) -> str:
    """Return "always: JPN, USA", or "always: all but FRA, GBR" where that is shorter; "" where none is."""
    always = [code for k, code in enumerate(codes) if shares[:, k].min() == 1]
    others = [code for code in codes if code not in always]
    if not always:
        return ""
    return "always: " + (f"all but {', '.join(others)}" if len(others) < len(always) else ", ".join(always))


def _panel(axes: Axes, at: NDArray[np.int64], codes: Sequence[str], shares: Array) -> list[Annotation]:
    """Draw the lines of states that are sometimes members; equal ends to within BIN share a label."""
    moving = [k for k in range(len(codes)) if shares[:, k].max() > 0 and shares[:, k].min() < 1]
    for k in moving:
        style = look(k)
        axes.plot(
            at, shares[:, k], color=style.colour, linestyle=style.dash, linewidth=1.0, marker=style.marker,
            markevery=((len(at) - 1) % 4, 4), markersize=2.2, gid=codes[k], clip_on=False,
        )  # fmt: skip
    groups = _groups(moving, shares[-1])
    texts = [_joined([codes[k] + ("*" if shares[:, k].max() < TRACE else "") for k in group]) for group in groups]
    heights = [float(np.mean(shares[-1, group])) for group in groups]
    colours = [look(group[0]).colour if len(group) == 1 else "black" for group in groups]
    return end_labels(axes, float(at[-1]), heights, texts, colours)


def _groups(moving: Sequence[int], ends: Array) -> list[list[int]]:
    """Return the states whose last shares lie within BIN of the highest of their group, highest first."""
    groups: list[list[int]] = []
    for k in sorted(moving, key=lambda k: -ends[k]):
        if groups and ends[groups[-1][0]] - ends[k] <= BIN:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _joined(names: Sequence[str]) -> str:
    """Return names three to a line."""
    return "\n".join(", ".join(names[k : k + 3]) for k in range(0, len(names), 3))
