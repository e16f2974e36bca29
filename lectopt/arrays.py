"""What every layer above needs from arrays, for NumPy, torch and any other array-API library alike.

The last axis of an array holds the parameters; every axis before it is a run.
"""

import math
import weakref

import numpy as np

__all__ = ["dot", "like", "log_sum_exp", "namespace", "safe_ratio", "softmax", "stack_parameters"]

NUMPY = (np.ndarray, np.generic)
FEW_PARAMETERS = 8  # up to here, the runs of one parameter lie side by side in memory


def namespace(array):
    """The library that `array` belongs to, with the names of the array API: `numpy`, or a wrapped torch, ...

    Raises
    ------
    TypeError
        If `array` belongs to no array library.

    Examples
    --------
    >>> namespace(np.zeros(2)).__name__
    'numpy'
    """
    kind = type(array)
    if kind not in _namespaces:
        _namespaces[kind] = _find_namespace(array)
    return _namespaces[kind]


_namespaces = {}  # remembered: quick, and a lookup that torch.compile can trace


def _find_namespace(array):
    if isinstance(array, NUMPY):
        return np
    import array_api_compat  # 80 ms, so only at the first array that is not NumPy's

    return array_api_compat.array_namespace(array)


def dtype_of(array, what):
    """Float dtype of `array`; TypeError for anything but real floating-point numbers."""
    xp = namespace(array)
    is_float = np.issubdtype(array.dtype, np.floating) if xp is np else xp.isdtype(array.dtype, "real floating")
    if not is_float:
        raise TypeError(f"{what} must hold real floating-point numbers, but its dtype is {array.dtype}")
    return array.dtype


def is_number(x):
    """Whether x is a plain real number (a bool is not, nor is an array)."""
    return isinstance(x, int | float | np.integer | np.floating) and not isinstance(x, bool)


def require_number(x, what, low=-math.inf, above=-math.inf):
    """`x` as a float: TypeError unless it is a number, ValueError unless it is finite, ≥ low and > above."""
    if not is_number(x):
        raise TypeError(f"{what} must be a number, but {x!r} came")
    if not (math.isfinite(x) and x >= low and x > above):
        bound = f" ≥ {low:g}" if low > -math.inf else f" > {above:g}" if above > -math.inf else ""
        raise ValueError(f"{what} must be a finite number{bound}, but {x!r} came")
    return float(x)


def as_points(theta, what="theta"):
    """`theta` as a float array with at least one axis; lists and integers become float64.

    Raises
    ------
    TypeError
        For strings, complex numbers, objects and ragged lists.
    ValueError
        For a bare number: parameters need their axis.
    """
    if not hasattr(theta, "shape"):
        theta = numbers_array(theta, what)
    if isinstance(theta, NUMPY):
        if theta.dtype.kind in "iu":
            theta = theta.astype(np.float64)
    else:
        xp = namespace(theta)
        if xp.isdtype(theta.dtype, "integral"):
            theta = xp.astype(theta, xp.float64)
    dtype_of(theta, what)
    if len(theta.shape) == 0:
        raise ValueError(f"{what} is a single number; one parameter is an array of length 1, such as [{float(theta)}]")
    return theta


def numbers_array(values, what):
    """`values` as a NumPy array of real numbers, or a TypeError that says what came instead."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # ragged nested lists
        raise TypeError(f"{what} must be an array of numbers with one shape; {values!r} is ragged") from error
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{what} must hold real numbers, but {values!r} came (dtype {array.dtype})")
    return array


def all_finite(array):
    """Whether no element is NaN or infinite."""
    xp = namespace(array)
    return bool(xp.all(xp.isfinite(array)))


def require_finite(array, what):
    """ValueError that names the first element of `array` that is NaN or infinite."""
    if all_finite(array):
        return
    xp = namespace(array)
    first = np.argwhere(~np.asarray(xp.isfinite(array)))[0] if xp is np else None
    where = f" at index {tuple(int(i) for i in first)}" if first is not None and len(first) else ""
    raise ValueError(f"{what} holds NaN or infinity{where}; every number must be finite. Remove or replace it first")


_converted = {}


def like(constant, theta):
    """`constant` (a NumPy array) in `theta`'s library, dtype and device; converted once and then remembered.

    Parameters
    ----------
    constant : numpy.ndarray
        A constant that an objective holds, such as its data. It must not be changed afterwards.
    theta : array
        Any array of the wanted kind.

    Examples
    --------
    >>> like(np.array([1.0, 2.0]), np.zeros(2, dtype=np.float32)).dtype
    dtype('float32')
    """
    if type(theta) is np.ndarray and constant.dtype == theta.dtype:
        return constant
    xp = namespace(theta)
    device = getattr(theta, "device", None)
    key = (id(constant), xp.__name__, theta.dtype, device)
    if key not in _converted:
        _converted[key] = convert(constant, theta)
        weakref.finalize(constant, _converted.pop, key, None)
    return _converted[key]


def convert(values, theta):
    """`values` as an array of `theta`'s library, dtype and device (not remembered)."""
    xp = namespace(theta)
    with np.errstate(all="ignore"):
        if xp is np:
            return np.asarray(values, dtype=theta.dtype)
        return xp.asarray(values, dtype=theta.dtype, device=theta.device)


