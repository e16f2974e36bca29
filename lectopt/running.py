"""The only loop: `iterate`, and what is built on it, `run` and `sweep`."""

import difflib
import inspect
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .arrays import (
    as_points,
    broadcast_runs,
    convert,
    empty_stack,
    is_number,
    namespace,
    numbers_array,
    require_finite,
)
from .gradients import numerical_gradient
from .objectives import Objective
from .optimizers import RANGES

__all__ = ["Sweep", "diverged", "iterate", "run", "stack_sweeps", "steps_to", "sweep"]

DIVERGED_AT = 1000.0  # times the first loss
ALSO_CALLED = {  # names that other libraries and the lectures have for a hyper-parameter
    "lr": ("learning_rate", "alpha", "eta", "step_size"),
    "beta": ("momentum", "gamma"),
    "beta1": ("betas",),
    "eps": ("epsilon",),
}


class Signature(NamedTuple):
    """What a method asks for, read from its parameters."""

    name: str
    state: dict[str, Any]  # name → initial value
    hyper: dict[str, Any]  # name → default, or inspect.Parameter.empty


def signature(method):
    """The Signature of `method(f, t, theta, *state, **hyper)`; TypeError where it has another form."""
    wanted = "a method is a function method(f, t, theta, *state, **hyper) -> (theta, *state)"
    if not callable(method):
        raise TypeError(f"{wanted}, but {method!r} came")
    name = getattr(method, "__name__", repr(method))
    try:
        parameters = inspect.signature(method).parameters.values()
    except ValueError:  # some built-in functions have none
        raise TypeError(f"{wanted}, but {method!r} came") from None
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if [p.name for p in positional[:3]] != ["f", "t", "theta"]:
        raise TypeError(f"{wanted}, but {name} begins with ({', '.join(p.name for p in positional[:3])})")
    for p in positional[3:]:
        if p.default is p.empty:
            raise TypeError(
                f"{name}: the state {p.name!r} has no initial value; write {p.name}=0. If it is a hyper-parameter, "
                f"put it after a star: {name}(f, t, theta, *, {p.name}=...)"
            )
    state = {p.name: p.default for p in positional[3:]}
    hyper = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    return Signature(name, state, hyper)


def require_in_range(name, low, high):
    """ValueError unless the hyper-parameter's values, from `low` to `high`, are finite and in its range."""
    allowed = RANGES.get(name)
    for value in (low, high):
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, but it is {value}")
        if allowed is not None and value not in allowed:
            raise ValueError(f"{name} must be {allowed}, but it is {value:g}")


def cast_hyper(name, value, theta):
    """A hyper-parameter as a Python float, or as an array of theta's kind that ends in an axis of 1."""
    if is_number(value):
        value = float(value)
        require_in_range(name, value, value)
        return value
    if isinstance(value, np.ndarray | np.generic) or not hasattr(value, "shape"):
        value = numbers_array(value, name)
    elif not namespace(value).isdtype(value.dtype, ("integral", "real floating")):
        raise TypeError(f"{name} must hold real numbers, but its dtype is {value.dtype}")
    if len(value.shape) == 0:
        return cast_hyper(name, float(value), theta)
    if value.shape[-1] != 1:
        raise ValueError(
            f"{name} has shape {tuple(value.shape)}, but an array of hyper-parameters ends in an axis of 1, one value "
            f"for all parameters of a run: write {name}[..., None]"
        )
    if math.prod(value.shape) == 0:
        raise ValueError(f"{name} is empty: it needs at least one value")
    value = convert(value, theta)
    xp = namespace(value)
    require_finite(value, name)
    require_in_range(name, float(xp.min(value)), float(xp.max(value)))
    return value


def read_hyper(about, hyper, theta):
    """The hyper-parameters, cast, and the schedules among them; errors for those that don't fit the method."""
    for name in hyper:
        if name not in about.hyper:
            names = {alias: known for known in about.hyper for alias in (known, *ALSO_CALLED.get(known, ()))}
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
            hint = f"did you mean {names[near[0]]!r}? It" if near else "it"
            known = ", ".join(about.hyper) or "none"
            raise TypeError(f"{about.name} has no hyper-parameter {name!r}; {hint} has: {known}")
    for name, default in about.hyper.items():
        if default is inspect.Parameter.empty and name not in hyper:
            raise TypeError(f"{about.name} needs the hyper-parameter {name!r}; pass {name}=...")
    fixed, schedules = {}, {}
    for name, value in hyper.items():
        default = about.hyper[name]
        if is_number(default) or default is inspect.Parameter.empty:
            if callable(value):
                schedules[name] = value
            else:
                fixed[name] = cast_hyper(name, value, theta)
        else:
            fixed[name] = value
    return fixed, schedules


