"""Score a sealed forecast against what came, beside simple rules that gave chances to the same questions.

The headline is scored on questions whose reading is exact or close. Scoring reads the forecast and the answers, and
runs no model: no number of the model can be moved by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.forecast import Progress, forecast_of, order_of
from cordiale.analysis.hazards import auc, log_loss
from cordiale.analysis.outcomes import Outcome, check_answered, outcomes_of
from cordiale.analysis.scoring import (
    Interval,
    Parts,
    base_rates,
    brier,
    gap_interval,
    parts,
    skill_interval,
)
from cordiale.analysis.sealed import MODEL, Chance, Forecast, Foretold, is_forecast, read_forecast
from cordiale.files.errors import OptionError
from cordiale.models.random import Array
from cordiale.models.sums import Flags
from cordiale.scenario.settings import Scenario
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

NEVER, BASE, POOL = "always no", "base rate", "half model, half base rate"


@dataclass(frozen=True)
class Scored:
    """A question with its chances and its answer."""

    foretold: Foretold
    came: bool

    @property
    def chance(self) -> Chance:
        """The model's."""
        return self.foretold.chances[MODEL]


@dataclass(frozen=True)
class Numbers:
    """The scores of one forecaster on some questions.

    Attributes
    ----------
    name : of the forecaster
    chance, for_log, base : (N,) its chances, the same for a log score, and the base rate's
    came : (N,);  clusters : (N,) names
    """

    name: str
    chance: Array
    for_log: Array
    base: Array
    came: Flags
    clusters: np.ndarray

    @property
    def count(self) -> int:
        """Number of questions."""
        return len(self.came)

    @property
    def brier(self) -> float:
        """The mean squared distance."""
        return brier(self.chance, self.came)

    @cached_property
    def skill(self) -> Interval:
        """The share of the base rate's Brier score that is saved."""
        return skill_interval((self.chance - self.came) ** 2, (self.base - self.came) ** 2, self.clusters)

    @property
    def log(self) -> float:
        """The mean of -log of the chance of what came, in nats; less is better."""
        return log_loss(self.for_log, self.came) if self.count else math.nan

    @property
    def auc(self) -> float:
        """How often what came had the larger chance of two."""
        return auc(self.chance, self.came)

    @property
    def parts(self) -> Parts:
        """The parts of the Brier score."""
        return parts(self.chance, self.came)

    def gap(self, other: Array) -> Interval:
        """Return by how much its Brier score is above that of other chances, with its interval over clusters."""
        return gap_interval((self.chance - self.came) ** 2, (other - self.came) ** 2, self.clusters)

    @property
    def short(self) -> Row:
        """What a program reads of a group of questions."""
        return {
            "questions": self.count,
            "brier": self.brier,
            "skill": self.skill.value,
            "log": self.log,
            "auc": self.auc,
        }


