"""Every number of a study with its range and source, a row for each place in the pack's files; and what was run."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from cordiale.case.fields import FIELDS
from cordiale.case.ranges import Coded
from cordiale.files.errors import shown
from cordiale.output.report.rebuilt import Rebuilt, coded_by
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import Move, difference_words, label, meaning, moves, name_of
from cordiale.study.study import Study

TIES, CASE, WEIGHTS = "Ties between states", "Formats, agreements and domains", "Weights of the model"
EXACT = 3  # paths that are written out in words


@dataclass(frozen=True)
class Source:
    """A coded number, or the numbers that one line of a file gives to many dyads.

    Attributes
    ----------
    what : in words
    paths : as `cordiale explain` takes them
    numbers : "0.2 / 0.4 / 0.6": low, best, high
    basis, source, place : what it rests on, and file and line
    """

    what: str
    paths: str
    numbers: str
    basis: str
    source: str
    place: str


def sources(rebuilt: Rebuilt) -> dict[str, list[Source]]:
    """Return the group of a number -> its rows, in the order of the pack's files."""
    scenario, groups = rebuilt.first, dict[str, list[Source]]()
    for paths in _places(scenario):
        group = group_of(scenario, paths[0])
        what = _what(scenario, paths).removeprefix(f"{group}: ")
        groups.setdefault(group, []).append(_source(rebuilt, what, paths))
    return groups


def moved(rebuilt: Rebuilt) -> list[Source]:
    """Return the rows of the numbers that a scenario of the study moves: what a printed report shows of all."""
    paths = {
        scenario.names.canonical(path)
        for scenario in rebuilt.scenarios.values()
        for name in [*scenario.moved, *scenario.fixed]
        for path in scenario.handle(name).moves
    }
    found = (own for own in _places(rebuilt.first) if paths & set(own))
    return [_source(rebuilt, _what(rebuilt.first, own), own) for own in found]


def _places(scenario: Scenario) -> list[list[str]]:
    """Return the paths of each line of the pack's files."""
    places: dict[object, list[str]] = {}
    for path, number in scenario.numbers.items():
        places.setdefault((number.document.path, number.at), []).append(path)
    return list(places.values())


def _source(rebuilt: Rebuilt, what: str, paths: list[str]) -> Source:
    number = rebuilt.first.numbers[paths[0]]
    file, line = number.place
    return _row(what, paths, number.coded, f"{_file(rebuilt, file)}:{line}")


def others(rebuilt: Rebuilt) -> list[tuple[str, list[Source]]]:
    """Return title of a scenario -> the numbers that it draws from ranges of its own, or of another coder."""
    found = []
    for bare in rebuilt.scenarios.values():
        scenario = coded_by(bare)
        rows = [
            _row(label(scenario, path), [path], drawn.value, str(drawn.origin))
            for path, drawn in scenario.settings.ranges.items()
        ]
        rows += [
            Source(label(scenario, path), path, f"{value:g}", "", "fixed in every world with --set", "")
            for path, value in scenario.fixed.items()
        ]
        found += [(scenario.title, rows)] if rows else []
    return found


def group_of(scenario: Scenario, path: str) -> str:
    """Return what a number is of, for a heading: a state's name, or one of three kinds."""
    field, index = scenario.names.paths[path]
    if field == "weights":
        return WEIGHTS
    axes = FIELDS[field].axes
    if axes[0] == "state":
        return name_of(scenario, "state", scenario.names.states[index[0]])
    return TIES if axes[0] in ("observer", "one") else CASE


def _what(scenario: Scenario, paths: list[str]) -> str:
    """Return what a row is about; one line of a class of ties speaks of many dyads."""
    if scenario.names.paths[paths[0]][0] == "weights":
        return meaning(scenario, paths[0])
    labels, at = [label(scenario, path) for path in paths], scenario.numbers[paths[0]].at
    tails = {each.partition(": ")[2] for each in labels}
    kinds = scenario.loaded.pack.ties.classes
    if len(paths) <= EXACT or len(tails) > 1 or at[0] != "classes":
        return "; ".join(labels)
    return f"{len(paths)} ties of the class “{kinds[str(at[1])].label}”: {tails.pop()}"


def _row(what: str, paths: list[str], coded: Coded, place: str) -> Source:
    source = coded.source or f"{coded.locator}: {coded.paraphrase}"
    numbers = f"{coded.low:g} / {coded.best:g} / {coded.high:g}"
    return Source(what, _folded(paths), numbers, coded.basis, source, place)


def _folded(paths: list[str]) -> str:
    """Return paths as text; many that differ in their dyad only are folded: "{FRA-JPN, FRA-IND}.trust"."""
    tails = {path.partition(".")[2] for path in paths}
    if len(paths) == 1 or len(tails) > 1:
        return ", ".join(paths)
    return f"{{{', '.join(path.partition('.')[0] for path in paths)}}}.{tails.pop()}"


