"""What others said of the pack, beside a study: the article's claims, those its levers touch first, and a coder."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cordiale.analysis.agreement import compared
from cordiale.analysis.claim_record import recorded_path
from cordiale.analysis.compare import Difference, differences
from cordiale.files.error_messages import validate
from cordiale.files.errors import OptionError, StudyError, UserError, shown
from cordiale.files.yaml_file import read
from cordiale.models.measures import known_measures
from cordiale.output.report.elements import Table, comparable, signed, span
from cordiale.output.report.rebuilt import Rebuilt
from cordiale.output.report.sources import group_of
from cordiale.scenario.claims import Arm, Claim, ClaimsFile
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from cordiale.study.labels import subject
from cordiale.study.study import Study

COLUMNS = ("id", "verdict", "effect", "low", "high", "codings", "placebo")
BARE = (
    "How many claims a model of this shape supports says nothing until it stands beside what placebo packs support, "
    "in which states, positions or ties are mixed up. No such number was given to this report, so it gives no score: "
    "run “cordiale claims”, and name its folder with --claims."
)


@dataclass(frozen=True)
class Verdicts:
    """What a report says of claims.

    Attributes
    ----------
    score : sentences; the placebo number is among them, or why there is no score
    touched, others : claims whose test moves what these scenarios move, and the others; None for none
    """

    score: list[str]
    touched: Table | None
    others: Table | None


def verdicts(rebuilt: Rebuilt, folder: Path | None) -> Verdicts:
    """Return the verdicts on a pack's claims, as recorded or as a run of `cordiale claims` found them.

    Raises
    ------
    OptionError where the folder is of another pack or holds no run; FileError for a fault in the claims
    """
    pack = rebuilt.loaded.pack.name
    found, score = _run(folder, pack) if folder is not None else ({}, [])
    try:
        path = recorded_path(pack)
        claims = validate(read(path.with_name("claims.yaml")), ClaimsFile).claims
    except OptionError as error:
        return Verdicts([f"{error}."], None, None)
    known = _recorded(path)
    touched = _touched(rebuilt, claims)
    others = [each for each in claims if each not in touched]
    where = "as the run of “cordiale claims” found" if found else f"as recorded in {path.name}"
    return Verdicts(
        score or [BARE],
        _table(rebuilt, f"Claims whose test moves what these scenarios move, {where}.", touched, known, found),
        _table(rebuilt, f"The other claims of the article, {where}.", others, known, found),
    )


def _recorded(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return {str(name): str(kind) for name, kind in found.items()}
    except (ValueError, OSError, AttributeError) as error:
        raise StudyError(f"{shown(path)}: cannot be read: {str(error)[:100]}") from None


def _run(folder: Path, pack: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return id -> row of claims.csv, and the score in words with its placebo number."""
    import pandas as pd

    if not (folder / "claims.csv").is_file():
        raise OptionError(f"--claims {folder}: holds no claims.csv; run `cordiale claims` first")
    try:
        told = json.loads((folder / "manifest.json").read_text("utf-8"))
        of, words = told["pack"], [str(sentence) for sentence in told["sentences"]]
        table = pd.read_csv(folder / "claims.csv")
        rows = {
            str(row["id"]): {str(key): each for key, each in row.items()}
            for row in table[list(COLUMNS)].to_dict("records")
        }
    except (ValueError, KeyError, TypeError, IndexError, OSError) as error:
        raise OptionError(f"--claims {folder}: not what `cordiale claims` writes: {str(error)[:100]}") from None
    if of != pack:
        raise OptionError(f"--claims {folder}: its claims are of the pack '{of}', and the study is of '{pack}'")
    return rows, words


def _touched(rebuilt: Rebuilt, claims: list[Claim]) -> list[Claim]:
    """Return the claims whose arms set something that a scenario of the study sets too."""
    moved = {name for scenario in rebuilt.scenarios.values() for name in _moved(scenario)}
    known: dict[str, set[str]] = {}

    def of(arm: Arm) -> set[str]:
        if arm.scenario not in known:
            known[arm.scenario] = _of_name(arm.scenario, rebuilt.loaded.pack.name)
        return known[arm.scenario] | _with_paths(rebuilt.first, set(arm.set))

    return [claim for claim in claims if any((of(each.from_) | of(each.to)) & moved for _, each in claim.contrasts)]


def _of_name(scenario: str, pack: str) -> set[str]:
    try:
        return _moved(load_scenario(scenario, pack=pack))
    except UserError:
        return set()  # `cordiale claims` says what is wrong with it


def _moved(scenario: Scenario) -> set[str]:
    """Return levers and paths that a scenario moves."""
    return _with_paths(scenario, {*scenario.moved, *scenario.settings.ranges, *scenario.fixed})


def _with_paths(scenario: Scenario, names: set[str]) -> set[str]:
    """Return names of levers and paths, and the paths that the levers move."""
    levers = scenario.known_levers
    return names | {path for name in names if name in levers for path in levers[name].moves}


def _table(
    rebuilt: Rebuilt, caption: str, claims: list[Claim],
    known: Mapping[str, str], verdicts: Mapping[str, Mapping[str, Any]],
) -> Table | None:  # fmt: skip
    if not claims:
        return None
    head = ["The article says", "Where", "Read from", "Sign", "Verdict"]
    if verdicts:
        caption += (
            " Effect: the measure with the cause minus without it, with its 95 % interval, of the first contrast; "
            "codings: share of single codings whose effect lies where the claim says; placebo: share of placebo packs "
            "that support the claim too."
        )
        head += ["Effect", "Codings", "Placebo"]
    rows = [_row(rebuilt, claim, known, verdicts) for claim in claims]
    return Table(caption, head, rows, frozenset({5, 6, 7}))


