"""What a locked window holds is out of sight for assistive technology as well.

Qt tells a screen reader of hidden widgets too, with their words. The content of the window is one
widget of this kind: while it is sealed it has no children and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QWidget

Role, Text = QAccessible.Role, QAccessible.Text


class Sealed(QWidget):
    sealed = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _install()


class _Content(QAccessibleInterface):
    """As Qt's own for a plain widget, but for the seal."""

    def __init__(self, widget: Sealed) -> None:
        super().__init__()
        self.widget = widget

    def _children(self) -> list[QWidget]:
        if not self.isValid() or self.widget.sealed:
            return []
        return [
            one for one in self.widget.children() if isinstance(one, QWidget) and not one.isWindow()
        ]

    def isValid(self) -> bool:  # noqa: N802
        return shiboken6.isValid(self.widget)

    def object(self) -> QObject:
        return self.widget

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.widget.window().windowHandle() if self.isValid() else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        above = self.widget.parentWidget()
        return QAccessible.queryAccessibleInterface(above) if above is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        children = self._children()
        if not 0 <= index < len(children):
            return None
        return QAccessible.queryAccessibleInterface(children[index])

    def childCount(self) -> int:  # noqa: N802
        return len(self._children())

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        wanted = child.object()
        return next((n for n, one in enumerate(self._children()) if one is wanted), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        spot = QPoint(x, y)
        for one in reversed(self._children()):
            if one.isVisible() and one.rect().contains(one.mapFromGlobal(spot)):
                return QAccessible.queryAccessibleInterface(one)
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        focus = None if self.widget.sealed else self.widget.focusWidget()
        held = focus is not None and focus.hasFocus() and self.widget.isAncestorOf(focus)
        return QAccessible.queryAccessibleInterface(focus) if held and focus is not None else None

    def role(self) -> QAccessible.Role:
        return Role.Client

    def text(self, kind: QAccessible.Text) -> str:
        return self.widget.accessibleName() if kind == Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """Nothing here is edited."""

    def rect(self) -> QRect:
        return QRect(self.widget.mapToGlobal(QPoint(0, 0)), self.widget.size())

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.invisible = self.widget.sealed or not self.widget.isVisible()
        return state

    def backgroundColor(self) -> QColor:  # noqa: N802
        return QColor()

    def foregroundColor(self) -> QColor:  # noqa: N802
        return QColor()


_KEPT: dict[int, _Content] = {}
_factory: list[Callable[[str, QObject], QAccessibleInterface | None]] = []


def _make(_key: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, Sealed):
        return None
    number = id(thing)
    kept = _KEPT.get(number)
    if kept is None or kept.widget is not thing or not kept.isValid():
        kept = _KEPT[number] = _Content(thing)
        thing.destroyed.connect(lambda *_: _KEPT.pop(number, None))
    return kept


def _install() -> None:
    if not _factory:
        _factory.append(_make)
        QAccessible.installFactory(_make)
