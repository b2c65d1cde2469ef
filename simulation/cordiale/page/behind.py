"""The screens behind an answer: levers, network, one world, claims and sources. They need the pack; most run it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from cordiale.files.errors import OptionError, short
from cordiale.models.diplomacy.index import blocs
from cordiale.output.charts.network import ALONE, NODES, divides, no_division, positions
from cordiale.output.charts.recorded import Array, matrix, states
from cordiale.output.charts.style import ink_on
from cordiale.page.look import WORLDS, Look
from cordiale.page.screens import page, visitor
from cordiale.page.session import handle_of, handles
from cordiale.page.state import AppState
from cordiale.scenario.explain import explain
from cordiale.scenario.words import label, meaning
from cordiale.study.in_memory import InMemory
from cordiale.study.narrative import ACTIVITY, START, among, milestones


def levers(state: AppState, look: Look, request: Request) -> Response:
    """Return all levers with what the article says of them, to be moved."""
    answer = state.answer(Look(look.name), visitor(request))
    return page("levers.html", state, look, answer=answer, levers=handles(state.asked(look).scenario, look))


def network(state: AppState, look: Look, request: Request) -> Response:
    """Return the network of states, quarter by quarter."""
    study = state.study(_quick(look), [MEASURE], visitor(request))
    side = request.query_params.get("of", study.scenarios[-1])
    if side not in study.scenarios:
        raise OptionError(f"of={short(side)}: {' or '.join(study.scenarios)}")
    return page(
        "network.html", state, look, answer=state.answer(Look(look.name), visitor(request)), study=study, side=side,
        frames=frames(study, side),
    )  # fmt: skip


def _quick(look: Look) -> Look:
    return look if look.worlds else look.run_in(WORLDS)


def world(state: AppState, look: Look, request: Request) -> Response:
    """Return what happens in one world."""
    run = state.changed(state.asked(look), _quick(look))
    text = request.query_params.get("world", "0")
    if not text.isdecimal() or int(text) >= run.scenario.worlds:
        raise OptionError(f"world={short(text)}: a number from 0 to {run.scenario.worlds - 1}")
    events = state.loaded.runs.story(run.scenario, int(text), visitor(request)).result()
    every = request.query_params.get("tell") == "all"
    pair = state.loaded.base.loaded.pack.case.focus.split("-")
    shown = milestones(events) if every else among(events, pair)
    begins = [each for each in shown if each.kind == START]
    by_quarter = [
        (quarter, list(group))
        for quarter, group in groupby((each for each in shown if each.kind != START), key=lambda each: each.quarter)
    ]
    return page(
        "world.html", state, look, answer=state.answer(Look(look.name), visitor(request)), run=run, world=int(text),
        every=every, begins=begins, quarters=by_quarter, plain=ACTIVITY,
    )  # fmt: skip


MEANS = {
    "supported": "the effect is as the article says, in most codings",
    "opposite": "the effect goes the other way, or is there where the article says none",
    "too small to matter": "the effect is so small that no reader would notice it",
    "no channel": "nothing differs with the cause and without it",
    "undecided": "the interval, or what differs between codings, leaves it open",
    "not testable": "no contrast of this model can test it",
    "not recorded": "nobody has recorded a verdict yet",
}  # what is contradicted or lost comes first on the screen
ORDER = ("opposite", "too small to matter", "no channel", "undecided", "not testable", "not recorded", "supported")


def claims(state: AppState, look: Look, request: Request) -> Response:
    """Return the article's causal sentences with what the model says of them, what it contradicts first."""
    found = state.loaded.claims
    groups = [(verdict, [each for each in found if each.verdict == verdict]) for verdict in ORDER]
    return page("claims.html", state, look, groups=[each for each in groups if each[1]], means=MEANS)


def sources(state: AppState, look: Look, request: Request) -> Response:
    """Return where the numbers of a look come from, and those of any path."""
    run = state.changed(state.asked(look), look)
    scenario = run.scenario
    wanted = request.query_params.get("number", "")
    if wanted and wanted not in scenario.ranges:
        raise OptionError(f"number={short(wanted)}: no coded number of this pack")
    moved = [handle_of(scenario, name, look) for name in scenario.moved]
    return page(
        "sources.html", state, look, run=run, paths=[(path, label(scenario, path)) for path in scenario.ranges],
        wanted=wanted, lines=explain(scenario, wanted) if wanted else [], levers=moved,
        meaning=meaning(scenario, wanted) if wanted else "",
        article=scenario.loaded.pack.case.article.citation,
    )  # fmt: skip


