"""All claims of a pack, run and judged; parts are kept until the end, so that a stopped run goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cordiale.analysis.claim_runs import Read, Shared, Task, arms_of, read_of, run_tasks, tasks_of
from cordiale.analysis.placebo import placebos
from cordiale.analysis.verdicts import KINDS, Verdict, judge
from cordiale.claims_file import Loaded, load_claims
from cordiale.draws import Array
from cordiale.errors import OptionError, StudyError, shown
from cordiale.layers import load_scenario
from cordiale.library import check_stays, roots
from cordiale.loaded_pack import find_pack
from cordiale.models.block import behaviours, standards

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Settings:
    """How claims are run.

    Attributes
    ----------
    worlds : that draw their own numbers, for the effect and its interval
    codings : single codings, each on `each` worlds
    placebos : placebo packs, each on twice `each` worlds
    """

    worlds: int = 500
    codings: int = 20
    each: int = 50
    placebos: int = 10


@dataclass(frozen=True)
class Verdicts:
    """The verdict of every claim."""

    pack: str
    settings: Settings
    verdicts: list[Verdict]

    def count(self, kind: str) -> int:
        """Return how many claims have a verdict."""
        return sum(each.kind == kind for each in self.verdicts)

    @property
    def tested(self) -> int:
        """Return how many claims could be tested."""
        return len(self.verdicts) - self.count("not testable here")

    @property
    def score(self) -> tuple[int, float]:
        """Claims supported by the rule without codings: in this pack, and on average in placebo packs."""
        found = [each for each in self.verdicts if not np.isnan(each.placebo)]
        return sum(each.plain for each in found), float(np.sum([each.placebo for each in found]))

    @property
    def words(self) -> list[str]:
        """The score in sentences; the placebo stands beside it always."""
        counts = ", ".join(f"{self.count(kind)} {kind}" for kind in KINDS)
        own, placebo = self.score
        beside = (
            f"By sign and interval alone this pack supports {own} of {self.tested}; placebo packs (shuffled states, "
            f"random positions) support {placebo:.1f} on average."
        )
        moral = (
            f"So {placebo / own:.0%} of the score comes with any model of this shape; the coding of the article adds "
            f"{own - placebo:.1f} claims."
            if own
            else "The score says nothing of the article."
        )
        return [f"{len(self.verdicts)} claims: {counts}.", f"{beside} {moral}"]


def run_claims(
    pack: str = "indo_pacific_2018",
    only: list[str] | None = None,
    settings: Settings | None = None,
    *,
    jobs: int | None = 1,
    parts: Path | None = None,
    progress: Progress | None = None,
) -> Verdicts:
    """Run and judge the claims of a pack.

    Parameters
    ----------
    only : ids; all where None
    jobs : processes; None for as many as pay
    parts : folder that keeps finished parts, so that a stopped run goes on; removed at the end
    """
    settings = settings or Settings()
    claims = load_claims(pack, only)
    found = _differences(pack, claims, settings, jobs, parts, progress)
    verdicts = []
    for each in claims:
        if each.test is None:
            verdicts.append(Verdict(each.claim, "not testable here"))
        else:
            verdicts.append(judge(each.claim, *(found(each, kind) for kind in ("drawn", "coded", "placebo"))))
    return Verdicts(pack, settings, verdicts)


def _differences(
    pack: str,
    claims: Sequence[Loaded],
    settings: Settings,
    jobs: int | None,
    parts: Path | None,
    progress: Progress | None,
) -> Callable[[Loaded, str], Array]:
    """Return what gives a claim's differences: (worlds,) drawn, (codings, worlds) coded, (packs, worlds) placebo."""
    arms = arms_of(claims)
    tasks = tasks_of(len(arms.scenarios), settings.worlds, settings.codings, settings.each, settings.placebos)
    baseline = load_scenario("baseline", pack=pack)
    classes = behaviours(baseline)
    packs = placebos(baseline, settings.placebos, baseline.seed)
    shared = Shared(arms, classes, standards(baseline, classes), packs)
    read: dict[tuple[int, str], list[dict[Read, Array]]] = {}
    for at, (task, result) in enumerate(_results(shared, tasks, jobs, parts, _key(pack, settings))):
        read.setdefault((task.arm, task.kind), []).append(result)
        if progress is not None:
            progress(at + 1, len(tasks))

    def difference(each: Loaded, kind: str) -> Array:
        assert each.test is not None
        key = read_of(each)
        sides = [
            np.concatenate([part[key] for part in read[arms.of(scenario), kind]])
            for scenario in (each.test.under, each.test.without)
        ]
        whole: Array = sides[0] - sides[1]
        rows = {"coded": settings.codings, "placebo": settings.placebos}
        return whole if kind == "drawn" else whole.reshape(rows[kind], -1)

    return difference


