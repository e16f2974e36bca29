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
    if close(value, 0.2, 1e-6):
        raise NotYet("That is the best rate, 2 / (2 + 8). The edge lies beyond it.")
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
        if close(got, 2 * want):
            raise NotYet("Twice too large: the ½ of the cost cancels the 2 of the square.")
        if close(got, want / 2):
            raise NotYet("Half of it: the 2 of the square cancels the ½ of the cost.")
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
    cases = [
        (3.0, 2.0, 1.0, 0.5),
        (3.0, 2.0, 2.5, 2.4, 2.3, 1.0),
        (1.0, 1.0, 1.0, 1.0, 1.0),
        (5.0, 4.0, 4.5, 4.4, 3.0, 3.5, 3.6, 3.7, 2.0),
    ]
    slips = {
        "Compare with the best loss so far, not with the one before.": {"progress": lambda x, best, last: x < last},
        "A loss that only equals the best is no progress: it must be smaller to count.": {
            "progress": lambda x, best, last: x <= best
        },
        "The first loss is a best one: start counting after it.": {"waited": 1},
        "You stop one step late: stop at the third step without progress, not after it.": {"patience": 4},
        "You stop one step early: patience 3 stops at the third step without progress.": {"patience": 2},
    }
    got = [number(call(answer, np.array(losses), 3), "the step") for losses in cases]
    if got == [stopping_step(losses) for losses in cases]:
        return "It waits for progress, and no longer than it was told to."
    for words, slip in slips.items():
        if got == [stopping_step(losses, **slip) for losses in cases]:
            raise NotYet(words)
    if got == [float(np.argmin(losses)) for losses in cases]:
        raise NotYet("That is the step of the best loss. Return the step at which waiting ends.")
    losses, wrong = next((losses, step) for losses, step in zip(cases, got) if step != stopping_step(losses))
    raise NotYet(f"For {list(losses)} and patience 3 it should stop at step {stopping_step(losses)}, not {wrong:g}.")


def stopping_step(losses, patience=3, progress=lambda x, best, last: x < best, waited=0):
    """The step at which `patience` steps have passed without progress; the last step if that never happens."""
    best = last = losses[0]
    for step, x in enumerate(losses[1:], start=1):
        waited = 0 if progress(x, best, last) else waited + 1
        best, last = min(best, x), x
        if waited == patience:
            return step
    return len(losses) - 1


@exercise(
    "At the floor, noise adds to the distance what descent takes away. Both depend on lr, the noise on B too.",
    "A step's noise has variance lr²·σ²/B. Descent takes away a share of about 2·lr·λ. So the floor goes as lr / B.",
)
def same_floor(answer):
    """The learning rate that gives batches of 64 the noise floor that lr = 0.02 gives batches of 16."""
    value = number(answer)
    if close(value, 0.04, 1e-6):
        raise NotYet("That would be right if noise fell with √B in the loss. The floor of the loss goes as lr / B.")
    if value <= 0.02:
        raise NotYet("Larger batches have less noise, so they can afford a larger lr, not a smaller one.")
    if not 0.06 <= value <= 0.085:
        raise NotYet("Look at the two pictures of the noise floor: how does it change with lr, and how with B?")
    if not close(value, 0.08, 1e-6):
        return "Measured well: the floor rises a little faster than lr. The rule of thumb, lr / B, says 0.08."
    return "Four times the batch allows four times the learning rate: the linear scaling rule."
