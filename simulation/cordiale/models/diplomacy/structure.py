"""What a pack fixes apart from numbers, as indices: who meets whom, which issue provokes whom, what a domain is about.

No rule names a state, an issue, a domain or a hazard: what each of them is to the rules stands here, as the pack
declares it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.case.quarters import to_index
from cordiale.models.random import Array
from cordiale.models.sums import Flags

LEVELS = ("announced", "officials", "ministers", "leaders")
NONE = -1  # in the place of an index: the pack declares none
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Structure:
    """The bones of a case.

    N states, P dyads, K issues, D domains, A agreements, F formats, H hazards, C challengers. Areas are the domains,
    then words (what ministers and documents speak of), then all issues: D + 2.

    Attributes
    ----------
    one, other : (P,) the two states of each dyad, the earlier in the pack first
    poles : two states between which hedgers stand
    challengers : state index of each challenger, in the order of `Names.challengers`;  hazard_of : (C,) its hazard
    provoked_by : by challenger, the issues whose high position provokes it
    flows : (issue, hazard index, state index) of issues that restrain flows to a hazard
    about : by area, the issues that states must agree on;  meets : by area, the hazards that it meets
    theatre, contribution, appetite, patron, unlocked_by : by domain
    deeds : issues that are supplied and not agreed on
    watched : (observer, observed, issue) whose news moves trust
    presence : issue;  exercises, arms : domains;  meetings, dialogue, treaty : agreements
    implies : (A, A) closed: the row's agreement brings the column's
    follows : by agreement, the areas that move its hazard
    in_force, pending, talks : (A, P) at the start
    contract : (N, N) the row's state has a large contract to supply the column's, at the start
    members : (F, N) at the start;  level : (F,) at the start, an index of LEVELS;  open_to_all : (F,)
    character : by format, the issues that it names
    elections : quarter from the start -> states that vote in it
    close : dyads that the pack's ties class as close
    room : (N, K) width of the range of each ideal point
    """

    names: Names
    one: Indices
    other: Indices
    poles: tuple[int, int]
    challengers: list[int]
    hazard_of: list[int]
    provoked_by: list[list[int]]
    flows: list[tuple[int, int, int]]
    about: list[list[int]]
    meets: list[list[int]]
    theatre: list[int]
    contribution: list[int]
    appetite: list[int]
    patron: list[int]
    unlocked_by: list[int]
    deeds: list[int]
    watched: list[tuple[int, int, int]]
    presence: int
    exercises: int
    arms: int
    meetings: int
    dialogue: int
    treaty: int
    implies: Flags
    follows: list[list[int]]
    in_force: Flags
    pending: Flags
    talks: Flags
    contract: Flags
    members: Flags
    level: NDArray[np.int8]
    open_to_all: Flags
    character: list[list[int]]
    elections: Mapping[int, list[int]]
    close: list[int]
    room: Array

    @property
    def words(self) -> int:
        """The area of what ministers and documents speak of."""
        return len(self.theatre)

    @property
    def everything(self) -> int:
        """The area of all issues."""
        return len(self.theatre) + 1

    @cached_property
    def dyad(self) -> Indices:
        """(N, N) the dyad of two states; of a state with itself, 0."""
        table = np.zeros((len(self.names.states),) * 2, dtype=np.intp)
        table[self.one, self.other] = table[self.other, self.one] = np.arange(len(self.one))
        return table

    @cached_property
    def dyads_of(self) -> Indices:
        """(N, N - 1) the dyads that each state is in."""
        own = np.eye(len(self.names.states), dtype=bool)
        return self.dyad[~own].reshape(len(own), -1)

    @cached_property
    def others(self) -> Indices:
        """(N, N - 1) every state but the row's."""
        n = len(self.names.states)
        return np.nonzero(~np.eye(n, dtype=bool))[1].reshape(n, -1)

    @cached_property
    def sender(self) -> Indices:
        """(2P,) who acts toward whom in a table of both directions: first the dyad's earlier state."""
        return np.concatenate([self.one, self.other])

    @cached_property
    def receiver(self) -> Indices:
        """(2P,) toward whom."""
        return np.concatenate([self.other, self.one])

    @cached_property
    def ways(self) -> Indices:
        """(2, P) where each direction of a dyad stands in a table of states by states that is laid out flat."""
        return (self.sender * len(self.names.states) + self.receiver).reshape(2, -1)

    @cached_property
    def index_issues(self) -> list[int]:
        """The issues that the index counts: all but deeds."""
        return [k for k in range(len(self.names.issues)) if k not in self.deeds]

    @cached_property
    def rows(self) -> dict[str, slice]:
        """Kind of event -> its rows in the table of counts: P, or 2P where it is directed."""
        dyads, at, found = len(self.one), 0, {}
        for kind in (*self.names.joint_kinds, *self.names.directed_kinds):
            size = dyads if kind in self.names.joint_kinds else 2 * dyads
            found[kind] = slice(at, at + size)
            at += size
        return found

    @cached_property
    def practised(self) -> list[list[str]]:
        """By domain, the kinds of events that are its practice."""
        three = [kind for kind in self.names.joint_kinds if kind.startswith("exercise")]
        return [three if d == self.exercises else [name] for d, name in enumerate(self.names.domains)]

    @cached_property
    def joint(self) -> list[str]:
        """The kinds that the index counts: what both do together by a decision of both."""
        return [kind for kind in self.names.joint_kinds if kind not in ("tier", "visit")]

    @cached_property
    def delivered(self) -> list[str]:
        """The kinds that count as cooperation delivered."""
        others = ("leaders", "exercise_land", "exercise_air")
        return [kind for kind in self.joint if kind not in others]


