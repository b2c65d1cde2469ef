"""What else a user can get wrong: an error is one line that names its place, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

import cordiale
from tests.conftest import Call

Refused = Callable[..., str]
MINE = "scenarios/indo_pacific_2018/mine.yaml"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\n"
QUICK = ("--worlds", "4", "--set", "horizon=2019Q4", "--no-charts", "--out", "study")
COMMANDS = {
    ("run", "basline"): "no scenario 'basline'; did you mean 'baseline'?",
    ("run", "qqq"): "no scenario 'qqq'; `cordiale list` shows them",
    ("run", "baseline", "baseline"): "scenario 'baseline' is given twice",
    ("run", "scenarios/indo_pacific_2018/basline.yaml"): "no scenario file "
    "'scenarios/indo_pacific_2018/basline.yaml'; did you mean 'baseline.yaml'?",
    ("run", "agents"): "no scenario 'agents'; `cordiale list` shows them",
    (
        "run",
        "agents/",
    ): "'agents/' is a folder: a scenario is a file, and a pack is a folder with a case.yaml",
    ("list", "lever"): "'lever' cannot be listed; did you mean 'levers'? "
    "(known: scenarios, levers, measures, parameters, packs)",
    ("pack", "coverage", "indo_pacifc_2018"): "no case pack 'indo_pacifc_2018'; "
    "did you mean 'indo_pacific_2018'? (known: indo_pacific_2018)",
    ("pack", "coverage", "../.."): "'../..' is no case pack: it is no folder with a case.yaml",
    (
        "explain",
        "baseline",
        "FRA.china_tne.ideal",
    ): "'FRA.china_tne.ideal' is no setting, lever or parameter; did you mean 'FRA.china_tone.ideal'?",
    (
        "explain",
        "baseline",
        "JPN.dual_use_restraint",
    ): "'JPN.dual_use_restraint' is no setting, lever or parameter; did you mean 'JPN.dual_use_restraint.ideal'?",
    (
        "run",
        "baseline",
        "--set",
        "JPN.dual_use_restraint=0.2",
    ): "--set JPN.dual_use_restraint=0.2: no lever or parameter of that name in 'baseline'; "
    "did you mean 'JPN.dual_use_restraint.ideal'?",
    ("explain", "baseline", "wrlds"): "'wrlds' is no setting, lever or parameter; did you mean 'worlds'?",
    ("explain", "baseline", "brexti"): "'brexti' is no setting, lever or parameter; did you mean 'brexit'?",
    ("causes", "baseline", "--dyad", "FRA-JPX"): "'FRA-JPX' is no dyad of this pack; did you mean 'FRA-JPN'?",
    ("show", "nosuch"): "no study 'nosuch': there is no such folder, here or in outputs/ (in outputs/: no study)",
    ("compare", "nosuch"): "nothing to compare with: 'nosuch' is no study; name a scenario after the baseline",
    ("chart", "agents"): "'agents' is no study: it lacks manifest.json",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_argument_that_names_nothing(command: tuple[str, ...], refused: Refused) -> None:
    assert refused(*command) == COMMANDS[command]


BEHAVIOURS = {
    "Hedgr": ((), "'Hedgr' is no behaviour; did you mean 'Hedger'?"),
    "os:system": ((), "behaviour from the module 'os', which is not allowed: add --allow os"),
    "collections:OrderedDict": (("collections",), "'collections:OrderedDict' is not a subclass of State"),
    "os:nosuch": (("os",), "'os:nosuch' cannot be loaded: module 'os' has no attribute 'nosuch'"),
    "nosuch:X": (("nosuch",), "'nosuch:X' cannot be loaded: No module named 'nosuch'"),
}


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_that_cannot_be_used(name: str, refused: Refused) -> None:
    allowed, message = BEHAVIOURS[name]
    path = Path("agents/indo_pacific_2018/IDN.yaml")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("behaviour:")]
    path.write_text("\n".join([*lines, f"behaviour: {name}"]), "utf-8")
    options = [option for module in allowed for option in ("--allow", module)]
    place = f"agents/indo_pacific_2018/IDN.yaml:{len(lines) + 1}:12"
    assert refused("run", "baseline", *options, *QUICK) == f"{place}: {message}"


# ---------------------------------------------------------------- where a study is written


def test_a_folder_that_exists_or_cannot_be_written(refused: Refused, workshop: Path) -> None:
    start = ("run", "baseline", *QUICK[:-1])
    (workshop / "plain").write_text("mine")
    (workshop / "full").mkdir()
    (workshop / "full" / "notes.txt").write_text("mine")
    hint = "exists: choose another folder with --out, or add --replace"
    assert refused(*start, "full") == f"full {hint}"
    assert refused(*start, "plain") == "plain is a file: choose another folder with --out"
    assert refused(*start, "full", "--replace") == "full is no study of cordiale's, so --replace leaves it alone"
    assert refused(*start, "plain/study") == (
        "plain/study: plain is a file, where a folder is needed: move it away, and try again"
    )
    assert refused(*start, "plain", "--replace").startswith("plain")
    assert (workshop / "plain").read_text() == "mine"


@pytest.fixture
def small_disk(workshop: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    folder = workshop / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_fills(refused: Refused, small_disk: Path) -> None:
    message = refused("run", "baseline", "--worlds", "30", "--no-charts", "--out", "disk/study")
    assert message == "disk/study: the disk is full; nothing was kept"


def test_a_disk_that_fills_while_charts_are_drawn(call: Call, small_disk: Path) -> None:
    """The worlds are kept, and what to type is said; typing it works."""
    subprocess.run(["mount", "-o", "remount,size=2m", str(small_disk)], check=True)
    said = call("run", "baseline", "--worlds", "60", "--set", "horizon=2018Q4", "--jobs", "1", "--out", "disk/x")
    kept = "cordiale: disk/.x.unfinished/result/charts: the disk is full; 60 worlds are kept: go on with "
    assert said == (2, f"{kept}cordiale run --resume disk/x\n")
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    steps: list[int] = []
    assert cordiale.resume("disk/x", progress=lambda worlds, _: steps.append(worlds)).worlds == 60
    assert steps == []


def test_a_disk_that_fills_half_way(small_disk: Path) -> None:
    """What was finished before the disk was full is kept, and counts once there is room."""
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    kept = r"disk/study: the disk is full; (\d+) worlds are kept: go on with cordiale run --resume disk/study"
    with pytest.raises(cordiale.StudyError, match=kept) as caught:
        cordiale.run("baseline", worlds=1000, set={"horizon": "2018Q4"}, out="disk/study")
    (worlds,) = re.fullmatch(kept, str(caught.value)).groups()
    done = int(worlds) // 256
    assert 0 < done < 4
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    steps: list[int] = []
    assert cordiale.resume("disk/study", progress=lambda worlds, _: steps.append(worlds)).worlds == 1000
    assert len(steps) == 4 - done


def test_a_disk_that_is_read_only(refused: Refused, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert (
        refused("run", "baseline", *QUICK[:-1], "disk/study") == "disk/study: cannot be written: Read-only file system"
    )


# ---------------------------------------------------------------- studies that are read


def test_compare_says_how_another_quarter_is_read(refused: Refused) -> None:
    message = refused("compare", "baseline", "brexit", "--measure", "alignment:FRA-JPN@2022Q2")
    assert message == (
        "--measure 'alignment:FRA-JPN@2022Q2': compare tells of the last quarter: make it the last with --set "
        "horizon=2022Q2, or read it in comparison.csv, which has them all"
    )


@pytest.fixture
def study(workshop: Path) -> Path:
    """A study in the workshop."""
    return cordiale.run("baseline", worlds=4, set={"horizon": "2019Q1"}, out="study").folder


def test_what_a_study_lacks(refused: Refused, study: Path) -> None:
    assert refused("chart", "study", "fann").startswith("'fann' is no chart; did you mean 'fan'?")
    assert refused("chart", "study", "fan", "--measure", "aligment").startswith(
        "--measure 'aligment': 'aligment' is no measure; did you mean 'alignment'?"
    )
    assert refused("chart", "study", "pairs", "--measure", "trust").startswith(
        "the chart 'pairs' has no option 'measure'"
    )
    assert refused("show", "study", "--measure", "alignmnt").startswith(
        "--measure 'alignmnt': 'alignmnt' is no measure; did you mean 'alignment'?"
    )
    assert (
        refused("show", "study", "--measure", "alignment:FRA-JPX")
        == "--measure 'alignment:FRA-JPX': 'alignment' is of a dyad, such as FRA-JPN, and 'FRA-JPX' is none; "
        "did you mean 'FRA-JPN'?"
    )


@pytest.mark.parametrize("text", [b"", b'{"format": 1', b"\xff\xfe", b"[]", b'{"format": 99}'])
@pytest.mark.parametrize("command", ["show", "chart"])
def test_a_manifest_that_cannot_be_read(command: str, text: bytes, refused: Refused, study: Path) -> None:
    (study / "manifest.json").write_bytes(text)
    assert refused(command, "study").startswith("study/manifest.json: ")


def test_a_study_without_its_table(refused: Refused, study: Path) -> None:
    shutil.rmtree(study / "measures")
    assert refused("show", "study") == "'study' is no study: it lacks measures"


def test_what_another_command_wrote_is_no_study(refused: Refused, study: Path) -> None:
    cordiale.moves("AUS", worlds=4, out="outputs/found")
    assert refused("chart", "found", "fan") == "'found' is no study: it is what `cordiale moves` wrote"


# ---------------------------------------------------------------- the real command


def test_the_command_itself(workshop: Path) -> None:
    Path(MINE).write_text(f"{HEAD}levers: {{brexi: 1}}\n", "utf-8")
    command = [str(Path(sys.executable).parent / "cordiale"), "run", "mine", *QUICK]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"cordiale: {MINE}:4:10: 'brexi' is no lever of this pack; did you mean 'brexit'?\n"


@pytest.mark.parametrize("name", ["case", "ties", "FIN"])
def test_a_key_that_is_missing_or_of_another_kind_is_told(name: str, baltic_pack: str) -> None:
    path = Path("agents") / baltic_pack / f"{name}.yaml"
    text = path.read_text("utf-8")
    whole = yaml.safe_load(text)
    for key in whole:
        for value in (None, "0", [], {}):
            path.write_text(
                yaml.safe_dump({**whole, key: value} if value is not None else _without(whole, key)), "utf-8"
            )
            with suppress(cordiale.FileError):  # or nothing: an empty list may be as good as none
                cordiale.load_pack(baltic_pack)


def _without(whole: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in whole.items() if name != key}
