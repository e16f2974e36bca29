"""The loop: a sweep equals its loop, a resumed run equals the whole one, divergence is data, mistakes are explained."""

import functools
import importlib
import itertools
import math
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    Sweep,
    adam,
    cost_line,
    diverged,
    gradient_descent,
    himmelblau,
    house_prices,
    iterate,
    line_fit,
    minibatches,
    momentum,
    plateau,
    quadratic,
    rosenbrock,
    run,
    stack_sweeps,
    steps_to,
    sweep,
)

seeds = st.integers(0, 2**32)
VALUES = {
    "lr": st.floats(0, 0.02),
    "beta": st.floats(0, 0.95),
    "beta1": st.floats(0, 0.95),
    "beta2": st.floats(0, 0.999),
    "eps": st.floats(1e-8, 1e-2),
    "eps_root": st.floats(0, 1e-2),
}
HYPER = {
    gradient_descent: ["lr"],
    momentum: ["lr", "beta"],
    adam: ["lr", "beta1", "beta2", "eps", "eps_root"],
}
methods = st.sampled_from(list(HYPER))


def generator(seed=0):
    return np.random.default_rng(seed)


def everything(*states):
    return states


def equal(a, b):
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(x, y)


@st.composite
def settings(draw, scheduled=True):
    """A method and some of its hyper-parameters, each a number or a schedule."""
    method = draw(methods)
    names = draw(st.lists(st.sampled_from(HYPER[method]), unique=True))
    hyper = {"lr": 0.01} | {name: draw(VALUES[name]) for name in names}
    for name, value in hyper.items():
        if scheduled and draw(st.booleans()):
            hyper[name] = lambda t, value=value: value / (1 + 0.1 * t)
    return method, hyper


# One run


@given(settings(), seeds, st.integers(0, 12), st.lists(st.integers(1, 3), max_size=2))
def test_a_run_is_the_hand_written_loop(setting, seed, steps, runs):
    """Also with schedules: formulas of t, from 1."""
    method, hyper = setting
    theta = generator(seed).uniform(-3, 3, size=(*runs, 2))
    path = run(method, himmelblau(), theta, steps, **hyper)
    states = [(theta, *[np.zeros_like(theta)] * {gradient_descent: 0, momentum: 1, adam: 2}[method])]
    for t in range(1, steps + 1):
        now = {name: value(t) if callable(value) else value for name, value in hyper.items()}
        states.append(method(himmelblau(), t, *states[-1], **now))
    assert path.shape == (steps + 1, *runs, 2)
    equal(path, [theta for theta, *_ in states])
    equal(path, [theta for theta, *_ in itertools.islice(iterate(method, himmelblau(), theta, **hyper), steps + 1)])


@given(settings(), seeds, st.integers(0, 10), st.integers(0, 10), st.lists(st.integers(1, 3), max_size=1))
def test_a_resumed_run_is_the_whole_run(setting, seed, before, after, runs):
    method, hyper = setting
    f, theta0 = himmelblau(), generator(seed).uniform(-3, 3, size=(*runs, 2))
    whole = run(method, f, theta0, before + after, keep=everything, **hyper)
    theta, *state = (part[before] for part in whole)
    resumed = run(method, f, theta, after, keep=everything, state=state, t=before + 1, **hyper)
    for ours, all_of_it in zip(resumed, whole, strict=True):
        np.testing.assert_array_equal(ours, all_of_it[before:])


def test_resuming_on_a_stream():
    f, steps = house_prices(1000), 30
    stream = minibatches(f, 7, generator())
    whole = run(adam, stream, f.start, steps, keep=everything, lr=0.5)
    theta, *state = (part[10] for part in whole)
    rest = itertools.islice(stream, 10, None)
    resumed = run(adam, rest, theta, steps - 10, keep=everything, state=state, t=11, lr=0.5)
    equal(resumed, [part[10:] for part in whole])


def test_one_state_goes_on_as_a_grid():
    theta, v = np.array([1.0, 2.0]), np.array([0.5, -0.5])
    path, speed = run(momentum, quadratic(), theta, 3, keep=everything, state=(v,), t=4, lr=[[0.1], [0.01]])
    assert speed.shape == path.shape == (4, 2, 2)
    equal(speed[0], [v, v])


def test_a_theta_of_integers_or_a_list():
    for theta0 in ([1, 2], (1.0, 2.0), np.array([1, 2]), np.array([1, 2], np.uint8)):
        path = run(gradient_descent, quadratic(), theta0, 2)
        assert path.dtype == np.float64
        assert path[0].tolist() == [1, 2]


def test_the_start_is_neither_changed_nor_shared():
    theta0 = np.array([1.0, 2.0])
    path = run(gradient_descent, quadratic(), theta0, 3)
    (start,) = next(iterate(gradient_descent, quadratic(), theta0))
    path[0] = start[:] = 7
    assert theta0.tolist() == [1, 2]


