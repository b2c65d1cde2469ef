"""Whose uncertainty a measure's variance comes from: Sobol' indices of groups of coded numbers, through SALib.

First order: the share of the variance that goes if a group were known (Saltelli et al. 2010). Total: the share
that stays if all else were known (Jansen 1999). A total above a first order is interaction. Intervals are
bootstrapped over the base sample.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.response import Inverse, ModelResponse, Progress, Response, evaluate
from cordiale.case.fields import FIELDS
from cordiale.engine.pool import Ordered, ordered
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.random import Array
from cordiale.scenario.settings import Scenario

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 400  # of the bootstrap
WIDTH = 0.1  # of the 95 % interval of the largest total index, at most (Sarrazin, Pianosi and Wagener 2016 take 0.05)
DRIFT = 0.05  # that a total index may move from half the sample to the whole
EXCESS = 0.05  # by which first orders may add up to more than 1
LARGEST = 250_000_000  # numbers in a design: two gigabytes


@dataclass(frozen=True)
class Indices:
    """Sobol' indices of groups, as shares of the variance of the response.

    Attributes
    ----------
    groups : G names
    first, first_error : (G,) first-order indices, and half their 95 % intervals
    total, total_error : (G,) total indices, and half their 95 % intervals
    half : (G,) total indices of the first half of the base sample
    variance : of the response
    samples : N of the base sample; the design has N * (G + 2) rows
    """

    groups: list[str]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    half: Array
    variance: float
    samples: int

    @property
    def rows(self) -> int:
        """Rows of the design."""
        return self.samples * (len(self.groups) + 2)

    @property
    def doubts(self) -> list[str]:
        """Why the estimate has not converged, a clause each; none where it has."""
        found = []
        top = int(np.argmax(self.total))
        width, excess = 2 * float(self.total_error[top]), float(self.first.sum()) - 1
        drift = float(np.abs(self.total - self.half).max())
        if width > WIDTH:
            found.append(f"the interval of the largest total index is {width:.2f} wide, over {WIDTH:g}")
        if excess > EXCESS:
            found.append(f"the first orders add up to {1 + excess:.2f}, over {1 + EXCESS:g}")
        if drift > DRIFT:
            found.append(f"a total index moved by {drift:.2f} from half the sample to the whole, over {DRIFT:g}")
        return found

    @property
    def converged(self) -> bool:
        """Whether the largest interval is narrow, first orders add up, and half the sample says the same."""
        return not self.doubts

    @property
    def next_samples(self) -> int:
        """The base sample to try next: errors go with the root of the sample."""
        width = 2 * float(self.total_error[int(np.argmax(self.total))])
        return power_of_two(max(2 * self.samples, min(16 * self.samples, self.samples * (width / WIDTH) ** 2)))

    def frame(self) -> pd.DataFrame:
        """Return a row a group, the largest total first."""
        import pandas as pd

        columns = {
            "group": self.groups, "first": self.first, "first_error": self.first_error,
            "total": self.total, "total_error": self.total_error, "total_of_half": self.half,
        }  # fmt: skip
        return pd.DataFrame(columns).sort_values("total", ascending=False, kind="stable", ignore_index=True)


def sobol(
    response: Response, inverse: Inverse, groups: Groups, samples: int = 512, seed: int = 0, *,
    jobs: int | None = 1, progress: Progress | None = None, run: Ordered = ordered,
) -> Indices:  # fmt: skip
    """Return the Sobol' indices of a response over groups of its inputs.

    Parameters
    ----------
    response : path -> (rows,) to (rows,)
    inverse : a design in unit space (rows, paths), paths in the order of `groups`, to path -> (rows,)
    samples : N of the base sample, raised to a power of two; N * (G + 2) rows are run
    seed : of the scrambled Sobol' sequence and the bootstrap

    Raises
    ------
    OptionError where no group moves the response, or the design is too large
    """
    from SALib.analyze import sobol as analysis  # type: ignore[import-untyped]
    from SALib.sample import sobol as design  # type: ignore[import-untyped]

    samples, problem = power_of_two(max(samples, 8)), problem_of(groups)
    check_size(samples * (len(groups) + 2), problem["num_vars"])
    unit = design.sample(problem, samples, calc_second_order=False, seed=seed)
    found = evaluate(response, inverse, unit, jobs=jobs, progress=progress, run=run)
    check_moves(response, found)

    def indices(values: Array) -> Any:
        generator = np.random.default_rng(seed)  # SALib takes a seed of 0 for none
        return analysis.analyze(problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=generator)

    whole, half = indices(found), indices(found[: len(found) // 2])
    base = np.concatenate([found[:: len(groups) + 2], found[len(groups) + 1 :: len(groups) + 2]])
    return Indices(
        list(groups), whole["S1"], whole["S1_conf"], whole["ST"], whole["ST_conf"], half["ST"],
        float(np.var(base)), samples,
    )  # fmt: skip


def problem_of(groups: Groups, bounds: Sequence[float] = (0.0, 1.0)) -> dict[str, Any]:
    """Return SALib's description of groups of inputs in unit space."""
    names = [path for paths in groups.values() for path in paths]
    of = [group for group, paths in groups.items() for _ in paths]
    return {"num_vars": len(names), "names": names, "groups": of, "bounds": [list(bounds)] * len(names)}


