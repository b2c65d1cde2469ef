"""Give the reference the same worlds as the model: the same numbers by path, the same draws by name."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cordiale.models.diplomacy.kinds import Challenger, Hedger

from cordiale.models.base import Behaviour
from cordiale.models.random import Array, Streams
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import profiles

from .case import Case, Domain, dyad_of


def case_of(scenario: Scenario, behaviour: Behaviour) -> Case:
    """Return the reference's case for a scenario's pack."""
    pack, names = scenario.loaded.pack, scenario.names
    case = pack.case
    rungs = [(dyad_of(*rung.dyad.split("-")), rung.agreement, rung.in_force) for rung in pack.ties.ladder]
    return Case(
        states=names.states,
        issues=names.issues,
        domains=names.domains,
        agreements=names.agreements,
        formats=names.formats,
        theatres=names.theatres,
        hazards=names.hazards,
        challengers=names.challengers,
        pressing={code for code in names.states if issubclass(behaviour[code], Challenger)},
        hedgers={code for code in names.states if issubclass(behaviour[code], Hedger)},
        poles=(case.poles[0], case.poles[1]),
        provokes={name: issue.provokes for name, issue in case.issues.items()},
        restrains={name: issue.restrains_flows_to for name, issue in case.issues.items()},
        domain={
            name: Domain(record.theatre, record.meets, record.appetite, record.patron, record.unlocked_by)
            for name, record in case.domains.items()
        },
        implies={name: record.implies for name, record in case.agreements.items()},
        consent={name: group.consent for name, group in case.formats.items()},
        start_members={name: group.members for name, group in case.formats.items()},
        start_in_force={(dyad, agreement) for dyad, agreement, year in rungs if year is not None},
        start_pending={(dyad, agreement) for dyad, agreement, year in rungs if year is None},
    )


class OneWorld:
    """The parameters of one world of a block, by path and quarter."""

    def __init__(self, scenario: Scenario, drawn: Mapping[str, Array], world: int) -> None:
        self.values = {path: float(values[world]) for path, values in drawn.items()}
        self.profiles = {profile.path: profile for profile in profiles(scenario)}

    def coded(self, path: str) -> float | None:
        return self.values.get(path)

    def get(self, path: str, t: int) -> float | None:
        drawn = self.values.get(path)
        profile = self.profiles.get(path)
        if profile is None:
            return drawn
        share, part = float(profile.share[t]), float(profile.part[t])
        if ".member." in path or ".agreement." in path or path.endswith(".present"):
            return part if share == 1.0 else None
        return (1 - share) * (drawn or 0.0) + part


class OneDraw:
    """The draws of one world."""

    def __init__(self, scenario: Scenario, world: int) -> None:
        self.names = scenario.names
        self.streams = Streams(scenario.seed, world, 1)

    def _number(self, purpose: str, *names: str, t: int, size: int = 1, at: int = 0) -> float:
        return float(self.streams.uniform(purpose, *names, quarter=t, size=size)[0, at])

    def normal(self, state: str, issue: str, t: int) -> float:
        from scipy.special import ndtri

        return float(ndtri(self._number("signal", state, issue, t=t)))

    def gumbel_nothing(self, state: str, t: int) -> float:
        return -math.log(-math.log(self._number("initiative", state, t=t, size=2)))

    def bandwidth_uniform(self, state: str, t: int) -> float:
        return self._number("initiative", state, t=t, size=2, at=1)

    def gumbel(self, i: str, j: str, alternative: int, t: int) -> float:
        size = len(self.names.domains) + 1
        return -math.log(-math.log(self._number("offer", i, j, t=t, size=size, at=alternative)))

    def answer(self, i: str, j: str, alternative: int, t: int) -> float:
        return self._number("answer", i, j, t=t, size=len(self.names.domains) + 1, at=alternative)

    def ratify(self, i: str, j: str, agreement: int, t: int) -> float:
        return self._number("ratify", i, j, t=t, size=len(self.names.agreements), at=agreement)

    def apply(self, state: str, format: str, t: int) -> float:
        return self._number("enter", state, format, t=t)


class Best:
    """The one world of best values, without a timeline."""

    def __init__(self, scenario: Scenario) -> None:
        self.values = {path: number.coded.best for path, number in scenario.numbers.items()}
        states = scenario.loaded.pack.states.values()
        self.values |= {f"{state.code}.present": 0.0 for state in states if state.enters}

    def coded(self, path: str) -> float | None:
        return self.values.get(path)

    def get(self, path: str, t: int) -> float | None:
        return self.values.get(path)


__all__ = ["Best", "OneDraw", "OneWorld", "case_of"]
