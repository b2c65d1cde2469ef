"""All claims of a pack, run and judged; a journal's parts let a stopped run go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.claim_arms import Measured, Shape, Shared, Task, arms_of, run_tasks, tasks_of, under_families
from cordiale.analysis.claim_rule import KINDS, NOT_TESTABLE, SUPPORTED, Verdict, combined, find, supports
from cordiale.analysis.claim_score import PLACEBOS, Judged, Placebo, Score, placebos, score_of
from cordiale.analysis.claim_words import contrast_words, unit_of
from cordiale.analysis.futures import families_of
from cordiale.case.load import nearest_pack
from cordiale.engine.pool import Ordered
from cordiale.models.base import DEFAULT
from cordiale.models.sums import Flags
from cordiale.scenario.claims import Loaded, load_claims
from cordiale.scenario.load import load_scenario
from cordiale.study.design import key_of
from cordiale.study.result import Result, Row, worked_out
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
ANY_PACK = 0.9  # of placebo packs: a claim that more of them support follows from the rules, whatever the case
LOST = tuple(kind for kind in KINDS if kind not in (SUPPORTED, NOT_TESTABLE))  # testable, and not supported


@dataclass(frozen=True)
class Settings:
    """How claims are run.

    Attributes
    ----------
    worlds : that draw their own numbers, for the effect and its interval
    codings, each : single codings, and worlds of each
    placebos, placebo_worlds : placebo packs, of three kinds in turn, and worlds of each
    models : other families of models under which claims are asked, on drawn worlds
    """

    worlds: int = 500
    codings: int = 20
    each: int = 50
    placebos: int = 102
    placebo_worlds: int = 48
    models: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """How many worlds are run; a placebo pack has no more than the pack itself."""
        return Shape(self.worlds, self.codings, self.each, self.placebos, min(self.placebo_worlds, self.worlds))


@dataclass(frozen=True, repr=False)
class Verdicts(Result):
    """The verdict of every claim.

    Attributes
    ----------
    verdicts : in the order of the article
    score : over all testable claims;  undesigned : over those that no expectation of the model's design requires
    packs : (packs, testable claims) which placebo packs support which
    whole : whether all claims of the pack are among them
    seed : of its worlds; None where it is not known
    model : the family of models by which claims are judged
    """

    kind = "claims"
    digits = "%.6g"
    pack: str
    settings: Settings
    verdicts: list[Verdict]
    score: Score
    undesigned: Score
    packs: Flags
    whole: bool
    seed: int | None = None
    model: str = DEFAULT

    def of_kind(self, kind: str) -> list[Verdict]:
        """Return the claims that have a verdict."""
        return [each for each in self.verdicts if each.kind == kind]

    @property
    def left(self) -> list[Verdict]:
        """The claims that are supported, and neither required by the design nor by construction."""
        return [each for each in self.of_kind(SUPPORTED) if not each.claim.designed and not each.construction]

    @property
    def tested(self) -> list[Verdict]:
        """The claims that could be tested."""
        return [each for each in self.verdicts if each.tested]

    @property
    def by_id(self) -> dict[str, str]:
        """The verdict of each claim."""
        return {each.claim.id: each.kind for each in self.verdicts}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a claim in the order of the article, a row a contrast, and a row a placebo pack."""
        import pandas as pd

        claims = [_row(each) | self._families(each) for each in self.verdicts]
        contrasts = [_contrast(each, at) for each in self.verdicts for at in range(len(each.findings))]
        packs = [
            {"pack": number, "kind": kind, "supported": int(those.sum()), "score": score}
            for number, (kind, those, score) in enumerate(
                zip(self.score.kinds, self.packs, self.score.null, strict=True)
            )
        ]
        return {"claims": pd.DataFrame(claims), "contrasts": pd.DataFrame(contrasts), "placebos": pd.DataFrame(packs)}

    def _families(self, each: Verdict) -> Row:
        """Return in which families of models a claim holds, and its verdict under each; nothing of none."""
        if not self.settings.models:
            return {}
        return {
            "holds_in": " ".join(each.held_by(self.model)),
            **{f"in_{name}": kind for name, kind in each.families.items()},
        }

    @property
    def alone(self) -> list[Verdict]:
        """The claims that are supported, and not by any other family of models that was asked."""
        return [each for each in self.of_kind(SUPPORTED) if each.held_by(self.model) == [self.model]]

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"claims": asdict(self.settings), "pack": self.pack, "sentences": self.sentences()}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        scores = {"score": self.score, "score_without_designed": self.undesigned}
        told = {name: _told(score) for name, score in scores.items()}
        return {"words": self.sentences(), "verdicts": self.by_id, **told}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a row a claim, for a terminal."""
        return [("", [_short(each) for each in self.verdicts])]

    def sentences(self) -> list[str]:
        """Return what was lost, and the score beside what placebo packs score."""
        said = [self._counts(), *_score_words(self.score, self.settings)]
        if 0 < self.undesigned.claims < self.score.claims:
            said.append(_undesigned_words(self.undesigned))
        return [*said, *self._model_words()]

    def _model_words(self) -> list[str]:
        if not self.settings.models:
            return []
        held = self.of_kind(SUPPORTED)
        unmeasured = [each for each in self.alone if set(each.families.values()) <= {NOT_TESTABLE}]
        return [
            f"Of {len(held)} claims that {self.model} supports, {len(held) - len(self.alone)} hold under another model "
            f"too ({', '.join(self.settings.models)}); {len(self.alone)} are supported by {self.model} alone, "
            f"{len(unmeasured)} of them since no other model has what they measure."
        ]

    def _counts(self) -> str:
        order = (*LOST, NOT_TESTABLE, SUPPORTED)
        counts = ", ".join(f"{len(self.of_kind(kind))} {kind}" for kind in order)
        held = self.of_kind(SUPPORTED)
        designed = {each.claim.id for each in held if each.claim.designed}
        constructed = {each.claim.id for each in held if each.construction}
        return (
            f"{len(self.verdicts)} claim{'s' * (len(self.verdicts) != 1)}: {counts}. "
            f"Of those supported the model's design requires {len(designed)}, "
            f"{len(constructed)} hold by construction ({len(designed & constructed)} are both), and "
            f"{len(self.left)} are neither."
        )


def _score_words(score: Score, settings: Settings) -> list[str]:
    said = [
        f"The discriminating score is {score.value:.1f} (95 % interval {score.low:.1f} to {score.high:.1f}), from "
        f"{score.supported} of {score.claims} claims that are supported: each counts 1 less the share of placebo packs "
        f"that support it too."
    ]
    kinds = [(kind, *score.of_kind(kind)) for kind in PLACEBOS if kind in score.kinds]
    by_kind = "; ".join(f"{kind} {mean:.1f} ({low:.1f} to {high:.1f})" for kind, mean, low, high in kinds)
    mean, low, high = score.expected
    return [
        *said,
        f"Judged as placebo packs are, on {settings.shape.placebo_worlds} worlds and without codings, the pack scores "
        f"{score.alike:.1f}; a placebo pack scores {mean:.1f} on average (5 to 95 %: {low:.1f} to {high:.1f}), by "
        f"kind: {by_kind}. {score.reached:.0%} of packs, itself among them, score as much or more.",
    ]


def _undesigned_words(score: Score) -> str:
    mean, low, high = score.expected
    return (
        f"Without the claims that the design requires, {score.supported} of {score.claims} are supported and the score "
        f"is {score.value:.1f} ({score.low:.1f} to {score.high:.1f}); judged as placebo packs are, the pack scores "
        f"{score.alike:.1f} and a placebo pack {mean:.1f} on average ({low:.1f} to {high:.1f})."
    )


def _told(score: Score) -> Row:
    mean, low, high = score.expected
    found = {
        "claims": score.claims, "supported": score.supported, "value": score.value, "low": score.low,
        "high": score.high, "alike": score.alike, "expected": mean, "expected_low": low, "expected_high": high,
    }  # fmt: skip
    return {name: None if np.isnan(value) else value for name, value in found.items()}


def _row(each: Verdict) -> Row:
    claim, first = each.claim, next(iter(each.findings), None)
    effect = (first.mean, first.low, first.high, first.said.margin) if first else [np.nan] * 4
    return {
        "id": claim.id, "locator": claim.locator, "voice": claim.voice, "claim": claim.paraphrase, "sign": claim.sign,
        "verdict": each.kind, "contrasts": len(each.findings), "measure": first.said.measure if first else "",
        **dict(zip(("effect", "low", "high", "margin"), effect, strict=True)),
        "codings": min((found.codings for found in each.findings), default=np.nan), "placebo": each.placebos,
        **{f"placebo_{kind}": each.placebo.get(kind, np.nan) for kind in PLACEBOS},
        "designed": claim.designed or "", "by_construction": each.construction or "",
        "reason": claim.not_testable or "",
    }  # fmt: skip


def _contrast(each: Verdict, at: int) -> Row:
    found, claim = each.findings[at], each.claim
    said = found.said
    return {
        "id": claim.id, "contrast": at + 1, "sign": found.sign, "verdict": found.kind, "measure": said.measure,
        "compared": found.words, "unit": found.unit,
        "effect": found.mean, "low": found.low, "high": found.high, "margin": said.margin, "codings": found.codings,
        "worlds_with_sign": found.worlds, "worlds_to_decide": found.decides, "why": said.why,
    }  # fmt: skip


def _short(each: Verdict) -> Row:
    first = each.findings[0] if each.findings else None
    return {
        "claim": each.claim.id, "sign": each.claim.sign, "verdict": each.kind,
        "effect": f"{first.mean:+.4f} ({first.low:+.4f} to {first.high:+.4f})" if first else "",
        "codings": f"{min(found.codings for found in each.findings):.0%}" if first else "",
        "placebo": f"{each.placebos:.0%}" if first else "",
    }  # fmt: skip


# ---------------------------------------------------------------- the run


@dataclass(frozen=True)
class Work:
    """What a run of claims works out.

    Attributes
    ----------
    whole : whether all claims of the pack are among them
    key : hash of all that its parts hang on
    of : name or folder of the pack
    model : the family of models by which claims are judged
    """

    pack: str
    settings: Settings
    claims: Sequence[Loaded]
    whole: bool
    seed: int
    shared: Shared
    tasks: Sequence[Task]
    key: str
    of: str | Path
    model: str


def plan_claims(
    pack: str | None = None, only: list[str] | None = None, settings: Settings | None = None,
    allow: Collection[str] = (),
) -> Work:  # fmt: skip
    """Return what a run of the claims of a pack works out.

    Parameters
    ----------
    pack : its name or folder; the only one of the nearest folder that has any where None
    only : ids; all where None
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError, OptionError
    """
    settings, of = settings or Settings(), nearest_pack(pack)
    claims = load_claims(of, only, allow)
    arms = arms_of(claims)
    baseline = load_scenario("baseline", pack=of, allow=allow)
    packs = placebos(baseline, settings.placebos, baseline.seed)
    shared = Shared(arms, baseline.family.rules(baseline.loaded, allowed=allow), packs)
    reads = [sorted(each) for each in arms.reads]
    key = key_of([baseline, *arms.scenarios], settings=asdict(settings), reads=reads)
    name, tasks = baseline.loaded.pack.name, tasks_of(arms, settings.shape)
    own = baseline.model
    settings = replace(
        settings, models=tuple(each.name for each in families_of(settings.models, allow, 0) if each.name != own)
    )
    return Work(name, settings, claims, only is None, baseline.seed, shared, tasks, key, of, own)


def judge(
    pack: str | None = None, only: list[str] | None = None, settings: Settings | None = None, *,
    out: Path | str | None = None, replace: bool = False, jobs: int | None = 1, progress: Progress | None = None,
    begun_by: Begun | None = None, allow: Collection[str] = (),
) -> Verdicts:  # fmt: skip
    """Run and judge the claims of a pack.

    Parameters
    ----------
    pack : its name or folder; the only one of the nearest folder that has any where None
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
    return worked_out(lambda run: _judged(work, jobs, progress, run, allow), out, header, replace)


