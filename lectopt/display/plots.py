"""Figures: arrays in, Axes out. Colors are Okabe and Ito's and cividis; every color has a second cue beside it."""

import base64
import gc
import io
import math

import numpy as np

try:
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from PIL import Image
except ImportError as error:  # pragma: no cover
    raise ImportError("figures need matplotlib; install it with: pip install matplotlib") from error

from ..arrays import as_points
from ..optimizers import STYLES
from ..running import Sweep, diverged

__all__ = [
    "plot_contour",
    "plot_curve",
    "plot_fit",
    "plot_images",
    "plot_losses",
    "plot_map",
    "plot_surface",
    "show",
    "subplots",
]

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK = "#333333"
PIXELS_AN_INCH = 96  # of the page; figures are stored at twice that, for sharp screens
LOOK = {
    "figure.dpi": PIXELS_AN_INCH,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.grid": False,
    "axes.prop_cycle": mpl.cycler(color=OKABE_ITO, linestyle=DASHES),
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "hatch.color": "#777777",
}
plt.rcParams.update(LOOK)  # the course has one look, in students' own figures too


def subplots(columns=1, rows=1, *, size=None, **options):
    """A figure and its axes in the course's look: `matplotlib.pyplot.subplots` with columns first.

    Parameters
    ----------
    columns, rows : int
    size : (width, height), optional
        In inches; by default 5 × 3.8 a panel.
    **options
        For `matplotlib.pyplot.subplots`.

    Returns
    -------
    figure, axes
        One Axes, or an array of them.

    Examples
    --------
    >>> figure, (left, right) = subplots(2)
    >>> plt.close(figure)
    """
    return plt.subplots(rows, columns, figsize=size or (5.0 * columns, 3.8 * rows), **options)


def show(figure, alt):
    """Show a figure with its description in words, and close it.

    The words are the output's text: a screen reader reads them, and the regression tests compare them.

    Parameters
    ----------
    figure : matplotlib Figure, or an Axes of it
    alt : str
        What is to be seen, with its key numbers computed from the data.

    Raises
    ------
    ValueError
        If `alt` is empty.
    """
    from IPython.display import display

    data, metadata = picture(figure, alt)
    close(figure)
    display(data, metadata=metadata, raw=True)


def picture(figure, alt, drawn=None):
    """The mimebundle of a figure, data and metadata: the PNG (`drawn`, if it is there), and `alt` as its text."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError('alt must say in words what the figure shows, such as alt=f"The loss falls to {loss:.3g}."')
    figure = figure_of(figure)
    width, height = (round(inches * PIXELS_AN_INCH) for inches in figure.get_size_inches())
    data = {"image/png": base64.b64encode(small(drawn or png(figure))).decode(), "text/plain": " ".join(alt.split())}
    return data, {"image/png": {"width": width, "height": height, "alt": data["text/plain"]}}


def png(figure):
    """The figure as PNG bytes, the same on each run."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * PIXELS_AN_INCH, metadata={"Software": None}, facecolor="white")
    return buffer.getvalue()


def small(picture):
    """The PNG with each color rounded to one of 32 levels a channel: no one sees it, and the file is half as large."""
    level = [round(round(value * 31 / 255) * 255 / 31) for value in range(256)]
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as full:
        full.convert("RGB").point(level * 3).save(buffer, format="png")
    return buffer.getvalue()


def close(figure):
    """Take the figure out of pyplot's hands, so that it is shown only where it is asked for."""
    plt.close(figure_of(figure))
    gc.collect()  # figures refer to themselves: the collector would let some ten pile up, of 13 MB each


def figure_of(figure_or_axes):
    """The Figure itself, from a Figure or an Axes."""
    return getattr(figure_or_axes, "figure", figure_or_axes)


def style_of(label, index):
    """Color, line style and marker of a path: the method's own, or the index-th of the palette."""
    if label in STYLES:
        return STYLES[label]
    return OKABE_ITO[index % 7], DASHES[index % 7], MARKERS[index % 7]


def axes_for(ax, **options):
    return subplots(**options)[1] if ax is None else ax


