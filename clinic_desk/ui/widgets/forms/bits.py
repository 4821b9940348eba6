"""Small painted parts: doctor badge, key cap, chip, key hints, length stepper, labels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QToolButton,
    QWidget,
)

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.worded import WordedButton, presses

BADGE = QSize(24, 16)


def paint_badge(painter: QPainter, rect: QRect, theme: Theme, doctor: Doctor) -> None:
    """The doctor's code on the doctor's colour; the code is the key, the colour a hint."""
    paint.badge(painter, rect, theme, doctor.code, theme.doctor_colour(doctor.colour))


def badge_rect(theme: Theme, left: int, middle: int) -> QRect:
    """A badge's place in a row, growing with the type."""
    return QRect(left, middle - theme.px(8) + 1, theme.px(24), theme.px(16))


def badge_icon(theme: Theme, doctor: Doctor) -> QIcon:
    pixmap = QPixmap(BADGE * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_badge(painter, QRect(QPoint(0, 0), BADGE), theme, doctor)
    painter.end()
    return QIcon(pixmap)


class KeyHints(QWidget):
    """A row of "key cap, what it does" pairs."""

    def __init__(
        self, theme: Theme, pairs: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pairs = tuple(pairs)
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(f"{key}: {words}" for key, words in self._pairs))

    def set_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = tuple(pairs)
        self.setAccessibleName(", ".join(f"{key}: {words}" for key, words in self._pairs))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        tokens, metrics = self._theme.tokens, QFontMetrics(self._theme.font("caption"))
        x = 0
        for key, words in self._pairs:
            width = paint.key_cap_width(self._theme, key)
            text_width = metrics.horizontalAdvance(words)
            if x + width + 6 + text_width > self.width():
                return
            paint.key_cap(painter, self._side(QRect(x, 1, width, 16)), self._theme, key)
            painter.setFont(self._theme.font("caption"))
            painter.setPen(tokens.text2)
            x += width + 6
            box = self._side(QRect(x, 0, text_width + 2, 18))
            paint.line(painter, box, words, Qt.AlignmentFlag.AlignVCenter)
            x += text_width + 12

    def _side(self, part: QRect) -> QRect:
        """As the interface reads."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)


class Chip(QAbstractButton):
    """A filter that is on or off; ``key`` is the letter that toggles it where letters work."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        parent: QWidget | None = None,
        *,
        key: str = "",
        doctors: Sequence[Doctor] = (),
        checkable: bool = True,
        arrow: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._doctors = tuple(doctors)
        self._arrow = arrow
        self.setText(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_content(self, text: str, doctors: Sequence[Doctor] = ()) -> None:
        self.setText(text)
        self._doctors = tuple(doctors)
        self._name()
        self.updateGeometry()
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.text()}, filter" if self.isCheckable() else self.text())

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetrics(self._theme.font("grid"))
        width = (
            16 + metrics.horizontalAdvance(self.text()) + len(self._doctors) * self._theme.px(28)
        )
        if self._key:
            width += 6 + paint.key_cap_width(self._theme, self._key)
        if self._arrow:
            width += 18
        return QSize(width, self._theme.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(tokens.selected if self.isChecked() else tokens.canvas)
        painter.setPen(tokens.accent if self.isChecked() else tokens.control_border)
        painter.drawRoundedRect(box, 3, 3)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setColor(tokens.focus)
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        x, middle = 8, self.height() // 2
        for doctor in self._doctors:
            paint_badge(painter, badge_rect(self._theme, x, middle), self._theme, doctor)
            x += self._theme.px(28)
        painter.setFont(self._theme.font("grid"))
        painter.setPen(tokens.text if self.isEnabled() else tokens.text3)
        metrics = QFontMetrics(self._theme.font("grid"))
        width = metrics.horizontalAdvance(self.text())
        painter.drawText(
            QRect(x, 0, width + 2, self.height()),
            int(Qt.AlignmentFlag.AlignVCenter),
            self.text(),
        )
        x += width + 6
        if self._key:
            cap = QRect(x, middle - 8, paint.key_cap_width(self._theme, self._key), 16)
            paint.key_cap(painter, cap, self._theme, self._key)
            x += cap.width() + 4
        if self._arrow:
            painter.drawPixmap(x, middle - 7, self._theme.icon("chevron-down", 14))


class PlainSpin(QSpinBox):
    """Without its buttons a styled spin box gives its text one pixel of width; this one lays the
    text over its whole face."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.lineEdit().setStyleSheet(
            "border: none; background: transparent; padding: 0; min-height: 0;"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._spread()  # a change of style lays the text out again without a resize
        super().paintEvent(event)

    def _spread(self) -> None:
        face = self.rect().adjusted(3, 3, -3, -3)
        if self.lineEdit().geometry() != face:
            self.lineEdit().setGeometry(face)


class LengthStepper(QWidget):
    """− 30 min +, 15 to 480 in steps of 5; typed figures count too."""

    changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = PlainSpin(self)
        self.box.setRange(SHORTEST, LONGEST)
        self.box.setSingleStep(5)
        self.box.setSuffix(" min")
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName("Length in minutes, 15 to 480")
        self.box.valueChanged.connect(self.changed)
        self.less, self.more = QToolButton(self), QToolButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button, text, name, step in (
            (self.less, "−", "Shorter by 5 minutes", -1),
            (self.more, "+", "Longer by 5 minutes", 1),
        ):
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(as_text(name))
            button.setFixedSize(30, 30)
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, by=step: self.box.stepBy(by))
        row.addWidget(self.less)
        row.addWidget(self.box, 1)
        row.addWidget(self.more)
        self.setFocusProxy(self.box)
        self.box.setMinimumWidth(round(84 * theme.scale))

    def value(self) -> int:
        return self.box.value()

    def set_quietly(self, minutes: int) -> None:
        """Without ``changed``."""
        blocked = self.box.blockSignals(True)
        self.box.setValue(minutes)
        self.box.blockSignals(blocked)


class InkLabel(Label):
    """A label in one of the text colours, following the theme."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        role: str = "body",
        ink: str = "text",
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme, self._role, self._ink, self._bold = theme, role, ink, bold
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        theme.changed.connect(self.restyle)
        self.restyle()

    def set_ink(self, ink: str) -> None:
        self._ink = ink
        self.restyle()

    @when_seen
    def restyle(self) -> None:
        self.setFont(self._theme.font(self._role, bold=self._bold))  # type: ignore[arg-type]
        colour: QColor = getattr(self._theme.tokens, self._ink)
        palette = self.palette()
        palette.setColor(self.foregroundRole(), colour)
        self.setPalette(palette)
        self.setStyleSheet(f"color: {colour.name()}; background: transparent;")


class ElidedInk(InkLabel):
    """One line that ends in "…" where there is too little room, with the whole as tooltip."""

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(text)
        self.setToolTip(as_text(text))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        paint.elided(painter, self.contentsRect(), self.text())


FIELD_ICONS = (16, 24)
"""A field of text draws its icon by its height, in 16 or at most 24 pixels."""


def leading_icon(line: QLineEdit, theme: Theme, name: str) -> None:
    """An icon at the start of a field, redrawn when the theme changes."""
    action = line.addAction(
        theme.qicon(name, sizes=FIELD_ICONS), QLineEdit.ActionPosition.LeadingPosition
    )
    dress = while_alive(action, lambda: action.setIcon(theme.qicon(name, sizes=FIELD_ICONS)))
    theme.changed.connect(dress)


def field_label(text: str, buddy: QWidget, theme: Theme, parent: QWidget) -> QLabel:
    """A label whose underlined letter (Alt+letter) reaches its field."""
    label = InkLabel(theme, text, ink="text2", parent=parent)
    label.setTextFormat(Qt.TextFormat.AutoText)
    label.setBuddy(buddy)
    return label


def push(text: str, parent: QWidget, kind: str = "") -> QPushButton:
    """A button that never becomes the dialog's default by accident; ``kind``: primary, ghost,
    danger."""
    button = WordedButton(text, parent)
    button.setAutoDefault(False)
    if kind:
        button.setProperty("kind", kind)
    return button


class HintButton(QPushButton):
    """A primary button that names its key in small type behind the word."""

    def __init__(self, theme: Theme, text: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._word, self._key = theme, text, key
        self.setAutoDefault(False)
        self.setProperty("kind", "primary")
        self.set_word(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not presses(event):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def set_key(self, key: str) -> None:
        self._key = key
        self.set_word(self._word)

    def set_word(self, text: str) -> None:
        self._word = text
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._key})")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        word = QFontMetrics(self._theme.font("body", bold=True)).horizontalAdvance(self._word)
        key = QFontMetrics(self._theme.font("caption")).horizontalAdvance(self._key)
        return QSize(word + key + 36, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        word_font = self._theme.font("body", bold=True)
        word = QFontMetrics(word_font).horizontalAdvance(self._word)
        key = QFontMetrics(self._theme.font("caption")).horizontalAdvance(self._key)
        left = (self.width() - word - 8 - key) // 2
        ink = self._theme.tokens.on_accent if self.isEnabled() else self._theme.tokens.text3
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(ink)
        painter.setFont(word_font)
        painter.drawText(QRect(left, 0, word + 2, self.height()), middle, self._word)
        painter.setFont(self._theme.font("caption"))
        painter.drawText(QRect(left + word + 8, 1, key + 2, self.height()), middle, self._key)


class Rule(QWidget):
    """A hairline between two areas."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), self._theme.tokens.grid_minor)
