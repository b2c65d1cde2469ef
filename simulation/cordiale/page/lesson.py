"""A class' lesson from a pack: its questions, the levers that may be changed together, and the game of states."""

from __future__ import annotations

from collections.abc import Sequence

from cordiale.analysis.answers import Answer
from cordiale.case.quarters import to_index
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.output.answer.words import least_of
from cordiale.page.look import WORLDS, Look
from cordiale.page.room import Room, Seat
from cordiale.page.session import handle_of, prepared
from cordiale.page.state import AppState
from cordiale.scenario.first_questions import Playing, load_teams
from cordiale.scenario.layers import Origin
from cordiale.scenario.load import Scenario
from cordiale.scenario.overrides import held_from
from cordiale.study.estimate import Estimate

QUESTIONS = 3  # that are asked where nobody chooses
CHANGES = 4  # levers that may be changed together
YEARS = 7  # turns of the game
VISITOR = "class"


def room_of(state: AppState, names: Sequence[str] = (), *, game: bool = True) -> Room:
    """Return a room for a pack.

    Parameters
    ----------
    names : of questions or scenarios, in the order in which they are asked; the pack's first three where none
    game : whether teams play states at the end

    Raises
    ------
    OptionError for a name that is none
    """
    assert state.answers is not None
    questions = [_question(state, name) for name in names] or state.answers.first[:QUESTIONS]
    teams = load_teams(state.pack) if game else []
    years = _years(state) if teams else []
    lesson = _Lesson(state, teams, years)
    levers = {each.name: lesson.levers(each) for each in questions}
    return Room(questions, levers, [lesson.seat(team) for team in teams], years, lesson.change, lesson.play)


def _question(state: AppState, name: str) -> Answer:
    assert state.answers is not None
    found = state.answers.of(name)
    if found is None:
        known = [each.name for each in state.answers.answers]
        raise OptionError(f"--questions {short(name)}: no question or scenario of the pack{did_you_mean(name, known)}")
    return found


def _years(state: AppState) -> list[int]:
    """Return the years that are played: whole ones after the start."""
    assert state.answers is not None
    quarters = [to_index(quarter) for quarter in state.answers.quarters]
    whole = [year for year in range(quarters[0] // 4, quarters[-1] // 4 + 1) if 4 * year > quarters[0]]
    return [year for year in whole if 4 * year + 3 <= quarters[-1]][:YEARS]


class _Lesson:
    """What a room asks to be run."""

    def __init__(self, state: AppState, teams: Sequence[Playing], years: Sequence[int]) -> None:
        self.state, self.teams, self.years = state, teams, years

    @property
    def base(self) -> Scenario:
        """The scenario in which nobody moves."""
        assert self.state.answers is not None
        return prepared(self.state.loaded.base, WORLDS, self.state.answers.seed)

    def levers(self, answer: Answer) -> list[tuple[str, float, str]]:
        """Return the levers that may be changed with a question, each to the end that it is far from.

        Its own come first; of the others those that change nothing when a scenario moves them alone are left out.
        """
        scenario = self.state.asked(Look(answer.name)).scenario
        others = [name for name, lever in scenario.known_levers.items() if lever.held_by]
        idle = self._idle(answer)
        wished = dict.fromkeys([*answer.change, *(name for name in others if name not in idle)])
        names = [name for name in wished if name not in scenario.moved][:CHANGES]
        return [self._end(scenario, name) for name in names]

    def _idle(self, answer: Answer) -> set[str]:
        """Return the levers by which no scenario that moves one alone changes the gain, as it is told."""
        assert self.state.answers is not None
        least, seen = least_of(answer.gain), dict[str, float]()
        for way in self.state.answers.ways.get(answer.by, []):
            moved = list(self.state.loaded.scenarios[way.scenario].moved)
            if len(moved) == 1:
                seen[moved[0]] = max(seen.get(moved[0], 0.0), abs(way.gain.mean))
        return {name for name, most in seen.items() if most < least / 2}

    def _end(self, scenario: Scenario, name: str) -> tuple[str, float, str]:
        lever, at = scenario.handle(name), handle_of(scenario, name, Look()).at
        value = 0.0 if at >= 0.5 else 1.0
        return name, value, lever.named[int(value)] if lever.named else f"{lever.label}: {'all' if value else 'none'}"

    def seat(self, team: Playing) -> Seat:
        """Return the state that a team plays, with all that it can do alone."""
        moves = tuple(
            self._end(self.base, name) for name, lever in self.base.known_levers.items() if lever.held_by == [team.code]
        )
        return Seat(team.code, team.name, team.said.plays_for, moves)

    def change(self, answer: Answer, lever: str, value: float) -> Answer:
        """Return a question's answer with a lever elsewhere."""
        return self.state.answer(Look(answer.name, {lever: value}), VISITOR)

    def play(self, moves: Sequence[tuple[int, str, float]], number: int) -> dict[str, tuple[float, str]]:
        """Return of each team its goal at the end of a year, against nobody moving, and how it is told.

        Parameters
        ----------
        moves : number of the year, lever and value, in the order in which they were made
        """
        base = self.base
        moved = base.copy(name="game", title="The game")
        for year, lever, value in moves:
            moved = held_from(moved, {lever: value}, 4 * self.years[year], Origin("class"))
        texts = list(dict.fromkeys(f"{team.goal.name}:{team.goal.entities[0]}" for team in self.teams))
        study = self.state.loaded.runs.study([base, moved], texts, VISITOR).result()
        at = 4 * self.years[number] + 3 - base.start
        found = {}
        for team in self.teams:
            name, entity = team.goal.name, team.goal.entities[0]
            difference = study.values(name, entity, "game")[:, at] - study.values(name, entity, base.name)[:, at]
            kind = team.goal.measure.kind
            goal = Estimate.of(difference, kind.unit)
            sign = 1.0 if team.said.want == "more" else -1.0
            told = f"{kind.meaning} {goal.text()} ({goal.interval})"
            found[team.code] = (sign * goal.mean, told)
        return found
