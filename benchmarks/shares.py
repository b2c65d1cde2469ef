"""Where the time of a quarter goes: `python -m benchmarks.shares` prints it as a Markdown table."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from cordiale.engine.block import start_worlds
from cordiale.models.diplomacy import agreements, coercion, contracts, events, formats, positions, ties, trust
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.random import Streams
from cordiale.scenario.load import load_scenario

SIZES = (16, 64, 256)
PARTS: dict[str, list[tuple[Any, str]]] = {
    "random numbers": [(Streams, "table")],
    "what is seen (7.3)": [(Diplomacy, "look")],
    "value of ties (7.3)": [(ties, "value")],
    "change of ties (7.3)": [(ties, "change")],
    "factors of the quarter (7.4)": [(events, "quarter_of")],
    "events (7.4)": [(Diplomacy, "_events"), (events, "practise"), (events, "remember")],
    "agreements (7.5)": [(agreements, "agreed")],
    "contracts (7.6)": [(contracts, "ended")],
    "coercion (7.7)": [(coercion, "pressed"), (coercion, "hardening")],
    "positions (7.8)": [(positions, "moved")],
    "trust (7.9)": [(trust, "signals"), (trust, "changes"), (trust, "expectations")],
    "formats (7.10)": [(formats, "joined"), (formats, "levels")],
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
