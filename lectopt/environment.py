"""Whether this Python has what the course needs: `check_environment`.

It reads what is installed without importing any of it, so that it answers at once, also where something is missing.
"""

import re
import sys
from importlib import metadata

__all__ = ["check_environment"]

NEEDED_FOR = {
    "numpy": "all computations",
    "matplotlib": "figures",
    "ipywidgets": "live stages",
    "anywidget": "live stages",
    "jupyterlab-widgets": "live stages in JupyterLab",
    "array-api-compat": "arrays that are not NumPy's",
    "torch": 'the cells under "On the GPU"',
    "jupyterlab": "opening notebooks",
}
LIVE = ("ipywidgets", "anywidget", "jupyterlab-widgets")
BROWSER_HALF = "jupyterlab-widgets>=3.0"  # of ipywidgets 8: the part that JupyterLab loads
REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:>=\s*([\d.]+))?")


def check_environment(requirements=None):
    """Print in words what the course needs and this Python lacks, and how to get it.

    Parameters
    ----------
    requirements : sequence of str, optional
        Packages with their lowest versions, such as ["numpy>=2.0"]. By default those that lectopt states, the lowest
        version of Python, and JupyterLab's half of the live stages.

    Raises
    ------
    TypeError
        If `requirements` is no sequence of strings.
    ValueError
        If one of them has another form than "name" or "name>=version".

    Examples
    --------
    >>> check_environment(["numpy>=2.0"])
    Everything that the course needs is here.
    >>> check_environment(["no-such-package>=1.0"])
    no-such-package is missing: version 1.0 or newer is needed.
    To get it, run this in a cell, then choose Restart Kernel in the menu Kernel:
        %pip install "no-such-package>=1.0"
    This is Python ...
    """
    lines = []
    if requirements is None:
        try:
            requirements, python = stated("lectopt")
        except metadata.PackageNotFoundError:
            print("lectopt is not installed in this Python, so what it needs can't be looked up.")
            print("To install it, run this in a cell, then choose Restart Kernel in the menu Kernel:")
            print("    %pip install --editable ..")
            print(this_python())
            return
        if numbers(python_version()) < numbers(python):
            lines.append(
                f"Python {python_version()} is too old: {python} or newer is needed. Install a newer Python, then "
                "set the course up with it as the README says."
            )
    elif isinstance(requirements, str) or not hasattr(requirements, "__iter__"):
        raise TypeError(f'requirements must be a list, such as ["numpy>=2.0"], but {requirements!r} came')
    parsed = [parse(requirement) for requirement in requirements]
    found = {name: fault for name, lowest in parsed if (fault := fault_of(name, lowest))}
    lines += found.values()
    if found:
        wanted = " ".join(f'"{name}{lowest and ">="}{lowest}"' for name, lowest in parsed if name in found)
        it = "it" if len(found) == 1 else "them"
        lines.append(f"To get {it}, run this in a cell, then choose Restart Kernel in the menu Kernel:")
        lines.append(f"    %pip install {wanted}")
    if any(name in found for name in LIVE):
        lines.append("Until then stages show as pictures; they can't be live.")
    if lines:
        lines.append(this_python())
    print("\n".join(lines or ["Everything that the course needs is here."]))


def stated(package):
    """What an installed package states: its requirements without extras, and its lowest version of Python."""
    about = metadata.metadata(package)
    lines = [line for line in about.get_all("Requires-Dist") or () if "extra ==" not in line]
    lowest = re.search(r">=\s*([\d.]+)", about["Requires-Python"] or "")
    return [*(line.partition(";")[0] for line in lines), BROWSER_HALF], lowest[1] if lowest else "3"


def parse(requirement):
    """(name, lowest version or "") of a requirement such as "numpy>=2.0"."""
    if not isinstance(requirement, str):
        raise TypeError(f"requirements must be strings such as 'numpy>=2.0', but {requirement!r} came")
    match = REQUIREMENT.fullmatch(requirement.strip())
    if not match:
        raise ValueError(f"a requirement is a name, or name>=version, but {requirement!r} came")
    return match[1], match[2] or ""


def fault_of(name, lowest):
    """What is wrong with an installed package, in words; None where it is there and new enough."""
    purpose = f" for {NEEDED_FOR[name]}" if name in NEEDED_FOR else ""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = None
    if not version:  # None also where its files are damaged
        needed = f"version {lowest} or newer is needed{purpose}" if lowest else f"it is needed{purpose}"
        return f"{name} is missing: {needed}."
    if lowest and numbers(version) < numbers(lowest):
        return f"{name} {version} is too old: version {lowest} or newer is needed{purpose}."
    return None


def numbers(version):
    """The leading numbers of a version, without zeros at the end: "2.13.0+cpu" is (2, 13)."""
    parts = [int(part) for part in re.match(r"[\d.]*", version)[0].split(".") if part]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def python_version():
    return ".".join(map(str, sys.version_info[:3]))


def this_python():
    return f"This is Python {python_version()}, {sys.executable or 'built into another program'}."
