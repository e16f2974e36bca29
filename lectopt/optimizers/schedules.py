"""Schedules: hyper-parameters that change with the step t. A schedule is a callable of t, from 1.

`run(adam, f, theta0, 100, lr=cosine(0.1, 100))`; any hyper-parameter may have one. They are formulas of the steps
done before, t − 1, so that the first step has the initial value, as torch's are; `inverse_sqrt` counts from 1.
Each factory also takes arrays of shape (..., 1) for its numbers, and its schedule an array of steps, for drawing.
"""

import functools
import inspect
import math

import numpy as np

from ..arrays import is_number, namespace, require_finite, require_number
from .wrappers import Made, wrapper

__all__ = [
    "cosine",
    "exponential",
    "inverse_sqrt",
    "inverse_time",
    "join",
    "manual",
    "one_cycle",
    "per_epoch",
    "power",
    "reduce_on_plateau",
    "staircase",
    "warm_up",
]


class Schedule(Made):
    """A callable of t that prints as the call that made it."""

    def __call__(self, t):
        if (t if isinstance(t, int) else np.min(t)) < 1:
            raise ValueError(f"steps count from 1, but t = {t!r} came; in a loop, range(1, steps + 1) gives them")
        value = self._function(t)
        return float(value) if isinstance(value, np.generic) else value


def schedule(factory):
    """Decorator: what `factory` returns, a formula of t, becomes a Schedule."""

    @functools.wraps(factory)
    def make(*args, **kwargs):
        return Schedule(factory(*args, **kwargs), make, args, kwargs)

    return make


def require_values(low=-math.inf, **values):
    """Each a finite number of at least `low`, or an array of them; TypeError or ValueError that names it otherwise."""
    for name, value in values.items():
        if hasattr(value, "shape") and len(value.shape) > 0:
            require_finite(value, name)
            value = namespace(value).min(value)
        require_number(value.item() if hasattr(value, "item") else value, name, low)


def require_count(name, count, low=1):
    """TypeError or ValueError unless `count` is a whole number of at least `low`."""
    if not is_number(count):
        raise TypeError(f"{name} must be a whole number, but {count!r} came")
    if count != int(count) or count < low:
        raise ValueError(f"{name} must be a whole number, at least {low}, but {count!r} came")


def as_schedule(value):
    """A schedule as it is; a number as a constant one."""
    if callable(value):
        return value
    require_values(schedule=value)
    return lambda t: value


@schedule
def inverse_time(initial, k):
    """Inverse time decay, "1/t": initial / (1 + k · (t − 1)).

    Parameters
    ----------
    initial : float or array of shape (..., 1)
        Value at the first step; α₀ in [J].
    k : float or array of shape (..., 1)
        Decay constant, per step; at least 0. After 1/k steps the value has halved.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none, not finite, or k is negative.

    References
    ----------
    Robbins and Monro, "A stochastic approximation method", 1951. Lecture [J], "1/t decay". Bottou's SGD.
    `torch.optim.Adagrad(lr_decay=k)` has it inside.

    Examples
    --------
    >>> lr = inverse_time(1.0, 0.5)
    >>> lr, [lr(t) for t in (1, 3, 5)]
    (inverse_time(1, 0.5), [1.0, 0.5, 0.3333333333333333])
    """
    require_values(initial=initial)
    require_values(k=k, low=0)
    return lambda t: initial / (1 + k * (t - 1))


@schedule
def inverse_sqrt(initial, k=1.0):
    """Inverse square-root decay: k · initial / √t.

    Parameters
    ----------
    initial, k : float or array of shape (..., 1)
        The value at the first step is their product; k is at least 0.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none, not finite, or k is negative.

    References
    ----------
    Zinkevich, "Online convex programming and generalized infinitesimal gradient ascent", 2003. Lecture [J] prints it
    under "1/t decay", with the number of the epoch, from 1: `per_epoch(inverse_sqrt(...), n)`.

    Examples
    --------
    >>> [inverse_sqrt(1.0)(t) for t in (1, 4, 100)]
    [1.0, 0.5, 0.1]
    """
    require_values(initial=initial)
    require_values(k=k, low=0)
    return lambda t: k * initial / t**0.5