def test_nothing_is_computed_before_it_is_asked_for():
    def never(theta):
        raise AssertionError("evaluated")

    states = iterate(gradient_descent, Objective(never, never), [1.0])
    assert next(states)[0].tolist() == [1.0]
    assert run(gradient_descent, Objective(never, never), [1.0], 0).tolist() == [[1.0]]
    assert run(gradient_descent, [], [1.0], 0).tolist() == [[1.0]]


def test_scalar_states_become_arrays_and_others_stay():
    def method(f, t, theta, v=0.5, steps=None, pairs=(), *, lr=0.1):
        return theta, v, steps, (*pairs, t)

    states = list(itertools.islice(iterate(method, quadratic(), [1.0, 2.0], lr=[[0.1], [0.2], [0.3]]), 3))
    for t, (theta, v, steps, pairs) in enumerate(states):
        assert theta.shape == v.shape == (3, 2)
        assert (v == 0.5).all()
        assert steps is None
        assert pairs == tuple(range(1, t + 1))


def test_methods_see_floats_small_arrays_and_whole_numbers():
    seen = []

    def method(f, t, theta, *, lr=0.1, beta=0.9, eps=1e-8, rule="plain", memory=None):
        seen.append((t, lr, beta, eps, rule, memory))
        return (theta,)

    lr = [[[1]], [[2]]]
    hyper = {"lr": lr, "beta": np.float32(0.5), "eps": np.array(0), "rule": "other", "memory": len}
    run(method, quadratic(), np.ones((3, 2), np.float32), 2, **hyper)
    for t, (step, lr, beta, eps, rule, memory) in enumerate(seen, start=1):
        assert (type(step), step) == (int, t)
        assert (lr.shape, lr.dtype) == ((2, 1, 1), np.float32)  # not broadcast
        assert (type(beta), beta, type(eps), eps) == (float, 0.5, float, 0.0)
        assert (rule, memory) == ("other", len)  # no number as default: handed on as it is, even a callable


def test_methods_may_be_partial():
    heavy = functools.partial(momentum, beta=0.99)
    equal(
        run(heavy, quadratic(), [1.0, 1.0], 5, lr=0.01), run(momentum, quadratic(), [1.0, 1.0], 5, lr=0.01, beta=0.99)
    )


# keep


def test_keep_one_several_or_numbers():
    f, theta0 = line_fit(), np.zeros((3, 2))
    path, speed = run(momentum, f, theta0, 5, keep=everything)
    assert path.shape == speed.shape == (6, 3, 2)
    assert (speed[0] == 0).all()
    np.testing.assert_array_equal(path[1:], path[:-1] - speed[1:])
    np.testing.assert_array_equal(run(gradient_descent, f, theta0, 5, keep=f), f(run(gradient_descent, f, theta0, 5)))
    (only,) = run(momentum, f, theta0, 5, keep=lambda theta, v: (v,))
    np.testing.assert_array_equal(only, speed)
    assert run(gradient_descent, f, [0.0, 0.0], 5, keep=f).shape == (6,)


def test_kept_numbers_are_not_cut_to_integers():
    kept = run(gradient_descent, quadratic([1.0]), [1.0], 2, lr=0.5, keep=lambda theta: 0 if theta[0] == 1 else 0.25)
    assert kept.tolist() == [0, 0.25, 0.25]


def test_keep_must_keep_its_shape(refused):
    call = functools.partial(run, gradient_descent, quadratic(), [1.0, 1.0], 3, lr=[[0.1], [0.2]])
    refused(ValueError, "keep gave shape (2,) at first | at step 1", lambda: call(
        keep=lambda theta: theta[..., 0] if theta[0, 0] == 1 else theta))  # fmt: skip
    refused(ValueError, "keep gave shape (2, 2) at first | at step 1", lambda: call(
        keep=lambda theta: theta if theta[0, 0] == 1 else 0.5))  # fmt: skip


# Sweeps


@given(st.data(), methods, st.lists(st.integers(1, 3), max_size=2), st.integers(0, 8), seeds)
def test_a_sweep_is_its_loop(data, method, starts, steps, seed):
    names = data.draw(st.lists(st.sampled_from(HYPER[method]), unique=True, max_size=3))
    axes = {name: data.draw(st.lists(VALUES[name], min_size=1, max_size=3)) for name in names}
    scalars = {
        name: data.draw(VALUES[name]) for name in HYPER[method] if name not in names and data.draw(st.booleans())
    }
    if "lr" not in names and data.draw(st.booleans()):
        scalars["lr"] = lambda t: 0.01 / t
    theta0 = generator(seed).uniform(-3, 3, size=(*starts, 2))
    result = sweep(method, himmelblau(), theta0, steps, **axes, **scalars)
    lengths = [len(values) for values in axes.values()]
    assert result.path.shape == (steps + 1, *lengths, *starts, 2)  # theta0's own runs come last
    assert list(result.axes)[: len(names)] == names
    assert [len(values) for values in result.axes.values()] == [*lengths, *starts]
    assert (result.steps, result.method) == (steps, method.__name__)
    for index in np.ndindex(*lengths, *starts):
        values = {name: axes[name][i] for name, i in zip(names, index, strict=False)}
        alone = run(method, himmelblau(), theta0[index[len(names) :]], steps, **values, **scalars)
        np.testing.assert_allclose(result.path[(slice(None), *index)], alone, rtol=1e-11, atol=1e-11)


