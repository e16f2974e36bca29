"""Helpers for arrays: the same numbers in every library, right dtypes, the fast memory order, clear refusals."""

import gc
import importlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectopt import arrays
from lectopt.arrays import as_points, dot, like, log_sum_exp, namespace, safe_ratio, softmax, stack_parameters

torch = pytest.importorskip("torch")

shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)
finite = st.floats(-1e6, 1e6)


def make(xp, values, dtype="float64"):
    return xp.asarray(np.asarray(values), dtype=getattr(xp, dtype))


def test_namespace(xp):
    array = make(xp, [1.0])
    assert namespace(array).__name__.split(".")[-1] == xp.__name__
    assert namespace(np.float64(1)) is np
    assert namespace(array).__name__ == namespace(make(xp, [[2.0]], "float32")).__name__


@pytest.mark.parametrize("thing", [[1.0], 1.0, "array", None])
def test_what_is_no_array_has_no_namespace(thing):
    with pytest.raises(TypeError):
        namespace(thing)


# Points


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_points_keep_their_dtype(xp, dtype):
    theta = make(xp, [1.0, 2.0], dtype)
    assert as_points(theta) is theta


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_integer_points_become_float64(xp, dtype):
    assert as_points(make(xp, [1, 2], dtype)).dtype == xp.float64


@pytest.mark.parametrize("values", [[1, 2], (1.0, 2), [[1, 2], [3, 4]], range(3)])
def test_lists_become_float64(values):
    points = as_points(values)
    assert points.dtype == np.float64
    assert points.tolist() == np.array(values).tolist()


@pytest.mark.parametrize(
    "thing",
    ["1.0", ["1.0", "2.0"], b"1", None, [None], [1j], [True], {"a": 1}, [[1.0], [1.0, 2.0]], object(), [object()]],
)
def test_points_that_are_no_numbers(refused, thing):
    refused(TypeError, "theta0 must", lambda: as_points(thing, "theta0"))


@pytest.mark.parametrize("dtype", ["bool", "complex128"])
def test_arrays_that_are_no_real_numbers(refused, xp, dtype):
    refused(
        TypeError,
        "theta0 must hold real floating-point numbers | dtype",
        lambda: as_points(make(xp, [1], dtype), "theta0"),
    )


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.array(2.0), torch.tensor(2.0)])
def test_a_bare_number_is_no_point(refused, number):
    refused(ValueError, "theta0 is a single number | [2.0]", lambda: as_points(number, "theta0"))


@given(st.one_of(st.text(), st.booleans(), st.none(), st.complex_numbers(), st.binary(), st.dates()))
def test_only_numbers_are_numbers(thing):
    assert not arrays.is_number(thing)
    with pytest.raises(TypeError, match=r"lr must be a number, but .* came"):
        arrays.require_number(thing, "lr")


def test_first_bad_number_is_named(refused):
    X = np.zeros((3, 4))
    X[1, 2] = np.nan
    refused(ValueError, "X holds NaN or infinity at index (1, 2) | finite", lambda: arrays.require_finite(X, "X"))
    refused(ValueError, "X holds NaN", lambda: arrays.require_finite(torch.from_numpy(X), "X"))


# Constants


def test_like_has_the_kind_of_theta(xp):
    constant = np.array([1.0, 2.0])
    for dtype in ("float32", "float64"):
        theta = make(xp, [0.0], dtype)
        converted = like(constant, theta)
        assert type(converted) is type(theta)
        assert converted.dtype == theta.dtype
        assert like(constant, theta) is converted  # converted once
        np.testing.assert_array_equal(np.asarray(converted), constant)


def test_like_forgets_what_is_gone():
    gc.collect()
    before = len(arrays._converted)
    for i in range(20):
        assert float(like(np.array([float(i)]), torch.zeros(1))[0]) == i
    gc.collect()
    assert len(arrays._converted) <= before


def test_like_casts_in_silence():
    assert np.isinf(like(np.array([1e300]), np.zeros(1, np.float32)))


@pytest.mark.parametrize("indices", [None, [2], [1, 0, 1], np.array([0, 2])])
def test_rows(xp, indices):
    X = np.arange(6.0).reshape(3, 2)
    rows = arrays.take_rows(X, indices if indices is None else np.asarray(indices), make(xp, [0.0], "float32"))
    assert rows.dtype == xp.float32
    np.testing.assert_array_equal(np.asarray(rows), X if indices is None else X[indices])


