"""Exercises of notebook 04, momentum."""

import numpy as np

from ..objectives import quadratic
from ..optimizers.momentum import momentum, nesterov
from ..running import run
from .check import NotYet, call, close, exercise, number, numbers


@exercise(
    "The averaged form weights the newest gradient with 1 − beta, the other forms with 1.",
    "lr of momentum_ema = lr / (1 − beta) of momentum. Which of the two do you have, and which do you want?",
)
def copied_rate(answer):
    """The lr with which `momentum` walks the path of `momentum_ema` at lr = 0.5, both at beta = 0.95."""
    value = number(answer)
    if close(value, 10.0, 1e-6):
        raise NotYet(
            "That is 0.5 / (1 − 0.95): the wrong way. The averaged form damps each gradient, so its lr is large."
        )
    if close(value, 0.475, 1e-6):
        raise NotYet("That is 0.5 · beta. The newest gradient has the weight 1 − beta in the average.")
    if close(value, 0.5, 1e-6):
        raise NotYet("With the same lr the steps of `momentum` are 1 / (1 − beta) = 20 times as long.")
    if not close(value, 0.025, 1e-6):
        raise NotYet("Look at the last row of the table of forms: how do the two learning rates belong together?")
    return "0.5 · (1 − 0.95): with this lr each gradient enters with the same weight as in the average."


@exercise(
    "The best pair makes one friction critical for both ends: β = (1 − √(lr · mu))² and β = (√(lr · L) − 1)².",
    "lr = (2 / (√L + √mu))², beta = ((√L − √mu) / (√L + √mu))².",
)
def polyak_pair(answer):
    """A function best(L, mu) that returns Polyak's (lr, beta) for a quadratic with curvatures from mu to L."""
    for L, mu in ((10.0, 1.0), (25.0, 1.0), (9.0, 4.0), (0.5, 0.02)):
        root_L, root_mu = np.sqrt(L), np.sqrt(mu)
        want = np.array([4.0, (root_L - root_mu) ** 2]) / (root_L + root_mu) ** 2
        got = numbers(call(answer, L, mu), "The pair")
        if got.shape != (2,):
            raise NotYet(f"It should return the pair (lr, beta), shape (2,), but yours has shape {got.shape}.")
        if close(got, want):
            continue
        if close(got, want[::-1]):
            raise NotYet("The two have changed places: lr first, then beta.")
        if close(got[0], 2 / (L + mu)):
            raise NotYet("That lr is the best one for gradient descent. Momentum's has roots: (2 / (√L + √mu))².")
        if close(got, np.sqrt(want)) or close(got[0], np.sqrt(want[0])) or close(got[1], np.sqrt(want[1])):
            raise NotYet("A square is missing: both lr and beta are squares.")
        if close(got[1], ((L - mu) / (L + mu)) ** 2):
            raise NotYet("Your beta has κ where √κ belongs: momentum depends on the root of the condition number.")
        if close(got[0], (2 / (np.sqrt(L / mu) + 1)) ** 2):
            raise NotYet(
                f"Right for mu = 1 only. At L = {L:g}, mu = {mu:g} the lr should be {want[0]:.4f}: it has a unit."
            )
        raise NotYet(f"For L = {L:g}, mu = {mu:g} it should be {want.round(4)}, but yours is {got.round(4)}.")
    return "For four pairs of curvatures. Their ratio sets beta, their size sets lr."


