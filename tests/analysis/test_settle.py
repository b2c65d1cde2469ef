"""Settlements of a file of issues: by hand, the printed case, what does not count, and files that do not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cordiale.analysis.settle import settle
from cordiale.case.public.published import example
from cordiale.files.errors import OptionError
from cordiale.models.bargaining import challenge
from tests.commands import cordiale

EMISSION = example("emission").paths[0]
HEAD = "issue,actor,position,salience,capability"
SEVERAL = f"""{HEAD},outcome
tax,Ann,0,0.8,2,40
tax,Bob,100,0.5,1,
tax,Cy,60,0.9,1.5,
tax,Di,,0.9,1.5,
time,Ann,30,0.2,2,55
time,Bob,70,1,1,
time,Cy,50,0,1.5,
fish,Ann,10,0.2,2,
fish,Bob,70,0.7,1,
fish,Cy,90,0.8,1.5,
none,Ann,,1,1,
"""


@pytest.fixture
def several(workshop: Path) -> Path:
    (workshop / "issues.csv").write_text(SEVERAL, "utf-8")
    return workshop / "issues.csv"


def test_the_emission_case() -> None:
    """The printed mean and median; the bargaining that `test_bargaining` holds against the printed rounds."""
    (only,) = (found := settle(EMISSION)).settled
    assert (round(only.by["mean"], 2), only.by["median"]) == (7.39, 7)
    assert only.by["challenge"] == pytest.approx(9.96, abs=0.01)
    record = found.record()
    assert record["issues"] == 1
    assert record["mae"] == dict.fromkeys(("mean", "median", "challenge"))
    assert [round(median, 1) for median in record["rounds"]["emission"][:7]] == [7, 8.4, 9.6, 10, 10, 10, 7.5]


def test_means_medians_and_errors_by_hand(several: Path) -> None:
    found = settle(several)
    by = {each.issue.name: each.by for each in found.settled}
    assert list(by) == ["tax", "time", "fish"]
    assert by["tax"]["mean"] == pytest.approx((0 * 1.6 + 100 * 0.5 + 60 * 1.35) / (1.6 + 0.5 + 1.35))
    assert by["time"]["mean"] == pytest.approx((30 * 0.4 + 70) / 1.4)
    assert [by[name]["median"] for name in by] == [60, 70, 90]
    tax = by["tax"]["mean"] - 40, by["time"]["mean"] - 55
    mean, low, high = found.mae()["mean"]
    assert mean == pytest.approx(np.abs(tax).mean())
    assert sorted(np.abs(tax)) == pytest.approx([low, high])  # of two issues, a resample in four is one of them twice
    assert found.mae()["median"][0] == pytest.approx((20 + 15) / 2)
    assert found.lead() is not None
    assert found.lead()[0] == "mean"  # type: ignore[index]


def test_who_does_not_count_is_told(several: Path) -> None:
    found = settle(several)
    told = " ".join(found.sentences())
    assert (
        "2 actors do not count: Di on tax (no position), Cy on time (no weight: salience or capability is 0)." in told
    )
    assert "Left out, since nobody there has a position and weight: none." in told
    assert "over 2 issues with an outcome, which is few for an interval" in told
    assert {row["actor"] for row in found.record()["left_out"]} == {"Di", "Cy"}


def test_bargaining_is_among_those_who_count(several: Path) -> None:
    tax = settle(several).settled[0]
    alone = challenge([0, 100, 60], [0.8, 0.5, 0.9], [2, 1, 1.5])
    assert tax.by["challenge"] == alone.settlement
    assert tax.bargain is not None
    assert tax.bargain.medians.tolist() == alone.medians.tolist()


def test_salience_in_per_cent_is_the_same(several: Path) -> None:
    plain = settle(several)
    lines = [line.split(",") for line in SEVERAL.splitlines()]
    for cells in lines[1:]:
        cells[3] = f"{100 * float(cells[3]):g}"
    several.write_text("\n".join(map(",".join, lines)) + "\n", "utf-8")
    found = settle(several)
    for one, other in zip(plain.settled, found.settled, strict=True):
        assert list(one.by.values()) == pytest.approx(list(other.by.values()))
    assert "Salience is read as per cent, since some is above 1." in found.sentences()


def test_one_rule_alone(several: Path) -> None:
    found = settle(several, "mean")
    record = found.record()
    assert (list(record["mae"]), record["rounds"]) == (["mean"], {})
    assert set(found.tables()) == {"settlements", "errors", "left_out"}
    assert found.lead() is None
    with pytest.raises(OptionError, match="'meen' is no rule; did you mean 'mean'"):
        settle(several, "meen")
    with pytest.raises(OptionError, match="--rounds: 1 to 1,000"):
        settle(several, rounds=0)


def test_the_command_prints_writes_and_replaces_nothing(several: Path, refused: Callable[..., str]) -> None:
    done = cordiale("settle", "issues.csv", "--json", cwd=several.parent)
    record = json.loads(done.stdout)
    assert set(record["mae"]) == set(record["interval"]) == {"mean", "median", "challenge"}
    assert record["issues"] == 3
    assert set(record["rounds"]) == {"tax", "time", "fish"}
    assert not (several.parent / "outputs").exists()
    told = cordiale("settle", "issues.csv", "--out", "out", cwd=several.parent).stdout
    assert told.startswith("In out/: tables, charts/, manifest.json\n- Mean absolute error")
    table = pd.read_csv(several.parent / "out" / "settlements.csv")
    assert table["outcome"].tolist()[:2] == [40, 55]
    assert {each.name for each in (several.parent / "out" / "charts").iterdir()} == {"settle.png", "settle.svg"}
    assert "--replace" in refused("settle", "issues.csv", "--out", "out")


BAD = {
    "empty": ("", "i.csv:1:1: the file is empty"),
    "no rows": (f"{HEAD}\n", "i.csv:1:1: no row below the names of the columns"),
    "near": ("issue,actor,positon,salience,capability\n", "i.csv:1:1: no column 'position'; did you mean 'positon'?"),
    "no issue": ("actor,position,salience,capability\n", "i.csv:1:1: no column 'issue': the columns are issue, actor"),
    "outcomes": (f"{HEAD},outcomes\n", "i.csv:1:1: a column 'outcomes', and none 'outcome': call it outcome if"),
    "word": (f"{HEAD}\ntax,Ann,high,1,1\n", "i.csv:2:9: 'position' must be a number, not 'high'"),
    "comma": (f'{HEAD}\ntax,Ann,"1,5",1,1\n', "i.csv:2:9: 'position' must be a number, not '1,5'; a decimal number"),
    "infinite": (f"{HEAD}\ntax,Ann,inf,1,1\n", "i.csv:2:9: 'position' must be a"),
    "negative": (f"{HEAD}\ntax,Ann,1,1,-1\n", "i.csv:2:13: the capability of 'Ann' must not be negative"),
    "salience": (f"{HEAD}\ntax,Ann,1,101,1\n", "i.csv:2:11: the salience of 'Ann' must be 0 to 1, or 0 to 100"),
    "no name": (f"{HEAD}\ntax,,1,1,1\n", "i.csv:2:5: no name of the actor"),
    "no name of issue": (f"{HEAD}\n,Ann,1,1,1\n", "i.csv:2:1: no name of the issue"),
    "twice": (f"{HEAD}\ntax,Ann,1,1,1\ntax,Ann,2,1,1\n", "i.csv:3:5: 'Ann' stands twice on 'tax'"),
    "two outcomes": (f"{HEAD},outcome\ntax,Ann,1,1,1,2\ntax,Bob,2,1,1,3\n", "i.csv:3:15: the outcome of 'tax' is 3"),
    "nobody": (f"{HEAD}\ntax,Ann,1,0,1\ntax,Bob,,1,1\n", "i.csv:1:1: nobody has a position, a salience above 0 and"),
    "cells": (f"{HEAD}\ntax,Ann,1,1\n", "i.csv:2:1: 4 cells, and the first line names 5 columns"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_named_with_its_place(refused: Callable[..., str], workshop: Path, fault: str) -> None:
    text, message = BAD[fault]
    (workshop / "i.csv").write_text(text, "utf-8")
    assert refused("settle", "i.csv", "--out", "out").startswith(message)
    assert not (workshop / "out").exists()


def test_bargaining_of_very_many_is_refused_and_their_mean_is_not(workshop: Path) -> None:
    rows = "".join(f"tax,A{k},{k},1,1\n" for k in range(301))
    (workshop / "many.csv").write_text(f"{HEAD}\n{rows}", "utf-8")
    with pytest.raises(OptionError, match="'tax' has 301 actors: bargaining is worked out for up to 300"):
        settle("many.csv")
    assert settle("many.csv", "median").settled[0].by["median"] == 150


def test_a_file_that_is_not_there_is_named(refused: Callable[..., str]) -> None:
    assert refused("settle", "nosuch.csv") == "no file 'nosuch.csv': give the path of a csv"
