"""Whether a study is what its manifest says, and whether this machine finds the same worlds again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cordiale.engine.block import Plan, rows_of, run_block
from cordiale.files.errors import StudyError, shown
from cordiale.files.file_list import ANY, Written, hash_of
from cordiale.files.temporary import DRAFT
from cordiale.models.base import Behaviour
from cordiale.models.random import Array
from cordiale.study.design import NAME, plan_of, read_design, same_version
from cordiale.study.earlier_results import RAN, is_first_form
from cordiale.study.partitions import PART, parquet, part_name
from cordiale.study.study import Study

TOGETHER = 4  # worlds that are run side by side
CLOSE = 1e-9  # what other versions of NumPy may round otherwise


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes
    ----------
    damaged : files that are not what was written
    other : why this cordiale may give other numbers, None where nothing speaks for it
    half : files that a command which was killed may have left as they were before, beside others that it made anew
    first_form : whether the first form of the model ran it, so that no world is run again
    worlds : numbers of the worlds that were run again
    different : (scenario, measure) -> the largest difference from what the study holds, where there is any
    failed_otherwise : worlds of them that fail here and did not, or the other way round
    """

    damaged: list[str]
    other: str | None
    worlds: list[int]
    different: dict[tuple[str, str], float]
    failed_otherwise: list[int]
    half: list[str]
    first_form: bool = False

    @property
    def holds(self) -> bool:
        """Whether the files are whole and the worlds the same, to what rounding leaves."""
        far = [size for size in self.different.values() if not size <= CLOSE]
        return not (self.damaged or self.half or far or self.failed_otherwise)

    @property
    def words(self) -> list[str]:
        """The findings, a sentence each."""
        told = [f"{name} is not what was written." for name in self.damaged]
        told += [f"{name} was being written when a command was stopped: type that command again." for name in self.half]
        if self.first_form:
            return [*told, *(["Its files are what was written."] if self.holds else []), f"{RAN}: no world run again."]
        if self.other:
            told.append(f"Other numbers may come of it that {self.other}.")
        if self.failed_otherwise:
            told.append(f"Worlds that fail in one and not in the other: {_listed(self.failed_otherwise)}.")
        if not self.worlds:
            return [*told, "No world run again: none of the sample lies in a part that is whole."]
        ran = f"{len(self.worlds)} worlds run again ({_listed(self.worlds)})"
        if not self.different:
            return [*told, f"{ran}: the same in every bit."]
        (scenario, measure), most = max(self.different.items(), key=lambda each: _size(each[1]))
        count = f"{len(self.different)} measures differ, {measure} of {scenario} most, by {most:.3g}"
        verdict = "rounding, and no more" if self.holds else "more than rounding"
        return [*told, f"{ran}: {count}: {verdict}."]


def _size(difference: float) -> float:
    return difference if difference == difference else np.inf


def _listed(worlds: list[int]) -> str:
    return ", ".join(map(str, worlds[:8])) + (", ..." if len(worlds) > 8 else "")


