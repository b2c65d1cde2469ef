"""The screens behind an answer: levers, network, one world, claims and sources. They need the pack, and most run it."""

from __future__ import annotations

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from cordiale.files.errors import OptionError, short
from cordiale.page import network as networks
from cordiale.page.handles import handle_of, handles
from cordiale.page.html import page
from cordiale.page.look import WORLDS, Look
from cordiale.page.screens import visitor
from cordiale.page.state import AppState
from cordiale.scenario.explain import explain
from cordiale.scenario.words import label, meaning
from cordiale.study.narrative import ACTIVITY, START, among, milestones


def levers(state: AppState, look: Look, request: Request) -> Response:
    """Return all levers with what the article says of them, to be moved."""
    answer = state.answer(Look(look.name), visitor(request))
    return page("levers.html", state, look, answer=answer, levers=handles(state.asked(look).scenario, look))


def network(state: AppState, look: Look, request: Request) -> Response:
    """Return the network of states, quarter by quarter."""
    study = state.study(_quick(look), [networks.MEASURE], visitor(request))
    side = request.query_params.get("of", study.scenarios[-1])
    if side not in study.scenarios:
        raise OptionError(f"of={short(side)}: {' or '.join(study.scenarios)}")
    return page(
        "network.html", state, look, answer=state.answer(Look(look.name), visitor(request)), study=study, side=side,
        frames=networks.frames(study, side),
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
