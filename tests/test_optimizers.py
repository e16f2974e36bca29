"""The methods: equal to torch.optim from any state, the same in every array library, as fast as the textbook says."""

import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lectopt import METHODS, Objective, adam, diverged, gradient_descent, iterate, line_fit, momentum, quadratic, run
from lectopt.optimizers import RANGES, STYLES

torch = pytest.importorskip("torch")

seeds = st.integers(0, 2**32)


def hyper_of(method):
    return {p.name: p.default for p in inspect.signature(method).parameters.values() if p.kind is p.KEYWORD_ONLY}


def states_of(method):
    return list(inspect.signature(method).parameters)[2 : -len(hyper_of(method))]


# The table


def test_names_are_the_functions_names():
    assert {name: method.__name__ for name, method in METHODS.items()} == {name: name for name in METHODS}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_hyper_parameter_has_a_range_with_its_default(method):
    assert list(inspect.signature(method).parameters)[:3] == ["f", "t", "theta"]
    for name, default in hyper_of(method).items():
        assert default in RANGES[name]
        assert -1 not in RANGES[name]


def test_defaults():
    theirs = inspect.signature(torch.optim.Adam).parameters
    lr, (beta1, beta2), eps = (theirs[name].default for name in ("lr", "betas", "eps"))
    assert hyper_of(adam) == {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "eps_root": 0}
    assert hyper_of(momentum) == {"lr": 0.01, "beta": 0.9}
    assert hyper_of(gradient_descent) == {"lr": 0.01}


@pytest.mark.parametrize("name", ["beta", "beta1", "beta2"])
def test_decay_rates_lie_below_one(name):
    assert 0 in RANGES[name]
    assert 1 not in RANGES[name]
    assert str(RANGES[name]) == "in [0, 1)"


def test_styles_differ_twice():
    assert STYLES.keys() == METHODS.keys()
    for a, b in itertools.combinations(STYLES.values(), 2):
        assert sum(x != y for x, y in zip(a, b, strict=True)) >= 2  # of color, dashes and marker


# One step, by hand


def steep(gradient):
    """An objective with this gradient everywhere."""
    return Objective(lambda theta: theta @ gradient, lambda theta: np.broadcast_to(gradient, theta.shape))


@given(seeds)
def test_methods_are_pure(seed):
    rng = np.random.default_rng(seed)
    for method in (gradient_descent, momentum, adam):
        states = [rng.uniform(0.1, 1, size=(3, 2)) for _ in states_of(method)]
        copies = [s.copy() for s in states]
        first = method(quadratic(), 5, *states)
        second = method(quadratic(), 5, *states)
        for a, b, before, state in zip(first, second, copies, states, strict=True):
            np.testing.assert_array_equal(a, b)
            np.testing.assert_array_equal(state, before)
            assert not np.shares_memory(a, state)


# Length of Adam's first step over lr, with ε = 1e-8 outside the root (the paper) and inside (as two lectures print it)
@pytest.mark.parametrize(("g", "outside", "inside"), [(1e-8, 0.5, 1e-4), (1e-4, 0.99990, 0.70711), (1.0, 1.0, 1.0)])
def test_where_adams_eps_stands(g, outside, inside):
    theta, f = np.array([0.0]), steep(np.array([g]))
    assert -adam(f, 1, theta, lr=1.0)[0][0] == pytest.approx(outside, abs=5e-6)
    assert -adam(f, 1, theta, lr=1.0, eps=0, eps_root=1e-8)[0][0] == pytest.approx(inside, abs=5e-6)


def test_adams_moments_are_free_of_their_zero_start():
    """Under a constant gradient m̂ = g and v̂ = g² at every step, so that all steps are equal."""
    path = run(adam, steep(np.array([0.3, -7.0])), [0.0, 0.0], 50, lr=0.1, eps=0)
    np.testing.assert_allclose(np.diff(path, axis=0), np.tile([-0.1, 0.1], (50, 1)), rtol=1e-12)


# torch.optim


def torch_path(optimizer, theta, gradients):
    path = [theta.detach().clone()]
    for g in gradients:
        theta.grad = g.clone()
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(path).numpy()


def random_case(seed, P):
    """Gradients that no path can change: what is compared is the method alone."""
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(50, P)) * 10 ** rng.uniform(-3, 2, size=(50, P))
    return rng, rng.normal(size=P), gradients, [steep(g) for g in gradients]


