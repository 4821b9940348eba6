"""The openings kept for the caller, each with its countdown; a figure or a click lets one go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import Chip, InkLabel


class KeptChip(Chip):
    """Enter, Space, Delete or a click lets it go."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (
            Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_Backspace,
        ):  # fmt: skip
            self.click()
            return
        super().keyPressEvent(event)


class KeptBar(QWidget):
    """``freed`` carries the number, from 0, of the one to let go; ``emptied`` says that the
    last one went while the bar had the focus."""

    freed = Signal(int)
    emptied = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chips: list[KeptChip] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 8)
        row.setSpacing(8)
        title = InkLabel(theme, "Kept for the caller", role="grid", ink="text2")
        row.addWidget(title)
        inner = QWidget(self)
        self._flow = FlowLayout(inner, spacing=6)
        policy = inner.sizePolicy()
        policy.setHeightForWidth(True)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        inner.setSizePolicy(policy)
        row.addWidget(inner, 1)
        self.hide()

    def show_kept(self, kept: Sequence[tuple[str, Doctor | None]]) -> None:
        """(words with the countdown, doctor) of each, in the order of their figures."""
        while len(self.chips) < len(kept):
            number = len(self.chips)
            chip = KeptChip(self._theme, "", self, key=str(number + 1), checkable=False)
            chip.clicked.connect(partial(self._free, number))
            self._flow.addWidget(chip)
            self.chips.append(chip)
        focused = any(chip.hasFocus() for chip in self.chips)
        for number, chip in enumerate(self.chips):
            shown = number < len(kept)
            if shown:
                text, doctor = kept[number]
                chip.set_content(text, [doctor] if doctor is not None else [])
                chip.setAccessibleName(f"Kept: {text}. Press to let it go.")
                chip.setToolTip(f"Let it go ({number + 1})")
            chip.setVisible(shown)
        self.setVisible(bool(kept))
        if focused and not kept:
            self.emptied.emit()

    def _free(self, number: int) -> None:
        self.freed.emit(number)
