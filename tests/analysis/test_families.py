"""One policy under several families: matched draws, what is shared, where signs agree, and options that do not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.families import Agreement, UnderModel, compare_families, kind_in
from cordiale.analysis.futures import shared_measures
from cordiale.analysis.window import Window
from cordiale.engine.sample import recording
from cordiale.files.errors import OptionError
from cordiale.models.base import FAMILIES, Kind, family_of
from cordiale.scenario.load import load_scenario
from cordiale.study.estimate import Estimate
from cordiale.study.result import Result
from tests.commands import cordiale as typed

SHORT = {"horizon": "2020Q4"}
ROOT = Path(__file__).parents[2]
NAMES = ["baseline", "france_hardens_tone"]


def test_each_effect_is_that_of_a_study_under_the_model(tmp_path: Path) -> None:
    """World by world, in the last quarter: the same worlds as `run` and `compare` have."""
    models = ["diplomacy", "opinion", "bargaining"]
    asked = ["position.china_tone:FRA", "similarity:FRA-JPN"]
    found = compare_families(NAMES, models, asked, worlds=9, set=SHORT, out=tmp_path / "models")
    assert [row.measure for row in found.found] == asked
    for at, model in enumerate(models):
        scenarios = [recording(load_scenario(name, set=SHORT, model=model), asked) for name in NAMES]
        study = cordiale.run(scenarios, worlds=9, out=tmp_path / model)
        for row in found.found:
            base, other = (study.values(row.measure, scenario=name)[:, -1] for name in NAMES)
            np.testing.assert_array_equal(row.by[at].values, other - base)


def of(*columns: list[float], unit: str = "0 to 1") -> Agreement:
    """An effect whose models are named A, B, ..., each with a value a world."""
    by = []
    for name, column in zip("ABCD", columns, strict=False):
        values = np.array(column)
        by.append(UnderModel(name, values, Estimate.of(values, unit)))
    return Agreement("policy", "position.x:FRA", Kind("state", "issue", unit, "position"), by)


UP, DOWN, WIDE, NONE, LITTLE = [0.2, 0.3, 0.2], [-0.2, -0.3, -0.2], [0.5, -0.4, 0.1], [0.0] * 3, [0.001, 0.002, 0.001]
WORDS: dict[str, tuple[list[float], ...]] = {
    "rises under all 2 models": (UP, UP),
    "falls under all 3 models": (DOWN, DOWN, DOWN),
    "rises under A, falls under B: the sign depends on the model": (UP, DOWN),
    "rises under A alone, has no noticeable change under B": (UP, NONE),
    "rises under A and B, has no clear change under C": (UP, UP, WIDE),
    "falls under B alone, has no noticeable change under A": (LITTLE, DOWN),
    "has no noticeable change under A and B": (NONE, NONE),
}


@pytest.mark.parametrize("words", WORDS)
def test_under_which_models_it_rises(words: str) -> None:
    assert of(*WORDS[words]).words == words


def test_agreement_is_one_clear_sign_under_all() -> None:
    assert of(UP, UP).agreed
    assert not of(UP, NONE).agreed
    assert not of(UP, LITTLE).agreed
    assert of(UP, DOWN).contrary
    assert not of(UP, WIDE).contrary
    assert of([1.0, 1, -1, 0], [1.0, -1, -1, 0]).same_sign == 0.5


def test_what_families_share() -> None:
    names = load_scenario("baseline").names
    every = shared_measures([family_of(name) for name in FAMILIES], names)
    of_issues = {f"{name}.{issue}" for name in ("position", "position_gap") for issue in names.issues}
    assert set(every) == {"similarity", *of_issues}
    two = shared_measures([family_of("opinion"), family_of("bargaining")], names)
    assert {"settlement.china_tone", "spread.china_tone", "sides.china_tone"} <= set(two)
    assert "median.china_tone" not in two


def test_what_nobody_would_notice_is_left_out_unless_it_is_asked_for(tmp_path: Path) -> None:
    how = {"worlds": 4, "set": SHORT}
    found = compare_families(NAMES, ["landscape", "opinion"], out=tmp_path / "a", **how)  # type: ignore[arg-type]
    assert 0 < len(found.found) < len(found.found) + found.still == 31  # ten issues of two states and their dyad
    asked = compare_families(
        NAMES, ["landscape", "opinion"], ["position.africa_security:FRA"], out=tmp_path / "b", **how  # type: ignore[arg-type]
    )  # fmt: skip
    assert [row.words for row in asked.found] == ["has no noticeable change under landscape and opinion"]


def test_the_command_writes_and_tells(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("compare", *NAMES, "--models", "landscape,opinion", "--worlds", "8", "--out", str(out))
    record = json.loads(typed(*words, "--json", cwd=ROOT).stdout)
    assert record["models"] == ["landscape", "opinion"]
    assert {row["model"] for row in record["effects"]} == {"landscape", "opinion"}
    assert {"agreement.csv", "effects.csv", "charts"} <= {each.name for each in out.iterdir()}
    told = typed(*words, "--replace", cwd=ROOT).stdout
    assert told.startswith(f"Comparison of 8 matched worlds under 2 models in {out}/ (effects.csv, agreement.csv)\n")
    assert "position.china_tone:FRA in 2025Q4 rises under all 2 models" in told


BAD = {
    "a model": (("--models", "opinio,landscape"), "--models 'opinio,landscape': no model 'opinio'; did you mean 'opin"),
    "one model": (("--models", "opinion"), "--models 'opinion': name two models or more, with commas between them"),
    "twice": (("--models", "opinion,opinion"), "--models 'opinion,opinion': 'opinion' is named twice"),
    "two options": (("--models", "opinion,landscape", "--model", "opinion"), "--models and --model: give one of them"),
    "a context": (("--models", "opinion,landscape", "--context", "baseline"), "--models and --context: give one of"),
    "not shared": (("--models", "diplomacy,opinion", "--measure", "trust:FRA-JPN"),
                   "--measure 'trust:FRA-JPN': it is no measure that the models diplomacy and opinion share"),
    "no measure": (("--models", "diplomacy,opinion", "--measure", "similarty:FRA-JPN"),
                   "--measure 'similarty:FRA-JPN': 'similarty' is no measure; did you mean 'similarity'?"),
    "an entity": (("--models", "diplomacy,opinion", "--measure", "similarity"),
                  "--measure 'similarity': name one entity after a colon, such as similarity:"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_options_that_do_not_fit_are_refused(refused: Callable[..., str], fault: str) -> None:
    words, message = BAD[fault]
    assert refused("compare", "baseline", "baseline", *words, "--worlds", "4").startswith(message)


def test_scenarios_that_do_not_fit_are_refused(refused: Callable[..., str]) -> None:
    models = ("--models", "opinion,landscape")
    assert refused("compare", "baseline", *models) == "nothing to compare with: name a scenario after the baseline"
    assert refused("compare", "baseline", "baseline", *models) == "scenario 'baseline' is given twice"


def test_models_that_share_nothing_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family_of("opinion"), "measures", {}, raising=False)
    with pytest.raises(OptionError, match="the models opinion and landscape share no measure"):
        compare_families(NAMES, ["opinion", "landscape"], worlds=2, out=tmp_path / "out")


def test_it_is_a_result_like_others(tmp_path: Path) -> None:
    found: Result = compare_families(NAMES, ["opinion", "landscape"], worlds=4, set=SHORT, out=tmp_path / "out")
    assert set(found.tables()) == {"effects", "agreement"}
    assert found.save(tmp_path / "again") == tmp_path / "again"
    assert (tmp_path / "again" / "effects.csv").read_bytes() == (tmp_path / "out" / "effects.csv").read_bytes()


def test_a_quarter_and_a_window_are_read_of_a_study_under_the_model(tmp_path: Path) -> None:
    """What happens until then does not hang on the horizon."""
    asked = ["position.china_tone:FRA"]
    scenarios = [recording(load_scenario(name, set=SHORT, model="bargaining"), asked) for name in NAMES]
    study = cordiale.run(scenarios, worlds=5, out=tmp_path / "study")
    base, other = (study.values(asked[0], scenario=name) for name in NAMES)
    for quarter, cut in {"2020Q1": slice(5, 6), "2019Q2:2020Q1": slice(2, 6), "2020Q4": slice(8, 9)}.items():
        found = compare_families(
            NAMES, ["bargaining", "opinion"], asked, quarter=quarter, worlds=5, out=tmp_path / quarter.replace(":", "-")
        )
        np.testing.assert_allclose(found.found[0].by[0].values, (other - base)[:, cut].mean(axis=1), atol=1e-15)
        assert set(found.frame()["quarter"]) == {quarter}
        assert found.details()["quarter"] == quarter
    assert "as a mean from 2019Q2 to 2020Q1 rises" in " ".join(
        compare_families(NAMES, ["bargaining", "opinion"], asked, quarter="2019Q2:2020Q1", worlds=5,
                         out=tmp_path / "again").sentences()
    )  # fmt: skip


def test_scenarios_of_other_horizons_meet_in_a_quarter(tmp_path: Path) -> None:
    models, ends = ["opinion", "landscape"], ["baseline:horizon=2021Q1", "france_hardens_tone:horizon=2020Q4"]
    with pytest.raises(OptionError, match="'france_hardens_tone' has another horizon than 'baseline'"):
        compare_families(NAMES, models, set=ends, worlds=2, out=tmp_path / "no")
    found = compare_families(NAMES, models, set=ends, quarter="2020Q2", worlds=2, out=tmp_path / "yes")
    assert " in 2020Q2 " in found.sentences()[1]


def test_a_loaded_scenario_is_of_one_model(tmp_path: Path) -> None:
    both = [load_scenario(name, set=SHORT) for name in NAMES]
    with pytest.raises(OptionError, match="'baseline' is loaded under the model diplomacy: give its name or path"):
        cordiale.compare(both, models=["opinion", "landscape"], worlds=2, out=tmp_path / "out")


def test_a_mean_over_quarters_of_what_is_so_or_not_is_no_share_of_worlds() -> None:
    family, dated = family_of("diplomacy"), Window(8075, 8078)
    assert kind_in(family, "member.quad:FRA", Window(8075, 8075)).yes_no
    assert not kind_in(family, "member.quad:FRA", dated).yes_no
    assert kind_in(family, "position.china_tone:FRA", dated) == family.measure("position.china_tone").kind


def test_python_asks_several_models_as_the_command_does(tmp_path: Path) -> None:
    asked = ["position.china_tone:FRA"]
    found = cordiale.compare(
        NAMES, asked, models=["opinion", "landscape"], quarter="2020Q1", worlds=4, out=tmp_path / "python"
    )
    out = tmp_path / "typed"
    words = ("compare", *NAMES, "--models", "opinion,landscape", "--measure", *asked, "--quarter", "2020Q1")
    told = json.loads(typed(*words, "--worlds", "4", "--out", str(out), "--json", cwd=ROOT).stdout)
    assert told["sentences"] == found.sentences()
    assert told["quarter"] == "2020Q1"
    for name in ("effects.csv", "agreement.csv"):
        assert (tmp_path / "python" / name).read_bytes() == (out / name).read_bytes()
    assert list(found.figures()) == ["families"]
    with pytest.raises(OptionError, match="--models: a study was run under one model"):
        cordiale.compare(cordiale.run("baseline", worlds=2, set=SHORT, out=tmp_path / "study"), models=["opinion"])


BAD_QUARTERS = {
    "2026Q1": "--quarter 2026Q1: the scenario runs from 2018Q4 to 2025Q4",
    "2020": "--quarter: '2020' is not a quarter such as 2018Q4; or give a window such as 2020Q1:2022Q4",
    "peak": "--quarter: 'peak' is not a quarter such as 2018Q4; or give a window such as 2020Q1:2022Q4",
    "2021Q1:2020Q1": "--quarter 2021Q1:2020Q1: ends before it begins",
}


@pytest.mark.parametrize("quarter", BAD_QUARTERS)
def test_quarters_that_do_not_fit_are_refused(refused: Callable[..., str], quarter: str) -> None:
    words = ("compare", *NAMES, "--models", "opinion,landscape", "--worlds", "4", "--quarter", quarter)
    assert refused(*words) == BAD_QUARTERS[quarter]


def test_a_quarter_of_one_model_says_how(refused: Callable[..., str]) -> None:
    told = refused("compare", *NAMES, "--quarter", "2020Q1", "--worlds", "4")
    assert told.startswith(
        "--quarter goes with --models: of one model make '2020Q1' the last with --set horizon=2020Q1"
    )
