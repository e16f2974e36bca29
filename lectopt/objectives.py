"""Objectives: what is minimized. The convention, the lectures' examples, classic test functions, mini-batches.

An objective is called with parameters of shape (*runs, P) and answers one loss for each run.
"""

import math

import numpy as np

from .arrays import (
    as_points,
    dot,
    is_number,
    like,
    log_sum_exp,
    namespace,
    numbers_array,
    points_in,
    require_finite,
    require_number,
    softmax,
    stack_parameters,
    take_rows,
)
from .gradients import numerical_gradient

__all__ = [
    "Objective",
    "beale",
    "cost_line",
    "double_well",
    "fix_parameters",
    "gaussian_bump",
    "himmelblau",
    "house_prices",
    "least_squares",
    "line_fit",
    "logistic_regression",
    "minibatches",
    "plateau",
    "quadratic",
    "rosenbrock",
    "saddle",
    "scattered",
]


class Objective:
    """A loss, with its gradient and Hessian: f(theta), f.grad(theta), f.hessian(theta).

    Parameters
    ----------
    value : callable
        `value(theta)` of shape (*runs, P) gives the losses, shape (*runs,). Write `theta[..., 0]` for the first
        parameter (not `theta[0]`, which is the first run).
    grad : callable, optional
        `grad(theta)` gives the gradients, shape (*runs, P). Without it, central differences are taken.
    hessian : callable, optional
        `hessian(theta)` gives the Hessians, shape (*runs, P, P).
    name : str
        What plots and messages call it.
    domain : sequence of (low, high), optional
        For each parameter, the interval worth drawing.
    minimizers : array, shape (k, P), optional
        Where the minima are, where that is known.
    start : array, shape (P,), optional
        A good point to start from.
    n : int, optional
        How many samples the loss is a mean or a sum of.
    on : callable, optional
        `on(indices)` gives the Objective of those samples alone.
    predict : callable, optional
        `predict(theta, X)` gives the model's answers for the samples `X`.

    Raises
    ------
    TypeError
        If `value`, `grad` or `hessian` can't be called, or parameters are not numbers.
    ValueError
        If parameters come in another number than this objective has, or `domain`, `minimizers` and `start` don't fit.

    References
    ----------
    Lecture [O], "Optimization": an objective function and its inputs; [S], "local information": L(w) and ∂L/∂w.

    Examples
    --------
    >>> bowl = Objective(lambda theta: (theta**2).sum(-1), name="bowl", start=[1.0, 2.0])
    >>> bowl
    Objective 'bowl' of 2 parameters, gradient by central differences
    >>> print(bowl(bowl.start), bowl.grad(bowl.start).round(6))
    5.0 [2. 4.]
    """

    def __init__(
        self,
        value,
        grad=None,
        hessian=None,
        *,
        name="f",
        domain=None,
        minimizers=None,
        start=None,
        n=None,
        on=None,
        predict=None,
    ):
        for role, function in {"value": value, "grad": grad, "hessian": hessian}.items():
            if not callable(function) and (role == "value" or function is not None):
                raise TypeError(f"{role} must be a function of theta, but {function!r} came")
        self._value, self._grad, self._hessian = value, grad, hessian
        self.name, self.n, self._on, self._predict = name, n, on, predict
        self.domain = None if domain is None else intervals(domain)
        self.minimizers = None if minimizers is None else np.atleast_2d(as_points(minimizers, "minimizers"))
        self.start = None if start is None else as_points(start, "start")
        known = {"start": self.start, "minimizers": self.minimizers}
        lengths = {what: points.shape[-1] for what, points in known.items() if points is not None}
        lengths |= {} if self.domain is None else {"domain": len(self.domain)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{name}: start, minimizers and domain must be for the same parameters, not {lengths}")
        self.parameters = next(iter(lengths.values()), None)

    def __call__(self, theta):
        """The loss at `theta`: shape (*runs, P) to (*runs,)."""
        return self._value(self._checked(theta))

    def grad(self, theta):
        """The gradient at `theta`: shape (*runs, P) to (*runs, P)."""
        theta = self._checked(theta)
        return numerical_gradient(self._value, theta) if self._grad is None else self._grad(theta)

    def hessian(self, theta):
        """The Hessian at `theta`: shape (*runs, P) to (*runs, P, P). ValueError where there is none."""
        if self._hessian is None:
            raise ValueError(f"{self.name} has no Hessian; build it with Objective(value, grad, hessian)")
        return self._hessian(self._checked(theta))

    def on(self, indices):
        """The same loss over the samples `indices` (integers) alone, as an Objective.

        Raises
        ------
        TypeError
            If `indices` are not integers, such as a mask of booleans.
        ValueError
            If this objective is not made of samples, there is no index, or one is not from 0 to n − 1.
        """
        if self._on is None:
            raise ValueError(f"{self.name} is not made of samples; mini-batches need an objective with data")
        indices = np.asarray(indices)
        if indices.ndim != 1 or len(indices) == 0:
            raise ValueError(f"indices must be a list of at least one sample, but shape {indices.shape} came")
        if indices.dtype.kind not in "iu":
            raise TypeError(
                f"indices must be integers, but their dtype is {indices.dtype}; np.flatnonzero turns a mask"
            )
        if indices.min() < 0 or indices.max() >= self.n:
            raise ValueError(
                f"indices must be from 0 to {self.n - 1}, the {self.n} samples of {self.name}, "
                f"but they span {indices.min()}…{indices.max()}"
            )
        return self._on(indices)

    def predict(self, theta, X):
        """The model's answers for the samples `X` (n, d): shape (*runs, n). ValueError where there is no model."""
        if self._predict is None:
            raise ValueError(f"{self.name} has no model to predict with")
        return self._predict(self._checked(theta), X)

    def counted(self):
        """The same objective with a counter of its work, `evaluations`: a dict of points by kind.

        A point is one run's parameter vector; a numerical gradient counts the values that it takes.

        Examples
        --------
        >>> f = rosenbrock().counted()
        >>> _ = f(np.zeros((10, 2))), f.grad([0.0, 0.0])
        >>> f.evaluations
        {'values': 10, 'gradients': 1, 'hessians': 0}
        """
        return CountedObjective(self)

    def _checked(self, theta):
        if type(theta) is not np.ndarray or theta.dtype.kind != "f":
            theta = as_points(theta)
        if self.parameters is not None and theta.shape[-1:] != (self.parameters,):
            raise ValueError(
                f"{self.name} has {self.parameters} parameter{'s' * (self.parameters > 1)}, but theta has shape "
                f"{tuple(theta.shape)}: its last axis must be {self.parameters} long"
            )
        return theta

    def __repr__(self):
        parameters = "" if self.parameters is None else f" of {self.parameters} parameter{'s' * (self.parameters > 1)}"
        samples = "" if self.n is None else f" on {self.n} sample{'s' * (self.n > 1)}"
        gradient = "by central differences" if self._grad is None else "analytic"
        return f"Objective {self.name!r}{parameters}{samples}, gradient {gradient}"


def intervals(domain):
    """`domain` as a tuple of (low, high) floats; TypeError or ValueError where it isn't one."""
    try:
        pairs = tuple((low, high) for low, high in domain)
    except (TypeError, ValueError):
        raise TypeError(f"domain must be a list of (low, high), one a parameter, but {domain!r} came") from None
    for pair in pairs:
        if not all(map(is_number, pair)):
            raise TypeError(f"domain must hold numbers, but {pair!r} came")
        if not -math.inf < pair[0] < pair[1] < math.inf:
            raise ValueError(f"domain must hold finite (low, high) with low < high, but {pair!r} came")
    return tuple((float(low), float(high)) for low, high in pairs)


class CountedObjective(Objective):
    """An objective that counts the points it was evaluated at; made by `Objective.counted()`."""

    def __init__(self, f):
        self.__dict__.update(vars(f))
        self.evaluations = {"values": 0, "gradients": 0, "hessians": 0}

    def __call__(self, theta):
        theta = self._checked(theta)
        self.evaluations["values"] += points_in(theta)
        return self._value(theta)

    def grad(self, theta):
        theta = self._checked(theta)
        if self._grad is None:
            return numerical_gradient(self, theta)
        self.evaluations["gradients"] += points_in(theta)
        return self._grad(theta)

    def hessian(self, theta):
        result = super().hessian(theta)
        self.evaluations["hessians"] += points_in(self._checked(theta))
        return result

    def on(self, indices):
        part = super().on(indices).counted()
        part.evaluations = self.evaluations  # one account for the whole stream
        return part


def matrix(rows, theta):
    """A (*runs, P, P) array from nested lists of entries, each of shape (*runs,) or a number."""
    xp = namespace(theta)
    like_run = theta[..., 0] * 0
    return xp.stack([xp.stack([entry + like_run for entry in row], axis=-1) for row in rows], axis=-2)


# --- Functions of the parameters alone ---------------------------------------------------------------------


def quadratic(eigenvalues=(1.0, 10.0), angle=0.0):
    """A quadratic bowl: f(θ) = ½ θᵀ H θ, where H has the given eigenvalues.

    Parameters
    ----------
    eigenvalues : sequence of P numbers
        The curvatures along the principal axes. Their ratio is the condition number κ.
    angle : float
        Rotation of the principal axes in radians, for two eigenvalues.

    Raises
    ------
    TypeError
        If eigenvalues or angle are not numbers.
    ValueError
        If there is no eigenvalue, one is not finite, or an angle comes with other than two eigenvalues.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, section 3.3. Lecture [S], "bird's eye view".

    Examples
    --------
    >>> f = quadratic([1.0, 10.0])
    >>> print(f([1.0, 1.0]), f.grad([1.0, 1.0]))
    5.5 [ 1. 10.]
    """
    eigenvalues = numbers_array(eigenvalues, "eigenvalues").astype(np.float64)
    if eigenvalues.ndim != 1 or len(eigenvalues) == 0:
        raise ValueError(f"eigenvalues must be a list of numbers, but an array of shape {eigenvalues.shape} came")
    require_finite(eigenvalues, "eigenvalues")
    angle = require_number(angle, "angle")
    if angle and len(eigenvalues) != 2:
        raise ValueError(f"angle turns a quadratic of 2 parameters; with {len(eigenvalues)} eigenvalues leave it at 0")
    c, s = math.cos(angle), math.sin(angle)
    axes = np.array([[c, -s], [s, c]]) if angle else np.eye(len(eigenvalues))
    H = axes * eigenvalues @ axes.T

    def straight(theta):  # H is diagonal: elementwise, which keeps the fast memory order
        return like(eigenvalues, theta) * theta

    def turned(theta):
        x, y = theta[..., 0], theta[..., 1]
        return stack_parameters(H[0, 0].item() * x + H[0, 1].item() * y, H[1, 0].item() * x + H[1, 1].item() * y)

    gradient = turned if angle else straight

    return Objective(
        lambda theta: dot(theta, gradient(theta)) / 2,
        gradient,
        lambda theta: namespace(theta).broadcast_to(like(H, theta), (*theta.shape, theta.shape[-1])),
        name="quadratic",
        domain=[(-2.0, 2.0)] * len(eigenvalues),
        minimizers=np.zeros_like(eigenvalues) if (eigenvalues > 0).all() else None,
        start=np.resize([-1.6, 1.2], len(eigenvalues)),
    )


def rosenbrock(a=1.0, b=100.0):
    """Rosenbrock's banana valley: f(x, y) = (a − x)² + b (y − x²)², minimum 0 at (a, a²).

    Raises
    ------
    TypeError, ValueError
        If `a` or `b` is not a finite number.

    References
    ----------
    Rosenbrock, "An automatic method for finding the greatest or least value of a function", 1960.

    Examples
    --------
    >>> print(rosenbrock().grad([1.0, 1.0]))
    [-0.  0.]
    """
    a, b = require_number(a, "a"), require_number(b, "b")

    def value(theta):
        x, y = theta[..., 0], theta[..., 1]
        return (a - x) ** 2 + b * (y - x**2) ** 2

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        return stack_parameters(-2 * (a - x) - 4 * b * x * (y - x**2), 2 * b * (y - x**2))

    def hessian(theta):
        x, y = theta[..., 0], theta[..., 1]
        return matrix([[2 - 4 * b * (y - 3 * x**2), -4 * b * x], [-4 * b * x, 2 * b]], theta)

    return Objective(
        value,
        grad,
        hessian,
        name="rosenbrock",
        domain=[(-2, 2), (-1, 3)],
        minimizers=[a, a**2],
        start=[-1.2, 1.0],
    )


def beale():
    """Beale's function: f(x, y) = Σᵢ (cᵢ − x (1 − yⁱ))², c = (1.5, 2.25, 2.625), minimum 0 at (3, ½).

    References
    ----------
    Beale, "On an iterative method for finding a local minimum of a function of more than one variable", 1958.

    Examples
    --------
    >>> print(beale()([3.0, 0.5]))
    0.0
    """
    targets = {1: 1.5, 2: 2.25, 3: 2.625}

    def residuals(x, y):
        return {i: c - x * (1 - y**i) for i, c in targets.items()}

    def value(theta):
        return sum(r**2 for r in residuals(theta[..., 0], theta[..., 1]).values())

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        r = residuals(x, y)
        return stack_parameters(
            sum(-2 * r[i] * (1 - y**i) for i in r),
            sum(2 * r[i] * x * i * y ** (i - 1) for i in r),
        )

    def hessian(theta):
        x, y = theta[..., 0], theta[..., 1]
        r = residuals(x, y)
        slope = {i: i * y ** (i - 1) for i in r}
        bend = {1: 0 * y, 2: 2 + 0 * y, 3: 6 * y}
        xx = sum(2 * (1 - y**i) ** 2 for i in r)
        xy = sum(2 * r[i] * slope[i] - 2 * x * slope[i] * (1 - y**i) for i in r)
        yy = sum(2 * (x * slope[i]) ** 2 + 2 * r[i] * x * bend[i] for i in r)
        return matrix([[xx, xy], [xy, yy]], theta)

    return Objective(
        value,
        grad,
        hessian,
        name="beale",
        domain=[(-1, 4.5), (-2, 2)],
        minimizers=[3.0, 0.5],
        start=[1.0, 1.0],
    )


def himmelblau():
    """Himmelblau's function, four equal minima: f(x, y) = (x² + y − 11)² + (x + y² − 7)².

    References
    ----------
    Himmelblau, *Applied Nonlinear Programming*, 1972.

    Examples
    --------
    >>> print(himmelblau()([3.0, 2.0]))
    0.0
    """

    def value(theta):
        x, y = theta[..., 0], theta[..., 1]
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        p, q = x**2 + y - 11, x + y**2 - 7
        return stack_parameters(4 * x * p + 2 * q, 2 * p + 4 * y * q)

    def hessian(theta):
        x, y = theta[..., 0], theta[..., 1]
        xy = 4 * (x + y)
        return matrix([[12 * x**2 + 4 * y - 42, xy], [xy, 12 * y**2 + 4 * x - 26]], theta)

    return Objective(
        value,
        grad,
        hessian,
        name="himmelblau",
        domain=[(-5, 5), (-5, 5)],
        minimizers=[
            [3.0, 2.0],
            [-2.805118086952745, 3.131312518250573],
            [-3.779310253377747, -3.283185991286170],
            [3.584428340330492, -1.848126526964404],
        ],
        start=[0.0, 0.0],
    )


def saddle():
    """A saddle between two minima: f(x, y) = ½x² − ½y² + ¼y⁴, saddle at (0, 0), minima −¼ at (0, ±1).

    References
    ----------
    Nesterov, *Introductory Lectures on Convex Optimization*, example 1.2.2. Lecture [S]: saddle and flat points.

    Examples
    --------
    >>> print(saddle().hessian([0.0, 0.0]))
    [[ 1.  0.]
     [ 0. -1.]]
    """

    def value(theta):
        x, y = theta[..., 0], theta[..., 1]
        return x**2 / 2 - y**2 / 2 + y**4 / 4

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        return stack_parameters(x, y**3 - y)

    def hessian(theta):
        return matrix([[1, 0], [0, 3 * theta[..., 1] ** 2 - 1]], theta)

    return Objective(
        value,
        grad,
        hessian,
        name="saddle",
        domain=[(-1.5, 1.5), (-1.6, 1.6)],
        minimizers=[[0.0, -1.0], [0.0, 1.0]],
        start=[1.2, 0.001],
    )


def double_well(tilt=0.3):
    """A local and a global minimum: f(x, y) = (x² − 1)² + tilt · x + y².

    With tilt > 0 the left valley is the deeper one. Above 8 / √27 ≈ 1.54 only one minimum is left.

    Raises
    ------
    TypeError, ValueError
        If `tilt` is not a finite number.

    References
    ----------
    Lectures [G] and [O], "local minimum"; [A], "local min., global min.".

    Examples
    --------
    >>> double_well(tilt=0.3).minimizers.round(3)
    array([[-1.036,  0.   ],
           [ 0.96 ,  0.   ]])
    """
    tilt = require_number(tilt, "tilt")

    def value(theta):
        x, y = theta[..., 0], theta[..., 1]
        return (x**2 - 1) ** 2 + tilt * x + y**2

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        return stack_parameters(4 * x * (x**2 - 1) + tilt, 2 * y)

    def hessian(theta):
        return matrix([[12 * theta[..., 0] ** 2 - 4, 0], [0, 2]], theta)

    flat = np.roots([4.0, 0.0, -4.0, tilt])  # where the slope 4x³ − 4x + tilt vanishes
    bottoms = sorted(x.real for x in flat if abs(x.imag) < 1e-9 and 12 * x.real**2 > 4)
    bottoms.sort(key=lambda x: (x**2 - 1) ** 2 + tilt * x)  # the deepest first
    return Objective(
        value,
        grad,
        hessian,
        name="double well",
        domain=[(-1.8, 1.8), (-1.5, 1.5)],
        minimizers=[[x, 0.0] for x in bottoms],
        start=[1.5, 1.2],
    )


def plateau():
    """A hole in a plain: f(x, y) = 1 − exp(−(x² + y²) / 2), minimum 0 at the origin.

    Far from the hole the gradient r exp(−r²/2) all but vanishes, though the minimum is far away.

    References
    ----------
    Lecture [S], "we end up in local minima or saddle/flat points".

    Examples
    --------
    >>> print(plateau().grad([5.0, 0.0]).round(6))
    [1.9e-05 0.0e+00]
    """

    def height(theta):
        return namespace(theta).exp(-dot(theta, theta) / 2)

    def hessian(theta):
        xp = namespace(theta)
        identity = like(np.eye(2), theta)
        outer = theta[..., :, None] * theta[..., None, :]
        return xp.expand_dims(xp.expand_dims(height(theta), axis=-1), axis=-1) * (identity - outer)

    return Objective(
        lambda theta: 1 - height(theta),
        lambda theta: theta * height(theta)[..., None],
        hessian,
        name="plateau",
        domain=[(-4.0, 4.0), (-4.0, 4.0)],
        minimizers=[0.0, 0.0],
        start=[-3.0, 1.5],
    )


# --- Losses of a model on data -------------------------------------------------------------------------------


def samples(X, y, what_y="y"):
    """`X` as a finite float64 (n, d) array and `y` as a (n,) array, or an error that says what is wrong."""
    X, y = numbers_array(X, "X").astype(np.float64), numbers_array(y, what_y)
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y) or len(X) == 0:
        raise ValueError(
            f"X must have shape (samples, features) and {what_y} shape (samples,), with the same number of samples, "
            f"but shapes {X.shape} and {y.shape} came"
        )
    require_finite(X, "X")
    require_finite(y.astype(np.float64), what_y)
    return X, y


