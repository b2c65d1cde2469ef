"""A logit with a normal prior against statsmodels, against brute force, and against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from cordiale.analysis.hazards import auc, curve, fit, log_loss

LUCK = np.random.default_rng(3)
DESIGN = np.column_stack([np.ones(400), LUCK.normal(size=(400, 2))])
HAPPENED = LUCK.random(400) < expit(DESIGN @ [-1.5, 0.8, -0.4])
FLAT = np.full(3, np.inf)


def test_without_a_prior_it_is_statsmodels() -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    theirs = statsmodels.Logit(HAPPENED.astype(float), DESIGN).fit(disp=0, tol=1e-12)
    ours = fit(DESIGN, HAPPENED, np.zeros(3), FLAT)
    assert ours.estimate == pytest.approx(theirs.params, abs=1e-6)
    assert ours.deviation == pytest.approx(theirs.bse, rel=1e-5)


def test_with_a_prior_it_is_the_top_of_the_posterior() -> None:
    """One coefficient, looked for on a grid; its spread near that of the whole posterior."""
    x, came = DESIGN[:60, 1:2], HAPPENED[:60]
    found = fit(x, came, np.array([0.4]), np.array([0.3]))

    def log_posterior(b: float) -> float:
        chance = expit(b * x[:, 0])
        return float(np.log(np.where(came, chance, 1 - chance)).sum() - (b - 0.4) ** 2 / (2 * 0.3**2))

    grid = np.linspace(-2, 3, 50_001)
    assert found.estimate[0] == pytest.approx(grid[np.argmax([log_posterior(b) for b in grid])], abs=1e-4)
    top = log_posterior(found.estimate[0])
    moments = [quad(lambda b, k=k: b**k * np.exp(log_posterior(b) - top), -3, 4)[0] for k in range(3)]  # type: ignore[misc]
    spread = np.sqrt(moments[2] / moments[0] - (moments[1] / moments[0]) ** 2)
    assert found.deviation[0] == pytest.approx(spread, rel=0.03)


def test_a_narrow_prior_is_not_moved_and_its_mean_counts() -> None:
    found = fit(DESIGN, HAPPENED, np.array([0.0, 2.0, 1.0]), np.array([np.inf, 1e-4, 1e-4]))
    assert found.estimate[1:] == pytest.approx([2, 1], abs=1e-4)
    assert found.interval(1) == pytest.approx((2 - 1.96e-4, 2 + 1.96e-4), abs=1e-5)


def test_nothing_that_happened_leaves_the_intercept_to_its_prior() -> None:
    found = fit(np.ones((50, 1)), np.zeros(50, dtype=bool), np.array([-5.0]), np.array([2.0]))
    assert -7 < found.estimate[0] < -5


def test_auc_counts_pairs() -> None:
    chance, came = np.round(LUCK.random(60), 1), LUCK.random(60) < 0.3
    pairs = [(a > b) + (a == b) / 2 for a in chance[came] for b in chance[~came]]
    assert auc(chance, came) == pytest.approx(np.mean(pairs))
    alarms, hits = curve(chance, came)
    assert np.trapezoid(hits, alarms) == pytest.approx(auc(chance, came))
    assert (alarms[0], hits[0], alarms[-1], hits[-1]) == (0, 0, 1, 1)
    assert np.isnan(auc(chance, np.ones(60, dtype=bool)))


def test_log_loss_by_hand() -> None:
    assert log_loss(np.array([0.5, 0.25]), np.array([True, False])) == pytest.approx(-(np.log(0.5) + np.log(0.75)) / 2)
