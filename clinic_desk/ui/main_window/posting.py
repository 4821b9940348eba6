"""The messages of the window: the lamp of the status bar, the bell, and the tray.

Begun when the day is on the screen and nobody waits. It follows the store's changes and asks once
for a burst of them, off the main thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.spans import local_date
from clinic_desk.services.message_ports import (
    ChannelState,
    Envelope,
    MessageCard,
    MessageCounts,
    MessageWish,
)
from clinic_desk.services.notices import Notice, NoticeKind, notices
from clinic_desk.services.webhook import SERVICE, TOPICS
from clinic_desk.ui.main_window.notice_list import NoticeList
from clinic_desk.ui.main_window.tray import Tray
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.domain.errors import ClinicDeskError
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.main_window.window import MainWindow

SOON = 800
"""Milliseconds after a change; while thousands are sent it is asked no oftener."""

READ = "notices.read_until"
TRAY = "notices.tray"
FAILED_DAYS = timedelta(days=6)
NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """``today``: of the messages of today; ``open``: of the last days, those that failed;
    ``held``: the one that goes first of those held; ``webhook``: what is wrong with its events."""

    today: MessageCounts
    open: MessageCounts
    held: MessageCard | None
    channels: tuple[ChannelState, ...]
    notices: tuple[Notice, ...]
    webhook: str = ""


def posting_of(window: MainWindow) -> Posting | None:
    """None while it has not begun."""
    found: Posting | None = window.findChild(Posting)
    return found


def begin(window: MainWindow) -> Posting:
    """Once for a window."""
    return posting_of(window) or Posting(window)


def open_notices(window: MainWindow) -> None:
    """The list under the bell."""
    begin(window).open_list()


class Posting(QObject):
    """``post`` is what was read last; None at first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.post: Post | None = None
        self._told: set[str] | None = None
        self._asking = self._stopped = False
        self.tray = Tray(window.context.theme, self)
        self.tray.pressed.connect(self._from_tray)
        self.list = NoticeList(window.context.theme, window)
        self.list.opened.connect(self.open_notice)
        self.list.all_wanted.connect(self._show_all)
        self.list.gone.connect(self._mark_read)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.look)
        window.context.operations.changed.connect(self._look_soon)
        window.freshness.minute.connect(self.look)
        window.closed.connect(self.stop)
        window.status.messages_pressed.connect(self.open_page)
        CURTAIN.changed.connect(self._tell)
        window.sending.notice.connect(self._on_notice)
        window.sending.sent.connect(self._look_soon)
        self.look()

    def stop(self) -> None:
        self._stopped = True
        self._soon.stop()
        self.tray.stop()
        self.list.hide()

    def _look_soon(self) -> None:
        if not self._soon.isActive() and not self._stopped:
            self._soon.start()

    def look(self) -> None:
        if self._stopped:
            return
        if not self._window.context.actor.may(Permission.READ):
            self.post = None
            self._tell()
            return
        if self._asking:
            self._look_soon()
            return
        self._asking = True
        now = self._window.context.clock.now()
        self._window.context.operations.ask(
            lambda queries: read_post(queries, now), done=self._take, failed=self._cannot
        )

    def _cannot(self, _error: ClinicDeskError) -> None:
        """The window says by itself that the store does not answer; the next change asks again."""
        self._asking = False

    def _take(self, post: Post) -> None:
        self._asking = False
        self.post = post
        ids = {one.id for one in post.notices}
        if self._told is not None:
            for one in post.notices:
                if one.id not in self._told and one.kind is not NoticeKind.DESK:
                    self._nudge(one.title, "", one)
        self._told = ids
        self._tell()

    # telling

    def _tell(self) -> None:
        window, post = self._window, self.post
        if post is None:
            window.status.show_messages("")
            window.toolbar.bell.tell(0)
            return
        window.status.show_messages(*lamp_words(post, window.roster.zone))
        until = self.read_until()
        window.toolbar.bell.tell(sum(one.at > until for one in post.notices))
        now = window.context.clock.now()
        self.list.tell(post.notices, until, now, window.roster.zone)

    def read_until(self) -> datetime:
        try:
            found = datetime.fromisoformat(str(self._window.settings.get(READ)))
        except ValueError:
            return NEVER
        return found if found.tzinfo is not None else NEVER

    def _mark_read(self) -> None:
        """Closing the list: what stood on it was seen."""
        post = self.post
        if post is None or not post.notices:
            return
        newest = max(one.at for one in post.notices)
        if newest > self.read_until():
            self._window.settings.put(READ, newest.astimezone(UTC).isoformat())
        self._tell()

    def open_list(self) -> None:
        self._tell()
        self.list.open_below(self._window.toolbar.bell)

    def open_page(self) -> None:
        """From the lamp: what it tells about."""
        post = self.post
        failing = post is not None and (post.open.failed or post.open.undelivered)
        self._window.show_page("messages", "failed" if failing else None)

    def _show_all(self) -> None:
        self._window.show_page("messages")

    def open_notice(self, notice: Notice) -> None:
        if notice.answer_id:
            self._window.show_page("messages", ("answer", notice.answer_id))
        else:
            self._window.show_page("messages", notice.message_id)

    # the tray

    def _on_notice(self, envelope: Envelope) -> None:
        """A notice to the desks that this program has taken up: it is shown here alone, and listed
        under the bell of every desk."""
        self._nudge(envelope.subject or "Clinic Desk", envelope.body, envelope.id)
        self._look_soon()

    def _nudge(self, title: str, text: str, about: object) -> None:
        if self._window.settings.get(TRAY) and self._window.isVisible():
            hidden = LOCK.on or CURTAIN.on
            self.tray.show(title, "" if hidden else text, about)

    def _from_tray(self, about: object) -> None:
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()
        if LOCK.on:
            return
        if isinstance(about, Notice):
            self.open_notice(about)
        elif isinstance(about, str):
            window.show_page("messages", about)


