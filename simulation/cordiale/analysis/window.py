"""When a measure is read: in one quarter, or over a window of quarters; the option --quarter."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.case.quarters import to_index, to_text
from cordiale.files.errors import OptionError
from cordiale.models.base import Kind
from cordiale.scenario.layers import Origin
from cordiale.scenario.settings import Scenario

PEAK = "peak"  # the quarter in which cells differ most


@dataclass(frozen=True)
class Window:
    """The quarters in which measures are read.

    Attributes
    ----------
    first, last : running numbers
    peak : whether only that one is read in which cells differ most, in place of a mean over all
    """

    first: int
    last: int
    peak: bool = False

    def __str__(self) -> str:
        ends = dict.fromkeys(to_text(each) for each in (self.first, self.last))
        return PEAK if self.peak else ":".join(ends)

    @property
    def one(self) -> bool:
        """Whether it is a single quarter, known beforehand."""
        return self.first == self.last and not self.peak

    @property
    def words(self) -> str:
        """In a sentence after a measure: "in 2022Q4", or "as a mean from 2020Q1 to 2022Q4"."""
        return f"in {self}" if self.one else f"as a mean from {to_text(self.first)} to {to_text(self.last)}"

    def check(self, name: str, kind: Kind) -> None:
        """Raise OptionError for a measure that is read in one quarter only, where the window is more than one."""
        if kind.last_only and not self.one:
            raise OptionError(f"--quarter {self}: '{name}' is read in one quarter only: name it")


def window_of(scenario: Scenario, quarter: str | None, peak: bool = True) -> Window:
    """Return the window that "2022Q4", "2020Q1:2022Q4" or "peak" stands for; the last quarter where None.

    Parameters
    ----------
    peak : whether "peak" may be asked for

    Raises OptionError for what is none of them, or lies outside the scenario.
    """
    if quarter is None:
        return Window(scenario.horizon, scenario.horizon)
    if peak and quarter.strip() == PEAK:
        return Window(scenario.start, scenario.horizon, peak=True)
    try:
        first, *others = (to_index(each.strip()) for each in quarter.split(":", 1))
    except ValueError as error:
        last_form = f", or {PEAK}" if peak else ""
        raise OptionError(f"--quarter: {error}; or give a window such as 2020Q1:2022Q4{last_form}") from None
    last = others[0] if others else first
    if not scenario.start <= first or not last <= scenario.horizon:
        ends = f"{to_text(scenario.start)} to {to_text(scenario.horizon)}"
        raise OptionError(f"--quarter {quarter}: the scenario runs from {ends}")
    if last < first:
        raise OptionError(f"--quarter {quarter}: ends before it begins")
    return Window(first, last)


def until(scenario: Scenario, quarter: int) -> Scenario:
    """Return a scenario that ends with a quarter (running number); what happens until then is the same."""
    return scenario.copy(settings=scenario.settings.with_setting("horizon", to_text(quarter), Origin("analysis")))
