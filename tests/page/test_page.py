"""What an address shows: the same screen each time, with numbers that come out again from the command line."""

from __future__ import annotations

import asyncio
import json
import pickle
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Future, ThreadPoolExecutor
from csv import DictReader
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cordiale
from cordiale.case.load import scenario_names
from cordiale.engine.block import SharedHistory, worlds_of
from cordiale.engine.sample import recording
from cordiale.files.errors import OptionError, StudyError
from cordiale.models.random import Streams
from cordiale.output.answer import words
from cordiale.page.app import app_of
from cordiale.page.behind import MEANS
from cordiale.page.lesson import room_of
from cordiale.page.look import MORE, Look
from cordiale.page.session import CHANGED, LONGEST, content, prepared
from cordiale.page.state import AppState
from cordiale.page.worker import Order, run_together
from cordiale.scenario.load import load_scenario
from tests.page.conftest import PACK, Site, fault_of, text_of

BASE, QUAD = "baseline", "france_joins_quad"
MOVED = "q=quad&worlds=64&set.quad_hardness=0.35"
FIRST = ("quad", "strategy", "dual_use", "contribution", "ships", "acsa", "retrenchment", "coercion")
BEHIND = ("levers", "network", "world", "sources", "policies")


def test_each_question_is_answered_by_its_gain_its_cost_and_how_sure_both_are(site: Site) -> None:
    answers = site.state.answers
    assert answers is not None
    assert tuple(each.name for each in answers.first) == FIRST
    for answer in answers.first:
        shown = site.get(f"/?q={answer.name}")
        told, (gain, cost, sure) = text_of(shown), words.sentences(answers.pair, answer)
        assert shown.status_code == 200
        assert answer.ask in told
        for sentence in (gain, cost, sure):
            assert "".join(piece.text for piece in sentence) in told
        assert words.difference(answer.gain, answer.gain.mean) in told
        assert answer.cost is not None
        assert words.difference(answer.cost, answer.cost.mean) in told
        assert f"{100 * max(answer.gain.higher, answer.gain.lower):.0f} of 100" in told
        assert answer.gain.estimate.shares in told


def test_without_a_question_the_first_one_is_shown(site: Site) -> None:
    assert site.get("/").text == site.get(f"/?q={FIRST[0]}").text


@pytest.mark.parametrize("path", ["/", *(f"/{name}" for name in BEHIND)])
def test_an_address_gives_the_same_screen_again(site: Site, path: str) -> None:
    one, other = (site.get(f"{path}?{MOVED}") for _ in range(2))
    assert (one.status_code, other.status_code) == (200, 200)
    assert one.text == other.text


def test_a_link_of_a_screen_leads_to_the_same_look(site: Site) -> None:
    shown = site.get(f"/?{MOVED}")
    links = [unescape(link) for link in re.findall(r'href="(/[a-z./]+\?[^"]*set\.[^"]*)"', shown.text)]
    assert {link.partition("?")[0] for link in links} >= {"/network", "/world", "/data.csv", "/scenario/policy.yaml"}
    assert {Look.of(parse_qsl(link.partition("?")[2])) == Look.of(parse_qsl(MOVED)) for link in links} == {True}


NAMES = st.text("abcdefgh_", min_size=1, max_size=12)
LOOKS = st.builds(
    Look, st.text(max_size=20), st.dictionaries(NAMES, st.floats(0, 1)), st.sampled_from([None, *MORE])
)  # fmt: skip


@given(LOOKS)
def test_a_look_is_its_address(look: Look) -> None:
    assert Look.of(parse_qsl(look.query, keep_blank_values=True)) == look


# ---------------------------------------------------------------- numbers