def read_post(queries: Queries, now: datetime) -> Post:
    """A dozen small statements, by indexes."""
    today = local_date(now, queries.roster().practice.zone)
    of_today = MessageWish(first=today, last=today)
    counts = queries.message_counts(of_today)
    held = queries.messages(MessageWish(held=True, soonest=True), 1) if counts.held else ()
    lacking = queries.message_counts(MessageWish(needing=True, first=today - FAILED_DAYS))
    return Post(
        today=counts,
        open=lacking,
        held=held[0] if held else None,
        channels=queries.channel_states(),
        notices=notices(queries, now),
        webhook=messages.webhook_words(queries.gateway_state(SERVICE, TOPICS), now),
    )


def lamp_words(post: Post, zone: str) -> tuple[str, str]:
    """("Messages 84 planned · 1 held until 10:44 · 2 failed", tone); empty when no channel to
    patients is on and nothing waits."""
    today = post.today
    failed = post.open.failed + post.open.undelivered
    used = [one for one in post.channels if one.on and one.channel is not Channel.DESKTOP]
    parts = []
    if today.planned:
        parts.append(f"{today.planned:,} planned")
    if today.held and post.held is not None and post.held.message.held_until is not None:
        until = words.clock_words(post.held.message.held_until, zone)
        parts.append(f"{today.held:,} held until {until}")
    if failed:
        parts.append(f"{failed:,} failed")
    if today.answers:
        parts.append(words.plural(today.answers, "answer"))
    stuck = [one for one in used if one.fault]
    if stuck:
        parts.append(f"{' and '.join(CHANNEL_WORDS[one.channel] for one in stuck)} cannot go")
    if post.webhook:
        parts.append(post.webhook)
    if not parts and not used:
        return "", ""
    resting = [one for one in used if one.open_until is not None or one.fault]
    wrong = bool(today.answers or resting or post.webhook)
    tone = "refuse" if failed else "warn" if wrong else ""
    return f"Messages {' · '.join(parts)}" if parts else "No messages today", tone