def test_axes_are_labels():
    result = sweep(momentum, quadratic(), np.ones((4, 2)), 5, lr=np.array([0.01, 0.1]), beta=0.5)
    assert result.axes == {"lr": [0.01, 0.1], "start": [0, 1, 2, 3]}
    assert repr(result) == "Sweep of momentum: 2 lr × 4 start, 5 steps"
    assert result.at(lr=0.1).shape == (6, 4, 2)
    np.testing.assert_array_equal(result.at(start=2, lr=0.01), result.path[:, 0, 2])
    np.testing.assert_array_equal(result.at(lr=0.05 + 0.05), result.path[:, 1])
    assert sweep(momentum, quadratic(), [1.0, 1.0], 5).at().shape == (6, 2)


def test_a_sweep_may_keep_several():
    result = sweep(momentum, quadratic(), [1.0, 1.0], 5, keep=lambda theta, v: (quadratic()(theta), v), lr=[0.01, 0.1])
    assert result.steps == 5
    loss, speed = result.at(lr=0.1)
    assert (loss.shape, speed.shape) == ((6,), (6, 2))


def test_a_sweep_can_be_resumed():
    whole = sweep(momentum, quadratic(), [1.0, 1.0], 9, keep=everything, lr=[0.01, 0.1])
    theta, v = (part[4] for part in whole.path)
    lr = np.array([[0.01], [0.1]])
    equal(run(momentum, quadratic(), theta, 5, state=(v,), t=5, lr=lr), whole.path[0][4:])


