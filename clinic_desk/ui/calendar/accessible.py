"""The painted views for assistive technology: a list whose items are visits, or days.

A painted view has no child widgets, so its items are virtual: plain interfaces that this module
makes when somebody asks for them. Qt keeps raw pointers to them, hence ``_KEPT`` and the
dictionaries of the lists hold them as long as their view lives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from clinic_desk.ui.calendar.accessible_words import GridVoice, HeadVoice, MonthVoice
from clinic_desk.ui.calendar.grid_header import HeaderStrip
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.month_view import MonthView

Role, Event, Text = QAccessible.Role, QAccessible.Event, QAccessible.Text


class Speaking(Protocol):
    """What a painted view can say. Keys are stable while an item exists; rectangles are viewport
    pixels, of a strip its own."""

    def title(self) -> str: ...
    def keys(self) -> list[str]: ...
    def has(self, key: str) -> bool: ...
    def name(self, key: str) -> str: ...
    def place(self, key: str) -> str: ...
    def rect(self, key: str) -> QRect: ...
    def focus(self) -> str | None: ...
    def selected(self, key: str) -> bool: ...
    def unavailable(self, key: str) -> bool: ...


def surface(view: QWidget) -> QWidget:
    """What the rectangles of a view's items are measured on."""
    return view.viewport() if isinstance(view, QAbstractScrollArea) else view


class PaintedItem(QAccessibleInterface):
    """One virtual child."""

    def __init__(self, whole: PaintedList, key: str) -> None:
        super().__init__()
        self._whole = whole
        self.key = key

    def isValid(self) -> bool:  # noqa: N802
        return self._whole.isValid() and self._whole.voice.has(self.key)

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._whole.window()

    def parent(self) -> QAccessibleInterface:
        return self._whole

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        del index
        return None

    def childCount(self) -> int:  # noqa: N802
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        del child
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        del x, y
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        return None

    def role(self) -> QAccessible.Role:
        return Role.ListItem

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if kind == Text.Name:
            return self._whole.voice.name(self.key)
        if kind == Text.Description:
            return self._whole.voice.place(self.key)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """Nothing here is edited in place."""

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        return self._whole.on_screen(self._whole.voice.rect(self.key))

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = True
        state.selectable = True
        if not self.isValid():
            state.invalid = True
            return state
        voice, view = self._whole.voice, self._whole.view
        state.selected = voice.selected(self.key)
        state.focused = view.hasFocus() and voice.focus() == self.key
        state.disabled = voice.unavailable(self.key)
        state.offscreen = not surface(view).rect().intersects(voice.rect(self.key))
        return state

    def backgroundColor(self) -> QColor:  # noqa: N802
        return QColor()

    def foregroundColor(self) -> QColor:  # noqa: N802
        return QColor()


class PaintedList(QAccessibleInterface):
    """The view itself, as a list. Its first child is the first visit of the first column."""

    def __init__(self, view: QWidget, voice: Speaking) -> None:
        super().__init__()
        self.view = view
        self.voice = voice
        self._items: dict[str, PaintedItem] = {}

    def keys(self) -> list[str]:
        return self.voice.keys()

    def item(self, key: str) -> PaintedItem:
        if key not in self._items:
            self._items[key] = PaintedItem(self, key)
        return self._items[key]

    def on_screen(self, area: QRect) -> QRect:
        return QRect(surface(self.view).mapToGlobal(area.topLeft()), area.size())

    def isValid(self) -> bool:  # noqa: N802
        return shiboken6.isValid(self.view)

    def object(self) -> QObject:
        return self.view

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.view.window().windowHandle() if self.isValid() else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        above = self.view.parentWidget()
        return QAccessible.queryAccessibleInterface(above) if above is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        keys = self.keys()
        return self.item(keys[index]) if 0 <= index < len(keys) else None

    def childCount(self) -> int:  # noqa: N802
        return len(self.keys())

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        keys = self.keys()
        if isinstance(child, PaintedItem) and child.key in keys:
            return keys.index(child.key)
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        spot = surface(self.view).mapFromGlobal(QPoint(x, y))
        for key in self.keys():
            if self.voice.rect(key).contains(spot):
                return self.item(key)
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: N802
        key = self.voice.focus() if self.view.hasFocus() else None
        return self.item(key) if key is not None and self.voice.has(key) else None

    def role(self) -> QAccessible.Role:
        return Role.List

    def text(self, kind: QAccessible.Text) -> str:
        return self.voice.title() if kind == Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """The title follows what is shown."""

    def rect(self) -> QRect:
        return QRect(self.view.mapToGlobal(QPoint(0, 0)), self.view.size())

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = True
        state.focused = self.view.hasFocus()
        state.multiSelectable = True
        state.invisible = not self.view.isVisible()
        return state

    def backgroundColor(self) -> QColor:  # noqa: N802
        return QColor()

    def foregroundColor(self) -> QColor:  # noqa: N802
        return QColor()


_KEPT: dict[int, PaintedList] = {}
_factory: list[Callable[[str, QObject], QAccessibleInterface | None]] = []


def _make(_key: str, thing: QObject) -> QAccessibleInterface | None:
    """Qt asks this for every widget; only the painted views are ours."""
    voice: Speaking
    if isinstance(thing, TimeGridView):
        voice = GridVoice(thing)
    elif isinstance(thing, MonthView):
        voice = MonthVoice(thing)
    elif isinstance(thing, HeaderStrip):
        voice = HeadVoice(thing)
    else:
        return None
    number = id(thing)
    kept = _KEPT.get(number)
    if kept is None or kept.view is not thing or not kept.isValid():
        kept = _KEPT[number] = PaintedList(thing, voice)
        thing.destroyed.connect(lambda *_: _KEPT.pop(number, None))
    return kept


def install() -> None:
    """Once per process, before the first view is asked about."""
    if not _factory:
        _factory.append(_make)
        QAccessible.installFactory(_make)


def tell_focus(view: QWidget) -> None:
    """The cursor has moved: says which child has the focus now. Nothing is built unless assistive
    technology listens."""
    if not QAccessible.isActive():
        return
    whole: Any = QAccessible.queryAccessibleInterface(view)
    kept = _KEPT.get(id(view))
    if whole is None or kept is None or not view.hasFocus():
        return
    key = kept.voice.focus()
    keys = kept.keys()
    if key is None or key not in keys:
        return
    event = QAccessibleEvent(view, Event.Focus)
    event.setChild(keys.index(key))
    QAccessible.updateAccessibility(event)


def tell_content(view: QWidget) -> None:
    """Items came, went or changed their order."""
    if QAccessible.isActive() and id(view) in _KEPT:
        QAccessible.updateAccessibility(QAccessibleEvent(view, Event.ObjectReorder))
