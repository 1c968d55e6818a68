"""Versions are written once, and name no place to take them from."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compendium import paths

LOCK = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked():
    """Return package → versions (a universal lock can hold one for each Python)."""
    found = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


@pytest.mark.parametrize("text", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"])
def test_the_lock_satisfies_the_project(text):
    requirement = Requirement(text)
    versions = locked()[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version) for version in versions)


def test_every_locked_version_has_hashes():
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_names_no_place():
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|file:", LOCK)


def test_conda_and_binder_take_the_same_lock():
    environment = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    (pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert pip == ["-r requirements.lock"]
    assert {re.split("[=<>]", item)[0] for item in plain} == {"python", "pip"}
    (python,) = [item for item in plain if item.startswith("python=")]
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(python.split("=")[1] + ".0")
    assert "requirements.lock" in (paths.ROOT / "Makefile").read_text(encoding="utf-8")