def within(indices, rows):
    """Samples `rows` of the samples `indices` (of all of them, for None)."""
    return np.asarray(rows) if indices is None else np.asarray(indices)[rows]


def least_squares(X, y, *, scale=None, **about):
    """Linear least squares: J(θ) = scale · Σᵢ (xᵢ·θ − yᵢ)², with scale = 1/2n unless given.

    Parameters
    ----------
    X : array, shape (n, P)
        One sample a row. A column of ones gives a line its intercept.
    y : array, shape (n,)
    scale : float, optional
        1/2n is lecture [O]'s cost; 1 is the sum of squares of [S].
    **about
        `name`, `domain`, `start`: see `Objective`.

    Raises
    ------
    TypeError
        If the data or `scale` are not numbers.
    ValueError
        If shapes don't fit, the data hold NaN or infinity, or `scale` is not positive.

    References
    ----------
    Lecture [O], "Cost function"; [S], "Convex optimisation problems". Strang, *Linear Algebra and its Applications*.

    Examples
    --------
    >>> f = least_squares([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])
    >>> print(f([0.5]).round(6), f.minimizers.round(6))
    0.583333 [[1.]]
    """
    X, y = samples(X, y)
    y = y.astype(np.float64)
    n = len(X)
    scale = 1 / (2 * n) if scale is None else require_number(scale, "scale", above=0)
    gram = X.T @ X

    def part(indices=None):
        # A batch of B samples stands for all n: its loss is weighted by n / B, so that its mean is J.
        B = n if indices is None else len(indices)
        weight = scale * n / B

        def residual(theta):
            rows = take_rows(X, indices, theta)
            return theta @ rows.T - take_rows(y, indices, theta), rows

        def value(theta):
            r, _ = residual(theta)
            return weight * dot(r, r)

        def grad(theta):
            r, rows = residual(theta)
            return (2 * weight) * (r @ rows)

        def hessian(theta):
            A = like(gram, theta) if indices is None else like(X[indices].T @ X[indices], theta)
            return namespace(theta).broadcast_to(2 * weight * A, (*theta.shape, theta.shape[-1]))

        everything = {"name": "least squares", "start": np.zeros(X.shape[1])} | about
        return Objective(
            value,
            grad,
            hessian,
            minimizers=minimizer if indices is None else None,
            n=B,
            on=lambda rows: part(within(indices, rows)),
            predict=lambda theta, X: theta @ like(np.asarray(X, dtype=float), theta).T,
            **everything,
        )

    full_rank = np.linalg.matrix_rank(X) == X.shape[1]
    minimizer = np.linalg.lstsq(X, y, rcond=None)[0] if full_rank else None
    return part()


