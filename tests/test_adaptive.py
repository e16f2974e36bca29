"""Adaptive methods: equal to torch.optim from any state, ε where each paper puts it, and what each one is for."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    adadelta,
    adagrad,
    adam,
    adam_uncorrected,
    adamax,
    adamw,
    amsgrad,
    lion,
    nadam,
    quadratic,
    rmsprop,
    rosenbrock,
    run,
)

torch = pytest.importorskip("torch")
optim = torch.optim


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max())


def slope(g):
    """An objective with this gradient everywhere."""
    g = np.asarray(g, dtype=float)
    return Objective(lambda theta: (g * theta).sum(-1), lambda theta: g + 0 * theta)


# Ours, torch's, the names of torch's state in the order of ours, and torch's names of our hyper-parameters.
ADAM = ("exp_avg", "exp_avg_sq")
TORCHS = {
    adagrad: (optim.Adagrad, ("sum",), {}),
    adadelta: (optim.Adadelta, ("square_avg", "acc_delta"), {"eps_root": "eps"}),
    rmsprop: (optim.RMSprop, ("square_avg",), {"rho": "alpha"}),
    adam: (optim.Adam, ADAM, {}),
    adamax: (optim.Adamax, ("exp_avg", "exp_inf"), {}),
    nadam: (optim.NAdam, (*ADAM, "mu_product"), {"psi": "momentum_decay"}),
    amsgrad: (functools.partial(optim.Adam, amsgrad=True), (*ADAM, "max_exp_avg_sq"), {}),
    adamw: (optim.AdamW, ADAM, {}),
}
LRS, DECAYS = st.floats(0, 1), st.floats(0, 0.9999)
HYPER = {
    "lr": LRS,
    "beta1": st.floats(0, 0.999),
    "beta2": DECAYS,
    "rho": DECAYS,
    "psi": st.floats(0, 0.1),
    "eps": st.sampled_from([1e-10, 1e-8, 1e-3, 1.0]),
    "eps_root": st.sampled_from([1e-10, 1e-6, 1e-3, 1.0]),
    "weight_decay": st.floats(0, 0.5),
}


def hyper_for(method):
    names = {*method.__kwdefaults__} - ({"eps_root"} if method is not adadelta else set())
    return st.fixed_dictionaries({name: HYPER[name] for name in sorted(names)})


def torchs(method, hyper, theta, state, t):
    """torch's optimizer of a parameter, with our hyper-parameters and our state before step t."""
    optimizer, names, renamed = TORCHS[method]
    options = {renamed.get(name, name): value for name, value in hyper.items()}
    if "beta1" in options:
        options["betas"] = options.pop("beta1"), options.pop("beta2")
    optimizer = optimizer([theta], **options)
    if state:
        optimizer.state[theta] = {name: torch.tensor(s) for name, s in zip(names, state, strict=True)}
        optimizer.state[theta]["step"] = torch.tensor(float(t - 1))
    return optimizer


def torch_path(optimizer, theta, gradients):
    path = [theta.detach().numpy().copy()]
    for gradient in gradients:
        theta.grad = gradient.clone()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("method", TORCHS, ids=lambda method: method.__name__)
@given(data=st.data(), seed=st.integers(0, 2**32), P=st.integers(1, 5), t=st.integers(1, 1000))
def test_torchs_path_from_any_state(method, data, seed, P, t):
    """50 steps along gradients of all sizes, which no rounding of the path can change."""
    hyper, rng = data.draw(hyper_for(method)), np.random.default_rng(seed)
    theta0, *gradients = rng.normal(size=(51, P)) * 10 ** rng.uniform(-3, 2, size=(51, P))
    state = [*rng.uniform(0.1, 2, size=(len(TORCHS[method][1]), P))]
    if method is nadam:
        state[2][:] = 0.9 ** min(t - 1, 50)  # in float64, where torch by itself has float32
    ours = run(method, map(slope, gradients), theta0, 50, state=tuple(state), t=t, **hyper)
    if method is nadam:
        state[2] = state[2][0]
    theta = torch.nn.Parameter(torch.tensor(theta0))
    theirs = torchs(method, hyper, theta, state, t)
    close(ours, torch_path(theirs, theta, map(torch.tensor, gradients)))


@pytest.mark.parametrize("method", TORCHS, ids=lambda method: method.__name__)
def test_defaults_are_torchs(method):
    """On a whole descent, with autograd's gradients."""
    f, theta = rosenbrock(b=5.0), torch.nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
    optimizer, path = torchs(method, {}, theta, None, 1), []
    for _ in range(50):
        optimizer.zero_grad()
        f(theta).backward()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    close(run(method, f, f.start, 50)[1:], np.array(path), 1e-9 if method is nadam else 1e-12)


