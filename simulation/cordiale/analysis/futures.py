"""Futures that are real tests of a state's moves: those under which what a move gains changes most.

A future is a scenario of the pack, or another family of models, whose form is then what is not known.

Candidates are the pack's own scenarios that move no lever of the state's, and no number that its moves move. Each has
worlds of its own. A future that changes no gain tests nothing, whatever it is called, so they are ranked by what they
change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cordiale.analysis.options import Move, Runs, run_options
from cordiale.case.fields import Names
from cordiale.case.load import scenario_names
from cordiale.case.quarters import to_text
from cordiale.engine.pool import Ordered
from cordiale.files.errors import OptionError, named_in, short
from cordiale.models.base import Family, family_of
from cordiale.models.measures import known_measures, no_measure, single
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario, load_scenario

APART = 1_000_000  # numbers of worlds between two futures, which share no luck
SCREEN = 32  # worlds of each future in which moves are screened
AS_CODED = "as coded"


@dataclass(frozen=True)
class Future:
    """A future.

    Attributes
    ----------
    name : of its scenario; `AS_CODED` for the scenario that moves are laid over
    bite : by how much the gain of a move differs from that as coded, on the same worlds, mean over moves of the size
        of the mean; in the gain's unit, 0 as coded
    """

    name: str
    title: str
    bite: float
    runs: Runs


def candidates(runs: Runs, moves: Sequence[Move], named: Sequence[str], allow: Collection[str] = ()) -> list[Runs]:
    """Return what is run under each future, the scenario as coded first.

    Parameters
    ----------
    named : scenarios; all of the pack that can be futures where there is none

    Raises
    ------
    OptionError for a named scenario that moves what the state's moves move
    """
    base, own = runs.scenario, {move.lever for move in moves}
    numbers = {base.names.canonical(path) for lever in own for path in base.handle(lever).moves}
    found = [runs]
    for name in named or scenario_names(base.loaded.pack.name):
        scenario = load_scenario(_laid(base, name), pack=base.loaded.pack.name, allow=allow)
        if scenario.model != base.model or scenario.name == base.name:
            continue
        fixed = {**scenario.settings.fixed, **base.settings.fixed}
        settings = replace(scenario.settings, horizon=base.settings.horizon, seed=base.settings.seed, fixed=fixed)
        scenario = scenario.copy(settings=settings)
        moved = {scenario.names.canonical(path) for lever in scenario.moved for path in scenario.handle(lever).moves}
        if moved & numbers:
            if named:
                raise OptionError(
                    f"--future {name}: it moves {min(moved & numbers)}, which a move of {runs.actor} moves"
                )
            continue
        if moved:
            found.append(replace(runs, scenario=scenario))
    return found


def under_models(runs: Runs, models: Sequence[str], allow: Collection[str] = ()) -> list[Runs]:
    """Return what is run as coded, and under other families of models, by the gain alone where a cost is not shared.

    Parameters
    ----------
    models : names of families; that of the scenario as coded adds nothing
    """
    gain, found = runs.gain, [runs]
    first, last = to_text(runs.first), to_text(gain.quarter)
    for model in dict.fromkeys(models):
        if model != runs.scenario.model:
            own = _as_coded_under(runs.scenario, model, allow)
            found.append(Runs.of(own, runs.actor, gain.measure, gain.want, last, first, allow, most_costs=1))
    costs = [[cost.name for cost in each.reads.costs] for each in found]
    return found if all(each == costs[0] for each in costs) else [each.without_costs() for each in found]


def _as_coded_under(base: Scenario, model: str, allow: Collection[str]) -> Scenario:
    """Return a scenario read again under another family, with what is set of it that the family knows."""
    again = load_scenario(base.name, pack=base.loaded.pack.name, model=model, allow=allow)
    fixed = {path: each for path, each in base.settings.fixed.items() if path in again.names.paths}
    own = base.settings
    settings = replace(
        again.settings, horizon=own.horizon, seed=own.seed, worlds=own.worlds, levers=own.levers, events=own.events,
        fixed=fixed,
    )  # fmt: skip
    return again.copy(name=f"model {model}", title=f"Under the model {model}", settings=settings)


@dataclass(frozen=True)
class Screened:
    """What single moves showed under every future.

    Attributes
    ----------
    futures : with what they change of gains, the scenario as coded first, then by that
    live, idle : moves that change a gain or a cost in any world, and those that change none in any
    worlds : how many there were, of all futures
    """

    futures: list[Future]
    live: list[Move]
    idle: list[Move]
    worlds: int


def screened(
    every: Sequence[Runs], moves: Sequence[Move], jobs: int | None, run: Ordered,
    progress: Callable[[int, int], None] | None = None,
) -> Screened:  # fmt: skip
    """Return what single moves show in some worlds of every future, the same worlds in each."""
    values = run_options(every, [(), *((move,) for move in moves)], range(SCREEN), jobs, run, progress)
    changes = values[:, 1:] - values[:, :1]
    alive = np.asarray(changes.any(axis=(0, 2, 3)))
    bites = [_bite(changes[0, :, 0], other[:, 0]) for other in changes]
    first, *rest = [
        Future(runs.scenario.name if at else AS_CODED, runs.scenario.title, bites[at], runs)
        for at, runs in enumerate(every)
    ]
    return Screened(
        [first, *sorted(rest, key=lambda future: -future.bite)],
        [move for move, lives in zip(moves, alive, strict=True) if lives],
        [move for move, lives in zip(moves, alive, strict=True) if not lives],
        len(every) * SCREEN,
    )


def _laid(base: Scenario, name: str) -> str:
    """Return the name of a future that is laid over a scenario: "brexit", or "quad_softens+brexit"."""
    return name if base.name in ("baseline", name) else f"{base.name}+{name}"


def _bite(coded: Array, other: Array) -> float:
    """Return by how much the gains of moves, (moves, worlds), differ between two futures."""
    return float(np.mean(np.abs((other - coded).mean(axis=1))))


def shared_measures(families: Sequence[Family], names: Names) -> list[str]:
    """Return the measures that mean the same in all families, without entities, for a pack."""
    kinds = [{name: measure.kind for name, measure in family.measures.items()} for family in families]
    first, *others = kinds
    same = {name for name, kind in first.items() if all(other.get(name) == kind for other in others)}
    return [each for each in known_measures(families[0], names) if _head(families[0], each) in same]


def _head(family: Family, name: str) -> str:
    head, _, _ = name.partition(".")
    return name if name in family.measures else head + "."


def asked_of(scenario: Scenario, families: Sequence[Family], measures: Sequence[str]) -> list[str]:
    """Return what is compared, each of one entity: as asked; else all that families share of the focus and its states.

    Raises
    ------
    OptionError where a measure is not shared, or nothing is
    """
    names, focus = scenario.names, scenario.loaded.pack.case.focus
    shared, own = shared_measures(families, names), " and ".join(each.name for each in families)
    if not shared:
        raise OptionError(f"the models {own} share no measure")
    if not measures:
        kinds = {name: families[0].measure(name).entity for name in shared}
        entities = {"dyad": [focus], "state": focus.split("-"), "system": ["all"]}
        order = sorted(shared, key=lambda name: (kinds[name] != "dyad", "." in name))  # first of the focus, and whole
        return [f"{name}:{each}" for name in order for each in entities.get(kinds[name], [])]
    texts = []
    for text in measures:
        with named_in("--measure", text):
            name = text.partition(":")[0]
            if name not in shared:
                here = [each.name for each in families if name in known_measures(each, names)]
                if not here:
                    raise no_measure(name, shared)
                few = ", ".join(dict.fromkeys(each.partition(".")[0] for each in shared))
                raise OptionError(f"it is no measure that the models {own} share: these are {few}")
        found_one = single(text, names, families[0])
        texts.append(f"{found_one.name}:{found_one.entities[0]}")
    return list(dict.fromkeys(texts))


def families_of(models: Sequence[str], allow: Collection[str] = (), least: int = 2) -> list[Family]:
    """Return families by name; OptionError where one is none or stands twice, or where they are too few."""
    with named_in("--models", ",".join(models)):
        found = [family_of(name, allow) for name in models]
        twice = [name for at, name in enumerate(models) if name in models[:at]]
        if twice:
            raise OptionError(f"{short(twice[0])} is named twice")
        if len(found) < least:
            raise OptionError("name two models or more, with commas between them")
    return found