def cost_line():
    """Lecture [O]'s first example: the cost J(θ₁) = 1/2m Σ (θ₁x − y)² of a line through (1,1), (2,2), (3,3).

    Examples
    --------
    >>> print(cost_line()([[0.0], [0.5], [1.0]]).round(6))
    [2.333333 0.583333 0.      ]
    """
    return least_squares(
        [[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0], name="J of a line through 0", domain=[(-0.5, 2.5)], start=[0.0]
    )


def line_fit():
    """Lecture [S]'s convex example: L(a, b) = Σ (a x + b − z)² for (0, 1), (1, 2.1), (2, 2.9).

    Its minimum is 0.015, at a = 0.95, b = 1.05.

    Examples
    --------
    >>> f = line_fit()
    >>> print(f.minimizers.round(6), f(f.minimizers).round(6))
    [[0.95 1.05]] [0.015]
    """
    return least_squares(
        [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]],
        [1.0, 2.1, 2.9],
        scale=1.0,
        name="line fit",
        domain=[(-0.6, 2.5), (-0.6, 2.7)],
        start=[-0.3, 0.0],
    )


def house_prices(unit=1.0):
    """House prices scattered about h(x) = 50 + 0.06 x: J(θ₀, θ₁) = 1/2m Σ (θ₀ + θ₁x − y)².

    40 made-up houses of 800 to 3,000 square feet, prices in thousands of dollars. The scatter has no mean and no
    slope, so that the least-squares line is lecture [O]'s line itself.

    Parameters
    ----------
    unit : float
        Square feet in one unit of x. With 1000, θ₁ is 60 instead of 0.06, and the two parameters have like scales.

    Raises
    ------
    TypeError, ValueError
        If `unit` is not a positive number.

    References
    ----------
    Lecture [O], "Cost function": h(x) = 50 + 0.06 x.

    Examples
    --------
    >>> f = house_prices()
    >>> print(f.minimizers.round(6), f.predict(np.array([50.0, 0.06]), [[1.0, 2104.0]]).round(2))
    [[50.    0.06]] [176.24]
    """
    unit = require_number(unit, "unit", above=0)
    X, y = houses(unit)
    return least_squares(
        X,
        y,
        name="house prices",
        domain=[(-50.0, 150.0), (-0.01 * unit, 0.12 * unit)],
        start=[0.0, 0.0],
    )