def test_lion_as_published():
    """Algorithm 2 of Chen et al., for one number at a time."""
    rng = np.random.default_rng(0)
    gradients, theta0 = rng.normal(size=(40, 3)), rng.normal(size=3)
    path = run(lion, map(slope, gradients), theta0, 40, lr=0.1, beta1=0.8, beta2=0.95, weight_decay=0.3)
    for i in range(3):
        theta, m = theta0[i], 0.0
        for t, g in enumerate(gradients[:, i]):
            c = 0.8 * m + 0.2 * g
            theta = theta - 0.1 * (math.copysign(1, c) + 0.3 * theta)
            m = 0.95 * m + 0.05 * g
            assert path[t + 1, i] == pytest.approx(theta, rel=1e-13)


# ε


# Length of the first step over lr, with ε = 1e-8 outside the root and inside, as two lectures print it
@pytest.mark.parametrize(("g", "outside", "inside"), [(1e-8, 0.5, 1e-4), (1e-4, 0.99990, 0.70711), (1.0, 1.0, 1.0)])
@pytest.mark.parametrize("method", [adam, amsgrad, nadam, adamw, adagrad, functools.partial(rmsprop, rho=0.0)])
def test_the_two_places_of_eps(method, g, outside, inside):
    start, f = np.array([0.0]), slope([g])
    scale = -method(f, 1, start, lr=1.0, eps=0.0)[0][0]  # 1, but for nadam
    if method is not adagrad:
        inside_length = math.sqrt(g * g / (g * g + 1e-8))
        assert inside == pytest.approx(inside_length, abs=5e-6)
    assert -method(f, 1, start, lr=1.0, eps=1e-8)[0][0] / scale == pytest.approx(outside, abs=5e-6)
    assert -method(f, 1, start, lr=1.0, eps=0.0, eps_root=1e-8)[0][0] / scale == pytest.approx(inside, abs=5e-6)


def test_adadeltas_first_step():
    """0.004472091 with the paper's ρ = 0.95 and ε = 1e-6, for a gradient of 1."""
    assert -adadelta(slope([1.0]), 1, np.array([0.0]), rho=0.95)[0][0] == pytest.approx(0.004472091, abs=5e-10)
    path = run(adadelta, quadratic(), [1.0, 1.0], 50, eps_root=0.0)
    assert (path == 1).all()  # no ε, no first step, and then no second


def test_adamaxs_eps_is_inside_the_maximum():
    theta, _, v = adamax(slope([1e-8]), 1, np.array([0.0]), np.array([0.0]), np.array([3e-8]), lr=1.0, beta2=0.5)
    assert v[0] == pytest.approx(2e-8)  # |g| + ε, not 1.5e-8, nor 1.5e-8 + ε
    assert theta[0] == pytest.approx(-0.5)


# What each one is for


def test_the_first_step_without_bias_correction():
    first = run(adam_uncorrected, slope([3.0, -0.01]), [0.0, 0.0], 1, lr=0.1, eps=0)[1]
    np.testing.assert_allclose(first, [-0.1 * 0.1 / math.sqrt(0.001), 0.1 * 0.1 / math.sqrt(0.001)])
    np.testing.assert_allclose(run(adam, slope([3.0, -0.01]), [0.0, 0.0], 1, lr=0.1, eps=0)[1], [-0.1, 0.1])


def test_corrected_and_not_agree_in_the_end():
    states = {}
    for method in (adam, adam_uncorrected):
        states[method] = method(slope([2.0]), 10**5, np.array([0.0]), np.array([1.0]), np.array([3.0]))
    np.testing.assert_allclose(states[adam], states[adam_uncorrected], rtol=1e-12)


def test_adagrads_rates_never_rise():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(200, 3)) * 10 ** rng.uniform(-3, 1, size=(200, 3))
    _, v = run(adagrad, map(slope, gradients), np.zeros(3), 200, keep=lambda theta, v: (theta, v))
    assert (np.diff(1 / v[1:] ** 0.5, axis=0) <= 0).all()


def reddi(t):
    """Reddi, Kale and Kumar's sequence: a slope of 1010 once, then −10 a hundred times; the mean slope is > 0."""
    return slope([1010.0 if t % 101 == 1 else -10.0])


def test_adam_climbs_where_amsgrad_goes_down():
    stream = [reddi(t) for t in range(1, 4041)]
    options = {"lr": lambda t: 0.1 / t**0.5, "beta1": 0.0, "beta2": 0.99}
    assert run(adam, stream, [0.0], 4040, **options)[-1, 0] > 0.2
    assert run(amsgrad, stream, [0.0], 4040, **options)[-1, 0] < -0.04


def test_decoupled_decay_is_not_an_l2_penalty():
    """AdamW shrinks all parameters by one share; under Adam, an L2 penalty moves a small one as far as a large one."""
    flat, theta0 = slope([0.0, 0.0]), [10.0, 0.1]
    decayed = run(adamw, flat, theta0, 10, lr=0.01, weight_decay=0.5)
    np.testing.assert_allclose(decayed[-1], np.array(theta0) * (1 - 0.005) ** 10)
    penalized = run(adam, quadratic([0.5, 0.5]), theta0, 5, lr=0.01)
    np.testing.assert_allclose(theta0 - penalized[-1], [0.05, 0.05], rtol=0.02)
