"""Run the notebooks and write them in their one canonical form, or check that they are in it.

    python tools/canonical.py notebooks            execute every notebook in a fresh kernel, write it canonically
    python tools/canonical.py --check notebooks    execute nothing; name every fault; exit status 1 if there is one

The outputs stored in the notebooks are the references of the regression tests, so they hold nothing that changes
from run to run or from machine to machine: no time, address, path, widget state or random id.
"""

import argparse
import contextlib
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"deletable", "editable", "jupyter", "slideshow", "tags"}  # whatever else a program left is dropped
VIEW = "application/vnd.jupyter.widget-view+json"

UNSTABLE = {
    "memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    "absolute path": re.compile(r"(?<![\w./:<\\-])/[\w.-]+/[\w./-]+|\b[A-Za-z]:\\\w+|~/\w+"),
    "temporary path": re.compile(r"\bipykernel_\d+|\btmp[a-z0-9_]{8}\b"),
    "address with a port": re.compile(r"\b\w+://[^\s/]+:\d+|\blocalhost:\d+|\b127\.0\.0\.1\b"),
}
FLOAT = re.compile(r"(?<![\w.])\d*\.\d+|(?<![\w.])\d+\.(?=e)")
DIGITS = 12  # more significant ones are rounding noise

# What every kernel starts with: a warning that our own code causes is an error, as in the other tests.
STARTUP = """__import__("warnings").filterwarnings("error", module=r"(__main__|lectopt)(\\.|$)")\n"""


@contextlib.contextmanager
def kernel_environment():
    """Start kernels the same on every machine: own IPython profile, Matplotlib's defaults, one thread."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="lectopt-") as folder:
        startup = Path(folder, "profile_default", "startup", "warnings.py")
        startup.parent.mkdir(parents=True)
        startup.write_text(STARTUP)
        Path(folder, "matplotlibrc").write_text("backend: agg\n")  # the rest as Matplotlib has it
        os.environ |= {
            "IPYTHONDIR": folder,
            "MATPLOTLIBRC": folder,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }
        os.environ.pop("MPLBACKEND", None)  # each kernel sets its own
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def find(paths):
    """Every notebook in `paths` (files or folders), without the copies that Jupyter makes."""
    found = [[path] if path.is_file() else sorted(path.rglob("*.ipynb")) for path in map(Path, paths)]
    return [file for files in found for file in files if ".ipynb_checkpoints" not in file.parts]


def execute(nb, folder, timeout=60):
    """Run all cells of `nb` in order, in a fresh kernel of this Python, with `folder` as its working directory."""
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager  # the same kernel as in the tests

    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])
    manager = AsyncKernelManager(kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager())
    NotebookClient(
        nb,
        km=manager,
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute(cleanup_kc=True, stderr=subprocess.DEVNULL)


def canonical(nb):
    """The canonical form of a notebook, as a new object."""
    nb = nbformat.from_dict(nb)
    cells, taken = [], set()
    for cell in nb.cells:
        cell = {**cell, "id": cell_id(cell, taken), "metadata": cell_metadata(cell)}
        taken.add(cell["id"])
        if cell["cell_type"] == "code":
            cell["outputs"] = outputs(cell)
        cells.append(cell)
    for count, cell in enumerate((c for c in cells if c.get("execution_count")), start=1):
        cell["execution_count"] = count
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
    return nbformat.from_dict({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def cell_id(cell, taken):
    """The cell's own id where it is valid and unique, else one made from its source."""
    own = cell.get("id", "")
    if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", own) and own not in taken:
        return own
    stem = hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:8]
    return next(name for n in range(len(taken) + 1) if (name := f"{stem}-{n}" if n else stem) not in taken)


def cell_metadata(cell):
    """The metadata that a person set."""
    return {key: value for key, value in cell["metadata"].items() if key in CELL_METADATA and value}


def outputs(cell):
    """The cell's outputs, streams joined, without widget views and tracebacks."""
    result = []
    for output in nbformat.from_dict(cell["outputs"]):
        if output.output_type == "stream" and result and result[-1].get("name") == output.name:
            result[-1].text += output.text
            continue
        if "data" in output:
            output.data.pop(VIEW, None)
        if output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"]  # the full one names files
        result.append(output)
    return result


def write(nb):
    """The text of the notebook's file."""
    return nbformat.v4.writes(nb) + "\n"


def read(text):
    """The notebook in a text, as it is (`nbformat.read` would repair it)."""
    return nbformat.v4.reads(text)