def scheduled(schedules, t, theta):
    """The values of all schedules at step t; ValueError where one is not a number."""
    values = {}
    for name, schedule in schedules.items():
        try:
            values[name] = cast_hyper(name, schedule(t), theta)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the schedule of {name}, at step {t}: {error}") from error
    return values


def check_objective(f, theta):
    """Shapes and dtypes at a few of the runs, and these together against the last of them alone."""
    value, grad = f, f.grad
    if isinstance(f, Objective):
        f._checked(theta)
        value, grad = f._value, f._grad or partial(numerical_gradient, f._value)  # not counted: no work of the method's
    theta = theta[(*(slice(min(3, runs)) for runs in theta.shape[:-1]), ...)]
    # Near theta, but each number its own: where runs start at one point, or θ₀ = θ₁, a mix-up of axes shows nothing.
    ramp = np.linspace(-0.05, 0.05, math.prod(theta.shape)).reshape(theta.shape)
    theta = theta + convert(ramp, theta) * (1 + namespace(theta).abs(theta))
    runs, name = tuple(theta.shape[:-1]), getattr(f, "name", "f")
    last_run = (*(-1,) * len(runs), ...)
    last = theta[last_run]
    hint = "write theta[..., 0] for the first parameter (theta[0] is the first run), and sum over the last axis"
    for what, function, shape in (("value", value, runs), ("gradient", grad, tuple(theta.shape))):
        result = function(theta)
        alone = function(last) if runs else result
        if not hasattr(result, "shape") or tuple(result.shape) != shape:
            came = f"shape {tuple(result.shape)}" if hasattr(result, "shape") else f"{result!r}"
            raise ValueError(f"{name}: the {what} at theta of shape {tuple(theta.shape)} must have shape {shape}, "
                             f"but {came} came; {hint}")  # fmt: skip
        if result.dtype != theta.dtype:
            raise TypeError(
                f"{name}: the {what} has dtype {result.dtype} where theta has {theta.dtype}; "
                "hold constants through lectopt.like(constant, theta)"
            )
        if runs and not same_numbers(result[last_run], alone):
            raise ValueError(f"{name}: the {what} of a run alone differs from the same run among others; {hint}")


def same_numbers(a, b):
    """Whether two results are equal to the precision of a different summation order (NaN equals NaN)."""
    xp = namespace(a)
    tolerance = float(xp.finfo(a.dtype).eps) ** (1 / 3)
    if not hasattr(b, "shape") or tuple(a.shape) != tuple(b.shape):
        return False
    size = xp.max(xp.where(b == b, xp.abs(b), xp.zeros_like(b)))
    close = (xp.abs(a - b) <= tolerance * (1 + size)) | (a == b) | ((a != a) & (b != b))
    return bool(xp.all(close))


def copied(states):
    """The states, each array a copy."""
    return [namespace(s).asarray(s, copy=True) if hasattr(s, "shape") else s for s in states]


def check_step(about, result, states, before):
    """What a method returned at its first step, against the convention; `before` are copies of `states`."""
    theta = states[0]
    names = ["theta", *about.state]
    form = f"({', '.join(names)}{',' * (len(names) == 1)})"
    if not isinstance(result, tuple):
        raise TypeError(
            f"{about.name} returned {type(result).__name__}, not a tuple: end it with `return {form}`"
            + (" (mind the trailing comma)" if len(names) == 1 else "")
        )
    if len(result) != len(names):
        raise TypeError(f"{about.name} returned {len(result)} values, but its states are {form}: return {len(names)}")
    new = result[0]
    if not hasattr(new, "shape") or tuple(new.shape) != tuple(theta.shape):
        came = f"shape {tuple(new.shape)}" if hasattr(new, "shape") else repr(new)
        raise ValueError(f"{about.name} must return theta of shape {tuple(theta.shape)}, but {came} came")
    if new.dtype != theta.dtype:
        raise TypeError(f"{about.name} returned theta of dtype {new.dtype}, but it was given {theta.dtype}")
    for name, state, old in zip(names, states, before, strict=True):
        if hasattr(state, "shape") and not bool(namespace(state).all((state == old) | (old != old))):
            raise ValueError(
                f"{about.name} changed {name} in place; write `{name} = {name} - ...` instead of `{name} -= ...`, "
                "so that the steps before stay what they were"
            )


