"""Saving what is edited on a ``Board``, and what stands in its way: refusals, unsaved changes,
another desk's change of the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError, Refusal, Stale, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.roster.board import Board, Editor, with_row
from clinic_desk.ui.roster.results import done_words, facts
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.leaving import DISCARD, SAVE, STAY
from clinic_desk.ui.widgets.forms.list_side import ListSide

THEIRS, OVER = WayOut("Show theirs", "theirs"), WayOut("Save mine over it", "over")
MINE = WayOut("Show mine again", "mine")


class RecordPanel(Board):
    """Write a subclass with the hooks of ``Board`` and its editors."""

    def __init__(self, context: Context, side: ListSide | None, empty: tuple[str, ...]) -> None:
        self._next: Callable[[], None] | None = None
        self.named = "This"
        """What a row without a heading is called."""
        self._mine: dict[str, Any] = {}
        self._again: Callable[[], None] | bool = False
        super().__init__(context, side, empty)
        self.message.chosen.connect(self._on_way_out)
        self.message.dismissed.connect(self._stay)
        self.bar.save_requested.connect(lambda: self.save())
        self.bar.discard_requested.connect(self.discard)
        if side is not None:
            side.list.order_changed.connect(self._reorder)
            side.list.remove_requested.connect(self._remove)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(lambda: self.save())

    def leave(self) -> bool:
        if not self.dirty:
            return True
        self._ask(self.leave_allowed.emit)
        return False

    # inside: unsaved changes

    def then(self, action: Callable[[], None]) -> None:
        """What leads away from the row: at once, or after the question about its changes."""
        if self.dirty and self.may:
            if self.side is not None and self.record is not None:
                self.side.list.mark(self.record.id)
            self._ask(action)
        else:
            action()

    def _ask(self, action: Callable[[], None]) -> None:
        self._next = action
        self.note_cursor(self.message)
        what = self.heading.text() or self.named
        self.message.say(
            Tone.WARN, f"{what}: the changes are not saved yet.", (SAVE, DISCARD, STAY)
        )
        buttons = self.message.buttons()
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_way_out(self, way: WayOut) -> None:
        action, self._next = self._next, None
        self._resume()
        if way.action == "save":
            self.save(action)
        elif way.action == "discard":
            self.discard()
            if action is not None:
                action()
        elif way.action == "theirs":
            self._mine = {name: self.form.rows[name].field.value() for name in self._changed()}
            self._newest(self._show_theirs)
        elif way.action == "mine":
            self._put_mine()
        elif way.action == "over":
            self._mine = {name: self.form.rows[name].field.value() for name in self._changed()}
            self._newest(self._save_over)
        elif way.action == "retry":
            self.save()

    def _stay(self) -> None:
        self._next = None
        self._resume()

    def _resume(self) -> None:
        """The keyboard has left the message: back to where it worked."""
        if self.record is not None and not self.back_to_cursor():
            self.form.focus()

    def discard(self) -> None:
        if self.record is None:
            return
        if self.fresh:
            self.record, self.fresh = None, False
        elif self.source.roster is not None:
            self.record = self.stored(self.source.roster, self.record.id)
        self._show()

    # inside: saving

    def save(self, then: Callable[[], None] | None = None) -> None:
        roster, record, editor = self.source.roster, self.record, self.editor
        if roster is None or record is None or editor is None or not self.may:
            return
        if self.saving:
            self._again = then or True
            return
        if not self.dirty:
            if then is not None:
                then()
            return
        self.message.clear()
        editor.form.clear_faults()
        values = editor.form.read()
        if values is None:
            return
        before = None if self.fresh else record
        # what the form does not hold (the order, say) is taken as it is now
        newest = None if before is None else self.stored(roster, record.id)
        if before is not None and newest is None:
            self.message.say(
                Tone.WARN, "This was removed at another desk meanwhile.", (DISCARD, STAY)
            )
            return
        ground = self.roster() or roster
        try:
            after = editor.changed(ground, newest or record, values)
            if before is not None:
                after = replace(after, revision=before.revision)
            command = editor.command(ground, before, after)
        except Refusal as refusal:
            self._refused(refusal)
            return
        raws = editor.form.raws()
        told = self.result(editor, before, after)
        self.saving = True
        self._follow()
        self.context.operations.run(
            command,
            done=lambda outcome: self._saved(outcome, editor, after, raws, told, then),
            refused=self._refused,
        )

    def result(self, editor: Editor, before: Record | None, after: Record) -> str:  # noqa: ARG002
        """What the toast says after "… saved"; empty for a new row, whose name is enough."""
        return facts(editor.form, editor.form.changed_names()) if before is not None else ""

    def _saved(
        self,
        outcome: Outcome,
        editor: Editor,
        after: Record,
        raws: Mapping[str, Any],
        told: str,
        then: Callable[[], None] | None,
    ) -> None:
        self.saving = False
        if self.record is not None and self.record.id == after.id:
            self.fresh = False
            self.record = replace(after, revision=max(1, after.revision))
            editor.form.settle(raws)
        if self.source.roster is not None:
            # what is pressed before the roster is read back knows of it
            kept = replace(after, revision=max(1, after.revision))
            self.source.roster = with_row(self.source.roster, kept)
        self._follow()
        self.source.refresh()
        words = done_words(outcome.sentence) if outcome.sentence else "Everything is as it was"
        told = told if words.endswith("saved") else ""
        self.toast_requested.emit(f"{words}: {told}" if told else words, bool(outcome.undo_label))
        if outcome.warnings:
            self.message.say(Tone.WARN, " ".join(outcome.warnings))
        again, self._again = self._again, False
        if then is not None:
            then()
        elif again:
            self.save(None if again is True else again)

    def _refused(self, error: ClinicDeskError) -> None:
        """At the field it is about, else above the form; nothing typed is lost."""
        self.saving = self._again = False
        self._follow()
        if isinstance(error, Stale):
            self.message.say(Tone.WARN, _ended(error.sentence), (THEIRS, OVER, STAY))
            self.source.refresh()
        elif not (isinstance(error, Refusal) and self.show_fault(error)):
            self.message.say_error(error)

    def show_fault(self, refusal: Refusal) -> bool:
        """Panels whose form names its fields otherwise say where a refusal belongs."""
        return self.form.show_fault(refusal.field, refusal.sentence)

    # inside: another desk's change

    def _changed(self) -> list[str]:
        return self.form.changed_names()

    def _newest(self, action: Callable[[Roster], None]) -> None:
        self.context.operations.ask(lambda queries: queries.roster(), done=action)

    def _take_theirs(self, roster: Roster) -> bool:
        self.source.roster = roster
        if self.record is None:
            return False
        self.record = self.stored(roster, self.record.id)
        self._show()
        return self.record is not None

    def _show_theirs(self, roster: Roster) -> None:
        if self._take_theirs(roster):
            self.message.say(
                Tone.INFO, "This is what the other desk has saved. Yours is kept aside.", (MINE,)
            )

    def _put_mine(self) -> None:
        for name, value in self._mine.items():
            self.form.rows[name].field.put(value)
        self.form.compare()
        self._follow()

    def _save_over(self, roster: Roster) -> None:
        if self._take_theirs(roster):
            self._put_mine()
            self.save()

    # inside: order and removal

    def _reorder(self, group: str, ids: list[Id]) -> None:
        roster = self.source.roster if self.may else None
        if not self.may:
            self._fill_list()  # as it was
        command = self.reordered(roster, group, ids) if roster is not None else None
        if command is not None:
            self.context.operations.run(command, done=self._told, refused=self._not_done)

    def _remove(self, row_id: Id) -> None:
        roster = self.source.roster
        if self.record is not None and self.fresh and row_id == self.record.id:
            self.discard()
            return
        record = self.stored(roster, row_id) if roster is not None else None
        if roster is None or record is None or not self.may:
            return
        try:
            command = self.removal(roster, record)
        except Refusal as refusal:
            self.message.say_error(refusal)
            return
        if command is not None:
            self.context.operations.run(
                command, done=lambda outcome: self._removed(outcome, row_id), refused=self._not_done
            )

    def _removed(self, outcome: Outcome, row_id: Id) -> None:
        if self.record is not None and self.record.id == row_id:
            self.record, self.fresh, self._gone = None, False, row_id
            if self.source.roster is not None and self.stored(self.source.roster, row_id) is None:
                self._show()
        self._told(outcome)

    def _told(self, outcome: Outcome) -> None:
        words = done_words(outcome.sentence) if outcome.sentence else "Saved"
        self.toast_requested.emit(words, bool(outcome.undo_label))
        if outcome.warnings:
            self.message.say(Tone.WARN, " ".join(outcome.warnings))

    def _not_done(self, error: ClinicDeskError) -> None:
        self.message.say_error(error)
        self._fill_list()


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."
