"""Who is a member of the formats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from cordiale.charts import words
from cordiale.charts.axes import QUARTERS, end_labels, quarter_axis, spread
from cordiale.charts.needs import Array, NotRecorded, need, quarters
from cordiale.charts.page import finish, label_edges, panel_title, sheet, wrapped
from cordiale.charts.style import COLUMN, GREY, PAGE, SMALL, house_style, look
from cordiale.study import Study

BIN = 0.05  # shares this near share a label


@house_style()
def membership(study: Study, formats: Sequence[str] | None = None, *, width: float | None = None) -> Figure:
    """Return the share of worlds in which each state is a member, a column a format and a row a scenario.

    States that are members in all worlds from the first quarter on, or in none ever, have no line; the former
    are named at the foot of the title.

    Parameters
    ----------
    formats : such as "quad"; all that are recorded where None
    width : inches; both columns of a journal where None, one for a single format

    Raises
    ------
    OptionError where the study lacks the membership
    """
    known = [name[7:] for name in study.measures() if name.startswith("member.")]
    if formats is None and not known:
        raise NotRecorded(
            "the chart 'membership' needs 'member.' and a format, such as 'member.quad', which scenario "
            f"'{study.scenarios[0]}' does not record: add it to `measures` in the scenario's file"
        )
    chosen = list(formats) if formats is not None else known
    for each in chosen:
        need(study, "membership", f"member.{each}")
    columns, rows = len(chosen), len(study.scenarios)
    width = width or (COLUMN if columns == 1 else PAGE)
    height = 1.15 if rows > 3 else 1.7
    figure, panels = sheet(width, rows * height + 0.3, rows, columns)
    labels: list[tuple[Axes, list[Text]]] = []
    looks = _looks(study, chosen)
    for k, axes in enumerate(panels):
        name, each = study.scenarios[k // columns], chosen[k % columns]
        labels.append((axes, _panel(axes, study, name, each, looks)))
        quarter_axis(axes, quarters(study, name), width / columns - 0.9)
        if rows == 1 or k < columns:
            panel_title(figure, axes, each.replace("_", " ").upper() if len(each) < 5 else each.replace("_", " "), columns)
    return figure
