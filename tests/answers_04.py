"""Answers to the exercises of notebook 04: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np
import torch


def pair(L, mu):
    total = np.sqrt(L) + np.sqrt(mu)
    return (2 / total) ** 2, ((np.sqrt(L) - np.sqrt(mu)) / total) ** 2


def stepped(velocity, sign=-1):
    """The function step(theta, v, grad, lr, beta) with another formula of the velocity."""

    def step(theta, v, grad, lr, beta):
        v = velocity(theta, v, grad, lr, beta)
        return theta + sign * v, v

    return step


def ahead(theta, v, grad, lr, beta):
    return beta * v + lr * grad(theta - beta * v)


def in_place(theta, v, grad, lr, beta):
    v *= beta
    v += lr * grad(theta - v)
    return theta - v, v


RIGHT = [
    ("copied_rate", 0.025),
    ("copied_rate", torch.tensor(0.5 * 0.05)),
    ("polyak_pair", pair),
    ("polyak_pair", lambda L, mu: np.array([4.0, L + mu - 2 * np.sqrt(L * mu)]) / (np.sqrt(L) + np.sqrt(mu)) ** 2),
    ("nesterov_fixed", stepped(ahead)),
    ("nesterov_fixed", lambda theta, v, grad, lr, beta: list(stepped(ahead)(theta, v, grad, lr, beta))),
    ("in_time", pair(100, 1)),
    ("in_time", np.array([0.0331, 0.7])),
]
WRONG = [
    (
        "nesterov_fixed",
        lambda theta, v, g, lr, beta: (
            theta + beta * v - lr * g(theta + beta * v),
            beta * v - lr * g(theta + beta * v),
        ),
        "[J]'s sign",
    ),
    ("copied_rate", 10.0, "wrong way"),
    ("copied_rate", 0.475, "0.5 · beta"),
    ("copied_rate", 0.5, "20 times"),
    ("copied_rate", 0.05, "table of forms"),
    ("copied_rate", "small", "should be a number"),
    ("polyak_pair", lambda L, mu: pair(L, mu)[::-1], "changed places"),
    ("polyak_pair", lambda L, mu: pair(L, mu)[0], "shape ()"),
    ("polyak_pair", lambda L, mu: (2 / (L + mu), pair(L, mu)[1]), "for gradient descent"),
    ("polyak_pair", lambda L, mu: np.sqrt(pair(L, mu)), "square is missing"),
    ("polyak_pair", lambda L, mu: (pair(L, mu)[0], ((L - mu) / (L + mu)) ** 2), "κ where √κ"),
    ("polyak_pair", lambda L, mu: pair(L / mu, 1.0), "it has a unit"),
    ("polyak_pair", lambda L, mu: (1 / L, 0.9), "should be"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v * grad(theta - beta * v)), "never moves"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: v * grad(theta - beta * v)), "is multiplied"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v + lr * grad(theta)), "that is momentum"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v + lr * grad(theta + beta * v)), "look back"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v + lr * grad(theta - v)), "only beta"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v - lr * grad(theta - beta * v)), "climbs"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v + grad(theta - beta * v)), "Without lr"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: beta * v - lr * grad(theta + beta * v)), "Both bugs"),
    ("nesterov_fixed", stepped(ahead, sign=1), "theta − v"),
    ("nesterov_fixed", lambda *given: (stepped(ahead)(*given)[0], given[1]), "made the step"),
    ("nesterov_fixed", lambda *given: stepped(ahead)(*given)[0], "two things"),
    ("nesterov_fixed", stepped(lambda theta, v, grad, lr, beta: v), "should come to"),
    ("nesterov_fixed", in_place, "in place"),
    ("in_time", (2 / 101, 0.0), "Without momentum"),
    ("in_time", (0.01, 0.4), "flat direction"),
    ("in_time", (0.02797, 0.4), "steep direction"),
    ("in_time", (0.01, 0.99), "too high"),
    ("in_time", (0.05, 0.67), "diverges"),
    ("in_time", (0.67, 0.03), "diverges"),
    ("in_time", (0.9, 1.2), "Is lr first"),
    ("in_time", (0.0, 0.5), "to move at all"),
    ("in_time", 0.03, "two numbers"),
]