def iterate(method, f, theta0, *, state=(), t=1, **hyper):
    """An endless stream of states (theta, *state): the start, then the state after each step.

    Nothing is computed before it is asked for. Stop with `break`, or cut with `itertools.islice`.

    Parameters
    ----------
    method : callable
        `method(f, t, theta, *state, **hyper) -> (theta, *state)`.
    f : Objective, or an iterable of them
        A stream gives one objective a step, such as `minibatches(...)`.
    theta0 : array, shape (*runs, P)
        The start. It is broadcast to all runs that the hyper-parameters span; its own runs are the last axes.
    state : tuple, optional
        The method's state to go on from, as an earlier stream gave it; by default the method's initial one.
        Arrays of theta0's shape are broadcast as theta0 is.
    t : int
        The number of the next step.
    **hyper
        The method's hyper-parameters: each a number, an array of shape (..., 1) that broadcasts against theta, or a
        schedule (a function of t).

    Yields
    ------
    tuple (theta, *state)

    Raises
    ------
    TypeError
        For a method of another form, an unknown hyper-parameter (with the nearest name), or something not a number.
    ValueError
        For shapes that don't fit, values out of range, NaN in theta0, or a stream that ends.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic
    >>> for step, (theta,) in enumerate(iterate(gradient_descent, quadratic([1.0, 2.0]), [1.0, 1.0], lr=0.5)):
    ...     print(step, theta)
    ...     if step == 2:
    ...         break
    0 [1. 1.]
    1 [0.5 0. ]
    2 [0.25 0.  ]
    """
    about = signature(method)
    theta0 = as_points(theta0, "theta0")
    require_finite(theta0, "theta0")
    if 0 in theta0.shape:
        raise ValueError(f"theta0 has shape {tuple(theta0.shape)}: it is empty, but needs a run and a parameter")
    fixed, schedules = read_hyper(about, hyper, theta0)
    if not isinstance(t, int | np.integer) or isinstance(t, bool) or t < 1:
        raise ValueError(f"t must be a whole number from 1, the number of the next step, but {t!r} came")
    objectives = stream_of(f)
    arrays = {"theta0": theta0.shape} | {name: h.shape for name, h in fixed.items() if hasattr(h, "shape")}
    first_scheduled = scheduled(schedules, t, theta0)
    arrays |= {name: h.shape for name, h in first_scheduled.items() if hasattr(h, "shape")}
    try:
        shape = np.broadcast_shapes(*arrays.values())
    except ValueError as error:
        sizes = ", ".join(f"{name} {tuple(shape)}" for name, shape in arrays.items())
        raise ValueError(
            f"the runs of these shapes don't broadcast together: {sizes}; counted from the last axis, "
            "sizes must be equal or 1"
        ) from error
    theta = broadcast_runs(theta0, shape[:-1])
    if not isinstance(state, tuple | list):
        raise TypeError(f"state must be a tuple of what follows theta, such as (v,), but {state!r} came")
    if state and len(state) != len(about.state):
        raise ValueError(
            f"{about.name} has {len(about.state)} states ({', '.join(about.state)}), but {len(state)} came"
        )

    def spread(s):
        if is_number(s):
            return namespace(theta).full_like(theta, float(s))
        return broadcast_runs(s, shape[:-1]) if getattr(s, "shape", None) == theta0.shape else s

    states = (theta, *map(spread, state or about.state.values()))
    return _steps(method, about, objectives, states, int(t), fixed, schedules)


