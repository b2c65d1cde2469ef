"""A coding from public data: the shipped one is what the tables give, holds on its scales, and is used by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

import cordiale
from cordiale.case.coding import FOLDER, read_coding
from cordiale.case.fields import Names
from cordiale.case.numbers import coded_numbers
from cordiale.case.public import power, recode, votes
from cordiale.case.public.tables import Data
from cordiale.scenario.load import load_case, load_scenario
from tests import packs
from tests.conftest import Command

SHIPPED = "indo_pacific_2018"
SHORT = {"worlds": 8, "horizon": "2019Q4"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_command: Command) -> Command:
    """Run a command in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    return run_command


def test_the_shipped_coding_is_what_the_tables_give() -> None:
    loaded = load_case(SHIPPED)
    shipped = loaded.folder / FOLDER / "data.csv"
    assert recode.coding_text(loaded) == shipped.read_text("utf-8")


def test_its_numbers_are_those_of_the_data_and_say_so() -> None:
    loaded, data = load_case(SHIPPED), Data()
    names = Names(loaded.pack)
    coding = read_coding("data", names, coded_numbers(loaded, names), loaded.folder)
    cells = {cell.path: cell for cell in coding.cells}
    assert (coding.called, coding.name, len(cells)) == ("data", "coding data", 147)
    assert {names.paths[path][0] for path in cells} == {"ideal", "liberal_order", "capability", "threat", "dependence"}
    made = votes.liberal_order(data, "RUS", 2018)
    assert cells["RUS.liberal_order"].coded.best == round(made.best, 3)
    assert cells["SGP.capability.asia"].coded.best == round(power.capability(data, "SGP", 2018).best, 3)
    for cell in cells.values():
        assert cell.own_range
        assert cell.coded.basis == "not in the article"
        assert cell.coded.source is not None
        assert "data.csv, line" in cell.coded.source
        assert cell.packs.bounds[0] <= cell.coded.low <= cell.coded.best <= cell.coded.high <= cell.packs.bounds[1]
        assert cell.coded.high - cell.coded.low >= cell.packs.width_around(cell.coded.best) - 1e-9
    apart = [cells[f"{code}.china_tone.ideal"] for code in ("FRA", "JPN")]
    assert abs(apart[0].coded.best - apart[1].coded.best) < abs(apart[0].packs.best - apart[1].packs.best)
    assert not any(path.startswith(("CHN.china_tone", "RUS.russia_firmness", "CHN.threat.CHN")) for path in cells)


def test_a_run_under_it_draws_its_numbers_and_says_which(run: Command) -> None:
    code, _, error = run(
        "run", "baseline", "--coding", "data", "--worlds", "8", "--set", "horizon=2019Q4", "--no-charts"
    )
    assert (code, error) == (0, "")
    study = cordiale.Study.open("outputs/baseline-data")
    drawn, own = study.inputs(), load_scenario("baseline", coding="data", set=SHORT).ranges
    assert own["FRA.threat.CHN"].high == 0.25
    assert drawn["FRA.threat.CHN"].max() <= 0.25
    assert study.about("baseline")["coding"]["path"] == "data"  # no path of this machine
    assert [path.name for path in Path("outputs/baseline-data/codings").glob("*/*")] == ["data.csv"]
    assert run("verify", "outputs/baseline-data")[0] == 0
    assert run("report", "outputs/baseline-data")[0] == 0


def test_agreement_out_of_the_box(run: Command) -> None:
    code, out, _ = run("agreement", "data", "--pack", SHIPPED)
    assert code == 0
    assert "over 32 ideal points" in out
    assert "By kind of number, without ideal points" in out
    found = cordiale.agreement("data", SHIPPED)
    assert [row["number"] for row in found.fields] == ["liberal_order", "capability", "threat", "dependence"]
    assert [row["cells"] for row in found.fields] == [17, 17, 49, 32]
    assert found.fields[0]["alpha"].value > 0.9  # the pack coded it from the same votes
    assert found.record()["coding"] == "data"
    assert sum(row["cells"] for row in found.issues) + sum(row["cells"] for row in found.fields) == 147


