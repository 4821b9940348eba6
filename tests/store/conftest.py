"""A clinic in a file of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import CountingIds
from tests.store.clinic import Clinic


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Clinic]:
    """A new file without a practice."""
    clinic = Clinic(tmp_path / "clinic.db")
    yield clinic
    clinic.store.close()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A settled clinic's file, made once and copied for each test."""
    clinic = Clinic(tmp_path_factory.mktemp("settled") / "clinic.db")
    clinic.settle()
    clinic.store.close()
    return clinic.path


@pytest.fixture
def clinic(settled: Path, tmp_path: Path) -> Iterator[Clinic]:
    path = tmp_path / "clinic.db"
    shutil.copy(settled, path)
    clinic = Clinic(path, ids=CountingIds(first=10_000))
    yield clinic
    clinic.store.close()
