"""The page's queue: whose turn it is, what is dropped, and that it changes no number.

Most tests put their own hands in place of the processes, so that the order does not hang on time.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordiale.case.load import LoadedPack
from cordiale.engine.block import SharedHistory, worlds_of
from cordiale.engine.sample import recording
from cordiale.files.errors import OptionError, StudyError
from cordiale.models.base import Family
from cordiale.models.random import Streams
from cordiale.page import jobs as tasks
from cordiale.page.job_queue import IN_A_ROW, MANY, PATIENCE, Queue, Ticket
from cordiale.page.jobs import BLOCK, LEAST, QUICK, Job, Task, blocks
from cordiale.page.runs import Runs
from cordiale.page.session import LONGEST, prepared
from cordiale.page.worker import Order
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.attribution import causes
from cordiale.study.narrative import story

MEASURES = ["alignment", "trust", "rank", "pressure"]
ALONE = MEASURES[:1]  # of what the hands run
BASE, QUAD = "baseline", "france_joins_quad"
SIZE = 10  # worlds of a block of what the hands run
Pack = tuple[LoadedPack, Family]  # what each process receives once
LONG, SHORT = 60, 1  # quarters of a job that is long with three blocks, and of one that is quick


@dataclass
class Call:
    """A call that a process would run."""

    orders: list[Any]
    block: tuple[int, int]
    future: Future[list[Any]] = field(default_factory=Future)

    @property
    def told(self) -> str:
        return f"{'+'.join(map(str, self.orders))} {self.block[0] // SIZE}"

    def end(self) -> None:
        """Give each order a part that says where it is from."""
        self.future.set_result([(order, self.block) for order in self.orders])


class Hands:
    """What stands for the processes: keeps calls until they are told to end."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._ended = 0

    def __call__(self, call: Callable[..., Any], orders: Sequence[Any], block: tuple[int, int], *more: Any) -> Any:
        self.calls.append(Call(list(orders), block))
        return self.calls[-1].future

    @property
    def started(self) -> list[str]:
        return [call.told for call in self.calls]

    def end(self) -> None:
        """End the call that was started first of those that still run."""
        self._ended += 1
        self.calls[self._ended - 1].end()

    def end_all(self) -> None:
        while self._ended < len(self.calls):
            self.end()


@pytest.fixture(scope="module")
def pack() -> Pack:
    scenario = load_scenario(BASE)
    return scenario.loaded, scenario.family


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def queue(pack: Pack, hands: Hands) -> Queue:
    return Queue(*pack, 1, hands)


def job(name: str, count: int = 1, quarters: int = SHORT, beside: Hashable = None) -> Job[Any]:
    cut = tuple((k * SIZE, SIZE) for k in range(count))
    return Job(Task(print, name, (), cut, quarters, list, beside))


def long(name: str, count: int = 3) -> Job[Any]:
    made = job(name, count, LONG)
    assert not made.quick
    return made


# ---------------------------------------------------------------- whose turn it is


def test_a_small_look_starts_before_the_second_block_of_anothers_long_one(queue: Queue, hands: Hands) -> None:
    queue.ask([long("a1"), long("a2")], "A")
    (small,) = queue.ask([job("b")], "B")
    assert hands.started == ["a1 0"]
    hands.end()
    assert hands.started == ["a1 0", "b 0"]
    hands.end()
    assert small.result(0) == [("b", (0, SIZE))]
    hands.end_all()
    assert sorted(hands.started[2:]) == ["a1 1", "a1 2", "a2 0", "a2 1", "a2 2"]


def test_ones_own_small_look_goes_before_ones_own_long_one(queue: Queue, hands: Hands) -> None:
    queue.ask([long("a1")], "A")
    queue.ask([long("a2")], "A")
    queue.ask([job("a3")], "A")
    hands.end()
    assert hands.started == ["a1 0", "a3 0"]


def test_a_long_look_is_not_passed_over_for_ever(queue: Queue, hands: Hands) -> None:
    """New visitors come without end, each with a small look: of four calls in a row one is a long one's."""
    queue.ask([long("a", 5)], "A")
    for visitor in range(2 * IN_A_ROW):
        queue.ask([job(f"b{visitor}")], visitor)
    for visitor in range(100, 130):
        hands.end()
        queue.ask([job(f"c{visitor}")], visitor)
    at = [place for place, told in enumerate(hands.started) if told[0] == "a"]
    assert at == [0, 4, 8, 12, 16]


