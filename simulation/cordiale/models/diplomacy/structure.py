"""What a pack fixes apart from numbers, as indices: which issue provokes whom, which rung unlocks what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cordiale.case.fields import Names
from cordiale.case.pack import Pack
from cordiale.models.sums import Flags


@dataclass(frozen=True, eq=False)
class Structure:
    """The bones of a case; N states, K issues, D domains, A agreements, F formats, H hazards.

    Attributes
    ----------
    provoked_by : challenger's state index -> issues whose high position provokes it
    hazard_of : challenger's state index -> its index among hazards
    challengers : state index of each challenger, in the order of `Names.challengers`
    flows : (issue, hazard index, state index) of issues that restrain flows to a hazard
    theatre, appetite, patron, unlocked_by : by domain; -1 where the domain names none
    meets : by domain, the hazards it meets
    implies : (A, A) closed: the row's agreement brings the column's
    height : (A,) rank of a rung, 0..1
    members : (N, F) at the start;  in_force, pending : (N, N, A) at the start
    consent, character : by format, the states that consent, the issues that it names
    """

    names: Names
    poles: tuple[int, int]
    provoked_by: dict[int, list[int]]
    hazard_of: dict[int, int]
    challengers: list[int]
    flows: list[tuple[int, int, int]]
    theatre: list[int]
    appetite: list[int]
    patron: list[int]
    unlocked_by: list[int]
    meets: list[list[int]]
    implies: Flags
    height: NDArray[np.float64]
    members: Flags
    in_force: Flags
    pending: Flags
    consent: list[list[int]]
    character: list[list[int]]


def structure_of(pack: Pack) -> Structure:
    """Return the structure of a checked pack."""
    names, case = Names(pack), pack.case
    state, issue, hazard = _index(names.states), _index(names.issues), _index(names.hazards)
    agreement, domains = _index(names.agreements), list(case.domains.values())
    implies = _closed(pack, agreement)
    in_force, pending = _ladder(pack, names, implies)
    rungs = len(names.agreements)
    flows = [
        (issue[k], hazard[record.restrains_flows_to], state[record.restrains_flows_to])
        for k, record in case.issues.items()
        if record.restrains_flows_to
    ]
    return Structure(
        names=names,
        poles=(state[case.poles[0]], state[case.poles[1]]),
        provoked_by={
            state[c]: [issue[k] for k, record in case.issues.items() if c in record.provokes] for c in names.challengers
        },
        hazard_of={state[c]: hazard[c] for c in names.challengers},
        challengers=[state[c] for c in names.challengers],
        flows=flows,
        theatre=[names.theatres.index(domain.theatre) for domain in domains],
        appetite=[issue.get(domain.appetite or "", -1) for domain in domains],
        patron=[state.get(domain.patron or "", -1) for domain in domains],
        unlocked_by=[agreement.get(domain.unlocked_by or "", -1) for domain in domains],
        meets=[[hazard[name] for name in domain.meets] for domain in domains],
        implies=implies,
        height=np.arange(rungs) / max(rungs - 1, 1),
        members=np.array(
            [[code in group.members for group in case.formats.values()] for code in names.states], dtype=bool
        ),
        in_force=in_force,
        pending=pending,
        consent=[[state[code] for code in group.consent] for group in case.formats.values()],
        character=[[issue[k] for k in group.character] for group in case.formats.values()],
    )


def _index(names: list[str]) -> dict[str, int]:
    return {name: at for at, name in enumerate(names)}


def _closed(pack: Pack, agreement: dict[str, int]) -> Flags:
    """Return what each agreement implies, directly or through another."""
    reach = np.eye(len(agreement), dtype=bool)
    for name, record in pack.case.agreements.items():
        for implied in record.implies:
            reach[agreement[name], agreement[implied]] = True
    for middle in range(len(agreement)):
        reach |= reach[:, [middle]] & reach[[middle], :]
    return reach & ~np.eye(len(agreement), dtype=bool)


def _ladder(pack: Pack, names: Names, implies: Flags) -> tuple[Flags, Flags]:
    """Return what is in force and what is signed and pending at the start, with what is implied."""
    shape = (len(names.states), len(names.states), len(names.agreements))
    in_force, pending = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for rung in pack.ties.ladder:
        one, other = (names.states.index(code) for code in rung.dyad.split("-"))
        rank = names.agreements.index(rung.agreement)
        table = pending if rung.in_force is None else in_force
        table[one, other, rank] = table[other, one, rank] = True
    for rank in range(shape[-1]):
        in_force |= in_force[..., [rank]] & implies[rank]
    return in_force, pending & ~in_force
