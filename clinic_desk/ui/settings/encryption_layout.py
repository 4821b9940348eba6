"""Where everything of the section about encryption stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from clinic_desk.ui.settings.encryption import EncryptionPanel


def lay_out(panel: EncryptionPanel) -> QWidget:
    """Answers the widget that holds it all, of which only the height scrolls."""
    head = QGridLayout()
    head.setHorizontalSpacing(10)
    head.setVerticalSpacing(4)
    head.setColumnStretch(1, 1)
    head.addWidget(panel.icon, 0, 0)
    head.addWidget(panel.title, 0, 1)
    head.addWidget(panel.sentence, 1, 1)
    head.addWidget(panel.unnoted, 2, 1)
    work = QHBoxLayout()
    work.setSpacing(12)
    work.addWidget(panel.work)
    work.addWidget(panel.bar, 1)
    work.addWidget(panel.stop)
    inner = QWidget(panel)
    column = QVBoxLayout(inner)
    column.setContentsMargins(20, 12, 20, 16)
    column.setSpacing(14)
    column.addLayout(head)
    column.addLayout(row(panel.encrypt, panel.show_key, panel.keep, panel.decrypt))
    column.addWidget(panel.card)
    column.addLayout(work)
    column.addWidget(panel.message)
    column.addWidget(panel.copies)
    column.addLayout(row(panel.seal, panel.drop))
    column.addStretch(1)
    area = QScrollArea(panel)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    area.setWidget(inner)
    whole = QVBoxLayout(panel)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(area)
    return inner


def row(*buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
