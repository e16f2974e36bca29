"""2,500 runs × 200 steps on a quadratic of two parameters, every step kept.

lectopt's `sweep` against a loop of torch.optim.SGD, the same loop in NumPy, and JAX's jit(vmap(vmap(scan))). All get
the same gradients, written by hand, and give the same path, which is checked first.

Against JAX: the first call in a fresh process, and the calls after the first ten. There it matters what becomes of the
results: all kept (each path lies in memory that is new), the last four kept, or dropped (the next path takes the same
memory again). New memory costs about as much time as the arithmetic, to both sides.
"""

import numpy as np

from benchmarks import BLUE, ORANGE, Side, compare, save, verdict

STEPS = 200
CURVATURES = (1.0, 25.0)
START = (1.0, 1.0)


def grid(method):
    """The axes of the sweep, 2,500 runs: stable for each method, so that no side works with infinities."""
    if method == "gradient_descent":
        return {"lr": np.linspace(0.001, 0.07, 2500)}
    beta = {"momentum": "beta", "adam": "beta1"}[method]
    return {"lr": np.linspace(0.001, 0.07, 50), beta: np.linspace(0, 0.98, 50)}


# Each side is prepared (imports, arrays on the device) before its clock starts.


def lectopt_sweep(method, dtype="float64"):
    import lectopt

    method, axes, f = getattr(lectopt, method), grid(method), lectopt.quadratic(CURVATURES)
    sweep, start = lectopt.sweep, np.array(START, dtype)
    return lambda: sweep(method, f, start, STEPS, **axes).path


def torch_loop():
    import torch

    curvatures = torch.tensor(CURVATURES, dtype=torch.float64)
    lrs, betas = (values.tolist() for values in grid("momentum").values())

    def one(lr, beta):
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        values = theta.detach()
        optimizer = torch.optim.SGD([theta], lr=lr, momentum=beta)
        path = [values.clone()]
        for _ in range(STEPS):
            theta.grad = curvatures * values
            optimizer.step()
            path.append(values.clone())
        return torch.stack(path)

    def work():
        runs = torch.stack([one(lr, beta) for lr in lrs for beta in betas])
        return runs.reshape(len(lrs), len(betas), STEPS + 1, 2).permute(2, 0, 1, 3)

    return work


def numpy_loop():
    curvatures, start = np.array(CURVATURES), np.array(START)
    lrs, betas = (values.tolist() for values in grid("momentum").values())

    def work():
        path = np.empty((STEPS + 1, len(lrs), len(betas), 2))
        for i, lr in enumerate(lrs):
            for j, beta in enumerate(betas):
                theta, v = start, 0
                path[0, i, j] = theta
                for t in range(1, STEPS + 1):
                    v = beta * v + lr * (curvatures * theta)
                    theta = theta - v
                    path[t, i, j] = theta
        return path

    return work


def jax_scan(method, dtype="float64"):
    """The form that was fastest here of those tried: the step hands out theta before it changes, one step too many."""
    import jax

    jax.config.update("jax_enable_x64", True)
    curvatures, start = jax.numpy.array(CURVATURES, dtype), jax.numpy.array(START, dtype)
    axes = [jax.numpy.array(values, dtype) for values in grid(method).values()]

    def gradient_descent(t, theta, lr):
        return (theta - lr * (curvatures * theta),)

    def momentum(t, theta, v, lr, beta):
        v = beta * v + lr * (curvatures * theta)
        return theta - v, v

    def adam(t, theta, m, v, lr, beta1, beta2=0.999, eps=1e-8):
        g = curvatures * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        return theta - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), m, v

    step, states = {"gradient_descent": (gradient_descent, 1), "momentum": (momentum, 2), "adam": (adam, 3)}[method]
    steps = jax.numpy.arange(1, STEPS + 2, dtype=dtype)
    zero = jax.numpy.zeros_like(start)

    def one(*hyper):
        initial = (start, *[zero] * (states - 1))
        return jax.lax.scan(lambda state, t: (step(t, *state, *hyper), state[0]), initial, steps)[1]

    runs = one
    for axis in reversed(range(len(axes))):
        runs = jax.vmap(runs, in_axes=[0 if i == axis else None for i in range(len(axes))], out_axes=1)
    runs = jax.jit(runs)
    return lambda: runs(*axes).block_until_ready()


# What is timed, and the goal for it: at least so many times faster than a loop or a first call; at most so many times
# JAX's time from then on.

