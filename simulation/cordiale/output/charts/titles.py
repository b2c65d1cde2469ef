"""What charts of a study say: the finding as a title, what is measured, and from what it was drawn.

Findings rest on the same estimators as `study/findings.py` and `analysis/compare.py`: means of differences in the same
worlds, and their 95 % intervals. The verb follows the number.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.case.quarters import end_of
from cordiale.models.base import Kind
from cordiale.models.measures import sentence_case
from cordiale.models.units import level
from cordiale.output.charts.recorded import Array, quarters
from cordiale.study import labels as words
from cordiale.study.estimate import Estimate, clearly_first
from cordiale.study.findings import apart
from cordiale.study.study import Study

COUNTS = ("a quarter", "agreements")  # units of what is counted
LONGEST = 200  # signs of a command that a caption shows


@dataclass(frozen=True)
class Change:
    """What a scenario does to a measure of one entity, against another in the same worlds, by quarter.

    Attributes
    ----------
    quarters : that both have
    values : (W, Q) differences
    estimate : of the last quarter
    """

    scenario: str
    title: str
    kind: Kind
    quarters: list[str]
    values: Array
    estimate: Estimate

    @property
    def peak(self) -> int:
        """The place of the quarter in which scenarios are furthest apart on average."""
        return int(np.argmax(np.abs(self.values.mean(axis=0))))


def change_of(study: Study, measure: str, entity: str, scenario: str) -> Change:
    """Return what a scenario does to a measure, in the quarters that it shares with the first scenario."""
    first, kind = study.scenarios[0], study.measure(measure)
    _, one, other = np.intersect1d(quarters(study, first), quarters(study, scenario), return_indices=True)
    if kind.last_only:
        values = study.values(measure, entity, scenario)[:, -1:] - study.values(measure, entity, first)[:, -1:]
        shared = study.quarters(scenario)[-1:]
    else:
        values = study.values(measure, entity, scenario)[:, other] - study.values(measure, entity, first)[:, one]
        shared = [study.quarters(scenario)[k] for k in other]
    found = Estimate.of(values[:, -1], kind.unit, kind.good)
    return Change(scenario, words.scenario_title(study, scenario), kind, shared, values, found)


# ---------------------------------------------------------------- titles: what was found


def furthest(changes: Sequence[Change]) -> Change:
    """Return the largest change."""
    return max(changes, key=lambda change: abs(change.estimate.mean))


def most_apart(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of which the title of several tells: the largest, and the largest noticeable one contrary."""
    most = furthest(changes)
    least = min(changes, key=lambda change: change.estimate.mean * np.sign(most.estimate.mean))
    return [most, least] if least.estimate.mean * most.estimate.mean < 0 and least.estimate.noticeable else [most]


