"""What charts of one scenario say of how they were made: worlds, seed, command and pack."""

from __future__ import annotations

from importlib.metadata import version

from cordiale.analysis.options import Gain
from cordiale.case.quarters import to_text
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


def command_of(scenario: Scenario, *typed: str) -> str:
    """Return the command that makes an analysis of a scenario again: "cordiale moves FRA --worlds 200".

    Parameters
    ----------
    typed : the command with its arguments; what --set laid on the scenario follows, and its name where it is not usual
    """
    settings = scenario.settings
    laid = {"horizon": settings.horizon, "seed": settings.seed, **settings.levers, **settings.fixed}
    sets = [f"--set {path}={each.value}" for path, each in laid.items() if each is not None and each.origin == BY_SET]
    usual = [] if scenario.name == "baseline" else [f"--scenario {scenario.name}"]
    return plain(" ".join(["cordiale", *typed, *usual, *sets]))


def options_of(scenario: Scenario, gain: Gain, first: int) -> list[str]:
    """Return the options that say what a state's moves are for, without those that are usual.

    Parameters
    ----------
    first : running number of the quarter from which moves are made
    """
    usual = f"{scenario.family.headline}:{scenario.names.dyad(scenario.loaded.pack.case.focus)}"
    told = [f"--measure {gain.measure}"] if gain.measure != usual else []
    told += ["--want less"] if gain.want == "less" else []
    told += [f"--quarter {gain.words}"] if gain.quarter != scenario.horizon else []
    return [*told, *([f"--since {to_text(first)}"] if first != scenario.start + 1 else [])]
