"""Answers to the exercises of notebook 05: right ones, and wrong ones with words of the reply. For test_check.py."""

import numpy as np

from lectopt import adagrad, rmsprop


def mine(f, t, theta, v=0, *, lr=0.01, rho=0.99, eps=1e-8):
    g = f.grad(theta)
    v = rho * v + (1 - rho) * g * g
    return theta - lr * g / (np.sqrt(v) + eps), v


def built(average=lambda rho, v, g: rho * v + (1 - rho) * g * g, divisor=lambda v, old, eps: v**0.5 + eps, sign=1):
    """A method with one part exchanged."""

    def method(f, t, theta, v=0, *, lr=0.01, rho=0.99, eps=1e-8):
        g, old = f.grad(theta), v
        v = average(rho, v, g)
        return theta - sign * lr * g / divisor(v, old, eps), v

    return method


def in_place(f, t, theta, v=0, *, lr=0.01, rho=0.99, eps=1e-8):
    v *= rho
    return mine(f, t, theta, v, lr=lr, rho=rho, eps=eps)


def corrected(m, v, t, beta1, beta2):
    return m / (1 - beta1**t), v / (1 - beta2**t)


RIGHT = [
    ("leaky_mean", 1.084),
    ("rms_step", 0.0192),
    ("rms_step", np.array([0.01 * 2 / 1.084**0.5])),
    ("rmsprop_by_you", mine),
    ("rmsprop_by_you", rmsprop),
    ("first_adam_step", [-0.01, 0.01]),
    ("first_adam_step", np.array([-0.01, 0.01])),
    ("bias_correction", corrected),
    ("bias_correction", lambda *a: list(corrected(*a))),
    ("find_the_bug", 4),
    ("five_trials", [0.001, 0.01, 0.1, 1, 10]),
    ("five_trials", np.geomspace(1e-4, 10, 5)),
    ("five_trials", [0.0003, 0.003, 0.03, 0.3, 3.0]),
    ("five_trials", [0.4]),
]
WRONG = [
    ("leaky_mean", 1.08, "three decimals"),
    ("leaky_mean", 12, "Adagrad's sum"),
    ("leaky_mean", 4.0, "where the average is going"),
    ("leaky_mean", 3.996, "changed places"),
    ("leaky_mean", 0.542, "average of the gradients"),
    ("leaky_mean", 0.76, "fewer gradients"),
    ("leaky_mean", 1.2, "shrinks to 0.9"),
    ("leaky_mean", 7, "three times from v = 0"),
    ("rms_step", -0.0192, "without the minus"),
    ("rms_step", 0.02 / 1.084, "Divide by its root"),
    ("rms_step", 0.01, "the step is longer"),
    ("rms_step", 0.02, "gradient descent's step"),
    ("rms_step", 0.0096, "missing in the numerator"),
    ("rms_step", 1.0, "Compute lr"),
    ("rmsprop_by_you", adagrad, "TypeError"),
    ("rmsprop_by_you", lambda f, t, theta, v=0, **h: mine(f, t, theta, v, **h)[0], "returns its new parameters"),
    ("rmsprop_by_you", lambda f, t, theta, v=0, **h: mine(f, t, theta, v, **h)[::-1], "theta comes first"),
    ("rmsprop_by_you", lambda f, t, theta, v=0, **h: (theta.sum(), v), "have shape"),
    ("rmsprop_by_you", built(lambda rho, v, g: v + g * g), "Adagrad's sum"),
    ("rmsprop_by_you", built(lambda rho, v, g: (1 - rho) * v + rho * g * g), "changed places"),
    ("rmsprop_by_you", built(lambda rho, v, g: rho * v + (1 - rho) * g), "their squares"),
    ("rmsprop_by_you", built(lambda rho, v, g: v), "the old v"),
    ("rmsprop_by_you", built(lambda rho, v, g: 2 * v), "the new v should be"),
    ("rmsprop_by_you", built(sign=-1), "wrong sign"),
    ("rmsprop_by_you", built(divisor=lambda v, old, eps: v + eps), "by its root"),
    ("rmsprop_by_you", built(divisor=lambda v, old, eps: (v + eps) ** 0.5), "inside the root"),
    ("rmsprop_by_you", built(divisor=lambda v, old, eps: v**0.5), "ε is missing"),
    ("rmsprop_by_you", built(divisor=lambda v, old, eps: old**0.5 + eps), "Update v first"),
    ("rmsprop_by_you", built(divisor=lambda v, old, eps: 3.0), "theta is not"),
    ("rmsprop_by_you", in_place, "in place"),
    ("rmsprop_by_you", 3, "asks for a function"),
    ("first_adam_step", [0.01, -0.01], "the signs are not"),
    ("first_adam_step", [-0.01, -0.01], "opposite signs"),
    ("first_adam_step", [-10.0, 1e-5], "gradient descent"),
    ("first_adam_step", [-0.0316, 0.0316], "without bias correction"),
    ("first_adam_step", [-0.01, 1e-8], "its own size"),
    ("first_adam_step", [1.0, 2.0], "At t = 1"),
    ("first_adam_step", 0.01, "two numbers"),
    ("bias_correction", lambda m, v, t, a, b: corrected(m, v, t, a, a), "[G]'s misprint"),
    ("bias_correction", lambda m, v, t, a, b: corrected(m, m, t, a, b), "[J]'s slide"),
    ("bias_correction", lambda m, v, t, a, b: corrected(m, v, 1, a, b), "power t is missing"),
    ("bias_correction", lambda m, v, t, a, b: (m * (1 - a**t), v * (1 - b**t)), "Divide"),
    ("bias_correction", lambda m, v, t, a, b: (m, v), "uncorrected"),
    ("bias_correction", lambda *a: corrected(*a)[::-1], "changed places"),
    ("bias_correction", lambda *a: corrected(*a)[0], "Return both"),
    ("bias_correction", lambda m, v, t, a, b: (m + 1, v), "it should be"),
    ("find_the_bug", 5, "line above it"),
    ("find_the_bug", 2, "This average is right"),
    ("find_the_bug", 6, "outside the root"),
    ("find_the_bug", 1, "divide that away"),
    ("find_the_bug", 0, "from 1 to 6"),
    ("five_trials", [2.0, 4.0, 6.0, 8.0, 10.0], "Spread them"),
    ("five_trials", [0.0001, 0.001, 0.01, 0.02, 10.0], "left out"),
    ("five_trials", [0.1] * 6, "at most five"),
    ("five_trials", [0.0], "at most five"),
]