@given(seeds, st.integers(1, 5), st.floats(0, 1), st.floats(0, 0.999))
def test_momentum_is_torchs_sgd(seed, P, lr, beta):
    rng, theta0, gradients, stream = random_case(seed, P)
    v = rng.normal(size=P)
    ours = run(momentum, stream, theta0, 50, lr=lr, beta=beta, state=(lr * v,))
    theta = torch.nn.Parameter(torch.tensor(theta0))
    optimizer = torch.optim.SGD([theta], lr=lr, momentum=beta)
    optimizer.state[theta]["momentum_buffer"] = torch.tensor(v)
    theirs = torch_path(optimizer, theta, torch.tensor(gradients))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max())
    if beta == 0:
        np.testing.assert_allclose(run(gradient_descent, stream, theta0, 50, lr=lr), ours, rtol=1e-15)


@given(seeds, st.integers(1, 5), st.floats(0, 1))
def test_gradient_descent_is_torchs_sgd(seed, P, lr):
    _, theta0, gradients, stream = random_case(seed, P)
    theta = torch.nn.Parameter(torch.tensor(theta0))
    theirs = torch_path(torch.optim.SGD([theta], lr=lr), theta, torch.tensor(gradients))
    ours = run(gradient_descent, stream, theta0, 50, lr=lr)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max())


@given(seeds, st.integers(1, 5), st.floats(0, 1), st.floats(0, 0.999), st.floats(0, 0.9999), st.integers(1, 1000),
       st.sampled_from([1e-8, 1e-3, 1.0]))  # fmt: skip
def test_adam_is_torchs_adam(seed, P, lr, beta1, beta2, t, eps):
    rng, theta0, gradients, stream = random_case(seed, P)
    m, v = rng.normal(size=P), rng.uniform(0.1, 2, size=P)
    ours = run(adam, stream, theta0, 50, lr=lr, beta1=beta1, beta2=beta2, eps=eps, state=(m, v), t=t)
    theta = torch.nn.Parameter(torch.tensor(theta0))
    optimizer = torch.optim.Adam([theta], lr=lr, betas=(beta1, beta2), eps=eps)
    optimizer.state[theta] = {
        "step": torch.tensor(float(t - 1)),
        "exp_avg": torch.tensor(m),
        "exp_avg_sq": torch.tensor(v),
    }
    theirs = torch_path(optimizer, theta, torch.tensor(gradients))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max())


@pytest.mark.parametrize(
    ("method", "theirs", "options"),
    [
        (gradient_descent, torch.optim.SGD, {}),
        (momentum, torch.optim.SGD, {"momentum": 0.9}),  # our default
        (adam, torch.optim.Adam, {}),  # our defaults are theirs
    ],
)
def test_whole_descents_are_torchs(objective, points_of, method, theirs, options):
    """From the first state, with autograd's gradients."""
    f, theta0 = objective, points_of(objective)
    lr = 1e-2 / np.abs(np.linalg.eigvalsh(f.hessian(theta0))).max()
    theta = torch.nn.Parameter(torch.tensor(theta0))
    optimizer, path = theirs([theta], lr=lr, **options), [theta0]
    for _ in range(50):
        optimizer.zero_grad()
        f(theta).backward()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    ours = run(method, f, theta0, 50, lr=lr)
    np.testing.assert_allclose(ours, path, rtol=1e-12, atol=1e-12 * np.abs(path).max())


# NumPy, torch, array-api-strict


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_same_path_in_every_library(method, objective, points_of, other, dtype):
    """With an array of one hyper-parameter, a schedule of another, and several starts."""
    f, theta0 = objective, points_of(objective, 2)
    lr = np.array([0.0, 0.1, 0.3])[:, None, None] / np.abs(np.linalg.eigvalsh(f.hessian(theta0))).max()
    hyper = {"lr": lr} | {name: lambda t: 0.9 - 0.5 / t for name in hyper_of(method) if name in ("beta", "beta1")}
    expected = run(method, f, theta0, 12, keep=lambda *states: states, **hyper)
    array = other.asarray(theta0, dtype=getattr(other, dtype))
    for given_lr in (lr, other.asarray(lr)):
        result = run(method, f, array, 12, keep=lambda *states: states, **hyper | {"lr": given_lr})
        for ours, numpys in zip(result, expected, strict=True):
            assert ours.shape == numpys.shape == (13, 3, 2, f.parameters)
            assert type(ours) is type(array)
            assert ours.dtype == array.dtype
            tolerance = {"float64": 1e-12, "float32": 2e-3}[dtype]
            np.testing.assert_allclose(np.asarray(ours), numpys, rtol=tolerance, atol=tolerance * np.abs(numpys).max())


