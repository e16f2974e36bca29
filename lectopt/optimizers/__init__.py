"""The reference methods, and the one table of them all: METHODS, with STYLES and RANGES beside it."""

import math
from typing import NamedTuple

from . import adaptive, curvature, descent, line_search, momentum

__all__ = ["METHODS", "RANGES", "STYLES"]

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"  # Okabe and Ito's
ORANGE, SKY, BLACK = "#E69F00", "#56B4E9", "#000000"
LONG, PAIRS, TWO_DOTS = (0, (9, 3)), (0, (5, 1, 5, 4)), (0, (6, 2, 1, 2, 1, 2))  # dash patterns, in line widths

# A method is a row: the function, and how it is drawn. Any two differ in at least two of color, dashes and marker.
TABLE = (
    (descent.gradient_descent, BLUE, "-", "o"),
    (line_search.steepest_descent, BLUE, "--", "^"),
    (momentum.momentum, VERMILLION, "--", "s"),
    (momentum.momentum_velocity, VERMILLION, "-.", "D"),
    (momentum.momentum_trace, VERMILLION, ":", "P"),
    (momentum.momentum_ema, VERMILLION, LONG, "o"),
    (momentum.nesterov, BLACK, PAIRS, "X"),
    (adaptive.adagrad, PURPLE, ":", "D"),
    (adaptive.adadelta, BLACK, ":", "o"),
    (adaptive.rmsprop, ORANGE, LONG, "v"),
    (adaptive.adam, GREEN, "-.", "^"),
    (adaptive.adam_uncorrected, GREEN, ":", "v"),
    (adaptive.adamax, ORANGE, TWO_DOTS, "X"),
    (adaptive.nadam, ORANGE, PAIRS, "s"),
    (adaptive.amsgrad, GREEN, LONG, "X"),
    (adaptive.adamw, GREEN, TWO_DOTS, "s"),
    (adaptive.lion, PURPLE, TWO_DOTS, "o"),
    (curvature.rprop, SKY, TWO_DOTS, "P"),
    (curvature.newton, SKY, PAIRS, "o"),
    (curvature.conjugate_gradient_fr, BLACK, "-", "s"),
    (curvature.conjugate_gradient_pr, BLACK, "--", "D"),
    (curvature.lbfgs, SKY, "-", "^"),
)

METHODS = {method.__name__: method for method, *_ in TABLE}


class Style(NamedTuple):
    """How a method is drawn: an Okabe–Ito color, and a dash pattern and a marker as further cues."""

    color: str
    linestyle: str | tuple
    marker: str


STYLES = {method.__name__: Style(*style) for method, *style in TABLE}


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


AT_LEAST_0, AT_LEAST_1, BELOW_1 = Range(0, math.inf), Range(1, math.inf), Range(0, 1)

RANGES = {
    "lr": AT_LEAST_0,
    "beta": BELOW_1,
    "beta1": BELOW_1,
    "beta2": BELOW_1,
    "rho": BELOW_1,
    "psi": AT_LEAST_0,
    "eps": AT_LEAST_0,
    "eps_root": AT_LEAST_0,
    "weight_decay": AT_LEAST_0,
    # curvature and line searches
    "damping": AT_LEAST_0,
    "floor": AT_LEAST_0,
    "history": AT_LEAST_1,
    "c1": BELOW_1,
    "c2": BELOW_1,
    "grow": AT_LEAST_1,
    "shrink": BELOW_1,
    "step_min": AT_LEAST_0,
    "step_max": AT_LEAST_0,
    # wrappers
    "max_value": AT_LEAST_0,
    "max_norm": AT_LEAST_0,
    "after": AT_LEAST_0,
    "decay": BELOW_1,
    "factor": BELOW_1,
    "patience": AT_LEAST_0,
    "threshold": BELOW_1,
}
