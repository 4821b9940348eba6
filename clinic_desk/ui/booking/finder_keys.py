"""The finder's keys: single letters and figures while the list has the focus (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from clinic_desk.ui.booking.finder import FinderPage

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
USE = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class FinderKeys(QObject):
    """Watches the page's widgets; every key and click keeps the holds alive."""

    def __init__(self, page: FinderPage) -> None:
        super().__init__(page)
        self._page = page
        self._letters: dict[int, Callable[[], object]] = {
            int(Qt.Key.Key_H): page.toggle_hold,
            int(Qt.Key.Key_Y): self._to_panel,
            int(Qt.Key.Key_D): page.criteria.choose_doctors,
            int(Qt.Key.Key_A): page.any_chip.click,
            int(Qt.Key.Key_L): page.criteria.choose_length,
            int(Qt.Key.Key_M): page.mornings_chip.toggle,
            int(Qt.Key.Key_N): page.afternoons_chip.toggle,
            int(Qt.Key.Key_W): page.weekdays_chip.toggle,
            int(Qt.Key.Key_P): page.criteria.choose_place,
            int(Qt.Key.Key_R): page.criteria.choose_room,
            int(Qt.Key.Key_T): page.together_chip.toggle,
            int(Qt.Key.Key_X): page.criteria.choose_weeks,
            int(Qt.Key.Key_Slash): page.when.setFocus,
        }
        for child in page.findChildren(QWidget):
            child.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        page = self._page
        if event.type() in USE:
            page.hold.touch()
        if watched is page.list and event.type() is QEvent.Type.FocusIn:
            page.hold_current()
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if watched is page.list:
            return self._list_key(event)
        if watched is page.when and event.key() in (*ENTER, Qt.Key.Key_Down):
            page.list.setFocus()
            return True
        return False

    def _list_key(self, event: QKeyEvent) -> bool:
        key, page = event.key(), self._page
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_C:
                page.copy_offer()
                return True
            return False
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if key in ENTER:
            page.book()
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return page.refresh.resume(1 if key == Qt.Key.Key_Down else -1)
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            page.free_kept(int(key) - int(Qt.Key.Key_1))
            return True
        deed = self._letters.get(key)
        if deed is None:
            return False
        deed()
        return True

    def _to_panel(self) -> None:
        self._page.ask_why(True)
        self._page.panel.time.setFocus()
        self._page.panel.time.selectAll()
