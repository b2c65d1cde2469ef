"""A behaviour that fails in some worlds costs those worlds and no other, and is told of everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cordiale
from cordiale.analysis.compare import compare
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.random import Array
from cordiale.output.charts.titles import caption
from cordiale.study.findings import findings
from cordiale.study.quantiles import summary

SHORT = {"horizon": "2019Q1"}
WORLDS = 40
BAD = (3, 17, 18)


def bad(state: cordiale.State) -> Array:
    """Mark the worlds of a block that have a bad number, which hangs on the world and not on the block."""
    first = state.view.streams.first
    return np.isin(np.arange(first, first + state.world.worlds), BAD)


class Raises(cordiale.State):
    """Fails in some worlds from the second quarter on."""

    def likeness(self) -> Array:
        if self.view.quarter == 1 and bad(self).any():
            raise ValueError("no likeness\nfor that")
        return super().likeness()


class NotANumber(cordiale.State):
    """Returns what is no number in some worlds, where the model's comparisons would swallow it."""

    def likeness(self) -> Array:
        found = np.array(super().likeness())
        found[:, bad(self)] = np.nan
        return found


class Always(cordiale.State):
    """Fails everywhere once a quarter has passed."""

    def likeness(self) -> Array:
        if self.view.quarter:
            raise ValueError("never")
        return super().likeness()


class AtOnce(cordiale.State):
    """Fails before there is a world."""

    def likeness(self) -> Array:
        raise ValueError("no\nlikeness")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    class Sound(cordiale.State):
        """As the model's own."""

    out = tmp_path_factory.mktemp("sound") / "study"
    return cordiale.run("baseline", worlds=WORLDS, set=SHORT, out=out, behaviour={"FRA": Sound})


@pytest.mark.parametrize(("kind", "told"), [(Raises, "ValueError: no likeness"), (NotANumber, "not a number")])
@pytest.mark.parametrize("block", [7, 40])
def test_worlds_that_fail_are_kept_out_and_no_other(
    kind: type[cordiale.State], told: str, block: int, sound: cordiale.Study, tmp_path: Path
) -> None:
    out = tmp_path / "study"
    study = cordiale.run("baseline", worlds=WORLDS, set=SHORT, out=out, behaviour={"FRA": kind}, block=block)
    assert tuple(study.failed) == BAD
    assert all(told in fault and "\n" not in fault for fault in study.failed.values())
    others = [world for world in range(WORLDS) if world not in BAD]
    assert study.worlds == len(others)
    for measure in study.measures():
        assert np.array_equal(study.values(measure), sound.values(measure)[others])
    assert list(study.inputs().index) == others
    assert sorted(set(study.frame("alignment:FRA-JPN")["world"])) == others


@pytest.mark.parametrize(("method", "code"), [*((name, "JPN") for name in cordiale.State.TERMS), ("press", "CHN")])
def test_what_is_not_a_number_is_told_with_whose_it_is(method: str, code: str, tmp_path: Path) -> None:
    def spoilt(state: cordiale.State, answer: Array) -> Array:
        found = np.array(np.broadcast_to(answer, (len(answer), state.world.worlds)), dtype=float)
        found[:, bad(state)] = np.nan
        return found

    def failing(self: cordiale.State) -> Array | list[Array]:
        answer = getattr(super(Doubtful, self), method)()
        return [spoilt(self, each) for each in answer] if isinstance(answer, list) else spoilt(self, answer)

    Doubtful = type("Doubtful", (cordiale.Challenger if method == "press" else cordiale.State,), {method: failing})
    study = cordiale.run("baseline", worlds=5, set=SHORT, out=tmp_path / "study", behaviour={code: Doubtful})
    assert study.failed == {3: f"ArithmeticError: Doubtful.{method} of {code} returns what is not a number"}


def test_the_count_is_told_on_charts_tables_and_in_findings(sound: cordiale.Study, tmp_path: Path) -> None:
    study = cordiale.run("baseline", worlds=WORLDS, set=SHORT, out=tmp_path / "study", behaviour={"FRA": Raises})
    assert "37 worlds (3 kept out)" in caption(study, "")
    assert "kept out" not in caption(sound, "")
    assert set(summary(study)["kept_out"]) == {3}
    assert "3 of 40 worlds are kept out of everything here" in findings(study)[-1]
    assert "test_failing_behaviour.py:" in findings(study)[-1]


def test_a_world_that_fails_in_one_scenario_is_missing_from_all(tmp_path: Path) -> None:
    quad = list(cordiale.load_pack().case.formats).index("quad")

    class FailsInTheQuad(cordiale.State):
        """Fails in some worlds once it is a member."""

        def likeness(self) -> Array:
            member = self.world.member[quad, self.i] & bad(self)
            if member.any() and self.view.quarter > 3:
                raise ValueError("in the Quad")
            return super().likeness()

    names = ["baseline", "france_joins_quad"]
    study = cordiale.run(
        names, worlds=WORLDS, set={"horizon": "2020Q2"}, out=tmp_path / "s", behaviour={"FRA": FailsInTheQuad}
    )
    assert study.failed
    assert set(study.failed) <= set(BAD)
    assert {len(study.values("alignment", scenario=name)) for name in names} == {study.worlds}
    compare(study).every_world(tmp_path / "differences.parquet")
    assert set(pd.read_parquet(tmp_path / "differences.parquet")["world"]) == set(range(WORLDS)) - set(study.failed)


def test_a_behaviour_that_fails_everywhere_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(cordiale.StudyError, match="a behaviour failed in every world: ValueError: never") as caught:
        cordiale.run("baseline", worlds=5, set=SHORT, out=tmp_path / "study", behaviour={"FRA": Always})
    assert "\n" not in str(caught.value)


def test_a_behaviour_that_fails_before_there_is_a_world_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(cordiale.OptionError, match="where every number has its best value: ValueError: no") as caught:
        cordiale.run("baseline", worlds=5, set=SHORT, out=tmp_path / "study", behaviour={"FRA": AtOnce})
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "study").exists()


def test_a_fault_of_ours_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object) -> Array:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(Diplomacy, "step", broken)
    with pytest.raises(ZeroDivisionError):
        cordiale.run("baseline", worlds=5, set=SHORT, out=tmp_path / "study")
