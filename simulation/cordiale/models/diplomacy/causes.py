"""Why a dyad changed: each cause's part of a quarter's change of trust, activity and similarity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.models.base import CauseLabels, Step
from cordiale.models.diplomacy import events, ties
from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array

if TYPE_CHECKING:  # words about causes are wanted where no model runs, and a model takes a second to load
    from cordiale.models.diplomacy.model import Diplomacy

PARTS = {
    "similarity": "how near their positions are, deeds left out",
    "depth": "agreements in force",
    "activity": "what they did together in the last year, as a logarithm",
    "trust": "mean of both directions",
}
TRUST = {
    "delivered": "cooperation delivered, more or less than usual",
    "deeds": "deeds, more or less than expected",
    "suspicion": "suspected flows, more or less than usual",
    "stances": "stances that it watches",
    "breach": "news of breach",
    "return": "return to the baseline",
    "rupture": "rupture over a contract",
    "repair": "repair of a rupture",
    "coercion": "coercion, its own and of others like it",
    "bounds": "the ends of the scale",
}
PASSING = ("breach", "rupture", "repair")  # causes that are there in some quarters only
KINDS = {
    "leaders": "meetings of leaders", "two_plus_two": "2+2 meetings", "exercise": "exercises at sea",
    "exercise_land": "exercises on land", "exercise_air": "exercises in the air", "document": "visions and roadmaps",
    "tier": "partnerships raised a tier", "visit": "state visits", "multinational": "multinational exercises joined",
    "call": "calls of a carrier or amphibious group", "arms_order": "orders of large weapons",
}  # fmt: skip


class Causes:
    """The causes of a dyad's changes, in spreads of the part; they add up in each world (a test holds them to 1e-9)."""

    def levels(self, model: Diplomacy, one: int, other: int) -> dict[str, Array]:
        """Return quantity -> (worlds,): trust both ways, activity, similarity, in SD across dyads at the start."""
        spread, trust = model.standards.spread_of_parts, model.now.trust
        dyad = model.structure.dyad[one, other]
        return {
            f"trust {_directed(model, one, other)}": trust[one, other] / spread["trust"],
            f"trust {_directed(model, other, one)}": trust[other, one] / spread["trust"],
            "activity": np.log(events.activity(model)[dyad] + events.LEAST) / spread["activity"],
            "similarity": (1.0 + _similarity(model, model.now.position, model.numbers, one, other).sum(axis=0))
            / spread["similarity"],
        }

    def causes(self, step: Step, one: int, other: int) -> dict[tuple[str, str], Array]:
        """Return (quantity, cause) -> (worlds,) what the cause added in the quarter."""
        model, before = step.model, step.before
        spread, changes = model.standards.spread_of_parts, {}
        moved = dict.fromkeys(PASSING, np.zeros_like(before.trust)) | model.trust_changes
        for i, j in ((one, other), (other, one)):
            quantity, whole = f"trust {_directed(model, i, j)}", model.now.trust[i, j] - before.trust[i, j]
            both = model.here[i] & model.here[j]
            for cause, change in moved.items():
                part = change[i, j] * both
                changes[quantity, cause] = part / spread["trust"]
                whole = whole - part
            changes[quantity, "bounds"] = whole / spread["trust"]
        changes |= self._activity(step, one, other)
        old = _similarity(model, before.position, Numbers(step.numbers_before, model.structure), one, other)
        new = _similarity(model, model.now.position, model.numbers, one, other)
        for at, k in enumerate(model.structure.index_issues):
            changes["similarity", model.structure.names.issues[k]] = (new[at] - old[at]) / spread["similarity"]
        return changes

    def _activity(self, step: Step, one: int, other: int) -> dict[tuple[str, str], Array]:
        """Return what each kind of event adds: its part of the change in a year's events."""
        model, structure = step.model, step.model.structure
        dyad = structure.dyad[one, other]
        ages = (step.quarter, step.quarter + 1)
        before, after = (
            events.by_kind(world, structure, model.start.expected, age)
            for world, age in zip((step.before, model.now), ages, strict=True)
        )
        moved = {kind: after[kind][dyad] - before[kind][dyad] for kind in structure.joint}
        old, new = (sum(found[kind][dyad] for kind in structure.joint) for found in (before, after))
        gained = np.log((new + events.LEAST) / (old + events.LEAST)) / model.standards.spread_of_parts["activity"]
        whole = new - old
        each = np.divide(gained, whole, out=np.zeros_like(whole), where=np.abs(whole) > 1e-12)
        return {("activity", kind): each * change for kind, change in moved.items()}

    def terms(self, step: Step, one: int, other: int) -> dict[str, Array]:
        """Return what each term has added to the tie since the start, over all issues: (worlds,) in spreads."""
        model, before = step.model, step.before
        after, quarter = model.now, model.quarter
        model.resume(before, step.quarter)
        model.look()
        try:
            return ties.gained(model, model.structure.dyad[one, other])
        finally:
            model.resume(after, quarter)

    def in_parts(self, quantity: str) -> tuple[str, float]:
        """Return the part of alignment that a quantity belongs to, and how much of it a unit is."""
        part = quantity.split()[0]
        return part, 0.5 if part == "trust" else 1.0  # two directions of trust

    def reads(self, names: Names) -> list[str]:
        """Return the agreements, whose weights are what depth is made of."""
        return [f"agreement.{name}" for name in names.agreements]

    def standing(
        self, measured: Mapping[str, Array], drawn: Parameters, rules: Any
    ) -> dict[tuple[str, str, str], Array]:
        """Return what each agreement in force adds to depth, in spreads."""
        weight = drawn.arrays["weight"]
        whole = np.asarray(sum(weight[:, a] for a in range(weight.shape[1]))) * rules.standards.spread_of_parts["depth"]
        return {
            ("depth", "agreement", name.partition(".")[2]): held * weight[:, a] / whole
            for a, (name, held) in enumerate(measured.items())
        }

    def part_meaning(self, part: str) -> str:
        """Return what a part of alignment is, in a few words."""
        return PARTS[part]

    def quantity_label(self, quantity: str, pack: Pack) -> str:
        """Return what a quantity is called."""
        head, _, directed = quantity.partition(" ")
        if directed:
            one, other = (pack.states[code].name for code in directed.split(">"))
            return f"Trust of {one} in {other}"
        return {"activity": "Activity", "similarity": "Policy similarity"}[head]

    def cause_labels(self, quantity: str, cause: str, pack: Pack) -> CauseLabels:
        """Return what a cause is called."""
        if quantity == "activity":
            kind = KINDS.get(cause) or pack.case.domains[cause].label
            return CauseLabels(kind, kind, f"Activity: {kind}")
        if quantity == "agreement":
            held = f"{pack.case.agreements[cause].label} in force"
            return CauseLabels(held, held, f"Depth: {held}")
        if quantity == "similarity":
            issue = pack.case.issues[cause].label
            return CauseLabels(issue, issue, f"Similarity: {issue}")
        reason = TRUST.get(cause, cause.replace("_", " "))
        return CauseLabels(reason, reason, f"{self.quantity_label(quantity, pack)}: {reason}")


def _directed(model: Diplomacy, one: int, other: int) -> str:
    return f"{model.states[one].code}>{model.states[other].code}"


def _similarity(model: Diplomacy, position: Array, numbers: Numbers, one: int, other: int) -> Array:
    """Return what each issue of the index takes from similarity (0 to 1) of two states: (issues, W)."""
    issues = model.structure.index_issues
    if not issues:
        return np.zeros((0, position.shape[-1]))
    share = numbers.shares[tuple(issues)]
    gap = np.abs(position[one, issues] - position[other, issues])
    return -(share[:, one] + share[:, other]) / 2.0 * gap
