"""What each role may do: the matrix, saved as one step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.permissions import DEFAULTS, Permission
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY, permissions_in
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.roles import stored_form, told_changes
from clinic_desk.ui.runtime.allowed import say_why, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.settings.roles_table import WIDEST, Chosen, RolesTable
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import SAVED, Panel

INTRO = (
    "Who has which role is said in Staff. Doctors change their own schedule; that of another "
    "doctor takes the permission of that name. Managers always keep the settings, the accounts "
    "and this page: nobody could give them back."
)
SAVE, DISCARD, STAY = (
    WayOut("Save", "save"),
    WayOut("Drop the changes", "discard"),
    WayOut("Stay", "stay"),
)
INITIATOR = "settings.roles"


class RolesPanel(Panel):
    """Nothing counts before it is saved; then it counts at every desk with the next command."""

    counts = SAVED

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._stored: Chosen = dict(DEFAULTS)
        self._read = False
        self._busy = False
        self._leaving = False
        self.why_not = why_not(context.actor, Permission.EDIT_PERMISSIONS)
        self.message = InlineMessage(context.theme, self)
        self.message.chosen.connect(self._on_way_out)
        self.intro = InkLabel(context.theme, INTRO, ink="text2", wrap=True)
        self.table = RolesTable(context.theme)
        self.table.rows.editable = not self.why_not
        self.table.rows.toggled.connect(self._tell)
        self.table.refused.connect(self._say_why)
        self.setFocusProxy(self.table)
        self.heard = InkLabel(context.theme, "", ink="text2", wrap=True)
        self.reset_button = push("Reset to defaults", self)
        self.drop_button = push("Drop the changes", self)
        self.save_button = push("Save", self, "primary")
        self.reset_button.clicked.connect(self.reset)
        self.drop_button.clicked.connect(self.drop)
        self.save_button.clicked.connect(self.save)
        below = QWidget(self)
        foot = QHBoxLayout(below)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.heard, 1)
        for button in (self.reset_button, self.drop_button, self.save_button):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(10)
        column.addWidget(self.message)
        column.addWidget(self.intro)
        column.addWidget(self.table, 1)
        column.addWidget(below)
        self._below = below
        context.theme.changed.connect(self._dress)
        self._dress()
        keys = QShortcut(QKeySequence("Ctrl+S"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.save)
        context.operations.changed.connect(self._on_changes)
        self._tell()

    def _dress(self) -> None:
        """The buttons end where the table does."""
        self._below.setMaximumWidth(self._context.theme.px(WIDEST))

    @property
    def dirty(self) -> bool:
        return self._read and self.table.rows.chosen != dict(self._stored)

    def open(self, what: object = None) -> None:  # noqa: ARG002
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)
        self.read()

    def focus_on(self, name: str) -> bool:  # noqa: ARG002
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def follow_rights(self) -> bool:
        return self.why_not == why_not(self._context.actor, Permission.EDIT_PERMISSIONS)

    def leave(self) -> bool:
        """Asks what becomes of what was changed and not saved."""
        if not self.dirty:
            return True
        self.note_cursor(self.message)
        self.message.say(Tone.WARN, "Roles: the changes are not saved yet.", (SAVE, DISCARD, STAY))
        buttons = self.message.buttons()
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    # reading and writing

    def read(self) -> None:
        """What holds now; what was ticked and not saved stays."""
        self._context.operations.ask(
            lambda queries: permissions_in(queries.setting(PERMISSIONS_KEY, "clinic")),
            done=self._take,
            failed=self.message.say_error,
            key=f"roles:{id(self)}",
        )

    def _take(self, found: Chosen) -> None:
        if self._busy:
            return
        if self.dirty and dict(found) != dict(self._stored):
            self.message.say(
                Tone.WARN,
                "The roles were changed at another desk meanwhile. What you ticked is still here; "
                "drop it to see theirs, or save it in its place.",
            )
            self._stored = found
        elif not self.dirty:
            self._stored, self._read = found, True
            self.table.rows.take(found)
        self._tell()

    def save(self) -> None:
        if self.why_not or self._busy or not self.dirty:
            return
        self._busy = True
        wanted = dict(self.table.rows.chosen)
        self._tell()

        def saved(outcome: Outcome) -> None:
            self._busy, self._stored = False, wanted
            self.message.clear()
            self._tell()
            self.toast_requested.emit(outcome.sentence or outcome.undo_label, True)
            if self._leaving:
                self._leaving = False
                self.leave_allowed.emit()

        def refused(error: ClinicDeskError) -> None:
            self._busy = self._leaving = False
            self.message.say_error(error)
            self._tell()

        self._context.operations.run(
            SaveSetting(
                key=PERMISSIONS_KEY,
                value=stored_form(wanted),
                scope="clinic",
                label="What roles may do",
                initiator=INITIATOR,
            ),
            done=saved,
            refused=refused,
        )

    def reset(self) -> None:
        """To the defaults; counts when it is saved, as every change."""
        self.table.rows.take(DEFAULTS)
        self._tell()

    def drop(self) -> None:
        self.table.rows.take(self._stored)
        self.message.clear()
        self._tell()

    def _on_way_out(self, way: WayOut) -> None:
        self.message.clear()
        self.back_to_cursor()
        self._leaving = way == SAVE
        if way == SAVE:
            self.save()
        elif way == DISCARD:
            self.drop()
            self.leave_allowed.emit()

    def _on_changes(self, changes: Changes) -> None:
        if self._read and changes.kinds & {"setting", "external"}:
            self.read()

    # telling

    def _tell(self) -> None:
        told = told_changes(self._stored, self.table.rows.chosen) if self._read else ()
        words = "" if not told else " ".join(told[:3])
        more = f" And {len(told) - 3} more." if len(told) > 3 else ""
        self.heard.setText(f"Not saved yet: {words}{more}" if told else "")
        usual = self.table.rows.chosen == DEFAULTS
        say_why(self.save_button, self.why_not, "Ctrl+S")
        say_why(self.reset_button, self.why_not)
        say_why(self.drop_button, self.why_not)
        if not self.why_not:
            self.save_button.setEnabled(bool(told) and not self._busy)
            self.drop_button.setEnabled(bool(told) and not self._busy)
            self.reset_button.setEnabled(not usual and not self._busy)

    def _say_why(self, why: str) -> None:
        sentence = why or self.why_not
        self.message.say(Tone.INFO, sentence)
        announce(self.table, sentence)
