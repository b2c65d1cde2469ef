"""A case from another region than the shipped one: what its user sees speaks of it, and fits a terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len

import cordiale
from cordiale.cli import main
from cordiale.cli.tables import table
from cordiale.output.charts.study import CHARTS, figure

PACK, CITED = "baltic_2024", "after Tamm and Virta 2024"
SHIPPED = re.compile(r"Pajon|Ifri|indo_pacific|\b(FRA|JPN|CHN|USA)\b|Tokyo|Paris")
Say = Callable[..., str]


@pytest.fixture(scope="module")
def baltic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the pack, whose focus is its third and fourth state, and a study of it."""
    folder = tmp_path_factory.mktemp("baltic")
    shutil.copytree(Path(__file__).parents[1] / "data" / "baltic", folder, dirs_exist_ok=True)
    (folder / "models_of_mine.py").write_text(MINE, "utf-8")
    shutil.copytree(folder / "agents" / PACK, folder / "agents" / "own")
    shutil.copytree(folder / "scenarios" / PACK, folder / "scenarios" / "own")
    case, baseline = folder / "agents" / "own" / "case.yaml", folder / "scenarios" / "own" / "baseline.yaml"
    case.write_text("model: models_of_mine:MINE\n" + case.read_text("utf-8"), "utf-8")
    baseline.write_text(re.sub("measures: .*", "measures: [energy, same_side]", baseline.read_text("utf-8")), "utf-8")
    (folder / "sizes.csv").write_text("actor,size\nA,1\nB,2\nC,3\n", "utf-8")
    (folder / "pulls.csv").write_text("actor,A,B,C\nA,0,1,-1\nB,1,0,-1\nC,-1,-1,0\n", "utf-8")
    (folder / "issues.csv").write_text(
        "issue,actor,position,salience,capability\ntax,A,1,1,1\ntax,B,2,1,2\nsize,A,0,1,1\n", "utf-8"
    )
    (folder / "coder.csv").write_text("state,issue,value\nFIN,russia_tone,0.7\nEST,russia_tone,0.9\n", "utf-8")
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        here.syspath_prepend(str(folder))
        cordiale.run(["baseline", "helsinki_speaks", "joint_patrols"], pack=PACK, worlds=12, out="study")
        cordiale.run(["baseline"], pack="own", worlds=4, out="mine", allow=["models_of_mine"])
    return folder


MINE = """
from cordiale.models.landscape import _Landscape

class Mine(_Landscape):
    name = "mine"
    home = "models_of_mine:MINE"

MINE = Mine()
"""


