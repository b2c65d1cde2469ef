"""The brief in a real browser: it prints on two sheets whatever it holds, asks for nothing, and reads on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cordiale.analysis.brief import LONGEST, MOST, brief
from cordiale.output.brief.page import LABEL, SENTENCE, SENTENCES, TITLE, Contents, as_data, contents, html
from cordiale.output.pdf import of_brief

NAMES = ["baseline", "france_joins_quad", "france_joins_softened_quad", "dual_use_stopped", "french_strategy_strong",
         "japan_in_axis", "fon_presence_up", "us_retrenchment", "quad_hardens", "quad_softens", "brexit",
         "axis_founded"]  # fmt: skip
WORDS = "words of somebody who writes at length and of much that was found by other commands " * 5


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """As many scenarios as a brief has room for."""
    assert len(NAMES) == MOST
    out = tmp_path_factory.mktemp("brief") / "study"
    return contents(brief("Who gains?", NAMES, worlds=4, out=out, pdf=False))


def filled(found: Contents, options: int, long: bool, full: bool) -> Contents:
    """Return a brief of some options whose texts are as long as they can be."""
    those = found.options[:options]
    if long:
        those = [replace(each, title=WORDS[:TITLE]) for each in those]
        told = [WORDS[:400], WORDS[:400], WORDS[:400]]
        found = replace(found, question=WORDS[:LONGEST], answer=told, costs=[WORDS[:LABEL]] * len(found.costs))
    if full:
        said = [WORDS[:SENTENCE]] * SENTENCES
        changes = [(what, said, "") for what, _, _ in found.changes]
        found = replace(found, changes=changes, why=[*found.why[:1], *said])
    return replace(found, options=those)


def sheets(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", data))


@pytest.mark.parametrize("options", [1, 4, 7, MOST - 1])
def test_it_prints_on_two_sheets(found: Contents, watched: Callable[..., Any], tmp_path: Path, options: int) -> None:
    browser = watched(viewport={"width": 794, "height": 1123})
    page, path = browser.context.new_page(), tmp_path / "brief.html"
    page.emulate_media(media="print")
    printed = {}
    for long in (False, True):
        for full in (False, True):
            made = filled(found, options, long, full)
            path.write_text(html(made), "utf-8")
            page.goto(path.as_uri())
            printed[long, full] = sheets(page.pdf(prefer_css_page_size=True)), sheets(of_brief(as_data(made)))
            height = page.evaluate("document.images[0].getBoundingClientRect().height")
            assert height > 150, "the chart can be read"
    assert set(printed.values()) == {(2, 2)}, printed
    assert browser.outside == []


def test_it_reads_on_a_phone(found: Contents, watched: Callable[..., Any], tmp_path: Path) -> None:
    page = watched(viewport={"width": 390, "height": 844}).context.new_page()
    path = tmp_path / "brief.html"
    path.write_text(html(filled(found, MOST - 1, True, True)), "utf-8")
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