@schedule
def exponential(initial, k):
    """Exponential decay: initial · exp(−k · (t − 1)).

    Parameters
    ----------
    initial : float or array of shape (..., 1)
        Value at the first step.
    k : float or array of shape (..., 1)
        Decay constant, per step; a negative one grows. It is `power` with exp(−k) for its k.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none or not finite.

    References
    ----------
    Lecture [J], "Exponential decay". `torch.optim.lr_scheduler.ExponentialLR(gamma=exp(-k))`.

    Examples
    --------
    >>> round(exponential(1.0, 0.5)(11), 8)
    0.00673795
    """
    require_values(initial=initial, k=k)
    return lambda t: initial * math.e ** (-k * (t - 1))


@schedule
def power(initial, k):
    """Decay by a factor a step: initial · k^(t − 1).

    Parameters
    ----------
    initial : float or array of shape (..., 1)
        Value at the first step.
    k : float or array of shape (..., 1)
        Factor from step to step; at least 0. Above 1 it grows, as a search for a learning rate wants it.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none, not finite, or k is negative.

    References
    ----------
    Lecture [J], "Exponentially decay", k^epoch: `per_epoch(power(...), n)`.
    The same as `torch.optim.lr_scheduler.ExponentialLR(gamma=k)`.

    Examples
    --------
    >>> round(power(1.0, 0.95)(11), 6)
    0.598737
    """
    require_values(initial=initial)
    require_values(k=k, low=0)
    return lambda t: initial * k ** (t - 1)


