"""Adaptive methods: a step size for each parameter.

Where a denominator is 0 the gradient was always 0, and the parameter stays: `safe_ratio(0, 0)` is 0.
"""

from ..arrays import namespace, safe_ratio

__all__ = [
    "adadelta",
    "adagrad",
    "adam",
    "adam_uncorrected",
    "adamax",
    "adamw",
    "amsgrad",
    "lion",
    "nadam",
    "rmsprop",
]


def adagrad(f, t, theta, v=0, *, lr=0.01, eps=1e-10, eps_root=0.0):
    """Adagrad: the gradient over the root of the sum of all squared gradients so far.

    v ← v + g²
    θ ← θ − lr · g / (√(v + eps_root) + eps)

    No parameter's step size ever rises: it falls most where gradients were large.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Sum of squared gradients; G in [O].
    lr : float or array of shape (..., 1)
        Learning rate; at least 0. It is the length of the first step, in each parameter.
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, v)

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
    Lectures [J] (ε outside the root) and [O] (inside: eps=0, eps_root=1e-8).
    The same as `torch.optim.Adagrad`, which has eps alone.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, v = adagrad(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    >>> print(theta.round(6), v)
    [0.9 0.9] [  1. 100.]
    """
    g = f.grad(theta)
    v = v + g * g
    return theta - lr * safe_ratio(g, (v + eps_root) ** 0.5 + eps), v


def adadelta(f, t, theta, v=0, d=0, *, lr=1.0, rho=0.9, eps_root=1e-6):
    """Adadelta: steps in the units of the parameter, the root-mean-square step over the root-mean-square gradient.

    v ← rho · v + (1 − rho) · g²
    u = √(d + eps_root) / √(v + eps_root) · g
    d ← rho · d + (1 − rho) · u²
    θ ← θ − lr · u

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v, d : array, shape (*runs, P)
        Mean squared gradient and mean squared step.
    lr : float or array of shape (..., 1)
        A factor on the steps; the paper has none, which is 1. At least 0.
    rho : float or array of shape (..., 1)
        Decay rate of both means; in [0, 1). The paper has 0.95, torch 0.9.
    eps_root : float or array of shape (..., 1)
        Inside both roots, and nowhere else; at least 0. It sets the size of the first steps: with 0, nothing moves.

    Returns
    -------
    (theta, v, d)

    References
    ----------
    Zeiler, "ADADELTA: an adaptive learning rate method", 2012. Lecture [O] names it.
    The same as `torch.optim.Adadelta(eps=eps_root)`.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, *_ = adadelta(quadratic([1.0]), 1, np.array([1.0]), rho=0.95)
    >>> print((1 - theta).round(9))
    [0.00447209]
    """
    g = f.grad(theta)
    v = rho * v + (1 - rho) * g * g
    u = safe_ratio((d + eps_root) ** 0.5 * g, (v + eps_root) ** 0.5)
    d = rho * d + (1 - rho) * u * u
    return theta - lr * u, v, d


def rmsprop(f, t, theta, v=0, *, lr=0.01, rho=0.99, eps=1e-8, eps_root=0.0):
    """RMSProp: the gradient over its root mean square of late.

    v ← rho · v + (1 − rho) · g²
    θ ← θ − lr · g / (√(v + eps_root) + eps)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    v : array, shape (*runs, P)
        Mean squared gradient; G in [O], S in [J].
    lr : float or array of shape (..., 1)
        Learning rate; at least 0. The first step is lr / √(1 − rho) long, in each parameter.
    rho : float or array of shape (..., 1)
        Decay rate of the mean; in [0, 1). Hinton has 0.9, torch 0.99.
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, v)

    References
    ----------
    Hinton, *Neural Networks for Machine Learning*, lecture 6e, 2012. Lectures [A], [O], [J].
    Lectures [O] and [J] print ε inside the root: that is eps=0, eps_root=1e-8.
    The same as `torch.optim.RMSprop(alpha=rho)`, which has eps alone.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, v = rmsprop(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.01)
    >>> print(theta.round(6), v.round(6))
    [0.9 0.9] [0.01 1.  ]
    """
    g = f.grad(theta)
    v = rho * v + (1 - rho) * g * g
    return theta - lr * safe_ratio(g, (v + eps_root) ** 0.5 + eps), v


