"""The reference methods, and the one table of them all."""

import math
from typing import NamedTuple

from .adaptive import adam as _adam
from .descent import gradient_descent as _gradient_descent
from .momentum import momentum as _momentum

__all__ = ["METHODS", "RANGES", "STYLES"]

METHODS = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "adam": _adam,
}


class Range(NamedTuple):
    """The numbers that a hyper-parameter may take: low ≤ x < high, or ≤ high where that is included."""

    low: float
    high: float
    high_included: bool = False

    def __contains__(self, x):
        return self.low <= x and (x <= self.high if self.high_included else x < self.high)

    def __str__(self):
        if self.high == math.inf:
            return f"at least {self.low:g}"
        return f"in [{self.low:g}, {self.high:g}{']' if self.high_included else ')'}"


RANGES = {
    "lr": Range(0, math.inf),
    "beta": Range(0, 1),
    "beta1": Range(0, 1),
    "beta2": Range(0, 1),
    "eps": Range(0, math.inf),
    "eps_root": Range(0, math.inf),
}


class Style(NamedTuple):
    """How a method is drawn: an Okabe–Ito color, and a dash pattern and a marker as the second cue."""

    color: str
    linestyle: str
    marker: str


STYLES = {
    "gradient_descent": Style("#0072B2", "-", "o"),
    "momentum": Style("#D55E00", "--", "s"),
    "adam": Style("#009E73", "-.", "^"),
}
