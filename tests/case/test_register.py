"""The dated record of a pack: read, told apart from the ladder, refused with its place, and set back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.pack import Rung
from cordiale.case.register import Signing, read_register, set_back
from cordiale.scenario.load import load_case
from tests.conftest import PACK

Refused = Callable[..., str]
HEAD = "dyad,agreement,signed,in_force,ended,source"
GOOD = "FRA-JPN,acsa,2018,,,the article"


@pytest.fixture(scope="module")
def loaded() -> LoadedPack:
    return load_case(PACK)


@pytest.fixture(scope="module")
def register(loaded: LoadedPack) -> list[Signing]:
    return read_register(loaded)


# ---------------------------------------------------------------- the record that is shipped


def test_ladder_and_record_say_the_same(loaded: LoadedPack, register: list[Signing]) -> None:
    """What can be opened and signed is in both, with the same years; treaties too."""
    pack, names = loaded.pack, Names(loaded.pack)
    apart = pack.case.roles.dialogue
    ladder = {(names.dyad(each.dyad), each.agreement, each.signed, each.in_force) for each in pack.ties.ladder}
    record = {(each.dyad, each.agreement, each.signed, each.in_force) for each in register if each.ended is None}
    assert {row for row in ladder if row[1] != apart} == {row for row in record if row[1] != apart}


def test_dialogues_of_the_ladder_are_known_to_the_record_by_then(loaded: LoadedPack, register: list[Signing]) -> None:
    names = Names(loaded.pack)
    first: dict[str, int] = {}
    for each in register:
        if each.agreement == loaded.pack.case.roles.dialogue:
            first[each.dyad] = min(each.signed, first.get(each.dyad, each.signed))
    rungs = [rung for rung in loaded.pack.ties.ladder if rung.agreement == loaded.pack.case.roles.dialogue]
    assert len(rungs) > 50
    for rung in rungs:
        assert first[names.dyad(rung.dyad)] <= rung.signed, rung.dyad


def test_what_ended_is_not_in_force_at_the_start(loaded: LoadedPack, register: list[Signing]) -> None:
    ended = [each for each in register if each.ended is not None]
    assert {each.dyad for each in ended} == {"FRA-RUS", "GBR-RUS", "RUS-USA"}
    assert not any(each.signed_by(2018) or each.in_force_by(2018) for each in ended)
    assert all(each.in_force_by(2013) for each in ended)


def test_every_file_has_its_terms_beside_it(loaded: LoadedPack, register: list[Signing]) -> None:
    notice = (loaded.folder / "record" / "README.md").read_text("utf-8")
    for file in {each.file for each in register}:
        assert f"## {file}" in notice
    extract = [each for each in register if each.file == "dialogues_dcad.csv"]
    assert f"{len(extract)} agreements of 1982 to 2010" in notice
    assert all(each.source.startswith("DCADv1.0-") for each in extract)
    assert "Kinne" in notice
    assert "Not under\nthe MIT licence" in notice


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEAD}\nFRA-JPM,acsa,2018,,,x", "2:1: 'JPM' is no state of this pack; did you mean 'JPN'?"),
        (f"{HEAD}\nFRA,acsa,2018,,,x", "2:1: 'FRA' is no dyad: write two states as ABC-DEF"),
        (f"{HEAD}\nFRA-FRA,acsa,2018,,,x", "2:1: 'FRA-FRA' is no dyad: write two states as ABC-DEF"),
        (f"{HEAD}\nFRA-JPN,acsas,2018,,,x", "2:9: 'acsas' is no agreement of this pack; did you mean 'acsa'?"),
        (f"{HEAD}\nFRA-JPN,acsa,,,,x", "2:14: no year of signature"),
        (f"{HEAD}\nFRA-JPN,acsa,soon,,,x", "2:14: 'signed' must be a number, not 'soon'"),
        (
            f"{HEAD}\nFRA-JPN,acsa,2019,,,x",
            "2:14: 'signed' must be a year from 1800 to 2018, in which the case starts, not 2019",
        ),
        (
            f"{HEAD}\nFRA-JPN,acsa,2017.5,,,x",
            "2:14: 'signed' must be a year from 1800 to 2018, in which the case starts, not 2017.5",
        ),
        (f"{HEAD}\nFRA-JPN,acsa,2018,2017,,x", "2:19: 'in_force' 2017 lies before the signature of 2018"),
        (f"{HEAD}\nFRA-JPN,acsa,2014,2015,2010,x", "2:24: 'ended' 2010 lies before the signature of 2014"),
        (f"{HEAD}\n{GOOD.removesuffix('the article')}", "2:21: no source"),
        (f"{HEAD}\n{GOOD}\nJPN-FRA,acsa,2018,,,x", "3:1: acsa of FRA-JPN stands twice: first in line 2"),
        (f"{HEAD}\n{GOOD},more", "2:33: 7 cells, and the first line names 6 columns"),
        ("dyad,agreement,signed\n", "1:1: no column 'in_force' and 'ended' and 'source': a record has " + HEAD),
        (f"{HEAD},note\n", "1:45: unknown column 'note' (known: dyad, agreement, signed, in_force, ended, source)"),
        ("", "1:1: the file is empty: its first line names the columns"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, message: str, workshop: Path, refused: Refused) -> None:
    path = Path("agents") / PACK / "record" / "agreements.csv"
    path.write_text(text, "utf-8")
    assert refused("calibrate", "--out", "page.md") == f"{path}:{message}"


def test_a_link_out_of_the_pack_is_not_followed(workshop: Path, refused: Refused) -> None:
    path = Path("agents") / PACK / "record" / "agreements.csv"
    path.rename("elsewhere.csv")
    path.symlink_to(Path("elsewhere.csv").absolute())
    assert refused("calibrate") == f"{path}: is a link that leads out of the pack's folder"


# ---------------------------------------------------------------- the pack as it was


def test_set_back_is_the_ladder_of_that_year(loaded: LoadedPack, register: list[Signing]) -> None:
    earlier = set_back(loaded.pack, 2013, register)
    rungs = {(rung.dyad, rung.agreement): rung for rung in earlier.ties.ladder}
    assert max(rung.signed for rung in earlier.ties.ladder) == 2013
    assert rungs["RUS-USA", "two_plus_two"].in_force == 2007  # fell silent in 2014
    assert ("FRA-JPN", "two_plus_two") not in rungs
    assert rungs["GBR-JPN", "equipment_transfer"].in_force == 2013
    assert len(rungs) == len(earlier.ties.ladder)
    assert set_back(loaded.pack, 2012, register).ties.talks == []
    assert [contract.year for contract in earlier.ties.contracts if contract.year > 2013] == []


def test_set_back_knows_no_later_entry_into_force(loaded: LoadedPack, register: list[Signing]) -> None:
    rungs = {(r.dyad, r.agreement): r for r in set_back(loaded.pack, 2010, register).ties.ladder}
    assert rungs["AUS-JPN", "acsa"].in_force is None
    assert (rungs["AUS-FRA", "reciprocal_access"].signed, rungs["AUS-FRA", "reciprocal_access"].in_force) == (
        2006,
        2009,
    )


def test_set_back_to_the_start_is_the_pack(loaded: LoadedPack, register: list[Signing]) -> None:
    """As the ladder has it, and with the record nothing above dialogue is added or taken away."""
    pack, names = loaded.pack, Names(loaded.pack)
    assert set_back(pack, 2018).ties == pack.ties

    def above(ladder: list[Rung]) -> set[tuple[str, str, int, int | None]]:
        return {
            (names.dyad(rung.dyad), rung.agreement, rung.signed, rung.in_force)
            for rung in ladder
            if rung.agreement != "dialogue"
        }

    assert above(set_back(pack, 2018, register).ties.ladder) == above(pack.ties.ladder)