def houses(unit=1.0):
    """The made-up houses: rows (1, size / unit), shape (40, 2), and prices in thousands, shape (40,)."""
    size = np.linspace(800.0, 3000.0, 40)
    X = np.stack([np.ones_like(size), size / unit], axis=1)
    k = np.arange(1, len(size) + 1)
    scatter = 24.0 * np.sin(k**2)  # looks random, is the same on every machine
    scatter -= X @ np.linalg.lstsq(X, scatter, rcond=None)[0]
    return X, 50.0 + 0.06 * size + scatter


def gaussian_bump():
    """Lecture [S]'s example without a closed form, they say: L(a, b, c) = Σ (a exp(−b (x − c)²) − z)².

    The data are (0, 1), (1, 2.1), (2, 2.9). Three points and three parameters: log z is a parabola in x, which
    gives an exact fit, a = 2.944662, b = 0.209582, c = 2.270041.

    References
    ----------
    Lecture [S], "What if...".

    Examples
    --------
    >>> f = gaussian_bump()
    >>> print(f.minimizers.round(6), f(f.minimizers).round(12))
    [[2.944662 0.209582 2.270041]] [0.]
    """
    x, z = np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.1, 2.9])

    def part(indices=None):
        B = 3 if indices is None else len(indices)

        def model(theta):
            xs, zs = take_rows(x, indices, theta), take_rows(z, indices, theta)
            a, b, c = (theta[..., i, None] for i in range(3))
            bump = namespace(theta).exp(-b * (xs - c) ** 2)
            return a, b, xs - c, bump, a * bump - zs

        def value(theta):
            *_, r = model(theta)
            return 3 / B * dot(r, r)

        def grad(theta):
            a, b, d, bump, r = model(theta)
            return 6 / B * stack_parameters(dot(r, bump), dot(r, -a * d**2 * bump), dot(r, 2 * a * b * d * bump))

        def hessian(theta):
            a, b, d, bump, r = model(theta)
            first = [bump, -a * d**2 * bump, 2 * a * b * d * bump]  # ∂/∂a, ∂/∂b, ∂/∂c of the model
            second = {
                (0, 0): 0 * bump,
                (0, 1): -(d**2) * bump,
                (0, 2): 2 * b * d * bump,
                (1, 1): a * d**4 * bump,
                (1, 2): 2 * a * d * (1 - b * d**2) * bump,
                (2, 2): 2 * a * b * (2 * b * d**2 - 1) * bump,
            }
            entry = {ij: 6 / B * (dot(first[ij[0]], first[ij[1]]) + dot(r, s)) for ij, s in second.items()}
            return matrix([[entry[min(i, j), max(i, j)] for j in range(3)] for i in range(3)], theta)

        return Objective(
            value,
            grad,
            hessian,
            name="gaussian bump",
            domain=[(0.0, 4.0), (-0.5, 1.0), (-1.5, 3.5)],
            minimizers=exact if indices is None else None,
            start=[1.0, 0.5, 1.0],
            n=B,
            on=lambda rows: part(within(indices, rows)),
            predict=lambda theta, X: (
                theta[..., 0, None]
                * namespace(theta).exp(
                    -theta[..., 1, None] * (like(np.asarray(X, dtype=float), theta) - theta[..., 2, None]) ** 2
                )
            ),
        )

    curvature, slope, height = np.polyfit(x, np.log(z), 2)  # log z = curvature x² + slope x + height
    b, c = -curvature, -slope / (2 * curvature)
    exact = np.array([np.exp(height + b * c**2), b, c])
    return part()


