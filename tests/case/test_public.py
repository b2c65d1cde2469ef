"""Public data: known figures, ranges that hold their values, and tables of a user's own."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest

from cordiale.case.public import disputes, pacts, power, states, trade, votes
from cordiale.case.public.tables import HERE, LAST, TABLES, Data, Measured
from cordiale.files.errors import FileError, OptionError, UserError

SHIPPED = Data()


def value(name: str, column: str, **where: object) -> float:
    rows = [each for each in SHIPPED.rows(name) if all(each.values[key] == what for key, what in where.items())]
    assert len(rows) == 1
    return rows[0].number(column)


# ---------------------------------------------------------------- the shipped tables


def test_figures_that_their_makers_publish() -> None:
    assert value("capability", "cinc", iso3="USA", year=2012) == pytest.approx(0.139, abs=5e-4)
    points = {"USA": 2.79, "FRA": 1.52, "JPN": 0.80, "IND": -0.27, "CHN": -0.49}
    for code, point in points.items():
        assert value("ideal_points", "ideal_point", iso3=code, year=2018, votes="all") == pytest.approx(
            point, abs=0.005
        )


def test_nothing_is_later_than_2018() -> None:
    for name, shape in TABLES.items():
        years = [column for column, about in shape.columns.items() if about.kind in ("year", "start")]
        assert all(row.year(column) <= LAST for row in SHIPPED.rows(name) for column in years), name
    assert all("2019" <= row.text("due") < "2025" for row in SHIPPED.rows("elections"))  # due then, as known in 2018


def test_each_table_has_its_terms_in_the_notice() -> None:
    notice = (HERE / "NOTICE.md").read_text("utf-8")
    terms = {
        name: line.rsplit("|", 2)[1].strip()
        for line in notice.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)\.csv`", line)
    }  # fmt: skip
    assert set(terms) == set(TABLES) == {path.stem for path in HERE.glob("*.csv")}
    assert {name for name, said in terms.items() if said == "extract, not MIT"} == {
        "capability", "alliances", "treaties", "defence_agreements", "exports", "trade_totals", "disputes", "rivalries",
    }  # fmt: skip
    assert "not under the MIT licence" in notice
    for maker in ("Bailey", "Singer", "Leeds", "Kinne", "Borchert", "Palmer", "Thompson"):
        assert maker in notice


def test_pacts_are_those_of_atop_in_2018() -> None:
    found = {(bond.pair, bond.agreement): bond for bond in pacts.bonds(SHIPPED, states.known(SHIPPED), 2018)}
    treaties = {pair for pair, agreement in found if agreement == pacts.TREATY}
    assert len(treaties) == 22
    assert ("JPN", "USA") in treaties  # a duty of one side alone in some years of the data set
    assert ("AUS", "NZL") not in treaties  # New Zealand left its duties in 1986
    assert found[("AUS", "NZL"), pacts.CONSULTATION].signed == 1944
    assert found[("FRA", "JPN"), pacts.TRAINING].signed == 2002
    assert (("FRA", "JPN"), pacts.GENERAL) not in found


def test_pacts_are_as_they_were() -> None:
    before = {bond.agreement for bond in pacts.bonds(SHIPPED, ["CHN", "IND"], 2014)}
    after = {bond.agreement for bond in pacts.bonds(SHIPPED, ["CHN", "IND"], 2018)}
    assert after - before == {pacts.CONSULTATION}  # of 2015


# ---------------------------------------------------------------- what is made of them


@pytest.mark.parametrize("code", states.known(SHIPPED))
def test_every_range_holds_its_value_and_says_where_it_comes_from(code: str) -> None:
    others = [each for each in states.known(SHIPPED) if each != code]
    found: list[Measured | None] = [
        votes.liberal_order(SHIPPED, code, 2018), power.capability(SHIPPED, code, 2018),
        power.capability(SHIPPED, code, 2018, "SGP"), disputes.episodes(SHIPPED, code, others, 2018),
    ]  # fmt: skip
    found += [votes.position(SHIPPED, code, topic, 2018) for topic in votes.TOPICS]
    for other in others:
        found += [disputes.threat(SHIPPED, code, other, 2018), trade.dependence(SHIPPED, code, other, 2018),
                  votes.apart_from(SHIPPED, code, other, 2018)]  # fmt: skip
    numbers = [each for each in found if each is not None]
    assert len(numbers) > 60
    for number in numbers:
        assert 0 <= number.low <= number.best <= number.high <= 6
        assert len(number.source) > 8
        assert len(number.says) > 8


@pytest.mark.parametrize(("code", "point", "release"), [("RUS", 0.13, -0.50), ("USA", 2.79, 2.59), ("FRA", 1.52, 1.63)])
def test_the_range_of_all_votes_spans_posterior_and_releases(code: str, point: float, release: float) -> None:
    where = {"iso3": code, "year": 2018, "votes": "all"}
    low, high = value("ideal_points", "q5", **where), value("ideal_points", "q95", **where)
    number = votes.liberal_order(SHIPPED, code, 2018)

    def mapped(ideal: float) -> float:
        return min(max((ideal + 1) / 3.6, 0.0), 1.0)

    assert number.best == pytest.approx(mapped(point), abs=0.005)
    assert number.low == pytest.approx(mapped(min(low, release)), abs=0.005)
    assert number.high == pytest.approx(mapped(max(high, release)), abs=0.005)


def test_a_state_of_one_release_takes_the_largest_gap() -> None:
    gap, known = votes.release_gap(SHIPPED, "RUS")
    assert (round(gap, 2), known) == (-0.63, True)
    assert votes.release_gap(SHIPPED, "PAK") == (pytest.approx(abs(gap)), False)
    where = {"iso3": "PAK", "year": 2018, "votes": "nuclear"}
    width = value("ideal_points", "q95", **where) - value("ideal_points", "q5", **where) + 2 * abs(gap)
    number = votes.position(SHIPPED, "PAK", "nuclear", 2018)
    assert number.high - number.low == pytest.approx(width / 6)


def test_votes_put_the_two_of_the_article_close_together() -> None:
    found = votes.alike(SHIPPED, "JPN", "FRA", "all", 2018)
    assert found is not None
    assert found.mean == pytest.approx(0.85, abs=0.005)
    assert found.low <= found.mean <= found.high
    farthest = votes.apart_from(SHIPPED, "USA", "CHN", 2018)
    assert farthest is not None
    assert farthest.best == 1
    assert votes.alike(SHIPPED, "FRA", "TWN", "all", 2018) is None


def test_strength_wanes_with_distance_and_the_strongest_is_one() -> None:
    assert power.capability(SHIPPED, "USA", 2018).high == 1
    assert power.left_at(0.2, 0) == 0.2
    assert power.left_at(0.2, 10_000) == pytest.approx(0.2 ** math.log10(10_000 / 1.609344 / 375 + 10 - math.e))
    here, far = power.capability(SHIPPED, "FRA", 2018), power.capability(SHIPPED, "FRA", 2018, "SGP")
    assert far.best < here.best
    assert power.capability(SHIPPED, "SGP", 2018, "SGP") == power.capability(SHIPPED, "SGP", 2018)


def test_dependence_is_the_share_of_trade() -> None:
    totals = {
        year: sum(value("trade_totals", f"{way}_musd", iso3="FRA", year=year) for way in ("exports", "imports"))
        for year in range(2012, 2017)
    }
    shares = [
        (value("exports", "exports_musd", exporter="FRA", importer="CHN", year=year)
         + value("exports", "exports_musd", exporter="CHN", importer="FRA", year=year)) / totals[year]
        for year in totals
    ]  # fmt: skip
    number = trade.dependence(SHIPPED, "FRA", "CHN", 2018)
    assert number is not None
    assert number.low == pytest.approx(min(shares))
    assert number.best == pytest.approx((sum(shares) / 5) ** 0.75)
    assert number.high == pytest.approx(max(shares) ** 0.5)


def test_threat_is_rivalry_and_disputes() -> None:
    number = disputes.threat(SHIPPED, "JPN", "CHN", 2018)
    assert (number.low, number.best, number.high) == (0.6, pytest.approx(2.6 / 3), 1.0)
    calm = disputes.threat(SHIPPED, "NZL", "CHN", 2018)
    assert (calm.low, calm.best, calm.high) == (0, 0, disputes.UNSEEN)
    assert disputes.rivals(SHIPPED, "VNM", "CHN", 2018) is None  # ended in 1991


def test_allies_of_one_state_are_not_feared_for_their_disputes() -> None:
    assert disputes.challengers(SHIPPED, ["FRA", "JPN", "KOR", "CHN", "RUS"], 2018) == ["CHN", "RUS"]
    assert len(disputes.started(SHIPPED, "JPN", "KOR", 2018)) >= disputes.STARTS
    assert disputes.challengers(SHIPPED, ["KOR", "USA", "JPN"], 2018) == []  # both are allies of the second
    assert disputes.challengers(SHIPPED, ["USA", "CHN", "FRA"], 2018) == ["CHN"]


def test_rates_are_those_of_two_decades() -> None:
    number = pacts.opening(SHIPPED, pacts.TRAINING, 2018)
    assert "16 pairs of 231" in number.says
    assert "13 in 2001 to 2010" in number.says
    chances = 16 / 2310, 13 / (10 * (231 - 18))
    best = sum(math.log(each / (1 - each)) for each in chances) / 2
    assert number.best == pytest.approx(best, abs=0.02)
    assert number.high - number.low >= 2 * math.log(2) - 1e-9


# ---------------------------------------------------------------- a user's own tables


def write(folder: Path, name: str, *rows: tuple[object, ...], columns: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((columns or ",".join(TABLES[name].columns)).split(","))
        writer.writerows(rows)
    return path


def test_a_users_row_stands_in_place_of_ours(tmp_path: Path) -> None:
    write(tmp_path, "ideal_points", ("JPN", 2018, "all", 95, 1.0, 0.9, 1.1))
    data = Data(tmp_path)
    assert len(data.rows("ideal_points")) == len(SHIPPED.rows("ideal_points"))
    number = votes.liberal_order(data, "JPN", 2018)
    assert number.best == pytest.approx(2 / 3.6)
    assert number.source == "the user's own file, ideal_points.csv:2"
    assert votes.liberal_order(data, "FRA", 2018) == votes.liberal_order(SHIPPED, "FRA", 2018)


POINT = ("BRA", 2018, "all", 95, 0.1, 0.0, 0.2)
FAULTS = {
    "no year": (("ideal_points", ("BRA", "x", *POINT[2:])), r"ideal_points\.csv:2:5: 'year' must be a number, not 'x'"),
    "later": (("ideal_points", ("BRA", 2019, *POINT[2:])), r":2:5: 2019 is after 2018: nothing later sets a number"),
    "long ago": (("ideal_points", ("BRA", 12, *POINT[2:])), r":2:5: 'year' must be a year from 1800"),
    "half a year": (("ideal_points", ("BRA", 2017.5, *POINT[2:])), r":2:5: 'year' must be a year"),
    "small letters": (("ideal_points", ("bra", *POINT[1:])), r":2:1: 'bra' is no state"),
    "order": (("ideal_points", (*POINT[:4], 0.3, 0.0, 0.2)), r"q5 <= ideal_point <= q95 does not hold"),
    "comma": (("ideal_points", (*POINT[:4], "0,1", 0, 0.2)), r"written with a point"),
    "infinite": (("ideal_points", (*POINT[:4], "inf", 0, 0.2)), r":2:\d+: "),
    "empty": (("ideal_points", (*POINT[:4], "", 0, 0.2)), r"'ideal_point' is empty"),
    "twice": (("ideal_points", POINT, POINT), r":3:1: BRA 2018\.0? ?.*stands twice: first in line 2"),
    "scale": (("agreement", ("BRA", "FRA", 2018, "all", 10, 1.5)), r"1\.5 leaves the scale 0\.\.1 of 'agree'"),
    "itself": (("agreement", ("BRA", "BRA", 2018, "all", 10, 0.5)), r"BRA stands on both sides of the pair"),
    "the pair turned": (("agreement", ("BRA", "FRA", 2018, "all", 10, 0.5), ("FRA", "BRA", 2018, "all", 10, 0.5)),
                        r":3:1: .*stands twice"),
    "a flag of two": (("alliances", ("BRA", "USA", 2018, 2, 0)), r"2 leaves the scale 0\.\.1 of 'defense'"),
    "half a flag": (("alliances", ("BRA", "USA", 2018, 0.5, 0)), r"'defense' must be a whole number"),
    "ends first": (("rivalries", ("a", "ARG", "BRA", 1990, 1980)), r"it ends before it starts"),
    "month": (("elections", ("BRA", "president", "2022-13", "fixed")), r"'2022-13' is no month"),
    "long text": (("elections", ("BRA", "x" * 201, "2022-10", "fixed")), r"'office' has from 1 to 200 letters"),
    "short name": (("states", ("BRA", 140, "B")), r"'name' has from 3 to 200 letters"),
    "a cell too many": (("states", ("BRA", 140, "Brazil", 1)), r"4 cells, and the first line names 3 columns"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_users_table_is_told_at_its_place(
    tmp_path: Path, given: tuple[str, tuple[object, ...]], told: str
) -> None:
    name, *rows = given
    write(tmp_path / "tables", name, *rows)
    with pytest.raises(FileError, match=told) as error:
        Data(tmp_path / "tables")
    assert str(error.value).count("\n") == 0
    assert f"{name}.csv:" in str(error.value)


def test_files_that_are_no_tables_are_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no such folder"):
        Data(tmp_path / "nowhere")
    with pytest.raises(OptionError, match="no csv in it"):
        Data(tmp_path)
    write(tmp_path, "states", ("BRA", 140), columns="iso3,cow_code")
    with pytest.raises(FileError, match=r"no column 'name': states\.csv has iso3,cow_code,name"):
        Data(tmp_path)
    write(tmp_path, "states", columns="iso3,cow_cod,name")
    with pytest.raises(FileError, match=r"states\.csv:1:6: unknown column 'cow_cod'; did you mean 'cow_code'"):
        Data(tmp_path)
    (tmp_path / "states.csv").rename(tmp_path / "ideal_point.csv")
    with pytest.raises(FileError, match="is the name of no table; did you mean 'ideal_points'"):
        Data(tmp_path)
    (tmp_path / "ideal_point.csv").rename(tmp_path / "states.csv")
    for content in (
        b"",
        b"\xff\xfe",
        b"iso3;cow_code;name\nBRA;140;Brazil\n",
        b'iso3,cow_code,name\n"BRA,140,Brazil\n',
    ):
        (tmp_path / "states.csv").write_bytes(content)
        with pytest.raises(UserError):
            Data(tmp_path)
    (tmp_path / "states.csv").unlink()
    (tmp_path / "states.csv").mkdir()
    with pytest.raises(FileError, match="is a folder"):
        Data(tmp_path)


def test_a_state_that_a_table_lacks_is_told_with_what_to_give() -> None:
    with pytest.raises(OptionError, match=r"no votes of 'BRA'.*give rows of it in ideal_points\.csv.*iso3,year,votes"):
        states.check_known(SHIPPED, ["FRA", "BRA"])
    with pytest.raises(OptionError, match="'FRA' stands twice"):
        states.check_known(SHIPPED, ["FRA", "FRA"])
    with pytest.raises(OptionError, match="did you mean 'JPN'"):
        states.check_known(SHIPPED, ["jpn"])
    with pytest.raises(OptionError, match="no votes of 'TWN'"):  # it is no member
        states.check_known(SHIPPED, ["TWN"])