def grid_values(f, domain=None, points=201):
    """Losses of a 2-parameter objective on a grid: x, y (1-D) and z of shape (len(y), len(x))."""
    domain = domain or f.domain
    if domain is None or len(domain) != 2:
        raise ValueError(
            f"a contour plot needs two parameters and their domain; {getattr(f, 'name', f)} has domain {domain!r}. "
            "Pass domain=[(low, high), (low, high)], or fix the other parameters with fix_parameters(f, {...})"
        )
    x, y = (np.linspace(low, high, points) for low, high in domain)
    xx, yy = np.meshgrid(x, y)
    with np.errstate(all="ignore"):
        return x, y, np.asarray(f(np.stack([xx, yy], axis=-1)))


def plot_contour(f, paths=None, ax=None, *, domain=None, names=("θ[0]", "θ[1]"), levels=18, minima=True, marks=True):
    """Contour map of a 2-parameter objective, with the paths of descents on it.

    Parameters
    ----------
    f : Objective
    paths : dict of label to array of shape (steps + 1, 2), optional
        A method's name as label gives the path that method's color and dashes.
    ax : Axes, optional
    domain : [(low, high), (low, high)], optional
        By default the objective's own.
    names : (str, str)
        What the axes are called.
    levels : int
        How many contours. Between each two lies the same area of the map.
    minima : bool
        Mark the known minimizers with stars.
    marks : bool
        Mark the steps of a path (of a long one, some 40 of them).

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `f` has no domain of two parameters, or a path has another shape.
    """
    x, y, z = grid_values(f, domain)
    ax = axes_for(ax, size=(5.6, 4.4))
    edges = np.unique(np.quantile(z[np.isfinite(z)], np.linspace(0, 1, levels)))  # equal areas between contours
    shades = mpl.colors.BoundaryNorm(edges, 256)
    ax.contourf(x, y, z, levels=edges, cmap="cividis_r", norm=shades, alpha=0.35)
    ax.contour(x, y, z, levels=edges, colors="#5a5a5a", linewidths=0.5, alpha=0.7)
    if minima and f.minimizers is not None:
        ax.plot(*np.asarray(f.minimizers).T[:2], "*", color="white", markeredgecolor="black", markersize=15, zorder=4)
    for i, (label, path) in enumerate((paths or {}).items()):
        path = np.asarray(path)
        if path.ndim != 2 or path.shape[1] != 2:
            raise ValueError(f"the path {label!r} must have shape (steps + 1, 2), but it has {path.shape}")
        color, dashes, marker = style_of(label, i)
        ax.plot(*path.T, color=color, linestyle=dashes, linewidth=1.6, label=label, zorder=5,
                marker=marker if marks else None, markersize=5, markevery=max(1, len(path) // 40))  # fmt: skip
        ax.plot(*path[0], marker="o", markersize=9, markerfacecolor="white", markeredgecolor=color, zorder=6)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=names[0], ylabel=names[1])
    if paths and len(paths) > 1:
        ax.legend(loc="best", frameon=True, framealpha=0.85, edgecolor="none")
    return ax


def plot_surface(f, path=None, ax=None, *, domain=None, names=("θ[0]", "θ[1]"), view=(35, -60)):
    """The graph of a 2-parameter objective in three dimensions, with a path on it.

    Parameters
    ----------
    f : Objective
    path : array, shape (steps + 1, 2), optional
    ax : Axes with projection="3d", optional
    domain : [(low, high), (low, high)], optional
    names : (str, str)
    view : (elevation, azimuth) in degrees

    Returns
    -------
    Axes
    """
    x, y, z = grid_values(f, domain, points=61)
    ax = axes_for(ax, size=(5.6, 4.6), subplot_kw={"projection": "3d"})
    ax.plot_surface(*np.meshgrid(x, y), z, cmap="cividis_r", linewidth=0, alpha=0.85, rstride=1, cstride=1)
    if path is not None:
        path = np.asarray(path)
        ax.plot(*path.T, np.asarray(f(path)), color="#D55E00", marker="o", markersize=4, zorder=10)
    ax.set(xlabel=names[0], ylabel=names[1], zlabel="loss")
    ax.view_init(*view)
    return ax


def plot_curve(f, path=None, ax=None, *, domain=None, name="θ[0]", tangents=()):
    """The graph of a 1-parameter objective, with the steps of a descent and tangents on it.

    Parameters
    ----------
    f : Objective
    path : array, shape (steps + 1, 1), optional
    ax : Axes, optional
    domain : [(low, high)], optional
    name : str
        What the parameter is called.
    tangents : sequence of numbers
        Where to draw the tangent.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `f` has no domain of one parameter.
    """
    domain = domain or f.domain
    if domain is None or len(domain) != 1:
        raise ValueError(f"a curve needs one parameter and its domain, domain=[(low, high)]; it is {domain!r}")
    ax = axes_for(ax)
    x = np.linspace(*domain[0], 401)
    y = np.asarray(f(x[:, None]))
    ax.plot(x, y, color=INK, linestyle="-", linewidth=1.8)
    for at in tangents:
        slope = float(f.grad([at])[0])
        half = (domain[0][1] - domain[0][0]) / 8
        ends = np.array([at - half, at + half])
        ax.plot(ends, float(f([at])) + slope * (ends - at), color="#D55E00", linestyle="--")
        ax.plot(at, float(f([at])), "s", color="#D55E00")
        ax.annotate(f"slope {slope:.3g}", (at, float(f([at]))), xytext=(8, -4), textcoords="offset points", va="top")
    if path is not None:
        path = np.asarray(path)
        losses = np.asarray(f(path))
        ax.plot(path[:, 0], losses, color="#0072B2", linestyle=":", marker="o", markersize=6)
        rising = np.interp(path[0, 0], x, np.gradient(y, x)) > 0
        side = "right" if rising else "left"  # the label stands on the downhill side, off the curve
        ax.annotate("start", (path[0, 0], losses[0]), xytext=(-8 if side == "right" else 8, 4),
                    textcoords="offset points", ha=side)  # fmt: skip
    margin = 0.06 * (y.max() - y.min())
    ax.set(xlim=domain[0], ylim=(y.min() - margin, y.max() + margin), xlabel=name, ylabel="loss")
    return ax


def plot_losses(losses, ax=None, *, log=None, x=None, log_x=False, xlabel="step", ylabel="loss"):
    """Loss against step, one line a run; runs that diverged end in a cross.

    Parameters
    ----------
    losses : dict of label to array of shape (steps + 1,)
    ax : Axes, optional
    log : bool, optional
        Logarithmic loss axis. By default where all losses are positive and span more than a factor of 50.
    x : array of shape (steps + 1,) or dict of label to such, optional
        What to draw against instead of the step, such as samples seen.
    log_x : bool
        Logarithmic axis for `x` too.
    xlabel, ylabel : str

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    losses = {label: np.asarray(values, dtype=float) for label, values in losses.items()}
    gone = {label: bool(diverged(values)) for label, values in losses.items()}
    good = [values for label, values in losses.items() if not gone[label]] or [v[:1] for v in losses.values()]
    everything = np.concatenate(good)
    if log is None:
        log = everything.min() > 0 and everything.max() > 50 * everything.min()
    first = max(values[0] for values in losses.values())
    ceiling = max(everything.max(), 3 * first) if any(gone.values()) else None
    for i, (label, values) in enumerate(losses.items()):
        color, dashes, marker = style_of(label, i)
        at = x[label] if isinstance(x, dict) else x
        at = np.arange(len(values)) if at is None else np.asarray(at)
        if gone[label]:
            above = np.flatnonzero(~(values <= ceiling))
            last = above[0] if len(above) else len(values) - 1
            values = np.minimum(np.nan_to_num(values[: last + 1], nan=np.inf), ceiling)
            at, label = at[: last + 1], f"{label} (diverged)"
            ax.plot(at[-1], values[-1], "x", color=color, markersize=11, markeredgewidth=2.5, clip_on=False, zorder=6)
        ax.plot(at, values, color=color, linestyle=dashes, label=label, marker=marker if len(values) < 30 else None,
                markersize=5)  # fmt: skip
    if log:
        log_scale(ax.yaxis)
    if log_x:
        log_scale(ax.xaxis, None if x is None or isinstance(x, dict) else x)
    ax.grid(axis="y", color="#dddddd", linewidth=0.7)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(losses) > 1:
        ax.legend(frameon=True, framealpha=0.85, edgecolor="none")
    return ax


def log_scale(axis, values=None):
    """Make an axis logarithmic with few, plain labels: the values themselves, or 1, 2, 5 within three decades."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = sorted(axis.get_view_interval())
    if values is not None and len(values) <= 8:
        axis.set_major_locator(mpl.ticker.FixedLocator(list(values)))
    elif low > 0 and high < 1000 * low:
        axis.set_major_locator(mpl.ticker.LogLocator(subs=(1, 2, 5)))
    else:
        axis.set_minor_formatter(mpl.ticker.NullFormatter())
        return
    axis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(mpl.ticker.NullLocator())


def plot_map(f, sweep, ax=None, *, mark=None):
    """Hyper-parameter map: each cell is one finished run, light where its final loss is low, hatched where it diverged.

    A sweep with one axis is drawn as a curve, its diverged runs as crosses on top.

    Parameters
    ----------
    f : Objective
        To compute the losses with; or None where the sweep kept losses instead of theta.
    sweep : Sweep
        With one or two axes.
    ax : Axes, optional
    mark : dict, optional
        Values of the axes of a run to ring, such as {"lr": 0.1, "beta": 0.9}.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError
        If `sweep` is no Sweep.
    ValueError
        If it has other than one or two axes.
    """
    if not isinstance(sweep, Sweep):
        raise TypeError(f"sweep must be a Sweep, as lectopt.sweep returns it, but {sweep!r} came")
    if len(sweep.axes) not in (1, 2):
        raise ValueError(f"a map shows one or two axes, but the sweep has {len(sweep.axes)}: {', '.join(sweep.axes)}")
    ends = sweep.path[[0, -1]]
    with np.errstate(all="ignore"):
        losses = np.asarray(ends if f is None else f(ends))
    gone = np.asarray(diverged(losses))
    final = np.where(gone, np.nan, losses[-1])
    ax = axes_for(ax)
    names = list(sweep.axes)
    mark = mark or {}
    if len(names) == 1:
        values = np.asarray(sweep.axes[names[0]])
        ax.plot(values, final, color="#0072B2", marker="o", markersize=4)
        ax.plot(values[gone], np.full(gone.sum(), 0.97), "x", color="#D55E00", transform=ax.get_xaxis_transform(),
                label=f"diverged: {gone.sum()} of {gone.size}")  # fmt: skip
        if gone.any():
            ax.legend()
        if names[0] in mark:
            ax.axvline(mark[names[0]], color=INK, linewidth=1, linestyle=":")
        set_scales(ax, final, values)
        ax.set(xlabel=names[0], ylabel=f"loss after {sweep.steps} steps")
        return ax
    rows, columns = (np.asarray(sweep.axes[name]) for name in names)
    positive = final[np.isfinite(final) & (final > 0)]
    norm = None
    if positive.size and np.nanmin(final) > 0 and positive.max() > 50 * positive.min():
        norm = mpl.colors.LogNorm(max(positive.min(), positive.max() * 1e-16), positive.max())
    mesh = ax.pcolormesh(edges_of(columns), edges_of(rows), final, cmap="cividis_r", norm=norm, rasterized=True)
    if gone.any():  # those cells are empty, and the hatched ground shows through
        ax.patch.set(facecolor="#f2f2f2", edgecolor="#999999", hatch="////", linewidth=0)
        ax.set_title(f"hatched: {gone.sum()} of {gone.size} runs diverged", fontsize=11)
    if set(names) <= set(mark):
        ax.plot(mark[names[1]], mark[names[0]], "o", markersize=11, markerfacecolor="none", markeredgecolor="white",
                markeredgewidth=4)  # fmt: skip
        ax.plot(mark[names[1]], mark[names[0]], "o", markersize=11, markerfacecolor="none", markeredgecolor="black",
                markeredgewidth=1.8)  # fmt: skip
    if is_geometric(columns):
        log_scale(ax.xaxis)
    if is_geometric(rows):
        log_scale(ax.yaxis)
    bar = figure_of(ax).colorbar(mesh, ax=ax)
    bar.set_label(f"loss after {sweep.steps} steps")
    ax.set(xlabel=names[1], ylabel=names[0])
    return ax


def set_scales(ax, heights, values):
    """Log axes where the numbers are positive and span a wide range."""
    heights = heights[np.isfinite(heights)]
    if heights.size and heights.min() > 0 and heights.max() > 50 * heights.min():
        log_scale(ax.yaxis)
    if is_geometric(values):
        log_scale(ax.xaxis)


def is_geometric(values):
    """Whether values grow by a constant factor rather than a constant step."""
    values = np.asarray(values, dtype=float)
    return len(values) > 2 and values.min() > 0 and np.allclose(np.diff(np.log(values), 2), 0, atol=1e-6)


def edges_of(values):
    """Cell edges halfway between the values (in logarithms where they grow by a factor)."""
    values = np.asarray(values, dtype=float)
    if is_geometric(values):
        return np.exp(edges_of(np.log(values)))
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def plot_fit(f, x, y, thetas, axes=None, *, names=("θ[0]", "θ[1]"), xlabel="x", ylabel="y"):
    """Hypothesis beside cost: the data with the lines of some θ, and those θ on the cost's contours (or curve).

    Parameters
    ----------
    f : Objective
        A least-squares cost of one parameter (slope) or two, with `predict`.
    x : array, shape (n, P)
        The rows that `f` was made of; the column that varies is drawn.
    y : array, shape (n,)
    thetas : array, shape (k, P)
        The parameters to draw, such as the steps of a descent. Later ones are darker.
    axes : (Axes, Axes), optional
    names : sequence of str
        What the parameters are called.
    xlabel, ylabel : str

    Returns
    -------
    (Axes, Axes)
    """
    x, y, thetas = np.asarray(x, dtype=float), np.asarray(y, dtype=float), as_points(thetas)
    left, right = axes if axes is not None else subplots(2)[1]
    varying = int(np.argmax(np.ptp(x, axis=0)))
    ends = x[[np.argmin(x[:, varying]), np.argmax(x[:, varying])]].copy()
    reach = 0.1 * np.ptp(x[:, varying])
    ends[:, varying] += (-reach, reach)
    shades = mpl.colormaps["cividis_r"](np.linspace(0.25, 1.0, len(thetas)))
    left.plot(x[:, varying], y, "o", color=INK, markersize=5, zorder=5)
    for theta, shade in zip(thetas, shades, strict=True):
        left.plot(ends[:, varying], f.predict(theta, ends), color=shade, linestyle="-", linewidth=1.6)
    left.set(xlabel=xlabel, ylabel=ylabel, title="hypothesis")
    if thetas.shape[1] == 1:
        plot_curve(f, ax=right, name=names[0])
        right.scatter(thetas[:, 0], f(thetas), c=shades, s=60, zorder=5, edgecolors="black", linewidths=0.6)
    else:
        plot_contour(f, ax=right, names=names)
        right.plot(*thetas.T, color=INK, linewidth=0.9, linestyle="-")
        right.scatter(*thetas.T, c=shades, s=45, zorder=5, edgecolors="black", linewidths=0.6)
    right.set_title("cost")
    return left, right


def plot_images(images, titles=None, *, columns=10, size=0.9):
    """Small gray images in rows, such as the handwritten digits.

    Parameters
    ----------
    images : array, shape (k, side * side) or (k, height, width)
        Values from 0 (white) to 1 (black).
    titles : sequence of k str, optional
    columns : int
    size : float
        Inches of one image.

    Returns
    -------
    Figure
    """
    images = np.asarray(images)
    if images.ndim == 2:
        side = math.isqrt(images.shape[1])
        images = images.reshape(len(images), side, -1)
    rows = -(-len(images) // columns)
    figure, axes = subplots(
        columns, rows, size=(size * columns, (size + 0.25 * (titles is not None)) * rows), squeeze=False
    )
    for i, ax in enumerate(axes.flat):
        ax.axis("off")
        if i < len(images):
            ax.imshow(images[i], cmap="gray_r", vmin=0, vmax=1)
            if titles is not None:
                ax.set_title(str(titles[i]), loc="center", fontsize=10)
    return figure
