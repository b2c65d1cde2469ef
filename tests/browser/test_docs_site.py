"""The built documentation in a browser: opened from disk, it asks nothing from outside and fits narrow screens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cordiale.case.load import pack_names

from ..blocks import ROOT

PACK = pack_names()[0]
PAGES = (
    "index.html", "quick-start.html", "tutorials/first-look.html", "tutorials/your-own-case.html", "ODD.html",
    "reference/commands.html", "reference/api.html", f"codebook/{PACK}/case.html", f"scenarios/{PACK}/index.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site, warnings as errors; `make test` has built it with the same command already."""
    if built := os.environ.get("CORDIALE_SITE"):
        return (ROOT / built).resolve(strict=True)
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)], cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def names(page: str) -> str:
    return "docs-" + page.removesuffix(".html").replace("/", "-")


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_ask_nothing_from_outside_and_fit(
    site: Path, watched: Callable[..., Any], screenshot: Callable[..., None], width: int
) -> None:
    browser = watched(viewport={"width": width, "height": 900})
    for name in PAGES:
        page = browser.context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        page.goto((site / name).as_uri())
        page.wait_for_load_state("load")
        assert page.locator("h1").count() == 1, name
        broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        assert broken == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width}"
        assert faults == [], name
        screenshot(page, f"{names(name)}-{width}")
        page.close()
    assert browser.outside == []


def test_every_equation_is_set(site: Path, watched: Callable[..., Any]) -> None:
    page = watched(viewport={"width": 1280, "height": 900}).context.new_page()
    page.goto((site / "ODD.html").as_uri())
    counts = [page.locator(place).count() for place in (".arithmatex", ".arithmatex .katex", ".katex-error")]
    assert counts[0] > 100
    assert counts[1:] == [counts[0], 0]


def test_search_works_from_disk(site: Path, watched: Callable[..., Any]) -> None:
    browser = watched(viewport={"width": 1280, "height": 900})
    page = browser.context.new_page()
    page.goto((site / "index.html").as_uri())
    page.fill("input.md-search__input", "sensitivity")
    page.locator(".md-search-result__item").first.wait_for(timeout=10_000)
    assert browser.outside == []


def test_no_serious_barrier(site: Path, watched: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    browser = watched(viewport={"width": 1280, "height": 900})
    page = browser.context.new_page()
    for name in ("index.html", "quick-start.html", f"codebook/{PACK}/case.html"):
        page.goto((site / name).as_uri())
        found = Axe().run(page, context={"exclude": [[".md-search"]]}).response["violations"]  # the theme's own
        serious = [
            (each["id"], each["nodes"][0]["html"][:300]) for each in found if each["impact"] in ("serious", "critical")
        ]
        assert serious == [], name
