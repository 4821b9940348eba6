"""What restoring a backup would change, said before it is done."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidget, QWidget

from clinic_desk.services.backup_ports import RestorePreview
from clinic_desk.services.wording import count_text
from clinic_desk.ui.backup.plan import ago, why_words
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

WIDTH, LIST = 640, 132
SHOWN = 6
"""Kinds of rows in the comparison."""


class RestoreCard(CardDialog):
    """``given`` carries the reason. Nothing is restored without one; without a clinic that can be
    read there is nothing to compare with, and the reason is filled in."""

    given = Signal(str)

    def __init__(
        self,
        theme: Theme,
        preview: RestorePreview,
        now: datetime,
        zone: str,
        parent: QWidget | None = None,
        *,
        reason: str = "",
    ) -> None:
        super().__init__(theme, "Restore this backup?", parent)
        self.preview = preview
        self.setFixedWidth(theme.px(WIDTH))
        today = words.local(now, zone).date()
        copy = preview.copy
        made = words.moment_words(copy.made_at, zone, today)
        self.message = InlineMessage(theme, self)
        self.head = InkLabel(
            theme, f"Made {made}, {ago(copy.made_at, now)}. {why_words(copy.why)}.", bold=True,
            wrap=True, parent=self,
        )  # fmt: skip
        self.loss = InkLabel(theme, loss_words(preview), wrap=True, parent=self)
        self.changes = InkLabel(theme, _newest(preview, zone, today), ink="text2", wrap=True)
        self.safety = InkLabel(
            theme,
            "What is here now is kept as a backup of its own first; it can be restored the same "
            "way.",
            ink="text2",
            wrap=True,
        )
        self.list = QListWidget(self)
        self.list.setAccessibleName("Visits that would be lost")
        self.list.setFixedHeight(theme.px(LIST))
        for lost in preview.lost:
            self.list.addItem(f"{words.moment_words(lost.start, zone, today)}  {lost.words}")
        rest = preview.gone - len(preview.lost)
        if rest > 0:
            self.list.addItem(f"… and {rest:,} more")
        self.list.setVisible(bool(preview.lost))
        self.reason = QLineEdit(reason, self)
        self.reason.setMaxLength(500)
        self.reason.setPlaceholderText("Reason (required)")
        self.reason.setAccessibleName("Why this backup is restored")
        self.confirm = push("&Restore", self, "danger")
        self.keep = push("Keep as it is", self)
        self.confirm.clicked.connect(self._confirm)
        self.keep.clicked.connect(self.reject)
        for widget in (self.message, self.head, self.loss):
            self.body.addWidget(widget)
        self.body.addWidget(self._figures())
        self.body.addWidget(self.changes)
        self.body.addWidget(self.list)
        self.body.addWidget(self.safety)
        self.body.addWidget(self.reason)
        self.footer_row.addWidget(KeyHints(theme, (("Enter", "restore"), ("Esc", "keep")), self), 1)
        self.footer_row.addWidget(self.keep)
        self.footer_row.addWidget(self.confirm)
        self.reason.setFocus()

    def _figures(self) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        heads = ("", "Now", "In the backup", "Difference")
        for column, text in enumerate(heads):
            grid.addWidget(InkLabel(self.theme, text, ink="text2"), 0, column, _side(column))
        for line, (name, now, then) in enumerate(self.preview.rows[:SHOWN], 1):
            difference = "" if now is None or now == then else f"{then - now:+,}".replace("-", "−")
            told = (
                name[:1].upper() + name[1:],
                "cannot be read" if now is None else f"{now:,}",
                f"{then:,}",
                difference or ("" if now is None else "same"),
            )
            for column, text in enumerate(told):
                bold = column == 3 and bool(difference)
                grid.addWidget(InkLabel(self.theme, text, bold=bold), line, column, _side(column))
        return box

    def _confirm(self) -> None:
        text = self.reason.text().strip()
        if not text:
            self.reason.setFocus()
            self.reason.setPlaceholderText("Give a reason; it is told in the audit trail")
            return
        self.confirm.setEnabled(False)
        self.given.emit(text)

    def refuse(self, error: BaseException) -> None:
        self.confirm.setEnabled(True)
        self.message.say_error(error)
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.keep.hasFocus():
                self.reject()
            elif self.confirm.isEnabled():
                self._confirm()
            return
        super().keyPressEvent(event)


def _side(column: int) -> Qt.AlignmentFlag:
    edge = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    return edge | Qt.AlignmentFlag.AlignVCenter


def loss_words(preview: RestorePreview) -> str:
    """What would be lost, in one or two sentences."""
    if all(now is None for _, now, _ in preview.rows):
        return (
            "The clinic’s file cannot be read, so nobody can say what was saved after this "
            "backup was made. It is kept as it is."
        )
    parts = []
    if preview.gone:
        parts.append(f"{count_text(preview.gone, 'visit')} made since then would be lost")
    if preview.changed:
        was = "visit" if preview.changed == 1 else "visits"
        parts.append(f"{preview.changed:,} {was} would be as they were before their last change")
    if not parts:
        return "No visit would be lost or changed."
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _newest(preview: RestorePreview, zone: str, day: date) -> str:
    parts = []
    if preview.newest_then is not None:
        then = words.moment_words(preview.newest_then, zone, day)
        parts.append(f"The last change in the backup is of {then}")
    if preview.newest_now is not None:
        now = words.moment_words(preview.newest_now, zone, day)
        parts.append(f"the last one here of {now}")
    said = ", ".join(parts)
    if preview.older_format:
        said += f"{'. ' if said else ''}It is of an older program and is brought up to date first"
    return f"{said}." if said else ""
