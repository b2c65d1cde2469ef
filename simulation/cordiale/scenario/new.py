"""Lay down a commented pack or scenario that validates, whole or not at all; nothing is ever overwritten."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cordiale.case.checks import paragraphs
from cordiale.case.fields import FIELDS, Names
from cordiale.case.load import (
    BESIDE,
    LoadedPack,
    is_file,
    nearest_pack,
    pack_folder,
    pack_names,
    scenario_folders,
    scenario_names,
)
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Lever, Pack
from cordiale.case.public.published import example
from cordiale.case.public.recode import coding_text
from cordiale.case.quarters import to_index, to_text
from cordiale.files.atomic_write import missing_parents, reason, write_user_files
from cordiale.files.errors import OptionError, UserError, short, shown
from cordiale.files.file_list import remove_empty
from cordiale.files.yaml_file import text_of
from cordiale.scenario.file import find_scenario
from cordiale.scenario.from_data import pack_texts
from cordiale.scenario.load import load_case
from cordiale.scenario.schema import scenario_schema, schemas, text
from cordiale.scenario.settings import USUAL_HORIZON
from cordiale.scenario.words import render

STATES = ("XAA", "XBB", "XCC")  # ISO 3166 leaves XAA to XZZ to users, so that no state has one of them
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def new_pack(name: str, root: Path | None = None, like: str | None = None) -> list[Path]:
    """Write a case pack and its baseline below a root with `agents/` and `scenarios/`, and return the files.

    Parameters
    ----------
    root : the working directory where None
    like : a pack of which it is a copy, with its scenarios and claims; three invented states where None

    Raises
    ------
    OptionError for a name that cannot be one or is taken, a pack that is not known, or where nothing can be written;
    StudyError where somebody makes one of the files meanwhile; FileError for a fault in the pack that is copied
    """
    root = root or Path()
    _check_new(name, root)
    if like is not None:
        return sorted(_write_all(_copy_of(load_case(like), name, root)))
    case = _case_templates(name)
    readme, baseline = (render(f"{each}.j2", name=name, states=STATES) for each in ("README.md", "baseline.yaml"))
    return _lay_down(name, root, case | {"README.md": readme}, baseline)


def new_pack_from_data(
    name: str, codes: Sequence[str], year: int, data: Path | None = None, root: Path | None = None
) -> list[Path]:
    """Write a case pack whose numbers come from public data, and its baseline, and return the files.

    Parameters
    ----------
    codes : states of ISO 3166; the first two are those whom the pack is about
    year : the last whose data count
    data : folder of the user's own tables, in the columns of those of cordiale
    root : as in `new_pack`

    Raises
    ------
    OptionError for a name, a year or a state that cannot be; FileError for a fault in a user's table
    """
    root = root or Path()
    _check_new(name, root)
    return _lay_down(name, root, *pack_texts(name, codes, year, data))


def _lay_down(name: str, root: Path, texts: Mapping[str, str], baseline: str) -> list[Path]:
    """Write the files of a pack, its baseline, and the schemas of both."""
    agents, scenarios = root / "agents" / name, root / "scenarios" / name
    files = {agents / each: content for each, content in texts.items()}
    files[scenarios / "baseline.yaml"] = baseline
    files |= {root / path: text(schema) for path, schema in schemas(_read(name, texts)).items()}
    return sorted(_write_all(files))


def _check_new(name: str, root: Path) -> None:
    """Raise OptionError for a name that no pack can have, or that one has already."""
    _check_name(name, "pack")
    for folder in (root / "agents" / name, root / "scenarios" / name):
        check_free(folder)
    if name in pack_names():
        raise OptionError(f"there is a case pack '{name}' already: choose another name")


def _case_templates(name: str) -> dict[str, str]:
    """Return the texts of a new pack's files in agents/, by their names."""
    files = {each: render(f"{each}.j2", name=name, states=STATES) for each in ("case.yaml", "ties.yaml")}
    return files | {
        f"{code}.yaml": render("state.yaml.j2", name=name, states=STATES, at=at) for at, code in enumerate(STATES)
    }


