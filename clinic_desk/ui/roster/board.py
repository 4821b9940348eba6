"""What the panels of the clinic share: rows at the left, one row's form at the right, a save bar.

A change is saved by Ctrl+S or its button. What is typed is lost by nothing but *Discard*: not by
a refusal, not by another desk's change, not by a look elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.allowed import why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import Rule
from clinic_desk.ui.widgets.forms.form import Form, FormArea, SaveBar
from clinic_desk.ui.widgets.forms.list_side import ListSide
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.forms.ordered import Row
from clinic_desk.ui.widgets.page import SAVED, Panel


class Editor(Protocol):
    """How one kind of row is shown and saved. ``form`` is filled by ``values``, whose keys are the
    fields that refusals name."""

    form: Form

    def prepare(self, roster: Roster, record: Any) -> None:
        """Offer the choices that hold for this row, before it is filled in."""

    def values(self, roster: Roster, record: Any) -> Mapping[str, Any]: ...

    def base(self, roster: Roster, record: Any) -> Mapping[str, Any] | None:
        """What the row's values are compared with, None for nothing."""

    def changed(self, roster: Roster, record: Any, values: Mapping[str, Any]) -> Record: ...

    def command(self, roster: Roster, before: Any, after: Any) -> Command:
        """``before`` is None for a new row."""

    def title(self, roster: Roster, record: Any) -> tuple[str, str]:
        """(heading, what stands beside it in small)."""


