"""The landscape of a loss around a point: slices along lines and planes, and the Hessian's largest eigenvalues.

A loss of many parameters can't be drawn, but its slices can; a Hessian of many parameters can't be stored, but what
it does to a vector can be had from two gradients.
"""

import math

import numpy as np

from ..arrays import (
    as_points,
    convert,
    dot,
    dtype_of,
    namespace,
    numbers_array,
    require_finite,
    require_number,
    safe_ratio,
)
from ..objectives import require_generator

__all__ = [
    "hessian_vector",
    "interpolate",
    "line_slice",
    "plane_slice",
    "power_iteration",
    "random_direction",
    "stationary_kind",
    "top_eigenvalues",
]

CHUNK = 2**17  # parameters, or samples, in one call: bounds the memory of a slice


# --- Slices --------------------------------------------------------------------------------------------------


def line_slice(f, theta, direction, a, *, at_once=None):
    """The loss along a line: J(θ + a · direction) for all the numbers `a`.

    Parameters
    ----------
    f : Objective
    theta : array, shape (*runs, P)
        Where the line begins, at a = 0.
    direction : array, shape (*runs, P)
        Several directions from one theta, or one from several, broadcast. Of length 1, it makes `a` a distance.
    a : sequence of k numbers
    at_once : int, optional
        How many points are evaluated in one call, which bounds the memory. By default some 130,000 divided by the
        number of parameters or of samples, the larger of the two.

    Returns
    -------
    array, shape (k, *runs)

    Raises
    ------
    TypeError
        If `f` is no Objective, or something is not a number.
    ValueError
        If `theta` and `direction` have different numbers of parameters, `a` is no list of finite numbers, or at_once
        is less than 1.

    References
    ----------
    Lecture [O], "Visualizing the cost function": J(θ + aθ₁), where θ₁ is a direction. Goodfellow, Vinyals and Saxe,
    "Qualitatively characterizing neural network optimization problems", 2015.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> print(line_slice(quadratic([1.0, 10.0]), [0.0, 0.0], [0.0, 1.0], [-1.0, 0.0, 2.0]))
    [ 5.  0. 20.]
    """
    return _losses(f, theta, [direction], factors(a, "a")[:, None], at_once)


def plane_slice(f, theta, direction1, direction2, a, b, *, at_once=None):
    """The loss on a plane: J(θ + a · direction1 + b · direction2) for all pairs of the numbers `a` and `b`.

    Parameters
    ----------
    f : Objective
    theta, direction1, direction2 : array, shape (*runs, P)
    a, b : sequence of k and of l numbers
    at_once : int, optional
        As in `line_slice`.

    Returns
    -------
    array, shape (k, l, *runs)
        losses[i, j] belongs to a[i] and b[j]. `contour(a, b, losses.T)` draws a to the right.

    Raises
    ------
    TypeError, ValueError
        As `line_slice`.

    References
    ----------
    Li et al., "Visualizing the loss landscape of neural nets", 2018. Lecture [O], "Visualizing the cost function".

    Examples
    --------
    >>> from lectopt import quadratic
    >>> print(plane_slice(quadratic([1.0, 10.0]), [0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 2.0], [-1.0, 0.0, 1.0]))
    [[5. 0. 5.]
     [7. 2. 7.]]
    """
    a, b = factors(a, "a"), factors(b, "b")
    pairs = np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1).reshape(-1, 2)
    losses = _losses(f, theta, [direction1, direction2], pairs, at_once)
    return namespace(losses).reshape(losses, (len(a), len(b), *losses.shape[1:]))


def interpolate(f, theta1, theta2, a, *, at_once=None):
    """The loss on the line through two points: J((1 − a) θ₁ + a θ₂); θ₁ is at a = 0, θ₂ at a = 1.

    A hill between two solutions shows here as losses above both ends. On a convex loss there is none.

    Parameters
    ----------
    f : Objective
    theta1, theta2 : array, shape (*runs, P)
    a : sequence of k numbers
    at_once : int, optional
        As in `line_slice`.

    Returns
    -------
    array, shape (k, *runs)

    Raises
    ------
    TypeError, ValueError
        As `line_slice`.

    References
    ----------
    Goodfellow, Vinyals and Saxe, "Qualitatively characterizing neural network optimization problems", 2015.

    Examples
    --------
    >>> from lectopt import double_well
    >>> f = double_well(tilt=0.0)
    >>> print(interpolate(f, f.minimizers[0], f.minimizers[1], [0.0, 0.5, 1.0]).round(9))
    [0. 1. 0.]
    """
    theta1, theta2 = as_points(theta1, "theta1"), _alike(theta2, theta1, "theta2")
    return _losses(f, theta1, [theta2 - theta1], factors(a, "a")[:, None], at_once)