def told_of(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of which the title of several tells, in its order: of those that are noticeable the largest
    and one contrary, else the largest where it is clearly so, else the first two.
    """
    seen = sorted((each for each in changes if each.estimate.noticeable), key=lambda each: -abs(each.estimate.mean))
    told = most_apart(seen) if seen else []
    return told if len(told) != 1 or clearly_first([each.values[:, -1] for each in seen]) else seen[:2]


def most_titles(changes: Sequence[Change], of: str) -> list[str]:
    """Return forms of what several scenarios do to a measure, from the longest to the shortest.

    None is said to do the most where the first two do not differ clearly.
    """
    by = end_of(changes[0].quarters[-1])
    if len(changes) == 1:
        return changes[0].estimate.titles(changes[0].title, of, by)
    seen, shown = [each for each in changes if each.estimate.noticeable], told_of(changes)
    if not seen:
        who = "Neither policy" if len(changes) == 2 else f"None of {len(changes)} policies"
        return [f"{who} noticeably changes {of} by {by}", f"{who} noticeably changes {of}"]
    most, *others = shown
    head, found = sentence_case(of), most.estimate
    if others and others[0].estimate.mean * found.mean < 0:
        told = ", ".join(f"{each.title} {each.estimate.full}" for each in (most, *others))
        return [f"{head} by {by}: {told}", f"{head}: {told}"]
    if len(seen) == 1:
        told = f"only “{most.title}” {'raises' if found.mean > 0 else 'lowers'} it noticeably: {found.full}"
        return [f"{head}: {told} by {by}", f"{head}: {told}", f"Only “{most.title}” is noticeable: {found.full}"]
    if not others:
        return [f"{head} {found.verb} most with “{most.title}”: {found.full} by {by}",
                f"{head} {found.verb} most with “{most.title}”: {found.full}"]  # fmt: skip
    told = ", ".join(f"{each.title} {each.estimate.full}" for each in shown)
    return [f"{len(seen)} of {len(changes)} policies noticeably change {of}: {told}",
            f"{len(seen)} of {len(changes)} policies noticeably change it: {told}", told]  # fmt: skip


def level_titles(study: Study, measure: str, entity: str, scenario: str, of: str) -> list[str]:
    """Return forms of how a measure moves in one scenario."""
    kind, by = study.measure(measure), end_of(study.quarters(scenario)[-1])
    values = study.values(measure, entity, scenario)
    ends = [float(values[:, at].mean()) for at in (0, -1)]
    first, last = (level(each, kind.unit) for each in ends)
    of = sentence_case(of)
    if first == last:
        return [f"{of} stays at {last} until {by}", f"{of}: {last}"]
    verb = "rises" if ends[1] > ends[0] else "falls"
    return [f"{of} {verb} from {first} to {last} by {by}", f"{of}: from {first} to {last}"]


def counted(kind: Kind) -> bool:
    """Whether a measure is a count or a yes or no, which is drawn as steps."""
    return kind.yes_no or kind.unit in COUNTS


def subject_of(study: Study, measure: str, entity: str) -> str:
    """Return what is measured, of whom, to stand within a sentence: "alignment of France and Japan"."""
    text = words.subject(study, measure, entity)
    return text[:1].lower() + text[1:]


def absent(study: Study, scenario: str, dyad: str) -> list[str]:
    """Return the title where a state of the dyad takes no part at a scenario's horizon; none elsewhere."""
    said = apart(study, scenario, dyad) if "-" in dyad else ""
    return [said.rstrip(".")] if said else []


# ---------------------------------------------------------------- subtitles and captions


def about_change(change: Change) -> str:
    """Return interval, shares of worlds, and when scenarios are furthest apart where that is clearly more than at the
    end.
    """
    means, at, found = change.values.mean(axis=0), change.peak, change.estimate
    peak, last = float(means[at]), float(means[-1])
    hidden = abs(peak) - (abs(last) if peak * last > 0 else 0.0) >= max(found.step / 2, 1e-12)
    told = f"Furthest from the baseline at {end_of(change.quarters[at])}: {found.text(peak)}" if hidden else ""
    return joined(sentence_case(found.detail() or " ").strip(), told)


def joined(*sentences: str) -> str:
    """Return sentences that say something, one after the other."""
    return " ".join(each if each.endswith((".", ":")) else f"{each}." for each in sentences if each)


def caption(study: Study, drawn: str) -> str:
    """Return the text under a chart: what lines and bands are, worlds and seed, how to make it again, no forecast.

    Parameters
    ----------
    drawn : what lines, bands and colours stand for
    """
    about = study.manifest
    out = f" ({len(study.failed)} kept out)" if study.failed else ""
    several = ", the same in every scenario" if len(study.scenarios) > 1 else ""
    worlds = f"{study.worlds:,} world{'' if study.worlds == 1 else 's'}{out}, seed {about['seed']}{several}"
    pack = f"pack {about['pack']} after {words.short_citation(str(about['article']))}"
    source = f"Source: {command(study)} (cordiale {about['versions']['cordiale']}, {pack})"
    gone = [sentence_case(each) for each in words.without(study)]
    return joined(drawn, worlds, *gone, source, "A model of one article's claims: no forecast")


def command(study: Study) -> str:
    """Return what made a study, without what changes no number; the number of scenarios where they are many."""
    typed = [str(each) for each in study.manifest.get("command") or []]
    if typed[:1] != ["cordiale"]:
        typed = ["cordiale", "run", *study.scenarios, "--worlds", str(study.worlds)]
    text = typed_text(typed)
    if len(text) > LONGEST:
        text = f"cordiale {typed[1]} ({len(study.scenarios)} scenarios) --worlds {study.worlds}"
    return text


def typed_text(typed: Sequence[str]) -> str:
    """Return a command without what changes no number."""
    kept, skip = [], False
    for each in typed:
        if not skip and each not in ("--replace", "--json") and not each.startswith(("--out=", "--jobs=")):
            skip = each in ("--out", "--jobs", "--resume")
            kept += [] if skip else [each]
        else:
            skip = False
    return words.plain(shlex.join(kept))
