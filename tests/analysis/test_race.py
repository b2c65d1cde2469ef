"""The race and its confirmation: what it promises, on packages whose true values are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ttest_1samp

from cordiale.analysis.confirm import confirm
from cordiale.analysis.decision import Array, Enough, Index, Rules, best_first, non_dominated
from cordiale.analysis.elimination import NONE, beaten, lower, short_of
from cordiale.analysis.race import More, Race, race, totals

ALL = Rules(optimism=0.4, enough=Enough(0.0, (1.0,)))


def told(gains: Array, costs: Array | None = None) -> More:
    """Return a source of worlds that are all known already."""
    priced = np.zeros((0, *gains.shape)) if costs is None else costs

    def more(packages: Index, worlds: range) -> tuple[Array, Array]:
        return gains[packages][..., worlds.start : worlds.stop], priced[:, packages][..., worlds.start : worlds.stop]

    return more


def noisy(means: Array, worlds: int, seed: int, own: float = 1.0, shared: float = 1.0) -> Array:
    """Return (packages, futures, worlds) with luck of each package's own, and luck that all share in a world."""
    luck = np.random.default_rng(seed)
    common = shared * luck.normal(size=(1, means.shape[1], worlds))
    return means[..., None] + common + own * luck.normal(size=(*means.shape, worlds))


def planted(seed: int = 0) -> tuple[Array, Array, list[int]]:
    """Return 200 packages of which number 77 is best in all: gains, costs, levers."""
    luck = np.random.default_rng(seed)
    means, prices = np.array([0.0, 1, -1]) + luck.normal(0, 0.1, (200, 3)), luck.normal(1, 0.1, (200, 3))
    means[77], prices[77] = [1.0, 2.0, 0.0], 0.3
    return noisy(means, 256, seed + 1), noisy(prices, 256, seed + 2)[None], luck.integers(1, 4, 200).tolist()


def test_a_planted_best_package_is_found_by_every_rule() -> None:
    gains, costs, levers = planted()
    found = race(told(gains, costs), levers, ALL, most=256)
    assert {rule: found.candidates[rule] for rule in found.candidates} == dict.fromkeys(ALL.names(1), (77,))
    assert found.left.tolist() == [77]
    assert found.front == (77,)
    assert set(found.best_of) == {77}
    assert all(found.told_apart(rule) for rule in ALL.names(1))
    assert sorted([77, *(one.package for one in found.dropped)]) == list(range(200))
    assert {one.by[rule] for one in found.dropped for rule in ALL.names(1)} >= {77}
    assert [look.worlds for look in found.looks] == totals(8, 32, 256)[: len(found.looks)]
    assert [look.packages for look in found.looks[1:]] == [look.left for look in found.looks[:-1]]


def test_the_order_of_packages_changes_nothing() -> None:
    luck = np.random.default_rng(4)
    gains = noisy(luck.normal(0, 0.6, (40, 3)), 128, 5)
    costs = noisy(luck.normal(1, 0.6, (40, 3)), 128, 6)[None]
    levers = luck.integers(1, 4, 40)
    mixed = luck.permutation(40)
    one = race(told(gains, costs), levers.tolist(), ALL, most=128)
    other = race(told(gains[mixed], costs[:, mixed]), levers[mixed].tolist(), ALL, most=128)
    assert 1 < len(one.left) < 40
    assert {int(mixed[at]) for at in other.left} == set(one.left.tolist())
    assert {rule: tuple(int(mixed[at]) for at in of) for rule, of in other.candidates.items()} == one.candidates
    assert tuple(int(mixed[at]) for at in other.front) == one.front
    assert {int(mixed[each.package]): each.worlds for each in other.dropped} == {
        each.package: each.worlds for each in one.dropped
    }


def test_worlds_in_parts_are_the_same_worlds() -> None:
    """A source that is asked for the same worlds gives the same race, and is never asked for a world twice."""
    gains, costs, levers = planted(7)
    asked: list[range] = []

    def more(packages: Index, worlds: range) -> tuple[Array, Array]:
        asked.append(worlds)
        halves = [told(gains, costs)(packages, part) for part in (worlds[:10], worlds[10:])]
        return np.concatenate([one for one, _ in halves], -1), np.concatenate([one for _, one in halves], -1)

    whole, parts = race(told(gains, costs), levers, ALL, most=128), race(more, levers, ALL, most=128)
    assert whole.dropped == parts.dropped
    assert whole.candidates == parts.candidates
    assert [world for worlds in asked for world in worlds] == list(range(parts.worlds))


