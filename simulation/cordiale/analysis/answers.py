"""Answers to a pack's questions: what each scenario gains and costs, made once and kept beside the scenarios.

They are read by the page and the class before anything is run, so reading them loads no model. A hash of all files that
a number of theirs comes from says whether they are still those of the pack.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Literal

import pydantic

import cordiale.models
from cordiale.case.load import beside_scenarios, pack_folder, scenario_folders
from cordiale.files.atomic_write import hash_of_all, write_text
from cordiale.files.file_list import hash_of
from cordiale.study.estimate import Estimate

FILE = "answers.json"
FORECAST = "questions.yaml"  # of `cordiale forecast`, beside the scenarios


class _Record(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Course(_Record):
    """A difference by quarter: its mean over worlds, and the ends of 90 and 50 % of worlds."""

    mean: list[float]
    p05: list[float]
    p25: list[float]
    p75: list[float]
    p95: list[float]


class Kept(_Record):
    """An estimate as it is kept: see `Estimate`."""

    mean: float
    low: float
    high: float
    higher: float
    same: float
    lower: float
    unit: str
    good: Literal["more", "less", ""]
    worlds: int

    @cached_property
    def estimate(self) -> Estimate:
        """What tells it."""
        return Estimate(self.mean, self.low, self.high, self.higher, self.same, self.lower, self.unit, self.good,
                        self.worlds)  # fmt: skip


class Moved(Kept):
    """How a measure differs between two scenarios.

    Attributes
    ----------
    label : "Alignment of France and Japan"
    when : "2025Q4", or the first and last quarter of a mean
    before, after : its mean without the policy, and with it
    """

    measure: str
    label: str
    when: str
    before: float
    after: float

    @property
    def kept(self) -> Kept:
        """The estimate alone."""
        return Kept(**{name: getattr(self, name) for name in Kept.model_fields})


class Part(_Record):
    """A part of the headline, and by how much it moves it."""

    label: str
    moves: float


class Way(_Record):
    """A scenario by some gain and some cost.

    Attributes
    ----------
    against : name of what it is read against
    held : whether states hold all levers that it moves, so that it is theirs to choose and no event
    """

    scenario: str
    title: str
    against: str
    held: bool
    gain: Kept
    cost: Kept | None


class Answer(_Record):
    """What a question is answered.

    Attributes
    ----------
    first : whether it stands on the first screen
    against, other : name and title of what it is read against
    says, locator : what the scenario's file says of the article
    begins : the first quarter of the policy; None where it holds from the start
    parts : of the headline of the focus; they sum to `whole`
    whole : by how much the headline of the focus moves
    by : which gain and cost it is read by, a key of `Answers.ways`
    change : levers that are offered first
    """

    name: str
    first: bool
    ask: str
    scenario: str
    title: str
    against: str
    other: str
    says: str
    locator: str
    begins: str | None
    gain: Moved
    course: Course
    cost: Moved | None
    parts: list[Part]
    whole: Moved
    by: str
    change: list[str]


class Answers(_Record):
    """All answers of a pack.

    Attributes
    ----------
    key : a hash of the files that they come from
    ways : every scenario by each gain and cost that is asked about, the best gain first
    numbers, assumed : how many numbers the pack has, and how many of them are assumptions
    """

    format: Literal[2] = 2
    cordiale: str
    pack: str
    key: str
    title: str
    article: str
    pair: str
    unit: str
    worlds: int
    seed: int
    quarters: list[str]
    numbers: int
    assumed: int
    limits: list[str]
    answers: list[Answer]
    ways: dict[str, list[Way]]

    @property
    def first(self) -> list[Answer]:
        """Those of the first screen; all where the pack has no file of questions."""
        return [each for each in self.answers if each.first] or self.answers[:8]

    @property
    def kinds(self) -> list[Answer]:
        """One answer of each gain and cost that is asked about."""
        return list({each.by: each for each in reversed(self.answers)}.values())[::-1]

    def of(self, name: str) -> Answer | None:
        """Return the answer of a name, of a question or else of a scenario; None where there is none."""
        found = [each for each in self.answers if each.name == name]
        return next(iter(found or [each for each in self.answers if each.scenario == name]), None)

    def cheaper(self, answer: Answer) -> list[Way]:
        """Return the ways that gain no less than an answer, as far as one would notice, and noticeably cost less.

        They are read against the same as the answer, and states can choose them. None where nothing is gained.
        """
        cost, gain = answer.cost, answer.gain.estimate
        if cost is None or not (gain.noticeable and gain.better > 0):
            return []
        enough, paid = gain.better - gain.step / 2, -cost.estimate.better
        return [
            way for way in self.ways.get(answer.by, [])
            if way.scenario != answer.scenario and way.against == answer.against and way.held
            and way.cost is not None and way.gain.estimate.noticeable
            and way.gain.estimate.better >= enough and -way.cost.estimate.better < paid - cost.estimate.step / 2
        ]  # fmt: skip


# ---------------------------------------------------------------- kept


def key_of_files(pack: str | Path) -> str:
    """Return a hash of a pack's files, its scenarios, its questions and the model's weights: no model is loaded.

    Questions of a forecast move nothing here, and their answers are filled in later.
    """
    files = sorted(pack_folder(pack).glob("*.yaml"))
    nearest: dict[str, Path] = {}  # a file hides another of its name, such as that of the installed pack
    for folder in scenario_folders(pack):
        for path in folder.glob("*.yaml"):
            nearest.setdefault(path.name, path)
    files += [path for name, path in sorted(nearest.items()) if name != FORECAST]
    files = [path for path in files if path.is_file()]
    files += sorted(Path(cordiale.models.__path__[0]).glob("*/weights.yaml"))
    return hash_of_all([f"{path.name} {hash_of(path)}" for path in files])


def kept_answers(pack: str | Path, more: Iterable[Path] = ()) -> Answers | None:
    """Return the answers that lie beside a pack's scenarios, or in one of more files; None where none fit."""
    beside = beside_scenarios(pack, FILE)
    key = key_of_files(pack)
    for path in [*([beside] if beside else []), *more]:
        try:
            found = Answers.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue  # of another version, or no such file: they are made again
        if found.key == key:
            return found
    return None


def keep(answers: Answers, path: Path) -> Path:
    """Write answers into a file, in place of those that lie there, and return it.

    Raises
    ------
    StudyError where something else lies there, or the file cannot be written
    """
    return write_text(path, answers.model_dump_json() + "\n", replace=True, known=_is_ours(path))


def _is_ours(path: Path) -> bool:
    """Return whether a file holds answers, of whatever version."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and {"key", "answers", "ways"} <= set(found)
