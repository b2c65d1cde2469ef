"""What the model cannot tell: one text for the README, the findings and every report, with the pack's own counts."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.resolved import Scenario


@dataclass(frozen=True)
class Limit:
    """One thing that the model cannot tell: what the README says of it, and what a page with more room adds."""

    said: str
    more: str

    def __str__(self) -> str:
        return f"{self.said} {self.more}"


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
            "Why states do what no rule here has: elections, budgets, trade, war, bargains, and leaving a format do "
            "not exist in it.",
            "An effect of zero on these is no finding.",
        ),
        Limit(
            "Whether the article is right. A model of this shape supports some sentences whatever the coding.",
            "Placebo packs with shuffled states and random positions support many claims too.",
        ),
    ]
