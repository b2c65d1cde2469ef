"""A sensitivity analysis of a scenario as a whole: indices or effects, and coding against chance, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Unpack

import numpy as np

from cordiale.analysis.morris import Effects, morris
from cordiale.analysis.response import ModelResponse, Progress, Quantiles, Target, Values, target_of, target_words
from cordiale.analysis.sobol import Groups, Indices, groups_of, sobol
from cordiale.engine.pool import Ordered, ordered
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.files.extras import require
from cordiale.models.base import Behaviour
from cordiale.models.random import Array
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import label
from cordiale.study.question import Given, How, kept, laid, names_of, question
from cordiale.study.result import Result, Row

METHODS = {"sobol": 256, "morris": 40}  # with the base sample, or trajectories, where none are given
TOLD = 5  # groups named in a sentence


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """What moves a target of a scenario.

    Attributes
    ----------
    groups : group -> paths
    found : Sobol' indices or elementary effects, of the mean over `luck` worlds' luck
    shares : of coding, chance and both together in the variance between worlds
    """

    kind = "sensitivity"
    packages = ("SALib",)
    target: Target
    method: str
    groups: Groups
    found: Indices | Effects
    luck: int
    shares: Shares

    @property
    def scenario(self) -> Scenario:
        """The scenario; of a difference the one from which another is subtracted."""
        return self.target.scenario

    @property
    def ran(self) -> Sequence[Scenario]:
        """It, and what is subtracted."""
        return self.target.scenarios

    @property
    def names(self) -> dict[str, str]:
        """Group -> its name on charts: a single number's in words."""
        return {
            group: label(self.scenario, group) if paths == [group] and group in self.scenario.names.paths else group
            for group, paths in self.groups.items()
        }

    def contents(self) -> dict[str, list[Row]]:
        """Return a row a group."""
        rows = self.found.frame().astype(object)
        return {
            "groups": [
                {str(key): value for key, value in row.items()}
                for row in rows.where(rows.notna(), None).to_dict("records")
            ]
        }

    def facts(self) -> Row:
        """Return what was asked, whether the answer has converged, and the shares of coding and chance."""
        return {
            "scenario": self.scenario.name, "against": self.target.against and self.target.against.name,
            "measure": self.target.measure, "quarter": self.target.quarter,
            "method": self.method, "rows": self.found.rows, "luck": self.luck,
            "converged": self.found.converged, "doubts": self.found.doubts, "next_samples": self.found.next_samples,
            "shares": self.shares.share, "shares_error": self.shares.error, "variance": self.shares.variance,
        }  # fmt: skip

    def details(self) -> Row:
        """Return what its manifest says of it, with the paths of each group."""
        return super().details() | {"groups": self.groups}

    def sentences(self) -> list[str]:
        """Return what was found, a sentence each."""
        about = target_words(self.target)
        what = _of_indices if isinstance(self.found, Indices) else _of_effects
        return [
            _coding_and_chance(about, self.shares),
            *what(about, self.found, self.names),  # type: ignore[arg-type]
            f"What is said of groups holds for the mean over the luck of {self.luck} "
            f"{'worlds' if self.luck > 1 else 'world'}; {self.shares.left(self.luck):.0%} of the variance of that "
            "mean between codings is still luck that works out otherwise under another coding.",
            verdict(self.found),
        ]


