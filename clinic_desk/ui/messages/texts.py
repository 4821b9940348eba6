"""The words of messages that were not written yet, for the rows that are on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.messages import MessageStatus
from clinic_desk.services.message_outlook import Outlook, outlooks
from clinic_desk.services.message_ports import MessageCard

if TYPE_CHECKING:
    from clinic_desk.domain.ids import Id
    from clinic_desk.ui.messages.page import MessagesPage

PAUSE = 60
"""Milliseconds after the last scrolling."""

MOST = 40


class TextReader(QObject):
    """Asks for a screenful at a time, off the main thread; what is not known stays empty."""

    def __init__(self, page: MessagesPage) -> None:
        super().__init__(page)
        self._page = page
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._read)

    def look(self) -> None:
        self._pause.start()

    def forget(self) -> None:
        """Something changed: what is on the screen is written anew."""
        self._page.model.texts.clear()

    def _read(self) -> None:
        page, model = self._page, self._page.model
        wanted: list[Id] = []
        for at in page.table.visible_rows():
            row = model.rows[at] if at < len(model.rows) else None
            if not isinstance(row, MessageCard):
                continue
            one = row.message
            if one.status is MessageStatus.PLANNED and not one.body and one.id not in model.texts:
                wanted.append(one.id)
        if not wanted:
            return
        now = page.context.clock.now()

        def take(found: dict[Id, Outlook]) -> None:
            told = {row_id: _shown(found.get(row_id)) for row_id in wanted[:MOST]}
            model.tell_texts(told)
            if len(wanted) > MOST:
                self.look()

        page.context.operations.ask(
            lambda queries: outlooks(queries, wanted[:MOST], now),
            done=take,
            key=f"message-texts:{id(page)}",
        )


def _shown(outlook: Outlook | None) -> str:
    if outlook is None:
        return ""
    return outlook.why or " ".join(part for part in (outlook.subject, outlook.body) if part)
