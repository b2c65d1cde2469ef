"""The handout from the disk, as a class uses it: guess, try, see why; with and without scripting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cordiale.output.handout.build import handout
from cordiale.scenario.load import load_scenario

SCENARIOS = ("baseline", "france_joins_quad", "japan_hardens_tone")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = [load_scenario(name, set={"horizon": "2021Q4"}) for name in SCENARIOS]
    path = tmp_path_factory.mktemp("handout") / "handout.html"
    handout(scenarios, worlds=16, jobs=1, out=path)
    return path


@pytest.fixture
def opened(file: Path, watched: Callable[..., Any]) -> Any:
    """Open the handout; give the page, and after the test see that nothing outside was asked for and nothing failed."""
    seen: list[tuple[Any, list[str]]] = []

    def open_(**options: Any) -> Any:
        context = watched(**{"viewport": WIDE, "reduced_motion": "reduce"} | options)
        page, faults = context.context.new_page(), list[str]()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(file.as_uri())
        seen.append((context, faults))
        return page

    yield open_
    assert [(context.outside, faults) for context, faults in seen] == [([], [])] * len(seen)


CELL = ".cell:not([hidden])"


def said(page: Any) -> str:
    """Return the answer that is shown."""
    return page.locator(f"{CELL} .answer").inner_text()


def picture(page: Any) -> str:
    return page.locator(f"{CELL} .mean").first.get_attribute("points")


def test_each_setting_shows_its_own_chart_and_words(opened: Any) -> None:
    page = opened()
    first, every = (picture(page), said(page)), page.locator(".cell")
    seen = {first[0]}
    for at in range(1, every.count()):
        levels = every.nth(at).get_attribute("data-cell").split()
        for control, level in enumerate(levels):
            page.locator(f'[name="lever-{control}"]').nth(int(level)).check()
        assert page.locator(CELL).count() == 1
        assert page.locator(CELL).get_attribute("data-cell").split() == levels
        assert page.locator("#now").text_content() in said(page)
        seen.add(picture(page))
    assert len(seen) == every.count()
    page.get_by_role("button", name="Nothing changed").click()
    assert (picture(page), said(page)) == first


def test_a_button_shows_its_scenario(opened: Any) -> None:
    page = opened()
    page.locator('[name="lever-0"]').nth(1).check()
    title = load_scenario("france_joins_quad").title
    assert page.locator(f"{CELL} h3").inner_text() == title
    assert page.get_by_role("button", name=title).get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="Nothing changed").get_attribute("aria-pressed") == "false"


def test_controls_work_by_keyboard_and_say_what_the_article_says(opened: Any) -> None:
    page = opened()
    group = page.locator(".levers fieldset").first
    lever = load_scenario("baseline").loaded.pack.case.levers["france_in_quad"]
    assert group.locator("legend").inner_text() == lever.label
    assert lever.says in group.inner_text()
    assert lever.locator in group.inner_text()
    before = picture(page)
    group.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    assert picture(page) != before
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_answers_are_hidden_until_a_guess_is_made_and_they_are_asked_for(opened: Any) -> None:
    page = opened()
    boxes = page.locator(".question")
    for at in range(boxes.count()):
        box = boxes.nth(at)
        assert [each.is_visible() for each in boxes.all()] == [k <= at for k in range(boxes.count())]
        box.locator(".reveal").click()
        assert "Guess first" in box.locator(".verdict").inner_text()
        assert not box.locator(".said").is_visible()
        right = [each.split(",") for each in box.get_attribute("data-right").split()]
        for group, choice in enumerate(right[0]):
            box.locator("fieldset").nth(group).locator("input").nth(int(choice)).check()
        box.locator(".reveal").click()
        assert "agrees" in box.locator(".verdict").inner_text()
        assert box.locator(".said p").first.is_visible()
        group = box.locator("fieldset").first.locator("input")
        wrong = [k for k in range(group.count()) if str(k) not in [each[0] for each in right]]
        if wrong:
            group.nth(wrong[0]).check()
            box.locator(".reveal").click()
            assert "says otherwise" in box.locator(".verdict").inner_text()


def test_without_scripting_there_is_a_message_and_the_main_result(opened: Any, screenshot: Any) -> None:
    page = opened(java_script_enabled=False)
    assert page.get_by_role("heading", name="Scripting is off").is_visible()
    rows = page.locator(".off tbody tr")
    assert rows.count() == page.locator(".cell").count()
    assert all(row.is_visible() for row in rows.all())
    assert not page.locator("#try").is_visible()
    assert page.locator("#cannot li").count() >= 3
    screenshot(page, "handout-scripting-off", full_page=True)


@pytest.mark.parametrize(("name", "viewport"), [("1280", WIDE), ("390", NARROW)])
def test_it_fits_the_screen_and_has_no_serious_fault_of_access(
    opened: Any, screenshot: Any, name: str, viewport: dict[str, int]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(viewport=viewport)
    for box in page.locator(".question").all():
        for group in box.locator("fieldset").all():
            group.locator("input").first.check()
        box.locator(".reveal").click()
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    page.locator('[name="lever-0"]').nth(1).check()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"handout-{name}", full_page=True)
    page.context.unroute_all()
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_printed_it_keeps_charts_and_all_questions_and_leaves_buttons_out(opened: Any, screenshot: Any) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert page.locator(f"{CELL} svg.wide").first.is_visible()
    assert all(each.is_visible() for each in page.locator(".question").all())
    assert not page.locator(".presets").is_visible()
    assert not page.locator(".reveal").first.is_visible()
    screenshot(page, "handout-print", full_page=True)
    assert page.pdf(format="A4").startswith(b"%PDF")
