"""A user's own state behaviour: one method overridden, from Python or named in a pack."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cordiale
from cordiale.engine.sample import Sampler
from cordiale.models.diplomacy import terms, ties
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.random import Array
from cordiale.scenario.file import find_scenario
from cordiale.scenario.load import load_scenario
from tests.rules.test_same_world import copy_of_pack
from tests.worlds import begun


class Fearless(cordiale.State):
    """A state that no pressure deters: the tutorial's example."""

    def exposure(self) -> Array:
        """Nothing, whatever it draws: (N, W)."""
        return 0.0 * super().exposure()


def last_world(
    worlds: int, behaviour: dict[str, type[cordiale.State]], scenario_name: str = "chinese_coercion"
) -> Diplomacy:
    scenario = load_scenario(scenario_name)
    model = begun(scenario, worlds, behaviour)
    for _ in range(scenario.quarters):
        model.step()
    return model


@pytest.mark.parametrize("worlds", [1, 300])
def test_one_overridden_term_works_for_any_number_of_worlds(worlds: int) -> None:
    model = last_world(worlds, {"JPN": Fearless})
    assert model.now.worlds == worlds
    assert np.isfinite(model.now.change).all()
    model.look()
    japan, both = model.states[model.structure.names.states.index("JPN")], ties.values(model, ["exposure"])["exposure"]
    assert not japan.exposure().any()
    for partner in range(len(model.states)):
        if partner != japan.i:
            half = model.states[partner].exposure()[japan.i] / 2
            assert both[model.structure.dyad[japan.i, partner]] == pytest.approx(half, abs=1e-15)


def test_exposure_is_told_of_the_one_who_is_pressed() -> None:
    """A state's own row holds the pressure on itself, and that of a tie is the mean of both rows."""
    model = last_world(1, {})
    model.look()
    rows = np.stack([state.exposure()[:, 0] for state in model.states])
    assert (rows != rows.T).any()
    whole = ties.values(model, ["exposure"])["exposure"][:, 0]
    one, other = model.structure.one, model.structure.other
    assert whole == pytest.approx((rows[one, other] + rows[other, one]) / 2, abs=1e-15)


@pytest.mark.parametrize("name", [*terms.BY_AREA, *terms.BY_PAIR, *terms.OTHERS])
def test_a_term_that_overrides_nothing_changes_nothing(name: str) -> None:
    """Every state gives its own row of what it has anyway: each tie is the mean of both rows."""

    def same(self: cordiale.State) -> Any:
        return getattr(super(kind, self), name)()

    kind = type("Same", (cordiale.State,), {name: same})
    scenario = load_scenario("chinese_coercion")
    usual = begun(scenario, 3, dict.fromkeys(scenario.names.states, cordiale.State))
    own = begun(scenario, 3, dict.fromkeys(scenario.names.states, kind))
    for _ in range(9):
        usual.step()
        own.step()
    assert np.allclose(usual.now.change, own.now.change, rtol=0, atol=1e-12)
    assert np.array_equal(usual.now.recent, own.now.recent)


def test_world_zero_is_the_same_alone_and_in_company() -> None:
    alone, company = last_world(1, {"JPN": Fearless}), last_world(40, {"JPN": Fearless})
    assert np.array_equal(alone.now.trust[..., 0], company.now.trust[..., 0])


def test_behaviour_changes_outcomes_through_the_public_function(tmp_path: Path) -> None:
    options = {"worlds": 40, "set": {"horizon": "2023Q4"}}
    usual = cordiale.run("chinese_coercion", out=tmp_path / "usual", **options)
    fearless = cordiale.run("chinese_coercion", out=tmp_path / "fearless", behaviour={"JPN": Fearless}, **options)
    assert fearless.manifest["behaviour"]["JPN"].endswith(":Fearless")
    assert (usual.values("alignment:FRA-JPN") != fearless.values("alignment:FRA-JPN")).any()


def test_a_hedger_is_a_state_with_one_other_term() -> None:
    own = {name for name in vars(cordiale.Hedger) if not name.startswith("_")}
    assert own == {"leaning"}


