"""The handout from the disk, as a class uses it: guess, try, see why; with and without scripting."""

from __future__ import annotations

import json
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


STEPS = """() => new Promise((done) => {  // how many lines are drawn on the way to another setting
  const seen = new Set(), drawn = () => document.querySelector("#levels .own").getAttribute("d");
  const until = performance.now() + 1500;
  const look = () => { seen.add(drawn()); performance.now() < until ? requestAnimationFrame(look) : done(seen.size); };
  seen.add(drawn());
  document.querySelectorAll('[name="lever-0"]')[1].click();
  requestAnimationFrame(look);
})"""


def data(page: Any) -> dict[str, Any]:
    return json.loads(page.locator("#data").text_content())


def line(page: Any) -> str:
    return page.locator("#levels .own").get_attribute("d")


def test_each_setting_changes_the_chart_and_the_words_to_those_of_its_cell(opened: Any) -> None:
    page = opened()
    found = data(page)
    first = (line(page), page.locator("#words").inner_text())
    cells = iter(found["cells"][1:])
    seen = {first[0]}
    shape = found["shape"]
    for at in range(1, len(found["cells"])):
        levels, left = [], at
        for size in reversed(shape):
            levels.insert(0, left % size)
            left //= size
        for control, level in enumerate(levels):
            page.locator(f'[name="lever-{control}"]').nth(level).check()
        cell = next(cells)
        assert page.locator("#words").inner_text().split("\n\n") == cell["words"]
        assert page.locator("#why-words").inner_text() == cell["why"]
        assert page.locator("#causes li").count() == len(cell["causes"])
        assert cell["words"][0] in page.locator("#levels").get_attribute("aria-label")
        seen.add(line(page))
    assert len(seen) == len(found["cells"])
    page.get_by_role("button", name="Nothing changed").click()
    assert (line(page), page.locator("#words").inner_text()) == first


def test_the_chart_ends_at_the_cell_s_number_and_moves_there_unless_motion_is_unwelcome(opened: Any) -> None:
    page = opened(reduced_motion="no-preference")
    assert page.evaluate(STEPS) > 2
    end = page.locator("#levels text.strong").text_content()
    title = load_scenario("france_joins_quad").title
    assert page.get_by_role("button", name=title).get_attribute("aria-pressed") == "true"
    still = opened()
    still.locator('[name="lever-0"]').nth(1).check()
    assert still.locator("#levels text.strong").text_content() == end
    assert line(still) == line(page)


def test_controls_work_by_keyboard_and_say_what_the_article_says(opened: Any) -> None:
    page = opened()
    group = page.locator(".controls fieldset").first
    lever = load_scenario("baseline").loaded.pack.case.levers["france_in_quad"]
    assert group.locator("legend").inner_text() == lever.label
    assert lever.says in group.inner_text()
    assert lever.locator in group.inner_text()
    before = line(page)
    group.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    assert line(page) != before
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_answers_are_hidden_until_a_guess_is_made_and_they_are_asked_for(opened: Any) -> None:
    page = opened()
    for at, question in enumerate(data(page)["questions"]):
        box = page.locator(".question").nth(at)
        assert [each.is_visible() for each in page.locator(".question").all()] == [k <= at for k in range(3)]
        assert box.locator(".answer").inner_text() == ""
        box.locator(".reveal").click()
        assert "Guess first" in box.locator(".answer").inner_text()
        assert question["answer"][0] not in box.locator(".answer").inner_text()
        for group, choice in enumerate(question["right"][0]):
            box.locator("fieldset").nth(group).locator("input").nth(choice).check()
        box.locator(".reveal").click()
        said = box.locator(".answer").inner_text()
        assert "agree with your guess" in said
        assert all(sentence in said for sentence in question["answer"])
        group = box.locator("fieldset").first.locator("input")
        wrong = [k for k in range(group.count()) if k not in [each[0] for each in question["right"]]]
        if wrong:
            group.nth(wrong[0]).check()
            box.locator(".reveal").click()
            assert "say otherwise" in box.locator(".answer").inner_text()
    assert page.locator(".question").first.locator(".results").is_visible()


def test_without_scripting_there_is_a_message_and_the_main_result(opened: Any, screenshot: Any) -> None:
    page = opened(java_script_enabled=False)
    assert page.get_by_role("heading", name="Scripting is off").is_visible()
    rows = page.locator(".off .results tbody tr")
    assert rows.count() == sum(size - 1 for size in json.loads(page.locator("#data").text_content())["shape"])
    assert "interval" in page.locator(".off .results").inner_text()
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
    assert page.locator("#levels").is_visible()
    assert all(each.is_visible() for each in page.locator(".question").all())
    assert not page.locator(".presets").is_visible()
    assert not page.locator(".reveal").first.is_visible()
    screenshot(page, "handout-print", full_page=True)
    assert page.pdf(format="A4").startswith(b"%PDF")
