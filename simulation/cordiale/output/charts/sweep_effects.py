"""Main effects and two-way interactions of a sweep, a row each."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import level_text
from cordiale.analysis.sweep_tables import Effects, contrasts
from cordiale.analysis.sweep_words import between
from cordiale.output.charts import sweep_said as said
from cordiale.output.charts import titles
from cordiale.output.charts.forest import HEAD, MARKS, Bar, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks
from cordiale.study import labels as words

MOST = 24  # rows that fit a page
HEADS = {"main": "Effect of one factor", "interaction": "By how much two factors change each other's effect"}
ENDS = (("factor", "high"), ("other", "other_high"))  # of an interaction: each factor, and the level to which it goes


@house_style()
def effects_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return a row an effect, the largest of each kind on top: mean over worlds and its 95 % interval.

    A main effect is the highest level minus the lowest, or each of them minus what is coded; an interaction, how much
    higher the first factor's effect is at the one level of the second than at the other.
    """
    worlds = _by_world(sweep, measure, entity)
    found = [(kind, row) for kind in HEADS for row in said.effects_of(sweep, measure, entity, kind)]
    most = found[0][1]
    inked = [inks().series[0] if row is most else inks().ink for _, row in found]
    labels = [Row(_label(sweep, row), ink, row is most) for ink, (_, row) in zip(inked, found, strict=True)]
    kept = min(MOST, fitting(labels, [HEADS["main"]], below=HEAD))
    step, tell = said.step_of(sweep, measure), partial(said.told, sweep, measure)
    panels = []
    for kind, text in HEADS.items():
        own = [at for at, (of, _) in enumerate(found[:kept]) if of == kind]
        if own:
            bars = [_bar(found[at][1], worlds) for at in own]
            rows = [labels[at] for at in own]
            panels.append(Panel(text, rows, bars, step, tell, "effect", sweep.yes_no(measure)))
    figure = forest(panels)
    of = said.subject(sweep, measure, entity)
    subtitle = titles.joined(
        f"Effects on {of} {said.when(sweep, measure, entity)}, each over all levels of the other factors, mean and "
        f"95 % interval, {said.unit(sweep, measure)}"
    )
    left = f"The {len(found) - kept} smallest effects are left out" if len(found) > kept else ""
    pairs = zip(labels, found[:12], strict=False)
    pairs = zip(labels, found[:12], strict=False)
    told = "; ".join(f"{row.label} {tell(float(each['effect']))}" for row, (_, each) in pairs)
    form = said.forms(sweep, measure, entity)
    alt = f"A forest plot of effects. {form[0]}. {told}."
    return finish(figure, Words(form, subtitle, said.caption(sweep, titles.joined(MARKS, left)), alt))


def _by_world(sweep: Sweep, measure: str, entity: str) -> Array:
    """Return each effect world by world, (effects, worlds), in the order of the table."""
    design = sweep.design
    values = said.differences(sweep, measure, entity).reshape(design.cells, 1, sweep.worlds)
    effects = Effects(contrasts(design.shape, [factor.compared for factor in design.factors]), 1, sweep.worlds)
    effects.add(design.levels(0, design.cells), values)
    return np.asarray(effects.values[:, 0])


def _bar(row: dict[str, Any], worlds: Array) -> Bar:
    own, mean = worlds[row["at"]], float(row["effect"])
    share = float(np.mean(own > 0 if mean > 0 else own < 0))
    return Bar(mean, float(row["effect_low"]), float(row["effect_high"]), share)


def _label(sweep: Sweep, row: dict[str, Any]) -> str:
    names = {factor.path: said.name_of(factor) for factor in sweep.design.factors}
    one = words.plain(names[row["factor"]])
    if row["kind"] == "main":
        return f"{one}, {between(row).removeprefix('from ')}"
    coded = {factor.path for factor in sweep.design.factors if factor.coded}
    ends = [f" to {level_text(row[end])}" if row[of] in coded else "" for of, end in ENDS]
    return f"{one}{ends[0]} × {names[row['other']]}{ends[1]}"