def _judged(
    work: Work, jobs: int | None, progress: Progress | None, run: Ordered, allow: Collection[str] = ()
) -> Verdicts:
    measured, asked = _measured(work, jobs, progress, run), work.settings
    models = under_families(work.claims, work.of, asked.models, asked.worlds, jobs, run, allow)
    found = [
        replace(_verdict(each, measured, work.shared.placebos), families=models[each.claim.id]) for each in work.claims
    ]
    tested = [each for each in work.claims if each.tests]
    judged = [
        _for_score(each, verdict.kind, measured, work.settings)
        for each, verdict in zip(work.claims, found, strict=True)
        if each.tests
    ]
    kinds = [each.kind for each in work.shared.placebos]
    free = [judged for judged, each in zip(judged, tested, strict=True) if each.claim.designed is None]
    packs = np.array([each.packs for each in judged], dtype=bool).reshape(len(judged), len(kinds)).T
    return Verdicts(
        work.pack, work.settings, found, score_of(judged, kinds, work.seed), score_of(free, kinds, work.seed), packs,
        work.whole, work.seed, work.model,
    )  # fmt: skip


def _measured(work: Work, jobs: int | None, progress: Progress | None, run: Ordered) -> Measured:
    measured = Measured(work.shared, work.settings.shape)
    results = run_tasks(work.shared, work.tasks, jobs, run)
    for at, (task, result) in enumerate(zip(work.tasks, results, strict=True)):
        measured.add(task, result)
        if progress is not None:
            progress(at + 1, len(work.tasks))
    return measured