def _file(rebuilt: Rebuilt, file: str) -> str:
    """Return a file's name within its pack, else as the user would type it."""
    folder = f"{rebuilt.loaded.folder}/"
    return file.removeprefix(folder) if file.startswith(folder) else shown(file).rpartition("/")[2]


# ----------------------------------------------------------------
# What is asked, what the scenarios do in words, and what differs between them.


@dataclass(frozen=True)
class Policy:
    """A scenario in words.

    Attributes
    ----------
    moves : what it sets; none where all is as coded
    differs : how it differs from the first, a sentence each; none of the first itself
    coder : of whom its numbers are, where it is another than the pack's
    """

    name: str
    title: str
    question: str
    locator: str
    says: str
    quarters: str
    moves: list[Move]
    differs: list[str]
    coder: str

    @property
    def only_moves(self) -> bool:
        """Whether what differs is what the scenario sets, and nothing beside."""
        return self.differs == [f"{move}." for move in self.moves]


def policies(rebuilt: Rebuilt) -> list[Policy]:
    """Return the scenarios of a study in words."""
    return [_policy(rebuilt, scenario) for scenario in rebuilt.scenarios.values()]


def _policy(rebuilt: Rebuilt, scenario: Scenario) -> Policy:
    about, first = rebuilt.study.about(scenario.name), rebuilt.first
    basis, quarters = scenario.file.basis, about["quarters"]
    coding = about.get("coding")
    differs = difference_words(first, scenario) if scenario is not first else []
    return Policy(
        scenario.name, scenario.title, scenario.file.question, basis.locator, basis.says,
        f"{quarters[0]} to {quarters[-1]}", moves(scenario), [words for words in differs],
        f"{coding['path']} ({coding['numbers']} numbers)" if coding else "",
    )  # fmt: skip


OWN = "cordiale"


def facts(rebuilt: Rebuilt) -> list[tuple[str, str]]:
    """Return name and value of what the manifest says, the short things only."""
    study, told = rebuilt.study, rebuilt.study.manifest
    timing, states = told.get("timing", {}), rebuilt.loaded.pack.states
    own = [
        f"{code} {kind}" for code, kind in told.get("behaviour", {}).items()
        if kind.rpartition(":")[2] != (states[code].behaviour.rpartition(":")[2] if code in states else "")
    ]  # fmt: skip
    rows = [
        ("Case pack", told["pack"]),
        ("Article", told["article"]),
        ("Scenarios", ", ".join(study.scenarios)),
        ("Worlds", f"{study.worlds:,}, the same in each scenario"),
        ("Seed", str(told["seed"])),
        ("Behaviour other than the pack's", ", ".join(own)),
        ("Started", timing.get("started", "")),
        ("Took", f"{timing['seconds']:.1f} s" if "seconds" in timing else ""),
        ("Versions", ", ".join(f"{name} {each}" for name, each in told["versions"].items())),
        *((f"Hash of {name}", digest) for name, digest in told.get("content", {}).items()),
    ]
    return [(name, str(value)) for name, value in rows if value]


def files(study: Study) -> list[tuple[str, str]]:
    """Return path and hash of the files that the study was made from."""
    return [(str(path), str(digest)) for path, digest in study.manifest.get("read", {}).items()]


def command(rebuilt: Rebuilt) -> str:
    """Return what to type to make the study again, with the version of `version` installed."""
    typed = [str(word) for word in rebuilt.study.manifest.get("command", [])]
    again = typed[:1] == [OWN] and typed[1:2] in (["run"], ["compare"], ["brief"])
    return shlex.join(typed if again else _made_up(rebuilt))


def version(study: Study) -> str:
    """Return the version of cordiale that made the study, '' where its manifest does not say."""
    return str(study.manifest["versions"].get(OWN, ""))


def by_hand(study: Study) -> bool:
    """Whether the study was run from Python, so that its command is put together from the manifest."""
    return [str(word) for word in study.manifest.get("command", [])][:1] != [OWN]


def _made_up(rebuilt: Rebuilt) -> list[str]:
    study, first = rebuilt.study, rebuilt.first
    words = [
        OWN,
        "run",
        *study.scenarios,
        "--pack",
        str(study.manifest["pack"]),
        "--worlds",
        str(study.worlds),
        "--seed",
        str(study.manifest["seed"]),
    ]
    for path, value in first.fixed.items():
        words += ["--set", f"{path}={value:g}"]
    coding: Any = study.about(first.name).get("coding")
    return [*words, "--coding", coding["path"]] if coding else words


def whole(study: Study) -> str:
    """Return the manifest as text."""
    return json.dumps(study.manifest, ensure_ascii=False, indent=1)
