"""F1: every key there is, by where it works."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.fuzzy import score
from clinic_desk.ui.widgets.key_text import KeyGroup
from clinic_desk.ui.widgets.overlay import Overlay


class ShortcutOverlay(Overlay):
    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, 1180)
        self._groups: Sequence[KeyGroup] = ()
        self._shown = 0
        title = Label("Keys")
        title.setProperty("role", "title")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a key or an action")
        self.field.setFixedWidth(260)
        self.field.textEdited.connect(self._fill)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.field)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(20, 16, 12, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    def open_with(self, groups: Sequence[KeyGroup]) -> None:
        self._groups = groups
        self.field.clear()
        self.cover()
        self._fill()
        self.open_card()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_F1:
            self.dismiss()
            return
        super().keyPressEvent(event)

    def shown_rows(self) -> int:
        """How many keys are listed."""
        return self._shown

    def _fill(self) -> None:
        wanted = self.field.text().strip()
        count = 3 if self.width() >= self.theme.px(1100) else 2
        columns: list[list[tuple[str, list[tuple[str, str]]]]] = [[] for _ in range(count)]
        heights = [0] * count
        for group in self._groups:
            rows = [
                row for row in group.rows if not wanted or score(wanted, " ".join(row)) is not None
            ]
            if rows:
                side = heights.index(min(heights))
                columns[side].append((group.title, rows))
                heights[side] += len(rows) + 2
        page = QWidget()
        across = QHBoxLayout(page)
        across.setContentsMargins(0, 0, 8, 0)
        across.setSpacing(32)
        for column in columns:
            across.addLayout(self._column(column), 1)
        if not any(columns):
            across.addWidget(Label("No key does that. Ctrl+K finds every command."))
        self._shown = sum(len(rows) for column in columns for _, rows in column)
        self._scroll.setWidget(page)
        self._scroll.setMinimumHeight(min(page.sizeHint().height() + 4, 660))

    def _column(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        for title, rows in groups:
            heading = Label(title)
            heading.setProperty("role", "heading")
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(3)
            grid.setColumnMinimumWidth(0, self.theme.px(136))
            grid.setColumnStretch(1, 1)
            for line, (keys, text) in enumerate(rows):
                cap = Label(keys)
                cap.setFrameShape(QFrame.Shape.NoFrame)
                cap.setFont(self.theme.font("grid", bold=True))
                what = Label(text)
                what.setFont(self.theme.font("grid"))
                what.setWordWrap(True)
                grid.addWidget(cap, line, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(what, line, 1)
            column.addLayout(grid)
            column.addSpacing(8)
        column.addStretch(1)
        return column
