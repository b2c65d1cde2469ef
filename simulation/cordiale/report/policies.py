"""What is asked, what the scenarios do in words, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.analysis.policy import Move, difference_words, moves
from cordiale.report.rebuilt import Rebuilt
from cordiale.resolved import Scenario


@dataclass(frozen=True)
class Policy:
    """A scenario in words.

    Attributes
    ----------
    moves : what it sets; none where all is as coded
    differs : how it differs from the first, a sentence each; none of the first itself
    coder : of whom its numbers are, where it is another than the pack's
    """

    name: str
    title: str
    question: str
    locator: str
    says: str
    quarters: str
    moves: list[Move]
    differs: list[str]
    coder: str

    @property
    def only_moves(self) -> bool:
        """Whether what differs is what the scenario sets, and nothing beside."""
        return self.differs == [f"{move}." for move in self.moves]


def policies(rebuilt: Rebuilt) -> list[Policy]:
    """Return the scenarios of a study in words."""
    return [_policy(rebuilt, scenario) for scenario in rebuilt.scenarios.values()]


def _policy(rebuilt: Rebuilt, scenario: Scenario) -> Policy:
    about, first = rebuilt.study.about(scenario.name), rebuilt.first
    basis, quarters = scenario.file.basis, about["quarters"]
    coding = about.get("coding")
    differs = difference_words(first, scenario) if scenario is not first else []
    return Policy(
        scenario.name, scenario.title, scenario.file.question, basis.locator, basis.says,
        f"{quarters[0]} to {quarters[-1]}", moves(scenario), [words for words in differs],
        f"{coding['path']} ({coding['numbers']} numbers)" if coding else "",
    )  # fmt: skip