def _verdict(each: Loaded, measured: Measured, packs: Sequence[Placebo]) -> Verdict:
    if not each.tests:
        return Verdict(each.claim, NOT_TESTABLE)
    found = [
        find(
            test.said, test.sign, measured.of(test, "drawn"), measured.of(test, "coded"), contrast_words(test),
            unit_of(test),
        )
        for test in each.tests
    ]  # fmt: skip
    support = _support(each, measured)
    placebo = {
        kind: float(np.mean(support[[pack.kind == kind for pack in packs]]))
        for kind in dict.fromkeys(pack.kind for pack in packs)
    }
    construction = each.claim.by_construction
    if construction is None and np.mean(support) > ANY_PACK:
        construction = f"{np.mean(support):.0%} of placebo packs support it"
    kind = combined([finding.kind for finding in found])
    return Verdict(each.claim, kind, found, float(np.mean(support)), placebo, construction)


def _for_score(each: Loaded, kind: str, measured: Measured, settings: Settings) -> Judged:
    drawn = [(test.sign, test.said.margin, measured.of(test, "drawn")) for test in each.tests]
    few = settings.shape.placebo_worlds
    alike = supports([(sign, margin, differences[None, :few]) for sign, margin, differences in drawn])
    return Judged(kind == SUPPORTED, bool(alike[0]), drawn, _support(each, measured))


def _support(each: Loaded, measured: Measured) -> Flags:
    """Return which placebo packs support a claim: (packs,)."""
    return supports([(test.sign, test.said.margin, measured.of(test, "placebo")) for test in each.tests])
