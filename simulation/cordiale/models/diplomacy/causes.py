"""Why a dyad changed: each cause's part of a quarter's change of trust, practice and similarity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.models.base import CauseLabels, Step
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.presence import among_present
from cordiale.models.diplomacy.world import World
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array
from cordiale.models.similarity import similarity_by_issue

PARTS = {
    "similarity": "how near their positions are",
    "depth": "agreements in force",
    "practice": "work done together",
    "trust": "mean of both directions",
}
TRUST = {
    "delivered": "joint work delivered",
    "breach": "news of breach",
    "shortfall": "shortfall against expectation",
    "return": "return to the baseline",
}


class Causes:
    """The causes of a dyad's changes; they add up to the change in each world (a test holds them to 1e-9)."""

    def levels(self, model: Diplomacy, one: int, other: int) -> dict[str, Array]:
        """Return quantity -> (worlds,): trust both ways, practice, similarity."""
        now = model.now
        parts = similarity_by_issue(now.position, model.parameters.salience)
        return {
            f"trust {_directed(model, one, other)}": now.trust[:, one, other],
            f"trust {_directed(model, other, one)}": now.trust[:, other, one],
            "practice": now.practice_mean[:, one, other],
            "similarity": 1 + np.asarray(sum(parts[:, one, other, k] for k in range(parts.shape[-1]))),
        }

    def causes(self, step: Step, one: int, other: int) -> dict[tuple[str, str], Array]:
        """Return (quantity, cause) -> (worlds,) what the cause added in the quarter."""
        model, before = step.model, step.before
        changes: dict[tuple[str, str], Array] = {}
        for i, j in ((one, other), (other, one)):
            for cause, change in model.trust_changes[i].items():
                changes[f"trust {_directed(model, i, j)}", cause] = np.broadcast_to(change, before.trust[:, 0].shape)[
                    :, j
                ].copy()
        changes |= _practice(model, before, one, other)
        old = similarity_by_issue(before.position, step.numbers_before.salience)[:, one, other]
        new = similarity_by_issue(model.now.position, model.parameters.salience)[:, one, other]
        for k, issue in enumerate(model.structure.names.issues):
            changes["similarity", issue] = new[:, k] - old[:, k]
        return changes

    def terms(self, step: Step, one: int, other: int) -> dict[str, Array]:
        """Return mean worth of an initiative in a domain by term, as it stood when the quarter's choices were made."""
        model, before = step.model, step.before
        after, model.now = model.now, among_present(before, model.now.present)
        try:
            state = model.states[one]
            found = {}
            for term in (*state.PAIR_TERMS, *state.DOMAIN_TERMS):
                worth = state.weighted(term)
                column = np.broadcast_to(worth, (before.worlds, len(model.states), *worth.shape[2:]))[:, other]
                found[term] = column if column.ndim == 1 else column[:, :-1].mean(axis=1)
            return {term: np.asarray(value).copy() for term, value in found.items()}
        finally:
            model.now = after

    def in_parts(self, quantity: str) -> tuple[str, float]:
        """Return the part of alignment that a quantity belongs to, and how much of it a unit is."""
        part = quantity.split()[0]
        return part, 1.0 if part == "practice" else 0.5  # two directions of trust; similarity runs from -1 to 1

    def reads(self, names: Names) -> list[str]:
        """Return the agreements, whose weights are what depth is made of."""
        return [f"agreement.{name}" for name in names.agreements]

    def standing(self, measured: Mapping[str, Array], drawn: Parameters) -> dict[tuple[str, str, str], Array]:
        """Return what each agreement in force adds to depth."""
        weight = drawn.arrays["weight"]
        whole = np.asarray(sum(weight[:, a] for a in range(weight.shape[1])))
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
        return {"practice": "Practice, mean over domains", "similarity": "Policy similarity"}[head]

    def cause_labels(self, quantity: str, cause: str, pack: Pack) -> CauseLabels:
        """Return what a cause is called; the short labels of practice are the same for all domains."""
        if quantity == "practice":
            proposer, proposes, domain = cause.partition(" proposes ")
            if not proposes:
                return CauseLabels(cause, cause, "Practice: decay without work")
            short = f"{pack.states[proposer].name} proposes"
            return CauseLabels(
                short, f"{short}: {pack.case.domains[domain].label}", f"Practice: joint work that {short}"
            )
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


def _practice(model: Diplomacy, before: World, i: int, j: int) -> dict[tuple[str, str], Array]:
    """Growth by who proposed what (halves where both did), and decay."""
    gain, decay = model.weight("practice_gain"), model.weight("practice_decay")
    domains = model.structure.names.domains
    changes: dict[tuple[str, str], Array] = {}
    lost, both = np.zeros(before.worlds), model.now.present[:, i] & model.now.present[:, j]
    for d, domain in enumerate(domains):
        practice = before.practice[:, i, j, d]
        by_one, by_other = model.now.confirmed[:, i, j, d], model.now.confirmed[:, j, i, d]
        growth = gain * (1 - practice) / len(domains)
        for code, mine, others in ((i, by_one, by_other), (j, by_other, by_one)):
            share = mine * np.where(others, 0.5, 1.0)
            changes["practice", f"{model.states[code].code} proposes {domain}"] = growth * share
        lost -= np.where(by_one | by_other | ~both, 0.0, decay * practice) / len(domains)
    changes["practice", "decay"] = lost
    return changes
