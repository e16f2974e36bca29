"""The notebook normalizer: what it writes, and the faults that it finds."""

import copy
import json

import nbformat
import pytest

from tools import canonical


def markdown(source, **more):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source, **more}


def code(source="1", count=1, outputs=(), **metadata):
    return {
        "cell_type": "code",
        "id": f"c{count}",
        "metadata": metadata,
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }


def notebook(*cells, **metadata):
    return nbformat.from_dict(
        {"cells": list(cells), "metadata": metadata or canonical.METADATA, "nbformat": 4, "nbformat_minor": 5}
    )


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def display(text=None, **data):
    data = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": data | ({"text/plain": text} if text else {})}


GOOD = notebook(
    markdown("# Title\n\ntext\n\n```\n# no title\n```"),
    code("print(1)", 1, [stream("0.5 at 1e-3, 3/4, 12.5 %\n")]),
    code("f()", 2, [display(image_png="iVBORw0KGgo=", text="A line falls from 2.5 to 0.1.")]),
    code(
        "1 / 0",
        3,
        [{"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["E: e"]}],
        tags=["raises-exception"],
    ),
)


def test_a_good_notebook_has_no_faults():
    assert canonical.faults(canonical.write(GOOD)) == []


def test_canonical_form_is_a_fixed_point():
    once = canonical.write(canonical.canonical(GOOD))
    assert canonical.write(canonical.canonical(canonical.read(once))) == once
    assert once.endswith("}\n") and json.loads(once)["nbformat_minor"] == 5


def with_output(output, source="print()", **metadata):
    return [markdown("# T"), code(source, 1, [output], **metadata)]


@pytest.mark.parametrize(
    ("fault", "cells"),
    [
        ("cell 1: never executed", [markdown("# T"), code(count=None)]),
        ("cell 1: empty code cell", [markdown("# T"), code(" ", None)]),
        ("execution counts are not 1, 2, 3", [markdown("# T"), code(count=2), code(count=1)]),
        ("execution counts are not 1, 2, 3", [markdown("# T"), code(count=7)]),
        ("error output: E: e", with_output({"output_type": "error", "ename": "E", "evalue": "e", "traceback": []})),
        ("stderr output (a warning?): careful", with_output(stream("careful\n", "stderr"))),
        ("widget view", with_output(display("x", **{canonical.VIEW: {"model_id": "1"}}))),
        (
            "transient metadata (timestamps, editor state): ['execution']",
            [markdown("# T"), code(execution={"x": "2026"})],
        ),
        ("memory address in an output: '0x7f3a5b2c", with_output(stream("<f at 0x7f3a5b2c10d0>"))),
        ("absolute path in an output: '/usr/lib/python'", with_output(stream("in /usr/lib/python"))),
        ("absolute path", with_output(stream(r"in C:\Users"))),
        ("temporary path in an output: 'ipykernel_123'", with_output(stream("File ipykernel_123/5.py"))),
        ("address with a port", with_output(display(text_html="<a href='http://host:8888/x'>"))),
        ("address with a port in an output: 'localhost:8888'", with_output(stream("localhost:8888"))),
        (
            "more than 12 significant digits in an output: 0.30000000000000004",
            with_output(stream("0.30000000000000004")),
        ),
        ("more than 12 significant digits in an output: 12345.12345678", with_output(stream("-12345.12345678e-7"))),
        ("figure without alt text (text/plain is '')", with_output(display(image_png="iVBORw0KGgo="))),
        ("figure without alt text", with_output(display(image_png="iVBORw0KGgo=", text="<Figure size 6x4>"))),
        ("figure that is not a PNG", with_output(display("x", image_jpeg="/9j/"))),
        ("the only H1 must be the notebook's first line", [code()]),
        ("H1 found in cells [0, 1]", [markdown("# T"), markdown("text\n# U", id="n")]),
        ("H1 found in cells [1]", [markdown("text"), markdown("# T", id="n")]),
        ("cell ids are missing or not unique", [markdown("# T"), markdown("x")]),
    ],
)
def test_fault_is_named(fault, cells):
    found = canonical.faults(canonical.write(notebook(*cells)))
    assert len(found) == 1 and fault in found[0], found


def test_widget_state_and_foreign_form_are_named():
    state = notebook(markdown("# T"), **canonical.METADATA, widgets={})
    assert canonical.faults(canonical.write(state)) == ["widget state in the metadata"]
    assert canonical.faults(json.dumps(GOOD)) == ["the file is not in canonical form"]


def test_what_a_machine_adds_is_dropped():
    messy = copy.deepcopy(GOOD)
    messy.metadata = nbformat.from_dict({"widgets": {}, "language_info": {"name": "python", "version": "3.14.0"}})
    messy.cells[1].metadata = {"execution": {"started": "2026"}, "collapsed": False, "trusted": True}
    messy.cells[1].outputs = [stream("0.5 at 1e-3, "), stream("3/4, 12.5 %\n")]
    messy.cells[1].execution_count = 17
    messy.cells[2].execution_count = 18
    messy.cells[2].outputs[0].data[canonical.VIEW] = {"model_id": "random"}
    messy.cells[3].execution_count = 20
    messy.cells[3].outputs[0]["traceback"] = ["File /usr/share/x.py"]
    messy.nbformat_minor = 4
    assert canonical.write(canonical.canonical(nbformat.from_dict(messy))) == canonical.write(GOOD)


def test_cell_ids_are_kept_where_they_can_be():
    cells = [markdown("# T", id="kept"), markdown("x", id="kept"), markdown("x", id="not valid"), markdown("x")]
    del cells[3]["id"]
    first = [cell.id for cell in canonical.canonical(notebook(*cells)).cells]
    assert first[0] == "kept" and len(set(first)) == 4
    assert first == [cell.id for cell in canonical.canonical(notebook(*cells)).cells]


def test_executing_twice_gives_the_same_bytes(tmp_path, capsys):
    path = tmp_path / "nb.ipynb"
    draw = """\
import base64, io, pathlib
import matplotlib.pyplot as plt
from IPython.display import display
assert pathlib.Path.cwd().joinpath("nb.ipynb").exists() and "warnings" not in globals()
fig, ax = plt.subplots(figsize=(2, 1))
ax.plot([1, 2])
plt.close(fig)
fig.savefig(png := io.BytesIO())
display({"image/png": base64.b64encode(png.getvalue()).decode(), "text/plain": "A line."}, raw=True)"""
    clock = code("import time\nprint(time.time_ns())", None, tags=["nbval-ignore-output"])
    cells = [markdown("# T"), code(draw, None), code("40 + 2", 7, tags=["gpu"]), clock]
    path.write_text(json.dumps(notebook(*cells)))
    assert canonical.main([str(path)]) == 0
    first = path.read_bytes()
    assert canonical.main([str(tmp_path)]) == 0
    assert path.read_bytes() == first
    assert canonical.main(["--check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{path}: written\n" * 2
    assert canonical.read(first.decode()).cells[2].outputs[0].data == {"text/plain": "42"}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings\nwarnings.warn('mind the gap')", "mind the gap"),
        ("while True: pass", "timed out"),
    ],
)
def test_a_failing_cell_leaves_the_file_alone(tmp_path, capsys, source, fault):
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps(notebook(markdown("# T"), code(count=None), code(source, None), code(count=3))))
    before = path.read_bytes()
    assert canonical.main(["--timeout", "2", str(path)]) == 1
    assert path.read_bytes() == before
    out = capsys.readouterr().out
    assert out.startswith(f"{path}: cell 2 failed") and fault in out
