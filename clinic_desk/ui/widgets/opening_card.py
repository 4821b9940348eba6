"""What is shown when opening the clinic takes longer than a moment."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme


class OpeningCard(QWidget):
    """Appears when ``finish`` has not come before the end of ``wait``."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self._done = False
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self.show)
        title = Label("Clinic Desk", alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("role", "date")
        self._text = Label(
            "Opening the clinic. A backup is made first when its file is brought up to date.",
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        self._text.setWordWrap(True)
        self._text.setFixedWidth(320)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(self._text)
        column.addWidget(bar)
        self.setAccessibleName("Opening the clinic")

    def wait(self, milliseconds: int) -> None:
        self._patience.start(milliseconds)

    def finish(self) -> None:
        self._done = True
        self._patience.stop()
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self._done:
            super().closeEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.canvas)
        painter.setPen(self._theme.tokens.grid_major)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