def _losses(f, theta, directions, factors, at_once):
    """J(θ + Σ factorᵢ · directionᵢ) for each row of `factors`, in chunks."""
    theta = as_points(theta)
    directions = [_alike(direction, theta, "the direction") for direction in directions]
    runs = np.broadcast_shapes(theta.shape, *(direction.shape for direction in directions))[:-1]
    if at_once is None:
        at_once = max(1, CHUNK // max(theta.shape[-1], getattr(_objective(f), "n", None) or 1))
    if not isinstance(at_once, int | np.integer) or at_once < 1:
        raise ValueError(f"at_once must be a whole number of points from 1, but {at_once!r} came")
    rows = max(1, int(at_once) // max(1, math.prod(runs)))
    losses = []
    for first in range(0, len(factors), rows):
        some = factors[first : first + rows].T.reshape(len(directions), -1, *(1,) * (len(runs) + 1))
        shifts = [convert(factor, theta) * direction for factor, direction in zip(some, directions, strict=True)]
        with np.errstate(all="ignore"):  # far out a loss may overflow
            losses.append(f(theta + sum(shifts)))
    return namespace(theta).concat(losses, axis=0)


def factors(values, what):
    """`values` as a NumPy array of shape (k,), or an error that says what came instead."""
    array = numbers_array(values, what).astype(np.float64)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"{what} must be a list of at least one number, but shape {array.shape} came")
    require_finite(array, what)
    return array


def _objective(f):
    if not (callable(f) and hasattr(f, "grad")):
        raise TypeError(f"f must be an Objective, but {f!r} came")
    return f


def _alike(values, theta, what):
    """`values` in the library of theta, with as many parameters; ValueError where they are not as many."""
    values = as_points(values, what) if hasattr(values, "shape") else convert(numbers_array(values, what), theta)
    if values.shape[-1:] != theta.shape[-1:]:
        raise ValueError(
            f"{what} has shape {tuple(values.shape)}, theta has shape {tuple(theta.shape)}: their last axes must be "
            "equally long"
        )
    return values


def random_direction(theta, rng, *, groups=None):
    """A random direction of length 1; or one as long as theta in each group of parameters.

    d ~ N(0, I), then d ← d / ‖d‖
    or, with groups: d_G ← d_G ‖θ_G‖ / ‖d_G‖ for each group G of parameters (filter normalization)

    The second makes slices comparable between models whose weights have different sizes: a = 1 changes each group by
    as much as it is. A group in which theta is 0 stays as it is.

    Parameters
    ----------
    theta : array, shape (P,)
        Its library, dtype and device are the direction's.
    rng : numpy.random.Generator
    groups : array of integers, shape (P,), optional
        The group of each parameter. For `logistic_regression` with K classes and d features,
        `np.tile(np.arange(K), d + 1)` puts each class's weights and bias together.

    Returns
    -------
    array, shape (P,)

    Raises
    ------
    TypeError
        If `rng` is no Generator.
    ValueError
        If `theta` or `groups` has another shape.

    References
    ----------
    Li et al., "Visualizing the loss landscape of neural nets", 2018: groups are the filters. Lecture [O], "Visualizing
    the cost function".

    Examples
    --------
    >>> d = random_direction(np.array([3.0, 4.0, 0.0]), np.random.default_rng(0), groups=[0, 0, 1])
    >>> print(np.linalg.norm(d[:2]).round(9), d[2])
    5.0 0.0
    """
    require_generator(rng)
    theta = one_point(theta)
    xp, P = namespace(theta), theta.shape[0]
    d = convert(rng.normal(size=P), theta)
    if groups is None:
        return d / dot(d, d) ** 0.5
    groups = np.asarray(groups)
    if groups.shape != (P,) or groups.dtype.kind not in "iu":
        raise ValueError(f"groups must hold one integer for each of the {P} parameters, but it is {groups!r}")
    scale = xp.zeros_like(theta)
    for group in np.unique(groups):
        members = convert(groups == group, theta)
        scale = scale + members * (dot(members, theta * theta) / dot(members, d * d)) ** 0.5
    return scale * d


def one_point(theta):
    """`theta` as an array of shape (P,); ValueError where it has runs."""
    theta = as_points(theta)
    if len(theta.shape) != 1:
        raise ValueError(f"theta must be one point, shape (P,), but shape {tuple(theta.shape)} came")
    return theta


# --- Curvature -----------------------------------------------------------------------------------------------


@np.errstate(all="ignore")  # where a run has diverged
def hessian_vector(f, theta, v, *, h=None):
    """The Hessian times a vector, without the Hessian: H v ≈ (∇f(θ + h v) − ∇f(θ − h v)) / 2h.

    Parameters
    ----------
    f : Objective
    theta, v : array, shape (*runs, P)
        They broadcast: several vectors at one theta, or one at several.
    h : float, optional
        By default such that the step h ‖v‖ is the cube root of the machine epsilon times max(1, ‖θ‖), which balances
        the truncation error O(h²) against the rounding error O(ε / h). On a quadratic only the latter is left.

    Returns
    -------
    array, shape (*runs, P)

    Raises
    ------
    TypeError
        If `f` is no Objective, or something is not a number.
    ValueError
        If `theta` and `v` have different numbers of parameters, or `h` is not positive.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, section 8.1. Exactly, by differentiating the gradient's own program:
    Pearlmutter, "Fast exact multiplication by the Hessian", 1994.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> print(hessian_vector(quadratic([1.0, 10.0]), [3.0, 4.0], [1.0, 1.0]).round(6))
    [ 1. 10.]
    """
    theta = as_points(theta)
    v = _alike(v, theta, "v")
    xp = namespace(theta)
    if h is None:
        eps = float(xp.finfo(dtype_of(theta, "theta")).eps)
        size, length = dot(theta, theta)[..., None] ** 0.5, dot(v, v)[..., None] ** 0.5
        h = eps ** (1 / 3) * xp.clip(size, 1.0, None) / xp.where(length > 0, length, 1.0)
    else:
        h = require_number(h, "h", above=0)
    return (_objective(f).grad(theta + h * v) - f.grad(theta - h * v)) / (2 * h)


def power_iteration(f, theta, steps, rng):
    """The Hessian's eigenvalue of largest size: v ← H v / ‖H v‖, again and again; λ ≈ v · H v.

    Each step shrinks what v has of the other eigenvectors by |λᵢ / λ₁|: slow where two are of nearly equal size.

    Parameters
    ----------
    f : Objective
    theta : array, shape (*runs, P)
        One point, or several at once, such as a path.
    steps : int
        How many products H v, at least 1. Each takes two gradients.
    rng : numpy.random.Generator
        For the first v.

    Returns
    -------
    values : array, shape (steps, *runs)
        The estimates of λ, the last one the best.
    v : array, shape (*runs, P)
        The eigenvector that belongs to the last, of length 1.

    Raises
    ------
    TypeError
        If `f` is no Objective or `rng` no Generator.
    ValueError
        If steps is less than 1.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, section 8.2. Lecture [S], "condition of the Hessian".

    Examples
    --------
    >>> from lectopt import quadratic
    >>> values, v = power_iteration(quadratic([1.0, 10.0]), [0.0, 0.0], 20, np.random.default_rng(0))
    >>> print(values[-1].round(6), abs(v).round(6))
    10.0 [0. 1.]
    """
    require_generator(rng)
    theta = as_points(theta)
    if not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps must be a whole number from 1, but {steps!r} came")
    v = convert(rng.normal(size=theta.shape), theta)
    v = v / dot(v, v)[..., None] ** 0.5
    values = []
    for _ in range(steps):
        Hv = hessian_vector(f, theta, v)
        values.append(dot(v, Hv))
        v = safe_ratio(Hv, dot(Hv, Hv)[..., None] ** 0.5)
    return namespace(theta).stack(values, axis=0), v


def top_eigenvalues(f, theta, k, rng, *, steps=None, tol=1e-6):
    """The k largest eigenvalues of the Hessian and their eigenvectors, by Lanczos's method.

    q₁, q₂, ... is an orthonormal basis of H's powers on a random vector, T = QᵀHQ has three diagonals:
    βₘ qₘ₊₁ = H qₘ − αₘ qₘ − βₘ₋₁ qₘ₋₁,  αₘ = qₘ · H qₘ
    The largest eigenvalues of T soon are those of H. Each new q is orthogonalized against all before it, twice.

    Parameters
    ----------
    f : Objective
    theta : array, shape (P,)
    k : int
        How many, from 1 to P.
    rng : numpy.random.Generator
        For the first vector.
    steps : int, optional
        How many products H q at most, from k to P. By default up to P: it ends when the k are found to `tol`.
    tol : float
        An eigenvalue is found when ‖H q − λ q‖ is at most tol times the largest size of an eigenvalue.

    Returns
    -------
    values : array, shape (k,)
        The largest first (as numbers with a sign: for the most negative ones, turn the sign of f).
    vectors : array, shape (k, P)
        Of length 1.

    Raises
    ------
    TypeError
        If `f` is no Objective or `rng` no Generator.
    ValueError
        If theta has runs, or `k`, `steps` or `tol` is out of range.

    Notes
    -----
    An eigenvalue that H has several times is found once, unless the search goes through all P steps.

    References
    ----------
    Lanczos, 1950. Golub and Van Loan, *Matrix Computations*, section 10.1. On losses of networks: Ghorbani, Krishnan
    and Xiao, "An investigation into neural net optimization via Hessian eigenvalue density", 2019.

    Examples
    --------
    >>> from lectopt import quadratic
    >>> values, vectors = top_eigenvalues(quadratic(np.arange(1.0, 101.0)), np.zeros(100), 3, np.random.default_rng(0))
    >>> print(values.round(6))
    [100.  99.  98.]
    """
    require_generator(rng)
    theta = one_point(theta)
    P = theta.shape[0]
    if not isinstance(k, int | np.integer) or not 1 <= k <= P:
        raise ValueError(f"k must be a whole number from 1 to the {P} parameters, but {k!r} came")
    steps = P if steps is None else steps
    if not isinstance(steps, int | np.integer) or not k <= steps <= P:
        raise ValueError(f"steps must be a whole number from k = {k} to the {P} parameters, but {steps!r} came")
    tol = require_number(tol, "tol", above=0)
    tiny = float(namespace(theta).finfo(theta.dtype).eps) ** 0.5  # below it, a new direction is rounding
    Q, alpha, beta, check = theta[None, :][:0, :], [], [], k
    q = _orthogonal(convert(rng.normal(size=P), theta), Q)
    for m in range(1, int(steps) + 1):
        q = q / dot(q, q) ** 0.5
        Q = namespace(q).concat([Q, q[None, :]], axis=0)
        Hq = hessian_vector(f, theta, q)
        alpha.append(float(dot(q, Hq)))
        q = _orthogonal(Hq, Q)
        beta.append(float(dot(q, q)) ** 0.5)
        size = max(map(abs, alpha + beta))
        ended = beta[-1] <= tiny * size  # H leads nowhere new from here ...
        if ended:
            beta[-1], q = 0.0, _orthogonal(convert(rng.normal(size=P), theta), Q)  # ... so begin anew elsewhere
        if m == steps or (m >= check and not ended):
            values, S = np.linalg.eigh(np.diag(alpha) + np.diag(beta[:-1], 1) + np.diag(beta[:-1], -1))
            if (beta[-1] * abs(S[-1, -k:]) <= tol * size).all():
                break
            check = m + max(1, m // 10)  # T grows, and with it the price of a look
    best = convert(S[:, ::-1][:, :k].T.copy(), theta)
    return convert(values[::-1][:k].copy(), theta), best @ Q


def _orthogonal(w, Q):
    """What `w` has beside the rows of Q. Twice is enough (Kahan and Parlett)."""
    for _ in range(2):
        w = w - (Q @ w) @ Q
    return w


def stationary_kind(curvatures, *, small=1e-6):
    """What the Hessian's eigenvalues say of a point with zero gradient: minimum, maximum, saddle or no verdict.

    Parameters
    ----------
    curvatures : array, shape (P,)
        All eigenvalues of the Hessian.
    small : float
        A curvature up to this size counts as zero: the loss may do anything along its axis.

    Returns
    -------
    str
        "minimum" (all positive), "maximum" (all negative), "saddle" (both signs) or "no verdict".

    Raises
    ------
    TypeError
        If `curvatures` are not numbers.
    ValueError
        If they are not a list of finite numbers, or `small` is negative.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, theorem 2.4. Lecture [S], saddle and flat points.

    Examples
    --------
    >>> [stationary_kind(c) for c in ([1.0, 10.0], [1.0, -1.0], [1.0, 0.0])]
    ['minimum', 'saddle', 'no verdict']
    """
    curvatures = factors(curvatures, "curvatures")
    small = require_number(small, "small", low=0)
    up, down = curvatures > small, curvatures < -small
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "no verdict"
