"""Why a dyad changed: each cause's part of every quarter's change of trust, activity and similarity.

Causes add up to the change in each world (a test holds them to 1e-9), so their means over worlds do too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import numpy as np

from cordiale.case.quarters import to_index, to_text
from cordiale.engine.block import Plan, start_worlds
from cordiale.engine.pool import Ordered
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.base import Attribution, Behaviour, CauseLabels, Family, steps
from cordiale.models.random import Array
from cordiale.models.units import unit_of
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.earlier_results import refuse_first_form
from cordiale.study.estimate import Estimate, adding_up, listed
from cordiale.study.question import Given, How, kept, laid, names_of, question
from cordiale.study.result import Result, Row
from cordiale.study.run import BLOCK, make_plan
from cordiale.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline"  # what a scenario is read against where its file names nothing


@dataclass(frozen=True, repr=False)
class Terms(Result):
    """The causes of one dyad's changes.

    Attributes
    ----------
    scenario : in which they work
    against : the scenario whose causes are subtracted in the same world, so that changes, levels and values are
        differences; None where nothing is
    quarters : (Q,)
    changes : (quantity, cause) -> (worlds, Q) contribution; quantities "trust FRA>JPN", "activity", "similarity"
    levels : quantity -> (worlds, Q + 1) the quantity itself from the start on
    values : term -> (worlds, Q) what it has added to the strength of the tie since the start, in spreads of ties
    """

    kind = "causes"
    digits = "%.10g"
    scenario: Scenario
    dyad: str
    quarters: list[str]
    changes: dict[tuple[str, str], Array]
    levels: dict[str, Array]
    values: dict[str, Array]
    against: Scenario | None = None

    @property
    def title(self) -> str:
        """The scenario's title; of a difference both, what is subtracted at last."""
        return f"{self.scenario.title} minus {self.against.title}" if self.against else self.scenario.title

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return len(next(iter(self.levels.values())))

    def quantity_label(self, quantity: str) -> str:
        """Return what a quantity is called: "Trust of France in Japan"."""
        return attribution_of(self.scenario.family).quantity_label(quantity, self.scenario.loaded.pack)

    def cause_labels(self, quantity: str, cause: str) -> CauseLabels:
        """Return what a cause is called."""
        return attribution_of(self.scenario.family).cause_labels(quantity, cause, self.scenario.loaded.pack)

    def weight(self, quantity: str) -> float:
        """Return how much of the headline a unit of a quantity is: its part's share, and its share in the part."""
        family = self.scenario.family
        return attribution_of(family).in_parts(quantity)[1] / max(len(family.parts), 1)

    def effect(self, quantity: str) -> Estimate:
        """Return by how much a quantity moved the headline by the last quarter."""
        level, family = self.levels[quantity], self.scenario.family
        return Estimate.of(self.weight(quantity) * (level[:, -1] - level[:, 0]), family.measure(family.headline).unit)

    def added(self, quantity: str) -> dict[str, float]:
        """Return cause -> what it adds to the headline by the last quarter, mean over worlds; they sum to the effect.

        Those that add most, either way, come first.
        """
        moved = {
            cause: self.weight(quantity) * float(part.sum(axis=1).mean())
            for (of, cause), part in self.changes.items() if of == quantity
        }  # fmt: skip
        return dict(sorted(moved.items(), key=lambda each: -abs(each[1])))

    def by_size(self) -> list[str]:
        """Return the quantities, those that move the headline most first."""
        return sorted(self.levels, key=lambda quantity: -abs(self.effect(quantity).mean))

    @property
    def of(self) -> str:
        """What the causes are of: "alignment of France and Japan"."""
        pack, family = self.scenario.loaded.pack, self.scenario.family
        names = [pack.states[code].name for code in self.dyad.split("-")]
        return f"{family.measure(family.headline).meaning} of {listed(names)}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return means over worlds, tidy: quantity, cause, quarter, contribution."""
        return {"causes": self.means()}

    def sentences(self) -> list[str]:
        """Return how much each quantity adds to the headline, and through which causes most."""
        against = f"against {self.against.title}" if self.against else f"since {self.since}"
        told = [f"{self.scenario.title}, {against}, by {self.quarters[-1]}: what adds to the {self.of}."]
        for quantity in self.by_size():
            found, causes = self.effect(quantity), self.added(quantity)
            shown = dict(zip(causes, self._rounded(quantity), strict=True))
            most = [f"{self.cause_labels(quantity, cause).long} {found.text(shown[cause])}"
                    for cause in list(causes)[:3] if found.text(shown[cause]) != "0"]  # fmt: skip
            told.append(f"{self.quantity_label(quantity)} adds {found.full}{f': {listed(most)}' if most else ''}.")
        tells = attribution_of(self.scenario.family)
        left = {*self.scenario.family.parts} - {tells.in_parts(quantity)[0] for quantity in self.levels}
        return [*told, *([f"The causes of {listed(sorted(left))} are not told here."] if left else [])]

    @property
    def since(self) -> str:
        """The quarter before the first."""
        return to_text(to_index(self.quarters[0]) - 1)

    def _rounded(self, quantity: str) -> list[float]:
        """Return what causes add, as it is printed, so that it sums to the effect as that is printed."""
        found = self.effect(quantity)
        return adding_up(list(self.added(quantity).values()), found.mean, unit_of(found.unit).digits)

    @property
    def ran(self) -> list[Scenario]:
        """The scenario, and what is subtracted."""
        return [self.scenario, *([self.against] if self.against else [])]

    def facts(self) -> Row:
        """Return what was asked."""
        return {"scenario": self.scenario.name, "against": self.against and self.against.name, "dyad": self.dyad,
                "worlds": self.worlds}  # fmt: skip

    def record(self) -> Row:
        """Return what a program would read of it, as JSON: the causes of a quantity sum to its effect."""
        effects = [
            {"quantity": quantity, "weight": self.weight(quantity), **self.effect(quantity).record(),
             "causes": self.added(quantity)} for quantity in self.by_size()
        ]  # fmt: skip
        return {**self.facts(), "effects": effects, "by_year": self.by_year(), "sentences": self.sentences()}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a row a cause that adds something, with the sum of each quantity, as much as is printed."""
        rows = []
        for quantity in self.by_size():
            found, label = self.effect(quantity), self.quantity_label(quantity)
            rows += [
                {"part": label, "cause": self.cause_labels(quantity, cause).short, "adds": found.text(value)}
                for cause, value in zip(self.added(quantity), self._rounded(quantity), strict=True)
                if found.text(value) != "0"
            ]
            rows.append({"part": label, "cause": "in all", "adds": found.cell})
        return [(f"What adds to the {self.of} by {self.quarters[-1]}, means over {self.worlds} worlds", rows)]

    def by_year(self) -> list[Row]:
        """Return a row a cause with its sum over each year's quarters, and for a value the year's mean."""
        frame = self.means()
        frame["year"] = frame["quarter"].str[:4]
        rows: list[Row] = []
        for (quantity, cause), part in frame.groupby(["quantity", "cause"], sort=False):
            by_year = part.groupby("year", sort=False)["contribution"]
            years = by_year.mean() if quantity == "strength" else by_year.sum()
            whole = years.mean() if quantity == "strength" else years.sum()
            row = {"quantity": quantity, "cause": cause, **{str(year): float(x) for year, x in years.items()}}
            rows.append({**row, "all": float(whole)})
        return rows

    def means(self) -> pd.DataFrame:
        """Return means over worlds, tidy: quantity, cause, quarter, contribution.

        The quantity "strength" holds what each term of the tie has added since the start, the others changes a quarter.
        """
        import pandas as pd

        rows = [
            (quantity, cause, quarter, mean)
            for (quantity, cause), part in self.changes.items()
            for quarter, mean in zip(self.quarters, part.mean(axis=0), strict=True)
        ]
        rows += [
            ("strength", term, quarter, mean)
            for term, part in self.values.items()
            for quarter, mean in zip(self.quarters, part.mean(axis=0), strict=True)
        ]
        return pd.DataFrame(rows, columns=["quantity", "cause", "quarter", "contribution"])


@question
def causes(
    scenario: Given, dyad: Annotated[str | None, "--dyad"] = None, worlds: Annotated[int | None, 1] = None,
    behaviour: Behaviour | None = None, *, against: Annotated[Given | None, "SCENARIO"] = None, alone: bool = False,
    **how: Unpack[How],
) -> Terms:  # fmt: skip
    """Run a scenario and return the causes of what it changes between two states.

    Parameters
    ----------
    scenario : Scenario name or path.
    dyad : Pair of states, as AAA-BBB. [default: the pair that the article is about]
    worlds : Number of worlds in which each scenario is run. [default: what the scenario says]
    behaviour : of states, in place of the pack's
    against : Subtract this scenario world by world. [default: what the scenario's file names, else the baseline]
    alone : Show what changed since the start, of which the policy is a part.
    how : as in `study.question.How`

    Raises
    ------
    OptionError where the dyad is none of the pack; FileError, StudyError
    """
    if alone and against is not None:
        raise OptionError("--alone and --against: give one of them")
    allow = how.get("allow") or ()
    if against is None and not alone:
        against = _usual(scenario, how)
    base, other = laid(scenario, how, against, worlds, least=1)
    names = base.names
    dyad = dyad or base.loaded.pack.case.focus
    try:
        dyad = names.dyad(dyad)
    except KeyError:
        hint = did_you_mean(dyad, [f"{a}-{b}" for a in names.states for b in names.states if a != b])
        raise OptionError(f"'{dyad}' is no dyad of this pack{hint}") from None
    plan, size = make_plan([base], behaviour, allow), base.worlds

    def work(_: Ordered) -> Terms:
        blocks = [(at, min(BLOCK, size - at)) for at in range(0, size, BLOCK)]
        own = joined([of_block(plan, base, dyad, *block) for block in blocks])
        return own if other is None else minus(own, joined([of_block(plan, other, dyad, *block) for block in blocks]))

    return kept(work, how, base, other, names=[*names_of(base, other), dyad], dyad=dyad, worlds=size)


def _usual(scenario: Given, how: How) -> Given | None:
    """Return the scenario that is subtracted where nobody says: what a file names, else the baseline."""
    loading: Any = {name: how[name] for name in ("pack", "model", "allow") if how.get(name) is not None}
    if not isinstance(scenario, Scenario):
        own = load_scenario(scenario, **loading)
        named = own.against or BASELINE
        return None if own.name == named else named
    if scenario.name == BASELINE:
        return None
    loading |= {"pack": str(scenario.loaded.folder), "model": scenario.model}
    usual = load_scenario(scenario.against or BASELINE, set={"horizon": to_text(scenario.horizon)}, **loading)
    return with_options(usual, seed=scenario.seed)


def of_study(
    study: Study, dyad: str | None = None, scenario: str | None = None, worlds: int | None = None,
    behaviour: Behaviour | None = None, allow: Collection[str] = (), against: str | None = None, alone: bool = False,
) -> Terms:  # fmt: skip
    """Return the causes of a dyad's changes in the worlds of a study, which are run again from its design.

    Parameters
    ----------
    dyad : the case's focus where None
    scenario : the first one where None
    worlds : the first so many; all where None
    against : a scenario of the study, whose causes are subtracted in the same world; of the first none, and of another
        what it is read against, where None
    alone : subtract none
    """
    refuse_first_form(study.model, study.folder)
    names = {each.name: each for each in scenarios_of(study.folder, read_design(study.folder), allow)}
    name = scenario or study.scenarios[0]
    for each in (name, against):
        if each is not None and each not in names:
            raise OptionError(f"the study has no scenario '{each}'{did_you_mean(each, names)}")
    first = study.scenarios[0]
    named = study.about(name).get("against")
    usual = None if name == first else named if named in names else first
    other = names.get(against or ("" if alone else usual or ""))
    return causes(
        names[name], dyad or str(study.manifest["focus"]), worlds, behaviour, allow=allow, against=other,
        alone=other is None,
    )  # fmt: skip


def minus(own: Terms, other: Terms) -> Terms:
    """Return by how much the causes of a dyad's changes, and what they change, differ from those of another scenario.

    A cause that works in one of the two alone counts as 0 in the other; of both it is of the same dyad and worlds.
    """

    def less(one: dict[Any, Array], two: dict[Any, Array]) -> dict[Any, Array]:
        keys = dict.fromkeys([*one, *two])
        return {key: np.subtract(one.get(key, 0.0), two.get(key, 0.0)) for key in keys}

    return Terms(
        own.scenario, own.dyad, own.quarters, less(own.changes, other.changes), less(own.levels, other.levels),
        less(own.values, other.values), other.scenario,
    )  # fmt: skip


def joined(parts: list[Terms]) -> Terms:
    """Return blocks of worlds, in their order, as one."""
    first = parts[0]
    return Terms(
        first.scenario,
        first.dyad,
        first.quarters,
        {key: np.concatenate([part.changes[key] for part in parts]) for key in first.changes},
        {key: np.concatenate([part.levels[key] for part in parts]) for key in first.levels},
        {term: np.concatenate([part.values[term] for part in parts]) for term in first.values},
    )


def attribution_of(family: Family) -> Attribution:
    """Return what tells why a dyad changed; OptionError where the family cannot."""
    if family.attribution is None:
        raise OptionError(f"the model {family.name} does not tell why a dyad changed")
    return family.attribution


def of_block(plan: Plan, scenario: Scenario, dyad: str, first: int, worlds: int) -> Terms:
    """Return the causes of a dyad's changes in worlds `first` .. `first + worlds - 1`."""
    tells = attribution_of(plan.family)
    model = start_worlds(scenario, first, worlds, plan.rules)
    i, j = (scenario.names.states.index(code) for code in dyad.split("-"))
    changes: dict[tuple[str, str], list[Array]] = {}
    values: dict[str, list[Array]] = {}
    levels = {quantity: [level] for quantity, level in tells.levels(model, i, j).items()}
    for step in steps(model, scenario.quarters):
        for key, change in tells.causes(step, i, j).items():
            changes.setdefault(key, []).append(change)
        for quantity, level in tells.levels(model, i, j).items():
            levels[quantity].append(level)
        for term, value in tells.terms(step, i, j).items():
            values.setdefault(term, []).append(value)
    return Terms(
        scenario,
        dyad,
        [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        {key: np.stack(parts, axis=1) for key, parts in changes.items()},
        {key: np.stack(parts, axis=1) for key, parts in levels.items()},
        {term: np.stack(parts, axis=1) for term, parts in values.items()},
    )


BETWEEN = (0.5, 2.0)  # of its own weight: what each part's may be when the weights are asked about


def moved_by(study: Study, scenario: str, entity: str, other: str | None = None) -> dict[str, float]:
    """Return part -> by how much it moves the headline in the last quarter against another scenario.

    Means over worlds, each part times its share in the headline, so that they sum to the headline's difference. Empty
    where a scenario does not record a part.

    Parameters
    ----------
    other : the first one where None
    """
    first, parts = other or study.scenarios[0], study.components
    if not parts or any(
        entity not in study.measures(each).get(part, []) for part in parts for each in (first, scenario)
    ):
        return {}
    moved = weighted_parts(study, scenario, entity) - weighted_parts(study, first, entity)
    return dict(zip(parts, moved.mean(axis=1).tolist(), strict=True))


def weighted_parts(study: Study, scenario: str, entity: str, quarter: int = -1) -> Array:
    """Return each part of the headline times its share in it, (parts, worlds); they sum to the headline."""
    values = [study.values(part, entity, scenario, quarter=quarter) for part in study.components]
    return study.shares(scenario) * np.array(values)


def under_other_weights(added: Array) -> tuple[float, float]:
    """Return the least and the most that a difference could be if its parts were weighted otherwise.

    Each weight lies between half and twice its own, and they sum to what they sum to now. The sum of weighted parts is
    linear in the weights, so its ends lie where as much weight as may be stands on the parts that add least, or most.

    Parameters
    ----------
    added : (parts,) what each part adds, times its own weight; the weights are equal
    """
    least, most = BETWEEN
    steps = np.sort(added)
    return _filled(steps, least, most), -_filled(-steps[::-1], least, most)


def _filled(added: Array, least: float, most: float) -> float:
    """Return the sum where every part has the least factor, and the first ones, in this order, up to the most."""
    left, factors = len(added) * (1 - least), np.full(len(added), least)
    for at in range(len(added)):
        more = min(left, most - least)
        factors[at] += more
        left -= more
    return float(factors @ added)
