"""A small card that asks for a reason, with the usual ones a key or a click away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import Chip, InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(480, 268)


class ReasonDialog(CardDialog):
    """``given`` carries the reason and the chosen scope (None when there was nothing to choose).
    Enter confirms, Alt+1…6 take a usual reason, Esc leaves everything as it was."""

    given = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        title: str,
        sentence: str,
        usual: Sequence[str],
        button: str,
        parent: QWidget | None = None,
        *,
        kind: str = "danger",
        limit: int = 2000,
        scopes: Sequence[tuple[str, object]] = (),
    ) -> None:
        super().__init__(theme, title, parent)
        self.setFixedWidth(round(SIZE.width() * theme.scale))
        self.setMinimumHeight(round(SIZE.height() * theme.scale))
        self.message = InlineMessage(theme, self)
        self.sentence = InkLabel(theme, sentence, wrap=True, parent=self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(limit)
        self.reason.setPlaceholderText("Reason (required)")
        self.reason.setAccessibleName(f"Reason. {sentence}")
        self.scope = QComboBox(self)
        self.scope.setAccessibleName("Which visits")
        # a combo box hands a value of an enumeration of words back as a bare word
        self._scopes = [value for _text, value in scopes]
        self.scope.addItems([text for text, _value in scopes])
        self.scope.setVisible(bool(scopes))
        self.include = QCheckBox(self)
        self.include.hide()
        self.chips: list[Chip] = []
        usual_row = QWidget(self)
        flow = FlowLayout(usual_row)
        for number, text in enumerate(usual, 1):
            chip = Chip(theme, text, usual_row, key=f"Alt+{number}", checkable=False)
            chip.clicked.connect(lambda _on=False, text=text: self._take(text))
            flow.addWidget(chip)
            self.chips.append(chip)
        self.confirm_button = push(button, self, kind)
        self.keep_button = push("Keep as it is", self)
        self.confirm_button.clicked.connect(self._confirm)
        self.keep_button.clicked.connect(self.reject)
        self.body.addWidget(self.message)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.scope)
        self.body.addWidget(self.include)
        self.body.addWidget(self.reason)
        self.body.addWidget(usual_row)
        self.body.addStretch(1)
        hints = KeyHints(theme, (("Enter", button.lower()), ("Esc", "keep")), self)
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.keep_button)
        self.footer_row.addWidget(self.confirm_button)
        self.reason.installEventFilter(self)
        self.reason.setFocus()

    @property
    def chosen_scope(self) -> object:
        """None when there was nothing to choose."""
        return self._scopes[self.scope.currentIndex()] if self._scopes else None

    def offer_include(self, text: str, narrow: object) -> None:
        """A box for the visits that were changed by hand, for every scope but ``narrow``."""
        self.include.setText(text)

        def follow() -> None:
            self.include.setVisible(self.chosen_scope != narrow)
            self.adjustSize()

        self.scope.currentIndexChanged.connect(follow)
        follow()

    @property
    def include_changed(self) -> bool:
        return self.include.isVisible() and self.include.isChecked()

    def _take(self, text: str) -> None:
        self.reason.setText(text)
        self.reason.setFocus()

    def _confirm(self) -> None:
        text = self.reason.text().strip()
        if not text:
            self.reason.setFocus()
            self.reason.setPlaceholderText("Give a reason; it is kept in the history")
            return
        self.confirm_button.setEnabled(False)
        self.given.emit(text, self.chosen_scope)

    def refuse(self, error: BaseException) -> None:
        """The write was refused: say why, keep what was typed."""
        self.confirm_button.setEnabled(True)
        self.message.say_error(error)
        self._make_room()

    def _make_room(self) -> None:
        """The card grows: its layout would rather cut the message and the usual reasons."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        needed = layout.totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.keep_button.hasFocus():
                self.reject()
            else:
                self._confirm()
            return
        if not self._usual_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Alt and a figure never end up as text in the field."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._usual_key(event)
        return super().eventFilter(watched, event)

    def _usual_key(self, event: QKeyEvent) -> bool:
        number = event.key() - int(Qt.Key.Key_1)
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and 0 <= number < len(self.chips):
            self.chips[number].click()
            return True
        return False
