"""Exercises of notebook 02, gradient descent."""

import numpy as np

from .check import NotYet, call, close, exercise, number, numbers


@exercise(
    "The edge is set by the steepest direction alone.",
    "It is 2 / L, where L is the largest eigenvalue.",
)
def stability_edge(answer):
    """Predict the learning rate at which descent on eigenvalues 2 and 8 stops converging."""
    value = number(answer)
    if close(value, 1.0, 1e-6):
        raise NotYet("That is 2 / 2: the edge of the flat direction. The steep one diverges long before.")
    if close(value, 0.125, 1e-6):
        raise NotYet("That is 1 / L, where a step lands in the valley's floor at once. The edge is twice as far.")
    if not close(value, 0.25, 1e-6):
        raise NotYet("A step multiplies the distance along a direction by 1 − lr·λ. When does its size exceed 1?")
    return "Beyond 2 / 8 = 0.25 the steep direction grows at each step."


@exercise(
    "The batch's gradient should be about as large as the full one, whatever the batch size.",
    "Take the rows X[indices] and y[indices], and divide by how many they are.",
)
def minibatch_gradient(answer):
    """A function gradient(theta, X, y, indices) of the cost 1/2B Σ (x·θ − y)² over the batch."""
    rng = np.random.default_rng(3)
    X, y, theta = rng.normal(size=(12, 3)), rng.normal(size=12), rng.normal(size=3)
    for indices in (np.array([4]), np.array([0, 5, 7]), np.arange(12)):
        rows, B = X[indices], len(indices)
        want = np.linalg.multi_dot([rows.T, rows, theta]) / B - rows.T @ y[indices] / B
        got = numbers(call(answer, theta, X, y, indices), "The gradient")
        if got.shape != (3,):
            raise NotYet(f"The gradient has one number a parameter, shape (3,), but yours has shape {got.shape}.")
        if close(got, want):
            continue
        if close(got, want * B):
            raise NotYet("You sum over the batch. Divide by its size, or the step grows with the batch.")
        if close(got, want * B / 12):
            raise NotYet("You divide by all 12 samples. The batch's mean divides by the batch's size.")
        if close(got, X.T @ (X @ theta - y) / 12):
            raise NotYet("You sampled a batch, and then used all the data: the slip of the lecture's second loop.")
        if close(got, -want):
            raise NotYet("The sign is turned: this is the direction of descent, not the gradient.")
        raise NotYet(f"For the batch {indices} it should be {want.round(4)}, but yours is {got.round(4)}.")
    return "One sample, three, or all: the same function."


@exercise(
    "Keep the best loss so far, and count the steps since it was beaten.",
    "Return the first step at which that count reaches patience; the last step if it never does.",
)
def patience(answer):
    """A function stop(losses, patience) that returns the step at which to stop."""
    cases = {
        (3.0, 2.0, 1.0, 0.5): 3,
        (3.0, 2.0, 2.5, 2.4, 2.3, 1.0): 4,
        (1.0, 1.0, 1.0, 1.0, 1.0): 3,
        (5.0, 4.0, 4.5, 4.4, 3.0, 3.5, 3.6, 3.7, 2.0): 7,
    }
    for losses, want in cases.items():
        got = number(call(answer, np.array(losses), 3), "the step")
        if got == want:
            continue
        if losses[0] == losses[1]:
            raise NotYet("A loss that only equals the best so far is no progress: it must be smaller to count.")
        if got == want + 1:
            raise NotYet("You stop one step late: stop at the third step without progress, not after it.")
        if got == want - 1:
            raise NotYet("You stop one step early: patience 3 stops at the third step without progress.")
        raise NotYet(f"For the losses {list(losses)} and patience 3 it should stop at step {want}, not {got:g}.")
    return "It waits for progress, and no longer than it was told to."


@exercise(
    "At the floor, noise adds to the distance what descent takes away. Both depend on lr, the noise on B too.",
    "A step's noise has variance lr²·σ²/B, and descent takes away a share of about 2·lr: the floor goes as lr / B.",
)
def same_floor(answer):
    """The learning rate that gives batches of 64 the noise floor that lr = 0.02 gives batches of 16."""
    value = number(answer)
    if close(value, 0.04, 1e-6):
        raise NotYet("That would be right if noise fell with √B in the loss. The floor of the loss goes as lr / B.")
    if close(value, 0.005, 1e-6):
        raise NotYet("Larger batches have less noise, so they can afford a larger lr, not a smaller one.")
    if not close(value, 0.08, 1e-6):
        raise NotYet("Look at the two pictures of the noise floor: how does it change with lr, and how with B?")
    return "Four times the batch allows four times the learning rate: the linear scaling rule."
