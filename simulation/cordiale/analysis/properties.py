"""What must hold of a sound baseline (P1 to P5 and P7 of docs/baseline.md), each property with how it is judged.

Of another pack is asked what does not name a state, a role or a record that it lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cordiale.analysis.hindcast import FIRST, LAST, YEARS, recorded, rungs, simulated
from cordiale.engine.sample import Measured, Sampler, sample
from cordiale.models.measures import request
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario

Row = dict[str, Any]
FEARED = 0.5  # rating of a challenger from which a state should not stand in its bloc
AIMED = 0.5  # how far a format reads as aimed at a challenger, from which that one should stay out


def focus_of(scenario: Scenario) -> tuple[str, list[str]]:
    """Return the dyad that the article is about, and the names of its two states."""
    pack = scenario.loaded.pack
    dyad = scenario.names.dyad(pack.case.focus)
    return dyad, [pack.states[code].name for code in dyad.split("-")]


# ----------------------------------------------------------------
# A baseline, as properties look at it.


class Baseline:
    """The baseline scenario with what was measured of it.

    Parameters
    ----------
    worlds : how many
    """

    def __init__(self, scenario: Scenario, worlds: int) -> None:
        self.scenario, self.names, self.pack = scenario, scenario.names, scenario.loaded.pack
        self.worlds = worlds
        self.dyad, self.pair = focus_of(scenario)
        asked = [measure for each in PROPERTIES for measure in each.reads(self)]
        self.found = sample([scenario], list(dict.fromkeys(asked)), worlds)[0] if asked else {}

    def of(self, measure: str) -> Array:
        """Return a measure of one entity, (worlds, quarters), or of all, (worlds, quarters, entities)."""
        values = self.found[measure]
        return values[..., 0] if ":" in measure else values

    def entities(self, measure: str) -> tuple[str, ...]:
        """Return the entities of a measure in the order of its values."""
        return request(measure, self.names, self.scenario.family).entities

    def name(self, code: str) -> str:
        """Return a state's name."""
        return self.pack.states[code].name

    @cached_property
    def second(self) -> str:
        """The second state of the focus."""
        return self.dyad.split("-")[1]

    @cached_property
    def ally(self) -> str | None:
        """The first pole, where the second state of the focus is bound to it by the treaty."""
        pole, treaty = self.pack.case.poles[0], self.pack.case.roles.treaty
        bound = [{*rung.dyad.split("-")} for rung in self.pack.ties.ladder if rung.agreement == treaty]
        return pole if {pole, self.second} in bound else None

    @cached_property
    def rival(self) -> str | None:
        """The second pole, where it is a challenger and not of the focus."""
        pole = self.pack.case.poles[1]
        return pole if pole in self.names.challengers and pole not in self.dyad else None

    @cached_property
    def hedgers(self) -> list[str]:
        """States that behave as hedgers and are no pole."""
        states, poles = self.pack.states.items(), self.pack.case.poles
        return [code for code, each in states if each.behaviour == "Hedger" and code not in poles]

    @cached_property
    def fearful(self) -> list[tuple[str, str]]:
        """Each state with a challenger that it fears."""
        threats = {code: record.threat for code, record in self.pack.states.items()}
        return [
            (code, challenger)
            for challenger in self.names.challengers
            for code in self.names.states
            if code != challenger and challenger in threats[code] and threats[code][challenger].best >= FEARED
        ]

    @cached_property
    def aimed(self) -> list[tuple[str, str]]:
        """Each format with a challenger at which it reads as aimed."""
        formats = self.pack.case.formats.items()
        return [(name, c) for name, each in formats for c, how in each.aimed_at.items() if how.best >= AIMED]


@dataclass(frozen=True)
class Property:
    """A property of a sound baseline.

    Attributes
    ----------
    reads : the measures it is judged by; none where the pack lacks what it is about
    judge : rows of what was asked, the figure in words, and whether it holds
    """

    name: str
    reads: Callable[[Baseline], list[str]]
    judge: Callable[[Baseline], list[tuple[str, str, bool]]]


