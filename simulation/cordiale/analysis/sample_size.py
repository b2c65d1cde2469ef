"""How many worlds are enough: the standard error of a measure's mean against the number of worlds.

Worlds are independent, so the error of a mean over n of them is s / sqrt(n), with s the standard deviation
between worlds. A difference between scenarios is taken world by world first, where most of s goes.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.random import Array
from cordiale.models.units import SD
from cordiale.study.estimate import listed
from cordiale.study.quantiles import ends, wanted
from cordiale.study.result import Result, Row
from cordiale.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


MOST = 10**15  # worlds that are still a number of worlds; no study holds so many
PART = 100  # the error asked for is the scale over this, where none is given
_SCALES = {
    "0 to 1": 1.0, "-1 to 1": 2.0, "share of worlds": 1.0, SD: 1.0, "0 is a close partner": 1.0,
    "size, 0 to 1": 1.0, "0 announced to 3 leaders": 3.0,
}  # fmt: skip

NAMED = 3  # measures that a sentence names


@dataclass(frozen=True)
class Enough:
    """One measure of one entity in a scenario's last quarter, or its difference to another scenario.

    Attributes
    ----------
    against : the scenario that the difference is to; None for the measure itself
    scale : length of the measure's scale, in its unit
    deviation : s, between worlds
    wanted : standard error asked for
    counts, errors : (points,) numbers of worlds, and the error that so many of the study's worlds gave
    """

    measure: str
    entity: str
    scenario: str
    against: str | None
    quarter: str
    scale: float
    deviation: float
    worlds: int
    wanted: float
    counts: Array
    errors: Array

    @property
    def error(self) -> float:
        """The standard error with the study's worlds."""
        return standard_error(self.deviation, self.worlds)

    @property
    def needed(self) -> int:
        """How many worlds give the standard error asked for; at least 2."""
        return worlds_for(self.deviation, self.wanted)

    @property
    def enough(self) -> bool:
        """Whether the study has that many."""
        return self.worlds >= self.needed

    @property
    def name(self) -> str:
        """The measure with its entity: "alignment:FRA-JPN"."""
        return f"{self.measure}:{self.entity}"


def standard_error(deviation: float, worlds: int) -> float:
    """Return the standard error of a mean over worlds."""
    return deviation / math.sqrt(worlds)


def worlds_for(deviation: float, error: float) -> int:
    """Return the least number of worlds, 2 or more, whose mean has at most this standard error."""
    return max(2, math.ceil((deviation / error) ** 2 * (1 - 1e-12)))


