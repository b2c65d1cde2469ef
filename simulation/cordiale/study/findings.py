"""What a study found, in words: the focus dyad's alignment, and differences on matched worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cordiale.models.random import Array
from cordiale.models.units import YES_NO, level, unit_of
from cordiale.study.attribution import moved_by
from cordiale.study.estimate import Estimate, adding_up, listed
from cordiale.study.intervals import peak_of
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
    """Return how large the largest noticeable difference is against a gap that a reader knows; none where none is."""
    found = [effect_of(study, name, read_against(study, name)) for name in study.scenarios[1:]]
    moved = [each for each in found if each is not None and each.noticeable]
    most = max(moved, key=lambda each: abs(each.mean), default=None)
    share = "" if most is None else share_of_gap(study, most)
    return [f"For scale: {most.full}, the largest here, is {share}."] if most is not None and share else []


def share_of_gap(study: Study, found: Estimate) -> str:
    """Return how large a difference of the focus dyad's headline is: "8 % of the gap between A–B and A–C"; "" where
    that cannot be said.
    """
    first, dyad, measure = study.scenarios[0], str(study.manifest["focus"]), study.headline
    if study.measure(measure).yes_no or apart(study, first, dyad):
        return ""
    own = dyad.split("-")[1]
    ties = [each for each in study.measures(first)[measure] if each.count("-") == 1 and own in each.split("-")]
    levels = study.values(measure, ties, first, quarter=-1).mean(axis=0)  # one reading of all worlds
    return gap_words(study.manifest["names"], dyad, dict(zip(ties, levels, strict=True)), found)


def gap_words(names: Mapping[str, str], dyad: str, ties: Mapping[str, float], found: Estimate) -> str:
    """Return a difference as a share of the gap between two ties of the focus dyad's last state: with the other one,
    and with the partner that it is closest to; "" where it has no other partner.

    Parameters
    ----------
    ties : dyad -> level of its headline in the last quarter; those of the pair's last state
    """
    one, other = dyad.split("-")
    closest = {each: level for each, level in ties.items() if other in each.split("-") and each != dyad}
    near = max(closest, key=lambda each: closest[each], default=dyad)
    gap = ties[near] - ties[dyad]
    if not gap:
        return ""
    own, far_one = names[other], names[one]
    partner = names[next(code for code in near.split("-") if code != other)]
    return f"{abs(found.mean / gap):.0%} of the gap between {own}–{partner} and {own}–{far_one}".replace("%", " %")


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


def effect_of(study: Study, scenario: str, other: str | None = None) -> Estimate | None:
    """Return what a scenario changes of the focus dyad's headline in the last quarter; None where nothing is compared.

    Parameters
    ----------
    other : what it is compared with; the first scenario where None
    """
    dyad, measure, first = str(study.manifest["focus"]), study.headline, other or study.scenarios[0]
    sides = (scenario, first)
    if study.quarters(scenario) != study.quarters(first) or any(apart(study, each, dyad) for each in sides):
        return None
    if not all(dyad in study.measures(each).get(measure, []) for each in sides):
        return None
    here, there = (study.values(measure, dyad, each, quarter=-1) for each in sides)
    return Estimate.of(here - there, study.measure(measure).unit, study.measure(measure).good)


def effect_words(study: Study, scenario: str, other: str | None = None) -> str:
    """Return what a scenario changes of the focus dyad's headline against another of the study, in words.

    Parameters
    ----------
    other : the first one where None
    """
    dyad, measure, first = str(study.manifest["focus"]), study.headline, other or study.scenarios[0]
    title, pair = study.title(scenario), " and ".join(study.manifest["names"][code] for code in dyad.split("-"))
    if told := apart(study, scenario, dyad):
        return told
    if apart(study, first, dyad):
        return _level(study, scenario, dyad, pair)
    if study.quarters(scenario) != study.quarters(first):
        return f"{title}: another horizon than {study.title(first)}, so nothing is compared."
    found = effect_of(study, scenario, first)
    if found is None:
        missing = next(each for each in (scenario, first) if dyad not in study.measures(each).get(measure, []))
        return f"{study.title(missing)}: {measure}:{dyad} is not recorded."
    values, kind = study.values(measure, dyad, scenario), study.measure(measure)
    base, last = study.values(measure, dyad, first), study.quarters(first)[-1]
    so = kind.phrase.replace("{}", pair) if kind.phrase else f"{kind.meaning} of {pair}"
    detail = f" ({told})" if (told := found.detail()) else ""
    peak = at_its_peak(values - base, study.quarters(first)[-values.shape[1] :], found)
    parts = moved_by(study, scenario, dyad, first) if found.noticeable else {}
    shown = adding_up(list(parts.values()), found.mean, unit_of(kind.unit).digits)
    most = sorted(zip(parts, shown, strict=True), key=lambda each: -abs(parts[each[0]]))[:2]
    added = listed([f"{part} {found.text(value)}" for part, value in most if value])
    through = f" Of this {added}." if added else ""
    return f"{title}: {found.phrase(so)} in {last}, against {study.title(first)}{detail}{peak}.{through}"


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
    before, after = (level(float(each.mean()), kind.unit) for each in (begins, ends))
    so = kind.phrase.replace("{}", pair) if kind.phrase else f"{kind.meaning} of {pair}"  # a manifest may be anybody's
    title, worlds = study.title(scenario), f"{study.worlds:,} world{'' if study.worlds == 1 else 's'}"
    when = f"from {before} in {quarters[0]} to {after} in {quarters[-1]}"
    if kind.phrase:
        return f"{title}: {so} in {before} of {worlds} in {quarters[0]} and in {after} in {quarters[-1]}."
    low, high = (level(float(each), kind.unit) for each in np.quantile(ends, [0.05, 0.95]))
    goes = "stays at" if before == after else "rises" if ends.mean() > begins.mean() else "falls"
    moved = f"{goes} {after}" if before == after else f"{goes} {when}"
    spread = f"; 90 % of worlds end between {low} and {high}" if study.worlds > 1 else ""
    return f"{title}: {so} {moved}, mean of {worlds}{spread}."


def at_its_peak(differences: Array, quarters: Sequence[str], found: Estimate) -> str:
    """Return "; largest in 2021Q4: +0.50", where the last quarter hides how much there was; "" elsewhere.

    Parameters
    ----------
    differences : (worlds, quarters)
    found : of the last quarter
    """
    at = None if found.unit == YES_NO else peak_of(differences)
    return "" if at is None else f"; largest in {quarters[at]}: {found.text(float(differences[:, at].mean()))}"
