"""Sobol' indices, elementary effects, and coding against chance: known answers through the command's own path."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.morris import Effects, morris
from cordiale.analysis.response import ModelResponse, Quantiles, evaluate, target_of
from cordiale.analysis.sensitivity import crossed, sensitivity, shares
from cordiale.analysis.sobol import Indices, check_size, groups_of, sobol
from cordiale.files.errors import OptionError
from cordiale.output.charts.sensitivity import morris as morris_chart
from cordiale.output.charts.sensitivity import tornado
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from tests.conftest import Command

Values = Mapping[str, np.ndarray]
Refused = Callable[..., str]
QUICK = ["horizon=2019Q2"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("baseline", set=QUICK)


# ---------------------------------------------------------------- test functions with known indices

A, B = 7.0, 0.1
G = [0.0, 1.0, 4.5, 9.0, 99.0]


def ishigami(values: Values) -> np.ndarray:
    x, y, z = (values[name] for name in "xyz")
    return np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)


def between_minus_pi_and_pi(unit: np.ndarray) -> dict[str, np.ndarray]:
    return {name: -np.pi + 2 * np.pi * unit[:, at] for at, name in enumerate("xyz")}


def ishigami_indices() -> tuple[np.ndarray, np.ndarray]:
    """First and total indices (Ishigami and Homma 1990)."""
    first = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0])
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = first.sum() + both
    return first / whole, (first + np.array([both, 0.0, both])) / whole


def sobol_g(values: Values) -> np.ndarray:
    return np.prod([(np.abs(4 * values[f"x{i}"] - 2) + a) / (1 + a) for i, a in enumerate(G)], axis=0)


def sobol_g_indices(groups: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """First and total indices of groups (Saltelli and Sobol' 1995)."""
    alone = np.array([1 / (3 * (1 + a) ** 2) for a in G])

    def closed(members: list[int]) -> float:
        return float(np.prod(1 + alone[members]) - 1)

    every = list(range(len(G)))
    whole = closed(every)
    rest = [[i for i in every if i not in members] for members in groups]
    return np.array([closed(m) for m in groups]) / whole, 1 - np.array([closed(m) for m in rest]) / whole


def unit_g(unit: np.ndarray) -> dict[str, np.ndarray]:
    return {f"x{i}": unit[:, i] for i in range(len(G))}


def single(names: str) -> dict[str, list[str]]:
    return {name: [name] for name in names}


def test_ishigami() -> None:
    first, total = ishigami_indices()
    np.testing.assert_allclose(first, [0.3139, 0.4424, 0], atol=1e-4)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=1e-4)
    found = sobol(ishigami, between_minus_pi_and_pi, single("xyz"), 8192, seed=0)
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)
    assert found.rows == 8192 * 5
    assert found.variance == pytest.approx(A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5, rel=0.02)
    assert found.converged, found.doubts


def test_sobol_g_in_groups() -> None:
    groups = [[0, 3], [1, 2], [4]]
    first, total = sobol_g_indices(groups)
    named = {str(members): [f"x{i}" for i in members] for members in groups}

    def inverse(unit: np.ndarray) -> dict[str, np.ndarray]:
        order = [i for members in groups for i in members]
        return {f"x{i}": unit[:, at] for at, i in enumerate(order)}

    found = sobol(sobol_g, inverse, named, 4096, seed=3)
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)


def test_intervals_cover() -> None:
    """95 % intervals of small samples hold the true index at least nine times in ten."""
    first, total = sobol_g_indices([[i] for i in range(len(G))])
    groups = {f"x{i}": [f"x{i}"] for i in range(len(G))}
    held = []
    for seed in range(20):
        found = sobol(sobol_g, unit_g, groups, 256, seed=seed)
        held.append(np.abs(found.first - first) <= found.first_error)
        held.append(np.abs(found.total - total) <= found.total_error)
    assert np.mean(held) >= 0.9


def test_the_flag_says_no() -> None:
    found = sobol(ishigami, between_minus_pi_and_pi, single("xyz"), 64, seed=0)
    assert not found.converged
    assert "the interval of the largest total index is" in found.doubts[0]
    assert found.next_samples >= 128
    zero = np.zeros(2)
    narrow = Indices(["a", "b"], np.array([0.7, 0.5]), zero, np.array([0.7, 0.5]), zero, np.array([0.7, 0.4]), 1.0, 64)
    assert [doubt[:9] for doubt in narrow.doubts] == ["the first", "a total i"]