@question
def sensitivity(
    scenario: Given, measure: Annotated[str, "--measure", "MEASURE:ENTITY"], method: str = "sobol", *,
    against: Annotated[Given | None, "SCENARIO"] = None, group: str | None = None,
    over: Annotated[Sequence[str], "PATH"] = (), samples: Annotated[int | None, 1, 1 << 20] = None,
    luck: Annotated[int, 1, 1000] = 4, behaviour: Behaviour | None = None, **how: Unpack[How],
) -> Sensitivity:  # fmt: skip
    """Return what moves a measure of a scenario: the coded numbers in groups, and chance.

    Parameters
    ----------
    scenario : Scenario name or path.
    measure : What to measure, as MEASURE:ENTITY; `cordiale list measures` shows the names. Add @2022Q4 for an earlier
        quarter.
    method : sobol (shares of the variance) or morris (screening).
    against : Subtract this scenario world by world: what is told is of the difference.
    group : How numbers are grouped: focus, fields, states or weights. [default: focus]
    over : Only these numbers; * is any part of a path. May be repeated.
    samples : sobol: N, a power of two, for N x (groups + 2) rows [default: 256]; morris: r trajectories, for
        r x (groups + 1) rows [default: 40].
    luck : Number of worlds averaged for each row.
    behaviour : of states, in place of the pack's
    how : as in `study.question.How`

    Raises
    ------
    FileError, OptionError, StudyError
    """
    require("SALib", "sensitivity", "sensitivity")
    loaded, other = laid(scenario, how, against)
    target = target_of(measure, loaded, against=other)
    allow = how.get("allow") or ()
    if method not in METHODS:
        raise OptionError(f"--method {short(method)}: no such method{did_you_mean(method, METHODS)} (sobol, morris)")
    groups, seed = groups_of(loaded, group, over), loaded.seed
    if not groups:
        raise OptionError(f"scenario '{loaded.name}' draws no number from a range, so nothing is uncertain")
    paths = [path for members in groups.values() for path in members]
    inverse = Quantiles(loaded.ranges, paths)
    response = ModelResponse(target, luck, loaded.family.rules(loaded.loaded, behaviour, allow))
    samples = METHODS[method] if samples is None else samples
    with_jobs: Any = {"jobs": how.get("jobs", 1), "progress": how.get("progress")}

    def work(run: Ordered) -> Sensitivity:
        analyse = sobol if method == "sobol" else morris
        found = analyse(response, inverse, groups, samples, seed, run=run, **with_jobs)
        codings = np.random.default_rng(seed).random((CODINGS, len(paths)))
        size = CODINGS * LUCK * target.quarters
        table = crossed(response.at, inverse(codings), LUCK, size=size, run=run, **with_jobs)
        return Sensitivity(target, method, groups, found, luck, shares(table))

    names = [method, *names_of(*target.scenarios), measure]
    about = {"method": method, "groups": groups, "samples": samples, "luck": luck, "allow": list(allow) or None}
    return kept(work, how, *target.scenarios, names=names, measure=str(target), **about)


def _coding_and_chance(about: str, shares: Shares) -> str:
    def part(name: str) -> str:
        share, error = shares.share[name], shares.error[name]
        return f"{share:.0%} (95 % interval {max(0.0, share - error):.0%} to {min(1.0, share + error):.0%})"

    return (
        f"Of the variance of {about} between worlds, {part('coding')} is coding: what the article leaves open of its "
        f"numbers, and what is not known of behaviour. {part('chance')} is chance within the world. "
        f"{part('interaction')} is both together: luck that works out otherwise under another coding. "
        f"({shares.codings} codings, each with the luck of the same {shares.luck} worlds; "
        f"two-way analysis of variance, "
        "whose rest is interaction and no error, since a world with given numbers and luck is determined.)"
    )


def _of_indices(about: str, indices: Indices, names: dict[str, str]) -> list[str]:
    order = np.argsort(-indices.total, kind="stable")
    told = [
        f"{names[indices.groups[at]]} (total {indices.total[at]:.2f} ± {indices.total_error[at]:.2f}, "
        f"alone {indices.first[at]:.2f} ± {indices.first_error[at]:.2f})"
        for at in order[:TOLD]
    ]
    small = int((indices.total + indices.total_error < 0.01).sum())
    whole, error = float(indices.first.sum()), float(np.sqrt((indices.first_error**2).sum()))
    return [
        f"The variance that coding brings to {about} comes from {'; '.join(told)}; "
        f"{small} of {len(indices.groups)} groups have a total below 0.01 for sure.",
        f"First orders add up to {whole:.2f} ± {error:.2f}: "
        + (f"about {1 - whole:.2f} is interaction between groups." if 1 - whole > error else "no interaction is sure."),
    ]


