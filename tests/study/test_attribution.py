"""Causes add up to the change, in every world and quarter."""

from __future__ import annotations

import numpy as np
import pytest

from cordiale.engine.sample import Sampler
from cordiale.files.errors import OptionError
from cordiale.scenario.load import load_scenario
from cordiale.study.attribution import Terms, terms
from tests.worlds import begun


@pytest.fixture(scope="module", params=["baseline", "dual_use_revealed", "submarines_cancelled"])
def found(request: pytest.FixtureRequest) -> Terms:
    dyad = "AUS-FRA" if request.param == "submarines_cancelled" else "FRA-JPN"
    return terms(load_scenario(request.param), dyad, worlds=20)


def test_causes_sum_to_the_change_of_each_quantity(found: Terms) -> None:
    for quantity, level in found.levels.items():
        parts = [part for (of, _), part in found.changes.items() if of == quantity]
        assert len(parts) > 1
        assert np.abs(np.sum(parts, axis=0) - np.diff(level, axis=1)).max() <= 1e-9, quantity


def test_what_is_a_measure_too_is_told_on_its_scale(found: Terms) -> None:
    measures = {name: f"{name}:{found.dyad}" for name in ("similarity", "practice")}
    measured = Sampler([found.scenario], list(measures.values())).worlds(0, found.worlds)[0]
    for name, measure in measures.items():
        assert np.allclose(found.levels[name][:, 1:], measured[measure][:, :, 0], atol=1e-12)


def test_the_breach_of_a_revelation_shows_in_its_quarter() -> None:
    found = terms(load_scenario("dual_use_revealed"), "FRA-JPN", worlds=20)
    breach = found.changes["trust JPN>FRA", "breach"].mean(axis=0)
    assert breach.argmin() == found.quarters.index("2020Q1")


def test_values_are_the_terms_of_the_worth_of_an_initiative() -> None:
    """Their sum is the mean worth that the model used for its choices."""
    scenario = load_scenario("baseline")
    found = terms(scenario, "FRA-JPN", worlds=10)
    model = begun(scenario, 10)
    for quarter in range(3):
        model.step()
        for view, (i, j) in (("FRA>JPN", (0, 1)), ("JPN>FRA", (1, 0))):
            whole = sum(part[:, quarter] for part in found.values[view].values())
            assert np.allclose(whole, model.now.value[:, i, j], atol=1e-9)


def test_causes_of_trust_have_their_names_and_the_share_of_what_is_left() -> None:
    """What is delivered moves by a share of 1 - trust, a shortfall by one of trust, time towards the coding."""
    scenario = load_scenario("japan_contribution_stalled")
    model = begun(scenario, 6)
    for _ in range(12):
        before = model.now.trust
        model.step()
    weights, coded = model.parameters.weights, model.parameters.arrays["trust"]
    shown = set()
    for i in range(len(scenario.names.states)):
        causes, trust, late = model.trust_changes[i], before[:, i], model.shortfall[:, i]
        assert set(causes) == {"delivered", "breach", "shortfall", "return"}
        shares = causes["delivered"] / (weights["trust_gain"][:, None] * (1 - trust))
        assert np.isclose(shares, np.round(shares)).all()
        assert np.allclose(causes["shortfall"], -weights["trust_shortfall"][:, None] * trust * late)
        assert np.allclose(causes["return"], weights["trust_return"][:, None] * (coded[:, i] - trust))
        shown |= {cause for cause, change in causes.items() if np.abs(change).max() > 1e-6}
    assert shown >= {"delivered", "shortfall", "return"}


def test_consent_is_the_logistic_of_its_four_terms() -> None:
    """Who has the entrant's backing, trusts it, and thinks as it does, lets it in the more."""
    scenario = load_scenario("admm_entry_backed")
    model = begun(scenario, 3)
    for _ in range(8):
        model.step()
    backing = model.parameters.backing
    assert backing.any(), "the scenario backs an entry by now"
    for member, state in enumerate(model.states):
        found, weight = state.consent(), model.parameters.weights
        for world, entrant, group in np.ndindex(found.shape):
            utility = (
                weight["consent_openness"][world]
                + weight["consent_similarity"][world] * state.stage.similarity[world, member, entrant]
                + weight["consent_trust"][world] * (2 * state.world.trust[world, member, entrant] - 1)
                + weight["consent_backing"][world] * backing[0, entrant, group]
            )
            assert found[world, entrant, group] == pytest.approx(1 / (1 + np.exp(-utility)))


def test_an_unknown_dyad_is_refused() -> None:
    with pytest.raises(OptionError, match="did you mean 'FRA-JPN'"):
        terms(load_scenario("baseline"), "FRA-JPX", worlds=1)
