"""The files around the package agree with each other and hold for everyone, everywhere."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import lectopt
from tools import readme_picture

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"pytorch-cpu": "torch"}


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def committed():
    """All files that are, or would be, committed."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git clone")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def requirements(lines):
    """{name: specifier} of lines such as 'numpy>=2.0'."""
    return {canonicalize_name(r.name): str(r.specifier) for r in map(Requirement, lines)}


def conda(name):
    """The packages that a conda environment states, under their pip names; without Python and pip themselves."""
    stated = [line for line in yaml.safe_load(text(name))["dependencies"] if isinstance(line, str)]
    assert any(line.startswith("python") for line in stated) and "pip" in stated
    names = requirements(line for line in stated if not re.fullmatch(r"pip|python\W.*", line))
    return {CONDA_NAMES.get(key, key): value for key, value in names.items()}


@pytest.mark.parametrize("name", ["environment.yml", "binder/environment.yml"])
def test_environments_state_the_same_set(name):
    assert conda(name) == requirements(PROJECT["dependencies"])


def test_lectopt_itself_comes_last_in_both_environments():
    assert {"pip": ["-e .[test,dev]"]} in yaml.safe_load(text("environment.yml"))["dependencies"]
    assert "-e ." not in text("binder/environment.yml")
    assert "--no-deps" in text("binder/postBuild")


def test_constraints_pin_every_direct_dependency_within_its_bounds():
    pins = requirements(line for line in text("constraints.txt").splitlines() if not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    for line in PROJECT["dependencies"] + extras["test"] + extras["dev"] + extras["bench"]:
        wanted = Requirement(line)
        pin = pins[canonicalize_name(wanted.name)]
        assert pin.startswith("==") and wanted.specifier.contains(pin[2:]), f"{line}, but {pin} is pinned"


def test_pre_commit_uses_the_pinned_versions():
    hooks = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert {pin for hook in hooks for pin in hook["additional_dependencies"]} <= set(text("constraints.txt").split())


def test_version_is_in_the_changelog():
    headings = re.findall(r"^## \[(.+?)\]", text("CHANGELOG.md"), flags=re.M)
    assert headings[0] in ("Unreleased", lectopt.__version__)
    released = [Version(heading) for heading in headings if heading != "Unreleased"]
    assert released == sorted(released, reverse=True)
    assert all(version <= Version(lectopt.__version__) for version in released)


def test_licenses_are_there():
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    assert text("LICENSE").startswith("BSD 3-Clause License")
    assert text("LICENSE-CC-BY-4.0").startswith("Attribution 4.0 International")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_commands_that_are_named_exist(name):
    targets = re.findall(r"^(\w+):.*##", text("Makefile"), flags=re.M)
    assert re.search(r"^\.PHONY: (.*)", text("Makefile"), flags=re.M)[1].split() == targets
    assert set(re.findall(r"(?:^ {4}|`)make (\w+)", text(name), flags=re.M)) <= set(targets)


@pytest.mark.parametrize("name", [".ci/run", "tools/fresh.sh", "binder/postBuild"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_scripts_are_executable_and_parse(name):
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)


def test_no_file_names_a_registry_or_a_place_on_one_machine():
    forbidden = re.compile(
        r"py[p]i\.(org|python)|python[h]osted|np[m]js|(conda\.)?anacond[a]\.(org|com)|download\.pytorc[h]\.org"
        r"|(?<![\w.-])/(wor[k]|roo[t]|hom[e]|User[s])/\w"
    )
    for path in committed():
        if path.suffix not in (".npz", ".png"):
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)} names {found[0]}"


def test_the_readmes_picture_is_the_first_of_notebook_00():
    assert "(docs/welcome.png)" in text("README.md")
    assert (ROOT / "docs/welcome.png").read_bytes() == readme_picture.first_picture(ROOT / "notebooks/00_welcome.ipynb")


def test_files_are_plain():
    """Unix line ends and a final one, no spaces at line ends, no tabs where they are not needed."""
    for path in committed():
        if path.suffix in (".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".sh", ".js", ".css"):
            content = path.read_bytes()
            assert b"\r" not in content and content.endswith(b"\n") and b" \n" not in content, path.relative_to(ROOT)
