"""What holds for every method in the table: one path in all libraries, sweeps, purity, invariances, refusals."""

import functools
import importlib
import inspect
import math
import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from lectopt import (
    METHODS,
    Objective,
    adam,
    clip_norm,
    clip_value,
    exponential_average,
    gradient_descent,
    himmelblau,
    iterate,
    minibatches,
    momentum,
    namespace,
    nesterov,
    newton,
    polyak_average,
    quadratic,
    reduce_on_plateau,
    rosenbrock,
    run,
    scattered,
    sweep,
)
from lectopt.optimizers import RANGES

torch = pytest.importorskip("torch")

MOMENTUMS = ("momentum", "momentum_velocity", "momentum_trace", "momentum_ema", "nesterov")
ADAPTIVE = ("adagrad", "rmsprop", "adam", "adam_uncorrected", "adamax", "nadam", "amsgrad", "adamw")
SEARCHING = ("steepest_descent", "conjugate_gradient_fr", "conjugate_gradient_pr", "lbfgs")
FIRST_ORDER = [name for name in METHODS if name not in (*SEARCHING, "newton")]
EYE = np.eye(2)
TWO = {  # two values of each hyper-parameter that can be swept
    "lr": (0.002, 0.01),
    "beta": (0.5, 0.9),
    "beta1": (0.3, 0.9),
    "beta2": (0.9, 0.999),
    "rho": (0.8, 0.99),
    "psi": (0.0, 0.1),
    "eps": (1e-8, 1e-2),
    "eps_root": (1e-6, 1e-2),
    "weight_decay": (0.0, 0.5),
    "damping": (0.0, 3.0),
    "floor": (1e-6, 5.0),
    "grow": (1.1, 1.5),
    "shrink": (0.3, 0.7),
    "step_min": (0.0, 1e-3),
    "step_max": (0.02, 0.1),
    "c1": (1e-4, 1e-2),
    "c2": (0.1, 0.3),
}


def hyper_of(method):
    return {p.name: p.default for p in inspect.signature(method).parameters.values() if p.kind is p.KEYWORD_ONLY}


def only_arrays(*states):
    return tuple(state for state in states if hasattr(state, "shape"))


def starts(*runs):
    return np.random.default_rng(3).uniform(-2, 2, size=(*runs, 2))


@pytest.fixture(params=METHODS)
def name(request):
    """Every method's name in turn."""
    return request.param


# One path everywhere


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("library", ["torch", "array_api_strict"])
def test_one_path_in_every_library(name, library, dtype):
    """With an array of one hyper-parameter, a schedule of another, two starts, and NumPy's scalars."""
    method, xp = METHODS[name], importlib.import_module(library)
    sweepable = [key for key in hyper_of(method) if key in TWO]
    hyper = {key: np.float64(TWO[key][1]) for key in sweepable if key != "weight_decay"}
    low, high = TWO[sweepable[-1]]
    hyper[sweepable[-1]] = lambda t: low + (high - low) / t
    hyper[sweepable[0]] = np.array(TWO[sweepable[0]])[:, None, None]
    path = run(method, himmelblau(), starts(2).astype(dtype), 12, **hyper)
    assert path.dtype == dtype
    array = xp.asarray(starts(2), dtype=getattr(xp, dtype))
    for states in zip(iterate(method, himmelblau(), array, **hyper), range(13), strict=False):
        assert all(state.dtype == array.dtype for state in only_arrays(*states[0]))
    ours = run(method, himmelblau(), array, 12, **hyper)
    assert type(ours) is type(array)
    assert ours.dtype == array.dtype
    np.testing.assert_allclose(np.asarray(ours), path, rtol=1e-10 if dtype == "float64" else 2e-3)


@pytest.mark.parametrize("name", FIRST_ORDER)
def test_torch_compiles_a_step_into_one_graph(name):
    """With t as a tensor, one compiled step serves all t."""
    g, theta = torch.tensor([[0.3, -2.0], [0.0, 1e-3]], dtype=torch.float64), torch.ones((2, 2), dtype=torch.float64)
    method, _ = METHODS[name], namespace(theta)  # the library is looked up once, before
    f = SimpleNamespace(grad=lambda theta: g * theta)
    torch.compiler.reset()
    compiled = torch.compile(lambda t, *states: method(f, t, *states), fullgraph=True, backend="eager")
    states = only_arrays(*list(zip(iterate(method, quadratic([0.3, 2.0]), theta), range(2), strict=False))[-1][0])
    for t in (2, 3):
        ours, plain = compiled(torch.tensor(float(t), dtype=torch.float64), *states), method(f, t, *states)
        for a, b in zip(ours, plain, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-15)
        states = ours


