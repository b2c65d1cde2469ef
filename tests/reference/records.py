"""The records of the reference: named tuples of arrays, which Numba takes as they are.

Sizes: N states, P dyads (i < j, by i then j), K issues, D domains, A agreements, F formats, H hazards, C challengers,
T theatres, G stances that a state watches. Areas of a tie are the domains, then words, then all: D + 2. A directed row
p is i to j of dyad p, and P + p is j to i. An index that is absent is -1. Every array is of one world.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int8]

SIMILARITY, THREAT, USEFULNESS, APPETITE, LIKENESS, CAPABILITY, PRACTICE, FRIENDS, TRUST, FORMATS = range(10)
TERMS = 10
LEAST = 1e-9  # a deviation below it: the term counts 0
ANNOUNCED, OFFICIALS, MINISTERS, LEADERS = range(4)  # levels of a format


class Structure(NamedTuple):
    """What the pack declares, without numbers."""

    one: Ints  # (P,) first state of a dyad
    other: Ints  # (P,) second state of a dyad
    dyad: Ints  # (N, N) dyad of two states, -1 of one with itself
    theatres: int
    state_of: Ints  # (C,) the state that a challenger is
    hazard_of: Ints  # (C,) the hazard that a challenger is
    challenger: Ints  # (N,) which challenger a state is
    presses: Flags  # (N,) whether its behaviour is Challenger
    hedges: Flags  # (N,) whether its behaviour is Hedger
    poles: Ints  # (2,)
    issues: Flags  # (D + 2, K) what each area is about
    hazards: Flags  # (D + 2, H) hazards that each area meets
    deed: Flags  # (K,)
    provokes: Flags  # (C, K)
    flows_to: Ints  # (K,) challenger to which a low position lets goods flow
    theatre: Ints  # (D,)
    contribution: Ints  # (D,) issue
    appetite: Ints  # (D,) issue
    patron: Ints  # (D,) state
    unlocked_by: Ints  # (D,) agreement
    follows: Flags  # (A, D + 2) areas whose mean change moves the agreement's hazard
    implies: Flags  # (A, A) closed: all that follows from an agreement
    open_to_all: Flags  # (F,)
    watcher: Ints  # (G,) who watches a stance of another,
    watched: Ints  # (G,) whose it is,
    stance: Ints  # (G,) and on which issue
    presence: int  # issue
    exercises: int  # domain
    meetings: int  # agreement
    dialogue: int  # agreement
    treaty: int  # agreement
    arms: int  # domain
    dyad_kinds: int
    directed_kinds: int
    leaders: int  # kinds of events of dyads, -1 where there is none; an exercise on land and in the air follow it
    two_plus_two: int
    exercise: int
    document: int
    tier: int
    visit: int
    work: Ints  # (D,) kind of a domain's own events
    multinational: int  # kinds of directed events
    call: int
    arms_order: int


class Numbers(NamedTuple):
    """The numbers of one world in one quarter, named as the fields of `cordiale.case.fields`."""

    ideal: Floats  # (N, K), as are the next three
    salience: Floats
    trend: Floats
    expected_trend: Floats
    resolve: Floats  # (N,), as are the next five
    bandwidth: Floats
    clarity: Floats
    liberal_order: Floats
    assertiveness: Floats
    exports: Floats
    hits: Floats
    capability: Floats  # (N, T)
    threat: Floats  # (N, H)
    dependence: Floats  # (N, C)
    present: Flags  # (N,)
    backing: Floats  # (N, F)
    member: Floats  # (N, F) 1 held in, 0 held out, NaN free
    leave: Floats  # (N, F)
    trust: Floats  # (N, N), as are the next four
    usefulness: Floats
    breach: Floats
    coercion: Floats
    cancel: Floats
    bias: Floats  # (N, N, K)
    practice: Floats  # (N, N, D)
    opening: Floats  # (N, N, D)
    export_control_forum: Floats  # (N, N)
    agreement: Floats  # (N, N, A) 1 held in force, 0 held out, NaN free
    open_talks: Floats  # (N, N, A)
    sign: Floats  # (N, N, A)
    opens: Floats  # (A,), NaN where nobody opens it by himself
    signature: Floats  # (A,), NaN where it is the weight
    character: Floats  # (F, K), NaN where the format stands for nothing
    aimed_at: Floats  # (F, C)
    found: Floats  # (F,)
    rate: Floats  # (D,)
    election: Flags  # (N,) held this quarter


class Draws(NamedTuple):
    """The luck of one world in one quarter: uniform numbers, and normal ones where it says so."""

    signal: Floats  # (N, K) normal
    drift: Floats  # (N, K) normal
    jump: Floats  # (N, K)
    events: Floats  # (dyad kinds, P)
    directed: Floats  # (directed kinds, 2P)
    passage: Floats  # (N,)
    large: Floats  # (2P,), as are the next three
    contract: Floats
    rupture: Floats
    repair: Floats
    agreement: Floats  # (A, P)
    hit: Floats  # (C, N)
    size: Floats  # (C, N)
    join: Floats  # (N, F)
    level: Floats  # (F,)


class Standards(NamedTuple):
    """Constants of the pack, from the world of best values."""

    mean: Floats  # (10, D + 2) of each term over dyads, by area
    deviation: Floats  # (10, D + 2)
    closeness: float
    scale: float  # the standard deviation of ties
    alike: Floats  # (N, N) how far two states can stand in for one another as partners
    assertiveness: Floats  # (N,)
    room: Floats  # (N, K) width of the coding of the ideal
    provocation: Floats  # (C,)
    outsiders: Floats  # (F,)


class Start(NamedTuple):
    """What a world remembers of its start."""

    terms: Floats  # (10, D + 2, P)
    need: Floats  # (N,)
    strength: Floats  # (P,)
    noise: Floats  # (P,) a tie's own part
    load: Floats  # (N, N)
    agenda: Floats  # (P,)
    unlocked: Floats  # (D, P) 1 or 0
    felt: Floats  # (C, N) pressure that each is used to
    bandwidth: Floats  # (N,)


class World(NamedTuple):
    """A world at the end of a quarter."""

    position: Floats  # (N, K)
    course: Floats  # (N, K) position less ideal
    expected: Floats  # (N, K)
    trust: Floats  # (N, N)
    usual: Floats  # (N, N) suspicion that each is used to
    usual_gap: Floats  # (G,) gaps on watched stances that each is used to
    rift: Floats  # (N, N)
    contract: Flags  # (N, N) seller, buyer
    practice: Floats  # (D, P)
    agenda: Floats  # (P,)
    delivered: Floats  # (P,) usual delivery
    since: Counts  # (P,) quarters since the last 2+2, at most 2
    talks: Flags  # (A, P)
    pending: Flags  # (A, P)
    in_force: Flags  # (A, P)
    member: Flags  # (F, N)
    level: Counts  # (F,)
    pressure: Floats  # (C, N)
    fear: Floats  # (C, N)
    recent: Counts  # (4, rows) events of the last four quarters, newest first
    passages: Counts  # (N,)
    hits: Floats  # (C, N) size of this quarter's, 0 where none
    change: Floats  # (D + 2, P)
    present: Flags  # (N,)
