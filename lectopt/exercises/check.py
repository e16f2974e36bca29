"""`check`: one call an exercise, with an answer in words. A wrong answer raises nothing; it is told what is wrong."""

import dis
import importlib
import pkgutil
from dataclasses import dataclass

import numpy as np

__all__ = ["check"]


class NotYet(Exception):
    """What is wrong with an answer, in words for the student."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: `verify(answer)` raises NotYet, or returns what the student may conclude."""

    name: str
    verify: object
    hints: tuple

    def __call__(self, answer=...):
        """Check an answer and say in words what came of it."""
        if is_open(answer):
            print(f"{self.name}: not done yet.")
            return
        try:
            print(f"{self.name}: right. {self.verify(answer)}")
        except NotYet as wrong:
            print(f"{self.name}: not yet. {wrong}")

    def __repr__(self):
        return f"exercise {self.name}, {len(self.hints)} hints"


def is_open(answer):
    """Whether an answer is still the stub: `...`, None, or a function whose body is only `...` (and a docstring)."""
    if answer is ... or answer is None:
        return True
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    does = {instruction.opname for instruction in dis.get_instructions(code)}
    says = set(code.co_consts) - {None, answer.__doc__}
    return does <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"} and not says


def exercise(*hints):
    """Register the function below as an exercise of its own name, with hints from vague to plain."""

    def register(verify):
        _exercises[verify.__name__] = Exercise(verify.__name__, verify, hints)
        return verify

    return register


_exercises = {}


class Checks:
    """All exercises by name: `check.<exercise>(answer)`; `check.hint("<exercise>")` gives the next hint."""

    def __init__(self):
        self._given = {}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return _find(name)

    def hint(self, name):
        """Print the next hint for an exercise; the last one is repeated."""
        found = _find(name)
        given = self._given.get(name, 0)
        self._given[name] = min(given + 1, len(found.hints) - 1)
        print(f"Hint {given + 1} of {len(found.hints)}: {found.hints[given]}")

    def __dir__(self):
        _load()
        return ["hint", *_exercises]


def _load():
    package = importlib.import_module("lectopt.exercises")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("chapter_"):
            importlib.import_module(f"lectopt.exercises.{module.name}")


def _find(name):
    _load()
    if name not in _exercises:
        raise AttributeError(f"there is no exercise {name!r}; there are: {', '.join(_exercises)}")
    return _exercises[name]


def number(answer, what="the answer"):
    """`answer` as a float, or NotYet."""
    try:
        value = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"{what} should be a number, but it is {answer!r}.") from None
    if value.size != 1 or not np.isfinite(value).all():
        raise NotYet(f"{what} should be one finite number, but it is {answer!r}.")
    return float(value.reshape(()))


def numbers(answer, what):
    """`answer` as an array of floats, or NotYet."""
    try:
        return np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"{what} should be numbers, but {answer!r} came.") from None


def close(a, b, tolerance=1e-8):
    """Whether two results agree in shape and value."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=tolerance, atol=tolerance))


def call(function, *arguments):
    """The student's function at copies of some arguments, errors and in-place changes told in words."""
    if not callable(function):
        raise NotYet(f"this exercise asks for a function, but {type(function).__name__} came. Pass its name alone.")
    given = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    try:
        result = function(*given)
    except NotYet:
        raise
    except Exception as error:  # a student's function may raise anything
        raise NotYet(f"your function raised {type(error).__name__}: {error}") from None
    for position, (before, after) in enumerate(zip(arguments, given, strict=True), start=1):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            raise NotYet(f"your function changed its argument {position} in place. Write `a = a - b`, not `a -= b`.")
    if result is None or result is ...:
        raise NotYet("your function returned nothing. Does it end with `return`?")
    return result


check = Checks()
