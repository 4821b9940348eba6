"""*What*, *When* and *Where* in the booking dialog: kind, length, wishes, doctor and room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, QTimer
from PySide6.QtGui import QStandardItemModel

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.commands import AUTO
from clinic_desk.services.own_schedule import out_of_reach, own_doctors
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.models import words
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.models.knowing import usual_type
from clinic_desk.ui.models.sites import bracketed, site_note
from clinic_desk.ui.runtime.allowed import say_why
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import badge_icon

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog

SEARCH_PAUSE_MS = 120
WALK_IN_STEP = 5
"""Minutes that "now" is rounded down to for a walk-in."""


class Choices(QObject):
    """Keeps boxes, chips and the spoken sentence in step with the draft, and asks for openings
    when a wish changes."""

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        dialog.source.changed.connect(self._on_roster)
        dialog.theme.changed.connect(self._recolour)
        dialog.type_box.activated.connect(self._on_type)
        dialog.length.changed.connect(self._on_length)
        dialog.when.textChanged.connect(lambda _text: self._pause.start())
        dialog.usual_chip.clicked.connect(lambda: self.set_doctors(self.usual()))
        dialog.any_chip.clicked.connect(lambda: self.set_doctors(()))
        dialog.mornings_chip.toggled.connect(lambda _on: self._search())
        dialog.doctor_box.activated.connect(self._on_doctor)
        dialog.room_box.activated.connect(self._on_room)
        dialog.walk_in.toggled.connect(self._on_walk_in)

    def reset(self) -> None:
        self._pause.stop()

    # Reading

    def own(self) -> tuple[Id, ...]:
        """Whom alone this person may book for; empty: for every doctor."""
        return own_doctors(self._dialog.context.actor)

    def say_barred(self, slot: Slot) -> bool:
        """Whether the slot is not this person's to book; says why, and lets go of what is held."""
        if not self.own():
            return False
        dialog, roster = self._dialog, self._dialog.source.roster
        doctors = roster.doctors if roster is not None else {}
        why = out_of_reach(dialog.context.actor, slot.doctor_id, doctors)
        if why:
            dialog.hold.release()
            dialog.message.say(Tone.WARN, why)
        return bool(why)

    def usual(self) -> tuple[Id, ...]:
        if self.own():
            return ()
        hit = self._dialog.draft.patient
        usual = (self._dialog.caller.habit or hit.usual_doctor_id) if hit else None
        known = {doctor.id for doctor in self._dialog.source.doctors()}
        return (usual,) if usual is not None and usual in known else ()

    def doctor_id(self) -> Id | None:
        ids = self._dialog.draft.doctor_ids
        return ids[0] if len(ids) == 1 else None

    def kind(self) -> AppointmentType | None:
        """The chosen kind, with the values of the doctor when one is chosen."""
        return self._dialog.source.type_with(self._dialog.draft.type_id, self.doctor_id())

    def minutes(self) -> int:
        kind = self.kind()
        return self._dialog.draft.minutes or (kind.duration if kind else 30)

    def wanted(self) -> Wanted:
        """The criteria so far, for the search and for the finder page."""
        dialog, draft = self._dialog, self._dialog.draft
        held = dialog.hold.hold_id
        return Wanted(
            type_id=draft.type_id,
            doctor_ids=self.own() or draft.doctor_ids,
            usual_doctor_id=next(iter(self.usual()), None),
            minutes=draft.minutes,
            room_id=draft.room_id,
            when_text=dialog.when.text(),
            mornings=dialog.mornings_chip.isChecked(),
            patient=draft.patient,
            ignore_ids=frozenset({held} if held else ()),
        )

    def place_of(self, slot: Slot) -> Place:
        """``room_id`` as chosen; a room that the engine proposed stays automatic."""
        draft = self._dialog.draft
        new = draft.new_patient
        return Place(
            doctor_id=slot.doctor_id,
            start=slot.start,
            end=slot.end,
            type_id=draft.type_id,
            location_id=slot.location_id or None,
            room_id=draft.room_id or AUTO,
            patient_id=draft.patient.id if draft.patient else None,
            name=new.listed_name if new is not None and draft.patient is None else "",
        )

    def key_of(self, ranked: RankedSlot | None) -> object:
        """What a decision is about: the same opening listed anew is the same."""
        if ranked is None:
            return None
        slot, draft = ranked.slot, self._dialog.draft
        walk_in = self._dialog.walk_in.isChecked()
        return slot.doctor_id, slot.start, slot.end, draft.type_id, draft.room_id, walk_in

    def sentence(self) -> str:
        """ "Ana Lee, follow-up 30 min, Tue 1 Dec 09:45, Dr Demir, Room 1"."""
        dialog, draft = self._dialog, self._dialog.draft
        if dialog.waiting.open:
            return dialog.waiting.sentence()
        parts = []
        if draft.patient is not None:
            parts.append(words.spoken_name(draft.patient))
        elif draft.new_patient is not None:
            parts.append(draft.new_patient.spoken_name or "new patient")
        kind = self.kind()
        ranked, roster = dialog.openings.current, dialog.source.roster
        minutes = self.minutes()
        if ranked is not None:
            minutes = int((ranked.slot.end - ranked.slot.start).total_seconds() // 60)
        if kind is not None:
            parts.append(f"{kind.name[:1].lower()}{kind.name[1:]} {minutes} min")
        if ranked is not None and roster is not None:
            slot = ranked.slot
            zone = dialog.source.zone_at(slot.location_id)
            when = words.moment_words(slot.start, zone, dialog.searcher.today())
            parts.append(bracketed(when, site_note(roster, slot.location_id, slot.start)))
            parts.append(words.doctor_of(roster, slot.doctor_id))
            room = roster.rooms.get(draft.room_id or slot.room_id or "")
            if room is not None:
                parts.append(room.name)
            if dialog.repeating.words:
                parts.append(dialog.repeating.words)
        said = ", ".join(parts)
        return said[:1].upper() + said[1:]

    # Following

    def after_who(self) -> None:
        draft, message = self._dialog.draft, self._dialog.message
        if not draft.doctor_ids:
            draft.doctor_ids = self.own() or self.usual()
        self.choose_type()
        if message.tone is Tone.INFO:
            message.clear()
        self.refresh()
        self._search()

    def choose_type(self) -> None:
        """The usual kind for this patient and doctor, unless somebody has chosen one."""
        draft = self._dialog.draft
        offered = {kind.id for kind in self._dialog.source.types_for(self.doctor_id())}
        if draft.type_chosen and draft.type_id in offered:
            return
        kind = usual_type(
            self._dialog.source,
            draft.patient,
            self.doctor_id(),
            new=draft.new_patient is not None,
        )
        if kind is not None and kind.id != draft.type_id:
            draft.type_id = kind.id
            self._dialog.openings.stretch_pinned(self.minutes())

    def set_doctors(self, doctor_ids: tuple[Id, ...]) -> None:
        self._dialog.draft.doctor_ids = self.own() or doctor_ids
        self._dialog.openings.unpin()
        self.choose_type()
        self.refresh()
        self._search()

    def search_now(self) -> None:
        """Wishes were changed a moment ago: what is listed may not be what they lead to."""
        if self._pause.isActive():
            self._search()

    def _search(self) -> None:
        self._pause.stop()
        if self._dialog.walk_in.isChecked():
            self._offer_now()
        else:
            self._dialog.openings.search()

    def _offer_now(self) -> None:
        now = self._dialog.context.clock.now()
        late = timedelta(minutes=now.minute % WALK_IN_STEP)
        start = now.replace(second=0, microsecond=0) - late
        self._dialog.openings.offer_now(start, self.minutes())

    def _on_roster(self) -> None:
        if self._dialog.isVisible() and self._dialog.draft.type_id is None:
            self._choose_late()
        self.refresh()

    def _choose_late(self) -> None:
        """The patient may have been there before the roster, and Book been pressed."""
        dialog = self._dialog
        self.choose_type()
        if dialog.draft.type_id is None or not dialog.caller.known:
            return
        if not dialog.caller.asking:
            self.after_who()
        dialog.book_if_waiting()

    def _recolour(self) -> None:
        """The badges and icons in the boxes are drawn anew."""
        self._dialog.doctor_box.clear()
        self._dialog.room_box.clear()
        self.refresh()

    def _on_type(self, _index: int) -> None:
        draft = self._dialog.draft
        draft.type_id = self._dialog.type_box.currentData()
        draft.type_chosen = True
        draft.minutes = None
        self._relength()

    def _on_length(self, minutes: int) -> None:
        self._dialog.draft.minutes = minutes
        self._relength()

    def _relength(self) -> None:
        self._dialog.openings.stretch_pinned(self.minutes())
        self.refresh()
        self._pause.start()

    def _on_doctor(self, _index: int) -> None:
        doctor_id = self._dialog.doctor_box.currentData()
        self.set_doctors((doctor_id,) if doctor_id else ())

    def _on_room(self, _index: int) -> None:
        self._dialog.draft.room_id = self._dialog.room_box.currentData()
        self._dialog.openings.hold_again()
        self._search()

    def _on_walk_in(self, _on: bool) -> None:
        self._dialog.hold.release()
        self._dialog.openings.unpin()
        self._search()
        self.refresh()

    # Showing

    def refresh(self) -> None:
        """Chips, boxes and the sentence, from the draft."""
        if self._dialog.source.roster is None:
            return
        self._fill_types()
        self._fill_doctors()
        self._fill_rooms()
        dialog, draft = self._dialog, self._dialog.draft
        usual = self.usual()
        doctors = [d for d in dialog.source.doctors() if d.id in usual]
        dialog.usual_chip.set_content(
            words.doctor_short(doctors[0]) if doctors else "Usual doctor", doctors
        )
        dialog.usual_chip.setVisible(bool(usual))
        dialog.usual_chip.setChecked(bool(usual) and draft.doctor_ids == usual)
        dialog.any_chip.setChecked(not draft.doctor_ids)
        if self.own():
            self._bar_others()
        dialog.length.set_quietly(self.minutes())
        dialog.repeating.follow()
        self.refresh_sentence()

    def refresh_sentence(self) -> None:
        dialog = self._dialog
        sentence = self.sentence()
        if sentence != dialog.sentence.text():
            dialog.sentence.setText(sentence)
            dialog.sentence.setToolTip(as_text(sentence))
            dialog.book_button.setAccessibleDescription(sentence)
        dialog.book_button.set_word("Saving…" if dialog.submission.busy else "Book")

    def _fill_types(self) -> None:
        box = self._dialog.type_box
        offered = self._dialog.source.types_for(self.doctor_id())
        entries = [(f"{kind.name}", kind.id) for kind in offered]
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != entries:
            with QSignalBlocker(box):
                box.clear()
                for name, type_id in entries:
                    box.addItem(name, type_id)
        box.setCurrentIndex(box.findData(self._dialog.draft.type_id))

    def _fill_doctors(self) -> None:
        dialog, box = self._dialog, self._dialog.doctor_box
        doctors = dialog.source.doctors()
        if [box.itemData(i) for i in range(1, box.count())] != [d.id for d in doctors]:
            with QSignalBlocker(box):
                box.clear()
                box.addItem("Any doctor", None)
                for doctor in doctors:
                    icon = badge_icon(dialog.theme, doctor)
                    box.addItem(icon, words.doctor_name(doctor), doctor.id)
        ranked = dialog.openings.current
        shown = ranked.slot.doctor_id if ranked else self.doctor_id()
        box.setCurrentIndex(max(0, box.findData(shown)))

    def _bar_others(self) -> None:
        """The other doctors rest in their box, and the chip for any of them; each says why."""
        dialog, box = self._dialog, self._dialog.doctor_box
        mine = self.own()
        why = may_not(dialog.context.actor.role, Permission.OTHERS_SCHEDULES)
        say_why(dialog.any_chip, why)
        rows = box.model()
        for number in range(box.count()):
            item = rows.item(number) if isinstance(rows, QStandardItemModel) else None
            if item is not None and box.itemData(number) not in mine:
                item.setEnabled(False)
                item.setToolTip(as_text(why))

    def _fill_rooms(self) -> None:
        dialog, box = self._dialog, self._dialog.room_box
        ranked = dialog.openings.current
        slot = ranked.slot if ranked else None
        rooms = dialog.source.rooms_at(slot.location_id if slot else None)
        roster = dialog.source.roster
        proposed = roster.rooms.get(slot.room_id or "") if roster and slot else None
        automatic = f"{proposed.name}, automatic" if proposed else "Room automatic"
        entries = [(automatic, None), *((room.name, room.id) for room in rooms)]
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != entries:
            with QSignalBlocker(box):
                box.clear()
                for name, room_id in entries:
                    box.addItem(dialog.theme.qicon("door"), name, room_id)
        box.setCurrentIndex(max(0, box.findData(dialog.draft.room_id)))
