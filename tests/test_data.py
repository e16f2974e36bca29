"""The shipped data sets equal scikit-learn's copies and need no network; split is disjoint, complete and stratified."""

import hashlib
import re
import socket
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lectopt import data
from lectopt.data import Dataset, breast_cancer, digits, split


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("lectopt.data opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)


def generator(seed=0):
    return np.random.default_rng(seed)


# The data sets


def packed(name):
    """The arrays of a shipped file, from scikit-learn's copy. np.savez_compressed(path, **packed(name)) makes it."""
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    y = y.astype(np.uint8)
    if name == "digits":
        return {"X": X.astype(np.uint8), "y": y}
    scales = [(k, 10**k) for k in range(10)]
    decimals = [next(k for k, s in scales if np.array_equal(np.round(column * s) / s, column)) for column in X.T]
    integers = np.round(X * 10 ** np.array(decimals)).astype(np.uint32)
    return {"X": integers, "decimals": np.array(decimals, np.uint8), "y": y}


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
def test_files_hold_what_scikit_learn_ships(name):
    with np.load(data.FOLDER / f"{name}.npz", allow_pickle=False) as file:
        expected = packed(name)
        assert list(file) == list(expected)
        for key, array in expected.items():
            assert file[key].dtype == array.dtype
            np.testing.assert_array_equal(file[key], array)


def test_digits_equal_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    ours = digits()
    np.testing.assert_array_equal(ours.X * 16, theirs.data)
    np.testing.assert_array_equal(ours.X.reshape(-1, 8, 8) * 16, theirs.images)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.class_names == tuple(map(str, theirs.target_names))


def test_breast_cancer_equals_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_breast_cancer()
    ours = breast_cancer()
    np.testing.assert_array_equal(ours.X, theirs.data)  # to the last bit
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.class_names == tuple(theirs.target_names)


# Counts that the UCI pages state, so that the test has an oracle where scikit-learn is absent.
@pytest.mark.parametrize(
    ("load", "shape", "counts"),
    [
        (digits, (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
        (breast_cancer, (569, 30), [212, 357]),
    ],
)
def test_shapes_types_and_class_counts(load, shape, counts):
    d = load()
    assert isinstance(d, Dataset)
    assert d.X.shape == shape == (d.n, len(d.feature_names))
    assert d.X.dtype == np.float64
    assert d.X.flags.c_contiguous
    assert d.y.shape == (d.n,)
    assert d.y.dtype == np.int64
    assert np.bincount(d.y).tolist() == counts
    assert len(d.class_names) == len(counts)
    assert d.license == "CC BY 4.0"
    assert re.search(r"UCI Machine Learning Repository, \d{4}, https://doi.org/10.24432/C5\w+$", d.source)


def test_digits_lie_between_0_and_1():
    X = digits().X
    assert (X.min(), X.max()) == (0, 1)


@pytest.mark.parametrize("load", [digits, breast_cancer])
def test_checksum_is_that_of_the_file(load):
    content = (data.FOLDER / f"{load.__name__}.npz").read_bytes()
    assert load().sha256 == hashlib.sha256(content).hexdigest() == data.SHA256[load.__name__]
    assert len(content) < 50_000


@pytest.mark.parametrize("load", [digits, breast_cancer])
def test_source_and_license_stand_in_the_docstring(load):
    text = " ".join(load.__doc__.split())
    assert load().source in text
    assert load().license in text


@pytest.mark.parametrize("load", [digits, breast_cancer])
def test_a_change_in_place_harms_nobody(load):
    d = load()
    before = d.X.copy(), d.y.copy()
    d.X[:] = -1
    d.y[:] = 7
    np.testing.assert_array_equal(load().X, before[0])
    np.testing.assert_array_equal(load().y, before[1])
    with pytest.raises(FrozenInstanceError):
        d.y = before[1]


def test_repr_is_words():
    assert repr(breast_cancer()) == ("Dataset 'breast_cancer': 569 samples, 30 features, 2 classes (malignant, benign)")


def test_a_damaged_file_says_so(monkeypatch, tmp_path):
    content = bytearray((data.FOLDER / "digits.npz").read_bytes())
    content[1000] ^= 1
    (tmp_path / "digits.npz").write_bytes(content)
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    with pytest.raises(OSError, match=r"digits\.npz is damaged, its SHA-256 is \w+ and not dff7.*with git"):
        digits()
    with pytest.raises(OSError, match=r"breast_cancer\.npz is missing: install lectopt again"):
        breast_cancer()


# split

fractions_of_one = st.lists(st.integers(1, 9), min_size=2, max_size=3).map(lambda w: tuple(i / sum(w) for i in w))


@st.composite
def classes_and_fractions(draw):
    """Shuffled class labels, each class large enough to be in every part, and the fractions."""
    fractions = draw(fractions_of_one)
    enough = int(np.ceil(1 / min(fractions))) + 1
    counts = draw(st.lists(st.integers(enough, enough + 30), min_size=1, max_size=12))
    y = np.repeat(np.arange(len(counts)) * 3 - 5, counts)
    return generator(draw(st.integers(0, 99))).permutation(y), fractions


@settings(deadline=None)
@given(classes_and_fractions(), st.integers(0, 2**32))
def test_split_is_disjoint_complete_stratified_and_deterministic(case, seed):
    y, fractions = case
    X = np.arange(2 * len(y)).reshape(-1, 2)
    parts = split(X, y, fractions, rng=generator(seed))

    assert len(parts) == len(fractions)
    rows = np.concatenate([part[0][:, 0] // 2 for part in parts])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(y)))  # each sample once
    for (X_part, y_part), fraction in zip(parts, fractions, strict=True):
        np.testing.assert_array_equal(y_part, y[X_part[:, 0] // 2])  # rows and labels stay together
        assert abs(len(y_part) - fraction * len(y)) < 1
        for c in np.unique(y):
            count = np.count_nonzero(y_part == c)
            assert count >= 1
            assert abs(count - fraction * np.count_nonzero(y == c)) < 1

    again = split(X, y, fractions, rng=generator(seed))
    for part, same in zip(parts, again, strict=True):
        np.testing.assert_array_equal(part[0], same[0])
        np.testing.assert_array_equal(part[1], same[1])


@settings(deadline=None)
@given(st.integers(20, 200), fractions_of_one, st.integers(0, 2**32))
def test_split_of_real_targets(n, fractions, seed):
    y = generator(seed).normal(size=n)
    parts = split(y, y, fractions, rng=generator(seed), stratify=False)
    np.testing.assert_array_equal(np.sort(np.concatenate([part[1] for part in parts])), np.sort(y))
    for (X_part, y_part), fraction in zip(parts, fractions, strict=True):
        np.testing.assert_array_equal(X_part, y_part)
        assert abs(len(y_part) - fraction * n) < 1


def test_split_mixes_the_order_and_follows_the_seed():
    y = np.repeat([0, 1], 100)
    (train, _), (other, _) = (split(y, y, rng=generator(seed)) for seed in (0, 1))
    assert np.count_nonzero(np.diff(train[1])) > 20  # not class after class
    assert not np.array_equal(train[1], other[1])


def test_split_gives_copies():
    X, y = np.zeros((8, 3)), np.repeat([0, 1], 4)
    for X_part, y_part in split(X, y, rng=generator()):
        X_part += 1
        y_part += 1
    assert X.max() == 0
    assert y.max() == 1


def test_split_reports_a_share_that_floats_miss():
    y = np.zeros(100, int)  # 100 * 0.29 is 28.999999999999996
    assert [len(part[1]) for part in split(y, y, (0.29, 0.71), rng=generator())] == [29, 71]


ten = np.arange(10)
halves = np.repeat([0, 1], 5)


@pytest.mark.parametrize(
    ("args", "kwargs", "error", "message"),
    [
        ((ten, ten[:9]), {}, ValueError, "X has 10 samples and y 9"),
        ((np.full((10, 2), np.nan), halves), {}, ValueError, "X holds NaN or infinity, first in row 0"),
        ((ten, np.where(ten == 7, np.inf, 0.0)), {}, ValueError, "y holds NaN or infinity, first in row 7"),
        ((ten, [[1, 2], [3]]), {}, ValueError, "y must be an array .* rows differ in length"),
        ((3.0, halves), {}, ValueError, "X must be an array .* a single number came"),
        ((["a"] * 10, halves), {}, TypeError, "X must hold real numbers, but its dtype is <U1"),
        (
            (ten, ["cat", "dog"] * 5),
            {},
            TypeError,
            "y must hold real numbers, but its dtype is <U3.*classes as 0, 1, 2",
        ),
        ((ten, [None] * 10), {}, TypeError, "y must hold .* object"),
        ((ten, ten * 1j), {}, TypeError, "y must hold .* complex128"),
        ((ten, halves, (0.7, 0.2)), {}, ValueError, r"sum 1, but \(0.7, 0.2\) came \(sum 0.9\)"),
        ((ten, halves, (1.5, -0.5)), {}, ValueError, "two or three positive numbers"),
        ((ten, halves, (np.nan, 0.5)), {}, ValueError, "two or three positive numbers"),
        ((ten, halves, (1.0,)), {}, ValueError, "two or three positive numbers"),
        ((ten, halves, [0.25] * 4), {}, ValueError, "two or three positive numbers"),
        ((ten, halves, 0.75), {}, TypeError, "fractions must be two or three numbers, but 0.75 came"),
        ((ten, halves, "0.75"), {}, TypeError, "fractions must be two or three numbers, but '0.75' came"),
        ((ten, halves, ("0.5", "0.5")), {}, TypeError, "pass for example"),
        ((ten, halves, [(0.5, 0.2), 0.3]), {}, TypeError, "pass for example"),
        ((ten, halves), {"rng": None}, TypeError, r"rng must be .* None came: pass rng=np.random.default_rng\(0\)"),
        ((ten, halves), {"rng": 0}, TypeError, r"rng must be .* 0 came: pass rng=np.random.default_rng\(0\)"),
        ((ten, halves), {"rng": np.random.RandomState(0)}, TypeError, "rng must be a numpy.random.Generator"),
        ((ten, halves), {"stratify": halves}, TypeError, "stratify must be True or False, but ndarray came"),
        ((ten, ten.reshape(10, 1)), {}, ValueError, r"y must have shape \(n,\), but \(10, 1\) came"),
        ((ten, [4] * 9 + [8]), {}, ValueError, r"fractions \(0.75, 0.25\) needs .* class 8 of y has 1, too few"),
        ((ten, ten / 7), {}, ValueError, "pass stratify=False"),
        ((ten[:1], ten[:1]), {"stratify": False}, ValueError, "X has 1, too few: pass more samples"),
        (([], []), {}, ValueError, "X is empty"),
    ],
)
def test_split_refuses_bad_input_and_says_why(args, kwargs, error, message):
    with pytest.raises(error, match=message):
        split(*args, **{"rng": generator(), **kwargs})


def test_split_without_rng_says_what_to_pass():
    with pytest.raises(TypeError, match=r"pass rng=np.random.default_rng\(0\)"):
        split(ten, halves)


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.floats(), max_size=4), st.tuples(st.floats(0, 1))))
def test_no_bad_fractions_pass(fractions):
    with pytest.raises((TypeError, ValueError), match="fractions must be two or three"):
        split(ten, halves, fractions, rng=generator())