def pack_templates(name: str) -> list[str]:
    """Return the texts of a new pack's files and of its baseline."""
    return [*_case_templates(name).values(), render("baseline.yaml.j2", name=name, states=STATES)]


def _copy_of(loaded: LoadedPack, name: str, root: Path) -> dict[Path, str]:
    """Return the files of a pack under another name: its own, its scenarios and its claims; no results."""
    agents, scenarios, old = root / "agents" / name, root / "scenarios" / name, loaded.pack.name
    files = {agents / path.name: text_of(path) for path in loaded.files if path.parent == loaded.folder}
    if is_file(readme := loaded.folder / "README.md"):
        files[agents / readme.name] = text_of(readme)
    for folder in reversed(scenario_folders(loaded.folder)):  # the nearest counts
        found = [path for path in (*folder.glob("*.yaml"), folder / "README.md") if is_file(path)]
        files |= {scenarios / path.name: _renamed(text_of(path), old, name) for path in found}
    new = loaded.pack.model_copy(update={"name": name})
    return files | {root / path: text(schema) for path, schema in schemas(new).items()}


def _renamed(scenario: str, old: str, new: str) -> str:
    """Return a scenario's text in which the line that names its pack names another."""
    return re.sub(rf"^pack:(\s+){re.escape(old)}\b", rf"pack:\g<1>{new}", scenario, flags=re.MULTILINE)


def _read(name: str, case: Mapping[str, str]) -> Pack:
    """Return the pack that the texts of its files make."""
    with TemporaryDirectory() as folder:
        for each, content in case.items():
            (Path(folder) / each).write_text(content, "utf-8")
        return load_case(Path(folder)).pack.model_copy(update={"name": name})


def new_scenario(
    name: str, pack: str | None = None, root: Path | None = None, allow: Collection[str] = ()
) -> list[Path]:
    """Write a scenario of a pack below a root with `scenarios/`, and return what was written.

    Parameters
    ----------
    pack : name of the case pack; the only one of the nearest folder that has any where None
    allow : modules from which the pack may name a family of the user's own

    Raises
    ------
    OptionError for a name that cannot be one or is taken, a pack that is not known, or one without paragraphs
    """
    root = root or Path()
    _check_name(name, "scenario")
    loaded = load_case(nearest_pack(pack), allow=allow)
    if loaded.pack.name not in pack_names() or pack_folder(loaded.pack.name) != loaded.folder:
        raise OptionError(f"--pack {short(str(pack))} does not lie in agents/ here, beside which scenarios look for it")
    if name in BESIDE:
        raise OptionError(f"'{name}' is the name of {BESIDE[name]}: choose another name")
    folder = root / "scenarios" / loaded.pack.name
    path = folder / f"{name}.yaml"
    check_free(path)
    if name in scenario_names(loaded.folder):
        raise OptionError(f"the pack {loaded.pack.name} has a scenario '{name}' already: choose another name")
    files = {path: render("scenario.yaml.j2", **_scenario_words(name, loaded))}
    schema = folder / "schema" / "scenario.json"
    if not is_file(schema):
        files[schema] = text(scenario_schema(loaded.pack))
    return _write_all(files)


def new_coding(
    name: str, pack: str | None = None, map_file: Path | None = None, data: Path | None = None,
    root: Path | None = None, allow: Collection[str] = (),
) -> tuple[Path, int]:  # fmt: skip
    """Write NAME.csv, a pack coded from public data where a number maps, and return it and how many numbers it has.

    Parameters
    ----------
    pack : name or folder; the only one of the nearest folder that has any where None
    map_file : csv that says which numbers the data give; that of the pack where None
    data : folder of the user's own tables
    root, allow : as in `new_scenario`

    Raises
    ------
    OptionError for a name that cannot be one or is taken, or a pack that does not say what maps; FileError for a fault
    in a file
    """
    _check_name(name, "coding")
    path = (root or Path()) / f"{name}.csv"
    check_free(path)
    text = coding_text(load_case(nearest_pack(pack), allow=allow), map_file, data)
    return _write_all({path: text})[0], text.count("\n") - 1


