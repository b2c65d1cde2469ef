"""The chart of an answer, as SVG in the colours of the screen: the difference by quarter, or levels, with bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cordiale.analysis.answers import Answer, Course
from cordiale.case.quarters import day_of, to_index
from cordiale.output.answer.words import difference, ends_of, least_of, level

STEPS = 5  # of an axis at most


@dataclass(frozen=True)
class Frame:
    """The sizes of a picture, in its own units, which are the pixels of a screen of its width.

    Attributes
    ----------
    kind : "wide", or "narrow" of what is shown on a phone
    """

    kind: str
    width: int
    height: int
    left: int
    right: int
    top: int = 26
    bottom: int = 26


WIDE = Frame("wide", 640, 300, 56, 104)
PHONE = Frame("narrow", 358, 200, 52, 66)


@dataclass(frozen=True)
class Drawn:
    """What is drawn, as attributes of SVG.

    Attributes
    ----------
    ticks, years : place and text
    half, most : outlines of the bands of 50 and 90 % of worlds
    policy : place and text of the first day; None where the policy holds from the start
    end : place and text of the last mean
    zero : the line of no difference; None of levels
    small : the band of what is below the noticeable step: its top and height; None where there is none
    other : the mean without the policy; "" of a difference
    """

    frame: Frame
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    borders: list[float]
    line: str
    half: str
    most: str
    policy: tuple[float, str] | None
    read: float
    end: tuple[float, str]
    zero: float | None = None
    small: tuple[float, float] | None = None
    other: str = ""


def reach(answer: Answer) -> tuple[float, float]:
    """Return from where to where the picture of an answer's difference goes."""
    course, gain = answer.course, answer.gain
    low, high = ends_of([*course.p05, *course.p95, *course.mean])
    step = gain.estimate.step
    if high - low < 4 * step:
        low, high = low - step, high + step
    return low, high


def picture(
    answer: Answer, quarters: Sequence[str], frame: Frame = WIDE, ends: tuple[float, float] | None = None
) -> Drawn:
    """Return the picture of an answer's difference by quarter.

    Parameters
    ----------
    ends : of the scale, where several pictures share one
    """
    gain = answer.gain
    sheet = _Sheet(frame, quarters, *(ends or reach(answer)))
    step = gain.estimate.step
    small = _small(sheet.y(step), sheet.y(-step), frame)
    drawn = _drawn(sheet, answer, answer.course, partial(difference, gain), least_of(gain))
    return replace(drawn, zero=sheet.y(0.0), small=small)


def levels(
    answer: Answer, course: Course, other: Sequence[float], quarters: Sequence[str], ends: tuple[float, float],
    frame: Frame = WIDE,
) -> Drawn:  # fmt: skip
    """Return the picture of where worlds stand with a policy, with their mean without it.

    Parameters
    ----------
    course : with the policy;  other : the mean without it
    ends : of the scale
    """
    sheet = _Sheet(frame, quarters, *ends)
    drawn = _drawn(sheet, answer, course, partial(level, answer.gain), least_of(answer.gain))
    return replace(drawn, other=" ".join(sheet.path(other)))


@dataclass(frozen=True)
class _Sheet:
    """Where a time and a value lie in a frame: values of a quarter at its end, before which its policy has begun."""

    frame: Frame
    quarters: Sequence[str]
    low: float
    high: float

    @property
    def first(self) -> int:
        return to_index(self.quarters[0])

    @property
    def last(self) -> int:
        return max(self.first + 1, to_index(self.quarters[-1]))

    def x(self, time: float) -> float:
        """Return where a time lies, in quarters: a quarter's number is that of its first day."""
        room = self.frame.width - self.frame.left - self.frame.right
        share = (time - self.first - 1) / (self.last - self.first)
        return round(self.frame.left + room * min(max(share, 0.0), 1.0), 1)

    def y(self, value: float) -> float:
        room = self.frame.height - self.frame.top - self.frame.bottom
        share = (value - self.low) / (self.high - self.low or 1.0)
        return round(self.frame.height - self.frame.bottom - room * share, 1)

    def path(self, values: Sequence[float]) -> list[str]:
        return [f"{self.x(self.first + at + 1)},{self.y(value)}" for at, value in enumerate(values)]


def _drawn(sheet: _Sheet, answer: Answer, course: Course, text: Callable[[float], str], least: float) -> Drawn:
    first, last, frame = sheet.first, sheet.last, sheet.frame
    years = [year for year in range(first // 4, last // 4 + 1) if first <= 4 * year + 2 <= last + 2]
    step = max(1, math.ceil(len(years) / (7 if frame.width > 500 else 4)))
    read = to_index(answer.gain.when)
    end = course.mean[read - first]
    return Drawn(
        frame, [(sheet.y(tick), text(tick)) for tick in ticks_of(sheet.low, sheet.high, least)],
        [(sheet.x(4 * year + 2), str(year)) for year in years[::step]],
        [sheet.x(4 * year) for year in years if first + 1 < 4 * year <= last],
        " ".join(sheet.path(course.mean)), " ".join([*sheet.path(course.p25), *sheet.path(course.p75)[::-1]]),
        " ".join([*sheet.path(course.p05), *sheet.path(course.p95)[::-1]]),
        None if answer.begins is None else (sheet.x(to_index(answer.begins)), day_of(answer.begins)),
        sheet.x(read + 1), (sheet.y(end), text(end)),
    )  # fmt: skip


def _small(top: float, bottom: float, frame: Frame) -> tuple[float, float]:
    """Return top and height of the band of what is below the noticeable step, as far as it lies in the frame."""
    top, bottom = max(top, float(frame.top)), min(bottom, float(frame.height - frame.bottom))
    return top, round(bottom - top, 1)


def ticks_of(low: float, high: float, least: float) -> list[float]:
    """Return round numbers from one end to the other, zero among them where it lies between.

    Parameters
    ----------
    least : the least step: a smaller one cannot be read in the numbers as they are told
    """
    reach = high - low
    if not reach > 0:
        return [low]
    rough = max(reach / STEPS, least)
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(each * ten for each in (1, 2, 5, 10) if each * ten >= rough * (1 - 1e-9))
    return [step * at for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def told(answer: Answer, quarters: Sequence[str]) -> str:
    """Return the picture in words, for those who do not see it."""
    course, gain = answer.course, answer.gain
    end = gain.when
    at = list(quarters).index(end)
    return (
        f"Difference in {gain.label} by quarter from {quarters[0]} to {quarters[-1]}: {difference(gain, gain.mean)} on "
        f"average in {end}; 90 % of worlds between {difference(gain, course.p05[at])} and "
        f"{difference(gain, course.p95[at])}."
    )
