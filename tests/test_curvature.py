"""Newton, conjugate gradients, L-BFGS: SciPy's minima, and what theory promises on quadratics; Rprop: torch's path."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    beale,
    conjugate_gradient_fr,
    conjugate_gradient_pr,
    double_well,
    gradient_descent,
    himmelblau,
    iterate,
    lbfgs,
    least_squares,
    minibatches,
    newton,
    quadratic,
    rosenbrock,
    rprop,
    run,
    saddle,
)

torch = pytest.importorskip("torch")
minimize = pytest.importorskip("scipy.optimize").minimize

seeds = st.integers(0, 2**32)
CONJUGATE = (conjugate_gradient_fr, conjugate_gradient_pr)


def bowl(seed, P, kappa):
    """A random quadratic with a minimum anywhere, its Hessian and minimizer."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(P, P)))[0]
    H = Q * np.geomspace(1, kappa, P) @ Q.T
    bottom = rng.normal(size=P)
    f = Objective(
        lambda theta: np.sum((theta - bottom) @ H * (theta - bottom), axis=-1) / 2,
        lambda theta: (theta - bottom) @ H,
        lambda theta: np.broadcast_to(H, (*theta.shape, P)),
        start=bottom + rng.normal(size=P),
    )
    return f, H, bottom


# Minima


# The last is flat along three directions; its minimum is only approached where no penalty holds it.
SEARCHED = [
    "quadratic turned", "quadratic of nine", "rosenbrock", "rosenbrock flatter", "beale", "himmelblau", "saddle",
    "double_well", "plateau", "least_squares", "line_fit", "house_prices", "gaussian_bump", "fix_parameters",
    "logistic_regression", "logistic_regression free",
]  # fmt: skip


@pytest.mark.parametrize("name", SEARCHED)
def test_scipys_minima(catalog, name):
    """From each objective's start; which of several minima is reached is the method's own affair."""
    f = catalog[name]
    for method, scipys in [*zip(CONJUGATE, ("CG", "CG"), strict=True), (lbfgs, "L-BFGS-B")]:
        theirs = minimize(f, f.start, jac=f.grad, method=scipys, options={"maxiter": 1000})
        losses, enough = [], 1e-5 * (1 + np.linalg.norm(f.grad(f.start)))
        for theta, *_ in itertools.islice(iterate(method, f, f.start), 2000):
            losses.append(f(theta))
            if np.linalg.norm(f.grad(theta)) < enough:
                break
        else:
            pytest.fail(f"{method.__name__} has not arrived")
        assert len(losses) <= (60 if method is lbfgs else 2000)
        assert losses[-1] <= theirs.fun + 1e-6 * (1 + abs(theirs.fun)) or name in ("himmelblau", "double_well")
        assert (np.diff(losses) <= 0).all()


def test_newtons_minima(catalog):
    for name in ("rosenbrock", "saddle", "double_well", "logistic_regression", "logistic_regression free", "line_fit"):
        f = catalog[name]
        theirs = minimize(f, f.start, jac=f.grad, method="BFGS", options={"gtol": 1e-9})
        theta = run(newton, f, f.start, 30)[-1]
        assert f(theta) <= theirs.fun + 1e-12
        np.testing.assert_allclose(f.grad(theta), 0, atol=1e-12)


# Quadratics


@given(seeds, st.integers(1, 8), st.floats(1, 1e5))
def test_newton_solves_a_quadratic_in_one_step(seed, P, kappa):
    f, _, bottom = bowl(seed, P, kappa)
    np.testing.assert_allclose(run(newton, f, f.start, 1)[-1], bottom, atol=1e-9)
    half = run(newton, f, f.start, 1, lr=0.5)[-1]
    np.testing.assert_allclose(half, (f.start + bottom) / 2, atol=1e-9)


@given(seeds, st.integers(1, 6), st.sampled_from(CONJUGATE))
def test_conjugate_gradients_need_as_many_steps_as_parameters(seed, P, method):
    f, H, bottom = bowl(seed, P, 30.0)
    theta, _, u, g = run(method, f, f.start, P, keep=lambda *states: states, c2=1e-5)
    scale = f(theta[0])
    assert f(theta[-1]) <= 1e-7 * scale
    for i in range(2, P + 1):
        for j in range(1, i):  # conjugate directions, orthogonal gradients
            assert abs(u[i] @ H @ u[j]) <= 1e-3 * math.sqrt((u[i] @ H @ u[i]) * (u[j] @ H @ u[j]))
            assert abs(g[i] @ g[j]) <= 1e-3 * np.linalg.norm(g[1]) * np.linalg.norm(g[j])


