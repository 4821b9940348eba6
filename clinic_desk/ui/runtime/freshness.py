"""Keeps what is shown true: other desks' commits, the passing minute, a clock that jumps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Clock
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations

POLL = 1000
"""Milliseconds between two looks at the store's version."""

_JUMP = timedelta(seconds=5)


if TYPE_CHECKING:
    from clinic_desk.ui.runtime.sending import Finish, Sender


class Freshness(QObject):
    """``minute`` comes at each minute boundary, and at once after the computer slept or its clock
    was set; it carries the present instant (UTC). ``store_failed`` and ``store_back`` tell when
    the store cannot be read and when it can again.

    The version also changes with this window's own commits. They are announced like anybody's:
    telling them apart would need a guess, and a wrong guess hides another desk's booking.
    """

    minute = Signal(object)
    store_failed = Signal(object)
    store_back = Signal()

    def __init__(self, operations: Operations, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._versions: tuple[int, int] | None = None
        self._asking = False
        self._failed = False
        self._seen: datetime = clock.now()
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self.look)
        self._next_minute = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._next_minute.timeout.connect(self._tick)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def start(self) -> None:
        self._poll.start()
        self._arm()
        self.look()

    def stop(self) -> None:
        self._poll.stop()
        self._next_minute.stop()

    def look(self) -> None:
        """One look now; a look under way is enough."""
        now = self._clock.now()
        if abs(now - self._seen) > _JUMP and self._next_minute.isActive():
            self._tick()
        self._seen = now
        if not self._asking:
            self._asking = True
            self._operations.ask(
                lambda queries: (queries.data_version(), queries.post_version()),
                done=self._compare,
                failed=self._cannot,
            )

    def _compare(self, versions: tuple[int, int]) -> None:
        self._asking = False
        if self._failed:
            self._failed = False
            self.store_back.emit()
        known, self._versions = self._versions, versions
        if known is None:
            return
        if known[0] != versions[0]:
            self._operations.announce_external()
        elif known != versions:
            self._operations.announce_post()

    def _cannot(self, error: ClinicDeskError) -> None:
        self._asking = False
        if not self._failed:
            self._failed = True
            self.store_failed.emit(error)

    def _tick(self) -> None:
        self._arm()
        self.minute.emit(self._clock.now())

    def _arm(self) -> None:
        now = self._clock.now()
        into = now.second * 1000 + now.microsecond // 1000
        # a few ms past the boundary, so that the minute has changed when it is read
        self._next_minute.start(60_000 - into + 5)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and self._poll.isActive():
            self.look()


FIRST_SENDING = 20_000
"""Milliseconds after the window was shown."""

TIDY_FIRST, TIDY_EVERY = 5 * 60_000, 6 * 3_600_000
"""Milliseconds until the clinic's policy on old details of the audit trail is kept."""


class Sending(QObject):
    """Sends what waits for services outside and for patients, from a while after the window is
    shown until it closes, and empties what the audit trail need not keep. Nothing of it is loaded
    for the first day on the screen. ``notice`` carries the ``Envelope`` of a notice to be shown
    here, ``sent`` comes after messages were settled."""

    notice = Signal(object)
    sent = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.worker: Sender | None = None
        self._first = QTimer(self, singleShot=True, interval=FIRST_SENDING)
        self._first.timeout.connect(self.begin)
        self._tidying = QTimer(self, singleShot=True)
        self._tidying.timeout.connect(self.tidy)

    def start(self) -> None:
        self._tidying.start(TIDY_FIRST)
        if self._context.courier is not None and self.worker is None:
            self._first.start()

    def tidy(self) -> None:
        from clinic_desk.ui.runtime.retention import keep_policy

        keep_policy(self._context.operations)
        self._tidying.start(TIDY_EVERY)

    def begin(self) -> None:
        from clinic_desk.ui.runtime.sending import Sender

        if self.worker is None:
            self.worker = Sender(self._context, self)
            self.worker.notice.connect(self.notice)
            self.worker.sent.connect(self.sent)
            self.worker.start()
        self.worker.look()

    @property
    def busy(self) -> bool:
        return self.worker is not None and self.worker.busy

    def rest(self) -> None:
        """The window has gone; ``finish`` may follow."""
        self._first.stop()
        self._tidying.stop()
        if self.worker is not None:
            self.worker.rest()

    def finish(self, parent: QObject) -> Finish | None:
        """What is due is sent once more; None where nothing is sent from here, or was not begun."""
        if self.worker is None:
            return None
        from clinic_desk.ui.runtime.sending import Finish

        return Finish(self.worker, parent)

    def stop(self) -> None:
        self._first.stop()
        self._tidying.stop()
        if self.worker is not None:
            self.worker.stop()
            self.worker = None  # whoever comes back to this window has another one
