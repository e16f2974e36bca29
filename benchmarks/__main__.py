"""`python -m benchmarks [name ...]`: run the named benchmarks, or all."""

import importlib
import sys

NAMES = ("imports", "memory", "sweep", "first_order", "compiled_adam")


def main(names):
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"No benchmark is named {', '.join(unknown)}; there are: {', '.join(NAMES)}.")
    for name in names or NAMES:
        print(f"== {name} ==")
        importlib.import_module(f"benchmarks.{name}").main()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
