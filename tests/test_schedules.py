"""Schedules: torch.optim.lr_scheduler's where it has them, [J]'s numbers, composition, and mistakes explained."""

import copy
import functools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import (
    Objective,
    adam,
    cosine,
    exponential,
    gradient_descent,
    house_prices,
    inverse_sqrt,
    inverse_time,
    join,
    manual,
    minibatches,
    momentum,
    one_cycle,
    per_epoch,
    power,
    quadratic,
    reduce_on_plateau,
    run,
    staircase,
    sweep,
    warm_up,
)

torch = pytest.importorskip("torch")
lr_scheduler = torch.optim.lr_scheduler

K = (0.01, 0.1, 0.5, 0.9, 0.95, 0.99)  # lecture [J]'s
EVERY = (  # one of each
    inverse_time(1.0, 0.5),
    inverse_sqrt(1.0, 0.95),
    exponential(1.0, 0.5),
    power(1.0, 0.95),
    staircase(1.0, 0.9, 10),
    manual({0: 0.1, 30: 0.01, 60: 0.001}),
    join({0: warm_up(0.1, 5), 10: cosine(0.1, 20)}),
    per_epoch(power(1.0, 0.5), 4),
    warm_up(inverse_time(0.1, 0.01), 10),
    cosine(0.1, 50, final=0.01),
    one_cycle(0.1, 50),
)
each = pytest.mark.parametrize("schedule", EVERY, ids=repr)


def values(schedule, steps):
    return [schedule(t) for t in range(1, steps + 1)]


