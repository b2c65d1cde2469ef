"""Claims judged: labels, the score, what is recorded, and the command end to end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from cordiale.analysis.claim_record import changed, record, recorded
from cordiale.analysis.claim_words import contrast_words
from cordiale.analysis.judge import Settings, Verdicts, judge
from cordiale.files.errors import FileError, OptionError
from cordiale.output.pages.claims import SPREADS, appendix
from cordiale.scenario.claims import load_claims
from tests.conftest import Command

PACK = "indo_pacific_2018"
QUICK = Settings(worlds=50, codings=3, each=8, placebos=6, placebo_worlds=30)
TONE = {
    "from": {"set": {"finnish_tone": 0.3}}, "to": {"set": {"finnish_tone": 0.9}}, "margin": 0.01, "why": "a test of it",
}  # fmt: skip
RISES = TONE | {"measure": "position.russia_tone:FIN"}  # in any pack: the lever is the position
STILL = TONE | {"measure": "position.russia_tone:FIN", "to": TONE["from"]}


def write(pack: str, claims: dict[str, dict[str, Any]]) -> Path:
    """Write the claims of a pack: id -> what differs from the first one there."""
    path = Path("scenarios") / pack / "claims.yaml"
    first = yaml.safe_load(path.read_text("utf-8"))["claims"][0]
    whole = []
    for name, changes in claims.items():
        claim = first | {"id": name} | changes
        whole.append({key: value for key, value in claim.items() if value is not None})
    path.write_text(json.dumps({"claims": whole}, indent=1), "utf-8")
    return path


CLAIMS: dict[str, dict[str, Any]] = {
    "rises": {"test": RISES},
    "falls": {"test": RISES, "sign": "-"},
    "designed": {"test": RISES, "designed": "helsinki_speaks, position.russia_tone"},
    "by_definition": {"test": RISES, "by_construction": "the lever is what is measured"},
    "still": {"test": STILL},
    "both": {"test": RISES, "also": [STILL | {"sign": "0"}]},
    "aside": {"test": None, "not_testable": "the model has no such thing"},
}


@pytest.fixture
def verdicts(baltic_pack: str) -> Verdicts:
    write(baltic_pack, CLAIMS)
    return judge(baltic_pack, settings=QUICK)


def test_verdicts_and_labels(verdicts: Verdicts) -> None:
    assert verdicts.by_id == {
        "rises": "supported", "falls": "opposite", "designed": "supported", "by_definition": "supported",
        "still": "no channel", "both": "no channel", "aside": "not testable",
    }  # fmt: skip
    by_id = {each.claim.id: each for each in verdicts.verdicts}
    assert by_id["rises"].placebos == 1
    assert by_id["rises"].placebo == {"labels": 1, "positions": 1, "ties": 1}
    assert by_id["rises"].construction == "100% of placebo packs support it"
    assert by_id["by_definition"].construction == "the lever is what is measured"
    assert by_id["falls"].construction is None
    assert verdicts.whole


def test_what_every_pack_supports_counts_nothing_and_designed_claims_are_counted_apart(verdicts: Verdicts) -> None:
    assert (verdicts.score.claims, verdicts.score.supported, verdicts.score.value) == (6, 3, 0)
    assert (verdicts.undesigned.claims, verdicts.undesigned.supported) == (5, 2)
    assert verdicts.score.alike == 0
    assert np.all(verdicts.score.null == 0)
    assert verdicts.packs.shape == (6, 6)


def test_the_page_leads_with_what_was_lost(verdicts: Verdicts) -> None:
    page = appendix(verdicts)
    counts = "7 claims: 1 opposite, 0 too small to matter, 2 no channel, 0 undecided, 1 not testable, 3 supported."
    assert page.splitlines()[2].startswith(counts)
    assert "design requires 1, 3 hold by construction (1 are both), and 0 are neither." in " ".join(page.split())
    heads = [line for line in page.splitlines() if line.startswith("## ")]
    assert heads == ["## What was lost", "## The discriminating score", "## Each claim"]
    lost = page.partition("## The disc")[0].partition("## What was lost")[2]
    assert "**Opposite: 1.**" in lost
    assert "[falls](#falls)" in lost
    assert "**Designed: 1.**" in lost
    assert "**By construction: 3.**" in lost
    assert "**Left: 0.**" in lost
    assert "(charts/claims-score.svg)" in page
    words = "Finland speaks out on Russia from 0.3 to 0.9: position: Tone toward Russia, of Finland, in 2028Q4."
    assert words in page
    assert "### aside" in page
    assert SPREADS not in page  # positions have no such unit


def test_what_is_left_is_neither_required_nor_by_construction(verdicts: Verdicts) -> None:
    free = replace(verdicts, verdicts=[replace(each, construction=None) for each in verdicts.verdicts])
    assert [each.claim.id for each in free.left] == ["rises", "by_definition"]
    assert "(0 are both), and 2 are neither." in free.sentences()[0]
    assert "**Left: 2.**" in appendix(free)


def test_the_page_says_what_a_spread_is_where_an_effect_is_told_in_them(baltic_pack: str) -> None:
    write(baltic_pack, {"closer": {"test": RISES | {"measure": "activity:EST-FIN"}}})
    assert SPREADS in appendix(judge(baltic_pack, settings=QUICK))


def test_a_contrast_in_words(baltic_pack: str) -> None:
    than = {"from": {"scenario": "joint_patrols"}, "to": {"scenario": "joint_patrols", "set": {"finnish_tone": 0.9}}}
    when = {"over": ["2025Q1", "2025Q4"], "measure": "trusting:FIN>EST"}
    write(baltic_pack, {"one": {"test": TONE | when | {"than": than}}})
    assert contrast_words(load_claims(baltic_pack)[0].tests[0]) == (
        "Finland speaks out on Russia from 0.3 to 0.9: trust in the partner, of Estonia as Finland sees it, mean from "
        "2025Q1 to 2025Q4; less the same difference of Finland speaks out on Russia from as coded to 0.9 (in both "
        "arms: Patrols opened between the two kept at 1; Finland in the gulf group kept at 1)"
    )


def test_two_differences_of_one_cause_say_in_what_they_differ(baltic_pack: str) -> None:
    firm, soft = (
        {
            arm: {"set": {"finnish_tone": tone, "EST.russia_tone.ideal": held}}
            for arm, tone in (("from", 0.3), ("to", 0.9))
        }
        for held in (0.9, 0.1)
    )
    write(baltic_pack, {"one": {"test": TONE | firm | {"measure": "trust:EST-FIN", "than": soft}}})
    words = contrast_words(load_claims(baltic_pack)[0].tests[0])
    one, other = words.split("; less the same difference of ")
    assert "(in both arms: Estonia: Tone toward Russia, position kept at 0.9)" in one
    assert "(in both arms: Estonia: Tone toward Russia, position kept at 0.1)" in other


def test_bytes_hang_neither_on_processes_nor_on_a_stop(baltic_pack: str) -> None:
    write(baltic_pack, CLAIMS)

    class Stopped(Exception):
        pass

    def stop(done: int, whole: int) -> None:
        if done == whole // 2:
            raise Stopped

    judge(baltic_pack, settings=QUICK, out="whole")
    judge(baltic_pack, settings=QUICK, out="two", jobs=2)
    with pytest.raises(Stopped):
        judge(baltic_pack, settings=QUICK, out="stopped", progress=stop)
    seen: list[int] = []
    judge(baltic_pack, settings=QUICK, out="stopped", progress=lambda done, _: seen.append(done))
    for name in ("claims.csv", "contrasts.csv", "placebos.csv", "claims.md", "charts/claims-score.svg"):
        text = (Path("whole") / name).read_bytes()
        assert text == (Path("two") / name).read_bytes() == (Path("stopped") / name).read_bytes()


def test_a_claim_alone_is_judged_as_among_others(baltic_pack: str, verdicts: Verdicts) -> None:
    alone = judge(baltic_pack, ["falls"], QUICK).verdicts[0].findings[0]
    among = next(each for each in verdicts.verdicts if each.claim.id == "falls").findings[0]
    assert (alone.mean, alone.low, alone.high, alone.codings) == (among.mean, among.low, among.high, among.codings)


def test_strict_sees_a_verdict_that_changed(baltic_pack: str) -> None:
    write(baltic_pack, {"rises": {"test": RISES}, "falls": {"test": RISES, "sign": "-"}})
    with pytest.raises(OptionError, match="--record first"):
        changed(baltic_pack, {"rises": "supported"})
    path = record(baltic_pack, {"gone": "supported", "rises": "undecided"}, whole=True)
    record(baltic_pack, {"rises": "supported"}, whole=False)
    assert recorded(baltic_pack) == {"gone": "supported", "rises": "supported"}
    assert changed(baltic_pack, {"rises": "supported"}) == []
    path.write_text(json.dumps({"rises": "opposite"}), "utf-8")
    assert changed(baltic_pack, {"rises": "supported", "falls": "opposite"}) == [
        "rises: supported, recorded as opposite", "falls: opposite, recorded as nothing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": {"scenario": "no_such_scenario"}}, "no scenario 'no_such_scenario'"),
        ({"to": {"set": {"finish_tone": 1}}}, "did you mean 'finnish_tone'"),
        ({"measure": "alignmnt:FIN-EST"}, "did you mean 'alignment'"),
        ({"measure": "alignment"}, "name one entity after a colon"),
        ({"quarter": "2041Q1"}, "not among the quarters"),
    ],
)
def test_a_claim_that_cannot_be_tested_is_named_with_its_line(
    baltic_pack: str, change: dict[str, object], words: str
) -> None:
    write(baltic_pack, {"one": {"test": RISES | change}})
    with pytest.raises(FileError, match=words) as caught:
        load_claims(baltic_pack)
    assert caught.value.line is not None
    assert caught.value.path.name == "claims.yaml"


def test_claims_have_names_of_their_own_and_stand_in_a_paragraph(baltic_pack: str) -> None:
    path = write(baltic_pack, {"one": {"locator": "Gulff 1"}})
    words = "'Gulff 1' is no paragraph of the article; did you mean 'Gulf 1'"
    with pytest.raises(FileError, match=words) as caught:
        load_claims(baltic_pack)
    assert caught.value.line is not None
    write(baltic_pack, {"one": {"locator": "Gulf 1"}, "two": {"id": "one", "locator": "Gulf 1"}})
    with pytest.raises(FileError, match="'one' stands twice"):
        load_claims(baltic_pack)
    write(baltic_pack, {"one": {"locator": "Gulf 1"}})
    with pytest.raises(OptionError, match="no claim of that name; did you mean 'one'"):
        load_claims(baltic_pack, only=["onne"])
    path.unlink()
    with pytest.raises(OptionError, match="no case pack 'none'"):
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
def test_a_claim_that_contradicts_itself_is_refused(baltic_pack: str, change: dict[str, object], words: str) -> None:
    write(baltic_pack, {"one": {"test": RISES, **change}})
    with pytest.raises(FileError, match=words):
        load_claims(baltic_pack)


def test_the_shipped_claims_can_be_loaded() -> None:
    claims = load_claims(PACK)
    assert len(claims) >= 50
    assert sum(bool(each.tests) for each in claims) >= 38


def test_the_shipped_page_tells_each_contrast_as_it_stands() -> None:
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text("utf-8")
    for each in load_claims(PACK):
        section = page.partition(f"\n### {each.claim.id}\n")[2].partition("\n### ")[0]
        told = [line[2:].partition(" Effect ")[0] for line in section.splitlines() if " Effect " in line]
        for line, test in zip(told, each.tests, strict=True):
            other = f" Expected {test.sign} here." if test.sign != each.claim.sign else ""
            assert line.lower() == f"{contrast_words(test)}.{other}".lower()


def test_the_command_writes_tables_page_and_charts(baltic_pack: str, run_command: Command) -> None:
    write(baltic_pack, {"rises": {"test": RISES}, "falls": {"test": RISES, "sign": "-"}})
    few = ("--worlds", "20", "--codings", "2", "--placebos", "3", "--pack", baltic_pack)
    code, out, _ = run_command("claims", *few, "--record")
    assert code == 0
    assert "placebo pack" in out
    folder = Path("outputs/claims")
    assert "rises" in (folder / "claims.md").read_text("utf-8")
    assert (folder / "charts" / "claims-board.svg").is_file()
    assert (folder / "charts" / "claims-1.svg").is_file()
    assert (folder / "charts" / "claims-score.svg").is_file()
    rows = (folder / "contrasts.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[3] for row in rows[1:]] == ["supported", "opposite"]
    code, out, _ = run_command("claims", *few, "--only", "falls", "--strict", "--json", "--out", "one")
    assert code == 0
    told = json.loads(out)
    assert told["verdicts"] == {"falls": "opposite"}
    assert told["score"]["value"] == 0
    assert recorded(baltic_pack) == {"rises": "supported", "falls": "opposite"}
    record(baltic_pack, {"falls": "supported"}, whole=False)
    code, _, said = run_command("claims", *few, "--only", "falls", "--strict", "--out", "two")
    assert code == 1
    assert "falls: opposite, recorded as supported" in said
    assert run_command("claims", *few, "--only", "fals")[0] == 2


# ---------------------------------------------------------------- under other models


def test_each_claim_is_asked_of_the_models_that_can_be_asked(baltic_pack: str) -> None:
    write(baltic_pack, CLAIMS | {"alone": {"test": TONE | {"measure": "activity:EST-FIN"}, "sign": "0"}})
    settings = replace(QUICK, models=("landscape", "opinion", "diplomacy"))
    found = judge(baltic_pack, settings=settings)
    by = {each.claim.id: each for each in found.verdicts}
    assert found.settings.models == ("landscape", "opinion"), "its own is no other model"
    assert by["rises"].families == {"landscape": "supported", "opinion": "supported"}
    assert by["rises"].held_by("diplomacy") == ["diplomacy", "landscape", "opinion"]
    assert by["falls"].families == {"landscape": "opposite", "opinion": "opposite"}
    assert by["falls"].held_by("diplomacy") == []
    assert set(by["still"].families.values()) == {"no channel"}
    assert by["alone"].families == by["aside"].families == {"landscape": "not testable", "opinion": "not testable"}
    assert found.verdicts == [
        replace(each, families=by[each.claim.id].families) for each in judge(baltic_pack, settings=QUICK).verdicts
    ], "to ask others changes no verdict"
    table = found.tables()["claims"].set_index("id")
    assert table.loc["rises", "holds_in"] == "diplomacy landscape opinion"
    assert table.loc["falls", "in_opinion"] == "opposite"
    page = appendix(found)
    assert "| [falls](#falls) | opposite | opposite | opposite | none |" in page
    assert "- Models: landscape supported, opinion supported.\n" in page
    assert "- Models: no other can be asked.\n" in page


def test_without_other_models_the_page_says_nothing_of_them(verdicts: Verdicts) -> None:
    assert "Models" not in appendix(verdicts)
    assert "holds_in" not in verdicts.tables()["claims"]


def test_a_model_that_is_none_is_refused_before_anything_is_run(baltic_pack: str, run_command: Command) -> None:
    code, _, said = run_command("claims", "--pack", baltic_pack, "--models", "opinio", "--out", "out")
    assert (code, said.partition("(")[0].strip()) == (
        2, "cordiale: --models 'opinio': no model 'opinio'; did you mean 'opinion'?"
    )  # fmt: skip
    assert not Path("out").exists()
