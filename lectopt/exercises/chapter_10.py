"""Exercises of notebook 10, landscapes and curvature."""

import numpy as np

from ..objectives import Objective, double_well, quadratic
from .check import NotYet, call, close, exercise, number, numbers


@exercise(
    "On a quadratic, conjugate gradients need at most as many steps as there are parameters. Can it be fewer?",
    "Directions with the same curvature are one direction to them: run the 30 parameters with 3 curvatures again.",
)
def conjugate_steps(answer):
    """Predict the steps of conjugate gradients on 200 parameters with 4 different curvatures."""
    value = number(answer)
    if value == 200:
        raise NotYet("200 is the bound for 200 different curvatures. Here there are only four of them.")
    if value == 1:
        raise NotYet("One step is Newton's. Conjugate gradients never see the Hessian, only what they meet on the way.")
    if value == 50:
        raise NotYet("How often each curvature occurs does not matter, only how many different ones there are.")
    if value != 4:
        raise NotYet("Look at the quadratic of 30 parameters with three curvatures: how many steps did it take?")
    return "One step for each different curvature."


@exercise(
    "Along v, the Hessian is the change of the gradient, divided by how far you went.",
    "Two gradients: at theta + h v and at theta - h v, with a small h such as 1e-4. Divide their difference by 2 h.",
)
def hessian_times(answer):
    """A function hessian_times(grad, theta, v) from two gradients."""
    rng = np.random.default_rng(10)
    C = rng.normal(size=(5, 4))
    f = Objective(
        lambda theta: np.sum((theta @ C.T) ** 4, axis=-1) / 12,
        lambda theta: (theta @ C.T) ** 3 @ C / 3,
    )
    theta, v = rng.normal(size=4), rng.normal(size=4)
    for at, along in ((theta, v), (theta, 3 * v), (np.zeros(4), v)):
        H = (C.T * (C @ at) ** 2) @ C
        counted = f.counted()
        got = numbers(call(answer, counted.grad, at, along), "H v")
        if counted.evaluations["gradients"] > 3:
            raise NotYet(f"You took {counted.evaluations['gradients']} gradients. Along one v, two are enough.")
        if got.shape != (4,):
            raise NotYet(f"H v has one number a parameter, shape (4,), but yours has shape {got.shape}.")
        want, size = H @ along, 1e-12 + abs(H @ along).max()
        error = abs(got - want).max() / size
        if error < 1e-5 or not at.any():
            continue
        if close(got, -want, 1e-4):
            raise NotYet("The sign is turned: take the gradient ahead minus the gradient behind.")
        if close(got, 2 * want, 1e-4):
            raise NotYet("Twice too large: the two points lie 2 h apart, not h.")
        if error < 0.2:
            raise NotYet(f"Nearly: off by {error:.0e}. Take the difference of both sides, and h of about 1e-4 or 1e-5.")
        if abs(got).max() < 1e-2 * size:
            raise NotYet("Far too small. Did you divide the difference by the distance?")
        raise NotYet(f"It should be {want.round(3)}, but yours is {got.round(3)}.")
    return "Two gradients, whatever the number of parameters."


@exercise(
    "The line of sufficient decrease must fall. What is the slope of f along u?",
    "The slope along u is g @ u, which is negative. The printed u @ u is positive: its line climbs.",
)
def sufficient_decrease(answer):
    """The corrected search(f, theta, u, g, c1): halve the step until Armijo's condition holds."""
    theta = np.array([1.0, 1.0])
    cases = [(quadratic([1.0, 10.0]), 1e-4), (quadratic([1.0, 10.0]), 0.5), (quadratic([0.5, 0.5]), 0.3)]
    cases.append((quadratic([100.0, 300.0]), 0.1))
    for f, c1 in cases:
        g = f.grad(theta)
        for u in (-g, -g / np.array([1.0, 5.0])):
            steps = 0.5 ** np.arange(40)
            enough = f(theta + steps[:, None] * u) <= f(theta) + c1 * steps * (g @ u)
            want, looser = steps[enough.argmax()], steps[(f(theta + steps[:, None] * u) < f(theta)).argmax()]
            counted = f.counted()

            def limited(point, counted=counted):
                if counted.evaluations["values"] > 300:
                    raise NotYet("Your loop does not end. Is the step halved in it, and does the line fall?")
                return counted(point)

            got = number(call(answer, limited, theta, u, g, c1), "the step")
            if got == want:
                continue
            if f(theta + got * u) > f(theta):
                raise NotYet(f"With c1 = {c1:g} it returns the step {got:g}, and the loss there is higher than before.")
            if got == looser:
                raise NotYet("It takes any decrease. The condition asks for a share c1 of what the slope promises.")
            raise NotYet(f"With c1 = {c1:g} the first of 1, 1/2, 1/4, ... that is enough is {want:g}, not {got:g}.")
    return "The line falls with a share c1 of the slope g @ u, and a small enough step is below it."


@exercise(
    "Newton's own step goes to where the gradient is zero. Between the two valleys there is such a point.",
    "Start where the curvature along θ[0] is negative: 12 θ[0]² − 4 < 0.",
)
def newton_trap(answer):
    """A start from which plain Newton ends on the ridge of the double well."""
    f, theta = double_well(), numbers(answer, "The start")
    if theta.shape != (2,) or not np.isfinite(theta).all():
        raise NotYet(f"A start is a list of two finite numbers, but {answer!r} came.")
    if np.linalg.norm(f.grad(theta)) < 1e-2:
        raise NotYet("There the gradient is zero already, so no method moves. Start somewhere else.")
    for _ in range(30):
        H, g = f.hessian(theta), f.grad(theta)
        if abs(np.linalg.det(H)) < 1e-12:
            raise NotYet("There the Hessian is singular: Newton has no step at all.")
        theta = theta - np.linalg.solve(H, g)
    if np.linalg.norm(f.grad(theta)) > 1e-6:
        raise NotYet("From there it has not settled after 30 steps.")
    if f.hessian(theta)[0, 0] > 0:
        raise NotYet(f"From there it ends in the minimum at θ[0] = {theta[0]:.3f}. What sign has the curvature there?")
    return f"It ends at θ[0] = {theta[0]:.3f}, on the ridge between the valleys, and calls that a solution."