def test_a_package_that_is_best_in_the_tail_alone_stays() -> None:
    """The others gain more in nine worlds of ten, and lose much in the tenth."""
    luck = np.random.default_rng(2)
    gains = noisy(np.array([[0.0, 0.0]] + [[2.0, 2.0]] * 9), 512, 3, own=0.3)
    gains[1:] -= np.where(luck.random((2, 512)) < 0.15, 6.0, 0.0)
    found = race(told(gains), [1] * 10, most=512)
    assert 0 not in found.candidates["mean"]
    assert found.candidates["cvar"] == (0,)
    assert 0 in found.left


def test_the_best_of_a_future_stays_as_the_measure_of_regret() -> None:
    """It is last by every rule, and without it the regret of the others would be another."""
    means = np.array([[5.0, 5, 5], [4.8, 5.2, 5], [9, -9, -9]])
    found = race(told(noisy(means, 64, 1, own=0.1)), [1, 1, 1], most=64)
    assert all(2 not in of for of in found.candidates.values())
    assert 2 in found.left
    assert found.unbeaten == len(found.left) - 1
    assert found.best_of[0] == 2
    assert found.values["regret"][0] == pytest.approx(4, abs=0.1)


def test_the_same_with_more_levers_goes_and_equals_stay() -> None:
    gains, costs = noisy(np.zeros((4, 2)), 64, 5), noisy(np.ones((4, 2)), 64, 6)[None]
    gains[1], costs[:, 1] = gains[0], costs[:, 0]  # as 0, with more levers
    gains[2], costs[:, 2] = gains[0], costs[:, 0]  # as 0, with as many
    gains[3] = gains[0]  # gains as 0, costs otherwise
    found = race(told(gains, costs), [1, 2, 1, 2], most=64)
    assert [(one.package, one.same_as, one.worlds) for one in found.dropped] == [(1, 0, 64)]
    assert found.left.tolist() == [0, 2, 3]
    assert found.candidates["mean"] == (0, 2, 3)


def test_a_rare_world_tells_twins_apart() -> None:
    gains = noisy(np.zeros((2, 2)), 64, 5)
    gains[1] = gains[0]
    gains[1, 1, 20] += 0.5
    assert race(told(gains), [1, 2], most=64).left.tolist() == [0, 1]


def test_the_front_keeps_what_costs_less_and_drops_what_only_costs_more() -> None:
    means, prices = np.array([[2.0], [1.0], [2.0], [0.5]]), np.array([[2.0], [1.0], [3.0], [1.5]])
    gains, costs = noisy(means, 128, 1, own=0.2), noisy(prices, 128, 2, own=0.2)[None]
    gains[2] = gains[0]  # the same gain in every world, for more
    found = race(told(gains, costs), [1, 1, 1, 1], most=128)
    assert found.candidates["pareto"] == found.front == (0, 1)
    (gone,) = (one for one in found.dropped if one.package == 3)
    assert gone.by["pareto"] == 1
    assert gone.by["mean"] in (0, 2)


@given(arrays(np.float64, (5, 3), elements=st.integers(-3, 3)), arrays(np.float64, (5, 3), elements=st.integers(0, 2)))
def test_without_luck_only_the_best_are_unbeaten(means: Array, prices: Array) -> None:
    gains, costs = np.repeat(means[..., None], 64, -1), np.repeat(prices[None, ..., None], 64, -1)
    found = beaten(ALL, gains, costs, 32, 0.01, 5)
    for rule, values in ALL.values(gains, costs).items():
        best = values[best_first(rule, values)[0]]
        assert (found.by[rule] == NONE).tolist() == (abs(values - best) < 1e-9).tolist(), rule
    front = non_dominated(np.column_stack([means.mean(axis=1), -prices.mean(axis=1)]).round(9))
    assert (found.by["pareto"] == NONE).tolist() == front.tolist()
    assert found.benchmark.tolist() == (means == means.max(axis=0)).any(axis=1).tolist()


