"""A list that is typed quickly: one line each, Enter goes on to the next, an empty line waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.fields import Field

REMOVER = 30
"""Pixels of the button that removes a line."""

SPACE = 8
MOST = 980
"""Pixels of the list, on a wide screen too."""

WIDEST = 16_777_215
"""Pixels: no limit but that of the list."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Line(QWidget):
    """One row of the list: ``fields`` by the names that refusals carry, in their order. ``row_id``
    is empty until the line is stored. Write a subclass that adds its fields with ``put_field``."""

    edited = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, noun: str) -> None:
        super().__init__()
        self.theme, self.noun = theme, noun
        self.row_id: Id = ""
        self.fields: dict[str, QWidget] = {}
        self._widths: dict[QWidget, int] = {}
        self.across = QHBoxLayout()
        self.across.setContentsMargins(0, 0, 0, 0)
        self.across.setSpacing(SPACE)
        self.remover = push("", self, "ghost")
        self.remover.setProperty("square", "true")
        self.remover.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.remover.clicked.connect(self.removed)
        self._widths[self.remover] = REMOVER
        # its place is kept, so that the fields of all lines are of one length
        kept = self.remover.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.remover.setSizePolicy(kept)
        self.error = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self.across)
        column.addWidget(self.error)

    def put_field(
        self, name: str, words: str, field: QWidget, stretch: int = 0, width: int = 0
    ) -> None:
        """``width``: pixels at usual type, 0 for what the field takes by itself."""
        field.setAccessibleName(words)
        target = field.focusProxy() or field
        if not target.accessibleName():
            target.setAccessibleName(words)
        if stretch:
            field.setMaximumWidth(WIDEST)
        if width:
            self._widths[field] = width
        self.fields[name] = field
        self.across.addWidget(field, stretch)
        self.part(name).edited.connect(self.edited)

    def close_line(self) -> None:
        """No more fields."""
        self.across.addWidget(self.remover)
        self.remover.setAccessibleName(f"Remove this {self.noun}")
        self.remover.setToolTip(f"Remove this {self.noun} (Ctrl+Delete)")
        self.theme.changed.connect(self._fit)
        self._fit()
        self.follow()

    def _fit(self) -> None:
        for field, width in self._widths.items():
            field.setFixedWidth(self.theme.px(width))
        self.remover.setIcon(self.theme.qicon("close"))

    def follow(self) -> None:
        """The line that waits for more has nothing to remove."""
        self.remover.setVisible(not self.empty)

    def part(self, name: str) -> Field:
        field: Any = self.fields[name]
        return field  # type: ignore[no-any-return]

    @property
    def empty(self) -> bool:
        """Nothing typed yet, so it is not counted."""
        return not self.row_id and not any(
            isinstance(raw := self.part(name).raw(), str) and raw.strip() for name in self.typed
        )

    @property
    def typed(self) -> Sequence[str]:
        """The fields that make a line more than empty."""
        return tuple(self.fields)

    def raws(self) -> dict[str, Any]:
        return {"id": self.row_id} | {name: self.part(name).raw() for name in self.fields}

    def put_raws(self, raws: Mapping[str, Any]) -> None:
        self.row_id = str(raws.get("id", ""))
        for name in self.fields:
            if name in raws:
                self.put_raw(name, raws[name])

    def put_raw(self, name: str, raw: Any) -> None:
        """A field whose raw text is not its value says how it is put back."""
        self.part(name).put(raw)

    def fault(self, name: str | None, sentence: str) -> None:
        """At that field of the line, empty takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        for one, field in self.fields.items():
            face = field.focusProxy() or field
            face.setProperty("invalid", "true" if sentence and one == name else "false")
            face.style().unpolish(face)
            face.style().polish(face)
        if sentence:
            field = self.fields.get(name or "", next(iter(self.fields.values())))
            face = field.focusProxy() or field
            face.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(face, sentence, urgent=True)


class Caption(Label):
    """The head of a column, over its beginning: English words would stay at the left in a window
    that reads from right to left."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setProperty("role", "caption")
        self._turn()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._turn()

    def _turn(self) -> None:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)


