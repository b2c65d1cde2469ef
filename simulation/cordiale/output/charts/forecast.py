"""The chances of a sealed forecast, question by question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.sealed import MODEL, Forecast, Foretold
from cordiale.output.charts.captions import caption
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.rows import beside, heighten, name_rows, rows_of
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.titles import joined

MOST = 40  # questions that are drawn, the likeliest


def figures(found: Forecast) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the chances; none where no question could be read."""
    return {"forecast": partial(forecast_chart, found)} if found.readable else {}


@house_style()
def forecast_chart(found: Forecast) -> Figure:
    """Return a row a question, the likeliest first: the share of worlds in which it is answered by yes."""
    shown = sorted(found.readable, key=lambda each: -each.chances[MODEL].share)[:MOST]
    figure, (axes,) = sheet(lines=10)
    rows = rows_of(figure, [_name(each) for each in shown], least=1.15)
    heighten(figure, rows.lines + (6.4 if target().narrow else 3.4))  # a head of several lines
    for at, each in zip(rows.at, shown, strict=False):
        share, ink = each.chances[MODEL].share, inks().series[0]
        axes.plot([0, share], [at, at], color=inks().rule, linewidth=sizes().line / 2, zorder=1)
        axes.plot(share, at, "o", color=ink if each.headline else inks().paper, markeredgecolor=ink, zorder=3,
                  clip_on=False, markersize=2.6 * sizes().line, gid="case")  # fmt: skip
        beside(axes, (share, float(at)), f"{100 * share:.0f} %")
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.5, 1.0], ["0", "50 %", "100 %"])
    axes.grid(axis="x")
    name_rows(axes, rows)
    head(axes, "Share of worlds in which it is answered by yes: ● read exactly or closely  ○ roughly")
    return finish(figure, _words(found, len(rows)))


def _name(each: Foretold) -> str:
    return f"{each.id}: {each.asks.removesuffix('?')}" if each.asks else each.id


def _words(found: Forecast, shown: int) -> Words:
    about, readable = found.about, found.readable
    expected = sum(each.chances[MODEL].share for each in readable)
    likely = sum(each.chances[MODEL].share > 0.5 for each in readable)
    forms = [
        f"{expected:.1f} of {len(readable)} questions are expected to come true; {likely} are likelier than not",
        f"{expected:.1f} of {len(readable)} are expected to come true",
    ]
    some = "" if shown == len(readable) else f" The {shown} likeliest are shown."
    subtitle = joined(
        f"{len(readable)} of {len(found.foretold)} dated questions that the model reads, under {about.scenario}.{some}"
    )
    ran = f"{about.worlds:,} worlds, seed {about.seed}; sealed on {about.sealed}, before any answer was looked at"
    words = caption(about.pack, "", ran, ["forecast", about.scenario, "QUESTIONS"], "Chances in a model of one article")
    alt = f"Dots by question. {forms[0]}."
    return Words(forms, subtitle, words, alt)
