"""Exercises of notebook 01, learning as optimization."""

import numpy as np

from ..objectives import double_well, least_squares
from ..optimizers import METHODS
from ..running import run
from .check import NotYet, call, close, exercise, number, numbers


@exercise(
    "The curve J(θ₁) is a parabola with its minimum at θ₁ = 1.",
    "θ₁ = 2 is as far from the minimum as θ₁ = 0, and the parabola is symmetric.",
)
def cost_at_two(answer):
    """Predict J(2) for the data (1, 1), (2, 2), (3, 3)."""
    value = number(answer)
    if close(value, 14 / 3, 1e-2):
        raise NotYet("That is the mean of the squares. The cost has a factor ½ in front of the mean.")
    if close(value, 7.0, 5e-3) or close(value, 14.0, 5e-3):
        raise NotYet("That is a sum over the samples. The cost divides by 2m, with m = 3 samples.")
    if close(value, 6.0, 1e-2):
        raise NotYet("You add first and square then. Square each residual, then add.")
    if value == 0 or close(value, 1.0, 1e-2):
        raise NotYet("The minimum lies at θ₁ = 1. At θ₁ = 2 the line is too steep: the residuals are 1, 2 and 3.")
    if not close(value, 14 / 6, 1.2e-2):  # so that the lecture's rounded 2.3 counts
        raise NotYet("The residuals at θ₁ = 2 are 1, 2 and 3. Square, add, divide by 2m.")
    return "The parabola is symmetric about θ₁ = 1, so J(2) = J(0)."


@exercise(
    "Differentiate ½ (θ₀ + θ₁x − y)² once by θ₀ and once by θ₁.",
    "With the residual r = θ₀ + θ₁x − y, the two slopes are the means of r and of r·x.",
)
def line_gradient(answer):
    """A function gradient(theta, x, y) of the cost 1/2m Σ (θ₀ + θ₁x − y)²."""
    rng = np.random.default_rng(1)
    for m in (1, 3, 7):
        theta, x, y = rng.normal(size=2), rng.normal(size=m), rng.normal(size=m)
        want = least_squares(np.stack([np.ones(m), x], axis=1), y).grad(theta)
        got = numbers(call(answer, theta, x, y), "The gradient")
        if got.shape != (2,):
            raise NotYet(f"The gradient has one number a parameter, shape (2,), but yours has shape {got.shape}.")
        if close(got, want):
            continue
        if m > 1 and close(got, m * want):
            raise NotYet("You sum over the samples where the cost takes the mean.")
        if close(got, -want):
            raise NotYet("The sign is turned: the residual is prediction minus target.")
        if close(got, 2 * want):
            raise NotYet("Twice too large: the ½ of the cost cancels the 2 of the square.")
        if close(got, want / 2):
            raise NotYet("Half of it: the 2 from the square cancels the ½ of the cost.")
        if close(got, want[[0, 0]]):
            raise NotYet("The slope of θ₁ has the factor x.")
        if close(got, want[::-1]):
            raise NotYet("The two slopes have changed places: θ₀ comes first.")
        samples = "one sample" if m == 1 else f"{m} samples"
        raise NotYet(f"For {samples} the gradient should be {want.round(4)}, but yours is {got.round(4)}.")
    return "It agrees with the reference for 1, 3 and 7 samples."


@exercise(
    "Both slopes vanish: Σ (a x + b − z) x = 0 and Σ (a x + b − z) = 0. These are two linear equations in a and b.",
    "Build X with rows (x, 1). The normal equations are XᵀX (a, b) = Xᵀz; np.linalg.solve does the rest.",
)
def normal_equations(answer):
    """A function fit(x, z) that returns (a, b) of the least-squares line."""
    rng = np.random.default_rng(2)
    for m in (3, 10):
        x = rng.normal(size=m)
        z = 2.0 * x - 1.0 + rng.normal(size=m)
        want = np.polyfit(x, z, 1)
        got = numbers(call(answer, x, z), "The line")
        if got.shape != (2,):
            raise NotYet(f"A line has two numbers, (a, b), but yours has shape {got.shape}.")
        if close(got, want, 1e-6):
            continue
        if close(got, [0.95, 1.05], 1e-6):
            raise NotYet("That is the lecture's answer for every data set. Use x and z.")
        if close(got, want[::-1], 1e-6):
            raise NotYet("a and b have changed places: return the slope a first, then b.")
        if close(got[1], 0.0, 1e-12):
            raise NotYet("Your line goes through the origin. X needs a column of ones for b.")
        raise NotYet(f"For {m} points the line is a = {want[0]:.4f}, b = {want[1]:.4f}, but yours is {got.round(4)}.")
    return "It finds the line of any data, not only of the lecture's three points."


@exercise(
    "The double well has its hill between the two valleys. Descent can't climb it.",
    "Begin to the right of the hill, at θ[0] > 0.1, anywhere the map shows.",
)
def start_at_local_minimum(answer):
    """A start from which descent on the double well ends in the local, not the global, minimum."""
    start = None if callable(answer) else numbers(answer, "A start")
    if start is None or start.shape != (2,) or not np.isfinite(start).all():
        raise NotYet("A start is two finite numbers, such as [-1.5, 1.0].")
    f = double_well()
    (low, high), (down, up) = f.domain
    if not (low <= start[0] <= high and down <= start[1] <= up):
        raise NotYet(f"Stay on the map: θ[0] from {low:g} to {high:g}, θ[1] from {down:g} to {up:g}.")
    end = run(METHODS["gradient_descent"], f, start, 400, lr=0.02)[-1]
    best, other = f.minimizers
    if np.linalg.norm(end - other) < 1e-3:
        return f"From there descent ends at loss {f(other):.3f}; the global minimum has {f(best):.3f}."
    if np.linalg.norm(end - best) < 1e-3:
        raise NotYet("From there descent finds the global minimum. The local one is the shallower valley.")
    raise NotYet("From there descent reaches neither minimum in 400 steps: it starts too close to the top of the hill.")