@dataclass(frozen=True, repr=False)
class Score(Result):
    """A forecast against what came.

    Attributes
    ----------
    scored : the readable questions that have an answer
    """

    kind = "score"
    forecast: Forecast
    scored: Sequence[Scored]

    # ------------------------------------------------------------ groups of questions

    @cached_property
    def headline(self) -> list[Scored]:
        """The questions whose reading is exact or close."""
        return [each for each in self.scored if each.foretold.headline]

    @cached_property
    def numbers(self) -> Numbers:
        """The scores of the model on the headline's questions."""
        return self.of(self.headline)

    def of(self, some: Sequence[Scored], forecaster: str = MODEL) -> Numbers:
        """Return the scores of a forecaster on some questions, those that it reads."""
        known = [each for each in some if forecaster in self._chances(each)]
        chances = [self._chances(each)[forecaster] for each in known]
        return Numbers(
            forecaster, np.array([each.share for each in chances]), np.array([each.for_log for each in chances]),
            np.array([self._base[each.foretold.id] for each in known]),
            np.array([each.came for each in known], dtype=np.bool_),
            np.array([each.foretold.cluster for each in known]),
        )  # fmt: skip

    @cached_property
    def _base(self) -> dict[str, float]:
        """The base rate for each question: the share of yes in all other clusters."""
        found: dict[str, float] = {}
        for group in (self.headline, [each for each in self.scored if not each.foretold.headline]):
            came = np.array([each.came for each in group], dtype=np.bool_)
            clusters = np.array([each.foretold.cluster for each in group])
            if group:
                found |= dict(
                    zip((each.foretold.id for each in group), base_rates(came, clusters).tolist(), strict=True)
                )
        return found

    def _chances(self, each: Scored) -> Mapping[str, Chance]:
        """Return the chances of all forecasters, with those that need the answers of other clusters."""
        base = self._base[each.foretold.id]
        half = Chance((each.chance.share + base) / 2, each.chance.worlds)
        worlds = self.forecast.about.worlds  # of a rule that has none: no chance is 0 or 1 in a log score
        rules = {NEVER: Chance(0.0, worlds), BASE: Chance(base, worlds), POOL: half}
        return {**each.foretold.chances, **rules}

    @property
    def yardsticks(self) -> list[str]:
        """All that stand beside the model."""
        own = [name for name in self.forecast.forecasters if name != MODEL]
        return [NEVER, BASE, *own, POOL]

    def by(self, what: str, some: Sequence[Scored] | None = None) -> dict[str, Numbers]:
        """Return the model's scores by "block", "cluster" or "reading", of the headline where none are given."""
        groups: dict[str, list[Scored]] = {}
        for each in self.headline if some is None else some:
            groups.setdefault(getattr(each.foretold, what), []).append(each)
        return {name: self.of(group) for name, group in groups.items()}

    # ------------------------------------------------------------ what it says

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Return a row a question, a row a yardstick, and a row a group of questions."""
        import pandas as pd

        questions = [
            {"id": each.foretold.id, "question": each.foretold.asks, "block": each.foretold.block,
             "cluster": each.foretold.cluster, "reading": each.foretold.reading, "answer": "yes" if each.came else "no",
             **{name: chance.share for name, chance in self._chances(each).items()}}
            for each in self.scored
        ]  # fmt: skip
        groups = [
            {"by": what, "group": name} | numbers.short
            for what in ("block", "cluster", "reading")
            for name, numbers in self.by(what, self.scored if what == "reading" else None).items()
        ]
        return {
            "score": pd.DataFrame(questions),
            "yardsticks": pd.DataFrame(self.beside()),
            "groups": pd.DataFrame(groups),
        }

    def beside(self) -> list[Row]:
        """Return a row the model and each yardstick, each on the questions that it reads."""
        rows = []
        for name in [MODEL, *self.yardsticks]:
            found = self.of(self.headline, name)
            own = self._on_same(name)
            gap = own.gap(found.chance)
            told = found.parts
            rows.append({
                "forecaster": name, "questions": found.count, "brier": found.brier, "skill": found.skill.value,
                "skill_low": found.skill.low, "skill_high": found.skill.high, "log": found.log, "auc": found.auc,
                "reliability": told.reliability, "resolution": told.resolution, "uncertainty": told.uncertainty,
                "model_brier": own.brier, "model_less": gap.value, "less_low": gap.low, "less_high": gap.high,
            })  # fmt: skip
        return rows

    def _on_same(self, name: str) -> Numbers:
        """Return the model's scores on the headline's questions that a forecaster reads."""
        return self.of([each for each in self.headline if name in self._chances(each)])

    def sentences(self) -> list[str]:
        """Return the scores in sentences, what was lost first."""
        from cordiale.analysis.score_words import sentences

        return sentences(self)

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"about": self.forecast.about.model_dump(mode="json", exclude_none=True), "sentences": self.sentences()}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        found = self.numbers
        return {
            "questions": len(self.forecast.foretold), "readable": len(self.forecast.readable), "brier": found.brier,
            "skill": found.skill.value, "interval": [found.skill.low, found.skill.high], "log": found.log,
            "auc": found.auc,
            "by_block": {name: each.short for name, each in self.by("block").items()},
            "by_reading": {name: each.short for name, each in self.by("reading", self.scored).items()},
            "probabilities": {each.id: each.chances[MODEL].share for each in self.forecast.readable},
        }  # fmt: skip

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return the yardsticks, the blocks and the readings for a terminal."""
        from cordiale.analysis.score_words import tables_of

        return tables_of(self)


def score(
    forecast_or_scenario: Forecast | str | Path | Scenario, questions: str | Path | None = None, *,
    answers: str | Path | None = None, worlds: int | None = None, seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (), pack: str | Path | None = None, model: str | None = None,
    out: str | Path | None = None, replace: bool = False, jobs: int | None = None, allow: Sequence[str] = (),
    progress: Progress | None = None,
) -> Score:  # fmt: skip
    """Return the score of a sealed forecast, or of a scenario that is forecast now.

    Parameters
    ----------
    forecast_or_scenario : a forecast, or its file; else a scenario as `cordiale.forecast` takes it
    questions : the same questions with their answers; of a panel a csv of agreements as in a pack's record, or None for
        that of its own pack
    answers : csv with the columns id and answer, for questions whose file has no answers
    worlds, seed, set, pack, model : of a scenario that is forecast now
    out : folder in which tables and charts are kept; none where None

    Raises
    ------
    FileError for a forecast that was altered, and for questions that were altered since it was sealed; OptionError
    """
    given = {"worlds": worlds, "seed": seed, "set": set or None, "model": model}
    if isinstance(forecast_or_scenario, Forecast):
        foretold = forecast_or_scenario
    elif isinstance(forecast_or_scenario, Path | str) and is_forecast(Path(forecast_or_scenario)):
        if named := [name for name, value in given.items() if value is not None]:
            raise OptionError(f"--{named[0]}: the forecast is sealed, so leave it out; it is for a scenario")
        foretold = read_forecast(Path(forecast_or_scenario))
    else:
        if questions is None:
            raise OptionError("name the file of questions after the scenario")
        check_answered(questions, answers, pack)
        order = order_of(
            questions, forecast_or_scenario, worlds=worlds, seed=seed, set=set, pack=pack, model=model, allow=allow
        )
        foretold = forecast_of(order, jobs=jobs, progress=progress, live=True)
    found = scored(foretold, outcomes_of(foretold, questions, answers, pack))
    if out is not None:
        found.save(out, replace)
    return found


def scored(foretold: Forecast, outcomes: Mapping[str, Outcome]) -> Score:
    """Return the score of a forecast by what came: id -> outcome."""
    return Score(foretold, [Scored(each, outcomes[each.id].came) for each in foretold.readable if each.id in outcomes])
