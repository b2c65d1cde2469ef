"""Forecast dated questions: the share of worlds in which each is answered by yes, and what simple rules say of it.

Everything here is made without an answer: the model's chances, and those of the yardsticks that need no answers
(persistence, rates and a logit from the record before the start, placebo packs, rival families of models).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cordiale.analysis.claim_score import Placebo, placebos
from cordiale.analysis.sealed import DIGITS, LIVE, MODEL, About, Chance, Forecast, Foretold, check_place
from cordiale.analysis.yardsticks import beside as chances_beside
from cordiale.analysis.yardsticks import by_record
from cordiale.case.load import LoadedPack, beside_scenarios, nearest_pack, pack_names
from cordiale.engine.block import SharedHistory, worlds_of
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import blocks, recording
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.files.file_list import hash_of
from cordiale.models.base import FAMILIES, Rules
from cordiale.models.measures import request
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags
from cordiale.scenario.forecast_questions import FILE, Asked, load_forecast_questions
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import pairs_of, with_options
from cordiale.scenario.truth import Truth, Values
from cordiale.study.design import key_of, pack_files, pack_hash

Progress = Callable[[int, int], None]
PERSISTENCE, PLACEBO = "persistence", "placebo packs"
PLACEBOS, PLACEBO_WORLDS = 12, 64


@dataclass(frozen=True)
class Told:
    """Worlds in which questions are read, and are answered by yes.

    Attributes
    ----------
    yes, read : (questions, worlds)
    """

    yes: Flags
    read: Flags

    def chances(self) -> list[Chance | None]:
        """Return the chance of each question; None of one that is read in no world."""
        found: list[Chance | None] = []
        for yes, read in zip(self.yes, self.read, strict=True):
            worlds = int(read.sum())
            found.append(Chance(round(float((yes & read).sum()) / worlds, DIGITS), worlds) if worlds else None)
        return found


def joined(parts: Sequence[Told]) -> Told:
    """Return blocks of worlds that follow one another as one."""
    return Told(
        np.concatenate([each.yes for each in parts], axis=1), np.concatenate([each.read for each in parts], axis=1)
    )


def tell(asked: Sequence[tuple[Truth, Truth | None]], values: Values, worlds: int) -> Told:
    """Return which questions are read, and answered by yes, in which worlds.

    Parameters
    ----------
    asked : when each is answered by yes, and the worlds in which it is read
    """
    everywhere = np.ones(worlds, dtype=np.bool_)
    yes = [truth.met(values) for truth, _ in asked]
    read = [everywhere if given is None else given.met(values) for _, given in asked]
    shape = (len(asked), worlds)
    return Told(np.array(yes, dtype=np.bool_).reshape(shape), np.array(read, dtype=np.bool_).reshape(shape))


# ---------------------------------------------------------------- runs


@dataclass(frozen=True)
class Reader:
    """A scenario whose worlds are run for questions; picklable.

    Attributes
    ----------
    scenario : which records what the questions read
    asked : when each question is answered by yes, and the worlds in which it is read
    packs : placebo packs
    """

    scenario: Scenario
    rules: Rules
    asked: Sequence[tuple[Truth, Truth | None]]
    packs: Sequence[Placebo] = field(default=())

    def values(self, first: int, worlds: int, pack: int | None = None) -> dict[str, Array]:
        """Return measure with its entity -> (worlds, quarters).

        Parameters
        ----------
        pack : number of the placebo pack; the pack itself where None
        """
        streams, rules, drawn = Streams(self.scenario.seed, first, worlds), self.rules, None
        if pack is not None:
            placebo = self.packs[pack]
            rules = rules.shuffled(placebo.states, placebo.ties)
            drawn = placebo.values(self.scenario, streams)
        history = SharedHistory([self.scenario], rules)
        (found,) = history.run([worlds_of(self.scenario, streams, drawn)])
        series: dict[str, Array] = {}
        for each, array in zip(history.wanted[0], found, strict=True):
            for at, entity in enumerate(each.entities):
                series[f"{each.name}:{entity}"] = _whole(array[:, :, at], self.scenario.quarters)
        return series


def _whole(array: Array, quarters: int) -> Array:
    """Return (worlds, quarters), also of what is read in the last quarter alone."""
    if array.shape[1] == quarters:
        return array
    whole = np.full((len(array), quarters), np.nan)
    whole[:, -1] = array[:, 0]
    return whole


Task = tuple[int, int, int | None]  # first world, worlds, placebo pack


def read_block(reader: Reader, task: Task) -> tuple[Told, Told]:
    """Return what a block tells, and what it would tell if all stayed as in the first quarter."""
    values = reader.values(*task)
    still = {name: np.broadcast_to(series[:, :1], series.shape) for name, series in values.items()}
    return tell(reader.asked, values, task[1]), tell(reader.asked, still, task[1])


def reader_of(scenario: Scenario, questions: Sequence[Asked], allow: Collection[str], packs: int = 0) -> Reader:
    """Return what reads some readable questions in the worlds of a scenario.

    Parameters
    ----------
    packs : placebo packs
    """
    measures = sorted(frozenset().union(*(each.measures for each in questions)))
    rules = scenario.family.rules(scenario.loaded, allowed=allow)
    asked = [(each.truth, each.given) for each in questions if each.truth is not None]
    shuffled = placebos(scenario, packs, scenario.seed) if packs else ()
    return Reader(recording(scenario, measures), rules, asked, shuffled)


def tasks_of(worlds: int, packs: int, each: int) -> list[Task]:
    """Return the blocks of the pack's own worlds, then one block a placebo pack."""
    own: list[Task] = [(first, size, None) for first, size in blocks(worlds)]
    return own + [(0, min(each, worlds), pack) for pack in range(packs)]