@exercise(
    "Compare with the four lines that print Nesterov's method above: three things are to be looked at.",
    "Where is the gradient taken, what stands before it, and which sign has the step?",
)
def nesterov_fixed(answer):
    """A function step(theta, v, grad, lr, beta) that returns (theta, v) after one step of Nesterov."""
    rng = np.random.default_rng(4)
    f = quadratic([1.0, 7.0])
    for lr, beta in ((0.1, 0.5), (0.03, 0.9)):
        theta, v = rng.normal(size=2), rng.normal(size=2)
        want = np.stack(nesterov(f, 1, theta, v, lr=lr, beta=beta))
        result = call(answer, theta, v, f.grad, lr, beta)
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise NotYet("The function should return two things, theta and v: `return theta, v`.")
        got = numbers(result, "theta and v")
        if got.shape != want.shape:
            raise NotYet(f"theta and v have shape (2,) each, but yours have {got.shape[1:]}.")
        if close(got, want):
            continue
        slope, behind = f.grad(theta - beta * v), f.grad(theta + beta * v)
        slips = {
            "As [O] prints it: v times the slope. With v = 0 at the start it never moves.": beta * v * slope,
            "As [O] prints it, `+ lr *` is missing: v is multiplied by the slope.": v * slope,
            "The slope is taken at theta: that is momentum. Take it where the momentum part leads.": beta * v
            + lr * f.grad(theta),
            "You look back, not ahead: the momentum part of the step is −beta · v.": beta * v + lr * behind,
            "You look ahead by v. The momentum part of the step is only beta · v.": beta * v + lr * f.grad(theta - v),
            "Both bugs are still there: the place of the slope, and its sign.": beta * v - lr * behind,
            "The slope enters with the wrong sign for a step of −v: this climbs.": beta * v - lr * slope,
            "Without lr the slope enters at full length.": beta * v + slope,
        }
        for words, velocity in slips.items():
            if close(got, np.stack([theta - velocity, velocity])):
                raise NotYet(words)
        if close(got[0], theta + want[1]):
            raise NotYet("The velocity is right, but the step is −v: theta − v.")
        if close(got[0], want[0]):
            raise NotYet("theta is right, but the v that you return is not the one that made the step.")
        if close(got[0], theta + beta * v - lr * behind):
            raise NotYet("That is Nesterov in [J]'s sign, where v is the step itself. Here it is −v: keep theta − v.")
        raise NotYet(
            f"From theta = {theta.round(3)}, v = {v.round(3)} it should come to {want[0].round(3)}, "
            f"not {got[0].round(3)}."
        )
    return "It looks ahead, and brakes there."


@exercise(
    "Gradient descent at its best, lr = 2 / 101, shrinks the distance by 0.98 a step: 0.98^150 is only 0.05.",
    "κ is 100, so √κ = 10. Put L = 100 and mu = 1 into Polyak's formula.",
)
def in_time(answer):
    """A pair (lr, beta) with which momentum on curvatures 1 and 100 shrinks the distance to 1e-9 in 150 steps."""
    pair = numbers(answer, "The pair (lr, beta)")
    if pair.shape != (2,) or not np.isfinite(pair).all():
        raise NotYet(f"The answer should be two numbers, (lr, beta), but {answer!r} came.")
    lr, beta = pair
    if lr <= 0:
        raise NotYet(f"lr must be above 0 to move at all, but it is {lr:g}.")
    if not 0 <= beta < 1:
        raise NotYet(f"beta must be at least 0 and below 1, but it is {beta:g}. Is lr first?")
    if lr >= 2 * (1 + beta) / 100:
        raise NotYet(f"This diverges: with beta = {beta:g} and L = 100, lr must stay below {2 * (1 + beta) / 100:.4f}.")
    path = run(momentum, quadratic([1.0, 100.0]), [1.0, 1.0], 150, lr=lr, beta=beta)
    left = abs(path[-1]).max()
    if left > 1e-9 and beta == 0:
        raise NotYet(f"Without momentum the distance is {left:.1e} of the first after 150 steps, 0.05 at best.")
    if left > 1e-9:
        slow = np.argmax(abs(path[-10:]).max(axis=0))
        where = ("flat direction is the slow one: more lr", "steep direction is the slow one: less lr")[slow]
        more = (
            "beta is too high: the distance can't shrink faster than √beta a step"
            if beta**75 > 1e-9
            else f"the {where}, or more beta"
        )
        raise NotYet(f"After 150 steps the distance is {left:.1e} of the first. Here {more}.")
    return f"After 150 steps {left:.0e} of the distance is left."