def test_a_file_of_that_name_comes_first_and_a_near_name_is_shown(run: Command) -> None:
    Path("data").write_text("state,issue,value\nFRA,china_tone,0.9\n", "utf-8")
    found = cordiale.agreement("data", SHIPPED)
    assert [row["path"] for row in found.cells] == ["FRA.china_tone.ideal"]
    Path("data").unlink()
    Path("data").mkdir()  # a folder is no coding
    assert len(cordiale.agreement("data", SHIPPED).cells) == 147
    code, out, error = run("agreement", "dat", "--pack", SHIPPED)
    assert (code, out) == (2, "")
    assert error == "cordiale: no coding 'dat': give the path of a csv; did you mean 'data'?\n"
    assert "or a name: data" in run("agreement", "elsewhere/coder.csv", "--pack", SHIPPED)[2]


def test_a_new_coding_is_laid_down_once(run: Command, tmp_path: Path) -> None:
    code, out, _ = run("new", "coding", "mine", "--pack", SHIPPED)
    assert (code, out.splitlines()[0]) == (0, "mine.csv: 147 numbers. Then:")
    assert (tmp_path / "mine.csv").read_text("utf-8") == recode.coding_text(load_case(SHIPPED))
    code, _, error = run("new", "coding", "mine", "--pack", SHIPPED)
    assert code == 2
    assert "exists, and nothing is overwritten" in error


def test_the_users_own_tables_and_map(run: Command, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/ideal_points.csv").write_text(
        "iso3,year,votes,n_votes,ideal_point,q5,q95\nFRA,2018,all,95,2.6,2.5,2.7\n", "utf-8"
    )
    (tmp_path / "map.csv").write_text("field,from,of,why\nliberal_order,all_votes,,a test of it\n", "utf-8")
    command = ("new", "coding", "mine", "--pack", SHIPPED, "--map", "map.csv", "--data", "tables")
    assert run(*command)[0] == 0
    lines = (tmp_path / "mine.csv").read_text("utf-8").splitlines()
    assert len(lines) == 18
    assert lines[1].startswith(
        "FRA.liberal_order,1,0.73,1,not in the article,\"the user's own file, ideal_points.csv:2"
    )


def test_validate_reads_the_codings_of_a_pack(run: Command, tmp_path: Path) -> None:
    packs.write(tmp_path / "agents" / "plain", packs.random_pack(1))
    (tmp_path / "agents/plain/codings").mkdir()
    loaded = load_case("plain")
    state, issue = loaded.pack.case.states[0], next(iter(loaded.pack.case.issues))
    coding = tmp_path / "agents/plain/codings/other.csv"
    coding.write_text(f"state,issue,value\n{state},{issue},0.5\n", "utf-8")
    before = run("validate", "plain")
    coding.write_text(f"state,issue,value\n{state},{issue},5\n", "utf-8")
    code, _, error = run("validate", "plain")
    assert "other.csv" not in before[2]
    assert code == 2
    assert "agents/plain/codings/other.csv:2:" in error
    assert "5 leaves the scale 0..1" in error


FAULTS = {
    "no column": ("field,from,of\n", r"map.csv:1:1: no column 'why'"),
    "no row": ("field,from,of,why\n", r"map.csv:1:1: no row"),
    "field": ("field,from,of,why\nliberal_orde,all_votes,,because\n", r"map.csv:2:1: .*did you mean"),
    "from": ("field,from,of,why\nliberal_order,all_vote,,because\n", r"map.csv:2:15: .*did you mean 'all_votes'"),
    "of": ("field,from,of,why\nthreat.CHN,disputes,CHI,because\n", r"map.csv:2:21: 'CHI' is no state of the tables"),
    "why": ("field,from,of,why\nthreat.CHN,disputes,CHN,\n", r"map.csv:2:25: no reason"),
    "twice": ("field,from,of,why\nthreat.CHN,disputes,CHN,a b\nthreat.CHN,trade,CHN,a b\n", r"map.csv:3:1: .*twice"),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_map_is_told_at_its_place(run: Command, tmp_path: Path, text: str, told: str) -> None:
    import re

    (tmp_path / "map.csv").write_text(text, "utf-8")
    code, out, error = run("new", "coding", "mine", "--pack", SHIPPED, "--map", "map.csv")
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert re.search(told, error), error
    assert [path.name for path in tmp_path.iterdir()] == ["map.csv"]


def test_a_pack_that_says_not_what_maps(run: Command, tmp_path: Path) -> None:
    packs.write(tmp_path / "agents" / "plain", packs.random_pack(1))
    code, out, error = run("new", "coding", "mine", "--pack", "plain")
    assert (code, out) == (2, "")
    assert "--map" in error or "--year" in error