@dataclass(frozen=True, repr=False)
class SampleSize(Result):
    """How many worlds are enough for measures of a study.

    Attributes
    ----------
    each : a measure of one entity in a scenario, or its difference to another scenario
    error : standard error that was asked for; None for a hundredth of each scale
    against : the scenario to which differences alone were asked for; None where none was named
    """

    kind = "sample_size"
    study: Study
    each: list[Enough]
    error: float | None
    against: str | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a measure, scenario and difference: deviation, error, and worlds needed."""
        import pandas as pd

        return {"sample_size": pd.DataFrame([_row(one) for one in self.each])}

    def sentences(self) -> list[str]:
        """Return what is enough, a sentence a measure, and what to run where worlds are too few."""
        return sentences(self.study, self.each)

    def details(self) -> Row:
        """Return what its manifest says of it."""
        study, worlds = str(self.study.folder), self.study.worlds
        return {"study": study, "worlds": worlds, "error": self.error, "against": self.against}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {"measures": self.frame().to_dict("records"), "sentences": self.sentences()}


def sample_size(
    study: Study | Path | str, measures: Sequence[str] | None = None, error: float | None = None,
    against: str | None = None,
) -> SampleSize:  # fmt: skip
    """Return how many worlds are enough for measures of a study, in its last quarter.

    Parameters
    ----------
    study : itself, or its folder
    measures : "alignment:FRA-JPN", with or without the entity; those of the focus dyad and its states where None
    error : the standard error asked for, in the measure's unit; a hundredth of its scale where None
    against : a scenario of the study, to ask for the difference of the others to it alone, world by world

    Raises
    ------
    OptionError for a measure or scenario that the study lacks, an error that is not above 0, is above every scale, or
    is smaller than any number of worlds gives, or a study of one world; StudyError where there is no study
    """
    opened = study if isinstance(study, Study) else Study.open(study)
    return SampleSize(opened, enough(opened, measures, error, against), error, against)


def enough(
    study: Study, measures: Sequence[str] | None = None, error: float | None = None, against: str | None = None
) -> list[Enough]:
    """Return what `sample_size` tells of each measure, scenario and difference."""
    if error is not None and not 0 < error < math.inf:
        raise OptionError(f"--error {error:g}: not a standard error above 0")
    if study.worlds < 2:
        raise OptionError("a study of one world says nothing of how worlds differ: run it with --worlds 100")
    found = []
    base = study.scenarios[0] if against is None else _known(study, against)
    for measure, entity in wanted(study, measures):
        for scenario in study.scenarios:
            if entity not in study.measures(scenario).get(measure, []):
                continue
            values = study.values(measure, entity, scenario, quarter=-1)
            if against is None:
                found.append(_of(study, measure, entity, scenario, None, values, error))
            same = study.quarters(scenario) == study.quarters(base)
            if scenario != base and same and entity in study.measures(base).get(measure, []):
                values = values - study.values(measure, entity, base, quarter=-1)
                found.append(_of(study, measure, entity, scenario, base, values, error))
    if not found:
        raise OptionError(f"--against {against}: no other scenario of the study records what is asked, to the same end")
    _check_error(found)
    return found


def _known(study: Study, against: str) -> str:
    """Return a scenario of a study; OptionError where it is none."""
    if against not in study.scenarios:
        hint = did_you_mean(against, study.scenarios) or f" (scenarios: {', '.join(study.scenarios)})"
        raise OptionError(f"--against {short(against)}: the study has no such scenario{hint}")
    return against


def _check_error(rows: Sequence[Enough]) -> None:
    """Raise OptionError for an error that takes more worlds than can be counted, or is above every scale."""
    for each in rows:
        if each.deviation > math.sqrt(MOST) * each.wanted:
            needs = f"{each.name} would need more than {MOST:,} worlds"
            raise OptionError(f"--error {each.wanted}: {needs}; ask for a larger error")
    longest = max(rows, key=lambda each: each.scale / each.wanted)
    if longest.wanted > longest.scale:
        says = f"{longest.name} has a scale of {longest.scale:.6g}, and no other a longer one"
        raise OptionError(f"--error {longest.wanted}: {says}; ask for a smaller error")


def _of(
    study: Study, measure: str, entity: str, scenario: str, against: str | None, values: Array, error: float | None
) -> Enough:
    scale = scale_of(study, measure)
    counts = np.unique(np.geomspace(min(8, len(values)), len(values), 40).round().astype(int))
    errors = np.array([standard_error(float(np.std(values[:n], ddof=1)), n) for n in counts])
    deviation = float(np.std(values, ddof=1))
    return Enough(
        measure, entity, scenario, against, study.quarters(scenario)[-1], scale,
        deviation if np.ptp(values) > 0 else 0.0, len(values), error or scale / PART, counts.astype(float), errors,
    )  # fmt: skip


def scale_of(study: Study, measure: str) -> float:
    """Return the length of a measure's scale: what its unit states, else what a pack allows, else what was seen.

    A measure in spreads has no ends: its scale is one spread.
    """
    unit = study.measure(measure).unit
    if unit in _SCALES:
        return _SCALES[unit]
    if unit in ("agreements", "rungs"):
        rungs = len(study.manifest.get("labels", {}).get("agreement", {}))
        return float(rungs) if rungs else 1.0
    if measure == "rank":
        return float(max(1, len(study.manifest["names"]) - 2))
    recording = next(scenario for scenario in study.scenarios if measure in study.measures(scenario))
    seen = float(np.ptp(ends(study, measure, recording)))
    return seen if seen > 0 else 1.0


def _row(each: Enough) -> Row:
    return {
        "measure": each.measure, "entity": each.entity, "scenario": each.scenario,
        "against": each.against or "", "quarter": each.quarter, "scale": each.scale,
        "standard_deviation": each.deviation, "worlds": each.worlds, "standard_error": each.error,
        "wanted_error": each.wanted, "worlds_needed": each.needed, "enough": each.enough,
    }  # fmt: skip


def sentences(study: Study, needs: Sequence[Enough]) -> list[str]:
    """Return for how many differences, and for how many levels, the worlds are enough, with those that need more; what
    does not vary (with the rule of three: Hanley and Lippman-Hand 1983), and what to run where worlds are too few.
    """
    names, worlds = list(dict.fromkeys(each.name for each in needs)), f"{study.worlds:,} worlds"
    still = [name for name in names if not any(each.deviation for each in needs if each.name == name)]
    told, short = list[str](), list[Enough]()
    for what, level in (("differences between scenarios", False), ("levels", True)):
        own = [each for each in needs if (each.against is None) == level and each.name not in still]
        most = [max((each for each in own if each.name == name), key=lambda each: each.needed)
                for name in dict.fromkeys(each.name for each in own)]  # fmt: skip
        if not most:
            continue
        more = sorted((each for each in most if not each.enough), key=lambda each: -each.needed)
        short += more
        named = listed([f"{each.name} ({each.needed:,})" for each in more[:NAMED]])
        others = f", and fewer than these for {len(more) - NAMED} others" if len(more) > NAMED else ""
        need = f" More are needed for {named}{others}." if more else ""
        told.append(f"For {what}, {worlds} are enough for {len(most) - len(more)} of {len(most)} measures.{need}")
    if still:
        told.append(
            f"The same in all worlds{_of_what(needs)}: {', '.join(still)}. What happens in fewer than "
            f"{3 / study.worlds:.1%} of worlds may not have shown."
        )
    if short:
        most_needed = max(each.needed for each in short)
        told.append(f"Enough for all: {_command(study.manifest['command'], most_needed)}")
    return told


def _of_what(needs: Sequence[Enough]) -> str:
    """Return of what something is the same in all worlds: of each scenario, or of each difference where it is that."""
    if any(each.against is None for each in needs):
        return " of every scenario"
    return ", each scenario's difference to " + str(needs[0].against)


def _command(command: Sequence[str], worlds: int) -> str:
    """Return the command that ran a study, with another number of worlds and another folder."""
    program, *words = command
    if program != "cordiale" or words[:1] not in (["run"], ["compare"]):
        return f"run the study again with worlds={worlds}"
    kept, rest = [], iter(words)
    for word in rest:
        if word in ("--worlds", "--out", "--until"):
            next(rest, None)
        elif word != "--replace" and not word.startswith(("--worlds=", "--out=", "--until=")):
            kept.append(word)
    return shlex.join([program, *kept, "--worlds", str(worlds), "--out", f"outputs/{worlds}-worlds"])
