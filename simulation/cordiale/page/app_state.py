"""What all sessions of a page share: the pack, its scenarios and claims, and the runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cordiale.analysis.claim_record import recorded_path
from cordiale.case.load import nearest_pack, scenario_names
from cordiale.files.error_messages import validate
from cordiale.files.errors import OptionError
from cordiale.files.yaml_file import read
from cordiale.page.runs import Runs
from cordiale.page.session import WORLDS, prepared
from cordiale.scenario.claims import Arm, Claim, ClaimsFile
from cordiale.scenario.load import load_scenario

# Always recorded: the network and the why need them.
PARTS = ("alignment", "similarity", "depth", "activity", "trust", "strength")


@dataclass(frozen=True)
class Judged:
    """A claim and its recorded verdict, "not recorded" where there is none."""

    claim: Claim
    verdict: str


class AppState:
    """The shared things of a page.

    Parameters
    ----------
    pack : name or folder; where None that of the first scenario, or the only one of the nearest folder that has any
    names : of scenarios, or paths: the first to compare with, the second to begin with

    Raises
    ------
    FileError, OptionError
    """

    def __init__(self, pack: str | None = None, names: Sequence[str] = ()) -> None:
        opening = [load_scenario(name, pack=pack) for name in names]
        if not opening:
            nearest = nearest_pack(pack)
            opening = [load_scenario(name, pack=nearest) for name in scenario_names(nearest)[:1]]
        if not opening:
            raise OptionError(f"the pack '{nearest}' has no scenarios to show")
        self.loaded, self.family = opening[0].loaded, opening[0].family
        if not self.family.parts:
            raise OptionError(f"the page shows the parts of a model's headline, and {self.family.name}'s has none")
        self.pack = self.loaded.pack
        known = [load_scenario(name, pack=self.loaded.folder) for name in scenario_names(self.loaded.folder)]
        self.scenarios = {each.name: each for each in [*opening, *known]}
        for each in self.scenarios.values():
            if each.loaded is not self.loaded:
                raise OptionError(f"'{each.name}' is of another case pack than '{opening[0].name}'")
        order = list(self.scenarios)
        self.opening = (order[0], order[min(1, len(order) - 1)])
        self.runs = Runs(self.loaded, self.family, self._measures())

    def _measures(self) -> list[str]:
        first = self.scenarios[self.opening[0]]
        named = [text.partition(":")[0] for text in [*PARTS, "ladder", *first.measures]]
        return [name for name in dict.fromkeys(named) if not self.family.measure(name).last_only]

    def warm(self) -> None:
        """Run what a visitor sees first, so that nobody waits for it."""
        quick = [prepared(self.scenarios[name], WORLDS, self.seed) for name in dict.fromkeys(self.opening)]
        self.runs.shown(quick, "the page itself").result()

    @property
    def seed(self) -> int:
        """The seed of all that is shown: that of the scenario to compare with first."""
        return self.scenarios[self.opening[0]].seed

    @cached_property
    def claims(self) -> list[Judged]:
        """The pack's claims with their recorded verdicts, in the order of the article; none where it has no file."""
        try:
            path = recorded_path(self.loaded.folder)
        except OptionError:
            return []
        verdicts = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        found = validate(read(path.with_name("claims.yaml")), ClaimsFile).claims
        return [Judged(claim, verdicts.get(claim.id, "not recorded")) for claim in found]

    def claims_of(self, lever: str) -> list[Judged]:
        """Return the claims whose test moves a lever, then those that only stand in the same paragraph."""
        tested = [each for each in self.claims if lever in self._moved(each.claim)]
        place = self.pack.case.levers[lever].locator
        return tested + [each for each in self.claims if each not in tested and each.claim.locator == place]

    def tests(self, claim: Claim, lever: str) -> bool:
        """Return whether a claim's test moves a lever."""
        return lever in self._moved(claim)

    def _moved(self, claim: Claim) -> set[str]:
        arms: list[Arm] = [arm for _, each in claim.contrasts for arm in (each.from_, each.to)]
        moved: set[str] = set()
        for arm in arms:
            moved |= {path.removeprefix("levers.") for path in arm.set}
            if scenario := self.scenarios.get(arm.scenario):
                moved |= set(scenario.moved)
        return moved


@lru_cache(maxsize=1)
def app_state(pack: str | None, names: tuple[str, ...]) -> AppState:
    """Return the state that all visitors of this process share."""
    return AppState(pack, names)
