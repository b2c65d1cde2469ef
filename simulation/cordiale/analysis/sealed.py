"""A forecast that is sealed: chances of dated questions in one file, with the hashes of all that they hang on.

The file holds what a model and its yardsticks gave before anybody had looked at an answer. Its last line is a hash of
all above it, so that a forecast which was altered is refused; and it holds a hash of each question without its answer.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cordiale.case.load import is_file
from cordiale.files.atomic_write import check_files, write_text
from cordiale.files.errors import FileError, OptionError, UserError, shown
from cordiale.files.yaml_file import text_of
from cordiale.scenario.forecast_questions import HEADLINE
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
MODEL = "model"  # the forecaster that is scored; all others are its yardsticks
DIGITS = 6
LIVE = "Forecast and scored at once: nothing was sealed before the answers were there."
MARKED = "made by cordiale; sha256 of the rest"
FEW_WORLDS = 30  # in which a question with `given` is read, from which on its chance is told without a word
MOST_ROWS, FEW_ROWS = 120, 20  # questions that a terminal shows, and of more the likeliest


@dataclass(frozen=True)
class Chance:
    """The chance that a question is answered by yes.

    Attributes
    ----------
    share : of the worlds in which it is read
    worlds : how many those are
    """

    share: float
    worlds: int

    @property
    def for_log(self) -> float:
        """The chance as a log score takes it, never 0 or 1: half a world is added to either side."""
        return (self.share * self.worlds + 0.5) / (self.worlds + 1)


@dataclass(frozen=True)
class Foretold:
    """A question with the chances that forecasters gave it.

    Attributes
    ----------
    reading : exact, close, rough or unreadable;  hash : of the question without its answer
    chances : forecaster -> chance; one that cannot read the question is not among them
    """

    id: str
    asks: str
    block: str
    cluster: str
    reading: str
    hash: str
    chances: Mapping[str, Chance]

    @property
    def headline(self) -> bool:
        """Whether its reading is one that the headline is scored on."""
        return self.reading in HEADLINE


class About(BaseModel):
    """What a forecast was made from.

    Attributes
    ----------
    design : hash of the scenario with all its layers, of the model's weights and of the pack
    pack_files, weights : hashes
    set : what was set of the scenario, as "PATH=VALUE"
    panel : of a panel, the last year that it knows and the last that it foretells; else None
    notes : what a reader should know of what the chances rest on
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sealed: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    cordiale: str
    scenario: str
    model: str
    pack: str
    worlds: int
    seed: int
    design: str
    pack_files: str
    weights: str
    set: tuple[str, ...] = ()
    panel: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    asks: str
    block: str
    cluster: str
    reading: str
    hash: str
    chances: dict[str, tuple[float, int]]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    format: int
    about: About
    questions: str
    lines: list[_Line]
    seal: str


