"""The report in a real browser: it asks for nothing and runs nothing, reads on any window, and prints what is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cordiale.output.report.page import html
from cordiale.study.run import run
from cordiale.study.study import Study

HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\"> 'quoted'"
WINDOWS = [(1280, 900), (390, 844)]
A4 = {"width": 658, "height": 976}  # what the margins leave of the sheet, in pixels of CSS


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two scenarios, one with a hostile title and question."""
    folder = tmp_path_factory.mktemp("report")
    study = run(["baseline", "us_retrenchment"], worlds=16, set={"horizon": "2019Q4"}, out=folder / "study")
    told = [dict(each) for each in study.manifest["scenarios"]]
    told[1] |= {"title": HOSTILE, "question": HOSTILE}
    file = folder / "report.html"
    file.write_text(html(Study(study.folder, {**study.manifest, "scenarios": told})), "utf-8")
    return file


@pytest.fixture
def opened(watched: Callable[..., Any], path: Path) -> Iterator[Callable[..., Any]]:
    """Open the report in a window; at the end, nothing was asked of the world outside and nothing went wrong."""
    contexts, faults = [], []

    def open_(width: int = 1280, height: int = 900) -> Any:
        contexts.append(watched(viewport={"width": width, "height": height}))
        page = contexts[-1].context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield open_
    assert [address for each in contexts for address in each.outside] == []
    assert faults == []


def test_nothing_of_a_title_is_executed(opened: Callable[..., Any]) -> None:
    page = opened()
    assert page.title().startswith("<script>")
    assert page.title().endswith(": a report")
    assert HOSTILE.replace("'", "’").partition("<img")[0].partition("= ")[0] in page.locator("h1").inner_text()
    assert page.locator("script, img[onerror]").count() == 0


@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_it_fits_the_window(
    opened: Callable[..., Any], screenshot: Callable[..., None], width: int, height: int
) -> None:
    page = opened(width, height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"report-{width}", full_page=True)


def test_clip_paths_of_one_figure_do_not_reach_another(opened: Callable[..., Any]) -> None:
    ends = opened().evaluate("""() => [...document.querySelectorAll('svg [clip-path]')].map(each => {
        const id = each.getAttribute('clip-path').slice(5, -1);
        return each.closest('svg').querySelector('#' + CSS.escape(id)) !== null;
    })""")
    assert len(ends) > 5
    assert all(ends)


def test_nothing_serious_for_screen_readers(opened: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened()
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []


def test_keyboard_opens_a_table_of_sources(opened: Callable[..., Any]) -> None:
    page = opened()
    summary = page.locator("#sources summary").first
    row = page.locator("#sources details").first.locator("tbody tr").first
    assert not row.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert row.is_visible()


def test_it_prints_all_but_what_is_folded(opened: Callable[..., Any], path: Path) -> None:
    page = opened(**A4)
    page.emulate_media(media="print")
    assert page.locator("#sources tbody tr").first.is_visible(), "what the scenarios move is printed"
    assert not page.locator("#sources details").first.is_visible(), "and all else stays folded"
    assert not page.get_by_text("The whole manifest").is_visible()
    heights = page.evaluate("[...document.querySelectorAll('figure')].map(each => each.offsetHeight)")
    assert 0 < max(heights) < A4["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
    assert page.locator("thead").first.evaluate("each => getComputedStyle(each).display") == "table-header-group"
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 6 < len(re.findall(rb"/Type\s*/Page\b", pdf)) < 16, "what a referee reads, and no catalogue"
