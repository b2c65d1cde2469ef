"""Claims as tests: the verdict rule against known answers, placebo packs, and the command end to end."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from cordiale.analysis.claim_arms import arms_of, placebos, tasks_of
from cordiale.analysis.judge import Settings, Verdicts, changed, decide, judge, record, verdict_of
from cordiale.case.load import roots
from cordiale.engine.block import worlds_of
from cordiale.files.errors import FileError, OptionError
from cordiale.models.random import Streams
from cordiale.scenario.claims import Claim, load_claims
from cordiale.scenario.load import load_scenario

PACK = "indo_pacific_2018"
QUICK = Settings(worlds=24, codings=3, each=6, placebos=2)
ONE = ["two_plus_two_carries_strategy"]


def run_claims(only: list[str], settings: Settings | None = None) -> Verdicts:
    """Run some claims of the shipped pack."""
    return judge(PACK, only, settings)


@pytest.mark.parametrize(
    ("sign", "low", "high", "share", "verdict"),
    [
        ("+", 0.02, 0.05, 1.0, "supported"),
        ("+", 0.02, 0.05, 0.5, "undecided"),
        ("+", -0.05, -0.02, 0.0, "contradicted"),
        ("+", -0.02, 0.05, 1.0, "undecided"),
        ("+", 0.001, 0.005, 1.0, "insensitive"),
        ("-", -0.05, -0.02, 0.8, "supported"),
        ("-", 0.02, 0.05, 1.0, "contradicted"),
        ("-", -0.009, 0.009, 1.0, "insensitive"),
        ("0", -0.004, 0.005, 0.9, "supported"),
        ("0", -0.004, 0.005, 0.7, "undecided"),
        ("0", -0.02, 0.005, 1.0, "undecided"),
        ("0", 0.02, 0.05, 0.0, "contradicted"),
    ],
)
def test_the_rule(sign: str, low: float, high: float, share: float, verdict: str) -> None:
    assert decide(sign, low, high, 0.01, share) == verdict


def claim(sign: str) -> Claim:
    test = {"to": {"set": {"acsa_in_force": 1}}, "measure": "alignment:FRA-JPN", "why": "a test of the rule"}
    texts = dict.fromkeys(("paraphrase", "cause", "effect"), "nothing")
    return Claim.model_validate(
        {"id": "one", "locator": "Opening 1", "voice": "asserts", "sign": sign, "test": test, **texts}
    )


def test_planted_effects_get_their_verdict() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.05, size=400)
    coded, placebo = rng.normal(0.03, 0.05, size=(20, 200)), rng.normal(0, 0.05, size=(10, 100))
    found = verdict_of(claim("+"), 0.03 + noise, coded, placebo)
    assert (found.kind, found.codings) == ("supported", 1.0)
    assert found.low < 0.03 < found.high
    assert found.placebo <= 0.3
    assert verdict_of(claim("-"), 0.03 + noise, coded, placebo).kind == "contradicted"
    assert verdict_of(claim("0"), 0.02 * noise, 0.02 * placebo, placebo).kind == "supported"


def test_every_claim_of_the_article_can_be_run() -> None:
    claims = load_claims(PACK)
    assert len(claims) >= 50
    tested = [each for each in claims if each.tests]
    assert len(tested) >= 38
    arms = arms_of(claims)
    assert len(arms.scenarios) < 2 * len(tested), "arms that claims share are run once"


def test_tasks_cover_all_worlds_once() -> None:
    tasks = tasks_of(2, 600, 7, 10, 3)
    for arm in (0, 1):
        drawn = [task for task in tasks if task.arm == arm and task.kind == "drawn"]
        assert [number for task in drawn for number in range(task.first, task.first + task.worlds)] == list(range(600))
        coded = [task for task in tasks if task.arm == arm and task.kind == "coded"]
        assert [number for task in coded for number in task.numbers] == list(range(7))


def test_a_placebo_keeps_challengers_and_moves_the_others_numbers() -> None:
    scenario = load_scenario("baseline")
    placebo = placebos(scenario, 3, 1)[2]
    assert sorted(placebo.source.values()) == sorted(scenario.names.states)
    assert placebo.source["CHN"] == "CHN"
    assert any(code != of for code, of in placebo.source.items())
    streams = Streams(scenario.seed, 0, 5)
    own, mixed = worlds_of(scenario, streams).values, placebo.values(scenario, streams)
    for code, of in placebo.source.items():
        assert np.array_equal(mixed[f"{code}.resolve"], own[f"{of}.resolve"])
        assert np.array_equal(mixed[f"{code}.china_tone.salience"], own[f"{of}.china_tone.salience"])
        assert np.ptp(mixed[f"{code}.china_tone.ideal"]) == 0
    one, two = (placebo.source[code] for code in ("FRA", "JPN"))
    dyad = "-".join(sorted((one, two)))
    assert np.array_equal(mixed["FRA-JPN.practice.maritime"], own[f"{dyad}.practice.maritime"])
    assert np.array_equal(mixed["FRA>JPN.trust"], own[f"{one}>{two}.trust"])


@pytest.fixture
def own_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the scenarios of the pack, to be changed at will."""
    shutil.copytree(roots()[-1] / "scenarios" / PACK, tmp_path / "scenarios" / PACK)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "scenarios" / PACK / "claims.yaml"


