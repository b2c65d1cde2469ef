"""One policy under several models: a panel an effect, and a row a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.families import Agreement, Families
from cordiale.analysis.window import window_of
from cordiale.case.quarters import end_of, to_text
from cordiale.models.measures import sentence_case
from cordiale.output.charts import titles
from cordiale.output.charts.captions import caption
from cordiale.output.charts.forest import HEAD, MARKS, TALLEST, Panel, Row, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.style import house_style, inks, target
from cordiale.scenario.settings import Scenario

MOST = 6  # effects; of more those first on whose sign models disagree, and then the largest


def figures(found: Families) -> dict[str, Callable[[], Figure]]:
    """Return the chart of all effects; none where there is none."""
    return {"families": partial(families_chart, found)} if found.found else {}


def source(found: Families) -> str:
    """Return what a caption says of the worlds and how to make the chart again."""
    names = [each.name for each in found.scenarios]
    asked = [word for text in found.asked for word in ("--measure", text)]
    command = ["compare", *names, "--models", ",".join(found.models), *asked, "--worlds", str(found.worlds)]
    command += ["--quarter", str(found.window)] if found.window != window_of(found.scenarios[0], None) else []
    ran = f"{found.worlds:,} worlds, the same under all models, seed {found.scenarios[0].seed}"
    return caption(found.scenarios[0].loaded.pack, MARKS, ran, command)


@house_style()
def families_chart(found: Families) -> Figure:
    """Return the mean effects with their 95 % intervals, a panel an effect and a row a model."""

    def size(row: Agreement) -> float:
        return max(abs(each.estimate.mean) / each.estimate.step for each in row.by)

    order = sorted(found.found, key=lambda row: (not row.contrary, -size(row)))
    shown = order[: _room(len(found.models))]
    figure = forest([_panel(found, row) for row in shown])
    return finish(figure, _words(found, order, len(shown)))


def _room(models: int) -> int:
    """Return how many panels a sheet has room for."""
    if not target().sheet.fixed:
        return MOST
    return max(1, int((TALLEST + HEAD) // (models + HEAD)))


def _panel(found: Families, row: Agreement) -> Panel:
    rows = [Row(each.model, inks().ink, bold=bool(each.sign)) for each in row.by]
    return Panel(_head(found, row), rows, [each.estimate for each in row.by], row.measure + row.scenario)


def _head(found: Families, row: Agreement) -> str:
    what = sentence_case(_subject(found, row))
    return what if len(found.scenarios) == 2 else f"“{_scenario(found, row).title}”: {what}"


def _scenario(found: Families, row: Agreement) -> Scenario:
    return next(each for each in found.scenarios if each.name == row.scenario)


def _subject(found: Families, row: Agreement) -> str:
    """Return what is measured of whom: "position of France: Tone toward China"."""
    name, _, entity = row.measure.partition(":")
    pack, part = found.scenarios[0].loaded.pack, name.partition(".")[2]
    issue = pack.case.issues[part].label.partition(" (")[0] if part in pack.case.issues else part
    codes = [pack.states[code].name if code in pack.states else code for code in entity.replace(">", "-").split("-")]
    who = "" if row.kind.entity == "system" else f" of {' and '.join(codes)}"
    return f"{row.kind.meaning}{who}{f': {issue}' if issue else ''}"


def _words(found: Families, order: Sequence[Agreement], shown: int) -> Words:
    window, first = found.window, found.scenarios[0].title
    by = f"by {end_of(to_text(window.last))}" if window.one else window.words
    one = f"What “{found.scenarios[1].title}” changes" if len(found.scenarios) == 2 else "Change of each measure"
    subtitle = titles.joined(
        f"{one} {by} against “{first}”, by model: mean over the same worlds and 95 % interval",
        "Bold: rises or falls noticeably",
    )
    left = len(order) - shown
    drawn = f"{left} effects are not drawn" if left else ""
    told = "; ".join(
        f"{_head(found, row)}: {', '.join(f'{each.model} {each.estimate.text()}' for each in row.by)}"
        for row in order[:shown]
    )
    forms = titles_of(found)
    alt = f"Panels with a row a model, means with 95 % intervals. {forms[0]}. {told}."
    return Words(forms, subtitle, titles.joined(drawn, source(found)), alt)


def titles_of(found: Families) -> list[str]:
    """Return to how many effects all models give one sign, and on how many they are contrary."""
    count, models = len(found.found), len(found.models)
    if count == 1:
        (row,) = found.found
        return [f"{sentence_case(_subject(found, row))} {row.words}",
                f"{models} models, {max(len(row.those(1)), len(row.those(-1)))} with one clear sign"]  # fmt: skip
    head = f"All {models} models give one clear sign to {len(found.agreed)} of {count} effects"
    contrary = f"; {len(found.contrary)} depend on the model" if found.contrary else ""
    return [head + contrary, head]
