"""Line searches: how far to go along a direction, found for each run by trying.

All runs are tried at once. A run that has its step waits, unchanged, until the last one has; so `Objective.counted`
counts a run's own work where it is alone.
"""

import math

import numpy as np

from ..arrays import dot, namespace

__all__ = ["armijo", "steepest_descent", "strong_wolfe"]


def armijo(f, theta, u, g, *, start=1.0, shrink=0.5, c1=1e-4, trials=50):
    """Backtracking: the first of the steps start, start · shrink, start · shrink², ... with enough decrease.

    Enough (the Armijo rule): f(θ + step · u) ≤ f(θ) + c1 · step · g·u.

    Parameters
    ----------
    f : Objective
    theta, u, g : array, shape (*runs, P)
        Where to start, the direction, and the gradient of `f` at theta.
    start : float or array of shape (..., 1)
        The first step tried.
    shrink : float or array of shape (..., 1)
        Factor from one trial to the next; in [0, 1).
    c1 : float or array of shape (..., 1)
        The share of the decrease promised by the slope g·u that is enough; in [0, 1).
    trials : int
        How many steps are tried at most.

    Returns
    -------
    step : array, shape (*runs, 1)
        0 for a run that has none: where u does not go downhill, the loss is not finite, or no trial was enough.

    References
    ----------
    Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966.
    Nocedal and Wright, *Numerical Optimization*, algorithm 3.1.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> f, theta = quadratic([1.0, 10.0]), np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    >>> print(armijo(f, theta, -f.grad(theta), f.grad(theta)).T)
    [[0.125 1.    0.   ]]
    """
    xp = namespace(theta)
    loss, slope = f(theta)[..., None], dot(g, u)[..., None]
    step = start + 0 * slope
    for _ in range(trials):
        enough = f(theta + step * u)[..., None] <= loss + c1 * step * slope
        if xp.all(enough | ~(slope < 0)):
            break
        step = xp.where(enough, step, shrink * step)
    return xp.where(enough & (slope < 0), step, 0.0)


def strong_wolfe(f, theta, u, g, *, start=1.0, c1=1e-4, c2=0.9, trials=25):
    """A step with enough decrease, where the valley is nearly flat along u: the strong Wolfe conditions.

    f(θ + step · u) ≤ f(θ) + c1 · step · g·u            enough decrease, so that the step is not too long
    |∇f(θ + step · u)·u| ≤ c2 · |g·u|                   a small slope, so that it is not too short

    A step between `low` (too short) and `high` (too long) always meets both. While no step was too long, the next
    trial is four times as far; from then on it is where the cubic through both ends is lowest.

    Parameters
    ----------
    f : Objective
    theta, u, g : array, shape (*runs, P)
        Where to start, the direction, and the gradient of `f` at theta.
    start : float or array of shape (..., 1)
        The first step tried.
    c1, c2 : float or array of shape (..., 1)
        With 0 < c1 < c2 < 1. Usual for c2: 0.9 for Newton-like directions, 0.1 for conjugate gradients.
    trials : int
        How many steps are tried at most, each with a loss and a gradient. If they don't suffice, the step is the
        longest that was too short.

    Returns
    -------
    step : array, shape (*runs, 1)
        0 for a run that has none: where u does not go downhill, the loss is not finite, or no trial was enough.

    References
    ----------
    Wolfe, "Convergence conditions for ascent methods", 1969. Nocedal and Wright, *Numerical Optimization*, algorithms
    3.5 and 3.6. As Hager and Zhang, 2005, found needed near a minimum, the loss may rise by a rounding error.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> f, theta = quadratic([1.0, 10.0]), np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    >>> print(strong_wolfe(f, theta, -f.grad(theta), f.grad(theta), c2=0.1).T.round(6))
    [[0.100899 1.       0.      ]]
    """
    return wolfe_search(f, theta, u, g, start, c1, c2, trials)[0]


