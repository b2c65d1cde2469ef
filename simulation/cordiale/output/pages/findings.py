"""docs/findings.md: the main results of the pack's scenarios and claims, with figures and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.claim_rule import OPPOSITE
from cordiale.analysis.properties import focus_of
from cordiale.case.load import scenario_names
from cordiale.case.quarters import to_text
from cordiale.engine.sample import sample
from cordiale.models.random import Array
from cordiale.output.charts.scales import scale_of_unit
from cordiale.output.pages.baseline import markdown
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.findings import at_its_peak
from cordiale.study.intervals import effect, simultaneous
from cordiale.study.kept import NOT_SO, kept, not_what, sentences_in

if TYPE_CHECKING:
    import pandas as pd

WHOSE = "these findings are"
HEAD = """# Findings

Made by `cordiale findings --out docs/findings.md`: {scenarios} on the same {worlds} worlds, differences to
the baseline, or to what a scenario says it is read against, world by world in {quarter}. The interval that holds for
all rows at once is a max-t bootstrap's.
"""
ALONE = """# Findings

Made by `cordiale findings --out docs/findings.md`: the baseline alone, in {worlds} worlds.

## What moves the alignment of {pair}

The baseline's median is {median:.3f} (90 % of worlds {low:.3f} to {high:.3f}). The pack {pack} has no other
scenario to compare with it: `cordiale new scenario NAME --pack {pack}` lays one down.
"""
MOVES = """
## What moves the alignment of {pair}

Sorted by size, in {unit}; the baseline's median is {median:.3f} (90 % of worlds {low:.3f} to {high:.3f}), so that
{small:g} is small against what the coding leaves open. "Through" names the part that adds most to the difference; "at
its peak" is told where the last quarter hides how much there was.
"""
NOTHING = """
Not clearly different from the baseline when all are looked at at once: {names}.
"""
APART = """
Not compared, since they end in another quarter than the baseline: {names}.
"""
CLAIMS = """
## Which claims hold

{words}

Opposite to what the article says, and shown as such:

{opposite}
All claims with their contrasts and figures are in [claims.md](claims.md), as `cordiale claims` writes it.
"""
HANGS = """
## What it hangs on: the coder, the weights, chance

{words}
"""
CANNOT = """
## What the model cannot tell

{words}
"""


def findings_page(worlds: int, claims: Path | None, sensitivity: Path | None = None, pack: str | None = None) -> str:
    """Return the page.

    Parameters
    ----------
    worlds : of each scenario
    claims : folder that `cordiale claims` wrote; without it the page says nothing of claims
    sensitivity : folder that `cordiale sensitivity` wrote
    pack : whose scenarios; that of the nearest folder that has one where None

    Raises
    ------
    OptionError where a folder does not hold what it should, or holds it of another pack
    """
    baseline = load_scenario("baseline", pack=pack)
    name, folder = baseline.loaded.pack.name, baseline.loaded.folder
    told = [_claims(claims, name)] if claims is not None else []
    told += [_hangs(sensitivity, name)] if sensitivity is not None else []
    others = [load_scenario(each, pack=folder) for each in scenario_names(folder) if each != "baseline"]
    cannot = "\n".join(fill(f"- {limit}", 120, subsequent_indent="  ") for limit in limits(baseline))
    return "\n".join([*_moves(baseline, others, worlds), *told, CANNOT.format(words=cannot)])


def _moves(baseline: Scenario, others: Sequence[Scenario], worlds: int) -> list[str]:
    """Return the head of the page and what moves the focus dyad's alignment; a scenario of another horizon does not."""
    compared = [each for each in others if each.horizon == baseline.horizon]
    apart = [each.title for each in others if each.horizon != baseline.horizon]
    focus, pair = focus_of(baseline)
    measures = [f"{each}:{focus}" for each in (baseline.family.headline, *baseline.family.parts)]
    sampled = sample([baseline, *compared], measures, worlds)
    found = [{key: value[:, :, 0] for key, value in one.items()} for one in sampled]
    quarters = [to_text(baseline.start + at) for at in range(baseline.quarters)]
    named = {each.name: at for at, each in enumerate(compared, 1)}
    bases = [named.get(each.against or "", 0) for each in compared]
    titles = [
        f"{each.title} (against: {compared[base - 1].title})" if base else each.title
        for each, base in zip(compared, bases, strict=True)
    ]
    rows, unclear = _rows(titles, found, measures, quarters, bases)
    low, median, high = np.quantile(found[0][measures[0]][:, -1], [0.05, 0.5, 0.95])
    unit = baseline.family.measure(baseline.family.headline).unit
    figures = {"pair": " and ".join(pair), "median": median, "low": low, "high": high,
               "unit": unit, "small": scale_of_unit(unit).step}  # fmt: skip
    parts = [APART.format(names=", ".join(apart))] if apart else []
    if not compared:
        return [ALONE.format(**figures, worlds=worlds, pack=baseline.loaded.pack.name), *parts]
    counted = f"{len(compared)} scenario{'' if len(compared) == 1 else 's'}"
    head = HEAD.format(scenarios=counted, worlds=worlds, quarter="the last quarter")
    table = [markdown(rows)] if rows else []
    return [head, MOVES.format(**figures), *table, NOTHING.format(names=", ".join(unclear) or "none"), *parts]


