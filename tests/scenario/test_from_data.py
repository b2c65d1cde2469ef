"""A pack from public data validates, runs and is the same each time; a user's states come from own tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cordiale
from cordiale.case.checks import walk_coded
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.case.public import votes
from cordiale.case.public.tables import FIRST, LAST, TABLES, Data
from cordiale.scenario.load import load_case
from tests import packs
from tests.case.test_public import write
from tests.conftest import Command

STATES = "FRA,JPN,USA,CHN,IND"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_command: Command) -> Command:
    """Run a command in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    return run_command


def made(run: Command, *more: str, states: str = STATES, name: str = "mine") -> LoadedPack:
    code, _, error = run("new", "pack", name, "--from-data", "--states", states, *more)
    assert (code, error) == (0, "")
    return load_case(name)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_the_command_advises_works(run: Command) -> None:
    code, out, _ = run("new", "pack", "mine", "--from-data", "--states", STATES)
    assert code == 0
    commands = re.findall(r"^  cordiale (.*)$", out, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert run(*command.replace("--worlds 100", "--worlds 4 --no-charts").split())[0] == 0, command
    assert run("validate", "scenarios/mine/my_question.yaml")[0] == 0
    code, out, _ = run("validate", "mine")
    assert code == 0
    assert "warning" not in out


def test_every_number_has_a_source_and_a_range(run: Command) -> None:
    loaded = made(run)
    records = (loaded.pack.case, loaded.pack.ties, *loaded.pack.states.values())
    numbers = [coded for record in records for _, coded in walk_coded(record)]
    assert len(numbers) > 80
    measured = [coded for coded in numbers if coded.basis == "explicit"]
    assumed = [coded for coded in numbers if coded.basis == "not in the article"]
    assert len(measured) + len(assumed) == len(numbers)
    assert all(coded.source and coded.locator and coded.paraphrase for coded in measured)
    assert all((coded.source or "").startswith("assumption: no data set knows") for coded in assumed)
    assert all(coded.low < coded.high for coded in numbers)
    assert all(bond.source for bond in loaded.pack.ties.ladder)


def test_what_data_do_not_know_is_a_wide_assumption(run: Command) -> None:
    loaded = made(run)
    for path, number in coded_numbers(loaded, Names(loaded.pack)).items():
        if re.search(r"\.(trust|salience|bandwidth|resolve|clarity|practice\.\w+|assertiveness)$", path):
            assert (number.coded.source or "").startswith("assumption: no data set knows"), path
            assert number.coded.high - number.coded.low >= number.coded.least_width, path
        elif re.search(r"\.(ideal|liberal_order|capability\.\w+|threat\.\w+|dependence\.\w+|hits|opens)$", path):
            assert number.coded.basis == "explicit", path


def test_positions_are_the_ideal_points(run: Command) -> None:
    loaded, data = made(run), Data()
    for code in loaded.pack.states:
        for topic in votes.TOPICS:
            ideal = loaded.pack.states[code].issues[topic].ideal
            number = votes.position(data, code, topic, 2018)
            assert (ideal.low, ideal.best, ideal.high) == pytest.approx(
                (number.low, number.best, number.high), abs=1e-4
            )


def test_ties_are_those_of_the_data(run: Command) -> None:
    ties = made(run).pack.ties
    ladder = {(rung.dyad, rung.agreement): rung.signed for rung in ties.ladder}
    assert ladder["JPN-USA", "defence_treaty"] == 1960
    assert ladder["FRA-JPN", "training_agreement"] == 2002
    assert ("FRA-JPN", "defence_treaty") not in ladder
    assert ties.classes["allied"].dyads == ["FRA-USA", "JPN-USA"]
    assert ties.classes["rival"].dyads == ["CHN-IND", "CHN-JPN", "CHN-USA"]
    assert sum(len(kind.dyads) for kind in ties.classes.values()) == 10


def test_the_same_bytes_each_time_and_files_keep_to_their_schema(run: Command, tmp_path: Path) -> None:
    made(run)
    first = content(tmp_path)
    for path in sorted(tmp_path.glob("*/mine/*.yaml")):
        packs.keeps_to_its_schema(path)
    for folder in ("agents", "scenarios"):
        (tmp_path / folder).rename(tmp_path / f"old_{folder}")
    made(run)
    again = {name: text for name, text in content(tmp_path).items() if not name.startswith("old_")}
    assert again == first


@pytest.mark.parametrize("year", [FIRST, 2014])
def test_a_year_knows_nothing_later(run: Command, year: int, tmp_path: Path) -> None:
    loaded = made(run, "--year", str(year), states="JPN,FRA,USA,CHN,RUS,IND")
    assert loaded.pack.case.start == f"{year}Q4"
    assert all(rung.signed <= year for rung in loaded.pack.ties.ladder)
    assert all(state.elections is None for state in loaded.pack.states.values())
    said = " ".join(path.read_text("utf-8") for path in (tmp_path / "agents/mine").glob("[A-Z][A-Z][A-Z].yaml"))
    figures = re.sub(r"(Voeten|and others|Suhas|estimates of April) \d{4}", "", said)  # what is cited may be later
    assert max(int(found) for found in re.findall(r"(?<![.\d-])(?:19|20)\d\d\b", figures)) <= year


def test_a_lever_of_the_pack_moves_it(run: Command) -> None:
    made(run)
    baseline = cordiale.load_scenario("scenarios/mine/baseline.yaml", set={"horizon": "2020Q4"})
    levers = baseline.loaded.pack.case.levers
    assert {"fra_human_rights", "jpn_nuclear", "defence_treaty_held", "chn_coercion"} <= levers.keys()
    values = {}
    for lever in ("none", "fra_human_rights", "defence_treaty_held", "chn_coercion"):
        told = {} if lever == "none" else {lever: 1}
        scenario = cordiale.load_scenario("scenarios/mine/baseline.yaml", set={"horizon": "2020Q4"} | told)
        study = cordiale.run([scenario], worlds=8, out=f"outputs/{lever}")
        values[lever] = study.values("alignment:FRA-JPN")[:, -1]
    assert all((values["none"] != moved).any() for lever, moved in values.items() if lever != "none")


def test_packs_without_anybody_to_fear_or_with_the_second_run_too(run: Command) -> None:
    calm = made(run, states="DEU,FRA,ITA", name="calm")
    assert calm.pack.case.hazards == {}
    tense = made(run, states="USA,CHN,RUS", name="tense")
    assert list(tense.pack.case.hazards) == ["CHN", "RUS"]
    for name in ("calm", "tense"):
        command = ("run", f"scenarios/{name}/baseline.yaml", "--worlds", "4", "--no-charts", "--out", f"outputs/{name}")
        assert run(*command)[0] == 0


def test_a_pair_alone_is_told_what_it_lacks(run: Command) -> None:
    code, _, error = run("new", "pack", "mine", "--from-data", "--states", "FRA,JPN")
    assert (code, error.count("\n")) == (0, 1)
    assert "name more states" in error
    assert run("validate", "mine")[0] == 0
    assert run("run", "scenarios/mine/baseline.yaml", "--worlds", "4", "--no-charts")[0] == 0


# ---------------------------------------------------------------- a user's own states


def brazil(folder: Path, **replaced: tuple[object, ...]) -> None:
    """Write what a state needs that no table of ours knows."""
    points = [("BRA", 2018, topic, 20, 0.1, -0.1, 0.4) for topic in ("all", *votes.TOPICS)]
    rows = {"states": [("BRA", 140, 'Brazil: "the" # state')], "ideal_points": points,
            "capability": [("BRA", 2018, 2.8e7, 360, 0.024)]}  # fmt: skip
    for name, own in (rows | replaced).items():
        write(folder, name, *own)


def test_a_state_of_the_users_own(run: Command, tmp_path: Path) -> None:
    brazil(tmp_path / "tables")
    loaded = made(run, "--data", "tables", states="FRA,BRA,USA,CHN")
    state = loaded.pack.states["BRA"]
    assert (state.name, state.cow_code) == ('Brazil: "the" # state', 140)
    assert (state.issues["nuclear"].ideal.source or "").startswith(
        "the user's own file, ideal_points.csv:5: ideal point"
    )
    assert state.issues["nuclear"].ideal.best == pytest.approx(2.6 / 6, abs=1e-4)
    readme = (tmp_path / "agents/mine/README.md").read_text("utf-8")
    assert "alliances.csv has no row of BRA" in readme
    assert "exports.csv has no row of BRA" in readme
    assert run("run", "scenarios/mine/baseline.yaml", "--worlds", "4", "--no-charts")[0] == 0


def test_pacts_disputes_and_trade_of_the_users_own(run: Command, tmp_path: Path) -> None:
    brazil(
        tmp_path / "tables", alliances=[("USA", "BRA", 2018, 1, 1)], treaties=[("USA", "BRA", "3065", 1948, 1, 1)],
        exports=[("BRA", "CHN", 2016, 50), ("CHN", "BRA", 2016, 30)], trade_totals=[("BRA", 2016, 200, 200)],
        disputes=[("CHN", "BRA", year, str(year), 1, 1, 4, 1) for year in (2012, 2014)],
        defence_agreements=[("own-1", "BRA", "FRA", 2008, "", "general", "DCA", "", "", "", "")],
        elections=[("BRA", "president", "2022-10", "fixed term")],
    )  # fmt: skip
    pack = made(run, "--data", "tables", states="BRA,FRA,USA,CHN").pack
    ladder = {(rung.dyad, rung.agreement): rung for rung in pack.ties.ladder}
    assert ladder["BRA-USA", "defence_treaty"].signed == 1948
    assert "alliances.csv:2" in ladder["BRA-USA", "defence_treaty"].source
    assert ladder["BRA-FRA", "defence_cooperation"].signed == 2008
    assert list(pack.case.hazards) == ["CHN"]
    assert pack.states["BRA"].threat["CHN"].best == pytest.approx((0 + 0.8 + 0.4) / 3, abs=1e-4)
    assert pack.states["BRA"].dependence["CHN"].best == pytest.approx(0.2**0.75, abs=1e-4)
    assert pack.states["BRA"].elections is not None
    assert pack.states["BRA"].elections.quarters == ["2022Q4"]


REFUSED = {
    "no states": (("--from-data",), "--from-data needs --states"),
    "one": (("--from-data", "--states", "FRA"), "at least two states"),
    "unknown": (("--from-data", "--states", "FRA,JPN,BRA"), "no votes of 'BRA'"),
    "small": (("--from-data", "--states", "FRA,JPN,usa"), "did you mean 'USA'"),
    "empty": (("--from-data", "--states", "FRA,JPN,"), "no votes of ''"),
    "twice": (("--from-data", "--states", "FRA,JPN,FRA"), "stands twice"),
    "later": (("--from-data", "--states", STATES, "--year", "2019"), "from 2010 to 2018; nothing later sets a number"),
    "before": (("--from-data", "--states", STATES, "--year", "2009"), "the tables do not reach back further"),
    "folder": (("--from-data", "--states", STATES, "--data", "nowhere"), "no such folder"),
    "like": (("--from-data", "--states", STATES, "--like", "indo_pacific_2018"), "leave one out"),
    "alone": (("--states", STATES), "go with --from-data"),
}  # fmt: skip


@pytest.mark.parametrize(("options", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_in_one_line(
    run: Command, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    code, out, error = run("new", "pack", "mine", *options)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert told in error
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_a_users_table_leaves_nothing(run: Command, tmp_path: Path) -> None:
    brazil(tmp_path / "tables", capability=[("BRA", 2018, 2.8e7, 360, 24)])
    code, out, error = run("new", "pack", "mine", "--from-data", "--states", "FRA,BRA,USA", "--data", "tables")
    assert (code, out) == (2, "")
    assert error == "cordiale: tables/capability.csv:2:25: 24 leaves the scale 0..1 of 'cinc'\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tables"]


def test_a_state_without_one_topic_is_told_which(run: Command, tmp_path: Path) -> None:
    brazil(tmp_path / "tables", ideal_points=[("BRA", 2018, "all", 20, 0.1, -0.1, 0.4)])
    code, _, error = run("new", "pack", "mine", "--from-data", "--states", "FRA,BRA,USA", "--data", "tables")
    assert code == 2
    assert "BRA has no ideal point of 'human_rights' up to 2018: give rows of it in tables/ideal_points.csv" in error
    assert LAST == 2018
    assert "ideal_points" in TABLES
