"""The gallery shows every chart, each with a command that the program knows, and no picture is too many."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

from cordiale.cli import GROUPS
from cordiale.output import charts
from cordiale.output.charts.study import CHARTS
from tests.gallery import PAGE, PICTURES

OWN_PAGES = {
    "claims",
    "calibrate",
    "forecast",
    "score",
}  # whose charts stand on docs/claims.md, docs/calibration.md and docs/score.md, made in their own time


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text("utf-8")


def test_every_chart_of_a_study_is_shown(text: str) -> None:
    shown = set(re.findall(r"figures/gallery/study-(\w+)\.png", text))
    assert shown == set(CHARTS)


def test_every_analysis_that_has_charts_is_shown(text: str) -> None:
    kinds = {
        each.name
        for each in iter_modules(charts.__path__)
        if hasattr(import_module(f"{charts.__name__}.{each.name}"), "figures") and each.name != "study"
    }
    shown = {file.partition("-")[0] for file in re.findall(r"figures/gallery/([\w.-]+)\.png", text)}
    assert kinds - OWN_PAGES <= shown | {"study"}


def test_each_picture_has_its_words_and_none_is_left_over(text: str) -> None:
    shown = re.findall(r"!\[(.+)\]\(figures/gallery/([\w.-]+\.png)\)", text)
    assert {file for _, file in shown} == {path.name for path in PICTURES.iterdir()}
    assert all(len(alt) > 60 for alt, _ in shown)


def test_each_command_is_one(text: str) -> None:
    known = {name for names in GROUPS.values() for name in names}
    commands = re.findall(r"^cordiale ([\w-]+)", text, re.MULTILINE)
    assert len(commands) > 15
    assert set(commands) <= known
