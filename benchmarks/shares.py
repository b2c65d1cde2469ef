"""Where the time of a quarter goes: `python -m benchmarks.shares` prints it as a Markdown table."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from cordiale.models.diplomacy.kinds import Challenger

from cordiale.engine.block import start_worlds
from cordiale.models.diplomacy import model as diplomacy
from cordiale.models.diplomacy import ties
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.state import State
from cordiale.models.random import Streams
from cordiale.scenario.load import load_scenario

SIZES = (1, 48, 256)
PARTS: dict[str, list[tuple[Any, str]]] = {
    "random numbers": [(Streams, "uniforms")],
    "worth of initiatives (7.5)": [(State, "value")],
    "choosing (7.6)": [(State, "propose")],
    "answering (7.6)": [(State, "answer")],
    "what is seen, and similarity (7.2, 7.4)": [
        (State, "perceive"), (Diplomacy, "_signals"), (diplomacy, "similarity"),
    ],
    "position (7.3)": [(State, "position")],
    "trust and shortfall (7.10)": [(State, "trust_changes"), (State, "shortfall"), (Diplomacy, "_trusted")],
    "formats (7.8)": [(State, "apply"), (State, "consent"), (Diplomacy, "_members")],
    "practice and the ladder (7.7)": [
        (ties, "practise"), (Diplomacy, "_ladder"), (ties, "depth"), (ties, "next_rung"),
    ],
    "pressure (7.9)": [(Challenger, "press"), (State, "press")],
}  # fmt: skip
REST = "putting rows together, Mesa, the rest"


class Clock:
    """Processor seconds by part, each without the parts inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside = [0.0]

    def around(self, owner: Any, name: str, part: str) -> None:
        """Put the clock around a method or function for good."""
        method = getattr(owner, name)

        def clocked(*args: Any, **given: Any) -> Any:
            start = time.process_time()
            self._inside.append(0.0)
            found = method(*args, **given)
            spent = time.process_time() - start
            self.spent[part] += spent - self._inside.pop()
            self._inside[-1] += spent
            return found

        setattr(owner, name, clocked)


def main(quarters: int = 28, repeats: int = 5) -> None:
    """Measure and print: of each part the smallest of some runs, in milliseconds a quarter of a block."""
    scenario = load_scenario("baseline")
    rules = scenario.family.rules(scenario.loaded)
    clock = Clock()
    for part, places in PARTS.items():
        for owner, name in places:
            clock.around(owner, name, part)
    clock.around(Diplomacy, "step", REST)
    table: dict[int, dict[str, float]] = {}
    for worlds in SIZES:
        runs = []
        for _ in range(repeats):
            model = start_worlds(scenario, 0, worlds, rules)
            model.step()
            clock.spent.clear()
            for _ in range(quarters):
                model.step()
            runs.append(dict(clock.spent))
        table[worlds] = min(runs, key=lambda run: sum(run.values()))
    print("| milliseconds a quarter of a block of | " + " | ".join(f"{worlds} | share" for worlds in SIZES) + " |")
    print("|---" * (1 + 2 * len(SIZES)) + "|")
    whole = {worlds: sum(spent.values()) for worlds, spent in table.items()}
    for part in [*PARTS, REST]:
        cells = [
            f"{spent[part] / quarters * 1e3:.2f} | {spent[part] / whole[worlds]:.0%}" for worlds, spent in table.items()
        ]
        print(f"| {part} | " + " | ".join(cells) + " |")
    print("| all | " + " | ".join(f"{spent / quarters * 1e3:.1f} | " for spent in whole.values()) + " |")


if __name__ == "__main__":
    main()
