"""The class without web and model: who is in, what is asked and counted, and what a change and a year bring."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cordiale.files.errors import OptionError
from cordiale.page.room import LETTERS, MOST, OFFERED, WAIT, Room, Step, way_of
from tests.page.classes import HOSTILE, TEAMS, YEARS, Runs, answer, go, joined, moved, room_of, seats

# ---------------------------------------------------------------- who is there


def test_letters_are_four_that_make_no_word() -> None:
    codes = [Room([answer("one")], {}, [], [], Runs().change, Runs().play).code for _ in range(50)]
    assert all(len(code) == 4 and set(code) <= set(LETTERS) for code in codes)
    assert len(set(codes)) > 40
    assert not set(LETTERS) & set("AEIOUY")


def test_letters_are_typed_as_one_types() -> None:
    room = room_of()
    assert len({room.join(" bcdf "), room.join("BCDF"), room.join("bCdF")} & set(room.people)) == 3


@pytest.mark.parametrize("code", ["", "BCD", "BCDG", "BCDFF", "B C D F", "\ud800", HOSTILE])
def test_wrong_letters_are_refused(code: str) -> None:
    room = room_of()
    with pytest.raises(OptionError, match="not the four letters"):
        room.join(code)
    assert not room.people


def test_who_comes_back_keeps_place_team_and_vote() -> None:
    room = room_of()
    who, *_ = joined(room, 4)
    go(room, "guess")
    room.vote(who, "gain one", "up")
    team = room.seat_of(who)
    assert room.join("BCDF", who) == who
    assert (len(room.people), room.seat_of(who), room.votes["gain one"][who]) == (4, team, "up")
    assert room.join("BCDF", "a key of yesterday") != "a key of yesterday"


def test_coming_back_needs_the_letters_too() -> None:
    room = room_of()
    with pytest.raises(OptionError):
        room.join("XXXX", joined(room, 1)[0])


def test_who_comes_late_meets_the_step_of_the_room() -> None:
    room = room_of()
    go(room, "discuss", 1)
    late = room.join("BCDF")
    assert [poll.key for poll in room.polls(late)] == ["part two"]
    room.vote(late, "part two", "ties")
    go(room, "move", 1)
    assert [poll.key for poll in room.polls(late)] == [f"move 1 {room.people[late]}"]


def test_a_full_room_takes_nobody_but_who_was_there() -> None:
    room = room_of()
    inside = joined(room, MOST)
    with pytest.raises(OptionError, match="full"):
        room.join("BCDF")
    assert room.join("BCDF", inside[7]) == inside[7]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 31])
def test_teams_are_of_one_size(count: int) -> None:
    room = room_of()
    joined(room, count)
    sizes = Counter(room.people.values())
    assert max(sizes.values()) - min(sizes[code] for code in TEAMS) <= 1


def test_without_a_game_nobody_has_a_team() -> None:
    room = room_of(seats=[], years=[])
    assert room.seat_of(joined(room, 1)[0]) is None
    assert {step.kind for step in room.steps}.isdisjoint({"move", "moved"})


# ---------------------------------------------------------------- the lesson


def test_the_lesson_goes_from_guess_to_debrief() -> None:
    first = [Step("guess", 0), Step("reveal", 0), Step("discuss", 0), Step("carried", 0)]
    second = [Step(step.kind, 1) for step in first]
    change = [Step("lever", 1), Step("predict", 1), Step("changed", 1)]
    game = [Step(kind, year) for year in range(3) for kind in ("move", "moved")]
    assert room_of().steps == [Step("join"), *first, *second, *change, *game, Step("debrief")]


def test_what_has_no_parts_is_not_discussed_and_what_has_no_levers_not_changed() -> None:
    room = room_of(questions=[answer("one", cost=None, parts=[])], levers={}, seats=[], years=[])
    assert [step.kind for step in room.steps] == ["join", "guess", "reveal", "debrief"]
    room.go_on()
    assert [poll.key for poll in room.polls()] == ["gain one"]


def test_nobody_goes_beyond_the_ends() -> None:
    room = room_of()
    room.go_on(-1)
    room.go_on(len(room.steps))
    room.go_on(10**30)
    assert room.at == 0
    go(room, "debrief")
    room.go_on()
    assert room.step.kind == "debrief"


# ---------------------------------------------------------------- votes


def test_a_vote_replaces_that_of_the_same_person() -> None:
    room = room_of()
    first, second = joined(room, 2)
    go(room, "guess")
    gain = room.polls()[0]
    room.vote(first, gain.key, "up", "a hunch")
    room.vote(second, gain.key, "up")
    room.vote(first, gain.key, "down", "sure")
    assert room.counts(gain) == {"up": 1, "same": 0, "down": 1}
    assert (room.given(gain), room.sure[gain.key]) == (2, {first: "sure"})


def test_hands_are_added_to_phones_and_counted_anew() -> None:
    room = room_of()
    who, *_ = joined(room, 2)
    go(room, "guess")
    gain = room.polls()[0]
    room.vote(who, gain.key, "up")
    room.show_hands(gain.key, {"up": 9, "same": 1})
    room.show_hands(gain.key, {"up": 3, "down": 4})
    assert (room.counts(gain), room.given(gain)) == ({"up": 4, "same": 0, "down": 4}, 8)


@pytest.mark.parametrize("counts", [{"up": -1}, {"up": MOST + 1}, {"sideways": 1}])
def test_hands_that_cannot_be_are_refused(counts: dict[str, int]) -> None:
    room = room_of()
    go(room, "guess")
    with pytest.raises(OptionError, match="hands"):
        room.show_hands("gain one", counts)
    assert room.given(room.polls()[0]) == 0


WRONG = {
    "of another question": ("guess", "gain two", "up", ""),
    "of another step": ("guess", "part one", "ties", ""),
    "of no poll": ("guess", HOSTILE, "up", ""),
    "an option that is none": ("guess", "gain one", HOSTILE, ""),
    "no option": ("guess", "gain one", "", ""),
    "sure of what asks for none": ("guess", "cost one", "up", "sure"),
    "as sure as nobody is": ("guess", "gain one", "up", "very"),
    "after the answer": ("reveal", "gain one", "up", ""),
    "after the parts": ("carried", "part one", "ties", ""),
    "after the change": ("changed", "predict two hard", "more", ""),
    "before the class begins": ("join", "gain one", "up", ""),
    "at the end": ("debrief", "gain one", "up", ""),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_asked_is_refused(wrong: str) -> None:
    kind, key, value, sure = WRONG[wrong]
    room = room_of()
    who = joined(room, 1)[0]
    go(room, kind)
    with pytest.raises(OptionError):
        room.vote(who, key, value, sure)
    assert not any(room.votes.values())
    assert not any(room.sure.values())


@pytest.mark.parametrize("who", ["", "nobody", HOSTILE])
def test_who_is_not_in_the_room_has_no_vote(who: str) -> None:
    room = room_of()
    go(room, "guess")
    with pytest.raises(OptionError, match="not in the room"):
        room.vote(who, "gain one", "up")


@pytest.mark.parametrize(("kind", "key"), [("reveal", "gain one"), ("carried", "part one"), ("join", "gain one")])
def test_no_hands_are_counted_once_the_answer_is_shown(kind: str, key: str) -> None:
    room = room_of()
    go(room, kind)
    with pytest.raises(OptionError, match="not asked now"):
        room.show_hands(key, {})


# ---------------------------------------------------------------- what is right


@pytest.mark.parametrize(
    ("change", "way"),
    [
        (moved(0.1), "up"),
        (moved(-0.1), "down"),
        (moved(0.0), "same"),
        (moved(0.04), "same"),  # clear, and too small to notice
        (moved(0.1, low=-0.1), "same"),  # large, and not clear
        (moved(0.04, unit="0 to 1"), "up"),  # on a scale with two ends it would be noticed
    ],
)
def test_right_is_what_would_be_noticed(change: Any, way: str) -> None:
    assert way_of(change) == way


def test_right_answers_are_the_models() -> None:
    room = room_of()
    go(room, "reveal", 1)
    assert [poll.right for poll in room.polls()] == [{"same"}, {"up"}]
    go(room, "carried", 0)
    assert [poll.right for poll in room.polls()] == [{"ties"}]


def test_the_score_counts_who_was_right_among_who_answered() -> None:
    room = room_of()
    people = joined(room, 3)
    go(room, "guess", 0)
    for who, value in zip(people, ("up", "up", "down"), strict=True):
        room.vote(who, "gain one", value)
    go(room, "discuss", 0)
    room.show_hands("part one", {"ties": 4, "trust": 1})
    assert [(poll.key, right, given) for poll, right, given in room.score()] == [("gain one", 2, 3), ("part one", 4, 5)]


# ---------------------------------------------------------------- one lever, chosen together


def test_the_lever_that_most_want_is_changed() -> None:
    runs = Runs()
    room = room_of(runs)
    people = joined(room, 3)
    go(room, "lever")
    for who, lever in zip(people, ("ships", "talks", "talks"), strict=True):
        room.vote(who, "lever two", lever)
    room.go_on()
    assert "“Talks end”" in room.polls()[0].ask
    room.vote(people[0], "predict two talks", "more")
    room.go_on()
    assert runs.changes == [("two", "talks", 0.0)]
    assert room.polls()[0].right == {"more"}
    assert room.changed_answer(room.question).gain.mean == runs.gain


@pytest.mark.parametrize(
    ("gain", "good", "right"),
    [
        (0.3, "more", "more"),
        (0.151, "more", "more"),
        (0.149, "more", "same"),
        (-0.2, "more", "less"),
        (-0.2, "less", "more"),
        (0.3, "less", "less"),
        (0.3, "", "more"),
    ],
)
def test_a_change_is_more_of_what_is_hoped_for(gain: float, good: str, right: str) -> None:
    room = room_of(Runs(gain=gain), questions=[answer("one").model_copy(update={"gain": moved(0.1, good=good)})])
    go(room, "changed")
    assert room.polls()[0].right == {right}


def test_the_first_lever_is_changed_where_nobody_says() -> None:
    runs = Runs()
    go(room_of(runs), "changed")
    assert runs.changes == [("two", "hard", 1.0)]


def test_a_class_that_chooses_again_sees_its_new_choice_and_nothing_is_run_twice() -> None:
    runs = Runs()
    room = room_of(runs)
    who = joined(room, 1)[0]
    for lever in ("ships", "talks", "ships"):
        go(room, "lever")
        room.vote(who, "lever two", lever)
        go(room, "predict")
        room.vote(who, f"predict two {lever}", "less")
        go(room, "changed")
        assert room.polls()[0].key == f"predict two {lever}"
    assert [lever for _, lever, _ in runs.changes] == ["ships", "talks"]


# ---------------------------------------------------------------- the game


def test_a_year_makes_what_most_of_each_team_want() -> None:
    runs = Runs()
    room = room_of(runs)
    people = joined(room, 9)  # three a team
    go(room, "move", 0)
    french = [who for who in people if room.people[who] == "FRA"]
    for who, value in zip(french, ("FRA_0=0", "FRA_1=1", "FRA_1=1"), strict=True):
        room.vote(who, "move 0 FRA", value)
    room.go_on()
    assert runs.games == [([(0, "FRA_1", 1.0)], 0)]
    assert room.turns[0].moved == {"FRA": "FRA does 1", "JPN": "wait and see", "CHN": "wait and see"}


def test_teams_without_phones_move_by_what_the_teacher_enters() -> None:
    runs = Runs()
    room = room_of(runs)
    go(room, "move", 0)
    assert [poll.key for poll in room.polls()] == [f"move 0 {team}" for team in TEAMS]
    room.show_hands("move 0 JPN", {"JPN_2=0": 1})
    room.show_hands("move 0 FRA", {"FRA_1=1": 1})
    room.show_hands("move 0 FRA", {})  # thinks again
    room.go_on()
    assert runs.games == [([(0, "JPN_2", 0.0)], 0)]
    assert room.polls() == []


def test_a_tie_with_waiting_is_to_wait() -> None:
    runs = Runs()
    room = room_of(runs, seats=seats()[:1])
    people = joined(room, 2)
    go(room, "move", 0)
    room.vote(people[0], "move 0 FRA", "FRA_0=0")
    room.vote(people[1], "move 0 FRA", WAIT)
    room.go_on()
    assert runs.games == [([], 0)]


def test_moves_add_up_and_none_is_offered_twice() -> None:
    runs = Runs()
    room = room_of(runs, seats=seats()[:1])
    who = joined(room, 1)[0]
    made: list[tuple[str, str]] = []
    for year in range(len(YEARS)):
        go(room, "move", year)
        poll = room.polls(who)[0]
        assert len(poll.options) <= OFFERED
        assert poll.options[-1][0] == WAIT
        assert not {words for _, words in made} & {words for _, words in poll.options}
        made.append(poll.options[0])
        room.vote(who, poll.key, poll.options[0][0])
        room.go_on()
    assert [len(moves) for moves, _ in runs.games] == [1, 2, 3]
    assert [turn.year for turn in room.turns] == list(YEARS)


def test_a_year_that_is_jumped_over_is_played_first() -> None:
    runs = Runs()
    room = room_of(runs)
    go(room, "moved", 2)
    go(room, "moved", 0)
    assert [number for _, number in runs.games] == [0, 1, 2]
    assert [turn.year for turn in room.turns] == list(YEARS)


def test_no_move_is_taken_for_a_year_that_is_played() -> None:
    room = room_of()
    who = joined(room, 1)[0]
    go(room, "moved", 1)
    go(room, "move", 1)
    with pytest.raises(OptionError, match="not asked now"):
        room.vote(who, f"move 1 {room.people[who]}", WAIT)


def test_a_team_moves_for_itself_only() -> None:
    room = room_of()
    french, japanese, _ = joined(room, 3)
    go(room, "move", 0)
    with pytest.raises(OptionError):
        room.vote(french, f"move 0 {room.people[japanese]}", WAIT)


def test_a_year_that_fails_leaves_the_room_where_it_was() -> None:
    def fails(*_: object) -> dict[str, tuple[float, str]]:
        raise OptionError("too many wait")

    room = room_of(play=fails)
    go(room, "move", 0)
    with pytest.raises(OptionError, match="too many"):
        room.go_on()
    assert (room.step, room.turns) == (Step("move", 0), [])
