"""What a study found, in words: the focus dyad's alignment, and differences on matched worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cordiale.models.random import Array
from cordiale.study.attribution import moved_by
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
    scale = for_scale(study)
    return [apart(study, first, dyad) or _level(study, first, dyad, pair), *others, *scale, *_not_held(study)]


def for_scale(study: Study) -> list[str]:
    """Return how large the largest clear difference is against a distance that a reader knows; none where none is.

    The distance lies between two ties of the focus dyad's last state in the first scenario: with the other one, and
    with the partner that it is closest to.
    """
    first, dyad, measure = study.scenarios[0], str(study.manifest["focus"]), study.headline
    if study.measure(measure).yes_no or apart(study, first, dyad):
        return []
    moved = [found for name in study.scenarios[1:] if (found := _clear(study, name, dyad)) is not None]
    if not moved:
        return []
    own = dyad.split("-")[1]
    ties = [each for each in study.measures(first)[measure] if each.count("-") == 1 and own in each.split("-")]
    levels = study.values(measure, ties, first, quarter=-1).mean(axis=0)  # one reading of all worlds
    return distance_words(
        study.manifest["names"], dyad, dict(zip(ties, levels, strict=True)), moved, study.title(first)
    )


def _clear(study: Study, scenario: str, dyad: str) -> float | None:
    """Return the mean difference of a scenario from what it is read against, None where it is not clear."""
    other, measure = read_against(study, scenario), study.headline
    sides = [each for each in (scenario, other) if dyad in study.measures(each).get(measure, [])]
    if len(sides) < 2 or study.quarters(scenario) != study.quarters(other) or study.worlds == 1:
        return None
    if any(apart(study, each, dyad) for each in sides):
        return None
    mean, low, high = interval(
        study.values(measure, dyad, scenario, quarter=-1) - study.values(measure, dyad, other, quarter=-1)
    )
    return mean if low > 0 or high < 0 else None


def distance_words(
    names: Mapping[str, str], dyad: str, ties: Mapping[str, float], moved: Sequence[float], where: str
) -> list[str]:
    """Return the largest of some differences as a share of the distance between two ties, in a sentence.

    Parameters
    ----------
    ties : dyad -> level of its headline in the last quarter of the scenario `where`; those of the pair's last state
    """
    one, other = dyad.split("-")
    closest = {each: level for each, level in ties.items() if other in each.split("-") and each != dyad}
    if not closest:
        return []
    near = max(closest, key=lambda each: closest[each])
    partner = next(code for code in near.split("-") if code != other)
    distance, most = closest[near] - ties[dyad], max(moved, key=abs)
    if not distance:
        return []
    word = "closer" if distance > 0 else "further apart"
    own, near_one, far_one = names[other], names[partner], names[one]
    return [
        f"For scale: with {where}, {own} and {near_one} are {abs(distance):.2f} {word} than {own} and {far_one}; "
        f"the largest difference here, {most:+.3f}, is {abs(most / distance):.0%} of that distance."
    ]


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
    unclear = f"not clearly different ({mean:+.3f} on average) from"
    verdict = f"{abs(mean):.3f} {word} on average than" if sure else unclear
    return (
        f"{verdict} {other} in the same worlds in {quarter} "
        f"(95 % interval {low:+.3f} to {high:+.3f}; {word} in {share:.0%} of worlds){through}"
    )


def _through(study: Study, scenario: str, dyad: str, other: str) -> str:
    """Return which parts of the headline moved it most, where the study records them."""
    moved = moved_by(study, scenario, dyad, other)
    most = sorted(moved, key=lambda part: -abs(moved[part]))[:2]
    told = [f"{part} {moved[part]:+.3f}" for part in most if abs(moved[part]) >= 0.0005]
    return f"; mostly through {' and '.join(told)}" if told else ""
