"""A case pack from public data: votes, pacts, capability, trade and disputes of some states to a year."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from cordiale.case.public import disputes, pacts, power, states, trade, votes
from cordiale.case.public.tables import TABLES, Data, Measured, year_of
from cordiale.files.errors import OptionError, short
from cordiale.scenario.words import render

FEWEST, SEPARATE = 2, 0.5  # states of a pack; a threat that makes two of them rivals
CITATION = (
    "Public data to {year}: Bailey, Strezhnev and Voeten 2017 (votes); Singer, Bremer and Stuckey 1972 (capability); "
    "Leeds, Ritter, Mitchell and Long 2002 (alliances); Kinne 2020 (defence agreements); US International Trade "
    "Commission, ITPD-E release 1 (trade); Palmer and others 2022 (disputes); Thompson, Sakuwa and Suhas 2021 "
    "(rivalries)"
)


def pack_texts(name: str, codes: Sequence[str], year: int, folder: Path | None = None) -> tuple[dict[str, str], str]:
    """Return the texts of a pack from data, by their names in its folder, and that of its baseline.

    Parameters
    ----------
    codes : states of ISO 3166; the first two are those whom the pack is about
    year : the last whose data count
    folder : of the user's own tables, in the columns of ours

    Raises
    ------
    OptionError for a year or a state that the tables do not know; FileError for a fault in a user's table
    """
    codes = list(codes)
    if len(codes) < FEWEST:
        raise OptionError(
            f"--states {short(','.join(codes))}: at least two states, and better some more to compare with"
        )
    data, year = Data(folder), year_of(year)
    states.check_known(data, codes)
    words = _Words(data, codes, year)
    command = f"cordiale new pack {name} --from-data --states {','.join(codes)} --year {year}"
    command += f" --data {folder}" if folder is not None else ""
    common = {"name": name, "codes": codes, "year": year, "names": words.names, "command": command}
    texts = {
        "case.yaml": render("from_data/case.yaml.j2", **common, **words.case()),
        "ties.yaml": render("from_data/ties.yaml.j2", **common, **words.ties()),
        "README.md": render("from_data/README.md.j2", **common, **words.readme()),
    }
    for code in codes:
        texts[f"{code}.yaml"] = render("from_data/state.yaml.j2", **common, code=code, state=words.state(code))
    positions = [f"position.{topic}" for topic in votes.TOPICS]
    return texts, render("from_data/baseline.yaml.j2", **common, pair=words.pair, positions=positions)


def _measured(number: Measured, locator: str) -> str:
    """Return a number of the data as it stands in a file: what the data set has, and the figures as the source."""
    said = f"paraphrase: {_quoted(GIVES[locator])}, source: {_quoted(f'{number.source}: {number.says}')}"
    return f"{{{_range(number.low, number.best, number.high)}, basis: explicit, locator: {locator}, {said}}}"


def _assumed(low: float, best: float, high: float, why: str) -> str:
    """Return a number that the data do not know."""
    source = _quoted(f"assumption: no data set knows {why}")
    return f"{{{_range(low, best, high)}, basis: not in the article, source: {source}}}"


def _range(low: float, best: float, high: float) -> str:
    return f"low: {_digits(low)}, best: {_digits(best)}, high: {_digits(high)}"


def _digits(value: float) -> str:
    return f"{round(value, 4) + 0.0:g}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


GIVES = {  # what the paragraphs of case.yaml, which stand for data sets, say of a state or a pair
    "Votes 1": "an ideal point on the topic, with its posterior",
    "Votes 2": "an ideal point over all votes, with its posterior",
    "Capability 1": "military means, as shares of the largest",
    "Pacts 2": "first signatures of two decades",
    "Trade 1": "a share of exports and imports",
    "Disputes 1": "disputes and rivalries, counted",
}


class _Words:
    """What the templates say of some states."""

    def __init__(self, data: Data, codes: list[str], year: int) -> None:
        self.data, self.codes, self.year = data, codes, year
        self.names = {code: states.name_of(data, code) for code in codes}
        self.pair = f"{self.names[codes[0]]} and {self.names[codes[1]]}"
        self.challengers = disputes.challengers(data, codes, year)
        self.bonds = pacts.bonds(data, codes, year)
        self.threats = {
            (code, by): disputes.threat(data, code, by, year)
            for code in codes for by in self.challengers if code != by
        }  # fmt: skip
        self.poles = self._poles()

    def _poles(self) -> list[str]:
        ranked = power.strongest(self.data, self.codes, self.year)
        bound = {frozenset(bond.pair) for bond in self.bonds if bond.agreement == pacts.TREATY}
        apart = [code for code in ranked[1:] if frozenset((ranked[0], code)) not in bound]
        return [ranked[0], (apart or ranked[1:])[0]]

    # ------------------------------------------------------------ case.yaml

    def case(self) -> dict[str, Any]:
        return {
            "title": f"{self.pair} in public data to {self.year}", "citation": CITATION.format(year=self.year),
            "poles": self.poles, "challengers": self.challengers, "topics": votes.TOPICS,
            "provoked": [code for code in self.challengers if self._position(code, "human_rights").best < SEPARATE],
            "agreements": self._agreements(), "levers": self._levers(),
        }  # fmt: skip

    def _position(self, code: str, topic: str) -> Measured:
        return votes.position(self.data, code, topic, self.year)

    def _agreements(self) -> dict[str, dict[str, Any]]:
        return {name: self._agreement(name, *about) for name, about in AGREEMENTS.items()}

    def _agreement(
        self, name: str, label: str, weight: tuple[float, float, float], follows: list[str]
    ) -> dict[str, Any]:  # fmt: skip
        dated = any(name == kind for kind, *_ in pacts.KINDS)  # of alliances the tables have no signatures to count
        return {
            "label": label, "follows": follows,
            "weight": _assumed(*weight, "how much depth this kind of agreement adds"),
            "implies": [] if name == pacts.CONSULTATION else [pacts.CONSULTATION],
            "opens": _measured(pacts.opening(self.data, name, self.year), "Pacts 2") if dated else "",
        }  # fmt: skip

    def _levers(self) -> list[dict[str, Any]]:
        first, second = self.codes[:2]
        levers = [self._vote(code, topic, about) for code in (first, second) for topic, about in votes.TOPICS.items()]
        levers += [self._held(name, about["label"]) for name, about in self._agreements().items()]
        levers += [self._coercion(code) for code in self.challengers]
        return [{"shock": False, "held_by": [], "named": []} | lever for lever in levers]

    def _vote(self, code: str, topic: str, about: str) -> dict[str, Any]:
        name = self.names[code]
        return {
            "name": f"{code.lower()}_{topic}", "label": f"Votes of {name} on {about}", "locator": "Votes 1",
            "says": f"where the votes of {name} on {about} put it", "moves": f"{code}.{topic}.ideal: [0, 1]",
            "held_by": [code],
            "named": [f"{name} turns to the low end on {about}", f"{name} turns to the high end on {about}"],
        }  # fmt: skip

    def _held(self, agreement: str, label: str) -> dict[str, Any]:
        dyad, kind = "-".join(sorted(self.codes[:2])), label[0].lower() + label[1:]
        held = next((bond for bond in self.bonds if "-".join(bond.pair) == dyad and bond.agreement == agreement), None)
        alliance = agreement in (pacts.CONSULTATION, pacts.TREATY)
        return {
            "name": f"{agreement}_held", "label": f"{label} of {self.pair}",
            "locator": "Pacts 1" if alliance else "Pacts 2",
            "says": held.says if held else f"no {kind} of the two is in the table",
            "moves": f"{dyad}.agreement.{agreement}: [0, 1]", "held_by": self.codes[:2],
            "named": [f"{self.pair} are without: {kind}", f"{self.pair} have in force: {kind}"],
        }  # fmt: skip

    def _coercion(self, by: str) -> dict[str, Any]:
        targets = [code for code in self.codes[:2] if code != by]
        return {
            "name": f"{by.lower()}_coercion", "label": f"Coercion by {self.names[by]}", "locator": "Disputes 1",
            "says": "; ".join(f"{self.names[code]}: {self.threats[code, by].says}" for code in targets),
            "moves": ", ".join(f"{by}>{code}.coercion: [0, 1]" for code in targets), "shock": True,
        }  # fmt: skip

    # ------------------------------------------------------------ a state's file

    def state(self, code: str) -> dict[str, Any]:
        data, year, pressing = self.data, self.year, code in self.challengers
        quarters, due = states.elections_due(data, code, year)
        hazards = [by for by in self.challengers if by != code]
        return {
            "name": self.names[code], "cow_code": states.cow_code(data, code),
            "behaviour": "Challenger" if pressing else "State",
            "issues": {topic: {"ideal": _measured(self._position(code, topic), "Votes 1"),
                               "salience": _assumed(0.1, 0.5, 0.9, "how much an issue matters to a state")}
                       for topic in votes.TOPICS},
            "resolve": _assumed(0.2, 0.6, 0.9, "how far a state holds to what it wants"),
            "bandwidth": _assumed(0.5, 2, 4, "how wide a state's diplomacy is"),
            "clarity": _assumed(0.1, 0.5, 0.9, "how readable a state's positions are"),
            "liberal_order": _measured(votes.liberal_order(data, code, year), "Votes 2"),
            "assertiveness": _assumed(0.2, 0.6, 0.95, "how hard a state presses when it is provoked"),
            "hits": _measured(disputes.episodes(data, code, self.codes, year), "Disputes 1") if pressing else "",
            "quarters": quarters, "due": due,
            "capability": _measured(power.capability(data, code, year), "Capability 1"),
            "threat": {by: _measured(self.threats[code, by], "Disputes 1") for by in hazards},
            "dependence": {by: self._dependence(code, by) for by in hazards},
        }  # fmt: skip

    def _dependence(self, code: str, on: str) -> str:
        found = trade.dependence(self.data, code, on, self.year)
        if found is None:
            return _assumed(
                0, 0.2, 0.7, f"here the trade of {code} with {on}: no row of exports.csv and trade_totals.csv"
            )
        return _measured(found, "Trade 1")

    # ------------------------------------------------------------ ties.yaml

    def ties(self) -> dict[str, Any]:
        classes = self._classes()
        close = next((kind for kind in ("partner", "allied") if classes[kind]["dyads"]), None)
        return {"bonds": self.bonds, "classes": classes, "close": close}

    def _classes(self) -> dict[str, dict[str, Any]]:
        bound: dict[str, set[str]] = {}
        for bond in self.bonds:
            bound.setdefault("-".join(bond.pair), set()).add(bond.agreement)
        dyads: dict[str, list[str]] = {kind: [] for kind in CLASSES}
        for pair in combinations(sorted(self.codes), 2):
            dyads[self._class(pair, bound.get("-".join(pair), set()))].append("-".join(pair))
        return {
            kind: {
                "label": label, "dyads": dyads[kind],
                "trust": _assumed(*trust, "trust; by the kind of tie alone"),
                "exercises": _assumed(*practice, "how much two states exercise together; by the kind of tie alone"),
                "equipment": _assumed(*practice, "how much two states build together; by the kind of tie alone"),
            }
            for kind, (label, trust, practice) in CLASSES.items()
        }  # fmt: skip

    def _class(self, pair: tuple[str, str], bound: set[str]) -> str:
        one, other = pair
        felt = [self.threats[key].best for key in ((one, other), (other, one)) if key in self.threats]
        if max(felt, default=0.0) >= SEPARATE:
            return "rival"
        if pacts.TREATY in bound:
            return "allied"
        return "partner" if bound - {pacts.CONSULTATION} else "other"

    # ------------------------------------------------------------ README.md

    def readme(self) -> dict[str, Any]:
        named = ", ".join(self.names[code] for code in self.challengers) or "None of these states"
        first, last = disputes.window(self.data, self.year)
        why = (
            f"{named}. That is: a rival of {self.pair}, or of one of them; and a state that started two militarised\n"
            f"disputes or more with one of them in {first} to {last}, unless a defence pact binds it to that one, or\n"
            "both to the same state. The rule knows disputes and no intentions: change `hazards` and the files of\n"
            "states where it errs."
        )
        return {"last_agreement": pacts.LAST_AGREEMENT, "why": why, "missing": self._missing()}

    def _missing(self) -> str:
        """Return of which states no row of a table of pairs says anything, so that none is taken as known."""
        told = []
        for name in ("alliances", "defence_agreements", "disputes", "exports"):
            columns = [column for column, about in TABLES[name].columns.items() if about.kind == "state"]
            there = {each.text(column) for each in self.data.rows(name) for column in columns}
            if lacking := [code for code in self.codes if code not in there]:
                told.append(f"{name}.csv has no row of {', '.join(lacking)}")
        if not told:
            return "Each of these states stands in each table; a pair that has no row there has no such tie."
        return f"{'; '.join(told)}: there, none is counted, which may mean that none is known."


AGREEMENTS: dict[str, tuple[str, tuple[float, float, float], list[str]]] = {
    pacts.CONSULTATION: ("Duty to consult", (0.05, 0.15, 0.4), []),
    pacts.GENERAL: ("Defence cooperation agreement", (0.05, 0.2, 0.5), []),
    pacts.TRAINING: ("Agreement on training and exercises", (0.05, 0.2, 0.5), ["exercises"]),
    pacts.EQUIPMENT: ("Agreement on procurement or research", (0.05, 0.2, 0.5), ["equipment"]),
    pacts.TREATY: ("Defence treaty", (0.1, 0.3, 0.7), []),
}
CLASSES: dict[str, tuple[str, tuple[float, float, float], tuple[float, float, float]]] = {
    "rival": (f"One is a challenger, and the other feels a threat of {SEPARATE} or more",
              (0.0, 0.2, 0.5), (0.0, 0.05, 0.3)),
    "allied": ("Bound by a defence pact in force (ATOP 5.1)", (0.4, 0.7, 0.95), (0.15, 0.5, 0.9)),
    "partner": ("A defence cooperation agreement in force (DCAD 1.0), and no pact", (0.25, 0.5, 0.8), (0.05, 0.3, 0.7)),
    "other": ("No such tie in the tables", (0.1, 0.4, 0.7), (0.0, 0.1, 0.4)),
}  # fmt: skip