def adam(f, t, theta, m=0, v=0, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0):
    """Adam: the mean gradient over the root of the mean squared gradient, each freed from its zero start.

    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    m̂ = m / (1 − beta1ᵗ)                       v̂ = v / (1 − beta2ᵗ)
    θ ← θ − lr · m̂ / (√(v̂ + eps_root) + eps)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters the bias correction, which at 0 would divide by 0.
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
    return theta - lr * safe_ratio(m_hat, (v_hat + eps_root) ** 0.5 + eps), m, v


def adam_uncorrected(f, t, theta, m=0, v=0, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0):
    """Adam without bias correction, to see what the correction is for.

    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    θ ← θ − lr · m / (√(v + eps_root) + eps)

    Both moments start at 0, but v takes longer to forget it: the first step is (1 − beta1) / √(1 − beta2) times lr,
    3.2 with the usual decay rates, and the steps stay too long for some 1 / (1 − beta2) of them.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    m, v : array, shape (*runs, P)
        First and second moment of the gradient.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates of the moments; in [0, 1).
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, m, v)

    References
    ----------
    Lecture [J], the first of the two slides on Adam. Kingma and Ba, 2014, section 6.4, compare the two.
    `torch.optim` has only the corrected form.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, m, v = adam_uncorrected(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    >>> print((1 - theta).round(6))
    [0.316228 0.316228]
    """
    g = f.grad(theta)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return theta - lr * safe_ratio(m, (v + eps_root) ** 0.5 + eps), m, v


def adamax(f, t, theta, m=0, v=0, *, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adamax: Adam with the largest gradient of late instead of the root mean square.

    m ← beta1 · m + (1 − beta1) · g            v ← max(beta2 · v, |g| + eps)
    θ ← θ − lr · m̂ / v                         m̂ = m / (1 − beta1ᵗ)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters the bias correction, which at 0 would divide by 0.
    theta : array, shape (*runs, P)
    m, v : array, shape (*runs, P)
        First moment, and largest size, fading, of the gradient (u in the paper). A maximum needs no bias correction.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0. No step is much longer.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates; in [0, 1).
    eps : float or array of shape (..., 1)
        Small number against division by 0, inside the maximum; at least 0.

    Returns
    -------
    (theta, m, v)

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", 2014, section 7.1, without eps. Lecture [O] names it.
    The same as `torch.optim.Adamax`.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, m, v = adamax(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    >>> print(theta.round(6), v.round(6))
    [0.9 0.9] [ 1. 10.]
    """
    xp = namespace(theta)
    g = f.grad(theta)
    m = beta1 * m + (1 - beta1) * g
    v = xp.maximum(beta2 * v, xp.abs(g) + eps)
    m_hat = m / (1 - beta1**t)
    return theta - lr * safe_ratio(m_hat, v), m, v


def nadam(f, t, theta, m=0, v=0, c=1, *, lr=0.002, beta1=0.9, beta2=0.999, psi=0.004, eps=1e-8, eps_root=0.0):
    """Nadam: Adam with Nesterov's look ahead, which gives the newest gradient more weight.

    μₜ = beta1 · (1 − ½ · 0.96^(t · psi))      c ← c · μₜ
    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    m̂ = μₜ₊₁ · m / (1 − c · μₜ₊₁) + (1 − μₜ) · g / (1 − c)
    v̂ = v / (1 − beta2ᵗ)
    θ ← θ − lr · m̂ / (√(v̂ + eps_root) + eps)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters μ and the bias correction, which at 0 would divide by 0.
    theta : array, shape (*runs, P)
    m, v : array, shape (*runs, P)
        First and second moment of the gradient.
    c : array, shape (*runs, P)
        Product of all μ so far, for the bias correction.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates of the moments; in [0, 1).
    psi : float or array of shape (..., 1)
        How fast μ grows from beta1 / 2 to beta1; at least 0. With 0 it stays at beta1 / 2.
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, m, v, c)

    References
    ----------
    Dozat, "Incorporating Nesterov momentum into Adam", 2016. Lecture [O] names it.
    The same as `torch.optim.NAdam(momentum_decay=psi)`, which keeps c in single precision: paths agree to some 1e-9.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, *_ = nadam(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    >>> print(theta.round(4))
    [0.8944 0.8944]
    """
    g = f.grad(theta)
    mu, mu_next = (beta1 * (1 - 0.96 ** (step * psi) / 2) for step in (t, t + 1))
    c = c * mu
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = mu_next * m / (1 - c * mu_next) + (1 - mu) * g / (1 - c)
    v_hat = v / (1 - beta2**t)
    return theta - lr * safe_ratio(m_hat, (v_hat + eps_root) ** 0.5 + eps), m, v, c


def amsgrad(f, t, theta, m=0, v=0, v_max=0, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, eps_root=0.0):
    """AMSGrad: Adam with the largest second moment so far, so that no parameter's step size rises again.

    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    v_max ← max(v_max, v)
    m̂ = m / (1 − beta1ᵗ)                       v̂ = v_max / (1 − beta2ᵗ)
    θ ← θ − lr · m̂ / (√(v̂ + eps_root) + eps)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters the bias correction, which at 0 would divide by 0.
    theta : array, shape (*runs, P)
    m, v, v_max : array, shape (*runs, P)
        First and second moment of the gradient, and the largest second moment.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates of the moments; in [0, 1).
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, m, v, v_max)

    References
    ----------
    Reddi, Kale and Kumar, "On the convergence of Adam and beyond", 2018, without bias correction. Lecture [O] names it.
    The same as `torch.optim.Adam(amsgrad=True)`: the largest of the uncorrected moments, then corrected.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, *_ = amsgrad(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    >>> print(theta.round(6))
    [0.9 0.9]
    """
    g = f.grad(theta)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    v_max = namespace(v).maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return theta - lr * safe_ratio(m_hat, (v_hat + eps_root) ** 0.5 + eps), m, v, v_max


def adamw(f, t, theta, m=0, v=0, *, lr=0.001, beta1=0.9, beta2=0.999, weight_decay=0.01, eps=1e-8, eps_root=0.0):
    """AdamW: Adam with decoupled weight decay, which shrinks all parameters by the same share.

    m ← beta1 · m + (1 − beta1) · g            v ← beta2 · v + (1 − beta2) · g²
    m̂ = m / (1 − beta1ᵗ)                       v̂ = v / (1 − beta2ᵗ)
    θ ← (1 − lr · weight_decay) · θ − lr · m̂ / (√(v̂ + eps_root) + eps)

    An L2 penalty instead adds weight_decay · θ to g: Adam divides it by √v̂, and large gradients undo it.

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1; it enters the bias correction, which at 0 would divide by 0.
    theta : array, shape (*runs, P)
    m, v : array, shape (*runs, P)
        First and second moment of the gradient.
    lr : float or array of shape (..., 1)
        Learning rate; at least 0.
    beta1, beta2 : float or array of shape (..., 1)
        Decay rates of the moments; in [0, 1).
    weight_decay : float or array of shape (..., 1)
        Share by which parameters shrink in a step, over lr; at least 0.
    eps, eps_root : float or array of shape (..., 1)
        Small numbers against division by 0, outside and inside the root; at least 0.

    Returns
    -------
    (theta, m, v)

    References
    ----------
    Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, whose decay does not scale with lr.
    The same as `torch.optim.AdamW`, whose decay does.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, m, v = adamw(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1, weight_decay=0.5)
    >>> print(theta.round(6))
    [0.85 0.85]
    """
    g = f.grad(theta)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return (1 - lr * weight_decay) * theta - lr * safe_ratio(m_hat, (v_hat + eps_root) ** 0.5 + eps), m, v


def lion(f, t, theta, m=0, *, lr=0.0001, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Lion: the sign of a momentum; each parameter moves by the same amount.

    u = sign(beta1 · m + (1 − beta1) · g)
    m ← beta2 · m + (1 − beta2) · g
    θ ← θ − lr · (u + weight_decay · θ)

    Parameters
    ----------
    f : Objective
    t : int
        Step number, from 1 (not used).
    theta : array, shape (*runs, P)
    m : array, shape (*runs, P)
        Mean gradient.
    lr : float or array of shape (..., 1)
        Learning rate, the length of every step in each parameter; at least 0. Smaller than Adam's, by 3 to 10.
    beta1, beta2 : float or array of shape (..., 1)
        Share of the old mean in the step, and in the new mean; in [0, 1).
    weight_decay : float or array of shape (..., 1)
        Decoupled weight decay, as AdamW's; at least 0.

    Returns
    -------
    (theta, m)

    References
    ----------
    Chen et al., "Symbolic discovery of optimization algorithms", 2023. `torch.optim` has none.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> import numpy as np
    >>> theta, m = lion(quadratic([1.0, 10.0]), 1, np.array([1.0, -1.0]), lr=0.1)
    >>> print(theta, m.round(6))
    [ 0.9 -0.9] [ 0.01 -0.1 ]
    """
    g = f.grad(theta)
    u = namespace(theta).sign(beta1 * m + (1 - beta1) * g)
    m = beta2 * m + (1 - beta2) * g
    return theta - lr * (u + weight_decay * theta), m
