"""Making the answers to a pack's questions: all scenarios on the same worlds, read by each question's gain and cost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cordiale.analysis.answers import Answer, Answers, Course, Kept, Moved, Part, Way, key_of_files
from cordiale.case.quarters import to_text
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import Measured, Sampler
from cordiale.models.random import Array
from cordiale.scenario.costs import LoadedCost
from cordiale.scenario.first_questions import Asked, load_questions
from cordiale.scenario.load import Scenario
from cordiale.scenario.overrides import with_options
from cordiale.study.attribution import moved_by
from cordiale.study.estimate import Estimate
from cordiale.study.in_memory import InMemory, study_of
from cordiale.study.labels import entity_name, short_citation, subject

WORLDS = 500
BLOCK = 50  # worlds of a task: the progress moves ten times
QUANTILES = {"p05": 0.05, "p25": 0.25, "p75": 0.75, "p95": 0.95}
DIGITS = 6  # figures that are kept of a number
Progress = Callable[[int, int], None]


def answers_of(
    pack: str | Path, worlds: int = WORLDS, *, limits: Sequence[str] = (), jobs: int | None = None,
    allow: Collection[str] = (), progress: Progress | None = None, run: Ordered = ordered,
) -> Answers:  # fmt: skip
    """Return the answers to a pack's questions.

    Parameters
    ----------
    worlds : that every scenario is run in
    limits : what the model cannot tell, in sentences
    progress : called with (worlds done, worlds in all)

    Raises
    ------
    FileError, OptionError of a pack with a fault, or with nothing to compare
    """
    key = key_of_files(pack)  # before the files are read
    asked = load_questions(pack, allow)
    every = {each.name: each for one in asked for each in (one.against, one.scenario)}
    scenarios = [with_options(each, worlds=worlds, seed=asked[0].against.seed) for each in every.values()]
    texts = texts_of(asked)
    study = study_of(scenarios, texts, _values(scenarios, texts, worlds, jobs, progress, run))
    made = Made(study, asked, {each.name: each for each in scenarios})
    first, numbers = scenarios[0], scenarios[0].numbers.values()
    case, headline = first.loaded.pack.case, first.family.measure(first.family.headline)
    return Answers(
        cordiale=version("cordiale"), pack=first.loaded.pack.name, key=key, title=case.title,
        article=short_citation(case.article.citation),
        pair=entity_name(study, first.names.dyad(case.focus), " and "),  # in the order in which measures name it
        unit=headline.unit, worlds=worlds, seed=first.seed, quarters=study.quarters(), numbers=len(numbers),
        assumed=sum(number.coded.basis == "not in the article" for number in numbers), limits=list(limits),
        answers=[made.answer(each) for each in asked], ways=made.ways(),
    )  # fmt: skip


def texts_of(asked: Sequence[Asked], dyad: str = "") -> list[str]:
    """Return all measures that are read: of a dyad's headline, the focus' where empty, of gains and of costs."""
    first = asked[0].against
    of = first.names.dyad(dyad or first.loaded.pack.case.focus)
    found = [f"{name}:{of}" for name in (first.family.headline, *first.family.parts)]
    for each in asked:
        found += [f"{each.gain.name}:{each.gain.entities[0]}", *(each.cost.requests if each.cost else ())]
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- runs


@dataclass(frozen=True)
class _Shared:
    scenarios: Sequence[Scenario]
    texts: Sequence[str]

    @cached_property
    def sampler(self) -> Sampler:
        return Sampler(self.scenarios, self.texts)


def _block(shared: _Shared, block: tuple[int, int]) -> list[Measured]:
    return shared.sampler.worlds(*block)


def _values(
    scenarios: Sequence[Scenario], texts: Sequence[str], worlds: int, jobs: int | None, progress: Progress | None,
    run: Ordered,
) -> list[Measured]:  # fmt: skip
    """Return by scenario measure -> (worlds, quarters, 1)."""
    blocks = [(at, min(BLOCK, worlds - at)) for at in range(0, worlds, BLOCK)]
    size = worlds * len(scenarios) * scenarios[0].quarters
    parts: list[list[Measured]] = []
    for found in run(_block, _Shared(scenarios, texts), blocks, jobs, size):
        parts.append(found)
        if progress is not None:
            progress(sum(count for _, count in blocks[: len(parts)]), worlds)
    return [
        {text: np.concatenate([part[at][text] for part in parts]) for text in texts} for at in range(len(scenarios))
    ]


# ---------------------------------------------------------------- readings


@dataclass(frozen=True)
class Made:
    """A study of all scenarios, from which answers are read.

    Attributes
    ----------
    dyad : whose headline is told by its parts; the case's focus where empty
    """

    study: InMemory
    asked: Sequence[Asked]
    scenarios: dict[str, Scenario]
    dyad: str = ""

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a question."""
        study, said, name, other = self.study, asked.said, asked.scenario.name, asked.against.name
        focus = self.dyad or str(study.manifest["focus"])
        parts = moved_by(study, name, focus, other)
        basis = asked.scenario.file.basis
        return Answer(
            name=asked.name, first=asked.first, ask=said.ask, scenario=name, title=asked.scenario.title, against=other,
            other=asked.against.title, says=basis.says if basis else "", locator=basis.locator if basis else "",
            begins=self._begins(name, other), gain=self._gain(asked, name, other),
            course=self._course(asked, name, other), cost=self._cost(asked, name, other),
            parts=[Part(label=study.measure(part).meaning, moves=_kept(by)) for part, by in parts.items()],
            whole=self._moved(study.headline, focus, "", -1, name, other), by=_by(asked),
            change=list(said.change) or list(asked.scenario.moved)[:2],
        )  # fmt: skip

    def ways(self) -> dict[str, list[Way]]:
        """Return every scenario by each gain and cost that is asked about, the best gain first."""
        return {by: self._ways(asked) for by, asked in {_by(each): each for each in self.asked}.items()}

    def _ways(self, asked: Asked) -> list[Way]:
        pairs = {each.scenario.name: each.against.name for each in self.asked}
        found = []
        for name, other in pairs.items():
            gain, cost = self._gain(asked, name, other), self._cost(asked, name, other)
            scenario = self.scenarios[name]
            found.append(Way(scenario=name, title=scenario.title, against=other, held=_held(scenario),
                             gain=gain.kept,
                             cost=None if cost is None else cost.kept))  # fmt: skip
        return sorted(found, key=lambda way: -way.gain.mean if asked.said.want == "more" else way.gain.mean)

    def _gain(self, asked: Asked, name: str, other: str) -> Moved:
        at = asked.quarter - asked.scenario.start
        good = asked.gain.measure.good or ("less" if asked.said.want == "less" else "")
        found = self._moved(asked.gain.name, asked.gain.entities[0], good, at, name, other)
        return found.model_copy(update={"label": asked.said.label}) if asked.said.label else found

    def _cost(self, asked: Asked, name: str, other: str) -> Moved | None:
        """Return what is paid: a mean over the quarters after the first, up to that in which the gain is read."""
        cost = asked.cost
        if cost is None:
            return None
        last = asked.quarter - asked.scenario.start
        sides = [self._mean(cost, each, last) for each in (name, other)]
        quarters = self.study.quarters(name)
        return _moved(sides[0], sides[1], measure=cost.name, label=cost.said.label, unit=cost.unit, good=cost.good,
                      when=f"{quarters[1]} to {quarters[last]}")  # fmt: skip

    def _mean(self, cost: LoadedCost, scenario: str, last: int) -> Array:
        texts = [text.partition(":")[::2] for text in cost.requests]
        found = [self.study.values(name, entity, scenario)[:, 1 : last + 1].mean(axis=1) for name, entity in texts]
        return np.asarray(np.mean(found, axis=0))

    def _moved(self, measure: str, entity: str, good: str, at: int, name: str, other: str) -> Moved:
        study, kind = self.study, self.study.measure(measure)
        sides = [study.values(measure, entity, each)[:, at] for each in (name, other)]
        return _moved(sides[0], sides[1], measure=f"{measure}:{entity}", label=subject(study, measure, entity),
                      unit=kind.unit, good=good, when=study.quarters(name)[at])  # fmt: skip

    def _course(self, asked: Asked, name: str, other: str) -> Course:
        """Return the difference by quarter."""
        measure, entity = asked.gain.name, asked.gain.entities[0]
        return course_of(self.study.values(measure, entity, name) - self.study.values(measure, entity, other))

    def _begins(self, name: str, other: str) -> str | None:
        """Return the first quarter of what a scenario does and the other does not."""
        shared = self.study.about(other)["events"]
        own = [str(each["quarter"]) for each in self.study.about(name)["events"] if each not in shared]
        return min(own, default=None)


