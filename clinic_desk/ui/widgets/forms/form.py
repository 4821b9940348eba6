"""A form: labelled rows under headings, each with a place for the sentence about its fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import HintButton, InkLabel, push
from clinic_desk.ui.widgets.forms.form_row import FormRow
from clinic_desk.ui.widgets.forms.yielding import forget_typing
from clinic_desk.ui.widgets.reading import lean_to_start

LABEL = 168
"""Pixels of the column of labels."""
WIDEST = 840
NARROW = 600
"""Pixels below which labels stand above their fields."""


class Form(QWidget):
    """``edited`` whenever a person changed something. ``fill`` and ``read`` take and give the
    values by the rows' names, which are the names of the fields that refusals carry."""

    edited = Signal()

    def __init__(self, theme: Theme, *, widest: int = WIDEST) -> None:
        super().__init__()
        self.theme, self._widest = theme, widest
        self.rows: dict[str, FormRow] = {}
        self._base: Mapping[str, Any] | None = None
        self._kept: dict[str, Any] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 8, 24, 20)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._line = 0
        self.folded = False
        theme.changed.connect(self._dress)
        self._dress()

    def heading(self, text: str) -> QLabel:
        label = Label(text)
        label.setProperty("role", "heading")
        label.setContentsMargins(0, 14 if self._line else 2, 0, 0)
        self._grid.addWidget(label, self._line, 0, 1, 2)
        self._line += 1
        return label

    def add(self, name: str, label: str, field: QWidget, explained: str = "") -> FormRow:
        """``field`` is one of ``forms.fields`` or anything with their methods."""
        row = FormRow(self, name, label, field, explained)
        self.rows[name] = row
        top = Qt.AlignmentFlag.AlignTop
        row.label.setMinimumHeight(self.theme.px(30))
        row.line = self._line
        self._grid.addWidget(row.label, self._line, 0, top)
        self._grid.addLayout(row.box, self._line, 1)
        self._line += 2
        row.field.edited.connect(lambda: self._on_edit(row))
        return row

    def add_wide(self, name: str, label: str, field: QWidget) -> FormRow:
        """Over the whole width, its label for assistive technology alone."""
        row = FormRow(self, name, label, field, "")
        row.label.hide()
        self._grid.addLayout(row.box, self._line, 0, 1, 2)
        self._line += 1
        self.rows[name] = row
        row.field.edited.connect(lambda: self._on_edit(row))
        return row

    def fold(self, folded: bool) -> None:
        """Labels above their fields where there is little room, else beside them."""
        if folded == self.folded:
            return
        self.folded = folded
        for row in self.rows.values():
            if row.line < 0:
                continue
            self._grid.removeWidget(row.label)
            self._grid.removeItem(row.box)
            top = Qt.AlignmentFlag.AlignTop
            if folded:
                self._grid.addWidget(row.label, row.line, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
                self._grid.addLayout(row.box, row.line + 1, 0, 1, 2)
            else:
                self._grid.addWidget(row.label, row.line, 0, top)
                self._grid.addLayout(row.box, row.line, 1)
        self._dress()

    def fit_row(self, row: FormRow) -> None:
        """The room above a label that stands over its field; none while it is hidden."""
        if row.line >= 0:
            shown = self.folded and not row.label.isHidden()
            self._grid.setRowMinimumHeight(row.line, self.theme.px(34) if shown else 0)

    def place(self, widget: QWidget) -> None:
        """Something else, over the whole width."""
        self._grid.addWidget(widget, self._line, 0, 1, 2)
        self._line += 1

    def close_rows(self) -> None:
        """No more rows: what is left of the height stays empty below."""
        self._grid.setRowStretch(self._line, 1)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        lean_to_start(self)
        super().showEvent(event)

    # values

    def fill(self, values: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> None:
        """From now on these are the saved values. With ``base`` each row says whether its value
        is the base's, and can be set back to it."""
        self.clear_faults()
        self._base = base
        for name, row in self.rows.items():
            if name in values:
                row.field.put(values[name])
        self.settle()
        self.compare()

    def settle(self, raw: Mapping[str, Any] | None = None) -> None:
        """What stands there (or stood there, by ``raws``) counts as saved."""
        self._kept = dict(raw) if raw is not None else self.raws()
        for name, row in self.rows.items():
            if row.field.raw() == self._kept.get(name):
                forget_typing(row.widget)

    def raws(self) -> dict[str, Any]:
        return {name: row.field.raw() for name, row in self.rows.items()}

    @property
    def dirty(self) -> bool:
        return self.raws() != self._kept

    def changed_names(self) -> list[str]:
        return [name for name, raw in self.raws().items() if raw != self._kept.get(name)]

    def read(self) -> dict[str, Any] | None:
        """The values, or None when one of them means nothing: each fault is said at its field."""
        values: dict[str, Any] = {}
        first: str = ""
        for name, row in self.rows.items():
            try:
                values[name] = row.field.value()
            except Refusal as refusal:
                row.fault(refusal.sentence)
                first = first or name
        if first:
            self._go_to(first)
            return None
        return values

    # faults

    def show_fault(self, name: str | None, sentence: str) -> bool:
        """At the field of that name; False when there is none on display."""
        row = self.rows.get(name or "")
        if row is None or row.widget.isHidden():
            return False
        row.fault(sentence)
        assert name is not None
        self._go_to(name)
        return True

    def clear_faults(self) -> None:
        for row in self.rows.values():
            if row.error.text():
                row.fault("")

    def fault_of(self, name: str) -> str:
        """The sentence under a field, empty when it has none."""
        return self.rows[name].error.text()

    def focus(self, name: str = "") -> None:
        """That field, or the first."""
        row = self.rows[name] if name else next(iter(self.rows.values()))
        row.target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def seek(self, name: str) -> None:
        """That field is wanted: in sight, and with the keyboard."""
        row = self.rows[name]
        row.target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, self, lambda: self._reveal(row))

    def compare(self, only: FormRow | None = None) -> None:
        """Say for each row (or one) whether it is as the base."""
        for row in [only] if only is not None else self.rows.values():
            if self._base is None or row.name not in self._base or row.widget.isHidden():
                row.compared(None)
                continue
            try:
                row.compared(row.field.value() != self._base[row.name])
            except Refusal:
                row.compared(True)

    # inside

    def follow(self, row: FormRow) -> None:
        """The base's value again."""
        if self._base is not None and row.name in self._base:
            row.field.put(self._base[row.name])
            row.target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._on_edit(row)

    def _go_to(self, name: str) -> None:
        row = self.rows[name]
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.hide()  # a list of choices would lie over the sentence
        row.target.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(row.target, f"{row.words}: {row.error.text()}", urgent=True)
        # after the layout has made room for the sentence
        QTimer.singleShot(0, self, lambda: self._reveal(row))

    def _reveal(self, row: FormRow) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(row.target, 0, 40)
            if row.error.isVisible():
                area.ensureWidgetVisible(row.error, 0, 16)

    def _on_edit(self, row: FormRow) -> None:
        if row.error.text():
            row.fault("")
        self.compare(row)
        self.edited.emit()

    def _dress(self) -> None:
        label = self.theme.px(LABEL)
        self._grid.setColumnMinimumWidth(0, 0 if self.folded else label)
        # a label above its field stands nearer to it than to the field before
        self._grid.setVerticalSpacing(2 if self.folded else 10)
        for row in self.rows.values():
            self.fit_row(row)
            row.label.setMinimumHeight(self.theme.px(22 if self.folded else 30))
            row.label.setMinimumWidth(0 if self.folded else label)
            row.label.setMaximumWidth(WIDEST if self.folded else label)
            row.tail.setFixedHeight(self.theme.px(30))
        self.setMaximumWidth(self.theme.px(self._widest))


class FormArea(QScrollArea):
    """Scrolls a form; takes no focus itself."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustIgnored)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setWidget(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        inner = self.widget()
        if isinstance(inner, Form):
            inner.fold(self.viewport().width() < inner.theme.px(NARROW))
        super().resizeEvent(event)


class SaveBar(QWidget):
    """At the foot of a form: what state it is in, Discard, and Save (Ctrl+S)."""

    save_requested = Signal()
    discard_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.state = InkLabel(theme, "", ink="text2", parent=self)
        self.save = HintButton(theme, "Save", "Ctrl+S", self)
        self.discard = push("Discard changes", self)
        self.save.clicked.connect(self.save_requested)
        self.discard.clicked.connect(self.discard_requested)
        self.extra = QHBoxLayout()
        self.extra.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addLayout(self.extra)
        row.addWidget(self.state, 1)
        row.addWidget(self.discard)
        row.addWidget(self.save)
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.show_state(dirty=False)

    def add_button(self, button: QPushButton) -> None:
        self.extra.addWidget(button)

    def show_state(self, *, dirty: bool, saving: bool = False, fresh: bool = False) -> None:
        words = "Saving …" if saving else "Not saved yet" if dirty or fresh else ""
        self.state.setText(words)
        self.save.setEnabled(dirty or fresh)
        self.discard.setEnabled(dirty or fresh)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.setPen(QPen(self._theme.tokens.grid_major, 1))
        top = QRectF(self.rect()).top() + 0.5
        painter.drawLine(0, round(top), self.width(), round(top))
