"""Momentum: steps that remember the steps before."""

__all__ = ["momentum"]


def momentum(f, t, theta, v=0, *, lr=0.01, beta=0.9):
    """Momentum (heavy ball): v ← beta · v + lr · ∇f(θ); θ ← θ − v.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Velocity: the last step, with its sign turned.
    lr : float or array of shape (..., 1)
        Learning rate, η in [G]; at least 0.
    beta : float or array of shape (..., 1)
        Momentum, γ in [G] and [O]; in [0, 1).

    Returns
    -------
    (theta, v)

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Lecture [G].
    Differs from torch.optim in where lr stands: SGD(momentum=beta) sums v ← beta · v + g and steps lr · v.
    With a constant lr the paths are equal; with a schedule, here each gradient keeps the lr it came with.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> momentum(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), np.array([0.5, 0.0]), lr=0.1, beta=0.8)
    (array([0.5, 0. ]), array([0.5, 1. ]))
    """
    v = beta * v + lr * f.grad(theta)
    return theta - v, v