def stream_of(f):
    """An iterator of objectives from one objective (endless) or from a stream of them."""
    if callable(f) and hasattr(f, "grad"):
        return itertools.repeat(f)
    if callable(f):
        raise TypeError(f"f must be an Objective, but {f!r} is a plain function; wrap it: Objective(f)")
    if not isinstance(f, Iterable) or isinstance(f, str | np.ndarray):
        raise TypeError(f"f must be an Objective or a stream of them, but {f!r} came")
    return iter(f)


def _steps(method, about, objectives, states, first, fixed, schedules):
    """The loop. Floating-point warnings are silent inside a step only, never while the caller has control."""
    yield states
    t = first
    for f in objectives:
        hyper = fixed | scheduled(schedules, t, states[0]) if schedules else fixed
        if t == first and not (callable(f) and hasattr(f, "grad")):
            raise TypeError(f"a stream must give Objectives, but {f!r} came")
        with np.errstate(all="ignore"):
            if t == first:
                check_objective(f, states[0])
                before = copied(states)
            result = method(f, t, *states, **hyper)
        if t == first:
            check_step(about, result, states, before)
        states = result
        yield states
        t += 1
    raise ValueError(
        "the stream of objectives is empty" if t == first
        else f"the stream of objectives ended after {t - first} steps; give a longer one, or ask for fewer steps"
    )  # fmt: skip


def run(method, f, theta0, steps, *, keep=None, **hyper):
    """`steps` steps of a method, stacked: the path of every run.

    Parameters
    ----------
    method, f, theta0, **hyper
        As in `iterate`.
    steps : int
        How many steps, at least 0.
    keep : callable, optional
        `keep(theta, *state)` picks what to keep of each step: one array, or a tuple of arrays. An Objective keeps its
        loss. By default theta.

    Returns
    -------
    array, shape (steps + 1, *runs, P), the start first; or (steps + 1, ...) of what `keep` picks, a tuple for a tuple

    Raises
    ------
    TypeError, ValueError
        As `iterate`; and for `steps` that is no whole number from 0, or what `keep` gives changing its shape.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic
    >>> f = quadratic([1.0, 10.0])
    >>> run(gradient_descent, f, f.start, 100, lr=0.1).shape
    (101, 2)
    >>> run(gradient_descent, f, f.start, 100, lr=[[0.01], [0.1], [0.15]], keep=f).shape
    (101, 3)
    """
    if not isinstance(steps, int | np.integer) or isinstance(steps, bool):
        raise TypeError(f"steps must be a whole number, but {steps!r} came")
    if steps < 0:
        raise ValueError(f"steps must be at least 0, but {steps} came")
    if keep is not None and not callable(keep):
        raise TypeError(f"keep must be a function of (theta, *state), such as the objective, but {keep!r} came")
    loss_only = isinstance(keep, Objective)
    stacks, single = [], True
    for step, state in enumerate(itertools.islice(iterate(method, f, theta0, **hyper), int(steps) + 1)):
        kept = state[0] if keep is None else quietly(keep, state[:1] if loss_only else state)
        if step == 0:
            single = not isinstance(kept, tuple)
            stacks = [empty_stack(as_array(part), int(steps) + 1) for part in ((kept,) if single else kept)]
        if single:
            store(stacks[0], step, kept)
        else:
            for stack, part in zip(stacks, kept, strict=True):
                store(stack, step, part)
    return stacks[0] if single else tuple(stacks)


def quietly(keep, state):
    with np.errstate(all="ignore"):  # the loss of a run that diverges overflows
        return keep(*state)


def store(stack, step, part):
    """Put what was kept at a step where it belongs; ValueError if its shape has changed."""
    if getattr(part, "shape", ()) != stack.shape[1:]:
        raise ValueError(f"keep gave shape {tuple(stack.shape[1:])} at first, but {part!r} at step {step}")
    stack[step, ...] = part


def as_array(part):
    """What `keep` gave, as an array; TypeError for what can't be stacked."""
    if hasattr(part, "shape"):
        return part
    if is_number(part):
        return np.asarray(float(part))
    raise TypeError(f"keep must give an array or a number at each step, but {part!r} came")


