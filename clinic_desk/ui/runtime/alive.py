"""What outlives a window (the theme, the clipboard) calls it only while it is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from shiboken6 import isValid


def while_alive(owner: QObject, call: Callable[[], object]) -> Callable[..., None]:
    """``call`` without what the signal carries; nothing once ``owner`` has been deleted."""

    def answer(*_carried: object) -> None:
        if isValid(owner):
            call()

    return answer