MEASURE, WIDEST = "strength", 9.0  # units of the picture
SHAPES = ("circle", "square", "diamond", "hexagon", "pentagon", "octagon", "circle")  # of `NODES`, and of one alone


def frames(study: InMemory, scenario: str) -> dict[str, Any]:
    """Return all that the player needs of a scenario, as JSON: places, and for each quarter ties and blocs."""
    entities = study.measures(scenario)[MEASURE]
    codes = states(entities)
    medians = np.median(study.values(MEASURE, scenario=scenario), axis=0)
    start = np.median(study.values(MEASURE, scenario=study.scenarios[0])[:, 0], axis=0)
    places = positions(matrix(start, entities, codes))  # of the first scenario, so that they are the same for both
    one, other = (np.array([codes.index(entity.split("-")[side]) for entity in entities]) for side in (0, 1))
    squares = np.zeros((len(medians), len(codes), len(codes)))
    squares[:, one, other] = squares[:, other, one] = medians
    pairs = list(combinations(range(len(codes)), 2))
    names = study.manifest["names"]
    upper = squares[:, *np.triu_indices(len(codes), 1)].T
    out, quarters = study.outside(scenario), study.quarters(scenario)
    here = np.array([[quarter not in out.get(code, ()) for quarter in quarters] for code in codes])
    both = np.array([here[i] & here[j] for i, j in pairs])
    found = blocs(upper, here).T
    looks = _looks(found)
    return {
        "codes": codes,
        "names": [names[code] for code in codes],
        "places": np.round(places, 4).tolist(),
        "pairs": [list(pair) for pair in pairs],
        "quarters": quarters,
        "widths": np.round(_widths(np.where(both, upper, np.nan).T), 2).tolist(),
        "looks": looks.tolist(),
        "inks": [[colour, shape, ink_on(colour)] for (colour, _), shape in zip((*NODES, ALONE), SHAPES, strict=True)],
        "words": [_words(row, codes, names) for row in found],
    }  # fmt: skip


def _widths(ties: Array) -> Array:
    """Return the width of each line, (Q, P): none up to the quarter's mean, the widest for the strongest of all.

    Parameters
    ----------
    ties : NaN where a state of the pair takes no part
    """
    tied = ~np.isnan(ties)
    means = np.where(tied, ties, 0.0).sum(axis=1, keepdims=True) / np.maximum(tied.sum(axis=1, keepdims=True), 1)
    above = np.where(tied, ties - means, 0.0)
    return np.where(above > 0, WIDEST * (above / max(float(above.max()), 1e-9)) ** 2, 0.0)


def _looks(blocs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each state's look by quarter, (Q, N): a bloc keeps that of its first member.

    The last look is that of a state alone, and of all where blocs divide nobody; where blocs outnumber looks, they
    come round again.
    """
    looks = np.empty_like(blocs)
    given: dict[int, int] = {}
    for row, into in zip(blocs, looks, strict=True):
        numbers = np.unique(row)
        for bloc in numbers:
            members = np.flatnonzero(row == bloc)
            if len(members) == 1 or not divides(_sizes(row)):
                into[members] = len(NODES)
            else:
                into[members] = given.setdefault(int(members[0]), len(given) % len(NODES))
    return looks


def _words(row: NDArray[np.int64], codes: Sequence[str], names: dict[str, str]) -> str:
    """Return the blocs of a quarter in words, for those who do not see the picture."""
    outside = [names[code] for code, bloc in zip(codes, row, strict=True) if bloc < 0]
    end = f" No part: {', '.join(outside)}." if outside else ""
    if not divides(_sizes(row)):
        return f"No blocs: {no_division(_sizes(row))}.{end}"
    groups = [[names[codes[int(i)]] for i in np.flatnonzero(row == bloc)] for bloc in np.unique(row[row >= 0])]
    several = [", ".join(group) for group in groups if len(group) > 1]
    alone = [group[0] for group in groups if len(group) == 1]
    return "Blocs: " + "; ".join(several) + (f". In none: {', '.join(alone)}" if alone else "") + "." + end


def _sizes(row: NDArray[np.int64]) -> list[int]:
    """Return the sizes of a quarter's blocs; who takes no part has a number below 0, and is in none."""
    return [int(size) for size in np.unique(row[row >= 0], return_counts=True)[1]]
