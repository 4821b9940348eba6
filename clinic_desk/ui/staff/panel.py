"""Settings, Staff: the accounts of the clinic; and settings, Sessions: who is logged in where."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.commands import Command
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.services.staff_commands import (
    ActivateStaff,
    DeactivateStaff,
    RevokeAllSessions,
    RevokeSession,
)
from clinic_desk.services.staff_ports import SessionCard, StaffCard
from clinic_desk.services.wording import doctor_text
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.staff.rows import (
    SESSIONS,
    STAFF,
    Rows,
    Table,
    session_row,
    staff_row,
)
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import Panel

AGAIN = 5000
"""Milliseconds between two readings while the panel is on display: sessions are no news that
another desk's commit brings."""

_DELETE = Qt.WidgetAttribute.WA_DeleteOnClose
COUNTS = "Each button counts at once, at every desk."
NO_ACCOUNTS = (
    "There are no accounts yet. Make the first manager’s in “Set up the clinic”, step “Your "
    "account”; then the others are made here."
)


class Accounts(Panel):
    """What both panels share: a table, buttons about its row, a message, why not."""

    counts = COUNTS

    def __init__(self, context: Context, lead: str) -> None:
        super().__init__()
        self.context, self.theme = context, context.theme
        self.message = InlineMessage(self.theme, self)
        self.lead = InkLabel(self.theme, lead, ink="text2", wrap=True)
        self.why_not = why_not(context.actor, Permission.EDIT_STAFF)
        self.table: Table
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self._again = QTimer(self, interval=AGAIN)
        self._again.timeout.connect(self.read)
        self.zone = "UTC"
        self._telling = False
        context.operations.changed.connect(self._on_changes)

    def lay_out(self, table: Table) -> None:
        self.table = table
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 4, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.lead)
        column.addWidget(self.message)
        column.addWidget(table, 1)
        column.addLayout(self.buttons)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._follow_row())
        table.rows.modelReset.connect(self._follow_row)
        self.setFocusProxy(table)
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)

    def button(self, words: str, kind: str = "") -> QPushButton:
        made = push(words, self, kind)
        self.buttons.addWidget(made)
        return made

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self.read()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._again.stop()

    def read(self) -> None:
        """What stands in the store now."""
        raise NotImplementedError

    def follow(self) -> None:
        """Which buttons count for the row on display."""

    def _follow_row(self) -> None:
        """Not between the old rows and the new ones, where none is chosen: the buttons would rest
        for a moment, and whichever has the keyboard would lose it."""
        if not self._telling:
            self.follow()

    def close_buttons(self, reasons: Mapping[QWidget, str]) -> None:
        """Each button with a reason rests and says it; the others work."""
        for button, why in reasons.items():
            if self.why_not or why:
                shut([button], self.why_not or why)
            else:
                button.setEnabled(True)
                button.setToolTip("")
                button.setAccessibleDescription("")

    def run(self, command: Command) -> None:
        self.message.clear()

        def done(outcome: Outcome) -> None:
            self.toast_requested.emit(outcome.sentence or "Nothing was to be changed", False)
            self.read()

        self.context.operations.run(command, done=done, refused=self.refused)

    def refused(self, error: ClinicDeskError) -> None:
        self.message.say_error(error)
        self.read()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & {"staff", "external", "doctor"}:
            self.read()