@pytest.fixture
def say(baltic: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command as in a pipe, where nobody says how wide a line is, and return what it prints."""
    monkeypatch.chdir(baltic)
    monkeypatch.syspath_prepend(str(baltic))
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["cordiale", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, error = capsys.readouterr()
        assert stopped.value.code == code, error
        return out if code == 0 else error

    return run


@pytest.fixture
def study(baltic: Path) -> cordiale.Study:
    return cordiale.Study.open(baltic / "study")


def _texts(name: str, study: cordiale.Study) -> str:
    return " ".join(each.get_text() for each in figure(study, name).findobj() if hasattr(each, "get_text"))


# ---------------------------------------------------------------- of which case it speaks


@pytest.mark.parametrize("name", CHARTS)
def test_charts_cite_the_case_and_begin_with_its_focus(study: cordiale.Study, name: str) -> None:
    told = " ".join(_texts(name, study).split())
    assert CITED in told
    assert not SHIPPED.search(told)
    about = {"fan", "small_multiples", "parts", "events", "ladder", "gain_cost"}
    assert ("Estonia and Finland" in told) == (name in about)
    assert ("Finland ranks" in told) == (name == "rank")


def test_the_ladder_shows_the_focus_where_nothing_moves(study: cordiale.Study) -> None:
    assert "Estonia and Finland" in _texts("ladder", study)
    assert "Russia" not in _texts("ladder", study)


def test_what_is_sent_on_cites_the_case(say: Say, baltic: Path) -> None:
    say("report", "study", "--out", "report.html")
    say("handout", "baseline", "helsinki_speaks", "--pack", PACK, "--worlds", "8", "--out", "handout.html")
    say("claims", "--pack", PACK, "--worlds", "20", "--codings", "2", "--placebos", "3", "--out", "verdicts")
    for name in ("report.html", "handout.html"):
        text = (baltic / name).read_text("utf-8")
        assert "Two Shores of One Gulf" in text
        assert "Estonia and Finland" in text
        assert not SHIPPED.search(text), SHIPPED.search(text)
    assert not SHIPPED.search((baltic / "verdicts" / "claims.md").read_text("utf-8"))
    assert not SHIPPED.search(say("findings", "--pack", PACK, "--worlds", "20", "--claims", "verdicts"))


def test_a_new_pack_cites_what_is_to_be_filled_in(say: Say, baltic: Path) -> None:
    say("new", "pack", "my_article")
    said = say("run", "scenarios/my_article/baseline.yaml", "--worlds", "4", "--out", "first")
    assert "First state and Second state" in said
    first = cordiale.Study.open(baltic / "first")
    for name in ("fan", "pairs", "rank"):
        assert "pack my_article after Author, Title" in " ".join(_texts(name, first).split())


def test_wrong_measures_are_told_with_the_cases_own_states(say: Say) -> None:
    """By the same words, whichever command is asked."""
    over = ("--over", "finnish_tone=0,1", "--worlds", "4")
    for wrong, told in {
        "trust:EST-SWD": "and 'EST-SWD' is none; did you mean 'EST-SWE'?",
        "trst:EST-FIN": "'trst' is no measure; did you mean 'trust'?",
    }.items():
        for words in (
            ("sensitivity", "baseline", "--pack", PACK), ("sweep", "baseline", "--pack", PACK, *over),
            ("compare", "baseline", "joint_patrols", "--pack", PACK), ("compare", "study"), ("show", "study"),
            ("sample-size", "study"), ("chart", "study", "fan"),
        ):  # fmt: skip
            message = say(*words, "--measure", wrong, code=2)
            assert message.startswith(f"cordiale: --measure '{wrong if 'fan' not in words else wrong[:4]}"), words
            assert told in message, words
            assert not SHIPPED.search(message)


# ---------------------------------------------------------------- blocs that divide nobody


def test_what_divides() -> None:
    from cordiale.output.charts.network import divides

    sizes = ([4], [1, 1, 1, 1], [3, 1], [2, 1], [2, 2], [3, 2, 1], [])
    assert [divides(each) for each in sizes] == [False, False, False, False, True, True, False]


# ---------------------------------------------------------------- tables in 80 columns


TABLES = [
    "show study", "compare study --replace", "causes joint_patrols --pack baltic_2024 --worlds 4",
    "causes baseline --pack baltic_2024 --worlds 4 --set "
    "horizon=2044Q4", "sample-size study --out sizes",
    "sweep baseline --pack baltic_2024 --over finnish_tone=0:1:3 --worlds 4 --out swept",
    "sensitivity baseline --pack baltic_2024 --measure trust:EST-FIN --method morris --samples 2 --out moved",
    "discover baseline --pack baltic_2024 --where", "claims --pack baltic_2024 --worlds 20 --codings 2 --placebos 3 "
    "--out judged", "agreement coder.csv --pack baltic_2024", "splits pulls.csv --sizes sizes.csv", "verify study",
    "settle issues.csv",
]  # fmt: skip


@pytest.mark.parametrize("command", TABLES)
def test_tables_fit_80_columns(say: Say, command: str) -> None:
    words = command.split()
    if words[-1] == "--where":
        words += ["alignment:EST-FIN < 4.1", "--worlds", "60", "--out", "found"]
    said = say(*words)
    prose = ("- ", "In ", "Comparison of ", "Sweep of ", "Tables and charts in ", "  tables: ")  # a line each in a pipe
    assert [line for line in said.splitlines() if cell_len(line) > 80 and not line.startswith(prose)] == []
    assert "…" not in said
    assert not any(line.endswith(" ") for line in said.splitlines())


LISTS = {
    "list --pack indo_pacific_2018": "baseline ",
    "list levers --pack indo_pacific_2018": "france_in_quad ",
    "list measures --pack indo_pacific_2018": "alignment ",
    "list parameters --pack indo_pacific_2018": "FRA.dual_use_restraint.ideal ",
    "explain baseline --pack indo_pacific_2018 --all": "FRA.dual_use_restraint.ideal ",
}


@pytest.mark.parametrize("command", LISTS)
def test_an_entry_of_a_list_is_one_line_in_a_pipe(say: Say, command: str) -> None:
    """So that `grep` finds it whole; on a terminal it is wrapped."""
    found = [line for line in say(*command.split()).splitlines() if line.startswith(LISTS[command])]
    assert len(found) == 1
    assert len(found[0]) > 80


def test_no_number_is_lost_in_a_narrow_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However wide it is, each cell is found again in what is printed, in the rows' order."""
    rows = [
        {"measure": f"position.a_very_long_name_{k}:EST-FIN", "of": "two words"}
        | {f"scenario_{n}": f"{k}.{n:03}1 (-{k}.5 to {n}.75)" for n in range(12)}
        for k in range(3)
    ]
    for wide in (30, 60, 80, 120, 300):
        monkeypatch.setenv("COLUMNS", str(wide))
        table(rows, title="A title of some words that is longer than the narrowest of these lines")
        said = capsys.readouterr().out
        assert max(map(cell_len, said.splitlines())) <= wide
        for row in rows:
            for number in (part for cell in row.values() for part in re.findall(r"[-\d.]*\d[\d.]*", cell)):
                assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", said), (wide, number)


# ---------------------------------------------------------------- options


def _commands() -> Iterator[tuple[str, list[typer.models.CommandInfo]]]:
    from cordiale.cli import QUESTIONS, app, case, claims, compare, explore, forecast, output, run  # noqa: F401  (they register theirs)
    from cordiale.cli.asked import command_of

    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for inner, each in getattr(command, "commands", {"": command}).items():
            yield f"{name} {inner}".strip(), each
    for name, about in QUESTIONS.items():
        yield name, command_of(name, about)


COMMANDS = dict(_commands())


@pytest.mark.parametrize("command", ["", "new", "pack", *COMMANDS])
def test_help_fits_80_columns_and_cuts_no_summary(say: Say, command: str) -> None:
    said = say(*command.split(), "--help")
    assert max(map(len, said.splitlines())) <= 80
    assert not re.search(
        r"\.\.\.$", said.partition("\n\n")[2], re.MULTILINE
    )  # but for the usage, in which it is a sign


def test_every_option_and_argument_says_what_it_is() -> None:
    silent = [(command, each.name) for command, found in COMMANDS.items() for each in found.params if not each.help]
    assert not silent


ONE = ("allow", "seed", "model", "json", "replace", "jobs", "set", "resume")  # text for all commands
FIRST = {
    "worlds": ("Number of worlds",),
    "measure": ("What to measure, as MEASURE:ENTITY", "Only this measure", "What to draw", "What is gained"),
    "pack": ("Name or folder of the case pack.", "Name of the case pack.", "Take COW codes from this pack."),
}


@pytest.mark.parametrize("name", [*ONE, *FIRST])
def test_an_option_means_the_same_in_every_command(name: str) -> None:
    told = {
        command: option.help for command, each in COMMANDS.items() for option in each.params
        if f"--{name}" in option.opts
    }  # fmt: skip
    assert len(told) > 2
    if name in FIRST:
        assert all(text.startswith(FIRST[name]) for text in told.values()), told
    else:
        assert len(set(told.values())) == 1, told


def test_a_pack_may_name_a_family_of_the_users_own(say: Say) -> None:
    allow = ("--allow", "models_of_mine")
    for words in (
        ["list", "levers"], ["list", "measures"], ["list", "parameters"], ["list", "packs"], ["validate"],
        ["explain", "baseline", "--pack", "own"], ["pack", "coverage", "own"], ["report", "mine", "--replace"],
        ["agreement", "coder.csv", "--pack", "own"], ["odd", "own", "models_of_mine:MINE"],
        ["export", "mine", "--replace"], ["claims", "--pack", "own", "--out", "own"],
    ):  # fmt: skip
        refused = say(*words, code=2)
        assert "add --allow models_of_mine" in refused, words
        if words[0] in ("claims", "validate"):  # claims ask for a measure that this family lacks
            assert "is no measure" in say(*words, *allow, code=2)
        else:
            say(*words, *allow)


def test_a_study_of_no_state_cannot_be_exported(say: Say) -> None:
    allow = ("--allow", "models_of_mine")
    text = (
        "title: Alone\nquestion: What?\nextends: baseline\nmeasures: [energy]\n"
        "basis: {locator: Gulf 1, says: nothing}\n"
    )
    Path("scenarios/own/alone.yaml").write_text(text, "utf-8")
    say("run", "alone", "--pack", "own", "--worlds", "2", "--out", "alone", *allow)
    assert "records no measure of a state or a dyad" in say("export", "alone", *allow, code=2)


JSON = [
    "list --pack baltic_2024", "show study", "compare study --replace", "explain baseline --pack baltic_2024",
    "causes baseline --pack baltic_2024 --worlds 4", "sample-size study --out json-sizes", "replay study --world 3",
    "pack coverage indo_pacific_2018", "agreement coder.csv --pack baltic_2024", "verify study",
    "splits pulls.csv --sizes sizes.csv", "settle issues.csv", "export study --out json-export",
    "run baseline --pack baltic_2024 --worlds 1 --out json-run --no-charts",
    "compare baseline joint_patrols --pack baltic_2024 --worlds 4 --measure member.gulf_group:EST --out json-compare",
    "claims --pack baltic_2024 --worlds 20 --codings 2 --placebos 3 --record --out json-claims",
]  # fmt: skip


@pytest.mark.parametrize("command", JSON)
def test_json_is_all_that_is_printed(say: Say, command: str) -> None:
    def no_number(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    said = say(*command.split(), "--json")
    assert json.loads(said, parse_constant=no_number)
    assert "\x1b" not in said
