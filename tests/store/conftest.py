"""A clinic in a file of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.clinic import Clinic


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Clinic]:
    clinic = Clinic(tmp_path / "clinic.db")
    yield clinic
    clinic.store.close()


@pytest.fixture
def clinic(empty: Clinic) -> Clinic:
    empty.settle()
    return empty
