"""Controls whose words stay as they are written.

In a mirrored window Qt lays a control's text out from right to left, which turns "30 min" into
"min 30" and puts the dots of "Copy day to …" before the words. These leave the order to the letters
of the text itself, and end in "…" where a text is longer than its control.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QToolButton,
    QToolTip,
    QWidget,
)

from clinic_desk.ui.look.plain import as_text

AUTO = Qt.LayoutDirection.LayoutDirectionAuto
FSI, PDI = "\u2068", "\u2069"
"""Unicode's marks around a text that is read as its own first letter is."""
LEAST = 96
"""Pixels that a control with elided words keeps at least."""


def presses(event: QKeyEvent) -> bool:
    """Enter, which presses the button that has the keyboard as the space bar does."""
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WordedButton(QPushButton):
    def setToolTip(self, text: str) -> None:  # noqa: N802
        super().setToolTip(as_text(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not presses(event):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def initStyleOption(self, option: QStyleOptionButton) -> None:  # noqa: N802
        """A style sheet draws the words of a button with an icon and a menu over its edge; without
        the menu's mark, which this design has not, they stand as on any other button."""
        super().initStyleOption(option)
        if not self.icon().isNull():
            if self.isRightToLeft() and option.text.startswith(" "):
                # the space between the icon and the words; a plain one at the end is not drawn
                option.text = f"{option.text[1:]}\u00a0"
            option.features &= ~QStyleOptionButton.ButtonFeature.HasMenu

    def initPainter(self, painter: QPainter) -> None:  # noqa: N802
        super().initPainter(painter)
        painter.setLayoutDirection(AUTO)


class WordedTool(QToolButton):
    def initPainter(self, painter: QPainter) -> None:  # noqa: N802
        super().initPainter(painter)
        painter.setLayoutDirection(AUTO)


class WordedCombo(QComboBox):
    """The whole text is the tooltip while it does not fit."""

    _painting = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._painting = True
        super().paintEvent(event)
        self._painting = False

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802
        super().initStyleOption(option)
        if self._painting and self.currentIndex() >= 0:
            shown = self.shown()
            # the style aligns it by the painter's direction, which therefore stays as it is
            option.currentText = f"{FSI}{shown}{PDI}" if self.isRightToLeft() else shown

    def event(self, event: QEvent) -> bool:
        if _asks(event) and not self.toolTip() and self.shown() != self.currentText():
            return _tell(event, self.currentText(), self)
        return super().event(event)

    def shown(self) -> str:
        """What is really painted of the chosen text."""
        option = QStyleOptionComboBox()
        super().initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        icon = 0 if self.itemIcon(self.currentIndex()).isNull() else self.iconSize().width() + 4
        return _cut(self, self.currentText(), field.width() - icon)


class WordedCheck(QCheckBox):
    """Takes less room than its text when there is less; the whole text is the tooltip then."""

    _painting = False

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def initPainter(self, painter: QPainter) -> None:  # noqa: N802
        super().initPainter(painter)
        painter.setLayoutDirection(AUTO)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        whole = self.sizeHint()
        return QSize(min(LEAST, whole.width()), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._painting = self.width() < self.sizeHint().width()
        super().paintEvent(event)
        self._painting = False

    def initStyleOption(self, option: QStyleOptionButton) -> None:  # noqa: N802
        super().initStyleOption(option)
        if self._painting:
            option.text = self.shown()

    def shown(self) -> str:
        """What is really painted."""
        if self.width() >= self.sizeHint().width():
            return self.text()
        option = QStyleOptionButton()
        super().initStyleOption(option)
        face = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self)
        return _cut(self, self.text(), face.width() - 2)

    def event(self, event: QEvent) -> bool:
        if _asks(event) and not self.toolTip() and self.shown() != self.text():
            return _tell(event, self.text().replace("&&", "&"), self)
        return super().event(event)


def _asks(event: QEvent) -> bool:
    return event.type() is QEvent.Type.ToolTip


def _tell(event: QEvent, words: str, control: QWidget) -> bool:
    if isinstance(event, QHelpEvent):
        QToolTip.showText(event.globalPos(), as_text(words), control)
    return True


def _cut(control: QWidget, text: str, room: int) -> str:
    return control.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