def logistic_regression(X, y, l2=0.0):
    """Softmax (multinomial logistic) regression: J(θ) = −1/n Σᵢ log p(yᵢ | xᵢ) + l2/2 ‖W‖², p = softmax(x W + b).

    Parameters
    ----------
    X : array, shape (n, d)
        One sample a row.
    y : array of integers, shape (n,)
        Classes 0 … K − 1.
    l2 : float
        Strength of the penalty on the weights W. The biases b are free.

    Returns
    -------
    Objective
        Its θ has P = (d + 1) K parameters: W, row by row, then b. `predict(theta, X)` gives classes.

    Raises
    ------
    TypeError
        If labels are not integers, or `X` or `l2` not numbers.
    ValueError
        If shapes don't fit, data hold NaN, a label is negative, fewer than two classes come, or `l2` is negative.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 4.3.4. Lecture [S]: minus log likelihood as the loss.

    Examples
    --------
    >>> f = logistic_regression([[0.0], [1.0], [2.0]], [0, 1, 2])
    >>> print(f.parameters, f(f.start).round(6))
    6 1.098612
    """
    X, y = samples(X, y)
    if y.dtype.kind not in "iu":
        raise TypeError(f"y must hold integer class numbers 0, 1, ..., but its dtype is {y.dtype}; try y.astype(int)")
    if y.min() < 0 or y.max() < 1:
        raise ValueError(f"y must hold class numbers from 0 to K − 1, K at least 2, but it spans {y.min()}…{y.max()}")
    l2 = require_number(l2, "l2", low=0)
    n, (d, K) = len(X), (X.shape[1], int(y.max()) + 1)
    inputs = np.hstack([X, np.ones((n, 1))])  # the 1 carries the bias
    one_hot = np.eye(K)[y]
    weights = np.repeat(np.arange(d + 1) < d, K).astype(np.float64)  # 1 for entries of W, 0 for b

    def scores(theta, rows):
        return rows @ namespace(theta).reshape(theta, (*theta.shape[:-1], d + 1, K))

    def part(indices=None):
        B = n if indices is None else len(indices)

        def value(theta):
            z = scores(theta, take_rows(inputs, indices, theta))
            loss = log_sum_exp(z) - dot(z, take_rows(one_hot, indices, theta))
            return namespace(theta).mean(loss, axis=-1) + l2 / 2 * dot(like(weights, theta) * theta, theta)

        def grad(theta):
            rows = take_rows(inputs, indices, theta)
            error = softmax(scores(theta, rows)) - take_rows(one_hot, indices, theta)
            slope = rows.T @ error / B
            return namespace(theta).reshape(slope, theta.shape) + l2 * like(weights, theta) * theta

        def hessian(theta):
            xp = namespace(theta)
            rows = take_rows(inputs, indices, theta)
            p = softmax(scores(theta, rows))  # (*runs, B, K)
            blocks = []  # d²J / dθ[i, a] dθ[j, b] = Σ x_i x_j p_a (δ_ab − p_b) / B
            for a in range(K):
                spread = p[..., a, None] * (like(np.eye(K)[a], theta) - p)  # (*runs, B, K)
                blocks.append(xp.stack([rows.T @ (spread[..., b, None] * rows) / B for b in range(K)], axis=-1))
            H = xp.stack(blocks, axis=-3)  # (*runs, i, a, j, b)
            H = xp.reshape(H, (*theta.shape, theta.shape[-1]))
            return H + l2 * like(np.diag(weights), theta)

        return Objective(
            value,
            grad,
            hessian,
            name="logistic regression",
            start=np.zeros((d + 1) * K),
            n=B,
            on=lambda rows: part(within(indices, rows)),
            predict=predict,
        )

    def predict(theta, X):
        X = numbers_array(X, "X").astype(np.float64)
        if X.ndim != 2 or X.shape[1] != d:
            raise ValueError(f"X must have shape (samples, {d}), as the training data, but {X.shape} came")
        rows = like(np.hstack([X, np.ones((len(X), 1))]), theta)
        return namespace(theta).argmax(scores(theta, rows), axis=-1)

    return part()


