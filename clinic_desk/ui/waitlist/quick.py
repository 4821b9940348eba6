"""Onto the waiting list in two keys: a small card that knows the answers already."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.wait_fields import WaitFields
from clinic_desk.ui.models.waiting import WaitWish
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import (
    ElidedInk,
    HintButton,
    InkLabel,
    KeyHints,
    field_label,
    push,
)
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.fields import ChoiceField
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(660, 276)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
INITIATOR = "waitlist-quick"


class QuickWait(CardDialog):
    """For a patient who is known: ``open_for(wish)``. ``saved`` carries the entry's id,
    ``entry_requested`` the id of an entry that is there already."""

    saved = Signal(str)
    toast_requested = Signal(str, bool)
    entry_requested = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Waiting list", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.wish = WaitWish()
        self._busy = self._fresh = self._ahead = False
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self.message.chosen.connect(self._on_way_out)
        self.who = ElidedInk(theme, "", role="title", bold=True, parent=self)
        self.type_box, self.doctor_box = ChoiceField(), ChoiceField()
        self.type_box.setAccessibleName("Kind of visit")
        self.doctor_box.setAccessibleName("Doctor")
        self.fields = WaitFields(theme, self.today, self)
        self.told = InkLabel(theme, "", role="grid", ink="text2", parent=self)
        self.save_button = HintButton(theme, "Save", "Enter", self)
        self.cancel_button = push("Cancel", self)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out()
        self.source.changed.connect(self._offer)
        self.type_box.edited.connect(self._tell)
        self.doctor_box.edited.connect(self._tell)
        self.fields.changed.connect(self._tell)

    def _lay_out(self) -> None:
        self.body.addWidget(self.message)
        self.body.addWidget(self.who)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        what = QHBoxLayout()
        what.setSpacing(8)
        what.addWidget(self.type_box, 1)
        what.addWidget(self.doctor_box, 1)
        for number, (text, buddy) in enumerate(
            (("Wh&at", self.type_box), ("Whe&n", self.fields.when))
        ):
            grid.addWidget(field_label(text, buddy, self.theme, self), number, 0)
        grid.addLayout(what, 0, 1)
        grid.addWidget(self.fields, 1, 1)
        grid.addWidget(self.told, 2, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        hints = KeyHints(self.theme, (("Enter", "save"), ("Esc", "leave")), self)
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.cancel_button)
        self.footer_row.addWidget(self.save_button)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.grow()
        return super().event(event)

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def open_for(self, wish: WaitWish) -> None:
        """``wish.patient`` is somebody on file."""
        self.wish, self._busy, self._fresh = wish, False, True
        self._ahead = False
        self.message.clear()
        self.save_button.set_word("Save")
        who = wish.patient.listed_name if wish.patient is not None else ""
        self.who.setText(who)
        self.subtitle_label.setText(f"instead of {wish.instead}" if wish.instead else "")
        self.title_label.setText("Wants to come earlier" if wish.visit_id else "Waiting list")
        self.fields.start(wish.when_text)
        self._offer()
        self.show()
        self.raise_()
        self.activateWindow()
        self.fields.setFocus()

    def _offer(self) -> None:
        """The boxes, at first with the wish's own answers chosen."""
        roster = self.source.roster
        if roster is None:
            return
        self.fields.locale_name = roster.practice.locale
        kinds = self.source.types_for(None)
        own = roster.types.get(self.wish.type_id or "")
        if own is not None and all(kind.id != own.id for kind in kinds):
            kinds = [own, *kinds]
        with QSignalBlocker(self.type_box), QSignalBlocker(self.doctor_box):
            self.type_box.offer([(kind.id, kind.name) for kind in kinds])
            self.doctor_box.offer(
                [
                    (None, "Any doctor"),
                    *((d.id, words.doctor_name(d)) for d in self.source.doctors()),
                ]
            )
            if self._fresh:
                self.type_box.put(self.wish.type_id)
                self.doctor_box.put(self.wish.doctor_id)
                self._fresh = False
        self._tell()
        if self._ahead:
            self._ahead = False
            self.save()

    def _length(self) -> int | None:
        """The visit's own length while its type is still the one asked for."""
        return self.wish.length if self.type_box.value() == self.wish.type_id else None

    def _tell(self) -> None:
        kind = self.source.type_with(self.type_box.value(), self.doctor_box.value())
        minutes = self._length() or (kind.duration if kind is not None else 0)
        parts = [f"{minutes} min" if minutes else "", self.fields.told()]
        if self.wish.instead:
            parts.append(f"earlier than {self.wish.instead}")
        self.told.setText(" · ".join(part for part in parts if part))

    def save(self) -> None:
        if self._busy or self.wish.patient is None:
            return
        if self._fresh:  # Enter came before the kinds of visit were read
            self._ahead = True
            return
        try:
            values = self.fields.values()
        except Refusal as refusal:
            self._refused(refusal)
            return
        length = self._length()
        if length is not None:
            values.setdefault("minutes", length)
        self._busy = True
        self.save_button.set_word("Saving…")
        self.context.operations.run(
            AddToWaitlist(
                values={
                    "patient_id": self.wish.patient.id,
                    "type_id": self.type_box.value(),
                    "doctor_id": self.doctor_box.value(),
                    "appointment_id": self.wish.visit_id,
                    **values,
                },
                initiator=INITIATOR,
            ),
            done=self._saved,
            refused=self._refused,
        )

    def _saved(self, outcome: Outcome) -> None:
        self._busy = False
        self.hide()
        self.saved.emit(str(outcome.value))
        told = " ".join([outcome.sentence, *outcome.warnings])
        self.toast_requested.emit(told, bool(outcome.undo_label))

    def _refused(self, error: ClinicDeskError) -> None:
        self._busy = False
        self.save_button.set_word("Save")
        self.message.say_error(error)
        field = error.field if isinstance(error, Refusal) else None
        target: QWidget = self.doctor_box if field == "doctor_id" else self.fields.when
        if self.message.buttons():
            target = self.message.buttons()[0]
        elif field == "type_id":
            target = self.type_box
        target.setFocus()

    def _on_way_out(self, way: WayOut) -> None:
        entry_id = way.data.get("entry_id")
        if isinstance(entry_id, str):
            self.hide()
            self.entry_requested.emit(entry_id)
        elif way.action == "retry":
            self.save()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER:
            if self.cancel_button.hasFocus():
                self.reject()
            else:
                self.save()
        else:
            super().keyPressEvent(event)
