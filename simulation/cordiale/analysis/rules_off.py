"""The rules of `diplomacy` that a weight can switch off: what each lets one ask, and what is lost without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cordiale.analysis.calibrate import record_of
from cordiale.analysis.hazards import origin_of, origins_before
from cordiale.analysis.levers import Found, LeverTable
from cordiale.analysis.properties import Row, property_rows
from cordiale.case.register import has_register, read_register, start_year
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.units import SMALL
from cordiale.scenario.expectations import load_expectations
from cordiale.scenario.load import Scenario, load_scenario

LEAST_SHIFT = 0.02  # SD across dyads, below which a change of an effect is not told
LEAST_LOSS = 0.0005  # of log loss, below which it is the same
PROPERTY_WORLDS = 500  # of which one in a hundred is seen


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    off : weights by path, and the value at which the rule does nothing
    asks : what can be asked of the model because of it
    covariates : of the hazards of agreements, that go with it
    """

    name: str
    off: Mapping[str, float]
    asks: str
    covariates: tuple[str, ...] = ()


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
    Rule("agreements of the like-minded", _without("hazard_similarity"), "whether stances lead to agreements",
         ("similarity",)),
    Rule("agreements against a threat", _without("hazard_threat"), "whether shared fear does", ("threat",)),
    Rule("agreements of liberal states", _without("hazard_likeness"), "whether a shared order does", ("likeness",)),
    Rule("agreements with the strong", _without("hazard_capability"), "whether strength does", ("capability",)),
    Rule("agreements follow agreements", _without("hazard_rungs", "hazard_degree"), "whether one leads to the next",
         ("rungs", "degree")),
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
]  # fmt: skip

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


# ----------------------------------------------------------------
# What is lost without a rule.


@dataclass(frozen=True)
class Off:
    """What is left of the model without a rule, against the model with it.

    Attributes
    ----------
    asked : expectations;  hits_with : those seen as expected with all rules
    lost : (with, without) of expectations seen with the rule, and without it not seen or less than half as large
    turned : of those of wrong sign without it;  most : of the three whose size changes most
    faces : (with, without) of properties of the baseline that hold with it or without it, and not both
    losses : (with, without) a held-out log loss an origin; none where the rule is not of the hazards
    """

    rule: Rule
    asked: int
    hits_with: int
    lost: list[tuple[Found, Found]]
    turned: list[tuple[Found, Found]]
    most: list[tuple[Found, Found]]
    faces: list[tuple[Row, Row]]
    losses: list[tuple[float, float]]

    @cached_property
    def carries(self) -> bool:
        """Whether anything hangs on the rule: an effect, a property of the baseline, or what is foretold."""
        moved = any(_shift(pair) >= SMALL for pair in self.most)
        return bool(self.lost or self.turned or moved or self.faces) or any(
            abs(without - with_) >= LEAST_LOSS for with_, without in self.losses
        )


def rules_off(worlds: int = 60, pack: str | None = None, only: Sequence[str] = ()) -> list[Off]:
    """Return what each rule carries: of a pack's table of levers, its baseline, and its record of agreements.

    Parameters
    ----------
    worlds : of the table of levers
    only : names of rules; all where there is none

    Raises
    ------
    OptionError for a pack without expectations, and for a name that no rule has
    """
    rules = {rule.name: rule for rule in RULES}
    for wanted in only:
        if wanted not in rules:
            raise OptionError(f"--rule {short(wanted)}: no rule of that name{did_you_mean(wanted, rules)}")
    return list(_Whole(load_scenario("baseline", pack=pack), worlds).without([rules[name] for name in only] or RULES))


class _Whole:
    """The model with all its rules, as rules are taken from it one at a time."""

    def __init__(self, baseline: Scenario, worlds: int) -> None:
        expectations = load_expectations(baseline.loaded.folder)
        if expectations is None:
            raise OptionError(f"the pack '{baseline.loaded.pack.name}' has no expectations.yaml among its scenarios")
        self.baseline, self.worlds, self.pack = baseline, worlds, baseline.loaded.folder
        self.table = LeverTable(expectations, placebos=False)
        loaded = baseline.loaded
        self.record = record_of(loaded, read_register(loaded)) if has_register(loaded) else None
        self.origins = origins_before(start_year(baseline.loaded.pack))

    def without(self, rules: Sequence[Rule]) -> Iterator[Off]:
        effects, faces = self.table.measured(self.worlds), self._faces({})
        losses = self._losses(())
        for rule in rules:
            left = self._losses(rule.covariates) if rule.covariates else []
            yield off(
                rule, effects, self.table.measured(self.worlds, rule.off), turned_faces(faces, self._faces(rule.off)),
                list(zip(losses, left, strict=False)),
            )  # fmt: skip

    def _faces(self, fixed: Mapping[str, float]) -> list[Row]:
        scenario = load_scenario("baseline", set=dict(fixed), pack=self.pack)
        return property_rows(scenario, PROPERTY_WORLDS)

    def _losses(self, without: Sequence[str]) -> list[float]:
        """Return the log loss of the years after each origin, with some covariates left out; none without a record."""
        if self.record is None:
            return []
        return [origin_of(self.record, year, without).rivals[0].log_loss for year in self.origins]


def off(
    rule: Rule, whole: Sequence[Found], without: Sequence[Found], faces: Sequence[tuple[Row, Row]] = (),
    losses: Sequence[tuple[float, float]] = (),
) -> Off:  # fmt: skip
    """Return what a rule carries, from the table of levers with it and without it."""
    pairs = list(zip(whole, without, strict=True))
    seen = [pair for pair in pairs if pair[0].as_expected]
    changed = sorted(pairs, key=_shift, reverse=True)
    return Off(
        rule,
        len(pairs),
        len(seen),
        [pair for pair in seen if _is_lost(*pair)],
        [pair for pair in pairs if pair[1].verdict == "wrong" and pair[0].verdict != "wrong"],
        [pair for pair in changed[:3] if _shift(pair) >= LEAST_SHIFT],
        list(faces),
        list(losses),
    )


def turned_faces(whole: Sequence[Row], without: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return the properties that hold in one of two baselines and not in the other."""
    return [pair for pair in zip(whole, without, strict=True) if pair[0]["holds"] != pair[1]["holds"]]


def _is_lost(whole: Found, without: Found) -> bool:
    if whole.expected.sign == "0":
        return not without.as_expected
    return bool(without.effect * np.sign(whole.effect) < abs(whole.effect) / 2)


def _shift(pair: tuple[Found, Found]) -> float:
    return abs(float(np.nan_to_num(pair[1].size - pair[0].size)))
