"""What wall and phones show of a class, and a class in any order: nothing leaks early, and nothing breaks a screen."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cordiale.analysis.answers import Part
from cordiale.files.errors import OptionError
from cordiale.page.class_app import Class, phone_screen, taken, wall_screen
from cordiale.page.room import Poll, Seat
from cordiale.page.screens import rendered
from tests.page.classes import HOSTILE, TEAMS, YEARS, Runs, answer, answers_of, class_of, go, joined, moved, room_of


@pytest.mark.parametrize("kind", ["guess", "discuss", "predict", "move"])
def test_nobody_sees_what_others_guess_before_it_is_shown(kind: str) -> None:
    def screens(option: int, count: int = 6) -> tuple[str, str]:
        room = room_of()
        *guessing, looking = joined(room, 7)
        go(room, kind)
        for who in guessing[:count]:
            for poll in room.polls(who):
                room.vote(who, poll.key, poll.options[option][0])
        return wall_screen(class_of(room)), phone_screen(class_of(room), looking)

    assert screens(0) == screens(1)
    assert screens(0)[0] != screens(0, 2)[0]  # how many they are is told
    assert screens(0)[1] == screens(0, 2)[1]


def test_the_wall_says_how_many_have_guessed_and_then_what() -> None:
    room = room_of()
    for who in joined(room, 5):
        if room.step.kind == "join":
            go(room, "guess")
        room.vote(who, "gain one", "down")
    assert "5 of 5 have guessed" in wall_screen(class_of(room))
    assert "<meter" not in wall_screen(class_of(room))
    room.go_on()
    assert re.search(r"<dt>lower</dt><dd><meter[^>]*></meter> 5</dd>", wall_screen(class_of(room)))


def test_a_phone_shows_its_own_guess() -> None:
    room = room_of()
    first, second = joined(room, 2)
    go(room, "guess")
    room.vote(first, "gain one", "same", "likely")
    assert phone_screen(class_of(room), first).count('aria-pressed="true"') == 2
    assert 'aria-pressed="true"' not in phone_screen(class_of(room), second)
    room.go_on()
    assert "You said about the same. The model says higher." in phone_screen(class_of(room), first)
    assert "You said" not in phone_screen(class_of(room), second)


def test_a_team_sees_its_own_goal_only() -> None:
    room = room_of()
    people = joined(room, 3)
    go(room, "moved", 0)
    for who in people:
        seen = set(re.findall("goal ([A-Z]+) 2019", phone_screen(class_of(room), who)))
        assert seen == {room.people[who]}
    assert set(re.findall("goal ([A-Z]+) 2019", wall_screen(class_of(room)))) == set(TEAMS)


def test_what_moves_nothing_comes_through_nothing() -> None:
    still = [Part(label="trust", moves=0.0), Part(label="ties", moves=0.0)]
    room = room_of(questions=[answer("one", 0.0, parts=still)])
    who = joined(room, 1)[0]
    go(room, "discuss")
    room.vote(who, "part one", "trust")
    room.go_on()
    assert room.polls()[0].right == frozenset()
    assert "You said trust. In the model nothing moves it." in phone_screen(class_of(room), who)
    assert 'class="right"' not in wall_screen(class_of(room))
    assert room.score() == []


def test_whoever_listens_is_told_until_he_leaves() -> None:
    room, told = room_of(), []
    leave = room.listen(lambda: told.append(room.version))
    who = room.join("BCDF")
    room.go_on()
    room.vote(who, "gain one", "up")
    leave()
    room.go_on()
    assert told == [1, 2, 3]


def test_no_text_becomes_markup() -> None:
    question = answer(HOSTILE, ask=HOSTILE, title=HOSTILE, says=HOSTILE, other=HOSTILE)
    question = question.model_copy(update={"gain": moved(0.1, HOSTILE), "whole": moved(0.1, HOSTILE)})
    state = Seat("FRA", HOSTILE, HOSTILE, ((HOSTILE, 1.0, HOSTILE),))
    room = room_of(
        questions=[question], levers={HOSTILE: [(HOSTILE, 1.0, HOSTILE)]}, seats=[state], years=[2019],
        change=lambda *_: question, play=lambda *_: {"FRA": (1.0, HOSTILE)},
    )  # fmt: skip
    about = Class(room, answers_of([question], limits=[HOSTILE], title=HOSTILE, pair=HOSTILE), "http://127.0.0.1:1")
    who, pages = joined(room, 1)[0], []
    for at in range(len(room.steps)):
        room.go_on(at)
        if room.step.kind not in ("reveal", "carried", "changed"):
            for poll in room.polls(who):
                room.vote(who, poll.key, poll.options[0][0])
        pages += [wall_screen(about), phone_screen(about, who)]
    pages.append(taken(about))
    pages.append(rendered("class/phone.html", code=HOSTILE))
    assert sum("&lt;script" in each for each in pages) > 10
    assert not [each for each in pages if "<script>" in each or "<img" in each]


# ---------------------------------------------------------------- in any order


class Lesson(RuleBasedStateMachine):
    """Whatever teacher and pupils do, in any order, the room stays whole, and refuses what cannot be as options are."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = Runs()
        self.room = room_of(self.runs)
        self.about = class_of(self.room)
        self.version = 0

    def _try(self, do: Any, *given: Any) -> None:
        with suppress(OptionError):
            do(*given)

    def _who(self, number: int) -> str:
        return [*self.room.people, "nobody"][number % (len(self.room.people) + 1)]

    def _poll(self, number: int, who: str) -> Poll:
        room = self.room
        every = [*room.polls(who), *(poll for each in room.questions for poll in room.polls_of(each))]
        return [*every, Poll("none", "", (("a", "a"),))][number % (len(every) + 1)]

    @rule(code=st.sampled_from(["BCDF", "bcdf", "QQQQ", ""]), number=st.integers(0, 9))
    def join(self, code: str, number: int) -> None:
        self._try(self.room.join, code, self._who(number))

    @rule(who=st.integers(0, 9), poll=st.integers(0, 9), option=st.integers(0, 4),
          sure=st.sampled_from(["", "sure", "x"]))  # fmt: skip
    def vote(self, who: int, poll: int, option: int, sure: str) -> None:
        name = self._who(who)
        asked = self._poll(poll, name)
        self._try(self.room.vote, name, asked.key, [*dict(asked.options), "x"][option % (len(asked.options) + 1)], sure)

    @rule(poll=st.integers(0, 9), option=st.sampled_from(["up", "ties", "hard", "more", "x"]), count=st.integers(-1, 9))
    def hands(self, poll: int, option: str, count: int) -> None:
        self._try(self.room.show_hands, self._poll(poll, "").key, {option: count})

    @rule(to=st.none() | st.integers(-2, 25))
    def on(self, to: int | None) -> None:
        self._try(self.room.go_on, to)

    @invariant()
    def at_most_one_vote_each(self) -> None:
        room = self.room
        assert all(set(votes) <= set(room.people) for votes in (*room.votes.values(), *room.sure.values()))
        every = [poll for each in room.questions for poll in room.polls_of(each)]
        for poll in every:
            hands = sum(room.hands.get(poll.key, {}).values())
            assert room.given(poll) == len(room.votes.get(poll.key, {})) + hands
            assert set(room.votes.get(poll.key, {}).values()) <= set(dict(poll.options))

    @invariant()
    def turns_are_in_order(self) -> None:
        assert [turn.year for turn in self.room.turns] == list(YEARS[: len(self.room.turns)])
        assert [number for _, number in self.runs.games] == list(range(len(self.room.turns)))

    @invariant()
    def teams_are_balanced(self) -> None:
        sizes = [Counter(self.room.people.values())[code] for code in TEAMS]
        assert max(sizes) - min(sizes) <= 1

    @invariant()
    def all_screens_can_be_shown(self) -> None:
        assert 0 <= self.room.at < len(self.room.steps)
        assert self.room.version >= self.version
        self.version = self.room.version
        assert wall_screen(self.about)
        for who in list(self.room.people)[:2]:
            assert phone_screen(self.about, who)


TestLesson = Lesson.TestCase
TestLesson.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
