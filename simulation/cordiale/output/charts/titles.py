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
from cordiale.models.measures import extent_of, is_little
from cordiale.output.charts.axes import Scale, scale_of_unit, unit_in_words
from cordiale.output.charts.recorded import Array, quarters
from cordiale.output.charts.style import target
from cordiale.study import labels as words
from cordiale.study.findings import apart
from cordiale.study.intervals import difference_interval, few_differ
from cordiale.study.study import Study

AGREE = 0.9  # share of worlds with one sign from which a sign is sure
COUNTS = ("a quarter", "agreements")  # units of what is counted
LONGEST = 200  # signs of a command that a caption shows


@dataclass(frozen=True)
class Change:
    """What a scenario does to a measure of one entity, against the first scenario in the same worlds.

    Attributes
    ----------
    quarters : that both have
    values : (W, Q) differences
    mean, low, high : of the last quarter
    """

    scenario: str
    title: str
    kind: Kind
    quarters: list[str]
    values: Array
    mean: float
    low: float
    high: float

    @property
    def scale(self) -> Scale:
        """How fine it is told."""
        return scale_of_unit(self.kind.unit)

    @property
    def step(self) -> float:
        """The difference below which nobody would notice; of shares of worlds, 5 in 100."""
        return 0.05 if self.kind.yes_no else self.scale.step

    @property
    def text(self) -> str:
        """The mean in the last quarter with its sign."""
        return self.told(self.mean)

    def told(self, value: float) -> str:
        """Return a difference of this measure with its sign."""
        return points(value) if self.kind.yes_no else signed(value, self.scale.digits)

    @property
    def alike(self) -> float:
        """Share of worlds whose difference in the last quarter has the sign of the mean."""
        last = self.values[:, -1]
        return float(np.mean(last > 0 if self.mean > 0 else last < 0))

    @property
    def sure(self) -> bool:
        """Whether the interval of the mean leaves zero out."""
        return self.low > 0 or self.high < 0

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
    mean, low, high = difference_interval(values[:, -1], kind.yes_no)
    return Change(scenario, words.scenario_title(study, scenario), kind, shared, values, mean, low, high)


# ---------------------------------------------------------------- numbers


def signed(value: float, digits: int) -> str:
    """Return "+0.08", "−0.08", or "0" for what is nothing at these digits."""
    return f"{value:+.{digits}f}".replace("-", "−") if round(abs(value), digits) > 0 else "0"


def points(share: float) -> str:
    """Return a difference of shares of worlds: "+12 points", which are of a hundred."""
    return f"{signed(100 * share, 0)} points"


def level(kind: Kind, value: float) -> str:
    """Return a level of a measure: "3.99", or "12 %" of worlds."""
    if kind.yes_no:
        return f"{100 * value:.0f} %"
    return f"{value:.2f}".replace("-", "−")


# ---------------------------------------------------------------- titles: what was found


def effect_titles(change: Change, of: str) -> list[str]:
    """Return forms of what one scenario does, from the longest to the shortest.

    Parameters
    ----------
    of : what is measured, of whom: "alignment of France and Japan"
    """
    name, by = f"“{change.title}”", end_of(change.quarters[-1])
    last, number = change.values[:, -1], change.text
    if not last.any():
        return [f"{name} changes nothing: {of} is the same in every world", f"{name}: no change in {of}"]
    if len(last) == 1:
        return [f"{name}: {of} {number} in one world, which says nothing of others"]
    if (few := few_differ(last)) is not None:
        return [f"{name} changes {of} {few.partition(' (')[0]} by {by}"]
    if not change.sure:
        return [f"{name} brings no clear change in {of}: {number} by {by}", f"{name}: no clear change, {number}"]
    if abs(change.mean) < change.step:
        return [
            f"{name} changes {of} too little to notice: {number} by {by}",
            f"{name}: too little to notice, {number}",
        ]
    verb = "raises" if change.mean > 0 else "lowers"
    little = " a little" if is_little(change.mean, change.step) else ""
    return [f"{name} {verb} {of}{little}: {number} by {by}", f"{name} {verb} {of}{little}: {number}"]


