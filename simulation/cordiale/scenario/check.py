"""What `cordiale validate` finds: every fault of packs and their scenarios, and what is worth a second look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from cordiale.case.coding import own_codings, read_coding
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack, beside_scenarios, is_file, pack_names, scenario_names
from cordiale.case.numbers import coded_numbers
from cordiale.case.second_look import late_entries, second_look
from cordiale.files.errors import Faults, FileError, shown
from cordiale.files.yaml_file import Document, Key, read
from cordiale.scenario.claims import load_claims
from cordiale.scenario.costs import costs_of
from cordiale.scenario.expectations import load_expectations
from cordiale.scenario.first_questions import check_questions
from cordiale.scenario.forecast_questions import check_forecast_questions
from cordiale.scenario.load import family_of_pack, load_case, load_scenario
from cordiale.scenario.new import pack_templates
from cordiale.scenario.settings import Scenario

Given = TypeVar("Given")


@dataclass
class Found:
    """What a check found.

    Attributes
    ----------
    sound : a line for each pack and scenario without a fault
    faults, warnings : each once, by file, line and column
    """

    sound: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    warnings: list[FileError] = field(default_factory=list)

    def count(self) -> str:
        """Return how many faults there are, in words."""
        files = {fault.path for fault in self.faults}
        return f"{_number(len(self.faults), 'fault')} in {_number(len(files), 'file')}"


def check(names: Sequence[str] = (), pack: str | None = None, allowed: Sequence[str] = ()) -> Found:
    """Return what there is to say of packs with their scenarios and claims, and of scenarios.

    Parameters
    ----------
    names : of packs or scenarios; every pack where there is none
    pack : where scenarios are looked for, and the only pack where there are no names
    allowed : modules from which files may name behaviours and families of the user's own

    Raises
    ------
    OptionError for a name that is neither
    """
    checking = _Checking(allowed)
    for name in names or ([pack] if pack else pack_names()):
        if not names or name in pack_names() or is_file(Path(name) / "case.yaml"):
            checking.pack(name)
        else:
            checking.scenario(name, pack)
    found = checking.found
    found.faults, found.warnings = Faults(_in_order(found.faults)), _in_order(found.warnings)
    return found


class _Checking:
    """A check that goes on after a fault."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.found, self._allowed = Found(), allowed

    def pack(self, name: str) -> None:
        """Check a pack, its scenarios and its claims, all of them against what is usable of the pack."""
        loaded = self._line(lambda: self._checked(name), lambda loaded: _told(name, loaded))
        found = [self.scenario(scenario, name) for scenario in scenario_names(name)]
        if loaded is not None and (horizons := [each.horizon for each in found if each is not None]):
            self.found.warnings += late_entries(loaded, max(horizons))
        if beside_scenarios(name, "claims.yaml") is not None:
            self.found.faults.noted(lambda: load_claims(name, allow=self._allowed))
        self.found.faults.noted(lambda: load_expectations(name, allow=self._allowed))
        self.found.faults.noted(lambda: check_questions(name, self._allowed))
        self.found.faults.noted(lambda: check_forecast_questions(name, self._allowed))

    def scenario(self, name: str, pack: str | None) -> Scenario | None:
        """Return a scenario that is checked with its parents; None where it has a fault."""
        return self._line(lambda: self._ready(name, pack), lambda each: f"ok  scenario {each.name}: {each.title}")

    def _checked(self, name: str) -> LoadedPack:
        loaded = load_case(name, allow=self._allowed)
        self.found.warnings += second_look(loaded) + unwritten(loaded)
        family, names = family_of_pack(name, self._allowed), Names(loaded.pack)
        family.rules(loaded, allowed=self._allowed)
        for state in loaded.pack.states:
            self.found.faults.noted(partial(costs_of, state, loaded, names, family))
        numbers = coded_numbers(loaded, names)
        for coding in own_codings(loaded.folder):
            self.found.faults.noted(partial(read_coding, coding, names, numbers, loaded.folder))
        return loaded

    def _ready(self, name: str, pack: str | None) -> Scenario:
        scenario = load_scenario(name, pack=pack, allow=self._allowed)
        scenario.family.rules(scenario.loaded, allowed=self._allowed)
        self.found.warnings += unwritten_scenarios(scenario)
        return scenario

    def _line(self, check: Callable[[], Given], told: Callable[[Given], str]) -> Given | None:
        """Return what a check gives, and note its line; None where it has a fault, which is noted."""
        given = self.found.faults.noted(check)
        self.found.sound += [] if given is None else [told(given)]
        return given


def _told(name: str, loaded: LoadedPack) -> str:
    numbers = coded_numbers(loaded, Names(loaded.pack))
    return f"ok  pack {name}: {len(loaded.pack.states)} states, {len(numbers)} numbers with range and source"


def _in_order(found: Sequence[FileError]) -> list[FileError]:
    """Return each finding once, by file, line and column: a parent's faults are those of all its children."""
    once = {str(each): each for each in found}
    return sorted(once.values(), key=lambda each: (shown(each.path), each.line or 0, each.column or 0, each.message))


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


Leaf = tuple[tuple[Key, ...], str]
NAMED = 4  # places of such texts that are named
# A case may keep a text such as "Defence treaty"; these speak of the invented states, or of what is to be written.
_TO_WRITE = re.compile(
    "in your own words|still to be|what the article says|(first|second|third) state|the two|by which rule|all the rest"
    "|a forum|heading of",
    re.IGNORECASE,
)


def unwritten(loaded: LoadedPack) -> list[FileError]:
    """Return for each file of a pack how many of its texts are still the template's, at the first of them."""
    return [told for document in loaded.documents.values() for told in _still_template(document, loaded.pack.name)]


def unwritten_scenarios(scenario: Scenario) -> list[FileError]:
    """Return for each file of a scenario how many of its texts are still the template's, at the first of them."""
    return [told for path in scenario.files for told in _still_template(read(path), scenario.loaded.pack.name)]


def _still_template(document: Document, pack: str) -> Iterator[FileError]:
    ours = template_texts(pack)
    found = [path for path, text in _leaves(document.data) if text in ours]
    if found:
        names = [".".join(str(key) for key in path) for path in found]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        are = "1 text is" if len(names) == 1 else f"{len(names)} texts are"
        message = f"{are} still the template's, to be written: {', '.join(names[:NAMED])}{more}"
        yield FileError(document.path, *document.place(found[0], of_key=True), message)


@lru_cache(maxsize=8)
def template_texts(pack: str) -> frozenset[str]:
    """Return the texts of a new pack's files that say nothing of any case."""
    leaves = (leaf for text in pack_templates(pack) for leaf in _leaves(read(Path("template"), text).data))
    return frozenset(text for _, text in leaves if _TO_WRITE.search(text))


def _leaves(data: Any, path: tuple[Key, ...] = ()) -> Iterator[Leaf]:
    """Yield each text of a file with its path, except sources, which are counted as numbers without a source."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in ("source", "paraphrase"):
                yield from _leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*path, index))
