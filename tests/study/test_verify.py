"""`verify` finds a study's worlds again, and says what is not what was written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cordiale
from cordiale import StudyError
from cordiale.files.file_list import Written, hash_of
from cordiale.study.design import plan_of, read_design
from cordiale.study.manifest import sealed
from cordiale.study.partitions import MeasureRows, part_name
from cordiale.study.verify import TOGETHER, sample, verify

SCENARIOS = ["baseline", "dual_use_unknown", "france_joins_quad"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    csv = tmp_path_factory.mktemp("coder") / "second.csv"
    csv.write_text("path,value,low,high\nFRA.china_tone.ideal,0.4,0.3,0.5\n", "utf-8")
    scenarios = [cordiale.load_scenario(name, set={"horizon": "2019Q4"}, coding=csv) for name in SCENARIOS]
    scenarios.append(cordiale.load_scenario("quad_hardens", set={"horizon": "2019Q4", "JPN.resolve": 0.4}, coding=csv))
    return cordiale.run(scenarios, worlds=30, out=tmp_path_factory.mktemp("out") / "study")


def test_a_study_is_run_again_from_its_folder_alone(
    study: cordiale.Study, copied: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Elsewhere, with levers, events, ranges, another coder's numbers and --set: every bit comes out again."""
    monkeypatch.chdir(tmp_path)
    found = verify(cordiale.Study.open(copied), worlds=30)
    assert found.holds
    assert found.worlds == list(range(30))
    assert found.words == ["30 worlds run again (0, 1, 2, 3, 4, 5, 6, 7, ...): the same in every bit."]


def test_a_design_read_back_is_the_design(study: cordiale.Study) -> None:
    design = read_design(study.folder)
    plan = plan_of(study.folder, design)
    assert [each.name for each in plan.scenarios] == study.scenarios
    for scenario, own in zip(plan.scenarios, design.scenarios, strict=True):
        assert scenario.levers == own.levers
        events = [(at, event.kind, lever, event.value, event.length) for (at, lever), event in scenario.events]
        assert events == [tuple(event) for event in own.events]
        assert scenario.fixed == own.fixed
        assert set(own.uncertainties) >= {"FRA.china_tone.ideal"}


@pytest.mark.parametrize("total", [1, 3, 16, 17, 300, 100_000])
def test_the_sample_has_the_ends_and_is_within(total: int) -> None:
    firsts = sample(total, 16)
    assert firsts[0] == 0
    assert firsts[-1] + TOGETHER >= total
    assert len(firsts) <= 16 // TOGETHER + 1
    assert all(0 <= first < total for first in firsts)


def rewrite(folder: Path, change: float) -> None:
    """Change one value of the study's first world, with hashes, manifest and list that fit."""
    path = folder / "measures" / part_name(0)
    file = pq.ParquetFile(path)
    groups = [file.read_row_group(group) for group in range(file.num_row_groups)]
    values = groups[0].column("value").to_numpy().copy()
    values[5] += change
    groups[0] = groups[0].set_column(5, "value", pa.array(values))
    with pq.ParquetWriter(path, MeasureRows.schema) as writer:
        for group in groups:
            writer.write_table(group.cast(MeasureRows.schema), row_group_size=group.num_rows)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["parts"][0][2] = hash_of(path)
    (folder / "manifest.json").write_text(sealed(manifest), "utf-8")
    Written(folder).add(folder / "manifest.json", sealed=True)


@pytest.mark.parametrize(("change", "holds"), [(1e-12, True), (1e-3, False), (np.nan, False)])
def test_a_changed_number_is_found(copied: Path, change: float, holds: bool) -> None:
    rewrite(copied, change)
    found = verify(cordiale.Study.open(copied))
    assert not found.damaged
    assert len(found.different) == 1
    assert found.holds is holds
    assert ("rounding, and no more" in found.words[-1]) is holds


def test_a_damaged_file_is_named(copied: Path) -> None:
    path = copied / "inputs" / part_name(0)
    path.write_bytes(path.read_bytes() + b"x")
    found = verify(cordiale.Study.open(copied), worlds=1)
    assert not found.holds
    assert found.words[0] == f"inputs/{part_name(0)} is not what was written."


def test_a_part_that_is_cut_is_named_and_the_others_are_run_again(tmp_path: Path) -> None:
    study = cordiale.run("baseline", worlds=260, set={"horizon": "2018Q4"}, out=tmp_path / "study")
    for part, words in ((256, "12 worlds run again (0, 1, 2, 3, 85,"), (0, "No world run again")):
        path = study.folder / "measures" / part_name(part)
        path.write_bytes(path.read_bytes()[:3000])
        found = verify(study)
        assert not found.holds
        assert f"measures/{part_name(part)} is not what was written." in found.words
        assert found.words[-1].startswith(words)


@pytest.mark.parametrize("table", ["measures", "inputs"])
def test_no_flipped_bit_is_read_as_a_number(copied: Path, table: str) -> None:
    """Wherever a byte of a part changes, reading gives the numbers that were written or says that it cannot."""
    path, rng = copied / table / part_name(0), np.random.default_rng(7)

    def read() -> list[np.ndarray]:
        study = cordiale.Study.open(copied)
        if table == "inputs":
            return [study.inputs(name).to_numpy() for name in study.scenarios]
        return [study.values(each, scenario=name) for name in study.scenarios for each in study.measures(name)]

    written, told = [each.tobytes() for each in read()], 0
    whole = path.read_bytes()
    for at in rng.integers(0, len(whole), 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << int(rng.integers(8)))]) + whole[at + 1 :])
        try:
            assert [each.tobytes() for each in read()] == written
        except StudyError as error:
            told += "cannot be read" in str(error) or "values of" in str(error)
    assert told > 20


def test_worlds_that_fail_only_here_are_told(tmp_path: Path) -> None:
    class Fickle(cordiale.State):
        """Fails where it is told to, once a quarter has passed."""

        broken = False

        def likeness(self):  # type: ignore[no-untyped-def]
            if type(self).broken and self.view.quarter and self.view.streams.first == 0:
                raise ValueError("now it does")
            return super().likeness()

    behaviour = {"FRA": Fickle}
    study = cordiale.run("baseline", worlds=4, set={"horizon": "2019Q1"}, out=tmp_path / "study", behaviour=behaviour)
    with pytest.raises(cordiale.OptionError, match="FRA behaved as"):
        verify(study)
    Fickle.broken = True
    found = verify(study, behaviour=behaviour)
    assert found.failed_otherwise == [0]
    assert not found.holds
