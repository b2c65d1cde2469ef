"""Two codings of a pack: what changes is what runs under each give, and the page says so."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.two_codings import CLEAR, LOST, NEITHER, NEW, TURNED, Moved, TwoCodings, two_codings
from cordiale.engine.sample import sample
from cordiale.output.pages.two_codings import page
from cordiale.scenario.load import load_scenario
from tests.conftest import Command

BALTIC = Path(__file__).parents[1] / "data" / "baltic"
CODING = "path,value\nEST.threat.RUS,0.9\nFIN>SWE.trust,0.9\nSWE>FIN.trust,0.3\n"


@pytest.fixture
def baltic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where the small pack lies, with a coding of it."""
    shutil.copytree(BALTIC, tmp_path, dirs_exist_ok=True)
    (tmp_path / "second.csv").write_text(CODING, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_effects_are_those_of_runs_under_each_coding(baltic: Path) -> None:
    found = two_codings("second.csv", "baltic_2024", worlds=8)
    names = ["baseline", *(each for each in ("helsinki_speaks", "joint_patrols"))]
    for coding, at in ((None, 0), ("second.csv", 1)):
        scenarios = [load_scenario(name, pack="baltic_2024", coding=coding) for name in names]
        measure = f"{scenarios[0].family.headline}:{found.focus.dyad}"
        ends = [each[measure][:, -1, 0] for each in sample(scenarios, [measure], 8)]
        for scenario, end in zip(scenarios[1:], ends[1:], strict=True):
            moved = next(each for each in found.moved if each.title == scenario.title)
            assert (moved.pack, moved.other)[at][0] == pytest.approx(float((end - ends[0]).mean()))
        assert found.levels[at][1] == pytest.approx(float(np.median(ends[0])))
    for each in found.moved:
        assert each.shift[0] == pytest.approx(each.other[0] - each.pack[0])
    assert found.by_topic == []  # the tables know no votes of these two
    text = page(found)
    assert "None." in text
    assert "In votes" not in text


INTERVALS = {
    CLEAR: ((1.0, 0.5, 1.5), (0.5, 0.1, 0.9)), TURNED: ((1.0, 0.5, 1.5), (-0.5, -0.9, -0.1)),
    LOST: ((1.0, 0.5, 1.5), (0.5, -0.1, 0.9)), NEW: ((1.0, -0.5, 1.5), (0.5, 0.1, 0.9)),
    NEITHER: ((1.0, -0.5, 1.5), (0.5, -0.1, 0.9)),
}  # fmt: skip


@pytest.mark.parametrize(("verdict", "ends"), INTERVALS.items(), ids=INTERVALS)
def test_verdicts(verdict: str, ends: tuple[tuple[float, float, float], tuple[float, float, float]]) -> None:
    pack, other = ends
    assert Moved("a", pack, other, (pack[1:], other[1:]), (0.0, 0.0, 0.0)).verdict == verdict


@pytest.fixture(scope="module")
def shipped() -> TwoCodings:
    """Compare the shipped coding from data."""
    return two_codings("data", "indo_pacific_2018", worlds=8)


def test_votes_put_the_two_closer_than_the_article_does(shipped: TwoCodings) -> None:
    pairs = [each for each in shipped.pairs if each.votes is not None]
    by_votes = sorted(pairs, key=lambda each: -(each.votes or 0)).index(shipped.focus)
    by_article = sorted(pairs, key=lambda each: -each.pack).index(shipped.focus)
    by_coding = sorted(pairs, key=lambda each: -each.other).index(shipped.focus)
    assert len(pairs) == 136
    assert by_votes < 30 < 100 < by_coding < by_article
    assert shipped.by_topic[0][:1] + shipped.by_topic[0][2:] == ("all contested votes", 24, 136)


def test_the_page_counts_what_its_table_shows(shipped: TwoCodings) -> None:
    text = page(shipped)
    rows = [line for line in text.splitlines() if line.startswith("| ") and line.count("(") >= 3]
    shown = Counter(line.split("|")[-2].strip() for line in rows)
    assert shown == Counter(each.verdict for each in shipped.moved)
    assert sum(shown.values()) == len(shipped.moved) > 50
    assert f"{shown[CLEAR]} change it clearly" in " ".join(text.split())


def test_the_command_writes_a_page_once(run_command: Command, baltic: Path) -> None:
    command = ("data", "second.csv", "--pack", "baltic_2024", "--worlds", "8")
    code, out, error = run_command(*command)
    assert (code, error) == (0, "")
    assert out.startswith("# Where data and article part")
    assert run_command(*command, "--out", "page.md")[0] == 0
    assert (baltic / "page.md").read_text("utf-8").strip().startswith("# Where data and article part")
    code, _, error = run_command(*command, "--out", "page.md")
    assert (code, "--replace" in error) == (2, True)
    code, _, error = run_command("data", "nothing", "--pack", "baltic_2024", "--worlds", "8")
    assert (code, error) == (2, "cordiale: no coding 'nothing': give the path of a csv\n")
