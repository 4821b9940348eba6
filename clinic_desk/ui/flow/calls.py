"""Whom to ring because a doctor runs late: name, phone, the planned and the likely time, and what
to say. Rings nobody by itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.cards import Card
from clinic_desk.ui.flow.naming import Naming
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.runtime.formatting import phone_text
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog

SIZE = QSize(760, 420)
COLUMNS = ("Patient", "Phone", "Planned", "Likely", "Doctor")


class CallList(CardDialog):
    """``visit_requested`` carries a visit's id."""

    visit_requested = Signal(str)
    toast_requested = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "To ring", parent)
        self.keep_size(SIZE)
        self._rows: list[tuple[Card, str]] = []
        self._naming = Naming(None)
        self.table = QTableWidget(0, len(COLUMNS), self)
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAccessibleName("Patients who may come later")
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.say = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.copy_button = push("&Copy what to say", self)
        self.open_button = push("&Open the visit", self, "primary")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.say)
        hints = KeyHints(theme, (("Enter", "open"), ("Ctrl+C", "copy"), ("Esc", "leave")), self)
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.copy_button)
        self.footer_row.addWidget(self.open_button)
        self.table.currentCellChanged.connect(lambda *_places: self._tell())
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.open_button.clicked.connect(self._open)
        self.copy_button.clicked.connect(self._copy)

    def show_list(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.table.setFocus()

    def show_rows(self, rows: Sequence[tuple[Card, str]], naming: Naming) -> None:
        """The chosen patient stays chosen."""
        kept = self.current
        self._rows, self._naming = list(rows), naming
        self.table.setRowCount(len(rows))
        for row, (card, doctor) in enumerate(rows):
            cell = card.cell
            likely = naming.clock(cell, card.likely) if card.likely is not None else ""
            texts = (
                naming.name(cell), "" if naming.private else phone_text(cell.phone) or "no phone",
                naming.clock(cell), f"{likely} (+{card.slip} min)", doctor,
            )  # fmt: skip
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        ids = [card.id for card, _doctor in rows]
        place = ids.index(kept) if kept in ids else 0
        if rows:
            self.table.setCurrentCell(place, 0)
        self.subtitle_label.setText(plural(len(rows), "patient") if rows else "")
        self._tell()

    @property
    def current(self) -> Id:
        row = self.table.currentRow()
        return self._rows[row][0].id if 0 <= row < len(self._rows) else ""

    def _tell(self) -> None:
        row = self.table.currentRow()
        there = 0 <= row < len(self._rows)
        self.say.setText(
            self.message() if there else "Nobody has to be told: all start about as planned."
        )
        self.copy_button.setEnabled(there)
        self.open_button.setEnabled(there)

    def message(self) -> str:
        """What to say or send to the chosen patient."""
        card, doctor = self._rows[self.table.currentRow()]
        naming = self._naming
        likely = naming.clock(card.cell, card.likely)
        return (
            f"{doctor} is running about {card.slip} minutes late today. Your visit at "
            f"{naming.clock(card.cell)} is likely to start at {likely}; it is enough to come then."
        )

    def _copy(self) -> None:
        if self.current:
            QGuiApplication.clipboard().setText(self.message())
            self.toast_requested.emit("Copied what to say.", False)

    def _open(self) -> None:
        row_id = self.current
        if row_id:
            self.hide()
            self.visit_requested.emit(row_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif ctrl and event.key() == Qt.Key.Key_C:
            self._copy()
        else:
            super().keyPressEvent(event)