def structure_of(pack: Pack) -> Structure:
    """Return the structure of a checked pack."""
    names, case, ties = Names(pack), pack.case, pack.ties
    state, issue, hazard = _index(names.states), _index(names.issues), _index(names.hazards)
    agreement, domain = _index(names.agreements), _index(names.domains)
    domains, formats, roles = list(case.domains.values()), list(case.formats.values()), case.roles
    one, other = np.triu_indices(len(names.states), 1)
    everything = list(range(len(names.issues)))
    implies = _closed(pack, agreement)
    in_force, pending, talks = _agreements(pack, names, implies)
    contract = np.zeros((len(names.states),) * 2, dtype=bool)
    for each in ties.contracts:
        contract[state[each.seller], state[each.buyer]] = True
    start = to_index(case.start)
    elections: dict[int, list[int]] = {}
    for code, record in pack.states.items():
        for quarter in record.elections.quarters if record.elections else []:
            elections.setdefault(to_index(quarter) - start, []).append(state[code])
    members = [[code in group.members for code in names.states] for group in formats]
    return Structure(
        names=names,
        one=one,
        other=other,
        poles=(state[case.poles[0]], state[case.poles[1]]),
        challengers=[state[c] for c in names.challengers],
        hazard_of=[hazard[c] for c in names.challengers],
        provoked_by=[
            [issue[k] for k, record in case.issues.items() if c in record.provokes] for c in names.challengers
        ],
        flows=[
            (issue[k], hazard[record.restrains_flows_to], state[record.restrains_flows_to])
            for k, record in case.issues.items()
            if record.restrains_flows_to
        ],
        about=[[issue[k] for k in each.about] for each in domains] + [[issue[k] for k in roles.words], everything],
        meets=[[hazard[name] for name in each.meets] for each in domains] + [list(range(len(names.hazards)))] * 2,
        theatre=[names.theatres.index(each.theatre) for each in domains],
        contribution=[issue.get(each.contribution or "", NONE) for each in domains],
        appetite=[issue.get(each.appetite or "", NONE) for each in domains],
        patron=[state.get(each.patron or "", NONE) for each in domains],
        unlocked_by=[agreement.get(each.unlocked_by or "", NONE) for each in domains],
        deeds=[issue[k] for k, record in case.issues.items() if record.deed],
        watched=[
            (state[text[:3]], state[text[4:]], issue[k]) for text, view in ties.views.items() for k in view.watches
        ],
        presence=issue.get(roles.presence or "", NONE),
        exercises=domain.get(roles.exercises or "", NONE),
        arms=domain.get(roles.arms or "", NONE),
        meetings=agreement.get(roles.meetings or "", NONE),
        dialogue=agreement.get(roles.dialogue or "", NONE),
        treaty=agreement.get(roles.treaty or "", NONE),
        implies=implies,
        follows=[_follows(each.follows, domain) for each in case.agreements.values()],
        in_force=in_force,
        pending=pending,
        talks=talks,
        contract=contract,
        members=np.array(members, dtype=bool).reshape(len(formats), len(names.states)),
        level=np.array([LEVELS.index(group.level) for group in formats], dtype=np.int8),
        open_to_all=np.array([group.open for group in formats], dtype=bool),
        character=[[issue[k] for k in group.character] for group in formats],
        elections=elections,
        close=_close(pack, names),
        room=np.array(
            [[_width(pack.states[code].issues[k].ideal) for k in names.issues] for code in names.states], dtype=float
        ),
    )


