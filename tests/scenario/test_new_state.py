"""A state that is added to a pack runs at once, says which of its numbers are not its own, and harms no file."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cordiale.case.checks import walk_coded
from cordiale.case.load import pack_folder
from cordiale.files.errors import FileError, StudyError
from cordiale.scenario.load import load_case, load_pack, load_scenario
from cordiale.scenario.new_state import new_state
from tests import packs
from tests.commands import after
from tests.scenario.test_new import content

SHIPPED = "indo_pacific_2018"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mine(run: Run, tmp_path: Path) -> Path:
    """The folder of a copy of the shipped pack, `mine`, in an empty working directory."""
    assert run("new", "pack", "mine", "--like", SHIPPED)[0] == 0
    return tmp_path / "agents" / "mine"


def test_a_copy_of_a_pack_is_that_pack_under_another_name(run: Run, mine: Path, tmp_path: Path) -> None:
    for path in pack_folder(SHIPPED).glob("*.yaml"):
        assert (mine / path.name).read_bytes() == path.read_bytes()
    copy, shipped = (load_scenario(Path(root) / "scenarios" / name / "africa_bargain.yaml")
                     for root, name in ((tmp_path, "mine"), (pack_folder(SHIPPED).parent.parent, SHIPPED)))  # fmt: skip
    assert (copy.loaded.pack.name, copy.ranges, copy.events) == ("mine", shipped.ranges, shipped.events)
    assert not (tmp_path / "scenarios" / "mine" / "verdicts.json").exists()  # a result, and of another pack
    code, out, _ = run("validate", "mine")
    assert code == 0
    assert "ok  pack mine: 17 states" in out


def test_a_state_like_another_runs_at_once_and_its_numbers_say_so(run: Run, mine: Path) -> None:
    before = content(mine)
    code, out, _ = run("new", "state", "THA", "--pack", "mine", "--like", "AUS", "--name", "Thailand")
    assert code == 0
    assert out.splitlines()[:3] == [f"agents/mine/{name}.yaml" for name in ("THA", "case", "ties")]
    pack = load_pack("mine")
    thailand, australia = pack.states["THA"], pack.states["AUS"]
    assert (thailand.name, list(pack.states)[-1]) == ("Thailand", "THA")
    own, copied = dict(walk_coded(thailand)), dict(walk_coded(australia))
    assert own.keys() == copied.keys()
    for path, coded in own.items():
        assert coded.best == copied[path].best
        assert (coded.basis, (coded.source or "")[:17]) == ("not in the article", "copied from AUS: ")
    ties = pack.ties
    assert "THA-VNM" in ties.classes["partner"].dyads
    assert ties.views["THA>FRA"].trust is not None
    assert {rung.agreement for rung in ties.ladder if set(rung.dyad.split("-")) == {"THA", "IDN"}} == {
        rung.agreement for rung in ties.ladder if set(rung.dyad.split("-")) == {"AUS", "IDN"}
    }
    for name, text in before.items():  # every line stands that stood, but for lists that go on
        for line in text.decode().splitlines():
            assert line.rstrip("]") in (mine / name).read_text("utf-8"), line
    code, out, _ = run("validate", "mine")
    assert code == 0
    warnings = [line for line in out.splitlines() if line.startswith("warning  ")]
    assert [re.split(r"[ :]+", line)[1] for line in warnings] == [
        f"agents/mine/{name}.yaml" for name in ("THA", "THA", "ties", "ties")
    ]
    assert "is no code of the Correlates of War project" in warnings[0]
    assert f"{len(own)} numbers are copied from AUS" in warnings[1]
    assert "entries are copied from AUS" in warnings[2]
    assert "AUS-THA" in warnings[3]
    advice = "scenarios/mine/baseline.yaml", "--worlds", "4", "--set", "horizon=2019Q2", "--no-charts"
    assert run("run", *advice)[0] == 0


def test_a_state_of_its_own_is_all_placeholders(run: Run, mine: Path) -> None:
    ties = (mine / "ties.yaml").read_bytes()
    assert run("new", "state", "THA", "--pack", "mine")[0] == 0
    assert (mine / "ties.yaml").read_bytes() == ties
    pack = load_pack("mine")
    numbers = list(walk_coded(pack.states["THA"]))
    assert len(numbers) == 2 * len(pack.case.issues) + 4 + len(pack.case.theatres) + len(pack.case.hazards) + 2
    assert all((coded.low, coded.high) == coded.bounds for _, coded in numbers)
    assert all((coded.source or "").startswith("assumption: a placeholder") for _, coded in numbers)
    text = (mine / "THA.yaml").read_text("utf-8")
    for issue in pack.case.issues.values():
        assert all(f"#   {at}: {words}" in text for at, words in (("0", issue.zero), ("1", issue.one)))
    code, out, _ = run("validate", "mine")
    assert code == 0
    assert f"{len(numbers)} numbers are placeholders, still to be coded" in out


def test_a_hazard_that_becomes_a_state_presses_others(mine: Path) -> None:
    new_state("PRK", "mine", "CHN")
    state = load_pack("mine").states["PRK"]
    assert (state.behaviour, state.assertiveness is not None) == ("Challenger", True)
    assert not {"PRK"} & (state.threat.keys() | state.dependence.keys())
    new_state("TWN", "mine", "CHN")
    state = load_pack("mine").states["TWN"]
    assert (state.behaviour, state.assertiveness) == ("State", None)


@pytest.mark.parametrize("style", [None, True, False])
def test_any_pack_takes_a_state_in_whatever_style_its_files_are(
    style: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in range(12):
        folder = tmp_path / "agents" / f"case_{seed}"
        folder.mkdir(parents=True)
        for name, data in packs.random_pack(seed).items():
            text = yaml.safe_dump(data, sort_keys=False, default_flow_style=style)
            (folder / f"{name}.yaml").write_text(
                text.rstrip("\n") if seed % 2 else text.replace("\n", "\r\n"), "utf-8", newline=""
            )
        before = load_pack(f"case_{seed}")
        new_state("ZZZ", f"case_{seed}", "AAA" if seed % 3 else None)
        after = load_pack(f"case_{seed}")
        assert after.case.states == [*before.case.states, "ZZZ"]
        assert {dyad: tie for dyad, tie in after.ties.dyads.items() if "ZZZ" not in dyad} == before.ties.dyads
        assert [rung for rung in after.ties.ladder if "ZZZ" not in rung.dyad] == before.ties.ladder
        for name, kind in before.ties.classes.items():
            swapped = [dyad.replace("AAA", "ZZZ") for dyad in kind.dyads if "AAA" in dyad] if seed % 3 else []
            assert after.ties.classes[name].dyads == [*kind.dyads, *swapped]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("Kor",), "'Kor' cannot be a state: give three capital letters of ISO 3166, such as THA"),
        (("AUS",), "AUS is a state of the pack mine already"),
        (
            ("KOR", "--pack", SHIPPED),
            f"KOR is a state of the pack {SHIPPED} already, and the pack {SHIPPED} does not lie",
        ),
        (("THA", "--like", "AUT"), "--like 'AUT': no state of the pack; did you mean 'AUS'?"),
        (("THA", "--name", "x"), "--name 'x': at least three letters"),
        (("THA", "--pack", "min"), "no case pack 'min'; did you mean 'mine'?"),
        (("THA", "--pack", SHIPPED), f"`cordiale new pack my_pack --like {SHIPPED}`, then say --pack my_pack"),
    ],
)
def test_what_cannot_be_added(
    run: Run,
    mine: Path,
    words: tuple[str, ...],
    message: str,
) -> None:
    before = content(mine)
    pack = () if "--pack" in words else ("--pack", "mine")
    code, out, error = run("new", "state", *words, *pack)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert message in error
    assert content(mine) == before


def test_a_file_that_is_there_and_a_pack_with_a_fault_stay_as_they_are(mine: Path) -> None:
    (mine / "THA.yaml").write_text("mine", "utf-8")
    with pytest.raises(FileError, match="THA is not among the `states`"):
        new_state("THA", "mine")
    assert (mine / "THA.yaml").read_text("utf-8") == "mine"


def test_where_one_file_cannot_be_written_all_stay_as_they_were(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, replace = content(mine), os.replace

    def full(one: Path, other: Path) -> None:
        if Path(other).name == "case.yaml" and b"THA" in Path(one).read_bytes():
            raise OSError(28, "No space left on device", str(one), None, str(other))
        replace(one, other)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StudyError, match=r"^agents/mine/case\.yaml: the disk is full$"):
        new_state("THA", "mine", "AUS")
    assert content(mine) == before
    load_case("mine")


# ---------------------------------------------------------------- what somebody does while it works, and kills

NEW = ("new", "state", "THA", "--pack", "mine", "--like", "AUS")
CHECKED = """
import cordiale.scenario.new_state as new_state
check = new_state._check
def checked(*given):
    check(*given)
    {harm}