# ---------------------------------------------------------------- a forecast


@dataclass(frozen=True)
class Order:
    """What is forecast: a scenario, questions, and how.

    Attributes
    ----------
    packs : placebo packs
    others : forecaster -> id -> chance that somebody else gave
    set : what was set of the scenario
    """

    scenario: Scenario
    questions: Sequence[Asked]
    rivals: Sequence[Scenario]
    packs: int
    allow: Collection[str]
    others: Mapping[str, Mapping[str, Chance]] = field(default_factory=dict)
    set: tuple[str, ...] = ()


def questions_path(text: str | Path, pack: str | Path | None = None) -> Path:
    """Return the file of questions that a path, or the name of a pack that has some, stands for.

    Raises OptionError where there is none.
    """
    path = Path(text)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        pass
    if str(text) in pack_names() and (found := beside_scenarios(str(text), FILE)) is not None:
        return found
    hint = did_you_mean(str(text), [FILE, *pack_names()])
    raise OptionError(f"no file of questions {short(str(text))}{hint}")


def pack_of(path: Path, pack: str | Path | None) -> str | Path:
    """Return the pack of a file of questions: the one that is named, in whose scenarios it lies, or the nearest."""
    if pack is not None:
        return pack
    folder = path.resolve().parent
    return folder.name if folder.parent.name == "scenarios" and folder.name in pack_names() else nearest_pack(None)


def order_of(
    questions: str | Path, scenario: str | Path | Scenario = "baseline", *, worlds: int | None = None,
    seed: int | None = None, set: Mapping[str, object] | Sequence[str] = (), pack: str | Path | None = None,
    model: str | None = None, placebos: int = PLACEBOS, beside: Sequence[str | Path] = (),
    allow: Collection[str] = (),
) -> Order:  # fmt: skip
    """Return what is forecast, read and checked; see `forecast`."""
    path = questions_path(questions, pack)
    if isinstance(scenario, Scenario):
        loaded, rivals = scenario, []
    else:
        how = partial(load_scenario, scenario, set=set, pack=pack_of(path, pack), allow=allow)
        loaded = how(model=model)
        others = [name for name in FAMILIES if name != loaded.family.name]
        rivals = [how(model=name) for name in others] if _plain(set) else []
    loaded, *rivals = [with_options(each, worlds=worlds, seed=seed) for each in (loaded, *rivals)]
    asked = load_forecast_questions(path, loaded)
    said = tuple(f"{name}={value}" for name, value in pairs_of(set))
    return Order(loaded, asked, rivals, placebos, allow, chances_beside(beside, [each.id for each in asked]), said)


def _plain(sets: Mapping[str, object] | Sequence[str]) -> bool:
    """Return whether nothing is set, of which a rival may have no such number."""
    return not sets


def forecast(
    questions: str | Path, scenario: str | Path | Scenario = "baseline", *, worlds: int | None = None,
    seed: int | None = None, set: Mapping[str, object] | Sequence[str] = (), pack: str | Path | None = None,
    model: str | None = None, placebos: int = PLACEBOS, beside: Sequence[str | Path] = (),
    out: str | Path | None = None, replace: bool = False,
    jobs: int | None = None, allow: Collection[str] = (), progress: Progress | None = None,
) -> Forecast:  # fmt: skip
    """Return the chances of dated questions, sealed before their answers are looked at.

    Parameters
    ----------
    questions : file of questions, or the name of a pack that has one
    scenario : name, path or loaded
    worlds, seed, set : in place of what the scenario says
    pack : name or folder of the case pack, where the files do not say
    placebos : packs whose states, positions or ties are mixed up, as a yardstick; none where 0
    beside : csv of chances that somebody else gave: id, chance[, worlds], each a yardstick of its file's name
    out : file in which the sealed forecast is kept; none where None
    jobs : processes; None for as many as pay

    Raises
    ------
    FileError at the line of a measure, entity or quarter that does not exist; OptionError, StudyError
    """
    order = order_of(
        questions, scenario, worlds=worlds, seed=seed, set=set, pack=pack, model=model, placebos=placebos,
        beside=beside, allow=allow,
    )  # fmt: skip
    if out is not None:
        check_place(Path(out), replace)
    found = forecast_of(order, jobs=jobs, progress=progress)
    if out is not None:
        found.keep(Path(out), replace)
    return found


