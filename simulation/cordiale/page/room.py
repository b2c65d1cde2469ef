"""A class: who is in the room, which step it is at, and what everybody has guessed. Nothing of it outlives the room.

The room knows no web and no model: it counts, and asks for what is run by functions that it is given.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from cordiale.analysis.answers import Answer
from cordiale.files.errors import OptionError, short
from cordiale.models.measures import within
from cordiale.output.answer.words import WAYS, way_of, why

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so that four of them are no word
MOST = 400  # people, and so votes of a poll
SURE = ("a hunch", "likely", "sure")
OFFERED = 4  # moves of a team in a year, "wait and see" among them
WAIT = "wait"
SHOWN = ("reveal", "carried", "changed")  # steps that show what was asked before


@dataclass(frozen=True)
class Poll:
    """What everybody is asked at a step.

    Attributes
    ----------
    options : value and label
    right : the values that the model gives; none where nothing is right or wrong
    sure : whether everybody also says how sure he is
    """

    key: str
    ask: str
    options: tuple[tuple[str, str], ...]
    right: frozenset[str] = frozenset()
    sure: bool = False

    def label(self, value: str) -> str:
        """Return what an option says."""
        return dict(self.options).get(value, "")


@dataclass(frozen=True)
class Step:
    """One step of the lesson.

    Attributes
    ----------
    kind : "join", "guess", "reveal", "discuss", "carried", "lever", "predict", "changed", "move", "moved" or "debrief"
    at : number of the question, or of the year
    """

    kind: str
    at: int = 0


@dataclass(frozen=True)
class Seat:
    """A state that a team plays.

    Attributes
    ----------
    moves : lever, value and what is done, of all that the state can do alone
    """

    code: str
    name: str
    plays_for: str
    moves: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class Turn:
    """What a year has brought.

    Attributes
    ----------
    moved : code -> what the team did;  goals : code -> its goal so far, against nobody moving, and how it is told
    """

    year: int
    moved: dict[str, str]
    goals: dict[str, tuple[float, str]]


Made = Callable[[], object]
ChangeRun = Callable[[Answer, str, float], Answer]  # a question, a lever and its value -> the answer with it
PlayRun = Callable[[Sequence[tuple[int, str, float]], int], dict[str, tuple[float, str]]]  # moves (year, lever, value)


@dataclass
class Room:
    """A class.

    Parameters
    ----------
    questions : that are asked, in their order
    levers : question -> the levers that may be changed together: name, value and what is done
    seats, years : of the game; none where the pack has no teams
    change, play : what runs a changed question, and the game so far
    """

    questions: Sequence[Answer]
    levers: dict[str, list[tuple[str, float, str]]]
    seats: Sequence[Seat]
    years: Sequence[int]
    change: ChangeRun
    play: PlayRun
    code: str = field(default_factory=lambda: "".join(secrets.choice(LETTERS) for _ in range(4)))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def __post_init__(self) -> None:
        self.steps = self._lesson()
        self.at, self.version = 0, 0
        self.people: dict[str, str] = {}  # who -> code of the team
        self.votes: dict[str, dict[str, str]] = {}  # poll -> who -> value
        self.sure: dict[str, dict[str, str]] = {}
        self.hands: dict[str, dict[str, int]] = {}  # poll -> value -> hands that were counted in the room
        self.picked: dict[str, str] = {}  # question -> the lever that is changed
        self.changed: dict[tuple[str, str], Answer] = {}  # question and lever -> the answer with it
        self.turns: list[Turn] = []
        self._moves: list[tuple[int, str, float]] = []
        self.lock, self.running = RLock(), RLock()  # of what is counted, and of what is run
        self._listeners: set[Made] = set()

    def _lesson(self) -> list[Step]:
        steps = [Step("join")]
        for number, question in enumerate(self.questions):
            steps += [Step("guess", number), Step("reveal", number)]
            if question.parts:
                steps += [Step("discuss", number), Step("carried", number)]
            if self.levers.get(question.name) and number == len(self.questions) - 1:
                steps += [Step("lever", number), Step("predict", number), Step("changed", number)]
        if self.seats:
            steps += [Step(kind, year) for year in range(len(self.years)) for kind in ("move", "moved")]
        return [*steps, Step("debrief")]

    # ------------------------------------------------------------ who is there

    def join(self, code: str, who: str = "") -> str:
        """Return the key of somebody who has typed the room's letters; the same one again who comes back with his."""
        with self.lock:
            if code.strip().upper() != self.code:
                raise OptionError("these are not the four letters on the wall")
            if who in self.people:
                return who
            if len(self.people) >= MOST:
                raise OptionError("the room is full")
            made = secrets.token_urlsafe(12)
            counts = Counter(self.people.values())
            team = min((seat.code for seat in self.seats), key=lambda each: counts[each], default="")
            self.people[made] = team
            self._tell()
        return made

    def seat_of(self, who: str) -> Seat | None:
        """Return the state that somebody's team plays."""
        return next((seat for seat in self.seats if seat.code == self.people.get(who)), None)

    # ------------------------------------------------------------ what is asked

    @property
    def step(self) -> Step:
        """The step that the room is at."""
        return self.steps[self.at]

    @property
    def question(self) -> Answer:
        """The question that the room is at, the last one after all have been asked."""
        return self.questions[self.step.at if self.step.kind not in ("join", "move", "moved", "debrief") else -1]

    def polls(self, who: str = "") -> list[Poll]:
        """Return what is asked at this step; of a move what somebody's own team is asked, or all for nobody's."""
        question, kind = self.question, self.step.kind
        if kind in ("guess", "reveal"):
            return guesses(question)
        if kind in ("discuss", "carried"):
            return [parts_poll(question)]
        if kind == "lever":
            return [self._lever_poll(question)]
        if kind in ("predict", "changed"):
            return [self._predict_poll(question)]
        if kind == "move":
            seats = [seat for seat in self.seats if not who or seat is self.seat_of(who)]
            return [self._move_poll(seat, self.step.at) for seat in seats]
        return []

    def polls_of(self, question: Answer) -> list[Poll]:
        """Return all that was asked of a question and that somebody answered."""
        every = [*guesses(question), parts_poll(question)]
        if self.levers.get(question.name):
            every += [self._lever_poll(question), self._predict_poll(question)]
        return [poll for poll in every if self.given(poll)]

    def _lever_poll(self, question: Answer) -> Poll:
        options = tuple((lever, words) for lever, _, words in self.levers[question.name])
        return Poll(f"lever {question.name}", "Which one thing shall we change?", options)

    def _predict_poll(self, question: Answer) -> Poll:
        lever = self.picked.get(question.name) or self.chosen(question)
        options = (("more", "more"), ("same", "about the same"), ("less", "less"))
        new = self.changed.get((question.name, lever))
        right = frozenset() if new is None else frozenset({_compared(question, new)})
        ask = f"With “{self._lever_poll(question).label(lever)}” too: what becomes of the gain?"
        return Poll(f"predict {question.name} {lever}", ask, options, right)

    def _move_poll(self, seat: Seat, number: int) -> Poll:
        """Return what a team is asked in a year: three moves that it has not made, and to wait."""
        done = {turn.moved.get(seat.code) for turn in self.turns[:number]}
        open_ = [(f"{lever}={value:g}", words) for lever, value, words in seat.moves if words not in done]
        first = number * (OFFERED - 1) % max(len(open_), 1)
        shown = (open_[first:] + open_[:first])[: OFFERED - 1]
        return Poll(f"move {number} {seat.code}", f"{seat.name}: one move in {self.years[number]}",
                    (*shown, (WAIT, "wait and see")))  # fmt: skip

    def vote(self, who: str, key: str, value: str, sure: str = "") -> None:
        """Take a vote, which replaces that of the same person before; OptionError for one that is not asked for now."""
        with self.lock:
            if who not in self.people:
                raise OptionError("this phone is not in the room: type the letters again")
            poll = self._open(key, who)
            if value not in dict(poll.options):
                raise OptionError(f"{short(value)} is none of the answers")
            if sure and (not poll.sure or sure not in SURE):
                raise OptionError(f"{short(sure)} is none of: {', '.join(SURE)}")
            self.votes.setdefault(key, {})[who] = value
            if sure:
                self.sure.setdefault(key, {})[who] = sure
            self._tell()

    def _open(self, key: str, who: str = "") -> Poll:
        """Return a poll that may be answered now: not one that is shown already, nor of a year that is played."""
        played = self.step.kind == "move" and self.step.at < len(self.turns)
        poll = next((each for each in self.polls(who) if each.key == key), None)
        if poll is None or played or self.step.kind in SHOWN:
            raise OptionError("this is not asked now")
        return poll

    def show_hands(self, key: str, counts: dict[str, int]) -> None:
        """Take hands that were counted in the room, where phones cannot join."""
        with self.lock:
            known = dict(self._open(key).options)
            if any(value not in known or not 0 <= count <= MOST for value, count in counts.items()):
                raise OptionError(f"hands are counted from 0 to {MOST}, for the answers that are asked for")
            self.hands[key] = counts
            self._tell()

    def counts(self, poll: Poll) -> dict[str, int]:
        """Return how often each answer was given, by phones and by hands."""
        given = Counter(self.votes.get(poll.key, {}).values())
        hands = self.hands.get(poll.key, {})
        return {value: given[value] + hands.get(value, 0) for value, _ in poll.options}

    def given(self, poll: Poll) -> int:
        """Return how many have answered."""
        return sum(self.counts(poll).values())

    # ------------------------------------------------------------ onwards

    def chosen(self, question: Answer) -> str:
        """Return the lever that most want to change; the first one where nobody has said."""
        counts = self.counts(self._lever_poll(question))
        return max(counts, key=lambda value: counts[value])

    def go_on(self, to: int | None = None) -> None:
        """Go to the next step, or to a step by its number; what has to be run for it is run first."""
        with self.lock:
            goal = self.at + 1 if to is None else to
        if not 0 <= goal < len(self.steps):
            return
        step = self.steps[goal]
        with self.running:
            lever = self.chosen(self.questions[step.at]) if step.kind in ("predict", "changed") else ""
            if step.kind == "changed":
                self._change(self.questions[step.at], lever)
            if step.kind == "moved":
                for number in range(len(self.turns), step.at + 1):
                    self._turn(number)
            with self.lock:
                if lever:
                    self.picked[self.questions[step.at].name] = lever
                self.at = goal
                self._tell()

    def _change(self, question: Answer, name: str) -> None:
        if (question.name, name) not in self.changed:
            value = next(value for lever, value, _ in self.levers[question.name] if lever == name)
            self.changed[question.name, name] = self.change(question, name, value)

    def changed_answer(self, question: Answer) -> Answer:
        """Return the answer with the lever that the class has changed."""
        return self.changed[question.name, self.picked[question.name]]

    def _turn(self, number: int) -> None:
        """Make every team's move of a year, and run the game so far."""
        moved, made = {}, list(self._moves)
        for seat in self.seats:
            poll = self._move_poll(seat, number)
            counts = self.counts(poll)
            value = max(counts, key=lambda each: (counts[each], each == WAIT))
            moved[seat.code] = poll.label(value)
            if value != WAIT:
                lever, _, at = value.rpartition("=")
                made.append((number, lever, float(at)))
        goals = self.play(made, number)
        self._moves = made
        self.turns.append(Turn(self.years[number], moved, goals))

    def score(self) -> list[tuple[Poll, int, int]]:
        """Return of each poll that has a right answer how many had it, and how many answered."""
        polls = [poll for question in self.questions for poll in (*guesses(question), parts_poll(question))]
        asked = [poll for poll in polls if poll.right and self.given(poll)]
        return [(poll, sum(self.counts(poll)[value] for value in poll.right), self.given(poll)) for poll in asked]

    # ------------------------------------------------------------ who watches

    def listen(self, told: Made) -> Callable[[], None]:
        """Call a function whenever something has changed, until what is returned is called."""
        self._listeners.add(told)
        return lambda: self._listeners.discard(told)

    def _tell(self) -> None:
        self.version += 1
        for each in list(self._listeners):
            each()


def guesses(question: Answer) -> list[Poll]:
    """Return the two guesses of a question: its gain and its cost."""
    gain = Poll(f"gain {question.name}", f"{question.gain.label} will be …", WAYS, frozenset({way_of(question.gain)}),
                sure=True)  # fmt: skip
    if question.cost is None:
        return [gain]
    cost = Poll(f"cost {question.name}", f"{question.cost.label} will be …", WAYS, frozenset({way_of(question.cost)}))
    return [gain, cost]


def parts_poll(question: Answer) -> Poll:
    """Return what is discussed: through which part of the headline most of it comes."""
    options = tuple((part.label, part.label) for part in question.parts)
    most = [part for part in why(question)[:1] if part.moves]
    ask = f"Through what does {within(question.whole.label)} change most?"
    return Poll(f"part {question.name}", ask, options, frozenset(part.label for part in most))


def _compared(old: Answer, new: Answer) -> str:
    """Return whether the gain has become more, less or neither, as far as anybody would notice."""
    moved = new.gain.estimate.better - old.gain.estimate.better
    if abs(moved) < old.gain.estimate.step:
        return "same"
    return "more" if moved > 0 else "less"