def test_a_sweep_is_its_loop(name):
    method, f, theta0 = METHODS[name], himmelblau(), starts(2)
    sweepable = [key for key in hyper_of(method) if key in TWO]
    for pair in zip(sweepable, sweepable[1:] + sweepable[:1], strict=True):
        axes = {key: TWO[key] for key in pair}
        path = sweep(method, f, theta0, 8, **axes).path
        for index in np.ndindex(path.shape[1:-1]):
            values = {key: axis[i] for (key, axis), i in zip(axes.items(), index, strict=False)}
            alone = run(method, f, theta0[index[-1]], 8, **values)
            np.testing.assert_allclose(path[(slice(None), *index)], alone, rtol=1e-10, atol=1e-10)


def test_methods_are_pure_and_resume(name):
    method, f = METHODS[name], himmelblau()
    states = [state for state, _ in zip(iterate(method, f, starts(3)), range(7), strict=False)]
    before = pickle.dumps(states)
    theta, *state = states[3]
    again = [s for s, _ in zip(iterate(method, f, theta, state=tuple(state), t=4), range(4), strict=False)]
    assert pickle.dumps(states) == before
    for a, b in zip(states[3:], again, strict=True):
        for x, y in zip(only_arrays(*a), only_arrays(*b), strict=True):
            np.testing.assert_array_equal(x, y)


def test_a_step_by_hand_needs_no_state(name):
    """The defaults of the signature are a state, and nothing warns."""
    f, theta = himmelblau(), starts(2)
    _, first, *_ = run(METHODS[name], f, theta, 2)
    np.testing.assert_allclose(METHODS[name](f, 1, theta)[0], first, rtol=1e-12)


def test_the_work_of_a_step(name):
    f = himmelblau().counted()
    run(METHODS[name], f, starts(2), 5)
    if name in FIRST_ORDER:
        assert f.evaluations == {"values": 0, "gradients": 10, "hessians": 0}
    elif name == "newton":
        assert f.evaluations == {"values": 0, "gradients": 10, "hessians": 10}
    else:
        assert 10 <= f.evaluations["values"] <= 100


def test_every_method_goes_down(name):
    f = rosenbrock(b=5.0)
    lr = {"newton": 1.0, "adagrad": 0.2, "adadelta": 10.0}.get(name, 0.05 if name in ADAPTIVE else 0.01)
    losses = f(run(METHODS[name], f, f.start, 100, **{"lr": lr} if "lr" in hyper_of(METHODS[name]) else {}))
    assert losses[-1] < 0.5 * losses[0]
    if name in SEARCHING:
        assert (np.diff(losses) <= 1e-14).all()


# Invariances that theory promises


def mapped(f, A=EYE, shift=0.0, scale=1.0):
    """scale · f(A θ + shift)."""

    def inner(theta):
        return theta @ A.T + shift

    return Objective(
        lambda theta: scale * f(inner(theta)),
        lambda theta: scale * f.grad(inner(theta)) @ A,
        lambda theta: scale * A.T @ f.hessian(inner(theta)) @ A,
    )


def path_of(name, f, theta0, **hyper):
    usual = {key: {"eps": 0.0, "floor": 0.0, "weight_decay": 0.0}[key] for key in hyper_of(METHODS[name])
             if key in ("eps", "floor", "weight_decay")}  # fmt: skip
    return run(METHODS[name], f, theta0, 15, **usual | hyper)


@pytest.mark.parametrize("scale", [2.0**-20, 2.0**7])
def test_scaling_the_loss(name, scale):
    """The adaptive methods, sign methods, and all that infer curvature take no notice; the others want lr / scale."""
    f = himmelblau()
    path = path_of(name, f, starts(3))
    if name in ("gradient_descent", *MOMENTUMS):
        other = path_of(name, mapped(f, scale=scale), starts(3), lr=hyper_of(METHODS[name])["lr"] / scale)
        np.testing.assert_array_equal(other, path)
    elif name not in ("steepest_descent", "adadelta"):
        np.testing.assert_allclose(path_of(name, mapped(f, scale=scale), starts(3)), path, rtol=1e-8)


def test_moving_the_origin(name):
    path = path_of(name, himmelblau(), starts(3))
    moved = path_of(name, mapped(himmelblau(), shift=np.array([3.0, -1.0])), starts(3) - np.array([3.0, -1.0]))
    np.testing.assert_allclose(moved + np.array([3.0, -1.0]), path, rtol=1e-7, atol=1e-7)


