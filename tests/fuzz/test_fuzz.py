"""Spoilt files by the thousand: each is used, or refused in one line that names it.

CORDIALE_FUZZ=20000 hunts longer, with other luck each time; CORDIALE_FUZZ_SEED repeats a hunt.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cordiale.case.fields import Names
from cordiale.case.numbers import coded_numbers
from cordiale.engine.block import run_block
from cordiale.files.errors import OptionError
from cordiale.scenario.load import load_case, load_scenario
from cordiale.study.run import make_plan

from ..conftest import PACK
from .bench import SMALL, Bench, checked, command, watched
from .grammar import Mutation, break_up, mutated, mutations, scalars, scenarios_of, texts, trees_only

WANTED = int(os.environ.get("CORDIALE_FUZZ", "0"))
SEED = os.environ.get("CORDIALE_FUZZ_SEED")
CASES = {
    "scenario": 250, "small scenario": 200, "written": 200, "small pack": 300, "pack": 30, "claims": 60, "coding": 80,
    "design": 60, "manifest": 60, "set": 120,
}  # fmt: skip


def hunt(target: str) -> Callable[[Any], Any]:
    """Give a test of this many cases of a target."""
    total = sum(CASES.values())
    cases = max(1, round(CASES[target] * WANTED / total)) if WANTED else CASES[target]

    def decorated(test: Any) -> Any:
        test = seed(int(SEED))(test) if SEED else test
        return settings(
            max_examples=cases, derandomize=not WANTED, deadline=None, database=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        )(test)  # fmt: skip

    return decorated


Changes = tuple[list[Mutation], list[Mutation]]
shares = st.integers(0, 19)


def attempt(bench: Bench, target: str, at: int, changes: Changes, share: int, runs: int = 20) -> None:
    """Spoil a file and use it; in a share of cases run it too, or by the command line."""
    paths = bench.sources()[target]
    path = paths[at % len(paths)]
    raw = mutated(bench.data(path), changes, as_json=path.suffix == ".json")
    bench.try_bytes(target, path, raw, run=share < runs, command=share == 19)


@hunt("scenario")
@given(at=st.integers(0, 1000), changes=mutations, share=shares)
def test_scenarios(bench: Bench, at: int, changes: Changes, share: int) -> None:
    attempt(bench, "scenario", at, changes, share, runs=2)


@hunt("small scenario")
@given(changes=mutations, share=shares)
def test_scenarios_of_a_small_case(bench: Bench, changes: Changes, share: int) -> None:
    attempt(bench, "small scenario", 0, changes, share)


@hunt("written")
@given(data=st.data(), share=shares)
def test_scenarios_that_are_almost_right(bench: Bench, data: st.DataObject, share: int) -> None:
    names = Names(load_case(SMALL).pack)
    drawn = [path for path in coded_numbers(load_case(SMALL), names) if not path.startswith("weight.")]
    scenario = data.draw(scenarios_of(list(load_case(SMALL).pack.case.levers), drawn))
    raw = mutated(scenario, ([], []))
    bench.try_bytes("small scenario", bench.sources()["small scenario"][0], raw, run=True, command=share == 19)


@hunt("small pack")
@given(at=st.integers(0, 1000), changes=mutations, share=shares)
def test_packs(bench: Bench, at: int, changes: Changes, share: int) -> None:
    attempt(bench, "small pack", at, changes, share)


@hunt("pack")
@given(at=st.integers(0, 1000), changes=mutations, share=shares)
def test_the_shipped_pack(bench: Bench, at: int, changes: Changes, share: int) -> None:
    attempt(bench, "pack", at, changes, share, runs=1)


@hunt("claims")
@given(changes=mutations, share=shares)
def test_claims(bench: Bench, changes: Changes, share: int) -> None:
    attempt(bench, "claims", 0, changes, share)


HEADS = ["state,issue,value", "path,value,low,high,basis,note", "state,issue,value,low,high", "path,value"]
numbers = st.floats(-0.2, 1.2).map(repr) | st.sampled_from(["0", "1", "0.5", ""]) | scalars
codes, issues = st.sampled_from(["AAA", "BBB", "CCC", "ZZZ"]), st.sampled_from(["issue_0", "issue_0", "issue_9"])
numbered = st.sampled_from(["AAA.issue_0.ideal", "BBB.resolve", "AAA-BBB.practice.domain_0", "AAA>BBB.trust", "a.b"])
bases = st.sampled_from(["", "explicit", "implied", "not in the article", "said"])
FITTING = {
    HEADS[0]: st.tuples(codes, issues, numbers),
    HEADS[1]: st.tuples(numbered, numbers, numbers, numbers, bases, texts),
    HEADS[2]: st.tuples(codes, issues, numbers, numbers, numbers),
    HEADS[3]: st.tuples(numbered, numbers),
}
rows = st.lists(texts, max_size=8).map(",".join)


@st.composite
def tables(draw: st.DrawFn) -> list[str]:
    """Return the lines of a csv, most of which fit the line that names the columns."""
    head = draw(st.sampled_from(HEADS))
    lines = draw(st.lists(FITTING[head].map(",".join) if draw(st.integers(0, 3)) else rows, min_size=1, max_size=4))
    return [head if draw(st.integers(0, 9)) else draw(rows), *lines]


@hunt("coding")
@given(lines=tables(), changes=mutations, share=shares)
def test_codings(bench: Bench, lines: list[str], changes: Changes, share: int) -> None:
    raw = "\n".join(lines).encode("utf-8", "replace")
    for change in changes[1]:
        raw = break_up(raw, change)
    bench.try_bytes("coding", bench.folder / "coder.csv", raw, run=True, command=share == 19)


@hunt("design")
@given(changes=mutations | trees_only, share=shares)
def test_designs(bench: Bench, changes: Changes, share: int) -> None:
    attempt(bench, "design", 0, changes, share, runs=4)


@hunt("manifest")
@given(changes=mutations | trees_only, share=shares)
def test_manifests(bench: Bench, changes: Changes, share: int) -> None:
    attempt(bench, "manifest", 0, changes, share)


paths = st.sampled_from(["worlds", "seed", "horizon", "trust_lever", "AAA.resolve", "levers.trust_lever", "measures"])
sets = st.builds(lambda path, equals, value: f"{path}{equals}{value}", paths | texts, st.sampled_from(["=", "", "=="]),
                 scalars | texts)  # fmt: skip


@hunt("set")
@given(given_=st.lists(sets, min_size=1, max_size=3))
def test_set(bench: Bench, given_: list[str]) -> None:
    try:
        with watched():
            plan = make_plan([load_scenario("baseline", pack=SMALL, set=given_)])
    except OptionError as error:
        message = checked(str(error))
    else:
        run_block(plan, 0, 1)
        return
    assert message.startswith("--set ")


def test_the_files_are_well_before_they_are_spoilt(bench: Bench) -> None:
    """Else nothing would be tried behind the first check."""
    for target, found in bench.sources().items():
        for path in found if target != "coding" else []:
            raw = mutated(bench.data(path), ([], []), as_json=path.suffix == ".json")
            assert bench.try_bytes(target, path, raw) is None, path
    raw = b"state,issue,value\nAAA,issue_0,0.5\n"
    assert bench.try_bytes("coding", bench.folder / "coder.csv", raw, run=True) is None
    assert command("validate", PACK) is None
