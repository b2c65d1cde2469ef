"""What a command takes: `python -m benchmarks.watch COMMAND...` runs it and prints seconds and memory.

Memory is that of the command and all its processes together, looked at every other second, with pages that several
share counted once (proportional set size, Linux only). A peak between two looks can be missed, and often is in a short
run. Of the largest process the peak is told that the system keeps of each, which misses nothing before the last look.
Looking costs the processes some time: what is to be compared to the second is not watched.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY = 2.0


@dataclass(frozen=True)
class Taken:
    """What a command took: wall-clock seconds, and in bytes the most seen of all its processes and the peak of one."""

    seconds: float
    memory: int
    largest: int


def watch(*command: str) -> Taken:
    """Run a command to its end; a failure is raised with what it said."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    memory = largest = 0
    while True:
        together, peak = _memory(process.pid)
        memory, largest = max(memory, together), max(largest, peak)
        try:
            _, said = process.communicate(timeout=EVERY)
        except subprocess.TimeoutExpired:
            continue
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit {process.returncode}\n{said}")
        return Taken(time.perf_counter() - start, memory, largest)


def _memory(pid: int) -> tuple[int, int]:
    """Return the bytes that a process and its children hold together now, and the largest peak of one of them."""
    together = peak = 0
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return together, peak
    for process in tree:
        try:
            together += process.memory_full_info().pss
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
        except (OSError, psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue  # it has just ended
        peak = max(peak, *(int(each) * 1024 for each in re.findall(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)))
    return together, peak


if __name__ == "__main__":
    taken = watch(*sys.argv[1:])
    memory, largest = taken.memory / 2**20, taken.largest / 2**20
    print(f"{taken.seconds:.1f} s, {memory:.0f} MiB in all processes, {largest:.0f} MiB at the peak of the largest")