def wolfe_search(f, theta, u, g, start, c1, c2, trials=25):
    """The step of `strong_wolfe`, and the gradient where it leads (g itself for a run that has no step)."""
    xp = namespace(theta)
    loss, slope = f(theta)[..., None], dot(g, u)[..., None]
    rounding = 4 * xp.finfo(theta.dtype).eps * xp.abs(loss)
    found, step = (xp.zeros_like(slope), g), start + 0 * slope
    low, high = (found[0], loss, slope, g), (found[0] + math.inf, loss, slope)  # step, loss, slope (and gradient)
    done = ~(slope < 0)
    for _ in range(trials):
        theta_new = theta + step * u
        loss_new, g_new = f(theta_new)[..., None], f.grad(theta_new)
        slope_new = dot(g_new, u)[..., None]
        enough = loss_new <= loss + c1 * step * slope + rounding
        good = enough & (xp.abs(slope_new) <= c2 * xp.abs(slope)) & ~done
        found, done = tuple(xp.where(good, a, b) for a, b in zip((step, g_new), found)), done | good
        if xp.all(done):
            return found
        new, short = (step, loss_new, slope_new, g_new), enough & (slope_new < 0)
        low = tuple(xp.where(short, a, b) for a, b in zip(new, low))
        high = tuple(xp.where(short, b, a) for a, b in zip(new, high))
        step = xp.where(done, step, xp.where(xp.isfinite(high[0]), cubic_minimum(xp, low[:3], high), 4 * step))
    lower = low[1] < loss
    rest = xp.where(lower, low[0], 0.0), xp.where(lower, low[3], g)
    return tuple(xp.where(done, a, b) for a, b in zip(found, rest))


@np.errstate(all="ignore")  # where no step was too long yet, `high` is infinite
def cubic_minimum(xp, low, high):
    """Where the cubic through two steps, each with its loss and slope, is lowest; kept off the ends of the interval.

    Nocedal and Wright, equation (3.59); the middle where there is no such cubic.
    """
    (a, f_a, slope_a), (b, f_b, slope_b) = low, high
    d1 = slope_a + slope_b - 3 * (f_b - f_a) / (b - a)
    d2 = xp.clip(d1 * d1 - slope_a * slope_b, 0.0, None) ** 0.5
    lowest = b - (b - a) * (slope_b + d2 - d1) / (slope_b - slope_a + 2 * d2)
    inside = xp.clip(lowest, a + (b - a) / 20, b - (b - a) / 20)
    return xp.where(xp.isfinite(inside), inside, (a + b) / 2)


def steepest_descent(f, t, theta, step=0, *, lr=1.0, shrink=0.5, c1=1e-4):
    """Steepest descent with a line search: θ ← θ − step · ∇f(θ), each run's step by Armijo's rule.

    The first trial is lr, later one size above the last step.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    step : array, shape (*runs, P)
        The last step's factor on the gradient, the same for all parameters of a run; 0 where the search found none.
    lr : float or array of shape (..., 1)
        The very first trial, and the one after a search that found no step; at least 0.
    shrink, c1 : float or array of shape (..., 1)
        See `armijo`.

    Returns
    -------
    (theta, step)
        A run without a step stays where it is.

    References
    ----------
    Cauchy, 1847, and Armijo, 1966. Lecture [S] on the value of α: too small, too large. `torch.optim` has none.

    Examples
    --------
    >>> from lectopt import quadratic, run
    >>> f = quadratic([1.0, 10.0])
    >>> path, step = run(steepest_descent, f, [1.0, 1.0], 3, keep=lambda theta, step: (theta, step))
    >>> print(step[:, 0])
    [0.    0.125 0.125 0.25 ]
    """
    xp = namespace(theta)
    g = f.grad(theta)
    step = step + 0 * theta
    step = armijo(f, theta, -g, g, start=xp.where(step > 0, step / shrink, lr), shrink=shrink, c1=c1)
    return theta - step * g, step
