"""Methods that use curvature: Newton, conjugate gradients, L-BFGS; and Rprop, which uses signs alone."""

import math

from ..arrays import dot, namespace, safe_ratio
from .line_search import strong_wolfe, wolfe_search

__all__ = ["conjugate_gradient_fr", "conjugate_gradient_pr", "lbfgs", "newton", "rprop"]


def newton(f, t, theta, *, lr=1.0, damping=0.0, floor=1e-6):
    """Newton's method, made safe: θ ← θ − lr · |H|⁻¹ ∇f(θ), along each principal axis by itself.

    H = Σᵢ λᵢ qᵢ qᵢᵀ
    θ ← θ − lr · Σᵢ qᵢ (qᵢ·g) / (max(|λᵢ|, floor) + damping)

    Where H is positive definite this is Newton's step, which solves a quadratic in one. Elsewhere it still is a step
    downhill: along an axis of negative curvature |λ| turns the step away from the saddle or maximum, where plain
    Newton would go to it; along a flat axis of a singular H, `floor` takes the place of a curvature of 0.

    Parameters
    ----------
    f : Objective
        With a Hessian.
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    lr : float or array of shape (..., 1)
        Share of the full step; at least 0. Below 1 it is called damped Newton.
    damping : float or array of shape (..., 1)
        Added to each curvature (Levenberg and Marquardt's μ); at least 0. A large one makes it gradient descent with
        lr / damping.
    floor : float or array of shape (..., 1)
        The least curvature that is believed; at least 0. Raise it to 1e-3 or so in float32, and where steps are wild.

    Returns
    -------
    (theta,)

    Raises
    ------
    ValueError
        If `f` has no Hessian.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, section 3.4. |λ|: Dauphin et al., "Identifying and attacking the
    saddle point problem in high-dimensional non-convex optimization", 2014. Lectures [S], "bird's eye view", and [J],
    "based on Newton's method". `torch.optim` has none.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> print(newton(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]))[0])
    [0. 0.]
    """
    xp = namespace(theta)
    g, H = f.grad(theta), f.hessian(theta)
    H = xp.where(xp.isfinite(H), H, 0.0)  # a run that has diverged must not stop the others
    curvatures, axes = xp.linalg.eigh(H)
    slopes = (g[..., None, :] @ axes)[..., 0, :]
    u = safe_ratio(slopes, xp.maximum(xp.abs(curvatures), floor) + damping)
    return (theta - lr * (axes @ u[..., None])[..., 0],)


def conjugate_gradient_fr(f, t, theta, step=0, u=0, g=0, *, c1=1e-4, c2=0.1):
    """Conjugate gradients by Fletcher and Reeves: each direction remembers the one before, by the gradients' sizes.

    beta = g·g / g₋·g₋                          g₋ is the gradient of the step before
    u ← −g + beta · u
    θ ← θ + step · u                            step from a strong Wolfe line search

    It starts anew from −g where u would not go downhill, and after a search that found no step.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    step : array, shape (*runs, P)
        The last step's factor on u, the same for all parameters of a run; 0 where the search found none.
    u, g : array, shape (*runs, P)
        The last direction, and the gradient before it.
    c1, c2 : float or array of shape (..., 1)
        See `strong_wolfe`; 0 < c1 < c2 < 1/2.

    Returns
    -------
    (theta, step, u, g)
        A run without a step stays where it is.

    References
    ----------
    Fletcher and Reeves, "Function minimization by conjugate gradients", 1964. Nocedal and Wright, *Numerical
    Optimization*, section 5.2. Lecture [S] names CG. `torch.optim` has none.

    Examples
    --------
    >>> from lectopt import quadratic, run
    >>> f = quadratic([1.0, 10.0])
    >>> print(f(run(conjugate_gradient_fr, f, [1.0, 1.0], 2, c2=1e-3)).round(9))  # as many steps as parameters
    [5.5        0.40459541 0.        ]
    """
    xp = namespace(theta)
    step, u, before = (state + 0 * theta for state in (step, u, g))  # called by hand, they may be a plain 0
    g = f.grad(theta)
    beta = dot(g, g) / xp.where(step[..., 0] > 0, dot(before, before), math.inf)
    u = downhill(-g + beta[..., None] * u, g)
    step = strong_wolfe(f, theta, u, g, start=first_trial(step, g), c1=c1, c2=c2) + 0 * theta
    return theta + step * u, step, u, g


