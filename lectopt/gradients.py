"""Gradients without calculus: finite differences, all parameters in one call."""

import numpy as np

from .arrays import as_points, convert, dtype_of, namespace, require_number

__all__ = ["numerical_gradient"]

CHUNK = 2**21  # numbers in flight at once: 16 MiB in float64


def numerical_gradient(f, theta, h=None):
    """The gradient by central differences: gᵢ ≈ (f(θ + h eᵢ) − f(θ − h eᵢ)) / 2h.

    The 2P losses are a few calls of `f` with one more runs axis, in chunks that bound the memory.

    Parameters
    ----------
    f : callable
        `f(theta)` of shape (*runs, P) gives losses of shape (*runs,).
    theta : array, shape (*runs, P)
    h : float, optional
        The step. By default the cube root of the machine epsilon times max(1, |θᵢ|), which balances the
        truncation error O(h²) against the rounding error O(ε / h).

    Returns
    -------
    array, shape (*runs, P)

    Raises
    ------
    TypeError, ValueError
        If `h` is not a positive number.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2nd ed., section 8.1. Lecture [O], "Numerical gradient".

    Examples
    --------
    >>> print(numerical_gradient(lambda theta: (theta**2).sum(-1), [1.0, 3.0]).round(6))
    [2. 6.]
    """
    theta = as_points(theta)
    xp = namespace(theta)
    if h is None:
        eps = xp.finfo(dtype_of(theta, "theta")).eps
        step = float(eps) ** (1 / 3) * xp.maximum(xp.abs(theta), xp.ones_like(theta))
    else:
        step = xp.full_like(theta, require_number(h, "h", above=0))
    parameters = theta.shape[-1]
    at_once = max(1, CHUNK // max(1, int(np.prod(theta.shape))))
    columns = []
    for first in range(0, parameters, at_once):
        rows = np.eye(min(at_once, parameters - first), parameters, k=first)
        units = convert(rows.reshape(len(rows), *(1,) * (len(theta.shape) - 1), parameters), theta)
        shift = units * step
        columns.append((f(theta + shift) - f(theta - shift)) / (2 * xp.sum(shift, axis=-1)))
    return xp.moveaxis(xp.concat(columns, axis=0), 0, -1)