@schedule
def staircase(initial, k, every):
    """Step decay, the discrete staircase: initial · k^⌊(t − 1) / every⌋.

    Parameters
    ----------
    initial : float or array of shape (..., 1)
        Value at the first step.
    k : float or array of shape (..., 1)
        Factor of each stair; at least 0.
    every : int
        How many steps a stair is long.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none, not finite, k is negative, or `every` no whole number from 1.

    References
    ----------
    Lecture [J], "Discrete staircase". The same as `torch.optim.lr_scheduler.StepLR(step_size=every, gamma=k)`.

    Examples
    --------
    >>> [round(staircase(1.0, 0.9, 10)(t), 5) for t in (1, 10, 11, 51)]
    [1.0, 1.0, 0.9, 0.59049]
    """
    require_values(initial=initial)
    require_values(k=k, low=0)
    require_count("every", every)
    return lambda t: initial * k ** ((t - 1) // every)


@schedule
def manual(values):
    """Decay by hand: each value holds from its step on.

    Parameters
    ----------
    values : dict
        Steps done before (t − 1) to the value from there on. The first key is 0.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If it is no dict, a key no whole number, a value no finite number, or the first step has none.

    References
    ----------
    Lecture [J], "Manual decay". `torch.optim.lr_scheduler.MultiStepLR` multiplies at such steps.

    Examples
    --------
    >>> lr = manual({0: 0.1, 30: 0.01})
    >>> lr, lr(30), lr(31)
    (manual({0: 0.1, 30: 0.01}), 0.1, 0.01)
    """
    starts = stages("manual", values)
    for start in starts:
        require_number(values[start], f"the value from {start} on")
    held = np.array([float(values[start]) for start in starts])
    return lambda t: held[np.searchsorted(starts, t - 1, side="right") - 1]


def stages(what, parts):
    """The sorted keys of a dict of stages: whole numbers of steps done before, the first 0."""
    if not isinstance(parts, dict):
        raise TypeError(f"{what} takes a dict such as {{0: ..., 30: ...}}, by steps done before, but {parts!r} came")
    for start in parts:
        require_count(f"{what}: the key {start!r}", start, low=0)
    if 0 not in parts:
        raise ValueError(f"{what}: nothing is said of the first step; add the key 0 to {sorted(parts)}")
    return sorted(parts)


@schedule
def join(parts):
    """One schedule after the other: each counts its steps from where it begins.

    Parameters
    ----------
    parts : dict
        Steps done before (t − 1) to the schedule, or number, that begins there. The first key is 0.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If it is no dict, a key no whole number, a part neither schedule nor number, or the first step has none.

    References
    ----------
    The same as `torch.optim.lr_scheduler.SequentialLR`.

    Examples
    --------
    >>> lr = join({0: 0.1, 2: power(0.1, 0.5)})
    >>> lr, [lr(t) for t in range(1, 6)]
    (join({0: 0.1, 2: power(0.1, 0.5)}), [0.1, 0.1, 0.1, 0.05, 0.025])
    """
    begin = {start: as_schedule(parts[start]) for start in stages("join", parts)}

    def joined(t):
        value = 0.0
        for start, part in begin.items():
            value = np.where(t > start, part(np.maximum(t - start, 1)), value)
        return value[()]

    return joined


@schedule
def per_epoch(schedule, steps_per_epoch):
    """A schedule that counts epochs instead of steps: it holds for a whole pass over the data.

    Parameters
    ----------
    schedule : callable of t
        Called with the number of the epoch, from 1.
    steps_per_epoch : int
        Batches in an epoch: `minibatches(...).steps(1)`.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If `schedule` is neither schedule nor number, or `steps_per_epoch` no whole number from 1.

    References
    ----------
    Lecture [J] counts epochs in all its decays.

    Examples
    --------
    >>> lr = per_epoch(power(1.0, 0.5), 3)
    >>> lr, [lr(t) for t in range(1, 8)]
    (per_epoch(power(1, 0.5), 3), [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25])
    """
    require_count("steps_per_epoch", steps_per_epoch)
    of_epoch = as_schedule(schedule)
    return lambda t: of_epoch((t - 1) // steps_per_epoch + 1)


@schedule
def warm_up(schedule, steps):
    """A schedule that begins gently: min(1, t / steps) times the schedule.

    Parameters
    ----------
    schedule : callable of t, or float
        What holds from step number `steps` on.
    steps : int
        How long the warm-up is; at least 1, which is none.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If `schedule` is neither schedule nor number, or `steps` no whole number from 1.

    References
    ----------
    Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.
    The same as `torch.optim.lr_scheduler.LinearLR(start_factor=1 / steps, total_iters=steps - 1)`.

    Examples
    --------
    >>> [warm_up(0.1, 4)(t) for t in (1, 2, 4, 5)]
    [0.025, 0.05, 0.1, 0.1]
    """
    require_count("steps", steps)
    after = as_schedule(schedule)
    return lambda t: np.minimum(1, t / steps) * after(t)


@schedule
def cosine(initial, steps, final=0.0):
    """Half a cosine from initial to final: final + (initial − final) · (1 + cos(π (t − 1) / steps)) / 2.

    Parameters
    ----------
    initial, final : float or array of shape (..., 1)
        Value at the first step, and after `steps` steps; from there on it stays.
    steps : int

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none or not finite, or `steps` no whole number from 1.

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    Differs from `torch.optim.lr_scheduler.CosineAnnealingLR(T_max=steps, eta_min=final)` after `steps` steps, where
    torch's rises again.

    Examples
    --------
    >>> [round(cosine(1.0, 4)(t), 6) for t in (1, 2, 3, 4, 5, 6)]
    [1.0, 0.853553, 0.5, 0.146447, 0.0, 0.0]
    """
    require_values(initial=initial, final=final)
    require_count("steps", steps)
    return lambda t: eased(initial, final, (t - 1) / steps)


def eased(a, b, share):
    """From a to b along half a cosine, at this share of the way; a before it, b after it."""
    return b + (a - b) * (1 + np.cos(np.pi * np.clip(share, 0, 1))) / 2


@schedule
def one_cycle(peak, steps, warm=0.3, initial=None, final=None):
    """Up and down once: half a cosine from initial to peak, then one from peak to final.

    Parameters
    ----------
    peak : float or array of shape (..., 1)
        The largest value, after warm · steps steps.
    steps : int
        How many steps the whole takes; from there on it stays at `final`.
    warm : float
        Share of the way up; in [0, 1].
    initial, final : float or array of shape (..., 1), optional
        Value at the first and the last step; by default peak / 25 and peak / 250,000. With both above the peak it goes
        down and up, as the momentum does meanwhile: `one_cycle(0.85, steps, initial=0.95, final=0.95)`.

    Returns
    -------
    callable of t

    Raises
    ------
    TypeError, ValueError
        If a number is none or not finite, `steps` no whole number from 1, or `warm` not a share.

    References
    ----------
    Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
    The same as `torch.optim.lr_scheduler.OneCycleLR(max_lr=peak, total_steps=steps, pct_start=warm)`.

    Examples
    --------
    >>> lr = one_cycle(1.0, 10)
    >>> [round(lr(t), 4) for t in (1, 2, 3, 6, 10)]
    [0.04, 0.52, 1.0, 0.6113, 0.0]
    """
    initial = peak / 25 if initial is None else initial
    final = peak / 250_000 if final is None else final
    require_values(peak=peak, initial=initial, final=final)
    require_count("steps", steps)
    if not 0 <= require_number(warm, "warm") <= 1:
        raise ValueError(f"warm must be a share of the steps, from 0 to 1, but {warm!r} came")
    top, last = max(warm * steps - 1, 0), steps - 1

    def cycle(t):
        up = eased(initial, peak, (t - 1) / (top or 1))
        down = eased(peak, final, (t - 1 - top) / (last - top or 1))
        return np.where(t - 1 < top, up, down)[()]

    return cycle


@wrapper
def reduce_on_plateau(method, factor=0.1, patience=10, threshold=1e-4):
    """The method, with an lr that falls where the loss no longer does: a schedule that looks at the loss.

    A step is good if the loss before it is below (1 − threshold) times the best so far. After more than `patience` bad
    ones in a row, lr is multiplied by `factor`, and the count begins anew. Each run has its own.

    Parameters
    ----------
    method : callable
        Any method with a hyper-parameter lr, which may have a schedule beside this.
    factor, patience, threshold : float
        The defaults of the new hyper-parameters of these names, which can be swept: factor in [0, 1), patience at
        least 0, threshold in [0, 1). Count patience in steps; on mini-batches make it a few epochs, as losses jump.

    Returns
    -------
    callable
        A method. Its state, before that of `method`, each of theta's shape and equal for all parameters of a run:
        scale (what lr is multiplied by, at first 1), best (the lowest loss, at first ∞), bad (bad steps in a row).

    Raises
    ------
    ValueError
        If the method has no lr, or a state or hyper-parameter of those names already.

    References
    ----------
    The same as `torch.optim.lr_scheduler.ReduceLROnPlateau(factor=factor, patience=patience, threshold=threshold)`,
    given the loss before each step; torch ignores changes of lr below 1e-8.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic, run
    >>> careful = reduce_on_plateau(gradient_descent, 0.5, patience=2)
    >>> theta, scale = run(careful, quadratic([1.0]), [1.0], 9, lr=2.0, keep=lambda theta, scale, *_: (theta, scale))
    >>> print(theta[:, 0], scale[:, 0])  # lr = 2 is the edge: it jumps to and fro
    [ 1. -1.  1. -1.  0.  0.  0.  0.  0.  0.] [1.  1.  1.  1.  0.5 0.5 0.5 0.5 0.25 0.25]
    """
    parameters = inspect.signature(method).parameters
    if "lr" not in parameters:
        raise ValueError(f"reduce_on_plateau needs a method with an lr; {getattr(method, '__name__', method)} has none")
    default = parameters["lr"].default

    def reduced(
        f, t, theta, scale=1, best=math.inf, bad=0, *state,
        factor=factor, patience=patience, threshold=threshold, **hyper,
    ):  # fmt: skip
        xp = namespace(theta)
        loss = f(theta)[..., None] + 0 * theta
        better = loss < best * (1 - threshold)
        best, bad = xp.where(better, loss, best), xp.where(better, 0.0, bad + 1.0)
        tired = bad > patience
        scale, bad = scale * xp.where(tired, factor, 1.0 + 0 * theta), xp.where(tired, 0.0, bad)
        hyper["lr"] = hyper.get("lr", default) * scale
        theta, *state = method(f, t, theta, *state, **hyper)
        return theta, scale, best, bad, *state

    return reduced