def test_the_leader_of_regret_beats_who_is_behind_it_everywhere_whatever_the_best_does() -> None:
    """Two that share nearly all luck, and a third that is best in one future and has large luck of its own."""
    gains = noisy(np.array([[0.2, 0.2], [0.0, 0.0], [5.0, -9.0]]), 64, 3, own=0.05)
    gains[2] += 3 * np.random.default_rng(4).normal(size=(2, 64))
    assert beaten(Rules(), gains, np.zeros((0, *gains.shape)), 32, 0.01, 3).by["regret"][1] == 0


def test_regret_is_against_any_package_that_may_be_the_best_of_a_future() -> None:
    """The leader regrets 0.5 in the first future, and the second package 1 in the second; what the fourth would have
    brought in the first is not known, so that the leader may regret more.
    """
    means = np.array([[1.0, 5.0], [1.5, 4.0], [1.5, -9.0], [1.3, -9.0]])
    gains = np.repeat(means[..., None], 64, axis=-1)
    assert beaten(Rules(), gains, np.zeros((0, *gains.shape)), 32, 0.01, 4).by["regret"][1] == 0
    gains[3, 0, 32:] += np.tile([5.0, -5.0], 16)
    assert beaten(Rules(), gains, np.zeros((0, *gains.shape)), 32, 0.01, 4).by["regret"][1] == NONE


def test_the_bound_is_students_where_nothing_is_skewed() -> None:
    values = np.random.default_rng(0).normal(0.3, 1, 20)
    values = np.concatenate([values, 0.6 - values])
    theirs = ttest_1samp(values, 0, alternative="greater").confidence_interval(0.99)
    assert lower(values, 0.01) == pytest.approx(theirs.low)
    assert lower(np.full(40, 0.25), 1e-9) == pytest.approx(0.25)


def test_the_bound_holds_for_rare_disasters_where_students_does_not() -> None:
    """8,000 means of 64 worlds, of which one in fourteen is a disaster."""
    luck = np.random.default_rng(1)
    values = np.where(luck.random((8000, 64)) < 0.07, -5.0, 0.0) + luck.normal(0, 0.3, (8000, 64))
    theirs = ttest_1samp(values, 0, axis=1, alternative="greater").confidence_interval(0.99)
    assert (theirs.low > -0.35).mean() > 0.03
    assert (lower(values, 0.01) > -0.35).mean() < 0.013
    assert (lower(-values, 0.01) > 0.35).mean() < 0.01  # and is never above Student's


def bests(gains: Array, costs: Array) -> dict[str, int]:
    """Return the best by each rule on worlds so many that they are the truth."""
    return {rule: int(best_first(rule, values)[0]) for rule, values in ALL.values(gains, costs).items()}


def turned_out(seeds: range, make: Callable[[int], tuple[Array, Array]], true: dict[str, int], chance: float) -> int:
    """Return in how many races the true best by some rule was beaten."""
    count = 0
    for seed in seeds:
        gains, costs = make(seed)
        found = race(told(gains, costs), [1] * len(gains), ALL, most=gains.shape[-1], chance=chance)
        count += any(best not in found.candidates[rule] for rule, best in true.items())
    return count


def test_the_chance_to_lose_the_best_is_within_its_bound_where_packages_differ() -> None:
    """By 8 packages, of which each rule has a best of its own, a little ahead."""
    luck = np.random.default_rng(12)
    means = np.array([[1.2, -0.6], [0.1, 0.2], [0.65, -0.1], [0, 0], [1.1, -0.6], [0, 0.1], [0.6, -0.1], [0.2, 0]])
    own = np.array([1.0, 1, 1, 0.1, 1, 1, 1, 1])[:, None, None]
    prices = luck.normal(1, 0.1, (8, 2))

    def make(seed: int, worlds: int = 128) -> tuple[Array, Array]:
        return noisy(means, worlds, 2 * seed, own), noisy(prices, worlds, 2 * seed + 1, shared=0.2)[None]

    true = bests(*make(10**6, 50_000))
    assert len(set(true.values())) > 2
    assert turned_out(range(200), make, true, 0.05) <= 10


@pytest.mark.parametrize(("chance", "least", "most"), [(0.05, 0, 10), (0.6, 8, 60)])
def test_the_chance_to_lose_the_best_is_within_its_bound_where_two_are_equal(
    chance: float, least: int, most: int
) -> None:
    """Each leads in half of the races, and cannot be beaten there. At a large chance errors do come."""

    def make(seed: int) -> tuple[Array, Array]:
        return noisy(np.zeros((2, 2)), 64, 2 * seed), noisy(np.ones((2, 2)), 64, 2 * seed + 1)[None]

    assert least <= turned_out(range(200), make, dict.fromkeys(ALL.names(1), 0), chance) <= most


