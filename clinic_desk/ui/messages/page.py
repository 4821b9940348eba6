"""Messages: what was sent, what will be, what went wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.services.message_ports import MessageCard, MessageCounts, MessageWish
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.messages.beside import Beside
from clinic_desk.ui.messages.channels import ChannelLamps
from clinic_desk.ui.messages.countdown import Countdown
from clinic_desk.ui.messages.deeds import MessageDeeds
from clinic_desk.ui.messages.filters import FilterRow
from clinic_desk.ui.messages.groups import PAGE, Group, groups_of, tab_counts
from clinic_desk.ui.messages.homing import Homing
from clinic_desk.ui.messages.model import ROW_ROLE, MessageModel, id_of
from clinic_desk.ui.messages.nothing import SET_UP, nothing, only_words, reaches_patients
from clinic_desk.ui.messages.reading import Answer, Asked, read_page
from clinic_desk.ui.messages.side import SIDE, MessageSide
from clinic_desk.ui.messages.table import MessageTable
from clinic_desk.ui.messages.tabs import NAMES, MessageTabs
from clinic_desk.ui.messages.texts import TextReader
from clinic_desk.ui.models import words
from clinic_desk.ui.models.messages import TAKES
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.allowed import why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.homed import in_turn
from clinic_desk.ui.widgets.page import Page

MINUTE = 60_000
ROOMY = 1600
"""Pixels of the window, at usual letters, from which the calendar's side has room beside it."""

KEYS = {"Return": "open", "Enter": "open", "R": "again", "E": "edit", "N": "now",
        "Del": "withdraw", "O": "patient", "B": "visit"}  # fmt: skip


