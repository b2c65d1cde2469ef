"""docs/findings.md: the main results of the pack's scenarios and claims, with figures and intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from cordiale.files.atomic_write import write_files
from cordiale.models.random import Array
from cordiale.models.units import SD, unit_of, unit_words
from cordiale.output.charts.overview import NAMES, Moved, Overview
from cordiale.output.pages.baseline import markdown
from cordiale.scenario.costs import LoadedCost, measured_costs
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.attribution import under_other_weights
from cordiale.study.earlier_results import NOT_SO, manifest_of, not_what, sentences_in
from cordiale.study.estimate import Estimate
from cordiale.study.findings import at_its_peak, gap_words

if TYPE_CHECKING:
    import pandas as pd

WHOSE = "these findings are"
HEAD = """# Findings

Made by `cordiale findings --out docs/findings.md`: {scenarios} on the same {worlds} worlds, differences to
the baseline, or to what a scenario says it is read against, world by world in {quarter}. The simultaneous interval
holds for all rows at once (max-t bootstrap).
"""
ALONE = """# Findings

Made by `cordiale findings --out docs/findings.md`: the baseline alone, in {worlds} worlds.

## What moves the alignment of {pair}

The baseline's mean is {mean:.2f}; 90 % of worlds lie between {low:.2f} and {high:.2f}. The pack {pack} has no other
scenario to compare with it: `cordiale new scenario NAME --pack {pack}` lays one down.
"""
MOVES = """
## What moves the alignment of {pair}

Sorted by size, {unit}; the baseline's mean is {mean:.2f}, and 90 % of its worlds lie between {low:.2f} and {high:.2f}.
A change below {small:g} is not noticeable. "Through" names the part that adds the largest share; "at its peak" is given
where the last quarter hides how much there was. The parts weigh the same, by definition; "other weights" are the ends
between which the difference lies where each may weigh from half to twice as much.