def property_rows(scenario: Scenario, worlds: int) -> list[Row]:
    """Return a row for each thing asked of the baseline that can be asked of the pack."""
    baseline = Baseline(scenario, worlds)
    found = [(each, each.judge(baseline)) for each in PROPERTIES if each.reads(baseline)]
    return [row_of(each.name, *judged) for each, rows in found for judged in rows]


def row_of(name: str, asked: str, figure: str, holds: object) -> Row:
    """Return a row of the table of properties."""
    return {"property": name, "asked": asked, "measured": figure, "holds": "yes" if holds else "NO"}


# ----------------------------------------------------------------
# P1 agreements


def _signers(b: Baseline) -> list[str]:
    return [code for code in b.dyad.split("-") if recorded(b.pack, code)]


def _signed(b: Baseline) -> list[str]:
    return [f"signed.{name}" for name in rungs(b.pack) if _signers(b)]


def _agreements(b: Baseline) -> list[tuple[str, str, bool]]:
    codes, rows = _signers(b), []
    past = simulated(b.scenario, codes, b.worlds)
    for code in codes:
        when = f"in {FIRST} to {LAST}, from the ladder of {FIRST - 1}"
        rows.append(_against_record(b, code, when, past[code] / YEARS))
    years = (b.scenario.quarters - 1) / 4
    for code in codes:
        mine = [at for at, dyad in enumerate(b.entities(_signed(b)[0])) if code in dyad.split("-")]
        held = np.stack([b.of(measure)[..., mine] for measure in _signed(b)])
        a_year = (np.diff(held, axis=2) > 0).sum(axis=(0, 2, 3)) / years
        rows.append(_against_record(b, code, "from the start to the horizon", a_year))
    return rows


def _against_record(b: Baseline, code: str, when: str, a_year: Array) -> tuple[str, str, bool]:
    record, (low, high) = recorded(b.pack, code) / YEARS, np.quantile(a_year, [0.05, 0.95])
    asked = (
        f"{b.name(code)}: agreements signed a year {when}; the record of {FIRST} to {LAST} inside 5 to 95 % of worlds"
    )
    return asked, f"{a_year.mean():.2f} ({low:.2f} to {high:.2f}) against {record:.2f}", bool(low <= record <= high)


# ----------------------------------------------------------------
# P2 order of ties, P3 formats and blocs


def _ranks(b: Baseline) -> list[str]:
    return [f"rank:{b.second}>{code}" for code in (b.ally, b.rival) if code]


def _order(b: Baseline) -> list[tuple[str, str, bool]]:
    last, rows = len(b.names.states) - 1, []
    if b.ally:
        first = float((b.of(f"rank:{b.second}>{b.ally}")[:, -1] == 1).mean())
        asked = f"{b.name(b.ally)} the closest tie of {b.name(b.second)} at the horizon, in 90 % of worlds"
        rows.append((asked, f"in {first:.0%}", first >= 0.9))
    if b.rival:
        low = float((b.of(f"rank:{b.second}>{b.rival}")[:, -1] >= last - 2).mean())
        asked = f"{b.name(b.rival)} among the three shallowest ties of {b.name(b.second)}, in 90 % of worlds"
        rows.append((asked, f"in {low:.0%}", low >= 0.9))
    return rows


def _entry(b: Baseline) -> list[tuple[str, str, bool]]:
    rows = []
    for name, challenger in b.aimed:
        inside = float(b.of(f"member.{name}:{challenger}")[:, -1].mean())
        asked = f"{b.name(challenger)} in {b.pack.case.formats[name].label}, in under 1 % of worlds"
        rows.append((asked, f"in {inside:.1%}", inside < 0.01))
    return rows


def _blocs(b: Baseline) -> list[tuple[str, str, bool]]:
    rows = []
    for code, challenger in b.fearful:
        shared = float(b.of(_bloc(b, code, challenger))[:, -1].mean())
        asked = f"the bloc of {b.name(code)} holds {b.name(challenger)}, in under 10 % of worlds"
        rows.append((asked, f"in {shared:.1%}", shared < 0.1))
    return rows


