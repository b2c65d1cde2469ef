"""Many worlds: memory, processes, reading back. `python -m benchmarks.scale` prints rows; it takes some twenty minutes.

A million worlds are not among them: `python -m benchmarks.watch cordiale run baseline --worlds 1000000 ...`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from benchmarks.watch import watch

MIB = 2**20
Found = TypeVar("Found")


def cordiale(how: Callable[..., Found], *arguments: str) -> Found:
    """Run a command of cordiale with a new folder for what it makes, timed or watched."""
    with TemporaryDirectory() as folder:
        return how(str(Path(sys.executable).parent / "cordiale"), *arguments, "--out", f"{folder}/study")


def baseline(worlds: int, jobs: int) -> list[str]:
    """Return the command that runs the baseline."""
    return ["run", "baseline", "--worlds", str(worlds), "--jobs", str(jobs), "--no-charts"]


def seconds(*command: str) -> float:
    """Return the wall-clock seconds of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def memory() -> list[str]:
    """Return the rows on memory: 100,000 worlds against 1,000, in one process, all quarters."""
    few, many = (cordiale(watch, *baseline(worlds, 1)) for worlds in (1_000, 100_000))
    return [
        f"| memory of `run`, 1,000 worlds, one process, MiB at its peak | {few.largest / MIB:.0f} | |",
        f"| the same, 100,000 worlds | {many.largest / MIB:.0f} | |",
        f"| 100,000 / 1,000 worlds | {many.largest / few.largest:.2f} | at most 1.2 |",
    ]


def processes(worlds: int = 16_384) -> list[str]:
    """Return the rows on processes: one against two, and against two commands at once, each the quicker of two turns.

    Two commands of half the worlds have nothing in common but the machine, so they tell what it lets two processes win.
    """
    turns = [(alone(baseline(worlds, 1)), alone(baseline(worlds, 2)), at_once(baseline(worlds // 2, 1)))
             for _ in range(2)]  # fmt: skip
    one, two, apart = (min(each) for each in zip(*turns, strict=True))
    return [
        f"| `run`, {worlds:,} worlds, one process, seconds | {one:.0f} | |",
        f"| the same, two processes | {two:.0f} | |",
        f"| the same, half each by two commands at once | {apart:.0f} | |",
        f"| one / two | {one / two:.2f} | at least 1.8 |",
        f"| one / two commands | {one / apart:.2f} | |",
    ]


def alone(command: Sequence[str]) -> float:
    """Return the seconds of a command, start and end counted."""
    return cordiale(seconds, *command)


def at_once(command: Sequence[str]) -> float:
    """Return the seconds until two of a command, begun together, have ended."""
    with ThreadPoolExecutor(2) as pool:
        return max(pool.map(alone, [command, command]))


def reading() -> list[str]:
    """Return the rows on reading back: two scenarios compared on 100,000 worlds, charts included, two processes."""
    pair = ["baseline", "france_joins_quad"]
    taken = cordiale(watch, "compare", *pair, "--worlds", "100000", "--jobs", "2")
    return [
        f"| `compare` of two scenarios, 100,000 worlds, seconds | {taken.seconds:.0f} | |",
        f"| its memory, all processes, MiB | {taken.memory / MIB:.0f} | under 2048 |",
    ]


def main() -> None:
    """Measure and print what is named, or all."""
    print("| what | figure | target |")
    print("|---|---|---|")
    for part in (processes, memory, reading):
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            print("\n".join(part()), flush=True)


if __name__ == "__main__":
    main()
