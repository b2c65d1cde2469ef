"""Print the table of docs/performance.md: `python -m benchmarks`; with the word `rules`, its first rows alone."""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.page import rows as page_rows
from benchmarks.sensitivity import speed_ratio

REPEATS = 5


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Return the seconds of each of several runs, after one that is not counted."""
    work()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def seconds_a_world(
    worlds: int, quarters: int = 8, block: int = 256, behaviour: Mapping[str, type] | None = None
) -> Callable[[], float]:
    """Return what gives the processor seconds that a world takes for some quarters, start left out.

    Parameters
    ----------
    behaviour : code -> class of states that behave otherwise than the pack says
    """
    from cordiale.engine.block import start_worlds
    from cordiale.scenario.load import load_scenario

    scenario = load_scenario("baseline")
    rules = scenario.family.rules(scenario.loaded, behaviour)

    def work() -> float:
        spent = 0.0
        for first in range(0, worlds, block):
            model = start_worlds(scenario, first, min(block, worlds - first), rules)
            start = time.process_time()
            for _ in range(quarters):
                model.step()
            spent += time.process_time() - start
        return spent / worlds

    return work


def overriding() -> dict[str, type]:
    """Return every state's class with a similarity of its own, in plain NumPy: code -> class."""
    import numpy as np

    from cordiale.scenario.load import load_scenario

    def similarity(self: Any) -> list[Any]:
        position, salience, found = self.world.position, self.numbers.salience[self.i], []
        gap = np.abs(position - position[self.i])
        for issues in self.structure.about:
            cares = salience[issues].sum(axis=0) if issues else 1.0
            found.append(
                1.0 - 2.0 * (gap[:, issues] * salience[issues]).sum(axis=1) / cares if issues else gap[:, 0] * 0
            )
        return found

    scenario = load_scenario("baseline")
    usual = scenario.family.rules(scenario.loaded).behaviour
    return {code: type("Own", (kind,), {"similarity": similarity}) for code, kind in usual.items()}


def growth() -> float:
    """Return the seconds a world at 16,384 worlds against those at 256; measured in turns."""
    few, many = seconds_a_world(256), seconds_a_world(16384)
    few()
    small, large = [], []
    for _ in range(2):
        small += [few() for _ in range(8)]
        large.append(many())
    small += [few() for _ in range(8)]
    return median(large) / median(small)


def reference(quarters: int = 8) -> tuple[Callable[[], float], Callable[[], float]]:
    """Return what gives the processor seconds of a world-quarter of the scalar reference, as it stands and compiled.

    Numbers and draws are made beforehand, so that what is timed is the rules; compiled, all quarters are one call.
    """
    from cordiale.scenario.load import load_scenario
    from tests.reference import kernel
    from tests.reference.adapter import Reference
    from tests.reference.compiled import compiled_run, prepared

    case = Reference(load_scenario("baseline"))
    world, plain = next(case.worlds(1)), []
    for _ in range(quarters):
        inputs = world.inputs()
        world.step()
        plain.append((*inputs, world.now))
    pieces, run = prepared(next(case.worlds(1)), quarters), compiled_run()
    run(*pieces)

    def interpreted() -> None:
        for inputs in plain:
            kernel.step(*inputs)

    def timed(work: Callable[[], object], times: int) -> Callable[[], float]:
        def spent() -> float:
            start = time.process_time()
            for _ in range(times):
                work()
            return (time.process_time() - start) / (times * quarters)

        return spent

    return timed(interpreted, 1), timed(lambda: run(*pieces), 5)


def import_seconds() -> float:
    """Return the median seconds that `import cordiale` takes in a new process, beyond an empty Python."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    return median(seconds(run("import cordiale"))) - median(seconds(run("pass")))


DEMO = ("baseline", "france_joins_quad", "dual_use_revealed")


def three_scenarios_seconds(worlds: int = 500) -> float:
    """Return the processor seconds of the demo's three scenarios with all quarters, in this process, without charts."""
    from tempfile import TemporaryDirectory

    import cordiale

    with TemporaryDirectory() as folder:
        start = time.process_time()
        cordiale.run(list(DEMO), worlds=worlds, jobs=1, out=f"{folder}/three")
        return time.process_time() - start


