"""Differences between the scenarios of a study, on matched worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.estimators import Effect, effect, simultaneous
from cordiale.draws import Array
from cordiale.errors import OptionError
from cordiale.study import Study

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("alignment", "similarity", "depth", "practice", "trust")


@dataclass(frozen=True)
class Difference:
    """One measure of one scenario against the baseline it is matched with.

    Attributes
    ----------
    scenario, baseline : names; of an interaction, "A in C" against "A"
    measure, entity : what is compared
    quarters : (Q,)
    values : (worlds, Q) differences
    effect : by quarter
    together : (low, high) of the last quarter, simultaneous over all rows of the comparison
    """

    scenario: str
    baseline: str
    measure: str
    entity: str
    quarters: list[str]
    values: Array
    effect: Effect
    together: tuple[float, float] = (np.nan, np.nan)


@dataclass(frozen=True)
class Comparison:
    """All differences of a study."""

    study: Study
    rows: list[Difference]

    def table(self) -> pd.DataFrame:
        """Return a row a difference and quarter; the simultaneous interval stands at the last quarter."""
        import pandas as pd

        return pd.DataFrame([line for row in self.rows for line in _lines(row)])

    def horizon(self) -> pd.DataFrame:
        """Return the table's rows of the last quarter."""
        table = self.table()
        return table[table["together_low"].notna()].reset_index(drop=True)

    def write(self, path: Path) -> None:
        """Write the differences themselves, tidy: scenario, baseline, world, quarter, measure, entity, difference."""
        import pyarrow as pa

        from cordiale.parts import TEXT, coded
        from cordiale.tables import Table

        kinds = dict.fromkeys(("scenario", "baseline", "world", "quarter", "measure", "entity"), TEXT)
        schema = pa.schema([*(kinds | {"world": pa.int32(), "difference": pa.float64()}).items()])
        with Table(path, schema) as table:
            for row in self.rows:
                worlds, quarters = row.values.shape
                same = np.zeros(worlds * quarters, dtype=np.int32)
                columns = {name: coded(same, [getattr(row, name)]) for name in kinds if hasattr(row, name)}
                columns["world"] = np.repeat(self.study.numbers.astype(np.int32), quarters)
                columns["quarter"] = coded(np.tile(np.arange(quarters, dtype=np.int32), worlds), row.quarters)
                columns["difference"] = row.values.ravel()
                table.add(pa.table(columns).select(schema.names).cast(schema))


def _lines(row: Difference) -> list[dict[str, Any]]:
    found, last = row.effect, len(row.quarters) - 1
    return [
        {
            "scenario": row.scenario, "baseline": row.baseline, "measure": row.measure, "entity": row.entity,
            "quarter": quarter, "mean": found.mean[at], "low": found.low[at], "high": found.high[at],
            "together_low": row.together[0] if at == last else np.nan,
            "together_high": row.together[1] if at == last else np.nan,
            "median": found.median[at], "share": found.share[at], "share_low": found.share_low[at],
            "share_high": found.share_high[at], "size": found.size[at],
        }
        for at, quarter in enumerate(row.quarters)
    ]  # fmt: skip


def compare(
    study: Study, measures: Sequence[str] | None = None, contexts: Sequence[str] = (), seed: int = 0
) -> Comparison:
    """Return the differences of a study's scenarios to its first, on matched worlds.

    Parameters
    ----------
    measures : each of one entity, "alignment:FRA-JPN"; alignment and its parts of the focus dyad where None
    contexts : what else the same difference is asked under: a scenario C, of which the study holds C and A+C for
        each other scenario A, or a coding "@name", of which it holds every scenario again as "A@name". "A in C" is
        then the difference there, and "A in C" against "A" the interaction
    seed : of the bootstraps

    Raises
    ------
    OptionError where a scenario has another horizon, or lacks a measure
    """
    baseline, asked = study.scenarios[0], list(measures or _default(study))
    inner = {name for other in study.scenarios for context in contexts for name in inside(context, baseline, other)}
    others = [name for name in study.scenarios[1:] if name not in inner]
    for name in study.scenarios[1:]:
        if study.quarters(name) != study.quarters(baseline):
            raise OptionError(f"'{name}' has another horizon than '{baseline}': give one with --set horizon=...")
    if not others:
        raise OptionError("nothing to compare with: name a scenario after the baseline")
    rows = []
    for measure in asked:
        for other in others:
            plain = _difference(study, measure, other, baseline, seed)
            rows.append(plain)
            for context in contexts:
                base, under = inside(context, baseline, other)
                there = _difference(study, measure, under, base, seed)
                rows.append(_renamed(there, f"{other} in {context}", base))
                rows.append(_interaction(there, plain, f"{other} in {context}", other, study, measure, seed))
    return Comparison(study, _together(rows, seed))