class StaffPanel(Accounts):
    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "Everybody logs in with an account of their own. A new one begins with a one-time "
            "password or PIN that you tell its person.",
        )
        self.cards: dict[Id, StaffCard] = {}
        self.doctors: list[tuple[Id | None, str]] = []
        table = Table(self.theme, Rows(self.theme, STAFF), "Accounts", (200, 140, 160, 130, 190))
        self.add = self.button("&Add…", "primary")
        self.edit = self.button("&Edit…")
        self.reset = self.button("New &password or PIN…")
        self.active = self.button("&Deactivate")
        self.buttons.addStretch(1)
        self.sessions = self.button("&Sessions…")
        self.lay_out(table)
        self.add.clicked.connect(self.start)
        self.edit.clicked.connect(self.change)
        table.doubleClicked.connect(lambda _index: self.change())
        table.activated.connect(lambda _index: self.change())
        self.reset.clicked.connect(self.renew)
        self.active.clicked.connect(self.turn)
        self.sessions.clicked.connect(
            lambda: self.page_requested.emit("settings:sessions", self.table.chosen or None)
        )
        self.follow()

    def sought(self) -> Mapping[str, QWidget]:
        return {"add": self.add, "reset": self.reset, "active": self.active}

    @property
    def card(self) -> StaffCard | None:
        return self.cards.get(self.table.chosen)

    def read(self) -> None:
        if self.why_not:
            return

        def question(queries: Queries) -> tuple[tuple[StaffCard, ...], list[tuple[Id, str]], str]:
            roster = queries.roster()
            doctors = [(row.id, doctor_text(row)) for row in roster.doctors.values() if row.active]
            return queries.staff(), doctors, roster.practice.zone

        def take(found: tuple[tuple[StaffCard, ...], list[tuple[Id, str]], str]) -> None:
            cards, doctors, self.zone = found
            self.doctors = list(doctors)
            self._show(cards)

        self.context.operations.ask(
            question, done=take, failed=self.message.say_error, key=f"staff:{id(self)}"
        )

    def _show(self, cards: tuple[StaffCard, ...]) -> None:
        chosen = self.table.chosen
        self.cards = {card.staff.id: card for card in cards}
        now = self.context.clock.now()
        gone = frozenset(card.staff.id for card in cards if not card.staff.active)
        self._telling = True
        self.table.rows.show(
            list(self.cards), [staff_row(card, now, self.zone) for card in cards], gone
        )
        self.table.choose(chosen)
        self._telling = False
        if not cards:
            self.message.say(Tone.INFO, NO_ACCOUNTS)
        elif self.message.sentence == NO_ACCOUNTS:
            self.message.clear()
        self.follow()

    def follow(self) -> None:
        card = self.card
        none = "" if card is not None else "Choose an account first."
        own = card is not None and card.staff.id == self.context.actor.staff_id
        resetting = "Change your own in the menu: “Change my password or PIN”." if own else ""
        leaving = "Ask another manager to deactivate your own account." if own else ""
        off = card is not None and not card.staff.active
        self.active.setText("&Activate" if off else "&Deactivate")
        first = "" if self.cards else NO_ACCOUNTS
        self.close_buttons(
            {
                self.add: first,
                self.edit: none,
                self.reset: none or resetting,
                self.active: none or leaving,
                self.sessions: "",
            }
        )

    def start(self) -> None:
        from clinic_desk.ui.staff.account_dialog import AccountDialog

        self._open(AccountDialog(self.context, self._asking(), self.doctors, self._taken(), self))

    def change(self) -> None:
        from clinic_desk.ui.staff.account_dialog import AccountDialog

        card = self.card
        if card is not None and not self.why_not:
            self._open(
                AccountDialog(
                    self.context, self._asking(), self.doctors, self._taken(), self, card.staff
                )
            )

    def renew(self) -> None:
        from clinic_desk.ui.staff.account_dialog import ResetDialog

        card = self.card
        if card is not None:
            kind = card.kind or SecretKind.PIN
            self._open(ResetDialog(self.context, self._asking(), card.staff, kind, self))

    def turn(self) -> None:
        card = self.card
        if card is None:
            return
        row = card.staff
        make = DeactivateStaff if row.active else ActivateStaff
        self.run(make(staff_id=row.id, expected_revision=row.revision))

    def _open(self, dialog: QWidget) -> None:
        from clinic_desk.ui.staff.account_dialog import AccountDialog, ResetDialog

        assert isinstance(dialog, AccountDialog | ResetDialog)
        self.message.clear()
        dialog.setAttribute(_DELETE)
        dialog.saved.connect(self._saved)
        dialog.open()

    def _saved(self, _staff_id: str, sentence: str) -> None:
        if sentence:
            self.toast_requested.emit(sentence, False)
        self.read()

    def _asking(self) -> Asking:
        accounts = self.context.accounts
        assert accounts is not None
        return Asking(self.context.operations, accounts)

    def _taken(self) -> frozenset[str]:
        return frozenset(card.staff.log_in for card in self.cards.values())


class SessionsPanel(Accounts):
    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "Who is logged in where. A session that you end locks its screen within seconds; what "
            "was typed there is kept for its person.",
        )
        self.cards: dict[Id, SessionCard] = {}
        self._wanted: Id = ""
        table = Table(self.theme, Rows(self.theme, SESSIONS), "Sessions", (220, 150, 200, 190))
        self.end = self.button("&End this session")
        self.end_all = self.button("End &all of this person")
        self.buttons.addStretch(1)
        self.lay_out(table)
        self.end.clicked.connect(self._end)
        self.end_all.clicked.connect(self._end_all)
        self.follow()

    def sought(self) -> Mapping[str, QWidget]:
        return {"end": self.end, "end_all": self.end_all}

    def open(self, what: object = None) -> None:
        """``what``: the id of the person whose sessions are looked for."""
        self._wanted = what if isinstance(what, str) else ""
        super().open()

    @property
    def card(self) -> SessionCard | None:
        return self.cards.get(self.table.chosen)

    def read(self) -> None:
        if self.why_not:
            return

        def take(found: tuple[tuple[SessionCard, ...], str]) -> None:
            cards, self.zone = found
            self._show(cards)

        self.context.operations.ask(
            lambda queries: (queries.staff_sessions(), queries.roster().practice.zone),
            done=take,
            failed=self.message.say_error,
            key=f"sessions:{id(self)}",
        )

    def _show(self, cards: tuple[SessionCard, ...]) -> None:
        chosen = self.table.chosen
        self.cards = {card.session.id: card for card in cards}
        own, now = self.context.actor.session_id, self.context.clock.now()
        self._telling = True
        self.table.rows.show(
            list(self.cards), [session_row(card, own, now, self.zone) for card in cards]
        )
        if self._wanted:
            theirs = [one.session.id for one in cards if one.session.staff_id == self._wanted]
            chosen, self._wanted = (theirs or [chosen])[0], ""
        self.table.choose(chosen)
        self._telling = False
        self.follow()

    def follow(self) -> None:
        card = self.card
        none = "" if card is not None else "Choose a session first."
        actor = self.context.actor
        own = card is not None and card.session.id == actor.session_id
        mine = card is not None and card.session.staff_id == actor.staff_id
        self.end_all.setText(f"End &all of {card.name}" if card is not None else "End &all")
        if mine:
            self.end_all.setText("End my &other sessions")
        self.close_buttons(
            {
                self.end: none or ("This is yours, here: use “Log out”." if own else ""),
                self.end_all: none,
            }
        )

    def _end(self) -> None:
        card = self.card
        if card is not None:
            self.run(RevokeSession(session_id=card.session.id))

    def _end_all(self) -> None:
        card = self.card
        if card is not None:
            self.run(RevokeAllSessions(staff_id=card.session.staff_id))