@dataclass(frozen=True)
class Sweep:
    """The runs of a whole grid of hyper-parameters.

    Attributes
    ----------
    path : array, shape (steps + 1, *len of each axis, P)
        Every run's path, or what `keep` picked.
    axes : dict
        Name of each axis to its values, in the order of the path's axes.
    method : str
        The method's name.
    """

    path: Any
    axes: dict[str, list]
    method: str = ""

    def at(self, **values):
        """The path of the run (or runs) at these values of the axes: axes that are not named stay.

        Raises
        ------
        TypeError
            For an axis that this sweep has not.
        ValueError
            For a value that is not on its axis.

        Examples
        --------
        >>> from lectopt import gradient_descent, quadratic
        >>> s = sweep(gradient_descent, quadratic(), [1.0, 1.0], 5, lr=[0.01, 0.1])
        >>> s.at(lr=0.1).shape
        (6, 2)
        """
        for name in values:
            if name not in self.axes:
                raise TypeError(f"this sweep has no axis {name!r}; it has: {', '.join(self.axes) or 'none'}")
        index = [slice(None)]
        for name, axis in self.axes.items():
            index.append(_position(name, axis, values[name]) if name in values else slice(None))
        index.append(...)
        paths = self.path if isinstance(self.path, tuple) else (self.path,)
        picked = tuple(path[tuple(index)] for path in paths)
        return picked if isinstance(self.path, tuple) else picked[0]

    @property
    def steps(self):
        """How many steps each run has."""
        return len(self.path[0] if isinstance(self.path, tuple) else self.path) - 1

    def __repr__(self):
        sizes = " × ".join(f"{len(values)} {name}" for name, values in self.axes.items())
        return f"Sweep of {self.method or 'a method'}: {sizes or '1 run'}, {self.steps} steps"


def _position(name, axis, value):
    for i, candidate in enumerate(axis):
        if candidate == value or (is_number(value) and is_number(candidate) and math.isclose(candidate, value)):
            return i
    raise ValueError(f"{name} = {value!r} is not on its axis, which has: {', '.join(f'{v}' for v in axis)}")


def sweep(method, f, theta0, steps, *, keep=None, **axes):
    """`run` over every combination of hyper-parameter values, all at once.

    Parameters
    ----------
    method, f, theta0, steps, keep
        As in `run`. Runs axes of theta0 itself come last and are called "start".
    **axes
        Hyper-parameters. A list or one-dimensional array makes an axis; a number or a schedule holds for all runs.

    Returns
    -------
    Sweep

    Raises
    ------
    TypeError, ValueError
        As `run`; and for an axis that is empty or has more than one dimension.

    Examples
    --------
    >>> from lectopt import momentum, quadratic
    >>> s = sweep(momentum, quadratic(), [1.0, 1.0], 200, lr=np.linspace(0.01, 0.2, 50), beta=np.linspace(0, 0.98, 50))
    >>> s
    Sweep of momentum: 50 lr × 50 beta, 200 steps
    >>> s.path.shape
    (201, 50, 50, 2)
    """
    theta0 = as_points(theta0, "theta0")
    labels = {}
    for name, values in axes.items():
        if is_number(values) or callable(values) or name == "state":
            continue
        values = values if hasattr(values, "shape") else numbers_array(values, name)
        if len(values.shape) > 1:
            raise ValueError(f"the axis {name} must be a list of numbers, but it has shape {tuple(values.shape)}")
        if len(values.shape) == 1:
            if values.shape[0] == 0:
                raise ValueError(f"the axis {name} is empty: it needs at least one value")
            labels[name] = values
    behind = len(theta0.shape) - 1
    hyper = dict(axes)
    for i, (name, values) in enumerate(labels.items()):
        after = len(labels) - 1 - i + behind + 1
        hyper[name] = namespace(values).reshape(values, (-1, *(1,) * after))
    path = run(method, f, theta0, steps, keep=keep, **hyper)
    starts = {"start" if behind == 1 else f"start{i}": list(range(theta0.shape[i])) for i in range(behind)}
    names = {name: (v if hasattr(v, "tolist") else np.asarray(v)).tolist() for name, v in labels.items()}
    return Sweep(path, names | starts, getattr(method, "__name__", ""))