def conjugate_gradient_pr(f, t, theta, step=0, u=0, g=0, *, c1=1e-4, c2=0.1):
    """Conjugate gradients by Polak and Ribière, which forget the old direction where the gradient hardly changed.

    beta = max(0, g·(g − g₋) / g₋·g₋)           g₋ is the gradient of the step before
    u ← −g + beta · u
    θ ← θ + step · u                            step from a strong Wolfe line search

    On a quadratic, with exact searches, g·g₋ = 0 and it is Fletcher and Reeves's. It starts anew from −g where u would
    not go downhill, and after a search that found no step.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    step : array, shape (*runs, P)
        The last step's factor on u, the same for all parameters of a run; 0 where the search found none.
    u, g : array, shape (*runs, P)
        The last direction, and the gradient before it.
    c1, c2 : float or array of shape (..., 1)
        See `strong_wolfe`; 0 < c1 < c2 < 1/2.

    Returns
    -------
    (theta, step, u, g)
        A run without a step stays where it is.

    References
    ----------
    Polak and Ribière, 1969; the maximum ("PR+"): Powell, 1986. Nocedal and Wright, *Numerical Optimization*, section
    5.2. Lecture [S] names CG. `torch.optim` has none; `scipy.optimize.minimize(method="CG")` is of this kind.

    Examples
    --------
    >>> from lectopt import quadratic, run
    >>> f = quadratic([1.0, 10.0])
    >>> print(f(run(conjugate_gradient_pr, f, [1.0, 1.0], 2, c2=1e-3)).round(9))  # as many steps as parameters
    [5.5        0.40459541 0.        ]
    """
    xp = namespace(theta)
    step, u, before = (state + 0 * theta for state in (step, u, g))  # called by hand, they may be a plain 0
    g = f.grad(theta)
    beta = dot(g, g - before) / xp.where(step[..., 0] > 0, dot(before, before), math.inf)
    u = downhill(-g + xp.clip(beta, 0.0, None)[..., None] * u, g)
    step = strong_wolfe(f, theta, u, g, start=first_trial(step, g), c1=c1, c2=c2) + 0 * theta
    return theta + step * u, step, u, g


def downhill(u, g):
    """The direction u, or −g for a run where u does not go downhill."""
    return namespace(g).where((dot(u, g) < 0)[..., None], u, -g)


def first_trial(step, g):
    """The last step; for a run that has none, the one that moves theta by 1."""
    xp = namespace(g)
    length = dot(g, g)[..., None] ** 0.5
    return xp.where(step > 0, step, 1 / xp.where(length > 0, length, 1.0))[..., :1]


def lbfgs(f, t, theta, step=0, pairs=(), *, history=10, c1=1e-4, c2=0.9):
    """L-BFGS: Newton's direction with a Hessian inferred from the last few steps s and changes y of the gradient.

    u = −H⁻¹ g, where H⁻¹ is s·y / y·y times the identity, corrected by each pair (s, y) in turn, so that H⁻¹ y = s
    θ ← θ + step · u                            step from a strong Wolfe line search
    s = θ − θ₋, y = g − g₋                      both gradients of the same f: on mini-batches, of the same batch

    A pair that shows no positive curvature (s·y ≤ 0) counts as none. After a search that found no step, that run
    forgets its pairs and starts anew from −g.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    step : array, shape (*runs, P)
        The last step's factor on u, the same for all parameters of a run; 0 where the search found none.
    pairs : tuple of (s, y), each an array of shape (*runs, P)
        The last steps and changes of the gradient, the oldest first; at the start () .
    history : int
        How many pairs are kept, at least 1: one number for all runs.
    c1, c2 : float or array of shape (..., 1)
        See `strong_wolfe`.

    Returns
    -------
    (theta, step, pairs)
        A run without a step stays where it is.

    Raises
    ------
    TypeError
        If `history` is an array.

    References
    ----------
    Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989. Nocedal and Wright,
    *Numerical Optimization*, algorithms 7.4 and 7.5. Lecture [J] names it.
    Differs from torch.optim in that one step here is one iteration: `LBFGS(max_iter=1, history_size=history,
    line_search_fn="strong_wolfe")`, with another search; the minima agree, the paths do not.

    Examples
    --------
    >>> from lectopt import rosenbrock, run
    >>> f = rosenbrock()
    >>> print(run(lbfgs, f, f.start, 40)[-1].round(6))
    [1. 1.]
    """
    xp = namespace(theta)
    if hasattr(history, "shape"):
        raise TypeError("history must be one whole number for all runs, but an array came: call run once for each")
    g = f.grad(theta)
    u = downhill(-inverse_hessian_times(g, pairs), g)
    step, g_new = wolfe_search(f, theta, u, g, 1.0, c1, c2)
    s, y = step * u, g_new - g
    curved = (dot(s, y) > 0)[..., None]
    newest = xp.where(curved, s, 0.0), xp.where(curved, y, 0.0)
    pairs = [(xp.where(step > 0, a, 0.0), xp.where(step > 0, b, 0.0)) for a, b in pairs]  # found none: forget all
    pairs = (*pairs, newest)[-int(history) :]
    return theta + s, step + 0 * theta, pairs


