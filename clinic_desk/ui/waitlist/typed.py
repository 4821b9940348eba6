"""Fields for a time of day and for a day, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.when import parse_day, parse_when
from clinic_desk.ui.models.waiting import clock
from clinic_desk.ui.models.words import day_words


class _Typed(QLineEdit):
    edited = Signal()

    def __init__(self, ghost: str, width: int) -> None:
        super().__init__()
        self.setPlaceholderText(ghost)
        self.setMaximumWidth(width)
        self.setMaxLength(40)
        self.textEdited.connect(self.edited)

    def raw(self) -> str:
        return self.text().strip()


class TimeField(_Typed):
    """Minutes of the day; None while it is empty. "9", "09:30", "2 pm", "24:00"."""

    def __init__(self) -> None:
        super().__init__("any time", 140)

    def value(self) -> int | None:
        text = self.raw()
        if not text:
            return None
        if text in ("24", "24:00"):
            return 1440
        found = parse_when(f"at {text}", date(2000, 1, 3))
        if found.minute is None or found.unread or found.first is not None:
            raise Refusal("bad_time", f"“{text}” is no time; type it like 9:30 or 2 pm.")
        return found.minute

    def put(self, value: int | None) -> None:
        self.setText("" if value is None else clock(value))


class DayField(_Typed):
    """A local day; None while it is empty. "fri", "+2w", "24.12", "24 Dec"."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__("any day", 170)
        self._today = today
        self._put: tuple[str, date | None] = ("", None)

    def value(self) -> date | None:
        text = self.raw()
        if not text:
            return None
        if text == self._put[0]:
            return self._put[1]
        day = parse_day(text, self._today())
        if day is None:
            raise Refusal("bad_day", f"“{text}” is no day; type it like 24.12., fri or +2w.")
        return day

    def put(self, value: date | None) -> None:
        text = "" if value is None else day_words(value, self._today())
        self._put = (text, value)
        self.setText(text)
