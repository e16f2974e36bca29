"""Answers to the exercises of notebook 06: right ones, and wrong ones with words of the reply. For test_check.py."""

import math

import numpy as np
import torch

from lectopt import cosine, exponential, inverse_sqrt, inverse_time, join, manual, power, staircase


def friends(initial, k, epochs):
    lr, result = initial, []
    for epoch in range(epochs):
        lr = lr / (1 + k * epoch)
        result.append(lr)
    return result


def by_counting(t, initial, k, every):
    lr = initial
    for step in range(1, t):
        if step % every == 0:
            lr = lr * k
    return lr


RIGHT = [
    ("rate_at_step", 0.2 * 0.95**10),
    ("rate_at_step", 0.1197),
    ("rate_at_step", torch.tensor(0.119747)),
    ("stairs", lambda t, initial, k, every: initial * k ** ((t - 1) // every)),
    ("stairs", by_counting),
    ("stairs", lambda t, initial, k, every: staircase(initial, k, every)(t)),
    ("compounded", lambda initial, k, epochs: [initial / (1 + k * epoch) for epoch in range(epochs)]),
    ("compounded", lambda initial, k, epochs: inverse_time(initial, k)(np.arange(1, epochs + 1))),
    ("quiet_end", inverse_time(0.3, 0.05)),
    ("quiet_end", lambda t: 0.3 / (1 + 0.07 * (t - 1))),
    ("quiet_end", exponential(0.3, 0.005)),
    ("quiet_end", lambda t: np.float64(0.3) / math.sqrt(t)),
]
WRONG = [
    ("rate_at_step", 0.2 * 0.95**500, "once a step"),
    ("rate_at_step", 0.2 * 0.95**11, "to the 11"),
    ("rate_at_step", 0.2 * 0.95**9, "to the 9"),
    ("rate_at_step", 0.598737, "began at 0.2"),
    ("rate_at_step", 0.15, "Count the epochs"),
    ("stairs", lambda t, initial, k, every: initial * k ** (t // every), "one step early"),
    ("stairs", lambda t, initial, k, every: initial * k ** ((t - 1) / every), "smooth slope"),
    ("stairs", lambda t, initial, k, every: initial * k ** (t / every), "smooth slope"),
    ("stairs", lambda t, initial, k, every: initial * k ** (t - 1), "falls at each step"),
    ("stairs", lambda t, initial, k, every: k ** ((t - 1) // every), "initial rate is missing"),
    ("stairs", lambda t, initial, k, every: initial * k * ((t - 1) // every), "power"),
    ("stairs", lambda t, initial, k, every: 7.0, "At t = 1"),
    ("compounded", friends, "divided before"),
    ("compounded", lambda initial, k, epochs: initial / (1 + k * np.arange(1, epochs + 1)), "count from 0"),
    ("compounded", lambda initial, k, epochs: initial / (1 + k) ** np.arange(epochs), "once an epoch"),
    ("compounded", lambda initial, k, epochs: initial / (1 + k * epochs), "should return 5 rates"),
    ("compounded", lambda initial, k, epochs: np.full(epochs, initial), "should be"),
    ("quiet_end", 0.3, "function of t"),
    ("quiet_end", manual({0: 0.013}), "fixed rate"),
    ("quiet_end", manual({0: 0.01, 500: 0.3}), "grows"),
    ("quiet_end", power(0.3, 0.95), "stops early"),
    ("quiet_end", inverse_time(0.3, 0.99), "stops early"),
    ("quiet_end", cosine(0.6, 4000), "diverges"),
    ("quiet_end", lambda t: -0.1, "negative"),
    ("quiet_end", lambda t: "fast", "should be a number"),
    ("quiet_end", join({0: 0.3, 900: 0.1}), "not quiet"),
    ("quiet_end", inverse_sqrt(0.9), "not quiet"),
]
