"""Beside the list: one entry whole, before → after in words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from clinic_desk.services.audit import KIND_WORDS, told
from clinic_desk.services.audit_views import AuditEntry
from clinic_desk.ui.audit import telling
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.reading import FSI, WholeDelegate, breakable

HASH_SHOWN = 16
"""Characters of a hash that are shown; the rest is in its tip."""


class EntrySide(QWidget):
    """``visit_wanted`` and ``patient_wanted`` carry an id, ``all_wanted`` a (name, patient id):
    every entry about that patient; ``left`` comes with Esc."""

    visit_wanted = Signal(str)
    patient_wanted = Signal(str)
    all_wanted = Signal(str, str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.entry: AuditEntry | None = None
        self._teller: telling.EntryTeller | None = None
        self.title = Label(self)
        self.title.setProperty("role", "heading")
        self.facts = Label(self)
        self.facts.setProperty("role", "muted")
        for label in (self.title, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.list = QListWidget(self)
        self.list.setAccessibleName("What changed, before and after")
        self.list.setWordWrap(True)
        self.list.setItemDelegate(WholeDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self.list.installEventFilter(self)
        self.visit_button = push("Open the &visit", self)
        self.patient_button = push("Open the p&atient", self)
        self.all_button = push("All about this patient", self)
        self.visit_button.clicked.connect(self._visit)
        self.patient_button.clicked.connect(self._patient)
        self.all_button.clicked.connect(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        ways = FlowLayout()
        for button in (self.visit_button, self.patient_button, self.all_button):
            button.setProperty("density", "compact")
            ways.addWidget(button)
        column.addLayout(ways)
        CURTAIN.changed.connect(self._fill)
        self.show_entry(None, None)

    def show_entry(self, entry: AuditEntry | None, teller: telling.EntryTeller | None) -> None:
        """None while nothing is chosen."""
        self.entry, self._teller = entry, teller
        self._fill()

    def _fill(self) -> None:
        entry, teller = self.entry, self._teller
        self.list.clear()
        for widget in (self.list, self.visit_button, self.patient_button, self.all_button):
            widget.setVisible(False)
        if entry is None or teller is None:
            self.title.setText("")
            self.facts.setText("Choose an entry to see what it changed.")
            return
        line = entry.line
        self.title.setText(telling.what(line))
        place = f", {line.desk}" if line.desk else ""
        rows = [
            f"{telling.who(line)}{place}",
            telling.when(line, teller.zone, teller.today),
            CURTAIN.said(telling.about(line, teller.today)),
            f"{KIND_WORDS[told(line.action).kind]} · entry {line.seq:,} · "
            f"seal {entry.hash[:HASH_SHOWN]}…",
        ]
        self.facts.setText("\n".join(row for row in rows if row))
        self.facts.setToolTip(entry.hash)
        changes = teller.changes(entry)
        for change in changes:
            item = QListWidgetItem(FSI + breakable(CURTAIN.said(change.text)))
            item.setToolTip(as_text(CURTAIN.said(change.text)))
            self.list.addItem(item)
        self.list.setVisible(bool(changes))
        self.visit_button.setVisible(line.subject_kind == "appointment")
        self.patient_button.setVisible(bool(line.patient_id))
        self.all_button.setVisible(bool(line.patient_id and line.about))

    def _visit(self) -> None:
        if self.entry is not None:
            self.visit_wanted.emit(self.entry.line.subject_id)

    def _patient(self) -> None:
        if self.entry is not None:
            self.patient_wanted.emit(self.entry.line.patient_id)

    def _all(self) -> None:
        if self.entry is not None:
            self.all_wanted.emit(self.entry.line.about, self.entry.line.patient_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)
