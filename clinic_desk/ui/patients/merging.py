"""Two entries of one person made one: with whom, whose value of each field, what goes over."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, Stale, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.day_commands import MergePatients
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.patient_commands import TellApart
from clinic_desk.services.patient_merge import MergeView, merge_view, values_of
from clinic_desk.services.patient_views import Holdings, Twin
from clinic_desk.services.views import PatientHit
from clinic_desk.services.wording import count_text, joined
from clinic_desk.ui.models import words
from clinic_desk.ui.models.languages import language_words
from clinic_desk.ui.models.patient_history import ways_text
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.patients.choice_table import ChoiceTable
from clinic_desk.ui.patients.contact import SAID
from clinic_desk.ui.patients.finder import PatientFinder
from clinic_desk.ui.patients.parts import RowButton
from clinic_desk.ui.patients.side import Rows, name_of
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import birth_text, phone_text
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import HintButton, InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(860, 660)
INITIATOR = "merge-patients"
CHOOSING = (("↑ ↓", "choose"), ("Enter", "compare"), ("Esc", "leave"))
COMPARING = (
    ("← →", "whose value"), ("B", "both"), ("↑ ↓", "field"), ("S", "swap"), ("Esc", "back"),
)  # fmt: skip


class MergeDialog(CardDialog):
    """``merged`` carries the id of the entry that was kept; ``told_apart`` comes when the two are
    said to be two persons."""

    merged = Signal(str)
    told_apart = Signal()
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, source: RosterSource, parent: QWidget | None) -> None:
        super().__init__(context.theme, "Merge two entries", parent)
        self.context, self.source = context, source
        theme = context.theme
        self.keep_size(SIZE)
        self.patient: Patient | None = None
        self.view: MergeView | None = None
        self._named = False
        self.busy = False
        self.message = InlineMessage(theme, self)
        self.twins_title = InkLabel(theme, "", role="grid", bold=True, ink="text2", parent=self)
        self.twins = Rows(theme, self)
        self.finder = PatientFinder(
            context, source, self, "Or type a name, a phone number or a birth date."
        )
        self.table = ChoiceTable(theme, self.text_of, self)
        self.over = InkLabel(theme, "", wrap=True, parent=self)
        self.hints = KeyHints(theme, CHOOSING, self)
        self.apart_button = push("&Two persons", self)
        self.apart_button.setToolTip("They are not the same person; never propose this pair again")
        self.back_button = push("B&ack", self)
        self.swap_button = push("&Swap", self)
        self.swap_button.setToolTip("Keep the other entry and its record number (S)")
        self.merge_button = HintButton(theme, "Merge", "Ctrl+Enter", self)
        self._lay_out()
        self.finder.chosen.connect(lambda hit: self._compare_hit(hit))
        self.finder.left.connect(self.reject)
        self.finder.passed.connect(self._to_twins)
        self.back_button.clicked.connect(self.back)
        self.swap_button.clicked.connect(self.swap)
        self.apart_button.clicked.connect(self.tell_apart)
        self.merge_button.clicked.connect(self.merge)
        self.message.chosen.connect(self._way_out)

    def _lay_out(self) -> None:
        choosing, comparing = QWidget(self), QWidget(self)
        first = QVBoxLayout(choosing)
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(8)
        first.addWidget(self.twins_title)
        first.addWidget(self.twins)
        first.addWidget(self.finder, 1)
        second = QVBoxLayout(comparing)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(8)
        second.addWidget(self.table, 1)
        second.addWidget(self.over)
        self.stack = QStackedWidget(self)
        self.choosing, self.comparing = choosing, comparing
        self.stack.addWidget(choosing)
        self.stack.addWidget(comparing)
        self.body.addWidget(self.message)
        self.body.addWidget(self.stack, 1)
        self.footer_row.addWidget(self.hints, 1)
        for button in (self.apart_button, self.back_button, self.swap_button, self.merge_button):
            self.footer_row.addWidget(button)

    # with whom

    def start(self, patient: Patient, other_id: Id = "") -> None:
        """Asks with whom, or compares at once with an entry that is named."""
        if other_id:
            self.start_pair(patient.id, other_id)
            self.subtitle_label.setText(name_of(patient)[:80])
            return
        self.patient, self.view, self.busy = patient, None, False
        self._named = False
        self.message.clear()
        self.subtitle_label.setText(name_of(patient)[:80])
        self.twins.keep((), lambda _id, _button: None)
        self.twins_title.setText("Looking for likely second entries…")
        self._step(self.choosing)
        self.show()
        self.raise_()
        self.activateWindow()
        self.finder.start()
        self.context.operations.ask(
            lambda queries: queries.likely_twins(patient.id),
            done=self._show_twins,
            failed=self.message.say_error,
            key=f"merge.twins:{id(self)}",
        )

    def start_pair(self, kept_id: Id, other_id: Id) -> None:
        """Two entries that are known both: compared at once."""
        self.patient, self.view, self.busy, self._named = None, None, False, True
        self.message.clear()
        self.subtitle_label.setText("")
        self.table.rows.show((), ("", ""))
        self.over.setText("Reading both entries…")
        self._step(self.comparing)
        self.show()
        self.raise_()
        self.activateWindow()
        self.table.setFocus()
        self.compare(kept_id, other_id)

    def _show_twins(self, twins: tuple[Twin, ...]) -> None:
        some = twins[:6]
        self.twins_title.setText(
            "Likely the same person" if some else "Nobody on file looks like a second entry."
        )

        def made(row_id: Id, button: RowButton) -> None:
            button.clicked.connect(lambda: self._compare_with(row_id))

        self.twins.keep([twin.patient.id for twin in some], made)
        for twin in some:
            one = twin.patient
            born = birth_text(one.birth_date) or "no birth date"
            visits = words.plural(twin.holdings.visits, "visit")
            self.twins.buttons[one.id].tell(
                f"{name_of(one)} · {born}", f"{', '.join(twin.why)} · {visits}"
            )

    def _to_twins(self) -> None:
        first = next(iter(self.twins.buttons.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _compare_hit(self, hit: PatientHit) -> None:
        self._compare_with(hit.id)

    def _compare_with(self, other_id: Id) -> None:
        if self.patient is not None:
            self.compare(self.patient.id, other_id)

    # side by side

    def compare(self, kept_id: Id, other_id: Id) -> None:
        self.message.clear()
        self.context.operations.ask(
            lambda queries: merge_view(queries, kept_id, other_id),
            done=self._show,
            failed=self._not_to_compare,
            key=f"merge.view:{id(self)}",
        )

    def _not_to_compare(self, error: ClinicDeskError) -> None:
        self.message.say_error(error)
        if self.stack.currentWidget() is self.choosing:
            self.finder.edit.setFocus()

    def _show(self, view: MergeView) -> None:
        if not self.isVisible():
            return
        self.view, self.busy = view, False
        self.table.rows.show(view.choices, self._names(view))
        self._tell()
        self._doubt(view)
        self._step(self.comparing)
        self.table.start()

    def _doubt(self, view: MergeView) -> None:
        """Two birth dates are seldom one person; it may still be a slip of the pen."""
        one, other = view.kept.birth_date, view.other.birth_date
        if one is not None and other is not None and one != other:
            self.message.say(
                Tone.WARN,
                f"The birth dates differ: {words.date_words(one)} and {words.date_words(other)}. "
                "Merge only if you are sure that it is one person.",
            )

    @staticmethod
    def _names(view: MergeView) -> tuple[str, str]:
        own, over = view.own.visits, view.holdings.visits
        return (
            f"Stays: No. {view.kept.record_number} · {words.plural(own, 'visit')}",
            f"Goes into it: No. {view.other.record_number} · {words.plural(over, 'visit')}",
        )

    def _tell(self) -> None:
        view = self.view
        if view is None:
            return
        kept, other = view.kept.record_number, view.other.record_number
        differ = self.table.rows.differing
        marked = (
            f"{count_text(differ, 'field differs', 'fields differ')} (marked); what is framed is "
            "kept. "
            if differ
            else ""
        )
        both = ", ".join(words.moment_words(at, self.source.zone) for at in view.shared)
        twice = (
            f"Both have a visit on {both}: perhaps one booked twice, to be looked at afterwards. "
            if both
            else ""
        )
        self.over.setText(
            f"{marked}{twice}{held_words(view.holdings)} from No. {other} to No. {kept}. "
            "The patient is found under both numbers; Ctrl+Z takes all of it back."
        )

    def _step(self, step: QWidget) -> None:
        self.stack.setCurrentWidget(step)
        comparing = step is self.comparing
        self.hints.set_pairs(COMPARING if comparing else CHOOSING)
        for button in (self.apart_button, self.swap_button, self.merge_button):
            button.setVisible(comparing)
        self.back_button.setVisible(comparing and not self._named)

    def back(self) -> None:
        self.view = None
        self.message.clear()
        self._step(self.choosing)
        self.finder.edit.setFocus()

    def swap(self) -> None:
        """The other entry stays; what was chosen of each field stays chosen."""
        view = self.view
        if view is None or self.busy:
            return
        choices = tuple(self.table.rows.swapped())
        row = self.table.currentIndex().row()
        self.view = MergeView(view.other, view.kept, view.own, view.holdings, choices, view.shared)
        self.table.rows.show(choices, self._names(self.view))
        self.table.setCurrentIndex(self.table.rows.index(max(0, row), 1))
        self._tell()
        self.table.setFocus()

    def text_of(self, name: str, value: object) -> str:
        roster = self.source.roster
        if name.startswith("consent"):
            return SAID[value] if value is None or isinstance(value, bool) else ""
        if value is None or value == "":
            return ""
        if name == "channels":
            return ways_text(value)
        if name == "usual_doctor_id" and roster is not None:
            return words.doctor_of(roster, str(value), short=False)
        if name in ("mobile", "phone"):
            return phone_text(str(value))
        if name == "language":
            return language_words(str(value))
        if isinstance(value, date):
            return words.date_words(value)
        return " ".join(str(value).split())

    # deciding

    def merge(self) -> None:
        """One command, one undo step; a second press while it is written does nothing."""
        view = self.view
        if view is None or self.busy:
            return
        self.busy = True
        self.context.operations.run(
            MergePatients(
                kept_id=view.kept.id,
                other_id=view.other.id,
                values=values_of(tuple(self.table.rows.choices)),
                expected_revision=view.kept.revision,
                other_revision=view.other.revision,
                initiator=INITIATOR,
            ),
            done=self._merged,
            refused=self._refused,
        )

    def _merged(self, outcome: Outcome) -> None:
        self.busy = False
        self.view = None
        self.hide()
        said = ". ".join([outcome.sentence, *outcome.warnings])
        self.toast_requested.emit(said, bool(outcome.undo_label))
        self.merged.emit(str(outcome.value))

    def _refused(self, error: ClinicDeskError) -> None:
        self.busy = False
        stale = isinstance(error, Stale) or (
            isinstance(error, Refusal) and error.code == "merged_already"
        )
        again = [WayOut("Compare again", "compare")] if stale else []
        self.message.say_error(error, again)
        field = error.field if isinstance(error, Refusal) else None
        for row, one in enumerate(self.table.rows.choices):
            if one.name == field:
                self.table.setCurrentIndex(self.table.rows.index(row, 1))
        self.table.setFocus()

    def _way_out(self, way: WayOut) -> None:
        view = self.view
        if view is not None and way.action in ("compare", "retry", "refresh"):
            self.compare(view.kept.id, view.other.id)

    def tell_apart(self) -> None:
        view = self.view
        if view is None or self.busy:
            return
        self.busy = True

        def done(outcome: Outcome) -> None:
            self.busy = False
            self.hide()
            self.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))
            self.told_apart.emit()

        self.context.operations.run(
            TellApart(one_id=view.kept.id, other_id=view.other.id, initiator=INITIATOR),
            done=done,
            refused=self._refused,
        )

    def reject(self) -> None:
        if self.view is not None and not self._named and self.isVisible():
            self.back()
            return
        self.view = None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        comparing = self.stack.currentWidget() is self.comparing
        if enter:
            focused = self.focusWidget()
            if comparing and (control or focused is self.merge_button):
                self.merge()
            elif isinstance(focused, type(self.back_button)):
                focused.click()
            return
        if event.key() == Qt.Key.Key_S and comparing and not event.modifiers():
            self.swap()
            return
        super().keyPressEvent(event)


def held_words(held: Holdings) -> str:
    """ "12 visits, 2 invoices and 1 wish on the waiting list go over"."""
    parts = [
        count_text(number, *names)
        for number, names in (
            (held.visits, ("visit",)),
            (held.series, ("series", "series")),
            (held.invoices, ("invoice",)),
            (held.waiting, ("wish on the waiting list", "wishes on the waiting list")),
        )
        if number
    ]
    if not parts:
        return "Nothing but what is chosen here goes over"
    several = len(parts) > 1 or held.visits + held.series + held.invoices + held.waiting > 1
    return f"{joined(parts)} {'go' if several else 'goes'} over"
