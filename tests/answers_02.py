"""Answers to the exercises of notebook 02: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np
import torch


def batch(theta, X, y, indices):
    rows = X[indices]
    return rows.T @ (rows @ theta - y[indices]) / len(indices)


def waits(losses, patience, equal=False, previous=False, first=False):
    best, waited = np.inf, 0
    for step, loss in enumerate(losses):
        better = loss <= best if equal else loss < best
        waited = 0 if better and not (first and step == 0) else waited + 1
        best = loss if previous else min(best, loss)
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
    ("same_floor", 0.067),
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
    ("patience", lambda losses, patience: waits(losses, patience, equal=True), "only equals"),
    ("patience", lambda losses, patience: waits(losses, patience, previous=True), "not with the one before"),
    ("patience", lambda losses, patience: waits(losses, patience, first=True), "start counting after it"),
    ("patience", lambda losses, patience: np.argmin(losses), "step of the best loss"),
    ("stability_edge", 0.2, "best rate"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, i) * 2, "Twice too large"),
    ("minibatch_gradient", lambda t, X, y, i: batch(t, X, y, i) / 2, "Half of it"),
    ("same_floor", 0.04, "√B"),
    ("same_floor", 0.005, "larger lr"),
    ("same_floor", 0.05, "noise floor"),
]
