"""What came: answers to the questions of a forecast, from their file, from a table, or from a record of agreements.

A forecast is scored on the questions that it was sealed with, and on no others: one that was altered since is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cordiale.analysis.forecast import questions_path
from cordiale.analysis.sealed import Forecast
from cordiale.case.fields import Names
from cordiale.case.register import COLUMNS, read_register, start_year
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import Document, text_of
from cordiale.scenario.forecast_questions import ForecastQuestionsFile, questions_document
from cordiale.scenario.load import load_case

WORDS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Outcome:
    """How a question was answered.

    Attributes
    ----------
    source : where that is told; "" where nobody says
    """

    came: bool
    source: str


def outcomes_of(
    foretold: Forecast, questions: str | Path | None, answers: str | Path | None, pack: str | Path | None = None
) -> dict[str, Outcome]:
    """Return id -> outcome of the questions of a forecast that have one.

    Parameters
    ----------
    questions : the file that was forecast, its answers filled in; of a panel a csv as in a pack's record, or None for
        the pack's own record
    answers : csv with the columns id and answer; None where the file of questions has them

    Raises
    ------
    FileError for questions other than those of the forecast; OptionError where there is no answer at all
    """
    if foretold.about.panel is not None:
        if questions is None:
            return _of_pack(foretold, foretold.about.panel, pack)
        return _of_record(foretold, foretold.about.panel, _file(questions, "the record of agreements, a csv"))
    if questions is None:
        raise OptionError("name the file of questions after the forecast")
    document, file = questions_document(questions_path(questions, pack))
    _check_same(document, file, foretold)
    own = {
        name: Outcome(WORDS[each.answer], each.source or "")
        for name, each in file.questions.items() if each.answer is not None
    }  # fmt: skip
    if answers is not None:
        given = _of_table(_file(answers, "--answers: a csv"), foretold)
        for name in given.keys() & own.keys():
            if given[name].came != own[name].came:
                raise FileError(document.path, *document.place(("questions", name, "answer")),
                                f"another answer than in {shown(answers)}")  # fmt: skip
        own |= given
    if not own:
        raise _no_answer(document.path)
    return own


def check_answered(questions: str | Path, answers: str | Path | None, pack: str | Path | None = None) -> None:
    """Raise OptionError, before a scenario is run, where no question has an answer."""
    document, file = questions_document(questions_path(questions, pack))
    if answers is not None:
        _file(answers, "--answers: a csv")
    elif not any(each.answer for each in file.questions.values()):
        raise _no_answer(document.path)


def _no_answer(path: Path) -> OptionError:
    where = shown(path)
    return OptionError(f"{where} has no answer yet: fill in `answer: yes` or `no`, or give a csv with --answers")


def _file(path: str | Path | None, what: str) -> Path:
    if path is None:
        raise OptionError(f"name {what}")
    if not Path(path).is_file():
        raise OptionError(f"no file {short(str(path))}: {what}")
    return Path(path)


def _check_same(document: Document, file: ForecastQuestionsFile, foretold: Forecast) -> None:
    """Raise FileError for a question that is missing, new or altered since the forecast was sealed."""
    sealed = {each.id: each.hash for each in foretold.foretold}
    for name, each in file.questions.items():
        at = document.place(("questions", name), of_key=True)
        if name not in sealed:
            hint = did_you_mean(name, sealed)
            raise FileError(document.path, *at, f"the question {short(name)} is not in the sealed forecast{hint}")
        if each.hash != sealed[name]:
            told = f"{short(name)} was altered since the forecast was sealed: only its answer and source may be"
            raise FileError(document.path, *at, told)
    if left := [name for name in sealed if name not in file.questions]:
        raise FileError(document.path, 1, 1, f"the question {short(left[0])} of the sealed forecast is missing")


def _of_table(path: Path, foretold: Forecast) -> dict[str, Outcome]:
    """Return what a csv of id and answer says; a cell without an answer leaves the question open."""
    known = {each.id for each in foretold.foretold}
    found: dict[str, Outcome] = {}
    for row in csv_rows(path, text_of(path), None, _no_answers):
        name, answer = row.cells["id"], row.cells["answer"].lower()
        if name not in known:
            row.fail("id", f"{short(name)} is no question of the forecast{did_you_mean(name, known)}")
        if name in found:
            row.fail("id", f"{short(name)} stands twice")
        if answer and answer not in WORDS:
            row.fail("answer", f"{short(row.cells['answer'])} is no answer: yes, no, or nothing where it is open")
        if answer:
            found[name] = Outcome(WORDS[answer], row.cells.get("source", ""))
    return found


def _no_answers(columns: list[str]) -> str | None:
    left = [name for name in ("id", "answer") if name not in columns]
    return f"no column '{left[0]}'{did_you_mean(left[0], columns)}: id and answer are needed" if left else None


def _of_pack(foretold: Forecast, years: tuple[int, int], pack: str | Path | None) -> dict[str, Outcome]:
    """Return which dyads signed which agreements in the years of a panel, by the record of its own pack."""
    loaded = load_case(pack or foretold.about.pack)
    first, last = years
    if last > start_year(loaded.pack):
        told = f"the record of the pack ends in {start_year(loaded.pack)}, and the panel in {last}"
        raise OptionError(f"{told}: name a csv of agreements after the panel")
    names = Names(loaded.pack)
    came = {
        f"{each.agreement}:{names.dyad(each.dyad)}": each.source
        for each in read_register(loaded) if first < each.signed <= last
    }  # fmt: skip
    return {each.id: Outcome(each.id in came, came.get(each.id, "")) for each in foretold.foretold}


def _of_record(foretold: Forecast, years: tuple[int, int], path: Path) -> dict[str, Outcome]:
    """Return which dyads signed which agreements in the years of a panel, by a csv like those of a pack's record."""
    first, last = years
    ids = {each.id for each in foretold.foretold}
    kinds = {name.partition(":")[0] for name in ids}
    codes = {code for name in ids for code in name.partition(":")[2].split("-")}
    came: dict[str, str] = {}
    for row in csv_rows(path, text_of(path), COLUMNS, _no_record):
        name = _signed(row, kinds, codes)
        year = row.number("signed")
        if year is None or year != int(year):
            row.fail("signed", "no year of signature")
        if first < year <= last:
            came[name] = row.cells["source"]
    return {name: Outcome(name in came, came.get(name, "")) for name in ids}


def _no_record(columns: list[str]) -> str | None:
    left = [name for name in ("dyad", "agreement", "signed") if name not in columns]
    return f"no column '{left[0]}': a record has {','.join(COLUMNS)}" if left else None


def _signed(row: Row, kinds: set[str], codes: set[str]) -> str:
    """Return the id of the question that a row answers."""
    agreement, dyad = row.cells["agreement"], row.cells["dyad"].split("-")
    if len(dyad) != 2 or any(code not in codes for code in dyad):
        wrong = next((code for code in dyad if code not in codes), row.cells["dyad"])
        row.fail("dyad", f"{short(wrong)} is no state of the panel{did_you_mean(wrong, codes)}")
    if agreement not in kinds and did_you_mean(agreement, kinds):
        row.fail("agreement", f"{short(agreement)} is no agreement of the panel{did_you_mean(agreement, kinds)}")
    return f"{agreement}:{'-'.join(sorted(dyad))}"