def test_convergence_is_held_against_its_bounds() -> None:
    """At a bound all is well, beyond it there is a doubt; what to try next follows the width of the largest."""

    def indices(error: float, first: float, half: float) -> Indices:
        total = np.array([0.3, 0.6])
        return Indices(
            ["a", "b"], np.array([0.0, first]), np.zeros(2), total, np.array([0.9, error]), total - [0.0, half], 1.0, 64
        )

    assert indices(0.05, 1.05 - 1e-9, 0.05 - 1e-9).converged
    assert indices(0.06, 1.0, 0.0).doubts == ["the interval of the largest total index is 0.12 wide, over 0.1"]
    assert indices(0.0, 1.07, 0.0).doubts == ["the first orders add up to 1.07, over 1.05"]
    moved = "a total index moved by 0.08 from half the sample to the whole, over 0.05"
    assert indices(0.0, 1.0, 0.08).doubts == indices(0.0, 1.0, -0.08).doubts == [moved]
    assert [indices(error, 1.0, 0.0).next_samples for error in (0.01, 0.1, 0.15, 5.0)] == [128, 256, 1024, 1024]


def test_indices_as_a_table_the_largest_first() -> None:
    found = Indices(
        ["a", "b", "c"], *(np.arange(3) + k for k in (0.0, 10.0)), np.array([1.0, 3.0, 1.0]),
        *(np.arange(3) + k for k in (20.0, 30.0)), 1.0, 64,
    ).frame()  # fmt: skip
    assert found.to_dict("list") == {
        "group": ["b", "a", "c"], "first": [1.0, 0.0, 2.0], "first_error": [11.0, 10.0, 12.0],
        "total": [3.0, 1.0, 1.0], "total_error": [21.0, 20.0, 22.0], "total_of_half": [31.0, 30.0, 32.0],
    }  # fmt: skip
    assert found.index.tolist() == [0, 1, 2]


def test_half_of_the_sample_is_the_sample_of_half_the_size() -> None:
    def found(*given: int) -> Indices:
        return sobol(ishigami, between_minus_pi_and_pi, single("xyz"), *given)

    assert found(128, 0).half == pytest.approx(found(64, 0).total)
    assert found(64, 0).total.tolist() != found(64, 1).total.tolist()
    assert found(1).samples == 8
    assert (found().samples, found().first.tolist()) == (512, found(512, 0).first.tolist())


def test_a_design_that_no_memory_holds_is_refused() -> None:
    check_size(250, 1_000_000)
    with pytest.raises(OptionError, match="a design of 251 rows of 1,000,000 numbers does not fit in memory"):
        check_size(251, 1_000_000)


def test_a_seed_of_zero_is_a_seed_and_samples_are_a_power_of_two() -> None:
    one, two = (sobol(ishigami, between_minus_pi_and_pi, single("xyz"), 100, seed=0) for _ in range(2))
    assert one.samples == 128
    np.testing.assert_array_equal(one.total_error, two.total_error)
    np.testing.assert_array_equal(one.first, two.first)


def test_morris_of_a_known_function() -> None:
    """2x + yz: the effect of x is exact, that of y hangs on z, which lies on four levels."""
    paths = single("xyz")
    found = morris(
        lambda v: 2 * v["x"] + v["y"] * v["z"], lambda u: {n: u[:, i] for i, n in enumerate("xyz")}, paths, 400
    )
    reach = 0.75  # from the quantile 1/8 to 7/8
    np.testing.assert_allclose([found.mean[0], found.strength[0]], 2 * reach)
    assert found.spread[0] == pytest.approx(0, abs=1e-9)
    assert found.mean[1] == pytest.approx(0.5 * reach, abs=0.03)
    assert found.spread[1] == pytest.approx(np.sqrt(5) / 8 * reach, abs=0.02)
    assert found.converged


