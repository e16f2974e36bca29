"""Answers to the exercises of notebook 10: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np


def product(grad, theta, v, h=1e-4):
    return (grad(theta + h * v) - grad(theta - h * v)) / (2 * h)


def by_columns(grad, theta, v, h=1e-5):
    H = [(grad(theta + h * e) - grad(theta - h * e)) / (2 * h) for e in np.eye(len(theta))]
    return np.stack(H, axis=1) @ v


def search(f, theta, u, g, c1):
    step = 1.0
    while f(theta + step * u) > f(theta) + c1 * step * (g @ u):
        step = step / 2
    return step


def as_printed(f, theta, u, g, c1):
    step = 1.0
    while f(theta + step * u) > f(theta) + c1 * step * (u @ u):
        step = step / 2
    return step


def any_decrease(f, theta, u, g, c1):
    step = 1.0
    while f(theta + step * u) >= f(theta):
        step = step / 2
    return step


def endless(f, theta, u, g, c1):
    while f(theta + u) > f(theta) + c1 * (g @ u):
        pass
    return 1.0


RIGHT = [
    ("conjugate_steps", 4),
    ("hessian_times", product),
    ("hessian_times", lambda grad, theta, v: product(grad, theta, v, 1e-3)),
    ("sufficient_decrease", search),
    ("newton_trap", [0.1, 0.5]),
    ("newton_trap", np.array([-0.2, 1.0])),
]
WRONG = [
    ("conjugate_steps", 200, "only four"),
    ("conjugate_steps", 1, "Newton's"),
    ("conjugate_steps", 50, "How often"),
    ("conjugate_steps", 3, "three curvatures"),
    ("hessian_times", by_columns, "two are enough"),
    ("hessian_times", lambda grad, theta, v: -product(grad, theta, v), "sign is turned"),
    ("hessian_times", lambda grad, theta, v: 2 * product(grad, theta, v), "2 h apart"),
    ("hessian_times", lambda grad, theta, v: (grad(theta + 1e-2 * v) - grad(theta)) / 1e-2, "Nearly"),
    ("hessian_times", lambda grad, theta, v: grad(theta + 1e-5 * v) - grad(theta - 1e-5 * v), "Far too small"),
    ("hessian_times", lambda grad, theta, v: grad(theta) * v, "It should be"),
    ("hessian_times", lambda grad, theta, v: v @ grad(theta), "shape (4,)"),
    ("sufficient_decrease", as_printed, "higher than before"),
    ("sufficient_decrease", any_decrease, "any decrease"),
    ("sufficient_decrease", endless, "does not end"),
    ("sufficient_decrease", lambda *a: search(*a) / 2, "the first of"),
    ("newton_trap", [1.5, 1.2], "minimum at"),
    ("newton_trap", [0.96, 0.0], "zero already"),
    ("newton_trap", [1.0, 2.0, 3.0], "two finite numbers"),
]
