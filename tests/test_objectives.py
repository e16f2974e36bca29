"""Objectives: exact derivatives, published numbers, samples, mini-batches, and what they refuse.

The oracle of every gradient and Hessian is torch's autograd through the value alone.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    METHODS,
    Objective,
    beale,
    cost_line,
    digits,
    double_well,
    fix_parameters,
    gaussian_bump,
    himmelblau,
    house_prices,
    least_squares,
    line_fit,
    logistic_regression,
    minibatches,
    objectives,
    plateau,
    quadratic,
    rosenbrock,
    run,
    saddle,
    scattered,
    split,
)

torch = pytest.importorskip("torch")

LEADS = [(), (3,), (2, 3)]


def generator(seed=0):
    return np.random.default_rng(seed)


def close(a, b, tolerance=1e-10):
    """Equal to `tolerance`, measured by the largest number of `b`."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * (1e-300 + np.abs(b).max()))


# Every objective of the catalog


def test_catalog_is_complete(catalog):
    assert {label.split()[0] for label in catalog} == set(objectives.__all__) - {"Objective", "minibatches"}


@pytest.mark.parametrize("lead", LEADS)
def test_runs_are_independent(objective, points_of, lead):
    f, P, theta = objective, objective.parameters, points_of(objective, *lead)
    for function, shape in ((f, lead), (f.grad, (*lead, P)), (f.hessian, (*lead, P, P))):
        together = function(theta)
        assert together.shape == shape
        assert together.dtype == np.float64
        alone = [function(theta[run]) for run in np.ndindex(*lead)]
        close(together, np.reshape(alone, shape), 1e-12)


@pytest.mark.parametrize("lead", LEADS)
def test_derivatives_are_those_of_autograd(objective, points_of, lead):
    f, theta = objective, points_of(objective, *lead)
    tensor = torch.tensor(theta, requires_grad=True)
    f(tensor).sum().backward()
    close(f.grad(theta), tensor.grad)
    expected = [torch.autograd.functional.hessian(f, torch.tensor(theta[run])).numpy() for run in np.ndindex(*lead)]
    close(f.hessian(theta), np.reshape(expected, (*theta.shape, f.parameters)))


def test_derivatives_are_those_of_central_differences(objective, points_of):
    f, theta, h = objective, points_of(objective, 5), 1e-5
    scale = h * np.ptp(f.domain, axis=1) if f.domain else np.full(f.parameters, h)
    slopes = [(f(theta + step) - f(theta - step)) / 2 / step.max() for step in np.diag(scale)]
    bends = [(f.grad(theta + step) - f.grad(theta - step)) / 2 / step.max() for step in np.diag(scale)]
    close(f.grad(theta), np.stack(slopes, -1), 1e-6)
    close(f.hessian(theta), np.stack(bends, -1), 1e-6)


def test_hessians_are_symmetric(objective, points_of):
    H = objective.hessian(points_of(objective, 4))
    close(H, np.swapaxes(H, -1, -2), 1e-13)


def test_minimizers_are_minima(objective):
    f = objective
    if f.minimizers is None:
        assert f.name in ("logistic regression", "gaussian bump, θ[2] = -1")
        return
    H = f.hessian(f.minimizers)
    lowest = np.linalg.eigvalsh(H).min(axis=-1)
    assert (lowest > 1e-9 * np.abs(H).max()).all()
    # The Newton step left to do is nothing against the domain.
    step = np.linalg.solve(H, f.grad(f.minimizers)[..., None])[..., 0]
    assert np.abs(step).max() < 1e-9 * (1 + np.abs(f.minimizers).max())
    for point in f.minimizers:
        around = point + 1e-3 * generator().normal(size=(50, f.parameters))
        assert (f(around) > f(point)).all()
    assert not f.domain or all((low <= f.minimizers[:, i]).all() and (f.minimizers[:, i] <= high).all()
                               for i, (low, high) in enumerate(f.domain))  # fmt: skip


