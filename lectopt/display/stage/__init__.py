"""The live demos: sliders, and a picture that follows them.

The runs are finished before the first slider moves; a slider only picks which of them is shown. The artists of the
picture persist, and each output carries a PNG and the words of its first state, for whoever has no kernel.
"""

try:
    import ipywidgets as widgets
except ImportError as error:  # pragma: no cover
    raise ImportError("live demos need ipywidgets; install it with: pip install ipywidgets") from error

import numpy as np

from ...objectives import Objective
from ...running import Sweep, diverged
from .. import plots

__all__ = ["FitStage", "FogStage", "Stage"]


class Live(widgets.VBox):
    """Sliders, a picture and its words. A subclass draws once, and then updates its artists in `_update`."""

    def __init__(self, figure, sliders):
        self._figure, self._sliders = figure, sliders
        plots.close(figure)  # or the notebook would show it once more, below the cell
        width = round(figure.get_size_inches()[0] * plots.PIXELS_AN_INCH)
        self._picture = widgets.Image(format="png", layout=widgets.Layout(width=f"{width}px", max_width="100%"))
        self._caption = widgets.HTML()
        self._words = ""
        controls = []
        for name, slider in sliders.items():
            slider.observe(lambda change: self._redraw(), names="value")
            if name == "step":
                play = widgets.Play(
                    value=slider.value, min=slider.min, max=slider.max, interval=120, step=max(1, slider.max // 50)
                )
                widgets.jslink((play, "value"), (slider, "value"))
                controls.append(widgets.HBox([slider, play]))
            else:
                controls.append(slider)
        super().__init__([widgets.Box(controls, layout=widgets.Layout(flex_flow="row wrap")), self._picture,
                          self._caption])  # fmt: skip
        self._redraw()
        self._default = plots.picture(figure, self._words, self._picture.value)

    def _redraw(self):
        self._words = self._update({name: slider.value for name, slider in self._sliders.items()})
        self._picture.value = plots.png(self._figure)
        self._picture.alt = self._words
        self._caption.value = self._words

    def _update(self, values):
        raise NotImplementedError

    def _repr_mimebundle_(self, include=None, exclude=None, **kwargs):
        bundle = super()._repr_mimebundle_(include=include, exclude=exclude, **kwargs)
        live = (bundle[0] if isinstance(bundle, tuple) else bundle) or {}
        data, metadata = self._default
        return {**live, **data}, metadata

    def __repr__(self):
        return self._default[0]["text/plain"] if hasattr(self, "_default") else "a live demo"


def slider_of(name, values, at):
    """A slider over the values of an axis."""
    labels = [(f"{v:.3g}" if isinstance(v, int | float) else str(v), i) for i, v in enumerate(values)]
    return widgets.SelectionSlider(options=labels, value=at, description=name, style={"description_width": "initial"},
                                   continuous_update=True)  # fmt: skip


def step_slider(steps, at):
    return widgets.IntSlider(value=at, min=0, max=steps, description="step")


def position(axis, value):
    """Index of the value on the axis that is nearest to `value`."""
    return int(np.argmin([abs(candidate - value) for candidate in axis]))


class Stage(Live):
    """Descents on a contour map, their losses, and the map of all hyper-parameters: one picture, live.

    Parameters
    ----------
    f : Objective
        Of two parameters, with a domain.
    sweeps : dict of name to Sweep
        The runs, by method. All with paths of theta, and with the same number of steps.
    at : dict, optional
        Where the sliders begin, such as {"lr": 0.1}. By default at each sweep's best run.
    names : (str, str)
        What the parameters are called.

    Raises
    ------
    TypeError
        If `f` is no Objective or a value of `sweeps` no Sweep.
    ValueError
        If there are no sweeps, their steps differ, or paths don't have two parameters.

    Examples
    --------
    >>> from lectopt import gradient_descent, quadratic, sweep
    >>> f = quadratic([1.0, 10.0])
    >>> Stage(f, {"gradient_descent": sweep(gradient_descent, f, f.start, 40, lr=[0.05, 0.1, 0.15])})
    gradient_descent with lr 0.15: loss 8.48 at the start, ... after 40 steps.
    """

    def __init__(self, f, sweeps, *, at=None, names=("θ[0]", "θ[1]")):
        check_stage(f, sweeps)
        self._f, self._sweeps = f, sweeps
        at = at or {}
        self._losses, begin = {}, {}
        for method, sweep in sweeps.items():
            with np.errstate(all="ignore"):
                losses = np.asarray(f(sweep.path))
            self._losses[method] = losses
            final = np.where(diverged(losses), np.inf, losses[-1])
            best = np.unravel_index(np.argmin(final), final.shape)
            for (axis, values), index in zip(sweep.axes.items(), best, strict=True):
                begin[method, axis] = position(values, at[axis]) if axis in at else int(index)
        self._axes, sliders = {}, {}
        for method, sweep in sweeps.items():
            for axis, values in sweep.axes.items():
                shared = all(s.axes.get(axis, values) == values for s in sweeps.values())
                label = axis if shared else f"{axis}, {method}"
                self._axes.setdefault(method, []).append(label)
                sliders.setdefault(label, slider_of(label, values, begin[method, axis]))
        steps = next(iter(sweeps.values())).steps
        sliders["step"] = step_slider(steps, steps)
        self._mapped = next((name for name, s in sweeps.items() if len(s.axes) in (1, 2)), None)
        panels = 3 if self._mapped else 2
        figure, axes = plots.subplots(panels, size=(4.1 * panels, 3.7))
        self._draw(axes, names)
        super().__init__(figure, sliders)

    def _draw(self, axes, names):
        plots.plot_contour(self._f, ax=axes[0], names=names)
        everything = np.concatenate([v.reshape(-1) for v in self._losses.values()])
        first = max(float(np.max(v[0])) for v in self._losses.values())
        low = np.nanmin(everything)
        log = low > 0
        bounds = (max(low, first * 1e-12) / 2, first * 10) if log else (low - 0.05 * (first - low), first * 1.2)
        steps = next(iter(self._sweeps.values())).steps
        axes[1].set(xlim=(0, steps), ylim=bounds, xlabel="step", ylabel="loss", yscale="log" if log else "linear")
        self._path, self._curve, self._dot = {}, {}, {}
        for i, method in enumerate(self._sweeps):
            color, dashes, marker = plots.style_of(method, i)
            look = {"color": color, "linestyle": dashes, "linewidth": 1.8}
            (self._path[method],) = axes[0].plot([], [], marker=marker, markersize=4, label=method, **look)
            (self._curve[method],) = axes[1].plot([], [], label=method, **look)
            (self._dot[method],) = axes[1].plot([], [], marker=marker, color=color, markersize=8)
        axes[1].legend()
        self._ring = None
        if self._mapped:
            sweep = self._sweeps[self._mapped]
            plots.plot_map(self._f, sweep, axes[2])
            axes[2].set_xlabel(f"{axes[2].get_xlabel()}, {self._mapped}")
            (self._ring,) = axes[2].plot([], [], "o", markersize=12, markerfacecolor="none", markeredgecolor="#D55E00",
                                         markeredgewidth=2.5)  # fmt: skip

    def _update(self, values):
        words = []
        for method, sweep in self._sweeps.items():
            index = tuple(values[label] for label in self._axes.get(method, []))
            path = np.asarray(sweep.path[(slice(None), *index)])
            losses = self._losses[method][(slice(None), *index)]
            step = values["step"]
            self._path[method].set_data(*path[: step + 1].T)
            self._curve[method].set_data(range(step + 1), losses[: step + 1])
            self._dot[method].set_data([step], losses[step : step + 1])
            chosen = {axis: axis_values[i] for (axis, axis_values), i in zip(sweep.axes.items(), index, strict=True)}
            said = " and ".join(f"{axis} {value:.3g}" for axis, value in chosen.items())
            fate = "it has diverged" if diverged(losses) else f"{losses[step]:.3g} after {step} steps"
            words.append(f"{method}{' with ' * bool(said)}{said}: loss {losses[0]:.3g} at the start, {fate}.")
            if method == self._mapped and self._ring is not None:
                marks = list(chosen.values())
                height = losses[-1] if len(marks) == 1 else marks[0]
                self._ring.set_data([marks[-1]], [height])
        return " ".join(words)


def check_stage(f, sweeps):
    """What a stage needs of its arguments; errors say what came instead."""
    if not isinstance(f, Objective):
        raise TypeError(f"f must be an Objective, but {f!r} came; wrap a function: Objective(function)")
    if not isinstance(sweeps, dict) or not all(isinstance(s, Sweep) for s in sweeps.values()):
        raise TypeError(f"sweeps must be a dict of name: Sweep, but {sweeps!r} came")
    if not sweeps:
        raise ValueError("sweeps is empty: a stage needs at least one sweep")
    steps = {name: s.steps for name, s in sweeps.items()}
    if len(set(steps.values())) > 1:
        raise ValueError(f"all sweeps of a stage need the same number of steps, but they have {steps}")
    for name, s in sweeps.items():
        if isinstance(s.path, tuple) or s.path.ndim != len(s.axes) + 2 or s.path.shape[-1] != 2:
            raise ValueError(f"a stage shows paths of two parameters, but {name!r} has {s!r} with another path")


class FitStage(Live):
    """A model's line moving as θ walks to the minimum: the hypothesis beside its cost.

    Parameters
    ----------
    f : Objective
        A least-squares cost of one or two parameters, with `predict`.
    x, y : array, shapes (n, P) and (n,)
        The data that `f` was made of.
    sweep : Sweep
        Its runs, with one axis (such as lr).
    names : sequence of str
        What the parameters are called.
    xlabel, ylabel : str
    at : dict, optional
        Where the slider begins, such as {"lr": 0.1}.
    """

    def __init__(self, f, x, y, sweep, *, names=("θ[0]", "θ[1]"), xlabel="x", ylabel="y", at=None):
        check_fit(f, sweep)
        self._f, self._sweep, self._names = f, sweep, names
        ((axis, values),) = sweep.axes.items()
        self._axis = axis
        figure, axes = plots.subplots(2, size=(9.6, 3.9))
        begin = position(values, (at or {}).get(axis, values[len(values) // 2]))
        self._x = np.asarray(x, dtype=float)
        left, right = plots.plot_fit(f, x, y, sweep.path[:1, begin], axes, names=names, xlabel=xlabel, ylabel=ylabel)
        self._line = left.lines[-1]
        self._line.set(color="#D55E00", linewidth=2.5)
        self._ends = self._line.get_xdata()
        right.collections[-1].remove()
        (self._path,) = right.plot(
            [],
            [],
            color="#D55E00",
            marker="o",
            markersize=4,
            linestyle="-",
            linewidth=1.2,
            markevery=max(1, sweep.steps // 20),
        )
        super().__init__(figure, {axis: slider_of(axis, values, begin), "step": step_slider(sweep.steps, sweep.steps)})

    def _update(self, values):
        path = np.asarray(self._sweep.path[:, values[self._axis]])[: values["step"] + 1]
        theta = path[-1]
        varying = int(np.argmax(np.ptp(self._x, axis=0)))
        ends = self._x[[0, -1]].copy()
        ends[:, varying] = self._ends
        self._line.set_ydata(self._f.predict(theta, ends))
        self._path.set_data(path[:, 0], path[:, 1] if path.shape[1] == 2 else self._f(path))
        said = ", ".join(f"{name} = {value:.3g}" for name, value in zip(self._names, theta, strict=False))
        lr = self._sweep.axes[self._axis][values[self._axis]]
        return f"{self._axis} {lr:.3g}, step {values['step']}: {said}, cost {float(self._f(theta)):.3g}."


def check_fit(f, sweep):
    if not isinstance(f, Objective):
        raise TypeError(f"f must be an Objective, but {f!r} came")
    if not isinstance(sweep, Sweep) or len(sweep.axes) != 1 or sweep.path.shape[-1] not in (1, 2):
        raise ValueError(f"sweep must be a Sweep of one axis over one or two parameters, but {sweep!r} came")


class FogStage(Live):
    """Local information only: the loss and the slope at one point, the rest of the landscape in fog.

    Parameters
    ----------
    f : Objective
        Of two parameters, with a domain.
    at : array, shape (2,), optional
        The first point; by default the objective's start.
    sight : float
        How far one sees, as a share of the domain's width.
    names : (str, str)
        What the parameters are called.

    Raises
    ------
    TypeError
        If `f` is no Objective.
    ValueError
        If `sight` is not in (0, 1].
    """

    def __init__(self, f, *, at=None, sight=0.07, names=("θ[0]", "θ[1]")):
        if not isinstance(f, Objective):
            raise TypeError(f"f must be an Objective, but {f!r} came; wrap a function: Objective(function)")
        if not 0 < sight <= 1:
            raise ValueError(f"sight must be in (0, 1], a share of the domain's width, but {sight!r} came")
        self._f, self._names = f, names
        figure, ax = plots.subplots(size=(5.8, 4.6))
        plots.plot_contour(f, ax=ax, names=names, minima=False)
        self._x, self._y, z = plots.grid_values(f)
        self._width, self._height = (high - low for low, high in f.domain)
        self._sight = sight
        self._fog = ax.imshow(np.ones((*z.shape, 4)) * [0.78, 0.8, 0.82, 1.0], origin="lower", aspect="auto", zorder=4,
                              extent=(*f.domain[0], *f.domain[1]), interpolation="bilinear")  # fmt: skip
        ax.set(xlim=f.domain[0], ylim=f.domain[1])
        self._arrow = ax.quiver([0], [0], [0], [0], color="#D55E00", zorder=6, angles="xy", scale_units="xy", scale=1,
                                width=0.012)  # fmt: skip
        (self._point,) = ax.plot([], [], "o", color="black", markersize=7, zorder=7)
        at = f.start if at is None else np.asarray(at, dtype=float)
        sliders = {}
        for name, (low, high), value in zip(names, f.domain, at, strict=True):
            sliders[name] = widgets.FloatSlider(value=value, min=low, max=high, step=(high - low) / 200,
                                                description=name)  # fmt: skip
        sliders["fog"] = widgets.Checkbox(value=True, description="fog")
        super().__init__(figure, sliders)

    def _update(self, values):
        theta = np.array([values[name] for name in self._names])
        loss, g = float(self._f(theta)), self._f.grad(theta)
        away = np.hypot((self._x[None, :] - theta[0]) / self._width, (self._y[:, None] - theta[1]) / self._height)
        fog = np.array(self._fog.get_array())
        fog[..., 3] = np.clip((away - self._sight) / 0.02, 0, 1) if values["fog"] else 0.0
        self._fog.set_data(fog)
        self._point.set_data([theta[0]], [theta[1]])
        size = max(float(np.hypot(g[0] / self._width, g[1] / self._height)), 1e-12)
        self._arrow.set_offsets(theta)
        self._arrow.set_UVC(*(-g * 0.12 / size if size > 1e-9 else 0 * g))
        place = ", ".join(f"{name} = {value:.3g}" for name, value in zip(self._names, theta, strict=True))
        slopes = " and ".join(f"{slope:.3g}" for slope in g)
        rest = "the rest lies in fog" if values["fog"] else "the fog is lifted"
        return f"At {place} the loss is {loss:.3g} and the slopes are {slopes}; {rest}."
