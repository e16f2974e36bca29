"""What pytest needs beyond its settings in pyproject.toml: the notebooks as a regression suite, and when to skip."""

import base64
import contextlib
import io
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image

from tools.canonical import kernel_environment

# RMS over RGB, 0 to 255. Another processor makes 0.002; a marker that snaps to the next pixel, 1; a curve moved by 1%
# of its axis, 3 and more.
FIGURE_TOLERANCE = 1.2
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_stack = contextlib.ExitStack()


def pytest_configure(config):
    _stack.enter_context(kernel_environment())


def pytest_unconfigure(config):
    _stack.close()


def pytest_xdist_auto_num_workers(config):
    """Two workers, or none for a single file, so that its output and a debugger are at hand."""
    one_file = len(config.args) == 1 and Path(config.args[0].split("::")[0]).is_file()
    return 0 if one_file else int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS", 2))


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")
    if item.get_closest_marker("browser") and not any(map(shutil.which, CHROMIUM)):
        pytest.skip(f"no Chromium: none of {', '.join(CHROMIUM)} is on the path")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """After nbval has compared a cell's text: was it ever run, did it warn, do its figures look the same?"""
    if isinstance(item, IPyNbCell):
        item.output_timeout = 30  # seconds for the outputs to arrive; nbval's 5 are few on a busy machine
    result = yield
    if isinstance(item, IPyNbCell):
        if item.cell.execution_count is None:
            item.raise_cell_error("Stored cell was never executed, so it has nothing to be compared with")
        if not item.options["check_exception"]:
            warned = "".join(output.text for output in item.test_outputs if output.get("name") == "stderr")
            if warned:
                item.raise_cell_error("Cell wrote to stderr", warned)
        if item.options["check"]:
            compare_figures(item)
    return result


def compare_figures(item):
    """Fail the cell if a stored and a new figure differ; leave both, and where they differ, in a folder."""
    stored, new = figures(item.cell.outputs), figures(item.test_outputs)
    if len(stored) != len(new):
        item.raise_cell_error(f"{len(stored)} figures are stored, but the cell now draws {len(new)}")
    for n, pair in enumerate(zip(stored, new, strict=True), start=1):
        if pair[0] == pair[1]:
            continue  # the same bytes, as on the machine that drew the stored one
        a, b = map(pixels, pair)
        if a.shape != b.shape:
            fault = f"has another size: stored {a.shape[1]} x {a.shape[0]}, now {b.shape[1]} x {b.shape[0]} pixels"
        elif (difference := rms(a, b)) > FIGURE_TOLERANCE:
            fault = f"differs: RMS {difference:.2f}, at most {FIGURE_TOLERANCE} is allowed"
        else:
            continue
        folder = Path(tempfile.mkdtemp(prefix=f"{item.path.stem}-cell-{item.cell_num}-"))
        pictures = {"stored": a, "new": b}
        if a.shape == b.shape:
            pictures["difference"] = 255 - np.abs(a - b)
        for name, picture in pictures.items():
            Image.fromarray(picture.astype(np.uint8)).save(folder / f"figure-{n}-{name}.png")
        item.raise_cell_error(f"Figure {n} {fault}; see {folder}")


def figures(outputs):
    """The PNGs among a cell's outputs, as they are stored."""
    return [output.data["image/png"].strip() for output in outputs if "image/png" in output.get("data", {})]


def pixels(figure):
    """A stored PNG as an array of shape (height, width, 3) from 0 to 255, on white."""
    picture = Image.open(io.BytesIO(base64.b64decode(figure))).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB"), dtype=float)


def rms(a, b):
    """Root mean square of the difference of two pictures of one size."""
    return float(np.sqrt(np.mean((a - b) ** 2)))
