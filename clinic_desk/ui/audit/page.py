"""The audit trail: who did or saw what, when and where, and what it changed; for managers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.audit import Kind
from clinic_desk.services.audit_views import AuditEntry, AuditLine, AuditPerson, AuditWish
from clinic_desk.services.outcome import Changes
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.ports import Queries
from clinic_desk.ui.audit import exporting, telling
from clinic_desk.ui.audit.filters import FilterRow
from clinic_desk.ui.audit.model import LINE_ROLE, AuditModel
from clinic_desk.ui.audit.proving import Prover
from clinic_desk.ui.audit.side import EntrySide
from clinic_desk.ui.audit.strip import Strip
from clinic_desk.ui.audit.table import AuditTable
from clinic_desk.ui.audit.telling import EntryTeller
from clinic_desk.ui.models import words
from clinic_desk.ui.models.handing_on import hand_on
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import COURIERS, Ticket
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.page import Page

INITIATOR = "audit"
SIDE = 380
Pairs = tuple[tuple[Id, str], ...]
Answer = tuple[Sequence[int], Sequence[AuditPerson], Pairs, str]


class AuditPage(Page):
    """``open`` takes ("patient", name, id) for all about a patient, ("seen", name, id) for who has
    looked at one, ("visit", words, id) for who has looked at a visit."""

    key_hints = (
        ("/", "Patient"), ("P", "Prove the trail"), ("E", "Export"), ("O", "Open the patient"),
        ("B", "Open the visit"), ("Esc", "Back to the calendar"),
    )  # fmt: skip
    alone = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Audit trail", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.model = AuditModel(self)
        self.filters = FilterRow(context, self.source)
        self.table = AuditTable(theme, self.model)
        self.empty = EmptyState(theme)
        self.side = EntrySide(theme)
        self.prover = Prover(context, self)
        self.export_strip = Strip(
            theme, self, "Exporting the audit trail", "How much of the trail is written"
        )
        self.head = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = push("&Copy it", self)
        self.copy_button.setProperty("density", "compact")
        self.copy_button.setAccessibleName("Copy the fingerprint of the trail")
        self.reason_dialog: ReasonDialog | None = None
        self.prove_button = push("&Prove the trail", self)
        self.export_button = push("&Export…", self)
        self.export_button.setVisible(context.exporter is not None)
        self._loaded = False
        self._left_filter = False
        self.asked = Ticket()
        """The question about the chosen entry that was put last."""
        self._pause = QTimer(self, singleShot=True, interval=1000)
        self._pause.timeout.connect(self.read)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for button in (self.export_button, self.prove_button):
            self.buttons.addWidget(button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(16, 0, 16, 8)
        rows.setSpacing(10)
        rows.addWidget(self.stack, 1)
        rows.addWidget(self.prover.strip)
        rows.addWidget(self.export_strip)
        foot = QHBoxLayout()
        foot.addWidget(self.head, 1)
        foot.addWidget(self.copy_button)
        rows.addLayout(foot)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.side.setMinimumWidth(self.theme.px(SIDE - 100))
        self.splitter.setSizes([900, self.theme.px(SIDE)])
        self.body.setContentsMargins(0, 0, 0, 0)
        above = QVBoxLayout()  # over the whole width: with its days it is one row at 1366 pixels
        above.setContentsMargins(16, 12, 16, 10)
        above.addWidget(self.filters)
        self.body.setSpacing(0)
        self.body.addLayout(above)
        self.body.addWidget(self.splitter, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.source.changed.connect(self._on_roster)
        self.context.operations.changed.connect(self._on_changes)
        self.filters.patient.changed.connect(self._leave_filter)
        self.filters.changed.connect(self.read)
        self.filters.patient.returnPressed.connect(self.table.setFocus)
        self.model.wanted.connect(self._read_block)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.key_pressed.connect(self._key)
        self.empty.action_requested.connect(self._widen)
        self.prove_button.clicked.connect(self.prove)
        self.export_button.clicked.connect(self.export)
        self.copy_button.clicked.connect(self.copy_head)
        self.prover.said.connect(self._say)
        self.prover.failed.connect(self._failed)
        self.prover.finished.connect(lambda: self.prove_button.setEnabled(True))
        self.side.visit_wanted.connect(self.visit_requested)
        self.side.patient_wanted.connect(self.patient_requested)
        self.side.all_wanted.connect(lambda name, row_id: self.open(("patient", name, row_id)))
        self.side.left.connect(self.table.setFocus)

    # reading

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def teller(self) -> EntryTeller | None:
        roster = self.source.roster
        return None if roster is None else EntryTeller(roster, self.source.zone, self.today())

    def open(self, what: object = None) -> None:
        match what:
            case ("seen", str(name), str(patient)):
                self.filters.choose(Kind.VIEWS)
                self.filters.patient.mean(name, patient_id=patient)
            case ("visit", str(told), str(visit)):
                self.filters.choose(Kind.VIEWS)
                self.filters.patient.mean(told, subject_id=visit)
            case ("patient", str(name), str(patient)):
                self.filters.choose()
                self.filters.patient.mean(name, patient_id=patient)
        if not self._loaded:
            self.filters.start_on(self.today())
        self.context.operations.tell_views()
        self.context.operations.looked("audit", "trail")
        self.table.setFocus()
        self.read()

    def read(self) -> None:
        self._pause.stop()
        wish = self.filters.wish(self.today(), self.source.zone)

        def question(queries: Queries) -> Answer:
            return (
                queries.audit_index(wish),
                queries.audit_people(),
                queries.audit_desks(),
                queries.audit_head(),
            )

        self.context.operations.ask(
            question, done=self._take, failed=self._failed, key=f"audit:{id(self)}"
        )

    def _take(self, answer: Answer) -> None:
        numbers, people, desks, head = answer
        self._loaded = True
        self.filters.offer(telling.called(people), desks)
        before = self.current
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(numbers, self.source.zone, self.today())
        row = self.model.row_of(before.seq) if before is not None else -1
        if row < 0 and len(numbers):
            row = 0
        if row >= 0:
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(
                self.model.index(row, 0), flags.ClearAndSelect | flags.Rows
            )
        self._tell(len(numbers), head)
        self._on_row()

    def _tell(self, count: int, head: str) -> None:
        self.subtitle.setText(words.plural(count, "entry", "entries"))
        number, _, digest = head.partition(":")
        self.head.setText(
            f"Fingerprint {number}:{digest[:12]}…   Keep it elsewhere, to prove later that nothing "
            "up to here was changed."
            if digest
            else ""
        )
        self.head.setToolTip(head)
        self.copy_button.setVisible(bool(digest))
        if count:
            self.stack.setCurrentWidget(self.table)
            if self._left_filter:
                self.table.setFocus()
            self._left_filter = False
            return
        self.stack.setCurrentWidget(self.empty)
        if self.filters.on:
            self.empty.explain(
                "search", "No such entries", "Choose another person, kind or period.", "Show all"
            )
        else:
            self.empty.explain("info", "Nothing yet", "Whatever is done here will be told here.")

    def _read_block(self, block: int) -> None:
        numbers = self.model.numbers
        wanted = list(self.model.of_block(block))

        def done(lines: tuple[AuditLine, ...]) -> None:
            if self.model.numbers is numbers:
                self.model.put(block, lines)
                if block == self.table.currentIndex().row() // max(1, len(wanted)):
                    self._on_row()

        def failed(error: ClinicDeskError) -> None:
            self.model.forget_asking(block)
            self._failed(error)

        def question(queries: Queries) -> tuple[AuditLine, ...]:
            # another filter came while this waited for its turn
            return queries.audit_lines(wanted) if self.model.numbers is numbers else ()

        self.context.operations.ask(question, done=done, failed=failed)

    @property
    def current(self) -> AuditLine | None:
        line = self.table.currentIndex().data(LINE_ROLE)
        return line if isinstance(line, AuditLine) else None

    def _on_row(self, _now: QModelIndex | None = None, _before: QModelIndex | None = None) -> None:
        row = self.table.currentIndex().row()
        self.asked.cancel()  # the answer about another row must not come after this one
        if not 0 <= row < len(self.model.numbers):
            self.side.show_entry(None, None)
            return
        number = self.model.numbers[row]
        if self.side.entry is not None and self.side.entry.line.seq == number:
            return

        def done(entry: AuditEntry) -> None:
            self.side.show_entry(entry, self.teller())

        self.asked = self.context.operations.ask(
            lambda queries: queries.audit_entry(number), done=done, failed=self._failed
        )

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _say(self, message: object) -> None:
        self.message.show_message(message)  # type: ignore[arg-type]  # what the prover says

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.initiator != COURIERS:
            self._pause.start()

    def _on_roster(self) -> None:
        if self._loaded and self.isVisible():
            self.read()

    def _leave_filter(self) -> None:
        self._left_filter = bool(self.filters.patient.patient_id)

    def _widen(self) -> None:
        self.filters.choose()
        self.read()
        self.table.setFocus()

    # deeds

    def prove(self) -> None:
        self.message.clear()
        self.prove_button.setEnabled(False)
        self.prover.start()

    def copy_head(self) -> None:
        QGuiApplication.clipboard().setText(self.head.toolTip())
        self.toast_requested.emit("The fingerprint of the trail is on the clipboard", False)

    def export(self) -> None:
        """A reason first, then where."""
        if self.context.exporter is None or self.reason_dialog is not None:
            return
        if not self.export_button.isEnabled():  # its key, while one is under way
            return
        number = len(self.model.numbers)
        dialog = ReasonDialog(
            self.theme,
            "Export the audit trail",
            f"{words.plural(number, 'entry', 'entries')} will leave the program as a table. The "
            "reason stands in the trail itself.",
            exporting.USUAL_REASONS,
            "Export",
            self,
            kind="primary",
            limit=500,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _code: setattr(self, "reason_dialog", None))
        self.reason_dialog = dialog

        def given(reason: str, _scope: object) -> None:
            dialog.accept()
            name = f"audit-{self.today().isoformat()}.csv"
            exporting.ask_path(self, name, lambda path: self.export_to(path, reason))

        dialog.given.connect(given)
        dialog.open()

    def export_to(self, path: Path, reason: str) -> None:
        """What the filters show, on a reader thread, after the trail was told of it."""
        make, teller = self.context.exporter, self.teller()
        if make is None or teller is None:
            return
        wish: AuditWish = self.filters.wish(self.today(), self.source.zone)
        count = [0]

        def question(queries: Queries) -> int:
            rows = exporting.rows_of(queries, wish, teller, count, self.export_strip.heard)
            make().table(path, rows)
            return count[0]

        def failed(error: ClinicDeskError) -> None:
            self._exported()
            if isinstance(error, Refusal) and error.code == exporting.STOPPED:
                self.toast_requested.emit(error.sentence, False)
            else:
                self._failed(error)

        def done(number: int) -> None:
            self._exported()
            told = words.plural(number, "entry", "entries")
            self.toast_requested.emit(f"Exported {told}: {path}", False)
            self.read()

        note = NoteHandedOn(
            title="Audit trail",
            kind="csv",
            rows=len(self.model.numbers),
            reason=reason,
            initiator=INITIATOR,
        )
        self.export_button.setEnabled(False)
        self.export_strip.begin()
        hand_on(self.context.operations, note, question, done=done, failed=failed)

    def _exported(self) -> None:
        self.export_strip.hide()
        self.export_button.setEnabled(True)

    def _key(self, text: str) -> None:
        line = self.current
        match text:
            case "/":
                self.filters.patient.setFocus()
            case "P":
                self.prove()
            case "E":
                self.export()
            case "Return" | "Enter" if self.side.list.isVisible():
                self.side.list.setFocus()
                self.side.list.setCurrentRow(0)
            case "O" if line is not None and line.patient_id:
                self.patient_requested.emit(line.patient_id)
            case "B" if line is not None and line.subject_kind == "appointment":
                self.visit_requested.emit(line.subject_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and not self.table.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)
