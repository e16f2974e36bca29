"""What the tests of the engine share: every objective, every method, every array library."""

import importlib
import os

import numpy as np
import pytest
from hypothesis import settings

from lectopt import objectives
from lectopt.optimizers import METHODS

# The same examples at every run; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("suite", deadline=None, max_examples=25, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def table():
    """Three classes of twelve points in the plane."""
    rng = np.random.default_rng(7)
    y = np.arange(12) % 3
    return rng.normal(size=(12, 2)) + np.eye(3)[y, :2], y


def scattered_wells():
    return objectives.scattered(objectives.double_well(), 12, 0.5, np.random.default_rng(8))


# The first word is the function's name.
CATALOG = {
    "quadratic": objectives.quadratic([1.0, 10.0]),
    "quadratic turned": objectives.quadratic([1.0, 10.0], angle=0.7),
    "quadratic of one": objectives.quadratic([3.0]),
    "quadratic of nine": objectives.quadratic(np.arange(1.0, 10.0)),
    "rosenbrock": objectives.rosenbrock(),
    "rosenbrock flatter": objectives.rosenbrock(a=-0.5, b=7.0),
    "beale": objectives.beale(),
    "himmelblau": objectives.himmelblau(),
    "saddle": objectives.saddle(),
    "double_well": objectives.double_well(),
    "double_well even": objectives.double_well(tilt=0.0),
    "double_well single": objectives.double_well(tilt=-2.0),
    "plateau": objectives.plateau(),
    "least_squares": objectives.least_squares(np.random.default_rng(9).normal(size=(12, 4)), np.arange(12.0)),
    "cost_line": objectives.cost_line(),
    "line_fit": objectives.line_fit(),
    "house_prices": objectives.house_prices(),
    "house_prices in thousands": objectives.house_prices(unit=1000),
    "gaussian_bump": objectives.gaussian_bump(),
    "fix_parameters": objectives.fix_parameters(objectives.gaussian_bump(), {2: -1.0}),
    "logistic_regression": objectives.logistic_regression(*table(), l2=0.1),
    "logistic_regression free": objectives.logistic_regression(*table()),
    "scattered": scattered_wells(),
}


@pytest.fixture(scope="session", params=CATALOG)
def objective(request):
    """Every objective in turn."""
    return CATALOG[request.param]


@pytest.fixture(scope="session")
def catalog():
    """Name to objective."""
    return CATALOG


@pytest.fixture(scope="session", params=["gradient_descent", "momentum", "adam"])
def method(request):
    """A method without state, one with one and one with two, in turn; test_methods.py has them all."""
    return METHODS[request.param]


@pytest.fixture(scope="session", params=["numpy", "torch", "array_api_strict"])
def xp(request):
    """Every array library in turn."""
    return importlib.import_module(request.param)


@pytest.fixture(scope="session", params=["torch", "array_api_strict"])
def other(request):
    """Every array library but NumPy."""
    return importlib.import_module(request.param)


@pytest.fixture(scope="session")
def points_of():
    """`points_of(f, *runs)`: random points where `f` is worth drawing, float64, shape (*runs, P)."""

    def draw(f, *runs, seed=0):
        low, high = np.transpose(f.domain or [(-1.0, 1.0)] * f.parameters)
        return np.random.default_rng(seed).uniform(low, high, size=(*runs, f.parameters))

    return draw


def refused(error, words, call):
    """Assert that `call()` raises exactly `error`, with a message that has all the words."""
    with pytest.raises(error) as caught:
        call()
    assert caught.type is error
    missing = [word for word in words.split(" | ") if word not in str(caught.value)]
    assert not missing, f"{missing} not in: {caught.value}"


@pytest.fixture(name="refused", scope="session")
def refused_fixture():
    """`refused(error, "words | that the message has", call)`."""
    return refused
