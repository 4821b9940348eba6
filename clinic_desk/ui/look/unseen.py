"""A switch of the colours dresses what is seen; what is not seen is dressed when it is shown.

Qt styles every widget anew under a new stylesheet: hidden pages, closed dialogs, the menus and the
lists of every box. A day at the desk leaves two thousand of them, and the switch took half a
second for sixty that somebody could see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

STYLED = Qt.WidgetAttribute.WA_WState_Polished
"""Qt styles anew what has this, and tells ..."""

OWN_STYLE = Qt.WidgetAttribute.WA_SetStyle
"""... every widget without this that it has another style."""

OWED = "_owed_colours"

AT_ONCE = "_dressed_at_once"

Dress = TypeVar("Dress", bound=Callable[..., None])


class _State:
    """The stylesheet is the program's, and so is this: whether the colours alone are changing,
    whether a stylesheet is put on without the hidden widgets, and whether one ever was."""

    switching = False
    held = False
    ever = False


@contextmanager
def colours_alone() -> Iterator[None]:
    """Within it the look changes in its colours, and in no length: who is not seen may wait."""
    _State.switching, _State.held = True, False
    try:
        yield
    finally:
        _State.switching = _State.held = False


def may_wait() -> bool:
    """Whether the change under way is one of colours alone."""
    return _State.switching


def when_seen(dress: Dress) -> Dress:
    """For a widget's method that follows the theme: in a switch of the colours that of a hidden
    widget runs when it is shown. Whoever calls it himself has it run at once, as ever."""

    @wraps(dress)
    def wait(self: Any, *args: Any) -> None:
        owed = vars(self).setdefault(OWED, {})
        if _State.held and not self.isVisible():
            owed[dress.__name__] = dress
            return
        owed.pop(dress.__name__, None)
        dress(self, *args)

    return cast(Dress, wait)


def never_waits(widget: QWidget) -> None:
    """For one whose ink is set by hand, seen or not: to dress it later would take that ink off."""
    vars(widget)[AT_ONCE] = True


class Unseen(QObject):
    """Keeps the hidden widgets out of a new stylesheet, and dresses them when they are shown."""

    @contextmanager
    def held_back(self, app: QApplication) -> Iterator[None]:
        """Within it a stylesheet is put on or taken off without them; at once on all of them when
        more than colours changes."""
        if not may_wait():
            self._none_waits(app)
            yield
            return
        owning = []
        for root in _hidden(app):
            root.installEventFilter(self)  # twice is once
            # a dialog may be seen though the window that it belongs to is not
            inside = (w for w in root.findChildren(QWidget) if not w.isVisible())
            below = [w for w in (root, *inside) if AT_ONCE not in vars(w)]
            for widget in below:
                widget.setAttribute(STYLED, False)
            parent = root.parentWidget()
            if root.isWindow() or parent is None or parent.style() is app.style():
                # else it has a style from its parent, and would be given one of its own instead
                owning += [widget for widget in below if not widget.testAttribute(OWN_STYLE)]
        for widget in owning:
            widget.setAttribute(OWN_STYLE, True)
        _State.held = _State.ever = True
        try:
            yield
        finally:
            for widget in owning:
                widget.setAttribute(OWN_STYLE, False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Before the first picture: Qt tells a widget that it is shown, then draws it."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            self._dress(watched)
        return False

    def _dress(self, root: QWidget) -> None:
        """From the outside to the inside, as Qt does; what is still hidden waits on."""
        seen, waiting = [], [root]
        while waiting:
            widget = waiting.pop()
            seen.append(widget)
            for child in widget.children():
                if not isinstance(child, QWidget) or child.isWindow():
                    continue
                if child.isHidden():
                    child.installEventFilter(self)
                else:
                    waiting.append(child)
        for widget in seen:
            if not widget.testAttribute(STYLED):
                _style(widget)
        for widget in seen:
            for dress in list(vars(widget).pop(OWED, {}).values()):
                dress(widget)

    def _none_waits(self, app: QApplication) -> None:
        for widget in app.allWidgets() if _State.ever else ():
            widget.setAttribute(STYLED, True)


def _hidden(app: QApplication) -> list[QWidget]:
    """The outermost hidden widgets; all below them is hidden with them."""
    found = []
    waiting: list[QWidget] = list(app.topLevelWidgets())
    while waiting:
        widget = waiting.pop()
        if not widget.isVisible():
            found.append(widget)
            continue
        waiting += [
            child
            for child in widget.children()
            if isinstance(child, QWidget) and not child.isWindow()
        ]
    return found


def _style(widget: QWidget) -> None:
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.setAttribute(STYLED, True)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
