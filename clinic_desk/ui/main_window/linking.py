"""Every connection between the parts of the window, in one place."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer

from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.gestures_targets import DateTarget, NavTarget
from clinic_desk.ui.main_window.following import follow, keys_in_force, obey
from clinic_desk.ui.main_window.handlers import mark_theme, save_view, show_saved
from clinic_desk.ui.main_window.midnight import Midnight
from clinic_desk.ui.main_window.pages import wire
from clinic_desk.ui.main_window.who import ACTIONS as SESSION
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.runtime.declared import Control
from clinic_desk.ui.runtime.formatting import day_text

if TYPE_CHECKING:
    from clinic_desk.services.outcome import Changes
    from clinic_desk.ui.booking.finder import FinderPage
    from clinic_desk.ui.main_window.window import MainWindow

RIGHTS = frozenset({"setting", "staff", "external"})
"""Kinds of changes by which what a person may do may have changed."""

LIFEBOAT = 20_000
"""Milliseconds after the first day came in: everything that somebody waits for comes before."""

PRESENT_ONLY = "The time machine shows the past; Esc leads back to where a step can be undone."

BACKUP = 10_000
"""Milliseconds until the first look at whether a backup is due."""

AGE = 400
"""Milliseconds until the age of the last backup is told: the first picture comes before."""

POST = 3000
"""Milliseconds until the messages are looked at: the lamp, the bell, the tray."""

WATCH = 5000
"""Milliseconds until it is watched whether anybody is at the desk."""


def link(window: MainWindow) -> None:
    _toolbar(window)
    _sidebar(window)
    _calendar(window)
    _shelf(window)
    _cards(window)
    _store(window)
    window.waiting.connect_all()
    centre = window.centre
    centre.page_changed.connect(window.on_page)
    centre.page_changed.connect(lambda _page: _tell_days(window))
    centre.page_changed.connect(
        lambda page: window.undoing.shut(PRESENT_ONLY if page == "past" else "")
    )
    centre.message.chosen.connect(window.telling.chosen)
    centre.empty.action_requested.connect(lambda: _fill_emptiness(window))
    centre.finder_built.connect(lambda page: _finder(window, page))
    centre.page_built.connect(lambda page: wire(window, page))
    window.context.theme.changed.connect(while_alive(window, lambda: mark_theme(window)))
    window.actions_["file.import"].setEnabled(window.doors.can_import)
    window.actions_["file.export"].setEnabled(window.doors.can_export)
    window.actions_["file.backup"].setEnabled(window.maintenance is not None)
    mark_theme(window)
    if window.context.actor.permissions is not None:
        from clinic_desk.ui.main_window.barring import bar  # no part of a manager's start

        bar(window)
    keys_in_force(window)
    for item in window.settings.declared:
        if item.control is not Control.NONE:
            obey(window, item.key)


def _toolbar(window: MainWindow) -> None:
    bar = window.toolbar
    bar.who.set_actions([window.actions_[name] for name in SESSION])
    bar.step_requested.connect(lambda step: _go(window, lambda: window.page.step(step)))
    bar.today_requested.connect(lambda: _go(window, lambda: window.page.today()))
    bar.month_requested.connect(lambda at: _open_month(window, at))
    bar.view_requested.connect(window.set_view)
    bar.zoom_requested.connect(window.page.set_zoom)
    bar.zoom_requested.connect(window.choices.set_zoom)
    bar.new_requested.connect(window.doors.book)
    search = window.search
    search.visit_requested.connect(window.visits.show)
    search.card_requested.connect(window.doors.patient)
    search.page_requested.connect(lambda row_id: window.show_page("patient", row_id))
    search.book_requested.connect(window.doors.book)
    search.add_requested.connect(window.doors.add_patient)
    search.export_requested.connect(window.doors.export_visits)
    search.dismissed.connect(window.centre.focus_page)
    found = window.searching
    found.patient_chosen.connect(window.doors.patient)
    found.visit_chosen.connect(window.doors.visit)
    found.doctor_chosen.connect(window.choose_only)
    found.day_chosen.connect(window.go_to)
    found.failed.connect(window.telling.refused)


def _sidebar(window: MainWindow) -> None:
    side = window.sidebar
    side.month.day_chosen.connect(window.go_to)
    side.month.week_chosen.connect(window.show_week)
    side.month.shown.connect(lambda _first, _last: window.showing.show_day_loads())
    side.group_requested.connect(window.choices.set_group)
    side.saved.chosen.connect(lambda place: show_saved(window, place))
    side.saved.save_requested.connect(lambda: save_view(window))
    side.saved.deleted.connect(window.visits.view_deleted)
    side.card.action_requested.connect(window.visits.from_card)
    side.card.status_requested.connect(window.visits.set_status)
    window.choices.view_changed.connect(window.on_view)
    window.choices.zoom_changed.connect(window.page.set_zoom)
    window.choices.zoom_changed.connect(window.toolbar.show_zoom)
    window.choices.columns_changed.connect(window.showing.apply_columns)
    window.choices.group_changed.connect(window.showing.apply_columns)
    window.choices.site_changed.connect(window.showing.apply_columns)
    side.sites.chosen.connect(window.choices.set_site)


def _calendar(window: MainWindow) -> None:
    page = window.page
    page.status_text.connect(window.status.show_selected)
    page.selection_changed.connect(window.telling.show_selected)
    page.book_requested.connect(window.doors.book_at)
    page.open_requested.connect(window.doors.visit)
    page.day_changed.connect(window.on_day)
    page.key_hints.connect(window.status.show_hints)
    page.zoom_changed.connect(window.choices.set_zoom)
    page.cancelled_changed.connect(
        lambda shown: window.settings.put("calendar.show_cancelled", shown)
    )
    page.toast_requested.connect(window.telling.toast)
    page.refused.connect(window.telling.refused)
    page.page_requested.connect(window.show_page)
    page.loaded.connect(lambda: _tell_days(window))
    page.plan_offered.connect(window.telling.offer_plan)
    page.view_requested.connect(window.choices.set_view)
    page.only_requested.connect(lambda row_id: _only(window, row_id))
    page.order_requested.connect(lambda ids: _reorder(window, ids))
    page.hide_requested.connect(window.sidebar.hide_column)
    page.cancel_requested.connect(window.visits.cancel)
    page.finder_requested.connect(window.visits.find_from_grid)
    gestures = page.gestures
    gestures.status_changed.connect(window.status.show_drag)
    gestures.finder_requested.connect(window.visits.find_another)
    gestures.show_requested.connect(window.visits.show)
    gestures.active_changed.connect(window.toast.stand_aside)
    gestures.add_shelf(window.shelf)
    gestures.bring_grid = window.visits.bring_grid
    month = window.sidebar.month
    gestures.add_dates(DateTarget(month, month.date_at, day_text))
    gestures.add_step(NavTarget(window.toolbar.back, -1))
    gestures.add_step(NavTarget(window.toolbar.forward, 1))


def _tell_days(window: MainWindow) -> None:
    """To the audit trail: the visits of these days are on the screen, or will be with the log-in
    that the window is made ready for."""
    seen = window.page.loader.seen
    if seen is not None and (window.page.isVisible() or not window.context.actor.session_id):
        window.context.operations.looked_at_days(*seen)


def _shelf(window: MainWindow) -> None:
    shelf = window.shelf
    shelf.toast_requested.connect(window.telling.toast)
    shelf.refused.connect(window.telling.refused)
    shelf.collapsed_changed.connect(window.panes.shelf_folded)


def _cards(window: MainWindow) -> None:
    page = window.page
    window.toast.action_requested.connect(window.telling.toast_pressed)
    window.undoing.told.connect(window.telling.toast_with)
    window.undoing.refused.connect(window.telling.refused)
    # its Undo or Redo is what has just been refused
    window.undoing.refused.connect(lambda _error: window.toast.dismiss())
    doors = window.doors
    doors.toast_requested.connect(window.telling.toast)
    doors.importing.connect(window.undoing.pause)
    window.undoing.working.connect(window.status.show_work)
    doors.booked.connect(page.select_visit)
    doors.page_requested.connect(window.show_page)
    doors.finder_requested.connect(window.visits.find)
    doors.move_requested.connect(window.visits.pick_up)
    doors.copy_requested.connect(window.visits.pick_up_copy)
    doors.next_available_requested.connect(window.visits.find_for)


def _store(window: MainWindow) -> None:
    operations = window.context.operations
    operations.changed.connect(window.on_changes)
    operations.changed.connect(lambda changes: _standing(window, changes))
    operations.busy_changed.connect(window.status.show_pending)
    window.roster.changed.connect(window.showing.on_roster)
    window.freshness.minute.connect(lambda _now: window.on_minute())
    Midnight(window)
    window.freshness.store_failed.connect(window.telling.store_failed)
    window.freshness.store_back.connect(window.telling.store_back)
    window.settings.failed.connect(window.telling.refused)
    window.settings.changed.connect(lambda key: obey(window, key))
    window.settings.followed.connect(lambda key: follow(window, key))
    ask = window.telling.read_backup_age  # counts the whole file
    _later(window, AGE, ask)
    operations.changed.connect(lambda changes: ask() if "encryption" in changes.kinds else None)
    _lifeboat(window)
    window.status.backup_pressed.connect(window.actions_["page.backup"].trigger)
    window.status.protection_pressed.connect(lambda: window.show_page("settings", "encryption"))
    _later(window, BACKUP, lambda: _backups(window))
    _later(window, WATCH, lambda: _curtain(window))
    _later(window, POST, lambda: _post(window))
    window.toolbar.bell.clicked.connect(window.actions_["notices.open"].trigger)


def _standing(window: MainWindow, changes: Changes) -> None:
    if changes.kinds & RIGHTS and window.isVisible():
        from clinic_desk.ui.main_window import standing

        standing.look(window, told="external" in changes.kinds)


def _curtain(window: MainWindow) -> None:
    from clinic_desk.ui.main_window.curtain import curtain_of

    curtain_of(window)


def _backups(window: MainWindow) -> None:
    """Its modules are loaded on another thread, as those of the lifeboat."""
    window.context.operations.ask(
        lambda _queries: import_module("clinic_desk.ui.main_window.backing"),
        done=lambda backing: backing.begin(window),
        failed=window.telling.refused,
    )


def _post(window: MainWindow) -> None:
    """Its modules are loaded on another thread, as those of the backups."""
    window.context.operations.ask(
        lambda _queries: import_module("clinic_desk.ui.main_window.posting"),
        done=lambda posting: posting.begin(window),
        failed=window.telling.refused,
    )


def _lifeboat(window: MainWindow) -> None:
    def begin() -> None:
        """Its modules are loaded on the thread that will draw the sheets: too many for this one."""
        window.context.operations.ask(
            lambda _queries: import_module("clinic_desk.ui.main_window.lifeboat"),
            done=lambda lifeboat: lifeboat.begin(window),
            failed=window.telling.refused,
        )

    _later(window, LIFEBOAT, begin)


def _later(window: MainWindow, milliseconds: int, begin: Callable[[], None]) -> None:
    """Once, so long after the first day came in. A window that was made ready behind another one's
    page begins when it comes to the screen."""
    first = QTimer(window, singleShot=True, interval=milliseconds)
    first.timeout.connect(begin)
    once = Qt.ConnectionType.SingleShotConnection
    window.page.loaded.connect(lambda: _Shown(window, first).look(), once)
    window.closed.connect(first.stop)


class _Shown(QObject):
    """Starts a timer as soon as its window is on the screen."""

    def __init__(self, window: MainWindow, timer: QTimer) -> None:
        super().__init__(window)
        self._window, self._timer = window, timer

    def look(self) -> None:
        if self._window.isVisible():
            self._begin()
        else:
            self._window.installEventFilter(self)

    def _begin(self) -> None:
        self._timer.start()
        self.deleteLater()

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        if one is self._window and event.type() is QEvent.Type.Show:
            self._window.removeEventFilter(self)
            self._begin()
        return False


def _finder(window: MainWindow, page: FinderPage) -> None:
    page.toast_requested.connect(window.telling.toast)
    page.closed.connect(window.show_calendar)
    page.book_requested.connect(window.doors.book_opening)
    page.moved.connect(window.visits.show)
    page.wait_requested.connect(window.waiting.from_finder)


def _open_month(window: MainWindow, at: QPoint) -> None:
    popup = window.cards.month
    popup.month.set_today(window.today())
    popup.month.set_week_rule(window.settings.get("calendar.week_numbers"))
    popup.open_at(at, window.day)


def _go(window: MainWindow, go: Callable[[], None]) -> None:
    if window.show_calendar():
        go()
    else:
        window.centre.when_left(lambda: _go(window, go))


def _only(window: MainWindow, row_id: Id) -> None:
    roster = window.roster.roster
    if roster is not None and row_id in roster.rooms:
        window.sidebar.show_only(row_id)
    else:
        window.choose_only(row_id)


def _reorder(window: MainWindow, ids: list[Id]) -> None:
    roster = window.roster.roster
    if roster is not None:
        window.choices.reorder(roster, ids)


def _fill_emptiness(window: MainWindow) -> None:
    roster = window.roster.roster
    if roster is not None and not roster.doctors:
        window.show_page("wizard")
    else:
        window.sidebar.show_all()