class Board(Panel):
    """``side`` None: there is one row only, and no list. Saving is ``panel``'s."""

    counts = SAVED

    def __init__(self, context: Context, side: ListSide | None, empty: tuple[str, ...]) -> None:
        super().__init__()
        self.context, self.theme, self.side = context, context.theme, side
        self.source = RosterSource(context.operations, self)
        self.record: Record | None = None
        self.fresh = False
        self.saving = False
        self._wanted: Id = ""
        self._sought = ""
        self._gone: Id = ""
        self._listed: list[Row] = []
        self._editors: list[Editor] = []
        self.may = context.actor.may(Permission.EDIT_ROSTER)
        self.message = InlineMessage(self.theme, self)
        self.heading = ElidedLabel()
        self.heading.setProperty("role", "title")
        self.beside = ElidedLabel()
        self.beside.setProperty("role", "muted")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(20, 10, 20, 4)
        head.setSpacing(12)
        self.titles = QVBoxLayout()
        self.titles.setSpacing(2)
        self.titles.addWidget(self.heading)
        self.titles.addWidget(self.beside)
        head.addLayout(self.titles, 1)
        head.addLayout(self.tools)
        self.head = QWidget()
        self.head.setLayout(head)
        self.stack = QStackedWidget()
        self.nothing = EmptyState(self.theme)
        self.nothing.explain("users", *empty)
        self.nothing.action_requested.connect(self.start_first)
        self.stack.addWidget(self.nothing)
        self.bar = SaveBar(self.theme)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.message)
        right.addWidget(self.head)
        right.addWidget(self.stack, 1)
        right.addWidget(self.bar)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        if side is not None:
            across.addWidget(side)
            rule = Rule(self.theme, self)
            rule.setFixedWidth(1)
            rule.setMaximumHeight(16777215)
            rule.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            rule.setMinimumHeight(0)
            across.addWidget(rule)
            side.list.chosen.connect(self.choose)
            self.setFocusProxy(side.list)
        across.addLayout(right, 1)
        for one in (self.head, self.bar, self.nothing):
            one.hide()
        self.source.changed.connect(self._on_roster)
        self.why_not = why_not(context.actor, Permission.EDIT_ROSTER)
        if self.why_not:
            for button in (self.bar.save, self.bar.discard):
                button.setToolTip(self.why_not)
            if side is not None:
                side.shut(self.why_not)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        if self.side is not None:
            self.side.fit(self.width())
        super().resizeEvent(event)

    # for the panels

    def add_editor(self, editor: Editor) -> None:
        editor.form.close_rows()
        editor.form.edited.connect(self._follow)
        editor.form.setEnabled(self.may)
        editor.form.setToolTip(self.why_not)
        self._editors.append(editor)
        self.stack.addWidget(FormArea(editor.form))

    def rows(self, roster: Roster) -> list[Row]:
        """What the list shows; ``roster`` holds the new row that is being made, too."""
        raise NotImplementedError

    def stored(self, roster: Roster, row_id: Id) -> Record | None:
        raise NotImplementedError

    def editor_of(self, record: Record) -> Editor:  # noqa: ARG002
        return self._editors[0]

    def first(self, roster: Roster) -> Id:
        """The row that is shown when none was asked for."""
        return next((row.id for row in self.rows(roster) if row.id), "")

    def row_for(self, roster: Roster, what: Id) -> Id:  # noqa: ARG002
        """The row that is meant by what the panel was opened with."""
        return what

    def start_first(self) -> None:
        """The button of the empty state."""

    def reordered(
        self,
        roster: Roster,  # noqa: ARG002
        group: str,  # noqa: ARG002
        ids: list[Id],  # noqa: ARG002
    ) -> Command | None:
        """What saves a new order."""
        return None

    def removal(self, roster: Roster, record: Record) -> Command | None:  # noqa: ARG002
        """What removes a row; None when rows of its kind are not removed."""
        return None

    def shown(self) -> None:
        """The row on display has changed."""

    # what is on display

    @property
    def editor(self) -> Editor | None:
        return self.editor_of(self.record) if self.record is not None else None

    @property
    def form(self) -> Form:
        """That of the row on display. Raises ``RuntimeError`` when there is none."""
        editor = self.editor
        if editor is None:
            raise RuntimeError("no row is on display")
        return editor.form

    @property
    def dirty(self) -> bool:
        return self.record is not None and (self.fresh or self.form.dirty)

    def roster(self) -> Roster | None:
        """The newest, with the row that is being made."""
        roster = self.source.roster
        if roster is None or not self.fresh or self.record is None:
            return roster
        return with_row(roster, self.record)

    def open(self, what: object = None) -> None:
        """``what`` is the id of a row."""
        if isinstance(what, str) and what:
            if self.source.roster is None:
                self._wanted = what
            else:
                self.choose(self.row_for(self.source.roster, what))
        elif self.record is None:
            self._show()

    def focus_on(self, name: str) -> bool:
        """A field of the row on display, else of the first row that has such a field."""
        roster = self.source.roster
        if roster is None or self.record is None:
            self._sought = name  # as soon as there is a row
            return True
        if name not in self.form.rows:
            others = (self.stored(roster, row.id) for row in self.rows(roster) if row.id)
            fits = (one for one in others if one and name in self.editor_of(one).form.rows)
            found = next(fits, None)
            if found is None:
                return False
            self.choose(found.id)
        if name not in self.form.rows or not self.may:
            return False
        self.form.seek(name)
        return True

    def choose(self, row_id: Id) -> None:
        """Another row; asks first when this one has unsaved changes."""
        if not row_id:
            return
        if self.record is not None and row_id == self.record.id:
            return
        self.then(lambda: self._load(row_id))

    def begin(self, record: Record) -> None:
        """Make a new row."""
        self.then(lambda: self._begin(record))

    def then(self, action: Callable[[], None]) -> None:
        """What leads away from the row: at once, or after the question about its changes."""
        raise NotImplementedError

    # inside: showing

    def _begin(self, record: Record) -> None:
        self.record, self.fresh = record, True
        self._fill()
        self.form.focus()

    def _load(self, row_id: Id) -> None:
        roster = self.source.roster
        self.record = self.stored(roster, row_id) if roster is not None else None
        self.fresh = False
        self._show()

    def _show(self) -> None:
        roster = self.source.roster
        if roster is not None and self.record is None:
            row_id = self.row_for(roster, self._wanted) or self._beside_gone(roster)
            row_id = row_id or self.first(roster)
            self._wanted = self._gone = ""
            self.record = self.stored(roster, row_id) or self.stored(roster, self.first(roster))
        self._fill()

    def _beside_gone(self, roster: Roster) -> Id:
        """Where a row was removed: the next of its kind, else the one before, else what it was
        part of; empty when nothing was."""
        place = next((n for n, row in enumerate(self._listed) if row.id == self._gone), None)
        if not self._gone or place is None:
            return ""
        gone, after = self._listed[place], self._listed[place + 1 :]
        before = self._listed[:place][::-1]
        near = [row for row in (*after, *before) if row.group == gone.group]
        near += [row for row in before if row.level < gone.level]
        return next((row.id for row in near if row.id and self.stored(roster, row.id)), "")

    def _fill(self) -> None:
        roster, record = self.roster(), self.record
        self.message.clear()
        self._fill_list()
        self.head.setVisible(record is not None)
        self.bar.setVisible(record is not None)
        if roster is None or record is None:
            self.stack.setCurrentWidget(self.nothing)
            self.nothing.setVisible(roster is not None)
        else:
            editor = self.editor_of(record)
            editor.prepare(roster, record)
            editor.form.fill(editor.values(roster, record), editor.base(roster, record))
            self.stack.setCurrentIndex(1 + self._editors.index(editor))
            if not self.may:
                self.message.say(Tone.INFO, self.why_not)
        self._follow()
        self.shown()
        if self._sought and record is not None:
            sought, self._sought = self._sought, ""
            self.focus_on(sought)

    def _fill_list(self) -> None:
        roster = self.roster()
        if self.side is not None and roster is not None:
            current = self.record.id if self.record is not None else ""
            self._listed = self.rows(roster)
            self.side.list.show_rows(self._listed, current)
            self.side.follow()

    def _follow(self) -> None:
        roster, record, editor = self.roster(), self.record, self.editor
        self.bar.show_state(
            dirty=self.may and self.dirty and not self.fresh,
            saving=self.saving,
            fresh=self.may and self.fresh,
        )
        if roster is not None and record is not None and editor is not None:
            heading, beside = editor.title(roster, record)
            self.heading.setText(heading)
            self.heading.setVisible(bool(heading))
            self.beside.setText(beside)
            self.beside.setVisible(bool(beside))

    def _on_roster(self) -> None:
        """A newer roster: what is being edited stays as it is, all else follows."""
        roster = self.source.roster
        if roster is None:
            return
        if self.record is None or self._wanted:
            self._show()
            return
        stored = self.stored(roster, self.record.id)
        if self.fresh or self.dirty or self.saving:
            self._fill_list()
            if not self.fresh and stored is not None:
                self.editor_of(self.record).prepare(roster, self.record)
            return
        if stored == self.record and stored is not None:
            self._fill_list()
            self.editor_of(stored).prepare(roster, stored)
            self._follow()
            self.shown()
            return
        told = self.message.sentence, self.message.tone
        if stored is None:
            self._gone = self.record.id
        self.record = stored
        self._show()
        if told[0] and told[1] is Tone.WARN:
            self.message.say(Tone.WARN, told[0])  # what a save has warned of


FAMILIES = {
    "Location": "locations",
    "Room": "rooms",
    "Doctor": "doctors",
    "AppointmentType": "types",
}


def with_row(roster: Roster, record: Record) -> Roster:
    """As if the row were saved."""
    family = FAMILIES.get(type(record).__name__)
    if family is None:
        return roster
    rows: dict[str, Any] = {family: {**getattr(roster, family), record.id: record}}
    return replace(roster, **rows)
