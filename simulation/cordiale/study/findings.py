"""What a study found, in words: the focus dyad's alignment, and differences on matched worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cordiale.models.random import Array
from cordiale.study.intervals import few_differ, in_worlds, interval, peak_of
from cordiale.study.study import Study


def findings(study: Study) -> list[str]:
    """Return the study's main findings, a sentence each."""
    return [*_of_focus(study), *(f"{each}." for each in study.taken()), *kept_out(study)]


def kept_out(study: Study) -> list[str]:
    """Return a sentence on the worlds in which a behaviour failed, where there are any."""
    if not study.failed:
        return []
    world, fault = next(iter(study.failed.items()))
    more = len(study.failed) - 1
    others = f"; and {more} more" if more else ""
    count = f"{len(study.failed)} of {len(study.failed) + study.worlds} worlds are kept out of everything here"
    return [f"{count}, since a behaviour failed in them: world {world}: {fault}{others}."]


def _of_focus(study: Study) -> list[str]:
    first, dyad, measure = study.scenarios[0], str(study.manifest["focus"]), study.headline
    pair = " and ".join(study.manifest["names"][code] for code in dyad.split("-"))
    having = [scenario for scenario in study.scenarios if dyad in study.measures(scenario).get(measure, [])]
    if not having:
        return [f"The study does not record {measure}:{dyad}, so there is nothing to say of {pair}."]
    if first not in having:
        missing = f"{study.title(first)}: {measure}:{dyad} is not recorded, so nothing is compared with it."
        return [missing, *(_level(study, scenario, dyad, pair) for scenario in having)]
    others = [effect_words(study, scenario, read_against(study, scenario)) for scenario in study.scenarios[1:]]
    return [apart(study, first, dyad) or _level(study, first, dyad, pair), *others, *_not_held(study)]


def read_against(study: Study, scenario: str) -> str:
    """Return the scenario of a study that one is read against: what its file names, else the study's first."""
    named = study.about(scenario).get("against")
    return named if named in study.scenarios else study.scenarios[0]


def _not_held(study: Study) -> list[str]:
    """Return which scenarios are to be read against one that the study does not hold."""
    named = {name: study.about(name).get("against") for name in study.scenarios}
    return [
        f"{study.title(name)} is to be read against '{other}', which this study does not hold: run it too."
        for name, other in named.items()
        if other is not None and other not in study.scenarios
    ]


def effect_words(study: Study, scenario: str, other: str | None = None) -> str:
    """Return what a scenario changes of the focus dyad's headline against another of the study, in a sentence.

    Parameters
    ----------
    other : the first one where None
    """
    return _against(study, scenario, str(study.manifest["focus"]), other or study.scenarios[0])


def apart(study: Study, scenario: str, dyad: str) -> str:
    """Return a sentence where a state of the dyad takes no part at the horizon, and nothing happens between the two."""
    out = [study.manifest["names"][code] for code in study.outside_at_end(scenario) if code in dyad.split("-")]
    if not out:
        return ""
    take = "takes" if len(out) == 1 else "take"
    last, meaning = study.quarters(scenario)[-1], study.measure(study.headline).meaning
    return f"{study.title(scenario)}: {' and '.join(out)} {take} no part in {last}, so there is no {meaning} to tell."


def _level(study: Study, scenario: str, dyad: str, pair: str) -> str:
    quarters, kind = study.quarters(scenario), study.measure(study.headline)
    ends = study.values(study.headline, dyad, scenario, quarter=-1)
    begins = study.values(study.headline, dyad, scenario, quarter=0)
    if kind.phrase:
        so = kind.phrase.replace("{}", pair)  # not `format`: a manifest may come from anywhere
        return (
            f"{study.title(scenario)}: {so} in {np.mean(ends):.0%} of {study.worlds} worlds in "
            f"{quarters[-1]} ({np.mean(begins):.0%} in {quarters[0]})."
        )
    low, middle, high = np.quantile(ends, [0.05, 0.5, 0.95])
    return (
        f"{study.title(scenario)}: {kind.meaning} of {pair} has a median of {middle:.2f} in {quarters[-1]} "
        f"({np.median(begins):.2f} in {quarters[0]}); 90 % of {study.worlds} worlds lie between {low:.2f} and "
        f"{high:.2f}."
    )


