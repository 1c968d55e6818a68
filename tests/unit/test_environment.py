"""Versions are written once, and name no place to take them from."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compendium.project.folders import PROJECT

LOCKS = {
    name: (PROJECT.root / name).read_text(encoding="utf-8")
    for name in ("requirements.lock", "requirements-extras.lock")
}
EXTRAS = ("dimensions", "spark", "tools")
PYPROJECT = tomllib.loads((PROJECT.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(lock="requirements.lock"):
    """Return package → versions (a universal lock can hold one for each Python)."""
    found = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCKS[lock], re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


@pytest.mark.parametrize("text", PYPROJECT["dependencies"] + PYPROJECT["optional-dependencies"]["dev"])
def test_the_lock_satisfies_the_project(text):
    requirement = Requirement(text)
    versions = locked()[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("text", [text for name in EXTRAS for text in PYPROJECT["optional-dependencies"][name]])
def test_the_lock_of_extras_satisfies_the_extras_which_the_base_does_not_install(text):
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    versions = locked("requirements-extras.lock")[name]
    assert all(requirement.specifier.contains(version) for version in versions)
    assert name not in locked()


def test_the_lock_of_extras_changes_no_version_of_the_base():
    extras = locked("requirements-extras.lock")
    assert {name: extras.get(name) for name in locked()} == locked()
    assert set(extras) > set(locked())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes(lock):
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", LOCKS[lock], flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_place(lock):
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|file:", LOCKS[lock])


def test_conda_and_binder_take_the_same_lock():
    environment = yaml.safe_load((PROJECT.root / "environment.yml").read_text(encoding="utf-8"))
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    (pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert pip == ["-r requirements.lock"]
    assert {re.split("[=<>]", item)[0] for item in plain} == {"python", "pip"}
    (python,) = [item for item in plain if item.startswith("python=")]
    assert Requirement(f"python{PYPROJECT['requires-python']}").specifier.contains(python.split("=")[1] + ".0")
    assert "requirements.lock" in (PROJECT.root / "Makefile").read_text(encoding="utf-8")