def _rows(
    titles: Sequence[str],
    sampled: Sequence[dict[str, Array]],
    measures: Sequence[str],
    quarters: Sequence[str],
    bases: Sequence[int] | None = None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of the table, and the titles of what is not clearly different in the last quarter.

    Parameters
    ----------
    sampled : of the baseline and of each title, measure -> (worlds, quarters)
    measures : the headline, then the parts of which it is the mean
    bases : place among `sampled` of what each title is read against; the baseline, 0, where None
    """
    others, bases = sampled[1:], bases or [0] * len(titles)
    if not others:
        return [], []
    moved = [
        {measure: one[measure] - sampled[base][measure] for measure in measures}
        for one, base in zip(others, bases, strict=True)
    ]
    differences = np.stack([one[measures[0]][:, -1] for one in moved], axis=1)
    found = effect(differences, np.stack([sampled[base][measures[0]][:, -1] for base in bases], axis=1))
    low, high = simultaneous(differences)
    rows, unclear = [], []
    for at in np.argsort(-np.abs(found.mean)):
        peak = at_its_peak(moved[at][measures[0]], quarters).removeprefix("; most in ")
        if not (low[at] > 0 or high[at] < 0):
            unclear.append(titles[at] + (f" (but {peak})" if peak else ""))
            continue
        adds = {m: float(moved[at][m][:, -1].mean()) / len(measures[1:]) for m in measures[1:]}
        most = max(adds, key=lambda name: abs(adds[name]))
        rows.append({
            "scenario": titles[at], "difference": f"{found.mean[at]:+.4f}",
            "95 %": f"{found.low[at]:+.4f} to {found.high[at]:+.4f}",
            "all at once": f"{low[at]:+.4f} to {high[at]:+.4f}",
            "same sign": f"{found.share[at]:.0%}", "through": f"{most.partition(':')[0]} {adds[most]:+.3f}",
            "at its peak": peak,
        })  # fmt: skip
    return rows, unclear


def _claims(folder: Path, pack: str) -> str:
    import pandas as pd

    told = kept("claims", folder, pack, "claims.csv", whose=WHOSE)
    try:
        table = pd.read_csv(folder / "claims.csv")
        words = "\n\n".join(fill(sentence, 120) for sentence in told["sentences"])
        wrong = table[table["verdict"] == OPPOSITE]
        return CLAIMS.format(words=words, opposite=_wrong(wrong) if len(wrong) else "none.\n")
    except NOT_SO as error:
        raise not_what("claims", folder, error) from None


def _hangs(folder: Path, pack: str) -> str:
    said = sentences_in(kept("sensitivity", folder, pack, whose=WHOSE), "sensitivity", folder)
    return HANGS.format(words="\n".join(f"- {sentence}" for sentence in said))


def _wrong(table: pd.DataFrame) -> str:
    return markdown([
        {"claim": row["claim"], "paragraph": row["locator"], "voice": row["voice"], "says": row["sign"],
         "effect": f"{row['effect']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})", "measure": row["measure"]}
        for row in table.to_dict("records")
    ])  # fmt: skip


# ----------------------------------------------------------------
# What the model cannot tell: one text for the README, the findings and every report, with the pack's own counts.


@dataclass(frozen=True)
class Limit:
    """One thing that the model cannot tell: what the README says of it, and what a page with more room adds."""

    short: str
    more: str

    def __str__(self) -> str:
        return f"{self.short} {self.more}"


def limits(scenario: Scenario) -> list[Limit]:
    """Return what the model cannot tell of a scenario's pack."""
    numbers = scenario.numbers.values()
    assumed = sum(number.coded.basis == "not in the article" for number in numbers)
    share = "all" if assumed == len(numbers) else f"{round(10 * assumed / len(numbers))} in 10"
    year = scenario.loaded.pack.case.start[:4]
    return [
        Limit(
            "What will happen. It shows what follows from one article's coded claims and stated rules; "
            f"nothing after {year} is used.",
            "The dates of levers are the analyst's.",
        ),
        Limit(
            f"How large an effect is in the world. Of {len(numbers):,} numbers {share} are assumptions with wide "
            "ranges; trust signs and ranks, and look at intervals before sizes.",
            "What a claim's sign hangs on is its share of codings.",
        ),
        Limit(
            "Why states do what no rule here has: who wins an election, budgets, trade, war and bargains do not exist "
            "in it, and no state leaves a format or ends a treaty unless a policy says so.",
            "An effect of zero on these is no finding.",
        ),
        Limit(
            "Whether the article is right. A model of this shape supports some sentences whatever the coding.",
            "Placebo packs, in which states, positions or ties are mixed up, support many claims too.",
        ),
    ]