class LineList(QScrollArea):
    """``make`` makes an empty line. ``ended``: Enter in the empty last line."""

    edited = Signal()
    ended = Signal()

    def __init__(
        self, theme: Theme, make: Callable[[], Line], heads: Sequence[tuple[str, int, int]]
    ) -> None:
        """``heads``: (words, pixels or 0, stretch) of each column."""
        super().__init__()
        self._theme, self._make = theme, make
        self.lines: list[Line] = []
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        inner = QWidget()
        inner.setMaximumWidth(theme.px(MOST))
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(20, 4, 24, 20)
        self._column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        self._heads: list[tuple[Caption, int]] = []
        for words, width, stretch in (*heads, ("", REMOVER, 0)):
            label = Caption(words)
            self._heads.append((label, width))
            head.addWidget(label, stretch)
        theme.changed.connect(self._fit)
        self._fit()
        self._column.addLayout(head)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        self._column.addLayout(self._lines)
        self._column.addStretch(1)
        self.setWidget(inner)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)

    def show_head(self, words: str, shown: bool) -> None:
        """That of a column which is not always there."""
        for label, _width in self._heads:
            if label.text() == words:
                label.setVisible(shown)

    def _fit(self) -> None:
        for label, width in self._heads:
            if width:
                label.setFixedWidth(self._theme.px(width))
        inner = self.widget()
        if inner is not None:
            inner.setMaximumWidth(self._theme.px(MOST))

    # contents

    def put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """The lines of these raw values, and an empty one below."""
        while len(self.lines) > len(rows) + 1:
            self._drop(self.lines[-1])
        # an empty line stays: somebody may be about to type there
        if len(self.lines) > len(rows) and not self.lines[-1].empty:
            self._drop(self.lines[-1])
        for number, raws in enumerate(rows):
            line = self.lines[number] if number < len(self.lines) else self._add()
            line.fault(None, "") if line.error.text() else None
            line.put_raws(raws)
        self.wait_for_more()

    def raws(self) -> list[dict[str, Any]]:
        return [line.raws() for line in self.filled()]

    def filled(self) -> list[Line]:
        return [line for line in self.lines if not line.empty]

    def wait_for_more(self) -> None:
        """Exactly one empty line at the end."""
        if not self.lines or not self.lines[-1].empty:
            self._add()
        for line in self.lines:
            line.follow()

    def begin(self) -> None:
        """The first line that is empty."""
        self.wait_for_more()
        line = next((line for line in self.lines if line.empty), self.lines[-1])
        self.focus(line)

    def go_on(self) -> None:
        """The last line that something was typed in, behind its last letter."""
        filled = self.filled()
        if not filled:
            self.begin()
            return
        self.focus(filled[-1])
        face = filled[-1].fields[self._first(filled[-1])]
        if isinstance(face, QLineEdit):
            face.end(False)

    def focus(self, line: Line, name: str = "") -> None:
        field = line.fields[name] if name else line.fields[self._first(line)]
        (field.focusProxy() or field).setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(line, 0, 40)

    def clear_faults(self) -> None:
        for line in self.lines:
            if line.error.text():
                line.fault(None, "")

    def fault(self, line: Line, refusal: Refusal) -> None:
        line.fault(refusal.field, refusal.sentence)
        self.ensureWidgetVisible(line, 0, 60)

    # inside

    def _first(self, line: Line) -> str:
        return "name" if "name" in line.fields else next(iter(line.fields))

    def _add(self) -> Line:
        line = self._make()
        self.lines.append(line)
        self._lines.addWidget(line)
        line.edited.connect(lambda: self._on_edit(line))
        line.removed.connect(lambda: self.remove(line))
        for child in line.findChildren(QWidget):
            child.installEventFilter(self)
        if line.isHidden():
            line.show()
        return line

    def remove(self, line: Line) -> None:
        place = self.lines.index(line)
        self._drop(line)
        self.wait_for_more()
        self.focus(self.lines[min(place, len(self.lines) - 1)])
        self.edited.emit()

    def _drop(self, line: Line) -> None:
        self.lines.remove(line)
        self._lines.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _on_edit(self, line: Line) -> None:
        if line.error.text():
            line.fault(None, "")
        self.wait_for_more()
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            line = next(
                (one for one in self.lines if isinstance(watched, QWidget)
                 and one.isAncestorOf(watched)), None,
            )  # fmt: skip
            if line is not None and self._key(line, watched, event):
                return True
        return super().eventFilter(watched, event)

    def _key(self, line: Line, watched: QObject, event: QKeyEvent) -> bool:
        place = self.lines.index(line)
        if event.key() in ENTER and not isinstance(watched, QPushButton):
            if line.empty and place == len(self.lines) - 1:
                self.ended.emit()
            else:
                self.wait_for_more()
                self.focus(self.lines[min(place + 1, len(self.lines) - 1)])
            return True
        if event.key() == Qt.Key.Key_Delete and _only_control(event):
            if not line.empty:
                self.remove(line)
            return True
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() or not isinstance(watched, QLineEdit):
            return False
        if 0 <= place + step < len(self.lines):
            name = next((n for n, f in line.fields.items() if watched in (f, f.focusProxy())), "")
            self.focus(self.lines[place + step], name)
        return True


def _only_control(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return held == Qt.KeyboardModifier.ControlModifier
