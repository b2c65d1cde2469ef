"""Studies on disk: whole or not there, tidy, and the same when read back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cordiale
from cordiale.engine.block import run_block
from cordiale.files.parquet import Table
from cordiale.scenario.load import load_scenario
from cordiale.study import partitions as reading
from cordiale.study.findings import findings
from cordiale.study.quantiles import last_quarter
from cordiale.study.run import make_plan

NAMES = ["baseline", "dual_use_unknown"]
SHORT = {"horizon": "2019Q4"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    return cordiale.run(NAMES, worlds=30, set=SHORT, block=7, out=tmp_path_factory.mktemp("out") / "study")


def test_values_are_those_of_the_model(study: cordiale.Study) -> None:
    plan = make_plan([load_scenario(name, set={**SHORT, "worlds": 30}) for name in NAMES])
    whole = run_block(plan, 0, 30).values
    read = [study.values(measure, scenario=name).reshape(30, -1) for name in NAMES for measure in study.measures(name)]
    assert np.array_equal(np.concatenate(read, axis=1), whole)


def test_frame_is_tidy(study: cordiale.Study) -> None:
    frame = study.frame(["alignment:JPN-FRA", "rank:JPN>GBR"])
    assert list(frame.columns) == ["scenario", "world", "quarter", "measure", "entity", "value"]
    assert len(frame) == 2 * 2 * 30 * len(study.quarters())
    assert not frame.duplicated(["scenario", "world", "quarter", "measure", "entity"]).any()
    one = frame[(frame.scenario == "baseline") & (frame.measure == "alignment") & (frame.world == 3)]
    assert np.array_equal(one["value"], study.values("alignment:FRA-JPN")[3])
    assert frame.dtypes["scenario"] == "category"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the files of a study of two parts and a bit are known by."""
    out = tmp_path_factory.mktemp("one") / "study"
    return dict(cordiale.run(NAMES, worlds=530, set={"horizon": "2018Q4"}, jobs=1, out=out).manifest["content"])


@pytest.mark.parametrize(("jobs", "block"), [(1, 32), (2, 100), (4, 256), (2, 512)])
def test_files_do_not_depend_on_blocks_or_processes(
    content: dict[str, str], jobs: int, block: int, tmp_path: Path
) -> None:
    other = cordiale.run(NAMES, worlds=530, set={"horizon": "2018Q4"}, jobs=jobs, block=block, out=tmp_path / "other")
    assert other.manifest["content"] == content