def test_turning_the_axes(name):
    """Step sizes for each parameter by itself see another problem once it is rotated; all other methods don't."""
    R = np.array([[0.8, -0.6], [0.6, 0.8]])
    path = path_of(name, himmelblau(), starts(3))
    turned = path_of(name, mapped(himmelblau(), A=R), starts(3) @ R) @ R.T
    same = np.allclose(turned, path, rtol=1e-6, atol=1e-6)
    assert same == (name in ("gradient_descent", "newton", *MOMENTUMS, *SEARCHING))


def test_newton_is_affine_invariant():
    A, shift = np.array([[30.0, 7.0], [-1.0, 0.2]]), np.array([1.0, 2.0])
    theta0 = np.array([[2.5, 1.5], [3.5, 2.5]])  # where the Hessian is positive definite
    path = run(newton, himmelblau(), theta0, 6, floor=0)
    other = run(newton, mapped(himmelblau(), A=A, shift=shift), (theta0 - shift) @ np.linalg.inv(A).T, 6, floor=0)
    np.testing.assert_allclose(other @ A.T + shift, path, rtol=1e-9)


# Where nothing should happen, and where all goes wrong


def test_a_zero_gradient_moves_nothing(name):
    """Even with eps = 0: no 0 / 0, by hand too, and beside a parameter that moves."""
    method = METHODS[name]
    zero = {key: 0.0 for key in ("eps", "eps_root", "floor", "damping") if key in hyper_of(method)}
    path = run(method, quadratic([1.0, 0.0]), [[1.0, 5.0], [0.0, 5.0]], 20, **zero)
    if name != "adamw":
        assert (path[..., 1] == 5).all()
    assert np.isfinite(path).all()
    flat = Objective(lambda theta: 0 * theta[..., 0], lambda theta: 0 * theta, lambda theta: 0 * np.eye(2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (theta, *_) = method(flat, 1, np.array([1.0, 2.0]), **zero)
    np.testing.assert_allclose(theta, [1.0, 2.0], rtol=1e-4)
    for array in (torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 2.0]], dtype=torch.float64)):
        f = quadratic([0.0, 0.0])
        assert torch.isfinite(run(method, f, array, 3, **zero)).all()


def test_one_run_that_diverges_is_its_own_affair(name):
    method, theta0 = METHODS[name], np.array([[1.0, 1.0], [1e200, -1e200], [2.0, 0.5]])
    path = run(method, rosenbrock(), theta0, 10)
    for i in (0, 2):
        np.testing.assert_allclose(path[:, i], run(method, rosenbrock(), theta0[i], 10), rtol=1e-12)


def test_hyper_parameters_out_of_range_are_refused(name, refused):
    method = METHODS[name]
    for key, default in hyper_of(method).items():
        for bad in (-0.1, math.nan, RANGES[key].high):
            schedule = {1: default, 2: bad}.get
            call = functools.partial(run, method, quadratic(), [1.0, 1.0], 3)
            refused(ValueError, f"{key} must be", functools.partial(call, **{key: bad}))
            refused(ValueError, f"the schedule of {key}, at step 2 | {key} must be",
                    functools.partial(call, **{key: schedule}))  # fmt: skip


def test_other_refusals(refused):
    q, x0 = quadratic(), [1.0, 1.0]
    for call, error, words in [
        (lambda: run(METHODS["lbfgs"], q, x0, 1, history=[[5], [10]]), TypeError, "history must be one whole number"),
        (lambda: run(newton, Objective(q, q.grad), x0, 1), ValueError, "has no Hessian | Objective(value, grad,"),
        (lambda: run(adam, q, x0, 1, t=0), ValueError, "t must be a whole number from 1 | 0 came"),
        (lambda: clip_norm("adam"), TypeError, "clip_norm needs a method, such as adam | 'adam' came"),
        (lambda: clip_norm(q), TypeError, "clip_norm needs a method"),
        (lambda: clip_norm(clip_norm(adam)), ValueError, "has a 'max_norm' already"),
        (lambda: reduce_on_plateau(METHODS["lbfgs"]), ValueError, "needs a method with an lr; lbfgs has none"),
        (lambda: run(clip_norm(adam), q, x0, 1, max_norm=-1), ValueError, "max_norm must be at least 0"),
        (lambda: run(exponential_average(adam), q, x0, 1, decay=1), ValueError, "decay must be in [0, 1)"),
        (lambda: run(polyak_average(adam), q, x0, 1, beta=0.5), TypeError, "no hyper-parameter 'beta' | after"),
    ]:
        refused(error, words, call)


# Wrappers


