"""What a command takes: `python -m benchmarks.watch COMMAND...` runs it and prints seconds and memory.

Memory is that of the command and all its processes together, looked at every other second, with pages that several
share counted once (proportional set size, Linux only). A peak between two looks can be missed; the work here is even.
Looking costs the processes some time: what is to be compared to the second is not watched.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

import psutil

EVERY = 2.0


@dataclass(frozen=True)
class Taken:
    """What a command took: wall-clock seconds, and the largest memory in bytes, of all its processes and of one."""

    seconds: float
    memory: int
    largest: int


def watch(*command: str) -> Taken:
    """Run a command to its end; a failure is raised with what it said."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    memory = largest = 0
    while True:
        each = _memory(process.pid)
        memory, largest = max(memory, sum(each)), max(largest, *each)
        try:
            _, said = process.communicate(timeout=EVERY)
        except subprocess.TimeoutExpired:
            continue
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit {process.returncode}\n{said}")
        return Taken(time.perf_counter() - start, memory, largest)


def _memory(pid: int) -> list[int]:
    found = [0]
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return found
    for process in tree:
        try:
            found.append(process.memory_full_info().pss)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue  # it has just ended
    return found


if __name__ == "__main__":
    taken = watch(*sys.argv[1:])
    memory, largest = taken.memory / 2**20, taken.largest / 2**20
    print(f"{taken.seconds:.1f} s, {memory:.0f} MiB in all processes, {largest:.0f} MiB in the largest")
