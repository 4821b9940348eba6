"""What the patient of a visit waits for: one line for each entry of the waiting list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Changes
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.ports import Queries
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import push

MOST = 2
"""Lines; who waits for more is told so in the last one."""


class WaitingLines(QWidget):
    """Reads for itself; takes no room while nobody waits. ``entry_requested`` carries an entry's
    id."""

    entry_requested = Signal(str)

    def __init__(self, context: Context, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self._patient_id: Id | None = None
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()
        context.operations.changed.connect(self._on_changes)
        context.theme.changed.connect(self._dress)

    def show_for(self, patient_id: Id | None) -> None:
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self._take(())
        self._read()

    def _read(self) -> None:
        wanted = self._patient_id
        if wanted is None:
            return

        def ask(queries: Queries) -> tuple[WaitlistCard, ...]:
            return tuple(card for card in queries.waitlist() if card.entry.patient_id == wanted)

        def take(found: tuple[WaitlistCard, ...]) -> None:
            if wanted == self._patient_id:
                self._take(found)

        # a list that cannot be read now is no reason to cover the visit with a message
        self._context.operations.ask(
            ask, done=take, failed=lambda _error: None, key=f"waiting-lines:{id(self)}"
        )

    def _take(self, found: Sequence[WaitlistCard]) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for card in found[:MOST]:
            button = push(self._words(card, len(found)), self, "ghost")
            button.setToolTip(f"{button.text()}\nOpen this entry of the waiting list")
            button.setProperty("density", "compact")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            entry_id = card.entry.id
            button.clicked.connect(lambda _on=False, e=entry_id: self.entry_requested.emit(e))
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.buttons.append(button)
        self._dress()
        self.setVisible(bool(found))

    def _words(self, card: WaitlistCard, count: int) -> str:
        """ "Waits for Follow-up, Dr Demir, mornings, since 3 days"."""
        now, roster = self._context.clock.now(), self._source.roster
        parts = [f"Waits for {card.type_name}"]
        if roster is not None:
            parts.append(words.doctor_of(roster, card.entry.doctor_id))
            parts.append(waiting.wishes(card.entry, words.local(now, self._source.zone).date()))
            parts.append(waiting.visit_words(card, roster))
        since = waiting.since(card, now)
        parts.append(f"since {since}" if since == "today" else f"for {since}")
        told = ", ".join(part for part in parts if part)
        last = len(self.buttons) == MOST - 1
        return f"{told}; and {count - MOST} more" if last and count > MOST else told

    def _dress(self) -> None:
        for button in self.buttons:
            button.setIcon(self._context.theme.qicon("list"))

    def _on_changes(self, changes: Changes) -> None:
        if self.window().isVisible() and changes.kinds & {"waitlist_entry", "external"}:
            self._read()