def take_rows(constant, indices, theta):
    """Rows `indices` of `like(constant, theta)`; all of them for None."""
    rows = like(constant, theta)
    if indices is None:
        return rows
    if isinstance(rows, np.ndarray):
        return rows[indices]
    xp = namespace(rows)
    return xp.take(rows, xp.asarray(indices, device=rows.device), axis=0)


def dot(a, b):
    """Inner product over the parameters: Σᵢ aᵢ bᵢ along the last axis.

    Parameters
    ----------
    a, b : array, shape (*runs, P)

    Returns
    -------
    array, shape (*runs,)

    Examples
    --------
    >>> print(dot(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0])))
    [3. 7.]
    """
    return namespace(a).sum(a * b, axis=-1)


def stack_parameters(*components):
    """One array of shape (*runs, P) from P arrays of shape (*runs,), the runs side by side in memory.

    With few parameters, arithmetic on such an array is about twice as fast as on `numpy.stack(..., -1)`,
    whose memory has the parameters side by side.

    Examples
    --------
    >>> stack_parameters(np.zeros(5), np.ones(5)).shape
    (5, 2)
    """
    xp = namespace(components[0])
    if xp is np:
        stacked = np.empty((len(components), *np.shape(components[0])), dtype=components[0].dtype)
        for i, component in enumerate(components):
            stacked[i] = component
        return stacked.transpose(*range(1, stacked.ndim), 0)
    return xp.moveaxis(xp.stack(components, axis=0), 0, -1)


def broadcast_runs(theta, runs):
    """A copy of `theta` (shape (*fewer runs, P)) for every run of the shape `runs`, in the fast memory order."""
    xp = namespace(theta)
    full = xp.broadcast_to(theta, (*runs, theta.shape[-1]))
    if runs and theta.shape[-1] <= FEW_PARAMETERS:
        return stack_parameters(*(full[..., i] for i in range(theta.shape[-1])))
    return full.copy() if xp is np else xp.asarray(full, copy=True)


def empty_stack(first, length):
    """Room for `length` arrays like `first` along a new first axis, each in the memory order of `first`."""
    xp = namespace(first)
    strides = getattr(first, "strides", None) or (first.stride() if hasattr(first, "stride") else None)
    axes = range(len(first.shape))
    order = sorted(axes, key=lambda axis: -strides[axis]) if strides else list(axes)
    shape = (length, *(first.shape[axis] for axis in order))
    if xp is np:
        return np.empty(shape, dtype=first.dtype).transpose(0, *(1 + order.index(axis) for axis in axes))
    stack = xp.empty(shape, dtype=first.dtype, device=first.device)
    return xp.permute_dims(stack, (0, *(1 + order.index(axis) for axis in axes)))


def safe_ratio(numerator, denominator):
    """numerator / denominator, and 0 where both are 0 (a step along a gradient that vanished).

    Examples
    --------
    >>> print(safe_ratio(np.array([0.0, 1.0]), np.array([0.0, 2.0])))
    [0.  0.5]
    """
    xp = namespace(denominator)
    if xp is np and denominator.all():  # nearly always; what follows costs seven times as much
        return numerator / denominator
    nothing = (numerator == 0) & (denominator == 0)
    return numerator / xp.where(nothing, 1.0, denominator)


def log_sum_exp(z, axis=-1):
    """log Σ exp(z) along an axis, for numbers of any size: max(z) + log Σ exp(z − max(z)).

    Examples
    --------
    >>> print(log_sum_exp(np.array([1000.0, 1000.0])).round(6))
    1000.693147
    """
    xp = namespace(z)
    top = xp.max(z, axis=axis, keepdims=True)
    return xp.squeeze(top, axis=axis) + xp.log(xp.sum(xp.exp(z - top), axis=axis))


def softmax(z, axis=-1):
    """exp(z) / Σ exp(z) along an axis, for numbers of any size.

    Examples
    --------
    >>> print(softmax(np.array([1000.0, 1000.0])))
    [0.5 0.5]
    """
    xp = namespace(z)
    shifted = xp.exp(z - xp.max(z, axis=axis, keepdims=True))
    return shifted / xp.sum(shifted, axis=axis, keepdims=True)


def points_in(theta):
    """How many parameter vectors `theta` holds: the product of its runs axes."""
    return math.prod(theta.shape[:-1])