def _bloc(b: Baseline, code: str, challenger: str) -> str:
    return f"same_bloc:{b.names.dyad(f'{code}-{challenger}')}"


def _between(b: Baseline) -> list[str]:
    """Return the ties of each hedger with the first pole, then those with the second."""
    return [f"strength:{b.names.dyad(f'{code}-{pole}')}" for pole in b.pack.case.poles for code in b.hedgers]


def _keep_both(b: Baseline) -> list[tuple[str, str, bool]]:
    with_ = _apart(b, b.found)
    without = _apart(b, Sampler([b.scenario], _between(b)).measured(b.worlds, {"weight.leaning": 0.0})[0])
    asked = "hedgers: the tie with one pole moves less far from that with the other than without the rule"
    return [(asked, f"{with_:.2f} against {without:.2f}", with_ < without)]


def _apart(b: Baseline, found: Measured) -> float:
    """Return the mean over hedgers and worlds of how far their two ties with the poles move apart."""
    moved = np.stack([found[measure][:, -1, 0] - found[measure][:, 0, 0] for measure in _between(b)])
    first, second = np.split(moved, 2)
    return float(np.abs(first - second).mean())


# ----------------------------------------------------------------
# P4 endings and coercion


def _ruptures(b: Baseline) -> list[tuple[str, str, bool]]:
    torn = b.of("ruptures").max(axis=1)
    some = float((torn.max(axis=1) > 0).mean())
    by_dyad = torn.mean(axis=0)
    most = int(by_dyad.argmax())
    figure = f"in {some:.0%} of worlds; most often {b.entities('ruptures')[most]}, in {by_dyad[most]:.1%}"
    return [
        (
            "a rupture somewhere before the horizon: seen, and not the rule (5 to 50 % of worlds)",
            figure,
            0.05 <= some <= 0.5,
        )
    ]


def _episodes(b: Baseline) -> list[tuple[str, str, bool]]:
    rows = []
    for code in b.names.challengers:
        hits = b.of(f"coercion.{code}")[:, 1:]
        a_year = float((hits > 0).sum(axis=(1, 2)).mean() * 4 / hits.shape[1])
        coded = b.pack.states[code].hits
        if coded is None or not coded.best:
            continue
        asked = f"{b.name(code)}: episodes of coercion a year, within a quarter of the coded {coded.best:g}"
        rows.append((asked, f"{a_year:.2f}", abs(a_year / coded.best - 1) <= 0.25))
    return rows


def _provoking(b: Baseline) -> list[tuple[str, str]]:
    """Each challenger with what others hold that it minds and that is no deed."""
    issues = b.pack.case.issues.items()
    return [(c, name) for c in b.names.challengers for name, each in issues if c in each.provokes and not each.deed]


def _year_after(b: Baseline, challenger: str, values: Array) -> tuple[Array, Array]:
    """Return the change of states' values in the year from the quarter of an episode on, and of years without one.

    Parameters
    ----------
    values : (worlds, quarters, states)
    """
    hit = b.of(f"coercion.{challenger}") > 0
    change = values[:, 4:] - values[:, :-4]  # from the end of a quarter to four later
    in_year = np.stack([hit[:, 1 + lag : hit.shape[1] - 3 + lag] for lag in range(4)])
    others = np.array([code != challenger for code in b.names.states])
    after, without = in_year[0], np.logical_not(np.any(in_year, axis=0, keepdims=True))[0]
    return change[..., others][after[..., others]], change[..., others][without[..., others]]


def _hardening(b: Baseline) -> list[tuple[str, str, bool]]:
    rows = []
    for challenger, issue in _provoking(b):
        after, without = _year_after(b, challenger, b.of(f"position.{issue}"))
        if len(after):
            label = b.pack.case.issues[issue].label
            asked = f"{label}: rises in the year after an episode by {b.name(challenger)}, more than without one"
            rows.append(
                (asked, f"{after.mean():+.3f} against {without.mean():+.3f}", after.mean() > max(0.0, without.mean()))
            )
    return rows