def _of_effects(about: str, effects: Effects, names: dict[str, str]) -> list[str]:
    def one(at: int) -> str:
        sign = "" if np.isnan(effects.mean[at]) else f", mean {effects.mean[at]:+.3f}, sd {effects.spread[at]:.3f}"
        return f"{names[effects.groups[at]]} ({effects.strength[at]:.3f} ± {effects.strength_error[at]:.3f}{sign})"

    order = np.argsort(-effects.strength, kind="stable")
    still = int((effects.strength < 0.1 * effects.strength.max()).sum())
    return [
        f"Moved from the quantile 1/8 to 7/8 of their coded distributions, these change {about} most on average: "
        f"{'; '.join(one(int(at)) for at in order[:TOLD])}; "
        f"{still} of {len(effects.groups)} do less than a tenth of the first."
    ]


def verdict(estimate: Indices | Effects) -> str:
    """Return whether an estimate has converged, and what to type next where it has not."""
    if estimate.converged:
        return f"Converged with {estimate.rows:,} rows: intervals are narrow, and half the sample says the same."
    doubts, samples = "; ".join(estimate.doubts), estimate.next_samples
    return f"Not converged with {estimate.rows:,} rows: {doubts}. Next: --samples {samples}."


# ----------------------------------------------------------------
# How much of the variance between worlds is coding, how much chance, and how much the two together.


CODINGS, LUCK = 128, 16
PARTS = ("coding", "chance", "interaction")


@dataclass(frozen=True)
class Shares:
    """Shares of the variance between worlds.

    Attributes
    ----------
    share, error : part -> share, and half its 95 % interval (jackknife over codings and over lucks)
    variance : of one world's value
    codings, luck : size of the design
    """

    share: dict[str, float]
    error: dict[str, float]
    variance: float
    codings: int
    luck: int

    def left(self, luck: int) -> float:
        """Return the share of interaction in the variance between codings of a mean over some worlds' luck."""
        noise = self.share["interaction"] / luck
        whole = self.share["coding"] + noise
        return noise / whole if whole > 0 else 0.0


def crossed(
    at: Callable[[Values, int], Array], values: Values, luck: int = LUCK, progress: Progress | None = None, *,
    jobs: int | None = 1, size: int = 0, run: Ordered = ordered,
) -> Array:  # fmt: skip
    """Return (codings, luck): each row of values under the luck of worlds 0 .. luck - 1.

    Parameters
    ----------
    jobs, size : as in `pool.ordered`
    run : works through the worlds; a journal's keeps those that are done
    """
    columns: list[Array] = []
    for column in run(_column, (at, values), range(luck), jobs, size):
        columns.append(column)
        world = len(columns) - 1
        if progress is not None:
            progress((world + 1) * len(columns[0]), luck * len(columns[0]))
    return np.stack(columns, axis=1)


def _column(work: tuple[Callable[[Values, int], Array], Values], world: int) -> Array:
    at, values = work
    return at(values, world)


def shares(table: Array) -> Shares:
    """Return the shares of coding, chance and interaction in a crossed table (codings, luck)."""
    codings, luck = table.shape
    parts = _components(table)
    whole = float(parts.sum())
    out = [_relative(np.delete(table, row, axis=0)) for row in range(codings)]
    across = [_relative(np.delete(table, column, axis=1)) for column in range(luck)]
    error = 1.96 * np.sqrt(_jackknife(out) + _jackknife(across))
    relative = _relative(table)
    return Shares(
        dict(zip(PARTS, relative.tolist(), strict=True)), dict(zip(PARTS, error.tolist(), strict=True)),
        whole, codings, luck,
    )  # fmt: skip


def _components(table: Array) -> Array:
    """Return the variances of coding, chance and interaction; those that come out below 0 are 0."""
    codings, luck = table.shape
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    left = table - rows[:, None] - columns[None, :] + mean
    interaction = float((left**2).sum()) / ((codings - 1) * (luck - 1))
    coding = float(np.var(rows, ddof=1)) - interaction / luck
    chance = float(np.var(columns, ddof=1)) - interaction / codings
    return np.maximum([coding, chance, interaction], 0.0)


def _relative(table: Array) -> Array:
    parts = _components(table)
    return parts / parts.sum() if parts.sum() > 0 else parts


def _jackknife(left_out: list[Array]) -> Array:
    found = np.array(left_out)
    return np.asarray((len(found) - 1) / len(found) * ((found - found.mean(axis=0)) ** 2).sum(axis=0))