@pytest.mark.parametrize("library", ["torch", "array_api_strict"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sweeps_in_every_library(library, dtype):
    xp = importlib.import_module(library)
    theta0 = xp.asarray([[1.0, 1.0], [0.5, 2.0], [0.0, -1.0]], dtype=getattr(xp, dtype))
    ours = sweep(momentum, rosenbrock(), theta0, 20, lr=[1e-4, 1e-3], beta=lambda t: 0.9)
    numpys = sweep(momentum, rosenbrock(), np.asarray(theta0), 20, lr=[1e-4, 1e-3], beta=0.9)
    assert ours.axes == numpys.axes
    assert ours.path.dtype == theta0.dtype
    tolerance = {"float64": 1e-12, "float32": 1e-4}[dtype]
    np.testing.assert_allclose(np.asarray(ours.path), numpys.path, rtol=tolerance, atol=tolerance)
    assert tuple(ours.at(lr=1e-3, start=1).shape) == (21, 2)
    stacked = stack_sweeps({"a": ours, "b": ours}, axis="label")
    assert tuple(stacked.path.shape) == (21, 2, 2, 3, 2)
    losses = rosenbrock()(ours.path)
    assert np.asarray(diverged(losses, ours.path)).tolist() == diverged(rosenbrock()(numpys.path)).tolist()


def test_stacked_sweeps():
    def noisy(seed):
        return sweep(gradient_descent, minibatches(cost_line(), 1, generator(seed)), [0.0], 8, lr=[0.01, 0.1])

    sweeps = {seed: noisy(seed) for seed in (3, 1, 2)}
    stacked = stack_sweeps(sweeps, axis="seed")
    assert stacked.axes == {"seed": [3, 1, 2], "lr": [0.01, 0.1]}
    assert stacked.method == "gradient_descent"
    for seed, alone in sweeps.items():
        np.testing.assert_array_equal(stacked.at(seed=seed), alone.path)
    both = {"gd": noisy(0), "m": sweep(momentum, cost_line(), [0.0], 8, lr=[0.01, 0.1])}
    assert stack_sweeps(both).method == ""
    kept = sweep(momentum, cost_line(), [0.0], 8, lr=[0.01, 0.1], keep=everything)
    assert [part.shape for part in stack_sweeps({0: kept, 1: kept}).path] == [(9, 2, 2, 1)] * 2


def test_a_path_is_little_more_memory_than_itself():
    f, axes = quadratic(), {"lr": np.linspace(0.01, 0.1, 50), "beta": np.linspace(0, 0.98, 50)}
    sweep(momentum, f, [1.0, 1.0], 1, **axes)
    tracemalloc.start()
    result = sweep(momentum, f, [1.0, 1.0], 200, **axes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * result.path.nbytes
    assert result.path[-1, ..., 0].flags.c_contiguous  # the fast memory order
    assert result.path[-1, ..., 1].flags.c_contiguous


# Streams


@given(st.sampled_from([None, 1, 7, 16, 40, lambda epoch: 10 * (1 + epoch)]), st.booleans(), settings(), seeds)
def test_batch_stochastic_and_minibatch_are_one_method(batch_size, replace, setting, seed):
    method, hyper = setting
    f = house_prices(unit=1000)
    stream = minibatches(f, batch_size, generator(seed), replace=replace, epochs=None if batch_size is None else 4)
    states = [(f.start, *[np.zeros(2)] * {gradient_descent: 0, momentum: 1, adam: 2}[method])]
    for t, batch in enumerate(itertools.islice(stream, 10), start=1):
        now = {name: value(t) if callable(value) else value for name, value in hyper.items()}
        states.append(method(batch, t, *states[-1], **now))
    path = run(method, stream, f.start, len(states) - 1, **hyper)
    equal(path, [theta for theta, *_ in states])
    if batch_size is None and not replace:
        equal(path, run(method, f, f.start, 10, **hyper))


def test_methods_race_on_the_same_batches():
    f, drawn = cost_line(), []

    def on(indices):
        drawn.append(indices.tolist())
        return f.on(indices)

    stream = minibatches(Objective(f, f.grad, n=3, on=on), 2, generator())
    for method in HYPER:
        run(method, stream, [0.0], 10)
    batches = np.reshape([i for batch in drawn for i in batch], (3, -1))
    assert len(batches[0]) == 15
    equal(batches, [batches[0]] * 3)
    assert len({tuple(epoch) for epoch in np.reshape(batches[0], (5, 3))}) > 1  # shuffled anew
    equal(run(momentum, stream, [0.0], 10, beta=0), run(gradient_descent, stream, [0.0], 10))


def test_a_stream_may_be_any_iterable():
    a, b = quadratic([1.0]), quadratic([2.0])
    assert run(gradient_descent, [a, b], [1.0], 2, lr=0.1).ravel().tolist() == pytest.approx([1, 0.9, 0.72])
    endless = itertools.cycle([a, b])
    assert run(gradient_descent, endless, [1.0], 4, lr=0.1).ravel()[-1] == pytest.approx(0.9 * 0.8 * 0.9 * 0.8)
    assert next(endless) is a  # no batch was drawn in vain


# Interruptions and warnings


class Interrupting(Objective):
    """Evaluates, until the user has had enough."""

    def __init__(self):
        super().__init__(self.stop, self.stop)

    def stop(self, theta):
        raise KeyboardInterrupt


def test_an_interrupted_run_raises_and_a_loop_keeps_what_it_has():
    stream = [quadratic([1.0])] * 4 + [Interrupting()]
    with pytest.raises(KeyboardInterrupt):
        run(gradient_descent, stream, [1.0], 10, lr=0.5)
    collected = []
    with pytest.raises(KeyboardInterrupt):
        for (theta,) in iterate(gradient_descent, stream, [1.0], lr=0.5):
            collected.append(theta)
    assert np.ravel(collected).tolist() == [1, 0.5, 0.25, 0.125, 0.0625]
    assert np.geterr() == {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("mode", ["warn", "raise", "ignore"])
def test_divergence_is_silent_and_the_callers_settings_are_his(method, dtype, mode):
    theta0 = np.array([1e30, -1e30] if dtype == "float32" else [1e200, -1e200], dtype)
    with warnings.catch_warnings(), np.errstate(all=mode):
        warnings.simplefilter("error")
        before = np.geterr()
        for _ in zip(range(5), iterate(method, rosenbrock(), theta0, lr=[[1e3], [1e30]]), strict=False):
            assert np.geterr() == before
        path, losses = run(
            method, rosenbrock(), theta0, 30, lr=[[1e3], [1e30]], keep=lambda theta, *_: (theta, rosenbrock()(theta))
        )
        assert diverged(losses, path).all()
        assert np.geterr() == before


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5], False),
        ([1.0, 1000.0], False),
        ([1.0, 1000.5], True),
        ([1e-6, 2e-3], True),
        ([1.0, math.nan], True),
        ([1.0, math.inf], True),
        ([1.0, -math.inf], True),
        ([1.0, 1e9, 1.0], False),  # came back
        ([0.0, 999.0], False),  # from 0, it is measured by 1
        ([0.0, 1001.0], True),
        ([-1.0, 999.0], False),
        ([-1.0, -1e9], False),  # falls without end: no divergence of the loss
        ([3e38, 3.1e38], False),
    ],
)
def test_what_diverged_means(xp, losses, expected):
    for dtype in ("float32", "float64"):
        array = xp.asarray([losses, losses], dtype=getattr(xp, dtype)).T
        assert np.asarray(diverged(array)).tolist() == [expected] * 2


def test_parameters_may_overflow_where_the_loss_stays():
    path = run(momentum, plateau(), [1.0, 1.0], 3, lr=[[0.1], [0.2]])
    losses = plateau()(path)
    assert diverged(losses, path).tolist() == [False, False]
    path[-1, 1] = math.inf
    assert diverged(losses, path).tolist() == [False, True]


# Counting


@pytest.mark.parametrize("runs", [(), (3,), (2, 3)])
def test_counts_are_the_methods_work_and_no_more(method, runs):
    f, points = rosenbrock().counted(), math.prod(runs)
    run(method, f, np.ones((*runs, 2)), 7)
    assert f.evaluations == {"values": 0, "gradients": 7 * points, "hessians": 0}
    run(method, f, np.ones((*runs, 2)), 7, keep=lambda theta, *_: f(theta))
    assert f.evaluations == {"values": 8 * points, "gradients": 14 * points, "hessians": 0}
    numerical = Objective(rosenbrock()).counted()
    run(method, numerical, np.ones((*runs, 2)), 7)
    assert numerical.evaluations == {"values": 2 * 2 * 7 * points, "gradients": 0, "hessians": 0}


