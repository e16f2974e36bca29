"""The net catches fish: each mutation of a notebook's world makes the regression run fail, for the right reason.

A world is a folder with a copy of lectopt and of one notebook; the kernel runs in it, so it imports that copy.
"""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pytest

from tools import canonical

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "02_gradient_descent.ipynb"
CELLS = 20  # its beginning has all that the mutations need, and takes a moment

MOVE_A_CURVE = """
from matplotlib.transforms import Affine2D as _Affine2D
_picture = picture
def picture(figure, alt, drawn=None):
    ax = next((ax for ax in figure_of(figure).axes if ax.lines), None)
    if ax:
        line = ax.lines[0]
        line.set_transform(line.get_transform() + _Affine2D().translate(0, {share} * ax.bbox.height))
    return _picture(figure, alt)
"""


def nothing(world, nb):
    pass


def flip_a_sign(world, nb):
    path = world / "lectopt" / "optimizers" / "descent.py"
    right = path.read_text(encoding="utf-8")
    wrong = right.replace("theta - lr * f.grad(theta)", "theta + lr * f.grad(theta)")
    assert wrong != right
    path.write_text(wrong, encoding="utf-8")


def move_a_curve(world, nb, share=0.01):
    """The first curve of each figure, up by 1% of the axis."""
    with (world / "lectopt" / "display" / "plots.py").open("a", encoding="utf-8") as file:
        file.write(MOVE_A_CURVE.format(share=share))


def nudge_a_curve(world, nb):
    """By 0.01% of the axis: more than another processor's rounding does."""
    move_a_curve(world, nb, 0.0001)


def raise_lr(world, nb):
    """The first lr in the notebook is 1% too large."""
    cell = next(cell for cell in nb.cells if cell.cell_type == "code" and re.search(r"\blr=\d*\.?\d+", cell.source))
    cell.source = re.sub(r"\blr=(\d*\.?\d+)", lambda m: f"lr={float(m[1]) * 1.01!r}", cell.source, count=1)


def change_an_alt_text(world, nb):
    """The first number in the words of a stored figure is another one."""
    data = next(
        output.data
        for cell in nb.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {}) and re.search(r"\d", output.data["text/plain"])
    )
    data["text/plain"] = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), data["text/plain"], count=1)


def forget_to_execute(world, nb):
    """The first cell is as it was before its first run: nothing stored, so nothing that could differ."""
    next(cell for cell in nb.cells if cell.cell_type == "code").update(execution_count=None, outputs=[])


CAUGHT = {
    flip_a_sign: "Cell outputs differ|Cell execution caused an exception",
    raise_lr: "Cell outputs differ",
    move_a_curve: r"Figure \d+ differs: RMS [\d.]+, at most",
    change_an_alt_text: "mismatch 'text/plain'",
    forget_to_execute: "Stored cell was never executed",
}
PASSES = (nothing, nudge_a_curve)


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """One regression run, with the project's own configuration, over one world for each mutation."""
    base = tmp_path_factory.mktemp("worlds")
    for name in ("pyproject.toml", "conftest.py", "tools"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, base / name)
    for mutate in (*PASSES, *CAUGHT):
        world = base / mutate.__name__
        shutil.copytree(ROOT / "lectopt", world / "lectopt", ignore=shutil.ignore_patterns("__pycache__"))
        nb = canonical.read(NOTEBOOK.read_text(encoding="utf-8"))
        nb.cells = nb.cells[:CELLS]
        mutate(world, nb)
        (world / NOTEBOOK.name).write_text(canonical.write(nb), encoding="utf-8")

    notebooks = [f"{mutate.__name__}/{NOTEBOOK.name}" for mutate in (*PASSES, *CAUGHT)]
    command = [sys.executable, "-m", "pytest", "--color=no", "--junitxml=results.xml", *notebooks]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment["TMPDIR"] = str(base)  # for the pictures of failures
    done = subprocess.run(command, cwd=base, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr

    found, ran = defaultdict(list), set()
    for case in ET.parse(base / "results.xml").iter("testcase"):
        world = case.get("classname").split(".")[0]
        ran.add(world)
        found[world] += [failure.text for failure in case.iter("failure")]
        assert not list(case.iter("error"))
    assert ran == {mutate.__name__ for mutate in (*PASSES, *CAUGHT)}
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mutate", PASSES)
def test_passes(failures, mutate):
    assert failures[mutate.__name__] == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mutate", CAUGHT)
def test_is_caught(failures, mutate):
    found = failures[mutate.__name__]
    assert found
    assert re.search(CAUGHT[mutate], found[0]), found[0]
