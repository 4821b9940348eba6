"""The Qt binding keeps its references: the start-up check, and a long painting that would abort."""

from __future__ import annotations

import subprocess
import sys
from itertools import count

import pytest
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.runtime import runtime_guard

# In a process of its own: with the fault the interpreter aborts, which no test survives.
PAINTING = """
import sys
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

BLOCKS, ROUNDS = 2000, 50

class Grid(QWidget):
    painted = 0

    def paintEvent(self, event):
        painter = QPainter(self)
        for block in range(BLOCKS):
            column, row = divmod(block, 100)
            area = QRect(column * 60, row * 8, 56, 7)
            painter.setPen(QColor(40, 60, 90))
            painter.setBrush(QColor(200, 220, 240))
            painter.drawRect(area)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft, "A. Lee")
            self.painted += 1
        painter.end()

application = QApplication([])
grid = Grid()
grid.resize(1280, 800)
image = QImage(1280, 800, QImage.Format.Format_RGB32)
before = sys.getrefcount(None)
for _ in range(ROUNDS):
    grid.render(image)
print(grid.painted, before - sys.getrefcount(None))
"""


def test_the_installed_binding_passes(qapp: QApplication) -> None:
    assert runtime_guard.check() is None


def test_a_leaking_binding_is_refused_in_a_plain_sentence(qapp: QApplication) -> None:
    falling = count(100_000, -999)

    message = runtime_guard.check(lambda: next(falling))

    assert message is not None
    assert "lost 999 object references in 1,000 calls" in message
    assert "6.12" in message
    assert message.endswith(".")


def test_a_small_drift_from_other_threads_is_no_leak(qapp: QApplication) -> None:
    falling = count(100_000, -20)

    assert runtime_guard.check(lambda: next(falling)) is None


@pytest.mark.alone
def test_two_thousand_blocks_repainted_fifty_times() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", PAINTING], capture_output=True, text=True, timeout=240, check=False
    )

    assert outcome.returncode == 0, outcome.stderr
    painted, lost = map(int, outcome.stdout.split())
    assert painted == 2_000 * 50
    assert lost < 1_000, f"{lost} references to None lost while painting"
