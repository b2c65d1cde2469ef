"""The page of a case from another region: it begins with that case's focus, and speaks of nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cordiale.output.charts.network import NODES
from cordiale.page import server
from cordiale.page.app_state import AppState
from cordiale.page.network import _looks, _words, frames
from cordiale.page.session import choice

SHIPPED = re.compile(r"Pajon|Ifri|indo_pacific|\b(FRA|JPN|CHN|USA)\b|Tokyo|Paris|France|Japan")
ROOMS = ("Network", "Why", "Claims", "One world", "Take it with you")


@pytest.fixture(scope="module")
def app_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppState]:
    folder = tmp_path_factory.mktemp("baltic")
    shutil.copytree(Path(__file__).parents[1] / "data" / "baltic", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        made = AppState("baltic_2024", ("baseline", "helsinki_speaks"))
        yield made
        made.runs.stop()


@pytest.mark.parametrize("state", [*({"room": room} for room in ROOMS), {"class": True}], ids=[*ROOMS, "class"])
def test_the_page_speaks_of_the_case(
    app_state: AppState, monkeypatch: pytest.MonkeyPatch, state: dict[str, object]
) -> None:
    monkeypatch.setattr("cordiale.page.app_state.app_state", lambda *_: app_state)
    opened = AppTest.from_file(server.APP, default_timeout=120)
    for key, value in state.items():
        opened.session_state[key] = value
    opened.run()
    assert not opened.exception
    kinds = (opened.title, opened.header, opened.subheader, opened.markdown, opened.caption, opened.code)
    told = " ".join(str(each.value) for kind in kinds for each in kind)
    assert not SHIPPED.search(told), SHIPPED.search(told)
    assert "Estonia and Finland" in told
    assert all(
        each.value in ("EST-FIN", "alignment") for each in opened.selectbox if each.label in ("Of the pair", "Pair")
    )


def test_blocs_are_told_by_the_states_of_the_case(app_state: AppState) -> None:
    chosen = choice(app_state.scenarios["baseline"], app_state.scenarios["helsinki_speaks"], {}, 6, app_state.seed)
    study = app_state.runs.shown(chosen.scenarios, "a").result()
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