def _distrust(b: Baseline) -> list[tuple[str, str, bool]]:
    rows, views = [], b.entities("trusting")
    for challenger in b.names.challengers:
        values = np.zeros(b.of(f"coercion.{challenger}").shape)
        for at, code in enumerate(b.names.states):
            if code != challenger:
                values[..., at] = b.of("trusting")[..., views.index(f"{code}>{challenger}")]
        after, without = _year_after(b, challenger, values)
        if len(after):
            asked = f"trust in {b.name(challenger)}: falls in the year after an episode, more than without one"
            rows.append(
                (asked, f"{after.mean():+.3f} against {without.mean():+.3f}", after.mean() < min(0.0, without.mean()))
            )
    return rows


# ----------------------------------------------------------------
# P5 no drift of the whole, P7 no saturation


def _still(b: Baseline) -> list[tuple[str, str, bool]]:
    strength = b.of("strength")
    change: Array = strength[:, -1] - strength[:, 0]
    median, fall = float(np.median(change)), float((change < 0).mean())
    return [
        (
            "the median change of a tie up to the horizon, under 0.1 SD across dyads",
            f"{median:+.3f}",
            abs(median) < 0.1,
        ),
        ("dyads whose tie falls, 40 to 60 %", f"{fall:.0%}", 0.4 <= fall <= 0.6),
    ]


def _inside(b: Baseline) -> list[tuple[str, str, bool]]:
    every = b.of("alignment")
    focus = every[:, -1, b.entities("alignment").index(b.dyad)]
    low, high = np.quantile(focus, [0.05, 0.95])
    means = every[:, -1].mean(axis=0)
    asked = f"5 to 95 % of the alignment of {' and '.join(b.pair)} at the horizon, inside the span of all dyads' means"
    figure = f"{low:.2f} to {high:.2f}, inside {means.min():.2f} to {means.max():.2f}"
    return [(asked, figure, bool(means.min() < low and high < means.max()))]


def _practices(b: Baseline) -> list[str]:
    return [f"practice.{domain}:{b.dyad}" for domain in b.names.domains]


def _off_bounds(b: Baseline) -> list[tuple[str, str, bool]]:
    ends = {measure: b.of(measure)[:, -1] for measure in _practices(b)}
    at_bound = {measure: float(np.mean((end < 0.01) | (end > 0.99))) for measure, end in ends.items()}
    most = max(at_bound, key=at_bound.__getitem__)
    asked = f"no practice of {' and '.join(b.pair)} below 0.01 or above 0.99 in over 10 % of worlds"
    figure = f"at most {at_bound[most]:.1%} ({most.partition(':')[0]})"
    return [(asked, figure, at_bound[most] <= 0.1)]


PROPERTIES = [
    Property("P1 agreements at the rate of the record", _signed, _agreements),
    Property("P2 order of ties", _ranks, _order),
    Property("P3 nobody joins what is aimed at it", lambda b: [f"member.{f}:{c}" for f, c in b.aimed], _entry),
    Property("P3 no bloc with whom one fears", lambda b: [_bloc(b, *pair) for pair in b.fearful], _blocs),
    Property("P3 hedgers keep both poles", _between, _keep_both),
    Property("P4 ruptures", lambda b: ["ruptures"] if b.pack.ties.contracts else [], _ruptures),
    Property("P4 coercion", lambda b: [f"coercion.{c}" for c in b.names.challengers], _episodes),
    Property("P4 hardening", lambda b: [f"position.{issue}" for _, issue in _provoking(b)], _hardening),
    Property("P4 distrust", lambda b: ["trusting"] if b.names.challengers else [], _distrust),
    Property("P5 no drift of the whole", lambda _: ["strength"], _still),
    Property("P7 no saturation", lambda _: ["alignment"], _inside),
    Property("P7 no practice at a bound", _practices, _off_bounds),
]
