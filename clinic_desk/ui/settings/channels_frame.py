"""The section about channels as it looks: the list at the left, the fields of one way to patients
beside it, its state and its test below. What it does is in ``channels``."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.message_ports import ChannelState
from clinic_desk.ui.models.setting_words import RULES, WEBHOOK
from clinic_desk.ui.runtime.allowed import why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.settings.channels_forms import HEADS, WAYS, Way, read, shown
from clinic_desk.ui.settings.channels_trial import Trial, state_words
from clinic_desk.ui.settings.webhook_standing import WebhookStanding
from clinic_desk.ui.widgets.forms.bits import Rule
from clinic_desk.ui.widgets.forms.form import Form, FormArea, SaveBar
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.forms.ordered import OrderedList, Row
from clinic_desk.ui.widgets.page import SAVED, Panel

LIST = 190
BY_NAME = {way.name: way for way in WAYS}
HINTS: Mapping[object, Mapping[str, str]] = {
    "twilio": {"url": "https://api.twilio.com", "account": "AC…"},
    "generic": {"url": "https://gateway.example/send", "account": "empty, or a user name"},
}
"""What stands in an empty field, by the kind of gateway."""


class ChannelsFrame(Panel):
    """``busy`` while it is saved, ``trying`` while a test is under way."""

    counts = SAVED

    def __init__(self, context: Context) -> None:
        super().__init__()
        theme = context.theme
        self.context = context
        self.why_not = why_not(context.actor, Permission.EDIT_SETTINGS)
        self.way = BY_NAME[RULES]
        self.stored: dict[str, object] | None = None
        """The clinic's settings by their full names; None until they were read."""
        self.states: dict[str, ChannelState] = {}
        self.zone = "UTC"
        self.country = ""
        self.busy = self.trying = False
        self.list = OrderedList(theme, "Ways to patients", self)
        self.forms: dict[str, Form] = {}
        self.stack = QStackedWidget(self)
        self.message = InlineMessage(theme, self)
        self.trial = Trial(theme, self)
        self.bar = SaveBar(theme, self)
        self.standing = WebhookStanding(context, self, may=not self.why_not)
        self.standing.stood.connect(self._tell_rows)
        self.setFocusProxy(self.list)
        self._lay_out()
        for way in WAYS:
            self._build(way)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_all()

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(12, 8, 0, 8)
        side.addWidget(self.list)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(20, 8, 20, 0)
        above.addWidget(self.message)
        right.addLayout(above)
        right.addWidget(self.stack, 1)
        right.addWidget(Rule(self.context.theme, self))
        right.addWidget(self.standing)
        right.addWidget(self.trial)
        right.addWidget(self.bar)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(side)
        across.addLayout(right, 1)

    def _build(self, way: Way) -> None:
        form = Form(self.context.theme)
        way.build(form, way)
        form.close_rows()
        form.setEnabled(not self.why_not)
        form.edited.connect(self.follow)
        self.forms[way.name] = form
        self.stack.addWidget(FormArea(form))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """From the list through the fields to the test and to Save. Qt's own order is that in
        which the parts came together, and it stops twice at a field within a field."""
        there = self.focusWidget()
        stops = self._stops()
        if there is None or there not in stops:
            return super().focusNextPrevChild(forward)
        place = stops.index(there) + (1 if forward else -1)
        to = stops[place] if 0 <= place < len(stops) else self._beside(there, forward=forward)
        to.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        area = self.stack.currentWidget()
        if isinstance(area, FormArea) and area.isAncestorOf(to):
            area.ensureWidgetVisible(to)
        return True

    def _stops(self) -> list[QWidget]:
        parts = (self.message, self.form, self.standing, self.trial, self.bar)
        return [
            self.list,
            *(one for part in parts for one in part.findChildren(QWidget) if _stop(one, self)),
        ]

    def _beside(self, widget: QWidget, *, forward: bool) -> QWidget:
        """What comes after the whole panel, or before it."""
        at = widget
        while True:
            found = at.nextInFocusChain() if forward else at.previousInFocusChain()
            if found is None or found is widget:
                return widget
            at = found
            if _stop(at, self.window()) and not self.isAncestorOf(at):
                return at

    def _dress(self) -> None:
        self.list.setFixedWidth(self.context.theme.px(LIST))

    @property
    def form(self) -> Form:
        return self.forms[self.way.name]

    @property
    def dirty(self) -> bool:
        return self.stored is not None and self.form.dirty

    def sought(self) -> Mapping[str, QWidget]:
        found: dict[str, QWidget] = {"ways": self.list, "test": self.trial.button}
        for name, form in self.forms.items():
            found |= {f"{name}.{row}": form.rows[row].target for row in form.rows}
        return found

    def show_all(self) -> None:
        """Everything around the fields."""
        self._tell_rows()
        self.stack.setCurrentIndex(WAYS.index(self.way))
        state = self.states.get(self.way.name)
        now = self.context.clock.now()
        unsent = self.stored is not None and read(self.way, self.stored).get("kind") == "folder"
        words = state_words(state, self.zone, now, unsent=unsent) if state is not None else ""
        self.trial.state.setText(words)
        self.trial.state.setVisible(bool(words))
        self.trial.setVisible(self.way.testable is not None)
        self.standing.setVisible(self.way.name == WEBHOOK)
        self.follow()

    def _tell_rows(self) -> None:
        self.list.show_rows([self._row(way) for way in WAYS], self.way.name)

    def _row(self, way: Way) -> Row:
        on = "" if way.name == RULES else self._tag(way)
        return Row(way.name, way.title, tag=on, icon=way.icon, fixed=True, muted=on == "off")

    def _tag(self, way: Way) -> str:
        if self.stored is None or not read(way, self.stored)["on"]:
            return "off" if self.stored is not None else ""
        if way.name == WEBHOOK and self.standing.state.set_aside:
            return "refused"
        state = self.states.get(way.name)
        if state is not None and state.fault:
            return "at fault"
        until = state.open_until if state is not None else None
        return "waits" if until is not None and until > self.context.clock.now() else "on"

    def follow(self) -> None:
        form = self.form
        raws = form.raws()
        names = shown(self.way, raws)
        for name, words in HINTS.get(raws.get("kind"), {}).items():
            line = form.rows[name].target
            if isinstance(line, QLineEdit):
                line.setPlaceholderText(words)
        for name, row in form.rows.items():
            if row.widget.isHidden() is (name in names):
                row.show(name in names)
        for label in form.findChildren(QLabel):
            below = label.property(HEADS)
            if below is not None:
                label.setVisible(any(name in names for name in below))
        self.bar.show_state(dirty=self.dirty and not self.why_not, saving=self.busy)
        words = "Save and se&nd a test" if self.dirty else "Se&nd a test"
        may = not self.why_not and self.stored is not None and not self.busy
        self.trial.tell(busy=self.trying, may=may, words=words)


def _stop(widget: QWidget, among: QWidget) -> bool:
    """Whether Tab stops there."""
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and widget.isVisibleTo(among)
        and widget.isEnabled()
        and widget.window() is among.window()
    )