def test_effects_as_a_table_the_largest_first() -> None:
    columns = (np.arange(3) + k for k in (10.0, 20.0, 30.0, 40.0))
    found = Effects(["a", "b", "c"], [1, 2, 3], np.array([1.0, 3.0, 1.0]), *columns, 20).frame()
    assert found.to_dict("list") == {
        "group": ["b", "a", "c"], "numbers": [2, 1, 3], "mean_absolute_effect": [3.0, 1.0, 1.0],
        "error": [11.0, 10.0, 12.0], "mean_effect": [21.0, 20.0, 22.0], "standard_deviation": [31.0, 30.0, 32.0],
        "mean_absolute_effect_of_half": [41.0, 40.0, 42.0],
    }  # fmt: skip
    assert found.index.tolist() == [0, 1, 2]


def test_effects_are_held_against_their_bounds() -> None:
    def effects(error: float, half: float) -> Effects:
        none = np.zeros(2)
        return Effects(["a", "b"], [1, 1], np.array([0.2, 0.4]), np.array([9.0, error]), none, none,
                       np.array([0.2, half]), 20)  # fmt: skip

    assert effects(0.1, 0.21).converged
    assert effects(0.12, 0.4).doubts == ["the interval of the largest effect is 60% of it wide, over 50%"]
    elsewhere = ["half of the trajectories put the largest effect elsewhere"]
    assert effects(0.05, 0.51).doubts == effects(0.05, 0.29).doubts == elsewhere
    assert [effects(error, 0.4).next_samples for error in (0.01, 0.2, 0.3, 9.0)] == [40, 80, 180, 320]
    assert effects(0.1, 0.4).rows == 60


def test_morris_hangs_on_its_seed_alone_and_takes_four_trajectories_at_least() -> None:
    def found(*given: int) -> Effects:
        return morris(
            lambda v: v["x"] * v["y"], lambda u: {n: u[:, i] for i, n in enumerate("xy")}, single("xy"), *given
        )

    assert found(1).trajectories == 4
    assert found().trajectories == 20
    usual, zero, one = found(8), found(8, 0), found(8, 1)
    assert np.array_equal(usual.strength_error, zero.strength_error)
    assert not np.array_equal(usual.strength, one.strength)