# --- From one objective to another ---------------------------------------------------------------------------


def fix_parameters(f, fixed):
    """The slice of `f` on which some parameters are held: an Objective of the others.

    Parameters
    ----------
    f : Objective
        Of P parameters.
    fixed : dict
        Index of the parameter to its value, such as {2: -1.0}.

    Raises
    ------
    ValueError
        If an index is not one of `f`'s, or nothing is left free.

    References
    ----------
    Lecture [S], the slice c = −1 of the Gaussian bump.

    Examples
    --------
    >>> f = fix_parameters(gaussian_bump(), {2: -1.0})
    >>> print(f.parameters, f([1.1602, -0.1046]).round(5))
    2 0.20213
    """
    P = f.parameters
    if P is None:
        raise ValueError(f"{f.name} doesn't say how many parameters it has; give it a start or a domain")
    free = [i for i in range(P) if i not in fixed]
    if not free or not all(isinstance(i, int | np.integer) and 0 <= i < P for i in fixed):
        raise ValueError(f"fixed must hold some of the indices 0 … {P - 1}, not all, but its keys are {sorted(fixed)}")

    def whole(theta):
        xp = namespace(theta)
        parts = [theta[..., free.index(i)] if i in free else theta[..., 0] * 0 + fixed[i] for i in range(P)]
        return xp.stack(parts, axis=-1)

    def pick(g):
        return stack_parameters(*(g[..., i] for i in free))

    def hessian(theta):
        H = f.hessian(whole(theta))
        return matrix([[H[..., i, j] for j in free] for i in free], theta)

    held = ", ".join(f"θ[{i}] = {value:g}" for i, value in sorted(fixed.items()))
    return Objective(
        lambda theta: f(whole(theta)),
        None if f._grad is None else lambda theta: pick(f.grad(whole(theta))),
        None if f._hessian is None else hessian,
        name=f"{f.name}, {held}",
        domain=f.domain and [f.domain[i] for i in free],
        start=None if f.start is None else f.start[free],
        n=f.n,
        on=None if f._on is None else lambda indices: fix_parameters(f.on(indices), fixed),
        predict=None if f._predict is None else lambda theta, X: f.predict(whole(theta), X),
    )