def power_of_two(number: float) -> int:
    """Return the least power of two that is not below a number: the Sobol' sequence is balanced at those."""
    return 1 << max(0, math.ceil(math.log2(number)))


def check_size(rows: int, columns: int) -> None:
    """Raise OptionError for a design that memory would not hold."""
    if rows * columns > LARGEST:
        raise OptionError(
            f"--samples: a design of {rows:,} rows of {columns:,} numbers does not fit in memory: take fewer samples, "
            "or fewer groups with --group"
        )


def check_moves(response: Response, found: Array) -> None:
    """Raise OptionError for a response that is the same in every row, (rows,)."""
    if np.ptp(found) <= 1e-12:
        target = response.target if isinstance(response, ModelResponse) else None
        what = str(target) if target and target.against else "it"
        raise OptionError(f"--measure: {what} is {found[0]:g} in all {len(found):,} rows, so nothing moves it")


# ----------------------------------------------------------------
# Groups of numbers that an analysis moves together: presets, and single numbers by pattern.


Groups = dict[str, list[str]]
PRESETS = ("focus", "fields", "states", "weights")
REST = "all other numbers"
WEIGHTS = "weights: "
KINDS = {
    "ideal": "positions", "trend": "positions", "expected_trend": "positions", "salience": "salience",
    "resolve": "character", "bandwidth": "character", "clarity": "character", "liberal_order": "character",
    "assertiveness": "character", "capability": "capability", "threat": "threat and dependence",
    "dependence": "threat and dependence", "practice": "practice at the start", "trust": "baseline trust",
    "usefulness": "views and forum", "bias": "views and forum", "export_control_forum": "views and forum",
    "character": "formats", "aimed_at": "formats", "weight": "depth", "rate": "rates", "opens": "rates",
    "signature": "rates", "hits": "coercion", "exports": "arms",
}  # fmt: skip
_HEADS = {
    "strength of ties": "tie value need pressure unlocked leaning",
    "level of the world": "log",
    "crowding and effort": "effort crowding reach agenda chill",
    "events": "leaders ministers exercise domain document tier visit multinational join shy call passage practice",
    "agreements": "hazard signature dropped ratification",
    "arms and contracts": "arms large completion cancelling rupture rival repair repaired",
    "trust": "trust usual signal unclear forum",
    "coercion": "coercion excitement third fear hardening yielding",
    "positions": "drift jumps jump election influence pace confidence",
    "formats": "joining founding rising",
}
FAMILIES = {head: family for family, heads in _HEADS.items() for head in heads.split()}  # by a name's first word