def _results(
    shared: Shared, tasks: Sequence[Task], jobs: int | None, parts: Path | None, key: str
) -> Iterator[tuple[Task, dict[Read, Array]]]:
    """Yield each task's result, from its part where an earlier run finished it."""
    if parts is None:
        yield from zip(tasks, run_tasks(shared, tasks, jobs), strict=True)
        return
    folder = parts / key
    folder.mkdir(parents=True, exist_ok=True)
    done = {path.stem for path in folder.glob("*.part")}
    missing = [task for task in tasks if _name(shared, task) not in done]
    running = run_tasks(shared, missing, jobs)
    for task in tasks:
        path = folder / f"{_name(shared, task)}.part"
        if _name(shared, task) in done:
            result = _part(path)
        else:
            result = next(running)
            path.with_suffix(".new").write_text(_part_text(result), "utf-8")
            path.with_suffix(".new").replace(path)
        yield task, result
    shutil.rmtree(parts, ignore_errors=True)


def _part_text(result: dict[Read, Array]) -> str:
    return json.dumps([[measure, quarter, values.tolist()] for (measure, quarter), values in result.items()])


def _part(path: Path) -> dict[Read, Array]:
    """Return a part that an earlier run left: numbers, and nothing that could be code."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return {(str(name), int(quarter)): np.array(values, dtype=float) for name, quarter, values in told}
    except (OSError, ValueError, TypeError, RecursionError):
        raise StudyError(f"{shown(path)}: not a part of a run of claims: begin anew, without --resume") from None


def _name(shared: Shared, task: Task) -> str:
    scenario = shared.arms.scenarios[task.arm]
    said = (scenario.levers, scenario.fixed, scenario.events, sorted(shared.arms.reads[task.arm]), task.kind)
    text = json.dumps([str(said), task.first, task.worlds, task.numbers])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _key(pack: str, settings: Settings) -> str:
    """Return a key of all that parts hang on beside the arms: the pack's files, the code, the settings."""
    import cordiale

    digest = hashlib.sha256(f"{cordiale.__version__} {settings}".encode())
    for path in sorted(find_pack(pack).files):
        digest.update(path.read_bytes())
    for path in sorted(Path(cordiale.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


# ---------------------------------------------------------------- recorded verdicts


def recorded_path(pack: str) -> Path:
    """Return the file of a pack's recorded verdicts, beside its claims."""
    for root in roots():
        path = root / "scenarios" / pack
        if (path / "claims.yaml").is_file():
            check_stays(path / "verdicts.json", "the scenarios' folder")
            return path / "verdicts.json"
    raise OptionError(f"the pack '{pack}' has no claims.yaml among its scenarios")


def record(found: Verdicts) -> Path:
    """Write the verdicts as those to keep to."""
    path = recorded_path(found.pack)
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    known |= {each.claim.id: each.kind for each in found.verdicts}
    path.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    return path


def changed(found: Verdicts) -> list[str]:
    """Return what differs from the recorded verdicts, a line each."""
    path = recorded_path(found.pack)
    if not path.is_file():
        raise OptionError(f"--strict: {shown(path)} does not exist; record verdicts with --record first")
    known = json.loads(path.read_text("utf-8"))
    return [
        f"{each.claim.id}: {each.kind}, recorded as {known.get(each.claim.id, 'nothing')}"
        for each in found.verdicts
        if known.get(each.claim.id) != each.kind
    ]
