"""What the patient was told of a visit and will be, on its card: one line, and the way to all."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.message_ports import MessageCard, MessageWish
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.models import messages
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

MOST = 20


class VisitMessages(QWidget):
    """Reads for itself. ``opened``: all messages of the visit are wanted."""

    opened = Signal()

    def __init__(self, context: Context, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self._visit: AppointmentView | None = None
        self.cards: tuple[MessageCard, ...] = ()
        self.line = InkLabel(context.theme, "", wrap=True, parent=self)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.open_button = push("Sho&w", self)
        self.open_button.setProperty("density", "compact")
        self.open_button.setToolTip("All messages about this visit")
        self.open_button.setAccessibleName("Show all messages about this visit")
        self.open_button.clicked.connect(self.opened)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.open_button)
        context.operations.changed.connect(self._on_changes)
        self._show(())

    def show_for(self, view: AppointmentView) -> None:
        other = self._visit is None or self._visit.cell.id != view.cell.id
        self._visit = view
        if other:
            self._show(())
        self._read()

    def _read(self) -> None:
        if self._visit is None or not self._context.actor.may(Permission.READ):
            return
        wanted = self._visit.cell.id

        def take(found: tuple[MessageCard, ...]) -> None:
            if self._visit is not None and self._visit.cell.id == wanted:
                self._show(found)

        self._context.operations.ask(
            lambda queries: queries.messages(MessageWish(appointment_id=wanted), MOST),
            done=take,
            failed=lambda _error: None,  # no reason to cover the visit with a message
            key=f"visit-messages:{id(self)}",
        )

    def _show(self, cards: tuple[MessageCard, ...]) -> None:
        self.cards = cards
        parts = messages.visit_parts(cards, self._context.clock.now(), self._source.zone)
        told, why = " · ".join(parts), messages.why_untold(cards)
        self.line.setText(told or why or ("none that goes" if cards else "none"))
        failed = any(messages.needs_somebody(card) for card in cards)
        self.line.set_ink("refuse" if failed else "text" if told else "text2")
        self.open_button.setVisible(bool(cards))

    def _on_changes(self, _changes: Changes) -> None:
        if self.window().isVisible() and self.isVisible():
            self._read()
