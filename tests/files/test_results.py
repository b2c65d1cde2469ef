"""A folder of results: its own files are made again by its own commands alone, and all else in it is the user's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cordiale
from cordiale.files.atomic_write import write_files
from cordiale.files.file_list import LIST, MANIFEST
from cordiale.study.unfinished import hidden
from tests.commands import AT_REMOVAL, AT_SYNC, killed
from tests.commands import cordiale as command_line
from tests.conftest import PACK, Call, Command, place_pack
from tests.hostile.files import Refused

RUN = ("run", "baseline", "--set", "horizon=2018Q4", "--worlds", "3", "--no-charts", "--jobs", "1", "--out", "x")
AGAIN = (*RUN, "--replace")
TABLE = "measures/part-0000000000.parquet"


@pytest.fixture(scope="module")
def bare_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study made once: each test has a copy."""
    out = tmp_path_factory.mktemp("bare") / "x"
    return cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, jobs=1, out=out).folder


@pytest.fixture
def study(bare_study: Path, workshop: Path) -> Path:
    return shutil.copytree(bare_study, Path("x"))


@pytest.fixture(scope="module")
def study_with_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a summary, charts and a report, made once: each test has a copy."""
    folder = tmp_path_factory.mktemp("drawn")
    place_pack(folder)
    for words in (tuple(word for word in RUN if word != "--no-charts"), ("report", "x")):
        done = command_line(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / "x"


@pytest.fixture
def drawn(study_with_charts: Path, workshop: Path) -> Path:
    return shutil.copytree(study_with_charts, Path("x"))


# ---------------------------------------------------------------- a command with --out


def test_a_result_s_own_file_is_not_written_over(drawn: Path, refused: Refused) -> None:
    names = (MANIFEST, "design.json", "summary.csv", "report.html", "charts/fan.png", TABLE, f"sources/{PACK}/FRA.yaml")
    for name in names:
        told = f"x/{name} is a file of the result in x: choose another with --out"
        for more in ([], ["--replace"]):
            assert refused("odd", PACK, "diplomacy", "--out", f"x/{name}", *more) == told
    assert refused("report", "x", "--out", "x/summary.csv", "--replace").startswith("x/summary.csv is a file of")


def test_its_list_is_not_written_over(study: Path, refused: Refused) -> None:
    left = "was not written by cordiale, or was changed since, so it is left alone: move it away"
    assert refused("odd", PACK, "diplomacy", "--out", f"x/{LIST}", "--replace") == f"x/{LIST} {left}"


def test_a_page_that_is_put_into_a_result_is_one_like_any_other(study: Path, call: Call, refused: Refused) -> None:
    """It needs --replace to be written over, stays where it was changed, and goes with the study where it was not."""
    odd = ("odd", PACK, "diplomacy", "--out", "x/odd.md")
    assert call(*odd) == (0, "")
    assert "x/odd.md exists: " in refused(*odd)
    assert call(*odd, "--replace") == (0, "")
    written = Path("x/odd.md").read_bytes()
    Path("x/odd.md").write_bytes(written + b"mine")
    assert "x/odd.md is a file of the result in" in refused(*odd, "--replace")
    assert "(odd.md)" in refused(*AGAIN)
    Path("x/odd.md").write_bytes(written)
    assert call(*AGAIN) == (0, "")
    assert not Path("x/odd.md").exists()


def test_its_own_commands_make_its_own_files_again(drawn: Path, call: Call) -> None:
    before = {name: (drawn / name).read_bytes() for name in ("charts/fan.png", "charts/fan.svg")}
    for command in (("chart", "x"), ("chart", "x", "fan"), ("chart", "x", "fan", "--out", "x/charts"), ("report", "x")):
        assert call(*command) == (0, "")
    assert {name: (drawn / name).read_bytes() for name in before} == before


# ---------------------------------------------------------------- what goes with --replace


def test_a_table_that_the_user_edited_stays(study: Path, refused: Refused) -> None:
    with (study / TABLE).open("ab") as file:
        file.write(b"mine")
    assert f"x holds what cordiale did not write ({TABLE})" in refused(*AGAIN)


def test_a_page_of_the_users_in_a_study_without_a_list_stays(study: Path, refused: Refused) -> None:
    (study / LIST).unlink()
    (study / "report.html").write_text("<!-- made by cordiale -->", "utf-8")
    assert f"x has no list of what cordiale wrote there ({LIST}), so --replace leaves it alone" in refused(*AGAIN)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def empty(path: Path) -> None:
    path.write_text("", "utf-8")


@pytest.mark.parametrize("harm", [empty, Path.unlink, pipe])
def test_a_list_that_says_nothing(harm: Callable[[Path], None], drawn: Path, call: Call, refused: Refused) -> None:
    harm(drawn / LIST)
    assert f"x has no list of what cordiale wrote there ({LIST})" in refused(*AGAIN)
    before = (drawn / "charts" / "fan.png").read_bytes()
    assert "x/charts/fan.png" in refused("chart", "x")
    assert "x/charts/fan.png" in refused("chart", "x", "fan", "--replace")
    assert "x/report.html" in refused("report", "x", "--replace")
    assert (drawn / "charts" / "fan.png").read_bytes() == before
    assert call("verify", "x") == (0, "")


@pytest.mark.parametrize("name", ["mine", "charts/mine", "measures/a/b"])
def test_an_empty_folder_of_the_users_stays(name: str, study: Path, refused: Refused) -> None:
    (study / name).mkdir(parents=True)
    assert f"x holds what cordiale did not write ({name}/)" in refused(*AGAIN)


def test_a_folder_of_a_result_s_own_that_was_emptied_is_nobody_s(drawn: Path, call: Call) -> None:
    for path in (drawn / "charts").iterdir():
        path.unlink()
    assert call(*AGAIN) == (0, "")
    assert not (drawn / "charts").exists()


def test_a_file_that_is_made_among_what_is_put_aside_stays(study: Path) -> None:
    """What a process that was killed had put aside goes with the next of the name, unless somebody changed it."""
    killed(AT_REMOVAL, *AGAIN)
    aside = next(Path().glob(".x.????????.replaced"))
    with (aside / TABLE).open("ab") as file:
        file.write(b"mine")
    done = command_line(*AGAIN)
    told = f"an earlier result still lies in {aside}: rename it, or delete it"
    assert (done.returncode, done.stderr.count(told)) == (0, 1), done.stderr
    assert (aside / TABLE).read_bytes().endswith(b"mine")


# ---------------------------------------------------------------- pipes


@pytest.mark.parametrize("more", [(), ("--replace",)], ids=["", "replace"])
def test_a_pipe_in_the_place_of_a_file_is_refused_at_once(more: tuple[str, ...], study: Path, refused: Refused) -> None:
    Path("figures").mkdir()
    for path in (Path("pipe.md"), Path("figures") / "fan.svg", study / "report.html"):
        os.mkfifo(path)
    told = "{} is neither a file nor a folder: choose another place with --out"
    assert refused("odd", PACK, "diplomacy", "--out", "pipe.md", *more) == told.format("pipe.md")
    assert refused("chart", "x", "fan", "--out", "figures", *more) == told.format("figures/fan.svg")
    assert refused("report", "x", *more) == told.format("x/report.html")


def test_a_pipe_in_place_of_a_manifest(study: Path, refused: Refused) -> None:
    pipe(study / MANIFEST)
    assert refused(*AGAIN) == "x is no study of cordiale's, so --replace leaves it alone"


@pytest.mark.parametrize("name", [LIST, "notes", "design.json"])
def test_a_pipe_among_unfinished_work(name: str, workshop: Path, refused: Refused) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cordiale.run("baseline", worlds=300, set={"horizon": "2018Q4"}, jobs=1, block=64, out="x", progress=stop)
    path = hidden(Path("x")) / "result" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    for command in (RUN, AGAIN, ("sweep", "baseline", "--over", "brexit=0,1", "--out", "x")):
        assert refused(*command) == f"{path} is neither a file nor a folder: move it away, and try again"


# ---------------------------------------------------------------- several files


def test_files_that_belong_together_get_their_names_together(tmp_path: Path) -> None:
    """A file that appears in the instant in which they are named stays, and what lay there before lies there again."""
    (tmp_path / "a.md").write_text("old", "utf-8")
    write_files(tmp_path, {"b.md": lambda path: path.write_text("old")})
    before = (tmp_path / "b.md").read_bytes()
    (tmp_path / "a.md").unlink()

    def late(path: Path) -> None:
        path.write_text("new")
        os_link = os.link

        def link(one: Path, other: Path) -> None:
            os.link = os_link
            (tmp_path / "c.md").write_text("mine")
            os_link(one, other)

        os.link = link  # type: ignore[assignment]

    new = {"a.md": lambda path: path.write_text("new"), "b.md": lambda path: path.write_text("new"), "c.md": late}
    with pytest.raises(cordiale.StudyError, match=r"c.md was made by somebody else meanwhile"):
        write_files(tmp_path, new, replace=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b.md": before, "c.md": b"mine"}


def test_a_chart_and_its_other_form_are_written_together_or_not(study: Path, refused: Refused) -> None:
    Path("figures").mkdir()
    Path("figures/fan.svg").write_text("mine", "utf-8")
    for more in ([], ["--replace"]):
        assert "figures/fan.svg " in refused(
            "chart", "x", "fan", "--measure", "trust:FRA-JPN", "--out", "figures", *more
        )
    (study / "charts").mkdir()
    (study / "charts" / "rank.svg").write_text("mine", "utf-8")
    assert "x/charts/rank.svg" in refused("chart", "x")


def test_a_comparison_of_a_study_is_written_whole_or_not(workshop: Path, refused: Refused) -> None:
    cordiale.run(["baseline", "brexit"], worlds=3, set={"horizon": "2019Q2"}, jobs=1, out="x")
    Path("x/charts").mkdir()
    Path("x/charts/forest.svg").write_text("mine", "utf-8")
    assert "x/charts/forest.svg" in refused("compare", "x")


# ---------------------------------------------------------------- work in hand


@pytest.mark.parametrize("name", ["lock", ".journal.jsonl.tmp", "parts/000000", f"result/{LIST}", "result/design.json"])
def test_files_of_the_users_that_are_called_like_those_of_work(name: str, refused: Refused) -> None:
    path = hidden(Path("x")) / name
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    for command in (RUN, AGAIN):
        assert f".x.unfinished holds what this version of cordiale did not write ({name.partition('/')[0]})" in refused(
            *command
        )


@pytest.mark.parametrize("command", ["run", "sweep"])
def test_a_file_of_the_users_that_is_called_like_a_part(command: str, call: Call) -> None:
    """It is not written over by the part when its turn comes, and not removed where the work begins anew."""

    def stop(done: int, _: int) -> None:
        if done >= 256 or (command == "sweep" and done > 2):
            raise KeyboardInterrupt

    def work(**how: object) -> object:
        how |= {"set": {"horizon": "2018Q4"}, "out": "x", "jobs": 1}
        if command == "run":
            return cordiale.run("baseline", worlds=300, **how)  # type: ignore[arg-type]
        return cordiale.sweep("baseline", {"brexit": "0:1:16"}, worlds=3, **how)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        work(progress=stop)
    name = "result/measures/part-0000000256.parquet" if command == "run" else "parts/000002"
    mine = hidden(Path("x")) / name
    mine.write_text("mine", "utf-8")
    with pytest.raises(cordiale.StudyError, match=f"{mine} was not written by cordiale: move it away.*kept"):
        work()
    assert mine.read_text("utf-8") == "mine"
    assert call(*RUN, "--worlds", "5", "--replace")[0] == (2 if command == "run" else 0)
    left = [path for path in Path().rglob(mine.name) if path.read_bytes() == b"mine"]
    assert len(left) == 1


AT_END = """
import cordiale.study.journal
cordiale.study.journal.Journal.end = lambda _: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("command", [RUN, AGAIN, ("run", "--resume", "x")], ids=["run", "replace", "resume"])
def test_what_a_late_kill_left_is_cleaned_by_the_next_of_its_name(
    command: tuple[str, ...], workshop: Path, call: Call
) -> None:
    """The result has its name already, so that nothing else is left to do."""
    killed(AT_END, *RUN)
    assert sorted(os.listdir(hidden(Path("x")))) == ["journal.jsonl", "lock", "parts"]
    call(*command)
    assert sorted(os.listdir()) == ["agents", "scenarios", "x"]


