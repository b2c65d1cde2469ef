"""All claims of a pack, run and judged; a journal's parts let a stopped run go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.claim_arms import Read, Shared, Task, arms_of, placebos, read_of, run_tasks, tasks_of
from cordiale.case.load import check_stays, nearest_pack, roots
from cordiale.engine.pool import Ordered
from cordiale.files.atomic_write import write_text
from cordiale.files.errors import FileError, OptionError, shown
from cordiale.models.random import Array
from cordiale.scenario.claims import Claim, Loaded, load_claims
from cordiale.scenario.load import load_scenario
from cordiale.study.design import key_of
from cordiale.study.intervals import interval
from cordiale.study.result import Result, Row, worked_out
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

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


@dataclass(frozen=True, repr=False)
class Verdicts(Result):
    """The verdict of every claim."""

    kind = "claims"
    digits = "%.6g"
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

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a claim, in the order of the article."""
        import pandas as pd

        return {"claims": pd.DataFrame([_row(each) for each in self.verdicts])}

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"claims": asdict(self.settings), "pack": self.pack}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {"words": self.sentences(), "verdicts": {each.claim.id: each.kind for each in self.verdicts}}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a row a claim, for a terminal."""
        return [("", [_short(each) for each in self.verdicts])]

    def sentences(self) -> list[str]:
        """Return the score in sentences; the placebo stands beside it always."""
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


def _row(each: Verdict) -> Row:
    claim = each.claim
    return {
        "id": claim.id, "locator": claim.locator, "voice": claim.voice, "claim": claim.paraphrase, "sign": claim.sign,
        "verdict": each.kind, "measure": claim.test.measure if claim.test else "", "effect": each.mean,
        "low": each.low, "high": each.high, "margin": claim.test.margin if claim.test else np.nan,
        "codings": each.codings, "placebo": each.placebo, "reason": claim.not_testable or "",
    }  # fmt: skip


def _short(each: Verdict) -> Row:
    tested = each.claim.test is not None
    return {
        "claim": each.claim.id, "sign": each.claim.sign, "verdict": each.kind,
        "effect": f"{each.mean:+.4f} ({each.low:+.4f} to {each.high:+.4f})" if tested else "",
        "codings": f"{each.codings:.0%}" if tested else "",
    }  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What a run of claims works out.

    Attributes
    ----------
    key : hash of all that its parts hang on
    """

    pack: str
    settings: Settings
    claims: Sequence[Loaded]
    shared: Shared
    tasks: Sequence[Task]
    key: str


def plan_claims(
    pack: str | None = None, only: list[str] | None = None, settings: Settings | None = None,
    allow: Collection[str] = (),
) -> Work:  # fmt: skip
    """Return what a run of the claims of a pack works out.

    Parameters
    ----------
    pack : its name; the only one of the nearest folder that has any where None
    only : ids; all where None
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError, OptionError
    """
    settings, pack = settings or Settings(), str(nearest_pack(pack))
    claims = load_claims(pack, only, allow)
    arms = arms_of(claims)
    tasks = tasks_of(len(arms.scenarios), settings.worlds, settings.codings, settings.each, settings.placebos)
    baseline = load_scenario("baseline", pack=pack, allow=allow)
    packs = placebos(baseline, settings.placebos, baseline.seed)
    shared = Shared(arms, baseline.family.rules(baseline.loaded, allowed=allow), packs)
    reads = [sorted(each) for each in arms.reads]
    key = key_of([baseline, *arms.scenarios], settings=asdict(settings), reads=reads)
    return Work(pack, settings, claims, shared, tasks, key)


def judge(
    pack: str | None = None, only: list[str] | None = None, settings: Settings | None = None, *,
    out: Path | str | None = None, replace: bool = False, jobs: int | None = 1, progress: Progress | None = None,
    begun_by: Begun | None = None, allow: Collection[str] = (),
) -> Verdicts:  # fmt: skip
    """Run and judge the claims of a pack.

    Parameters
    ----------
    pack : its name; the only one of the nearest folder that has any where None
    only : ids; all where None
    out : folder in which tables and charts are kept, and in which an interrupted run goes on; none where None
    jobs : processes; None for as many as pay
    begun_by : the command, with its options, that resumes it
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError, OptionError, StudyError
    """
    work = plan_claims(pack, only, settings, allow)
    header = Header.of("claims", work.key, begun_by)
    return worked_out(lambda run: _judged(work, jobs, progress, run), out, header, replace)


def _judged(work: Work, jobs: int | None, progress: Progress | None, run: Ordered) -> Verdicts:
    found = _differences(work, jobs, progress, run)
    verdicts = []
    for each in work.claims:
        if not each.tests:
            verdicts.append(Verdict(each.claim, "not testable here"))
        else:
            verdicts.append(verdict_of(each.claim, *(found(each, kind) for kind in ("drawn", "coded", "placebo"))))
    return Verdicts(work.pack, work.settings, verdicts)


