"""A brief in words: the verdict, the answer, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.gain_and_cost import Weighed, cost_values
from cordiale.analysis.moves import Change
from cordiale.models.measures import SMALL, SPREADS
from cordiale.study.attribution import under_other_weights
from cordiale.study.findings import differs
from cordiale.study.intervals import difference_interval
from cordiale.study.labels import focus_first, sentence_case

if TYPE_CHECKING:
    from cordiale.analysis.brief import Brief

SHOWN = 3  # options that are named in a sentence


def verdict(brief: Brief) -> str:
    """Return the answer in one short sentence: which way the gain goes, and which way the gravest cost."""
    asked, what = brief.asked, sentence_case(brief.subject)
    if asked.gain is None:
        return f"Nothing can be said of the {brief.subject}."
    told = [f"{what} {_way(asked.gain)}{_small(brief, asked.gain)}"]
    told += [f"{cost.said.label} {_way(asked.costs[cost.name])}" for cost in brief.recorded_costs[:1]
             if cost.name in asked.costs]  # fmt: skip
    return "; ".join(told) + "."


def _way(change: Change) -> str:
    if not change.mean and not change.low and not change.high:
        return "stays as it is"
    return ("rises" if change.mean > 0 else "falls") if change.sure else "does not clearly change"


def _small(brief: Brief, gain: Change) -> str:
    """Return ", too little to notice" of a clear change of alignment that nobody would see."""
    seen = brief.study.measure(brief.study.headline).unit != SPREADS or abs(gain.mean) >= SMALL
    return "" if seen or not gain.sure else ", too little to notice"


def answer(brief: Brief) -> list[str]:
    """Return the answer in three sentences: what is gained, what it costs, and how it compares with other options."""
    return [brief.asked.words, _cost(brief), _others(brief)]


def _cost(brief: Brief) -> str:
    """Return the gravest cost of what is asked, or why none is told."""
    asked, study = brief.asked, brief.study
    if not brief.costs:
        return brief.no_costs
    cost = next((each for each in brief.costs if each.name in asked.costs), None)
    if cost is None:
        return f"The study does not record the costs of {brief.payer}: {_joined([c.said.label for c in brief.costs])}."
    here, there = (cost_values(study, cost, each) for each in (asked.scenario, asked.against))
    when = f"the mean of {window(brief)}"
    worse = " (of which less is worse)" if cost.said.worse == "less" else ""
    return f"{cost.said.label}{worse}: {differs((here, there), study.title(asked.against), when)}."


def window(brief: Brief) -> str:
    """Return the quarters over which costs are means: "2019Q1 to 2025Q4"."""
    quarters = brief.study.quarters()
    return f"{quarters[min(1, len(quarters) - 1)]} to {quarters[-1]}"


def _others(brief: Brief) -> str:
    """Return which option gains most, and which gain as much for less of the gravest cost."""
    asked, rivals = brief.asked, [each for each in brief.options[1:] if each.gain is not None]
    if not rivals or asked.gain is None:
        return "No other option was compared: a brief takes more scenarios."
    best = max((asked, *rivals), key=_gained)
    count = len(rivals) + 1
    if best is asked:
        second = max(rivals, key=_gained)
        told = f"Of the {count} options it gains most; next is “{_title(brief, second)}” ({_gained(second):+.3f})"
    else:
        told = f"Of the {count} options “{_title(brief, best)}” gains most ({_gained(best):+.3f})"
    other = second if best is asked else best
    told += f", {_apart(brief, asked, other)}"
    cheaper = [each for each in rivals if _cheaper(brief, each)]
    if not brief.recorded_costs or not cheaper:
        return f"{told}."
    named = _joined([f"“{_title(brief, each)}”" for each in sorted(cheaper, key=_gained, reverse=True)[:SHOWN]])
    more = f" and {len(cheaper) - SHOWN} more" if len(cheaper) > SHOWN else ""
    gain = "gains" if len(cheaper) == 1 else "gain"
    return f"{told}; no less for less {brief.recorded_costs[0].said.label} {gain} {named}{more}."


def _gained(option: Weighed) -> float:
    return option.gain.mean if option.gain is not None else -np.inf


def _title(brief: Brief, option: Weighed) -> str:
    return brief.study.title(option.scenario)


def _apart(brief: Brief, one: Weighed, other: Weighed) -> str:
    """Return whether two options gain differently in the same worlds."""
    yes_no = brief.study.measure(brief.study.headline).yes_no
    mean, low, high = difference_interval(one.differences - other.differences, yes_no)
    if low > 0 or high < 0:
        least, most = sorted((abs(low), abs(high)))
        word = "less" if mean > 0 else "more"
        return f"{abs(mean):.3f} {word} in the same worlds (95 % interval {least:.3f} to {most:.3f})"
    return f"which the same worlds do not tell apart (95 % interval {low:+.3f} to {high:+.3f})"


def _cheaper(brief: Brief, option: Weighed) -> bool:
    """Whether an option gains no less than what is asked, and clearly less of the gravest cost comes with it."""
    asked, costs = brief.asked, brief.recorded_costs
    if not costs or costs[0].name not in option.costs or costs[0].name not in asked.costs:
        return False
    cost, study = costs[0], brief.study
    here, there = (cost_values(study, cost, each.scenario) for each in (option, asked))
    _, low, high = difference_interval(here - there, yes_no=False)
    less = high < 0 if cost.said.worse == "more" else low > 0
    return less and _gained(option) >= _gained(asked)


def _joined(texts: Sequence[str]) -> str:
    """Return "A, B and C"."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