def test_half_of_the_trajectories_is_their_first_half() -> None:
    """An effect that only shows in the second half of the design."""
    rows = 20 * 2

    def response(values: Values) -> np.ndarray:
        found = values["x"].copy()
        found[: rows // 2] *= 2
        return found

    found = morris(response, lambda unit: {"x": unit[:, 0]}, single("x"), 20)
    assert (found.strength[0], found.half[0]) == pytest.approx((1.5 * 0.75, 2 * 0.75))


def test_morris_of_groups_has_no_sign() -> None:
    found = morris(lambda v: v["x"] - v["y"], lambda u: {n: u[:, i] for i, n in enumerate("xyz")},
                   {"both": ["x", "y"], "z": ["z"]}, 50)  # fmt: skip
    assert found.strength[0] > 0.3
    assert np.isnan([found.mean[0], found.spread[0]]).all()
    assert found.strength[1] == 0
    assert found.sizes == [2, 1]


def test_coding_chance_and_interaction() -> None:
    """y = x + 0.5 luck + 0.5 x luck of standard normals: shares 4, 1 and 1 of 6."""
    generator = np.random.default_rng(1)
    luck = generator.standard_normal(200)
    x = generator.standard_normal(400)
    table = crossed(lambda v, world: v["x"] + 0.5 * luck[world] + 0.5 * v["x"] * luck[world], {"x": x}, 200)
    found = shares(table)
    np.testing.assert_allclose([found.share[part] for part in ("coding", "chance", "interaction")],
                               [4 / 6, 1 / 6, 1 / 6], atol=0.04)  # fmt: skip
    assert abs(found.share["coding"] - 4 / 6) < found.error["coding"] < 0.15
    assert found.left(1) == pytest.approx(0.2, abs=0.04)
    assert found.left(4) < found.left(1)


# ---------------------------------------------------------------- on the model


def test_quantiles_give_the_coded_distributions(scenario: Scenario) -> None:
    paths = ["FRA.resolve", "weight.crowding"]
    values = Quantiles(scenario.ranges, paths)(np.array([[0.0, 0.5], [1.0, 0.5], [0.5, 0.5]]))
    coded = scenario.ranges["FRA.resolve"]
    assert values["FRA.resolve"][:2].tolist() == [coded.low, coded.high]
    assert set(values["JPN.resolve"]) == {scenario.ranges["JPN.resolve"].best}
    assert len(values) == len(scenario.ranges)


def test_shares_agree_with_ordinary_worlds(scenario: Scenario) -> None:
    """The variance of worlds that draw their own numbers is the sum of the parts, to what few worlds of luck leave."""
    from cordiale.engine.sample import sample

    found = sensitivity(scenario, "alignment:FRA-JPN", "morris", group="states", samples=4, luck=1)
    worlds = sample([scenario], ["alignment:FRA-JPN"], 600)[0]["alignment:FRA-JPN"][:, -1, 0]
    parts = found.shares
    chance = 3 * np.sqrt(2 / (parts.luck - 1)) * parts.share["chance"] * parts.variance
    assert abs(parts.variance - np.var(worlds)) < chance + 0.2 * np.var(worlds)
    assert sum(found.shares.share.values()) == pytest.approx(1)


def test_a_response_is_the_mean_over_luck_and_does_not_hang_on_blocks(scenario: Scenario) -> None:
    target = target_of("trust:FRA-JPN@2019Q1", scenario)
    unit = np.random.default_rng(0).random((6, len(scenario.ranges)))
    inverse = Quantiles(scenario.ranges, list(scenario.ranges))
    response = ModelResponse(target, 2)
    values = inverse(unit)
    whole = evaluate(response, inverse, unit)
    np.testing.assert_allclose(whole, (response.at(values, 0) + response.at(values, 1)) / 2)
    np.testing.assert_allclose(evaluate(response, inverse, unit[2:3]), whole[2:3])


@pytest.mark.parametrize("preset", ["focus", "fields", "states", "weights"])
def test_presets_hold_every_number_once(scenario: Scenario, preset: str) -> None:
    groups = groups_of(scenario, preset)
    members = [path for paths in groups.values() for path in paths]
    assert sorted(members) == sorted(scenario.ranges)
    assert len(groups) < 110


def test_over_tells_numbers_apart(scenario: Scenario) -> None:
    groups = groups_of(scenario, over=["JPN-FRA.practice.*", "weight.value_*"])
    assert groups["FRA-JPN.practice.maritime"] == ["FRA-JPN.practice.maritime"]
    assert list(groups)[-1] == "weight.value_pressure" or "all other numbers" in groups
    assert len(groups["all other numbers"]) == len(scenario.ranges) - len(groups) + 1


def test_numbers_of_no_state_are_the_case_s(scenario: Scenario) -> None:
    groups = groups_of(scenario, "states")
    assert {"case", "ties of France–Japan", "ties of others"} <= set(groups)
    assert not any(path.split(".")[0] in scenario.loaded.pack.states for path in groups["case"])


def test_the_variance_is_that_of_the_two_base_samples() -> None:
    """Not of rows in which one group alone was drawn anew."""
    seen: list[np.ndarray] = []

    def response(values: Values) -> np.ndarray:
        seen.append(ishigami(values))
        return seen[-1]

    found = sobol(response, between_minus_pi_and_pi, single("xyz"), 64, seed=0)
    rows = np.concatenate(seen).reshape(64, 5)
    assert found.variance == pytest.approx(np.var(np.concatenate([rows[:, 0], rows[:, -1]])), rel=1e-12)
    assert found.variance != pytest.approx(np.var(np.concatenate([rows[:, 0], rows[:, 2]])), rel=1e-3)


def texts(figure) -> str:
    from matplotlib.text import Text

    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))


def test_charts_draw_the_indices() -> None:
    found = sobol(ishigami, between_minus_pi_and_pi, single("xyz"), 64, seed=0)
    figure = tornado(found, {"x": "the first number"}, "what is moved", "source")
    for gid, values in (("total", found.total), ("first", found.first)):
        widths = [bar.get_width() for bar in figure.axes[0].patches if bar.get_gid() == gid]
        np.testing.assert_allclose(widths, values[np.argsort(-found.total)])
    assert "Not converged" in texts(figure)
    assert "The first number" in texts(figure)
    effects = morris(ishigami, between_minus_pi_and_pi, single("xyz"), 20)
    figure = morris_chart(effects, {}, "what is moved", "source")
    widths = [bar.get_width() for bar in figure.axes[0].patches if bar.get_gid() == "strength"]
    np.testing.assert_allclose(widths, sorted(effects.strength, reverse=True))
    points = [line.get_ydata() for line in figure.axes[1].lines if line.get_gid() == "effects"]
    np.testing.assert_allclose(sorted(np.concatenate(points)), sorted(effects.spread))


