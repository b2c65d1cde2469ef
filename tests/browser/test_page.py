"""The page in a real browser: what a visitor does there, with nothing from outside, on a screen and on a phone."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cordiale.page.levers import handle
from cordiale.page.session import WORLDS
from cordiale.scenario.load import Scenario, load_scenario

BASE, QUAD = "baseline", "france_joins_quad"
PATIENCE = 20_000  # milliseconds
START = 120  # seconds in which the page must answer
SIZES = {"screen": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
ROOMS = ("Network", "Why", "Claims", "One world", "Take it with you", "Sources")
EFFECT = re.compile(r"on average than|not clearly different|the same as")
HEAD = "title: '{title}'\nquestion: What then?\nbasis: {{locator: Opening 1, says: a word}}\nextends: {parent}\n"


@dataclass(frozen=True)
class Served:
    """A page that is served; what the server says, also of a script that failed, is in `log`."""

    address: str
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")[-5000:]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page that is served as a user would serve it."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "cordiale"), "page", BASE, QUAD, "--port", str(port)]
    made = Served(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("page") / "said.txt")
    with made.log.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + START
        while "Ctrl-C stops it" not in made.said and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        assert f"{made.address} (for this machine only" in made.said
        yield made
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def quad() -> Scenario:
    return load_scenario(QUAD)


@pytest.fixture(scope="module")
def labels(quad: Scenario) -> list[str]:
    """Levers with a slider that the scenario leaves alone."""
    free = [handle(quad, name) for name in quad.loaded.pack.case.levers if name not in quad.moved]
    return [each.label for each in free if not each.holds and each.coded]


@pytest.fixture
def visit(served: Served, watched: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Open the page in a context of its own; at the end nothing may have failed or been asked for outside."""
    made = []

    def open_page(size: str = "screen", query: str = "", **options: Any) -> Any:
        own = watched(viewport=SIZES[size], **options)
        made.append(own)
        page = own.context.new_page()
        page.set_default_timeout(180_000)  # a busy machine begins late
        page.goto(f"{served.address}/{query}")
        fault = page.get_by_test_id("stException")
        page.get_by_role("heading", level=2).or_(fault).first.wait_for()
        assert fault.count() == 0, served.said
        settle(page)
        return page

    yield open_page
    assert all(page.get_by_test_id("stException").count() == 0 for each in made for page in each.context.pages), (
        served.said
    )
    assert [each.outside for each in made] == [[] for _ in made]


def settle(page: Any) -> None:
    """Wait until the server has nothing more to say, and has not for a while, since a busy machine begins late."""
    for _ in range(3):
        page.wait_for_timeout(250)
        page.wait_for_function(
            "document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state') === 'notRunning'"
        )


def picture(page: Any, screenshot: Any, name: str) -> None:
    """Keep a picture of the whole page, which scrolls within the window."""
    size = page.viewport_size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": int(height) + 20})
    page.wait_for_timeout(600)  # what moves has come to rest
    screenshot(page, name)
    page.set_viewport_size(size)


def effect(page: Any) -> str:
    return str(page.locator("strong", has_text=EFFECT).first.inner_text())


def tells(page: Any, *words: str) -> None:
    """Wait until the effect holds one of some words; it fails in its own time where it never does."""
    some = re.compile("|".join(map(re.escape, words)))
    page.locator("strong", has_text=EFFECT).filter(has_text=some).first.wait_for()


