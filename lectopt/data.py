"""Two real data sets that ship with the package, and a split into training, validation and test parts."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Dataset", "breast_cancer", "digits", "split"]

FOLDER = Path(__file__).parent / "datasets"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A data set: its arrays, its names, and where it comes from.

    Attributes
    ----------
    X : array of float64, shape (n, features)
        One row a sample.
    y : array of int64, shape (n,)
        The class of each sample, an index into `class_names`.
    name : str
    feature_names, class_names : tuple of str
    source, license : str
        Whom to cite, and the terms.
    sha256 : str
        Checksum of the file that the arrays were read from.

    The fields can't be set again. The arrays are new at each load, so writing into them changes no one else's.

    Examples
    --------
    >>> from lectopt import digits
    >>> digits()
    Dataset 'digits': 1,797 samples, 64 features, 10 classes (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    """

    X: np.ndarray
    y: np.ndarray
    name: str
    feature_names: tuple
    class_names: tuple
    source: str
    license: str
    sha256: str

    @property
    def n(self):
        """Number of samples."""
        return len(self.X)

    def __repr__(self):
        return (
            f"Dataset {self.name!r}: {self.n:,} samples, {len(self.feature_names)} features, "
            f"{len(self.class_names)} classes ({', '.join(self.class_names)})"
        )


def digits():
    """The UCI handwritten digits: 1,797 images of 8 × 8 pixels.

    A pixel counts the dark points in a 4 × 4 block of the scanned digit, 0 to 16; here it is divided by 16, so that
    X lies in [0, 1] (scikit-learn's copy is not divided). The file is part of lectopt: no network is needed.

    Returns
    -------
    Dataset
        X of shape (1797, 64): `X.reshape(-1, 8, 8)` gives the images. y of shape (1797,): the digits 0 to 9.

    Raises
    ------
    OSError
        If the file is missing or damaged.

    References
    ----------
    E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
    https://doi.org/10.24432/C50P49. License: CC BY 4.0. These are the 1,797 images of its test set, in the order of
    scikit-learn's copy.

    Examples
    --------
    >>> from lectopt import digits
    >>> data = digits()
    >>> data.X.shape, data.y.shape
    ((1797, 64), (1797,))
    >>> float(data.X.min()), float(data.X.max())
    (0.0, 1.0)
    """
    file, sha256 = _read("digits")
    return Dataset(
        X=file["X"] / 16,
        y=file["y"].astype(np.int64),
        name="digits",
        feature_names=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        class_names=tuple("0123456789"),
        source="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "1998, https://doi.org/10.24432/C50P49",
        license="CC BY 4.0",
        sha256=sha256,
    )


def breast_cancer():
    """The Wisconsin diagnostic breast-cancer data: 569 tumors, 30 measurements each.

    Ten properties of the cell nuclei in an image of the tumor, each as its mean, its standard error and its worst
    (largest) value, in the units of the source: areas reach 4,254, fractal dimensions stay near 0.06. Nothing is
    scaled, so standardize before you descend. The file is part of lectopt: no network is needed.

    Returns
    -------
    Dataset
        X of shape (569, 30). y of shape (569,): 0 is malignant (212 tumors), 1 is benign (357), as in scikit-learn.

    Raises
    ------
    OSError
        If the file is missing or damaged.

    References
    ----------
    W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning
    Repository, 1993, https://doi.org/10.24432/C5DW2B. License: CC BY 4.0. The values are unchanged; the patients'
    numbers are left out, and the letters M and B became 0 and 1.

    Examples
    --------
    >>> from lectopt import breast_cancer
    >>> data = breast_cancer()
    >>> data
    Dataset 'breast_cancer': 569 samples, 30 features, 2 classes (malignant, benign)
    >>> data.feature_names[0], float(data.X[0, 0])
    ('mean radius', 17.99)
    """
    file, sha256 = _read("breast_cancer")
    sizes = ["radius", "texture", "perimeter", "area"]
    shapes = ["smoothness", "compactness", "concavity", "concave points", "symmetry", "fractal dimension"]
    return Dataset(
        X=file["X"] / 10 ** file["decimals"].astype(np.int64),  # integers and a power of ten: exactly the decimal
        y=file["y"].astype(np.int64),
        name="breast_cancer",
        feature_names=tuple(
            pattern.format(p) for pattern in ("mean {}", "{} error", "worst {}") for p in sizes + shapes
        ),
        class_names=("malignant", "benign"),
        source="W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, 1993, https://doi.org/10.24432/C5DW2B",
        license="CC BY 4.0",
        sha256=sha256,
    )


# tests/test_data.py makes these files' arrays from scikit-learn's copies, and compares.
SHA256 = {
    "digits": "dff739c317c3d7a561cd1d11ae22ab4ac7f0557489c9e3935e97bec510d05737",
    "breast_cancer": "3668ac08753db0f840632b67c4fba6d0142c3f2bf621ad3b41dcaea7fafc0633",
}


def _read(name):
    """The arrays in the file of this name, and its checksum, once the file is seen to be whole."""
    path = FOLDER / f"{name}.npz"
    again = "install lectopt again, or get the file back with git"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise OSError(f"the data file {path} is missing: {again}") from None
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != SHA256[name]:
        raise OSError(f"the data file {path} is damaged, its SHA-256 is {sha256} and not {SHA256[name]}: {again}")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file), sha256