@given(seeds, st.integers(1, 6))
def test_lbfgs_learns_the_hessian(seed, P):
    """After P exact searches its direction is Newton's; with fewer pairs it is not."""
    f, H, bottom = bowl(seed, P, 30.0)
    theta, _, pairs = run_states(lbfgs, f, f.start, P, c2=1e-6)[-1]
    for s, y in pairs:
        np.testing.assert_allclose(H @ s, y, rtol=1e-6, atol=1e-9)
    assert f(theta) <= 1e-7 * f(f.start)


def run_states(method, f, theta0, steps, **hyper):
    return list(itertools.islice(iterate(method, f, theta0, **hyper), steps + 1))


def test_lbfgs_keeps_its_last_pairs():
    states = run_states(lbfgs, rosenbrock(), np.array([[-1.2, 1.0], [0.0, 2.0]]), 12, history=4)
    assert [len(pairs) for *_, pairs in states] == [0, 1, 2, 3, *[4] * 9]
    (theta_0, *_), (theta_1, step, pairs) = states[-2:]
    s, y = pairs[-1]
    np.testing.assert_allclose(s, theta_1 - theta_0, atol=1e-15)
    np.testing.assert_allclose(y, rosenbrock().grad(theta_1) - rosenbrock().grad(theta_0), rtol=1e-9)
    assert step.shape == theta_1.shape


def test_lbfgs_is_bfgs_with_a_long_memory():
    """On a 2-parameter problem a dense BFGS, fed with the same pairs, has the same direction."""
    f = rosenbrock()
    states = run_states(lbfgs, f, f.start, 12, history=100)
    theta, _, pairs = states[-1]
    s, y = pairs[-1]
    B = np.eye(2) * (s @ y / (y @ y))
    for s, y in pairs:
        V = np.eye(2) - np.outer(y, s) / (y @ s)
        B = V.T @ B @ V + np.outer(s, s) / (y @ s)
    after, step, _ = run_states(lbfgs, f, theta, 1, state=(np.ones(2), pairs))[-1]
    direction = (after - theta) / step
    np.testing.assert_allclose(direction, -B @ f.grad(theta), rtol=1e-6)


@pytest.mark.parametrize("method", [*CONJUGATE, lbfgs])
def test_a_failed_search_is_a_new_start(method):
    """A gradient that lies at one place: the run stays there, says so, and with a true one goes on from −g."""
    f = rosenbrock(b=5.0)
    liar = Objective(f, lambda theta: -f.grad(theta))
    stream = [f] * 3 + [liar] + [f] * 60
    theta, step = run(method, stream, [[-1.2, 1.0], [2.0, -1.0]], 64, keep=lambda theta, step, *_: (theta, step))
    np.testing.assert_array_equal(theta[4], theta[3])
    assert (step[4] == 0).all()
    assert (step[[1, 2, 3, 5, 6]] > 0).all()
    move, g = theta[5] - theta[4], f.grad(theta[4])
    cosine = np.sum(-move * g, -1) / np.linalg.norm(move, axis=-1) / np.linalg.norm(g, axis=-1)
    np.testing.assert_allclose(cosine, 1, rtol=1e-9)
    assert (f(theta[-1]) < 1e-6).all()


def test_lbfgs_on_minibatches_compares_gradients_of_one_batch():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    f = least_squares(X, X @ [1.0, -2.0, 3.0])
    stream = minibatches(f, 10, rng)
    batch = next(iter(stream))
    _, _, ((s, y),) = run_states(lbfgs, stream, np.zeros(3), 1)[-1]
    np.testing.assert_allclose(y, batch.hessian(s) @ s, rtol=1e-9)
    np.testing.assert_allclose(run(lbfgs, stream, np.zeros(3), 40)[-1], [1.0, -2.0, 3.0], atol=1e-6)


# Newton where the Hessian is no bowl's


def test_newton_goes_downhill_from_a_saddle_and_a_maximum():
    path = run(newton, saddle(), [1.2, 0.001], 40)
    np.testing.assert_allclose(path[-1], [0.0, 1.0], atol=1e-9)
    path = run(newton, double_well(tilt=0.0), [0.05, 0.5], 40)
    np.testing.assert_allclose(path[-1], [1.0, 0.0], atol=1e-9)