@pytest.mark.parametrize("wrapper", [clip_value, clip_norm, polyak_average, exponential_average, reduce_on_plateau])
@pytest.mark.parametrize("name", FIRST_ORDER)
def test_wrappers_fit_any_method(name, wrapper):
    """A wrapped method sweeps as any other, in all libraries; at the edge of its effect it is the method itself."""
    method, f = METHODS[name], himmelblau()
    wrapped = wrapper(method)
    added = [key for key in hyper_of(wrapped) if key not in hyper_of(method)]
    assert all(hyper_of(wrapped)[key] in RANGES[key] for key in added)
    assert wrapped.__name__ == repr(wrapped) == f"{wrapper.__name__}({name})"
    key, values, fixed = {
        clip_value: ("max_value", (1.0, 1e9), {}),
        clip_norm: ("max_norm", (1.0, 1e9), {}),
        polyak_average: ("after", (0, 99), {}),
        exponential_average: ("decay", (0.9, 0.0), {}),
        reduce_on_plateau: ("patience", (2, 99), {"threshold": 0.999}),
    }[wrapper]
    path = sweep(wrapped, f, starts(2), 10, **{key: values}, **fixed).path
    for i, value in enumerate(values):
        alone = run(wrapped, f, starts(2), 10, **{key: value}, **fixed)
        np.testing.assert_allclose(path[:, i], alone, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(path[:, 1], run(method, f, starts(2), 10), rtol=1e-12)
    assert not np.allclose(path[:, 0], path[:, 1], rtol=1e-9) or name in ("lion", "rprop")
    sent = pickle.loads(pickle.dumps(wrapped))
    in_torch = run(sent, f, torch.tensor(starts(2)), 10)
    np.testing.assert_allclose(in_torch, run(wrapped, f, starts(2), 10), rtol=1e-10)


@pytest.mark.parametrize("limit", [0.5, 3.0, 100.0])
def test_clipping_is_torchs(limit):
    g = np.array([3.0, -4.0, 12.0])
    line = Objective(lambda theta: theta @ g, lambda theta: g + 0 * theta)
    parameter = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_([parameter], limit)
    ours = -clip_norm(gradient_descent, limit)(line, 1, np.zeros(3), lr=1.0)[0]
    np.testing.assert_allclose(ours, parameter.grad, rtol=1e-6 / 13)  # torch divides by 13 + 1e-6
    assert np.linalg.norm(ours) == pytest.approx(min(13.0, limit), rel=1e-15)
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_value_([parameter], limit)
    np.testing.assert_array_equal(-clip_value(gradient_descent, limit)(line, 1, np.zeros(3), lr=1.0)[0], parameter.grad)


def test_clipping_nothing_to_nothing():
    path = run(clip_norm(gradient_descent), quadratic(), [[1.0, 1.0], [0.0, 0.0]], 3, max_norm=0)
    np.testing.assert_array_equal(path, path[[0, 0, 0, 0]])


def test_averages_are_torchs_and_the_means():
    f, path = quadratic([1.0, 10.0]), run(nesterov, quadratic([1.0, 10.0]), [1.0, 1.0], 30, lr=0.05)
    for after in (0, 7):
        mean = run(polyak_average(nesterov), f, [1.0, 1.0], 30, lr=0.05, after=after)
        np.testing.assert_array_equal(mean[: after + 1], path[: after + 1])
        for t in (after + 1, 15, 30):
            np.testing.assert_allclose(mean[t], path[after + 1 : t + 1].mean(axis=0), rtol=1e-12, atol=1e-15)
    smooth = run(exponential_average(nesterov, 0.8), f, [1.0, 1.0], 30, lr=0.05)
    for ours, theirs, first in [
        (run(polyak_average(nesterov), f, [1.0, 1.0], 30, lr=0.05), {}, 1),
        (smooth, {"multi_avg_fn": torch.optim.swa_utils.get_ema_multi_avg_fn(0.8)}, 0),
    ]:
        model = torch.nn.ParameterList([torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))])
        average = torch.optim.swa_utils.AveragedModel(model, **theirs)
        for theta in path[first:]:
            model[0].data = torch.tensor(theta)
            average.update_parameters(model)
        np.testing.assert_allclose(ours[-1], average.module[0].detach(), rtol=1e-12)


def test_averaging_takes_the_noise_out():
    rng = np.random.default_rng(0)
    f = scattered(quadratic([1.0, 3.0]), 50, 1.0, rng)
    stream = minibatches(f, 1, rng)
    for method in (gradient_descent, momentum):
        last = run(method, stream, np.ones((1, 2)), 2000, lr=0.05)[-1]
        mean = run(polyak_average(method), stream, np.ones((1, 2)), 2000, lr=0.05, after=200)[-1]
        assert f(mean) < f(last) / 20
