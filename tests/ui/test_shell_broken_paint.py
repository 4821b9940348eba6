"""A bug while painting is a dialog, never the end of the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from clinic_desk.ui import application

app = application.application(["clinic-desk"])
painted = []

class Broken(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect(), 0)
        painted.append(1)
        raise KeyError("a bug")

widget = Broken()
guard = application.Unexpected(widget)
widget.resize(300, 300)
widget.show()
again = QTimer(interval=20)
again.timeout.connect(lambda: widget.update() if len(painted) < 4 else app.quit())
again.start()
QTimer.singleShot(120_000, app.quit)
app.exec()
guard.remove()
print("painted", len(painted) > 3)
sys.stdout.flush()
"""


def test_a_painter_that_a_bug_left_open_does_not_end_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "painted True"