# Memory order


def runs_lie_side_by_side(array):
    return np.asarray(array[..., 0]).flags.c_contiguous


@given(shapes, st.integers(1, 5), st.sampled_from(["float32", "float64"]), st.integers(0, 2**32))
def test_stack_parameters_is_stack(shape, P, dtype, seed):
    parts = np.random.default_rng(seed).normal(size=(P, *shape)).astype(dtype)
    stacked = stack_parameters(*parts)
    assert stacked.dtype == dtype
    np.testing.assert_array_equal(stacked, np.stack(list(parts), axis=-1))
    assert runs_lie_side_by_side(stacked)
    assert runs_lie_side_by_side(2 * stacked - stacked * np.ones(P))  # and stay so
    in_torch = stack_parameters(*torch.from_numpy(parts))
    np.testing.assert_array_equal(in_torch.numpy(), stacked)
    assert runs_lie_side_by_side(in_torch.numpy())


@given(shapes, st.integers(1, 12), st.integers(1, 3), st.data())
def test_broadcast_runs_and_empty_stack(runs, P, length, data):
    lead = data.draw(st.integers(0, len(runs)))
    own = tuple(data.draw(st.sampled_from([1, n])) for n in runs[len(runs) - lead :])
    theta = np.random.default_rng(0).normal(size=(*own, P))
    full = arrays.broadcast_runs(theta, runs)
    np.testing.assert_array_equal(full, np.broadcast_to(theta, (*runs, P)))
    assert full.flags.writeable
    assert not np.shares_memory(full, theta)
    few = P <= arrays.FEW_PARAMETERS
    assert not few or runs_lie_side_by_side(full)
    stack = arrays.empty_stack(full, length)
    assert stack.shape == (length, *full.shape)
    assert stack.dtype == full.dtype
    stack[-1] = full
    np.testing.assert_array_equal(stack[-1], full)
    assert not few or runs_lie_side_by_side(stack[0])


def test_stack_has_room_in_every_library(xp):
    first = stack_parameters(make(xp, [1.0, 2.0, 3.0], "float32"), make(xp, [4.0, 5.0, 6.0], "float32"))
    stack = arrays.empty_stack(first, 2)
    assert tuple(stack.shape) == (2, 3, 2)
    assert stack.dtype == xp.float32
    stack[0, ...] = first
    np.testing.assert_array_equal(np.asarray(stack)[0], [[1, 4], [2, 5], [3, 6]])


# Formulas; torch's own are the oracle


@given(shapes, st.integers(1, 4), st.integers(0, 2**32))
def test_dot(shape, P, seed):
    a, b = np.random.default_rng(seed).normal(size=(2, *shape, P))
    np.testing.assert_allclose(dot(a, b), np.einsum("...i,...i", a, b), rtol=1e-12, atol=1e-12)


rows = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6)


@given(rows, st.sampled_from(["numpy", "torch", "array_api_strict"]))
def test_softmax_and_log_sum_exp(z, library):
    ours, theirs = make(importlib.import_module(library), z), torch.tensor(z, dtype=torch.float64)
    np.testing.assert_allclose(np.asarray(softmax(ours)), torch.softmax(theirs, -1).numpy(), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(np.asarray(log_sum_exp(ours)), torch.logsumexp(theirs, -1).numpy(), rtol=1e-13)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_along_an_axis(xp, axis):
    z = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    p, top = softmax(make(xp, z, "float32"), axis=axis), log_sum_exp(make(xp, z, "float32"), axis=axis)
    assert p.dtype == top.dtype == xp.float32
    np.testing.assert_allclose(np.asarray(p), torch.softmax(torch.from_numpy(z), axis).numpy(), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(top), torch.logsumexp(torch.from_numpy(z), axis).numpy(), rtol=1e-5)


def test_ten_equal_classes_cost_ln_ten():
    assert -math.log(softmax(np.zeros(10))[3]) == pytest.approx(2.302585, abs=5e-7)


@given(st.lists(finite, min_size=1, max_size=5), finite)
def test_safe_ratio(numerators, denominator):
    a = np.array(numerators)
    with np.errstate(all="ignore"):
        plain = a / denominator
    with np.errstate(divide="ignore", over="ignore"):  # never an invalid 0 / 0
        ratio = safe_ratio(a, np.full_like(a, denominator))
    np.testing.assert_array_equal(ratio, np.where((a == 0) & (denominator == 0), 0, plain))
