"""Searches for moves: `python -m benchmarks.moves` prints rows; it takes some ten minutes on two cores.

`robust FRA --size 3 --yes` takes long, and is measured on its own: `python -m benchmarks.moves FOLDER` prints the rows
of a folder that it wrote.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.scale import cordiale, seconds

WORLDS = 200


def moves() -> list[str]:
    """Return the rows on `moves`: all of France's moves against as many runs of one scenario, one process."""
    asked = cordiale(seconds, "moves", "FRA", "--worlds", str(WORLDS), "--jobs", "1")
    counted = _options()
    plain = cordiale(seconds, "run", "baseline", "--worlds", str(WORLDS * counted), "--jobs", "1", "--no-charts")
    two = cordiale(seconds, "moves", "FRA", "--worlds", str(WORLDS), "--jobs", "2")
    return [
        f"| `moves FRA`, {counted} options of {WORLDS} worlds, one process, seconds | {asked:.0f} | |",
        f"| the same, two processes | {two:.0f} | under 60 |",
        f"| one process / `run` of as many worlds | {asked / plain:.2f} | |",
    ]


def _options() -> int:
    from cordiale.analysis.options import moves_of
    from cordiale.scenario.load import load_scenario

    return 1 + len(moves_of(load_scenario("baseline"), "FRA"))


def robust() -> list[str]:
    """Return the rows of a small search: Japan's own moves, up to three together."""
    with TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "cordiale"), "robust", "JPN", "--size", "3", "--alone", "--yes"]
        seconds(*command, "--jobs", "2", "--out", f"{folder}/robust")
        return rows_of(Path(folder) / "robust")


def rows_of(folder: Path) -> list[str]:
    """Return the rows of a folder that `cordiale robust` wrote."""
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    futures, before, run = len(told["futures"]), 0, 0
    for worlds, packages, _ in told["looks"]:
        run += (worlds - before) * packages * futures
        before = worlds
    every = told["packages"] * told["worlds"] * futures
    return [
        f"| `robust {told['actor']}`, {told['packages']:,} packages, {futures} futures, minutes "
        f"| {told['timing']['seconds'] / 60:.1f} | under 40 |",
        f"| its worlds run / those of all packages to the last look | {run / every:.2f} | |",
    ]


def main() -> None:
    """Measure and print, or print what a folder holds."""
    print("| what | figure | target |")
    print("|---|---|---|")
    for rows in [rows_of(Path(each)) for each in sys.argv[1:]] or (part() for part in (moves, robust)):
        print("\n".join(rows), flush=True)


if __name__ == "__main__":
    main()
