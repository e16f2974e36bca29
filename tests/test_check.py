"""Exercises: right answers of any form are accepted, typical wrong ones are told what is wrong, stubs are quiet."""

import numpy as np
import pytest
import torch

from lectopt import check


def stub(theta, x, y):
    """Not written yet."""
    ...


def line_gradient(theta, x, y, factor=1.0):
    r = theta[0] + theta[1] * x - y
    return factor * np.array([r.mean(), (r * x).mean()])


def line_gradient_in_place(theta, x, y):
    x *= 1.0
    y -= theta[0]
    return line_gradient(theta, x, y)


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


def fit(x, z):
    return np.linalg.lstsq(np.stack([x, np.ones_like(x)], axis=1), z, rcond=None)[0]


RIGHT = [
    ("cost_at_two", 2.333),
    ("cost_at_two", np.float64(7 / 3)),
    ("line_gradient", line_gradient),
    ("line_gradient", lambda theta, x, y: list(line_gradient(theta, x, y))),
    ("line_gradient", lambda t, x, y: np.stack([np.ones_like(x), x]) @ (t[0] + t[1] * x - y) / len(x)),
    ("normal_equations", fit),
    ("normal_equations", lambda x, z: tuple(np.polyfit(x, z, 1))),
    ("start_at_local_minimum", [1.0, 0.5]),
    ("start_at_local_minimum", np.array([0.5, -1.0])),
    ("stability_edge", 0.25),
    ("stability_edge", torch.tensor(2 / 8)),
    ("minibatch_gradient", batch),
    ("minibatch_gradient", lambda t, X, y, i: ((X[i] @ t - y[i])[:, None] * X[i]).mean(0)),
    ("patience", waits),
    ("same_floor", 0.08),
]
WRONG = [
    ("cost_at_two", 14 / 3, "factor ½"),
    ("cost_at_two", 7.0, "divides by 2m"),
    ("cost_at_two", 1.0, "residuals are 1, 2 and 3"),
    ("cost_at_two", "two", "should be a number"),
    ("cost_at_two", np.nan, "one finite number"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, len(x)), "sum over the samples"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, -1.0), "sign is turned"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y, 2.0), "Twice too large"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y)[::-1], "changed places"),
    ("line_gradient", lambda t, x, y: line_gradient(t, x, y)[0], "one number a parameter"),
    ("line_gradient", line_gradient_in_place, "in place"),
    ("line_gradient", lambda t, x, y: 1 / 0, "ZeroDivisionError"),
    ("line_gradient", lambda t, x, y: print(end=""), "returned nothing"),
    ("line_gradient", 3, "asks for a function"),
    ("normal_equations", lambda x, z: (0.95, 1.05), "every data set"),
    ("normal_equations", lambda x, z: fit(x, z)[::-1], "changed places"),
    ("normal_equations", lambda x, z: ((x @ z) / (x @ x), 0.0), "through the origin"),
    ("normal_equations", lambda x, z: (1.0, 2.0), "the line is a ="),
    ("start_at_local_minimum", [-1.0, 0.0], "global minimum"),
    ("start_at_local_minimum", [0.5], "two finite numbers"),
    ("start_at_local_minimum", [50.0, 50.0], "Stay on the map"),
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


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_right_answers_are_accepted(name, answer, capsys):
    getattr(check, name)(answer)
    assert capsys.readouterr().out.startswith(f"{name}: right. ")


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_is_wrong(name, answer, words, capsys):
    getattr(check, name)(answer)
    said = capsys.readouterr().out
    assert said.startswith(f"{name}: not yet. ") and words in said


@pytest.mark.parametrize("answer", [..., None, stub])
@pytest.mark.parametrize("name", [name for name in dir(check) if name != "hint"])
def test_stubs_are_not_done_yet(name, answer, capsys):
    getattr(check, name)(answer)
    assert capsys.readouterr().out == f"{name}: not done yet.\n"


def test_every_exercise_is_tested_here():
    names = {name for name in dir(check) if name != "hint"}
    assert names == {name for name, *_ in RIGHT} == {name for name, *_ in WRONG}


def test_hints_come_one_by_one_and_the_last_is_repeated(capsys):
    for _ in range(3):
        check.hint("stability_edge")
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Hint 1 of 2") and second == third and second.startswith("Hint 2 of 2")


def test_unknown_exercise_is_named():
    with pytest.raises(AttributeError, match="there is no exercise 'nothing'; there are: .*patience"):
        check.nothing(1)
