"""Adaptive methods: a step size for each parameter."""

__all__ = ["adam"]


def adam(f, t, theta, m=0, v=0, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0):
    """Adam: the mean gradient over the root of the mean squared gradient, each freed from its zero start.

    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    m̂ = m / (1 − beta1ᵗ)                       v̂ = v / (1 − beta2ᵗ)
    θ ← θ − lr · m̂ / (√(v̂ + eps_root) + eps)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters the bias correction.
    theta : array, shape (*runs, P)
    m, v : array, shape (*runs, P)
        First and second moment of the gradient.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0. Where gradients keep their sign, it is the length of a step.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates of the moments; in [0, 1).
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, m, v)

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", 2014. Lectures [G], [O], [J].
    Lectures [O] and [J] print ε inside the root: that is eps=0, eps_root=1e-8.
    The same as `torch.optim.Adam`, which has eps alone.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, m, v = adam(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), 0, 0, lr=0.1)
    >>> print(theta.round(6))
    [0.9 0.9]
    """
    g = f.grad(theta)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / ((v_hat + eps_root) ** 0.5 + eps), m, v
