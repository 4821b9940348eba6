"""The ways to patients: in use or not, through whom, with a test of each; and the rules for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent

from clinic_desk.domain.catalogue import Practice
from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.message_rules import PREFIX
from clinic_desk.domain.messages import Channel
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import Command, SaveSetting
from clinic_desk.services.message_ports import ChannelState
from clinic_desk.services.outbox_commands import CloseBreaker
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import Together
from clinic_desk.ui.runtime.allowed import why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.settings.channels_forms import (
    SECRET,
    WAYS,
    SecretField,
    Way,
    plain,
    read,
    shown,
)
from clinic_desk.ui.settings.channels_frame import BY_NAME, ChannelsFrame
from clinic_desk.ui.settings.channels_outlets import Outlets
from clinic_desk.ui.settings.channels_trial import show_notice
from clinic_desk.ui.settings.channels_work import Errand
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.leaving import DISCARD, SAVE, STAY

INITIATOR = "settings.channels"


def _way_of(field: str) -> str:
    """The way to which a field belongs that the search knows."""
    return "email" if field == "test" else field.partition(".")[0]


class ChannelsPanel(ChannelsFrame):
    """Opened with the name of a way ("email", "rules"), or with nothing."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._after: Callable[[], None] | None = None
        self._outlets = Outlets(context)
        self._secrets, self._tests = Errand(self), Errand(self)
        self.list.chosen.connect(self._on_row)
        self.message.chosen.connect(self._on_way_out)
        self.message.dismissed.connect(self._stay)
        self.trial.wanted.connect(self._try)
        self.trial.stopped.connect(self._stop_trying)
        self.standing.told.connect(lambda words: self.toast_requested.emit(words, False))
        self.standing.failed.connect(self.message.say_error)
        self.bar.save_requested.connect(lambda: self.save())
        self.bar.discard_requested.connect(self.discard)
        for form in self.forms.values():
            if SECRET in form.rows:
                self._secret_of(form).forget_requested.connect(self._forget)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(lambda: self.save())
        context.operations.changed.connect(self._on_changes)

    @staticmethod
    def _secret_of(form: Form) -> SecretField:
        field = form.rows[SECRET].widget
        assert isinstance(field, SecretField)
        return field

    # what the settings page asks

    def open(self, what: object = None) -> None:
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)
        if isinstance(what, str) and what in BY_NAME:
            self._turn_to(what)
        self.read()
        self._ask_secret()

    def show_field(self, name: str) -> None:
        way = _way_of(name)
        if way in BY_NAME and way != self.way.name and not self.dirty:
            self._turn_to(way)

    def focus_on(self, name: str) -> bool:
        way = _way_of(name)
        if way in BY_NAME and way != self.way.name and self.dirty:
            self._ask_first(partial(self._go_to, name))
            return True
        self.show_field(name)
        _, _, row = name.partition(".")
        if row and row not in shown(self.way, self.form.raws()):
            name = f"{way}.kind"
        return super().focus_on(name)

    def _go_to(self, name: str) -> None:
        self.focus_on(name)

    def follow_rights(self) -> bool:
        return self.why_not == why_not(self.context.actor, Permission.EDIT_SETTINGS)

    def leave(self) -> bool:
        if not self.dirty:
            return True
        self._ask_first(self.leave_allowed.emit)
        return False

    def _ask_first(self, then: Callable[[], None]) -> None:
        self._after = then
        self.note_cursor(self.message)
        self.message.say(
            Tone.WARN,
            f"{self.way.title}: the changes are not saved yet.",
            (SAVE, DISCARD, STAY),
        )
        buttons = self.message.buttons()
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_way_out(self, way: WayOut) -> None:
        then, self._after = self._after, None
        self._resume()
        if way == SAVE:
            self.save(then)
        elif way == DISCARD:
            self.discard()
            if then is not None:
                then()

    def _stay(self) -> None:
        self._after = None
        self._resume()

    def _resume(self) -> None:
        if not self.back_to_cursor():
            self.form.focus()

    # reading

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What has changed while it was hidden; what a test said then is old."""
        super().showEvent(event)
        if not self.trying:
            self.trial.message.clear()
        if self.stored is not None:
            self.read()
        self.standing.read()

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & {"setting", "external", "notification"} and self.isVisible():
            self.read()

    def read(self) -> None:
        def question(
            queries: Queries,
        ) -> tuple[dict[str, object], tuple[ChannelState, ...], Practice]:
            stored = {**queries.clinic_settings(PREFIX), **queries.clinic_settings("webhook.")}
            return stored, queries.channel_states(), queries.roster().practice

        self.context.operations.ask(
            question,
            done=self._take,
            failed=self.message.say_error,
            key=f"channels-panel:{id(self)}",
        )

    def _take(self, told: tuple[dict[str, object], tuple[ChannelState, ...], Practice]) -> None:
        stored, states, practice = told
        self.zone, self.country = practice.zone, practice.phone_country
        before, self.stored = self.stored, stored
        self.states = {state.channel.value: state for state in states}
        for way in WAYS:
            form = self.forms[way.name]
            same = before is not None and read(way, before) == read(way, stored)
            if same or (before is not None and form.dirty) or self.busy:
                continue  # what somebody types here is theirs
            form.fill({**read(way, stored), SECRET: ""})
        self.show_all()

    # which way

    def _on_row(self, name: str) -> None:
        if name == self.way.name:
            return
        if self.dirty:
            self.list.mark(self.way.name)
            self._ask_first(partial(self._turn_to, name))
        else:
            self._turn_to(name)

    def _turn_to(self, name: str) -> None:
        self._stop_trying()
        self.message.clear()
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)
        self.way = BY_NAME[name]
        self.trial.show_way(self.way)
        self.show_all()
        self._ask_secret()

    # saving

    def discard(self) -> None:
        self.message.clear()
        if self.stored is not None:
            self.form.fill({**read(self.way, self.stored), SECRET: ""})
        self.follow()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """The keyring is asked first: settings without their password would fail later."""
        if self.busy or self.stored is None or self.why_not:
            return
        if not self.dirty:
            if then is not None:
                then()
            return
        form, way = self.form, self.way
        self.message.clear()
        form.clear_faults()
        values = self._read_shown()
        if values is None:
            return
        secret = str(values.pop(SECRET, ""))
        raws = form.raws() | {SECRET: ""} if SECRET in form.rows else form.raws()
        self.busy = True
        self.follow()

        def prepare() -> None:
            self._outlets.check(way, values)
            if secret:
                self._outlets.keep(way, secret)

        self._secrets.run(
            prepare, lambda _none: self._write(way, values, raws, secret, then), self._refused
        )

    def _read_shown(self) -> dict[str, Any] | None:
        """The fields that are on display, and for all others what is stored."""
        assert self.stored is not None
        values = read(self.way, self.stored)
        names = shown(self.way, self.form.raws())
        for name, row in self.form.rows.items():
            if name not in names:
                continue
            try:
                values[name] = row.field.value()
            except Refusal as refusal:
                self.form.show_fault(name, refusal.sentence)
                return None
        return values

    def _write(
        self,
        way: Way,
        values: Mapping[str, Any],
        raws: Mapping[str, Any],
        secret: str,
        then: Callable[[], None] | None,
    ) -> None:
        assert self.stored is not None
        label = f"Save the settings of {way.title}"
        was = read(way, self.stored)
        commands: tuple[Command, ...] = tuple(
            SaveSetting(key=f"{way.prefix}{name}", scope="clinic", value=plain(value), label=label)
            for name, value in values.items()
            if name in was and value != was[name]
        )

        def done(_outcome: Outcome | None) -> None:
            self.busy = False
            if self.stored is not None:
                self.stored |= {f"{way.prefix}{n}": plain(v) for n, v in values.items()}
            form = self.forms[way.name]
            if secret:
                form.rows[SECRET].field.put("")
            form.settle(raws)
            self.toast_requested.emit(f"{way.title}: saved", bool(commands))
            self.show_all()
            self._ask_secret()
            if way.prefix != PREFIX:
                self._put_right(way.name)
            if then is not None:
                then()

        if not commands:
            done(None)
            return
        self.context.operations.run(
            Together(commands=commands, label=label, initiator=INITIATOR),
            done=done,
            refused=self._refused,
        )

    def _refused(self, error: ClinicDeskError) -> None:
        self.busy = False
        self.follow()
        said = isinstance(error, Refusal) and self.form.show_fault(error.field, error.sentence)
        if not said:
            self.message.say_error(error)

    # the keyring

    def _ask_secret(self) -> None:
        way = self.way
        if SECRET not in self.form.rows or self.busy:
            return
        field = self._secret_of(self.form)
        self._secrets.run(
            lambda: self._outlets.has_secret(way), field.tell, lambda _error: field.tell(None)
        )

    def _forget(self) -> None:
        way = self.way
        if self.busy:
            return

        def done(_none: None) -> None:
            self.toast_requested.emit(f"{way.title}: the password is forgotten", False)
            self._ask_secret()

        self.form.focus(SECRET)
        self._secrets.run(lambda: self._outlets.keep(way, ""), done, self._refused)

    # the test

    def _try(self, address: str) -> None:
        if self.way.testable and not address:
            self.trial.message.say(Tone.WARN, "Type where the test is to go.")
            self.trial.line.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.dirty:
            self.save(partial(self._try, address))
            return
        way, stored = self.way, self.stored
        if stored is None:
            return
        values = read(way, stored)
        if way.channel is Channel.DESKTOP:
            self._tried(Tone.INFO, show_notice(self.context.theme, self))
            return
        country = self.country
        self.trial.message.clear()
        self.trying = True
        self.follow()
        self.trial.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

        self._tests.run(
            lambda: self._outlets.test(way, values, address, country),
            partial(self._went, way.name),
            self._not_tried,
        )

    def _went(self, service: str, sentence: str) -> None:
        self._put_right(service)
        self._tried(Tone.INFO, sentence)

    def _put_right(self, service: str) -> None:
        """What waits for it need not wait for its breaker."""
        self.context.operations.run(
            CloseBreaker(service=service, initiator=INITIATOR), done=lambda _outcome: self.read()
        )

    def _tried(self, tone: Tone, sentence: str) -> None:
        self._stop_trying()
        self.trial.message.say(tone, sentence)
        self.trial.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_tried(self, error: ClinicDeskError) -> None:
        sentence = getattr(error, "sentence", str(error))
        if isinstance(error, Refusal) and error.field in self.form.rows:
            self._stop_trying()
            self.form.show_fault(error.field, sentence)
        else:
            self._tried(Tone.WARN, sentence)

    def _stop_trying(self) -> None:
        """Nobody waits for it any more; the message may still arrive."""
        self._tests.drop()
        self.trying = False
        stranded = self.trial.cancel.hasFocus()
        self.follow()
        if stranded:
            self.trial.button.setFocus(Qt.FocusReason.OtherFocusReason)