def groups_of(scenario: Scenario, preset: str | None = None, over: Sequence[str] = ()) -> Groups:
    """Return group -> its paths, of every number that is drawn from a range with a width; each in one group.

    Parameters
    ----------
    preset : "focus" numbers of the focus dyad by state and kind, weights by family, all else by kind; "fields"
        by field; "states" by state; "weights" each weight alone. Without it "focus", or each number alone where
        `over` says which
    over : patterns such as "FRA.*": only the numbers that fit one are told apart, the others are one group

    Raises
    ------
    OptionError for an unknown preset, or a pattern that no number fits
    """
    if preset is not None and preset not in PRESETS:
        raise OptionError(
            f"--group {short(preset)}: no such grouping{did_you_mean(preset, PRESETS)} (known: {', '.join(PRESETS)})"
        )
    moving = [path for path, coded in scenario.ranges.items() if coded.high > coded.low]
    wanted = matching(scenario, over, moving) if over else moving
    chosen = preset or (None if over else "focus")
    found: Groups = {}
    for path in moving:
        group = (path if chosen is None else _group(scenario, chosen, path)) if path in wanted else REST
        found.setdefault(group, []).append(path)
    return found


def matching(scenario: Scenario, patterns: Sequence[str], paths: Collection[str] | None = None) -> set[str]:
    """Return the drawn paths that fit a pattern of `--over`; OptionError for a pattern that none fits."""
    known = list(scenario.ranges if paths is None else paths)
    wanted: set[str] = set()
    for pattern in patterns:
        found = {path for path in known if fnmatchcase(path, _turned(scenario, pattern))}
        if not found:
            raise OptionError(
                f"--over {short(pattern)}: no number that is drawn has such a path{did_you_mean(pattern, known)}; "
                "`cordiale list parameters` shows them"
            )
        wanted |= found
    return wanted


def _turned(scenario: Scenario, pattern: str) -> str:
    """Return a pattern with its dyad in the order in which paths have it."""
    head, dot, rest = pattern.partition(".")
    try:
        return scenario.names.dyad(head) + dot + rest
    except KeyError:
        return pattern


def _group(scenario: Scenario, preset: str, path: str) -> str:
    field, index = scenario.names.paths[path]
    if field == "weights":
        return _of_weight(preset, path)
    if preset == "weights":
        return "all numbers of the case"
    if preset == "fields":
        return field.replace("_", " ")
    states = _states(scenario, field, index)
    if preset == "states":
        return _by_state(scenario, states)
    focus = scenario.loaded.pack.case.focus.split("-")
    kind = KINDS.get(field, field)
    if states and set(states) <= set(focus):
        name = "–".join(_name(scenario, code) for code in (focus if len(states) == 2 else states))
        return f"{name}: {kind}"
    return f"others: {kind}" if states else kind


def _of_weight(preset: str, path: str) -> str:
    name = path.removeprefix("weight.")
    if preset == "weights":
        return path
    return "weights" if preset != "focus" else WEIGHTS + FAMILIES.get(name.partition("_")[0], "other")


def _by_state(scenario: Scenario, states: Sequence[str]) -> str:
    """Return the group of a state's own numbers, or of the ties of the focus dyad's states."""
    if not states:
        return "case"
    if len(states) == 1:
        return _name(scenario, states[0])
    focus = scenario.loaded.pack.case.focus.split("-")
    inside = [code for code in focus if code in states]
    names = "–".join(_name(scenario, code) for code in inside)
    return {0: "ties of others", 1: f"ties of {names} with others", 2: f"ties of {names}"}[len(inside)]


def _states(scenario: Scenario, field: str, index: Sequence[int]) -> list[str]:
    """Return whom a number is of: one state, both of a dyad, or nobody."""
    axes = ("state", "observer", "observed", "one", "other")
    return [scenario.names.states[at] for axis, at in zip(FIELDS[field].axes, index, strict=True) if axis in axes]


def _name(scenario: Scenario, code: str) -> str:
    return scenario.loaded.pack.states[code].name