def faults(text):
    """Everything that keeps the text of a notebook from being canonical, each as a sentence."""
    nb = read(text)
    found = [f"cell {n}: {fault}" for n, cell in enumerate(nb.cells) for fault in cell_faults(cell)]
    counts = [cell.execution_count for cell in nb.cells if cell.cell_type == "code" and cell.execution_count]
    if counts != list(range(1, len(counts) + 1)):
        found.append(f"execution counts are not 1, 2, 3, ...: {counts}")
    if "widgets" in nb.metadata:
        found.append("widget state in the metadata")
    found += title_faults(nb.cells)
    ids = [cell.get("id") for cell in nb.cells]
    if None in ids or len(set(ids)) < len(ids):
        found.append("cell ids are missing or not unique")
    if not found and text != write(canonical(nb)):
        found.append("the file is not in canonical form")
    return found


def title_faults(cells):
    """A notebook has one H1, and it is its first line."""
    titles = []
    for n, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            prose = re.sub(r"^(```|~~~).*?^\1", "", cell.source, flags=re.M | re.S)
            titles += [n] * len(re.findall(r"^# ", prose, flags=re.M))
    if titles != [0] or not cells[0].source.startswith("# "):
        yield f"the only H1 must be the notebook's first line; H1 found in cells {titles}"


def cell_faults(cell):
    """What is wrong with one cell and its outputs."""
    transient = cell.metadata.keys() - CELL_METADATA
    if transient:
        yield f"transient metadata (timestamps, editor state): {sorted(transient)}"
    if cell.cell_type != "code":
        return
    if not cell.source.strip():
        yield "empty code cell"
    elif cell.execution_count is None:
        yield "never executed"
    may_raise = "raises-exception" in cell.metadata.get("tags", ())
    for output in cell.outputs:
        if output.output_type == "error" and not may_raise:
            yield f"error output: {output.ename}: {output.evalue}"
        if output.get("name") == "stderr" and not may_raise:
            yield f"stderr output (a warning?): {output.text.strip()[:200]}"
        if VIEW in output.get("data", {}):
            yield "widget view in an output"
        yield from figure_faults(output.get("data", {}))
        for text in texts(output):
            yield from text_faults(text)


def figure_faults(data):
    """A picture needs words: show(fig, alt=...) puts them into text/plain."""
    words = data.get("text/plain", "")
    if "image/png" in data and (not words.strip() or words.startswith("<")):
        yield f"figure without alt text (text/plain is {words!r}): end the cell with show(fig, alt=...)"
    if any(kind in data for kind in ("image/svg+xml", "image/jpeg")):
        yield "figure that is not a PNG, so it can't be compared"


def texts(output):
    """All that is text in an output."""
    yield from (output[key] for key in ("text", "evalue") if key in output)
    yield from (str(v) for kind, v in output.get("data", {}).items() if kind.startswith("text/"))


def text_faults(text):
    """What in an output's text would differ on another day or machine."""
    for what, pattern in UNSTABLE.items():
        if match := pattern.search(text):
            yield f"{what} in an output: {match[0]!r}"
    for number in FLOAT.findall(text):
        if len(number.replace(".", "").lstrip("0")) > DIGITS:
            yield f"more than {DIGITS} significant digits in an output: {number}"


def regenerate(path, timeout):
    """Execute one notebook and write it; returns its faults. The file stays as it was when a cell fails.

    Output of a cell tagged nbval-ignore-output (a time, a device) is no reason to write: running twice changes nothing.
    """
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    before = canonical(read(path.read_text(encoding="utf-8")))
    nb = canonical(before)
    try:
        with kernel_environment():
            execute(nb, path.resolve().parent, timeout)
    except (CellControlSignal, DeadKernelError) as error:  # a cell raised, took too long, or used too much memory
        return [f"cell {last_executed(nb)} failed, so the file is left as it was:\n{error}"]
    text = write(before if write(references(nb)) == write(references(before)) else canonical(nb))
    nbformat.validate(read(text))
    path.write_text(text, encoding="utf-8", newline="\n")
    return faults(text)


def references(nb):
    """The canonical form of `nb` without the outputs that no test compares."""
    nb = canonical(nb)
    for cell in nb.cells:
        if "nbval-ignore-output" in cell.metadata.get("tags", ()):
            cell.outputs = []
    return nb


def last_executed(nb):
    """Number of the cell that an execution of `nb` stopped at."""
    return max(range(len(nb.cells)), key=lambda n: nb.cells[n].get("execution_count") or 0)


def main(arguments=None):
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", help="notebooks, or folders of notebooks")
    parser.add_argument("--check", action="store_true", help="execute nothing, only name the faults")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one cell (60)")
    options = parser.parse_args(arguments)
    status = 0
    for path in find(options.paths):
        found = faults(path.read_text(encoding="utf-8")) if options.check else regenerate(path, options.timeout)
        for fault in found:
            print(f"{path}: {fault}", flush=True)
            status = 1
        if not found and not options.check:
            print(f"{path}: written", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