def test_strict_sees_a_verdict_that_changed(own_claims: Path) -> None:
    own_claims.with_name("verdicts.json").unlink(missing_ok=True)
    found = run_claims(ONE, QUICK)
    with pytest.raises(OptionError, match="--record first"):
        changed(found)
    path = record(found)
    assert changed(found) == []
    path.write_text(json.dumps({ONE[0]: "contradicted"}), "utf-8")
    assert changed(found) == [f"{ONE[0]}: {found.verdicts[0].kind}, recorded as contradicted"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": {"scenario": "no_such_scenario"}}, "no scenario 'no_such_scenario'"),
        ({"to": {"set": {"acsa_in_forse": 1}}}, "did you mean 'acsa_in_force'"),
        ({"measure": "alignmnt:FRA-JPN"}, "did you mean 'alignment'"),
        ({"measure": "alignment"}, "name one entity after a colon"),
        ({"quarter": "2031Q1"}, "not among the quarters"),
    ],
)
def test_a_claim_that_cannot_be_tested_is_named_with_its_line(
    own_claims: Path, change: dict[str, object], words: str
) -> None:
    data = yaml.safe_load(own_claims.read_text("utf-8"))
    first = next(one for one in data["claims"] if "test" in one)
    first["test"] |= change
    own_claims.write_text(yaml.safe_dump({"claims": [first]}, sort_keys=False), "utf-8")
    with pytest.raises(FileError, match=words) as caught:
        load_claims(PACK)
    assert caught.value.line is not None
    assert caught.value.path.name == "claims.yaml"


def test_claims_have_names_of_their_own_and_stand_in_a_paragraph(own_claims: Path) -> None:
    data = yaml.safe_load(own_claims.read_text("utf-8"))
    first = data["claims"][0]
    for claims, words in (
        ([first, dict(json.loads(json.dumps(first)))], f"'{first['id']}' stands twice"),
        ([first | {"locator": "Openin 1"}], "'Openin 1' is no paragraph of the article; did you mean 'Opening 1'"),
    ):
        own_claims.write_text(yaml.safe_dump({"claims": claims}, sort_keys=False), "utf-8")
        with pytest.raises(FileError, match=words) as caught:
            load_claims(PACK)
        assert caught.value.line is not None
    with pytest.raises(OptionError, match=f"no claim of that name; did you mean '{first['id']}'"):
        load_claims(PACK, only=[first["id"][:-1]])
    own_claims.unlink()
    with pytest.raises(OptionError, match="the pack 'none' has no claims"):
        load_claims("none")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"test": None, "not_testable": None}, "either 'test' or 'not_testable'"),
        ({"not_testable": "for a reason"}, "either 'test' or 'not_testable'"),
        ({"voice": "asserts", "holder": "Japan"}, "'holder' goes with the voice"),
        ({"sign": "ambivalent"}, "an ambivalent claim has no sign to test"),
    ],
)
def test_a_claim_that_contradicts_itself_is_refused(own_claims: Path, change: dict[str, object], words: str) -> None:
    data = yaml.safe_load(own_claims.read_text("utf-8"))
    first = next(one for one in data["claims"] if "test" in one) | change
    kept = {key: value for key, value in first.items() if value is not None}
    own_claims.write_text(yaml.safe_dump({"claims": [kept]}, sort_keys=False), "utf-8")
    with pytest.raises(FileError, match=words):
        load_claims(PACK)


def test_the_command_writes_table_page_and_placebo(own_claims: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cordiale.cli import main

    sys.argv = ["cordiale", "claims", "--only", ONE[0], "--worlds", "20", "--codings", "2", "--placebos", "1"]
    with pytest.raises(SystemExit) as caught:
        main()
    assert not caught.value.code
    assert "placebo packs" in capsys.readouterr().out
    folder = Path("outputs/claims")
    assert ONE[0] in (folder / "claims.md").read_text("utf-8")
    assert "placebo" in (folder / "claims.csv").read_text("utf-8").splitlines()[0]
    assert (folder / "charts" / "claims-1.svg").is_file()
    sys.argv = ["cordiale", "claims", "--only", "two_plus_to"]
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2


def test_verdicts_are_those_recorded() -> None:
    """One that holds and one that does not, with all worlds and codings: `--strict` for these two."""
    found = run_claims(["stance_leaves_patrols_alone", "scarce_means_lead_to_network"])
    assert changed(found) == []
    assert [each.kind for each in found.verdicts] == ["supported", "contradicted"]