def test_small_looks_that_kept_nobody_waiting_are_not_counted(queue: Queue, hands: Hands) -> None:
    queue.ask([job(f"a{k}") for k in range(IN_A_ROW + 1)], "A")
    for _ in range(IN_A_ROW):
        hands.end()
    queue.ask([long("b")], "B")
    queue.ask([job("c")], "C")
    hands.end()
    assert hands.started[IN_A_ROW + 1 :] == ["c 0"]


def test_who_asks_again_keeps_his_place(queue: Queue, hands: Hands) -> None:
    mine = job("a")
    queue.ask([job("x")], "X")
    first = queue.ask([mine], "A")[0]
    queue.ask([job("b")], "B")
    queue.ask([mine], "A")
    first.cancel()
    assert len(queue._waiting) == 2
    hands.end_all()
    assert hands.started == ["x 0", "a 0", "b 0"]


def test_two_long_looks_take_turns_in_what_small_ones_leave(queue: Queue, hands: Hands) -> None:
    queue.ask([long("a", 4)], "A")
    queue.ask([long("b", 4)], "B")
    for visitor in range(30):
        queue.ask([job(f"c{visitor}")], visitor)
    hands.end_all()
    assert [told for told in hands.started if told[0] in "ab"] == [f"{who} {k}" for k in range(4) for who in "ab"]


def test_visitors_take_turns_however_much_one_asks(queue: Queue, hands: Hands) -> None:
    queue.ask([job(f"a{k}") for k in range(6)], "A")
    queue.ask([job(f"b{k}") for k in range(2)], "B")
    queue.ask([job("c0")], "C")
    hands.end_all()
    assert [told.split()[0] for told in hands.started] == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4", "a5"]


def test_a_newcomer_does_not_push_out_who_waits_already(queue: Queue, hands: Hands) -> None:
    queue.ask([job("a0"), job("a1")], "A")
    for k in range(3):
        queue.ask([job(f"n{k}")], f"N{k}")
        hands.end()
    assert [told.split()[0] for told in hands.started] == ["a0", "n0", "a1", "n1"]


def test_nobody_keeps_all_processes_while_another_waits(pack: Pack, hands: Hands) -> None:
    queue = Queue(*pack, 3, hands)
    queue.ask([long("a1", 6), long("a2", 6)], "A")
    assert hands.started == ["a1 0", "a1 1", "a1 2"]  # he may have all as long as he is alone
    queue.ask([long("b", 6)], "B")
    hands.end()
    assert hands.started[3:] == ["b 0"]
    hands.end()
    assert hands.started[4:] == ["b 1"]  # each had one, and A was served last
    hands.end()
    assert hands.started[5:] == ["a1 3"]  # A had none
    queue.ask([long("c", 6)], "C")
    hands.end()
    assert hands.started[6:] == ["c 0"]