LOOPS = {"torch.optim.SGD, one run at a time": (torch_loop, 3, 1500), "NumPy, one run at a time": (numpy_loop, 5, None)}
FIRST_CALLS = {"momentum": 20, "adam": None}
STEADY_GOALS = {"gradient_descent": 1.2, "momentum": 1.2, "adam": 2.5}
STEADY = [
    *[(method, "float64", keep) for keep in (None, 4, 0) for method in STEADY_GOALS],
    *[(method, "float32", keep) for keep in (None, 0) for method in STEADY_GOALS],
]
KEPT = {None: "all kept", 4: "last four kept", 0: "dropped"}


def check(a, b, tolerance=1e-9):
    """Both sides' paths are the same numbers."""
    a, b = a.result(), b.result()
    if a.shape != b.shape or not np.abs(a - b).max() < tolerance:
        raise AssertionError(f"the paths differ: shapes {a.shape} and {b.shape}, by {np.abs(a - b).max()}")


def against_loop(make, pairs):
    with Side(make) as loop, Side(lectopt_sweep, "momentum", keep=4) as ours:
        check(loop, ours)
        ours.seconds(10)
        return compare([(loop.seconds(), ours.seconds(10)) for _ in range(pairs)])


def against_jax_first_call(method, pairs=9):
    times = []
    for _ in range(pairs):
        with Side(jax_scan, method) as jax, Side(lectopt_sweep, method) as ours:
            times.append((jax.seconds(), ours.seconds()))
    return compare(times)


def against_jax(method, dtype, keep, pairs=31):
    with Side(jax_scan, method, dtype, keep=keep) as jax, Side(lectopt_sweep, method, dtype, keep=keep) as ours:
        check(jax, ours, 1e-9 if dtype == "float64" else 1e-4)
        for side in (jax, ours):
            side.seconds(10)
        return compare([(jax.seconds(3), ours.seconds(3)) for _ in range(pairs)])


def main():
    rows = []  # label, figures, goal, whether the goal is a least (of peer / lectopt) or a most (of lectopt / peer)
    for label, (make, pairs, goal) in LOOPS.items():
        rows.append((label, against_loop(make, pairs), goal, True))
    for method, goal in FIRST_CALLS.items():
        rows.append((f"JAX, first call, {method}", against_jax_first_call(method), goal, True))
    for method, dtype, keep in STEADY:
        goal = STEADY_GOALS[method] if dtype == "float64" and keep != 0 else None
        label = f"JAX, {method}, {dtype}, {KEPT[keep]}"
        rows.append((label, against_jax(method, dtype, keep), goal, False))

    figures = {label: result | ({"goal": goal} if goal else {}) for label, result, goal, _ in rows}
    save("sweep", __doc__, ["numpy", "torch", "jax", "jaxlib"], figures, lambda plt: draw(plt, rows))
    for label, result, goal, at_least in rows:
        faster, slower = result["peer_over_lectopt"], result["lectopt_over_peer"]
        ratio = faster if at_least else slower
        words = "peer / lectopt" if at_least else "lectopt / peer"
        line = f"{label:46} {words} {ratio['median']:8,.2f} ({ratio['min']:,.2f} to {ratio['max']:,.2f})"
        print(line + (f"   {verdict(ratio['median'], goal, at_least=at_least)}" if goal else ""))


def draw(plt, rows):
    figure, axes = plt.subplots(figsize=(10.5, 0.36 * len(rows) + 1.8), layout="constrained")
    for y, (_, result, goal, at_least) in enumerate(rows):
        ratio = result["peer_over_lectopt"]
        middle = ratio["median"]
        color, marker = (BLUE, "o") if middle >= 1 else (ORANGE, "s")
        axes.plot([ratio["min"], ratio["max"]], [y, y], color=color, linewidth=2)
        axes.plot(middle, y, marker, color=color)
        if goal:
            axes.plot(goal if at_least else 1 / goal, y, "|", color="black", markersize=16, markeredgewidth=1.5)
        words = f"{middle:,.3g} × faster" if middle < 1000 else f"{middle:,.0f} × faster"
        words = words if middle >= 1 else f"{result['lectopt_over_peer']['median']:.2f} × slower"
        right = max(ratio["max"], 1) * 1.25
        axes.text(right, y, words, va="center", bbox={"color": "white", "pad": 1}, zorder=0)
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", yticks=range(len(rows)), yticklabels=[label for label, *_ in rows])
    axes.set_xlim(right=axes.get_xlim()[1] * 12)
    axes.set_xlabel("time of the peer ÷ time of lectopt: median, smallest and largest pair; tall tick: goal")
    figure.suptitle("A sweep of 2,500 runs × 200 steps in lectopt and in its peers: circles faster, squares slower")
    axes.invert_yaxis()
    return figure