@pytest.mark.gpu
def test_same_path_on_the_gpu(catalog, points_of):
    for method, f in itertools.product((gradient_descent, momentum, adam), catalog.values()):
        theta0 = points_of(f, 2)
        lr = np.array([0.1, 0.3])[:, None, None] / np.abs(np.linalg.eigvalsh(f.hessian(theta0))).max()
        path = run(method, f, torch.tensor(theta0, device="cuda"), 12, lr=lr)
        expected = run(method, f, theta0, 12, lr=lr)
        assert path.device.type == "cuda"
        np.testing.assert_allclose(path.cpu().numpy(), expected, rtol=1e-11, atol=1e-11 * np.abs(expected).max())


def test_float32_stays_float32(method, objective, points_of):
    """Through arrays, NumPy's float64 scalars, schedules and losses."""
    f, theta0 = objective, points_of(objective).astype(np.float32)
    hyper = {name: np.float64(default) for name, default in hyper_of(method).items()}
    for lr in (np.float64(1e-6), np.full((2, 1), 1e-6), lambda t: np.float64(1e-6), lambda t: np.full((2, 1), 1e-6)):
        *states, loss = run(method, f, theta0, 3, keep=lambda *s: (*s, f(s[0])), **hyper | {"lr": lr})
        assert {array.dtype for array in (*states, loss)} == {np.dtype("float32")}
        for state, _ in zip(iterate(method, f, theta0, **hyper | {"lr": lr}), range(4), strict=False):
            assert all(array.dtype == np.float32 for array in state)


# The textbook


def rate(method, eigenvalue, **hyper):
    """The factor that a step shrinks the state by, in the long run: the spectral radius of the linear step."""
    size = len(states_of(method))
    columns = np.eye(size)[:, :, None]  # run i starts with state i
    stepped = method(quadratic([eigenvalue]), 1, *columns.transpose(1, 0, 2), **hyper)
    return np.abs(np.linalg.eigvals(np.array(stepped)[..., 0])).max()


# Nocedal and Wright, section 3.3, and Polyak 1964: the best rates by condition number
@pytest.mark.parametrize(
    ("kappa", "descent", "polyak"),
    [(10, 0.818182, 0.519494), (100, 0.980198, 0.818182), (1000, 0.998002, 0.938693)],
)
def test_published_rates(kappa, descent, polyak):
    lr = 2 / (1 + kappa)
    assert max(rate(gradient_descent, e, lr=lr) for e in (1, kappa)) == pytest.approx(descent, abs=1e-6)
    root = math.sqrt(kappa)
    lr, beta = (2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2
    # Both step matrices are defective there, so that eigenvalues have half their digits.
    assert max(rate(momentum, e, lr=lr, beta=beta) for e in (1, kappa)) == pytest.approx(polyak, abs=1e-6)


def test_best_rate_on_the_line_fit():
    f = line_fit()
    distance = np.linalg.norm(run(gradient_descent, f, f.start, 60, lr=0.125) - f.minimizers[0], axis=-1)
    np.testing.assert_allclose(distance[1:] / distance[:-1], 0.790569, atol=1e-6)
    # Stable below 0.139620
    for lr, away in [(0.1396, False), (0.1397, True)]:
        losses = run(gradient_descent, f, f.start, 10_000, lr=lr, keep=f)
        assert diverged(losses) == away
    # Polyak's pair for these eigenvalues
    assert max(rate(momentum, e, lr=0.155051, beta=0.240408) for e in (1.675445, 14.324555)) == pytest.approx(
        math.sqrt(0.240408), abs=1e-3
    )


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=4), st.floats(0.1, 0.95), st.floats(1.05, 3))
def test_descent_is_stable_below_two_over_the_largest_eigenvalue(eigenvalues, below, above):
    f, edge = quadratic(eigenvalues), 2 / max(eigenvalues)
    losses = run(gradient_descent, f, np.ones(len(eigenvalues)), 300, lr=edge * np.array([[below], [above]]), keep=f)
    assert diverged(losses).tolist() == [False, True]
    assert (np.diff(losses[:, 0]) <= 0).all()


@given(st.floats(0.01, 100), st.floats(0, 0.99), st.floats(0.01, 3))
def test_momentum_is_stable_below_two_plus_two_beta(eigenvalue, beta, share):
    assume(abs(share - 1) > 1e-6)
    lr = share * (2 + 2 * beta) / eigenvalue
    assert (rate(momentum, eigenvalue, lr=lr, beta=beta) < 1) == (share < 1)
