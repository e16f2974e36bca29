"""The notebooks' form: canonical, in the order that students rely on, importing only what the course installs."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tools import canonical

FOLDER = Path(__file__).parents[1] / "notebooks"
ALL = canonical.find([FOLDER])  # nbval runs them; conftest.py compares their figures
LESSONS = [path for path in ALL if path.parent == FOLDER]

OPENING = ["What you will be able to do", "Time and lectures"]
CLOSING = ["On the GPU", "Exercises", "Summary", "Sources"]
WITHOUT_EXERCISES = ("00", "13")  # these may do without "On the GPU" and "Exercises"
IMPORTS = {"lectopt", "numpy", "matplotlib", "torch"}
TAGS = {"gpu", "nbval-ignore-output", "raises-exception"}

every = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def headings(cell):
    """The H2 in a cell."""
    return re.findall(r"^## (.*?)\s*$", cell.source, flags=re.M) if cell.cell_type == "markdown" else []


def cells(path):
    """The cells of a notebook, each with the H2 that it stands under."""
    heading = ""
    for cell in canonical.read(path.read_text(encoding="utf-8")).cells:
        heading = (headings(cell) or [heading])[-1]
        yield heading, cell


def code(path):
    """The code cells of a notebook, each with the H2 that it stands under."""
    return [(heading, cell) for heading, cell in cells(path) if cell.cell_type == "code"]


@every
def test_is_canonical(path):
    assert canonical.faults(path.read_text(encoding="utf-8")) == []


@every
def test_imports_only_what_the_course_installs(path):
    for _, cell in code(path):
        for node in ast.walk(ast.parse(cell.source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= IMPORTS | sys.stdlib_module_names
            assert not (isinstance(node, ast.ImportFrom) and node.names[0].name == "*"), "star import"


@every
def test_every_cell_is_run_and_compared(path):
    """No tag skips a cell; only the output of a gpu cell, or of one with a clock, may go without comparison."""
    for heading, cell in code(path):
        tags = set(cell.metadata.get("tags", ()))
        assert tags <= TAGS
        assert "NBVAL" not in cell.source
        assert ("gpu" in tags) == (heading == "On the GPU"), f"cell under {heading!r} has the tags {sorted(tags)}"
        if "nbval-ignore-output" in tags and heading != "On the GPU":
            assert re.search(r"\b(time|perf_counter|timeit|seconds)\b", cell.source), (
                "what can't be compared in this cell?"
            )


@lessons
def test_sections_stand_in_their_order(path):
    found = [heading for _, cell in cells(path) for heading in headings(cell)]
    optional = {"On the GPU", "Exercises"} if path.stem.startswith(WITHOUT_EXERCISES) else set()
    expected = [heading for heading in OPENING + CLOSING if heading in found or heading not in optional]
    assert [heading for heading in found if heading in expected] == expected
    assert found[: len(OPENING)] == OPENING and found[-1] == "Sources"
    assert "On the GPU" not in found or found[found.index("On the GPU") + 1] == "Exercises"
    assert len(found) > len(expected), "sections of its own"


@lessons
def test_a_picture_stands_on_the_first_screen(path):
    first = [cell for heading, cell in cells(path) if not heading]
    pictures = [output for cell in first for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})]
    assert pictures or any(re.search(r"!\[.+\]\(.+\)", cell.source) for cell in first)


@lessons
def test_defines_at_most_two_functions(path):
    """Exercises aside: what another notebook would need belongs in lectopt."""
    taught = [cell.source for heading, cell in code(path) if heading != "Exercises"]
    assert sum(isinstance(node, ast.FunctionDef) for source in taught for node in ast.walk(ast.parse(source))) <= 2


@lessons
def test_links_to_other_notebooks_lead_somewhere(path):
    for _, cell in cells(path):
        for target in re.findall(r"\]\(([^)#\s]+\.ipynb)[)#]", cell.source if cell.cell_type == "markdown" else ""):
            assert (path.parent / target).exists(), target