def inverse_hessian_times(g, pairs):
    """H⁻¹ g by the two loops of Nocedal and Wright's algorithm 7.4. A pair of zeros changes nothing."""
    xp = namespace(g)
    q, shares = g, []
    for s, y in reversed(pairs):
        share = safe_ratio(dot(s, q), dot(s, y))[..., None]
        q = q - share * y
        shares.append(share)
    scale = first_trial(0 * g, g)
    for s, y in pairs:
        scale = xp.where((dot(s, y) > 0)[..., None], safe_ratio(dot(s, y), dot(y, y))[..., None], scale)
    q = scale * q
    for (s, y), share in zip(pairs, reversed(shares)):
        q = q + (share - safe_ratio(dot(y, q), dot(s, y))[..., None]) * s
    return q


def rprop(f, t, theta, g=0, step=None, *, lr=0.01, grow=1.2, shrink=0.5, step_min=1e-6, step_max=50.0):
    """Rprop: only the gradient's sign counts; each parameter's own step grows while the sign stays, else shrinks.

    step ← step · grow where g has the sign it had, step · shrink where it has changed; from step_min to step_max
    θ ← θ − step · sign(g), but no move where the sign has changed

    For full batches: on mini-batches signs change by chance, and steps shrink without reason.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    g : array, shape (*runs, P)
        The gradient before, 0 where its sign had changed.
    step : array, shape (*runs, P), or None
        Each parameter's step; None at the start, which is lr.
    lr : float or array of shape (..., 1)
        The first step of each parameter; at least 0. It is read at the first call alone: a schedule has no effect.
    grow, shrink : float or array of shape (..., 1)
        Factors on the step; at least 1, and in [0, 1).
    step_min, step_max : float or array of shape (..., 1)
        Bounds of the steps; at least 0.

    Returns
    -------
    (theta, g, step)

    References
    ----------
    Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993,
    who also take back a step that changed the sign. Without that: Igel and Hüsken, "Improving the Rprop learning
    algorithm", 2000 (iRprop−). Lecture [S] names it.
    The same as `torch.optim.Rprop(etas=(shrink, grow), step_sizes=(step_min, step_max))`.

    Examples
    --------
    >>> from lectopt import quadratic, run
    >>> print(run(rprop, quadratic([1.0, 10.0]), [1.0, 1.0], 3, lr=0.5))
    [[ 1.   1. ]
     [ 0.5  0.5]
     [-0.1 -0.1]
     [-0.1 -0.1]]
    """
    xp = namespace(theta)
    before, g = g, f.grad(theta)
    agreement = before * g
    factor = xp.where(agreement > 0, grow, xp.where(agreement < 0, shrink, 1.0 + 0 * g))
    step = xp.clip((lr if step is None else step) * factor, step_min, step_max)
    g = xp.where(agreement < 0, 0.0, g)
    return theta - step * xp.sign(g), g, step