def _against(study: Study, scenario: str, dyad: str, first: str) -> str:
    title, measure = study.title(scenario), study.headline
    if told := apart(study, scenario, dyad):
        return told
    if apart(study, first, dyad):
        return _level(study, scenario, dyad, " and ".join(study.manifest["names"][code] for code in dyad.split("-")))
    if study.quarters(scenario) != study.quarters(first):
        return f"{title}: another horizon than {study.title(first)}, so nothing is compared."
    for each in (scenario, first):
        if dyad not in study.measures(each).get(measure, []):
            return f"{study.title(each)}: {measure}:{dyad} is not recorded."
    values, kind = study.values(measure, dyad, scenario), study.measure(measure)
    base = study.values(measure, dyad, first)
    so, quarters = kind.meaning if kind.yes_no else None, study.quarters(first)[-values.shape[1] :]
    through = _through(study, scenario, dyad, first)
    told = differs((values[:, -1], base[:, -1]), study.title(first), quarters[-1], so, through)
    return f"{title}: {told}{at_its_peak(values - base, quarters) if so is None else ''}."


def at_its_peak(differences: Array, quarters: Sequence[str]) -> str:
    """Return "; most in 2021Q4: +0.500", where the last quarter hides how much there was; "" elsewhere.

    Parameters
    ----------
    differences : (worlds, quarters)
    """
    at = peak_of(differences)
    return "" if at is None else f"; most in {quarters[at]}: {differences[:, at].mean():+.3f}"


def differs(sides: tuple[Array, Array], other: str, quarter: str, so: str | None = None, through: str = "") -> str:
    """Return what follows a scenario's title: how it differs from another in the same worlds.

    Parameters
    ----------
    sides : (worlds,) here and in the other
    other : what the other scenario is called
    so : of a share of worlds, what is so in them; None of what has a mean
    through : what is added to a mean
    """
    difference = sides[0] - sides[1]
    if not difference.any():
        return f"the same as {other} in every world"
    if len(difference) == 1:
        return f"{difference[0]:+.3f} against {other} in one world, which says nothing of others"
    if so is not None:
        here, there = (float(side.mean()) for side in sides)
        return f"{so} in {quarter} {in_worlds((here, there), difference, other)}"
    if (few := few_differ(difference)) is not None:
        return f"differs from {other} in {quarter} {few}"
    mean, low, high = interval(difference)
    sure = low > 0 or high < 0
    word = "higher" if mean > 0 else "lower"
    share = float(np.mean(difference > 0 if mean > 0 else difference < 0))
    verdict = f"{abs(mean):.3f} {word}" if sure else f"not clearly different ({mean:+.3f})"
    return (
        f"{verdict} on average than {other} in the same worlds in {quarter} "
        f"(95 % interval {low:+.3f} to {high:+.3f}; {word} in {share:.0%} of worlds){through}"
    )


def _through(study: Study, scenario: str, dyad: str, other: str) -> str:
    """Return which parts of the headline moved it most, where the study records them."""
    moved = moved_by(study, scenario, dyad, other)
    most = sorted(moved, key=lambda part: -abs(moved[part]))[:2]
    told = [f"{part} {moved[part]:+.3f}" for part in most if abs(moved[part]) >= 0.0005]
    return f"; mostly through {' and '.join(told)}" if told else ""


def moved_by(study: Study, scenario: str, entity: str, other: str | None = None) -> dict[str, float]:
    """Return part -> by how much it moves the headline in the last quarter against another scenario.

    Means over worlds, each part times its share in the headline, so that they sum to the headline's difference. Empty
    where a scenario does not record a part.

    Parameters
    ----------
    other : the first one where None
    """
    first, parts = other or study.scenarios[0], study.components
    if not parts or any(
        entity not in study.measures(each).get(part, []) for part in parts for each in (first, scenario)
    ):
        return {}
    moved = weighted_parts(study, scenario, entity) - weighted_parts(study, first, entity)
    return dict(zip(parts, moved.mean(axis=1).tolist(), strict=True))


def weighted_parts(study: Study, scenario: str, entity: str, quarter: int = -1) -> Array:
    """Return each part of the headline times its share in it, (parts, worlds); they sum to the headline."""
    values = [study.values(part, entity, scenario, quarter=quarter) for part in study.components]
    return study.shares(scenario) * np.array(values)
