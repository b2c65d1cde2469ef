"""Captions under charts of analyses: what marks are, what was run, how to make it again, and that it is no forecast."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.metadata import version

from cordiale.case.pack import Pack
from cordiale.output.charts.titles import joined
from cordiale.study.labels import plain, short_citation
from cordiale.study.result import Result

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


def caption_of(result: Result, drawn: str, ran: str) -> str:
    """Return the text under a chart of the answer to a question; its command is what was asked.

    Parameters
    ----------
    drawn, ran : as in `caption`, without the seed, which is added
    """
    scenario, *other = result.ran
    differences = f"Differences to “{other[0].title}” in the same worlds" if other else ""
    words = result.call.words() if result.call else [result.kind]
    return caption(scenario.loaded.pack, joined(differences, drawn), f"{ran}, seed {scenario.seed}", words)
