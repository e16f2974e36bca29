"""The same functions on a GPU: the device at hand, arrays on it, and honest timing."""

import time

import numpy as np

try:
    import torch
except ImportError as error:  # pragma: no cover
    raise ImportError("cells on the GPU need torch; install it with: pip install torch") from error

__all__ = ["describe", "device", "on_device", "seconds"]


def device(name=None):
    """The device to compute on: the CUDA device where there is one, else the CPU.

    Parameters
    ----------
    name : str, optional
        "cpu" or "cuda", to ask for one.

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError
        If "cuda" is asked for and there is none, or the name is another.

    Examples
    --------
    >>> device("cpu")
    device(type='cpu')
    """
    if name not in (None, "cpu", "cuda"):
        raise ValueError(f'name must be "cpu", "cuda" or None for the better of them, but {name!r} came')
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError('there is no CUDA device here; use device() to take the CPU then, or device("cpu")')
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def describe(where):
    """The device in words, for the reader of a result.

    Examples
    --------
    >>> describe(device("cpu"))
    'the CPU (no GPU was used)'
    """
    if where.type == "cuda":
        return f"the GPU {torch.cuda.get_device_name(where)}"
    return "the CPU (no GPU was used)"


def on_device(array, where, dtype=None):
    """A NumPy array (or list) as a torch tensor on a device; float64 stays float64 unless `dtype` says otherwise.

    Examples
    --------
    >>> on_device([1.0, 2.0], device("cpu"))
    tensor([1., 2.], dtype=torch.float64)
    """
    return torch.as_tensor(np.asarray(array), dtype=dtype, device=where)


def seconds(function, where, *, repeat=5):
    """Median wall time of `function()` in seconds, after one call to warm up, with the device's queue drained.

    Parameters
    ----------
    function : callable
        Called without arguments.
    where : torch.device
        Where its work is done.
    repeat : int
        How many timed calls.

    Raises
    ------
    ValueError
        If `repeat` is less than 1.

    Examples
    --------
    >>> seconds(lambda: None, device("cpu")) < 1.0
    True
    """
    if repeat < 1:
        raise ValueError(f"repeat must be at least 1, but {repeat!r} came")
    wait = torch.cuda.synchronize if where.type == "cuda" else lambda: None
    function()
    times = []
    for _ in range(repeat):
        wait()
        begin = time.perf_counter()
        function()
        wait()
        times.append(time.perf_counter() - begin)
    return float(np.median(times))
