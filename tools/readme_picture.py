"""Copy the first picture of the welcome notebook to docs/, for the README: it shows what a student sees."""

import base64
import json
from pathlib import Path

ROOT = Path(__file__).parents[1]


def first_picture(notebook):
    """The bytes of the first PNG among a notebook's outputs."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = (output for cell in cells for output in cell.get("outputs", ()))
    return next(base64.b64decode(o["data"]["image/png"]) for o in outputs if "image/png" in o.get("data", {}))


if __name__ == "__main__":
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs/welcome.png").write_bytes(first_picture(ROOT / "notebooks/00_welcome.ipynb"))
