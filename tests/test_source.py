"""show_source shows the code that runs."""

import ast
import inspect

import pytest

from lectopt import METHODS, show_source


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_the_text_is_the_function_less_its_docstring(method):
    shown, real = ast.parse(repr(show_source(method))), ast.parse(inspect.getsource(method))
    del real.body[0].body[0]
    assert ast.dump(shown) == ast.dump(real)
    assert repr(show_source(method, docstring=True)) == inspect.getsource(method).rstrip()


def test_notebooks_get_highlighted_text():
    bundle = show_source(METHODS["adam"])._repr_mimebundle_()
    assert bundle["text/markdown"] == f"```python\n{bundle['text/plain']}\n```"


@pytest.mark.parametrize("nothing", [len, 3, "momentum"])
def test_bad_input_is_named(nothing):
    with pytest.raises(TypeError, match="function written in Python"):
        show_source(nothing)
