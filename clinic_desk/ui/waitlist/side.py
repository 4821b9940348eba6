"""Beside the list: the entry in full, to be changed, and every call that was made about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.waitlist_commands import EditWaitlist
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import DAYS, left_to_right, phone_text
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.waitlist.typed import DayField, TimeField
from clinic_desk.ui.widgets.forms.bits import Chip, ElidedInk, InkLabel
from clinic_desk.ui.widgets.forms.fields import ChoiceField, LongTextField, NumberField
from clinic_desk.ui.widgets.forms.form import Form, FormArea, SaveBar
from clinic_desk.ui.widgets.forms.message import InlineMessage

UNSAVED = (WayOut("Save it", "save"), WayOut("Discard it", "discard"))
INITIATOR = "waitlist-page"
FIELDS = (
    "type_id", "doctor_id", "location_id", "minutes", "weekdays", "earliest", "latest", "first",
    "last", "urgency", "note",
)  # fmt: skip


class WeekdaysField(QWidget):
    """The days that suit, as the entry keeps them; none chosen means any."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.boxes = [Chip(theme, day[:2], self) for day in DAYS]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for box, day in zip(self.boxes, DAYS, strict=True):
            box.setAccessibleName(day)
            box.setToolTip(day)
            box.clicked.connect(self.edited)
            row.addWidget(box)
        row.addStretch(1)
        self.setFocusProxy(self.boxes[0])

    def value(self) -> str:
        return "".join(str(n) for n, box in enumerate(self.boxes) if box.isChecked())

    def put(self, value: str) -> None:
        for number, box in enumerate(self.boxes):
            box.setChecked(str(number) in value)

    def raw(self) -> str:
        return self.value()


