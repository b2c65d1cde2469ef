"""The scenarios of a study as its manifest tells them, and what has changed on the disk since they were run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cordiale.coded import Coded
from cordiale.coding import Coding, read_coding
from cordiale.durable import hash_of
from cordiale.errors import StudyError, UserError, shown
from cordiale.fields import Names
from cordiale.layers import load_scenario
from cordiale.library import LoadedPack, find_pack
from cordiale.measures.catalogue import known_measures
from cordiale.numbers import coded_numbers
from cordiale.quarters import to_index
from cordiale.resolved import Origin, Scenario, Setting
from cordiale.scenario import Basis, ScenarioFile
from cordiale.study import Study
from cordiale.verify import damaged

MANIFEST = Origin("manifest", None, None)
PREFIX = "uncertainties."


@dataclass(frozen=True)
class Rebuilt:
    """What a report needs beside the study itself.

    Attributes
    ----------
    scenarios : in the order of the study; levers, events and fixed numbers are those of the manifest, ranges
        those of the files as they are now, and numbers of another coder lie in `coding` alone
    doubts : what the manifest says and the disk does not bear out, a sentence each
    """

    study: Study
    loaded: LoadedPack
    scenarios: dict[str, Scenario]
    doubts: list[str] = field(default_factory=list)

    @property
    def first(self) -> Scenario:
        """The scenario that the others are compared with."""
        return self.scenarios[self.study.scenarios[0]]

    @property
    def others(self) -> list[Scenario]:
        """The scenarios that are compared with the first."""
        return [self.scenarios[name] for name in self.study.scenarios[1:]]


def rebuild(study: Study) -> Rebuilt:
    """Return the scenarios of a study; OptionError or FileError where its pack is gone or broken."""
    loaded, study = _pack(study), _distinct(study)
    names = Names(loaded.pack)
    _check(study, names)
    doubts, numbers, scenarios = list(_changed(study)), coded_numbers(loaded, names), {}
    for about in study.manifest["scenarios"]:
        file = ScenarioFile.model_construct(
            title=about["title"], question=about.get("question", ""), basis=_basis(about.get("basis") or {})
        )
        scenario = Scenario(about["name"], file, loaded, names, numbers)
        try:
            doubts += _lay(scenario, study, about)
        except (KeyError, TypeError, ValueError, AttributeError):
            fault = f"what it says of the scenario '{about['name']}' is not as this version writes it"
            raise StudyError(f"{shown(study.folder / 'manifest.json')}: {fault}") from None
        scenarios[scenario.name] = scenario
    return Rebuilt(study, loaded, scenarios, list(dict.fromkeys(doubts)))


def _distinct(study: Study) -> Study:
    """Return a study in which no two scenarios have one title: the coder, or the name, tells them apart."""
    abouts = study.manifest["scenarios"]
    count = Counter(about["title"] for about in abouts)
    first: dict[str, str] = {}
    told = []
    for about in abouts:
        title, coding = about["title"], about.get("coding")
        if count[title] > 1 and first.setdefault(title, about["name"]) != about["name"]:
            of = f"coding {Path(str(coding['path'])).stem}" if coding else about["name"]
            title = f"{title} ({of})"
        told.append({**about, "title": title})
    return Study(study.folder, {**study.manifest, "scenarios": told})


def _check(study: Study, names: Names) -> None:
    """Raise StudyError for a study whose focus or measures the pack and this version do not know."""
    known, focus = set(known_measures(names)), str(study.manifest["focus"])
    unknown = [name for scenario in study.scenarios for name in study.measures(scenario) if name not in known]
    if unknown:
        raise StudyError(f"{shown(study.folder)} records '{unknown[0]}', which is no measure of its pack")
    try:
        names.dyad(focus)
    except KeyError:
        raise StudyError(f"{shown(study.folder)}: its focus '{focus}' is no dyad of its pack") from None


def coded_by(scenario: Scenario) -> Scenario:
    """Return a scenario with the numbers of its coder as ranges of its own."""
    if scenario.coding is None:
        return scenario
    history = dict(scenario.history)
    for cell in scenario.coding.cells:
        history.setdefault(f"{PREFIX}{cell.path}", [Setting(cell.coded, MANIFEST)])
    return replace(scenario, history=history)


def _pack(study: Study) -> LoadedPack:
    """Return the pack from where it was read, else the one of its name."""
    for path in map(Path, study.manifest.get("read", {})):
        if path.name == "case.yaml" and path.is_file():
            return find_pack(path.parent)
    return find_pack(str(study.manifest["pack"]))


def _changed(study: Study) -> Iterator[str]:
    for name in damaged(study):
        yield f"{name} is not what the study wrote."
    read = {Path(path): known for path, known in study.manifest.get("read", {}).items()}
    gone = [path.name for path in read if not path.is_file()]
    other = [path.name for path, known in read.items() if path.is_file() and hash_of(path) != known]
    if gone:
        yield f"Not found where the study read them: {', '.join(gone)}."
    if other:
        yield f"Changed since the study was run: {', '.join(other)}; their numbers are shown as they are now."


def _basis(basis: Mapping[str, Any]) -> Basis:
    return Basis.model_construct(locator=basis.get("locator", ""), says=basis.get("says", ""))


def _lay(scenario: Scenario, study: Study, about: Mapping[str, Any]) -> Iterator[str]:
    """Lay what the manifest says of a scenario on it, and yield what cannot be laid."""
    put, levers = scenario.history, scenario.loaded.pack.case.levers
    put["horizon"] = [Setting(about["quarters"][-1], MANIFEST)]
    put["seed"], put["worlds"] = [Setting(study.manifest["seed"], MANIFEST)], [Setting(study.worlds, MANIFEST)]
    for name, value in about.get("levers", {}).items():
        put[f"levers.{name}"] = [Setting(float(value), MANIFEST)]
    for event in about.get("events", []):
        quarter = to_index(event["quarter"])
        entry = (quarter, event["kind"], event["lever"], float(event["value"]), int(event["quarters"]))
        put[f"event.{quarter}.{event['lever']}"] = [Setting(entry, MANIFEST)]
    for path, value in about.get("fixed", {}).items():
        put[f"fixed.{path}"] = [Setting(float(value), MANIFEST)]
    for key in [key for key in put if key.startswith(("levers.", "event.", "fixed."))]:
        name = key.split(".", 2)[2] if key.startswith("event.") else key.partition(".")[2]
        if name not in (scenario.names.paths if key.startswith("fixed.") else levers):
            del put[key]
            yield f"{about['title']} sets '{name}', which the pack no longer has."
    scenario.coding = _coding(scenario, about)
    yield from _lay_ranges(scenario, study, about)


def _lay_ranges(scenario: Scenario, study: Study, about: Mapping[str, Any]) -> Iterator[str]:
    """Lay the ranges of a scenario's own file on it, since the manifest names them and does not give them."""
    coders = {cell.path for cell in scenario.coding.cells} if scenario.coding else set()
    wanted = [path for path in about.get("uncertainties", []) if path not in coders]
    found = _ranges(study, about) if wanted else {}
    for path in wanted:
        if path in found and path in scenario.numbers:
            scenario.history[f"{PREFIX}{path}"] = [found[path]]
    if lost := [path for path in wanted if path not in found]:
        yield f"{about['title']} draws {len(lost)} numbers from ranges that are not at hand now, such as {lost[0]}."


def _ranges(study: Study, about: Mapping[str, Any]) -> dict[str, Setting]:
    """Return path -> range in the scenario's file; empty where it is gone or no longer fits its pack."""
    parts = str(about["name"]).partition("@")[0].split("+")
    files = {Path(path).stem: path for path in study.manifest.get("read", {}) if Path(path).suffix in (".yaml", ".yml")}
    try:
        found = load_scenario("+".join(files.get(part, part) for part in parts))
    except UserError:
        return {}
    ranges = {key.removeprefix(PREFIX): said[-1] for key, said in found.history.items() if key.startswith(PREFIX)}
    return {path: setting for path, setting in ranges.items() if isinstance(setting.value, Coded)}


def _coding(scenario: Scenario, about: Mapping[str, Any]) -> Coding | None:
    coding = about.get("coding")
    try:
        return read_coding(coding["path"], scenario.names, scenario.numbers) if coding else None
    except UserError:
        return None  # `_changed` has said that the file is gone, or another one
