"""Gradient descent: the method that all others improve on."""

__all__ = ["gradient_descent"]


def gradient_descent(f, t, theta, *, lr=0.01):
    """Gradient (steepest) descent: θ ← θ − lr · ∇f(θ).

    On a stream of mini-batches it is stochastic or mini-batch descent.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    lr : float or array of shape (..., 1)
        Learning rate, α or η in the lectures; at least 0. On a quadratic, stable below 2 / (largest eigenvalue).

    Returns
    -------
    (theta,)

    References
    ----------
    Cauchy, 1847. Lectures [G], [O], [S] ("u = −g, w + αu"), [A], [J].
    The same as `torch.optim.SGD(lr=lr)`.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> gradient_descent(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    (array([0.9, 0. ]),)
    """
    return (theta - lr * f.grad(theta),)