def demo_seconds() -> float:
    """Return the seconds of what `make demo` runs after installation."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [str(Path(sys.executable).parent / "cordiale"), "run", *DEMO, "--worlds", "500"]
        subprocess.run([*command, "--out", f"{folder}/demo"], check=True, capture_output=True)
        return time.perf_counter() - start


def history_ratio() -> tuple[float, float]:
    """Return how long five scenarios take from a common history against each from the start, and the share not run."""
    from cordiale.engine.block import SharedHistory, worlds_of
    from cordiale.models.random import Streams
    from cordiale.scenario.load import load_scenario

    names = ("baseline", "submarines_cancelled", "two_plus_two_interrupted", "chinese_coercion", "dual_use_revealed")
    scenarios = [load_scenario(name) for name in names]
    rules = scenarios[0].family.rules(scenarios[0].loaded)
    block = [worlds_of(scenarios[0], Streams(1, 0, 256))] * len(scenarios)
    groves = [SharedHistory(scenarios, rules, share=share) for share in (True, False)]
    together, apart = [], []
    for _ in range(3):
        for grove, spent in zip(groves, (together, apart), strict=True):
            start = time.perf_counter()
            grove.run(block)
            spent.append(time.perf_counter() - start)
    return median(together) / median(apart), groves[0].shared


def compare_seconds() -> float:
    """Return the seconds of `cordiale compare` of five scenarios with 1,000 worlds, two processes, charts included."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        names = ["baseline", "france_joins_quad", "dual_use_revealed", "brexit", "us_retrenchment"]
        command = [str(Path(sys.executable).parent / "cordiale"), "compare", *names, "--worlds", "1000"]
        start = time.perf_counter()
        subprocess.run([*command, "--out", f"{folder}/compare"], check=True, capture_output=True)
        return time.perf_counter() - start


def claims_seconds() -> float:
    """Return the seconds that all claims take with the settings as they are, from a tenth of their arms."""
    from cordiale.analysis.claim_arms import arms_of
    from cordiale.analysis.judge import judge
    from cordiale.scenario.claims import load_claims

    claims = [claim for claim in load_claims("indo_pacific_2018") if claim.tests]
    some = claims[::10]
    start = time.perf_counter()
    judge(only=[claim.claim.id for claim in some], jobs=None)
    spent = time.perf_counter() - start
    return spent * len(arms_of(claims).scenarios) / len(arms_of(some).scenarios)


def rules(quarters: int = 8) -> None:
    """Measure and print how fast the rules are: the model against the scalar reference, in turns, the least of each."""
    interpreted, compiled = reference(quarters)
    works = {
        "array": seconds_a_world(256, quarters),
        "own": seconds_a_world(256, quarters, behaviour=overriding()),
        "small": seconds_a_world(16, quarters, block=16),
    }
    spent: dict[str, list[float]] = {name: [] for name in (*works, "plain", "compiled")}
    for _ in range(4 * REPEATS):
        for name, work in works.items():
            spent[name].append(work() / quarters)
        spent["compiled"] += [compiled() for _ in range(4)]
    spent["plain"] += [interpreted() for _ in range(REPEATS)]
    least = {name: min(found) for name, found in spent.items()}
    print(
        f"| model, processor microseconds a world-quarter (blocks of 256) | {least['array'] * 1e6:.0f} | at most 90 |"
    )
    print(f"| the same, every state with a similarity of its own in NumPy | {least['own'] * 1e6:.0f} | |")
    print(f"| model, milliseconds a quarter of a block of 16 worlds | {least['small'] * 16e3:.1f} | under 4 |")
    print(f"| scalar reference, processor microseconds a world-quarter | {least['plain'] * 1e6:,.0f} | |")
    print(f"| the same compiled, whole runs inside compiled code | {least['compiled'] * 1e6:.0f} | |")
    print(f"| reference / model | {least['plain'] / least['array']:.0f} | at least 100 |")
    print(f"| model / compiled reference | {least['array'] / least['compiled']:.2f} | at most 2 |")
    print(f"| the same, every state with a term of its own | {least['own'] / least['compiled']:.2f} | at most 2.5 |")


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()}, {platform.machine()}, one run, one core unless said.\n")
    print("| what | figure | target |")
    print("|---|---|---|")
    rules()
    if sys.argv[1:] == ["rules"]:
        return
    print(f"| time a world at 16,384 worlds / at 256 | {growth():.2f} | 0.90 to 1.10 |")
    print(f"| `import cordiale`, seconds | {import_seconds():.2f} | under 1 |")
    spent = three_scenarios_seconds()
    print(f"| three scenarios, 500 worlds, 29 quarters, seconds of processor time | {spent:.1f} | under 4 |")
    print(f"| `make demo` after installation, seconds | {demo_seconds():.1f} | under 10 |")
    together, shared = history_ratio()
    print(f"| five scenarios from a common history / each from the start | {together:.2f} | ({shared:.0%} not run) |")
    print(f"| `cordiale compare` of five scenarios, 1,000 worlds, seconds | {compare_seconds():.0f} | under 60 |")
    print(f"| sensitivity: a sample alone / in blocks | {speed_ratio():.0f} | at least 20 |")
    print(f"| all claims, minutes (from a tenth) | {claims_seconds() / 60:.1f} | under 20 |")
    print("\n".join(page_rows()))


if __name__ == "__main__":
    main()
