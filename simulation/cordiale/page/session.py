"""A scenario as the page runs it, from the pack or a file that was sent, and its levers as a visitor meets them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cordiale.case.fields import FIELDS
from cordiale.case.load import LoadedPack
from cordiale.files.errors import FileError, OptionError, one_line
from cordiale.page.look import SET, WORLDS, Look
from cordiale.scenario.layers import values
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import apply_sets
from cordiale.scenario.timeline import check_levers, lever_course

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


STEP = 0.05


@dataclass(frozen=True)
class Handle:
    """A lever.

    Attributes
    ----------
    field : its name in an address
    at : where it stands: moved here, as the scenario leaves it, or as coded
    moved : whether it was moved here;  used : whether the scenario moves it
    holds : whether all it moves is held in or out: there is nothing between 0 and 1
    coded : low, best and high of the coded numbers it moves, on its own scale; None where none is coded
    ends : what is done at 0 and at 1, where the pack says so
    """

    field: str
    label: str
    says: str
    locator: str
    shock: bool
    at: float
    moved: bool
    used: bool
    holds: bool
    coded: tuple[float, float, float] | None
    ends: tuple[str, str] | None

    @property
    def coded_words(self) -> str:
        """What is coded, in words."""
        if self.coded is None:
            return "Nothing is coded: free until a lever holds it." if self.holds else "Coded as 0: absent."
        low, best, high = self.coded
        return f"Coded from {low:.2f} to {high:.2f}, best {best:.2f}."


def handles(scenario: Scenario, look: Look) -> list[Handle]:
    """Return all levers, those first that the scenario moves."""
    found = [handle_of(scenario, name, look) for name in scenario.known_levers]
    return sorted(found, key=lambda each: (not each.used, not each.moved))


def handle_of(scenario: Scenario, name: str, look: Look) -> Handle:
    """Return a lever as it stands in a look."""
    lever = scenario.handle(name)
    paths = {scenario.names.canonical(path): ends for path, ends in lever.moves.items()}
    fields = [scenario.names.paths[path][0] for path in paths]
    holds = {FIELDS[field].kind for field in fields if field in FIELDS} == {"hold"}
    coded, at = _coded(scenario, paths), look.moved.get(name)
    return Handle(
        field=SET + name, label=lever.label, says=lever.says, locator=lever.locator, shock=lever.shock,
        at=_resting(scenario, name, coded) if at is None else at, moved=at is not None, used=name in scenario.moved,
        holds=holds, coded=coded, ends=(lever.named[0], lever.named[1]) if lever.named else None,
    )  # fmt: skip


def _coded(scenario: Scenario, paths: dict[str, list[float]]) -> tuple[float, float, float] | None:
    found = [
        sorted((each - low) / (high - low) for each in (coded.low, coded.best, coded.high))
        for path, (low, high) in paths.items()
        if high != low and (coded := scenario.ranges.get(path)) is not None
    ]
    if not found:
        return None
    low, best, high = (min(1.0, max(0.0, sum(column) / len(found))) for column in zip(*found, strict=True))
    return low, best, high


def _resting(scenario: Scenario, name: str, coded: tuple[float, float, float] | None) -> float:
    """Return where a lever stands while nobody moves it: as the scenario leaves it, else as coded."""
    if name in scenario.moved:
        share, part = lever_course(scenario, name)
        moved = [float(p / s) for s, p in zip(share, part, strict=True) if s > 0]
        if moved:
            return _step(moved[-1])
    return _step(coded[1]) if coded else 0.0


def _step(value: float) -> float:
    return round(round(value / STEP) * STEP, 10)