def test_luck_that_makes_a_leader_has_no_part_in_its_lead() -> None:
    """Forty packages with rare disasters of their own, some of which saw few, and a safe one of the same mean."""
    lost = 0
    for seed in range(100):
        luck = np.random.default_rng(seed)
        gains = luck.normal(0, 0.3, (41, 1, 128)) - np.where(luck.random((41, 1, 128)) < 0.07, 5.0, 0.0)
        gains[0] = luck.normal(-0.35, 0.05, (1, 128))
        lost += beaten(Rules(), gains, np.zeros((0, *gains.shape)), 64, 0.02, 41).by["mean"][0] != NONE
    assert lost <= 6  # of 2 allowed, and their luck


def test_the_chance_holds_for_all_of_the_front_at_once() -> None:
    """Sixty equal packages are all on the front, and no look of forty may lose one in more than three of ten."""
    lost = 0
    for seed in range(40):
        gains, costs = noisy(np.zeros((60, 1)), 64, seed), noisy(np.zeros((60, 1)), 64, seed + 100)[None]
        lost += (beaten(Rules(), gains, costs, 32, 0.3, 60).by["pareto"] != NONE).any()
    assert lost <= 20


def test_what_is_not_told_apart_is_told() -> None:
    found = race(told(noisy(np.zeros((6, 2)), 100, 9)), [1] * 6, most=100)
    assert [look.worlds for look in found.looks] == [8, 40, 100] == totals(8, 32, 100)
    assert totals(8, 32, 112) == [8, 40, 80, 112]
    assert totals(8, 32, 71) == [8, 71]
    assert found.worlds == 100
    assert found.left.tolist() == list(range(6))
    assert not any(found.told_apart(rule) for rule in found.candidates)
    assert found.candidates["cvar"] == tuple(found.order("cvar"))


def test_equal_packages_show_the_winners_curse() -> None:
    curses: dict[str, list[float]] = {}
    for seed in range(5):
        gains, costs = noisy(np.zeros((60, 3)), 320, seed), noisy(np.ones((60, 3)), 320, seed + 50)[None]
        found = race(told(gains, costs), [1] * 60, ALL, most=64)
        for one in confirm(found, told(gains, costs), 256):
            if one.place == "winner":
                curses.setdefault(one.rule, []).append(one.curse)
    assert {rule: np.mean(of) > 0.05 for rule, of in curses.items() if rule != "regret"} == {
        "mean": True, "worst_case": True, "cvar": True, "hurwicz": True, "satisficing": True,
    }  # fmt: skip


def test_confirmation_by_hand() -> None:
    """Worlds do not differ, but for one that is better while the race is run."""
    means = np.array([[3.0, 1.0], [1.5, 1.5], [0.0, 2.0]])
    gains = np.repeat(means[..., None], 128, axis=-1)
    costs = np.repeat(np.array([[2.0, 4], [1, 1], [1, 1]])[None, ..., None], 128, axis=-1)
    gains[0, 0, 5] += 64.0
    found: Race = race(told(gains, costs), [1, 1, 1], most=64)
    by = {(one.rule, one.place): one for one in confirm(found, told(gains, costs), 64)}
    assert set(by) == {(rule, place) for rule in found.values for place in ("winner", "runner-up")} | {
        ("pareto", "front")
    }
    mean = by["mean", "winner"]
    assert (mean.package, mean.in_race, mean.fresh.value, mean.curse) == (0, 2.5, 2.0, 0.5)
    assert (mean.gain.low, mean.gain.high, mean.costs[0].value) == (2.0, 2.0, 3.0)
    assert mean.regret.value == 1  # the third gains 2 in the second future
    regret = by["regret", "runner-up"]
    assert (regret.package, regret.in_race, regret.fresh.value, regret.curse) == (1, 2.5, 1.5, -1.0)
    assert by["worst_case", "winner"].package == 1
    assert [one.package for one in confirm(found, told(gains, costs), 64, ["mean"])] == [0, 1]
    assert [one.package for one in confirm(found, told(gains, costs), 64, ["pareto"])] == [0, 1]


