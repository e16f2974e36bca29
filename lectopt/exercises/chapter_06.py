"""Exercises of notebook 06, learning rate decay."""

import functools
import math

import numpy as np

from ..objectives import minibatches, quadratic, scattered
from ..optimizers.descent import gradient_descent
from ..optimizers.schedules import power, staircase
from ..running import run, sweep
from .check import NotYet, call, close, exercise, number, numbers


@exercise(
    "How many steps is an epoch? How many whole epochs lie before step 501?",
    "1,600 / 32 = 50 steps an epoch. Steps 1 to 50 have the initial rate, steps 51 to 100 have 0.95 times that.",
)
def rate_at_step(answer):
    """Predict the rate at step 501: 0.2 times 0.95 an epoch, 1,600 samples in batches of 32."""
    value = number(answer)
    if close(value, power(0.2, 0.95)(501), 1e-9) or abs(value) < 1e-6:
        raise NotYet("That counts steps: 0.95 once a step. An epoch is many steps.")
    for epochs in (9, 11):
        if close(value, power(0.2, 0.95)(epochs + 1), 5e-4):
            raise NotYet(f"That is 0.2 times 0.95 to the {epochs}. How many epochs are *done* when step 501 begins?")
    if close(value, power(1.0, 0.95)(11), 5e-4):
        raise NotYet("That is the share that is left. The rate began at 0.2.")
    if not close(value, power(0.2, 0.95)(11), 5e-4):
        raise NotYet("Count the epochs that are done before step 501, and multiply 0.2 by 0.95 once for each.")
    return "500 steps are 10 epochs, and 0.95 to the 10 is 0.598737."


@exercise(
    "How many whole stairs lie below step t? The first stair has the steps 1 to every.",
    "t − 1 steps are done before step t. Whole stairs are a division without remainder: //.",
)
def stairs(answer):
    """A function stairs(t, initial, k, every): the staircase decay, steps counted from 1."""
    for initial, k, every in ((1.0, 0.9, 10), (0.3, 0.5, 4)):
        want = staircase(initial, k, every)
        for t in (1, every - 1, every, every + 1, 2 * every, 2 * every + 1, 51):
            got = number(call(answer, t, initial, k, every), "the rate")
            if close(got, want(t)):
                continue
            said = f"At t = {t} with initial {initial}, k {k}, every {every} it should be {want(t):.6g}, not {got:.6g}."
            if close(got, initial * k ** (t // every)):
                raise NotYet(f"The stairs come one step early: before step t only t − 1 steps are done. {said}")
            if close(got, initial * k ** ((t - 1) / every)) or close(got, initial * k ** (t / every)):
                raise NotYet(f"That is a smooth slope, not a stair: divide without remainder, //. {said}")
            if close(got, initial * k ** (t - 1)):
                raise NotYet(f"That falls at each step. A stair is `every` steps long. {said}")
            if close(got * initial, want(t)):
                raise NotYet(f"The initial rate is missing. {said}")
            if close(got, initial * k * ((t - 1) // every)):
                raise NotYet(f"k to the *power* of the stair, not times it. {said}")
            raise NotYet(said)
    return "Flat, then a drop, and the first stair is as long as the others."


@exercise(
    "Which rate does the line divide: the initial one, or one that has been divided before?",
    "Don't overwrite what you divide. Each rate is initial / (1 + k · epoch).",
)
def compounded(answer):
    """A function rates(initial, k, epochs) that gives initial / (1 + k · epoch) for epochs from 0."""
    for initial, k, epochs in ((1.0, 1.0, 5), (0.4, 0.25, 8), (2.0, 0.0, 3)):
        t = np.arange(epochs)
        want = initial / (1 + k * t)
        got = numbers(call(answer, initial, k, epochs), "The rates")
        if got.shape != (epochs,):
            raise NotYet(f"For {epochs} epochs it should return {epochs} rates, but shape {got.shape} came.")
        if close(got, want):
            continue
        if close(got, initial / np.cumprod(1 + k * t)):
            raise NotYet("It still divides a rate that has been divided before: the divisors multiply up.")
        if close(got, initial / (1 + k * (t + 1))):
            raise NotYet("Epochs count from 0 here: the first rate is the initial one, undivided.")
        if close(got, initial / (1 + k) ** t):
            raise NotYet("That divides by 1 + k once an epoch, which is k^t decay, not 1/t.")
        raise NotYet(f"For initial {initial}, k {k} it should be {want.round(4)}, but yours is {got.round(4)}.")
    return "One division, from the initial rate: 1/t again."


STEPS, BOWLS = 1000, 25


def noisy_bowls():
    """The bowls of notebook 06 (fewer), a noisy stream of them, and their mean loss; seeds of its own."""
    bowls = quadratic(np.tile([0.2, 5.0], BOWLS))
    stream = minibatches(
        scattered(bowls, n=1000, scale=1.0, rng=np.random.default_rng(60)), 1, np.random.default_rng(61), replace=True
    )
    return bowls, stream, lambda theta: bowls(theta) / BOWLS


@functools.cache
def best_fixed():
    """Where the best of 24 fixed rates ends: the mean loss of the last 50 steps."""
    bowls, stream, loss = noisy_bowls()
    losses = sweep(gradient_descent, stream, bowls.start, STEPS, lr=np.geomspace(0.003, 0.35, 24), keep=loss).path
    return float(losses[-50:].mean(axis=0).min())


@exercise(
    "Begin large enough to travel the flat direction (curvature 0.2), and end small enough to be quiet.",
    "Start at about 0.3. With inverse_time, k should be a little below 2 · 0.2 · 0.3; print the loss for a few k.",
)
def quiet_end(answer):
    """A schedule that ends below 0.75 of the best fixed rate on the noisy bowls, in 1,000 steps."""
    if not callable(answer):
        raise NotYet("A schedule is a function of t, such as inverse_time(0.3, 0.5); a number is a fixed rate.")
    rates = np.array([number(call(answer, t), f"the rate at t = {t}") for t in range(1, STEPS + 1)])
    if rates.min() < 0:
        raise NotYet(f"The rate is negative at step {int(rates.argmin()) + 1}: that climbs.")
    bowls, stream, loss = noisy_bowls()
    goal = 0.75 * best_fixed()
    path = run(gradient_descent, stream, bowls.start, STEPS, lr=answer)
    with np.errstate(all="ignore"):  # a run that diverges overflows
        end = float(loss(path[-50:]).mean())
    said = f"It ends at {end:.2g}; the goal is below {goal:.2g}."
    if not math.isfinite(end) or end > 10:
        raise NotYet(f"It diverges. The edge of the steep direction is 2 / 5 = 0.4, and rates start at {rates[0]:.3g}.")
    if end < goal:
        return f"It ends at {end:.2g}, where the best fixed rate ends at {goal / 0.75:.2g}."
    if rates.max() - rates.min() < 1e-3 * rates.max():
        raise NotYet(f"That is a fixed rate, and none of those is low enough. {said}")
    if rates[-1] > 1.5 * rates[0]:
        raise NotYet(f"The rate grows toward the end, where it should be quiet. {said}")
    left = np.prod(np.abs(1 - 0.2 * rates))  # of the distance along the flat direction
    if left > 0.05:
        raise NotYet(f"It stops early: {100 * left:.0f} % of the way along the flat direction is left. {said}")
    raise NotYet(f"It arrives, but is not quiet: at the end the rate is {rates[-1]:.2g}, or fell too late. {said}")
