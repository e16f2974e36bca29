"""Figures: what is drawn is what was asked for, and `show` gives its words to the reader."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lectopt import (
    Sweep,
    cost_line,
    double_well,
    fix_parameters,
    gaussian_bump,
    gradient_descent,
    house_prices,
    momentum,
    plot_contour,
    plot_curve,
    plot_fit,
    plot_images,
    plot_losses,
    plot_map,
    plot_surface,
    quadratic,
    run,
    show,
    subplots,
    sweep,
)
from lectopt.display import plots
from lectopt.objectives import houses
from lectopt.optimizers import METHODS, STYLES


@pytest.fixture(autouse=True)
def closed():
    yield
    plots.plt.close("all")


def test_contour_draws_the_paths_it_is_given_in_each_methods_style():
    f = double_well()
    paths = {name: run(METHODS[name], f, f.start, 20, lr=0.01) for name in ("gradient_descent", "momentum", "adam")}
    ax = plot_contour(f, paths)
    lines = {line.get_label(): line for line in ax.lines}
    for name, path in paths.items():
        np.testing.assert_array_equal(lines[name].get_xydata(), path)
        assert lines[name].get_color() == STYLES[name].color
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(paths)


def test_contours_have_equal_areas_between_them():
    ax = plot_contour(quadratic([1.0, 1.0]), levels=11)
    z = quadratic([1.0, 1.0])(np.random.default_rng(0).uniform(-2, 2, (20_000, 2)))
    counts, _ = np.histogram(z, ax.collections[0].levels)
    np.testing.assert_allclose(counts / counts.sum(), 0.1, atol=0.015)


def test_every_method_has_a_style_and_no_two_look_alike():
    assert set(STYLES) == set(METHODS)
    assert len({(style.color, str(style.linestyle)) for style in STYLES.values()}) == len(STYLES)


def test_losses_take_a_log_axis_where_they_span_much_and_end_diverged_runs_in_a_cross():
    f = quadratic([1.0, 10.0])
    losses = {f"lr {lr}": run(gradient_descent, f, f.start, 60, lr=lr, keep=f) for lr in (0.1, 0.25)}
    ax = plot_losses(losses)
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["lr 0.1", "lr 0.25 (diverged)"]
    assert sum(line.get_marker() == "x" for line in ax.lines) == 1
    assert ax.get_ylim()[1] < 1e4 < losses["lr 0.25"][-1], "the diverged run must not squeeze the others"
    assert plot_losses({"flat": np.array([2.0, 1.5, 1.0])}).get_yscale() == "linear"


def test_map_of_two_axes_shows_final_losses_and_hatches_what_diverged():
    f = quadratic([1.0, 10.0])
    runs = sweep(momentum, f, f.start, 50, lr=np.linspace(0.01, 0.5, 8), beta=np.linspace(0, 0.9, 6))
    ax = plot_map(f, runs, mark={"lr": 0.01, "beta": 0.0})
    shown = ax.collections[0].get_array().reshape(8, 6)
    np.testing.assert_allclose(shown[0], f(runs.path[-1])[0])
    gone = int(np.ma.getmaskarray(shown).sum())
    assert gone > 0 and f"{gone} of 48" in ax.get_title("left")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("beta", "lr")


def test_map_of_one_axis_is_a_curve():
    f = quadratic([1.0, 10.0])
    ax = plot_map(f, sweep(gradient_descent, f, f.start, 50, lr=np.geomspace(0.01, 1.0, 9)))
    assert ax.get_xscale() == "log" and "diverged: 3 of 9" in ax.get_legend().get_texts()[0].get_text()


def test_line_fit_beside_its_cost_draws_the_models_own_lines():
    f = house_prices(unit=1000)
    X, y = houses(1000)
    thetas = run(gradient_descent, f, f.start, 3, lr=0.1)
    left, right = plot_fit(f, X, y, thetas)
    for line, theta in zip(left.lines[1:], thetas, strict=True):
        x, prices = line.get_xydata().T
        np.testing.assert_allclose(prices, theta[0] + theta[1] * x)
    np.testing.assert_allclose(right.collections[-1].get_offsets(), thetas)
    J = cost_line()
    left, right = plot_fit(J, [[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0], [[0.0], [0.5]])
    np.testing.assert_allclose(right.collections[-1].get_offsets()[:, 1], J([[0.0], [0.5]]))


def test_curve_and_tangent():
    J = cost_line()
    ax = plot_curve(J, run(gradient_descent, J, [0.0], 3, lr=0.1), tangents=[0.5])
    (x0, x1), (y0, y1) = ax.lines[1].get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(J.grad([0.5])[0])


def test_surface_and_images_draw():
    assert plot_surface(double_well(), run(gradient_descent, double_well(), [1.0, 1.0], 3)).name == "3d"
    figure = plot_images(np.random.default_rng(0).random((12, 64)), range(12), columns=5)
    assert sum(bool(ax.images) for ax in figure.axes) == 12


def test_show_gives_words_and_a_picture_and_closes_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    figure, ax = subplots(size=(2, 1))
    ax.plot([0, 1])
    show(figure, alt="A line\n  that rises from 0 to 1.")
    ((data, options),) = shown
    assert data["text/plain"] == options["metadata"]["image/png"]["alt"] == "A line that rises from 0 to 1."
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (2 * 2 * 96, 2 * 96)
    assert not plots.plt.get_fignums()


def test_a_figure_is_the_same_bytes_twice():
    def draw():
        return plots.png(plot_contour(double_well()).figure)

    assert draw() == draw()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: show(subplots()[0], alt=" "), ValueError, "alt must say in words"),
        (lambda: plot_contour(gaussian_bump()), ValueError, "fix_parameters"),
        (
            lambda: plot_contour(double_well(), {"a": np.zeros((3, 3))}),
            ValueError,
            r"'a' must have shape \(steps \+ 1, 2\)",
        ),
        (lambda: plot_curve(double_well()), ValueError, "one parameter"),
        (lambda: plot_map(double_well(), np.zeros(3)), TypeError, "must be a Sweep"),
        (
            lambda: plot_map(None, Sweep(np.zeros((2, 1, 1, 1)), {"a": [1], "b": [1], "c": [1]})),
            ValueError,
            "one or two axes",
        ),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_slice_of_three_parameters_can_be_drawn():
    ax = plot_contour(fix_parameters(gaussian_bump(), {2: -1.0}), names=("a", "b"))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