def test_a_run_whose_study_was_to_lie_at_an_address_goes_on_here(workshop: Path, refused: Refused, call: Call) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    address = Path("there").absolute().as_uri()
    with pytest.raises(KeyboardInterrupt):
        cordiale.run(
            "baseline", worlds=3, set={"horizon": "2018Q4"}, out=address, progress=stop,
            begun_by=("run", {"out": address}),
        )  # fmt: skip
    assert refused("run", "--resume", address) == (
        f"{address}: its study is run here first: go on with cordiale run --resume outputs/baseline, "
        "and copy it there when it is whole"
    )
    assert call("run", "--resume", "outputs/baseline", "--no-charts") == (0, "")
    assert "no run whose study was to lie there was interrupted here" in refused("run", "--resume", address)


# ---------------------------------------------------------------- killed while files are written


BETWEEN_NAMES = """
replace = os.replace
def replace_and_end(one, other):
    replace(one, other)
    if str(other).endswith(".png") or str(other).endswith(".csv"):
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = replace_and_end
"""
CHART = ("chart", "x", "fan")


@pytest.mark.parametrize("begun", [(), CHART], ids=["first", "again"])
def test_what_a_killed_chart_left_goes_with_the_study(begun: tuple[str, ...], study: Path, call: Call) -> None:
    if begun:
        assert call(*begun) == (0, "")
    killed(AT_SYNC, *CHART)
    assert list(study.glob("charts/.fan.png.????????.unfinished"))
    assert call(*AGAIN) == (0, "")
    assert not (study / "charts").exists()