def test_a_small_look_of_one_who_is_served_waits_for_one_who_is_not(pack: Pack, hands: Hands) -> None:
    queue = Queue(*pack, 2, hands)
    queue.ask([long("a"), long("a2")], "A")
    queue.ask([job("a3")], "A")
    queue.ask([long("b")], "B")
    hands.end()
    assert hands.started[2] == "b 0"


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Steps: (visitor who asks, blocks, quarters); ("", which, 0): a call ends; ("-", which, 0): one is dropped."""
    asks = st.tuples(st.sampled_from("ABC"), st.integers(1, 4), st.sampled_from([SHORT, LONG]))
    ends = st.tuples(st.sampled_from(["", "", "-"]), st.integers(0, 5), st.just(0))
    return draw(st.lists(asks | ends, max_size=40))


@given(crowds(), st.integers(1, 3))
def test_whatever_comes_shares_are_kept_and_each_block_runs_once(
    pack: Pack, steps: list[tuple[str, int, int]], processes: int
) -> None:
    crowd = Crowd(pack, processes)
    for who, number, quarters in steps:
        if who in ("", "-"):
            (crowd.drop if who else crowd.end)(number)
        else:
            crowd.ask(who, number, quarters)
    while crowd.running:
        crowd.end(0)
    crowd.check()


class Crowd:
    """A queue under random use, with the rules that must hold whenever a call starts."""

    def __init__(self, pack: Pack, processes: int) -> None:
        self.queue, self.processes = Queue(*pack, processes, self._start), processes
        self.running: list[tuple[str, Call]] = []
        self.runs: Counter[tuple[Any, Any]] = Counter()
        self.asked: dict[str, tuple[Job[Any], Future[Any]]] = {}
        self.dropped: set[str] = set()

    def ask(self, who: str, count: int, quarters: int) -> None:
        name, made = f"{who}{len(self.asked)}", job(f"{who}{len(self.asked)}", count, quarters)
        self.asked[name] = made, None  # type: ignore[assignment]  # known before it starts
        self.asked[name] = made, self.queue.ask([made], who)[0]

    def end(self, which: int) -> None:
        if self.running:
            _, call = self.running.pop(which % len(self.running))
            call.end()

    def drop(self, which: int) -> None:
        names = [name for name, (_, future) in self.asked.items() if not future.done()]
        if names:
            name = names[which % len(names)]
            self.dropped.add(name)
            assert self.asked[name][1].cancel()

    def _start(self, call: Any, orders: list[Any], block: tuple[int, int], *more: Any) -> Future[list[Any]]:
        (name,) = orders
        held = Counter(who for who, _ in self.running)
        others = [each for each in self.asked if each not in self.dropped and self.asked[each][0].ready]
        assert name not in self.dropped
        assert len(self.running) < self.processes
        assert all(held[each[0]] >= held[name[0]] for each in others)
        self.runs[name, block] += 1
        self.running.append((name[0], Call(orders, block)))
        return self.running[-1][1].future

    def check(self) -> None:
        for name, (made, future) in self.asked.items():
            if name not in self.dropped:
                assert future.result(0) == [(name, block) for block in made.task.blocks]
        assert set(self.runs.values()) <= {1}
        assert not self.queue._waiting
        assert not self.queue._turns._working


# ---------------------------------------------------------------- side by side


def test_the_same_block_of_alike_looks_runs_side_by_side(queue: Queue, hands: Hands) -> None:
    queue.ask([job("x")], "X")
    queue.ask([job("a", 2, beside="alike")], "A")
    queue.ask([job("b", 2, beside="alike"), job("other", beside="unlike")], "B")
    (found,) = queue.ask([job("c", 2, beside="alike")], "C")
    hands.end()
    assert hands.started[1] == "a+b+c 0"
    hands.end_all()
    assert "a+b+c 1" in hands.started
    assert found.result(0) == [("c", (0, SIZE)), ("c", (SIZE, SIZE))]


def test_who_comes_later_joins_at_the_next_block(queue: Queue, hands: Hands) -> None:
    queue.ask([job("a", 3, beside="alike")], "A")
    queue.ask([job("b", 3, beside="alike")], "B")
    hands.end_all()
    assert sorted(hands.started[1:]) == ["a+b 1", "a+b 2", "b 0"] or hands.started[1] == "b 0"
    assert Counter(told for call in hands.calls for told in call.orders) == {"a": 3, "b": 3}


@pytest.mark.parametrize(("quarters", "most"), [(29, MANY), (LONG, 2 * BLOCK)])
def test_no_more_run_side_by_side_than_leaves_the_next_a_chance(
    queue: Queue, hands: Hands, quarters: int, most: int
) -> None:
    queue.ask([job("x")], "X")
    queue.ask([job(f"a{k}", 2 if quarters == 29 else 3, quarters, "alike") for k in range(80)], "A")
    hands.end()
    assert len(hands.calls[1].orders) == most // (SIZE * quarters)


# ---------------------------------------------------------------- what nobody waits for


def test_what_is_dropped_is_never_started(queue: Queue, hands: Hands) -> None:
    queue.ask([job("x")], "X")
    dropped = queue.ask([job("a1"), job("a2")], "A")
    queue.ask([job("b")], "B")
    assert all(each.cancel() for each in dropped)
    assert [each.task.order for each in queue._waiting] == ["b"]
    hands.end_all()
    assert hands.started == ["x 0", "b 0"]


def test_no_further_block_of_a_dropped_look_is_started(queue: Queue, hands: Hands) -> None:
    (future,) = queue.ask([long("a")], "A")
    future.cancel()
    hands.end_all()
    assert hands.started == ["a 0"]


def test_a_look_that_another_waits_for_goes_on(queue: Queue, hands: Hands) -> None:
    both = long("both")
    (one,), (other,) = queue.ask([both], "A"), queue.ask([both], "B")
    one.cancel()
    hands.end_all()
    assert hands.started == ["both 0", "both 1", "both 2"]
    assert len(other.result(0)) == 3
    assert one.cancelled()


def test_a_dropped_look_goes_on_where_it_was_when_it_is_asked_again(queue: Queue, hands: Hands) -> None:
    again = long("a")
    queue.ask([again], "A")[0].cancel()
    hands.end()
    assert not queue._waiting
    (future,) = queue.ask([again], "B")
    hands.end_all()
    assert hands.started == ["a 0", "a 1", "a 2"]
    assert len(future.result(0)) == 3
    assert queue.ask([again], "C")[0].result(0) == future.result(0)


def test_a_wait_that_runs_out_is_dropped(queue: Queue, hands: Hands) -> None:
    queue.ask([job("x")], "X")
    ticket = Ticket(queue.ask([job("a1"), job("a2")], "A"), list)
    with pytest.raises(StudyError, match="took longer than 0 seconds and was given up"):
        ticket.result(0)
    hands.end_all()
    assert hands.started == ["x 0"]


def test_a_coroutine_that_is_cancelled_drops_what_it_awaits(queue: Queue, hands: Hands) -> None:
    async def request() -> None:
        await asyncio.gather(*[asyncio.wrap_future(each) for each in queue.ask([long("a"), long("b")], "A")])

    async def leave() -> None:
        task = asyncio.create_task(request())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with ThreadPoolExecutor(1) as thread:  # a browser that was opened before leaves a running loop in this one
        thread.submit(lambda: asyncio.run(leave())).result()
    hands.end_all()
    assert hands.started == ["a 0"]


# ---------------------------------------------------------------- what goes wrong


def test_a_job_that_fails_does_not_hold_up_the_next(queue: Queue, hands: Hands) -> None:
    bad, good = queue.ask([long("bad")], "A"), queue.ask([job("good")], "B")
    hands.calls[0].future.set_exception(ValueError("no number"))
    with pytest.raises(ValueError, match="no number"):
        bad[0].result(0)
    hands.calls[1].end()
    assert good[0].result(0)
    assert hands.started == ["bad 0", "good 0"]  # and no other block of what has failed
    assert not queue._busy


def test_nothing_is_kept_of_what_has_failed(pack: Pack, hands: Hands) -> None:
    failed = long("a")
    Queue(*pack, 2, hands).ask([failed], "A")
    hands.calls[0].future.set_exception(ValueError("no number"))
    hands.calls[1].end()
    assert (failed.parts, failed.size, len(hands.calls)) == ({}, 0, 2)


def test_a_process_that_cannot_be_started_is_told_and_the_next_is_tried(pack: Pack, hands: Hands) -> None:
    def refuse(call: Any, orders: list[Any], block: Any, *more: Any) -> Any:
        if orders == ["bad"]:
            raise StudyError("the processes that run the model cannot be started")
        return hands(call, orders, block, *more)

    queue = Queue(*pack, 1, refuse)
    bad, good = queue.ask([job("bad", 3), job("good")], "A")
    with pytest.raises(StudyError, match="cannot be started"):
        bad.result(0)
    hands.end_all()
    assert good.result(0)


def test_parts_that_cannot_be_joined_are_told(queue: Queue, hands: Hands) -> None:
    def full(parts: list[Any]) -> Any:
        raise MemoryError

    (future,) = queue.ask([Job(Task(print, "a", (), ((0, SIZE),), 1, full))], "A")
    (after,) = queue.ask([job("b")], "B")
    hands.end_all()
    with pytest.raises(MemoryError):
        future.result(0)
    assert after.result(0)


def test_a_crowd_that_is_served_at_once_needs_no_depth(pack: Pack) -> None:
    def at_once(call: Any, orders: list[Any], block: Any, *more: Any) -> Future[Any]:
        made = Call(orders, block)
        made.end()
        return made.future

    futures = Queue(*pack, 1, at_once).ask([job(f"a{k}") for k in range(400)], "A")
    assert all(each.done() for each in futures)


def test_those_who_wait_are_told_when_the_page_stops(queue: Queue, hands: Hands) -> None:
    queue.ask([job("x")], "X")
    (waiting,) = queue.ask([job("a")], "A")
    queue.stop()
    (late,) = queue.ask([job("b")], "B")
    for each in (waiting, late):
        with pytest.raises(StudyError, match="stopped"):
            each.result(0)
    hands.end_all()
    assert hands.started == ["x 0"]


# ---------------------------------------------------------------- blocks


@given(st.integers(1, 3000), st.integers(1, LONGEST))
def test_blocks_hold_every_world_once_and_none_is_large(worlds: int, quarters: int) -> None:
    cut = blocks(worlds, quarters)
    assert [world for first, count in cut for world in range(first, first + count)] == list(range(worlds))
    sizes = [count for _, count in cut]
    assert max(sizes) <= max(LEAST, BLOCK // quarters)
    assert max(sizes) - min(sizes) <= 1


def test_a_look_of_the_page_is_quick_and_a_long_one_is_cut(pack: Pack) -> None:
    small, large = (Job(tasks.run(prepared(load_scenario(BASE), worlds, 1), MEASURES)) for worlds in (32, 500))
    assert small.quick
    assert len(small.left) == 1
    assert large.task.cost > QUICK
    assert len(large.left) >= 4
    assert max(count for _, count in large.left) <= 500 // 4


# ---------------------------------------------------------------- all that visitors ask for


def scenario(name: str = BASE, worlds: int = 10, seed: int = 3, **moved: float) -> Scenario:
    return prepared(load_scenario(name, set={"horizon": "2019Q4"}), worlds, seed, moved)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four worlds at most."""
    monkeypatch.setattr(tasks, "BLOCK", 1)
    monkeypatch.setattr(tasks, "LEAST", 4)