# ---------------------------------------------------------------- the command


def test_the_command(workshop: Path, run_command: Command) -> None:
    def run(*arguments: str) -> str:
        code, out, error = run_command(*arguments)
        assert code == 0, error
        return out

    start = ("sensitivity", "baseline", "--measure", "alignment:FRA-JPN", "--set", QUICK[0], "--luck", "1")
    told = json.loads(run(*start, "--group", "states", "--samples", "8", "--json"))
    assert told["method"] == "sobol"
    assert not told["converged"]
    assert "Next: --samples" in told["sentences"][-1]
    assert set(told["shares"]) == {"coding", "chance", "interaction"}
    folder = Path(told["folder"])
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert names == {"files.txt", "groups.csv", "manifest.json", "charts/tornado.png", "charts/tornado.svg"}
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["rows"] == told["rows"] == 8 * 25
    out = run(*start, "--method", "morris", "--over", "weight.trust_*", "--samples", "4",
              "--out", "screened")  # fmt: skip
    assert "is coding" in out
    assert (workshop / "screened" / "charts" / "morris.svg").is_file()


MEASURE = ("--measure", "alignment:FRA-JPN")
BAD = {
    ("--measure", "aligment:FRA-JPN"): "--measure 'aligment:FRA-JPN': 'aligment' is no measure; "
    "did you mean 'alignment'?",
    ("--measure", "alignment"): "--measure 'alignment': name one entity after a colon, such as alignment:FRA-JPN",
    ("--measure", "alignment:FRA-JPX"): "--measure 'alignment:FRA-JPX': 'alignment' is of a dyad, "
    "such as FRA-JPN, and 'FRA-JPX' is none; did you mean 'FRA-JPN'?",
    ("--measure", "alignment:FRA-JPN@2031Q1"): "--measure 'alignment:FRA-JPN@2031Q1': 2031Q1 is not among the "
    "quarters 2018Q4 to 2019Q2",
    ("--measure", "same_bloc:FRA-JPN@2019Q1"): "--measure 'same_bloc:FRA-JPN@2019Q1': 'same_bloc' is read in the "
    "last quarter only, 2019Q2",
    (*MEASURE, "--method", "sobl"): "--method 'sobl': no such method; did you mean 'sobol'? (sobol, morris)",
    (*MEASURE, "--group", "field"): "--group 'field': no such grouping; did you mean 'fields'? "
    "(known: focus, fields, states, weights)",
    (*MEASURE, "--over", "FRA.resolv"): "--over 'FRA.resolv': no number that is drawn has such a path; did you mean "
    "'FRA.resolve'?; `cordiale list parameters` shows them",
    ("--measure", "member.quad:JPN", "--group", "states", "--samples", "8"): "--measure: it is 1 in all 200 rows, so "
    "nothing moves it",
    (*MEASURE, "--samples", "1000000"): "--samples: a design of 40,894,464 rows of 1,811 numbers does not fit in "
    "memory: take fewer samples, or fewer groups with --group",
}  # fmt: skip


@pytest.mark.parametrize("options", BAD)
def test_bad_input(options: tuple[str, ...], refused: Refused) -> None:
    message = refused("sensitivity", "baseline", *options, "--set", QUICK[0], "--luck", "1", "--out", "found")
    assert message.startswith(BAD[options])


def test_a_folder_that_is_taken_is_refused_before_any_row_runs(refused: Refused, workshop: Path) -> None:
    (workshop / "mine").mkdir()
    (workshop / "mine" / "notes.txt").write_text("mine")
    message = refused("sensitivity", "baseline", *MEASURE, "--samples", "4096", "--out", "mine")
    assert message == "mine exists: choose another folder with --out, or add --replace"


def test_a_constant_response_is_refused() -> None:
    with pytest.raises(OptionError, match="nothing moves it"):
        sobol(lambda v: np.ones(len(v["x"])), between_minus_pi_and_pi, single("xyz"), 8)
