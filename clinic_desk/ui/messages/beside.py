"""What stands beside the list: the current row at once, then what has to be read about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.services.message_ports import MessageCard
from clinic_desk.ui.messages.facts import Details, asked_by, details_of
from clinic_desk.ui.messages.model import AnswerCard, id_of

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.domain.ids import Id
    from clinic_desk.ui.messages.page import MessagesPage


class Beside(QObject):
    def __init__(self, page: MessagesPage) -> None:
        super().__init__(page)
        self._page = page

    def look(self) -> None:
        """At the current row, which may be another one or the same with news."""
        page = self._page
        row, roster = page.current, page.source.roster
        page.deeds.tell_buttons()
        if roster is None:
            return
        if isinstance(row, AnswerCard):
            self._answer(row, roster)
        elif isinstance(row, MessageCard):
            self._message(row, roster)
        else:
            self._show(None, roster)

    def _show(self, details: Details | None, roster: Roster) -> None:
        page = self._page
        now = page.context.clock.now()
        page.side.show_details(details, roster, now, page.source.zone, page.why_not())

    def _message(self, row: MessageCard, roster: Roster) -> None:
        page, one = self._page, row.message
        now, shown = page.context.clock.now(), page.side.details
        if shown is None or shown.card.message.id != one.id:
            self._show(Details(row), roster)
            self._looked("notification", one.id, one.patient_id)

        def take(details: Details | None) -> None:
            if details is not None and id_of(page.current) == one.id:
                self._show(details, roster)
                page.deeds.tell_buttons()

        page.context.operations.ask(
            lambda queries: details_of(queries, one.id, now),
            done=take,
            failed=page.message.show_error,
            key=f"message:{id(page)}",
        )

    def _answer(self, row: AnswerCard, roster: Roster) -> None:
        page, one = self._page, row.answer

        def show(asked: MessageCard | None) -> None:
            if id_of(page.current) == one.id:
                now = page.context.clock.now()
                page.side.show_answer(row, asked, roster, now, page.source.zone, page.why_not())

        shown = page.side.answer
        if shown is None or id_of(shown) != one.id:
            show(None)
            self._looked("inbound_message", one.id, one.patient_id)
        page.context.operations.ask(
            lambda queries: asked_by(queries, one),
            done=show,
            failed=page.message.show_error,
            key=f"message:{id(page)}",
        )

    def _looked(self, kind: str, row_id: Id, patient_id: Id | None) -> None:
        if patient_id:
            self._page.context.operations.looked(kind, row_id, patient_id)