def _index(names: Sequence[str]) -> dict[str, int]:
    return {name: at for at, name in enumerate(names)}


def _width(coded: object) -> float:
    return float(coded.high - coded.low)  # type: ignore[attr-defined]


def _follows(follows: Sequence[str] | str | None, domain: Mapping[str, int]) -> list[int]:
    """Return the areas whose tie moves an agreement's hazard: domains, words, or all issues."""
    if follows == "words":
        return [len(domain)]
    return [domain[name] for name in follows or []] or [len(domain) + 1]


def _close(pack: Pack, names: Names) -> list[int]:
    """Return the dyads of the class of close partners; all dyads where the pack names no class."""
    one, other = np.triu_indices(len(names.states), 1)
    dyads = [names.dyad(f"{names.states[i]}-{names.states[j]}") for i, j in zip(one, other, strict=True)]
    if pack.ties.close is None:
        return list(range(len(dyads)))
    of = {names.dyad(text): kind for kind, record in pack.ties.classes.items() for text in record.dyads}
    return [at for at, dyad in enumerate(dyads) if of.get(dyad, pack.ties.other) == pack.ties.close]


def _closed(pack: Pack, agreement: dict[str, int]) -> Flags:
    """Return what each agreement implies, directly or through another."""
    reach = np.eye(len(agreement), dtype=bool)
    for name, record in pack.case.agreements.items():
        for implied in record.implies:
            reach[agreement[name], agreement[implied]] = True
    for middle in range(len(agreement)):
        reach |= reach[:, [middle]] & reach[[middle], :]
    return reach & ~np.eye(len(agreement), dtype=bool)


def _agreements(pack: Pack, names: Names, implies: Flags) -> tuple[Flags, Flags, Flags]:
    """Return what is in force with what it implies, what is signed, and what is talked of at the start: (A, P) each."""
    one, other = np.triu_indices(len(names.states), 1)
    dyad = {
        names.dyad(f"{names.states[i]}-{names.states[j]}"): at for at, (i, j) in enumerate(zip(one, other, strict=True))
    }
    in_force, pending, talks = (np.zeros((len(names.agreements), len(one)), dtype=bool) for _ in range(3))
    for rung in pack.ties.ladder:
        table = pending if rung.in_force is None else in_force
        table[names.agreements.index(rung.agreement), dyad[names.dyad(rung.dyad)]] = True
    for each in pack.ties.talks:
        talks[names.agreements.index(each.agreement), dyad[names.dyad(each.dyad)]] = True
    in_force = closure(in_force, implies)
    pending &= ~in_force
    return in_force, pending, talks & ~in_force & ~pending


def closure(in_force: Flags, implies: Flags) -> Flags:
    """Return what is in force, (A, ...), with all that it implies."""
    result = in_force.copy()
    for a, implied in zip(*np.nonzero(implies), strict=True):
        result[implied] |= in_force[a]
    return result
