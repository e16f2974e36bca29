"""`import lectopt` is light, and the one face reaches every public name."""

import subprocess
import sys

import pytest

import lectopt

HEAVY = ("torch", "matplotlib", "sklearn", "scipy", "ipywidgets", "anywidget", "IPython", "array_api_compat")


def modules_after(code):
    """The names of the modules that a fresh Python has loaded after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_import_loads_nothing_heavy():
    assert modules_after("import lectopt").isdisjoint(HEAVY)


def test_numpy_work_loads_nothing_heavy():
    run = "from lectopt import run, momentum, quadratic; run(momentum, quadratic([1.0, 10.0]), [1.0, 1.0], 5)"
    assert modules_after(run).isdisjoint(HEAVY)


@pytest.mark.parametrize("name", lectopt.__all__)
def test_every_public_name_is_there(name):
    assert name in dir(lectopt)
    assert getattr(lectopt, name) is not None


def test_unknown_name():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = lectopt.no_such_name