def test_what_a_killed_chart_left_goes_with_the_next_of_its_name_alone(study: Path, call: Call) -> None:
    killed(AT_SYNC, *CHART)
    left = {path.name for path in (study / "charts").iterdir()}
    assert left
    assert call("chart", "x", "rank") == (0, "")
    assert left < {path.name for path in (study / "charts").iterdir()}
    assert call(*CHART) == (0, "")
    assert sorted(os.listdir(study / "charts")) == ["fan.png", "fan.svg", "rank.png", "rank.svg"]


def test_a_hidden_file_of_the_users_that_is_called_like_a_draft_stays(study: Path, refused: Refused) -> None:
    (study / "charts").mkdir()
    (study / "charts" / ".fan.png.0123abcd.unfinished").write_text("mine", "utf-8")
    assert "x holds what cordiale did not write (charts/.fan.png.0123abcd.unfinished)" in refused(*AGAIN)


def test_a_draft_that_is_being_written_is_not_taken_away(study: Path, refused: Refused) -> None:
    def write(path: Path) -> None:
        path.write_text("ours", "utf-8")
        assert "x holds what cordiale did not write (charts/.fan.png." in refused(*AGAIN)

    write_files(study, {"charts/fan.png": write}, own=study)
    assert (study / "charts" / "fan.png").read_text("utf-8") == "ours"