def room(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settle(page)


def choose(page: Any, box: str, text: str) -> None:
    """Choose as a visitor does: where the page was drawn again under the click, so that it went astray, once more."""
    asked = page.get_by_role("combobox", name=box, exact=True)
    for _ in range(2):
        asked.click()
        page.get_by_role("option", name=text, exact=True).click()
        settle(page)
        if asked.input_value() == text:
            break
    expect(asked).to_have_value(text)


def slider(page: Any, label: str) -> Any:
    return page.get_by_test_id("stSlider").filter(has_text=label).get_by_role("slider")


def move(page: Any, label: str, presses: int) -> None:
    """Move a lever by arrow keys, one step a press."""
    before = effect(page)
    handle_ = slider(page, label)
    handle_.focus()
    for _ in range(abs(presses)):
        handle_.press("ArrowRight" if presses > 0 else "ArrowLeft")
    page.wait_for_function("before => ![...document.querySelectorAll('strong')].some(e => e.innerText === before)",
                           arg=before)  # fmt: skip
    settle(page)


# ---------------------------------------------------------------- first look


@pytest.mark.parametrize("size", SIZES)
def test_what_differs_is_seen_at_once(size: str, visit: Any, screenshot: Any) -> None:
    page = visit(size)
    assert page.get_by_role("heading", level=1).count() == 1
    assert EFFECT.search(effect(page))
    chart = page.get_by_role("img", name=re.compile("difference by quarter"))
    assert chart.evaluate("image => image.naturalWidth") > 0
    for name in ROOMS:
        room(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture(page, screenshot, f"page-{size}-{name.split()[0].lower()}")


def test_two_scenarios_are_chosen_and_told_apart(visit: Any, quad: Scenario) -> None:
    page = visit()
    other = load_scenario("brexit")
    assert other.title not in effect(page)
    choose(page, "Scenario", other.title)
    tells(page, other.title)
    told = page.get_by_text(other.loaded.pack.case.levers[other.moved[0]].label)
    assert told.count() > 0
    choose(page, "Compared with", quad.title)
    tells(page, f"than {quad.title}", f"as {quad.title}")
    page.get_by_text("Both levels").click()
    page.get_by_test_id("stImage").get_by_role("img", name=re.compile(re.escape(quad.title))).first.wait_for()


# ---------------------------------------------------------------- levers


def test_a_lever_is_moved_and_reset(visit: Any, labels: list[str], quad: Scenario) -> None:
    page = visit()
    before = effect(page)
    choose(page, "Lever", labels[0])
    name = next(name for name, each in quad.loaded.pack.case.levers.items() if each.label == labels[0])
    record, coded = quad.loaded.pack.case.levers[name], handle(quad, name).coded
    assert coded is not None
    assert page.get_by_text(record.says).count() > 0
    assert page.get_by_text(f"Coded range on this scale: {coded[0]:.2f} to {coded[2]:.2f}, best {coded[1]:.2f}").count()
    move(page, labels[0], -4)
    assert ", changed" in effect(page)
    page.get_by_role("button", name="Reset this lever").click()
    settle(page)
    assert effect(page) == before
    page.get_by_role("button", name="Where this comes from").click()
    page.get_by_text("low / best / high").first.wait_for()


def test_by_keyboard_alone(visit: Any, labels: list[str]) -> None:
    page = visit()
    before = effect(page)
    page.get_by_role("combobox", name="Lever", exact=True).wait_for()  # comes after the texts
    _tab_to(page, "Lever")
    page.keyboard.press("Control+A")
    page.keyboard.type(labels[0], delay=20)
    page.get_by_role("option", name=labels[0], exact=True).wait_for()
    page.keyboard.press("Enter")
    slider(page, labels[0]).wait_for(state="attached")
    settle(page)
    _tab_to(page, labels[0])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.get_by_text(", changed").first.wait_for()
    settle(page)
    assert effect(page) != before
    _tab_to(page, "Reset this lever")
    page.keyboard.press("Enter")
    settle(page)
    assert effect(page) == before


def _tab_to(page: Any, label: str) -> None:
    """Press Tab until what bears a label has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if label in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"'{label}' cannot be reached by Tab")


FOCUSED = "[document.activeElement.getAttribute('aria-label'), document.activeElement.innerText.trim()]"


def test_visitors_do_not_meet(visit: Any, labels: list[str]) -> None:
    pages = [visit() for _ in range(3)]
    for page, label in zip(pages, labels, strict=False):
        choose(page, "Lever", label)
    for steps, (page, label) in enumerate(zip(pages, labels, strict=False), start=2):
        move(page, label, -steps)
    for page, label in zip(pages, labels, strict=False):
        moved = page.get_by_text("Moved so far").locator("xpath=../..").inner_text()
        assert label in moved
        assert not any(other in moved for other in labels[:3] if other != label)
    assert len({effect(page) for page in pages}) == 3


# ---------------------------------------------------------------- rooms


def test_the_network_plays_and_steps(visit: Any, quad: Scenario, screenshot: Any) -> None:
    page = visit()
    room(page, "Network")
    now = page.locator(".now")
    first = now.inner_text()
    assert page.locator(".nodes path").count() == len(quad.names.states)
    page.get_by_role("button", name="One quarter on").click()
    expect(now).to_have_text("2019Q1", timeout=PATIENCE)
    page.get_by_role("button", name="One quarter back").click()
    expect(now).to_have_text(first, timeout=PATIENCE)
    page.get_by_role("button", name="Play").click()
    now.filter(has_text="2019Q2").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Quarter").press("End")
    expect(now).to_have_text("2025Q4", timeout=PATIENCE)
    assert "Blocs:" in page.locator(".words").inner_text()
    picture(page, screenshot, "page-network-2025")


def test_why_claims_and_sources(visit: Any, quad: Scenario) -> None:
    page = visit()
    room(page, "Why")
    chart = page.get_by_role("img", name=re.compile("what each cause added"))
    assert "cooperation delivered" in (chart.get_attribute("alt") or "")
    room(page, "Claims")
    lever = quad.loaded.pack.case.levers[quad.moved[0]]
    assert page.get_by_role("heading", name=re.compile(re.escape(lever.label))).count() == 1
    assert (
        page.locator(
            "strong", has_text=re.compile("Supported|Opposite|Too small|No channel|Undecided|Not recorded")
        ).count()
        > 0
    )
    page.get_by_role("button", name="Where these numbers come from").first.click()
    page.get_by_text("Each world draws all").wait_for()
    expect(page.get_by_text("low / best / high").first).to_be_visible(timeout=PATIENCE)


def test_from_one_world_to_many(visit: Any) -> None:
    page = visit()
    room(page, "One world")
    assert page.get_by_role("heading", name=re.compile("What happens in world 0")).count() == 1
    assert page.get_by_text(re.compile("exercise at sea")).count() > 0
    assert page.get_by_text(re.compile("Policy: ")).count() > 0
    chart = page.get_by_role("img", name=re.compile("in world 0"))
    assert "among" not in (chart.get_attribute("alt") or "")
    page.get_by_text("Step up to many worlds").click()
    settle(page)
    assert f"among {WORLDS} worlds" in (chart.get_attribute("alt") or "")


def test_what_is_taken_away_gives_the_screen_again(
    visit: Any, labels: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    choose(page, "Lever", labels[1])
    move(page, labels[1], 3)
    room(page, "Take it with you")
    names = []
    buttons = page.get_by_role("button", name=re.compile("^Scenario: "))
    buttons.nth(1).wait_for()
    for button in buttons.all():
        with page.expect_download() as download:
            button.click()
        names.append(download.value.suggested_filename)
        download.value.save_as(tmp_path / names[-1])
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile(kind)).click()
        assert Path(download.value.path()).stat().st_size > 1000
    monkeypatch.chdir(tmp_path)
    command = [str(Path(sys.executable).parent / "cordiale"), "run", *names[::-1], "--no-charts"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    number = re.search(r"95 % interval ([+−-][0-9.]+) to ([+−-][0-9.]+); (higher|lower) in ([0-9]+%)", effect(page))
    assert number is not None
    assert f"interval {number[1]} to {number[2]}; {number[3]} in {number[4]}".replace("−", "-") in said


# ---------------------------------------------------------------- the class


def test_a_class_guesses_before_it_sees(visit: Any, screenshot: Any) -> None:
    page = visit(query="?class=1")
    assert page.get_by_role("img").count() == 0
    assert page.get_by_role("button", name="Show the result").is_disabled()
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 20
    guesses = ("Higher", "1 higher, 0 about the same, 0 lower"), ("Lower", "1 higher, 0 about the same, 1 lower")
    for guess, tally in guesses:
        page.get_by_role("button", name=guess).click()
        expect(page.get_by_text(f"Guesses: {tally}.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Show the result").click()
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("The model says: "))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("of 2 guessed it"))).to_be_visible(timeout=PATIENCE)
    picture(page, screenshot, "page-class")
    page.get_by_role("button", name="Next question").click()
    settle(page)
    expect(page.get_by_text("Guesses: 0 higher, 0 about the same, 0 lower.")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Class mode").click()
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("See what differs"))).to_be_visible(timeout=PATIENCE)
    expect(visit(query="?class=1").get_by_text("Guesses: 0 higher")).to_be_visible(timeout=PATIENCE)


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize("query", ["", "?class=1"])
def test_nothing_serious_for_axe(query: str, visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(query=query)
    for name in ROOMS if not query else [""]:
        if name:
            room(page, name)
        page.wait_for_timeout(500)  # what was stale is still fading
        found = Axe().run(page).response["violations"]
        grave = [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in GRAVE]
        assert grave == [], name


GRAVE = ("serious", "critical")


# ---------------------------------------------------------------- files that are sent


FILES = {
    "no scenario": (b"hello: there\n", "unknown key"),
    "hostile": (HEAD.format(title="Mine", parent="&a baseline").encode(), "anchors and aliases"),
    "50 MB": (b"# " + b"x" * 50_000_000, "File must be 1.0MB or smaller"),
}


def test_bad_files_are_refused_and_others_undisturbed(visit: Any, screenshot: Any, tmp_path: Path) -> None:
    page, other = visit(), visit()
    before = effect(other)
    page.get_by_text("Use a scenario file of your own").click()
    for kind, (sent, message) in FILES.items():
        path = tmp_path / f"{kind}.yaml"
        path.write_bytes(sent)
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_text(message).first.wait_for()
        screenshot(page, f"page-refused-{kind.replace(' ', '-')}")
    settle(other)
    assert effect(other) == before
    room(other, "Why")
    assert effect(other) == before


def test_script_in_a_title_is_text(visit: Any) -> None:
    page = visit()
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    title = "<img src=x onerror=alert(1)><script>alert(2)</script> [a](javascript:alert(3)) :red[b]"
    sent = HEAD.format(title=title, parent=QUAD).encode()
    page.get_by_text("Use a scenario file of your own").click()
    page.locator("input[type=file]").set_input_files({"name": "mine.yaml", "mimeType": "text/yaml", "buffer": sent})
    page.locator("strong", has_text="onerror").first.wait_for()
    settle(page)
    assert title in effect(page)
    for name in ("One world", "Take it with you", "Network"):
        room(page, name)
    assert page.locator("img[onerror], [data-testid=stMain] script, a[href^='javascript']").count() == 0
    page.locator("input[type=file]").set_input_files([])
