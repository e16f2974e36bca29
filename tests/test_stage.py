"""The live demos: sliders pick finished runs, and each output has words and a picture without a kernel."""

import numpy as np
import pytest

from lectopt import (
    FitStage,
    FogStage,
    Stage,
    gaussian_bump,
    gradient_descent,
    himmelblau,
    house_prices,
    momentum,
    quadratic,
    sweep,
)
from lectopt.display import plots
from lectopt.objectives import houses

LRS, BETAS = [0.02, 0.1, 0.3], [0.0, 0.5]


@pytest.fixture
def f():
    return quadratic([1.0, 10.0])


@pytest.fixture
def sweeps(f):
    return {
        "gradient_descent": sweep(gradient_descent, f, f.start, 30, lr=LRS),
        "momentum": sweep(momentum, f, f.start, 30, lr=LRS, beta=BETAS),
    }


def test_sliders_follow_the_axes_and_pick_the_run(f, sweeps):
    stage = Stage(f, sweeps, at={"lr": 0.1, "beta": 0.5})
    assert list(stage._sliders) == ["lr", "beta", "step"], "lr is shared: its values are equal"
    np.testing.assert_array_equal(stage._path["momentum"].get_xydata(), sweeps["momentum"].at(lr=0.1, beta=0.5))
    before = stage._picture.value
    stage._sliders["beta"].value = 0
    stage._sliders["step"].value = 10
    np.testing.assert_array_equal(stage._path["momentum"].get_xydata(), sweeps["momentum"].at(lr=0.1, beta=0.0)[:11])
    assert stage._picture.value != before
    assert "beta 0:" in stage._caption.value and "after 10 steps" in stage._caption.value


def test_axes_with_other_values_get_their_own_slider(f, sweeps):
    other = sweeps | {"momentum": sweep(momentum, f, f.start, 30, lr=[0.1, 0.2])}
    assert list(Stage(f, other)._sliders) == ["lr, gradient_descent", "lr, momentum", "step"]


def test_begins_at_the_best_run_and_names_divergence(f, sweeps):
    stage = Stage(f, sweeps)
    assert "gradient_descent with lr 0.1:" in repr(stage)
    stage._sliders["lr"].value = 2
    assert "it has diverged" in stage._words


def test_output_has_a_picture_words_and_the_live_view(f, sweeps):
    data, metadata = Stage(f, sweeps)._repr_mimebundle_()
    assert {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"] == metadata["image/png"]["alt"] and "0x" not in data["text/plain"]
    assert not plots.plt.get_fignums(), "the figure must not be shown a second time"


def test_fit_stage_moves_the_models_line():
    f, (X, y) = house_prices(unit=1000), houses(1000)
    runs = sweep(gradient_descent, f, f.start, 50, lr=[0.1, 0.2])
    stage = FitStage(f, X, y, runs, at={"lr": 0.2})
    theta = runs.at(lr=0.2)[-1]
    np.testing.assert_allclose(stage._line.get_ydata(), theta[0] + theta[1] * stage._line.get_xdata())
    stage._sliders["step"].value = 1
    theta = runs.at(lr=0.2)[1]
    np.testing.assert_allclose(stage._line.get_ydata(), theta[0] + theta[1] * stage._line.get_xdata())
    assert "step 1" in stage._words


def test_fog_hides_all_but_the_place_and_lifts():
    stage = FogStage(himmelblau(), at=[-1.0, 1.0])
    fog = np.asarray(stage._fog.get_array())[..., 3]
    assert 0.95 < fog.mean() < 1 and fog.min() == 0
    f = himmelblau()
    assert f"{float(f([-1.0, 1.0])):.3g}" in stage._words and f"{f.grad([-1.0, 1.0])[0]:.3g}" in stage._words
    stage._sliders["fog"].value = False
    assert np.asarray(stage._fog.get_array())[..., 3].max() == 0


def test_bad_input_is_named(f, sweeps):
    with pytest.raises(TypeError, match="wrap a function"):
        Stage(lambda theta: theta, sweeps)
    with pytest.raises(TypeError, match="dict of name: Sweep"):
        Stage(f, [1])
    with pytest.raises(ValueError, match="sweeps is empty"):
        Stage(f, {})
    with pytest.raises(ValueError, match="same number of steps"):
        Stage(f, sweeps | {"short": sweep(gradient_descent, f, f.start, 5, lr=LRS)})
    bump = gaussian_bump()
    with pytest.raises(ValueError, match="two parameters"):
        Stage(bump, {"gd": sweep(gradient_descent, bump, bump.start, 5, lr=LRS)})
    with pytest.raises(ValueError, match="sight"):
        FogStage(f, sight=0)
    with pytest.raises(ValueError, match="one axis"):
        FitStage(f, [[1.0]], [1.0], sweeps["momentum"])