# Refusals: the argument, what came, what was expected


def bare(f, t, theta, *, lr=0.1):
    return theta - lr * f.grad(theta)


def one_short(f, t, theta, v=0, *, lr=0.1):
    return (theta - lr * f.grad(theta),)


def one_more(f, t, theta, *, lr=0.1):
    return theta - lr * f.grad(theta), theta


def starless(f, t, theta, lr):
    return (theta - lr * f.grad(theta),)


def misordered(theta, f, t, *, lr=0.1):
    return (theta,)


def in_place(f, t, theta, *, lr=0.1):
    theta -= lr * f.grad(theta)
    return (theta,)


def velocity_in_place(f, t, theta, v=0, *, lr=0.1):
    v += lr * f.grad(theta)
    return theta - v, v


def summing(f, t, theta, *, lr=0.1):
    return (theta.sum(-1),)


def nothing(f, t, theta, *, lr=0.1):
    return (None,)


def promoting(f, t, theta, *, lr=0.1):
    return (theta - np.float64(lr) * f.grad(theta),)


def needing(f, t, theta, *, radius):
    return (theta,)


def first_run(theta):  # meant: theta[..., 0], theta[..., 1]
    return theta[0] ** 2 + 10 * theta[1] ** 2


def square(theta):
    return (theta**2).sum(-1)


q, x0 = quadratic(), [1.0, 1.0]
gd = functools.partial(run, gradient_descent)
F32 = np.ones(2, np.float32)


