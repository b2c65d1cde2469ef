"""What charts of one scenario say of how they were made: worlds, seed, command and pack."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.metadata import version

from cordiale.output.charts.titles import joined
from cordiale.scenario.layers import BY_SET
from cordiale.scenario.load import Scenario
from cordiale.study.labels import plain, short_citation


def caption_of(scenario: Scenario, drawn: str, worlds: str, command: str) -> str:
    """Return the text under a chart: what marks are, worlds and seed, how to make it again, no forecast.

    Parameters
    ----------
    drawn : what marks and colours stand for
    worlds : how many: "200 worlds"
    command : as `command_of` returns it
    """
    pack = scenario.loaded.pack
    made = f"cordiale {version('cordiale')}, pack {pack.name} after {short_citation(pack.case.article.citation)}"
    source = f"Source: {command} ({made})"
    return joined(drawn, f"{worlds}, seed {scenario.seed}", source, "A model of one article's claims: no forecast")


def command_of(name: str, scenario: Scenario, *options: str, first: Sequence[str] = ()) -> str:
    """Return the command that makes an analysis of a scenario again: "cordiale moves FRA baseline --worlds 200".

    Parameters
    ----------
    options : after the scenario, without --set, which the scenario knows
    first : arguments before the scenario
    """
    settings = scenario.settings
    laid = {"horizon": settings.horizon, "seed": settings.seed, **settings.levers, **settings.fixed}
    sets = [f"--set {path}={each.value}" for path, each in laid.items() if each is not None and each.origin == BY_SET]
    return plain(" ".join(["cordiale", name, *map(shlex.quote, first), scenario.name, *options, *sets]))
