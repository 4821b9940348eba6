"""The two places of the backups, each in a frame: what is there, and whether it can be trusted."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desk.services.backup_ports import BackupOverview, SecondPlace
from clinic_desk.services.backup_schedule import Age
from clinic_desk.services.wording import count_text
from clinic_desk.ui.backup.plan import ago, kept_words, plan_words, size_words
from clinic_desk.ui.backup.watch import BackupWatch
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

_MARKS = {Age.FRESH: "check", Age.LATE: "warn", Age.OLD: "refuse", Age.NONE: "refuse"}
NO_SECOND = (
    "Every copy lies on this computer alone. A broken disk, a fire or a thief takes the clinic and "
    "its backups; choose a folder on another disk or on a network share."
)


class PlacePanel(QWidget):
    """A heading with a mark, sentences, buttons."""

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mark = "check"
        self.mark = Label(self)
        self.title = InkLabel(theme, title, ink="text2", parent=self)
        self.head = InkLabel(theme, role="title", bold=True, wrap=True, parent=self)
        self.told = InkLabel(theme, wrap=True, parent=self)
        self.more = InkLabel(theme, ink="text2", wrap=True, parent=self)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.mark)
        top.addWidget(self.head, 1)
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(top)
        column.addWidget(self.told)
        column.addWidget(self.more)
        column.addStretch(1)
        column.addLayout(self.row)
        theme.changed.connect(self._dress)
        self.show_mark("check")

    def button(self, text: str) -> QPushButton:
        made = push(text, self)
        self.row.addWidget(made)
        return made

    def show_mark(self, name: str) -> None:
        self._mark = name
        self.mark.setPixmap(self._theme.icon(name, 20))

    def say(self, label: InkLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _dress(self) -> None:
        self.show_mark(self._mark)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.grid_major)
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class HerePanel(PlacePanel):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "On this computer", parent)
        self.change = self.button("&Change the plan…")
        self.folder = self.button("&Open the folder")
        self.row.addStretch(1)

    def tell(self, seen: BackupOverview, watch: BackupWatch, now: datetime, zone: str) -> None:
        age = watch.age
        self.show_mark(_MARKS[age])
        last = seen.last_good
        if last is None:
            self.head.setText("No good backup yet")
        else:
            self.head.setText(f"Last good backup {ago(last, now)}")
        parts = []
        if last is not None:
            today = words.local(now, zone).date()
            parts.append(f"Made {words.moment_words(last, zone, today)}.")
        if age is Age.LATE:
            parts.append("A copy is overdue.")
        elif age is Age.OLD:
            parts.append("That is too old: make one now.")
        if watch.failing is not None:
            parts.append(getattr(watch.failing, "sentence", str(watch.failing)))
        self.say(self.told, " ".join(parts))
        number = count_text(len(seen.copies), "copy", "copies")
        size = size_words(sum(copy.size for copy in seen.copies))
        self.more.setText(
            f"{plan_words(watch.plan)} {kept_words(watch.plan.kept)}\n"
            f"{number}, {size} in {seen.folder}; {size_words(seen.free)} are free."
        )


class SecondPanel(PlacePanel):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "Second place", parent)
        self.choose = self.button("Choose a &folder…")
        self.test = self.button("&Test it now")
        self.row.addStretch(1)
        self._tested: SecondPlace | None = None

    def tell(self, place: SecondPlace, trouble: str, now: datetime) -> None:
        if not place.folder:
            self.show_mark("warn")
            self.head.setText("None chosen")
            self.say(self.told, NO_SECOND)
            self.say(self.more, "")
            return
        trouble = place.trouble or trouble
        newest = place.copies[0].made_at if place.copies else None
        self.show_mark("refuse" if trouble else "warn" if place.same_disk else "check")
        if trouble:
            self.head.setText("It cannot be used just now")
        elif newest is None:
            self.head.setText("No copy there yet")
        else:
            self.head.setText(f"Last copy there {ago(newest, now)}")
        self.say(self.told, trouble or _same_disk(place))
        self.say(self.more, _facts(place))

    def tell_test(self, place: SecondPlace) -> None:
        """What the test of the place found."""
        self.show_mark("refuse" if place.trouble else "warn" if place.same_disk else "check")
        good = "A test file was written there, read back and removed."
        self.say(self.told, place.trouble or f"{good} {_same_disk(place)}".strip())
        if not place.trouble:
            self.say(self.more, _facts(place))


def _same_disk(place: SecondPlace) -> str:
    if not place.same_disk:
        return ""
    return "It is on the same disk as the clinic’s file: a broken disk would take both."


def _facts(place: SecondPlace) -> str:
    number = count_text(len(place.copies), "copy", "copies")
    free = f"; {size_words(place.free)} are free" if place.free >= 0 else ""
    return f"{number} in {place.folder}{free}."