@pytest.mark.parametrize(
    ("error", "words", "call"),
    [
        # theta0
        (TypeError, "theta0 must hold real numbers | ['a', 'b']", lambda: gd(q, ["a", "b"], 1)),
        (TypeError, "theta0 must hold real numbers | '1.0'", lambda: gd(q, "1.0", 1)),
        (TypeError, "theta0 | complex", lambda: gd(q, np.array([1j, 2]), 1)),
        (TypeError, "theta0 | bool", lambda: gd(q, np.array([True, False]), 1)),
        (TypeError, "theta0 | object", lambda: gd(q, np.array([1.0, None]), 1)),
        (TypeError, "theta0 | ragged", lambda: gd(q, [[1.0], [1.0, 2.0]], 1)),
        (TypeError, "theta0 must | None", lambda: gd(q, None, 1)),
        (ValueError, "theta0 holds NaN or infinity at index (1,)", lambda: gd(q, [1.0, math.nan], 1)),
        (ValueError, "theta0 holds NaN or infinity at index (0, 1)", lambda: gd(q, [[1.0, math.inf], [1.0, 1.0]], 1)),
        (ValueError, "theta0 is a single number | [1.0]", lambda: gd(q, 1.0, 1)),
        (ValueError, "theta0 has shape (0,) | empty", lambda: gd(Objective(square), [], 1)),
        (ValueError, "theta0 has shape (0, 2) | empty", lambda: gd(q, np.ones((0, 2)), 1)),
        (ValueError, "quadratic has 2 parameters | shape (3,)", lambda: gd(q, [1.0, 2.0, 3.0], 1)),
        (TypeError, "theta0 must hold real numbers", lambda: sweep(momentum, q, ["1", "2"], 1, lr=[0.1])),
        # steps, t, state, keep
        (ValueError, "steps must be at least 0, but -1 came", lambda: gd(q, x0, -1)),
        (TypeError, "steps must be a whole number, but 1.0 came", lambda: gd(q, x0, 1.0)),
        (TypeError, "steps must be a whole number, but '5' came", lambda: gd(q, x0, "5")),
        (TypeError, "steps must be a whole number, but True came", lambda: gd(q, x0, True)),
        (TypeError, "steps must be a whole number, but None came", lambda: sweep(momentum, q, x0, None)),
        (ValueError, "t must be a whole number from 1 | 0 came", lambda: iterate(adam, q, x0, t=0)),
        (ValueError, "t must be a whole number from 1 | 1.5 came", lambda: iterate(adam, q, x0, t=1.5)),
        (ValueError, "adam has 2 states (m, v), but 1 came", lambda: iterate(adam, q, x0, state=(0,))),
        (TypeError, "state must be a tuple | (v,) | array", lambda: iterate(momentum, q, x0, state=np.ones(2))),
        (TypeError, "state must be a tuple | None came", lambda: iterate(momentum, q, x0, state=None)),
        (TypeError, "keep must be a function | 'loss' came", lambda: gd(q, x0, 1, keep="loss")),
        (TypeError, "keep must give an array or a number | 'a' came", lambda: gd(q, x0, 1, keep=lambda theta: "a")),
        # the method
        (TypeError, "method(f, t, theta, *state, **hyper) | 'adam' came", lambda: run("adam", q, x0, 1)),
        (TypeError, "method(f, t, theta, *state, **hyper) | [<function", lambda: run([adam], q, x0, 1)),
        (TypeError, "method(f, t, theta, *state, **hyper) | max", lambda: run(max, q, x0, 1)),
        (TypeError, "misordered begins with (theta, f, t)", lambda: run(misordered, q, x0, 1)),
        (
            TypeError,
            "'lr' has no initial value | star | starless(f, t, theta, *, lr=...)",
            lambda: run(starless, q, x0, 1),
        ),
        (
            TypeError,
            "bare returned ndarray, not a tuple | return (theta,) | trailing comma",
            lambda: run(bare, q, x0, 1),
        ),
        (TypeError, "one_short returned 1 values | (theta, v) | return 2", lambda: run(one_short, q, x0, 1)),
        (TypeError, "one_more returned 2 values | (theta,) | return 1", lambda: run(one_more, q, x0, 1)),
        (ValueError, "in_place changed theta in place | theta = theta", lambda: run(in_place, q, x0, 1)),
        (ValueError, "in_place changed theta in place", lambda: run(in_place, q, x0, 1, lr=1e-12)),
        (ValueError, "velocity_in_place changed v in place | v = v", lambda: run(velocity_in_place, q, x0, 1)),
        (ValueError, "summing must return theta of shape (2,) | shape () came", lambda: run(summing, q, x0, 1)),
        (ValueError, "nothing must return theta of shape (2,) | None came", lambda: run(nothing, q, x0, 1)),
        (TypeError, "promoting returned theta of dtype float64 | float32", lambda: run(promoting, q, F32, 1)),
        # hyper-parameters
        (
            TypeError,
            "no hyper-parameter 'betta' | did you mean 'beta'? | lr, beta",
            lambda: run(momentum, q, x0, 1, betta=0.9),
        ),
        (TypeError, "no hyper-parameter 'learning_rate' | did you mean 'lr'?", lambda: gd(q, x0, 1, learning_rate=0.9)),
        (TypeError, "no hyper-parameter 'alpha' | did you mean 'lr'?", lambda: gd(q, x0, 1, alpha=0.9)),
        (TypeError, "no hyper-parameter 'bata1' | did you mean 'beta1'?", lambda: run(adam, q, x0, 1, bata1=0.9)),
        (TypeError, "no hyper-parameter 'xyzzy'; it has: lr", lambda: gd(q, x0, 1, xyzzy=0.9)),
        (TypeError, "no hyper-parameter 'betta'", lambda: sweep(momentum, q, x0, 1, betta=[0.9])),
        (TypeError, "needing needs the hyper-parameter 'radius'", lambda: run(needing, q, x0, 1)),
        (TypeError, "lr must hold real numbers | '0.1' came", lambda: gd(q, x0, 1, lr="0.1")),
        (TypeError, "lr must hold real numbers | '0.1'", lambda: gd(q, x0, 1, lr=[["0.1"]])),
        (TypeError, "lr must hold real numbers | 0.1", lambda: gd(q, x0, 1, lr=np.array([["0.1"]]))),
        (TypeError, "lr must hold real numbers | 0.1", lambda: gd(q, x0, 1, lr=np.str_("0.1"))),
        (TypeError, "lr must hold real numbers | True", lambda: gd(q, x0, 1, lr=True)),
        (TypeError, "lr must hold real numbers | None", lambda: gd(q, x0, 1, lr=None)),
        (TypeError, "lr must hold real numbers | complex", lambda: gd(q, x0, 1, lr=0.1j)),
        (TypeError, "lr | ragged", lambda: gd(q, x0, 1, lr=[[0.1], [0.1, 0.2]])),
        (ValueError, "lr must be at least 0, but it is -0.1", lambda: gd(q, x0, 1, lr=-0.1)),
        (ValueError, "lr must be at least 0, but it is -1", lambda: gd(q, x0, 1, lr=[[0.1], [-1]])),
        (ValueError, "lr must be finite, but it is nan", lambda: gd(q, x0, 1, lr=math.nan)),
        (ValueError, "lr must be finite, but it is inf", lambda: gd(q, x0, 1, lr=math.inf)),
        (ValueError, "lr holds NaN or infinity at index (1, 0)", lambda: gd(q, x0, 1, lr=[[0.1], [math.nan]])),
        (ValueError, "beta must be in [0, 1), but it is 1", lambda: run(momentum, q, x0, 1, beta=1)),
        (ValueError, "beta2 must be in [0, 1), but it is 1.5", lambda: run(adam, q, x0, 1, beta2=[[0.9], [1.5]])),
        (ValueError, "eps must be at least 0", lambda: run(adam, q, x0, 1, eps=-1e-8)),
        (
            ValueError,
            "lr has shape (3,) | ends in an axis of 1 | lr[..., None]",
            lambda: gd(q, x0, 1, lr=[0.1, 0.2, 0.3]),
        ),
        (ValueError, "lr has shape (1, 2)", lambda: gd(q, x0, 1, lr=[[0.1, 0.2]])),
        (ValueError, "lr is empty", lambda: gd(q, x0, 1, lr=np.ones((0, 1)))),
        (
            ValueError,
            "don't broadcast | theta0 (3, 2), lr (4, 1)",
            lambda: gd(q, np.ones((3, 2)), 1, lr=np.ones((4, 1))),
        ),
        (
            ValueError,
            "don't broadcast | lr (4, 1), beta (3, 1)",
            lambda: run(momentum, q, x0, 1, lr=np.ones((4, 1)), beta=np.zeros((3, 1))),
        ),
        # schedules
        (TypeError, "the schedule of lr, at step 1: lr must hold | 'a' came", lambda: gd(q, x0, 1, lr=lambda t: "a")),
        (TypeError, "the schedule of lr, at step 1 | None", lambda: gd(q, x0, 1, lr=lambda t: None)),
        (
            ValueError,
            "the schedule of lr, at step 3: lr must be finite | nan",
            lambda: gd(q, x0, 5, lr=lambda t: math.nan if t == 3 else 0.1),
        ),
        (
            ValueError,
            "the schedule of lr, at step 2: lr must be at least 0",
            lambda: gd(q, x0, 5, lr=lambda t: 1.5 - t),
        ),
        (ValueError, "the schedule of lr, at step 1: lr has shape (2,)", lambda: gd(q, x0, 5, lr=lambda t: np.ones(2))),
        # axes of sweeps
        (ValueError, "the axis lr is empty", lambda: sweep(momentum, q, x0, 1, lr=[])),
        (ValueError, "the axis lr must be a list | (2, 1)", lambda: sweep(momentum, q, x0, 1, lr=[[0.1], [0.2]])),
        (TypeError, "lr must hold real numbers | 'a'", lambda: sweep(momentum, q, x0, 1, lr=["a"])),
        (ValueError, "beta must be in [0, 1), but it is 1", lambda: sweep(momentum, q, x0, 1, beta=[0.5, 1])),
        (TypeError, "no axis 'beta' | lr", lambda: sweep(momentum, q, x0, 1, lr=[0.1]).at(beta=0.5)),
        (
            ValueError,
            "lr = 0.3 is not on its axis | 0.1, 0.2",
            lambda: sweep(momentum, q, x0, 1, lr=[0.1, 0.2]).at(lr=0.3),
        ),
        (ValueError, "sweeps is empty", lambda: stack_sweeps({})),
        (TypeError, "sweeps must be a dict | [1] came", lambda: stack_sweeps([1])),
        (TypeError, "sweeps must be a dict | came", lambda: stack_sweeps({0: np.ones(3)})),
        (ValueError, "an axis 'lr' already", lambda: stack_sweeps({0: sweep(momentum, q, x0, 1, lr=[0.1])}, axis="lr")),
        (
            ValueError,
            "equal axes | 1 is",
            lambda: stack_sweeps({i: sweep(momentum, q, x0, 1, lr=[0.1 * (i + 1)]) for i in (0, 1)}),
        ),
        (
            ValueError,
            "equal axes, steps",
            lambda: stack_sweeps({i: sweep(momentum, q, x0, i, lr=[0.1]) for i in (0, 1)}),
        ),
        (
            ValueError,
            "equal axes, steps and shapes",
            lambda: stack_sweeps({P: sweep(momentum, quadratic([1] * P), [1] * P, 1, lr=[0.1]) for P in (1, 2)}),
        ),
        (
            ValueError,
            "equal axes",
            lambda: stack_sweeps(
                {  # in another order
                    0: sweep(momentum, q, x0, 1, lr=[0.1, 0.2], beta=[0, 0.5]),
                    1: sweep(momentum, q, x0, 1, beta=[0, 0.5], lr=[0.1, 0.2]),
                }
            ),
        ),
        # objectives
        (TypeError, "f must be an Objective | plain function | Objective(f)", lambda: gd(square, x0, 1)),
        (TypeError, "f must be an Objective or a stream | 'rosenbrock' came", lambda: gd("rosenbrock", x0, 1)),
        (TypeError, "f must be an Objective or a stream | 3 came", lambda: gd(3, x0, 1)),
        (TypeError, "f must be an Objective or a stream | array", lambda: gd(np.ones(2), x0, 1)),
        (TypeError, "a stream must give Objectives, but 1 came", lambda: gd([1, 2], x0, 1)),
        (TypeError, "a stream must give Objectives | square", lambda: gd([square], x0, 1)),
        (ValueError, "the stream of objectives is empty", lambda: gd([], x0, 1)),
        (ValueError, "ended after 2 steps | fewer steps", lambda: gd([q, q], x0, 3)),
        (
            ValueError,
            "ended after 3 steps",
            lambda: gd(minibatches(cost_line(), 1, generator(), epochs=1), [1.0], 9),
        ),
        (
            ValueError,
            "f: the gradient | must have shape (2,), but shape () came",
            lambda: gd(Objective(square, square), x0, 1),
        ),
        (
            ValueError,
            "f: the gradient | shape (2, 2), but shape (2,)",
            lambda: gd(Objective(square, lambda theta: theta[0]), [x0, x0], 1),
        ),
        (ValueError, "f: the gradient | None came", lambda: gd(Objective(square, lambda theta: None), x0, 1)),
        (
            ValueError,
            "f: the value | must have shape (), but shape (2,) came | sum",
            lambda: gd(Objective(lambda theta: theta**2), x0, 1),
        ),
        (
            ValueError,
            "f: the value | shape (), but | 2.0",
            lambda: gd(Objective(lambda theta: 2.0, lambda theta: theta), x0, 1),
        ),
        (
            ValueError,
            "f: the value | shape (3,), but shape (2,) | theta[..., 0]",
            lambda: gd(Objective(first_run), x0, 1, lr=np.full((3, 1), 0.1)),
        ),
        (ValueError, "a run alone differs | theta[..., 0]", lambda: gd(Objective(first_run), x0, 1, lr=[[0.1], [0.2]])),
        (
            ValueError,
            "a run alone differs | theta[..., 0]",
            lambda: gd(Objective(first_run), [[1.0, 2.0], [3.0, 4.0]], 1),
        ),
        (
            ValueError,
            "the gradient of a run alone differs",
            lambda: gd(Objective(square, lambda theta: 2 * theta / theta.sum()), [x0, x0], 1),
        ),
        (
            TypeError,
            "the value has dtype float64 where theta has float32 | like",
            lambda: gd(Objective(lambda theta: theta @ np.ones(2), lambda theta: theta), F32, 1),
        ),
        (
            TypeError,
            "the gradient has dtype float64 where theta has float32 | like",
            lambda: gd(Objective(square, lambda theta: theta * np.ones(2)), F32, 1),
        ),
    ],
)
def test_refusals(refused, error, words, call):
    refused(error, words, call)


