"""What theory promises, measured: rates on quadratics, edges of stability, how far noise reaches."""

import math

import numpy as np
import pytest

from lectopt import (
    conjugate_gradient_pr,
    diverged,
    gradient_descent,
    lbfgs,
    line_fit,
    minibatches,
    momentum,
    momentum_ema,
    nesterov,
    newton,
    quadratic,
    run,
    scattered,
    sweep,
)

# κ = L / μ with μ = 1: rate of gradient descent at 2 / (L + μ), Polyak's momentum, and Nesterov's at 1 / L
RATES = {10: (0.818182, 0.519494, 0.683772), 100: (0.980198, 0.818182, 0.9), 1000: (0.998002, 0.938693, 0.968377)}


def best(kappa):
    """Each method with its best parameters for curvatures from 1 to κ."""
    root = math.sqrt(kappa)
    return (
        (gradient_descent, {"lr": 2 / (kappa + 1)}),
        (momentum, {"lr": (2 / (root + 1)) ** 2, "beta": ((root - 1) / (root + 1)) ** 2}),
        (nesterov, {"lr": 1 / kappa, "beta": (root - 1) / (root + 1)}),
    )


def measured_rate(method, f, theta0, steps, **hyper):
    """The mean factor a step by which the distance to 0 shrank over the second half."""
    distance = np.linalg.norm(run(method, f, theta0, steps, **hyper), axis=-1)
    return (distance[-1] / distance[steps // 2]) ** (2 / steps)


@pytest.mark.parametrize("angle", [0.0, 0.6])
@pytest.mark.parametrize("kappa", RATES)
def test_rates(kappa, angle):
    """Within 1%, along the axes and across."""
    for (method, hyper), expected in zip(best(kappa), RATES[kappa], strict=True):
        for steps in (200, 400):
            rate = measured_rate(method, quadratic([1.0, kappa], angle=angle), [1.0, 1.0], steps, **hyper)
            assert rate == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("kappa", RATES)
def test_no_other_parameters_are_better(kappa):
    """On a grid around Polyak's pair, by the spectral radius of a step; and [S]'s α + β = 1 is not it."""
    (_, gd), (_, polyak), _ = best(kappa)
    rate = RATES[kappa][1]
    lr = polyak["lr"] * np.geomspace(0.5, 2, 41)[:, None]
    beta = np.linspace(0, 0.99, 100)
    assert radius(kappa, lr, beta).min() >= rate - 1e-6
    assert radius(kappa, polyak["lr"], polyak["beta"]) == pytest.approx(rate, abs=1e-6)
    lr = np.linspace(1e-4, 1, 2000)
    assert radius(kappa, lr, 1 - lr).min() > rate + 0.01
    assert radius(kappa, gd["lr"], 0.0) == pytest.approx(RATES[kappa][0], abs=1e-6)
    if kappa == 10:
        assert polyak["lr"] + polyak["beta"] == pytest.approx(0.50, abs=0.005)
    assert radius(1.0, 0.1, 0.9) == pytest.approx(0.9487, abs=5e-5)  # one curvature 1, the pair (0.1, 0.9)


def radius(kappa, lr, beta):
    """The spectral radius of momentum's step on curvatures 1 and κ: the roots of z² − (1 + β − lr λ) z + β."""
    radii = []
    for curvature in (1.0, kappa):
        middle = (1 + beta - lr * curvature) / 2
        root = np.sqrt(middle**2 - beta + 0j)
        radii.append(np.maximum(abs(middle + root), abs(middle - root)))
    return np.maximum(*radii)


def edges(method, f, theta0, low, high, **hyper):
    """Where each run, one a hyper-parameter, begins to diverge as lr grows: bisection, all runs at once, to 1e-3."""
    while (high - low > 5e-4 * low).any():
        lr = (low + high) / 2
        losses = run(method, f, theta0, 4000, lr=lr, keep=lambda theta, *_: f(theta), **hyper)
        away = diverged(losses)[:, None]
        low, high = np.where(away, low, lr), np.where(away, lr, high)
    return (low + high) / 2


def test_edges_of_stability():
    """2 / L for descent, 2 (1 + β) / L for momentum; (1 + β) / (1 + 2 β) of 2 / L for Nesterov's."""
    L, beta = 30.0, np.array([0.0, 0.3, 0.6, 0.9])[:, None]
    for method, expected, hyper in [
        (gradient_descent, np.array([[2 / L]]), {}),
        (momentum, 2 * (1 + beta) / L, {"beta": beta}),
        (momentum_ema, 2 * (1 + beta) / (1 - beta) / L, {"beta": beta}),
        (nesterov, 2 * (1 + beta) / (1 + 2 * beta) / L, {"beta": beta}),
    ]:
        found = edges(method, quadratic([0.3 * L, L]), [1.0, 1.0], expected / 3, expected * 2, **hyper)
        np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_the_line_fits_numbers():
    """[S]'s example: eigenvalues 1.675445 and 14.324555; best step 0.125, edge 0.139620, Polyak's pair."""
    f = line_fit()
    theta0 = f.start
    distance = np.linalg.norm(run(gradient_descent, f, theta0, 60, lr=0.125) - f.minimizers[0], axis=-1)
    np.testing.assert_allclose(distance[1:] / distance[:-1], 0.790569, atol=1e-6)
    found = edges(gradient_descent, f, theta0, np.array([[0.01]]), np.array([[1.0]]))
    assert found.item() == pytest.approx(0.139620, rel=1e-3)
    kappa = 8.549704
    root = math.sqrt(kappa)
    assert ((root - 1) / (root + 1)) ** 2 == pytest.approx(0.240408, abs=1e-6)
    assert (2 / (root + 1)) ** 2 / 1.675445 == pytest.approx(0.155051, abs=1e-6)
    path = run(momentum, f, theta0, 60, lr=0.155051, beta=0.240408) - f.minimizers[0]
    distance = np.linalg.norm(path, axis=-1)
    assert (distance[40] / distance[20]) ** (1 / 20) == pytest.approx(math.sqrt(0.240408), rel=0.05)


def test_the_whole_stable_region_in_one_sweep():
    """2,500 pairs (lr, β): a run diverges exactly where lr · L > 2 (1 + β)."""
    f = quadratic([1.0, 10.0])
    lr, beta = np.linspace(0.01, 0.5, 50), np.linspace(0, 0.95, 50)
    result = sweep(momentum, f, [1.0, 1.0], 1500, lr=lr, beta=beta, keep=lambda theta, v: f(theta))
    margin = lr[:, None] * 10 / (2 + 2 * beta) - 1
    clear = np.abs(margin) > 0.01
    np.testing.assert_array_equal(diverged(result.path)[clear], (margin > 0)[clear])


def test_a_step_of_curvature_is_worth_hundreds_of_descent():
    """Steps until the loss is 1e-10 of the first, on κ = 1000."""
    f, (gd, polyak, _) = quadratic([1.0, 1000.0], angle=0.6), best(1000)
    needed = {}
    for method, hyper in (gd, polyak, (newton, {}), (lbfgs, {}), (conjugate_gradient_pr, {})):
        losses = f(run(method, f, [1.0, 1.0], 12_000 if method is gradient_descent else 500, **hyper))
        needed[method.__name__] = int(np.argmax(losses < 1e-10 * losses[0]))
    assert needed["newton"] == 1
    assert max(needed["lbfgs"], needed["conjugate_gradient_pr"]) <= 10
    assert needed["gradient_descent"] == pytest.approx(math.log(1e-10) / 2 / math.log(RATES[1000][0]), rel=0.1)
    assert needed["gradient_descent"] > 20 * needed["momentum"]


def test_the_noise_floor_grows_with_lr():
    """Bottou, Curtis and Nocedal: on a quadratic, θ's variance settles at lr σ² / (λ (2 − lr λ))."""
    rng = np.random.default_rng(1)
    f = scattered(quadratic([1.0, 4.0]), 100, 1.0, rng)
    stream = minibatches(f, 1, rng, replace=True)
    lr = np.array([0.05, 0.1, 0.2])[:, None]
    theta = run(gradient_descent, stream, np.zeros(2), 20_000, lr=lr)[2000:]
    expected = lr / (np.array([1.0, 4.0]) * (2 - lr * np.array([1.0, 4.0])))
    np.testing.assert_allclose(theta.var(axis=0), expected, rtol=0.12)
