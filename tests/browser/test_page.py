"""The page in a real browser: what a visitor does there, with nothing from outside, on a screen and on a phone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from cordiale.analysis.answers import Answers, kept_answers
from cordiale.page.look import Look
from cordiale.page.session import handle_of
from cordiale.scenario.load import load_scenario
from tests.browser.serving import PATIENCE, SIZES, Served, grave, opened, serving, tab_to

PACK, QUAD = "indo_pacific_2018", "france_joins_quad"
ADDRESSES = {
    "question": "/", "policies": "/policies", "levers": "/levers?q=quad", "network": "/network?q=quad",
    "world": "/world?q=quad", "claims": "/claims", "sources": "/sources?q=quad", "limits": "/limits",
}  # fmt: skip
HEAD = "title: '{title}'\nquestion: What then?\nbasis: {{locator: Opening 1, says: a word}}\nextends: {parent}\n"

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("page") / "said.txt", "page", "quad") as made:
        assert f"{made.address} (for this machine only" in made.said
        urlopen(f"{made.address}/levers?q=quad", timeout=PATIENCE).close()  # the pack is loaded from here on
        yield made


@pytest.fixture(scope="module")
def answers() -> Answers:
    found = kept_answers(PACK)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def label(answers: Answers) -> str:
    """The lever that the first screen offers with the Quad."""
    quad = answers.of("quad")
    assert quad is not None
    return handle_of(load_scenario(QUAD), quad.change[0], Look()).label


@pytest.fixture
def visit(served: Served, watched: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Open an address in a context of its own; at the end nothing may have failed or been asked for outside."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_page(address: str = "/", size: str = "screen", **options: Any) -> Any:
        contexts.append(watched(viewport=SIZES[size], **options))
        page = opened(contexts[-1].context, faults)
        page.goto(served.address + address)
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield open_page
    assert faults == []
    assert [each.outside for each in contexts] == [[] for _ in contexts]


def told(page: Any) -> str:
    """Return the answer that is on the screen: its sentences and its numbers."""
    return str(page.locator(".answer").inner_text() + page.locator(".cards").inner_text())


def move(page: Any, label: str, presses: int) -> None:
    """Move a lever by arrow keys, one step a press, and run it in few worlds."""
    slider = page.get_by_role("slider", name=label)
    slider.focus()
    for _ in range(abs(presses)):
        slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
    page.get_by_role("combobox", name="Worlds").select_option("64")
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("link", name="As it was").wait_for()


# ---------------------------------------------------------------- first look


@pytest.mark.parametrize("size", SIZES)
def test_the_answer_is_seen_at_once(size: str, visit: Any) -> None:
    page = visit(size=size)
    sentences = page.locator(".answer")
    assert sentences.locator(".gain").inner_text()
    assert "Cost: " in sentences.inner_text()
    assert sentences.locator(".cost").inner_text()
    assert re.search(r"direction is clear|direction is not clear|Nothing differs", sentences.inner_text())
    assert [each.inner_text() for each in page.locator(".cards dt").all()][-1] == "How sure?"
    for part in (".answer", ".cards"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= SIZES[size]["height"], part
    shown = [each.get_attribute("class") for each in page.get_by_role("img").all() if each.is_visible()]
    assert shown == ["wide" if size == "screen" else "narrow"]
    assert page.locator(".questions").first.is_visible() == (size == "screen")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("size", SIZES)
def test_every_address_has_one_heading_and_fits(size: str, name: str, visit: Any, screenshot: Any) -> None:
    page = visit(ADDRESSES[name], size)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("alert").filter(has_text=re.compile(".")).count() == 0
    screenshot(page, f"page-{size}-{name}", full_page=name not in ("levers", "world"))


def test_a_question_is_chosen_from_the_list(visit: Any, answers: Answers) -> None:
    page = visit()
    asked = answers.first[2]
    page.get_by_role("link", name=asked.ask).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(asked.ask)
    assert page.url.endswith(f"/?q={asked.name}")
    assert asked.gain.label in page.locator(".cards").inner_text()
    assert page.locator("[aria-current=page]").inner_text().startswith(asked.ask)


def test_a_question_is_chosen_from_the_phones_list(visit: Any, answers: Answers) -> None:
    page = visit(size="phone")
    asked = answers.first[-1]
    page.get_by_role("combobox", name="Question").select_option(asked.name)
    expect(page.get_by_role("heading", level=1)).to_have_text(asked.ask)
    assert page.url.endswith(f"/?q={asked.name}")


def test_a_cheaper_way_and_all_policies_lead_to_answers(visit: Any, answers: Answers) -> None:
    page = visit("/policies?q=quad")
    way = answers.ways[answers.first[0].by][0]
    page.get_by_role("link", name=way.title, exact=True).click()
    page.locator(".answer").wait_for()
    assert page.url.endswith(f"/?q={way.scenario}")


# ---------------------------------------------------------------- levers


def test_a_lever_is_moved_and_the_answer_is_its_address(visit: Any, label: str) -> None:
    page = visit("/?q=quad")
    before, address = told(page), page.url
    move(page, label, -9)
    after = told(page)
    assert after != before
    assert re.search(r"q=quad&.*set\.\w+=0\.\d+", page.url)
    again = page.context.new_page()
    again.set_default_timeout(1000 * PATIENCE)
    again.goto(page.url)
    assert told(again) == after
    page.go_back()
    expect(page.get_by_role("link", name="As it was")).to_have_count(0)
    assert (told(page), page.url) == (before, address)
    page.go_forward()
    page.get_by_role("link", name="As it was").click()
    expect(page.get_by_role("link", name="As it was")).to_have_count(0)
    assert told(page) == before


def test_a_lever_is_moved_among_all_of_them(visit: Any, label: str) -> None:
    page = visit("/levers?q=quad")
    page.get_by_role("slider", name=label).press("Home")
    page.get_by_role("button", name="Run with these").first.click()
    page.locator(".answer").wait_for()
    assert page.url.count("set.") == 1
    assert page.get_by_role("slider", name=label).input_value() == "0"


def test_by_keyboard_alone(visit: Any, label: str, answers: Answers) -> None:
    page = visit("/?q=dual_use")
    tab_to(page, answers.first[0].ask)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(answers.first[0].ask)
    page.wait_for_load_state()
    before = told(page)
    tab_to(page, label)
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    tab_to(page, "Worlds")
    page.keyboard.press("Home")
    tab_to(page, "Run again")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="As it was").wait_for()
    assert told(page) != before
    expect(page.locator(".answer")).to_be_focused()


def test_visitors_do_not_meet(visit: Any, served: Served, label: str) -> None:
    pages = [visit("/?q=quad") for _ in range(3)]
    alone = told(pages[0])
    for page, presses in zip(pages, (-14, -5, 6), strict=True):
        slider = page.get_by_role("slider", name=label)
        for _ in range(abs(presses)):
            slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
        page.get_by_role("combobox", name="Worlds").select_option("64")
    for page in pages:
        page.get_by_role("button", name="Run again").click(no_wait_after=True)
    for page in pages:
        page.get_by_role("link", name="As it was").wait_for()
    assert len({page.url for page in pages}) == 3
    assert len({told(page) for page in pages} | {alone}) == 4
    assert [told(visit(page.url.removeprefix(served.address))) for page in pages] == [told(page) for page in pages]


# ---------------------------------------------------------------- behind the answer


def test_the_network_plays_and_steps(visit: Any, screenshot: Any, answers: Answers) -> None:
    page = visit("/network?q=quad")
    now = page.locator(".now")
    expect(now).to_have_text(answers.quarters[0])
    assert page.locator(".nodes path").count() == len(load_scenario(QUAD).names.states)
    page.get_by_role("button", name="One quarter on").click()
    expect(now).to_have_text(answers.quarters[1])
    page.get_by_role("button", name="One quarter back").click()
    expect(now).to_have_text(answers.quarters[0])
    page.get_by_role("button", name="Play").click()
    expect(now).to_have_text(answers.quarters[2])
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Quarter").press("End")
    expect(now).to_have_text(answers.quarters[-1])
    assert "Blocs:" in page.locator(".told").inner_text()
    screenshot(page, "page-network-end", full_page=True)


def test_one_world_and_a_number_are_asked_for(visit: Any) -> None:
    page = visit("/world?q=quad")
    first = page.locator(".story").inner_text()
    page.get_by_role("spinbutton", name="World").fill("7")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="World 7").wait_for()
    assert page.locator(".story").inner_text() != first
    page.goto(page.url.replace("/world?", "/sources?").partition("&world")[0])
    page.get_by_role("combobox", name="One of").select_option(index=5)
    page.get_by_role("button", name="Show").click()
    page.get_by_text("(low / best / high)").first.wait_for()


def test_a_claim_opens(visit: Any) -> None:
    page = visit("/claims")
    claim = page.locator("details").first
    claim.locator("summary").click()
    expect(claim.locator("p")).to_be_visible()
    assert re.search("Cause: |Not tested: ", claim.locator("p").inner_text())


def test_what_is_taken_away_gives_the_screen_again(visit: Any, label: str, tmp_path: Path) -> None:
    page = visit("/?q=quad")
    move(page, label, -4)
    names = {}
    for link in ("Scenario file", "What it is compared with", "Figure (PNG)", "Figure (SVG)", "Data (CSV)"):
        with page.expect_download() as download:
            page.get_by_role("link", name=link, exact=True).click()
        names[link] = download.value.suggested_filename
        download.value.save_as(tmp_path / names[link])
    begins = {"Figure (PNG)": b"\x89PNG", "Figure (SVG)": b"<?xml", "Data (CSV)": b"scenario,"}
    assert {link: (tmp_path / names[link]).read_bytes()[: len(head)] for link, head in begins.items()} == begins
    command = [str(Path(sys.executable).parent / "cordiale"), "run", names["What it is compared with"],
               names["Scenario file"], "--no-charts"]  # fmt: skip
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    number = r"([+−-]?[0-9.]+)"
    interval, cards = rf"interval {number} to {number};", page.locator(".cards").inner_text()
    ran = re.search(rf"changed: .* (rises|falls) by {number} SD .*{interval} (?:higher|lower) in (\d+) %", said)
    seen = re.search(rf"{number}\s+95 % {interval}[^$]*?(\d+) of 100", cards)
    assert ran is not None, said
    assert seen is not None, cards
    way, mean, low, high, share = ran.groups()
    expected = [f"{'-' if way == 'falls' else ''}{mean}", low, high, share]
    assert list(map(_number, seen.groups())) == pytest.approx(list(map(_number, expected)), abs=0.0055)


def _number(text: str) -> float:
    return float(text.replace("−", "-"))


# ---------------------------------------------------------------- files that are sent


FILES = {
    "no-scenario": (b"hello: there\n", "unknown key"),
    "hostile": (HEAD.format(title="Mine", parent="&a baseline").encode(), "anchors and aliases"),
    "large": (b"# " + b"x" * (1 << 20), "larger than 1 MB"),
    "no-text": (b"\xff\xfe\x00", "UTF-8"),
}


def send(page: Any, content: bytes) -> None:
    """Send a scenario file, as a visitor does."""
    own = page.locator("details", has_text="A scenario file of your own")
    if own.get_attribute("open") is None:
        own.locator("summary").click()
    own.locator("input[type=file]").set_input_files({"name": "m.yaml", "mimeType": "text/yaml", "buffer": content})
    own.get_by_role("button", name="Look at it").click()


def test_bad_files_are_refused_and_others_undisturbed(visit: Any, screenshot: Any) -> None:
    page, other = visit(), visit("/?q=strategy")
    before = told(other)
    for kind, (content, message) in FILES.items():
        send(page, content)
        page.get_by_role("alert").filter(has_text=message).wait_for()
        assert "\n" not in page.get_by_role("alert").inner_text()
        screenshot(page, f"page-refused-{kind}")
    other.reload()
    assert told(other) == before


def test_a_file_of_ones_own_is_shown_and_its_title_is_text(visit: Any) -> None:
    page = visit()
    title = "<img src=x onerror=alert(1)><script>alert(2)</script> [a](javascript:alert(3))"
    send(page, HEAD.format(title=title, parent=QUAD).encode())
    expect(page.get_by_role("heading", level=1)).to_have_text("What then?")
    assert "q=mine-" in page.url
    assert title in page.locator("figure").first.inner_text()
    for link in ("One world, year by year", "The network of states", "Where do these numbers come from?"):
        page.get_by_role("link", name=link).click()
        page.get_by_role("heading", level=1).wait_for()
        assert page.locator("img, main script:not([src]), a[href^='javascript']").count() == 0
        page.go_back()


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_axe(scheme: str, visit: Any, served: Served, screenshot: Any) -> None:
    page = visit(color_scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 150) == (scheme == "dark")
    found = {}
    for name, address in ADDRESSES.items():
        page.goto(served.address + address)
        page.get_by_role("heading", level=1).wait_for()
        found[name] = grave(page)
        screenshot(page, f"page-{scheme}-{name}")
    assert found == {name: [] for name in ADDRESSES}


def test_without_script(visit: Any, label: str) -> None:
    page = visit("/?q=quad", java_script_enabled=False)
    before = told(page)
    page.get_by_role("slider", name=label).press("Home")
    page.get_by_role("combobox", name="Worlds").select_option("64")
    page.get_by_role("button", name="Run again").click()
    page.get_by_role("link", name="As it was").wait_for()
    assert told(page) != before
    assert re.search(r"set\.\w+=0&", page.url)
