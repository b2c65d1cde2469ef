"""What comes from outside: files that are sent, requests of strangers, and texts that would be code."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from cordiale.page import state as states
from cordiale.page.guard import HEADERS, LARGEST
from cordiale.page.server import LOOPBACK
from cordiale.page.state import AppState
from tests.page.conftest import Site, fault_of, text_of

HOSTILE = "<script>alert(1)</script> \"><img src=x onerror='alert(2)'> {{ 7*7 }} & <b>"
HEAD = "title: Mine\nquestion: What then?\nbasis: {locator: Opening 1, says: a word}\nextends: baseline\n"
CODE = re.compile("<script>alert|<img src=x|& <b>")  # of `HOSTILE`, where a browser would read it as marks
GOOD = HEAD + "levers: {quad_hardness: 0.3}\n"

BAD = {
    "no scenario": (b"hello: there\n", "unknown key 'hello'"),
    "no text": (b"\x89PNG\r\n\x1a\n\x00\x00", "mine.yaml:1:1: "),
    "alias": (HEAD.encode() + b"levers: &a {}\ntimeline: [*a]\n", "anchors and aliases"),
    "tag": (HEAD.replace("Mine", "!!python/object/apply:os.system ['true']").encode(), "tags"),
    "deep": (HEAD.encode() + b"levers: " + b"[" * 40 + b"]" * 40, "nested deeper"),
    "loop": (HEAD.replace("baseline", "uploaded").encode(), "loop"),
    "another pack": (HEAD.replace("extends: baseline", "pack: nowhere").encode(), "nowhere"),
    "empty": (b"", "empty"),
    "too long": (HEAD.encode() + b"horizon: 2100Q4\n", "120 at most"),
    "another end": (HEAD.encode() + b"horizon: 2022Q4\n", "it ends in 2022Q4"),
    "no such lever": (HEAD.encode() + b"levers: {quad_hardnes: 1}\n", "did you mean 'quad_hardness'?"),
    "of a folder": (HEAD.replace("baseline", "../../../../etc/passwd").encode(), "mine.yaml:4:"),
    "behaviour": (HEAD.encode() + b"model: nothing.here:Family\n", "mine.yaml:5:"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_told_in_a_line_that_names_it(site: Site, kind: str) -> None:
    content, told = BAD[kind]
    answer = site.send(content)
    fault = answer.json()["fault"]
    assert answer.status_code == 400
    assert told in fault
    assert "\n" not in fault
    assert not re.search(r"/tmp|/root|uploaded\.yaml", fault)


def test_a_file_can_be_looked_at_like_any_scenario(site: Site) -> None:
    key = site.send(GOOD.encode()).json()["q"]
    for path in ("/", "/levers", "/network", "/world", "/sources", "/policies", "/data.csv", "/scenario/policy.yaml"):
        shown = site.get(f"{path}?q={key}&worlds=64")
        assert shown.status_code == 200, path
    told = text_of(site.get(f"/?q={key}&worlds=64"))
    assert "What then?" in told
    assert "(Opening 1, in the coder's words)" in told
    same = text_of(site.get("/data.csv?worlds=64&set.quad_hardness=0.3&q=" + site.send(HEAD.encode()).json()["q"]))
    assert same.replace("uploaded_changed", "uploaded") == text_of(site.get(f"/data.csv?worlds=64&q={key}"))


def test_the_name_of_a_file_is_told_as_it_was(site: Site) -> None:
    assert site.send(b"a: 1", quote("mein Szenario é.yaml")).json()["fault"].startswith("mein Szenario é.yaml:1:1: ")
    fault = site.send(b"a: 1", quote("a\nb" * 100)).json()["fault"]
    assert "\n" not in fault
    assert len(fault) < 300


def test_a_file_is_forgotten_when_many_have_followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "SENT", 2)
    first, second, third = (site.send(HEAD.encode()).json()["q"] for _ in range(3))
    assert "is forgotten when many have followed" in fault_of(site.get(f"/levers?q={first}&worlds=64"))
    assert len({first, second, third}) == 3
    assert [site.get(f"/sources?q={key}").status_code for key in (second, third)] == [200, 200]


def test_texts_of_a_file_are_shown_letter_by_letter(site: Site) -> None:
    quoted = HOSTILE.replace("'", "''")
    text = GOOD.replace("Mine", f"'{quoted}'").replace("What then?", f"'{quoted}?'").replace("a word", f"'{quoted}'")
    key = site.send(text.encode(), quote(HOSTILE)).json()["q"]
    for path in ("/", "/levers", "/network", "/world", "/sources", "/policies"):
        shown = site.get(f"{path}?q={key}&worlds=64")
        assert shown.status_code == 200
        assert not CODE.search(shown.text), path
    assert text_of(site.get(f"/?q={key}&worlds=64")).count(HOSTILE) >= 3
    assert HOSTILE in site.get(f"/scenario/policy.yaml?q={key}&worlds=64").text.replace('\\"', '"').replace("''", "'")


def test_what_an_address_says_is_shown_letter_by_letter(site: Site) -> None:
    for name in ("q", "of", "world", "number", "worlds", f"set.{quote(HOSTILE)}"):
        for path in ("/", "/network", "/world", "/sources", "/figure.png"):
            shown = site.get(f"{path}?worlds=64&{name}={quote(HOSTILE)}")
            assert not CODE.search(shown.text)
    assert not CODE.search(site.get(f"/figure.{quote(HOSTILE, safe='')}").text)


# ---------------------------------------------------------------- the guard


def test_what_is_too_large_is_refused_whatever_the_sender_says(site: Site) -> None:
    read: list[int] = []

    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(400):
            read.append(10_000)
            yield b"#" * 10_000

    for content in (b"#" * (LARGEST + 1), without_length()):
        answer = site.send(content)
        assert (answer.status_code, answer.text) == (413, "That is larger than 1 MB.")
    assert sum(read) <= LARGEST + 20_000
    assert site.send(b"#" * LARGEST).status_code == 400  # is read, and holds no scenario
    for length in ("x", "-1", str(LARGEST + 1)):
        assert site.send(b"a: 1", **{"content-length": length}).status_code == 413


def test_requests_from_other_pages_change_nothing(site: Site) -> None:
    for headers in (
        {"origin": "http://elsewhere.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ):  # fmt: skip
        assert site.send(GOOD.encode(), **headers).status_code == 403, headers
    own = {"origin": "http://127.0.0.1:8501", "sec-fetch-site": "same-origin"}
    assert site.send(GOOD.encode(), **own).status_code == 200


def test_on_loopback_the_page_is_called_by_no_other_name(state: AppState) -> None:
    """A page elsewhere could else lead its own name to this machine, and read what is here."""
    here = Site(state, LOOPBACK)
    for host in ("elsewhere.example", "elsewhere.example:8501", "", "127.0.0.1.elsewhere.example", "[::2]:8501"):
        answer = here.get("/", headers={"host": host})
        assert (answer.status_code, answer.text) == (400, "This page is for the machine that serves it."), host
    for host in ("localhost", "localhost:8501", "127.0.0.1:8501", "127.0.0.1", "[::1]:8501", "[::1]"):
        assert here.get("/limits", headers={"host": host}).status_code == 200, host
    assert Site(state).get("/limits", headers={"host": "laptop.local:8501"}).status_code == 200


def test_a_long_address_is_refused(site: Site) -> None:
    assert site.get("/?q=" + "x" * 4092).status_code == 400
    assert site.get("/?q=" + "x" * 4095).status_code == 414


def test_every_answer_says_what_a_browser_may_load(state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Site(state, LOOPBACK)
    addresses = [
        "/", "/?q=nothing", "/levers", "/sources", "/claims", "/policies", "/limits", "/static/page.js", "/health",
        "/nowhere", "/mine", "/progress", "/scenario/policy.yaml?q=quad&worlds=64", "/?q=" + "x" * 4095,
    ]  # fmt: skip
    answers = [here.get(address) for address in addresses]
    answers += [here.send(b"a: 1"), here.send(GOOD.encode()), here.send(b"#" * (LARGEST + 1))]
    answers += [here.send(b"", origin="http://e.org"), here.get("/", headers={"host": "e.org"})]
    monkeypatch.setattr("cordiale.page.state.AppState.answer", None)
    answers.append(here.get("/"))
    assert {answer.status_code for answer in answers} == {200, 400, 403, 404, 405, 413, 414, 500}
    for answer in answers:
        for name in set(HEADERS) - {"cache-control"}:
            assert answer.headers.get_list(name) == [HEADERS[name]], (answer.url, name)
        assert len(answer.headers.get_list("cache-control")) == 1
        assert "Traceback" not in answer.text
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_nothing_of_a_screen_needs_what_a_browser_may_not_load(site: Site) -> None:
    for path in ("/", "/levers", "/network", "/world", "/sources", "/claims", "/policies", "/limits"):
        shown = site.get(f"{path}?q=quad").text
        assert not re.search(r"<script(?! src=\"/static/[a-z]+\.js\")|<style|\sstyle=|\son[a-z]+=|javascript:", shown)
        loaded = re.findall(r'(?:src|href|action)="([^"]*)"', shown)
        assert all(each.startswith(("/", "#", "data:,")) for each in loaded), path
        for name in re.findall(r'"/static/([^"]+)"', shown):
            assert site.get(f"/static/{name}").status_code == 200
