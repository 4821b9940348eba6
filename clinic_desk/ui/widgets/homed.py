"""A part of the window that begins in its middle, and whose Tab goes round all of it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


class Homed(QWidget):
    """Its ``focusProxy`` is where the keyboard begins, for whoever gives it the keyboard. Qt does
    not know of it: it takes a widget with a proxy of its own for a compound field, and a Tab that
    comes to it would go past everything that stands before the proxy."""

    _home: QWidget | None = None

    def setFocusProxy(self, w: QWidget | None) -> None:  # noqa: N802
        self._home = w

    def focusProxy(self) -> QWidget | None:  # noqa: N802
        return self._home

    def setFocus(  # noqa: N802
        self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason
    ) -> None:
        if self._home is not None:
            self._home.setFocus(reason)
        else:
            super().setFocus(reason)

    def hasFocus(self) -> bool:  # noqa: N802
        return self._home.hasFocus() if self._home is not None else super().hasFocus()


def in_turn(*widgets: QWidget) -> None:
    """Tab takes them one after the other."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