@pytest.fixture
def faked(pack: Pack, hands: Hands) -> Runs:
    return Runs(*pack, 1, hands)


def test_a_choice_that_is_changed_leaves_the_queue(faked: Runs, hands: Hands, cut: None) -> None:
    faked.study([scenario(seed=1)], ALONE, "A")
    changed = [faked.study([scenario(seed=seed)], ALONE, "B") for seed in (2, 3, 4)]
    for each in changed[:-1]:
        each.drop()
    while hands._ended < len(hands.calls):
        call = hands.calls[hands._ended]
        hands._ended += 1
        call.future.set_result([{"alignment": np.zeros((call.block[1], 1, 1))} for _ in call.orders])
    seeds = [order.settings.seed.value for call in hands.calls for order in call.orders]
    assert Counter(seeds) == {1: 3, 4: 3}


def test_what_was_dropped_before_it_began_is_not_kept(faked: Runs) -> None:
    faked.study([scenario(seed=1)], ALONE, "A")
    for seed in range(2, 40):
        faked.study([scenario(seed=seed)], ALONE, "B").drop()
    faked.study([scenario(seed=40)], ALONE, "B")
    assert len(faked._found) == 2


def test_one_content_is_one_job_for_all_who_ask(faked: Runs, hands: Hands) -> None:
    faked.study([scenario(seed=1)], ALONE, "A")
    tickets = [faked.study([scenario(seed=2)], ALONE, visitor) for visitor in "ABC"]
    hands.calls[0].future.set_result([{}])
    assert [len(call.orders) for call in hands.calls] == [1, 1]
    hands.calls[1].future.set_result([{"alignment": np.zeros((10, 8, 78))}])
    for each in tickets:
        assert each.result(0).worlds == 10