def _differences(
    work: Work, jobs: int | None, progress: Progress | None, run: Ordered
) -> Callable[[Loaded, str], Array]:
    """Return what gives a claim's differences: (worlds,) drawn, (codings, worlds) coded, (packs, worlds) placebo."""
    read: dict[tuple[int, str], list[dict[Read, Array]]] = {}
    results = run_tasks(work.shared, work.tasks, jobs, run)
    for at, (task, result) in enumerate(zip(work.tasks, results, strict=True)):
        read.setdefault((task.arm, task.kind), []).append(result)
        if progress is not None:
            progress(at + 1, len(work.tasks))

    def difference(each: Loaded, kind: str) -> Array:
        key, arms = read_of(each), work.shared.arms
        sides = [
            np.concatenate([part[key] for part in read[arms.of(scenario), kind]])
            for scenario in (each.tests[0].effect.under, each.tests[0].effect.without)
        ]
        whole: Array = sides[0] - sides[1]
        rows = {"coded": work.settings.codings, "placebo": work.settings.placebos}
        return whole if kind == "drawn" else whole.reshape(rows[kind], -1)

    return difference


# ---------------------------------------------------------------- recorded verdicts


def recorded_path(pack: str) -> Path:
    """Return the file of a pack's recorded verdicts, beside its claims."""
    for root in roots():
        path = root / "scenarios" / pack
        if (path / "claims.yaml").is_file():
            check_stays(path / "verdicts.json", "the scenarios' folder")
            return path / "verdicts.json"
    raise OptionError(f"the pack '{pack}' has no claims.yaml among its scenarios")


def recorded(pack: str, needed: bool = False) -> dict[str, str]:
    """Return the recorded verdicts of a pack: id -> verdict; none where there is no file.

    Raises
    ------
    OptionError where there is none and it is needed, FileError where it cannot be read
    """
    path = recorded_path(pack)
    if not path.is_file():
        if needed:
            raise OptionError(f"--strict: {shown(path)} does not exist; record verdicts with --record first")
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(path, getattr(error, "lineno", None), getattr(error, "colno", None),
                        f"not the verdicts of claims: {' '.join(str(error).split())[:100]}") from None  # fmt: skip
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise FileError(path, None, None, "not the verdicts of claims: a verdict for each claim's id is expected")
    return found


def record(verdicts: Verdicts) -> Path:
    """Write the verdicts as those to keep to."""
    path = recorded_path(verdicts.pack)
    known = recorded(verdicts.pack) | {each.claim.id: each.kind for each in verdicts.verdicts}
    return write_text(path, json.dumps(known, indent=1) + "\n", replace=True, known=True)


def changed(verdicts: Verdicts) -> list[str]:
    """Return what differs from the recorded verdicts, a line each."""
    known = recorded(verdicts.pack, needed=True)
    return [
        f"{each.claim.id}: {each.kind}, recorded as {known.get(each.claim.id, 'nothing')}"
        for each in verdicts.verdicts
        if known.get(each.claim.id) != each.kind
    ]


# ----------------------------------------------------------------
# Whether a claim holds: the rule, in one place, for every claim alike.


AGREE = 0.8
KINDS = ("supported", "contradicted", "insensitive", "undecided", "not testable here")


@dataclass(frozen=True)
class Verdict:
    """What the model says of a claim.

    Attributes
    ----------
    kind : one of KINDS
    mean, low, high : difference and 95 % interval; nan where not tested
    codings : share of codings in which the sign (or the equivalence) holds
    placebo : share of placebo packs that support it by the rule without codings
    plain : whether the pack itself supports it by the rule without codings
    """

    claim: Claim
    kind: str
    mean: float = np.nan
    low: float = np.nan
    high: float = np.nan
    codings: float = np.nan
    placebo: float = np.nan
    plain: bool = False


def verdict_of(claim: Claim, difference: Array, by_coding: Array, placebo: Array) -> Verdict:
    """Return the verdict of a testable claim.

    Parameters
    ----------
    difference : (worlds,)
    by_coding : (codings, worlds)
    placebo : (packs, worlds)
    """
    assert claim.test is not None
    margin = claim.test.margin
    mean, low, high = interval(difference)
    share = float(np.mean([_holds(claim.sign, float(np.mean(one)), margin) for one in by_coding]))
    kind = decide(claim.sign, low, high, margin, share)
    placebos = [decide(claim.sign, *interval(one)[1:], margin, 1.0) == "supported" for one in placebo]
    return Verdict(
        claim, kind, mean, low, high, share,
        float(np.mean(placebos)) if placebos else np.nan, decide(claim.sign, low, high, margin, 1.0) == "supported",
    )  # fmt: skip


def decide(sign: str, low: float, high: float, margin: float, share: float) -> str:
    """Return the verdict that an interval, a margin and a share of codings give."""
    inside = -margin < low and high < margin
    if sign == "0":
        if inside:
            return "supported" if share >= AGREE else "undecided"
        return "contradicted" if low > margin or high < -margin else "undecided"
    if inside:
        return "insensitive"
    right, wrong = (low > 0, high < 0) if sign == "+" else (high < 0, low > 0)
    if right:
        return "supported" if share >= AGREE else "undecided"
    return "contradicted" if wrong else "undecided"


def _holds(sign: str, mean: float, margin: float) -> bool:
    return abs(mean) < margin if sign == "0" else mean > 0 if sign == "+" else mean < 0