def scattered(f, n, scale, rng):
    """`f` as a mean over n samples that disagree: fᵢ(θ) = f(θ) + ξᵢ·θ, with Σ ξᵢ = 0.

    The mean of all fᵢ is `f` itself, so full-batch descent is descent on `f`. A mini-batch of B samples has the
    gradient of `f` plus noise of standard deviation about scale / √B in each direction.

    Parameters
    ----------
    f : Objective
    n : int
        How many samples, at least 2.
    scale : float
        Standard deviation of each ξ's entries.
    rng : numpy.random.Generator

    Raises
    ------
    TypeError
        If `rng` is not a Generator, or `scale` no number.
    ValueError
        If n < 2, scale < 0, or `f` doesn't say how many parameters it has.

    References
    ----------
    Bottou, Curtis and Nocedal, "Optimization methods for large-scale machine learning", 2018, section 4.
    Lecture [O], "Stochastic gradient descent".

    Examples
    --------
    >>> f = scattered(double_well(), 100, 1.0, np.random.default_rng(0))
    >>> print(np.allclose(f.grad([0.5, 0.5]), double_well().grad([0.5, 0.5])))
    True
    """
    require_generator(rng)
    if not isinstance(n, int | np.integer) or n < 2:
        raise ValueError(f"n must be a whole number of samples, at least 2, but {n!r} came")
    scale = require_number(scale, "scale", low=0)
    if f.parameters is None:
        raise ValueError(f"{f.name} doesn't say how many parameters it has; give it a start or a domain")
    noise = rng.normal(size=(n, f.parameters))
    noise = scale * (noise - noise.mean(axis=0)) / noise.std(axis=0)

    def part(indices=None):
        tilt = np.zeros(f.parameters) if indices is None else noise[indices].mean(axis=0)
        return Objective(
            lambda theta: f(theta) + dot(theta, like(tilt, theta)),
            lambda theta: f.grad(theta) + like(tilt, theta),
            None if f._hessian is None else f.hessian,
            name=f.name,
            domain=f.domain if indices is None else None,  # a part is made at each step, so it is kept light
            minimizers=f.minimizers if indices is None else None,
            start=f.start,
            n=n if indices is None else len(indices),
            on=lambda rows: part(within(indices, rows)),
        )

    return part()