def verify(
    study: Study, worlds: int = 16, *, behaviour: Behaviour | None = None, allow: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Verification:  # fmt: skip
    """Hash every file of a study, run a sample of its worlds again from its design, and compare.

    No world of a study of the model's first form is run again.

    Parameters
    ----------
    worlds : how many to run again, spread over the study; all where there are fewer
    behaviour, allow : as in `run`

    Raises
    ------
    StudyError where the study's design cannot be read
    """
    if is_first_form(study.model):
        return Verification(damaged(study), None, [], {}, [], half_written(study), first_form=True)
    design = read_design(study.folder)
    plan = plan_of(study.folder, design, behaviour, allow)
    if [list(row) for row in rows_of(plan)] != study.manifest["rows"]:
        raise StudyError(f"{shown(study.folder / NAME)}: not the design that the study was run from")
    total, broken = plan.scenarios[0].worlds, damaged(study)
    firsts = [first for first in sample(total, worlds) if not _tables(first) & set(broken)]
    found, different, otherwise = [], dict[tuple[str, str], float](), []
    for at, first in enumerate(firsts):
        size = min(TOGETHER, total - first)
        numbers, ours = _run_again(plan, first, size)
        theirs = _held(study, first, size)
        found += list(range(first, first + size))
        otherwise += sorted(set(numbers) ^ set(theirs))
        _compare(plan, {n: (v, theirs[n]) for n, v in zip(numbers, ours, strict=True) if n in theirs}, different)
        if progress is not None:
            progress(at + 1, len(firsts))
    return Verification(broken, same_version(design), found, different, otherwise, half_written(study))


def sample(total: int, worlds: int) -> list[int]:
    """Return the first worlds of stretches spread over a study, the first and the last stretch among them."""
    last = max(total - TOGETHER, 0)
    stretches = max(1, min(-(-worlds // TOGETHER), -(-total // TOGETHER)))
    if stretches * TOGETHER >= total:
        return list(range(0, total, TOGETHER))
    return sorted({int(first) for first in np.linspace(0, last, stretches)})


def _tables(first: int) -> set[str]:
    """Return the files in which a stretch of worlds lies."""
    return {f"measures/{part_name(world - world % PART)}" for world in (first, first + TOGETHER - 1)}


def _run_again(plan: Plan, first: int, size: int) -> tuple[list[int], Array]:
    result = run_block(plan, first, size)
    return [int(world) for world in result.worlds], result.values


def _held(study: Study, first: int, size: int) -> dict[int, Array]:
    """Return world -> its values in the study, in the order of the rows of a world."""
    held: dict[int, list[Array]] = {}
    for at, kept, *_ in study.manifest["parts"]:
        if not kept or not at - size < first < at + PART:
            continue
        path = study.folder / "measures" / part_name(at)
        with parquet(path) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=["world", "value"])
                numbers = table.column("world").to_numpy().reshape(kept, -1)[:, 0]
                values = table.column("value").to_numpy().reshape(kept, -1)
                for row in np.flatnonzero((numbers >= first) & (numbers < first + size)):
                    held.setdefault(int(numbers[row]), []).append(values[row])
    return {number: np.concatenate(parts) for number, parts in held.items()}


def _compare(plan: Plan, pairs: dict[int, tuple[Array, Array]], different: dict[tuple[str, str], float]) -> None:
    for ours, theirs in pairs.values():
        at = 0
        for scenario, measure, rows in rows_of(plan):
            mine, held = ours[at : at + rows], theirs[at : at + rows]
            at += rows
            if mine.tobytes() != held.tobytes():
                size = float(np.max(np.abs(mine - held)))
                different[scenario, measure] = max(size, different.get((scenario, measure), 0.0))


def damaged(study: Study) -> list[str]:
    """Return the files of a study that are not what was written: all whose hashes stand in its list or manifest."""
    told = _written(study).items()
    return [name for name, written in told if not written.startswith(ANY) and _hash(study.folder / name) != written]


def half_written(study: Study) -> list[str]:
    """Return the files of a study that lie there and were not yet known to be whole when a command was killed."""
    names = [name for name, written in _written(study).items() if written.startswith(ANY)]
    return [name for name in names if (study.folder / name).is_file() and not DRAFT.fullmatch(Path(name).name)]


def _written(study: Study) -> dict[str, str]:
    """Return file -> hash, what begins with ANY where it may not be whole, by a study's list and manifest."""
    told = Written(study.folder).names | {NAME: study.manifest["design"]}
    for first, _, measures, inputs in study.manifest["parts"]:
        told |= {f"measures/{part_name(first)}": measures, f"inputs/{part_name(first)}": inputs}
    return told


def _hash(path: Path) -> str | None:
    return hash_of(path) if path.is_file() else None