def test_newton_on_a_singular_hessian():
    f = quadratic([2.0, 0.0])
    np.testing.assert_allclose(run(newton, f, [3.0, 7.0], 1)[-1], [0.0, 7.0])
    slope = Objective(lambda theta: theta[..., 0], lambda theta: theta * 0 + 1, lambda theta: np.zeros((1, 1)))
    np.testing.assert_allclose(run(newton, slope, [0.0], 1, floor=0.5)[-1], [-2.0])  # the gradient over the floor
    np.testing.assert_allclose(run(newton, slope, [0.0], 1, floor=0, damping=0.1)[-1], [-10.0])


def test_newtons_damping():
    """Levenberg's: (|H| + damping)⁻¹ g; with much of it, gradient descent with lr / damping."""
    f, theta0 = beale(), np.array([0.5, 0.7])
    H, g = f.hessian(theta0), f.grad(theta0)
    values, axes = np.linalg.eigh(H)
    absolute = axes * np.abs(values) @ axes.T
    for damping in (0.5, 3.0):
        theta = run(newton, f, theta0, 1, damping=damping)[-1]
        np.testing.assert_allclose(theta, theta0 - np.linalg.solve(absolute + damping * np.eye(2), g))
    a, b = run(newton, f, theta0, 5, damping=1e7, lr=1e4), run(gradient_descent, f, theta0, 5, lr=1e-3)
    np.testing.assert_allclose(a, b, rtol=1e-5)


def test_newtons_runs_are_each_their_own():
    """A bowl, a saddle, a flat place and no number at all, in one call."""
    curvatures = np.array([[2.0, 1.0], [-2.0, 1.0], [0.0, 1.0], [math.nan, 1.0]])

    def hessian(theta):
        rows = np.where(theta[..., :1] == 1, curvatures[0], np.where(theta[..., :1] == 2, curvatures[1], np.where(
            theta[..., :1] == 3, curvatures[2], curvatures[3])))  # fmt: skip
        return rows[..., None] * np.eye(2)

    f = Objective(lambda theta: theta.sum(-1), lambda theta: np.ones_like(theta), hessian)
    theta0 = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 0.0]])
    (theta,) = newton(f, 1, theta0, floor=0.1)
    np.testing.assert_allclose(theta0 - theta, [[0.5, 1], [0.5, 1], [10, 1], [10, 1]])


# Rprop


@given(seeds, st.integers(1, 5), st.floats(1e-3, 1), st.floats(1.01, 2), st.floats(0.1, 0.9), st.booleans())
def test_rprop_is_torchs(seed, P, lr, grow, shrink, fresh):
    """Also from any state, with steps that meet their bounds, and zero gradients."""
    rng = np.random.default_rng(seed)
    theta0, *gradients = rng.normal(size=(51, P)) * rng.integers(0, 4, size=(51, P)).clip(0, 1)
    ours, g, step = None, rng.normal(size=P), rng.uniform(0.01, 0.2, size=P)
    bounds = {"step_min": 0.01, "step_max": 0.2}
    objectives = [
        Objective(lambda theta, g=g: (theta * g).sum(-1), lambda theta, g=g: 0 * theta + g) for g in gradients
    ]
    state = () if fresh else (g, step)
    ours = run(rprop, objectives, theta0, 50, lr=lr, grow=grow, shrink=shrink, state=state, **bounds)
    theta = torch.nn.Parameter(torch.tensor(theta0))
    optimizer = torch.optim.Rprop([theta], lr=lr, etas=(shrink, grow), step_sizes=tuple(bounds.values()))
    if not fresh:
        before = {"step": torch.tensor(7.0), "prev": torch.tensor(g), "step_size": torch.tensor(step)}
        optimizer.state[theta] = before
    for t, gradient in enumerate(gradients, start=1):
        theta.grad = torch.tensor(gradient)
        optimizer.step()
        np.testing.assert_allclose(ours[t], theta.detach(), rtol=1e-12, atol=1e-12)


def test_rprops_defaults_are_torchs():
    f, theta = himmelblau(), torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    optimizer, path = torch.optim.Rprop([theta]), []
    for _ in range(50):
        optimizer.zero_grad()
        f(theta).backward()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    np.testing.assert_allclose(run(rprop, f, f.start, 50)[1:], path, rtol=1e-12)