def test_a_hedger_offsets_a_share_of_what_one_pole_gains_on_the_other() -> None:
    scenario = load_scenario("us_retrenchment")
    model = begun(scenario, 50, {"SGP": cordiale.Hedger})
    for _ in range(12):
        model.step()
    structure, names = model.structure, scenario.names
    usa, china = (names.states.index(code) for code in ("USA", "CHN"))
    gained = [
        model.gains[structure.everything, structure.dyad[names.states.index("SGP"), pole]] for pole in (usa, china)
    ]
    leaning = model.states[names.states.index("SGP")].leaning()
    assert np.abs(gained).min() > 0
    assert np.allclose(leaning[usa], -model.numbers.weight.leaning * (gained[0] - gained[1]))
    assert np.array_equal(leaning[china], -leaning[usa])
    assert not np.delete(leaning, [usa, china], axis=0).any()


class Shunner(cordiale.State):
    """Keeps away from both poles."""

    def leaning(self) -> Array:
        result = np.zeros((len(self.structure.names.states), self.world.worlds))
        result[[*self.structure.poles]] = -1.0
        return result


def as_behaving(kind: type[cordiale.State]) -> tuple[float, float, float]:
    """Return of states between the poles, under coercion: evenness, engagement, and how far their two ties part."""
    scenario = load_scenario("chinese_coercion")
    between = [code for code, each in scenario.loaded.pack.states.items() if each.behaviour == "Hedger"]
    rules = scenario.family.rules(scenario.loaded)
    rules = replace(rules, behaviour={**rules.behaviour, **dict.fromkeys(between, kind)})
    ties = [f"strength:{scenario.names.dyad(f'{code}-{pole}')}" for pole in ("USA", "CHN") for code in between]
    found = Sampler([scenario], ["hedging", "engagement", *ties], rules).measured(64)[0]
    states = [scenario.names.states.index(code) for code in between]
    moved = np.stack([found[tie][:, -1] - found[tie][:, 0] for tie in ties])
    first, second = np.split(moved, 2)
    even, engaged = (float(found[name][:, -1, states].mean()) for name in ("hedging", "engagement"))
    return even, engaged, float(np.abs(first - second).mean())


def test_a_hedger_seeks_both_poles_and_is_told_from_one_that_shuns_them() -> None:
    """Both stand as evenly (Kuik 2008): what tells them apart is what they keep with both."""
    usual, hedger, shunner = (as_behaving(kind) for kind in (cordiale.State, cordiale.Hedger, Shunner))
    assert hedger[2] < 0.8 * usual[2], "its ties part less, whoever presses"
    assert abs(shunner[0] - hedger[0]) < 0.05, "evenness does not tell the two"
    assert hedger[1] > usual[1] > shunner[1] + 0.05, "engagement does"


def test_pack_names_a_class_of_an_allowed_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of_pack(tmp_path)
    text = (folder / "JPN.yaml").read_text("utf-8").replace("behaviour: State", "behaviour: my_states:Calm")
    (folder / "JPN.yaml").write_text(text, "utf-8")
    code = "import cordiale\n\nclass Calm(cordiale.State):\n"
    code += "    def exposure(self):\n        return 0 * super().exposure()\n"
    (tmp_path / "my_states.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    scenario = load_scenario(find_scenario("baseline").path, pack=str(folder))
    with pytest.raises(cordiale.FileError, match=r"JPN\.yaml:\d+:\d+.*not allowed"):
        DIPLOMACY.rules(scenario.loaded)
    assert "my_states" not in sys.modules, "a module that is not allowed was imported"
    assert DIPLOMACY.rules(scenario.loaded, allowed=["my_states"]).behaviour["JPN"].__name__ == "Calm"


def test_mesa_sees_a_model_with_one_agent_a_state() -> None:
    import mesa

    scenario = load_scenario("baseline")
    model = begun(scenario, 5)
    assert isinstance(model, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert [agent.code for agent in model.agents] == scenario.names.states
    model.step()
    assert model.steps == 1


def test_a_model_goes_when_nobody_needs_it() -> None:
    """Mesa 3.3 keeps a table of all models that ever numbered agents; a study makes one a block."""
    import gc
    import weakref

    model = weakref.ref(begun(load_scenario("baseline"), 2))
    gc.collect()
    assert model() is None
