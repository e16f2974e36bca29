"""Time and memory that imports take, each in a fresh process, taking turns: lectopt, NumPy and heavier packages.

Seconds are those of the import alone, without the start of Python; memory is the peak resident set after it
(Linux only). The goal is on the difference to `import numpy` within each turn. `import lectopt` loads a module at
the first use of one of its names, and NumPy with it; so what a first notebook imports is measured too.
"""

import json
import subprocess
import sys

from benchmarks import BLUE, GRAY, save, spread, verdict

IMPORTS = {
    "numpy": "import numpy",
    "lectopt": "import lectopt",
    "lectopt and a sweep": "from lectopt import momentum, quadratic, sweep",
    "matplotlib.pyplot": "import matplotlib.pyplot",
    "sklearn.datasets": "import sklearn.datasets",
    "torch": "import torch",
}
GOAL = 0.060

CHILD = """
import json, sys, time
start = time.perf_counter()
{statement}
seconds = time.perf_counter() - start
try:
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
except OSError:
    peak = None
heavy = [name for name in ("torch", "matplotlib", "sklearn", "jax") if name in sys.modules]
print(json.dumps([seconds, peak, heavy]))
"""


def fresh(statement):
    command = [sys.executable, "-c", CHILD.format(statement=statement)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(turns=15):
    for statement in IMPORTS.values():
        fresh(statement)  # byte code and the disk's cache are warm from here on
    measured = {name: [] for name in IMPORTS}
    for _ in range(turns):
        for name, statement in IMPORTS.items():
            measured[name].append(fresh(statement))
    base = [seconds for seconds, *_ in measured["numpy"]]
    figures = {}
    for name, results in measured.items():
        seconds = [s for s, *_ in results]
        figures[name] = {
            "seconds": spread(seconds),
            "over_numpy_seconds": spread([s - b for s, b in zip(seconds, base, strict=True)]),
            "over_numpy_ratio": spread([s / b for s, b in zip(seconds, base, strict=True)]),
            "peak_bytes": spread([peak for _, peak, _ in results]) if results[0][1] else None,
            "loads": results[0][2],
        }
        if name.startswith("lectopt"):
            figures[name]["goal_over_numpy_seconds"] = GOAL
    packages = ["numpy", "matplotlib", "scikit-learn", "torch"]
    save("imports", __doc__, packages, figures, lambda plt: draw(plt, figures))
    for name, figure in figures.items():
        over, ratio = figure["over_numpy_seconds"], figure["over_numpy_ratio"]["median"]
        low, middle, high = (1e3 * over[key] for key in ("min", "median", "max"))
        line = f"{name:20} {middle:+8.1f} ms over numpy ({low:+.1f} to {high:+.1f}), {ratio:5.2f} times its time"
        if figure["peak_bytes"]:
            line += f", {figure['peak_bytes']['median'] / 1e6:4.0f} MB"
        print(line + (f"   {verdict(middle, 1e3 * GOAL, at_least=False)}" if name.startswith("lectopt") else ""))


def draw(plt, figures):
    figure, axes = plt.subplots(figsize=(9, 3.2), layout="constrained")
    for y, (name, f) in enumerate(figures.items()):
        s, color = f["seconds"], BLUE if name.startswith("lectopt") else GRAY
        axes.plot([s["min"], s["max"]], [y, y], color=color, linewidth=2)
        axes.plot(s["median"], y, "o" if name.startswith("lectopt") else "s", color=color)
        memory = f", {f['peak_bytes']['median'] / 1e6:.0f} MB" if f["peak_bytes"] else ""
        text = f"{1e3 * s['median']:.0f} ms, {f['over_numpy_ratio']['median']:.2f} × numpy{memory}"
        axes.annotate(text, (s["max"], y), (7, 0), textcoords="offset points", va="center")
    axes.set(xscale="log", yticks=range(len(figures)), yticklabels=list(figures))
    axes.set_xlim(axes.get_xlim()[0], axes.get_xlim()[1] * 12)
    axes.set_xlabel("seconds to import, in a fresh process (median, smallest and largest)")
    axes.invert_yaxis()
    return figure