new_state._check = checked
"""
NAMED = """
import cordiale.files.atomic_write as files
name = files._name
def named(drafts, targets, olds, there):
    name(drafts[:{files}], targets[:{files}], olds[:{files}], there)
    os.kill(os.getpid(), signal.{signal})
    name(drafts[{files}:], targets[{files}:], olds[{files}:], there)
files._name = named
"""


@pytest.mark.parametrize("name", ["case", "ties", "FRA"])
def test_what_somebody_writes_into_a_pack_meanwhile_stays(name: str, mine: Path) -> None:
    with (mine / f"{name}.yaml").open("a", encoding="utf-8") as file:
        file.write("# the user's\n")
    edited = content(mine)
    with (mine / f"{name}.yaml").open("r+b") as file:
        file.truncate(len(edited[f"{name}.yaml"]) - len("# the user's\n"))
    done = after(CHECKED.format(harm=f"open('agents/mine/{name}.yaml', 'a').write('# the user\\'s\\n')"), *NEW)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"cordiale: agents/mine/{name}.yaml was changed by somebody else meanwhile: nothing is written; "
        "type the command again\n"
    )
    assert content(mine) == edited
    new_state("THA", "mine", "AUS")
    assert b"# the user's\n" in (mine / f"{name}.yaml").read_bytes()


@pytest.mark.parametrize(
    "harm", ["open('agents/mine/THA.yaml', 'w').write('mine')", "os.symlink('no', 'agents/mine/THA.yaml')"]
)
def test_a_file_of_the_new_state_that_somebody_makes_meanwhile_stays(harm: str, mine: Path) -> None:
    before = content(mine)
    done = after(CHECKED.format(harm=harm), *NEW)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "agents/mine/THA.yaml was made by somebody else meanwhile" in done.stderr
    path = mine / "THA.yaml"
    assert path.is_symlink() or path.read_text("utf-8") == "mine"
    path.unlink()
    assert content(mine) == before


def test_a_file_keeps_its_rights_and_a_link_stays_a_link(mine: Path) -> None:
    (mine / "case.yaml").chmod(0o640)
    (mine / "ties.yaml").rename(mine / "schema" / "ties_own.yaml")
    (mine / "ties.yaml").symlink_to("schema/ties_own.yaml")
    new_state("THA", "mine", "AUS")
    assert (mine / "case.yaml").stat().st_mode & 0o777 == 0o640
    assert (mine / "ties.yaml").is_symlink()
    assert b"THA" in (mine / "schema" / "ties_own.yaml").read_bytes()


@pytest.mark.parametrize("files", [0, 1, 2, 3])
def test_a_stop_while_files_get_their_names_waits_until_all_have_theirs(files: int, mine: Path) -> None:
    done = after(NAMED.format(files=files, signal="SIGTERM"), *NEW)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "cordiale: stopped\n")
    assert "THA" in load_pack("mine").states
    assert not list(mine.rglob(".*"))


@pytest.mark.parametrize("files", [0, 1, 2])
def test_a_kill_while_files_get_their_names_is_told_and_costs_nothing(files: int, mine: Path) -> None:
    """The pack then says what is there; when that is put right the same command does all."""
    before = content(mine)
    assert after(NAMED.format(files=files, signal="SIGKILL"), *NEW).returncode == -signal.SIGKILL
    for name, text in before.items():
        assert name == "ties.yaml" or (mine / name).read_bytes() == text
    if files:
        with pytest.raises(FileError, match="THA is not among the `states`" if files == 1 else "THA"):
            load_pack("mine")
        (mine / "THA.yaml").unlink()
        (mine / "ties.yaml").write_bytes(before["ties.yaml"])
    new_state("THA", "mine", "AUS")
    assert "THA" in load_pack("mine").states
    assert not list(mine.rglob(".*"))