def torchs(make, steps, initial=1.0, momentum=0.0, key="lr"):
    """The values that torch's scheduler has at each step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial, momentum=momentum)
    scheduler, found = make(optimizer), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0][key])
        optimizer.step()
        scheduler.step()
    return found


# torch


@given(st.floats(0.01, 10), st.floats(0.1, 1.1), st.integers(2, 40), st.floats(0, 1))
def test_torchs_schedulers(initial, k, n, final):
    S = lr_scheduler
    pairs = [
        (power(initial, k), lambda o: S.ExponentialLR(o, k)),
        (exponential(initial, -math.log(k)), lambda o: S.ExponentialLR(o, k)),
        (staircase(initial, k, n), lambda o: S.StepLR(o, n, k)),
        (per_epoch(power(initial, k), n), lambda o: S.StepLR(o, n, k)),
        (inverse_time(initial, k), lambda o: S.LambdaLR(o, lambda done: 1 / (1 + k * done))),
        (warm_up(initial, n), lambda o: S.LinearLR(o, 1 / n, 1, n - 1)),
        (manual({0: initial, 3: initial * k, n + 3: initial * k**2}), lambda o: S.MultiStepLR(o, [3, n + 3], k)),
        (join({0: warm_up(initial, n), n: power(initial, k)}),
         lambda o: S.SequentialLR(o, [S.LinearLR(o, 1 / n, 1, n - 1), S.ExponentialLR(o, k)], [n])),
        (warm_up(power(initial, k), n),
         lambda o: S.ChainedScheduler([S.LinearLR(o, 1 / n, 1, n - 1), S.ExponentialLR(o, k)])),
    ]  # fmt: skip
    for ours, theirs in pairs:
        np.testing.assert_allclose(values(ours, 50), torchs(theirs, 50, initial), rtol=1e-11, err_msg=repr(ours))
    falling = cosine(initial, n, final=final)
    theirs = torchs(lambda o: S.CosineAnnealingLR(o, n, final), n + 1, initial)
    np.testing.assert_allclose(values(falling, n + 1), theirs, rtol=1e-9, atol=1e-12)
    assert falling(n + 2) == falling(10 * n) == final  # torch's rises again


@pytest.mark.parametrize("warm", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("steps", [20, 101])
def test_torchs_one_cycle(warm, steps):
    """Also of the momentum, which falls while lr rises."""
    make = functools.partial(
        lr_scheduler.OneCycleLR, max_lr=0.4, total_steps=steps, pct_start=warm, base_momentum=0.85, max_momentum=0.95
    )
    np.testing.assert_allclose(
        values(one_cycle(0.4, steps, warm), steps - 1), torchs(make, steps - 1, momentum=0.9), rtol=1e-9
    )
    down_and_up = one_cycle(0.85, steps, warm, initial=0.95, final=0.95)
    theirs = torchs(make, steps - 1, momentum=0.9, key="momentum")
    np.testing.assert_allclose(values(down_and_up, steps - 1), theirs, rtol=1e-12)


def test_a_cycle_at_its_edges():
    for warm in (0.0, 1.0):
        cycle = one_cycle(1.0, 5, warm)
        assert max(values(cycle, 9)) == cycle(1 if warm == 0 else 5) == 1
        assert np.isfinite(values(cycle, 9)).all()
    assert values(one_cycle(1.0, 1), 3) == [1.0, 4e-6, 4e-6]


@pytest.mark.parametrize("options", [{}, {"factor": 0.5, "patience": 0}, {"patience": 3, "threshold": 0.3}])
def test_torchs_reduce_on_plateau(options):
    """lr by lr, on losses that jump; and of each run by itself."""
    rng = np.random.default_rng(0)
    losses = rng.normal(size=(60, 2)) + np.linspace(3, 1, 60)[:, None]
    losses[7, 0] = np.nan
    stream = [Objective(lambda theta, row=row: row + 0 * theta[..., 0], lambda theta: 0 * theta + 1) for row in losses]
    method = reduce_on_plateau(gradient_descent, **options)
    with pytest.raises(ValueError, match="differs"):  # these losses know their runs
        run(method, stream, np.zeros((2, 1)), 60, lr=0.1)
    for i in range(2):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler, theirs = lr_scheduler.ReduceLROnPlateau(optimizer, **options), []
        for loss in losses[:, i]:
            scheduler.step(loss)
            theirs.append(optimizer.param_groups[0]["lr"])
        own = [Objective(lambda theta, row=row: row + 0 * theta[..., 0], lambda theta: 0 * theta + 1)
               for row in losses[:, i]]  # fmt: skip
        scale = run(method, own, [0.0], 60, lr=0.1, keep=lambda theta, scale, *_: scale)
        np.testing.assert_allclose(0.1 * scale[1:, 0], theirs, rtol=1e-6, atol=2e-8)


def test_each_run_has_its_own_plateau():
    """Beside a schedule of lr, in a sweep, and with another method inside."""
    f = quadratic([1.0, 10.0])
    careful = reduce_on_plateau(momentum, 0.5, patience=3)
    lrs = [0.01, 0.3, 0.45]  # the last diverges, until it is smaller
    result = sweep(careful, f, [1.0, 1.0], 200, lr=lrs, keep=lambda theta, scale, *_: (theta, scale))
    for lr in lrs:
        theta, scale = result.at(lr=lr)
        alone = run(careful, f, [1.0, 1.0], 200, lr=lr, keep=lambda theta, scale, *_: (theta, scale))
        np.testing.assert_allclose(theta, alone[0], rtol=1e-9)
        np.testing.assert_array_equal(scale, alone[1])
    assert result.path[1][-1, 2, 0] < result.path[1][-1, 0, 0] <= 1
    scheduled = run(careful, f, [1.0, 1.0], 20, lr=lambda t: 0.01 / t, patience=20)
    np.testing.assert_allclose(scheduled, run(momentum, f, [1.0, 1.0], 20, lr=lambda t: 0.01 / t))


# The lecture


def test_the_lectures_numbers():
    assert power(1.0, 0.95)(11) == pytest.approx(0.598737, abs=5e-7)
    assert exponential(1.0, 0.0512933)(11) == pytest.approx(0.598737, abs=5e-7)
    assert exponential(1.0, 0.5)(11) == pytest.approx(0.00673795, abs=5e-9)
    assert staircase(1.0, 0.9, 10)(51) == pytest.approx(0.59049)
    assert inverse_sqrt(1.0, 0.95)(1) == 0.95


@pytest.mark.parametrize("factory", [inverse_time, inverse_sqrt, exponential, power])
def test_all_of_the_lectures_k_at_once(factory):
    """Arrays of shape (..., 1) for k, an array of steps for t; and a sweep over schedules in one run."""
    k, t = np.array(K)[:, None], np.arange(1, 31)
    curves = factory(1.0, k)(t)
    assert curves.shape == (6, 30)
    for row, value in zip(curves, K, strict=True):
        np.testing.assert_allclose(row, values(factory(1.0, value), 30), rtol=1e-13)
    together = run(gradient_descent, quadratic(), [1.0, 1.0], 20, lr=factory(0.1, k))
    for i, value in enumerate(K):
        alone = run(gradient_descent, quadratic(), [1.0, 1.0], 20, lr=factory(0.1, value))
        np.testing.assert_allclose(together[:, i], alone, rtol=1e-12)


# What all have in common


@each
def test_an_array_of_steps_gives_the_curve(schedule):
    np.testing.assert_allclose(schedule(np.arange(1, 81)), values(schedule, 80), rtol=1e-13)
    assert {type(value) for value in values(schedule, 80)} == {float}
    assert type(schedule(np.int64(3))) is float


@each
def test_a_schedule_prints_as_its_call_and_can_be_sent(schedule):
    names = {f.__name__: f for f in (cosine, exponential, inverse_sqrt, inverse_time, join, manual, one_cycle,
                                     per_epoch, power, staircase, warm_up)}  # fmt: skip
    for other in (eval(repr(schedule), names), pickle.loads(pickle.dumps(schedule)), copy.deepcopy(schedule)):
        assert repr(other) == repr(schedule) == schedule.__name__
        assert values(other, 80) == values(schedule, 80)


def test_how_they_print():
    assert repr(EVERY[6]) == "join({0: warm_up(0.1, 5), 10: cosine(0.1, 20)})"
    assert repr(cosine(initial=0.1, steps=50, final=1e-3)) == "cosine(initial=0.1, steps=50, final=0.001)"
    assert repr(power(1.0, np.array([[0.5], [0.9]]))) == "power(1, array of shape (2, 1))"


@each
def test_every_hyper_parameter_may_have_one(schedule):
    """The values that the method sees are the schedule's."""
    seen = []

    def method(f, t, theta, *, lr=0.1, beta=0.5):
        seen.append((lr, beta))
        return (theta,)

    def half(t):
        return schedule(t) / 2

    run(method, quadratic(), [1.0, 1.0], 40, lr=schedule, beta=half)
    assert seen == [(schedule(t), schedule(t) / 2) for t in range(1, 41)]


