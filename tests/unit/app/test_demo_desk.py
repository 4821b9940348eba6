"""Whoever fills the demo clinic sits at no desk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlcipher3 import dbapi2

ROOT = Path(__file__).parents[3]


def test_the_maker_of_the_demo_leaves_no_desk_behind(tmp_path: Path) -> None:
    """A desk that nobody can sit at would count as a manager's: the only real one could then give
    its own rights away."""
    made = [sys.executable, "-m", "clinic_desk", "demo", "--no-window", "--data", str(tmp_path)]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    connection = dbapi2.connect(str(tmp_path / "clinic.db"))
    try:
        assert connection.execute("SELECT * FROM desk WHERE name = ''").fetchall() == []
    finally:
        connection.close()
