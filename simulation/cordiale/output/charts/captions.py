"""Captions under charts of analyses: what marks are, what was run, how to make it again, and that it is no forecast."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.metadata import version

from cordiale.case.pack import Pack
from cordiale.output.charts.titles import joined
from cordiale.scenario.layers import BY_SET
from cordiale.scenario.settings import Scenario
from cordiale.study.labels import plain, short_citation

LONGEST = 260  # signs of a command that a caption shows
NO_FORECAST = "A model of one article's claims: no forecast"


def caption(pack: Pack | str, drawn: str, ran: str, command: Sequence[str], last: str = NO_FORECAST) -> str:
    """Return the text under a chart of an analysis.

    Parameters
    ----------
    pack : itself, or its name
    drawn : what marks, lines and bars stand for
    ran : "64 worlds, seed 2018"
    command : the program's words that make it again
    last : what it is not
    """
    text = plain(shlex.join(["cordiale", *command]))
    text = text if len(text) <= LONGEST else f"cordiale {command[0]}"
    of = pack if isinstance(pack, str) else f"{pack.name} after {short_citation(pack.case.article.citation)}"
    return joined(drawn, ran, f"Source: {text} (cordiale {version('cordiale')}, pack {of})", last)


def caption_of(scenario: Scenario, drawn: str, ran: str, command: Sequence[str]) -> str:
    """Return the text under a chart of the analysis of one scenario; its own `--set` is added to the command.

    Parameters
    ----------
    drawn, ran, command : as in `caption`, without the seed, which is added
    """
    return caption(scenario.loaded.pack, drawn, f"{ran}, seed {scenario.seed}", [*command, *set_words(scenario)])


def against_words(against: Scenario | None) -> str:
    """Return what is subtracted, for a caption; "" where nothing is."""
    return f"Differences to “{against.title}” in the same worlds" if against else ""


def set_words(scenario: Scenario) -> list[str]:
    """Return the options that `--set` laid over a scenario: its horizon, seed, levers and numbers."""
    settings = scenario.settings
    found = {"horizon": settings.horizon, "seed": settings.seed} | dict(settings.levers) | dict(settings.fixed)
    given = {name: each.value for name, each in found.items() if each is not None and each.origin == BY_SET}
    return [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