def test_intervals_of_fresh_worlds_hold_what_is_true() -> None:
    """The race is on worlds without luck, so that its choice is known; 100 times fresh worlds with luck."""
    means = np.array([[2.0, 0.5], [1.0, 1.0]])
    still = race(told(np.repeat(means[..., None], 64, axis=-1)), [1, 1], Rules(optimism=0.5), most=64)
    true = {"mean": 1.25, "worst_case": 1.0, "regret": 0.5, "hurwicz": 1.25}
    held = dict.fromkeys(true, 0)
    for seed in range(100):
        luck = noisy(means, 64 + 40, seed)
        for one in confirm(still, told(luck), 40, list(true)):
            if one.place == "winner":
                held[one.rule] += one.fresh.low <= true[one.rule] <= one.fresh.high
    assert min(held.values()) >= 89


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"named": 1}, "at least 2 that name"),
        ({"first": 16}, "32 of the first look"),
        ({"most": 39}, "both at the last"),
        ({"levers": []}, "0 packages"),
        ({"chance": 1.0}, "chance of error"),
        ({"levers": [1, 1, 1]}, "packages, futures and worlds are"),
    ],
)
def test_what_is_no_race_is_refused(change: dict[str, object], words: str) -> None:
    def more(packages: Index, worlds: range) -> tuple[Array, Array]:
        return np.zeros((2, 2, len(worlds))), np.zeros((0, 2, 2, len(worlds)))

    with pytest.raises(ValueError, match=words):
        race(**{"more": more, "levers": [1, 1], **change})  # type: ignore[arg-type]


def test_a_gain_that_is_no_number_is_refused() -> None:
    gains = noisy(np.zeros((2, 2)), 64, 0)
    gains[1, 1, 40] = np.nan
    with pytest.raises(ValueError, match="not a finite number"):
        race(told(gains), [1, 1], most=64)


def test_packages_that_lose_go_from_the_first_worlds_on_and_those_that_gain_nothing_stay() -> None:
    """However little they cost: without a least gain the cheapest is on the front."""
    means, prices = (
        np.array([[0.0, 0.0], [1.0, 1.0], [-2.0, -2.0], [-6.0, 5.0]]),
        np.array([[1.0], [2.0], [0.1], [0.1]]),
    )
    gains, costs = noisy(means, 64, 1, shared=0.0), noisy(np.repeat(prices, 2, 1), 64, 2, own=0.1, shared=0.0)[None]
    gains[0], costs[:, 0] = 0.0, 1.0  # nothing is done
    kept, found = (race(told(gains, costs), [0, 1, 1, 1], most=64, least=least) for least in (None, 0.0))
    assert 2 in kept.candidates["pareto"]
    assert {one.package for one in found.dropped if one.short} >= {2}
    assert min(one.worlds for one in found.dropped if one.package == 2) == 8
    assert found.looks[0].left < found.looks[0].packages == 4
    assert {0, 1} <= set(found.left.tolist())


def test_what_gains_nothing_on_the_mean_rarely_goes_as_short() -> None:
    """4,000 packages that gain nothing, in six futures that differ, with rare disasters; one in a hundred may go."""
    luck = np.random.default_rng(3)
    values = luck.normal(0, 0.5, (4000, 6, 8)) + np.array([1.0, -1, 0.5, -0.5, 2, -2])[:, None]
    values -= np.where(luck.random(values.shape) < 0.07, 3.0, 0.0) - 0.21
    assert short_of(values, 0.0, 0.01).mean() < 0.012
    assert short_of(values - 1.0, 0.0, 0.01).mean() > 0.99
    assert not short_of(np.zeros((3, 6, 8)), 0.0, 0.01).any()


def test_what_costs_less_by_no_more_than_little_is_not_kept_for_that() -> None:
    """The second gains much less, and costs less by what nobody would notice; the third by what one would."""
    means, prices = np.array([[2.0], [1.0], [1.0]]), np.array([[2.0], [1.95], [1.0]])
    gains, costs = noisy(means, 128, 1, own=0.1), noisy(prices, 128, 2, own=0.02, shared=0.0)[None]
    for little, kept in ((None, (0, 1, 2)), ((0.1, 0.2), (0, 2))):
        found = race(told(gains, costs), [1, 1, 1], Rules(little=little), most=128)
        assert set(found.candidates["pareto"]) == set(kept)
