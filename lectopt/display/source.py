"""The code that a student reads is the code under test: `show_source`."""

import ast
import inspect
import textwrap

__all__ = ["show_source"]


class Source:
    """A function's own text, highlighted in notebooks; made by `show_source`."""

    def __init__(self, text):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/markdown": f"```python\n{self.text}\n```"}

    def __repr__(self):
        return self.text


def show_source(function, *, docstring=False):
    """The text of a function, as it runs.

    Parameters
    ----------
    function : callable
        A function written in Python.
    docstring : bool
        With the docstring, or without it (the notebook has explained it).

    Returns
    -------
    Source
        Shown highlighted by JupyterLab; its text is the plain code.

    Raises
    ------
    TypeError
        If `function` has no Python source.

    Examples
    --------
    >>> from lectopt import gradient_descent
    >>> show_source(gradient_descent)
    def gradient_descent(f, t, theta, *, lr=0.01):
        return (theta - lr * f.grad(theta),)
    """
    try:
        lines, _ = inspect.getsourcelines(function)
    except (TypeError, OSError) as error:
        raise TypeError(f"show_source needs a function written in Python, but {function!r} came") from error
    text = textwrap.dedent("".join(lines)).rstrip()
    if not docstring and function.__doc__:
        text = without_docstring(text)
    return Source(text)


def without_docstring(text):
    """The text of a function less its docstring, comments kept."""
    first = ast.parse(text).body[0].body[0]
    lines = text.splitlines()
    return "\n".join(lines[: first.lineno - 1] + lines[first.end_lineno :]).rstrip()
