"""check_environment says in words what is missing, and how to get it, whatever is or is not installed."""

import subprocess
import sys
from importlib import metadata

import pytest

from lectopt import check_environment, environment


@pytest.fixture
def installed(monkeypatch):
    """A dict of installed packages to change: name to version."""
    needs, _ = environment.stated("lectopt")
    versions = {environment.parse(line)[0]: "99.0" for line in needs}

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(environment.metadata, "version", version)
    return versions


def test_all_is_here(installed, capsys):
    check_environment()
    assert capsys.readouterr().out == "Everything that the course needs is here.\n"


def test_this_environment_has_all(capsys):
    check_environment()
    assert capsys.readouterr().out == "Everything that the course needs is here.\n"


@pytest.mark.parametrize("name", sorted(environment.NEEDED_FOR))
def test_each_missing_package_is_named_with_its_purpose_and_remedy(name, installed, capsys):
    del installed[name]
    check_environment()
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{name} is missing") and environment.NEEDED_FOR[name] in first
    assert any(f'%pip install "{name}>=' in line for line in rest)
    assert ("stages" in " ".join(rest)) == (name in environment.LIVE)
    assert sys.executable in rest[-1]


@pytest.mark.parametrize("version", ["1.26.4", "1.99.99.dev0+local", "0"])
def test_an_old_package_is_named_with_both_versions(version, installed, capsys):
    installed["numpy"] = version
    check_environment()
    out = capsys.readouterr().out
    assert f"numpy {version} is too old: version 2.0 or newer is needed" in out
    assert '%pip install "numpy>=2.0"' in out


@pytest.mark.parametrize("version", ["2", "2.0", "2.0.0", "2.0.1", "10.0", "2.4.6+cpu", "2.1rc1"])
def test_a_new_enough_package_is_not_named(version, installed, capsys):
    installed["numpy"] = version
    check_environment()
    assert capsys.readouterr().out.startswith("Everything")


def test_damaged_metadata_count_as_missing(installed, capsys):
    installed["torch"] = None
    check_environment()
    assert "torch is missing" in capsys.readouterr().out


def test_an_old_python(installed, monkeypatch, capsys):
    monkeypatch.setattr(environment, "python_version", lambda: "3.9.1")
    check_environment()
    out = capsys.readouterr().out
    assert "Python 3.9.1 is too old: 3.11 or newer is needed" in out and "%pip" not in out


def test_lectopt_itself_not_installed(monkeypatch, capsys):
    def nothing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.metadata, "metadata", nothing)
    check_environment()
    out = capsys.readouterr().out
    assert "lectopt is not installed" in out and "%pip install --editable .." in out


@pytest.mark.parametrize("requirements", ["numpy", 3, [3], [None]])
def test_wrong_types(requirements):
    with pytest.raises(TypeError, match="requirements must be"):
        check_environment(requirements)


@pytest.mark.parametrize("requirement", ["numpy==2", "", ">=2", "numpy>=", "a b"])
def test_wrong_forms(requirement):
    with pytest.raises(ValueError, match="name>=version"):
        check_environment([requirement])


def test_it_imports_none_of_what_it_looks_for():
    code = "from lectopt import check_environment; check_environment(); import sys; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {"numpy", "torch", "matplotlib", "ipywidgets", "anywidget"}.isdisjoint(out.splitlines()[-1].split())
