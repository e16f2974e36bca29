"""lectopt side by side with its peers: `python -m benchmarks [sweep] [memory] ...`.

Times change from machine to machine and from minute to minute, so only ratios count here. The two sides of a ratio
take turns (A B A B ...) in one run, each in a process of its own, and each turn gives one ratio; the median is
reported, with the smallest and the largest. Losses are reported like wins.
"""

import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import time
from collections import deque
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#555555"  # Okabe and Ito: ahead, behind, neither


class Side:
    """One side of a comparison: `make(*args)` returns the work, a function, in a fresh process of its own.

    The last `keep` results stay alive between calls, as a list in a notebook keeps them; None keeps all.
    """

    def __init__(self, make, *args, keep=0):
        context = multiprocessing.get_context("spawn")
        self.pipe, end = context.Pipe()
        self.process = context.Process(target=_serve, args=(end, make, args, keep), daemon=True)
        self.process.start()
        end.close()
        self.pipe.recv()  # imports and preparation are done

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pipe.close()
        self.process.join()

    def seconds(self, calls=1):
        """Median duration of this many calls."""
        self.pipe.send(calls)
        return self.pipe.recv()

    def result(self):
        """What the work returns, as a NumPy array."""
        self.pipe.send(None)
        return self.pipe.recv()


def _serve(pipe, make, args, keep):
    import numpy as np

    work, kept = make(*args), deque(maxlen=keep)
    if keep is None:
        np.ones(1 << 27)  # a virtual machine is slow to hand out memory never touched before; no side should pay for it
    pipe.send("ready")
    try:
        while True:
            calls = pipe.recv()
            if calls is None:
                pipe.send(np.asarray(work()))
                continue
            durations = []
            for _ in range(calls):
                start = time.perf_counter()
                result = work()
                durations.append(time.perf_counter() - start)
                kept.append(result)
                del result
            pipe.send(statistics.median(durations))
    except EOFError:
        pass


def spread(values):
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "pairs": len(values)}


def compare(pairs):
    """Both sides' seconds, from pairs (peer, lectopt), and the ratios within the pairs, both ways."""
    return {
        "peer_seconds": spread([peer for peer, _ in pairs]),
        "lectopt_seconds": spread([ours for _, ours in pairs]),
        "peer_over_lectopt": spread([peer / ours for peer, ours in pairs]),
        "lectopt_over_peer": spread([ours / peer for peer, ours in pairs]),
    }


def machine():
    """Processor, cores and system, in words that name no host."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    return {"processor": processor, "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"}


def save(name, compared, packages, figures, draw):
    """Print what was compared, where and with which versions; write the JSON file and the picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    import lectopt

    versions = {package: importlib.metadata.version(package) for package in packages}
    versions |= {"lectopt": lectopt.__version__, "python": platform.python_version()}
    report = {"compared": " ".join(compared.split()), "machine": machine(), "versions": versions, "figures": figures}
    print(compared)
    print("On", ", ".join(f"{key} {value}" for key, value in report["machine"].items()))
    print("With", ", ".join(f"{key} {value}" for key, value in sorted(versions.items())))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(
        json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    with plt.rc_context({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False}):
        figure = draw(plt)
        figure.savefig(RESULTS / f"{name}.png", dpi=150, metadata={"Software": None})
        plt.close(figure)


def verdict(value, goal, *, at_least):
    """A goal and whether it is met, in words."""
    met = value >= goal if at_least else value <= goal
    return f"goal at {'least' if at_least else 'most'} {goal:,g}: {'met' if met else 'MISSED'}"
