"""The one chart of an answer, as SVG in the page's own colours: the difference by quarter, with its bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cordiale.analysis.answers import Answer
from cordiale.case.quarters import day_of, to_index
from cordiale.output.answer.words import difference, ends_of, least_of

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
    small : the band of what is too small to notice: its top and height; None where there is none
    policy : place and text of the first day; None where the policy holds from the start
    end : place and text of the last mean
    """

    frame: Frame
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    borders: list[float]
    line: str
    half: str
    most: str
    zero: float
    small: tuple[float, float] | None
    policy: tuple[float, str] | None
    read: float
    end: tuple[float, str]


def picture(answer: Answer, quarters: Sequence[str], frame: Frame = WIDE) -> Drawn:
    """Return the picture of an answer's difference by quarter."""
    course, gain = answer.course, answer.gain
    low, high = ends_of([*course.p05, *course.p95, *course.mean])
    if gain.small and high - low < 4 * gain.small:
        low, high = low - gain.small, high + gain.small
    ticks = ticks_of(low, high, least_of(gain))
    first = to_index(quarters[0])
    last = max(first + 1, to_index(quarters[-1]))

    def x(quarter: float) -> float:
        return round(frame.left + (frame.width - frame.left - frame.right) * (quarter - first) / (last - first), 1)

    def y(value: float) -> float:
        room = frame.height - frame.top - frame.bottom
        return round(frame.height - frame.bottom - room * (value - low) / (high - low or 1.0), 1)

    def path(values: Sequence[float]) -> list[str]:
        return [f"{x(first + at)},{y(value)}" for at, value in enumerate(values)]

    years = [year for year in range(first // 4, last // 4 + 1) if first <= 4 * year + 2 <= last + 2]
    step = max(1, math.ceil(len(years) / (7 if frame.width > 500 else 4)))
    begins = None if answer.begins is None else to_index(answer.begins)
    read = to_index(gain.when)
    return Drawn(
        frame, [(y(tick), difference(gain, tick)) for tick in ticks],
        [(x(min(4 * year + 1.5, last)), str(year)) for year in years[::step]],
        [x(4 * year) for year in years if first < 4 * year < last],
        " ".join(path(course.mean)), " ".join([*path(course.p25), *path(course.p75)[::-1]]),
        " ".join([*path(course.p05), *path(course.p95)[::-1]]), y(0.0),
        _small(y(gain.small), y(-gain.small), frame) if gain.small else None,
        None if begins is None or answer.begins is None else (x(begins), day_of(answer.begins)),
        x(read), (y(course.mean[read - first]), difference(gain, gain.mean)),
    )  # fmt: skip


def _small(top: float, bottom: float, frame: Frame) -> tuple[float, float]:
    """Return top and height of the band of what is too small to notice, as far as it lies in the frame."""
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
