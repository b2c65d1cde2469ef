"""The page of a case from another region: its answers are made at the first start, and it speaks of nothing else."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.answering import answers_of
from cordiale.analysis.answers import Answers, key_of_files
from cordiale.output.charts.network import NODES
from cordiale.page.behind import _looks, _words, frames
from cordiale.page.state import AppState
from tests.page.conftest import Site, fault_of, text_of

SHIPPED = re.compile(r"Pajon|Ifri|indo_pacific|\b(FRA|JPN|CHN|USA)\b|Tokyo|Paris|France|Japan")
PATHS = ("/", "/levers", "/network", "/world", "/claims", "/sources", "/policies", "/limits")
WORLDS = 6
PACK = "baltic_2024"
KEPT = Path("outputs") / f"answers-{PACK}.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory with the pack, in which the page's answers are of few worlds."""
    folder = tmp_path_factory.mktemp("baltic")
    shutil.copytree(Path(__file__).parents[1] / "data" / "baltic", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        here.setattr("cordiale.analysis.answering.answers_of", partial(answers_of, worlds=WORLDS))
        yield folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    """The page, with its answers made."""
    made = AppState()
    made.begin()
    yield Site(made)
    made.stop()


@pytest.mark.parametrize("path", PATHS)
def test_the_page_speaks_of_the_case(site: Site, path: str) -> None:
    shown = site.get(f"{path}?worlds=64" if path not in ("/claims", "/limits") else path)
    told = text_of(shown)
    assert shown.status_code == 200
    assert not SHIPPED.search(told), SHIPPED.search(told)
    assert "Estonia and Finland" in told  # in one order, that of measures


def test_each_scenario_is_a_question_of_the_headline(site: Site) -> None:
    answers = site.state.answers
    assert answers is not None
    assert [each.ask for each in answers.first] == [
        "What if Finland speaks out?", "What if the coast guards patrol together?",
    ]  # fmt: skip
    for each in answers.first:
        assert each.gain == each.whole
        told = text_of(site.get(f"/?q={each.name}"))
        assert each.ask in told
        assert "more question" not in told, "there are no others"
        assert ("cheaper way" in told) == (each.cost is not None and each.gain.gains)


def test_a_screen_is_that_of_a_study_of_the_two_scenarios(site: Site, tmp_path: Path) -> None:
    given = {"worlds": WORLDS, "seed": 3}
    scenarios = [cordiale.load_scenario(name, pack=PACK, set=given) for name in ("baseline", "joint_patrols")]
    study = cordiale.run(scenarios, out=tmp_path / "study")
    mine, theirs = (study.values("alignment", "EST-FIN", name)[:, -1] for name in ("joint_patrols", "baseline"))
    answers = site.state.answers
    assert answers is not None
    found = answers.of("joint_patrols")
    assert found is not None
    assert found.gain.mean == pytest.approx((mine - theirs).mean(), rel=1e-5)
    assert found.gain.after == pytest.approx(mine.mean(), rel=1e-5)


# ---------------------------------------------------------------- made at the first start


def test_while_answers_are_made_every_screen_says_how_far_they_are(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree("agents", tmp_path / "agents")
    shutil.copytree("scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    state = AppState(PACK)
    gate, reached = threading.Event(), threading.Event()
    made = site.state.answers

    def slowly(*_: object, progress: object, **__: object) -> Answers | None:
        assert callable(progress)
        progress(3, WORLDS)
        reached.set()
        assert gate.wait(60)
        return made

    monkeypatch.setattr("cordiale.analysis.answering.answers_of", slowly)
    here = Site(state)
    assert "The answers are being made" in text_of(here.get("/"))
    beginning = threading.Thread(target=state.begin)
    beginning.start()
    try:
        assert reached.wait(60)
        for path in ("/data.csv", "/figure.png", "/scenario/policy.yaml"):
            assert (here.get(path).status_code, here.get(path).headers["retry-after"]) == (503, "5")
        for path in PATHS:
            shown = here.get(path)
            assert shown.status_code == 200
            assert f"3 of {WORLDS} worlds" in text_of(shown)
        assert here.get("/health").text == "ok"
        with ThreadPoolExecutor(1) as visitor:
            events = visitor.submit(here.get, "/progress")
            gate.set()
            told = events.result().text.split("\n\n")
    finally:
        gate.set()
        beginning.join()
        state.stop()
    assert told[-2:] == [f"data: 3 {WORLDS} ready", ""]
    assert "What if Finland speaks out?" in text_of(here.get("/"))


def test_answers_are_kept_and_taken_at_the_next_start_while_they_fit(site: Site, folder: Path) -> None:
    kept = Answers.model_validate_json(KEPT.read_bytes())
    assert (kept, kept.key, kept.worlds) == (site.state.answers, key_of_files(PACK), WORLDS)
    assert AppState(PACK).answers == kept  # nothing was begun, and so nothing was run
    changed = folder / "scenarios" / PACK / "joint_patrols.yaml"
    text = changed.read_text("utf-8")
    try:
        changed.write_text(text.replace("patrols_opened: 1", "patrols_opened: 0.5"), "utf-8")
        again = AppState(PACK)
        assert again.answers is None
        again.begin()
        again.stop()
        assert again.answers is not None
        assert again.answers.of("joint_patrols") != kept.of("joint_patrols")
        assert again.answers.of("helsinki_speaks") == kept.of("helsinki_speaks")
        assert Answers.model_validate_json(KEPT.read_bytes()) == again.answers
    finally:
        changed.write_text(text, "utf-8")
        KEPT.write_text(kept.model_dump_json() + "\n", "utf-8")


def test_what_lies_in_the_place_of_the_answers_is_not_written_over(site: Site) -> None:
    kept = KEPT.read_bytes()
    try:
        KEPT.write_text("my notes\n", "utf-8")
        state = AppState(PACK)
        state.begin()
        state.stop()
        assert KEPT.read_text("utf-8") == "my notes\n"
        assert Site(state).get("/").status_code == 200  # the answers are shown all the same
    finally:
        KEPT.write_bytes(kept)


def test_a_pack_with_a_fault_is_told_in_a_line(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(folder / "agents", tmp_path / "agents")
    shutil.copytree(folder / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    state = AppState(PACK)
    (tmp_path / "scenarios" / PACK / "joint_patrols.yaml").write_text("title: broken\n", "utf-8")
    state._loaded = None
    state.begin()
    state.stop()
    for path in PATHS:
        assert "joint_patrols.yaml:1:1: " in fault_of(Site(state).get(path))


# ---------------------------------------------------------------- blocs


def test_blocs_are_told_by_the_states_of_the_case(site: Site) -> None:
    loaded = site.state.loaded
    study = loaded.runs.study([loaded.scenarios["baseline"]], ["strength"], "a").result()
    found = frames(study, "baseline")
    alone = len(found["inks"]) - 1
    for look, words in zip(found["looks"], found["words"], strict=True):
        assert (set(look) == {alone}) == words.startswith("No blocs")
        assert words.startswith("No blocs") or all(name in words for name in found["names"])


def test_blocs_that_divide_nobody_are_not_shown() -> None:
    names = {"EST": "Estonia", "FIN": "Finland", "SWE": "Sweden", "DEU": "Germany", "POL": "Poland"}
    rows = np.array([[0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [0, 0, 0, 0, 1], [0, 0, 1, 1, 2], [0, 0, 1, 1, -5]])
    looks = _looks(rows)
    assert (looks[:3] == len(NODES)).all()
    assert looks[3, 0] == looks[3, 1] < looks[3, 2] == looks[3, 3] < len(NODES) == looks[3, 4]
    assert [_words(row, list(names), names) for row in rows] == [
        "No blocs: all states are in one.",
        "No blocs: each state is alone.",
        "No blocs: one has several states, and the others are alone.",
        "Blocs: Estonia, Finland; Sweden, Germany. In none: Poland.",
        "Blocs: Estonia, Finland; Sweden, Germany. No part: Poland.",
    ]