{scale}
"""
NOTHING = """
No noticeable or no clear change: {names}.
"""
APART = """
Not compared, since they end in another quarter than the baseline: {names}.
"""
ALT = {
    NAMES[0]: "What each scenario gains and what it costs, and those that no other beats on both",
    NAMES[1]: "What each scenario changes, a row each with its interval",
}
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


@dataclass(frozen=True)
class Findings:
    """The page, and the charts that it begins with; none of a pack that has the baseline alone."""

    text: str
    overview: Overview | None


def findings_page(
    worlds: int, claims: Path | None, sensitivity: Path | None = None, pack: str | None = None
) -> Findings:  # fmt: skip
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
    moves, overview = _moves(baseline, others, worlds)
    return Findings("\n".join([*moves, *told, CANNOT.format(words=cannot)]), overview)


def save_page(found: Findings, out: Path, replace: bool = False) -> list[Path]:
    """Write the page, and its charts into `figures/` beside it, all or none, and return the files.

    Parameters
    ----------
    replace : whether files of cordiale's own that lie there may go
    """
    from cordiale.output.charts.pictures import pictures

    files: dict[str, Callable[[Path], object]] = {out.name: lambda path: path.write_text(found.text, "utf-8")}
    for name, draw in (found.overview.figures() if found.overview else {}).items():
        files[f"figures/{name}.png"] = pictures(draw(), name, ("png",))[f"{name}.png"]
    return write_files(out.parent, files, replace)


def _moves(baseline: Scenario, others: Sequence[Scenario], worlds: int) -> tuple[list[str], Overview | None]:
    """Return the head of the page and what moves the focus dyad's alignment; a scenario of another horizon does not."""
    compared = [each for each in others if each.horizon == baseline.horizon]
    apart = [each.title for each in others if each.horizon != baseline.horizon]
    focus, pair = focus_of(baseline)
    measures = [f"{each}:{focus}" for each in (baseline.family.headline, *baseline.family.parts)]
    cost = measured_costs(
        baseline.loaded.pack.case.focus.split("-")[0], baseline.loaded, baseline.names, baseline.family
    )[:1]
    ties = _ties_of(baseline, focus)
    asked = list(dict.fromkeys([*measures, *(text for each in cost for text in each.requests), *ties]))
    sampled = sample([baseline, *compared], asked, worlds)
    found = [{key: value[:, :, 0] for key, value in one.items()} for one in sampled]
    quarters = [to_text(baseline.start + at) for at in range(baseline.quarters)]
    named = {each.name: at for at, each in enumerate(compared, 1)}
    bases = [named.get(each.against or "", 0) for each in compared]
    titles = [
        f"{each.title} (against: {compared[base - 1].title})" if base else each.title
        for each, base in zip(compared, bases, strict=True)
    ]
    mean, (low, high) = found[0][measures[0]][:, -1].mean(), np.quantile(found[0][measures[0]][:, -1], [0.05, 0.95])
    unit = baseline.family.measure(baseline.family.headline).unit
    figures = {"pair": " and ".join(pair), "mean": mean, "low": low, "high": high,
               "unit": unit_words(unit, short=True), "small": unit_of(unit).step}  # fmt: skip
    parts = [APART.format(names=", ".join(apart))] if apart else []
    if not compared:
        return [ALONE.format(**figures, worlds=worlds, pack=baseline.loaded.pack.name), *parts], None
    gains = _gains(titles, found, measures, bases, unit)
    rows, unclear = _rows(gains, measures, quarters)
    levels = {dyad: float(found[0][text][:, -1].mean()) for text, dyad in ties.items()}
    largest = max((each for each in gains.estimates if each.noticeable), key=lambda each: abs(each.mean), default=None)
    names = {code: state.name for code, state in baseline.loaded.pack.states.items()}
    share = gap_words(names, focus, levels, largest) if largest is not None else ""
    figures["scale"] = f"For scale: {largest.full}, the largest, is {share}." if largest is not None and share else ""
    counted = f"{len(compared)} scenario{'' if len(compared) == 1 else 's'}"
    head = HEAD.format(scenarios=counted, worlds=worlds, quarter="the last quarter")
    table = [markdown(rows)] if rows else []
    overview = _overview(baseline, worlds, gains, _costs(found, cost, bases), pair, cost)
    shown = [f"\n![{ALT[name]}](figures/{name}.png)\n" for name in overview.figures()]
    told = [head, *shown, MOVES.format(**figures), *table, NOTHING.format(names=", ".join(unclear) or "none"), *parts]
    return told, overview


def _ties_of(scenario: Scenario, focus: str) -> dict[str, str]:
    """Return measure -> dyad of the headline of every tie of the focus dyad's last state."""
    other, names = focus.split("-")[1], scenario.names
    dyads = [names.dyad(f"{each}-{other}") for each in names.states if each != other]
    return {f"{scenario.family.headline}:{dyad}": dyad for dyad in dyads}


@dataclass(frozen=True)
class Gains:
    """What scenarios change.

    Attributes
    ----------
    moved : of each scenario, measure -> (worlds, quarters) difference to what it is read against
    estimates : of the headline in the last quarter, with intervals that hold for all scenarios at once
    """

    titles: Sequence[str]
    moved: Sequence[dict[str, Array]]
    estimates: Sequence[Estimate]


def _gains(
    titles: Sequence[str], sampled: Sequence[dict[str, Array]], measures: Sequence[str],
    bases: Sequence[int] | None = None, unit: str = SD,
) -> Gains:  # fmt: skip
    """Return what scenarios change.

    Parameters
    ----------
    sampled : of the baseline and of each title, measure -> (worlds, quarters)
    measures : the headline, then the parts of which it is the mean
    bases : place among `sampled` of what each title is read against; the baseline, 0, where None
    unit : of the headline
    """
    bases = bases or [0] * len(titles)
    moved = [
        {measure: one[measure] - sampled[base][measure] for measure in measures}
        for one, base in zip(sampled[1:], bases, strict=True)
    ]
    last = [one[measures[0]][:, -1] for one in moved]
    return Gains(titles, moved, Estimate.together(last, [unit] * len(last)))


