"""Money taken or given back: amount, how, note. The amount is there already: Enter takes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_desk.domain.billing import NOTE_LIMIT, PaymentMethod
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.money import read_price, typed_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.message import InlineMessage

METHODS = (
    (PaymentMethod.CARD, "Card"), (PaymentMethod.CASH, "Cash"),
    (PaymentMethod.TRANSFER, "Transfer"), (PaymentMethod.INSURANCE, "Insurance"),
)  # fmt: skip


class PayForm(QWidget):
    """``given`` carries minor units (negative: given back), the method and a note; ``left`` when
    Esc is pressed."""

    given = Signal(int, str, str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency, self._locale, self._sign = "EUR", "en_GB", 1
        self.title = InkLabel(theme, "Take payment", bold=True, parent=self)
        self.amount = QLineEdit(self)
        self.amount.setAccessibleName("Amount")
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.setMaxLength(24)
        self.amount.setMinimumWidth(theme.px(90))
        self.unit = InkLabel(theme, "", ink="text2", parent=self)
        self.method = QComboBox(self)
        self.method.setAccessibleName("How it is paid")
        for method, word in METHODS:
            self.method.addItem(word, method.value)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName("Note on the payment")
        self.note.setMaxLength(NOTE_LIMIT)
        self.button = push("Take it", self, "primary")
        self.button.clicked.connect(self.submit)
        self.message = InlineMessage(theme, self)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.unit)
        first.addWidget(self.amount, 1)
        first.addWidget(self.method, 1)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.note, 1)
        second.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.message)
        self.setFocusProxy(self.amount)

    def ask(self, minor: int, currency: str, locale: str, *, back: bool = False) -> None:
        """Offers a sum in minor units; ``back``: it is given back."""
        self._currency, self._locale, self._sign = currency, locale, -1 if back else 1
        self.title.setText("Give money back" if back else "Take payment")
        self.button.setText("Give back" if back else "Take it")
        self.unit.setText(currency)
        self.amount.setText(typed_text(minor, currency, locale))
        self.note.clear()
        self.message.clear()

    @property
    def back(self) -> bool:
        return self._sign < 0

    def start(self) -> None:
        self.amount.setFocus()
        self.amount.selectAll()

    def submit(self) -> None:
        try:
            minor = read_price(
                self.amount.text(), self._currency, self._locale, field="amount_minor"
            )
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self.message.clear()
        self.given.emit(self._sign * minor, str(self.method.currentData()), self.note.text())

    def refuse(self, error: Exception) -> None:
        self.message.say_error(error)
        self.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.message.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
