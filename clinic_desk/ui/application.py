"""Start and end of the windowed program. Nothing below this module knows how it was started."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from traceback import clear_frames
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.ui.look import style
from clinic_desk.ui.look.assets import Assets
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime import runtime_guard
from clinic_desk.ui.runtime.collecting import Collecting
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Gate, Operations, Views
from clinic_desk.ui.runtime.reporting import report
from clinic_desk.ui.runtime.settings import Settings, read_settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.services.billing_gateway import BillingLink
    from clinic_desk.services.exporting import Exporter
    from clinic_desk.services.holiday_ports import PublicHolidays
    from clinic_desk.services.import_report import Importer
    from clinic_desk.services.ports import Maintenance, Queries
    from clinic_desk.ui.main_window import MainWindow
    from clinic_desk.ui.widgets.opening_card import OpeningCard

log = logging.getLogger(__name__)

PATIENCE = 150
"""Milliseconds before opening the store is shown at all; usually it is open by then."""

SWITCH = 0.0005
"""Seconds that a computing thread keeps the interpreter from the main thread."""

IDLE = 1500
"""Milliseconds after the first day came in which it has been drawn and looked at."""

TITLE_BAR = 40
"""Pixels kept for the frame that a desktop puts around the window."""


class Clinic(Protocol):
    """What the interface needs of the composition root (``app.container.Container``)."""

    @property
    def desk(self) -> Gate: ...
    @property
    def queries(self) -> Queries: ...
    @property
    def maintenance(self) -> Maintenance: ...
    @property
    def importer(self) -> Importer: ...
    @property
    def public_holidays(self) -> PublicHolidays: ...
    @property
    def exporter(self) -> Exporter: ...
    @property
    def billing(self) -> BillingLink: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def new_id(self) -> IdFactory: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def resources(self) -> Path: ...
    @property
    def practice(self) -> tuple[str, ...]: ...
    @property
    def views(self) -> Views: ...

    def close(self) -> None: ...


def run(clinic: Clinic, argv: Sequence[str]) -> int:
    """Show the window of an open clinic until it is closed; answers the exit code. The clinic
    stays open: whoever opened it closes it."""
    return run_opening(lambda: clinic, clinic.resources, argv, close=False)


def run_opening(
    open_clinic: Callable[[], Clinic],
    resources: Path,
    argv: Sequence[str],
    *,
    close: bool = True,
    view: str = "",
    doctor: str = "",
    back: str = "",
    ready: Callable[[MainWindow], None] | None = None,
) -> int:
    """Like ``run``, but opens the clinic itself, off the main thread: migrations and backups may
    take their time while the window says so. A ``Fault`` or ``Refusal`` while opening is told in a
    dialog and ends the program with 1. ``view`` is a page to begin with ("doctor", "flow"), for
    the ``doctor`` of that code; ``back`` is where a window that fell was (``whereabouts``).
    ``ready`` is called with the window when the start is over and nobody waits for anything."""
    app = application(argv)
    # the window's own signal ends the program: Qt would count the opening card's end as well
    app.setQuitOnLastWindowClosed(False)
    fault = runtime_guard.check()
    if fault is not None:
        log.error("unusable Qt binding")
        _tell(None, "Clinic Desk cannot start", fault)
        return 1
    theme = Theme(Assets(resources))
    style.apply(app, theme)
    guard = Unexpected(app)
    starter = _Starter(open_clinic)
    collecting = Collecting(app)
    waiting: list[OpeningCard] = []
    patience = QTimer(app, singleShot=True, interval=PATIENCE)

    def wait() -> None:
        from clinic_desk.ui.widgets.opening_card import OpeningCard  # seldom shown

        waiting.append(OpeningCard(theme))
        waiting[0].wait(0)

    def come() -> None:
        patience.stop()
        for card in waiting:
            card.finish()

    patience.timeout.connect(wait)
    patience.start()
    state: dict[str, Any] = {}
    settled = QTimer(app, singleShot=True)
    settled.timeout.connect(collecting.start)

    def opened(clinic: Clinic, values: Mapping[str, Any], roster: Roster | None) -> None:
        come()
        window = build_window(clinic, theme, values, roster)
        state["clinic"], state["window"] = clinic, window
        guard.window = window
        window.closed.connect(app.quit)
        # built while nobody waits, so that Ctrl+N opens at once; nobody waits once there is a day
        prepare = window.doors.prepare_later
        window.page.loaded.connect(lambda: prepare(IDLE), Qt.ConnectionType.SingleShotConnection)
        show(window)
        begin(window, view, doctor)
        if back:
            from clinic_desk.ui.main_window import whereabouts  # after a fall alone

            whereabouts.go_back(window, back)
        if ready is not None:
            settled.timeout.connect(lambda: ready(window))
        settled.start(IDLE // 2)

    def failed(error: BaseException) -> None:
        come()
        title, text = _opening_words(error)
        _tell(None, title, text)
        app.exit(1)

    starter.opened.connect(opened, Qt.ConnectionType.QueuedConnection)
    starter.failed.connect(failed, Qt.ConnectionType.QueuedConnection)
    starter.start()
    # the window's modules, while the file is being read
    import_module("clinic_desk.ui.main_window")
    try:
        code = app.exec()
    finally:
        settled.stop()
        starter.join()
        guard.remove()
        window = state.get("window")
        if window is not None:
            shut(window)
        if close and "clinic" in state:
            state["clinic"].close()
        collecting.stop()
        collecting.deleteLater()
    return code


def application(argv: Sequence[str]) -> QApplication:
    """The one QApplication, with British dates and our name."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable(file=sys.stderr)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    app = QApplication(list(argv) or ["clinic-desk"])
    # A call into Qt lets go of the interpreter, and to get it back from a thread that computes (an
    # import, say) takes one interval: with Python's 5 ms a frame of thirty such calls took 150 ms.
    sys.setswitchinterval(SWITCH)
    app.setApplicationName("clinic-desk")
    app.setApplicationDisplayName("Clinic Desk")
    return app


