"""A class in real browsers: one projector and phones, from the first letter to the page that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.serving import PATIENCE, SIZES, Served, grave, opened, serving, tab_to

PROJECTOR = {"width": 1280, "height": 720}

expect.set_options(timeout=1000 * PATIENCE)


class Room:
    """A class that is served, and the browsers in it.

    Attributes
    ----------
    open : makes a page of a size: open({"width": 390, "height": 844})
    """

    def __init__(self, served: Served, open_: Callable[..., Any]) -> None:
        self.address, self.open = served.address, open_
        found = re.search(r"http://\S+/wall/\S+", served.said)
        assert found is not None
        self.wall = open_(PROJECTOR)
        self.wall.goto(found[0])
        self.code = self.wall.locator(".huge").inner_text()

    def scan(self) -> Any:
        """Return a phone that has read the square on the wall."""
        phone = self.open(SIZES["phone"])
        phone.goto(f"{self.address}/?c={self.code}")
        return phone

    def type_letters(self, letters: str) -> Any:
        """Return a phone on which somebody has typed the letters."""
        phone = self.open(SIZES["phone"])
        phone.goto(self.address)
        phone.get_by_label("Four letters").fill(letters)
        phone.get_by_role("button", name="Join").click()
        return phone

    def on(self) -> None:
        """Go on, as the teacher does."""
        self.wall.locator(".on").click()

    def go(self, step: str) -> None:
        """Go to a step: "lever 2"."""
        self.wall.get_by_label("Go to").select_option(label=step)

    def says(self, text: str) -> None:
        """Wait until the wall says something."""
        expect(self.wall.locator("main")).to_contain_text(text)


def tap(phone: Any, ask: str, option: str) -> None:
    """Give an answer, and wait until it is taken."""
    button = phone.get_by_role("group", name=ask).get_by_role("button", name=option)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


@pytest.fixture
def room(watched: Callable[..., Any], tmp_path: Path) -> Iterator[Room]:
    """A class of two questions; at the end nothing may have failed or been asked for outside."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_(viewport: dict[str, int]) -> Any:
        contexts.append(watched(viewport=viewport))
        return opened(contexts[-1].context, faults)

    with serving(tmp_path / "said.txt", "class", "--questions", "quad,dual_use", "--host", "127.0.0.1") as served:
        yield Room(served, open_)
        assert faults == []
        assert [each.outside for each in contexts] == [[] for _ in contexts]
        for each in contexts:
            each.context.close()


FITS = "document.documentElement.scrollHeight <= innerHeight"  # nobody scrolls in front of a class
GAIN, PRICE = re.compile("^Alignment"), re.compile("^Chinese pressure")


def test_a_lesson_from_the_letters_to_the_page_that_is_kept(room: Room, screenshot: Any, tmp_path: Path) -> None:
    wall, first, second = room.wall, room.scan(), room.type_letters(f" {room.code.lower()} ")
    phones, axe = (first, second), dict[str, Any]()

    def keep(name: str) -> None:
        """Keep a picture of wall and phone, and what axe finds on them."""
        for who, page in (("wall", wall), ("phone", first)):
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, who)
            assert who == "phone" or name == "11-debrief" or page.evaluate(FITS), name
            assert page.get_by_role("heading", level=1).count() == 1 or who == "phone", name
            screenshot(page, f"class-{who}-{name}")
            axe[f"{who} {name}"] = grave(page)

    for phone in phones:
        expect(phone.get_by_role("heading", level=1)).to_have_text("You are in.")
    room.says("2 in the room")
    keep("1-join")

    room.on()
    tap(first, GAIN, "higher")
    tap(first, GAIN, "likely")
    tap(first, PRICE, "about the same")
    room.says("1 of 2 have guessed")
    tap(second, GAIN, "higher")
    tap(second, GAIN, "lower")  # thinks again
    room.says("2 of 2 have guessed")
    assert wall.locator("meter").count() == 0
    keep("2-guess")

    room.on()
    gain = wall.locator(".bars").first
    expect(gain.locator("dd")).to_have_text(["1", "0", "1"])
    expect(first.locator("main")).to_contain_text("You said higher. The model says higher.")
    expect(second.locator("main")).to_contain_text("You said lower. The model says higher.")
    keep("3-reveal")

    room.on()
    tap(first, "Through what", "trust")
    room.says("1 has voted")
    keep("4-discuss")
    room.on()
    expect(first.locator("main")).to_contain_text("You said")
    keep("5-carried")

    room.go("lever 2")
    for phone in phones:
        phone.get_by_role("group", name="Which one thing").get_by_role("button").nth(1).click()
    expect(wall.locator(".bars dd").nth(1)).to_have_text("2")
    keep("6-lever")
    room.on()
    chosen = first.get_by_role("group", name="what becomes of the gain")
    tap(first, "what becomes of the gain", "more")
    keep("7-predict")
    assert chosen.count() == 1
    room.on()
    expect(wall.get_by_role("heading", level=1)).to_contain_text("instead of")
    expect(wall.locator(".right")).to_have_count(1)
    expect(first.get_by_role("heading", level=1)).to_contain_text("instead of")
    keep("8-changed")

    room.go("move 1")
    for phone in phones:
        move = phone.get_by_role("group", name="one move in 2019").get_by_role("button").first
        move.click()
        expect(move).to_have_attribute("aria-pressed", "true")
    room.says("2 of 4 teams are ready")
    keep("9-move")
    room.on()
    room.says("2019: here is what they did")
    goals = [phone.locator("main b") for phone in phones]
    for goal in goals:
        goal.wait_for()
        assert goal.inner_text() in wall.locator("table").inner_text()
    assert goals[0].inner_text() != goals[1].inner_text()
    keep("10-moved")

    room.go("debrief")
    room.says("What did we learn?")
    room.says("1 of 2 right: Alignment of France and Japan")
    for phone in phones:
        expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you.")
    keep("11-debrief")
    with first.expect_download() as download:
        first.get_by_role("link", name="The page to keep").click()
    download.value.save_as(tmp_path / "kept.html")
    first.goto((tmp_path / "kept.html").as_uri())
    expect(first.get_by_role("heading", level=1)).to_have_text("What our class asked")
    expect(first.locator("main")).to_contain_text("higher: 1, about the same: 0, lower: 1")
    assert first.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(first, "class-kept", full_page=True)
    assert {where: found for where, found in axe.items() if found} == {}