def _row(
    rebuilt: Rebuilt, claim: Claim, known: Mapping[str, str], verdicts: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    voice = {"asserts": "", "hedges": " (hedged)"}.get(claim.voice, f" (belief of {claim.holder})")
    row = verdicts.get(claim.id, {})
    why = f": {claim.not_testable}" if claim.not_testable else ""
    verdict = f"{row.get('verdict', known.get(claim.id, 'not judged yet'))}{why}"
    measure = claim.test.measure.split(":", 1) if claim.test else []
    known_measure = len(measure) == 2 and measure[0] in known_measures(rebuilt.first.family, rebuilt.first.names)
    seen = subject(rebuilt.study, *measure) if known_measure else ":".join(measure)
    sign = "−" if claim.sign == "-" else claim.sign
    cells = [f"{claim.paraphrase}{voice}", claim.locator, seen, sign, verdict]
    if not verdicts:
        return cells
    if not row or math.isnan(float(row["effect"])):
        return [*cells, "", "", ""]
    effect = f"{signed(row['effect'])} ({span(row['low'], row['high'])})"
    return [*cells, effect, f"{row['codings']:.0%}", f"{row['placebo']:.0%}"]


BASES = ("explicit", "implied", "not in the article")
RESAMPLES = 300


@dataclass(frozen=True)
class Coder:
    """What a report says of coding."""

    sentences: list[str]
    tables: list[Table]


def coder(rebuilt: Rebuilt) -> Coder:
    """Return what hangs on the coder of a study's numbers."""
    numbers = rebuilt.first.numbers
    open_ = sum(number.coded.basis == BASES[-1] for number in numbers.values())
    told = [
        f"Of {len(numbers):,} coded numbers {open_:,} ({open_ / len(numbers):.0%}) are not in the article: they are "
        "assumptions with a source and a wide range, and each world draws its own value from the range."
    ]
    codings = {each.coding.path: each.coding for each in rebuilt.scenarios.values() if each.coding}
    for coding in codings.values():
        told += [
            f"{coding.file} against the pack:",
            *compared(rebuilt.first.loaded, coding, RESAMPLES).sentences(),
        ]
    tables = [table for table in (_effects(rebuilt.study), _pairs(rebuilt)) if table]
    if not tables and not codings:
        told.append(
            "The study has one coding. A second coder's numbers show what hangs on the first: run the same scenarios "
            "with --coding, or compare with --coding."
        )
    return Coder(told, [*tables, _bases(rebuilt)])


def _effects(study: Study) -> Table | None:
    """Return the effects under each coding that the study has of all its scenarios, and how they differ."""
    alike, focus = comparable(study), str(study.manifest["focus"])
    plain = [name for name in alike.scenarios if "@" not in name]
    tags = dict.fromkeys(f"@{name.partition('@')[2]}" for name in alike.scenarios if "@" in name)
    whole = [tag for tag in tags if all(f"{name}{tag}" in alike.scenarios for name in plain)]
    recorded = all(focus in alike.measures(name).get(study.headline, []) for name in alike.scenarios)
    if not whole or len(plain) < 2 or not recorded:
        return None
    rows = [_effect(alike, row) for row in differences(alike, [f"{study.headline}:{focus}"], whole).differences]
    caption = (
        f"{subject(study, study.headline, focus)} in {alike.quarters()[-1]}: each scenario's difference to "
        f"“{study.title(study.scenarios[0])}” under each coding, and how far the coding changes the difference."
    )
    return Table(caption, ["Scenario", "Coding", "Difference", "95 %", "Simultaneous"], rows, frozenset({2, 3, 4}))


def _effect(study: Study, row: Difference) -> list[str]:
    name, _, tag = row.scenario.partition(" in @")
    coding = f"{tag} minus the pack's own" if tag and row.baseline == name else tag or "the pack's own"
    found = row.estimate
    return [study.title(name), coding, found.text(), found.interval, found.all_at_once]


def _pairs(rebuilt: Rebuilt) -> Table | None:
    """Return the focus dyad's alignment under each coding of the same scenario."""
    study, focus = rebuilt.study, str(rebuilt.study.manifest["focus"])
    coded = [name for name, scenario in rebuilt.scenarios.items() if study.about(name).get("coding")]
    kept = [name for name in study.scenarios if focus in study.measures(name).get(study.headline, [])]
    if not coded or not kept:
        return None
    rows = []
    for name in kept:
        low, middle, high = np.quantile(study.values(study.headline, focus, name, quarter=-1), [0.05, 0.5, 0.95])
        coding = study.about(name).get("coding")
        rows.append([study.title(name), coding["path"] if coding else "the pack's own", study.quarters(name)[-1],
                     f"{middle:.3f}", f"{low:.3f} to {high:.3f}"])  # fmt: skip
    caption = f"{subject(study, study.headline, focus)} by coding: median of worlds, and 5 to 95 % of them."
    return Table(caption, ["Scenario", "Coding", "Quarter", "Median", "90 % of worlds"], rows, frozenset({3, 4}))


def _bases(rebuilt: Rebuilt) -> Table:
    """Return how many numbers of each part of the pack the article says, implies or leaves open."""
    counts: dict[str, Counter[str]] = {}
    for path, number in rebuilt.first.numbers.items():
        counts.setdefault(group_of(rebuilt.first, path), Counter())[number.coded.basis] += 1
    rows = [
        [group, str(found.total()), *(str(found[basis]) for basis in BASES), f"{found[BASES[-1]] / found.total():.0%}"]
        for group, found in counts.items()
    ]
    head = ["Numbers of", "All", "Said in the article", "Implied", "Not in the article", "Share not in it"]
    caption = "What rests on the article: coded numbers by what they are of and by their basis."
    return Table(caption, head, rows, frozenset(range(1, 6)))
