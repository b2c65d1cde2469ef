"""The rooms of the page without a browser: numbers, texts, charts, uploads, and starting and stopping."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from csv import DictReader
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import cordiale
from cordiale.case.load import scenario_names
from cordiale.engine.block import SharedHistory, worlds_of
from cordiale.engine.sample import recording
from cordiale.files.errors import FileError, OptionError, StudyError, UserError
from cordiale.models.random import Streams
from cordiale.page import server
from cordiale.page import tabs as take
from cordiale.page import worker as work
from cordiale.page.app_state import AppState
from cordiale.page.classroom import GUESSES, Tally, answer
from cordiale.page.drawings import INKS, Line, bars_svg, fan_svg
from cordiale.page.levers import handle, resting
from cordiale.page.network import WIDEST, frames
from cordiale.page.result import Effect, Seen, effect
from cordiale.page.session import CHANGED, LONGEST, choice, content, prepared, uploaded
from cordiale.page.tabs import causes
from cordiale.page.texts import literal
from cordiale.page.worker import run_together
from cordiale.scenario.load import load_scenario

BASE, QUAD = "baseline", "france_joins_quad"
ROOMS = ("Network", "Why", "Claims", "One world", "Take it with you", "Sources")
WORLDS = 6
HOSTILE = "<script>alert(1)</script> [x](javascript:1) :red[a] $x$ **b** `c` ![i](http://e.org/i.png) & <img src=x>"
HEAD = "title: Mine\nquestion: What then?\nbasis: {locator: Opening 1, says: a word}\nextends: baseline\n"


@pytest.fixture(scope="module")
def app_state() -> Iterator[AppState]:
    made = AppState(None, (BASE, QUAD))
    yield made
    made.runs.stop()


@pytest.fixture(scope="module")
def lever(app_state: AppState) -> str:
    """A lever that the second scenario leaves alone and that moves a coded number."""
    quad = app_state.scenarios[QUAD]
    free = [name for name in app_state.pack.case.levers if name not in quad.moved and handle(quad, name).coded]
    return free[0]


@pytest.fixture(scope="module")
def seen(app_state: AppState, lever: str) -> Seen:
    chosen = choice(app_state.scenarios[BASE], app_state.scenarios[QUAD], {lever: 0.35}, WORLDS, app_state.seed)
    study = app_state.runs.shown(chosen.scenarios, "a").result()
    return Seen(chosen, study, "alignment", study.manifest["focus"])


# ---------------------------------------------------------------- the script that Streamlit runs


@pytest.mark.parametrize("room", ROOMS)
def test_the_page_and_each_room_open(room: str, app_state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _opened(app_state, monkeypatch, {"room": room, "many": True})
    assert [each.value for each in opened.title] == [literal(app_state.pack.case.title)]
    assert [each.value for each in opened.header] == ["1. Choose", "2. Move a lever", "3. See what differs"]
    assert not opened.error
    assert [tab.label for tab in opened.tabs if tab.children] == [room]


def test_the_class_is_asked(app_state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _opened(app_state, monkeypatch, {"class": True})
    assert [each.value for each in opened.header] == [literal(app_state.scenarios[QUAD].file.question)]


def _opened(app_state: AppState, monkeypatch: pytest.MonkeyPatch, state: dict[str, object]) -> AppTest:
    """Return the page as one visitor has it, without a browser; what a script raised is told in full."""
    monkeypatch.setattr("cordiale.page.app_state.app_state", lambda *_: app_state)
    opened = AppTest.from_file(server.APP, default_timeout=120)
    for key, value in state.items():
        opened.session_state[key] = value
    opened.run()
    assert not opened.exception, "\n".join([opened.exception[0].message, *opened.exception[0].stack_trace])
    return opened


# ---------------------------------------------------------------- the numbers


def test_the_files_give_the_numbers_of_the_screen(seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{scenario.name}.yaml" for scenario in seen.choice.scenarios]
    for scenario, name in zip(seen.choice.scenarios, names, strict=True):
        (tmp_path / name).write_bytes(take.file_text(seen, scenario))
    assert take.command(seen) == f"cordiale run {' '.join(names)}"
    monkeypatch.chdir(tmp_path)
    command = [str(Path(sys.executable).parent / "cordiale"), "run", *names, "--no-charts", "--out", "again"]
    subprocess.run(command, check=True, capture_output=True)
    study = cordiale.Study.open("again")
    for name in study.scenarios:
        for measure in study.measures(name):
            np.testing.assert_array_equal(
                study.values(measure, scenario=name), seen.study.values(measure, scenario=name)
            )
    rows = list(DictReader(take.csv(seen.study, seen.measure, seen.entity).decode().splitlines()))
    frame = study.frame(f"{seen.measure}:{seen.entity}")
    assert list(rows[0]) == list(frame.columns)
    key = ("scenario", "world", "quarter", "measure", "entity")
    written = {tuple(str(row[name]) for name in key): row["value"] for row in frame.to_dict("records")}
    assert {tuple(row[name] for name in key): float(row["value"]) for row in rows} == written


def test_scenarios_side_by_side_are_those_run_alone(app_state: AppState) -> None:
    measures = ["alignment", "rank", "pressure"]
    several = [prepared(load_scenario(name, set={"horizon": "2020Q2"}), WORLDS, 5) for name in (BASE, QUAD)]
    several += [prepared(several[0], WORLDS, 5, {name: 0.5}) for name in list(app_state.pack.case.levers)[3:6]]
    rules = several[0].family.rules(several[0].loaded)
    worlds = worlds_of(several[0], Streams(5, 0, WORLDS))
    for scenario, found in zip(several, run_together(several, measures, worlds, rules), strict=True):
        alone = SharedHistory([recording(scenario, measures)], rules).run([worlds])[0]
        for values, measure in zip(alone, measures, strict=True):
            np.testing.assert_array_equal(found[measure], values)


def test_content_tells_what_differs(app_state: AppState, lever: str) -> None:
    quad = app_state.scenarios[QUAD]
    same = content(prepared(quad, WORLDS, 1))
    assert content(prepared(quad, WORLDS, 1)) == same
    others = [prepared(quad, WORLDS + 1, 1), prepared(quad, WORLDS, 2), prepared(quad, WORLDS, 1, {lever: 0.1})]
    assert len({same, *map(content, others)}) == 4


def test_a_run_that_is_known_is_not_run_again(app_state: AppState, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    app_state.runs.shown(seen.choice.scenarios, "a").result()  # another test may have filled the memory

    def refuse(*_: object) -> None:
        raise AssertionError("run again")

    monkeypatch.setattr(app_state.runs._queue, "_call", refuse)
    again = app_state.runs.shown(seen.choice.scenarios, "b").result()
    np.testing.assert_array_equal(again.values("trust"), seen.study.values("trust"))


def test_memory_is_bounded(app_state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cordiale.page.runs.KEPT", 0)
    for seed in range(100, 106):
        app_state.runs.shown([prepared(load_scenario(BASE, set={"horizon": "2019Q1"}), 2, seed)], "a").result()
    assert len(app_state.runs._found) <= 4


def test_a_process_that_dies_is_replaced(app_state: AppState) -> None:
    import os

    with pytest.raises(StudyError, match="ask again"):
        app_state.runs.do("a", os._exit, 1).result()
    scenario = prepared(load_scenario(BASE, set={"horizon": "2019Q1"}), 2, 99)
    assert app_state.runs.shown([scenario], "a").result().worlds == 2


def test_causes_add_up_to_the_change(app_state: AppState, seen: Seen) -> None:
    (found,) = app_state.runs.why([seen.choice.mine], seen.entity, "a").result()
    for quantity, levels in found.levels.items():
        change = float((levels[:, -1] - levels[:, 0]).mean())
        assert sum(causes(found, quantity).values()) == pytest.approx(change, abs=1e-9)


# ---------------------------------------------------------------- words


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80)  # files hold no control characters


@given(TEXTS | st.just(HOSTILE))
def test_texts_from_files_are_shown_letter_by_letter(text: str) -> None:
    from html import unescape

    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark", {"html": True}).render(f"a {literal(text)} b").strip()
    assert unescape(shown.removeprefix("<p>").removesuffix("</p>")).split() == ["a", *text.split(), "b"]
    assert "<" not in shown[3:-4]


def test_streamlits_own_marks_are_escaped() -> None:
    for mark in (":red[a]", "$x$", ":smile:", ":material/home:", "~~a~~"):
        assert literal(mark).count("\\") >= 2


def test_effect_is_the_mean_of_the_differences(seen: Seen) -> None:
    study, (first, second) = seen.study, seen.study.scenarios
    found = effect(study, seen.measure, seen.entity)
    sides = [study.values(seen.measure, seen.entity, name)[:, -1] for name in (second, first)]
    assert found.mean == pytest.approx(float(np.mean(sides[0] - sides[1])))
    assert found.low <= found.mean <= found.high
    assert f"{abs(found.mean):.3f}" in found.words


def test_what_is_so_or_not_so_is_told_as_a_share_of_worlds(seen: Seen) -> None:
    study, (first, second) = seen.study, seen.study.scenarios
    with_, without = (study.values("member.quad", "FRA", name)[:, -1].mean() for name in (second, first))
    found = effect(study, "member.quad", "FRA")
    assert f"in {with_:.0%} of worlds, and in {without:.0%} in {study.title(first)}: so here alone in" in found.words
    assert -1 <= found.low < found.mean <= found.high <= 1


def test_guesses_are_counted_and_judged() -> None:
    tally = Tally()
    for guess in (GUESSES[0], GUESSES[0], GUESSES[2]):
        tally.guess("one", guess)
    assert tally.score() == (0, 0)
    tally.right["one"] = answer(Effect("2025Q4", 0.05, 0.04, 0.06, "higher"), 0.01)
    assert tally.right["one"] == GUESSES[0]
    assert tally.score() == (2, 3)
    assert answer(Effect("2025Q4", 0.05, 0.04, 0.06, "higher"), 0.1) == GUESSES[1]
    assert answer(Effect("2025Q4", -0.05, -0.2, 0.1, ""), 0.01) == GUESSES[1]
    assert answer(Effect("2025Q4", -0.05, -0.06, -0.04, ""), 0.01) == GUESSES[2]


# ---------------------------------------------------------------- levers and claims


def test_every_lever_has_its_place(app_state: AppState) -> None:
    for name in app_state.scenarios:
        scenario = app_state.scenarios[name]
        for each in app_state.pack.case.levers:
            found = handle(scenario, each)
            assert 0 <= resting(scenario, found) <= 1
            if found.coded:
                assert 0 <= found.coded[0] <= found.coded[1] <= found.coded[2] <= 1


def test_coded_range_on_the_levers_scale(app_state: AppState) -> None:
    base = app_state.scenarios[BASE]
    for name, record in app_state.pack.case.levers.items():
        (path, (low, high)), *more = record.moves.items()
        coded = base.ranges.get(base.names.canonical(path))
        if not more and coded is not None and (low, high) == (0, 1):
            assert handle(base, name).coded == (coded.low, coded.best, coded.high)


def test_a_lever_rests_where_the_scenario_leaves_it(app_state: AppState) -> None:
    quad = app_state.scenarios[QUAD]
    (when, event), *_ = quad.events
    assert (event.kind, resting(quad, handle(quad, when.lever))) == ("set", event.value)
    assert when.quarter > quad.start


def test_a_changed_scenario_has_a_name_of_its_own(app_state: AppState, lever: str) -> None:
    base = app_state.scenarios[BASE]
    alone = choice(base, base, {}, WORLDS, 1)
    assert len(alone.scenarios) == 1
    changed = choice(base, base, {lever: 0.9}, WORLDS, 1)
    assert [each.name for each in changed.scenarios] == [BASE, BASE + CHANGED]
    assert app_state.pack.case.levers[lever].label in changed.words[0]


def test_claims_belong_to_the_lever_that_tests_them(app_state: AppState) -> None:
    found = [
        each
        for name in app_state.pack.case.levers
        for each in app_state.claims_of(name)
        if app_state.tests(each.claim, name)
    ]
    assert found
    assert {each.verdict for each in found} <= set(take.MEANS)
    for name, record in app_state.pack.case.levers.items():
        for each in app_state.claims_of(name):
            assert app_state.tests(each.claim, name) or each.claim.locator == record.locator


# ---------------------------------------------------------------- pictures


def test_charts_are_sound_whatever_a_title_says(seen: Seen) -> None:
    values = seen.study.values(seen.measure, seen.entity)
    quarters = np.arange(8075, 8075 + values.shape[1])
    lines = [Line(HOSTILE, quarters, values, INKS[0]), Line("other", quarters, values, INKS[1], world=1)]
    for svg in (fan_svg(lines, "0 to 1", (0, 1), zero=True), fan_svg(lines[:1], "0 to 1", None),
                bars_svg([HOSTILE, "b"], [[0.1, -0.2], [0.0, 0.3]], [HOSTILE, "y"], INKS)):  # fmt: skip
        root = ElementTree.fromstring(svg)
        assert {element.tag.partition("}")[2] for element in root.iter()} <= DRAWN
        assert HOSTILE in [element.text for element in root.iter()]


DRAWN = {"svg", "g", "rect", "text", "line", "polyline", "polygon", "circle", "defs", "pattern"}


def test_a_chart_of_one_quarter_can_be_drawn() -> None:
    line = Line("one", np.array([8075]), np.array([[0.5], [0.5]]), INKS[0])
    assert ElementTree.fromstring(fan_svg([line], "0 to 1", (0, 1), zero=True)) is not None


def test_frames_hold_the_ties_and_the_blocs(seen: Seen) -> None:
    name = seen.study.scenarios[1]
    data = frames(seen.study, name)
    medians = np.median(seen.study.values("strength", scenario=name), axis=0)
    entities = seen.study.measures(name)["strength"]
    pairs = ["-".join(sorted((data["codes"][i], data["codes"][j]))) for i, j in data["pairs"]]
    ties = medians[:, [entities.index(pair) for pair in pairs]]
    above = ties - ties.mean(axis=1, keepdims=True)
    widths = np.array(data["widths"])
    assert widths.max() == WIDEST == widths.ravel()[above.argmax()]
    assert not widths[above <= 0].any()
    order = np.argsort(above, axis=None)
    assert (np.diff(widths.ravel()[order]) >= 0).all()
    assert len(data["quarters"]) == len(data["widths"]) == len(data["looks"]) == len(data["words"])
    assert np.max(data["looks"]) < len(data["inks"])
    for words in data["words"]:
        assert all(state in words for state in data["names"])


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_figure_to_take_away(seen: Seen, suffix: str) -> None:
    drawn = take.picture(seen.study.only(seen.measure), seen.measure, seen.entity, suffix)
    assert drawn[:4] == b"\x89PNG" if suffix == "png" else ElementTree.fromstring(drawn).tag.endswith("svg")


# ---------------------------------------------------------------- files that are sent


BAD = {
    "no scenario": (b"hello: there\n", "unknown key"),
    "no text": (b"\x89PNG\r\n\x1a\n\x00\x00", "mine.yaml"),
    "alias": (HEAD.encode() + b"levers: &a {}\ntimeline: [*a]\n", "anchors and aliases"),
    "tag": (HEAD.replace("Mine", "!!python/object/apply:os.system ['true']").encode(), "tags"),
    "too large": (b"# " + b"x" * 1_100_000, "mine.yaml"),
    "deep": (HEAD.encode() + b"levers: " + b"[" * 40 + b"]" * 40, "nested deeper"),
    "loop": (HEAD.replace("baseline", "uploaded").encode(), "loop"),
    "another pack": (HEAD.replace("extends: baseline", "pack: nowhere").encode(), "nowhere"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_one_line(kind: str, app_state: AppState) -> None:
    sent, message = BAD[kind]
    with pytest.raises(UserError) as refused:
        uploaded(sent, "mine.yaml", app_state.loaded)
    told = str(refused.value)
    assert message in told
    assert "\n" not in told
    assert "/tmp" not in told


def test_a_file_too_long_for_the_page_is_refused(app_state: AppState) -> None:
    with pytest.raises(OptionError, match=f"{LONGEST} at most"):
        uploaded(f"{HEAD}horizon: 2100Q4\n".encode(), "mine.yaml", app_state.loaded)


def test_a_good_file_is_the_scenario(app_state: AppState) -> None:
    own = uploaded(HEAD.replace("Mine", f"'{HOSTILE}'").encode(), "<b>.yaml", app_state.loaded)
    assert own.title == HOSTILE
    with pytest.raises(FileError, match="<b>"):
        uploaded(b"a: 1\n", "<b>.yaml", app_state.loaded)


# ---------------------------------------------------------------- starting and stopping


def test_a_port_in_use_is_one_line(refused: Callable[..., str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"--port {port}: cannot be used" in refused("page", "--port", str(port))


def test_a_scenario_that_does_not_exist_is_one_line(refused: Callable[..., str]) -> None:
    assert "did you mean 'baseline'" in refused("page", "baselin", "--port", str(_free()))


def test_protection_stays_on() -> None:
    given = server.options("127.0.0.1", 1)
    assert given["server_enableCORS"]
    assert given["server_enableXsrfProtection"]
    assert "127.0.0.1" in given["server_allowedHosts"]
    assert (given["browser_gatherUsageStats"], given["server_maxUploadSize"]) == (False, 1)
    assert given["client_showErrorDetails"] == "none"
    assert server.options("0.0.0.0", 1)["server_allowedHosts"] == []


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A page that answers, and its port."""
    port = _free()
    command = [str(Path(sys.executable).parent / "cordiale"), "page", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        yield process, port
    finally:
        process.kill()
        process.communicate()


def test_strangers_are_kept_out_and_ctrl_c_leaves_no_trace(served: tuple[subprocess.Popen[str], int]) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    process, port = served
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", origin=f"http://127.0.0.1:{port}"):
        pass
    with pytest.raises(InvalidStatus, match="403"), \
            connect(f"ws://127.0.0.1:{port}/_stcore/stream", origin="http://elsewhere.example"):  # fmt: skip
        pass
    stranger = f"elsewhere.example:{port}"
    with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(InvalidStatus, match="403"), \
            connect(f"ws://{stranger}/_stcore/stream", sock=plain, origin=f"http://{stranger}"):  # fmt: skip
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    assert "Traceback" not in out + err


def test_the_core_does_without_streamlit() -> None:
    code = "import sys, cordiale, cordiale.cli.output, cordiale.page.server; assert 'streamlit' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_all_scenarios_of_the_pack_are_offered(app_state: AppState) -> None:
    assert set(app_state.scenarios) == set(scenario_names(app_state.pack.name))
    assert app_state.opening == (BASE, QUAD)


def test_orders_travel_light(app_state: AppState) -> None:
    import pickle

    scenario = app_state.scenarios[QUAD]
    assert len(pickle.dumps(work.Order.of(scenario))) < len(pickle.dumps(scenario)) / 10
