"""From one method to another: gradients clipped, iterates averaged.

A wrapper takes any method and returns a method: with the state and the hyper-parameters of both, under the one
convention, so that `run` and `sweep` take it as they take the first.
"""

import functools
import inspect

from ..arrays import dot, is_number, namespace, safe_ratio

__all__ = ["clip_norm", "clip_value", "exponential_average", "polyak_average"]


class Made:
    """What a factory returned: called as it is, printed as the call that made it, and fit to be sent to a process."""

    def __init__(self, function, factory, args, kwargs):
        self._function, self._made_by = function, (factory, args, kwargs)
        self.__name__ = repr(self)

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)

    def __repr__(self):
        factory, args, kwargs = self._made_by
        words = [*map(in_words, args), *(f"{name}={in_words(value)}" for name, value in kwargs.items())]
        return f"{factory.__name__}({', '.join(words)})"

    def __reduce__(self):
        factory, args, kwargs = self._made_by
        return functools.partial(factory, **kwargs), args


def in_words(value):
    """An argument as it would be written."""
    if is_number(value):
        return f"{value:g}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{in_words(key)}: {in_words(item)}' for key, item in value.items())}}}"
    if hasattr(value, "shape"):
        return f"array of shape {tuple(value.shape)}"
    return getattr(value, "__name__", repr(value))


def wrapper(factory):
    """Decorator of `factory(method, ...)`, which returns `inner(f, t, theta, *state, **hyper)`.

    State that `inner` names before `*state`, and hyper-parameters before `**hyper`, are added to the method's own.
    """

    @functools.wraps(factory)
    def make(method, *args, **kwargs):
        if not callable(method) or list(inspect.signature(method).parameters)[:3] != ["f", "t", "theta"]:
            raise TypeError(f"{factory.__name__} needs a method, such as adam, but {method!r} came")
        inner = factory(method, *args, **kwargs)
        made = Made(inner, make, (method, *args), kwargs)
        made.__signature__ = merged(inspect.signature(inner), inspect.signature(method), made)
        return made

    return make