# --- Streams ---------------------------------------------------------------------------------------------------


def require_generator(rng):
    """TypeError unless `rng` is a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but {rng!r} came; pass np.random.default_rng(0)")


class Minibatches:
    """A stream of objectives, one a mini-batch, the same at each pass; made by `minibatches`."""

    def __init__(self, f, sizes, seed, replace, epochs):
        self.f, self._sizes, self._seed, self.replace, self.epochs = f, sizes, seed, replace, epochs

    def batch_size(self, epoch):
        """Samples in a batch of this epoch (counted from 0)."""
        size = self._sizes(epoch) if callable(self._sizes) else self._sizes
        size = self.f.n if size is None else size
        if not isinstance(size, int | np.integer) or isinstance(size, bool):
            raise TypeError(f"batch_size must be a whole number, None or a function of the epoch, but {size!r} came")
        if not 1 <= size <= self.f.n:
            raise ValueError(f"batch_size must be between 1 and the {self.f.n} samples of {self.f.name}, not {size}")
        return int(size)

    def steps(self, epochs):
        """How many batches make up that many epochs."""
        return sum(self.steps_in(epoch) for epoch in range(epochs))

    def steps_in(self, epoch):
        """How many batches make up this epoch (counted from 0)."""
        return -(-self.f.n // self.batch_size(epoch))

    def __iter__(self):
        rng = np.random.default_rng(self._seed)
        n, epoch = self.f.n, 0
        while self.epochs is None or epoch < self.epochs:
            size = self.batch_size(epoch)
            if self.replace:
                for _ in range(self.steps_in(epoch)):
                    yield self.f.on(rng.integers(n, size=size))
            elif size == n:
                yield self.f
            else:
                order = rng.permutation(n)
                for first in range(0, n, size):
                    yield self.f.on(order[first : first + size])
            epoch += 1

    def __repr__(self):
        sizes = "growing batches" if callable(self._sizes) else f"batches of {self.batch_size(0)}"
        drawn = "with" if self.replace else "without"
        return f"{sizes} from the {self.f.n} samples of {self.f.name}, drawn {drawn} replacement"


def minibatches(f, batch_size, rng, *, replace=False, epochs=None):
    """Objectives of random mini-batches of `f`'s samples, epoch after epoch: a stream for `iterate` and `run`.

    Batch, stochastic and mini-batch descent are one method and three streams: batch_size None, 1, or between.
    The stream draws its seed once, so that every pass over it gives the same batches, and methods can race.

    Parameters
    ----------
    f : Objective
        With samples: `f.n` and `f.on(indices)`.
    batch_size : int, None or callable
        Samples in a batch; None for all of them; or a function of the epoch (from 0), for batches that grow.
        Where it doesn't divide n, the last batch of an epoch is smaller.
    rng : numpy.random.Generator
    replace : bool
        Draw each sample anew from all (the theory's way), instead of each once in an epoch (the usual way).
    epochs : int, optional
        End after that many; endless without it.

    Raises
    ------
    TypeError
        If `f` is no Objective, `rng` no Generator, or `batch_size` no whole number.
    ValueError
        If `f` has no samples, `batch_size` is not between 1 and n, or `epochs` is less than 1.

    References
    ----------
    Bottou, Curtis and Nocedal, "Optimization methods for large-scale machine learning", 2018.
    Lectures [O], [G] and [A], "Stochastic gradient descent".

    Examples
    --------
    >>> stream = minibatches(house_prices(), 16, np.random.default_rng(0), epochs=1)
    >>> [batch.n for batch in stream]
    [16, 16, 8]
    """
    if not isinstance(f, Objective):
        raise TypeError(f"f must be an Objective with samples, but {f!r} came")
    if f.n is None or f._on is None:
        raise ValueError(f"{f.name} is not made of samples; mini-batches need an objective with data")
    require_generator(rng)
    if epochs is not None and (not isinstance(epochs, int | np.integer) or epochs < 1):
        raise ValueError(f"epochs must be a whole number from 1, or None for an endless stream, but {epochs!r} came")
    stream = Minibatches(f, batch_size, int(rng.integers(2**63)), bool(replace), epochs)
    stream.batch_size(0)
    return stream
