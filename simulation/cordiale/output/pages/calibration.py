"""docs/calibration.md: what the record before the case's start says of agreements, as a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cordiale.analysis.calibrate import (
    DIALOGUES,
    Calibration,
    apart,
    hazard_rows,
    kind_rows,
    origin_rows,
    yaml_lines,
)
from cordiale.analysis.hazards import AHEAD, FIRST, INTERCEPT, SLOPE
from cordiale.files.atomic_write import write_files
from cordiale.output.pages.baseline import markdown

DRAWN = ("record", "slopes", "origins", "likely")
CHARTS = tuple(f"figures/calibration-{name}.png" for name in DRAWN)  # beside the page
HEAD = """# Agreements, set by the record before {after}

Made by `cordiale calibrate --out docs/calibration.md`. {adopted}

{sentences}

## The record

Among {states} states of the pack, {dyads} dyads, {signed} agreements of kinds that two states open and sign were signed
from {first} to {last}: {kinds}. The rows, a source each, and what counts as such an agreement stand in the pack's
folder `record/`. It is no complete register: what is not in it counts as not signed, so that levels are rather too low
than too high. Treaties of defence are opened by no rule and set no number here.

![Signatures a year by agreement, and what the record before expected](figures/calibration-record.png)

## The hazard

The chance that a dyad which has not signed an agreement signs it within a year is a logit with an intercept for each
agreement and slopes that all share (a discrete-time hazard: Beck, Katz and Tucker 1998; covariates after Kinne 2018).
Similarity, threats in common, liberal likeness and capability are those of the pack at its start, in standard
deviations over dyads: nothing earlier is coded, so they are constant, and know what the coder knew in {last}. `rungs`
are the other agreements that the two have in force, `degree` their partners under the same agreement, both of the year
before. Slopes have the prior N({mean:g}, {spread:g}²), which theory gives; intercepts
a weak one, N({level:g}, {wide:g}²). {rows} rows are at risk, one a dyad, year and agreement. The estimate is the mode
of the posterior, the 95 % interval that of the normal curve which touches it there.
"""
SLOPES = """
![Slopes before and after](figures/calibration-slopes.png)

No slope is adopted below 0: that each of the six brings a dyad nearer is the theory's, and an interval that holds 0
does not speak against it.
"""
ORIGINS = """
## Would it have told?

What the record up to a year says of the {ahead} years after it, with what was known at that year's end: signatures
expected and seen, log loss a dyad and agreement (less is better), and AUC, the share of comparisons in which what was
signed had the larger chance (.5 is a coin). Beside the fitted hazards stand the same with the slopes of the prior,
unfitted, and one rate for each agreement.
"""
CURVES = """
![Shares of what was and was not signed, in the order of the chances given](figures/calibration-origins.png)

![How often what was given some chance was signed, and the likeliest by name](figures/calibration-likely.png)

By agreement, from the hazards:
"""
DIALOGUE = """
The same slopes on another record: {signed} dyads began a dialogue from {first} to {until}, where the pack's record of
dialogues ends. The slopes tell them with an AUC of {auc:.2f}; under them the intercept is {opens:.2f}. {verdict}
"""
OTHER = "So\ndialogues begin by another logic: their intercept sets how many there are, and hardly where."
SAME = "So the slopes hold beyond the agreements that they were fitted to."
LEVEL = """
## The level of a world

What came was {ratios} what the record before expected. No covariate tells of it, so each world has a level that
multiplies its rates: `log_level`, {low:g} to {high:g} with best value {best:g}. Low: the hazards of the whole record
hold. Best: the pace of the last {ahead} years, {recent:.1f} signatures a year, goes on; the hazards alone expect
{now:.1f} in the year after {last}. High: the record falls as short as it did where it fell shortest. Two origins are
few: this is a range of what was seen, no estimate of a trend.

## Lines to adopt

Ranges are 95 % intervals, and as wide as is asked of numbers that are not in the article. Into the pack's case.yaml,
under `agreements`:

```yaml
{case}
```

Into the weights of the model:

```yaml
{weights}
```
"""
ADOPTED = "The pack and the model hold the numbers found here."
APART = "Numbers that the pack or the model holds differ from those found here: {paths}."


def page(found: Calibration) -> str:
    """Return the page as Markdown."""
    lines = {file: "\n".join(rows) for file, rows in yaml_lines(found).items()}
    level = found.level
    ratios = " and ".join(f"{each.ratio:.1f} times ({each.year + 1} to {each.last})" for each in found.origins)
    tail = LEVEL.format(
        ratios=ratios, low=level.low, best=level.best, high=level.high, ahead=AHEAD, recent=found.recent,
        now=found.now, last=found.last, case=lines["case.yaml"], weights=lines["weights.yaml"],
    )  # fmt: skip
    return "\n".join([
        _head(found), markdown(_rounded(hazard_rows(found))), SLOPES, ORIGINS.format(ahead=AHEAD),
        markdown(_rounded(origin_rows(found))), CURVES, markdown(_rounded(kind_rows(found))),
        _of_dialogues(found) + tail,
    ])  # fmt: skip


def save_page(found: Calibration, out: Path, replace: bool = False) -> list[Path]:
    """Write the page and its charts, all or none, and return the files.

    Parameters
    ----------
    replace : whether files of cordiale's own that lie there may go
    """
    from cordiale.output.charts.calibrate import figures
    from cordiale.output.charts.pictures import pictures

    text = page(found)
    files: dict[str, Callable[[Path], object]] = {out.name: lambda path: path.write_text(text, "utf-8")}
    for chart, draw in zip(CHARTS, figures(found).values(), strict=True):
        name = Path(chart).stem
        files[chart] = pictures(draw(), name)[f"{name}.png"]
    return write_files(out.parent, files, replace)


def _head(found: Calibration) -> str:
    rows, labels = found.at_risk, found.loaded.pack.case.agreements
    differing = apart(found)
    return HEAD.format(
        after=found.last + 1, adopted=APART.format(paths=", ".join(differing)) if differing else ADOPTED,
        sentences="\n".join(f"- {each}" for each in found.sentences()), signed=int(rows.signed.sum()),
        kinds=", ".join(labels[name].label for name in rows.kinds), first=FIRST, last=found.last,
        states=len(found.loaded.pack.case.states), dyads=found.dyads, mean=SLOPE[0], spread=SLOPE[1],
        level=INTERCEPT[0], wide=INTERCEPT[1], rows=f"{len(rows.year):,}",
    )  # fmt: skip


def _of_dialogues(found: Calibration) -> str:
    """Return what the slopes say of dialogues; '' where there is no record of them."""
    if (told := found.dialogues) is None:
        return ""
    return DIALOGUE.format(
        signed=told.signed, first=FIRST, until=DIALOGUES, auc=told.auc, opens=float(told.hazards.estimate[0]),
        verdict=SAME if told.auc >= 0.65 else OTHER,
    )  # fmt: skip


def _rounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose numbers stand with two decimals."""
    return [
        {name: f"{value:.2f}" if isinstance(value, float) else value for name, value in row.items()} for row in rows
    ]
