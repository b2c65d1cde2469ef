"""What a score says in words and in the tables of a terminal, what was lost first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cordiale.analysis.scoring import Interval
from cordiale.analysis.sealed import MODEL
from cordiale.study.intervals import FEW_UNITS
from cordiale.study.result import Row

if TYPE_CHECKING:
    from cordiale.analysis.score import Numbers, Score, Scored

NAMED = 3  # questions that are named of those missed
FAR = 0.5  # distance of a chance from the answer, from which a question counts as missed


def number(value: float, digits: int = 2) -> str:
    """Return a number as sentences have it."""
    if math.isnan(value):
        return "not defined"
    text = f"{value:.{digits}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def counted(count: int) -> str:
    """Return a number of questions in words."""
    return f"{count} question{'' if count == 1 else 's'}"


def with_interval(found: Interval) -> str:
    """Return a number with its interval, where it has one."""
    if math.isnan(found.low):
        return number(found.value)
    return f"{number(found.value)} ({number(found.low)} to {number(found.high)})"


def sentences(score: Score) -> list[str]:
    """Return the scores in sentences, what was lost first."""
    found = score.numbers
    told = [_share(score)]
    if not found.count:
        return [*told, "No question that is read exactly or closely has an answer yet: there is no score."]
    return [
        *told,
        _skill(found),
        *_lost(score),
        _beside(score),
        _parts(found),
        _power(found),
        *_rough(score),
        *score.forecast.about.notes,
    ]


def _share(score: Score) -> str:
    every, readable = len(score.forecast.foretold), len(score.forecast.readable)
    return (
        f"The model reads {readable} of {every} questions ({readable / every:.0%}); {len(score.scored)} of them have "
        f"an answer, {len(score.headline)} of these are read exactly or closely, and are scored."
    )


def _skill(found: Numbers) -> str:
    low, high = found.skill.low, found.skill.high
    against = "no interval, since there are too few clusters"
    if not math.isnan(low):
        against = "loses to it" if high < 0 else "beats it" if low > 0 else "no clear difference from it"
    clusters = len({*found.clusters.tolist()})
    few = ", which is few for an interval" if 1 < clusters < FEW_UNITS else ""
    return (
        f"Skill over the base rate: {with_interval(found.skill)}, 95 % interval over {clusters} clusters{few}: "
        f"{against}. Brier score {number(found.brier, 3)}, log score {number(found.log)}, AUC {number(found.auc)}; "
        f"{int(found.came.sum())} of {found.count} came true, {found.chance.sum():.1f} were expected."
    )


def _lost(score: Score) -> list[str]:
    missed = missed_first(score.headline)
    if not missed:
        return []
    named = "; ".join(f"{each.foretold.id} ({each.chance.share:.0%}, {_word(each)})" for each in missed[:NAMED])
    were = "was" if len(missed) == 1 else "were"
    return [f"{counted(len(missed))} {were} missed, the chance on the wrong side of a half; the worst: {named}."]


def missed_first(some: Sequence[Scored]) -> list[Scored]:
    """Return the questions whose chance lies on the wrong side of a half, the worst first."""
    missed = [each for each in some if abs(each.chance.share - each.came) > FAR]
    return sorted(missed, key=lambda each: -abs(each.chance.share - each.came))


def _word(each: Scored) -> str:
    return "it came" if each.came else "it did not come"


def _beside(score: Score) -> str:
    """Return which yardsticks the model loses to and beats, those whose interval holds no difference apart."""
    rows = sorted(score.beside()[1:], key=lambda row: -row["model_less"])
    lost = [_against(row) for row in rows if row["less_low"] > 0]
    won = [_against(row) for row in rows if row["less_high"] < 0]
    same = [_against(row) for row in rows if not (row["less_low"] > 0 or row["less_high"] < 0)]
    unclear = f"there is no clear difference from {', '.join(same)}; " if same else ""
    return (
        f"The model is clearly worse than {', '.join(lost) or 'no yardstick'}; {unclear}"
        f"it is clearly better than {', '.join(won) or 'none'}."
    )


def _against(row: Row) -> str:
    """Return a yardstick with the Brier scores of both on what it reads."""
    return (
        f"{row['forecaster']} ({number(row['brier'], 3)} against {number(row['model_brier'], 3)} on {row['questions']})"
    )


def _parts(found: Numbers) -> str:
    told = found.parts
    return (
        f"Of the Brier score {number(told.uncertainty, 3)} is in the questions, {number(told.reliability, 3)} is "
        f"lost by chances that are off, and {number(told.resolution, 3)} is won by telling questions apart."
    )


def _power(found: Numbers) -> str:
    if math.isnan(found.skill.error):
        return "With one cluster of questions nothing can be told of chance."
    clusters = len({*found.clusters.tolist()})
    least = number(found.skill.found)
    return f"With {clusters} clusters a true skill below {least} would be missed more than once in five times."


def _rough(score: Score) -> list[str]:
    rough = [each for each in score.scored if not each.foretold.headline]
    if not rough:
        return []
    found = score.of(rough)
    return [
        f"The {found.count} rough readings stand apart: skill {with_interval(found.skill)}, "
        f"Brier score {number(found.brier, 3)}."
    ]


def tables_of(score: Score) -> list[tuple[str, list[Row]]]:
    """Return the tables of a terminal: the model beside yardsticks, blocks, readings."""
    if not score.numbers.count:
        return []
    beside = [
        {"forecaster": row["forecaster"], "questions": row["questions"], "Brier": number(row["brier"], 3),
         "skill": number(row["skill"]), "log": number(row["log"]), "AUC": number(row["auc"]),
         "Brier, model less this": _less(row)}
        for row in score.beside()
    ]  # fmt: skip
    blocks = [_group("block", name, each) for name, each in score.by("block").items()]
    clusters = [_group("cluster", name, each) for name, each in score.by("cluster").items()]
    readings = [_group("reading", name, each) for name, each in score.by("reading", score.scored).items()]
    return [
        ("Beside yardsticks, each on the questions that it reads", beside), ("By block", blocks),
        ("By cluster", clusters if len(clusters) <= 20 else []), ("By reading", readings),
    ]  # fmt: skip


def _less(row: Row) -> str:
    """Return by how much the model's Brier score is above a yardstick's, with its interval; nothing of the model."""
    if row["forecaster"] == MODEL:
        return ""
    return f"{number(row['model_less'], 3)} ({number(row['less_low'], 3)} to {number(row['less_high'], 3)})"


def _group(what: str, name: str, found: Numbers) -> Row:
    return {
        what: name, "questions": found.count, "came": int(found.came.sum()), "expected": f"{found.chance.sum():.1f}",
        "Brier": number(found.brier, 3), "skill": number(found.skill.value), "AUC": number(found.auc),
    }  # fmt: skip
