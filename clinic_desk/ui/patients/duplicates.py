"""Pairs of entries that are likely one person, clinic-wide: compare, merge, or tell apart."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.patient_commands import TellApart
from clinic_desk.services.patient_views import TwinPair, TwinSide
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.patients.merging import MergeDialog
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import birth_text, phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index
from clinic_desk.ui.widgets.key_table import KeyTable
from clinic_desk.ui.widgets.page import Page

MATTERS = frozenset({"patient", "setting", "external"})
COLUMNS = ("One entry", "The other", "Why")
ROW = 50
MOST = 500
PAUSE = 300
FOLLOWING = 20_000
"""Milliseconds after which what was written elsewhere is looked at."""

INITIATOR = "duplicates"


class PairModel(HeadedModel):
    headings = COLUMNS

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pairs: tuple[TwinPair, ...] = ()

    def show(self, pairs: tuple[TwinPair, ...]) -> None:
        self.beginResetModel()
        self.pairs = pairs
        self.endResetModel()

    def listed(self) -> int:
        return len(self.pairs)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.pairs):
            return None
        pair = self.pairs[index.row()]
        texts = (_told(pair.one), _told(pair.other), ", ".join(pair.why))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{'; '.join(texts)}".replace("\n", ", ")
        return None


class PairTable(KeyTable):
    keys = frozenset({"Return", "Enter", "N", "O", "Shift+O"})

    def __init__(self, theme: Theme, model: PairModel) -> None:
        super().__init__(theme, model, "Possible duplicates")
        header = self.horizontalHeader()
        for column in range(len(COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setWordWrap(True)

    def spread(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.theme.px(ROW))


class DuplicatesPage(Page):
    """``open`` takes nothing. Who is meant by a row is opened on the patient's page."""

    key_hints = (
        ("Enter", "Compare and merge"), ("N", "Two persons"), ("O", "Open one"),
        ("Shift+O", "Open the other"), ("Esc", "Back to the calendar"),
    )  # fmt: skip

    wide = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Possible duplicates", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.model = PairModel(self)
        self.table = PairTable(theme, self.model)
        self.empty = EmptyState(theme)
        self.merge_button = push("&Compare and merge…", self, "primary")
        self.apart_button = push("&Two persons", self)
        self.open_button = push("&Open one", self)
        self._merging: MergeDialog | None = None
        self._busy = False
        for button in (self.open_button, self.apart_button, self.merge_button):
            self.buttons.addWidget(button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.body.addWidget(self.stack, 1)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.read)
        self.table.key_pressed.connect(self._key)
        self.table.doubleClicked.connect(lambda _index: self.compare())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.merge_button.clicked.connect(self.compare)
        self.apart_button.clicked.connect(self.tell_apart)
        self.open_button.clicked.connect(lambda: self._open("O"))
        context.operations.changed.connect(self._on_changes)
        self.setFocusProxy(self.table)
        self.empty.explain("search", "Comparing all patients…", "")
        self.stack.setCurrentWidget(self.empty)
        self._follow()

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self.message.clear()
        self.read()

    def read(self) -> None:
        self._pause.stop()
        self.context.operations.ask(
            lambda queries: queries.possible_duplicates(MOST),
            done=self._take,
            failed=self.message.show_error,
            key=f"duplicates:{id(self)}",
        )

    def _take(self, pairs: tuple[TwinPair, ...]) -> None:
        row = max(0, self.table.currentIndex().row())
        self.model.show(pairs)
        few = f"the first {MOST}" if len(pairs) >= MOST else words.plural(len(pairs), "pair")
        self.subtitle.setText(few if pairs else "")
        had = self.stack.currentWidget() is self.table
        self.stack.setCurrentWidget(self.table if pairs else self.empty)
        if pairs:
            self.table.selectRow(min(row, len(pairs) - 1))
            self.table.setCurrentIndex(self.model.index(min(row, len(pairs) - 1), 0))
            if not had and self.isVisible():
                self.table.setFocus()
        else:
            self.empty.explain(
                "check",
                "No two entries look like one person",
                "Entries are compared by name, birth date, phone and e-mail. What you have told "
                "apart is not proposed again.",
            )
        self._follow()

    def _on_changes(self, changes: Changes) -> None:
        if not (changes.kinds & MATTERS and self.isVisible()):
            return
        if changes.kinds & {"patient", "setting"}:
            self._pause.start(PAUSE)
        elif not self._pause.isActive():
            # all patients are compared: not with every write of every other desk
            self._pause.start(FOLLOWING)

    @property
    def current(self) -> TwinPair | None:
        row = self.table.currentIndex().row()
        return self.model.pairs[row] if 0 <= row < len(self.model.pairs) else None

    def _follow(self) -> None:
        why = why_not(self.context.actor, Permission.MERGE_PATIENTS)
        chosen = self.current is not None
        self.open_button.setEnabled(chosen)
        for button in (self.merge_button, self.apart_button):
            button.setEnabled(chosen)
            if why:
                shut([button], why)

    def _why_not(self) -> bool:
        """Says why this desk may not, when it may not."""
        why = why_not(self.context.actor, Permission.MERGE_PATIENTS)
        if why:
            self.message.show_message(Message(why, Tone.INFO))
        return bool(why)

    def compare(self) -> None:
        pair = self.current
        if pair is None or self._why_not():
            return
        if self._merging is None:
            self._merging = MergeDialog(self.context, self.source, self)
            self._merging.merged.connect(lambda _kept: self.table.setFocus())
            self._merging.told_apart.connect(self.table.setFocus)
            self._merging.toast_requested.connect(self.toast_requested)
        # who has more visits stays, unless the person swaps them
        one, other = pair.one, pair.other
        if other.visits > one.visits:
            one, other = other, one
        self._merging.start_pair(one.id, other.id)

    def tell_apart(self) -> None:
        pair = self.current
        if pair is None or self._busy or self._why_not():
            return
        self._busy = True

        def done(outcome: Outcome) -> None:
            self._busy = False
            self.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))
            self.table.setFocus()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            self.message.show_error(error)

        self.context.operations.run(
            TellApart(one_id=pair.one.id, other_id=pair.other.id, initiator=INITIATOR),
            done=done,
            refused=refused,
        )

    def _key(self, text: str) -> None:
        if text in ("Return", "Enter"):
            self.compare()
        elif text == "N":
            self.tell_apart()
        else:
            self._open(text)

    def _open(self, text: str) -> None:
        pair = self.current
        if pair is not None:
            side = pair.one if text == "O" else pair.other
            self.page_requested.emit("patient", side.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
            self.table.setFocus()
        else:
            super().keyPressEvent(event)


def _told(side: TwinSide) -> str:
    """Two lines: who, and what tells one from another."""
    facts = (
        CURTAIN.hidden(birth_text(side.birth_date)) or "no birth date",
        CURTAIN.hidden(phone_text(side.phone)),
        words.plural(side.visits, "visit"),
    )
    below = " · ".join(part for part in facts if part)
    return f"{CURTAIN.listed(side.listed_name)} · No. {side.record_number}\n{below}"
