"""The rules of `diplomacy` that a weight can switch off, and what each lets one ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    off : weights by path, and the value at which the rule does nothing
    asks : what can be asked of the model because of it
    """

    name: str
    off: Mapping[str, float]
    asks: str


def _without(*weights: str) -> dict[str, float]:
    return {f"weight.{name}": 0.0 for name in weights}


RULES = [
    Rule("similarity in a tie", _without("value_similarity"), "what a stance does to joint work"),
    Rule("threats in common", _without("value_threat"), "what a shared danger does"),
    Rule("usefulness", _without("value_usefulness"), "what means, contribution and esteem of a partner bring"),
    Rule("appetite", _without("value_appetite"), "what a wish for a domain, or its opening, does"),
    Rule("likeness", _without("value_likeness"), "whether the liberal order binds, once a state's attachment changes"),
    Rule("capability", _without("value_capability"), "whether strength attracts"),
    Rule("practice", _without("value_practice"), "whether habit binds"),
    Rule("friends in common", _without("value_friends"), "whether a partner's partners matter"),
    Rule("trust in a tie", _without("value_trust"), "whether lost trust costs joint work"),
    Rule("formats in common", _without("value_formats"), "what a seat in a format does"),
    Rule("need", _without("need"), "what a weaker ally does to the search for others"),
    Rule("pressure on a tie", _without("pressure_cost"), "whether pressure frightens the dependent away"),
    Rule("unlocking", _without("unlocked"), "what an agreement opens"),
    Rule("leaning of hedgers", _without("leaning"), "whether a hedger turns to the other pole"),
    Rule("effort", _without("effort"), "what staff and attention do"),
    Rule("crowding by the tie", _without("crowding"), "whether a better partner crowds out another"),
    Rule("agenda", _without("agenda"), "what meetings of ministers and leaders carry"),
    Rule("work follows the tie", _without("domain_tie"), "whether a change of the tie reaches joint work"),
    Rule(
        "words follow the tie",
        _without("document_tie", "tier_tie", "leaders_tie", "ministers_tie", "visit_tie"),
        "whether a change of the tie reaches documents and meetings",
    ),
    Rule("memory of practice", _without("practice_pace"), "whether anything lasts after a policy ends"),
    Rule("agreements follow the tie", _without("hazard_change"), "whether a policy brings agreements"),
    Rule("agreements follow agreements", _without("hazard_rungs", "hazard_degree"), "whether one leads to the next"),
    Rule("news of trust", _without("trust_news"), "what stances, deeds and suspicion do to trust"),
    Rule("the unclear", _without("unclear"), "what clarity is worth"),
    Rule("forum on exports", _without("forum_effect"), "what consultation is worth"),
    Rule("delivery", _without("trust_delivered"), "whether joint work builds trust"),
    Rule("breach", _without("trust_breach"), "what a broken word costs"),
    Rule("return of trust", _without("trust_return"), "how long a loss of trust lasts"),
    Rule("rupture", _without("rupture"), "what a lost contract breaks"),
    Rule("loss in the rival", _without("rival_loss"), "whether the seller that gains is blamed"),
    Rule("formats in coercion", _without("coercion_formats"), "what a seat in a format costs"),
    Rule("excitement", _without("excitement"), "whether coercion comes in series"),
    Rule("third parties", _without("third_parties"), "whether others take note of coercion"),
    Rule("fear", _without("fear"), "whether coercion raises threats"),
    Rule("hardening", _without("hardening"), "whether coercion hardens positions"),
    Rule("trust in the challenger", _without("coercion_trust"), "whether coercion costs trust"),
    Rule("drift", _without("drift"), "how far positions wander"),
    Rule("jumps", _without("jumps"), "what sudden turns do"),
    Rule("elections", _without("election_size"), "what a change of government does"),
    Rule("influence", _without("influence"), "whether partners' stances spread"),
    Rule("joining by likeness", _without("joining_likeness"), "whom a format's character attracts"),
    Rule("joining by backing", _without("joining_backing"), "what a member's word is worth"),
    Rule("founding and rising of formats", _without("founding", "rising"), "what becomes of an announced format"),
]

CANNOT = {
    "chill": "its weight is a factor; it cannot reach 1, which is off",
    "effort of rivals": "crowding at 0 still counts the effort of substitutes",
    "substitutes by capability (reach)": "a constant of the pack, taken at its best value",
    "large contracts and orders": "rates: at 0 there is nothing to lose, which is no rule switched off",
    "the coded hazards of agreements": "numbers of the pack, not weights",
    "mutual similarity of third parties, steps by 4 x (1 - x), log-odds of trust": "forms, without a weight",
    "2+2 not held twice in half a year": "a constant",
    "joining by the tie, and shyness of whom a format is aimed at": "no weight of their own",
}
