"""Each file of lectopt imports only from the entries above its own in LAYERS, or from its own folder."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import lectopt

PACKAGE = Path(lectopt.__file__).parent
LAYERS = (  # lowest first
    *("environment", "arrays", "gradients", "objectives", "data", "optimizers", "networks"),
    *("running", "experiments", "display", "exercises"),
)
ONLY_IN = {  # what only these files may import
    "torch": {"experiments/gpu.py", "experiments/distributed.py"},
    "matplotlib": {"display/plots.py", "display/graph.py"},
    "array_api_compat": {"arrays.py"},
    "anywidget": {"display/stage/__init__.py"},
    "ipywidgets": {"display/stage/__init__.py"},
    "sklearn": set(),
    "scipy": set(),
}
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
MODULES = [file for file in FILES if file != "__init__.py"]  # the face reaches everything, on first use


def imports(source, package):
    """Full names of all modules that a file of the dotted `package` imports, inside functions as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            name = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
            yield name.value if isinstance(name, ast.Constant) else f"unknown: {ast.unparse(node)}"


def entry(name):
    """The entry of LAYERS that a full module name belongs to: lectopt.optimizers.descent is in optimizers."""
    parts = name.split(".")
    return parts[1] if parts[0] == "lectopt" and len(parts) > 1 else None


def faults(file, source):
    """All imports of a file that the layers forbid."""
    package = ".".join(["lectopt", *Path(file).parent.parts])
    own = Path(file).parts[0].removesuffix(".py")
    for name in imports(source, package):
        top = name.split(".")[0]
        if top == "lectopt":
            if entry(name) not in LAYERS:
                yield f"{file} imports {name}: import from the module itself"
            elif LAYERS.index(entry(name)) > LAYERS.index(own):
                yield f"{file} imports {name}, which stands above it"
        elif file not in ONLY_IN.get(top, {file}):
            yield f"{file} imports {top}; only {sorted(ONLY_IN[top])} may"
        elif name.startswith("unknown"):
            yield f"{file} imports something that can't be read: {name}"


@pytest.mark.parametrize("file", MODULES)
def test_file_has_a_layer_and_keeps_to_it(file):
    assert Path(file).parts[0].removesuffix(".py") in LAYERS
    assert list(faults(file, (PACKAGE / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("arrays.py", "import lectopt.objectives"),
        ("gradients.py", "from .objectives import Objective"),
        ("optimizers/descent.py", "from ..running import run"),
        ("optimizers/descent.py", "def f():\n    from lectopt.running import run"),
        ("optimizers/descent.py", "from lectopt import run"),
        ("objectives.py", "from . import running"),
        ("running.py", "import torch.nn"),
        ("running.py", "import importlib\nimportlib.import_module('matplotlib')"),
        ("running.py", "import importlib\nimportlib.import_module(f'lectopt.display.{name}')"),
        ("running.py", "import importlib\nimportlib.import_module(name)"),
        ("display/source.py", "from matplotlib import pyplot"),
    ],
)
def test_a_forbidden_import_is_found(file, source):
    assert len(list(faults(file, source))) == 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("objectives.py", "from .arrays import dot"),
        ("optimizers/momentum.py", "from .descent import gradient_descent"),
        ("optimizers/__init__.py", "from . import descent"),
        ("display/stage/__init__.py", "from ..plots import contour\nimport anywidget"),
        ("experiments/gpu.py", "import torch\nfrom ..objectives import Objective"),
    ],
)
def test_an_allowed_import_passes(file, source):
    assert list(faults(file, source)) == []


@pytest.mark.parametrize("file", [file for file in MODULES if "/" in file and not file.endswith("__init__.py")])
def test_folders_re_export_no_functions(file):
    """A function `momentum` in lectopt.optimizers would hide the module of that name."""
    name = "lectopt." + file.removesuffix(".py").replace("/", ".")
    module = importlib.import_module(name)
    folder = importlib.import_module(name.rpartition(".")[0])
    assert getattr(folder, name.rpartition(".")[2]) is module
    functions = dict(inspect.getmembers(module, inspect.isfunction))
    assert [key for key in functions if vars(folder).get(key) is functions[key]] == []


def test_no_public_name_equals_a_file_or_folder():
    assert {path.stem for path in PACKAGE.iterdir()}.isdisjoint(lectopt.__all__)