def test_the_files_of_a_screen_give_its_numbers_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for side in ("against", "policy"):
        sent = site.get(f"/scenario/{side}.yaml?{MOVED}")
        (name,) = re.findall(r'filename="(.*)"', sent.headers["content-disposition"])
        (tmp_path / name).write_bytes(sent.content)
        names.append(name)
    assert names == [f"{BASE}.yaml", f"{QUAD}{CHANGED}.yaml"]
    assert f"cordiale run {' '.join(names)}" in (tmp_path / names[1]).read_text("utf-8")
    data = site.get(f"/data.csv?{MOVED}")
    shown = site.get(f"/?{MOVED}")

    monkeypatch.chdir(tmp_path)
    command = [str(Path(sys.executable).parent / "cordiale"), "run", *names, "--no-charts", "--out", "again"]
    subprocess.run(command, check=True, capture_output=True)
    study = cordiale.Study.open("again")
    assert (study.worlds, list(study.scenarios)) == (64, [BASE, QUAD + CHANGED])
    mine, theirs = (study.values("alignment", "FRA-JPN", name) for name in (QUAD + CHANGED, BASE))
    (gain,) = re.findall(r"<dt>Alignment of France and Japan, by the end of 2025</dt><dd>(.*?)</dd>", shown.text)
    assert gain == words.signed(float((mine - theirs)[:, -1].mean()))
    assert (mine != theirs).any()

    rows = list(DictReader(data.text.splitlines()))
    assert list(rows[0]) == list(study.frame("alignment:FRA-JPN"))
    for name, side in ((QUAD + CHANGED, mine), (BASE, theirs)):
        own = {(int(row["world"]), row["quarter"]): float(row["value"]) for row in rows if row["scenario"] == name}
        quarters = study.quarters(name)
        assert own == {(k, quarters[q]): side[k, q] for k in range(64) for q in range(len(quarters))}
    assert len(rows) == 2 * 64 * len(study.quarters())


def test_a_moved_lever_changes_the_answer_and_says_so(site: Site) -> None:
    before, after = (site.get(f"/?q=quad&worlds=64{moved}") for moved in ("", "&set.quad_hardness=1"))
    assert text_of(before) != text_of(after)
    assert "changed" not in text_of(before)
    assert "France joins the Quad, changed" in text_of(after)
    assert re.search(r'name="set\.quad_hardness"[^>]* value="1"[^>]* data-moved', after.text)
    assert "As it was" in text_of(after)


def test_two_visitors_at_once_see_what_one_alone_sees(site: Site) -> None:
    addresses = [f"/?q={name}&worlds=64&set.quad_hardness={at}" for name in ("quad", "ships") for at in (0.1, 0.9)]
    with ThreadPoolExecutor(4) as visitors:
        together = list(visitors.map(lambda address: site.get(address).text, addresses))
    fresh = AppState(PACK)
    fresh.begin()
    try:
        assert [Site(fresh).get(address).text for address in addresses] == together
    finally:
        fresh.stop()


def test_a_run_that_is_known_is_not_run_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    known = site.get(f"/data.csv?{MOVED}")

    def refuse(*_: object) -> None:
        raise AssertionError("run again")

    monkeypatch.setattr(site.state.loaded.runs._queue, "_call", refuse)
    assert site.get(f"/data.csv?{MOVED}").content == known.content


def test_what_runs_for_a_visitor_who_leaves_is_dropped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, begun = site.state.loaded.runs, threading.Event()

    def never(*_: object) -> Future[list[object]]:
        begun.set()
        return Future()

    monkeypatch.setattr(runs._queue, "_call", never)
    monkeypatch.setattr(runs._queue, "_busy", 0)
    asked = b"q=quad&worlds=64&set.quad_hardness=0.55"
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": asked, "headers": [(b"host", b"a")]}
    sent: list[int] = []

    async def receive() -> dict[str, object]:
        while not begun.is_set():
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message.get("status", 0))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(app_of(site.state)(scope, receive, send))).result(30)
    assert sent[0] == 499
    left = [job for job in runs._found.values() if not job.done]
    assert left
    assert all(not job.waiting for job in left)
    runs._queue._busy = 0
    runs._found.clear()


def test_a_kept_answer_runs_nothing_and_loads_no_model() -> None:
    lines = [
        "import asyncio, sys, httpx",
        "from cordiale.page.app import app_of", "from cordiale.page.state import AppState",
        f"state = AppState({PACK!r})", "transport = httpx.ASGITransport(app=app_of(state))",
        "async def look():",
        "    async with httpx.AsyncClient(transport=transport, base_url='http://a') as client:",
        "        for path in ('/', '/?q=ships', '/policies', '/limits'):",
        "            assert (await client.get(path)).status_code == 200",
        "asyncio.run(look())",
        "heavy = {'mesa', 'scipy', 'pandas', 'matplotlib', 'cordiale.models.diplomacy.model'}",
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)",
    ]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_scenarios_side_by_side_are_those_run_alone() -> None:
    measures = ["alignment", "rank", "pressure"]
    several = [prepared(load_scenario(name, set={"horizon": "2020Q2"}), 6, 5) for name in (BASE, QUAD)]
    levers = list(several[0].known_levers)[3:6]
    several += [prepared(several[0], 6, 5, {name: 0.5}) for name in levers]
    rules = several[0].family.rules(several[0].loaded)
    worlds = worlds_of(several[0], Streams(5, 0, 6))
    for scenario, found in zip(several, run_together(several, measures, worlds, rules), strict=True):
        alone = SharedHistory([recording(scenario, measures)], rules).run([worlds])[0]
        for values, measure in zip(alone, measures, strict=True):
            np.testing.assert_array_equal(found[measure], values)


