"""A scenario as the page runs it: with levers that were moved, or from a file that was sent."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from cordiale.case.load import LoadedPack
from cordiale.files.errors import FileError, OptionError, one_line
from cordiale.page.look import WORLDS
from cordiale.scenario.layers import values
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import apply_sets
from cordiale.scenario.timeline import check_levers

LONGEST = 120  # quarters that the page runs: longer ones would keep the others waiting
CHANGED = "_changed"  # added to the name of a scenario whose levers were moved here


def prepared(scenario: Scenario, worlds: int, seed: int, moved: Mapping[str, float] | None = None) -> Scenario:
    """Return a scenario as the page runs it, under another name where levers were moved."""
    own = scenario
    if own.quarters > LONGEST:
        raise OptionError(f"'{own.name}' has {own.quarters} quarters; the page runs {LONGEST} at most, "
                          f"and `cordiale run` any number")  # fmt: skip
    own = apply_sets(own, {"worlds": worlds, "seed": seed, **(moved or {})})
    check_levers(own)  # refuses levers that move one number at the same time
    if moved:
        own = own.copy(name=own.name + CHANGED, title=f"{own.title}, changed")
    return own


def uploaded(content: bytes, name: str, pack: LoadedPack) -> Scenario:
    """Return the scenario in a file that somebody sent, read as the command line would read it.

    Parameters
    ----------
    name : of the file on the sender's disk, for messages
    pack : of the page

    Raises
    ------
    UserError in one line, which names the sender's file
    """
    shown = one_line(name)[:80]
    with TemporaryDirectory(prefix="cordiale-") as folder:
        path = Path(folder) / "uploaded.yaml"
        path.write_bytes(content)
        try:
            scenario = load_scenario(path, pack=pack.folder)
        except FileError as error:
            if error.path != path:
                raise
            raise FileError(shown, error.line, error.column, error.message) from None
        prepared(scenario, WORLDS, scenario.seed)  # refuses what the page cannot run
    return scenario


def content(scenario: Scenario) -> Hashable:
    """Return all that the worlds of a scenario hang on, beside the pack."""
    return (
        tuple(sorted(scenario.levers.items())), tuple(scenario.events), tuple(sorted(scenario.fixed.items())),
        shared(scenario),
    )  # fmt: skip


def shared(scenario: Scenario) -> Hashable:
    """Return what scenarios must share to run side by side: ranges, length, seed and number of worlds."""
    ranges = {path: coded.model_dump_json() for path, coded in values(scenario.settings.ranges).items()}
    return tuple(sorted(ranges.items())), scenario.horizon, scenario.seed, scenario.worlds