def inside(context: str, baseline: str, other: str) -> tuple[str, str]:
    """Return the names under which the baseline and another scenario stand in a context."""
    if context.startswith("@"):
        return f"{baseline}{context}", f"{other}{context}"
    return context, f"{other}+{context}"


def _default(study: Study) -> list[str]:
    focus = study.manifest["focus"]
    found = [f"{part}:{focus}" for part in PARTS if focus in study.measures().get(part, [])]
    if not found:
        raise OptionError(f"the study records no alignment:{focus}: name a measure with --measure")
    return found


def _difference(study: Study, measure: str, scenario: str, baseline: str, seed: int) -> Difference:
    name, _, entity = measure.partition(":")
    values, base = study.values(measure, scenario=scenario), study.values(measure, scenario=baseline)
    if values.ndim == 3:
        raise OptionError(f"--measure {measure}: name one state or dyad, such as {name}:{study.measures()[name][0]}")
    difference = values - base
    quarters = study.quarters(baseline)[-values.shape[1] :]
    return Difference(scenario, baseline, name, entity, quarters, difference, effect(difference, base, seed))


def _renamed(row: Difference, scenario: str, baseline: str) -> Difference:
    return Difference(scenario, baseline, row.measure, row.entity, row.quarters, row.values, row.effect)


def _interaction(
    there: Difference, plain: Difference, scenario: str, other: str, study: Study, measure: str, seed: int
) -> Difference:
    values = there.values - plain.values
    base = study.values(measure, scenario=study.scenarios[0])
    found = effect(values, base, seed)
    return Difference(scenario, other, plain.measure, plain.entity, plain.quarters, values, found)


def _together(rows: list[Difference], seed: int) -> list[Difference]:
    low, high = simultaneous(np.stack([row.values[:, -1] for row in rows], axis=1), seed)
    return [
        Difference(
            row.scenario, row.baseline, row.measure, row.entity, row.quarters, row.values, row.effect,
            (float(low[at]), float(high[at])),
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip


def words(comparison: Comparison) -> list[str]:
    """Return each difference of the first measure at the last quarter in a sentence."""
    study, sentences = comparison.study, []
    asked = comparison.rows[0]
    for row in comparison.rows:
        if (row.measure, row.entity) != (asked.measure, asked.entity):
            continue
        found = row.effect
        mean, low, high = found.mean[-1], found.low[-1], found.high[-1]
        against = _pair(row)
        what = f"{row.measure}:{row.entity} in {row.quarters[-1]}"
        if not row.values[:, -1].any():
            sentences.append(f"{against}: {what} is the same in all {study.worlds} worlds.")
            continue
        sure = row.together[0] > 0 or row.together[1] < 0
        verdict = f"{mean:+.3f}" if sure else f"no clear difference, {mean:+.3f}"
        size = "" if np.isnan(found.size[-1]) else f", {found.size[-1]:+.2f} standard deviations of the baseline"
        sentences.append(
            f"{against}: {what} {verdict} (95 % {low:+.3f} to {high:+.3f}; all rows at once {row.together[0]:+.3f} "
            f"to {row.together[1]:+.3f}; same sign in {found.share[-1]:.0%} of worlds{size})."
        )
    return sentences


def _pair(row: Difference) -> str:
    """Return what is compared with what; an interaction is a difference of effects."""
    other, within, context = row.scenario.partition(" in ")
    where = context.replace("@", "the coding ") if within else ""
    if within and row.baseline == other:
        return f"{other}: its effect under {where} minus its effect without it"
    return f"{other} under {where} against {row.baseline}" if within else f"{other} against {row.baseline}"