def test_a_schedule_of_momentum():
    path = run(momentum, quadratic(), [1.0, 1.0], 2, lr=0.1, beta=manual({0: 0.0, 1: 0.5}))
    np.testing.assert_allclose(path[2], [0.9 - (0.05 + 0.09), 0 - 0.5])


def test_per_epoch_of_a_stream():
    stream = minibatches(house_prices(unit=1000), 16, np.random.default_rng(0))
    lr = per_epoch(inverse_sqrt(0.3), stream.steps(1))
    assert values(lr, 7) == [0.3] * 3 + [0.3 / 2**0.5] * 3 + [0.3 / 3**0.5]


def test_parts_of_a_joined_schedule_count_from_their_own_start():
    lr = join({0: 0.5, 2: inverse_sqrt(1.0), 6: power(8.0, 0.5)})
    assert values(lr, 8) == [0.5, 0.5, 1, 1 / 2**0.5, 1 / 3**0.5, 0.5, 8, 4]
    ks = join({0: 1.0, 1: power(1.0, np.array([[0.5], [0.1]]))})
    assert ks(3).tolist() == [[0.5], [0.1]]


# Mistakes

MISTAKES = [
    (lambda: inverse_time(1.0, -0.1), ValueError, "k must be a finite number ≥ 0 | -0.1 came"),
    (lambda: inverse_time("1", 0.1), TypeError, "initial must be a number | '1' came"),
    (lambda: inverse_sqrt(math.nan), ValueError, "initial must be a finite number | nan came"),
    (lambda: exponential(1.0, math.inf), ValueError, "k must be a finite number"),
    (lambda: power(1.0, np.array([[0.5], [-0.5]])), ValueError, "k must be a finite number ≥ 0 | -0.5 came"),
    (lambda: power(np.array([[0.5], [math.nan]]), 1.0), ValueError, "initial holds NaN"),
    (lambda: staircase(1.0, 0.9, 0), ValueError, "every must be a whole number, at least 1 | 0 came"),
    (lambda: staircase(1.0, 0.9, 2.5), ValueError, "every must be a whole number | 2.5 came"),
    (lambda: staircase(1.0, 0.9, "10"), TypeError, "every must be a whole number | '10' came"),
    (lambda: manual([0.1, 0.01]), TypeError, "manual takes a dict such as {0: ..., 30: ...}"),
    (lambda: manual({10: 0.1}), ValueError, "nothing is said of the first step | add the key 0 to [10]"),
    (lambda: manual({}), ValueError, "add the key 0"),
    (lambda: manual({0: 0.1, -5: 0.2}), ValueError, "the key -5 must be a whole number, at least 0"),
    (lambda: manual({0: None}), TypeError, "the value from 0 on must be a number | None came"),
    (lambda: join({0: "warm"}), TypeError, "schedule must be a number | 'warm' came"),
    (lambda: join({5: 0.1}), ValueError, "join: nothing is said of the first step"),
    (lambda: per_epoch(power(1.0, 0.5), 0), ValueError, "steps_per_epoch must be a whole number, at least 1"),
    (lambda: per_epoch(None, 3), TypeError, "schedule must be a number"),
    (lambda: warm_up(0.1, 0), ValueError, "steps must be a whole number, at least 1"),
    (lambda: cosine(0.1, 0), ValueError, "steps must be a whole number, at least 1"),
    (lambda: one_cycle(0.1, 10, warm=1.5), ValueError, "warm must be a share of the steps | 1.5 came"),
    (lambda: power(1.0, 0.5)(0), ValueError, "steps count from 1, but t = 0 came; in a loop, range(1, steps + 1)"),
    (lambda: cosine(0.1, 10)(np.arange(5)), ValueError, "steps count from 1"),
    (lambda: run(adam, quadratic(), [1.0, 1.0], 5, lr=lambda t: 0.1 if t < 4 else math.nan), ValueError,
     "the schedule of lr, at step 4: lr must be finite, but it is nan"),
    (lambda: run(adam, quadratic(), [1.0, 1.0], 5, lr=lambda t: 0.35 - 0.1 * t), ValueError,
     "the schedule of lr, at step 4: lr must be at least 0"),
    (lambda: run(momentum, quadratic(), [1.0, 1.0], 5, beta=power(0.9, 1.1)), ValueError,
     "the schedule of beta, at step 3: beta must be in [0, 1), but it is 1.089"),
    (lambda: run(adam, quadratic(), [1.0, 1.0], 5, lr=power), TypeError, "the schedule of lr, at step 1"),
    (lambda: run(reduce_on_plateau(adam), quadratic(), [1.0, 1.0], 5, factor=1.0), ValueError,
     "factor must be in [0, 1)"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", range(len(MISTAKES)))
def test_mistakes_are_explained(mistake, refused):
    call, error, words = MISTAKES[mistake]
    refused(error, words, call)