def test_a_kill_between_the_two_names_of_a_chart_is_told_and_mended_by_the_next(study: Path, typed: Command) -> None:
    """One of the two is new then, and the other old."""
    assert typed(*CHART)[0] == 0
    killed(BETWEEN_NAMES, *CHART, "--measure", "trust:FRA-JPN")
    code, printed, _ = typed("verify", "x", "--worlds", "1")
    words = "was being written when a command was stopped: type that command again."
    assert (code, printed.splitlines()[:-1]) == (1, [f"charts/fan.{each} {words}" for each in ("png", "svg")])
    assert typed(*CHART, "--measure", "trust:FRA-JPN")[0] == 0
    assert sorted(os.listdir(study / "charts")) == ["fan.png", "fan.svg"]
    assert typed("verify", "x", "--worlds", "1")[0] == 0


BEFORE_NAMES = """
import cordiale.files.atomic_write
cordiale.files.atomic_write._name = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("command", [("chart", "x"), ("report", "x")], ids=["chart", "report"])
@pytest.mark.parametrize("when", [BEFORE_NAMES, BETWEEN_NAMES.replace(".csv", ".html")], ids=["before", "between"])
def test_what_is_edited_after_a_kill_between_list_and_names_stays(
    command: tuple[str, ...], when: str, drawn: Path, call: Call, refused: Refused
) -> None:
    name = {"chart": "charts/fan.png", "report": "report.html"}[command[0]]
    written = (drawn / name).read_bytes()
    killed(when, *command)
    (drawn / name).write_bytes(written + b"mine")
    assert refused(*command).startswith(f"x/{name} was not written by cordiale, or was changed since")
    assert f"({name})" in refused(*AGAIN)
    assert (drawn / name).read_bytes() == written + b"mine"
    (drawn / name).write_bytes(written)
    assert call(*command) == (0, "")
    assert call(*AGAIN) == (0, "")


def test_a_kill_between_the_names_of_a_comparison_s_tables_is_told_and_mended(workshop: Path, typed: Command) -> None:
    cordiale.run(["baseline", "brexit"], worlds=3, set={"horizon": "2019Q2"}, jobs=1, out="x")
    assert typed("compare", "x")[0] == 0
    before = sorted(str(path) for path in Path("x").rglob("*"))
    killed(BETWEEN_NAMES, "compare", "x", "--measure", "trust:FRA-JPN")
    code, printed, _ = typed("verify", "x", "--worlds", "1")
    assert code == 1
    told = {line.partition(" was being")[0] for line in printed.splitlines()}
    assert {"comparison.csv", "differences.parquet"} < told
    assert typed("compare", "x")[0] == 0
    assert typed("verify", "x", "--worlds", "1")[0] == 0
    assert sorted(str(path) for path in Path("x").rglob("*")) == before


def test_a_kill_between_the_two_names_of_a_chart_elsewhere_is_mended_by_the_next(study: Path, call: Call) -> None:
    there = (*CHART, "--out", "figures")
    assert call(*there) == (0, "")
    killed(BETWEEN_NAMES, *there, "--measure", "trust:FRA-JPN", "--replace")
    assert call(*there, "--replace") == (0, "")
    assert sorted(os.listdir("figures")) == ["fan.png", "fan.svg"]


def test_a_study_with_what_a_killed_chart_left_is_saved_elsewhere_without_it(study: Path, call: Call) -> None:
    killed(AT_SYNC, *CHART)
    cordiale.Study.open("x").save("y")
    assert not Path("y/charts").exists()
    assert call(*CHART) == (0, "")
    cordiale.Study.open("x").save("z")
    assert sorted(os.listdir("z/charts")) == ["fan.png", "fan.svg"]
