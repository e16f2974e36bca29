"""Line searches: the conditions hold for each run by itself, and a search without an answer says so."""

import functools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    armijo,
    dot,
    gradient_descent,
    himmelblau,
    quadratic,
    rosenbrock,
    run,
    steepest_descent,
    strong_wolfe,
)

CATALOG = (himmelblau(), rosenbrock(), quadratic([1.0, 1000.0], angle=0.5))


def situation(f, seed, *runs):
    """Random points, each with a random direction downhill of a random length."""
    rng = np.random.default_rng(seed)
    theta = rng.uniform(-3, 3, size=(*runs, 2))
    g = f.grad(theta)
    u = -g + rng.uniform(-0.9, 0.9, size=(*runs, 1)) * g[..., ::-1] * [1, -1]  # less than 45° away
    return theta, u * 10 ** rng.uniform(-4, 3, size=(*runs, 1)), g


@pytest.mark.parametrize("f", CATALOG, ids=lambda f: f.name)
@given(seed=st.integers(0, 2**32), start=st.sampled_from([1e-3, 1.0, 50.0]), c2=st.sampled_from([0.1, 0.5, 0.9]))
def test_strong_wolfe_conditions(f, seed, start, c2):
    theta, u, g = situation(f, seed, 5, 4)
    step = strong_wolfe(f, theta, u, g, start=start, c2=c2)
    assert step.shape == (5, 4, 1)
    assert (step > 0).all()
    slope = dot(g, u)
    assert (f(theta + step * u) <= (f(theta) + 1e-4 * step[..., 0] * slope) * (1 + 1e-15)).all()
    assert (np.abs(dot(f.grad(theta + step * u), u)) <= c2 * np.abs(slope)).all()
    alone = strong_wolfe(f, theta[2, 3], u[2, 3], g[2, 3], start=start, c2=c2)
    np.testing.assert_allclose(alone, step[2, 3], rtol=1e-9)  # its own step, whatever the others need


@pytest.mark.parametrize("f", CATALOG, ids=lambda f: f.name)
@given(seed=st.integers(0, 2**32), shrink=st.floats(0.1, 0.9))
def test_armijo_takes_the_first_step_that_is_enough(f, seed, shrink):
    theta, u, g = situation(f, seed, 20)
    steps, slope = armijo(f, theta, u, g, shrink=shrink, c1=0.1, trials=200), dot(g, u)

    def enough(step):
        return f(theta + step * u) <= f(theta) + 0.1 * step[:, 0] * slope

    assert enough(steps).all()
    longer = steps / shrink
    assert (~enough(longer) | (steps[:, 0] == 1)).all()
    trials = np.log(steps) / np.log(shrink)
    np.testing.assert_allclose(trials, trials.round(), atol=1e-6)


def test_each_run_has_its_own_hyper_parameters():
    theta, u, g = situation(himmelblau(), 0, 3, 1)
    shrink, c1, c2 = np.array([0.3, 0.7])[:, None], np.array([1e-4, 1e-2])[:, None], np.array([0.1, 0.9])[:, None]
    for search, hyper in [(armijo, {"shrink": shrink, "c1": c1}), (strong_wolfe, {"c1": c1, "c2": c2})]:
        steps = search(himmelblau(), theta, u, g, start=shrink, **hyper)
        assert steps.shape == (3, 2, 1)
        for i in range(2):
            alone = search(himmelblau(), theta, u, g, start=shrink[i], **{key: v[i] for key, v in hyper.items()})
            np.testing.assert_allclose(steps[:, [i]], alone, rtol=1e-9)


def test_on_a_parabola_the_second_trial_is_exact():
    f = quadratic([1.0, 4.0]).counted()
    theta = np.array([1.0, 1.0])
    g = f.grad(theta)
    step = strong_wolfe(f, theta, -g, g, c2=1e-6)
    np.testing.assert_allclose(step, dot(g, g) / dot(g, g * [1.0, 4.0]), rtol=1e-9)
    assert f.evaluations["values"] == 3  # at theta, at 1, and at the minimum


def wall(theta):
    """−x up to 1, infinite beyond."""
    return np.where(theta[..., 0] < 1, -theta[..., 0], math.inf)


NOWHERE = {  # f and its gradient at 0, along u = 1
    "uphill": (lambda theta: theta[..., 0], 1.0),
    "flat": (lambda theta: 0 * theta[..., 0], 0.0),
    "no number": (lambda theta: theta[..., 0] * math.nan, -1.0),
    "a slope without a number": (lambda theta: -theta[..., 0], math.nan),
    "a slope that lies": (lambda theta: np.abs(theta[..., 0]), -1.0),
    "infinite everywhere else": (lambda theta: np.where(theta[..., 0] == 0, 0.0, math.inf), -1.0),
}


@pytest.mark.parametrize("case", NOWHERE)
@pytest.mark.parametrize("search", [armijo, strong_wolfe])
def test_no_step_is_the_step_0(case, search):
    """For the run that finds none, beside one that does; without a warning; within the trials."""
    value, slope = NOWHERE[case]
    calls = []

    def loss(theta):
        calls.append(theta)
        return np.where(theta[..., 1] > 0, (theta[..., 0] - 1) ** 2, value(theta))

    def grad(theta):
        good = np.stack([2 * (theta[..., 0] - 1), 0 * theta[..., 0]], -1)
        return np.where(theta[..., 1:] > 0, good, [slope, 0.0])

    f = Objective(loss, grad)
    theta, u = np.array([[0.0, 1.0], [0.0, -1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step = search(f, theta, u, f.grad(theta), trials=12)
    assert step[0, 0] == 1
    assert step[1, 0] == 0
    assert len(calls) <= 13


def test_a_wall_is_a_step_too_far():
    f = Objective(wall, lambda theta: 0 * theta - 1)
    theta = np.array([0.0])
    step = strong_wolfe(f, theta, np.array([3.0]), np.array([-1.0]))
    assert 0.3 < step[0] < 1 / 3  # no flat place before it: the longest step with enough decrease
    assert armijo(f, theta, np.array([3.0]), np.array([-1.0]))[0] == 0.25


@pytest.mark.parametrize("method", [steepest_descent, functools.partial(steepest_descent, shrink=0.1)])
def test_a_run_without_a_step_stays_and_says_so(method):
    """Run 1 starts at the minimum; run 2 where the loss is not finite."""
    f, theta0 = quadratic([1.0, 9.0]), [[1.0, 0.7], [0.0, 0.0], [1e200, 1e200]]
    theta, step = run(method, f, theta0, 20, keep=lambda theta, step: (theta, step))
    assert (step[1:, 0] > 0).all()
    assert (step[:, 1:] == 0).all()
    np.testing.assert_array_equal(theta[:, 1:], [theta0[1:]] * 21)


def test_steepest_descent_needs_no_lr():
    """From an lr a million times too long or too short it is soon at its own; plain descent is not."""
    f = quadratic([1.0, 100.0])
    ends = run(steepest_descent, f, [1.0, 1.0], 300, lr=[[1e-6], [1.0], [1e6]])[-1]
    assert (f(ends) < 1e-4).all()
    with np.errstate(all="ignore"):
        assert not (f(run(gradient_descent, f, [1.0, 1.0], 300, lr=[[1e-6], [1.0]])[-1]) < 1).any()
