"""Every first-order method: `sweep` on 2,500 runs × 200 steps against the same lines in NumPy, one run at a time.

Both sides call the same function of lectopt.METHODS on a quadratic of two parameters and keep every step; the loop
is the one of a textbook, without any check. It does 25 of the runs, evenly spread over the grid, and its time is
multiplied by 100. Both sides' paths are compared first.
"""

import inspect
import statistics

import numpy as np

from benchmarks import BLUE, ORANGE, Side, compare, save
from benchmarks.sweep import CURVATURES, START, STEPS

RUNS, ALONE = 2500, 25
SECOND = ("beta", "beta1", "rho", "shrink")  # the second axis of the grid, where a method has one


def first_order():
    """Names of the methods that take one gradient a step."""
    from lectopt import METHODS

    return [name for name in METHODS if name not in ("steepest_descent", "newton", "lbfgs")
            and not name.startswith("conjugate_gradient")]  # fmt: skip


def grid(name):
    """The axes of the sweep: 2,500 values of lr, or 50 of it by 50 of a decay rate."""
    from lectopt import METHODS

    second = [axis for axis in SECOND if axis in inspect.signature(METHODS[name]).parameters]
    if not second:
        return {"lr": np.linspace(0.001, 0.07, RUNS)}
    return {"lr": np.linspace(0.001, 0.07, 50), second[0]: np.linspace(0.01, 0.98, 50)}


def spread_over(count):
    """Which of the runs the loop does."""
    return np.linspace(0, count - 1, ALONE).astype(int)


def whole_sweep(name):
    from lectopt import METHODS, quadratic, sweep

    method, axes, f, start = METHODS[name], grid(name), quadratic(CURVATURES), np.array(START)
    return lambda: sweep(method, f, start, STEPS, **axes).path


def picked_from_sweep(name):
    work = whole_sweep(name)
    return lambda: work().reshape(STEPS + 1, RUNS, 2)[:, spread_over(RUNS)]


def one_at_a_time(name):
    from lectopt import METHODS

    method, axes, curvatures = METHODS[name], grid(name), np.array(CURVATURES)
    values = np.stack(np.meshgrid(*axes.values(), indexing="ij"), axis=-1).reshape(RUNS, -1)[spread_over(RUNS)]
    settings = [dict(zip(axes, row.tolist(), strict=True)) for row in values]
    initial = [
        p.default for p in list(inspect.signature(method).parameters.values())[3:] if p.kind is not p.KEYWORD_ONLY
    ]

    class Bowl:
        def grad(self, theta):
            return curvatures * theta

    def work():
        path = np.empty((STEPS + 1, ALONE, 2))
        for i, hyper in enumerate(settings):
            states = (np.array(START), *initial)
            path[0, i] = states[0]
            for t in range(1, STEPS + 1):
                states = method(Bowl(), t, *states, **hyper)
                path[t, i] = states[0]
        return path

    return work


def against_loop(name, pairs=9):
    with Side(one_at_a_time, name) as loop, Side(picked_from_sweep, name) as ours:
        difference = np.abs(loop.result() - ours.result()).max()
        if not difference < 1e-9:
            raise AssertionError(f"{name}: the paths differ by {difference}")
    with Side(one_at_a_time, name) as loop, Side(whole_sweep, name, keep=4) as ours:
        loop.seconds(), ours.seconds(5)
        return compare([(loop.seconds() * RUNS / ALONE, ours.seconds(3)) for _ in range(pairs)])


def main():
    figures = {name: against_loop(name) for name in first_order()}
    save("first_order", __doc__, ["numpy"], figures, lambda plt: draw(plt, figures))
    for name, result in figures.items():
        ratio, seconds = result["peer_over_lectopt"], result["lectopt_seconds"]["median"]
        spread = f"({ratio['min']:,.0f} to {ratio['max']:,.0f})"
        print(f"{name:20} loop / sweep {ratio['median']:6,.0f} {spread:18} the sweep takes {1e3 * seconds:5.1f} ms")
    least = min(figures, key=lambda name: figures[name]["peer_over_lectopt"]["median"])
    middle = statistics.median(result["peer_over_lectopt"]["median"] for result in figures.values())
    print(f"median {middle:,.0f}; least: {least}")


def draw(plt, figures):
    figure, axes = plt.subplots(figsize=(9, 0.33 * len(figures) + 1.4), layout="constrained")
    for y, result in enumerate(figures.values()):
        ratio = result["peer_over_lectopt"]
        color, marker = (BLUE, "o") if ratio["median"] >= 1 else (ORANGE, "s")
        axes.plot([ratio["min"], ratio["max"]], [y, y], color=color, linewidth=2)
        axes.plot(ratio["median"], y, marker, color=color)
        text = f"{ratio['median']:,.0f} × faster, {1e3 * result['lectopt_seconds']['median']:.1f} ms"
        axes.annotate(text, (ratio["max"], y), (7, 0), textcoords="offset points", va="center")
    axes.set(xscale="log", yticks=range(len(figures)), yticklabels=list(figures))
    axes.set_xlim(1, axes.get_xlim()[1] * 8)
    axes.set_xlabel("time of the loop ÷ time of the sweep: median, smallest and largest pair")
    figure.suptitle("Every first-order method: a sweep of 2,500 runs × 200 steps against a loop of single runs")
    axes.invert_yaxis()
    return figure