class MessagesPage(Page):
    """``open`` takes a message's id, ("patient", id), ("visit", id), ("answer", id), or the name
    of a tab ("failed"). ``correct_requested``: a patient's id, and which field is wrong."""

    key_hints = (
        ("Enter", "Open"), ("R", "Send again"), ("E", "Edit"), ("N", "Send now"),
        ("Del", "Withdraw"), ("Space", "Choose"), ("/", "Filter"), ("Esc", "Back to the calendar"),
    )  # fmt: skip
    wide = True
    own_keys = "/1234567"
    correct_requested = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Messages", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.model = MessageModel(theme)
        self.only: MessageWish | None = None
        self._wanted: Id = ""
        self._reached = self._afresh = False
        self._way_on = ""
        self._counts, self._lacking = MessageCounts(), MessageCounts()
        self.shown: dict[str, int] = {}
        self.tabs = MessageTabs(theme, self)
        self.filters = FilterRow(theme, self.source)
        self.filters.choose("today")
        self.table = MessageTable(theme, self.model)
        self.empty = EmptyState(theme)
        self.side = MessageSide(theme)
        self.lamps = ChannelLamps(theme)
        self.templates_button = push("&Templates", self)
        self.again_button = push("Send a&gain", self)
        self.withdraw_button = push("&Withdraw", self)
        self.only_button = push("", self)
        self.only_button.hide()
        self.deeds = MessageDeeds(self)
        self.texts = TextReader(self)
        self.countdown = Countdown(self)
        self.beside = Beside(self)
        self._pause = QTimer(self, singleShot=True, interval=400)
        self._pause.timeout.connect(self.read)
        self._minute = QTimer(self, interval=MINUTE)
        self._minute.timeout.connect(self.read)
        self._lay_out()
        self._connect()
        self._dress()

    def _lay_out(self) -> None:
        self.subtitle.setText("Reminders, confirmations and notices of all desks")
        self.buttons.addWidget(self.lamps)
        self.buttons.addWidget(self.templates_button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.homing = Homing(self.stack, self.table, self.empty, self.tabs)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 0, 16, 0)
        bar.setSpacing(8)
        self.filters.setMaximumWidth(self.theme.px(760))
        bar.addWidget(self.filters, 1)
        bar.addWidget(self.only_button)
        bar.addStretch(0)
        bar.addWidget(self.again_button)
        bar.addWidget(self.withdraw_button)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(10)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(8, 0, 8, 0)
        tabs.addWidget(self.tabs, 1)
        self.body.addLayout(tabs)
        self.body.addLayout(bar)
        self.body.addWidget(self.splitter, 1)
        self.setFocusProxy(self.table)
        in_turn(self.filters.doctor, self.only_button, self.again_button, self.withdraw_button)

    def _connect(self) -> None:
        self.source.changed.connect(self._on_roster)
        self.context.operations.changed.connect(self._on_changes)
        self.theme.changed.connect(self._dress)
        CURTAIN.changed.connect(self.model.tell_anew)
        self.tabs.currentChanged.connect(lambda _at: self._on_filter())
        self.filters.changed.connect(self._on_filter)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _was: self.beside.look())
        self.table.doubleClicked.connect(lambda _index: self.deeds.act("open"))
        self.table.key_pressed.connect(self._key)
        self.table.more_wanted.connect(self._more)
        self.table.scrolled.connect(self.texts.look)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self.deeds.menu_at)
        self.model.checks_changed.connect(self.tell_buttons)
        self.again_button.clicked.connect(lambda: self.deeds.act("again"))
        self.only_button.clicked.connect(self._everybody)
        self.withdraw_button.clicked.connect(lambda: self.deeds.act("withdraw"))
        self.templates_button.clicked.connect(
            lambda: self.page_requested.emit("settings", "templates")
        )
        self.lamps.clicked.connect(
            lambda: self.page_requested.emit("settings", self.lamps.leads_to)
        )
        self.side.asked.connect(self.deeds.from_side)
        self.side.left.connect(self.homing.go)
        self.empty.action_requested.connect(self._widen)
        self.message.chosen.connect(self.deeds.way_out)
        self.message.chosen.connect(lambda _way: self.homing.go())
        self.message.dismissed.connect(self.homing.go)

    # what is asked for

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A third of the page at most is for the message beside the list."""
        if event.size().width() != event.oldSize().width():
            side = min(self.theme.px(SIDE), event.size().width() * 3 // 10)
            self.splitter.setSizes([event.size().width() - side, side])
        super().resizeEvent(event)

    def wants_room(self) -> bool:
        """A message's words need more than what is left beside the calendar's side."""
        return self.window().width() < self.theme.px(ROOMY)

    def open(self, what: object = None) -> None:
        self.only = None
        self.shown.clear()
        match what:
            case ("patient", str(patient)):
                self.only = MessageWish(patient_id=patient)
            case ("visit", str(visit)):
                self.only = MessageWish(appointment_id=visit)
            case ("answer", str(answer)):
                self._wanted = answer
                self.tabs.choose("answers")
            case str(tab) if tab in NAMES:
                self.filters.choose("last7" if tab == "failed" else "today")
                self.tabs.choose(tab)
            case str(message) if message:
                self._wanted, self.only = message, MessageWish(message_id=message)
        if self.only is not None:
            self.filters.choose()
            self.tabs.choose("all")
        self._minute.start()
        self.homing.go()
        self.read()

    def leave(self) -> bool:
        self._minute.stop()
        self.countdown.stop()
        return True

    def follow_rights(self) -> bool:
        self.beside.look()
        self.tell_buttons()
        return True

    def wish(self) -> MessageWish:
        wish, only = self.filters.wish(self.today()), self.only
        if only is None:
            return wish
        return replace(
            wish,
            patient_id=only.patient_id,
            appointment_id=only.appointment_id,
            message_id=only.message_id,
        )

    def read(self) -> None:
        self._pause.stop()
        asked = Asked(self.wish(), self.tabs.chosen, self.filters.span, dict(self.shown))
        self.context.operations.ask(
            lambda queries: read_page(queries, asked),
            done=self._take,
            failed=self.message.show_error,
            key=f"messages:{id(self)}",
        )

    def _take(self, answer: Answer) -> None:
        roster = self.source.roster
        if roster is None:
            return  # its coming reads again
        now = self.context.clock.now()
        before, place = id_of(self.current), self.table.currentIndex().row()
        scrolled = (bar := self.table.verticalScrollBar()).value()
        headed = self.tabs.chosen in ("all", "planned")
        self._counts, self._lacking = answer.counts, answer.lacking
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(
                answer.parts, answer.answers, answer.settled, roster, now, self.source.zone,
                headed=headed,
            )  # fmt: skip
        self.tell_listed(self.context.operations, "Messages", answer.whose)
        wanted, self._wanted = self._wanted, ""
        afresh, self._afresh = self._afresh, False
        found = bool(wanted) and self.table.choose(wanted)
        if found:
            self.table.scrollTo(self.table.currentIndex())
        elif not (before and self.table.choose(before)) or self._gone_on(place):
            self._choose_near(-1 if afresh else place)
        if not found and before:
            bar.setValue(0 if afresh else scrolled)
        self._reached = reaches_patients(answer.channels)
        self.lamps.tell(answer.channels, now, self.source.zone, answer.webhook)
        self._tell()
        self.deeds.follow()
        self.beside.look()
        self.texts.look()
        self.countdown.start()

    def _gone_on(self, place: int) -> bool:
        """A deed has sent the current row away from where it stood; once for each deed."""
        moved = self.table.currentIndex().row() != place
        gone = moved and self.deeds.moves_on
        self.deeds.moves_on = False
        return gone

    def _choose_near(self, place: int) -> None:
        """The row that stands where the one before was, else the first."""
        listed = [n for n, row in enumerate(self.model.rows) if id_of(row)]
        if listed:
            at = next((n for n in listed if n >= place), listed[-1]) if place >= 0 else listed[0]
            self.table.choose(id_of(self.model.rows[at]))

    def _tell(self) -> None:
        today = self.filters.span == "today"
        named = next((card.patient_name for card in self.model.cards()), "")
        self.only_button.setVisible(self.only is not None)
        self.only_button.setText(only_words(self.only, CURTAIN.listed(named)))
        self.tabs.tell(tab_counts(self._counts, self._lacking), today=today)
        listed = bool(self.model.rows)
        if not listed:
            self._explain()
        self.homing.show(listed=listed, left=self.filters.left())
        self.side.setVisible(listed)
        self.tell_buttons()

    def _explain(self) -> None:
        said = nothing(
            self.only,
            self.tabs.chosen,
            filtered=self.filters.on,
            searched=bool(self.filters.text.text().strip()),
            reached=self._reached,
        )
        self._way_on = said.action
        self.empty.explain(said.icon, said.title, said.text, said.action)

    def tell_buttons(self) -> None:
        ticked = len(self.model.checked)
        more = f" ({ticked:,})" if ticked else ""
        self.again_button.setText(f"Send a&gain{more}")
        self.withdraw_button.setText(f"&Withdraw{more}")
        self.deeds.tell_buttons()
        total = sum(group.count for group in self._groups())
        if ticked:
            self.subtitle.setText(f"{ticked:,} of {total:,} chosen")
        else:
            self.subtitle.setText("Reminders, confirmations and notices of all desks")

    def _groups(self) -> Sequence[Group]:
        return groups_of(
            self.tabs.chosen, self.wish(), self._counts, self._lacking, self.filters.span
        )

    def _on_changes(self, _changes: Changes) -> None:
        """Messages follow nearly everything; the store is asked once for a burst of changes."""
        if self.isVisible() and not self._pause.isActive():
            self.texts.forget()
            self._pause.start()

    def _on_roster(self) -> None:
        if self.isVisible():
            self.read()

    def _on_filter(self) -> None:
        if self.only is not None and self.only.message_id:
            self.only = None
        self.shown.clear()
        self._afresh = True  # the list begins at its top
        self.read()

    def _everybody(self) -> None:
        """Not one patient's or one visit's messages alone any more."""
        self.only = None
        self.filters.choose("today")
        self.homing.go()
        self._on_filter()

    def _widen(self) -> None:
        if self._way_on == SET_UP:
            self.page_requested.emit("settings", "channels")
            return
        self.only = None
        self.filters.choose()
        self.tabs.choose("all")
        self.read()

    def _more(self, key: str) -> None:
        self.shown[key] = self.shown.get(key, PAGE) + PAGE
        self.read()

    # one message

    @property
    def current(self) -> object:
        return self.table.currentIndex().data(ROW_ROLE)

    @property
    def card(self) -> MessageCard | None:
        row = self.current
        return row if isinstance(row, MessageCard) else None

    def why_not(self) -> str:
        return why_not(self.context.actor, TAKES)

    # keys

    def _key(self, text: str) -> None:
        if text == "/":
            self.filters.text.setFocus()
        elif text == "Space":
            row = self.card
            if row is not None:
                self.model.tick(row.message.id, row.message.id not in self.model.checked)
        elif text == "Ctrl+A":
            cards = len(self.model.cards())
            self.model.tick_all(len(self.model.checked) < cards)
        elif text.isdigit():
            self.tabs.setCurrentIndex(int(text) - 1)
        else:
            self.deeds.act(KEYS[text])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and not self.table.hasFocus() and self.model.rows:
            self.table.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.model.checked:
            self.model.tick_all(False)
        elif event.text() and event.text() in self.own_keys:
            self._key(event.text())
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self.again_button.setIcon(self.theme.qicon("refresh"))
        self.templates_button.setIcon(self.theme.qicon("edit"))
        self.only_button.setIcon(self.theme.qicon("close"))
