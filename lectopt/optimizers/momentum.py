"""Momentum: steps that remember the steps before."""

__all__ = ["momentum", "momentum_ema", "momentum_trace", "momentum_velocity", "nesterov"]


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


def momentum_velocity(f, t, theta, v=0, *, lr=0.01, beta=0.9):
    """Momentum with a velocity that points downhill: v ← beta · v − lr · ∇f(θ); θ ← θ + v.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Velocity: the last step itself. It is `momentum`'s v with its sign turned.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta : float or array of shape (..., 1)
        Momentum; in [0, 1).

    Returns
    -------
    (theta, v)

    References
    ----------
    Polyak, 1964. Lecture [J], "Momentum update"; Sutskever et al., "On the importance of initialization and
    momentum in deep learning", 2013, write it so.
    Differs from torch.optim as `momentum` does, whose path it has under every schedule.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> momentum_velocity(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), np.array([-0.5, 0.0]), lr=0.1, beta=0.8)
    (array([0.5, 0. ]), array([-0.5, -1. ]))
    """
    v = beta * v - lr * f.grad(theta)
    return theta + v, v


def momentum_trace(f, t, theta, u=0, *, lr=0.01, beta=0.9):
    """Momentum as a trace of search directions: u ← −∇f(θ) + beta · u; θ ← θ + lr · u.

    Under a constant gradient g the trace grows to −g / (1 − beta): the steps are those of lr / (1 − beta).

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    u : array, shape (*runs, P)
        Search direction: −g now, −beta · g of the step before, −beta² · g of the one before that, ..., summed.
    lr : float or array of shape (..., 1)
        Learning rate, α in [S]; at least 0.
    beta : float or array of shape (..., 1)
        Momentum; in [0, 1).

    Returns
    -------
    (theta, u)

    References
    ----------
    Lecture [S], "putting a trace on u". Rumelhart, Hinton and Williams, 1986.
    The same as `torch.optim.SGD(momentum=beta)`, whose momentum_buffer is −u.
    With a constant lr it has `momentum`'s path (v = −lr · u); with a schedule, here the whole memory takes the new lr.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> momentum_trace(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), np.array([-5.0, 0.0]), lr=0.1, beta=0.8)
    (array([0.5, 0. ]), array([ -5., -10.]))
    """
    u = beta * u - f.grad(theta)
    return theta + lr * u, u


def momentum_ema(f, t, theta, v=0, *, lr=0.01, beta=0.9):
    """Momentum as an exponential moving average of gradients: v ← beta · v + (1 − beta) · ∇f(θ); θ ← θ − lr · v.

    The average has the size of one gradient, whatever beta is: its path at lr is `momentum_trace`'s at lr · (1 − beta).

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Average gradient; V_dW and V_db in [J].
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta : float or array of shape (..., 1)
        Momentum, β₁ in [J]; in [0, 1).

    Returns
    -------
    (theta, v)

    References
    ----------
    Lectures [J], "Gradient descent with momentum", and [A].
    Differs from torch.optim in the first step: SGD(momentum=beta, dampening=beta) starts with v = g, where this has
    (1 − beta) · g. From any later state both are the same.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> momentum_ema(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), np.array([0.5, 0.0]), lr=0.5, beta=0.5)
    (array([ 0.625, -1.5  ]), array([0.75, 5.  ]))
    """
    v = beta * v + (1 - beta) * f.grad(theta)
    return theta - lr * v, v


def nesterov(f, t, theta, v=0, *, lr=0.01, beta=0.9):
    """Nesterov's accelerated gradient: v ← beta · v + lr · ∇f(θ − beta · v); θ ← θ − v.

    The gradient is taken where the momentum alone would lead.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Velocity: the last step, with its sign turned.
    lr : float or array of shape (..., 1)
        Learning rate, η; at least 0.
    beta : float or array of shape (..., 1)
        Momentum, γ in [O]; in [0, 1).

    Returns
    -------
    (theta, v)

    References
    ----------
    Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", 1983; in this form
    Sutskever et al., 2013. Lecture [O], which prints it without "+ η".
    Differs from torch.optim in the point it returns: this is the iterate θ, SGD(momentum=beta, nesterov=True) holds
    the look-ahead point φ = θ − beta · v and momentum_buffer = v / lr. With a constant lr and v = 0 at the start
    both start from the same point, and φ = θ − beta · v holds at every step.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> nesterov(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), np.array([0.5, 0.0]), lr=0.1, beta=0.8)
    (array([0.54, 0.  ]), array([0.46, 1.  ]))
    """
    v = beta * v + lr * f.grad(theta - beta * v)
    return theta - v, v
