"""The floor of the start: the smallest window on the same file with the same two libraries."""

from __future__ import annotations

import sys
import time

if __name__ == "__main__":
    began = int(sys.argv[1])
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
    from sqlalchemy import create_engine, text
    from sqlcipher3 import dbapi2

    class Label(QLabel):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            super().paintEvent(event)
            print((time.monotonic_ns() - began) / 1e6, flush=True)
            QApplication.exit()

    app = QApplication(sys.argv[:1])
    engine = create_engine("sqlite://", module=dbapi2, creator=lambda: dbapi2.connect(sys.argv[2]))
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM appointment")).scalar()
    window = QMainWindow()
    window.setCentralWidget(Label(f"{count} visits"))
    window.resize(1366, 768)
    window.show()
    sys.exit(app.exec())
