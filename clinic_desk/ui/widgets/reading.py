"""Captions stand where the reading of the interface begins.

Qt aligns a label by the direction of its own text: an English caption in a mirrored form stands at
the wrong end, away from its field.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QLabel, QStyledItemDelegate, QStyleOptionViewItem, QWidget

FSI = "\u2068"
"""Unicode's mark before a text that is read as its own first letter is."""

_LEFT = Qt.AlignmentFlag.AlignLeft
_LEANT = "leant"
_START = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute


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
