"""What hangs on the coder: another coding where the study has one, else how much of it the article leaves open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.agreement import compared
from cordiale.analysis.compare import Difference, differences
from cordiale.output.report.elements import Table, comparable, digits, signed, span
from cordiale.output.report.rebuilt import Rebuilt
from cordiale.output.report.sources import group_of
from cordiale.study.labels import subject
from cordiale.study.study import Study

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
    return Table(caption, ["Scenario", "Coding", "Difference", "95 %", "All at once"], rows, frozenset({2, 3, 4}))


def _effect(study: Study, row: Difference) -> list[str]:
    name, _, tag = row.scenario.partition(" in @")
    coding = f"{tag} minus the pack's own" if tag and row.baseline == name else tag or "the pack's own"
    mean, found = float(row.effect.mean[-1]), row.effect
    fine = digits(mean)
    interval = span(float(found.low[-1]), float(found.high[-1]), fine)
    return [study.title(name), coding, signed(mean, fine), interval, span(*row.together, fine)]


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