def forecast_of(
    order: Order, *, jobs: int | None = 1, progress: Progress | None = None, live: bool = False
) -> Forecast:
    """Return the forecast of questions that are read and checked.

    Parameters
    ----------
    live : whether it is made to be scored at once
    """
    readable = [each for each in order.questions if each.truth is not None]
    chances: dict[str, dict[str, Chance]] = {each.id: {} for each in order.questions}
    notes = [LIVE] if live else _known(order.questions)
    for name, by_id in order.others.items():
        _add(chances, name, by_id)
    if readable:
        _by_model(order, readable, chances, jobs, progress)
        for rival in order.rivals:
            notes.append(_by_rival(order, rival, readable, chances, jobs))
        recorded = by_record(order.scenario, readable)
        for name, by_id in recorded.items():
            _add(chances, name, by_id)
        if not recorded:
            notes.append("The pack has no dated record, so that rates and a logit from it are no yardstick.")
    foretold = [
        Foretold(each.id, each.said.asks, each.block, each.cluster, each.reading, each.said.hash, chances[each.id])
        for each in order.questions
    ]
    return Forecast(about(order.scenario, notes=tuple(notes), set=order.set), foretold)


def _known(questions: Sequence[Asked]) -> list[str]:
    """Return in words how many answers could be known when a forecast was made; nothing where there was none."""
    known = sum(each.said.answer is not None for each in questions)
    return [f"Sealed while {known} of its questions had an answer in their file."] if known else []


def _by_model(
    order: Order, readable: Sequence[Asked], chances: dict[str, dict[str, Chance]], jobs: int | None,
    progress: Progress | None,
) -> None:  # fmt: skip
    """Add the chances of the model, of worlds that stay as they begin, and of placebo packs."""
    worlds = order.scenario.worlds
    reader = reader_of(order.scenario, readable, order.allow, order.packs)
    tasks = tasks_of(worlds, order.packs, PLACEBO_WORLDS)
    own: list[tuple[Told, Told]] = []
    shuffled: list[Told] = []
    for (told, still), task in zip(_run(reader, tasks, jobs), tasks, strict=True):
        if task[2] is None:
            own.append((told, still))
        else:
            shuffled.append(told)
        if progress is not None:
            done = len(own) + len(shuffled)
            progress(sum(size for _, size, _ in tasks[:done]), sum(size for _, size, _ in tasks))
    ids = [each.id for each in readable]
    _add(chances, MODEL, _by_id(ids, joined([told for told, _ in own])))
    _add(chances, PERSISTENCE, _by_id(ids, joined([still for _, still in own])))
    if shuffled:
        _add(chances, PLACEBO, _by_id(ids, joined(shuffled)))


def _by_rival(
    order: Order, rival: Scenario, readable: Sequence[Asked], chances: dict[str, dict[str, Chance]], jobs: int | None
) -> str:
    """Add the chances of a rival family to the questions whose measures it has, and return how many in words."""
    known = [each for each in readable if has_measures(rival, each)]
    told = f"The rival model {rival.family.name} has the measures of {len(known)} of the {len(readable)} questions."
    if known:
        reader = reader_of(rival, known, order.allow)
        parts = [told for told, _ in _run(reader, tasks_of(rival.worlds, 0, 0), jobs)]
        _add(chances, rival.family.name, _by_id([each.id for each in known], joined(parts)))
    return told


def has_measures(scenario: Scenario, asked: Asked) -> bool:
    """Return whether the family of a scenario has all that a question reads."""
    try:
        return all(request(name, scenario.names, scenario.family) for name in asked.measures)
    except OptionError:
        return False


def _run(reader: Reader, tasks: Sequence[Task], jobs: int | None, run: Ordered = ordered) -> list[tuple[Told, Told]]:
    size = sum(worlds for _, worlds, _ in tasks) * reader.scenario.quarters
    return list(run(read_block, reader, list(tasks), jobs, size))


def _by_id(ids: Sequence[str], told: Told) -> dict[str, Chance]:
    return {name: chance for name, chance in zip(ids, told.chances(), strict=True) if chance is not None}


def _add(chances: dict[str, dict[str, Chance]], forecaster: str, by_id: Mapping[str, Chance]) -> None:
    for name, chance in by_id.items():
        chances[name][forecaster] = chance


def about(
    scenario: Scenario, panel: tuple[int, int] | None = None, notes: tuple[str, ...] = (), set: tuple[str, ...] = ()
) -> About:
    """Return what a forecast of a scenario is made from."""
    loaded: LoadedPack = scenario.loaded
    return About(
        sealed=datetime.now(UTC).strftime("%Y-%m-%d"), cordiale=version("cordiale"), scenario=scenario.name,
        model=scenario.family.name, pack=loaded.pack.name, worlds=scenario.worlds, seed=scenario.seed,
        design=key_of([scenario]), pack_files=pack_hash(pack_files(loaded)),
        weights=hash_of(scenario.family.weights), panel=panel, notes=notes, set=set,
    )  # fmt: skip
