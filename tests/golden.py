"""Golden figures: `make golden` writes them, on purpose, when a rule or a number of the pack has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cordiale.engine.sample import sample
from cordiale.scenario.load import load_scenario

FILE = Path(__file__).parent / "data" / "golden.json"
SCENARIOS = ("baseline", "france_joins_quad", "submarines_cancelled", "french_strategy_reversed")
MEASURES = (
    "alignment",
    "trusting",
    "practice.maritime",
    "ladder",
    "pressure",
    "position.china_tone",
    "member.quad",
    "events",
    "talks",
    "ruptures",
    "level.quad",
)


def figures() -> dict[str, Any]:
    """Return scenario -> measure -> means over 32 worlds of each entity in the last quarter."""
    found = sample([load_scenario(name) for name in SCENARIOS], MEASURES, 32)
    return {
        name: {measure: [round(float(x), 12) for x in values[:, -1].mean(axis=0)] for measure, values in each.items()}
        for name, each in zip(SCENARIOS, found, strict=True)
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(figures(), indent=1) + "\n", "utf-8")
    print(FILE.name)