@dataclass(frozen=True, repr=False)
class Forecast(Result):
    """Chances of questions, from the model and from its yardsticks."""

    kind = "forecast"
    about: About
    foretold: Sequence[Foretold]

    @property
    def live(self) -> bool:
        """Whether it was made to be scored at once, so that it was never sealed."""
        return LIVE in self.about.notes

    @property
    def readable(self) -> list[Foretold]:
        """The questions to which the model gives a chance."""
        return [each for each in self.foretold if MODEL in each.chances]

    @property
    def forecasters(self) -> list[str]:
        """Who gives chances, the model first."""
        return list(dict.fromkeys([MODEL, *(name for each in self.foretold for name in each.chances)]))

    @property
    def text(self) -> str:
        """The forecast as its file holds it, sealed: a question a line, so that two are compared line by line."""
        content = self._content()
        parts = {name: _one_line(value) for name, value in content.items()}
        parts["lines"] = "[\n" + ",\n".join(map(_one_line, content["lines"])) + "\n]"
        parts["seal"] = _one_line(seal_of(content))
        return "{\n" + ",\n".join(f'"{name}": {value}' for name, value in parts.items()) + "\n}\n"

    def _content(self) -> Row:
        lines = [
            {
                "id": each.id, "asks": each.asks, "block": each.block, "cluster": each.cluster,
                "reading": each.reading, "hash": each.hash,
                "chances": {name: [round(one.share, DIGITS), one.worlds] for name, one in each.chances.items()},
            }
            for each in self.foretold
        ]  # fmt: skip
        hashes = {each.id: each.hash for each in self.foretold}
        about = self.about.model_dump(mode="json", exclude_none=True)
        return {
            "kind": self.kind,
            "format": FORMAT,
            "about": about,
            "questions": hash_of_questions(hashes),
            "lines": lines,
        }

    def keep(self, path: Path, replace: bool = False) -> Path:
        """Write the sealed forecast into a file and return its path; StudyError where something is in the way."""
        check_place(path, replace)
        return write_text(path, self.text, replace, known=True)

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Return a row a question: the chance that each forecaster gives it."""
        import pandas as pd

        rows = [
            {"id": each.id, "question": each.asks, "block": each.block, "cluster": each.cluster,
             "reading": each.reading}
            | {name: each.chances[name].share if name in each.chances else math.nan for name in self.forecasters}
            for each in self.foretold
        ]  # fmt: skip
        return {"forecast": pd.DataFrame(rows)}

    def sentences(self) -> list[str]:
        """Return how many questions could be read, how many are expected to come true, and the likeliest."""
        readable, about = self.readable, self.about
        share = len(readable) / len(self.foretold)
        head = sum(each.headline for each in readable)
        told = [
            f"The model {about.model} under {about.scenario} reads {len(readable)} of {len(self.foretold)} questions "
            f"({share:.0%}), {head} of them exactly or closely, in {about.worlds:,} worlds."
        ]
        if readable:
            expected = sum(each.chances[MODEL].share for each in readable)
            told.append(f"It expects {expected:.1f} of the {len(readable)} to be answered by yes.")
            likely = sorted(readable, key=lambda each: -each.chances[MODEL].share)[:3]
            told.append(
                "The likeliest: " + "; ".join(f"{each.id} {each.chances[MODEL].share:.0%}" for each in likely) + "."
            )
        few = [each for each in readable if each.chances[MODEL].worlds < FEW_WORLDS <= about.worlds]
        if few:
            named = ", ".join(f"{each.id} ({each.chances[MODEL].worlds})" for each in few)
            told.append(f"Read in fewer than {FEW_WORLDS} worlds, so that the chance is little known: {named}.")
        if never := [each.id for each in self.foretold if each.reading != "unreadable" and MODEL not in each.chances]:
            told.append(f"Read in no world, since what is given never holds: {', '.join(never)}.")
        return [*told, *self.about.notes]

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"about": self.about.model_dump(mode="json", exclude_none=True)}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {
            "questions": len(self.foretold), "readable": len(self.readable),
            "probabilities": {each.id: each.chances[MODEL].share for each in self.readable},
            "sentences": self.sentences(),
        }  # fmt: skip

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return the chance of each question; of many the likeliest."""
        shown = self.readable
        title = ""
        if len(shown) > MOST_ROWS:
            shown = sorted(shown, key=lambda each: -each.chances[MODEL].share)[:FEW_ROWS]
            title = f"The {FEW_ROWS} likeliest"
        return [(title, [
            {"id": each.id, "block": each.block, "reading": each.reading, "chance": f"{each.chances[MODEL].share:.0%}"}
            for each in shown
        ])]  # fmt: skip


def _one_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def seal_of(content: Mapping[str, Any]) -> str:
    """Return the hash of all that a forecast's file says but its seal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def hash_of_questions(hashes: Mapping[str, str]) -> str:
    """Return one hash of id -> hash of a question without its answer; their order does not count."""
    return "sha256:" + hashlib.sha256(json.dumps(dict(hashes), sort_keys=True).encode()).hexdigest()


def check_place(path: Path, replace: bool) -> None:
    """Raise StudyError where a forecast may not be written: what lies there goes if it is one that nobody altered."""
    known = False
    if replace and is_file(path):
        with suppress(UserError):
            known = bool(read_forecast(path))
    check_files([path], replace, known)


def is_forecast(path: Path) -> bool:
    """Return whether a path is of a sealed forecast, altered or not, and of no scenario."""
    try:
        return path.suffix == ".json" or (path.is_file() and path.read_bytes()[:1] == b"{")
    except (OSError, ValueError):
        return False


def _content_of(text: str) -> Any:
    """Return the JSON of a file; below it may stand the mark that files of some names get."""
    content, end = json.JSONDecoder().raw_decode(text)
    if (rest := text[end:].strip()) and MARKED not in rest:
        raise ValueError(f"something else stands below: {rest[:20]}")
    return content


def read_forecast(path: Path) -> Forecast:
    """Return the forecast of a file.

    Raises
    ------
    OptionError where there is none; FileError where it is no forecast, or was altered since it was sealed
    """
    if not path.is_file():
        raise OptionError(
            f"no forecast {shown(path)}: make one with `cordiale forecast --out` or `cordiale panel --out`"
        )
    try:
        content = _content_of(text_of(path))
        file = _File.model_validate(content)
    except (ValueError, ValidationError, RecursionError) as error:
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
        raise FileError(path, line, column, "is no sealed forecast as `cordiale forecast` writes it") from None
    if file.kind != Forecast.kind or file.format != FORMAT:
        raise FileError(path, None, None, "is no sealed forecast of this version of cordiale")
    seal = content.pop("seal")
    if seal_of(content) != seal or hash_of_questions({line.id: line.hash for line in file.lines}) != file.questions:
        raise FileError(path, None, None, "was altered since it was sealed: no score is given of it; make it again")
    foretold = [
        Foretold(line.id, line.asks, line.block, line.cluster, line.reading, line.hash,
                 {name: Chance(*chance) for name, chance in line.chances.items()})
        for line in file.lines
    ]  # fmt: skip
    return Forecast(file.about, foretold)