def test_what_has_failed_is_run_again_when_it_is_asked_again(faked: Runs, hands: Hands) -> None:
    ticket = faked.study([scenario()], ALONE, "A")
    hands.calls[0].future.set_exception(ValueError("no number"))
    with pytest.raises(ValueError, match="no number"):
        ticket.result()
    again = faked.study([scenario()], ALONE, "A")
    hands.calls[1].future.set_result([{"alignment": np.zeros((10, 8, 78))}])
    assert again.result().worlds == 10


def test_a_part_of_a_dropped_look_counts_as_memory(
    faked: Runs, hands: Hands, cut: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cordiale.page.runs.KEPT", 100)
    ticket = faked.study([scenario(seed=1)], ALONE, "A")
    hands.calls[0].future.set_result([{"alignment": np.zeros((3, 8, 78))}])
    ticket.drop()
    for seed in range(2, 8):
        faked.study([scenario(seed=seed)], ALONE, "B")
    assert len(faked._found) == 6
    assert all(key[-1][-1][2] != 1 for key in faked._found)  # type: ignore[index]


# ---------------------------------------------------------------- real processes


@pytest.fixture(scope="module", params=[1, 2])
def runs(request: pytest.FixtureRequest, pack: Pack) -> Iterator[Runs]:
    made = Runs(*pack, request.param)
    yield made
    made.stop()


def alone(each: Scenario) -> dict[str, Any]:
    """The values of a scenario that nothing disturbs: all worlds in one block, in this process."""
    own = recording(each, MEASURES)
    worlds = worlds_of(own, Streams(own.seed, 0, own.worlds))
    return dict(zip(MEASURES, SharedHistory([own], own.family.rules(own.loaded)).run([worlds])[0], strict=True))


def test_no_number_hangs_on_who_else_asks(runs: Runs, cut: None, pack: Pack) -> None:
    levers = list(pack[0].pack.case.levers)
    looks = [[scenario(), scenario(QUAD)], [scenario(**{levers[3]: 0.7})], [scenario(QUAD, 23)], [scenario(seed=4)]]
    tickets = [runs.study(look, MEASURES, visitor) for visitor, look in zip("ABAC", looks, strict=True)]
    tickets[3].drop()
    tickets += [runs.study(looks[3], MEASURES, "D"), runs.study([scenario(worlds=2)], MEASURES, "B")]
    looks += [looks[3], [scenario(worlds=2)]]
    for k, (ticket, look) in enumerate(zip(tickets, looks, strict=True)):
        for each in look if k != 3 else []:
            found = ticket.result()
            for measure, values in alone(each).items():
                np.testing.assert_array_equal(found.values(measure, scenario=each.name), values)


def test_causes_and_stories_are_those_of_an_undisturbed_run(runs: Runs, cut: None) -> None:
    both = [scenario(QUAD), scenario(seed=9)]
    reasons, told = runs.why(both, "FRA-JPN", "A"), runs.story(both[0], 7, "B")
    assert told.result() == story(both[0], 7)
    for found, each in zip(reasons.result(), both, strict=True):
        expected = causes(each, "FRA-JPN", alone=True)
        assert found.quarters == expected.quarters
        for name in ("changes", "levels", "values"):
            mine, theirs = getattr(found, name), getattr(expected, name)
            assert list(mine) == list(theirs)
            for key, values in theirs.items():
                np.testing.assert_array_equal(mine[key], values)


def test_a_pair_that_is_none_is_told(runs: Runs) -> None:
    with pytest.raises(OptionError, match="'FRA-XXX' is no dyad"):
        runs.why([scenario()], "FRA-XXX", "A").result()


def test_real_processes_let_a_small_look_in_between(pack: Pack, cut: None, tmp_path: Path) -> None:
    runs = Runs(*pack, 1)
    looks = [scenario(seed=1, worlds=900), scenario(seed=2, worlds=900), scenario(seed=3, worlds=2)]
    started: list[int] = []
    submit = runs._queue._call

    def watched(call: Any, orders: list[Any], block: tuple[int, int], *more: Any) -> Any:
        started.extend(order.settings.seed.value for order in orders if isinstance(order, Order))
        return submit(call, orders, block, *more)

    runs._queue._call = watched
    try:
        gate = runs.do("A", _until, tmp_path / "open")
        long, longer, small = (runs.study([look], MEASURES, who) for look, who in zip(looks, "AAB", strict=True))
        (tmp_path / "open").touch()
        gate.result()
        assert small.result().worlds == 2
        assert started[0] == 3
        longer.drop()
        long.drop()
        assert runs.do("B", len, "word").result() == 4  # nothing of what was dropped is before it
        assert not runs._queue._waiting
        assert len(started) < 100  # of 450 blocks
    finally:
        runs.stop()


def _until(there: Path) -> None:
    while not there.exists():
        time.sleep(0.01)


def test_a_killed_process_is_told_and_the_queue_goes_on(pack: Pack) -> None:
    runs = Runs(*pack, 1)
    try:
        pid = runs.do("A", os.getpid).result()
        dead = runs.do("A", signal.pause)
        after = runs.study([scenario(worlds=2)], MEASURES, "B")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(StudyError, match="a process that ran the model has died; ask again"):
            dead.result()
        np.testing.assert_array_equal(
            after.result().values("trust"), alone(scenario(worlds=2))["trust"].astype(np.float64)
        )
        assert runs.do("A", os.getpid).result() != pid
    finally:
        runs.stop()


def test_patience_is_the_usual_wait() -> None:
    future: Future[int] = Future()
    future.set_result(4)
    assert Ticket([future], lambda found: found[0]).result() == 4
    assert PATIENCE == 120