def stack_sweeps(sweeps, axis="label"):
    """One Sweep from several with equal axes: a first axis for what is no hyper-parameter, such as a seed.

    Parameters
    ----------
    sweeps : dict
        Label (a seed, a batch size, ...) to Sweep.
    axis : str
        Name of the new axis.

    Raises
    ------
    TypeError
        If `sweeps` is no dict of Sweeps.
    ValueError
        If it is empty, or axes (with their order), steps or shapes differ.

    Examples
    --------
    >>> from lectopt import gradient_descent, house_prices, minibatches
    >>> f = house_prices(unit=1000)
    >>> def noisy(seed):
    ...     batches = minibatches(f, 8, np.random.default_rng(seed))
    ...     return sweep(gradient_descent, batches, f.start, 20, lr=[0.01, 0.1])
    >>> stack_sweeps({seed: noisy(seed) for seed in range(3)}, axis="seed")
    Sweep of gradient_descent: 3 seed × 2 lr, 20 steps
    """
    if not isinstance(sweeps, dict) or not all(isinstance(s, Sweep) for s in sweeps.values()):
        raise TypeError(f"sweeps must be a dict of label: Sweep, but {sweeps!r} came")
    if not sweeps:
        raise ValueError("sweeps is empty: there is nothing to stack")
    first = next(iter(sweeps.values()))
    tuples = [s.path if isinstance(s.path, tuple) else (s.path,) for s in sweeps.values()]
    forms = [(list(s.axes.items()), [tuple(p.shape) for p in parts]) for s, parts in zip(sweeps.values(), tuples)]
    for label, other, form in zip(sweeps, sweeps.values(), forms):
        if form != forms[0]:
            raise ValueError(
                f"the sweeps must have equal axes, steps and shapes: {label!r} is {other} with path {form[1]}, "
                f"the first is {first} with path {forms[0][1]}"
            )
    if axis in first.axes:
        raise ValueError(f"the sweeps have an axis {axis!r} already; choose another name")
    stacked = tuple(namespace(parts[0]).stack(parts, axis=1) for parts in zip(*tuples))
    methods = {s.method for s in sweeps.values()}
    path = stacked if isinstance(first.path, tuple) else stacked[0]
    return Sweep(path, {axis: list(sweeps)} | first.axes, first.method if len(methods) == 1 else "")


def diverged(losses, path=None):
    """Which runs have diverged: not finite at the end, or a last loss above 1,000 times the first.

    Parameters
    ----------
    losses : array, shape (steps + 1, *runs)
        The loss of each run at each step.
    path : array, shape (steps + 1, *runs, P), optional
        The parameters, which may overflow where the loss stays finite.

    Returns
    -------
    array of bool, shape (*runs,)

    Examples
    --------
    >>> print(diverged(np.array([[1.0, 1.0, 1.0], [0.5, 2e3, np.nan]])))
    [False  True  True]
    """
    xp = namespace(losses)
    first, last = losses[0, ...], losses[-1, ...]
    size = xp.where(first == 0, xp.ones_like(first), xp.abs(first))
    away = ~xp.isfinite(last) | (last / DIVERGED_AT > size)
    return away if path is None else away | ~xp.all(xp.isfinite(path[-1, ...]), axis=-1)


def steps_to(losses, goal):
    """The step from which on the loss stays below a goal, for each run; infinity where it ends above, or at NaN.

    Parameters
    ----------
    losses : array, shape (steps + 1, *runs)
        The loss of each run at each step, or anything else that should become small.
    goal : float or array of shape (*runs,)

    Returns
    -------
    array, shape (*runs,)
        Whole numbers as floats, since infinity is among them. 0 where the start is below already, and all that follows.

    Raises
    ------
    TypeError, ValueError
        If `losses` are not numbers along an axis of steps.

    Examples
    --------
    >>> print(steps_to(np.array([[9.0, 9.0, 9.0], [0.5, 0.5, 5.0], [3.0, 0.4, 4.0], [0.2, 0.3, np.nan]]), 1.0))
    [ 3.  1. inf]
    """
    losses = as_points(losses, "losses")
    xp, length = namespace(losses), losses.shape[0]
    number = convert(np.arange(1, length + 1).reshape(-1, *(1,) * (len(losses.shape) - 1)), losses)
    after_last = xp.max(xp.where(losses < goal, xp.zeros_like(losses), number), axis=0)
    return xp.where(after_last == length, math.inf, after_last)
