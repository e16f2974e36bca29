"""Answers to the exercises of notebook 01: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np


def line_gradient(theta, x, y, factor=1.0):
    r = theta[0] + theta[1] * x - y
    return factor * np.array([r.mean(), (r * x).mean()])


def line_gradient_in_place(theta, x, y):
    x *= 1.0
    y -= theta[0]
    return line_gradient(theta, x, y)


def fit(x, z):
    return np.linalg.lstsq(np.stack([x, np.ones_like(x)], axis=1), z, rcond=None)[0]


RIGHT = [
    ("cost_at_two", 2.333),
    ("cost_at_two", np.float64(7 / 3)),
    ("line_gradient", line_gradient),
    ("line_gradient", lambda theta, x, y: list(line_gradient(theta, x, y))),
    ("line_gradient", lambda t, x, y: np.stack([np.ones_like(x), x]) @ (t[0] + t[1] * x - y) / len(x)),
    ("normal_equations", fit),
    ("normal_equations", lambda x, z: tuple(np.polyfit(x, z, 1))),
    ("start_at_local_minimum", [1.0, 0.5]),
    ("start_at_local_minimum", np.array([0.5, -1.0])),
]
WRONG = [
    ("cost_at_two", 14 / 3, "factor ½"),
    ("cost_at_two", 7.0, "divides by 2m"),
    ("cost_at_two", 1.0, "residuals are 1, 2 and 3"),
    ("cost_at_two", "two", "should be a number"),
    ("cost_at_two", np.nan, "one finite number"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, len(x)), "sum over the samples"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, -1.0), "sign is turned"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, 2.0), "Twice too large"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, 0.5), "Half of it"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y) / 2 / len(x), "Half of it"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y)[[0, 0]], "has the factor x"),
    ("line_gradient", lambda t, x, y: 3.0 * line_gradient(t, x, y), "For one sample the"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y) / len(x), "For 3 samples the"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y)[::-1], "changed places"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y)[0], "one number a parameter"),
    ("line_gradient", line_gradient_in_place, "in place"),
    ("line_gradient", lambda t, x, y: 1 / 0, "ZeroDivisionError"),
    ("line_gradient", lambda t, x, y: print(end=""), "returned nothing"),
    ("line_gradient", 3, "asks for a function"),
    ("normal_equations", lambda x, z: (0.95, 1.05), "every data set"),
    ("normal_equations", lambda x, z: fit(x, z)[::-1], "changed places"),
    ("normal_equations", lambda x, z: ((x @ z) / (x @ x), 0.0), "through the origin"),
    ("normal_equations", lambda x, z: (1.0, 2.0), "the line is a ="),
    ("start_at_local_minimum", [-1.0, 0.0], "global minimum"),
    ("start_at_local_minimum", [0.5], "two finite numbers"),
    ("start_at_local_minimum", [50.0, 50.0], "Stay on the map"),
]
