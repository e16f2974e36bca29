"""Peak memory of a sweep of 2,500 runs × 200 steps of momentum, over the size of the path that it returns.

Two measures, each of the first call in a fresh process: what Python and NumPy allocate (tracemalloc), and what the
operating system gives to the process (peak resident set over the one before; Linux only).
"""

import tracemalloc
from pathlib import Path

from benchmarks import BLUE, GRAY, ORANGE, Side, save, spread, verdict
from benchmarks.sweep import lectopt_sweep

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
GOAL = 1.5


def traced():
    """Work that returns the bytes of the path and the peak that tracemalloc saw."""
    work = lectopt_sweep("momentum")

    def measured():
        tracemalloc.start()
        path = work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return path.nbytes, peak

    return measured


def resident():
    """Work that returns the bytes of the path and by how much the peak resident set rose."""
    work = lectopt_sweep("momentum")

    def kilobytes(field):
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith(field))

    def measured():
        CLEAR.write_text("5")  # the peak starts again from what is resident now
        before = kilobytes("VmRSS")
        path = work()
        return path.nbytes, 1024 * (kilobytes("VmHWM") - before)

    return measured


def main(repeats=5):
    figures = {}
    for name, make in {"tracemalloc": traced, "resident": resident}.items():
        if make is resident and not CLEAR.exists():
            print("The resident set is measured on Linux only.")
            continue
        pairs = []
        for _ in range(repeats):
            with Side(make) as side:
                pairs.append([int(x) for x in side.result()])
        figures[name] = {
            "path_bytes": pairs[0][0],
            "peak_bytes": spread([peak for _, peak in pairs]),
            "peak_over_path": spread([peak / path for path, peak in pairs]),
            "goal": GOAL,
        }
    save("memory", __doc__, ["numpy"], figures, lambda plt: draw(plt, figures))
    for name, figure in figures.items():
        ratio = figure["peak_over_path"]
        line = f"{name:12} peak / path {ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
        print(f"{line}   {verdict(ratio['median'], GOAL, at_least=False)}")


def draw(plt, figures):
    figure, axes = plt.subplots(figsize=(8, 2.6), layout="constrained")
    path = next(iter(figures.values()))["path_bytes"] / 1e6
    bars = {"the path returned": path} | {f"peak, {k}": v["peak_bytes"]["median"] / 1e6 for k, v in figures.items()}
    colors = [GRAY] + [BLUE if size <= GOAL * path else ORANGE for size in list(bars.values())[1:]]
    for label, bar in zip(bars.values(), axes.barh(list(bars), bars.values(), color=colors), strict=True):
        x, y = bar.get_width(), bar.get_y() + bar.get_height() / 2
        axes.annotate(f"{label:.1f} MB, {label / path:.2f} ×", (x, y), (5, 0), textcoords="offset points", va="center")
    axes.axvline(GOAL * path, color="black", linewidth=1, linestyle="--")
    axes.annotate(f"goal {GOAL} ×", (GOAL * path, 1), (4, 4), xycoords=("data", "axes fraction"),
                  textcoords="offset points")  # fmt: skip
    axes.set(xlabel="megabytes", xlim=(0, 1.3 * max(*bars.values(), GOAL * path)))
    axes.invert_yaxis()
    return figure
