"""The lock files answer the project file, carry hashes, and name no place to fetch from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")
ENVIRONMENTS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.7",
        "sys_platform": platform,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for python in ("3.11", "3.12", "3.13", "3.14")
    for platform in ("linux", "win32", "darwin")
]


def entries(lock: str) -> list[str]:
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pinned(lock: str, environment: dict[str, str]) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for entry in entries(lock):
        requirement = Requirement(entry.split(" --hash=")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in found, f"{name} is pinned twice for {environment}"
            (specifier,) = requirement.specifier
            assert specifier.operator == "=="
            found[name] = Version(specifier.version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_no_address(lock: str) -> None:
    assert len(entries(lock)) > 20
    for entry in entries(lock):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        assert not re.search(r"://|@|--(?:extra-)?index-url|--find-links", entry), entry


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda e: " ".join(list(e.values())[::2]))
@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_answers_the_project_file(lock: str, environment: dict[str, str]) -> None:
    wanted = list(PROJECT["project"]["dependencies"])
    if lock == "requirements-dev.lock":
        wanted += PROJECT["dependency-groups"]["dev"]
    have = pinned(lock, environment)
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        version = have.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {lock}: run `make lock`"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{lock} has {requirement.name} {version}, the project wants {requirement.specifier}"
        )


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda e: " ".join(list(e.values())[::2]))
def test_the_larger_lock_agrees_with_the_smaller(environment: dict[str, str]) -> None:
    small = pinned("requirements.lock", environment)
    large = pinned("requirements-dev.lock", environment)
    assert {name: large.get(name) for name in small} == small


def test_the_binding_that_aborts_is_out_of_reach() -> None:
    for environment in ENVIRONMENTS:
        if environment["python_version"] == "3.11":
            version = pinned("requirements.lock", environment)["pyside6-essentials"]
            assert Version("6.10.3") <= version < Version("6.12")
