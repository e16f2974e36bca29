"""Slices against the objective itself, curvature against exact Hessians, NumPy's eigenvalues and torch's autograd."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    digits,
    double_well,
    gpu,
    himmelblau,
    lbfgs,
    logistic_regression,
    namespace,
    quadratic,
    rosenbrock,
    run,
    saddle,
)
from lectopt.experiments import landscape
from lectopt.experiments.landscape import (
    hessian_vector,
    interpolate,
    line_slice,
    plane_slice,
    power_iteration,
    random_direction,
    stationary_kind,
    top_eigenvalues,
)

seeds = st.integers(0, 2**32)


def random_quadratic(rng, eigenvalues):
    """A quadratic with these eigenvalues along random axes, its Hessian and the axes (as rows)."""
    P = len(eigenvalues)
    axes = np.linalg.qr(rng.normal(size=(P, P)))[0].T
    H = axes.T * np.asarray(eigenvalues) @ axes
    H = (H + H.T) / 2

    def grad(theta):
        return theta @ (H if isinstance(theta, np.ndarray) else torch.as_tensor(H))

    return Objective(lambda theta: (theta * grad(theta)).sum(-1) / 2, grad), H, axes


@pytest.fixture(scope="module")
def handwriting():
    """Logistic regression on 200 digits, near its minimum, with the exact Hessian there."""
    data = digits()
    f = logistic_regression(data.X[:200], data.y[:200], l2=1e-2)
    theta = run(lbfgs, f, f.start, 60)[-1]
    return f, theta, f.hessian(theta)


# Slices


def test_a_line_is_the_losses_along_it(objective, points_of):
    theta, direction = points_of(objective, 2)
    a = np.linspace(-1.0, 1.5, 7)
    one_by_one = [objective(theta + number * direction) for number in a]
    np.testing.assert_allclose(line_slice(objective, theta, direction, a), one_by_one, rtol=1e-12, atol=1e-12)


def test_several_lines_at_once(points_of):
    f = himmelblau()
    theta, *directions = points_of(f, 4)
    a = [0.0, 0.5, 2.0]
    together = line_slice(f, theta, np.stack(directions), a)
    np.testing.assert_allclose(together, np.stack([line_slice(f, theta, d, a) for d in directions], axis=-1))
    starts = line_slice(f, np.stack(directions), theta, a)
    np.testing.assert_allclose(starts, np.stack([line_slice(f, d, theta, a) for d in directions], axis=-1))


def test_a_plane_is_the_losses_on_it(points_of):
    f = himmelblau()
    theta, d1, d2 = points_of(f, 3)
    a, b = np.linspace(-1, 1, 5), np.linspace(0, 2, 4)
    losses = plane_slice(f, theta, d1, d2, a, b)
    assert losses.shape == (5, 4)
    np.testing.assert_allclose(losses, [[f(theta + i * d1 + j * d2) for j in b] for i in a])
    several = plane_slice(f, theta, np.stack([d1, d2]), d2, a, b)
    assert several.shape == (5, 4, 2)
    np.testing.assert_allclose(several[..., 0], losses)


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
def test_chunks_change_nothing_but_the_memory(at_once):
    f = rosenbrock()
    calls = []
    watched = Objective(lambda theta: calls.append(theta.shape[0]) or f(theta), f.grad)
    a = np.linspace(0, 1, 7)
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    expected = np.stack([f(f.start + number * directions) for number in a])
    np.testing.assert_array_equal(line_slice(watched, f.start, directions, a, at_once=at_once), expected)
    assert sum(calls) == 7 and max(calls) * 3 <= max(3, at_once)


def test_default_chunks_bound_the_memory(monkeypatch, handwriting):
    f, theta, _ = handwriting
    rows = []
    watched = Objective(lambda points: rows.append(len(points)) or f(points), f.grad, n=f.n)
    monkeypatch.setattr(landscape, "CHUNK", 6500)
    losses = plane_slice(watched, theta, theta, theta, np.linspace(-1, 1, 9), [0.0, 1.0])
    assert losses.shape == (9, 2) and max(rows) == 10 and sum(rows) == 18


def test_the_ends_of_an_interpolation_are_the_points():
    f = double_well()
    left, right = f.minimizers
    losses = interpolate(f, left, right, [0.0, 0.3, 1.0])
    np.testing.assert_allclose(losses, [f(left), f(0.7 * left + 0.3 * right), f(right)])


def test_no_hill_between_two_points_of_a_convex_loss(handwriting):
    f, theta, _ = handwriting
    rng = np.random.default_rng(0)
    ends = rng.normal(size=(2, 5, f.parameters))
    a = np.linspace(0, 1, 11)
    losses = interpolate(f, *ends, a)
    assert losses.shape == (11, 5)
    assert (losses <= (1 - a[:, None]) * losses[0] + a[:, None] * losses[-1] + 1e-12).all()


def test_far_out_a_loss_may_overflow():
    losses = line_slice(himmelblau(), [0.0, 0.0], [1e200, 0.0], [0.0, 1.0])
    assert losses[0] == 170 and losses[1] == math.inf


def test_a_random_direction_has_length_one_and_no_preference():
    rng = np.random.default_rng(0)
    drawn = np.stack([random_direction(np.zeros(50), rng) for _ in range(400)])
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1)
    assert np.linalg.norm(drawn.mean(axis=0)) < 3 / np.sqrt(400)
    np.testing.assert_allclose((drawn**2).mean(axis=0), 1 / 50, rtol=0.4)


def test_groups_are_as_long_as_thetas():
    rng = np.random.default_rng(1)
    theta, groups = rng.normal(size=12), np.arange(12) % 3
    theta[groups == 2] = 0
    d = random_direction(theta, rng, groups=groups)
    for group in range(3):
        members = groups == group
        np.testing.assert_allclose(np.linalg.norm(d[members]), np.linalg.norm(theta[members]))
    whole = random_direction(theta, rng, groups=np.zeros(12, dtype=int))
    np.testing.assert_allclose(np.linalg.norm(whole), np.linalg.norm(theta))


def test_slices_of_a_rescaled_model_are_the_same_with_groups():
    """What the normalization is for: weights ten times as large in units a tenth as large are the same model."""
    f = quadratic([1.0, 10.0, 3.0])
    units = np.array([10.0, 10.0, 0.5])
    rescaled = Objective(lambda theta: f(theta / units), lambda theta: f.grad(theta / units) / units)
    theta, a = np.array([1.0, -0.5, 2.0]), np.linspace(-1, 1, 9)
    d, d_rescaled = (random_direction(t, np.random.default_rng(2), groups=[0, 0, 1]) for t in (theta, theta * units))
    np.testing.assert_allclose(line_slice(f, theta, d, a), line_slice(rescaled, theta * units, d_rescaled, a))


# The Hessian times a vector


def test_products_with_exact_hessians(objective, points_of):
    theta, v = points_of(objective, 3, seed=1), points_of(objective, 3, seed=2)
    H = objective.hessian(theta)
    exact = (H @ v[..., None])[..., 0]
    assert hessian_vector(objective, theta, v).shape == theta.shape
    scale = 1 + np.abs(H).max() * np.abs(v).max()
    np.testing.assert_allclose(hessian_vector(objective, theta, v), exact, rtol=0, atol=1e-6 * scale)


@given(seeds)
def test_products_with_torchs_autograd(seed):
    """A loss of five parameters without any symmetry; autograd differentiates its gradient exactly."""
    rng = np.random.default_rng(seed)
    A, theta, v = rng.normal(size=(7, 5)), rng.normal(size=5), rng.normal(size=5)
    there = torch.as_tensor(A)

    def loss(theta):
        return torch.logsumexp(there @ theta, 0) + torch.sum(torch.tanh(there @ theta) ** 2)

    exact = torch.autograd.functional.hvp(loss, torch.as_tensor(theta), torch.as_tensor(v))[1].numpy()
    f = Objective(lambda theta: None, lambda theta: torch.func.grad(loss)(torch.as_tensor(theta)).numpy())
    np.testing.assert_allclose(hessian_vector(f, theta, v), exact, rtol=0, atol=1e-7 * (1 + abs(exact).max()))


def test_the_length_of_v_does_not_matter(handwriting):
    f, theta, H = handwriting
    v = np.random.default_rng(3).normal(size=f.parameters)
    for factor in (1e-8, 1.0, 1e8):
        np.testing.assert_allclose(hessian_vector(f, theta, factor * v) / factor, H @ v, rtol=0, atol=1e-7)
    assert (hessian_vector(f, theta, 0 * v) == 0).all()
    H_seen = hessian_vector(f, theta, np.eye(f.parameters))
    np.testing.assert_allclose(H_seen, H, rtol=0, atol=1e-8)


def test_error_falls_with_the_square_of_h():
    f, theta, v = rosenbrock(), np.array([-0.5, 0.5]), np.array([1.0, 1.0])
    errors = [np.abs(hessian_vector(f, theta, v, h=h) - f.hessian(theta) @ v).max() for h in (1e-1, 1e-2)]
    assert math.isclose(errors[0] / errors[1], 100, rel_tol=1e-3)


def test_a_run_that_has_diverged_stays_silent():
    f = rosenbrock()
    products = hessian_vector(f, np.array([[np.nan, 0.0], [1e200, 0.0], [1.0, 1.0]]), [1.0, 0.0])
    assert np.isnan(products[0]).any() and np.allclose(products[2], f.hessian([1.0, 1.0])[0])


# Eigenvalues


def test_power_iteration_finds_the_largest_in_size():
    f, _, axes = random_quadratic(np.random.default_rng(4), [-8.0, 1.0, 2.0, 5.0])
    values, v = power_iteration(f, np.zeros(4), 60, np.random.default_rng(0))
    assert values.shape == (60,) and math.isclose(values[-1], -8, abs_tol=1e-6)
    np.testing.assert_allclose(abs(v @ axes[0]), 1, rtol=1e-9)


def test_power_iteration_converges_at_the_rate_of_the_textbook():
    """The error of the value falls by (λ₂ / λ₁)² a step (Golub and Van Loan, section 8.2)."""
    f, *_ = random_quadratic(np.random.default_rng(5), [1.0, 3.0, 9.0, 10.0])
    values, _ = power_iteration(f, np.zeros(4), 40, np.random.default_rng(0))
    errors = 10 - values
    assert math.isclose((errors[39] / errors[29]) ** 0.1, 0.81, rel_tol=1e-3)


def test_power_iteration_along_a_path(handwriting):
    f, theta, H = handwriting
    path = np.stack([f.start, theta / 2, theta])
    values, v = power_iteration(f, path, 80, np.random.default_rng(0))
    exact = np.linalg.eigvalsh(f.hessian(path))[:, -1]
    assert values.shape == (80, 3) and v.shape == path.shape
    np.testing.assert_allclose(values[-1], exact, rtol=1e-4)


def test_lanczos_equals_dense_eigenvalues(handwriting):
    f, theta, H = handwriting
    exact, axes = np.linalg.eigh(H)
    counted = f.counted()
    values, vectors = top_eigenvalues(counted, theta, 8, np.random.default_rng(0))
    np.testing.assert_allclose(values, exact[::-1][:8], rtol=0, atol=1e-6)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(8), atol=1e-8)
    np.testing.assert_allclose(np.abs(np.sum(vectors * axes.T[::-1][:8], axis=1)), 1, atol=1e-4)
    assert counted.evaluations["gradients"] < 150  # of 650 parameters


@given(seeds)
def test_lanczos_on_random_quadratics(seed):
    rng = np.random.default_rng(seed)
    P = int(rng.integers(1, 12))
    eigenvalues = np.sort(rng.normal(size=P) * 10.0 ** rng.integers(-3, 4))[::-1]
    f, H, _ = random_quadratic(rng, eigenvalues)
    k = int(rng.integers(1, P + 1))
    values, vectors = top_eigenvalues(f, rng.normal(size=P), k, rng)
    size = abs(eigenvalues).max()
    np.testing.assert_allclose(values, eigenvalues[:k], rtol=0, atol=1e-6 * size)
    assert np.linalg.norm(H @ vectors.T - vectors.T * values) < 1e-5 * size * np.sqrt(k)


def test_lanczos_through_all_steps_finds_every_copy():
    f, _, axes = random_quadratic(np.random.default_rng(6), [2.0, 2.0, 2.0, 1.0, 1.0, 0.0])
    values, vectors = top_eigenvalues(f, np.zeros(6), 6, np.random.default_rng(0))
    np.testing.assert_allclose(values, [2, 2, 2, 1, 1, 0], atol=1e-8)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(6), atol=1e-8)
    np.testing.assert_allclose(np.linalg.norm(vectors[:3] @ axes[:3].T, axis=1), 1)  # the same space


def test_lanczos_on_no_curvature_at_all():
    flat = Objective(lambda theta: theta.sum(-1), lambda theta: np.ones_like(theta))
    values, vectors = top_eigenvalues(flat, np.zeros(5), 2, np.random.default_rng(0))
    np.testing.assert_allclose(values, 0, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)


def test_few_steps_give_a_lower_bound(handwriting):
    f, theta, H = handwriting
    exact = np.linalg.eigvalsh(H)[-1]
    found = [
        top_eigenvalues(f, theta, 1, np.random.default_rng(0), steps=steps, tol=1e-12)[0][0] for steps in range(1, 15)
    ]
    assert (np.diff(found) >= -1e-9).all() and found[-1] <= exact + 1e-8
    power = power_iteration(f, theta, 14, np.random.default_rng(0))[0]
    assert exact - found[-1] < exact - power[-1]  # the best of the same powers


def test_kinds():
    for curvatures, kind in {
        (1.0, 10.0): "minimum",
        (-1.0, -1e-3): "maximum",
        (1.0, -1.0): "saddle",
        (1.0, -1.0, 0.0): "saddle",
        (1.0, 0.0): "no verdict",
        (0.0,): "no verdict",
        (-1.0, 1e-9): "no verdict",
    }.items():
        assert stationary_kind(list(curvatures)) == kind
    assert stationary_kind([1.0, 1e-9], small=1e-10) == "minimum"
    assert stationary_kind(np.linalg.eigvalsh(saddle().hessian([0.0, 0.0]))) == "saddle"
    assert [stationary_kind(np.linalg.eigvalsh(himmelblau().hessian(m))) for m in himmelblau().minimizers] == [
        "minimum"
    ] * 4


# Other libraries


def test_other_libraries_agree(xp):
    data = digits()
    f = logistic_regression(data.X[:60], data.y[:60], l2=1e-2)
    theta = np.random.default_rng(7).normal(size=f.parameters)
    d = np.random.default_rng(8).normal(size=(2, f.parameters))
    there, d_there = xp.asarray(theta), xp.asarray(d)
    a, b = np.linspace(-1, 1, 5), np.linspace(0, 1, 4)
    groups = np.tile(np.arange(10), 65)

    def rng():
        return np.random.default_rng(9)

    for function in (
        lambda t, d: line_slice(f, t, d, a),
        lambda t, d: plane_slice(f, t, d[0, :], d[1, :], a, b, at_once=7),
        lambda t, d: interpolate(f, t, d[0, :], a),
        lambda t, d: random_direction(t, rng()),
        lambda t, d: random_direction(t, rng(), groups=groups),
        lambda t, d: hessian_vector(f, t, d),
        lambda t, d: power_iteration(f, t, 10, rng())[0],
        lambda t, d: top_eigenvalues(f, t, 3, rng())[0],
    ):
        here, result = function(theta, d), function(there, d_there)
        assert namespace(result) is namespace(there) and result.dtype == xp.float64
        np.testing.assert_allclose(np.asarray(result), here, rtol=0, atol=1e-9)


def test_float32_stays_float32():
    f, theta = quadratic([1.0, 10.0, 4.0]), np.ones(3, dtype=np.float32)
    d = random_direction(theta, np.random.default_rng(0))
    values, vectors = top_eigenvalues(f, theta, 2, np.random.default_rng(0), tol=1e-3)
    products = hessian_vector(f, theta, d)
    for array in (d, values, vectors, products, line_slice(f, theta, d, [0.0, 1.0])):
        assert array.dtype == np.float32
    np.testing.assert_allclose(values, [10, 4], rtol=1e-2)
    np.testing.assert_allclose(products, d * np.array([1, 10, 4]), atol=1e-2)


@pytest.mark.gpu
def test_on_the_gpu(handwriting):
    f, theta, H = handwriting
    there = gpu.on_device(theta, gpu.device("cuda"))
    d = random_direction(there, np.random.default_rng(0))
    a = np.linspace(-5, 5, 11)
    assert d.is_cuda
    here = plane_slice(f, theta, d.cpu().numpy(), theta, a, a)
    np.testing.assert_allclose(plane_slice(f, there, d, there, a, a).cpu().numpy(), here, rtol=0, atol=1e-10)
    values, vectors = top_eigenvalues(f, there, 4, np.random.default_rng(0))
    assert vectors.is_cuda
    np.testing.assert_allclose(values.cpu().numpy(), np.linalg.eigvalsh(H)[::-1][:4], atol=1e-6)


# Bad input


def test_bad_input(refused):
    f, theta, rng = quadratic([1.0, 10.0]), np.zeros(2), np.random.default_rng(0)
    plain = lambda theta: theta.sum(-1)
    for error, words, call in (
        (TypeError, "must be an Objective", lambda: line_slice(plain, theta, theta, [0.0])),
        (
            ValueError,
            "the direction has shape (3,) | theta has shape (2,)",
            lambda: line_slice(f, theta, [1, 2, 3], [0]),
        ),
        (ValueError, "theta2", lambda: interpolate(f, theta, np.zeros(3), [0.0])),
        (ValueError, "a must be a list | shape ()", lambda: line_slice(f, theta, theta, 1.0)),
        (ValueError, "at least one", lambda: line_slice(f, theta, theta, [])),
        (ValueError, "a holds NaN", lambda: line_slice(f, theta, theta, [0.0, np.nan])),
        (ValueError, "b must be a list", lambda: plane_slice(f, theta, theta, theta, [1.0], [[1.0]])),
        (TypeError, "real numbers", lambda: line_slice(f, theta, theta, ["one"])),
        (ValueError, "at_once | 0 came", lambda: line_slice(f, theta, theta, [0.0], at_once=0)),
        (TypeError, "rng must be", lambda: random_direction(theta, 0)),
        (ValueError, "one point, shape (P,) | (3, 2)", lambda: random_direction(np.zeros((3, 2)), rng)),
        (ValueError, "one integer for each of the 2", lambda: random_direction(theta, rng, groups=[0])),
        (ValueError, "one integer for each of the 2", lambda: random_direction(theta, rng, groups=[0.5, 1.0])),
        (TypeError, "must be an Objective", lambda: hessian_vector(plain, theta, theta)),
        (ValueError, "v has shape (3,)", lambda: hessian_vector(f, theta, np.zeros(3))),
        (ValueError, "h must be", lambda: hessian_vector(f, theta, theta, h=0.0)),
        (ValueError, "steps must be | 0 came", lambda: power_iteration(f, theta, 0, rng)),
        (TypeError, "rng must be", lambda: power_iteration(f, theta, 5, None)),
        (ValueError, "k must be | the 2 parameters | 3 came", lambda: top_eigenvalues(f, theta, 3, rng)),
        (ValueError, "steps must be | k = 2", lambda: top_eigenvalues(f, theta, 2, rng, steps=1)),
        (ValueError, "tol must be", lambda: top_eigenvalues(f, theta, 1, rng, tol=0.0)),
        (ValueError, "one point", lambda: top_eigenvalues(f, np.zeros((3, 2)), 1, rng)),
        (TypeError, "rng must be", lambda: top_eigenvalues(f, theta, 1, 7)),
        (TypeError, "real numbers", lambda: stationary_kind(["up"])),
        (ValueError, "curvatures holds NaN", lambda: stationary_kind([np.nan])),
        (ValueError, "small must be", lambda: stationary_kind([1.0], small=-1.0)),
    ):
        refused(error, words, call)
