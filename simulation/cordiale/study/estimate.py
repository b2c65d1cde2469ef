"""An estimate: a mean over worlds with its interval, which knows its verdict and how it is written and drawn.

The one place that says what was found about a number: terminal, tables, charts, brief, report, page, class and handout
take verdict and words from here, so that no two of them can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cordiale.models.random import Array
from cordiale.models.units import LITTLE, YES_NO, level, signed, size, unit_of
from cordiale.study.intervals import difference_interval, simultaneous

RISES, FALLS, LITTLE_CHANGE, UNCLEAR = "rises", "falls", "no noticeable change", "no clear change"
VERDICTS = (RISES, FALLS, LITTLE_CHANGE, UNCLEAR)
COLUMNS = ("mean", "low", "high", "higher", "same", "lower", "step", "verdict")  # of an estimate, in every file
PLURAL = ("events", "agreements", "groups", "passages")  # first words of measures with a plural verb
AGREE = 0.9  # share of the worlds that change, from which they agree on the direction


@dataclass(frozen=True)
class Estimate:
    """A mean difference over worlds.

    Attributes
    ----------
    mean, low, high : with its 95 % interval, in the measure's unit
    higher, same, lower : shares of worlds, which sum to 1; nan where they are not known
    unit : of the measure, whose noticeable step decides the verdict
    good : "more" or "less" of it, whichever is hoped for; "" where neither is
    worlds : how many; 0 where that is not known
    at_once : interval that holds for all estimates read together, where there are several; the verdict rests on the
        estimate's own, so that one number has one verdict wherever it stands
    """

    mean: float
    low: float
    high: float
    higher: float = np.nan
    same: float = np.nan
    lower: float = np.nan
    unit: str = ""
    good: str = ""
    worlds: int = 0
    at_once: tuple[float, float] | None = field(default=None, compare=False)

    @classmethod
    def of(cls, values: Array, unit: str = "", good: str = "", at_once: tuple[float, float] | None = None) -> Estimate:
        """Return what differences in the same worlds, (worlds,), say.

        >>> import numpy as np
        >>> found = Estimate.of(np.array([0.1, 0.2, 0.3, 0.2]), unit="SD across dyads")
        >>> found.verdict, found.text(), found.interval
        ('rises', '+0.20', '+0.07 to +0.33')
        """
        mean, low, high = difference_interval(values, unit == YES_NO)
        up, down = float(np.mean(values > 0)), float(np.mean(values < 0))
        same = float(np.mean(values == 0))
        return cls(mean, low, high, up, same, down, unit, good, len(values), at_once)

    @classmethod
    def read(cls, row: Mapping[Any, Any], name: str, unit: str = "", good: str = "", worlds: int = 0) -> Estimate:
        """Return the estimate that a row of a table has under a name; see `flat`."""
        low, high = (float(row[f"{name}_{end}"]) for end in ("low", "high"))
        up, same, down = (float(row.get(f"{name}_{which}", np.nan)) for which in ("higher", "same", "lower"))
        return cls(float(row[name]), low, high, up, same, down, unit, good, worlds)

    @classmethod
    def together(cls, every: Sequence[Array], units: Sequence[str], seed: int = 0) -> list[Estimate]:
        """Return estimates of several differences, (worlds,) each, with intervals that hold for all at once.

        None of these lies inside that of its estimate alone.
        """
        ends = zip(*simultaneous(np.stack(every, axis=1), seed), strict=True)
        found = [cls.of(values, unit) for values, unit in zip(every, units, strict=True)]
        return [each.wider(float(low), float(high)) for each, (low, high) in zip(found, ends, strict=True)]

    def wider(self, low: float, high: float) -> Estimate:
        """Return the estimate with an interval that holds at once with others; it holds the estimate's own."""
        low, high = min(low, self.low), max(high, self.high)
        return replace(self, at_once=(max(low, -1.0), min(high, 1.0)) if self.unit == YES_NO else (low, high))

    # ------------------------------------------------------------ the verdict

    @property
    def step(self) -> float:
        """The smallest difference that a reader would notice."""
        return unit_of(self.unit).step

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0

    @property
    def nothing(self) -> bool:
        """Whether nothing differs in any world."""
        return self.same == 1.0 if np.isfinite(self.same) else not (self.mean or self.low or self.high)

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`.

        It rises or falls where the interval leaves out 0 and the mean is a step or more. There is no noticeable change
        where the mean is clear but less than a step, or where the whole interval lies within one. Else it is not clear.
        """
        if self.clear and abs(self.mean) >= self.step:
            return RISES if self.mean > 0 else FALLS
        within = -self.step < self.low and self.high < self.step
        return LITTLE_CHANGE if self.clear or within else UNCLEAR

    @property
    def noticeable(self) -> bool:
        """Whether it rises or falls."""
        return self.verdict in (RISES, FALLS)

    @property
    def better(self) -> float:
        """The mean as more of it is better; as it is where nothing is hoped for."""
        return -self.mean if self.good == "less" else self.mean

    def clearly_larger(self, other: Estimate) -> bool:
        """Whether it is further from 0 than another beyond doubt: the intervals of their sizes lie apart."""
        least = max(0.0, min(abs(self.low), abs(self.high))) if self.clear else 0.0
        return least > max(abs(other.low), abs(other.high))

    @property
    def agreed(self) -> bool:
        """Whether 9 in 10 of the worlds that change go the same way."""
        return max(self.higher, self.lower) >= AGREE * (self.higher + self.lower) > 0

    # ------------------------------------------------------------ in words

    @property
    def verb(self) -> str:
        """What it does: "rises", "falls"; of what is good or bad "improves", "worsens"."""
        if self.good:
            return "improves" if self.better > 0 else "worsens"
        return RISES if self.mean > 0 else FALLS

    @property
    def little(self) -> str:
        """Return " a little" of what is noticeable and not large; "" elsewhere."""
        return " a little" if abs(self.mean) < LITTLE * self.step else ""

    def text(self, value: float | None = None) -> str:
        """Return the mean, or another value in its unit, with its sign: "+0.08", "−12 points", "0"."""
        return signed(self.mean if value is None else value, self.unit)

    @property
    def size(self) -> str:
        """How large it is, without its sign: "0.08 SD"."""
        return size(self.mean, self.unit)

    @property
    def full(self) -> str:
        """The mean with its sign and unit: "+0.08 SD"."""
        return self.text() if self.text() == "0" else self.text() + unit_of(self.unit).short

    @property
    def interval(self) -> str:
        """The 95 % interval: "+0.07 to +0.10"; "not known" of one world."""
        return _ends(self.low, self.high, self.unit)

    @property
    def all_at_once(self) -> str:
        """The simultaneous interval, "" where none is known."""
        return "" if self.at_once is None else _ends(*self.at_once, self.unit)

    @property
    def shares(self) -> str:
        """In how many worlds it goes which way: "higher in 70 % of 200 worlds, the same in 29 %, lower in 1 %"."""
        if not np.isfinite(self.same):
            return ""
        parts = {"higher": self.higher, "the same": self.same, "lower": self.lower}
        if self.mean < 0:
            parts = {name: parts[name] for name in ("lower", "the same", "higher")}
        told = [f"{name} in {_share(share)}" for name, share in parts.items() if share > 0]
        of = f" of {self.worlds:,} world{'' if self.worlds == 1 else 's'}" if self.worlds else " of worlds"
        return ", ".join([told[0] + of, *told[1:]]) if told else ""

    @property
    def cell(self) -> str:
        """As a table in a terminal has it: "+0.08 ±0.01"."""
        half = self.text((self.high - self.low) / 2).lstrip("+")
        return self.text() if half.split()[0] == "0" or not np.isfinite(self.high) else f"{self.text()} ±{half}"

    def levels(self, before: float, after: float) -> str:
        """Return two levels: "from 3.86 to 4.22"."""
        return f"from {level(before, self.unit)} to {level(after, self.unit)}"

    def phrase(self, of: str) -> str:
        """Return what happens to a measure, to stand after a policy's name: "alignment of … rises by 0.09 SD"."""
        if self.nothing:
            return f"no change in {of} in any world"
        if not self.noticeable:
            return f"{self.verdict} in {self._share_of(of)}, {self.full}"
        return f"{self._share_of(of)} {self.verb_of(of)} by {self.size}"

    def _share_of(self, of: str) -> str:
        return f"the share of worlds with {of}" if self.unit == YES_NO else of

    def verb_of(self, of: str) -> str:
        """Return the verb as it goes with what is measured: "alignment rises", "events rise"."""
        return self.verb.removesuffix("s") if of.partition(" ")[0].casefold() in PLURAL else self.verb

    def detail(self) -> str:
        """Return interval and shares: "95 % interval +0.07 to +0.10; higher in 95 % of 200 worlds, lower in 5 %"."""
        if self.nothing:
            return ""
        if not np.isfinite(self.high):
            return "one world says nothing of others"
        return "; ".join(part for part in (f"95 % interval {self.interval}", self.shares) if part)

    def titles(self, name: str, of: str, by: str = "") -> list[str]:
        """Return what a policy does as titles, from the longest to the shortest.

        Parameters
        ----------
        name : of the policy: "France joins the Quad"
        of : what is measured, of whom: "alignment of France and Japan"
        by : "the end of 2025"
        """
        when = f" by {by}" if by else ""
        if self.noticeable:
            told = f"{name}: {of} {self.verb_of(of)}{self.little}"
            return [f"{told}, by {self.size}{when and ','}{when}", f"{told}, by {self.size}", told]
        if self.nothing:
            return [f"{name}: no change in {of} in any world", f"{name}: no change in {of}"]
        told = f"{name}: {self.verdict} in {of}"
        return [f"{told}{when}", told, f"{name}: {self.verdict}"]

    # ------------------------------------------------------------ in files

    def record(self) -> dict[str, Any]:
        """Return it as every csv and JSON has it; with `simultaneous_low` and `_high` where it is one of several."""
        found = {name: getattr(self, name) for name in COLUMNS}
        if self.at_once is not None:
            found |= {"simultaneous_low": self.at_once[0], "simultaneous_high": self.at_once[1]}
        return found


def _ends(low: float, high: float, unit: str) -> str:
    if not np.isfinite([low, high]).all():  # of one world
        return "not known"
    told = f"{signed(low, unit)} to {signed(high, unit)}"
    return told.replace(" points to", " to") if unit == YES_NO else told


def _share(share: float) -> str:
    """Return a share of worlds: "95 %"; none of what is so in some worlds, or not in all, is told as 0 or 100 %."""
    whole = round(100 * share)
    if share < 1 and whole == 100:
        return "more than 99 %"
    return "less than 1 %" if share > 0 and whole == 0 else f"{whole} %"


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for a file: of an estimate a column each, after its name; the first, "", has no prefix.

    >>> list(flat({"move": "2+2", "gain": Estimate(0.1, 0.0, 0.2)}))[:4]
    ['move', 'gain', 'gain_low', 'gain_high']
    """
    found: dict[str, Any] = {}
    for name, cell in row.items():
        if isinstance(cell, Estimate):
            keys = {key: f"{name}_{key}" if name else key for key in cell.record()} | ({"mean": name} if name else {})
            found |= {keys[key]: value for key, value in cell.record().items()}
        else:
            found[name] = cell
    return found


def listed(names: Sequence[str]) -> str:
    """Return "A, B and C"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def clearly_first(values: Sequence[Array]) -> bool:
    """Whether the first of some differences, (worlds,) each, is clearly further from 0 than the next.

    None is called the most where it is not.
    """
    if len(values) < 2:
        return True
    one, other = (each * (1 if each.mean() > 0 else -1) for each in values[:2])
    return difference_interval(one - other, False)[1] > 0


def adding_up(parts: Sequence[float], total: float, digits: int) -> list[float]:
    """Return parts rounded so that they sum to the total as it is rounded: the last digit goes where it hurts least.

    >>> adding_up([0.002, 0.008, 0.066, 0.0055], 0.0815, 2)
    [0.0, 0.01, 0.07, 0.0]
    """
    unit = 10.0**-digits
    shown = [round(float(each), digits) for each in parts]
    missing = round((round(total, digits) - sum(shown)) / unit)
    wanted = sorted(range(len(shown)), key=lambda k: (shown[k] - parts[k]) * np.sign(missing))  # the furthest off first
    for k in (wanted * (abs(missing) // max(len(shown), 1) + 1))[: abs(missing)]:
        shown[k] = round(shown[k] + np.sign(missing) * unit, digits)
    return [float(each) for each in shown]
