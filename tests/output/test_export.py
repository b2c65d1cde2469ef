"""What leaves for other people's data is what the study holds, under codes and names that they can merge on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import cordiale
from cordiale.cli import main
from cordiale.files.errors import OptionError, StudyError
from cordiale.output.export.columns import LONGEST, LONGEST_LABEL, Times, measures
from cordiale.output.export.tables import TABLES
from cordiale.output.export.write import export
from cordiale.study.partitions import PART
from cordiale.study.study import Study

PACK = cordiale.load_pack()
COW = {code: state.cow_code for code, state in PACK.states.items()}
WANTED = ["alignment", "agreement.acsa", "practice.capacity_building", "trusting", "rank:JPN>FRA", "trust:FRA-JPN",
          "member.france_india_australia", "pressure", "events", "level.quad", "same_bloc"]  # fmt: skip


BASELINE = f"""
title: Nothing new
question: Where do they stand?
basis: {{locator: Opening 3, says: a scenario of a test}}
pack: indo_pacific_2018
horizon: 2020Q2
seed: 5
measures: [{", ".join(WANTED)}]
"""
QUAD = """
title: France joins
question: What changes?
basis: {locator: Limitations 1, says: a scenario of a test}
extends: baseline
timeline: [{quarter: 2019Q2, set: {france_in_quad: 1}}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("export")
    for name, text in (("baseline", BASELINE), ("france_joins_quad", QUAD)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    scenarios = [folder / "baseline.yaml", folder / "france_joins_quad.yaml"]
    return cordiale.run(scenarios, worlds=PART + 6, out=folder / "study")


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv")


@pytest.fixture(scope="module")
def summary(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "out"
    export(study, "csv", folder)
    return folder


@pytest.fixture(scope="module")
def worlds(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds") / "out"
    export(study, "parquet", folder, every_world=True)
    return folder


# ---------------------------------------------------------------- values


def test_a_summary_is_the_study_over_worlds(study: Study, summary: Path) -> None:
    table = read(summary, "dyads_undirected_quarterly").set_index(["scenario", "ccode1", "ccode2", "year", "quarter"])
    for scenario in study.scenarios:
        values = study.values("alignment:FRA-USA", scenario=scenario)
        for at, quarter in enumerate(study.quarters(scenario)):
            row = table.loc[(scenario, COW["USA"], COW["FRA"], int(quarter[:4]), int(quarter[5]))]
            one = values[:, at]
            expected = [one.mean(), one.std(ddof=1), *np.quantile(one, (0.05, 0.5, 0.95))]
            found = row[["alignment", "alignment_sd", "alignment_p05", "alignment_p50", "alignment_p95"]]
            np.testing.assert_allclose(found.to_numpy(dtype=float), expected, rtol=1e-12)


def test_every_world_is_the_study_number_by_number(study: Study, worlds: Path) -> None:
    directed = pd.read_parquet(worlds / "dyads_directed_quarterly.parquet")
    for scenario in study.scenarios:
        own = directed[(directed.scenario == scenario) & (directed.iso1 == "JPN") & (directed.iso2 == "FRA")]
        assert len(own) == study.worlds * len(study.quarters(scenario))
        for column, measure in (("trusting", "trusting:JPN>FRA"), ("rank", "rank:JPN>FRA"),
                                ("alignment", "alignment:FRA-JPN"), ("trust", "trust:FRA-JPN")):  # fmt: skip
            table = own.pivot(index="world", columns=["year", "quarter"], values=column)
            np.testing.assert_array_equal(table.to_numpy(), study.values(measure, scenario=scenario))
    states = pd.read_parquet(worlds / "states_quarterly.parquet")
    own = states[(states.scenario == "france_joins_quad") & (states.iso3 == "FRA")]
    found = own.pivot(index="world", columns=["year", "quarter"], values="pressure").to_numpy()
    np.testing.assert_array_equal(found, study.values("pressure:FRA", scenario="france_joins_quad"))


def test_worlds_are_read_in_pieces_that_join_to_the_whole(study: Study) -> None:
    scenario = study.scenarios[1]
    pieces = list(study.parts(scenario))
    assert len(pieces) > 1
    assert np.concatenate([worlds for worlds, _ in pieces]).tolist() == list(range(study.worlds))
    for measure in study.measures(scenario):
        whole = np.concatenate([values[measure] for _, values in pieces])
        np.testing.assert_array_equal(whole, study.values(measure, scenario=scenario))


def test_what_was_not_recorded_is_empty(summary: Path, study: Study) -> None:
    table = read(summary, "dyads_undirected_quarterly")
    focus = (table.iso1 == "FRA") & (table.iso2 == "JPN")
    assert table.loc[focus, "trust"].notna().all()
    assert table.loc[~focus, "trust"].isna().all()
    last = (table.year == 2020) & (table.quarter == 2)
    assert table.loc[last, "same_bloc"].notna().all()
    assert table.loc[~last, "same_bloc"].isna().all()
    codebook = pd.read_csv(summary / "codebook.csv")
    recorded = codebook.set_index(["file", "column"])["recorded_for"]
    assert recorded["dyads_undirected_yearly.csv", "trust"] == "FRA-JPN"
    assert recorded["dyads_undirected_yearly.csv", "alignment"] == "all"


# ---------------------------------------------------------------- rows


def test_a_table_merges_one_to_one_by_codes_and_year(summary: Path, study: Study) -> None:
    ours = read(summary, "dyads_undirected_yearly").query("scenario == 'baseline'")
    yours = pd.DataFrame({"ccode1": [2, 220, 740], "ccode2": [220, 740, 900], "year": 2019, "trade": [1.0, 2.0, 3.0]})
    merged = yours.merge(ours, on=["ccode1", "ccode2", "year"], validate="one_to_one")
    assert merged.trade.tolist() == [1.0, 2.0, 3.0]
    assert list(zip(merged.iso1, merged.iso2, strict=True)) == [("USA", "FRA"), ("FRA", "JPN"), ("JPN", "AUS")]
    at = study.quarters().index("2019Q4")
    expected = [study.values(f"alignment:{dyad}")[:, at].mean() for dyad in ("FRA-USA", "FRA-JPN", "AUS-JPN")]
    np.testing.assert_allclose(merged.alignment, expected, rtol=1e-12)


def test_keys_are_unique_ordered_and_complete(summary: Path, worlds: Path) -> None:
    n = len(COW)
    for name, side, pairs in (
        ("dyads_undirected", ["ccode1", "ccode2"], n * (n - 1) // 2),
        ("dyads_directed", ["ccode1", "ccode2"], n * (n - 1)),
        ("states", ["ccode"], n),
    ):
        for step, time, times in (("yearly", ["year"], 3), ("quarterly", ["year", "quarter"], 7)):
            table = read(summary, f"{name}_{step}")
            keys = table[["scenario", *side, *time]]
            assert not keys.duplicated().any()
            assert len(keys) == 2 * pairs * times
            ordered = keys.sort_values([*side, *time]).sort_values("scenario", kind="stable")
            assert keys.equals(ordered)
            whole = pd.read_parquet(worlds / f"{name}_{step}.parquet")
            assert not whole[["scenario", "world", *side, *time]].duplicated().any()
    table = read(summary, "dyads_undirected_yearly")
    assert (table.ccode1 < table.ccode2).all()
    assert (table.iso1.map(COW) == table.ccode1).all()
    assert (table.iso2.map(COW) == table.ccode2).all()


def test_directed_and_undirected_agree(summary: Path) -> None:
    one, other = read(summary, "dyads_undirected_yearly"), read(summary, "dyads_directed_yearly")
    shared = [column for column in one.columns if column in other.columns]
    assert "alignment_p95" in shared
    assert "trusting" not in one.columns
    keys = ["scenario", "ccode1", "ccode2", "year"]
    same = other[other.ccode1 < other.ccode2][shared].reset_index(drop=True)
    pd.testing.assert_frame_equal(one[shared], same)
    turned = other[other.ccode1 > other.ccode2].rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})
    merged = one[[*keys, "alignment"]].merge(turned[[*keys, "alignment"]], on=keys, validate="one_to_one")
    assert (merged.alignment_x == merged.alignment_y).all()
    assert len(merged) == len(one)


def test_a_year_is_its_last_quarter_or_the_mean_of_its_quarters(study: Study, summary: Path, tmp_path: Path) -> None:
    export(study, "csv", tmp_path / "mean", year="mean", only=["dyads_undirected_yearly"])
    last, mean = read(summary, "dyads_undirected_yearly"), read(tmp_path / "mean", "dyads_undirected_yearly")
    assert last[["year", "quarters"]].drop_duplicates().to_numpy().tolist() == [[2018, 1], [2019, 4], [2020, 2]]
    values = study.values("events:FRA-JPN")
    own = (last.scenario == "baseline") & (last.iso1 == "FRA") & (last.iso2 == "JPN")
    np.testing.assert_allclose(last.loc[own, "events"], values[:, [0, 4, 6]].mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        mean.loc[own, "events"],
        [values[:, 0].mean(), values[:, 1:5].mean(), values[:, 5:].mean()], rtol=1e-12,
    )  # fmt: skip
    spread = values[:, 1:5].mean(axis=1).std(ddof=1)  # in each world first
    assert mean.loc[own, "events_sd"].iloc[1] == pytest.approx(spread, rel=1e-12)


def test_times_known_answers() -> None:
    values = np.arange(6.0).reshape(1, 6, 1)
    quarters = ["2019Q3", "2019Q4", "2020Q1", "2020Q2", "2020Q3", "2020Q4"]
    assert Times.make(quarters, True, "last").gathered(values).ravel().tolist() == [1.0, 5.0]
    assert Times.make(quarters, True, "mean").gathered(values).ravel().tolist() == [0.5, 3.5]
    assert Times.make(quarters, False, "mean").gathered(values).ravel().tolist() == [0, 1, 2, 3, 4, 5]
    only_last = Times.make(quarters, True, "mean").gathered(values[:, -1:]).ravel()
    assert np.isnan(only_last[0])
    assert only_last[1] == 5.0


# ---------------------------------------------------------------- Stata


@pytest.mark.parametrize("every", [False, True], ids=["summary", "worlds"])
def test_stata_is_read_back_with_its_labels(several: Study, tmp_path: Path, every: bool) -> None:
    study, folder = several, tmp_path / "expected"
    export(study, "parquet" if every else "csv", folder, every_world=every)
    written = export(study, "dta", tmp_path / "dta", every_world=every)
    for each in written:
        name = each.path.stem
        expected: Any = pd.read_parquet(folder / f"{name}.parquet") if every else read(folder, name)
        expected = expected.astype({c: str for c in expected.columns if c == "scenario" or c[:3] in ("iso", "nam")})
        with pd.read_stata(each.path, iterator=True) as reader:
            by_pandas = reader.read(convert_categoricals=False)
            by_pandas["scenario"] = by_pandas.scenario.map(reader.value_labels()["scenario"])
        pd.testing.assert_frame_equal(by_pandas, expected, check_dtype=False, rtol=1e-12)
        frame, meta = pyreadstat.read_dta(each.path)
        assert list(frame.columns) == list(expected.columns)
        numbers = [c for c in frame.columns if c not in ("scenario",) and c[:3] not in ("iso", "nam")]
        np.testing.assert_allclose(frame[numbers].to_numpy(float), expected[numbers].to_numpy(float), rtol=1e-12)
        assert set(meta.variable_value_labels["scenario"].values()) == set(study.scenarios)
        code = next((column for column in frame.columns if column.startswith("ccode")), None)
        assert (code is None) == (name == "worlds")
        assert code is None or meta.variable_value_labels[code][COW["JPN"]] == "Japan"
        assert all(0 < len(label) <= LONGEST_LABEL for label in meta.column_names_to_labels.values())
        assert all(column.isidentifier() and len(column) <= LONGEST for column in frame.columns)
        assert study.scenarios[0] in meta.file_label
        assert (len(frame), len(frame.columns)) == (each.rows, each.columns)


def test_names_stay_apart_where_they_are_cut(study: Study) -> None:
    long = [f"member.{'x' * 40}{end}" for end in "abc"]
    names = [column.name for column in measures(study, [*long, "practice.a", "practice.a_sd"], ["year"], worlds=False)]
    assert len(set(names)) == len(names) == 25
    assert all(len(name) <= LONGEST for name in names)
    plain = [column.name for column in measures(study, long, ["year"], worlds=True)]
    assert set(plain) <= set(names)  # the same in both forms


# ---------------------------------------------------------------- codebook and files


def test_the_codebook_has_every_column_of_every_file(summary: Path) -> None:
    codebook = pd.read_csv(summary / "codebook.csv", keep_default_na=False)
    page = (summary / "codebook.md").read_text("utf-8")
    tables = sorted(path for path in summary.glob("*.csv") if path.stem != "codebook")
    assert len(tables) == 6
    for path in tables:
        head = list(pd.read_csv(path, nrows=0).columns)
        assert codebook[codebook.file == path.name]["column"].tolist() == head
        section = page.partition(f"## {path.name}\n")[2].partition("\n## ")[0]
        assert all(f"| `{column}` |" in section for column in head)
    assert (codebook[["label", "meaning", "source"]] != "").all(axis=None)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("every", [False, True], ids=["summary", "worlds"])
def test_the_program_in_the_codebook_merges(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                            suffix: str, every: bool) -> None:  # fmt: skip
    export(study, suffix, tmp_path / "out", every_world=every, only=["dyads_directed_quarterly"])
    page = (tmp_path / "out" / "codebook.md").read_text("utf-8")
    yours = pd.DataFrame({"ccode1": [740], "ccode2": [220], "year": [2019], "quarter": [3], "visits": [2]})
    monkeypatch.chdir(tmp_path / "out")
    names: dict[str, Any] = {"pandas": pd, "yours": yours}
    program = page.partition("## How to merge")[2].partition("```python\n")[2].partition("```")[0]
    exec(program.replace("ours.merge", "merged = ours.merge"), names)
    assert len(names["merged"]) == (study.worlds if every else 1)
    assert "visits" in names["merged"]


def test_an_export_again_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "dta"):
        for folder in ("one", "other"):
            export(study, suffix, tmp_path / folder / suffix, only=["states_yearly"])
        name = f"{suffix}/states_yearly.{suffix}"
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_nothing_is_overwritten_without_replace(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(study, "csv", out, only=["states_yearly"])
    with pytest.raises(StudyError, match="--replace"):
        export(study, "csv", out)
    assert sorted(path.name for path in out.iterdir()) == [
        "codebook.csv",
        "codebook.md",
        "files.txt",
        "manifest.json",
        "states_yearly.csv",
    ]
    export(study, "csv", out, replace=True)
    assert (out / "dyads_directed_yearly.csv").is_file()
    with pytest.raises(StudyError, match="is no export of cordiale"):
        export(study, "csv", study.folder, replace=True)
    assert (study.folder / "manifest.json").is_file()


def test_what_cannot_be_is_refused_in_one_line(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                               capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    cases = {
        ("--format", "dat"): "did you mean 'dta'",
        ("--only", "states_year"): "did you mean 'states_yearly'",
        ("--year", "first"): "last, mean",
        ("--pack", "nowhere"): "no case pack 'nowhere'",
    }
    for options, part in cases.items():
        monkeypatch.setattr(
            sys, "argv", ["cordiale", "export", str(study.folder), *options, "--out", str(tmp_path / "x")]
        )
        with pytest.raises(SystemExit) as stopped:
            main()
        message = capsys.readouterr().err
        assert stopped.value.code == 2
        assert part in message
        assert message.count("\n") == 1
        assert not list(tmp_path.iterdir())


def test_a_stata_file_that_memory_cannot_hold_is_refused(study: Study, tmp_path: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("cordiale.output.export.write.MOST", 1000)
    with pytest.raises(OptionError, match=r"built in memory.*csv or parquet"):
        export(study, "dta", tmp_path / "x")
    export(study, "csv", tmp_path / "x")


def test_a_damaged_study_leaves_nothing(study: Study, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(study.folder, broken)
    part = next((broken / "measures").iterdir())
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    for every in (False, True):
        with pytest.raises(StudyError, match="cut or corrupt"):
            export(Study.open(broken), "csv", tmp_path / "x", every_world=every)
        assert not (tmp_path / "x").exists()


def test_states_with_one_code_are_refused(study: Study, tmp_path: Path) -> None:
    from cordiale.output.export.columns import States

    twins = {"FRA": ("France", COW["FRA"]), "JPN": ("Japan", COW["FRA"])}
    with pytest.raises(StudyError, match=r"FRA and JPN .* same cow_code 220"):
        States("twins", twins, ["FRA", "JPN"])


# ---------------------------------------------------------------- what scenarios set, and what worlds drew

RAMP = """
title: A ramp and a shock
question: What changes?
basis: {locator: Limitations 1, says: a scenario of a test}
extends: baseline
levers: {quad_hardness: 0.25}
timeline:
  - {quarter: 2019Q2, ramp: {france_in_quad: 1}, over: 4}
  - {quarter: 2019Q3, shock: {us_retrenchment: 0.5}, lasts: 2}
"""
CALM = """
title: If it is calm
question: What changes?
basis: {locator: Limitations 1, says: a scenario of a test}
extends: baseline
timeline:
  - quarter: 2019Q4
    set: {france_in_quad: 1}
    when: {measure: "pressure:FRA", below: 0.05, in: 2019Q3}
"""
READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet, "dta": pd.read_stata}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Four scenarios: as coded, one set, a ramp and a shock, and one on a condition; and a number fixed in one."""
    folder = tmp_path_factory.mktemp("levers")
    texts = {"baseline": BASELINE, "quad": QUAD, "ramp": RAMP, "calm": CALM}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    scenarios = [folder / f"{name}.yaml" for name in texts]
    return cordiale.run(scenarios, worlds=24, set=["quad:FRA.clarity=0.5"], out=folder / "study")


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("every", [False, True], ids=["summary", "worlds"])
def test_levers_stand_in_every_table_as_they_are_set(several: Study, tmp_path: Path, suffix: str, every: bool) -> None:
    export(several, suffix, tmp_path / "out", every_world=every)
    files = {path.stem for path in (tmp_path / "out").glob(f"*.{suffix}")} - {"codebook"}
    assert files == set(TABLES[: None if every else -1])
    table = READERS[suffix](tmp_path / "out" / f"states_quarterly.{suffix}")
    assert {column for column in table if column.startswith(("lever_", "share_"))} == {
        "lever_france_in_quad", "share_france_in_quad", "lever_quad_hardness", "lever_us_retrenchment",
        "lever_FRA_clarity",
    }  # fmt: skip
    table["when"] = table.year.astype(str) + "Q" + table.quarter.astype(str)
    table["scenario"] = table.scenario.astype(str)

    def told(scenario: str, column: str) -> list[object]:
        own = table[(table.scenario == scenario) & (table.iso3 == "FRA")]
        assert own.groupby("when")[column].nunique(dropna=False).max() == 1, "the same in every world"
        return [None if pd.isna(value) else round(float(value), 6) for value in own.groupby("when")[column].first()]

    none = [None] * 7
    for column in ("lever_france_in_quad", "lever_quad_hardness", "lever_us_retrenchment", "lever_FRA_clarity"):
        assert told("baseline", column) == none
    assert told("quad", "lever_france_in_quad") == [None, None, 1, 1, 1, 1, 1]
    assert told("quad", "lever_FRA_clarity") == [0.5] * 7
    assert told("ramp", "lever_FRA_clarity") == none
    assert told("ramp", "lever_quad_hardness") == [0.25] * 7
    assert told("ramp", "lever_us_retrenchment") == [None, None, None, 0.5, 0.5, None, None]
    assert told("ramp", "lever_france_in_quad") == [None, None, None, 1, 1, 1, 1]
    assert told("ramp", "share_france_in_quad") == [0, 0, 0, 0.25, 0.5, 0.75, 1]
    calm = table[(table.scenario == "calm") & (table.iso3 == "FRA") & (table.when == "2020Q1")]
    took = several.values("pressure:FRA", scenario="calm")[:, several.quarters().index("2019Q3")] < 0.05
    assert 0 < took.sum() < len(took), "else this shows nothing"
    if every:
        assert (calm.lever_france_in_quad == 1).tolist() == took.tolist()
    else:
        assert calm[["lever_france_in_quad", "share_france_in_quad"]].to_numpy().tolist() == [[1, took.mean()]]


@pytest.mark.parametrize("year", ["last", "mean"])
def test_a_years_lever_is_read_as_its_measures_are(several: Study, tmp_path: Path, year: str) -> None:
    export(several, "csv", tmp_path / "out", year=year, only=["states_yearly"])
    table = pd.read_csv(tmp_path / "out" / "states_yearly.csv")
    own = table[(table.scenario == "ramp") & (table.iso3 == "FRA")].set_index("year")
    shock = own["lever_us_retrenchment"]
    assert shock[2019] == 0.5
    assert shock[[2018, 2020]].isna().all()
    share = own["share_france_in_quad"].tolist()
    assert share == ([0, 0.5, 1] if year == "last" else [0, (0.25 + 0.5) / 4, (0.75 + 1) / 2])
    if year == "mean":
        assert own["share_us_retrenchment"].tolist() == [0, 0.5, 0]


@pytest.mark.parametrize("suffix", READERS)
def test_what_worlds_drew_is_a_table_and_chosen_columns(several: Study, tmp_path: Path, suffix: str) -> None:
    paths = ["FRA.china_tone.ideal", "FRA.resolve"]
    written = export(several, suffix, tmp_path / "out", every_world=True, inputs=paths,
                     only=["worlds", "states_yearly"])  # fmt: skip
    codebook = pd.read_csv(tmp_path / "out" / "codebook.csv")
    names = codebook[codebook.file == f"worlds.{suffix}"].set_index("column")["label"].to_dict()
    table = READERS[suffix](tmp_path / "out" / f"worlds.{suffix}")
    assert list(table.columns) == list(names)
    assert all(len(name) <= LONGEST and name.isidentifier() for name in names)
    assert len(table) == several.worlds * len(several.scenarios) == written[-1].rows
    drawn = several.inputs("quad")
    assert [names[column] for column in table.columns[2:]] == [each[: LONGEST_LABEL - 3] + "..."
        if len(each) > LONGEST_LABEL else each for each in drawn.columns]  # fmt: skip
    own = table[table.scenario.astype(str) == "quad"].set_index("world")
    np.testing.assert_allclose(own.to_numpy()[:, 1:].astype(float), drawn.to_numpy(), rtol=1e-12)
    states = READERS[suffix](tmp_path / "out" / f"states_yearly.{suffix}")
    for path in paths:
        column = path.replace(".", "_")
        found = states[states.scenario.astype(str) == "ramp"].groupby("world")[column].agg(["min", "max"])
        expected = several.inputs("ramp")[path].to_numpy()
        np.testing.assert_allclose(found.to_numpy(), np.column_stack([expected, expected]), rtol=1e-12)


def test_inputs_are_refused_where_there_are_no_worlds(several: Study, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"inputs": ["FRA.resolve"]}, "--input 'FRA.resolve': what a world drew stands in rows of worlds"),
        ({"only": ["worlds"]}, "--only worlds: what a world drew"),
        ({"inputs": ["FRA.resolv"], "every_world": True}, r"draws no such number; did you mean 'FRA\.resolve'"),
        ({"inputs": ["FRA.resolve"] * 2, "every_world": True}, "'FRA.resolve' is given twice"),
    ]
    for options, message in cases:
        with pytest.raises(OptionError, match=message):
            export(several, "csv", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_limits_of_stata_are_told_or_kept(several: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("cordiale.output.export.write.SMALL_STATA", 1000)
    export(several, "dta", tmp_path / "out", every_world=True, only=["worlds"], tell=told.append)
    assert any("worlds has 1," in each and "Stata/BE opens no more than 1,000" in each for each in told)
    monkeypatch.setattr("cordiale.output.export.write.LARGE_STATA", 1000)
    with pytest.raises(OptionError, match=r"--format dta: worlds would have 1,\d+ variables"):
        export(several, "dta", tmp_path / "x", every_world=True)


def test_the_codebook_says_how_worlds_are_matched(
    several: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(several, "csv", tmp_path / "out", every_world=True, only=["dyads_undirected_quarterly"])
    page = (tmp_path / "out" / "codebook.md").read_text("utf-8")
    assert "World n of one scenario and world n of another have the same draws" in page
    monkeypatch.chdir(tmp_path / "out")
    names: dict[str, Any] = {"pandas": pd}
    exec(page.partition("```python\n")[2].partition("```")[0], names)
    found = several.values("alignment", scenario="quad") - several.values("alignment", scenario="baseline")
    by_world = found.mean(axis=(1, 2))
    assert names["mean"] == pytest.approx(by_world.mean(), rel=1e-9)
    assert names["error"] == pytest.approx(by_world.std(ddof=1) / np.sqrt(len(by_world)), rel=1e-9)
    assert names["slope"] == pytest.approx(by_world.mean(), rel=1e-9)
    export(several, "csv", tmp_path / "summary", only=["states_yearly"])
    assert "write every world" in (tmp_path / "summary" / "codebook.md").read_text("utf-8")