def build_window(
    clinic: Clinic,
    theme: Theme,
    values: Mapping[str, Any] | None = None,
    roster: Roster | None = None,
) -> MainWindow:
    """The window on an open clinic, not yet shown; end it with ``shut``. ``values`` are the
    settings read beforehand; without them they are read here, on the calling thread, which only
    tests and the tour may do. A ``roster`` read beforehand spares the first day a question."""
    if values is None:
        values = read_settings(clinic.queries)
    from clinic_desk.ui.main_window import MainWindow
    from clinic_desk.ui.main_window.following import dress

    operations = Operations(clinic.desk, clinic.queries, views=clinic.views)
    context = Context(
        operations,
        clinic.clock,
        clinic.actor,
        clinic.new_id,
        theme,
        holidays=lambda: clinic.public_holidays,
        exporter=lambda: clinic.exporter,
        billing=lambda: clinic.billing,
        practice=clinic.practice,
    )
    settings = Settings(operations, values)
    dress(theme, settings)
    window = MainWindow(
        context,
        settings,
        maintenance=clinic.maintenance,
        importer=lambda: clinic.importer,
        roster=roster,
    )
    operations.setParent(window)
    settings.setParent(window)
    return window


def show(window: MainWindow) -> None:
    """Show the window as it was left; filling the screen where it would reach beyond its edges."""
    room = window.screen().availableGeometry().size()
    fits = window.width() <= room.width() and window.height() + TITLE_BAR <= room.height()
    if fits and not window.settings.get("window.maximised"):
        window.show()
        return
    window.resize(window.size().boundedTo(room))
    window.showMaximized()


def begin(window: MainWindow, view: str = "", doctor: str = "") -> None:
    """A clinic that nobody has set up yet begins with the set-up; any other with the page that was
    asked for, if one was."""
    roster = window.roster.roster
    drafted = window.settings.get("setup.draft")
    if drafted or roster is None or not any(row.active for row in roster.doctors.values()):
        from clinic_desk.ui.main_window.first_steps import open_if_new

        if open_if_new(window):
            return
    if view:
        window.show_page(view, doctor or None)


def shut(window: MainWindow) -> None:
    """Close the window, wait for writes under way, drop questions."""
    if window.isVisible():
        window.close()
    window.context.operations.shutdown()
    window.deleteLater()


class Unexpected(QObject):
    """Turns a bug into a log line without patient detail and one plain dialog at a time."""

    _came = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.window: QWidget | None = None
        self._box: QMessageBox | None = None
        self._hook, self._thread_hook = sys.excepthook, threading.excepthook
        self._came.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        report(log, "unexpected", error.with_traceback(trace))
        # What the broken call held is let go: a painter that outlives its paint event ends the
        # process.
        clear_frames(trace)
        self._came.emit(error)

    def _caught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            report(log, "unexpected in a thread", args.exc_value)
            self._came.emit(args.exc_value)

    def _show(self, _error: BaseException) -> None:
        if self._box is not None:
            return
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Clinic Desk")
        box.setText("Something went wrong inside the program.")
        box.setInformativeText(
            "What was saved is safe, and you can go on. If it happens again, restart the program "
            "and send its log file to whoever looks after it; the file holds no patient details."
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.destroyed.connect(self._forget)
        self._box = box
        box.open()

    def _forget(self) -> None:
        self._box = None


class _Starter(QObject):
    """Opens the clinic and reads settings and roster on a thread of its own."""

    opened = Signal(object, object, object)
    failed = Signal(object)

    def __init__(self, open_clinic: Callable[[], Clinic]) -> None:
        super().__init__()
        self._open = open_clinic
        self._thread = threading.Thread(target=self._work, name="opening", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join(timeout=10)

    def _work(self) -> None:
        try:
            clinic = self._open()
            values = read_settings(clinic.queries)
            roster = _roster(clinic.queries)
        except Exception as error:
            if not isinstance(error, ClinicDeskError):
                report(log, "the clinic could not be opened", error)
            self.failed.emit(error)
        else:
            self.opened.emit(clinic, values, roster)


def _roster(queries: Queries) -> Roster | None:
    """None where there is none: the window asks again and says why."""
    try:
        return queries.roster()
    except Refusal:
        return None


def _opening_words(error: BaseException) -> tuple[str, str]:
    title = "The clinic could not be opened"
    if isinstance(error, Fault):
        return title, error.sentence
    if isinstance(error, ClinicDeskError):
        return title, str(error)
    return title, (
        "Something went wrong inside the program while it opened the clinic's data. The data "
        "was not changed. “clinic-desk doctor” tells more."
    )


def _tell(parent: QWidget | None, title: str, text: str) -> None:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle("Clinic Desk")
    box.setText(title)
    box.setInformativeText(text)
    box.exec()