def test_start_is_in_the_domain(objective):
    f = objective
    assert f.start.shape == (f.parameters,)
    assert f.domain is None or len(f.domain) == f.parameters
    assert not f.domain or all(low <= x <= high for x, (low, high) in zip(f.start, f.domain, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_same_numbers_in_every_library(objective, points_of, other, dtype):
    f, theta = objective, points_of(objective, 2, 3)
    array = other.asarray(theta, dtype=getattr(other, dtype))
    for function in (f, f.grad, f.hessian):
        result, expected = function(array), function(theta)
        assert type(result) is type(array)
        assert result.dtype == array.dtype
        close(np.asarray(result), expected, {"float32": 2e-5, "float64": 1e-13}[dtype])
        assert function(theta.astype(dtype)).dtype == dtype


def test_gradients_keep_the_fast_memory_order(objective, points_of):
    """With few parameters, the runs of one parameter lie side by side; a matrix product loses that, and may."""
    f = objective
    theta = np.ascontiguousarray(np.moveaxis(points_of(f, 5, 4), -1, 0)).transpose(1, 2, 0)
    multiplies = f.name in ("least squares", "line fit", "house prices", "logistic regression", "J of a line through 0")
    assert multiplies or f.grad(theta)[..., 0].flags.c_contiguous


# Published numbers


@pytest.mark.parametrize(
    ("number", "expected", "digits"),
    [
        # [O]: J(θ₁) of a line through (1, 1), (2, 2), (3, 3)
        (lambda: cost_line()([[0.0], [0.5], [1.0]]), [2.333333, 0.583333, 0.0], 6),
        # [O]: one step from (0, 0), lr 0.1, on the same points with θ₀
        (lambda: -0.1 * least_squares([[1, 1], [1, 2], [1, 3]], [1, 2, 3]).grad([0, 0]), [0.2, 0.466667], 6),
        # [O]: h(x) = 50 + 0.06 x
        (lambda: house_prices().minimizers, [[50, 0.06]], 9),
        (lambda: house_prices().predict(np.array([50, 0.06]), [[1, 1000], [1, 2104]]), [110, 176.24], 9),
        (lambda: house_prices(1000).predict(np.array([50.0, 60.0]), [[1, 2.104]]), [176.24], 9),
        # [S]: the line fit
        (lambda: line_fit().minimizers, [[0.95, 1.05]], 12),
        (lambda: line_fit()([0.95, 1.05]), 0.015, 12),
        (lambda: line_fit().hessian([0, 0]), [[10, 6], [6, 6]], 12),
        (lambda: np.linalg.eigvalsh(line_fit().hessian([0, 0])), [1.675445, 14.324555], 6),
        (lambda: np.linalg.cond(line_fit().hessian([0, 0])), 8.549704, 6),
        # [S]: the Gaussian bump, its slice c = −1, and the exact fit by log z
        (lambda: gaussian_bump()([1.1602, -0.1046, -1]), 0.20213, 5),
        (lambda: gaussian_bump().minimizers, [[2.944662, 0.209582, 2.270041]], 6),
        (lambda: gaussian_bump()(gaussian_bump().minimizers), [0], 25),
        (lambda: gaussian_bump().predict(gaussian_bump().minimizers, [0, 1, 2]), [[1, 2.1, 2.9]], 12),
        # A uniform softmax over ten classes costs ln 10
        (lambda: logistic_regression(np.ones((20, 3)), np.arange(20) % 10)(np.zeros(40)), 2.302585, 6),
        # The literature's minima and test points
        (lambda: rosenbrock()([1, 1]), 0, 15),
        (lambda: rosenbrock()([-1.2, 1]), 24.2, 12),
        (lambda: beale()([3, 0.5]), 0, 15),
        (lambda: beale()([0, 0]), 1.5**2 + 2.25**2 + 2.625**2, 12),
        (lambda: himmelblau()(himmelblau().minimizers), [0, 0, 0, 0], 20),
        (lambda: himmelblau()([-0.270845, -0.923039]), 181.617, 3),  # the local maximum
        (lambda: np.linalg.eigvalsh(saddle().hessian([0, 0])), [-1, 1], 15),
        (lambda: saddle()(saddle().minimizers), [-0.25, -0.25], 15),
        (lambda: plateau()([[0, 0], [100, 0]]), [0, 1], 15),
        (lambda: double_well(0)([[-1, 0], [1, 0], [0, 0]]), [0, 0, 1], 15),
    ],
)
def test_published_numbers(number, expected, digits):
    result = np.asarray(number())
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result, expected, rtol=0, atol=0.51 * 10.0**-digits)


def test_gaussian_slice_has_its_minimum_where_the_lecture_says():
    f = fix_parameters(gaussian_bump(), {2: -1.0})
    theta = np.array([1.1602, -0.1046])
    for _ in range(5):  # Newton's method, from the printed numbers
        theta = theta - np.linalg.solve(f.hessian(theta), f.grad(theta))
    assert np.abs(f.grad(theta)).max() < 1e-9
    np.testing.assert_allclose([*theta, f(theta)], [1.1602, -0.1046, 0.20213], atol=5e-5)


def test_best_line_leaves_residuals_that_cancel():
    """[S] prints that each sample's derivative vanishes; it is their sum that does."""
    residuals = line_fit().predict(np.array([0.95, 1.05]), [[0, 1], [1, 1], [2, 1]]) - [1, 2.1, 2.9]
    np.testing.assert_allclose(residuals, [0.05, -0.1, 0.05], atol=1e-12)


@pytest.mark.parametrize(("tilt", "minima"), [(0.3, 2), (-0.3, 2), (0.0, 2), (1.5, 2), (1.6, 1), (-5.0, 1)])
def test_wells(tilt, minima):
    f = double_well(tilt)
    assert len(f.minimizers) == minima
    assert (np.diff(f(f.minimizers)) >= -1e-12).all()  # the deepest first
    x = np.linspace(-2.5, 2.5, 10_001)
    heights = f(np.stack([x, 0 * x], axis=-1))
    assert ((heights[1:-1] < heights[:-2]) & (heights[1:-1] < heights[2:])).sum() == minima
    assert abs(x[heights.argmin()]) == pytest.approx(abs(f.minimizers[0, 0]), abs=1e-3)


@given(st.lists(st.floats(-5, 20), min_size=1, max_size=5), st.integers(0, 2**32), st.floats(-7, 7))
def test_quadratic_has_the_eigenvalues_it_was_given(eigenvalues, seed, angle):
    f = quadratic(eigenvalues, angle if len(eigenvalues) == 2 else 0)
    H = f.hessian(f.start)
    np.testing.assert_allclose(np.linalg.eigvalsh(H), np.sort(eigenvalues), atol=1e-12)
    theta = generator(seed).normal(size=(3, len(eigenvalues)))
    np.testing.assert_allclose(f(theta), np.einsum("ri,ij,rj->r", theta, H, theta) / 2, atol=1e-11)
    assert (f.minimizers is None) == (min(eigenvalues) <= 0)


def test_angle_turns_the_axes():
    f = quadratic([1.0, 10.0], angle=math.pi / 6)
    along = np.array([math.cos(math.pi / 6), math.sin(math.pi / 6)])  # the flat direction
    np.testing.assert_allclose(f.hessian(along) @ along, along, atol=1e-12)


# Objectives of the user's


def test_says_that_it_differentiates_numerically():
    bowl = Objective(lambda theta: (theta**2).sum(-1), name="bowl", start=[1.0, 2.0])
    assert "central differences" in repr(bowl)
    assert "2 parameters" in repr(bowl)
    np.testing.assert_allclose(bowl.grad([[1, 2], [3, 4]]), [[2, 4], [6, 8]], atol=1e-8)
    assert "analytic" in repr(rosenbrock())


def test_every_keyword_has_a_default():
    f = Objective(lambda theta: theta[..., 0])
    assert (f.parameters, f.domain, f.minimizers, f.start, f.n) == (None,) * 5
    assert f(np.ones((4, 7))).shape == (4,)  # of any number of parameters


@pytest.mark.parametrize("lead", LEADS)
def test_fixed_parameters_cut_a_slice(lead):
    f = fix_parameters(gaussian_bump(), {0: 2.0, 2: 0.5})
    b = generator().normal(size=(*lead, 1))
    whole = np.concatenate([np.full_like(b, 2.0), b, np.full_like(b, 0.5)], axis=-1)
    close(f(b), gaussian_bump()(whole))
    close(f.grad(b), gaussian_bump().grad(whole)[..., 1:2])
    close(f.hessian(b), gaussian_bump().hessian(whole)[..., 1:2, 1:2])
    assert f.domain == gaussian_bump().domain[1:2]


def test_counting_counts_points():
    f = rosenbrock().counted()
    f(np.zeros((5, 4, 2)))
    f.grad(np.zeros((3, 2)))
    f.grad([0.0, 0.0])
    f.hessian(np.zeros((6, 2)))
    assert f.evaluations == {"values": 20, "gradients": 4, "hessians": 6}
    assert f.grad([1.0, 2.0]).tolist() == rosenbrock().grad([1.0, 2.0]).tolist()


def test_counting_counts_what_differences_cost():
    f = Objective(rosenbrock()).counted()
    f.grad(np.zeros((10, 2)))
    assert f.evaluations == {"values": 40, "gradients": 0, "hessians": 0}


def test_batches_share_one_account():
    f = cost_line().counted()
    for batch in minibatches(f, 1, generator(), epochs=2):
        batch.grad([0.0])
    assert f.evaluations["gradients"] == 6


# Objectives of samples


@pytest.mark.parametrize("lead", LEADS)
def test_mean_over_equal_batches_is_the_whole(objective, points_of, lead):
    f, theta = objective, points_of(objective, *lead)
    if f.n is None:
        with pytest.raises(ValueError, match="not made of samples"):
            f.on([0])
        return
    order = generator(1).permutation(f.n)
    for batches in (np.split(order, f.n), np.split(order, len(order) // (2 if f.n % 2 == 0 else 3)), [order]):
        parts = [f.on(indices) for indices in batches]
        assert [part.n for part in parts] == [len(indices) for indices in batches]
        for kind in ("__call__", "grad", "hessian"):
            mean = np.mean([getattr(part, kind)(theta) for part in parts], axis=0)
            close(mean, getattr(f, kind)(theta), 1e-12)


@given(st.lists(st.integers(0, 11), min_size=1, max_size=20), st.integers(0, 2**32))
def test_a_batch_is_an_objective_of_its_rows(indices, seed):
    """With samples drawn twice as well. The oracle is an objective built from those rows."""
    rng = generator(seed)
    X, z, y = rng.normal(size=(12, 3)), rng.normal(size=12), np.arange(12) % 3
    indices = [*indices, 2]  # so that the highest class is there
    theta = rng.normal(size=(2, 12))
    close(least_squares(X, z).on(indices)(theta[:, :3]), least_squares(X[indices], z[indices])(theta[:, :3]), 1e-12)
    part, alone = logistic_regression(X, y, 0.3).on(indices), logistic_regression(X[indices], y[indices], 0.3)
    for kind in ("__call__", "grad", "hessian"):
        close(getattr(part, kind)(theta), getattr(alone, kind)(theta), 1e-12)


def test_least_squares_solves_the_normal_equations():
    X, y = generator().normal(size=(30, 4)), generator(1).normal(size=30)
    f = least_squares(X, y)
    np.testing.assert_allclose(f.minimizers[0], np.linalg.solve(X.T @ X, X.T @ y), rtol=1e-10)
    assert f(f.minimizers[0]) == pytest.approx(((X @ f.minimizers[0] - y) ** 2).sum() / 60)
    assert least_squares(X[:, [0, 0]], y).minimizers is None  # not one, but a line of them


def test_scattered_samples_disagree_by_scale():
    f, theta = scattered(double_well(), 500, 0.7, generator()), np.array([0.3, 0.4])
    noise = np.array([f.on([i]).grad(theta) for i in range(f.n)]) - double_well().grad(theta)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(noise.std(axis=0), 0.7, rtol=1e-12)
    means = [
        f.on(batch).grad(theta) - double_well().grad(theta) for batch in generator(1).integers(500, size=(400, 25))
    ]
    assert np.std(means) == pytest.approx(0.7 / 5, rel=0.1)  # scale / √B


def test_logistic_regression_is_scikit_learns():
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = generator().normal(size=(60, 3)), generator(1).integers(4, size=60)
    theirs = linear_model.LogisticRegression(C=1 / (60 * 0.05), tol=1e-10, max_iter=1000).fit(X, y)
    f = logistic_regression(X, y, l2=0.05)
    theta = np.vstack([theirs.coef_.T, theirs.intercept_]).ravel()
    assert np.abs(f.grad(theta)).max() < 1e-7
    np.testing.assert_array_equal(f.predict(theta, X), theirs.predict(X))
    log_loss = -np.log(theirs.predict_proba(X)[np.arange(60), y]).mean()
    assert f(theta) == pytest.approx(log_loss + 0.05 / 2 * (theirs.coef_**2).sum(), rel=1e-10)


def test_logistic_regression_reads_digits():
    data = digits()
    (X, y), (X_test, y_test) = split(data.X, data.y, rng=generator())
    f = logistic_regression(X, y, l2=1e-4)
    *_, theta = run(METHODS["momentum"], f, f.start, 150, lr=0.5)
    assert (f.predict(theta, X_test) == y_test).mean() >= 0.96


def test_predictions_have_the_runs_first():
    f = logistic_regression([[0.0], [1.0], [2.0]], [0, 1, 2])
    assert f.predict(np.zeros((4, 5, 6)), [[1.0], [3.0]]).shape == (4, 5, 2)
    assert house_prices().predict(np.zeros((4, 2)), [[1, 2], [3, 4], [5, 6]]).shape == (4, 3)


# Streams of mini-batches


def named(n):
    """An objective of n samples whose parts say by their names which samples they have."""

    def objective(samples, **more):
        return Objective(lambda theta: theta[..., 0], name=" ".join(map(str, samples)), **more)

    return objective(range(n), n=n, on=objective)


def drawn(stream):
    return [[int(i) for i in batch.name.split()] for batch in stream]


@given(st.integers(1, 30), st.data(), st.integers(0, 2**32), st.integers(1, 3), st.booleans())
def test_an_epoch_is_one_pass(n, data, seed, epochs, replace):
    size = data.draw(st.one_of(st.none(), st.integers(1, n)))
    stream = minibatches(named(n), size, generator(seed), replace=replace, epochs=epochs)
    batches = drawn(stream)
    size = size or n
    assert len(batches) == stream.steps(epochs) == epochs * math.ceil(n / size)
    for epoch in np.split(np.arange(len(batches)), epochs):
        sizes = [len(batches[i]) for i in epoch]
        assert set(sizes[:-1]) <= {size}
        assert sizes[-1] == (size if replace else n - size * (len(sizes) - 1))
        samples = [i for b in epoch for i in batches[b]]
        assert set(samples) <= set(range(n))
        assert replace or sorted(samples) == list(range(n))
    assert drawn(stream) == batches  # the same at each pass


def test_replacement_draws_twice_and_is_uniform():
    samples = sum(drawn(minibatches(named(10), 10, generator(), replace=True, epochs=1000)), [])
    counts = np.bincount(samples, minlength=10)
    assert np.abs(counts - 1000).max() < 5 * math.sqrt(900)
    assert any(len(set(samples[i : i + 10])) < 10 for i in range(0, 1000, 10))


def test_epochs_differ_and_so_do_streams():
    rng = generator()
    first, second = (minibatches(named(20), 20 - 1, rng, epochs=2) for _ in range(2))
    a, b, c, d = (batch for batch in drawn(first) + drawn(second) if len(batch) > 1)
    assert len({tuple(batch) for batch in (a, b, c, d)}) == 4
    assert drawn(minibatches(named(20), 19, generator(), epochs=2)) == drawn(first)  # the seed is all there is


def test_full_batches_are_the_objective_itself():
    f = cost_line()
    stream = iter(minibatches(f, None, generator()))
    assert [next(stream) for _ in range(5)] == [f] * 5


def test_batches_may_grow():
    stream = minibatches(named(16), lambda epoch: 2**epoch, generator(), epochs=5)
    assert [len(batch) for batch in drawn(stream)] == [1] * 16 + [2] * 8 + [4] * 4 + [8] * 2 + [16]
    assert stream.steps(5) == 31
    assert "growing" in repr(stream)


def test_batches_that_outgrow_the_data(refused):
    stream = minibatches(named(4), lambda epoch: 3 + epoch, generator())
    refused(
        ValueError, "batch_size | between 1 and the 4 samples | not 5", lambda: [b for b, _ in zip(stream, range(9))]
    )


# Refusals: the argument, what came, what was expected

X3, y3 = np.eye(3), np.arange(3)
NUMBER = "must be a number | came"


@pytest.mark.parametrize(
    ("error", "words", "call"),
    [
        (TypeError, "value must be a function | 3 came", lambda: Objective(3)),
        (TypeError, "grad must be a function | [1] came", lambda: Objective(abs, [1])),
        (TypeError, "hessian must be a function | 'H' came", lambda: Objective(abs, abs, "H")),
        (TypeError, "start must hold real numbers | 'a'", lambda: Objective(abs, start=["a"])),
        (TypeError, "minimizers must | ragged", lambda: Objective(abs, minimizers=[[1], [2, 3]])),
        (TypeError, "domain must be a list of (low, high) | [1, 2] came", lambda: Objective(abs, domain=[1, 2])),
        (TypeError, "domain must hold numbers | '0'", lambda: Objective(abs, domain=[("0", "1")])),
        (ValueError, "domain | low < high | (2, 1)", lambda: Objective(abs, domain=[(2, 1)])),
        (ValueError, "domain | finite", lambda: Objective(abs, domain=[(0, math.inf)])),
        (ValueError, "'start': 2, 'domain': 1", lambda: Objective(abs, domain=[(0, 1)], start=[1, 2])),
        (ValueError, "bowl has no Hessian", lambda: Objective(abs, name="bowl").hessian([1.0])),
        (ValueError, "bowl has no model", lambda: Objective(abs, name="bowl").predict([1.0], [1.0])),
        (ValueError, "bowl is not made of samples", lambda: Objective(abs, name="bowl").on([0])),
        (ValueError, "rosenbrock has 2 parameters | shape (3,)", lambda: rosenbrock()([1.0, 2.0, 3.0])),
        (ValueError, "rosenbrock has 2 parameters | shape (2, 1)", lambda: rosenbrock().grad(np.ones((2, 1)))),
        (ValueError, "quadratic has 1 parameter, | shape (2,)", lambda: quadratic([1.0]).hessian(np.ones(2))),
        (ValueError, "theta is a single number | [3.0]", lambda: cost_line()(3.0)),
        (TypeError, "theta must hold real numbers | 'a'", lambda: rosenbrock()(["a", "b"])),
        (TypeError, "theta must hold real | complex", lambda: rosenbrock()(np.array([1j, 2]))),
        (TypeError, "eigenvalues must hold real numbers | '1'", lambda: quadratic(["1", "2"])),
        (ValueError, "eigenvalues must be a list | shape ()", lambda: quadratic(3.0)),
        (ValueError, "eigenvalues must be a list | (0,)", lambda: quadratic([])),
        (ValueError, "eigenvalues must be a list | (1, 2)", lambda: quadratic([[1.0, 2.0]])),
        (ValueError, "eigenvalues holds NaN | index (1,)", lambda: quadratic([1.0, math.nan])),
        (ValueError, "angle | 2 parameters | 3 eigenvalues", lambda: quadratic([1, 2, 3], angle=1.0)),
        (TypeError, f"angle {NUMBER}", lambda: quadratic(angle="45°")),
        (ValueError, "angle must be a finite number | nan came", lambda: quadratic(angle=math.nan)),
        (TypeError, f"b {NUMBER}", lambda: rosenbrock(b="100")),
        (TypeError, f"tilt {NUMBER}", lambda: double_well("0.3")),
        (ValueError, "tilt must be a finite number | inf came", lambda: double_well(math.inf)),
        (TypeError, f"unit {NUMBER}", lambda: house_prices("feet")),
        (ValueError, "unit must be a finite number > 0 | 0 came", lambda: house_prices(0)),
        (ValueError, "X must have shape | (3,) and (3,)", lambda: least_squares([1, 2, 3], [1, 2, 3])),
        (ValueError, "same number of samples | (3, 3) and (2,)", lambda: least_squares(X3, [1, 2])),
        (ValueError, "same number of samples | (0, 2) and (0,)", lambda: least_squares(np.ones((0, 2)), [])),
        (ValueError, "y holds NaN | index (1,)", lambda: least_squares(X3, [1, math.nan, 2])),
        (TypeError, "X must hold real numbers | 'a'", lambda: least_squares([["a"]], [1])),
        (TypeError, "X must be an array | ragged", lambda: least_squares([[1], [1, 2]], [1, 2])),
        (TypeError, f"scale {NUMBER}", lambda: least_squares(X3, y3, scale="1")),
        (ValueError, "scale must be a finite number > 0", lambda: least_squares(X3, y3, scale=-1)),
        (
            ValueError,
            "X holds NaN or infinity at index (2, 1)",
            lambda: logistic_regression(X3 / [1, X3[0, 1] + 1, 1] + np.diag([0, math.inf], -1), y3),
        ),
        (
            TypeError,
            "y must hold integer class numbers | float64 | astype(int)",
            lambda: logistic_regression(X3, [0.0, 1, 2]),
        ),
        (TypeError, "y must hold real numbers | 'cat'", lambda: logistic_regression(X3, ["cat", "dog", "cat"])),
        (ValueError, "class numbers from 0 | -1…1", lambda: logistic_regression(X3, [-1, 0, 1])),
        (ValueError, "K at least 2 | 0…0", lambda: logistic_regression(X3, [0, 0, 0])),
        (TypeError, f"l2 {NUMBER}", lambda: logistic_regression(X3, y3, l2="0.1")),
        (ValueError, "l2 must be a finite number ≥ 0 | -1 came", lambda: logistic_regression(X3, y3, l2=-1)),
        (
            ValueError,
            "X must have shape (samples, 3) | (1, 2)",
            lambda: logistic_regression(X3, y3).predict(np.zeros(12), [[1, 2]]),
        ),
        (ValueError, "fixed | 0 … 2 | [3]", lambda: fix_parameters(gaussian_bump(), {3: 1.0})),
        (ValueError, "fixed | not all", lambda: fix_parameters(rosenbrock(), {0: 1.0, 1: 1.0})),
        (ValueError, "how many parameters | start or a domain", lambda: fix_parameters(Objective(abs), {0: 1.0})),
        (ValueError, "how many parameters", lambda: scattered(Objective(abs), 10, 1.0, generator())),
        (ValueError, "n must be a whole number | 1 came", lambda: scattered(rosenbrock(), 1, 1.0, generator())),
        (TypeError, f"scale {NUMBER}", lambda: scattered(rosenbrock(), 9, "1", generator())),
        (ValueError, "scale must be a finite number ≥ 0", lambda: scattered(rosenbrock(), 9, -1.0, generator())),
        (TypeError, "rng must be a numpy.random.Generator | 0 came", lambda: scattered(rosenbrock(), 9, 1.0, 0)),
        (TypeError, "rng must be a numpy.random.Generator | '0' came", lambda: minibatches(cost_line(), 1, "0")),
        (TypeError, "rng | default_rng", lambda: minibatches(cost_line(), 1, np.random.RandomState(0))),
        (TypeError, "f must be an Objective | abs", lambda: minibatches(abs, 1, generator())),
        (ValueError, "rosenbrock is not made of samples", lambda: minibatches(rosenbrock(), 1, generator())),
        (
            ValueError,
            "bowl is not made of samples",
            lambda: minibatches(Objective(abs, n=9, name="bowl"), 1, generator()),
        ),
        (
            ValueError,
            "batch_size | between 1 and the 3 samples | not 4",
            lambda: minibatches(cost_line(), 4, generator()),
        ),
        (ValueError, "batch_size | between 1 | not 0", lambda: minibatches(cost_line(), 0, generator())),
        (TypeError, "batch_size must be a whole number | 2.0", lambda: minibatches(cost_line(), 2.0, generator())),
        (TypeError, "batch_size must be a whole number | '2'", lambda: minibatches(cost_line(), "2", generator())),
        (TypeError, "batch_size | True", lambda: minibatches(cost_line(), True, generator())),
        (TypeError, "batch_size | 1.5", lambda: minibatches(cost_line(), lambda epoch: 1.5, generator())),
        (
            ValueError,
            "epochs must be a whole number from 1 | 0 came",
            lambda: minibatches(cost_line(), 1, generator(), epochs=0),
        ),
        (ValueError, "epochs | '3' came", lambda: minibatches(cost_line(), 1, generator(), epochs="3")),
        (ValueError, "indices | at least one | (0,)", lambda: cost_line().on([])),
        (ValueError, "indices | (1, 2)", lambda: cost_line().on([[0, 1]])),
        (TypeError, "indices must be integers | bool | flatnonzero", lambda: cost_line().on([True, False, True])),
        (TypeError, "indices must be integers | float64", lambda: cost_line().on([0.0])),
        (ValueError, "indices | from 0 to 2 | 0…3", lambda: cost_line().on([0, 3])),
        (ValueError, "indices | from 0 to 2 | -1…1", lambda: cost_line().on([-1, 1])),
    ],
)
def test_refusals(refused, error, words, call):
    refused(error, words, call)


@given(st.integers(1, 6), st.integers(1, 3), st.data())
def test_bad_data_is_found_wherever_it_is(n, d, data):
    X, bad = np.ones((n, d)), data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, d - 1))
    X[i, j] = bad
    with pytest.raises(ValueError, match=rf"X holds NaN or infinity at index \({i}, {j}\)"):
        least_squares(X, np.ones(n))


@given(st.integers(1, 5), st.lists(st.integers(0, 4), max_size=3))
def test_other_numbers_of_parameters_are_refused(P, shape):
    f = quadratic(np.arange(1.0, P + 1))
    theta = np.ones(shape)
    if shape and shape[-1] == P:
        assert f(theta).shape == tuple(shape[:-1])
    else:
        with pytest.raises(ValueError, match="theta"):
            f(theta)