def split(X, y, fractions=(0.75, 0.25), *, rng=None, stratify=True):
    """Split samples at random into two or three parts, with the same mix of classes in each.

    Of a class with n samples, a part with fraction p gets n · p, rounded up or down; of all samples likewise. The
    parts are disjoint and together hold every sample once, in random order.

    Parameters
    ----------
    X : array, shape (n, ...)
        One row a sample.
    y : array, shape (n,), or (n, ...) with stratify=False
        Class numbers, or targets.
    fractions : two or three positive numbers with sum 1
    rng : numpy.random.Generator
        Required. The same seed gives the same parts.
    stratify : bool
        False for targets that are no classes: then only the sizes of the parts are held.

    Returns
    -------
    list of pairs (X, y), one for each fraction
        Copies, as NumPy arrays.

    Raises
    ------
    TypeError
        For what is not numbers, no Generator, or `stratify` not a bool.
    ValueError
        For lengths that differ, NaN, fractions that don't sum to 1, or a class with too few samples to be in every
        part.

    References
    ----------
    Stratified sampling with proportional allocation: Cochran, *Sampling Techniques*, 1977, chapter 5.

    Examples
    --------
    >>> from lectopt import digits, split
    >>> import numpy as np
    >>> data = digits()
    >>> train, test = split(data.X, data.y, rng=np.random.default_rng(0))
    >>> len(train[1]), len(test[1])
    (1348, 449)
    >>> np.bincount(test[1]).tolist()
    [44, 46, 44, 46, 45, 46, 45, 45, 43, 45]
    """
    X, y = _numbers("X", X), _numbers("y", y)
    if len(X) != len(y):
        raise ValueError(f"X and y must be equally long, but X has {len(X)} samples and y {len(y)}: pass one y a row")
    fractions = _fractions(fractions)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but {rng!r} came: pass rng=np.random.default_rng(0)")
    if not isinstance(stratify, bool):
        came = type(stratify).__name__
        raise TypeError(f"stratify must be True or False, but {came} came: the classes are always those in y")
    if stratify and y.ndim != 1:
        raise ValueError(f"y must have shape (n,), but {y.shape} came: pass class numbers, or stratify=False")

    classes, label = np.unique(y, return_inverse=True) if stratify else ([None], np.zeros(len(y), int))
    order = rng.permutation(len(y))
    part = np.empty(len(y), int)
    behind = np.zeros(len(fractions))  # by how many samples each part is short of its exact share, so far
    for c in range(len(classes)):
        members = order[label[order] == c]
        exact = np.round(len(members) * fractions, 9)  # 100 * 0.29 is 28.999999999999996
        sizes = np.floor(exact).astype(int)
        behind += exact - sizes
        by_need = np.argsort(np.where(exact > sizes, -behind, np.inf), kind="stable")
        rounded_up = by_need[: len(members) - sizes.sum()]
        sizes[rounded_up] += 1
        behind[rounded_up] -= 1
        if sizes.min() == 0:
            what, way_out = (
                f"class {classes[c]} of y",
                "merge or drop the class, or pass stratify=False for real targets",
            )
            if not stratify:
                what, way_out = "X", "pass more samples"
            raise ValueError(
                f"each of the fractions {tuple(fractions.tolist())} needs at least one sample, but {what} has "
                f"{len(members)}, too few: {way_out}"
            )
        part[members] = np.repeat(np.arange(len(fractions)), sizes)
    indices = [order[part[order] == k] for k in range(len(fractions))]
    return [(X[i], y[i]) for i in indices]


def _numbers(name, values):
    """`values` as an array of finite numbers with a first axis of samples, or an error that says what it is."""
    try:
        values = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} must be an array of shape (n, ...), but its rows differ in length: pad or cut them"
        ) from None
    if values.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold real numbers, but its dtype is {values.dtype}: write classes as 0, 1, 2, ..."
        )
    if values.ndim == 0:
        raise ValueError(f"{name} must be an array of shape (n, ...), but a single number came: pass one row a sample")
    if len(values) == 0:
        raise ValueError(f"{name} is empty: pass at least one sample for each fraction")
    if not np.isfinite(values).all():
        row = np.argwhere(~np.isfinite(values))[0][0]
        raise ValueError(
            f"{name} holds NaN or infinity, first in row {row}; every number must be finite: drop or fill such rows"
        )
    return values


def _fractions(fractions):
    """`fractions` as an array of two or three positive numbers with sum 1, or an error that says what is wrong."""
    try:
        array = np.asarray(fractions)
    except ValueError:
        array = np.empty(0, object)
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise TypeError(
            f"fractions must be two or three numbers, but {fractions!r} came: pass for example (0.75, 0.25)"
        )
    total = sum(array.tolist())
    if len(array) not in (2, 3) or not (array > 0).all() or not abs(total - 1) < 1e-9:
        raise ValueError(
            f"fractions must be two or three positive numbers with sum 1, but {fractions!r} came "
            f"(sum {total:g}): pass for example (0.75, 0.25) or (0.6, 0.2, 0.2)"
        )
    return array.astype(float)
