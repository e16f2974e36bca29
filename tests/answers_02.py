"""Answers to the exercises of notebook 02: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np
import torch


def batch(theta, X, y, indices):
    rows = X[indices]
    return rows.T @ (rows @ theta - y[indices]) / len(indices)


def waits(losses, patience):
    best, waited = np.inf, 0
    for step, loss in enumerate(losses):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            return step
    return len(losses) - 1


RIGHT = [
    ("stability_edge", 0.25),
    ("stability_edge", torch.tensor(2 / 8)),
    ("minibatch_gradient", batch),
    ("minibatch_gradient", lambda t, X, y, i: ((X[i] @ t - y[i])[:, None] * X[i]).mean(0)),
    ("patience", waits),
    ("same_floor", 0.08),
]
WRONG = [
    ("stability_edge", 1.0, "flat direction"),
    ("stability_edge", 0.125, "1 / L"),
    ("stability_edge", 0.3, "multiplies the distance"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, i) * len(i), "sum over the batch"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, i) * len(i) / len(X), "all 12 samples"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, np.arange(12)), "second loop"),
    ("minibatch_gradient", lambda t, X, y, i: -batch(t, X, y, i), "sign is turned"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, i) + 1, "should be"),
    ("patience", lambda losses, patience: 0, "should stop at step"),
    ("patience", lambda losses, patience: waits(losses, patience + 1), "one step late"),
    ("patience", lambda losses, patience: waits(losses, patience - 1), "one step early"),
    ("same_floor", 0.04, "√B"),
    ("same_floor", 0.005, "larger lr"),
    ("same_floor", 0.02, "noise floor"),
]