def course_of(values: Array) -> Course:
    """Return the course of what worlds do, (worlds, quarters)."""
    ends = {key: _list(np.quantile(values, share, axis=0)) for key, share in QUANTILES.items()}
    return Course(mean=_list(values.mean(axis=0)), **ends)


def kept_of(found: Estimate) -> Kept:
    """Return an estimate as it is kept."""
    ends = {name: _kept(getattr(found, name)) for name in ("mean", "low", "high", "higher", "same", "lower")}
    return Kept.model_validate(ends | {"unit": found.unit, "good": found.good, "worlds": found.worlds})


def _moved(here: Array, there: Array, *, unit: str, good: str, **about: str) -> Moved:
    found = kept_of(Estimate.of(here - there, unit, good))
    return Moved.model_validate(
        about | found.model_dump() | {"before": _kept(there.mean()), "after": _kept(here.mean())}
    )  # fmt: skip


def _by(asked: Asked) -> str:
    """Return which gain and cost a question is read by."""
    cost = asked.cost
    payer = "" if cost is None else f" for {cost.said.label}"
    return f"{asked.said.want} {asked.gain.name}:{asked.gain.entities[0]} in {to_text(asked.quarter)}{payer}"


def _held(scenario: Scenario) -> bool:
    """Whether states hold all levers that a scenario moves."""
    known = scenario.known_levers
    return all(name in known and bool(known[name].held_by) for name in scenario.moved)


def _kept(value: float) -> float:
    return float(f"{float(value):.{DIGITS}g}")


def _list(values: Array) -> list[float]:
    return [_kept(each) for each in values]
