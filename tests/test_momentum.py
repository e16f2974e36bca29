"""Momentum: the lectures' forms are one method, and torch.optim's SGD; Nesterov's look ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    METHODS,
    Objective,
    gradient_descent,
    himmelblau,
    momentum,
    momentum_ema,
    momentum_trace,
    momentum_velocity,
    nesterov,
    quadratic,
    rosenbrock,
    run,
)

torch = pytest.importorskip("torch")

seeds, lrs, betas = st.integers(0, 2**32), st.floats(1e-3, 1), st.floats(0, 0.999)
FORMS = (momentum, momentum_velocity, momentum_trace, momentum_ema)


def both(*states):
    return states


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max())


def case(seed):
    """A random quadratic, a start, a velocity; and a step size below the edge."""
    rng = np.random.default_rng(seed)
    f = quadratic(rng.uniform(0.05, 2, size=2), angle=rng.uniform(0, 3))
    return f, *rng.normal(size=(2, 2))


def torch_sgd(f, theta0, buffer, steps, **options):
    """The path of torch.optim.SGD from a state, with autograd's gradients."""
    theta = torch.nn.Parameter(torch.tensor(theta0))
    optimizer = torch.optim.SGD([theta], **options)
    if buffer is not None:
        optimizer.state[theta]["momentum_buffer"] = torch.tensor(buffer)
    path = [theta0]
    for _ in range(steps):
        optimizer.zero_grad()
        f(theta).backward()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


# One method


@given(seeds, lrs, betas)
def test_the_four_forms_are_one_method(seed, lr, beta):
    f, theta0, v = case(seed)
    path, velocity = run(momentum, f, theta0, 50, lr=lr, beta=beta, state=(v,), keep=both)
    for method, state, of_v, own_lr in [
        (momentum_velocity, -v, lambda v: -v, lr),
        (momentum_trace, -v / lr, lambda u: -lr * u, lr),
        (momentum_ema, v * (1 - beta) / lr, lambda v: v * lr / (1 - beta), lr / (1 - beta)),
    ]:
        theirs, own = run(method, f, theta0, 50, lr=own_lr, beta=beta, state=(state,), keep=both)
        close(theirs, path, 1e-11)
        close(of_v(own), velocity, 1e-11)


def test_they_part_where_lr_has_a_schedule():
    """`momentum` keeps each gradient's own lr; the trace takes the new lr for all its memory."""
    paths = {m: run(m, quadratic(), [1.0, 1.0], 2, beta=0.9, lr={1: 0.1, 2: 0.01}.get) for m in FORMS}
    np.testing.assert_allclose(paths[momentum][-1], [0.9 - 0.09 - 0.009, 0 - 0.9], atol=1e-15)
    np.testing.assert_allclose(paths[momentum_trace][-1], [0.9 - 0.009 - 0.009, 0 - 0.09], atol=1e-15)
    np.testing.assert_array_equal(paths[momentum_velocity], paths[momentum])
    close(run(momentum_ema, quadratic(), [1.0, 1.0], 2, beta=0.9, lr={1: 1.0, 2: 0.1}.get), paths[momentum_trace])


@given(seeds, lrs)
def test_without_beta_all_are_gradient_descent(seed, lr):
    f, theta0, _ = case(seed)
    for method in (*FORMS, nesterov):
        close(run(method, f, theta0, 20, lr=lr, beta=0), run(gradient_descent, f, theta0, 20, lr=lr))


def test_the_effective_step():
    """Under a constant gradient the steps grow to lr / (1 − beta), those of the average to lr."""
    slope = Objective(lambda theta: theta[..., 0], lambda theta: theta * 0 + 1)
    for method in (*FORMS, nesterov):
        path = run(method, slope, [0.0], 400, lr=0.1, beta=0.9)[:, 0]
        assert path[-2] - path[-1] == pytest.approx(0.1 if method is momentum_ema else 1.0, rel=1e-12)
    trace = run(momentum_trace, slope, [0.0], 4, beta=0.5, keep=lambda theta, u: u)
    assert trace[:, 0].tolist() == [0, -1, -1.5, -1.75, -1.875]  # [S]: −g − βg − β²g − β³g


# torch.optim.SGD


@given(seeds, lrs, betas, st.booleans())
def test_the_trace_is_torchs_sgd(seed, lr, beta, fresh):
    f, theta0, u = case(seed)
    theirs = torch_sgd(f, theta0, None if fresh else -u, 50, lr=lr, momentum=beta)
    close(run(momentum_trace, f, theta0, 50, lr=lr, beta=beta, state=() if fresh else (u,)), theirs)


@given(seeds, lrs, betas)
def test_momentum_and_velocity_are_torchs_sgd(seed, lr, beta):
    f, theta0, v = case(seed)
    theirs = torch_sgd(f, theta0, v / lr, 50, lr=lr, momentum=beta)
    close(run(momentum, f, theta0, 50, lr=lr, beta=beta, state=(v,)), theirs)
    close(run(momentum_velocity, f, theta0, 50, lr=lr, beta=beta, state=(-v,)), theirs)


@given(seeds, lrs, betas)
def test_the_average_is_torchs_sgd_with_dampening(seed, lr, beta):
    """From any state; but torch's first average is the first gradient itself."""
    f, theta0, v = case(seed)
    theirs = torch_sgd(f, theta0, v, 50, lr=lr, momentum=beta, dampening=beta)
    close(run(momentum_ema, f, theta0, 50, lr=lr, beta=beta, state=(v,)), theirs)
    fresh = torch_sgd(f, theta0, None, 50, lr=lr, momentum=beta, dampening=beta)
    close(fresh[1], theta0 - lr * f.grad(theta0))
    first = (fresh[1], f.grad(theta0))
    close(run(momentum_ema, f, first[0], 49, lr=lr, beta=beta, state=(first[1],)), fresh[1:])


@given(seeds, lrs, betas, st.booleans())
def test_torchs_nesterov_holds_the_look_ahead_point(seed, lr, beta, fresh):
    """φ = θ − beta · v, at every step."""
    f, theta0, v = case(seed)
    v = 0 * v if fresh else v
    theta, velocity = run(nesterov, f, theta0, 50, lr=lr, beta=beta, state=(v,), keep=both)
    ahead = theta - beta * velocity
    if beta > 0:
        theirs = torch_sgd(f, ahead[0], None if fresh else v / lr, 50, lr=lr, momentum=beta, nesterov=True)
        close(ahead, theirs)


@pytest.mark.parametrize("f", [rosenbrock(b=3.0), himmelblau()], ids=["rosenbrock", "himmelblau"])
def test_whole_descents_are_torchs(f):
    options = {"lr": 1e-3, "momentum": 0.9}
    close(run(momentum_trace, f, f.start, 50, lr=1e-3), torch_sgd(f, f.start, None, 50, **options))
    close(run(momentum, f, f.start, 50, lr=1e-3), torch_sgd(f, f.start, None, 50, **options))
    theta, v = run(nesterov, f, f.start, 50, lr=1e-3, keep=both)
    close(theta - 0.9 * v, torch_sgd(f, f.start, None, 50, nesterov=True, **options))


def test_nesterov_brakes_before_the_turn():
    """On the steep axis of a ravine the look ahead sees the other wall, and swings less."""
    f = quadratic([1.0, 50.0])
    swing = {name: np.abs(run(METHODS[name], f, [1.0, 1.0], 60, lr=0.015, beta=0.9)[20:, 1]).max()
             for name in ("momentum", "nesterov")}  # fmt: skip
    assert swing["nesterov"] < swing["momentum"] / 10
