"""Ten thousand random commands, undos and failures later the audit trail is whole.

`make test` walks three hundred of them (tests/store/test_audit_chain.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.clinic import Clinic
from tests.store.test_audit_chain import walk

pytestmark = pytest.mark.soak


def test_ten_thousand_random_commands_are_clean(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path / "clinic.db")
    clinic.settle()
    try:
        walk(clinic, 10_000, seed=11)
        assert clinic.store.maintenance.verify() == []
        clinic.store.close()
        clinic.open()
        assert clinic.store.maintenance.verify() == []
    finally:
        clinic.store.close()