def test_who_reloads_keeps_his_place_and_who_comes_late_finds_it(room: Room) -> None:
    early = room.scan()
    early.get_by_text("You are in.").wait_for()
    room.on()
    tap(early, GAIN, "lower")
    early.reload()
    again = early.get_by_role("group", name=GAIN).get_by_role("button", name="lower")
    expect(again).to_have_attribute("aria-pressed", "true")
    room.says("1 of 1 have guessed")
    late = room.type_letters(room.code)
    tap(late, GAIN, "higher")
    room.says("2 of 2 have guessed")
    tap(early, GAIN, "about the same")
    room.on()
    expect(room.wall.locator(".bars").first.locator("dd")).to_have_text(["1", "1", "0"])
    room.wall.reload()
    expect(room.wall.locator(".bars").first.locator("dd")).to_have_text(["1", "1", "0"])


def test_teams_without_phones_are_entered_by_keyboard(room: Room, screenshot: Any) -> None:
    wall = room.wall
    room.go("move 1")
    room.says("0 of 4 teams are ready")
    wall.get_by_text("Teams without phones").click()
    team = wall.get_by_label("Japan: one move in 2019")
    team.focus()
    wall.keyboard.press("ArrowDown")
    room.says("1 of 4 teams are ready")
    expect(team).to_be_focused()
    screenshot(wall, "class-wall-teams")
    assert wall.evaluate(FITS)
    chosen = team.locator("option:checked").inner_text()
    room.on()
    room.says("2019: here is what they did")
    expect(wall.locator("tr", has_text="Japan")).to_contain_text(chosen)


def test_by_keyboard_alone_on_wall_and_phone(room: Room) -> None:
    phone = room.scan()
    phone.get_by_text("You are in.").wait_for()
    room.wall.locator(".on").focus()
    room.wall.keyboard.press("Enter")
    lower = phone.get_by_role("group", name=PRICE).get_by_role("button", name="lower")
    lower.wait_for()
    tab_to(phone, "higher")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("group", name=GAIN).get_by_role("button", name="higher")).to_be_focused()
    for _ in range(20):
        phone.keyboard.press("Tab")
        if lower.evaluate("each => each === document.activeElement"):
            break
    phone.keyboard.press("Enter")
    expect(lower).to_have_attribute("aria-pressed", "true")
    expect(lower).to_be_focused()
    room.says("1 of 1 have guessed")
    expect(room.wall.locator(".on")).to_be_focused()
    room.wall.keyboard.press("Enter")
    expect(room.wall.locator(".bars")).to_have_count(2)


def test_what_the_teacher_types_stays_while_others_vote(room: Room) -> None:
    phone = room.scan()
    phone.get_by_text("You are in.").wait_for()
    room.on()
    hands = room.wall.locator("details").first
    hands.locator("summary").click()
    hands.get_by_label("higher").fill("17")
    tap(phone, GAIN, "lower")
    room.says("1 of 1 have guessed")
    expect(hands.get_by_label("higher")).to_have_value("17")
    expect(hands.get_by_label("higher")).to_be_focused()
    hands.get_by_role("button", name="Count these").click()
    room.says("18 have guessed")


def test_wrong_letters_and_hands(room: Room) -> None:
    phone = room.type_letters("QQQQ")
    expect(phone.get_by_role("alert")).to_have_text("these are not the four letters on the wall")
    room.on()
    hands = room.wall.locator("details").first
    hands.locator("summary").click()
    hands.get_by_label("higher").fill("17")
    hands.get_by_label("lower").fill("4")
    hands.get_by_role("button", name="Count these").click()
    room.says("21 have guessed")
    hands.get_by_label("lower").fill("4000")
    hands.get_by_role("button", name="Count these").click()
    expect(room.wall.get_by_role("alert")).to_contain_text("hands are counted from 0 to 400")
    room.on()
    expect(room.wall.locator(".bars").first.locator("dd")).to_have_text(["17", "0", "4"])
