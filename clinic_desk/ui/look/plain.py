"""Text is text: what a patient, a doctor or a file is called is never markup.

Qt guesses whether a label or a tooltip is rich text. A name that looks like markup would be drawn
as such, and could make the program read a file for a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import QLabel


class Label(QLabel):
    """A label that draws what it is given, letter by letter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setToolTip(self, text: str) -> None:  # noqa: N802
        super().setToolTip(as_text(text))


def as_text(text: str) -> str:
    """For tooltips, which have no format of their own: unchanged, unless Qt would take it for
    markup."""
    return Gui.convertFromPlainText(text) if Gui.mightBeRichText(text) else text


Data = TypeVar("Data", bound=Callable[..., Any])

_TIP = int(Qt.ItemDataRole.ToolTipRole)


def plain_tips(data: Data) -> Data:
    """Of a model's ``data``: what it says as a tooltip is text."""

    @wraps(data)
    def asked(self: Any, index: Any, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        said = data(self, index, role)
        if role == _TIP and isinstance(said, str):
            return as_text(said)
        return said

    return cast(Data, asked)
