"""Start and end of the windowed program. Nothing below this module knows how it was started."""

from __future__ import annotations

import faulthandler
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.ui.front_door import FrontDoor
from clinic_desk.ui.look import style
from clinic_desk.ui.look.assets import Assets
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime import runtime_guard
from clinic_desk.ui.runtime.collecting import Collecting
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Gate, Operations, Views
from clinic_desk.ui.runtime.settings import Settings, read_settings
from clinic_desk.ui.runtime.starting import Read, Starter
from clinic_desk.ui.runtime.unexpected import Unexpected

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.services.backup_ports import Backups
    from clinic_desk.services.billing_gateway import BillingLink
    from clinic_desk.services.couriers import Courier
    from clinic_desk.services.diagnosis import Diagnosis
    from clinic_desk.services.encryption import Encryption
    from clinic_desk.services.exporting import Exporter
    from clinic_desk.services.holiday_ports import PublicHolidays
    from clinic_desk.services.import_report import Importer
    from clinic_desk.services.message_ports import Transport, Transports
    from clinic_desk.services.ports import Maintenance, Queries
    from clinic_desk.services.webhook import WebhookLink
    from clinic_desk.ui.main_window import MainWindow
    from clinic_desk.ui.runtime.accounts import Accounts
    from clinic_desk.ui.widgets.opening_card import OpeningCard

log = logging.getLogger(__name__)

PATIENCE = 150
"""Milliseconds before opening the store is shown at all; usually it is open by then."""

SWITCH = 0.0005
"""Seconds that a computing thread keeps the interpreter from the main thread."""

IDLE = 1500
"""Milliseconds after the first day came in which it has been drawn and looked at."""

KEYLESS = ("no_key", "locked_store")
"""Codes of faults that a recovery key helps against."""

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
    def encryption(self) -> Encryption: ...
    @property
    def diagnosis(self) -> Diagnosis: ...
    @property
    def webhook(self) -> WebhookLink: ...
    @property
    def transports(self) -> Transports: ...

    def courier(
        self, desktop: Transport | None = None, stopping: Callable[[], bool] = ...
    ) -> Courier: ...
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
    @property
    def log_in(self) -> Accounts: ...

    def for_person(self, actor: Actor) -> Clinic: ...

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
    ready: Callable[[FrontDoor], None] | None = None,
    rescue: Callable[[], Backups] | None = None,
    unlock: Callable[[str], str] | None = None,
) -> int:
    """Like ``run``, but opens the clinic itself, off the main thread: migrations and backups may
    take their time while the window says so. A ``Fault`` or ``Refusal`` while opening is told in a
    dialog and ends the program with 1. ``view`` is a page to begin with ("doctor", "flow"), for
    the ``doctor`` of that code; ``back`` is where a window that fell was (``whereabouts``).
    ``ready`` is called with what holds the windows when the start is over and nobody waits for
    anything; perhaps nobody has logged in yet. ``rescue`` makes the backups of a clinic that cannot
    be opened: where they can help, they are offered, and the clinic is opened once more.
    ``unlock`` takes the recovery key of a clinic whose key the keyring does not give, off the main
    thread; raises ``Refusal``."""
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
    starters: list[Starter] = []
    collecting = Collecting(app)
    waiting: list[OpeningCard] = []
    patience = QTimer(app, singleShot=True, interval=PATIENCE)

    def wait() -> None:
        from clinic_desk.ui.widgets.opening_card import OpeningCard  # seldom shown

        waiting.append(OpeningCard(theme))
        waiting[0].wait(0)

    def come() -> None:
        patience.stop()
        while waiting:  # once each: what helped a clinic that did not open comes here again
            waiting.pop().finish()

    patience.timeout.connect(wait)
    state: dict[str, Any] = {}
    once = Qt.ConnectionType.SingleShotConnection
    settled = QTimer(app, singleShot=True)
    settled.timeout.connect(collecting.start)

    def opened(clinic: Clinic, read: Read) -> None:
        come()
        state["clinic"] = clinic
        door = state["door"] = FrontDoor(
            clinic, lambda seat, values, roster: build_window(seat, theme, values, roster), read
        )

        def fresh(window: MainWindow) -> None:
            # built while nobody waits, so that Ctrl+N opens at once: when there is a day
            prepare = window.doors.prepare_later
            window.page.loaded.connect(lambda: prepare(IDLE), once)

        def entered(window: MainWindow) -> None:
            begin(window, view, doctor)
            if back:
                from clinic_desk.ui.main_window import whereabouts  # after a fall alone

                whereabouts.go_back(window, back)

        def shown(window: MainWindow) -> None:
            guard.window = window

        door.fresh.connect(fresh)
        door.shown_changed.connect(shown)
        door.entered.connect(entered, once)
        door.closed.connect(lambda: _ending().close(door.shown, app.quit))
        show(door.open())
        door.opened()
        settled.timeout.connect(
            lambda: state.update(
                endings=_ending().Endings(lambda: door.shown, lambda: _ending().end(app))
            )
        )
        if ready is not None:
            settled.timeout.connect(lambda: ready(door))
        settled.start(IDLE // 2)

    def failed(error: BaseException) -> None:
        come()
        if unlock is not None and isinstance(error, Fault) and error.code in KEYLESS:
            from clinic_desk.ui.settings import recovery_dialog  # seldom needed

            if recovery_dialog.offer(theme, error, unlock):
                start()
            else:
                app.exit(1)
            return
        if rescue is not None and isinstance(error, Fault):
            from clinic_desk.ui.backup import rescue as rescuing  # seldom needed

            if rescuing.can_help(error):
                if rescuing.offer(theme, error, rescue()):
                    start()
                else:
                    app.exit(1)
                return
        title, text = _opening_words(error)
        _tell(None, title, text)
        app.exit(1)

    def start() -> None:
        starter = Starter(open_clinic)
        starters.append(starter)
        starter.opened.connect(opened, Qt.ConnectionType.QueuedConnection)
        starter.failed.connect(failed, Qt.ConnectionType.QueuedConnection)
        patience.start()
        starter.start()

    start()
    # the window's modules, while the file is being read
    import_module("clinic_desk.ui.main_window")
    try:
        code = app.exec()
    finally:
        settled.stop()
        for starter in starters:
            starter.join()
        guard.remove()
        if "endings" in state:
            state["endings"].stop()
        if "door" in state:
            state["door"].end(shut)
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
        accounts=lambda: clinic.log_in,
        encryption=lambda: clinic.encryption,
        diagnosis=lambda: clinic.diagnosis,
        courier=clinic.courier,
        webhook=lambda: clinic.webhook,
        transports=lambda: clinic.transports,
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


def _ending() -> Any:
    return import_module("clinic_desk.ui.main_window.ending")  # no part of the start


def shut(window: MainWindow) -> None:
    """Close the window, wait for writes under way, drop questions."""
    if window.isVisible():
        window.close()
    window.sending.stop()
    window.context.operations.shutdown()
    window.deleteLater()


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