def furthest(changes: Sequence[Change]) -> Change:
    """Return the largest change."""
    return max(changes, key=lambda change: abs(change.mean))


def most_apart(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of which the title of several tells: the largest, and the largest surely the other way."""
    most = furthest(changes)
    least = min(changes, key=lambda change: change.mean * np.sign(most.mean))
    return [most, least] if least.mean * most.mean < 0 and least.sure else [most]


def most_titles(changes: Sequence[Change], of: str) -> list[str]:
    """Return forms of which of several scenarios does most, from the longest to the shortest."""
    if len(changes) == 1:
        return effect_titles(changes[0], of)
    most, *others = most_apart(changes)
    by = end_of(most.quarters[-1])
    if not any(change.sure and abs(change.mean) >= change.step for change in changes):
        return [f"None of {len(changes)} policies changes {of} enough to notice by {by}"]
    other = "".join(f"; “{each.title}” {each.text}" for each in others)
    head = f"“{most.title}” changes {of} most: {most.text}"
    return [f"{head} by {by}{other}", f"{head}{other}", head]


def level_titles(study: Study, measure: str, entity: str, scenario: str, of: str) -> list[str]:
    """Return forms of how a measure moves in one scenario."""
    kind, by = study.measure(measure), end_of(study.quarters(scenario)[-1])
    values = study.values(measure, entity, scenario)
    ends = [float(middle(kind, values[:, at])) for at in (0, -1)]
    first, last = (level(kind, each) for each in ends)
    of = words.sentence_case(of)
    if first == last:
        return [f"{of} stays at {last} until {by}", f"{of}: {last}"]
    verb = "rises" if ends[1] > ends[0] else "falls"
    return [f"{of} {verb} from {first} to {last} by {by}", f"{of}: from {first} to {last}"]


def middle(kind: Kind, values: Array) -> Array:
    """Return the median over worlds; the mean of what is so or not so, and of counts, of which it tells more."""
    return np.asarray(values.mean(axis=0) if counted(kind) else np.median(values, axis=0))


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


def interval_words(change: Change) -> str:
    """Return the interval of the mean and the share of worlds: "95 % interval +0.06 to +0.10; higher in 93 % ..."."""
    last = change.values[:, -1]
    if not last.any() or len(last) == 1:
        return ""
    if few_differ(last) is not None:
        return f"Differs {few_differ(last)}."
    word = "higher" if change.mean > 0 else "lower"
    low, high = change.told(change.low), change.told(change.high)
    return f"95 % interval of the mean {low} to {high}; {word} in {100 * change.alike:.0f} % of worlds."


def peak_words(change: Change) -> str:
    """Return when scenarios are furthest apart, where that is clearly more than in the last quarter; "" elsewhere."""
    means = change.values.mean(axis=0)
    at, last = change.peak, float(means[-1])
    if abs(means[at]) - (abs(last) if means[at] * last > 0 else 0.0) < max(change.step / 2, 1e-12):
        return ""
    return f"Furthest from the baseline at {end_of(change.quarters[at])}: {change.told(float(means[at]))}."


def unit_words(kind: Kind) -> str:
    """Return a unit as a subtitle says it: "in spreads over dyads (1 is the spread between pairs at the start)"."""
    return "share of worlds" if kind.yes_no else unit_text(kind.unit)


def unit_text(unit: str) -> str:
    """Return a unit of what is no share of worlds, as a subtitle says it."""
    if said := unit_in_words(unit):
        return f"in {unit} ({said.rpartition(', ')[2] if target().sheet.fixed else said})"
    return f"on a scale from {unit}".replace("-1", "−1") if extent_of(unit) else unit


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
    gone = [words.sentence_case(each) for each in words.without(study)]
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
