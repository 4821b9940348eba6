"""Whether the clinic's data is encrypted, its recovery key, and the backups of before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.encryption import (
    UNNOTED_NOTICE,
    Elsewhere,
    Encryption,
    EncryptionState,
    RecoveryKey,
    SealedBackups,
)
from clinic_desk.services.outcome import Changes
from clinic_desk.services.ports import Progress
from clinic_desk.services.secrets import KeyringState
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.settings.encryption_layout import lay_out
from clinic_desk.ui.settings.encryption_words import (
    AGAIN,
    BEFORE,
    copies_words,
    count,
    sealed_words,
)
from clinic_desk.ui.settings.recovery_card import RecoveryCard
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import Panel

T = TypeVar("T")
WIDEST = 760
"""Pixels of the column at usual letters."""

DECRYPT, KEEP = WayOut("Take it off", "decrypt"), WayOut("Keep it encrypted", "keep")
DELETE, LEAVE = WayOut("Delete them", "delete"), WayOut("Keep them", "keep")


class EncryptionPanel(Panel):
    counts = "What is done here cannot be taken back with Ctrl+Z."
    _progressed = Signal(int, int, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._theme = theme = context.theme
        self._state: EncryptionState | None = None
        self._elsewhere = Elsewhere()
        self._stopping = threading.Event()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._busy = self._before = False
        self.icon = Label(self)
        self.title = InkLabel(theme, "", bold=True, parent=self)
        self.sentence = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.unnoted = InkLabel(theme, UNNOTED_NOTICE, ink="warn", wrap=True, parent=self)
        self.encrypt = push("&Encrypt the data…", self, "primary")
        self.show_key = push("Show the &recovery key…", self)
        self.keep = push("Put the key into the &keyring", self)
        self.decrypt = push("&Take the encryption off…", self)
        self.copies = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.seal = push("Encrypt the old &backups", self)
        self.drop = push("&Delete the old backups…", self)
        self.work = InkLabel(theme, "", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.stop = push("&Stop", self)
        self.card = RecoveryCard(theme, self)
        self.message = InlineMessage(theme, self)
        self._inner = lay_out(self)
        self.encrypt.clicked.connect(self._prepare)
        self.show_key.clicked.connect(self._show_key)
        self.keep.clicked.connect(self._keep_again)
        self.decrypt.clicked.connect(self._ask_decrypt)
        self.seal.clicked.connect(self._seal)
        self.drop.clicked.connect(self._ask_drop)
        self.stop.clicked.connect(self._stop)
        self.card.noted.connect(self._noted)
        self.card.dropped.connect(self._put_away)
        self.message.chosen.connect(self._answered)
        self.message.dismissed.connect(lambda: self.focus_on(""))
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._dress)
        self._dress()
        self._show_state()

    # the state

    def open(self, what: object = None) -> None:  # noqa: ARG002
        if not self._busy:
            self._read()

    def focus_on(self, name: str) -> bool:  # noqa: ARG002
        for button in (self.stop, self.card.print, self.encrypt, self.show_key):
            if button.isVisibleTo(self) and button.isEnabled():
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return False

    def leave(self) -> bool:
        """A key that nobody noted is not left on the screen; work goes on by itself."""
        self.card.forget()
        return True

    def _read(self) -> None:
        encryption = self._context.encryption
        if encryption is None:
            return

        def done(state: EncryptionState) -> None:
            self._state = state
            self._show_state_around_keyboard()
            if state.encrypted:
                self._look_elsewhere(encryption)

        self._context.operations.ask(
            lambda _queries: encryption().state(),
            done=done,
            failed=self.message.say_error,
            key="encryption",
        )

    def _look_elsewhere(self, encryption: Callable[[], Encryption]) -> None:
        """A second place that does not answer keeps nothing else waiting."""

        def done(found: Elsewhere) -> None:
            self._elsewhere = found
            self._show_state_around_keyboard()

        self._context.operations.ask(
            lambda _queries: encryption().elsewhere(),
            done=done,
            failed=self.message.say_error,
            key="encryption elsewhere",
        )

    def _show_state_around_keyboard(self) -> None:
        """The keyboard stays where somebody has taken it meanwhile. From a button that goes, or
        from the page itself once nothing is at work, it comes to what is to be pressed next."""
        there = self.focusWidget()
        here = there is not None and there.hasFocus()
        self._show_state()
        if here and not self._busy and (self.hasFocus() or not self._has_keyboard(there)):
            self.focus_on("")

    @staticmethod
    def _has_keyboard(there: QWidget | None) -> bool:
        return there is not None and there.hasFocus() and there.isEnabled()

    def _show_state(self) -> None:
        state = self._state
        known = state is not None
        sealed = state is not None and state.encrypted
        may = self._context.actor.may(Permission.EDIT_SETTINGS)
        self.title.setText(
            "" if state is None else "Encrypted" if state.encrypted else "Not encrypted"
        )
        self.sentence.setText("Looking…" if state is None else state.sentence)
        self.unnoted.setVisible(state is not None and state.encrypted and not state.noted)
        free = may and not self._busy and self.card.isHidden()
        # one that is locked asks for its password when the key is put there
        usable = state is not None and state.keyring.state in (
            KeyringState.USABLE,
            KeyringState.LOCKED,
        )
        self.encrypt.setVisible(known and not sealed)
        self.encrypt.setEnabled(free and usable)
        self.show_key.setVisible(sealed)
        self.decrypt.setVisible(sealed)
        self.keep.setVisible(state is not None and sealed and not state.key_kept)
        self.keep.setEnabled(free and usable)
        here = state.plain_backups if state is not None and sealed else 0
        there = self._elsewhere if sealed else Elsewhere()
        plain, told = here + there.plain, copies_words(here, there.plain, there.trouble)
        self.copies.setVisible(bool(told))
        self.copies.setText(told)
        self.seal.setVisible(plain > 0)
        self.drop.setVisible(plain > 0)
        for button in (self.show_key, self.decrypt, self.seal, self.drop):
            button.setEnabled(free)
        why = "" if may else "Only who may change the clinic’s settings may do this."
        for button in (self.encrypt, self.show_key, self.decrypt, self.seal, self.drop, self.keep):
            button.setToolTip(why)
        if may and not usable and state is not None:
            self.encrypt.setToolTip(state.keyring.sentence)
        for part in (self.work, self.bar, self.stop):
            part.setVisible(self._busy)
        self._dress()

    def _dress(self) -> None:
        state = self._state
        if state is not None:
            self.icon.setPixmap(self._theme.icon("lock" if state.encrypted else "warn", 20))
        self._inner.setMaximumWidth(self._theme.px(WIDEST))

    # what the buttons do

    def _do(
        self,
        words: str,
        work: Callable[[Encryption, Progress], T],
        done: Callable[[T], None],
        *,
        can_stop: bool = False,
    ) -> None:
        """Off the main thread; the state is read anew afterwards."""
        encryption, operations = self._context.encryption, self._context.operations
        if encryption is None or self._busy:
            return
        self._busy = True
        self._keyboard_here()
        self._stopping.clear()
        self.message.clear()
        self.bar.setValue(0)
        self.work.setText(words)
        self._show_state()
        self.stop.setVisible(can_stop)
        self.stop.setEnabled(can_stop)
        announce(self, words)

        def ended() -> None:
            self._busy = False
            self._show_state()
            self._read()
            operations.changed.emit(Changes(kinds=frozenset({"encryption"})))

        def well(answer: T) -> None:
            ended()
            done(answer)

        def failed(error: ClinicDeskError) -> None:
            ended()
            if isinstance(error, Refusal) and error.code == "stopped":
                self.message.say(Tone.INFO, error.sentence)
            else:
                self.message.say_error(error)

        operations.ask(lambda _queries: work(encryption(), self._heard), done=well, failed=failed)

    def _keyboard_here(self) -> None:
        """Before the button that was pressed is disabled: the keyboard would leave the page."""
        there = self.focusWidget()
        if there is not None and there.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heard(self, done: int, total: int, sentence: str) -> bool:
        with suppress(RuntimeError):  # the window may have gone
            self._progressed.emit(done, total, sentence)
        return not self._stopping.is_set()

    def _show_progress(self, done: int, total: int, sentence: str) -> None:
        if self._busy:
            self.bar.setValue(1000 * done // max(1, total))
            if not self._stopping.is_set():
                self.work.setText(sentence)

    def _stop(self) -> None:
        self._stopping.set()
        self.stop.setEnabled(False)
        self.work.setText("Stopping…")

    def _prepare(self) -> None:
        def done(key: RecoveryKey) -> None:
            self._before = True
            self.card.show_key(key, BEFORE, "It is &on paper: encrypt now", "Cancel")
            self._show_state()

        self._do("Making a key…", lambda encryption, _heard: encryption.prepare(), done)

    def _show_key(self) -> None:
        def done(key: RecoveryKey) -> None:
            self._before = False
            self.card.show_key(key, AGAIN, "It is &on paper", "Close")
            self._show_state()

        self._do("Asking for the key…", lambda encryption, _heard: encryption.recovery_key(), done)

    def _noted(self, key: RecoveryKey) -> None:
        before = self._before
        self._put_away()
        if not before:
            self._do(
                "Noting that…",
                lambda encryption, _heard: encryption.note(key.key_id),
                lambda _none: self.toast_requested.emit("The recovery key is on paper", False),
            )
            return

        def work(encryption: Encryption, heard: Progress) -> None:
            encryption.encrypt(key.key_id, heard)
            encryption.note(key.key_id)

        def done(_none: None) -> None:
            self.toast_requested.emit("The clinic’s data is encrypted", False)

        self._do("Encrypting…", work, done, can_stop=True)

    def _put_away(self) -> None:
        self._keyboard_here()
        self.card.forget()
        self._show_state()
        if self.hasFocus():
            self.focus_on("")

    def _keep_again(self) -> None:
        self._do(
            "Asking the keyring…",
            lambda encryption, _heard: encryption.keep_again(),
            lambda _none: self.toast_requested.emit("The keyring holds the key", False),
        )

    def _ask_decrypt(self) -> None:
        self.message.say(
            Tone.WARN,
            "Without encryption whoever gets hold of this computer’s disk can read all patients’ "
            "data. Backups made so far stay encrypted.",
            (KEEP, DECRYPT),
        )
        self._to_first_answer()

    def _ask_drop(self) -> None:
        self.message.say(
            Tone.WARN,
            "The backups that anybody can read are overwritten and deleted. Backups made since "
            "the data was encrypted stay.",
            (LEAVE, DELETE),
        )
        self._to_first_answer()

    def _to_first_answer(self) -> None:
        for button in self.message.buttons()[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answered(self, way: WayOut) -> None:
        # the button that was pressed has gone, and the keyboard with it, to wherever Qt put it
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.message.clear()
        if way.action == DECRYPT.action:
            self._do(
                "Taking the encryption off…",
                lambda encryption, heard: encryption.decrypt(heard),
                lambda _none: self.toast_requested.emit(
                    "The data is not encrypted any more", False
                ),
                can_stop=True,
            )
        elif way.action == DELETE.action:
            self._do(
                "Deleting…",
                lambda encryption, _heard: encryption.drop_plain_backups(),
                lambda gone: self.toast_requested.emit(f"{count(gone)} deleted", False),
            )
        else:
            self.focus_on("")

    def _seal(self) -> None:
        def done(sealed: SealedBackups) -> None:
            self.toast_requested.emit(f"{count(sealed.done)} encrypted", False)
            if told := sealed_words(sealed):
                self.message.say(Tone.WARN, told)

        self._do(
            "Encrypting backups…",
            lambda encryption, heard: encryption.seal_backups(heard),
            done,
            can_stop=True,
        )
