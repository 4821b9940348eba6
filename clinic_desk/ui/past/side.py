"""Beside the picture: who changed what, between which moments, and what to do with a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services import past
from clinic_desk.services.past_views import PastChange, Story
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.past.changes import ChangeList
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.widgets.forms.bits import push

SINCE, ALL, BETWEEN = "since", "all", "between"


class ChangesSide(QWidget):
    """``pointed`` and ``opened`` carry a change whose visit is to be shown there, or its present
    card; ``before_asked`` one whose eve is wanted; ``marked``: the other end of the list is to be
    the moment shown now."""

    pointed = Signal(object)
    opened = Signal(object)
    before_asked = Signal(object)
    marked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark: datetime | None = None
        self.which = QComboBox(self)
        self.which.setAccessibleName("Which changes")
        for what, text in (
            (SINCE, "From then to now"), (ALL, "All of these days"),
            (BETWEEN, "From the marked moment to this"),
        ):  # fmt: skip
            self.which.addItem(text, what)
        self.which.setMinimumWidth(theme.px(100))
        self.mark_button = push("Mar&k", self)
        self.mark_button.setToolTip("Mark this moment, to compare another one with it (K)")
        self.said = Label(self)
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self.list = ChangeList(theme, self)
        self.go_button = push("&Just before it", self)
        self.go_button.setToolTip("The calendar as it stood before this change")
        self.card_button = push("&Open the visit", self)
        self.card_button.setToolTip("The visit’s present card (Ctrl+Enter)")
        title = Label("Who changed what", self)
        title.setProperty("role", "heading")
        row = QHBoxLayout()
        row.addWidget(self.which, 1)
        row.addWidget(self.mark_button)
        below = QHBoxLayout()
        below.addWidget(self.go_button)
        below.addWidget(self.card_button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(row)
        column.addWidget(self.said)
        column.addWidget(self.list, 1)
        column.addLayout(below)
        self._connect()
        theme.changed.connect(while_alive(self, lambda: self._dress(theme)))
        self._dress(theme)

    def _dress(self, theme: Theme) -> None:
        self.setMinimumWidth(theme.px(300))

    def _connect(self) -> None:
        self.list.pointed.connect(self.pointed)
        self.list.opened.connect(self.opened)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._offer())
        self.go_button.clicked.connect(lambda: self._give(self.before_asked))
        self.card_button.clicked.connect(lambda: self._give(self.opened))
        self.mark_button.clicked.connect(self.marked)

    def _give(self, signal: object) -> None:
        change = self.list.current()
        if change is not None:
            signal.emit(change)  # type: ignore[attr-defined]

    def _offer(self) -> None:
        change = self.list.current()
        visit = change is not None and change.event.subject_kind == "appointment"
        self.go_button.setEnabled(change is not None)
        self.card_button.setEnabled(visit)

    def choose(self, which: str) -> None:
        """One of ``SINCE``, ``ALL``, ``BETWEEN``."""
        self.which.setCurrentIndex(self.which.findData(which))

    def set_mark(self, moment: datetime) -> None:
        """From now on the list tells what lies between ``moment`` and the one shown."""
        self.mark = moment
        self.choose(BETWEEN)

    def tell(
        self,
        story: Story,
        moment: datetime,
        roster: Roster,
        zone: str,
        now: datetime,
        doctor_id: Id | None,
    ) -> None:
        """The list for the calendar at ``moment``; ``doctor_id`` narrows it."""
        kept = self.list.current()
        found, said = self._found(story, moment, now, zone)
        if doctor_id is not None:
            found = [change for change in found if change.doctor_id in (doctor_id, "")]
        counted = words.plural(len(found), "change") if found else "No change"
        self.said.setText(f"{counted} {said}")
        self.list.rows.show(found, roster, zone, now)
        if kept is not None:
            rows = self.list.rows.rows
            same = next((n for n, row in enumerate(rows) if row.change == kept), None)
            if same is not None:
                self.list.point_at(same)
        self._offer()

    def _found(
        self, story: Story, moment: datetime, now: datetime, zone: str
    ) -> tuple[Sequence[PastChange], str]:
        def text(at: datetime) -> str:
            return past.moment_text(at, now, zone)

        which = self.which.currentData()
        if which == ALL:
            return story.changes, "of these days"
        if which == BETWEEN:
            if self.mark is None:
                return (), "· go to a moment and mark it (K), then go to another"
            first, last = sorted((self.mark, moment))
            return past.between(story, first, last), f"between {text(first)} and {text(last)}"
        return past.between(story, moment, max(now, moment)), f"since {text(moment)}"

    def find_visit(self, visit_id: Id) -> None:
        """Puts the list's cursor on the newest change of that visit, if it has one here."""
        row, change = self.list.rows.find(visit_id), self.list.current()
        if row >= 0 and (change is None or change.event.subject_id != visit_id):
            self.list.point_at(row)