class EntrySide(QWidget):
    """``saved`` after a change was written; ``left`` hands the keyboard back to the list."""

    saved = Signal()
    discarded = Signal()
    left = Signal()
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, source: RosterSource, today: Callable[[], date]) -> None:
        super().__init__()
        self._context, self._source, self._today = context, source, today
        theme = context.theme
        self.card: WaitlistCard | None = None
        self._busy = False
        self.name = ElidedInk(theme, "", role="title", bold=True, parent=self)
        self.about = ElidedInk(theme, "", role="grid", ink="text2", parent=self)
        self.message = InlineMessage(theme, self)
        self.form = Form(theme)
        self.type_field, self.doctor_field = ChoiceField(), ChoiceField()
        self.site_field = ChoiceField()
        add = self.form.add
        choices = [(value, word) for value, word, _ in waiting.URGENCIES]
        add("urgency", "Urgency", ChoiceField(choices))
        add("type_id", "Visit", self.type_field)
        add("doctor_id", "Doctor", self.doctor_field)
        self.site_row = add("location_id", "Site", self.site_field)
        add("minutes", "Length", NumberField(theme, "min", none="as the type", step=5, width=96))
        add("weekdays", "Days", WeekdaysField(theme), "None chosen: any day.")
        add("earliest", "From", TimeField())
        add("latest", "Before", TimeField())
        add("first", "First day", DayField(today))
        add("last", "Last day", DayField(today))
        add("note", "Note", LongTextField(theme, 3))
        self.form.heading("Calls about freed slots")
        self.calls = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self.form)
        self.calls.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.form.place(self.calls)
        self.form.close_rows()
        self.bar = SaveBar(theme, self)
        self.bar.discard.setText("Discard")
        head = QVBoxLayout()
        head.setContentsMargins(20, 12, 20, 4)
        head.setSpacing(2)
        head.addWidget(self.name)
        head.addWidget(self.about)
        head.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(FormArea(self.form), 1)
        column.addWidget(self.bar)
        self.form.edited.connect(self._edited)
        self.bar.save_requested.connect(self.save)
        self.bar.discard_requested.connect(self.discard)
        source.changed.connect(self._offer)
        self.message.chosen.connect(self._on_way_out)
        self._offer()

    @property
    def dirty(self) -> bool:
        return self.card is not None and self.form.dirty

    def show_card(self, card: WaitlistCard | None) -> None:
        """What somebody has begun to change is kept while the entry is the same."""
        same = card is not None and self.card is not None and card.entry.id == self.card.entry.id
        if not (same and self.form.dirty):
            self.card = card
            if card is not None:
                self._fill(card)
        elif card is not None:
            self.card = card  # its revision may be newer, the typed values stand
        self.setEnabled(card is not None)
        self._head()

    def _fill(self, card: WaitlistCard) -> None:
        self.message.clear()
        self._offer()
        self.form.fill({name: getattr(card.entry, name) for name in FIELDS})
        self.bar.show_state(dirty=False)

    def _head(self) -> None:
        card, roster = self.card, self._source.roster
        if card is None or roster is None:
            self.name.setText("")
            self.about.setText("")
            self.calls.setText("")
            return
        who = card.patient
        self.name.setText(who.listed_name)
        phone = left_to_right(phone_text(who.phone))
        parts = (phone, waiting.visit_words(card, roster), who.alert)
        self.about.setText(" · ".join(part for part in parts if part))
        self.calls.setText(self._calls(card, roster))

    def _calls(self, card: WaitlistCard, roster: Roster) -> str:
        """Newest first: what was offered, by whom they were to be seen, what they said."""
        lines = []
        for offer in sorted(card.offers, key=lambda one: one.answered_at or one.start)[::-1]:
            place = roster.locations.get(offer.location_id or "")
            zone = place.zone if place is not None else roster.practice.zone
            when = words.moment_words(offer.start, zone, self._today())
            line = f"{when}, {words.doctor_of(roster, offer.doctor_id)}: "
            line += waiting.RESULTS[offer.result].lower()
            if offer.answered_at is not None:
                line += f" ({words.moment_words(offer.answered_at, zone, self._today())})"
            lines.append(f"{line}. {offer.note}".rstrip())
        return "\n".join(lines) or "None yet."

    def _offer(self) -> None:
        roster = self._source.roster
        if roster is None:
            return
        kinds = [(kind.id, kind.name) for kind in self._source.types_for(None)]
        card = self.card
        if card is not None and all(card.entry.type_id != row[0] for row in kinds):
            kinds.insert(0, (card.entry.type_id, card.type_name))
        self.type_field.offer(kinds)
        doctors = [(d.id, words.doctor_name(d)) for d in self._source.doctors()]
        self.doctor_field.offer([(None, "Any doctor"), *doctors])
        sites = [(place.id, place.name) for place in roster.locations.values()]
        self.site_field.offer([(None, "Any site"), *sites])
        self.site_row.show(len(sites) > 1)

    def _edited(self) -> None:
        self.bar.show_state(dirty=self.form.dirty)

    def _on_way_out(self, way: WayOut) -> None:
        if way.action == "discard":
            self.discard()
        else:
            self.save()

    def say_unsaved(self) -> None:
        """Why the page is not left yet."""
        self.message.say(Tone.WARN, "This change is not saved yet.", UNSAVED)
        name = next(iter(self.form.changed_names()), "")
        self.form.focus(name)

    def discard(self) -> None:
        if self.card is not None:
            self._fill(self.card)
        self.left.emit()
        self.discarded.emit()

    def save(self) -> None:
        card = self.card
        if card is None or self._busy or not self.form.dirty:
            return
        self.message.clear()
        values = self.form.read()
        if values is None:
            return
        sent = self.form.raws()
        before = card.entry
        changed = {name: values[name] for name in FIELDS if values[name] != getattr(before, name)}
        self._busy = True
        self.bar.show_state(dirty=True, saving=True)

        def done(outcome: Outcome) -> None:
            self._busy = False
            self.form.settle(sent)
            self.bar.show_state(dirty=self.form.dirty)
            if outcome.undo_label:
                self.toast_requested.emit(f"{before_name}: saved", True)
            self.saved.emit()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            self.bar.show_state(dirty=True)
            field = error.field if isinstance(error, Refusal) else None
            if not self.form.show_fault(field, str(error)):
                self.message.say_error(error)

        before_name = card.patient.listed_name
        self._context.operations.run(
            EditWaitlist(
                entry_id=before.id,
                values=changed,
                expected_revision=before.revision,
                initiator=INITIATOR,
            ),
            done=done,
            refused=refused,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() == Qt.Key.Key_S:
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