def merged(outer, inner, made):
    """The signature with the state and the hyper-parameters of both; ValueError where they share a name."""
    outer, inner = list(outer.parameters.values()), list(inner.parameters.values())
    named = [p for p in outer if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    added, own = named[3:], inner[3:]
    for name in {p.name for p in added} & {p.name for p in own}:
        raise ValueError(f"{made}: the method inside has a {name!r} already, so it can't be wrapped so")
    return inspect.Signature(inner[:3] + sorted(added + own, key=lambda p: p.kind))  # a stable sort: outer state first


class Changed:
    """An objective whose gradient is changed on its way to the method."""

    def __init__(self, f, change):
        self._f, self._change = f, change

    def __call__(self, theta):
        return self._f(theta)

    def grad(self, theta):
        return self._change(self._f.grad(theta))

    def __getattr__(self, name):
        return getattr(self._f, name)


@wrapper
def clip_value(method, max_value=1.0):
    """The method, with each entry of the gradient held between −max_value and max_value.

    It changes the direction of long gradients: their large entries count less.

    Parameters
    ----------
    method : callable
        Any method; it is meant for those that take one gradient a step, without a line search.
    max_value : float
        The default of the new hyper-parameter `max_value`, which is at least 0 and can be swept.

    Returns
    -------
    callable
        A method with the state of `method`, and its hyper-parameters and max_value.

    Raises
    ------
    ValueError
        If the method has a hyper-parameter of that name already.

    References
    ----------
    Mikolov, *Statistical Language Models Based on Neural Networks*, 2012.
    The same as `torch.nn.utils.clip_grad_value_(theta, max_value)` before each step.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic
    >>> import numpy as np
    >>> clipped = clip_value(gradient_descent, 2.0)
    >>> clipped, clipped(quadratic([1.0, 10.0]), 1, np.array([1.0, 1.0]), lr=0.1)
    (clip_value(gradient_descent, 2), (array([0.9, 0.8]),))
    """

    def clipped(f, t, theta, *state, max_value=max_value, **hyper):
        def clip(g):
            return namespace(g).clip(g, -max_value, max_value)

        return method(Changed(f, clip), t, theta, *state, **hyper)

    return clipped


@wrapper
def clip_norm(method, max_norm=1.0):
    """The method, with gradients that are longer than max_norm cut to that length: g · min(1, max_norm / ‖g‖).

    It keeps the direction. Each run's gradient is measured by itself, over all its parameters.

    Parameters
    ----------
    method : callable
        Any method; it is meant for those that take one gradient a step, without a line search.
    max_norm : float
        The default of the new hyper-parameter `max_norm`, which is at least 0 and can be swept.

    Returns
    -------
    callable
        A method with the state of `method`, and its hyper-parameters and max_norm.

    Raises
    ------
    ValueError
        If the method has a hyper-parameter of that name already.

    References
    ----------
    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
    Differs from `torch.nn.utils.clip_grad_norm_(theta, max_norm)` in that torch divides by ‖g‖ + 1e-6.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic
    >>> import numpy as np
    >>> clipped = clip_norm(gradient_descent)
    >>> print(clipped(quadratic([3.0, 4.0]), 1, np.array([1.0, 1.0]), max_norm=0.5, lr=1.0)[0].round(6))
    [0.7 0.6]
    """

    def clipped(f, t, theta, *state, max_norm=max_norm, **hyper):
        def clip(g):
            length = dot(g, g)[..., None] ** 0.5
            return g * safe_ratio(max_norm, namespace(g).maximum(length, max_norm))

        return method(Changed(f, clip), t, theta, *state, **hyper)

    return clipped


@wrapper
def polyak_average(method, after=0):
    """The mean of the method's iterates: θ ← θ + (x − θ) / n, where x is the n-th iterate.

    The method goes on from its own x, as if nobody looked. Averaging takes the noise of mini-batches out of θ without
    smaller steps.

    Parameters
    ----------
    method : callable
        Any method.
    after : int
        The default of the new hyper-parameter `after`: how many first steps are left out of the mean, at least 0;
        until then θ is x itself. Without it the mean drags the long way from the start along.

    Returns
    -------
    callable
        A method whose theta is the mean. Its state is x (None at the start, which is theta), then that of `method`.

    Raises
    ------
    ValueError
        If the method has a state or hyper-parameter of that name already.

    References
    ----------
    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    The same as `torch.optim.swa_utils.AveragedModel`, updated after each step.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic, run
    >>> print(run(gradient_descent, quadratic([1.0]), [8.0], 3, lr=0.5)[:, 0])
    [8. 4. 2. 1.]
    >>> print(run(polyak_average(gradient_descent), quadratic([1.0]), [8.0], 3, lr=0.5)[:, 0].round(6))
    [8.       4.       3.       2.333333]
    """

    def averaged(f, t, theta, x=None, *state, after=after, **hyper):
        x, *state = method(f, t, theta if x is None else x, *state, **hyper)
        n = namespace(theta).maximum(t - after + 0 * theta[..., :1], 1.0)
        return theta + (x - theta) / n, x, *state

    return averaged


@wrapper
def exponential_average(method, decay=0.99):
    """The exponential moving average of the method's iterates x: θ ← decay · θ + (1 − decay) · x.

    The method goes on from its own x, as if nobody looked. The average remembers some 1 / (1 − decay) steps.

    Parameters
    ----------
    method : callable
        Any method.
    decay : float
        The default of the new hyper-parameter `decay`, which is in [0, 1) and can be swept.

    Returns
    -------
    callable
        A method whose theta is the average. Its state is x (None at the start, which is theta), then that of `method`.

    Raises
    ------
    ValueError
        If the method has a state or hyper-parameter of that name already.

    References
    ----------
    Ruppert, 1988; Tarvainen and Valpola, "Mean teachers are better role models", 2017.
    The same as `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn(decay)`, updated at the start and after
    each step.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic, run
    >>> print(run(exponential_average(gradient_descent, 0.5), quadratic([1.0]), [8.0], 3, lr=0.5)[:, 0])
    [8. 6. 4. 2.5]
    """

    def averaged(f, t, theta, x=None, *state, decay=decay, **hyper):
        x, *state = method(f, t, theta if x is None else x, *state, **hyper)
        return decay * theta + (1 - decay) * x, x, *state

    return averaged
