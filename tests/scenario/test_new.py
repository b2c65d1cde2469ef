"""A start that is laid down validates, runs, and is never laid over something else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cordiale
from cordiale.case.checks import walk_coded
from cordiale.case.quarters import to_index, to_text
from cordiale.files.errors import OptionError
from cordiale.scenario.load import load_case, load_pack, load_scenario
from cordiale.scenario.new import new_pack, new_scenario
from cordiale.scenario.schema import schemas, text
from cordiale.scenario.timeline import profiles
from tests import packs
from tests.conftest import Command

SHIPPED = "indo_pacific_2018"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_command: Command) -> Command:
    """Run a command in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    return run_command


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- a pack


def test_a_new_pack_validates_runs_and_compares(run: Command, tmp_path: Path) -> None:
    code, out, _ = run("new", "pack", "my_article")
    assert code == 0
    for line in re.findall(r"^(?:agents|scenarios)/.*$", out, re.MULTILINE):
        assert (tmp_path / line).is_file(), line
    assert run("validate", "my_article")[1].startswith("ok  pack my_article")
    assert run("validate", "--pack", "my_article")[1].count("ok ") == 2
    assert run("new", "scenario", "my_question", "--pack", "my_article")[0] == 0
    assert run("validate", "scenarios/my_article/my_question.yaml")[0] == 0
    scenarios = [f"scenarios/my_article/{name}.yaml" for name in ("baseline", "my_question")]
    assert run("run", *scenarios, "--worlds", "8", "--no-charts")[0] == 0
    code, out, _ = run("compare", "outputs/baseline-my_question")
    assert code == 0
    assert out