@pytest.mark.parametrize(("measure", "entity"), [("alignment", None), ("alignment", "FRA-JPN"), ("same_bloc", None)])
def test_a_cut_is_of_the_whole(
    measure: str, entity: str | None, study: cordiale.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too large to be kept is read no further than asked for, and is the same."""
    whole = study.values(measure, entity)
    last = study.values(measure, entity, quarter=-1)
    assert np.array_equal(last, whole[:, -1])
    monkeypatch.setattr(reading, "CACHED", 0)
    fresh = cordiale.Study.open(study.folder)
    assert np.array_equal(fresh.values(measure, entity), whole)
    assert np.array_equal(fresh.values(measure, entity, quarter=-1), last)
    assert not fresh.store._kept


def test_several_entities_are_read_in_the_order_asked_for(study: cordiale.Study) -> None:
    several = study.values("alignment", ["GBR-JPN", "JPN-FRA"])
    assert several.shape == (30, len(study.quarters()), 2)
    for at, entity in enumerate(("JPN-GBR", "FRA-JPN")):
        assert np.array_equal(several[..., at], study.values("alignment", entity))
    assert np.array_equal(study.values("alignment", ["GBR-JPN"], quarter=-1), several[:, -1, :1])
    with pytest.raises(cordiale.OptionError, match="'FRA-JPX' is none; did you mean 'FRA-JPN'"):
        study.values("alignment", ["GBR-JPN", "FRA-JPX"])


def test_what_is_shown_is_the_last_quarter(study: cordiale.Study) -> None:
    rows = last_quarter(study)
    assert [row["of"] for row in rows if row["measure"] in ("alignment", "rank")] == ["FRA-JPN", "FRA>JPN", "JPN>FRA"]
    asked = last_quarter(study, ["trust:JPN-FRA", "alignment", "rank:FRA>USA"])
    assert [(row["measure"], row["of"]) for row in (asked[0], asked[-1])] == [("trust", "FRA-JPN"), ("rank", "FRA>USA")]
    for row in [*rows, *asked]:
        for name in NAMES:
            values = study.values(row["measure"], row["of"], name, quarter=-1)
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
            told = f"{middle:.3f} ({low:.3f} to {high:.3f})"
            yes_no = study.measure(row["measure"]).yes_no
            assert row[name] == (f"in {values.mean():.0%} of worlds" if yes_no else told)


def test_parts_hold_the_measures_that_are_asked_for(study: cordiale.Study) -> None:
    ((worlds, found),) = study.parts("dual_use_unknown", ["rank", "trust"])
    assert worlds.tolist() == list(range(30))
    assert list(found) == ["rank", "trust"]
    for measure, values in found.items():
        assert np.array_equal(values, study.values(measure, scenario="dual_use_unknown"))


def test_inputs_are_the_drawn_parameters(study: cordiale.Study) -> None:
    inputs, wide = study.inputs("baseline"), study.inputs("dual_use_unknown")
    assert inputs.shape[0] == 30
    assert "FRA.dual_use_restraint.ideal" in inputs
    changed = [path for path in inputs if not np.array_equal(inputs[path], wide[path])]
    assert changed == ["FRA.dual_use_restraint.ideal"]
    assert isinstance(inputs, pd.DataFrame)
    some = study.inputs("dual_use_unknown", ["weight.trust_news", "FRA.dual_use_restraint.ideal"])
    assert some.equals(wide[["weight.trust_news", "FRA.dual_use_restraint.ideal"]])
    with pytest.raises(cordiale.OptionError, match=r"draws no 'weight.trust_nwes'.*weight.trust_news"):
        study.inputs(columns=["weight.trust_nwes"])


def test_manifest_says_what_was_run(study: cordiale.Study) -> None:
    manifest = json.loads((study.folder / "manifest.json").read_text("utf-8"))
    assert manifest["seed"] == 2018
    assert manifest["worlds"] == 30
    assert [each["name"] for each in manifest["scenarios"]] == NAMES
    assert any(path.endswith("FRA.yaml") for path in manifest["read"])
    assert any(path.endswith("baseline.yaml") for path in manifest["read"])
    assert all(value.startswith("sha256:") for value in manifest["read"].values())
    assert {"python", "mesa", "numpy", "cordiale"} <= set(manifest["versions"])


def test_what_a_design_is_written_with_stays(study: cordiale.Study) -> None:
    """Studies from elsewhere are read by these names: whoever renames one raises the format."""
    design = json.loads((study.folder / "design.json").read_text("utf-8"))
    assert design.keys() == {
        "behaviour", "command", "cordiale", "format", "model", "pack", "pack_files", "read", "scenarios", "weights"
    }  # fmt: skip
    assert design["scenarios"][0].keys() == {
        "basis", "coding", "define", "events", "fixed", "levers", "name", "question", "settings", "title",
        "uncertainties",
    }  # fmt: skip


def test_a_finished_study_is_not_overwritten(study: cordiale.Study) -> None:
    before = (study.folder / "manifest.json").read_bytes()
    with pytest.raises(cordiale.StudyError, match="exists"):
        cordiale.run("baseline", worlds=2, set=SHORT, out=study.folder)
    assert (study.folder / "manifest.json").read_bytes() == before


def test_what_a_study_lacks_is_refused_by_name(study: cordiale.Study) -> None:
    for measure, words in (("alignmet", "did you mean 'alignment'"), ("alignment:FRA-XXX", "'FRA-XXX' is none")):
        with pytest.raises(cordiale.OptionError, match=words):
            study.values(measure)
    with pytest.raises(cordiale.OptionError, match="did you mean 'baseline'"):
        study.values("alignment", scenario="baselin")


def test_scenarios_of_different_seeds_or_packs_do_not_share_worlds() -> None:
    one, two = load_scenario("baseline"), load_scenario("france_joins_quad", set={"seed": 1})
    with pytest.raises(cordiale.OptionError, match="another seed"):
        make_plan([one, two])
    with pytest.raises(cordiale.OptionError, match="given twice"):
        make_plan([one, load_scenario("baseline")])


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"format": 1}', '{"format": 99}', "[" * 100_000, "NaN"],
)
def test_a_manifest_edited_by_hand_is_refused_in_one_line(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(cordiale.StudyError, match="not the manifest") as caught:
        cordiale.Study.open(copied)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["worlds", "scenarios", "rows", "names"])
def test_a_manifest_of_wrong_types_is_refused(copied: Path, field: str) -> None:
    manifest = json.loads((copied / "manifest.json").read_text("utf-8")) | {field: "x"}
    (copied / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(cordiale.StudyError, match=field):
        cordiale.Study.open(copied)


def test_a_phrase_of_a_manifest_is_text_and_no_code(study: cordiale.Study) -> None:
    manifest = json.loads(json.dumps(study.manifest))
    manifest["model"]["measures"]["alignment"]["phrase"] = "{0.__class__} {:>9999999999} {} agree"
    told = findings(cordiale.Study(study.folder, manifest))
    assert "{0.__class__} {:>9999999999} France and Japan agree in " in told[0]


def test_a_manifest_that_says_something_else_is_refused(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_text("utf-8"))
    (copied / "manifest.json").write_text(json.dumps(manifest | {"seed": 29}), "utf-8")
    with pytest.raises(cordiale.StudyError, match="was edited since"):
        cordiale.Study.open(copied)


def test_parts_cut_or_missing_are_refused(copied: Path) -> None:
    part = next((copied / "measures").iterdir())
    whole = part.read_bytes()
    part.write_bytes(whole[:-100])
    for read in (lambda study: study.values("alignment"), lambda study: study.frame()):
        with pytest.raises(cordiale.StudyError, match="cut or corrupt"):
            read(cordiale.Study.open(copied))
    part.unlink()
    with pytest.raises(cordiale.StudyError, match=r"part-0000000000.parquet is missing"):
        cordiale.Study.open(copied)


def test_one_measure_is_read_from_its_own_rows(study: cordiale.Study) -> None:
    """A reader of the files alone finds what the study says, row group by row group."""
    frame = pd.read_parquet(study.folder / "measures", filters=[("measure", "==", "trust")])
    first = frame[frame["scenario"] == NAMES[0]]["value"].to_numpy()
    assert np.array_equal(first, study.values("trust").reshape(-1))


def test_a_loaded_scenario_is_left_as_it_was(tmp_path: Path) -> None:
    scenario = load_scenario("baseline", set=SHORT)
    cordiale.run(scenario, worlds=2, seed=9, out=tmp_path / "study")
    assert (scenario.worlds, scenario.seed) == (500, 2018)


@pytest.mark.parametrize("sizes", [[1, 2, 3], [10], [4, 4], [0, 9, 1], []])
def test_a_table_has_row_groups_of_one_size_whatever_comes_in(tmp_path: Path, sizes: list[int]) -> None:
    schema, at = pa.schema([("n", pa.int64())]), 0
    with Table(tmp_path / "table.parquet", schema, rows=4) as table:
        for size in sizes:
            table.add(pa.table({"n": range(at, at + size)}, schema=schema))
            at += size
    file = pq.ParquetFile(tmp_path / "table.parquet")
    groups = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    assert groups == [4] * (at // 4) + ([at % 4] if at % 4 else [])
    assert file.read().column("n").to_pylist() == list(range(at))
