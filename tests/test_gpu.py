"""The device at hand. The tests marked `gpu` run where there is one."""

import numpy as np
import pytest
import torch

from lectopt import adam, gpu, gradient_descent, logistic_regression, momentum, quadratic, run, sweep


def test_device_and_words(monkeypatch):
    assert gpu.device("cpu").type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.device().type == "cpu" and "no GPU" in gpu.describe(gpu.device())
    with pytest.raises(ValueError, match="no CUDA device here"):
        gpu.device("cuda")
    with pytest.raises(ValueError, match="'tpu' came"):
        gpu.device("tpu")


def test_timing_calls_once_more_than_it_counts():
    calls = []
    assert gpu.seconds(lambda: calls.append(1), gpu.device("cpu"), repeat=3) >= 0
    assert len(calls) == 4
    with pytest.raises(ValueError, match="repeat must be at least 1"):
        gpu.seconds(print, gpu.device("cpu"), repeat=0)


def test_dtype_is_kept_unless_asked_otherwise():
    assert gpu.on_device(np.ones(2), gpu.device("cpu")).dtype == torch.float64
    assert gpu.on_device([1.0], gpu.device("cpu"), dtype=torch.float32).dtype == torch.float32


@pytest.mark.gpu
@pytest.mark.parametrize("method", [gradient_descent, momentum, adam])
def test_paths_on_the_gpu_equal_numpys(method):
    f = quadratic([1.0, 10.0], angle=0.3)
    lr = np.geomspace(0.001, 0.1, 20)
    there = sweep(method, f, gpu.on_device(f.start, gpu.device("cuda")), 50, lr=lr).path
    assert there.is_cuda
    np.testing.assert_allclose(there.cpu().numpy(), sweep(method, f, f.start, 50, lr=lr).path, rtol=0, atol=1e-12)


@pytest.mark.gpu
def test_data_objective_on_the_gpu():
    rng = np.random.default_rng(0)
    f = logistic_regression(rng.normal(size=(50, 4)), rng.integers(3, size=50))
    there = run(gradient_descent, f, gpu.on_device(f.start, gpu.device("cuda")), 20, lr=0.5)
    np.testing.assert_allclose(there.cpu().numpy(), run(gradient_descent, f, f.start, 20, lr=0.5), rtol=0, atol=1e-12)