def test_what_the_commands_advise_works(run: Command) -> None:
    advice = run("new", "pack", "my_article")[1] + run("new", "scenario", "quiet", "--pack", "my_article")[1]
    commands = re.findall(r"^  cordiale (.*)$", advice, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        words = command.replace("--worlds 100", "--worlds 4 --no-charts --replace").split()
        assert run(*words)[0] == 0, command


def test_the_pack_is_neutral_and_every_number_says_that_it_is_open(run: Command, tmp_path: Path) -> None:
    run("new", "pack", "other")
    loaded = load_case("other")
    numbers = [coded for record in (loaded.pack.case, loaded.pack.ties, *loaded.pack.states.values())
               for _, coded in walk_coded(record)]  # fmt: skip
    assert len(numbers) > 30
    assert all(coded.basis == "not in the article" for coded in numbers)
    assert all("placeholder" in (coded.source or "") and "replace" in (coded.source or "") for coded in numbers)
    assert all(coded.high - coded.low >= 2 * coded.least_width for coded in numbers)
    shipped = load_pack(SHIPPED)
    words = " ".join(path.read_text("utf-8") for path in tmp_path.rglob("*.yaml"))
    for name in [state.name for state in shipped.states.values()] + [*shipped.case.levers, *shipped.case.formats]:
        assert name not in words
    assert set(loaded.pack.states).isdisjoint(shipped.states)
    assert len({state.cow_code for state in loaded.pack.states.values()}) == len(loaded.pack.states)


def test_files_name_their_schema_and_keep_to_it(run: Command, tmp_path: Path) -> None:
    run("new", "pack", "other")
    run("new", "scenario", "a_question", "--pack", "other")
    for name, schema in schemas(load_pack("other")).items():
        assert (tmp_path / name).read_text("utf-8") == text(schema)
    files = sorted(tmp_path.glob("*/other/*.yaml"))
    assert len(files) == 7
    for path in files:
        packs.keeps_to_its_schema(path)


def test_examples_in_the_ties_hold_when_they_are_uncommented(run: Command, tmp_path: Path) -> None:
    run("new", "pack", "other")
    path = tmp_path / "agents/other/ties.yaml"
    lines = re.sub(r"^(\w+): (?:\{\}|\[\])$", r"\1:", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(re.sub(r"^#(  .*)$", r"\1", lines, flags=re.MULTILINE), "utf-8")
    ties = load_pack("other").ties
    assert ties.dyads
    assert (ties.talks[0].agreement, ties.contracts[0].seller) == ("logistics", "XAA")
    assert next(iter(ties.views.values())).bias


# ---------------------------------------------------------------- a scenario


def uncommented(text: str, *wanted: str) -> str:
    """Return a scenario in which the commented examples that hold one of the words are in force."""
    lines = []
    for line in text.splitlines():
        example = re.fullmatch(
            r"( *)# ((?:- \{|levers:|uncertainties:|measures:|define:|  [A-Za-z_.]+: [0-9{]).*)", line
        )
        lines.append(example[1] + example[2] if example and any(word in line for word in wanted) else line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("wanted", [("ramp",), ("stop",), ("shock",), ("ramp", "stop"), ("levers:", ": 1  #"),
                                    ("uncertainties:", "low:"), ("measures:",), ("until:",),
                                    ("every:", "ramp", "stop"), (".ideal: 1}",),
                                    ("define:", "my_lever:", "until:", ".ideal: 1}")], ids=" ".join)  # fmt: skip
def test_each_commented_example_of_a_scenario_holds(run: Command, tmp_path: Path, wanted: tuple[str, ...]) -> None:
    run("new", "scenario", "my_question", "--pack", SHIPPED)
    path = tmp_path / "scenarios" / SHIPPED / "my_question.yaml"
    plain = path.read_text("utf-8")
    changed = uncommented(plain, *wanted)
    assert changed != plain
    before = load_scenario(path)
    path.write_text(changed, "utf-8")
    after = load_scenario(path)
    profiles(after)
    assert (before.events, before.levers, before.ranges, before.measures) != (
        after.events, after.levers, after.ranges, after.measures,
    )  # fmt: skip


def test_an_example_that_comes_again_does_so_and_a_lever_of_its_own_is_known(run: Command, tmp_path: Path) -> None:
    run("new", "scenario", "my_question", "--pack", SHIPPED)
    path = tmp_path / "scenarios" / SHIPPED / "my_question.yaml"
    path.write_text(uncommented(path.read_text("utf-8"), "until:", "define:", "my_lever:"), "utf-8")
    scenario = load_scenario(path)
    times = [to_text(when.quarter) for when, event in scenario.events if event.kind == "shock"]
    assert times == ["2019Q4", "2020Q4", "2021Q4", "2022Q4", "2023Q4", "2024Q4", "2025Q4"]
    assert "my_lever" in scenario.known_levers


def test_a_scenario_of_the_shipped_pack_from_an_empty_folder(run: Command, tmp_path: Path) -> None:
    assert run("new", "scenario", "my_question", "--pack", SHIPPED)[0] == 0
    assert sorted(content(tmp_path)) == [
        f"scenarios/{SHIPPED}/my_question.yaml",
        f"scenarios/{SHIPPED}/schema/scenario.json",
    ]
    path = tmp_path / "scenarios" / SHIPPED / "my_question.yaml"
    words = path.read_text("utf-8")
    for name, lever in load_pack(SHIPPED).case.levers.items():
        assert f"#   {name}: {lever.label}" in words
    assert run("new", "scenario", "another", "--pack", SHIPPED)[0] == 0
    study = cordiale.run(["baseline", path], worlds=8, out=tmp_path / "study")
    one, other = (study.values(f"alignment:{study.manifest['focus']}", scenario=name) for name in study.scenarios)
    at = study.quarters().index(re.findall(r"quarter: (\w+)", words)[0])
    assert (one[:, :at] == other[:, :at]).all()
    assert (one != other).any()


def test_the_dates_of_a_new_scenario_are_within_the_horizon(run: Command) -> None:
    run("new", "pack", "mine")
    run("new", "scenario", "ours", "--pack", "mine")
    horizon = load_scenario("scenarios/mine/ours.yaml").horizon
    dates = re.findall(r"\b[0-9]{4}Q[1-4]\b", Path("scenarios/mine/ours.yaml").read_text("utf-8"))
    assert dates
    assert max(map(to_index, dates)) == horizon


def test_a_short_name_makes_a_title_that_holds(run: Command) -> None:
    assert run("new", "scenario", "x1", "--pack", SHIPPED)[0] == 0
    assert run("validate", f"scenarios/{SHIPPED}/x1.yaml")[0] == 0
    assert load_scenario(f"scenarios/{SHIPPED}/x1.yaml").title == "Scenario x1"


def test_any_pack_has_a_scenario_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in range(6):
        files = packs.random_pack(seed)
        files["case"]["levers"]["ideal_lever"] |= {"label": 'Say: "it" # {or} not', "says": "a: b\n- c \\ %"}
        packs.write(tmp_path / "agents" / f"case_{seed}", files)
        path = new_scenario("first", f"case_{seed}")[0]
        scenario = load_scenario(path)
        profiles(scenario)
        assert scenario.events
        assert scenario.file.basis.says


def test_a_pack_without_levers_has_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = packs.random_pack(7)
    files["case"]["levers"] = {}
    packs.write(tmp_path / "agents" / "still", files)
    assert load_scenario(new_scenario("first", "still")[0]).events == []
    files["case"]["article"]["sections"] = {}
    packs.write(tmp_path / "agents" / "silent", files)
    with pytest.raises(OptionError, match="names no paragraph"):
        new_scenario("first", "silent")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "name", ["", "Upper", "1st", "with-dash", "a b", "../up", "a/b", "_a", "é", "x" * 41, "a\n", "."]
)
def test_a_name_that_cannot_be_one_is_refused(run: Command, tmp_path: Path, name: str) -> None:
    for what in (("pack", name), ("scenario", name, "--pack", SHIPPED)):
        code, out, error = run("new", *what)
        assert (code, out) == (2, "")
        assert error.count("\n") == 1
        assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(run: Command, tmp_path: Path) -> None:
    run("new", "pack", "mine")
    run("new", "scenario", "ours", "--pack", "mine")
    before = content(tmp_path)
    for what in (("pack", "mine"), ("scenario", "ours", "--pack", "mine"), ("scenario", "baseline", "--pack", "mine")):
        code, _, error = run("new", *what)
        assert code == 2
        assert "exists, and nothing is overwritten" in error
        assert "--replace" not in error
        assert error.count("\n") == 1
    (tmp_path / "scenarios" / "half").mkdir()
    assert run("new", "pack", "half")[0] == 2
    (tmp_path / "agents" / "link").symlink_to(tmp_path / "nowhere")
    assert run("new", "pack", "link")[0] == 2
    assert content(tmp_path) == before


def test_what_is_shipped_is_not_hidden(run: Command, tmp_path: Path) -> None:
    for what, part in (
        (("pack", SHIPPED), "there is a case pack"),
        (("scenario", "baseline", "--pack", SHIPPED), "has a scenario 'baseline' already"),
        (("scenario", "claims", "--pack", SHIPPED), "'claims' is the name"),
        (("scenario", "mine", "--pack", "indo_pacific_2019"), f"did you mean '{SHIPPED}'"),
    ):
        code, _, error = run("new", *what)
        assert (code, part in error) == (2, True), error
    assert list(tmp_path.iterdir()) == []


def test_a_pack_is_laid_down_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").write_text("mine", "utf-8")
    with pytest.raises(OptionError, match="scenarios is a file, where a folder is needed: move it away"):
        new_pack("mine")
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]


def test_a_scenario_is_laid_down_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cordiale.scenario.new.text", lambda _: "\ud800")  # cannot be written as UTF-8
    with pytest.raises(UnicodeEncodeError):
        new_scenario("mine", SHIPPED)
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- which pack, where none is named


def test_the_only_pack_of_the_folder_is_meant_and_several_are_asked_about(run: Command, tmp_path: Path) -> None:
    """As with all commands: the pack that is shipped is meant where the folder has none, and is not one of several."""
    code, out, _ = run("new", "scenario", "first")
    assert (code, out.splitlines()[0]) == (0, f"scenarios/{SHIPPED}/first.yaml")
    run("new", "pack", "gulf")
    code, out, _ = run("new", "state", "QAT", "--name", "Qatar", "--like", "XAA")
    assert (code, out.splitlines()[0]) == (0, "agents/gulf/QAT.yaml")
    code, out, _ = run("new", "scenario", "quiet")
    assert (code, out.splitlines()[0]) == (0, "scenarios/gulf/quiet.yaml")
    run("new", "pack", "baltic")
    before = content(tmp_path)
    for words in (("state", "OMN"), ("scenario", "loud")):
        code, _, err = run("new", *words)
        assert (code, err) == (2, "cordiale: which case pack? baltic and gulf lie in agents: say with --pack\n")
    assert content(tmp_path) == before