@given(st.one_of(st.text(), st.none(), st.booleans(), st.complex_numbers(), st.dictionaries(st.text(), st.floats()),
                 st.lists(st.text(), min_size=1), st.lists(st.booleans(), min_size=1)))  # fmt: skip
def test_what_is_no_number_is_no_hyper_parameter(thing):
    with pytest.raises(TypeError, match="lr must"):
        run(gradient_descent, q, x0, 1, lr=thing)
    with pytest.raises(TypeError, match="the schedule of lr, at step 1: lr must"):
        run(gradient_descent, q, x0, 1, lr=lambda t: thing)
    with pytest.raises(TypeError, match="theta0 must"):
        run(gradient_descent, q, thing, 1)


@given(st.sampled_from(["lr", "beta"]), st.floats(), st.booleans())
def test_ranges_are_held_for_numbers_and_arrays(name, value, as_array):
    allowed = math.isfinite(value) and 0 <= value < {"lr": math.inf, "beta": 1}[name]
    hyper = {name: np.array([[0.5], [value]]) if as_array else value}
    if allowed:
        assert len(run(momentum, q, x0, 1, **hyper)) == 2
    else:
        with pytest.raises(ValueError, match=name):
            run(momentum, q, x0, 1, **hyper)


@given(st.lists(st.integers(1, 4), max_size=3), st.lists(st.integers(1, 4), max_size=3), st.booleans())
def test_shapes_broadcast_over_runs_or_are_refused(runs, lr_runs, ends_in_one):
    theta0, lr = np.ones((*runs, 2)), np.full((*lr_runs, 1 if ends_in_one else 2), 0.01)
    try:
        expected = np.broadcast_shapes(tuple(runs), tuple(lr_runs))
    except ValueError:
        expected = None
    if ends_in_one and expected is not None:
        assert run(gradient_descent, q, theta0, 2, lr=lr).shape == (3, *expected, 2)
    else:
        with pytest.raises(ValueError, match="lr"):
            run(gradient_descent, q, theta0, 2, lr=lr)