def new_example(name: str, root: Path | None = None) -> list[Path]:
    """Write the tables of a published case into a folder, and return their paths.

    Raises
    ------
    OptionError for a name that is none, or where a file of theirs exists
    """
    files = {(root or Path()) / path.name: path.read_text("utf-8") for path in example(name).paths}
    for path in files:
        check_free(path)
    return _write_all(files)


def run_words(path: Path, pack: str) -> str:
    """Return the command that runs a scenario beside its pack's baseline: "cordiale run baseline my_question"."""
    own, named = _existing("baseline", pack), _existing("baseline", None)
    if own is None:
        return f"cordiale run {path}"
    return f"cordiale run {'baseline' if own == named else shown(own)} {path}"


def _existing(name: str, pack: str | None) -> Path | None:
    try:
        return find_scenario(name, pack).path.resolve()
    except UserError:
        return None


# ---------------------------------------------------------------- words of a scenario


def _scenario_words(name: str, loaded: LoadedPack) -> dict[str, Any]:
    """Return what the template of a scenario shows: levers of the pack that can stand together, and numbers."""
    case, names = loaded.pack.case, Names(loaded.pack)
    places = list(paragraphs(case))
    if not places:
        raise OptionError(f"the pack {loaded.pack.name} names no paragraph of its article, and a scenario rests on one")
    policies = [lever for lever, each in case.levers.items() if not each.shock] or list(case.levers)
    first = policies[0] if policies else None
    others = [lever for lever in policies if first and _apart(case.levers[lever], case.levers[first], names)]
    shocks = [lever for lever, each in case.levers.items() if each.shock and lever not in (first, *others[:1])
              and all(_apart(each, case.levers[other], names) for other in (first, *others[:1]) if other)]  # fmt: skip
    path = f"{case.focus.partition('-')[0]}.{names.issues[0]}.ideal"
    shown = [*([first] if first else []), *others[:1], *shocks[:1]]
    again = [lever for lever in (*others[1:], *shocks[1:])
             if all(_apart(case.levers[lever], case.levers[each], names) for each in shown)]  # fmt: skip
    taken = {names.canonical(each) for lever in (*shown, *again[:1]) for each in case.levers[lever].moves}
    ideals = [f"{state}.{issue}.ideal" for state in names.states for issue in names.issues]
    parent = "baseline" if "baseline" in scenario_names(loaded.folder) else None
    start = to_index(case.start)
    last = to_index((parent and find_scenario(parent, loaded.folder).file.horizon) or USUAL_HORIZON)
    dates = [min(start + after, last) if parent else start + after for after in (4, 8, 12, 28)]
    return {
        "name": name, "pack": loaded.pack.name, "case": case, "levers": case.levers, "first": first,
        "other": others[0] if others else None, "shock": shocks[0] if shocks else None,
        "again": again[0] if again else None, "free": next((each for each in ideals if each not in taken), None),
        "locator": case.levers[first].locator if first else places[0], "places": places,
        "parent": parent,
        "number": path, "coded": coded_numbers(loaded, names)[path].coded, "scale": names.scale(path),
        "meaning": FIELDS["ideal"].meaning, "quarters": [to_text(each) for each in dates],
        "states": names.states, "focus": names.dyad(case.focus),
    }  # fmt: skip


def _apart(one: Lever, other: Lever, names: Names) -> bool:
    """Return whether two levers move no number in common."""
    return not {names.canonical(path) for path in one.moves} & {names.canonical(path) for path in other.moves}


# ---------------------------------------------------------------- names and files


def _check_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"{short(name)} cannot name a {what}: small letters, digits and _, a letter first, at most 40"
        )


def check_free(path: Path) -> None:
    """Raise OptionError where something has the name of a path."""
    if os.path.lexists(path):
        raise OptionError(f"{shown(path)} exists, and nothing is overwritten: choose another name")


def _write_all(files: dict[Path, str]) -> list[Path]:
    """Write files that do not exist yet: all of them, or none."""
    made = {parent for path in files for parent in missing_parents(path)}
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_user_files(files)
    except BaseException as error:
        remove_empty(sorted(made, key=lambda path: -len(path.parts)))
        if isinstance(error, OSError):
            raise OptionError(f"{shown(path)}: {reason(error)}") from None
        raise
    return list(files)
