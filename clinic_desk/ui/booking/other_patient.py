"""A visit that was booked for the wrong person is given to the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import AppointmentView, PatientHit
from clinic_desk.ui.booking.appointment_barred import barred
from clinic_desk.ui.models.patient_hits import HIT_ROLE
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.row_painting import HitDelegate
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, leading_icon, push
from clinic_desk.ui.widgets.forms.card import CardDialog

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog

TO_COME = (Status.PENDING, Status.SCHEDULED, Status.CONFIRMED)
"""Of a visit that is under way or over, whose it was is a matter of record."""

SIZE = QSize(480, 380)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
NOBODY = "Nobody on file matches. Type less, or a phone number or birth date instead."


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
        context = card.context
        self.searcher = PatientSearcher(
            context.operations, context.clock, card.source, self, offer_add=False
        )
        self.sentence = InkLabel(
            theme,
            f"Booked for {view.cell.listed_name}. Whoever was told hears that it is off, and the "
            "other that it is on.",
            wrap=True,
            parent=self,
        )
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Name, phone, birth date or record number")
        self.edit.setAccessibleName("Who is it for?")
        self.edit.setMaxLength(200)
        leading_icon(self.edit, theme, "search")
        self.list = QListView(self)
        self.list.setModel(self.searcher.model)
        self.list.setItemDelegate(HitDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Patients found")
        self.note = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        for widget in (self.sentence, self.edit, self.note):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self.give_button = push("Give to them", self, "primary")
        self.keep_button = push("Keep as it is", self)
        self.footer_row.addWidget(KeyHints(theme, (("↑ ↓", "choose"),), self), 1)
        self.footer_row.addWidget(self.keep_button)
        self.footer_row.addWidget(self.give_button)
        self._hurried = False
        self.edit.textChanged.connect(self._on_text)
        self.edit.installEventFilter(self)
        self.searcher.answered.connect(self._on_answer)
        self.list.clicked.connect(lambda _index: self._tell())
        self.list.doubleClicked.connect(self._take)
        self.give_button.clicked.connect(lambda: self._take(self.list.currentIndex()))
        self.keep_button.clicked.connect(self.reject)
        self._tell()
        self.edit.setFocus()

    def _on_text(self, text: str) -> None:
        self._hurried = False
        self.searcher.type(text)
        self._tell()

    def _on_answer(self) -> None:
        self.list.setCurrentIndex(self.searcher.model.index(0))
        self._tell()
        if self._hurried:
            self._take(self.list.currentIndex())

    def _tell(self) -> None:
        settled = self.searcher.settled
        nobody = settled and not self.searcher.model.rowCount()
        self.note.setText(NOBODY if nobody and self.edit.text().strip() else "")
        self.note.setVisible(bool(self.note.text()))
        self.give_button.setEnabled(settled and self.list.currentIndex().isValid())

    def _take(self, index: QModelIndex) -> None:
        self._hurried = False
        hit = index.data(HIT_ROLE)
        if isinstance(hit, PatientHit):
            self.accept()
            self.chosen.emit(hit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not (isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in ENTER:
            if self.searcher.settled:
                self._take(self.list.currentIndex())
            else:
                self._hurried = True
                self.searcher.hurry()
            return True
        rows = self.searcher.model.rowCount()
        if key in STEPS and rows:
            row = (self.list.currentIndex().row() + STEPS[key]) % rows
            self.list.setCurrentIndex(self.searcher.model.index(row))
            return True
        return super().eventFilter(watched, event)
