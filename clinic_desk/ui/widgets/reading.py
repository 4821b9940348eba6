"""Captions stand where the reading of the interface begins.

Qt aligns a label by the direction of its own text: an English caption in a mirrored form stands at
the wrong end, away from its field.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

FSI = "\u2068"
"""Unicode's mark before a text that is read as its own first letter is."""

_LONG = re.compile(r"[!-~]{24,}")
_ZWSP = "\u200b"

_ACROSS, _ABOVE = 12, 5
"""Pixels at both sides of a row's text, and above and below it."""

_LEFT = Qt.AlignmentFlag.AlignLeft
_LEANT = "leant"
_START = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute


def breakable(text: str) -> str:
    """A number or a hash that is wider than its column goes on in the next line. Qt breaks lines
    between words alone, and draws "…" for one that does not fit."""
    return _LONG.sub(lambda word: _ZWSP.join(re.findall("..?.?.?", word[0])), text)


def lean_to_start(root: QWidget) -> None:
    """All labels in ``root`` that are aligned to the left, where the interface is mirrored; those
    that leant before go back where it no longer is."""
    mirrored = root.layoutDirection() is Qt.LayoutDirection.RightToLeft
    for label in root.findChildren(QLabel):
        across = label.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        upright = label.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
        if mirrored and across == _LEFT:
            label.setAlignment(upright | _START)
            label.setProperty(_LEANT, True)
        elif not mirrored and label.property(_LEANT):
            label.setAlignment(upright | _LEFT)
            label.setProperty(_LEANT, False)


class ReadingDelegate(QStyledItemDelegate):
    """Cells of a table keep the order of their own letters: a mirrored one would make "h 45 min 97"
    of "97 h 45 min", and put the dots of a name that is cut before it."""

    def initStyleOption(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if option.direction is Qt.LayoutDirection.RightToLeft and option.text:
            option.text = f"{FSI}{option.text}"


class WholeDelegate(QStyledItemDelegate):
    """Rows of a list whose lines are all read, none cut at its end: Qt measures a wrapped text
    without the padding that the style sheet draws it with."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        hint, view = super().sizeHint(option, index), option.widget
        if not isinstance(view, QAbstractItemView):
            return hint
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        room = QRect(0, 0, view.viewport().width() - 2 * _ACROSS, 1 << 16)
        text = own.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, own.text)
        return QSize(hint.width(), max(hint.height(), text.height() + 2 * _ABOVE))