# ---------------------------------------------------------------- what would change the answer


def would_change(brief: Brief) -> list[tuple[str, list[str], str]]:
    """Return (what, what was found, the command that was not run) of all that could change the answer."""
    study, asked = brief.study, brief.asked
    dyad, one, other = study.manifest["focus"], asked.scenario, asked.against
    of_pack = f"--pack {study.manifest['pack']}"
    codings = [each for each in brief.contexts if each.startswith("@")]
    futures = [each for each in brief.contexts if not each.startswith("@")]
    under = {each: [text for text in brief.in_contexts if _under(each) in text] for each in brief.contexts}
    sensitivity = f"cordiale sensitivity {one} --against {other} --measure {study.headline}:{dyad} {of_pack}"
    rows = [
        ("Coded numbers, weights, luck", _worlds(brief), ""),
        ("Other weights of the parts", _other_weights(brief), ""),
        ("Which numbers most", _of(brief, "sensitivity"), sensitivity),
        ("Another coder", [text for each in codings for text in under[each]],
         f"cordiale compare {other} {one} --coding FILE {of_pack}"),
        ("Other futures", [text for each in futures for text in under[each]] + _of(brief, "robust"),
         f"cordiale robust {focus_first(study)} {of_pack}"),
        ("Other moves", _of(brief, "moves"), f"cordiale moves {focus_first(study)} {of_pack}"),
        ("Another model", _of(brief, "rival"), f"cordiale run {other} {one} --model NAME {of_pack}"),
        ("The article's own claims", _of(brief, "claims"), f"cordiale claims {of_pack}"),
    ]  # fmt: skip
    return [(what, said, "" if said else command) for what, said, command in rows if said or command]


def _other_weights(brief: Brief) -> list[str]:
    """Return between which ends the gain lies where its parts, which weigh the same by definition, do not."""
    if not brief.asked.parts:
        return []
    low, high = under_other_weights(np.array(list(brief.asked.parts.values())))
    stands = "its sign stands" if low * high > 0 else "its sign may turn"
    return [f"With each part's weight from half to twice its own, the gain is {low:+.3f} to {high:+.3f}: {stands}."]


def _of(brief: Brief, kind: str) -> list[str]:
    return list(brief.found.get(kind, ()))


def _under(context: str) -> str:
    """Return how a comparison calls a context."""
    return f"under {context.replace('@', 'the coding ')} "


def _worlds(brief: Brief) -> list[str]:
    """Return in how many worlds the gain has another sign: each draws its own numbers, weights and luck."""
    gain = brief.asked.gain
    if gain is None:
        return []
    away = 1 - gain.share
    return [
        f"Each of the {brief.study.worlds:,} worlds draws its own: the gain has another sign, or is none, in "
        f"{away:.0%} of them."
    ]
