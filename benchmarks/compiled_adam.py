"""One step of Adam on 2,000,000 float32 parameters, on the CPU: lectopt's ten lines against torch.optim.Adam.

lectopt's `adam` under torch.compile, writing over the old state as torch's optimizers do (that is the goal), or
returning new arrays, or as it is, eager. torch.optim.Adam with foreach (the goal's peer) and fused. All start from one
state and are given one gradient; the states after 20 steps are compared first. t is a 0-dimensional float32 tensor,
as it is in torch's own capturable Adam, so that one compiled step serves all t. Each side has one thread: with more,
whatever else the machine does makes the threads wait for each other, and nothing is measured but that.
"""

import numpy as np

from benchmarks import BLUE, ORANGE, Side, compare, save, verdict

P, LR, STEPS = 2_000_000, 1e-3, 20


def start():
    """theta and a gradient, the same in each process."""
    import torch

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    return torch.randn(P, generator=generator), torch.randn(P, generator=generator)


def lectopt_adam(kind):
    import torch

    import lectopt

    theta, gradient = start()
    lectopt.namespace(theta)  # before it is compiled

    class Given:
        """An objective of which only the gradient is asked."""

        def __init__(self, g):
            self.g = g

        def grad(self, theta):
            return self.g

    def step(t, g, *states):
        return lectopt.adam(Given(g), t, *states, lr=LR)

    def step_in_place(t, g, *states):
        for old, new in zip(states, step(t, g, *states), strict=True):
            old.copy_(new)
        return states

    advance = {
        "eager": step,
        "compiled, new arrays": torch.compile(step, fullgraph=True),
        "compiled, in place": torch.compile(step_in_place, fullgraph=True),
    }[kind]
    states, t = (theta, torch.zeros(P), torch.zeros(P)), torch.tensor(0.0)
    advance(t + 1, gradient, *(s.clone() for s in states))  # compiles

    def work():
        nonlocal states, t
        t = t + 1
        states = advance(t, gradient, *states)
        return states[0]

    return work


def torch_adam(kind):
    import torch

    theta, gradient = start()
    parameter = torch.nn.Parameter(theta)
    parameter.grad = gradient
    optimizer = torch.optim.Adam([parameter], lr=LR, **{kind: True})

    def work():
        optimizer.step()
        return parameter.detach()

    return work


ROWS = (  # lectopt's side, torch's side, the goal: at least so many times faster
    ("compiled, in place", "foreach", 1),
    ("compiled, new arrays", "foreach", None),
    ("eager", "foreach", None),
    ("compiled, in place", "fused", None),
)


def against_torch(ours, theirs, pairs=40):
    with Side(torch_adam, theirs) as peer, Side(lectopt_adam, ours) as own:
        for side in (peer, own):
            side.seconds(STEPS - 1)
        difference = np.abs(peer.result() - own.result()).max()
        if not difference < 2e-5:  # of a way of 20 · 1e-3
            raise AssertionError(f"after {STEPS} steps theta differs by {difference}")
        return compare([(peer.seconds(10), own.seconds(10)) for _ in range(pairs)])


def main():
    rows = [(f"{ours} / {theirs}", against_torch(ours, theirs), goal) for ours, theirs, goal in ROWS]
    figures = {label: result | ({"goal": goal} if goal else {}) for label, result, goal in rows}
    save("compiled_adam", __doc__, ["numpy", "torch"], figures, lambda plt: draw(plt, rows))
    for label, result, goal in rows:
        ratio = result["peer_over_lectopt"]
        times = " against ".join(
            f"{1e3 * result[side]['median']:.2f} ms" for side in ("lectopt_seconds", "peer_seconds")
        )
        line = f"{label:32} {times}: {ratio['median']:.2f} times as fast ({ratio['min']:.2f} to {ratio['max']:.2f})"
        print(line + (f"   {verdict(ratio['median'], goal, at_least=True)}" if goal else ""))


def draw(plt, rows):
    figure, axes = plt.subplots(figsize=(9, 0.45 * len(rows) + 1.4), layout="constrained")
    for y, (_, result, goal) in enumerate(rows):
        ratio = result["peer_over_lectopt"]
        color, marker = (BLUE, "o") if ratio["median"] >= 1 else (ORANGE, "s")
        axes.plot([ratio["min"], ratio["max"]], [y, y], color=color, linewidth=2)
        axes.plot(ratio["median"], y, marker, color=color)
        if goal:
            axes.plot(goal, y, "|", color="black", markersize=16, markeredgewidth=1.5)
        text = f"{ratio['median']:.2f} ×, {1e3 * result['lectopt_seconds']['median']:.2f} ms"
        axes.annotate(text, (ratio["max"], y), (7, 0), textcoords="offset points", va="center")
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", yticks=range(len(rows)), yticklabels=[label for label, *_ in rows])
    axes.set_xlim(right=axes.get_xlim()[1] * 3)
    axes.set_xlabel("time of torch.optim.Adam ÷ time of lectopt: median, least and largest; tall tick: goal")
    figure.suptitle("One step of Adam on 2 million parameters: circles faster, squares slower")
    axes.invert_yaxis()
    return figure
