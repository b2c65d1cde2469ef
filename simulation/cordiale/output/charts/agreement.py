"""Two codings side by side: the pack's range and the other coder's value, issue by issue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from cordiale.analysis.agreement import Agreement, Alpha
from cordiale.case.load import LoadedPack
from cordiale.output.charts.layout import finish, grid, sheet, title_panels
from cordiale.output.charts.style import BLUE, GREY, PAGE, SMALL, VERMILION, house_style
from cordiale.study.labels import plain, short_citation
from cordiale.study.result import Row

LINE = 0.115  # inches between two states


def figures(agreement: Agreement) -> dict[str, Callable[[], Figure]]:
    """Return the chart of both codings; none where no ideal point was coded."""
    return (
        {"agreement": partial(agreement_chart, agreement, agreement.loaded, source(agreement))}
        if agreement.issues
        else {}
    )


def source(agreement: Agreement) -> str:
    """Return the line at a chart's foot."""
    pack = agreement.loaded.pack
    after = short_citation(pack.case.article.citation)
    return plain(f"cordiale {version('cordiale')}; pack {pack.name} after {after}; {agreement.coding.path.name}")


@house_style()
def agreement_chart(agreement: Agreement, loaded: LoadedPack, source: str, *, width: float = PAGE) -> Figure:
    """Return a panel an issue and a line a state: the pack's range and best value, and the other's best.

    Parameters
    ----------
    width : inches
    """
    case = loaded.pack.case
    issues = [row["issue"] for row in agreement.issues]
    states = [code for code in case.states if any(row["state"] == code for row in agreement.states)]
    rows, columns = grid(len(issues))
    figure, panels = sheet(width, rows * (len(states) * LINE + 0.55), rows, columns)
    alphas = {row["issue"]: row["alpha"] for row in agreement.issues}
    titles = [f"{case.issues[issue].label}: {_short(alphas[issue])}" for issue in issues]
    panels = title_panels(figure, panels, titles, columns, room=0.5)
    for axes, issue in zip(panels, issues, strict=True):
        cells = {row["path"].split(".")[0]: row for row in agreement.cells if row["path"].endswith(f".{issue}.ideal")}
        _panel(axes, states, cells)
    keys = [
        (Line2D([], [], color=GREY, linewidth=2.5, alpha=0.45), "range of the pack"),
        (Line2D([], [], color="black", marker="|", linestyle="", markersize=6), "best value of the pack"),
        (Line2D([], [], color=BLUE, marker="o", linestyle="", markersize=3.5), "other coder, inside the range"),
        (Line2D([], [], color=VERMILION, marker="D", linestyle="", markersize=3.5), "other coder, outside"),
    ]
    overall = agreement.overall
    title = f"The pack and {agreement.coding.path.name}: alpha {overall} over {overall.cells} ideal points"
    said = "Ideal points, 0 to 1; behind each issue its alpha, in brackets above its 95 % bootstrap interval"
    return finish(figure, title, said, source, keys)


def _short(alpha: Alpha) -> str:
    """Return alpha without its interval, which stands in the table."""
    return str(alpha).partition(" (")[0]


def _panel(axes: Axes, states: list[str], cells: dict[str, Row]) -> None:
    for place, code in enumerate(states):
        if code not in cells:
            continue
        row = cells[code]
        axes.plot([row["pack low"], row["pack high"]], [place] * 2, color=GREY, linewidth=2.5, alpha=0.45,
                  solid_capstyle="butt", gid="pack")  # fmt: skip
        axes.plot([row["pack"], row["other"]], [place] * 2, color="black", linewidth=0.5, gid="difference")
        axes.plot(row["pack"], place, color="black", marker="|", markersize=6)
        colour, marker = (VERMILION, "D") if row["outside"] else (BLUE, "o")
        axes.plot(row["other"], place, color=colour, marker=marker, markersize=3.2, clip_on=False, gid="other")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
    axes.set_ylim(len(states) - 0.4, -0.6)
    axes.yaxis.set_major_locator(FixedLocator(range(len(states))))
    axes.set_yticklabels(states, size=SMALL)
    axes.tick_params(axis="y", length=0)