def test_a_class_is_offered_levers_that_change_something(state: AppState) -> None:
    assert state.answers is not None
    for question in state.answers.first:
        offered = {name for name, _, _ in room_of(state, [question.name], game=False).levers[question.name]}
        ways = [(state.loaded.scenarios[way.scenario].moved, way) for way in state.answers.ways[question.by]]
        for name in offered - set(question.change):
            told = [words.difference(question.gain, way.gain.mean) for moved, way in ways if moved == [name]]
            assert not told or set(told) != {"0"}


def test_content_tells_what_differs() -> None:
    quad = load_scenario(QUAD)
    same = content(prepared(quad, 6, 1))
    assert content(prepared(quad, 6, 1)) == same
    others = [prepared(quad, 7, 1), prepared(quad, 6, 2), prepared(quad, 6, 1, {"french_strategy": 0.1})]
    assert len({same, *map(content, others)}) == 4


def test_a_scenario_too_long_for_the_page_is_refused() -> None:
    with pytest.raises(OptionError, match=f"{LONGEST} at most"):
        prepared(load_scenario(BASE, set={"horizon": "2100Q4"}), 6, 1)


def test_memory_is_bounded(state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cordiale.page.runs.KEPT", 0)
    for seed in range(100, 106):
        short = prepared(load_scenario(BASE, set={"horizon": "2019Q1"}), 2, seed)
        state.loaded.runs.study([short], ["alignment"], "a").result()
    assert len(state.loaded.runs._found) <= 4


def test_a_process_that_dies_is_told_in_a_line_and_replaced(state: AppState) -> None:
    import os

    with pytest.raises(StudyError, match="ask again"):
        state.loaded.runs.do("a", os._exit, 1).result()
    scenario = prepared(load_scenario(BASE, set={"horizon": "2019Q1"}), 2, 99)
    assert state.loaded.runs.study([scenario], ["trust"], "a").result().worlds == 2


def test_orders_travel_light() -> None:
    scenario = load_scenario(QUAD)
    assert len(pickle.dumps(Order.of(scenario))) < len(pickle.dumps(scenario)) / 10


# ---------------------------------------------------------------- the screens behind


def test_every_scenario_is_offered_once_and_opens(site: Site) -> None:
    offered = re.findall(r'<option value="([^"]+)"', site.get("/").text.partition("</select>")[0])
    state = site.state
    assert state.answers is not None
    scenarios = [state.answers.of(name).scenario for name in offered]  # type: ignore[union-attr]
    assert set(scenarios) == set(scenario_names(PACK)) - {BASE}
    assert len(set(offered)) == len(offered)
    for name in offered[len(FIRST) :]:
        assert site.get(f"/?q={name}").status_code == 200


def test_all_levers_are_offered_where_they_stand(site: Site) -> None:
    shown = site.get(f"/levers?{MOVED}").text
    fields = re.findall(r'name="set\.([a-z_]+)"', shown)
    assert sorted(fields) == sorted(site.state.loaded.base.known_levers)
    assert re.search(r'name="set\.quad_hardness"[^>]* value="0\.35"', shown)
    assert shown.count("data-moved") == 1


def test_the_network_plays_the_frames_of_both_scenarios(site: Site) -> None:
    frames = []
    for of in (BASE, QUAD):
        shown = site.get(f"/network?q=quad&worlds=64&of={of}").text
        frames.append(json.loads(unescape(re.findall(r'data-frames="(.*?)"', shown)[0])))
    assert frames[0]["places"] == frames[1]["places"]
    assert frames[0]["widths"] != frames[1]["widths"]
    assert len(frames[0]["quarters"]) == len(frames[0]["widths"]) == 29


def test_a_world_is_told_and_another_differs(site: Site) -> None:
    one, other = (text_of(site.get(f"/world?q=quad&world={at}&tell=all")) for at in (0, 1))
    assert "World 0: France joins the Quad" in one
    assert one.replace("World 0", "") != other.replace("World 1", "")
    pair = text_of(site.get("/world?q=quad&world=0"))
    assert len(pair) < len(one)


def test_a_number_is_told_with_its_source(site: Site) -> None:
    coded = site.state.loaded.base.ranges["FRA.china_tone.ideal"]
    told = text_of(site.get("/sources?q=quad&number=FRA.china_tone.ideal"))
    assert f"{coded.low:g} / {coded.best:g} / {coded.high:g}" in told
    assert coded.locator is not None
    assert coded.locator in told


def test_claims_are_told_with_their_verdicts_what_is_contradicted_first(site: Site) -> None:
    shown = text_of(site.get("/claims"))
    recorded = {each.verdict for each in site.state.loaded.claims}
    assert recorded <= set(MEANS)
    for each in site.state.loaded.claims:
        assert " ".join(each.claim.paraphrase.split()).casefold() in shown.casefold()
    assert shown.index(MEANS["opposite"]) < shown.index(MEANS["supported"])


def test_all_policies_stand_with_the_gain_and_cost_of_the_question(site: Site) -> None:
    answers = site.state.answers
    assert answers is not None
    for answer in answers.kinds:
        shown = text_of(site.get(f"/policies?q={answer.name}"))
        for way in answers.ways[answer.by]:
            row = f"{way.title}{words.difference(answer.gain, way.gain.mean)}{way.gain.estimate.interval}"
            assert row in shown


def test_what_the_model_cannot_tell_is_told(site: Site) -> None:
    answers = site.state.answers
    assert answers is not None
    assert answers.limits
    shown = text_of(site.get("/limits"))
    assert all(limit in shown for limit in answers.limits)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_figure_to_take_along(site: Site, kind: str) -> None:
    sent = site.get(f"/figure.{kind}?{MOVED}")
    assert sent.status_code == 200
    starts = {"png": b"\x89PNG", "pdf": b"%PDF"}
    if kind in starts:
        assert sent.content.startswith(starts[kind])
    else:
        assert ElementTree.fromstring(sent.content).tag.endswith("svg")


# ---------------------------------------------------------------- what is not there

WRONG = {
    "/?q=baseline": "'baseline' has no answer of its own: it is what others are compared with",
    "/?q=quod": "no question or scenario 'quod'; did you mean 'quad'?",
    "/?q=france_join_quad": "did you mean 'france_joins_quad'?",
    "/?q=%00%0A": "no question or scenario",
    "/?q=mine-0000000000000000": "a file that was sent is forgotten when many have followed",
    "/?worlds=7": "worlds='7': 64, 200, 500",
    "/?worlds=many": "worlds='many'",
    "/?set.quad_hardnes=0.4": "no lever 'quad_hardnes'; did you mean 'quad_hardness'?",
    "/levers?set.quad_hardnes=0.4": "did you mean 'quad_hardness'?",
    "/?set.worlds=1": "no lever 'worlds'",
    "/?set.seed=1": "no lever 'seed'",
    "/?set.FRA.china_tone.ideal=0.4": "no lever 'FRA.china_tone.ideal'",
    "/?set.quad_hardness=4": "a lever stands between 0 and 1",
    "/?set.quad_hardness=nan": "a lever stands between 0 and 1",
    "/?set.quad_hardness=much": "a lever stands between 0 and 1",
    "/policies?q=quod": "did you mean 'quad'?",
    "/network?q=quad&of=nobody": "baseline or france_joins_quad",
    "/world?q=quad&world=64": "a number from 0 to 63",
    "/world?q=quad&world=-1": "a number from 0 to 63",
    "/world?q=quad&world=%C2%B2": "a number from 0 to 63",
    "/sources?number=FRA.nothing": "no coded number of this pack",
    "/figure.gif?q=quad": "png, svg, pdf",
    "/scenario/both.yaml?q=quad": "policy or against",
}


@pytest.mark.parametrize("address", WRONG)
def test_what_is_not_there_is_told_in_a_line(site: Site, address: str) -> None:
    assert WRONG[address] in fault_of(site.get(address))


def test_an_address_of_nothing_is_no_page(site: Site) -> None:
    for address in ("/nowhere", "/static/none.js", "/static/..%2Fapp.py", "/health/x"):
        assert site.get(address).status_code == 404
    assert site.ask("POST", "/").status_code == site.get("/mine").status_code == 405


def test_a_fault_of_ours_is_told_without_a_word_of_what_it_was(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr("cordiale.page.state.AppState.answer", fail)
    monkeypatch.setattr("cordiale.page.behind.levers", fail)
    for address in ("/", "/levers"):
        shown = site.get(address)
        assert shown.status_code == 500
        assert shown.text == "Something went wrong here. Others are not disturbed; try again."
