"""The log-in page: who are you, and the password or PIN. The same page covers a locked screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff_ports import LoggedIn, StaffTile
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.login.frame import WIDE, Card, Frame
from clinic_desk.ui.login.tiles import FEW, StaffTiles
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.accounts.secret import SecretField
from clinic_desk.ui.widgets.accounts.words import kind_words, wait_words
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import ElidedInk, HintButton, InkLabel, leading_icon, push

CARD = 560
"""Pixels of the card with the secret."""

WIDER = 1000
"""The column in the middle, for many people."""

KEYS = (("↑ ↓", "Person"), ("Enter", "Log in"))
TRY_AGAIN = "You can try again now."


class LogInPage(Frame):
    """``logged_in`` carries the ``LoggedIn``; ``chosen`` the id of who is chosen; ``aside`` the
    name of another screen that is wanted ("lost") or due ("must_change") for who is chosen."""

    logged_in = Signal(object)
    chosen = Signal(str)
    aside = Signal(str)

    def __init__(self, theme: Theme, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._asking = asking
        self._busy = False
        self._holder: Id = ""
        self._session: Id = ""
        self._wait = 0
        self._wanted: Id = ""
        self._eager = False
        """Who is to be chosen, and that Enter was pressed, before the people are here."""
        self._over: QWidget | None = None
        self._first_try: Secret | None = None
        self.why = InkLabel(theme, "", wrap=True)
        self.why_icon = Label(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Type a name")
        self.filter.setAccessibleName("Find your name")
        self.filter.setClearButtonEnabled(True)
        leading_icon(self.filter, theme, "search")
        self.tiles = StaffTiles(theme, self)
        self.nobody = InkLabel(theme, "", ink="text2")
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.who = ElidedInk(theme, "", bold=True)
        self.secret = SecretField(theme, "Password or PIN", self)
        self.enter = HintButton(theme, "Log in", "Enter", self)
        self.told = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.told_icon = Label(self)
        self.lost = push("Lost your password?", self, "link")
        self.hint = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self._tick)
        self._lay_out()
        self.filter.textChanged.connect(self._filtered)
        self.filter.returnPressed.connect(self.focus_secret)
        self.tiles.chosen.connect(self._picked)
        self.tiles.entered.connect(self.focus_secret)
        self.tiles.typed.connect(self._letter)
        self.secret.edited.connect(self._edited)
        self.secret.returnPressed.connect(self.log_in)
        self.secret.stray.connect(self.tiles.step)
        self.secret.caps_changed.connect(lambda _on: self._tell())
        self.enter.clicked.connect(self.log_in)
        self.lost.clicked.connect(lambda: self.aside.emit("lost"))
        self.footer.show_keys(KEYS)
        theme.changed.connect(self._dress)
        self._dress()

    # what is shown

    @property
    def person(self) -> StaffTile | None:
        return self.tiles.current

    @property
    def busy(self) -> bool:
        """A password or PIN is being looked at."""
        return self._busy

    @property
    def waiting(self) -> int:
        """Seconds until the next attempt counts."""
        return self._wait

    def show_hint(self, sentence: str) -> None:
        """A remark under the card: the practice clinic's PIN, say."""
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    def explain(self, sentence: str, icon: str = "lock") -> None:
        """Why the page is there; empty for the start of a day."""
        self.why.setText(sentence)
        self.why.setProperty("icon_name", icon)
        for widget in (self.why, self.why_icon):
            widget.setVisible(bool(sentence))
        self._dress()

    def show_people(
        self, people: Sequence[StaffTile], remarks: Mapping[Id, str] | None = None
    ) -> None:
        self.tiles.show_people(people, remarks or {})
        self.filter.setVisible(len(people) > FEW or bool(self.filter.text()))
        wanted, self._wanted = self._wanted, ""
        if self.tiles.current is None and people and not self.tiles.choose(wanted):
            self.tiles.choose(self.tiles.people[0].id)
        self._dress()
        self._follow()
        eager, self._eager = self._eager, False
        if eager and people:
            self.log_in()

    def held_by(self, staff_id: Id, session_id: Id = "") -> None:
        """Whose work lies behind the page, and the session that goes on when they come back; empty
        for nobody's."""
        self._holder, self._session = staff_id, session_id
        self._follow()

    def choose(self, staff_id: Id) -> bool:
        """False when there is no such person here; before the people are, whom to choose then."""
        if not self.tiles.choose(staff_id):
            self._wanted = "" if self.tiles.people else staff_id
            return False
        self._follow()
        return True

    def said(self) -> str:
        """What stands under the field of the secret."""
        return self.told.text()

    def begin(self) -> None:
        """Empty, nobody's name typed, the keyboard where the secret is typed."""
        self._eager = False
        self.filter.clear()
        self.secret.wipe()
        self._say("")
        self._follow()
        self.focus_secret()

    def focus_secret(self) -> None:
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    # hands

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.filter.clear()
            self.focus_secret()
        else:
            super().keyPressEvent(event)

    def lay_over(self, screen: QWidget | None) -> None:
        """Another screen instead of the tiles, or these again."""
        self._over = screen
        if screen is not None:
            screen.setGeometry(self.rect())
            screen.show()
            screen.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._over is not None:
            self._over.setGeometry(self.rect())

    def log_in(self) -> None:
        person = self.person
        if person is None:  # Enter was quicker than the list of people
            self._eager = not self.tiles.people
            return
        if self._busy:
            return
        if self._wait:
            self._tell_wait(urgent=True)
            return
        if not self.secret.text():
            self._say(f"Type your {kind_words(person.kind)}.", "warn")
            self.focus_secret()
            return
        secret = self.secret.secret()
        keep = self._session if person.id == self._holder else ""
        self._set_busy(True)
        self._asking.work(
            lambda accounts: accounts.log_in(person.id, secret, keep=keep),
            done=self._in,
            failed=lambda error: self._refused(secret, error),
        )

    def take_first_try(self) -> Secret | None:
        """The one-time secret that was right and has to be changed; given out once."""
        secret, self._first_try = self._first_try, None
        return secret

    def _in(self, logged_in: LoggedIn) -> None:
        self._set_busy(False)
        self.secret.wipe()
        self._say("")
        self.logged_in.emit(logged_in)

    def _refused(self, secret: Secret, error: ClinicDeskError) -> None:
        self._set_busy(False)
        code = error.code if isinstance(error, Refusal) else ""
        if code == "must_change":
            self._first_try = secret
            self.secret.wipe()
            self.aside.emit("must_change")
            return
        self.secret.wipe()
        self.focus_secret()
        self._say(message_for(error).sentence, "refuse", urgent=True)
        self.read_people()

    def read_people(self) -> None:
        """Who can log in, and how long each has to wait, as the store has it now."""

        def take(people: tuple[StaffTile, ...]) -> None:
            self.show_people(people, self.tiles.remarks)

        self._asking.work(
            lambda accounts: accounts.tiles(),
            done=take, failed=lambda _error: None, key="log-in-tiles",
        )  # fmt: skip

    # following

    def _picked(self, staff_id: Id) -> None:
        self.secret.wipe()
        self._say("")
        self._follow()
        self.chosen.emit(staff_id)

    def _letter(self, letter: str) -> None:
        """Somebody types a name while a tile has the keyboard."""
        self.filter.show()
        self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filter.insert(letter)

    def _filtered(self, text: str) -> None:
        self.tiles.filter(text)
        none = bool(text.strip()) and not self.tiles.shown
        self.nobody.setText(f"Nobody here is called “{text.strip()[:40]}”." if none else "")
        self.nobody.setVisible(none)
        if not text and len(self.tiles.people) <= FEW and not self.filter.hasFocus():
            self.filter.hide()

    def _edited(self) -> None:
        if not self._wait:
            self._say("")
        self._tell()

    def _follow(self) -> None:
        """The card is that of who is chosen."""
        person = self.person
        self.who.setText(person.name if person is not None else "")
        own = person is not None and person.id == self._holder
        self.enter.set_word("Unlock" if own else "Log in")
        if person is not None:
            words = kind_words(person.kind)
            self.secret.setPlaceholderText(words[0].upper() + words[1:])
            self.secret.setAccessibleName(f"{words} of {person.name}")
            self.lost.setText(f"Lost your {words}?")
            digits = Qt.InputMethodHint.ImhPreferNumbers
            hints = self.secret.inputMethodHints() & ~digits
            pin = person.kind is SecretKind.PIN
            self.secret.setInputMethodHints(hints | digits if pin else hints)
        self._wait = person.seconds if person is not None else 0
        if self._wait:
            self._ticking.start()
            self._tell_wait()
        else:
            self._ticking.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.focus_secret()

    def _tick(self) -> None:
        self._wait = max(0, self._wait - 1)
        if self._wait:
            self._tell_wait()
        else:
            self._ticking.stop()
            self._say(TRY_AGAIN, "check")

    def _tell_wait(self, *, urgent: bool = False) -> None:
        self._say(
            f"That was wrong too often. Wait {wait_words(self._wait)}, then try again.",
            "hourglass",
            urgent=urgent,
        )

    def _say(self, sentence: str, icon: str = "info", *, urgent: bool = False) -> None:
        self.told.setProperty("sentence", sentence)
        self.told.setProperty("icon_name", icon)
        self._tell()
        if urgent:
            announce(self, sentence, urgent=True)

    def _tell(self) -> None:
        """What was said, else that Caps Lock is on."""
        sentence, icon = self.told.property("sentence") or "", self.told.property("icon_name")
        caps = not sentence and self.secret.caps
        if caps:
            sentence, icon = "Caps Lock is on", "caps"
        ink = {"refuse": "refuse", "caps": "warn", "warn": "warn", "hourglass": "warn"}
        self.told.set_ink(ink.get(str(icon), "text2"))
        self.told.setText(sentence)
        tokens = self.theme.tokens
        colour = getattr(tokens, ink.get(str(icon), "text2"))
        if sentence:
            self.told_icon.setPixmap(self.theme.icon(str(icon), 14, colour))
        self.told_icon.setVisible(bool(sentence))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.enter.setEnabled(not busy)
        self.secret.setReadOnly(busy)

    # building

    def _lay_out(self) -> None:
        for widget in (self.why, self.why_icon, self.nobody, self.hint, self.told_icon):
            widget.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch(1)
        line.addWidget(self.why_icon)
        line.addWidget(self.why, 100)
        line.addStretch(1)
        self.why.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.middle.addLayout(line)
        find = QHBoxLayout()
        find.addStretch(1)
        find.addWidget(self.filter, 100)
        find.addStretch(1)
        self.middle.addLayout(find)
        self.middle.addWidget(self.nobody)
        self.middle.addWidget(self.tiles, 1000)
        self._card = Card(self.theme, self)
        top = QHBoxLayout()
        top.setSpacing(12)
        self.who.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        top.addWidget(self.who, 2)
        top.addWidget(self.secret, 5)
        top.addWidget(self.enter)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.told_icon)
        below.addWidget(self.told, 1)
        below.addWidget(self.lost)
        self._card.column.addLayout(top)
        self._card.column.addLayout(below)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._card, 100)
        across.addStretch(1)
        self.middle.addLayout(across)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.middle.addWidget(self.hint)
        self.middle.addStretch(1)
        for before, after in (
            (self.filter, self.tiles), (self.tiles, self.secret), (self.secret, self.enter),
            (self.enter, self.lost),
        ):  # fmt: skip
            QWidget.setTabOrder(before, after)
        self.setFocusProxy(self.secret)

    def _dress(self) -> None:
        px = self.theme.px
        self._card.setMaximumWidth(px(CARD))
        self.filter.setMaximumWidth(px(280))
        self.set_wide(WIDE if len(self.tiles.people) <= FEW else WIDER)
        said = self.why.fontMetrics().horizontalAdvance(self.why.text()) + 4
        self.why.setMinimumWidth(min(said, px(WIDE - 80)))
        icon = str(self.why.property("icon_name") or "lock")
        self.why_icon.setPixmap(self.theme.icon(icon, 16, self.theme.tokens.text))
        self._tell()
