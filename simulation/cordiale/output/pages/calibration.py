"""docs/calibration.md: what the record before 2019 says of the weights, as a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.analysis.baseline_checks import Row
from cordiale.analysis.calibrate import LEARNT, Calibration, Effect, fit_rows, missed, weight_rows, yaml_lines
from cordiale.analysis.calibration_targets import names_of, watched
from cordiale.output.pages.baseline import markdown

HEAD = """# Calibration to 2007-2018

Made by `cordiale calibrate --out docs/calibration.md --worlds {worlds} --accept {accept:g} --sound-worlds {sound}`.
{adopted}

## What is set back, and what is not

Set back to the end of 2006: the ladder of agreements, for all dyads. Not set back, since nothing earlier is
coded: practice, trust, ideal points and their trends, attributes of states, membership of formats, and the
classes of ties, which were coded from the ladder of 2018 and so know how it ended. No lever is set. The record
is the steps of {pair} above dialogue by year of signature, whose register is complete as far as general
knowledge goes. Nothing signed after 2018 is read. Dyads bound by a defence treaty have no rung left, so the
class `allied` has no steps, in the model as in the record. Since the ties and positions of 2018 stand from the first
year on, the model must be expected to sign too early; the timing is compared all the same. The priors of the two
ladder costs were set with this record in view ([baseline](baseline.md)); what is learnt of them is to that degree
counted twice.

## Method

{worlds} worlds draw all their numbers from the pack's ranges (PERT), and the weights from their ranges before any
calibration (the prior), and live through the twelve years. The distance of a world from the record is the root
mean square of its differences, each in its tolerance. Kept are the {kept} nearest ({accept:.0%}; distance at most
{tolerance:.2f}, against {median:.2f} in the median of all): rejection (Pritchard et al. 1999; Beaumont et al. 2002;
Wilkinson 2013 for tolerances as model error). Each world has its own coded numbers and its own luck, so that what
is kept is uncertain by both. One set of ranges holds for all dyads.
"""
FIT = """
## Fit

Median and 5 to 95 % of worlds: all of the prior, those kept, and {fresh} fresh worlds under the new ranges, which the
calibration has not seen. Counts are of steps; a mean year is that of signature.
"""
WEIGHTS = """
## Prior and posterior

5, 50 and 95 % of the draws, in all worlds and in those kept; `narrower` is how much closer together the outer
two are. `chance` is the Kolmogorov-Smirnov probability that as many worlds picked at random would differ as
much; a weight keeps its prior where it is not below {learnt:g}. A new range is the one whose draws would spread
as the kept worlds do, inside the prior; where that is narrower than a quarter of the weight's scale, as the
pack demands of numbers that are not in the article, the wider one stands.
"""
CHART = """
![Prior and kept draws of each weight, and steps by year](figures/calibration.png)

## Which weights go together

Rank correlation among the kept worlds, strongest first.
"""
SOUND = """
## The sound baseline, before and after

As in [baseline.md](baseline.md), {sound} worlds, under the prior and under the new ranges.
"""
ADOPT = """
## Lines of the weights' file

What `cordiale calibrate --write` prints, for simulation/cordiale/models/diplomacy/weights.yaml:

```yaml
{lines}
```
"""

ADOPTED = "The model draws from the new ranges; the last section holds their lines in the weights' file."
APART = "The model's ranges are not those found here: the last section holds the lines that would adopt them."


@dataclass(frozen=True)
class Settings:
    """How the page was made."""

    worlds: int
    accept: float
    sound_worlds: int


def page(calibration: Calibration, effect: Effect, settings: Settings, in_model: bool) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    in_model : whether the model draws from the ranges found
    """
    pack = calibration.past.scenario.loaded.pack
    head = HEAD.format(
        adopted=ADOPTED if in_model else APART, pair=names_of(pack, sorted(watched(pack))),
        worlds=settings.worlds, accept=settings.accept, sound=settings.sound_worlds, kept=int(calibration.kept.sum()),
        tolerance=calibration.distance[calibration.kept].max(), median=np.median(calibration.distance),
    )  # fmt: skip
    fresh = len(effect.fresh.weights["openness"])
    pairs: list[Row] = [{"weight": a, "with": b, "correlation": value} for a, b, value in calibration.correlations[:6]]
    lines = "\n".join(yaml_lines(calibration.posteriors)) or "# nothing: the record says nothing of any weight"
    return "\n".join([
        head + FIT.format(fresh=fresh), markdown(fit_rows(calibration, effect)), missed(calibration) + "\n",
        WEIGHTS.format(learnt=LEARNT), markdown(weight_rows(calibration)), CHART, markdown(pairs),
        SOUND.format(sound=settings.sound_worlds), markdown(sound_rows(effect)), ADOPT.format(lines=lines),
    ])  # fmt: skip


def sound_rows(effect: Effect) -> list[Row]:
    """Return a row a property of a sound baseline, before and after."""
    return [
        {
            "property": before["property"], "asked": before["asked"],
            "before": before["measured"], "holds": before["holds"],
            "after": after["measured"], "still holds": after["holds"],
        }
        for before, after in zip(effect.before, effect.after, strict=True)
    ]  # fmt: skip