def _costs(
    sampled: Sequence[dict[str, Array]], cost: Sequence[LoadedCost], bases: Sequence[int]
) -> list[Estimate | None]:
    """Return the change of the cost, a mean over the quarters after the first."""
    if not cost:
        return [None] * len(bases)
    paid = [np.mean([one[text][:, 1:].mean(axis=1) for text in cost[0].requests], axis=0) for one in sampled]
    pairs = zip(paid[1:], bases, strict=True)
    return [Estimate.of(one - paid[base], cost[0].unit, cost[0].good) for one, base in pairs]


def _overview(
    baseline: Scenario, worlds: int, gains: Gains, costs: Sequence[Estimate | None], pair: Sequence[str],
    cost: Sequence[LoadedCost],
) -> Overview:  # fmt: skip
    """Return what the page's charts are drawn from, the largest gain first."""
    order = np.argsort([-each.mean for each in gains.estimates], kind="stable")
    moved = [Moved(gains.titles[at], gains.estimates[at], costs[at]) for at in order]
    kind = baseline.family.measure(baseline.family.headline)
    told: dict[str, Any] = {"cost": cost[0].said.label, "more": cost[0].said.worse == "more"} if cost else {}
    return Overview(baseline, worlds, moved, f"{kind.meaning} of {' and '.join(pair)}", kind.unit, **told)


def _rows(gains: Gains, measures: Sequence[str], quarters: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of the table, and the titles of what does not change noticeably and clearly."""
    rows, still = [], []
    for at in np.argsort([-abs(each.mean) for each in gains.estimates]):
        moved, found, title = gains.moved[at], gains.estimates[at], gains.titles[at]
        peak = at_its_peak(moved[measures[0]], quarters, found).removeprefix("; largest in ")
        if not found.noticeable:
            still.append(title + (f" (but {peak})" if peak else ""))
            continue
        adds = {m: float(moved[m][:, -1].mean()) / len(measures[1:]) for m in measures[1:]}
        least, greatest = under_other_weights(np.array(list(adds.values())))
        most = max(adds, key=lambda name: abs(adds[name]))
        rows.append({
            "scenario": title, "difference": found.text(), "95 %": found.interval, "simultaneous": found.all_at_once,
            "worlds": found.shares.replace(f" of {found.worlds:,} worlds", ""),
            "through": f"{most.partition(':')[0]} {found.text(adds[most])}",
            "other weights": f"{found.text(least)} to {found.text(greatest)}", "at its peak": peak,
        })  # fmt: skip
    return rows, still


def _claims(folder: Path, pack: str) -> str:
    import pandas as pd

    told = manifest_of("claims", folder, pack, "claims.csv", whose=WHOSE)
    try:
        table = pd.read_csv(folder / "claims.csv")
        words = "\n\n".join(fill(sentence, 120) for sentence in told["sentences"])
        wrong = table[table["verdict"] == OPPOSITE]
        return CLAIMS.format(words=words, opposite=_wrong(wrong) if len(wrong) else "none.\n")
    except NOT_SO as error:
        raise not_what("claims", folder, error) from None


def _hangs(folder: Path, pack: str) -> str:
    said = sentences_in(manifest_of("sensitivity", folder, pack, whose=WHOSE), "sensitivity", folder)
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
            "How far a claim depends on the coding is its share of codings.",
        ),
        Limit(
            "What its rules leave out: elections, budgets, trade, war and bargaining are not modelled, and no state "
            "leaves a grouping or ends a treaty unless a policy says so.",
            "An effect of zero on these is no finding.",
        ),
        Limit(
            "Whether the article is right. A model of this shape supports some sentences whatever the coding.",
            "Placebo packs, in which states, positions or ties are mixed up, support many claims too.",
        ),
    ]
