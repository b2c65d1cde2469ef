"""Causes add up to the change, in every world and quarter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.engine.sample import Sampler
from cordiale.files.errors import OptionError
from cordiale.models.diplomacy.causes import TRUST
from cordiale.models.diplomacy.ties import LARGEST
from cordiale.scenario.load import load_scenario
from cordiale.study.attribution import Terms, causes, moved_by
from tests.worlds import begun


@pytest.fixture(scope="module", params=["baseline", "dual_use_revealed", "submarines_cancelled"])
def found(request: pytest.FixtureRequest) -> Terms:
    dyad = "AUS-FRA" if request.param == "submarines_cancelled" else "FRA-JPN"
    return causes(load_scenario(request.param), dyad, worlds=20, alone=True)


def test_causes_sum_to_the_change_of_each_quantity(found: Terms) -> None:
    for quantity, level in found.levels.items():
        parts = [part for (of, _), part in found.changes.items() if of == quantity]
        assert len(parts) > 1
        assert np.abs(np.sum(parts, axis=0) - np.diff(level, axis=1)).max() <= 1e-9, quantity


def test_what_is_a_measure_too_is_told_on_its_scale(found: Terms) -> None:
    measures = {name: f"{name}:{found.dyad}" for name in ("similarity", "activity")}
    measured = Sampler([found.scenario], list(measures.values())).worlds(0, found.worlds)[0]
    for name, measure in measures.items():
        assert np.allclose(found.levels[name][:, 1:], measured[measure][:, :, 0], atol=1e-12)


def test_the_breach_of_a_revelation_shows_in_its_quarter() -> None:
    found = causes(load_scenario("dual_use_revealed"), "FRA-JPN", worlds=20, alone=True)
    breach = found.changes["trust JPN>FRA", "breach"].mean(axis=0)
    assert breach.argmin() == found.quarters.index("2020Q1")


def test_terms_are_what_the_tie_has_gained() -> None:
    """Their sum, held within its bounds, is the change with which the model began the quarter."""
    scenario = load_scenario("baseline", set={"horizon": "2020Q4"})
    found = causes(scenario, "FRA-JPN", worlds=10)
    model = begun(scenario, 10)
    dyad, everything = model.structure.dyad[0, 1], model.structure.everything
    assert {"similarity", "threat", "trust", "need", "leaning", "exposure"} <= set(found.values)
    for quarter in range(scenario.quarters):
        model.step()
        whole = np.sum([part[:, quarter] for part in found.values.values()], axis=0)
        assert np.allclose(np.clip(whole, -LARGEST, LARGEST), model.now.change[everything, dyad], atol=1e-9)
    assert np.abs(whole).max() > 0.01


def test_trust_has_all_its_causes_both_ways(found: Terms) -> None:
    directions = [quantity for quantity in found.levels if quantity.startswith("trust")]
    assert len(directions) == 2
    for quantity in directions:
        assert {cause for of, cause in found.changes if of == quantity} == set(TRUST)


def test_an_unknown_dyad_is_refused() -> None:
    with pytest.raises(OptionError, match="did you mean 'FRA-JPN'"):
        causes(load_scenario("baseline"), "FRA-JPX", worlds=1)


def test_a_policy_is_read_against_the_baseline_unless_told_otherwise() -> None:
    policy = load_scenario("france_joins_quad")
    own = causes(policy, worlds=12)
    assert own.dyad == "FRA-JPN"
    assert own.against is not None
    assert own.against.name == "baseline"
    both = [causes(load_scenario(name), "FRA-JPN", worlds=12, alone=True) for name in ("france_joins_quad", "baseline")]
    for quantity in own.levels:
        apart = both[0].effect(quantity).mean - both[1].effect(quantity).mean
        assert own.effect(quantity).mean == pytest.approx(apart, abs=1e-12)
    assert causes(load_scenario("baseline"), worlds=2).against is None
    with pytest.raises(OptionError, match="--alone and --against"):
        causes(policy, worlds=2, against="baseline", alone=True)


def test_what_causes_add_sums_to_what_the_part_adds_as_it_is_and_as_it_is_printed() -> None:
    found = causes(load_scenario("france_joins_quad"), worlds=12)
    record = found.record()
    for each in record["effects"]:
        assert sum(each["causes"].values()) == pytest.approx(each["mean"], abs=1e-12)
    ((_, rows),) = found.rows()
    for part in {row["part"] for row in rows}:
        own = [row["adds"].split()[0].replace("−", "-") for row in rows if row["part"] == part]
        assert sum(map(float, own[:-1])) == pytest.approx(float(own[-1]), abs=1e-9)


def test_parts_are_weighted_as_they_are_in_the_headline(tmp_path: Path) -> None:
    """What activity and trust add here is what they move of alignment in a study of the same worlds."""
    study = cordiale.run(["baseline", "france_joins_quad"], worlds=12, out=tmp_path / "study")
    found, moved = study.causes(scenario="france_joins_quad"), moved_by(study, "france_joins_quad", "FRA-JPN")
    trust = sum(found.effect(quantity).mean for quantity in found.levels if quantity.startswith("trust"))
    assert trust == pytest.approx(moved["trust"], abs=1e-9)
    for part in ("activity", "similarity"):
        assert found.effect(part).mean == pytest.approx(moved[part], abs=1e-9)
