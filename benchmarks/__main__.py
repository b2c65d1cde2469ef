"""Print the table of docs/performance.md."""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

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


def seconds_a_world(worlds: int, quarters: int = 8) -> Callable[[], float]:
    """Return what gives the seconds that a process takes a world for some quarters, blocks of 256, start left out."""
    from cordiale.layers import load_scenario
    from cordiale.models.block import Block, behaviours, standards

    scenario = load_scenario("baseline")
    classes = behaviours(scenario)
    norms = standards(scenario, classes)

    def work() -> float:
        spent = 0.0
        for first in range(0, worlds, 256):
            block = Block(scenario, first, min(256, worlds - first), classes, norms)
            start = time.perf_counter()
            for _ in range(quarters):
                block.model.step()
            spent += time.perf_counter() - start
        return spent / worlds

    return work


def growth() -> tuple[float, float]:
    """Return the seconds a world at 256 worlds, and those at 16,384 against it; measured in turns."""
    few, many = seconds_a_world(256), seconds_a_world(16384)
    few()
    small, large = [], []
    for _ in range(2):
        small += [few() for _ in range(8)]
        large.append(many())
    small += [few() for _ in range(8)]
    return median(small), median(large) / median(small)


def reference_seconds(quarters: int = 8) -> float:
    """Return the median seconds of a world-quarter of the scalar reference, draws made beforehand."""
    from benchmarks.tabled import TabledDraws, TabledParameters
    from cordiale.layers import load_scenario
    from tests.compare import pair
    from tests.reference.model import World

    scenario = load_scenario("baseline")
    _, (world,) = pair(scenario, 1)
    parameters = TabledParameters(world.parameters)
    draws = TabledDraws(world.draws)

    def fresh() -> World:
        return World(world.case, parameters, world.standards, draws)

    def work() -> None:
        each = fresh()
        for _ in range(quarters):
            each.step()

    work()  # fills the tables, so that what is timed is the rules
    return median(seconds(work)) / quarters


def import_seconds() -> float:
    """Return the median seconds that `import cordiale` takes in a new process, beyond an empty Python."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    return median(seconds(run("import cordiale"))) - median(seconds(run("pass")))


def demo_seconds() -> float:
    """Return the seconds of what `make demo` runs after installation."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        scenarios = ["baseline", "france_joins_quad", "dual_use_revealed"]
        command = [str(Path(sys.executable).parent / "cordiale"), "run", *scenarios, "--worlds", "500"]
        subprocess.run([*command, "--out", f"{folder}/demo"], check=True, capture_output=True)
        return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    quarters = 8
    world, ratio = growth()
    array = world / quarters
    scalar = reference_seconds(quarters)
    print(f"Python {platform.python_version()}, {platform.machine()}, one run, one core unless said.\n")
    print("| what | figure | target |")
    print("|---|---|---|")
    print(f"| array model, microseconds a world-quarter (blocks of 256) | {array * 1e6:.0f} | |")
    print(f"| scalar reference, microseconds a world-quarter | {scalar * 1e6:.0f} | |")
    print(f"| reference / model | {scalar / array:.0f} | at least 60 |")
    print(f"| time a world at 16,384 worlds / at 256 | {ratio:.2f} | 0.90 to 1.10 |")
    print(f"| `import cordiale`, seconds | {import_seconds():.2f} | under 1 |")
    print(f"| `make demo` after installation, seconds | {demo_seconds():.1f} | under 15 |")


if __name__ == "__main__":
    main()