@given(st.integers(-100, 10), st.integers(0, 5))
def test_steps_and_stream_lengths(steps, length):
    stream = [q] * length
    if 0 <= steps <= length:
        assert len(run(gradient_descent, stream, x0, steps)) == steps + 1
    else:
        with pytest.raises(ValueError, match="steps must be at least 0" if steps < 0 else "stream of objectives"):
            run(gradient_descent, stream, x0, steps)


def test_sweeps_are_values():
    path = run(gradient_descent, q, x0, 3)
    with pytest.raises(AttributeError):
        Sweep(path, {}).path = None


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, np.nan]), min_size=1, max_size=8))
def test_steps_to_is_the_first_step_from_which_all_are_below(values):
    wanted = next((t for t in range(len(values)) if all(v < 1.0 for v in values[t:])), np.inf)
    assert steps_to(np.array(values), 1.0) == wanted
    runs = np.stack([np.array(values), np.zeros(len(values))], axis=1)
    np.testing.assert_array_equal(steps_to(runs, np.array([1.0, 1.0])), [wanted, 0])


def test_steps_to_takes_tensors_and_names_bad_input(xp):
    losses = xp.asarray([[4.0, 4.0], [0.5, 3.0]])
    np.testing.assert_array_equal(np.asarray(steps_to(losses, 1.0)), [1, np.inf])
    with pytest.raises(TypeError, match="losses must hold real numbers"):
        steps_to("low", 1.0)
