"""`--against`: what an analysis tells of a difference is told of the same world under two scenarios."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

import cordiale
from cordiale.analysis.compare import compare
from cordiale.analysis.discover import discover
from cordiale.analysis.response import ModelResponse, Quantiles, condition_of, evaluate, target_of, target_words
from cordiale.analysis.sample_size import sample_size
from cordiale.analysis.sensitivity import sensitivity
from cordiale.files.errors import OptionError
from cordiale.study.attribution import causes
from cordiale.study.run import matched

Refused = Callable[..., str]
Command = Callable[..., tuple[int, str, str]]
SHORT, MEASURE, WORLDS = {"horizon": "2020Q2"}, "alignment:FRA-JPN", 80
NAME = "the difference in alignment of France and Japan in 2020Q2 (france_joins_quad minus baseline)"
Pair = tuple[cordiale.Scenario, cordiale.Scenario]


@pytest.fixture(scope="module")
def pair() -> Pair:
    scenario, against = matched("france_joins_quad", "baseline", set=SHORT)
    assert against is not None
    return scenario, against


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    names = ["baseline", "france_joins_quad"]
    return compare(names, [MEASURE], worlds=WORLDS, set=SHORT, out=tmp_path_factory.mktemp("against") / "s").study


def test_a_difference_is_one_response_minus_the_other(pair: Pair) -> None:
    """Same numbers, same luck: exactly, and not on the mean alone."""
    inverse = Quantiles(pair[0].ranges, list(pair[0].ranges))
    unit = np.random.default_rng(0).random((6, len(pair[0].ranges)))
    targets = [target_of(MEASURE, pair[0], against=pair[1]), *(target_of(MEASURE, each) for each in pair)]
    difference, own, other = (evaluate(ModelResponse(each, 1), inverse, unit) for each in targets)
    assert difference.any()
    assert np.array_equal(difference, own - other)
    assert target_words(targets[0]) == NAME


def test_a_condition_on_a_difference_picks_the_worlds_of_the_studys_differences(
    pair: Pair, study: cordiale.Study
) -> None:
    pytest.importorskip("ema_workbench")
    found = discover(pair[0], f"{MEASURE} > 0.02", WORLDS, against=pair[1])
    differences = compare(study).differences[0].values[:, -1]
    assert np.array_equal(found.search.outcome, differences)
    assert found.search.met.tolist() == (differences > 0.02).tolist()
    assert found.sentences()[0].startswith(f"T{NAME[1:]} is above 0.02 in {found.search.met.sum()} of 80 worlds")
    assert (found.record()["against"], found.details()["against"]["scenario"]) == ("baseline", "baseline")


def test_a_difference_that_is_nothing_says_so(pair: Pair) -> None:
    pytest.importorskip("SALib")
    with pytest.raises(OptionError, match=r"the difference in .* \(baseline minus baseline\) is 0 in all 24 rows"):
        sensitivity(pair[1], MEASURE, "morris", against=pair[1], group="weights", over=["weight.trust_*"], samples=4,
                    luck=1)  # fmt: skip


def test_a_sensitivity_names_both_and_is_the_same_in_any_processes(pair: Pair) -> None:
    pytest.importorskip("SALib")
    one, two = (
        sensitivity(
            pair[0],
            MEASURE,
            "morris",
            against="baseline",
            set=SHORT,
            over=["FRA.resolve"],
            samples=60,
            luck=1,
            jobs=jobs,
        )
        for jobs in (1, 2)
    )
    assert one.tables()["groups"].to_csv() == two.tables()["groups"].to_csv()
    assert one.sentences() == two.sentences()
    assert all(NAME in sentence for sentence in one.sentences()[:2])
    assert one.details()["against"]["scenario"] == "baseline"
    (figure,) = one.figures().values()
    drawn = " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))
    assert "what “France joins the Quad” adds to" in drawn
    assert "Differences to “No new policy” in the same worlds" in drawn


def test_worlds_that_a_difference_needs(study: cordiale.Study) -> None:
    found = sample_size(study, [MEASURE], error=0.01, against="france_joins_quad")
    (row,) = found.each
    assert (row.scenario, row.against) == ("baseline", "france_joins_quad")
    values = [study.values(MEASURE, scenario=name)[:, -1] for name in study.scenarios]
    assert row.deviation == pytest.approx(np.std(values[0] - values[1], ddof=1))
    assert "For differences between scenarios, 80 worlds are enough for 1 of 1 measures." in found.sentences()[0]
    assert found.details()["against"] == "france_joins_quad"


def test_causes_of_a_difference_add_up_to_it(pair: Pair) -> None:
    difference, own, other = (
        causes(pair[0], "FRA-JPN", 12, against=pair[1]),
        *(causes(each, "FRA-JPN", 12, alone=True) for each in pair),
    )
    for quantity, level in difference.levels.items():
        assert np.array_equal(level, own.levels[quantity] - other.levels[quantity])
        parts = [part for (of, _), part in difference.changes.items() if of == quantity]
        assert np.abs(np.sum(parts, axis=0) - np.diff(level, axis=1)).max() <= 1e-9
    assert difference.levels["activity"].any()
    assert difference.title == f"{pair[0].title} minus {pair[1].title}"
    assert difference.record()["against"] == "baseline"


def test_what_is_set_may_be_of_one_of_the_two() -> None:
    scenario, against = matched("france_joins_quad", "baseline", set=["horizon=2019Q4", "baseline:FRA.resolve=0.6"])
    assert against is not None
    assert (scenario.fixed, against.fixed) == ({}, {"FRA.resolve": 0.6})
    assert scenario.quarters == against.quarters == 5


WHERE = ("--where", f"{MEASURE} > 0.01", "--worlds", "60")
BAD = {
    "baselin": "no scenario 'baselin'; did you mean 'baseline'?",
    "shorter": "'shorter' has another horizon than 'baseline': give one with --set horizon=...",
    "sides": "'sides' is of the model landscape, and 'baseline' of diplomacy: give one with --model",
    "seeded": "'seeded' has another seed than 'baseline': give one with --seed",
}


LINES = {"shorter": "horizon: 2019Q4", "sides": "model: landscape", "seeded": "seed: 7", "quad": "horizon: 2019Q2"}


@pytest.fixture
def others(workshop: Path) -> Path:
    """Scenarios that share no worlds with the baseline, and one that does where --set says so."""
    for name, line in LINES.items():
        text = f"title: {name}\nquestion: Why?\nextends: baseline\n{line}\n"
        text += "basis: {locator: Europe 2, says: France can send forces to Asia}\n"
        (workshop / "scenarios" / "indo_pacific_2018" / f"{name}.yaml").write_text(text, "utf-8")
    return workshop


@pytest.mark.parametrize("name", BAD)
def test_what_shares_no_worlds_is_refused(name: str, others: Path, refused: Refused) -> None:
    for command in (("sensitivity", "baseline", "--measure", MEASURE), ("discover", "baseline", *WHERE),
                    ("causes", "baseline"), ("sweep", "baseline", "--over", "brexit=0,1")):  # fmt: skip
        assert refused(*command, "--against", name) == f"--against '{name}': {BAD[name]}"


def test_a_study_knows_its_scenarios(study: cordiale.Study, refused: Refused) -> None:
    message = refused("sample-size", str(study.folder), "--against", "baselin")
    assert message == "--against 'baselin': the study has no such scenario; did you mean 'baseline'?"
    with pytest.raises(OptionError, match="did you mean 'baseline'"):
        study.causes(against="baselin", worlds=1)


def test_the_example_of_a_condition_on_a_difference_is_a_difference(pair: Pair) -> None:
    with pytest.raises(OptionError, match=r"such as 'alignment:FRA-JPN > 0\.05'"):
        condition_of("alignment", pair[0], against=pair[1])


def test_the_command_names_what_is_subtracted(others: Path, run_command: Command) -> None:
    options = ("--set", "horizon=2019Q2", "--set", "quad:france_in_quad=1", "--worlds", "4", "--json")
    code, out, error = run_command("causes", "quad", "--against", "baseline", *options)
    assert (code, error) == (0, "")
    told = json.loads(out)
    assert told["against"] == "baseline"
    assert told["sentences"][0].startswith("quad, against No new policy, by 2019Q2: what adds to the alignment of ")


def test_causes_are_told_against_the_baseline_in_which_the_same_is_set(run_command: Command) -> None:
    """Also where nobody names it; of one of the two alone where its name stands before what is set."""
    both, one = ("--set", "horizon=2020Q1", "--seed", "3", "--set", "brexit=1"), ("--set", "baseline:brexit=1")
    found = {}
    for named in ((), ("--against", "baseline")):
        for sets in (both, one):
            command = ("causes", "france_joins_quad", *named, *sets, "--worlds", "4", "--json")
            code, out, error = run_command(*command)
            assert (code, error) == (0, "")
            found[named, sets] = json.loads(out)
    assert found[(), both] == found[("--against", "baseline"), both]
    assert found[(), one] == found[("--against", "baseline"), one]
    assert found[(), both]["against"] == found[(), one]["against"] == "baseline"
    assert "by 2020Q1" in found[(), both]["sentences"][0]
    _, out, _ = run_command("causes", "france_joins_quad", "--alone", *both, "--worlds", "4", "--json")
    alone = json.loads(out)
    assert alone["against"] is None
    assert alone["effects"] != found[(), both]["effects"]


def test_causes_alone_are_against_nothing(refused: Refused) -> None:
    message = refused("causes", "france_joins_quad", "--alone", "--against", "baseline", "--worlds", "2")
    assert message == "--alone and --against: give one of them"
