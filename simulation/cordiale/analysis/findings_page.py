"""docs/findings.md: the main results of the pack's scenarios and claims, with figures and intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.baseline_page import markdown
from cordiale.analysis.estimators import effect, simultaneous
from cordiale.analysis.limits import limits
from cordiale.analysis.sample import sample
from cordiale.draws import Array
from cordiale.errors import OptionError
from cordiale.layers import load_scenario
from cordiale.library import scenario_names

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("similarity", "depth", "practice", "trust")
HEAD = """# Findings

Made by `cordiale findings --out docs/findings.md`: {scenarios} scenarios on the same {worlds} worlds, differences to
the baseline world by world in {quarter}. The interval that holds for all rows at once is a max-t bootstrap's.
"""
MOVES = """
## What moves the alignment of {pair}

Sorted by size; the baseline's median is {median:.3f} (90 % of worlds {low:.3f} to {high:.3f}), so that 0.01 is small
against what the coding leaves open. "Through" names the part that moved most, on its own scale.
"""
NOTHING = """
Not clearly different from the baseline when all are looked at at once: {names}.
"""
CLAIMS = """
## Which claims hold

{words}

Contradicted, and shown as such:

{contradicted}
All claims with their figures are in [claims.md](claims.md), as `cordiale claims` writes it; why some do not hold, in
[changes-to-the-model.md](changes-to-the-model.md).
"""
HANGS = """
## What it hangs on: the coder, the weights, chance

{words}
"""
CANNOT = """
## What the model cannot tell

{words}
"""


def findings_page(worlds: int, claims: Path | None, sensitivity: Path | None = None) -> str:
    """Return the page.

    Parameters
    ----------
    worlds : of each scenario
    claims : folder that `cordiale claims` wrote; without it the page says nothing of claims
    sensitivity : folder that `cordiale sensitivity` wrote

    Raises OptionError where a folder does not hold what it should.
    """
    baseline = load_scenario("baseline")
    for folder, name, option in ((claims, "claims.csv", "claims"), (sensitivity, "manifest.json", "sensitivity")):
        if folder is not None and not (folder / name).is_file():
            raise OptionError(f"--{option} {folder}: holds no {name}; run `cordiale {option}` first")
    pack, focus = baseline.loaded.pack, baseline.names.dyad(baseline.loaded.pack.case.focus)
    names = [name for name in scenario_names(pack.name) if name != "baseline"]
    scenarios = [baseline, *(load_scenario(name) for name in names)]
    measures = [f"alignment:{focus}", *(f"{part}:{focus}" for part in PARTS)]
    last = [{key: value[:, -1, 0] for key, value in one.items()} for one in sample(scenarios, measures, worlds)]
    rows, unclear = _rows([scenario.title for scenario in scenarios[1:]], last, measures)
    low, median, high = np.quantile(last[0][measures[0]], [0.05, 0.5, 0.95])
    pair = " and ".join(pack.states[code].name for code in focus.split("-"))
    parts = [
        HEAD.format(scenarios=len(names), worlds=worlds, quarter="the last quarter"),
        MOVES.format(pair=pair, median=median, low=low, high=high),
        markdown(rows),
        NOTHING.format(names=", ".join(unclear) or "none"),
    ]
    parts += [_claims(claims)] if claims is not None else []
    parts += [_hangs(sensitivity)] if sensitivity is not None else []
    cannot = "\n".join(fill(f"- {limit}", 120, subsequent_indent="  ") for limit in limits(baseline))
    return "\n".join([*parts, CANNOT.format(words=cannot)])


def _rows(
    titles: Sequence[str], last: Sequence[dict[str, Array]], measures: Sequence[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    base = last[0]
    differences = np.stack([one[measures[0]] - base[measures[0]] for one in last[1:]], axis=1)
    found = effect(differences, np.repeat(base[measures[0]][:, None], differences.shape[1], axis=1))
    low, high = simultaneous(differences)
    rows, unclear = [], []
    for at in np.argsort(-np.abs(found.mean)):
        moved = {m: float(np.mean(last[at + 1][m] - base[m])) for m in measures[1:]}
        most = max(moved, key=lambda name: abs(moved[name]))
        if not (low[at] > 0 or high[at] < 0):
            unclear.append(titles[at])
            continue
        rows.append({
            "scenario": titles[at], "difference": f"{found.mean[at]:+.4f}",
            "95 %": f"{found.low[at]:+.4f} to {found.high[at]:+.4f}",
            "all at once": f"{low[at]:+.4f} to {high[at]:+.4f}",
            "same sign": f"{found.share[at]:.0%}", "through": f"{most.partition(':')[0]} {moved[most]:+.3f}",
        })  # fmt: skip
    return rows, unclear


def _claims(folder: Path) -> str:
    import pandas as pd

    table = pd.read_csv(folder / "claims.csv")
    page = (folder / "claims.md").read_text("utf-8")
    words = page.split("\n\n")[1]
    wrong = table[table["verdict"] == "contradicted"]
    return CLAIMS.format(words=words, contradicted=_wrong(wrong) if len(wrong) else "none.\n")


def _hangs(folder: Path) -> str:
    said = json.loads((folder / "manifest.json").read_text("utf-8")).get("sentences", [])
    return HANGS.format(words="\n".join(f"- {sentence}" for sentence in said))


def _wrong(table: pd.DataFrame) -> str:
    return markdown([
        {"claim": row["claim"], "paragraph": row["locator"], "voice": row["voice"], "says": row["sign"],
         "effect": f"{row['effect']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})", "measure": row["measure"]}
        for row in table.to_dict("records")
    ])  # fmt: skip
