"""A visit that was booked for the wrong person is given to the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import AppointmentView, PatientHit
from clinic_desk.ui.booking.appointment_barred import barred
from clinic_desk.ui.models.patient_pick import NOBODY, PatientPick
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog

TO_COME = (Status.PENDING, Status.SCHEDULED, Status.CONFIRMED)
"""Of a visit that is under way or over, whose it was is a matter of record."""

SIZE = QSize(480, 380)


class OtherPatient(QObject):
    """A button of the card. What is typed in the card is saved along with the new patient."""

    def __init__(self, card: AppointmentDialog) -> None:
        super().__init__(card)
        self._card = card
        self.asked: PatientChoice | None = None
        self.button = push("&Other patient…", card)
        self.button.setToolTip("Booked for the wrong person: give the visit to the right one")
        self.button.clicked.connect(self.ask)
        row = card.deeds_row
        row.removeWidget(card.series_button)
        row.addWidget(self.button)
        row.addWidget(card.series_button)

    def show_for(self, view: AppointmentView) -> None:
        cell = view.cell
        self.button.setVisible(cell.patient_id is not None and cell.status in TO_COME)
        self.button.setEnabled(True)
        keep_shut(self.button, barred(self._card))

    def ask(self) -> None:
        view = self._card.view
        if view is None:
            return
        choice = PatientChoice(self._card, view)
        choice.chosen.connect(lambda hit: self._give(view, hit))
        self.asked = choice
        choice.open()

    def _give(self, view: AppointmentView, hit: PatientHit) -> None:
        if hit.id != view.cell.patient_id:
            self._card.scope.ask(view.cell, {**self._card.typed(), "patient_id": hit.id})


class PatientChoice(CardDialog):
    """``chosen`` carries a ``PatientHit``; Esc leaves the visit with whoever has it."""

    chosen = Signal(object)

    def __init__(self, card: AppointmentDialog, view: AppointmentView) -> None:
        theme = card.theme
        super().__init__(theme, "Give the visit to somebody else", card)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.keep_size(SIZE)
        pick = self._pick = PatientPick(card.context, card.source, self, "Who is it for?")
        self.searcher, self.edit, self.list = pick.searcher, pick.edit, pick.list
        self.sentence = InkLabel(
            theme,
            f"Booked for {view.cell.listed_name}. Whoever was told hears that it is off, and the "
            "other that it is on.",
            wrap=True,
            parent=self,
        )
        self.note = InkLabel(theme, NOBODY, ink="text2", wrap=True, parent=self)
        for widget in (self.sentence, self.edit, self.note):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self.give_button = push("Give to them", self, "primary")
        self.keep_button = push("Keep as it is", self)
        self.footer_row.addWidget(KeyHints(theme, (("↑ ↓", "choose"),), self), 1)
        self.footer_row.addWidget(self.keep_button)
        self.footer_row.addWidget(self.give_button)
        pick.changed.connect(self._tell)
        pick.chosen.connect(self._take)
        pick.left.connect(self.reject)
        self.list.clicked.connect(lambda _index: self._tell())
        self.list.doubleClicked.connect(pick.take)
        self.give_button.clicked.connect(lambda: pick.take(self.list.currentIndex()))
        self.keep_button.clicked.connect(self.reject)
        self._tell()
        self.edit.setFocus()

    def _tell(self) -> None:
        self.note.setVisible(self._pick.nobody)
        found = self.searcher.settled and self.list.currentIndex().isValid()
        self.give_button.setEnabled(found)

    def _take(self, hit: PatientHit) -> None:
        self.accept()
        self.chosen.emit(hit)
