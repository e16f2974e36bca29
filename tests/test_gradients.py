"""Numerical gradients: right to second order, equal in chunks, bounded in memory, in every array library."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import gradients, numerical_gradient, quadratic


def exponential(theta):
    return np.exp(theta[..., 0])


def error_of_exp(h):
    return abs(numerical_gradient(exponential, [1.0], h=h)[0] / math.e - 1)


# Relative errors at 1, published for the central difference. Where rounding rules, only the size is sure.
@pytest.mark.parametrize(("h", "published", "factor"), [(1e-4, 1.7e-9, 1.05), (1e-5, 2.2e-11, 1.5), (1e-12, 7.7e-5, 5)])
def test_published_errors_of_exp(h, published, factor):
    assert published / factor < error_of_exp(h) < published * factor


def test_central_differences_are_of_order_two():
    h = np.geomspace(1e-1, 1e-3, 9)
    order, _ = np.polyfit(np.log(h), np.log([error_of_exp(step) for step in h]), 1)
    assert order == pytest.approx(2, abs=0.01)
    assert error_of_exp(1e-3) == pytest.approx(1e-6 / 6, rel=1e-3)  # f‴h²/6


@pytest.mark.parametrize("lead", [(), (4,), (2, 3)])
def test_default_step_is_good_to_nine_digits(objective, points_of, lead):
    theta = points_of(objective, *lead)
    exact = objective.grad(theta)
    numerical = numerical_gradient(objective, theta)
    assert numerical.shape == theta.shape
    np.testing.assert_allclose(numerical, exact, rtol=2e-8, atol=1e-9 * (1 + np.abs(exact).max()))


@given(st.integers(1, 6), st.lists(st.integers(1, 3), max_size=2), st.integers(0, 2**32), st.floats(1e-4, 10))
def test_exact_on_quadratics_for_any_step(P, runs, seed, h):
    """f(θ + h) − f(θ − h) = 2h f′(θ) where f‴ = 0."""
    rng = np.random.default_rng(seed)
    A, b, theta = rng.normal(size=(P, P)), rng.normal(size=P), rng.normal(size=(*runs, P))
    g = numerical_gradient(lambda theta: np.einsum("...i,ij,...j", theta, A, theta) + theta @ b, theta, h=h)
    np.testing.assert_allclose(g, theta @ (A + A.T) + b, atol=1e-9)


@pytest.mark.parametrize("chunk", [1, 7, 12, 50, 10_000])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_chunks_change_nothing(monkeypatch, chunk, lead):
    f, calls = quadratic(np.arange(1.0, 8.0)), []
    theta = np.random.default_rng(0).normal(size=(*lead, 7))

    def counted(theta):
        calls.append(theta.shape)
        return f(theta)

    whole = numerical_gradient(f, theta)
    monkeypatch.setattr(gradients, "CHUNK", chunk)
    np.testing.assert_array_equal(numerical_gradient(counted, theta), whole)
    assert sum(shape[0] for shape in calls) == 2 * 7
    assert all(math.prod(shape) <= max(chunk, theta.size) for shape in calls)


def test_memory_is_bounded():
    """2P losses of P numbers each would be 576 MB."""
    tracemalloc.start()
    numerical_gradient(lambda theta: theta[..., 0] ** 2, np.ones(6000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 8 * gradients.CHUNK


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-8), ("float32", 2e-3)])
def test_every_library_and_precision(xp, dtype, tolerance):
    values = np.array([[0.5, -1.0, 2.0], [100.0, 0.0, -3.0]])
    theta = xp.asarray(values, dtype=getattr(xp, dtype))
    g = numerical_gradient(lambda theta: quadratic([1.0, 2.0, 3.0])(theta), theta)
    assert type(g) is type(theta)
    assert g.dtype == theta.dtype
    np.testing.assert_allclose(np.asarray(g), values * [1, 2, 3], rtol=tolerance, atol=10 * tolerance)


def test_takes_lists_and_integers():
    np.testing.assert_allclose(numerical_gradient(exponential, [0]), [1.0])
    assert numerical_gradient(exponential, np.array([1])).dtype == np.float64


def test_a_step_too_small_to_see_gives_zero_not_a_warning():
    assert numerical_gradient(exponential, [1.0], h=1e-17) == 0


@pytest.mark.parametrize("h", [0, -1e-5, math.nan, math.inf, np.float64(-1)])
def test_steps_that_are_no_steps(refused, h):
    refused(ValueError, "h must be | > 0 | came", lambda: numerical_gradient(exponential, [1.0], h=h))


@pytest.mark.parametrize("h", ["1e-5", True, [1e-5], 1j, np.array(1e-5)])
def test_steps_that_are_no_numbers(refused, h):
    refused(TypeError, "h must be a number | came", lambda: numerical_gradient(exponential, [1.0], h=h))
