"""The backups of the window: begun when the day is on the screen and nobody waits, their age in the
status bar, a copy when it is closed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from clinic_desk.services.backup_schedule import Age, age_of
from clinic_desk.ui.backup.plan import ago, plan_of
from clinic_desk.ui.backup.watch import BackupWatch

if TYPE_CHECKING:
    from clinic_desk.ui.backup.page import BackupPage
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.widgets.page import Page

PAGE = "backup"
_WORDS = {Age.LATE: " (late)", Age.OLD: " (old)"}
_TONES = {Age.FRESH: "", Age.LATE: "warn", Age.OLD: "refuse", Age.NONE: "refuse"}


def watch_of(window: MainWindow) -> BackupWatch | None:
    """None while it has not begun."""
    found: BackupWatch | None = window.findChild(BackupWatch)
    return found


def begin(window: MainWindow) -> BackupWatch | None:
    """Once for a window; None where nothing can be backed up."""
    watch = watch_of(window)
    if watch is None and window.maintenance is not None:
        backups = window.maintenance.backups
        watch = BackupWatch(window.context, window.settings, backups, window)
        made = watch
        watch.told.connect(lambda: tell(window, made))
        watch.runner.changed.connect(lambda: tell(window, made))
        watch.troubled.connect(window.telling.refused)
        watch.second_failed.connect(window.telling.warn)
        window.freshness.minute.connect(lambda _now: tell(window, made))
        window.closed.connect(watch.stop)
        watch.start()
    return watch


def tell(window: MainWindow, watch: BackupWatch) -> None:
    """The age of the last good copy, in words and colour."""
    if watch.runner.busy and watch.runner.job is not None:
        window.status.show_backup(watch.runner.job.what)
        return
    if not watch.known:
        return
    words, tone = age_words(window, watch.last)
    if watch.failing is not None:
        words, tone = f"{words} · the last try failed", tone or "warn"
    elif watch.second_trouble:
        words, tone = f"{words} · second place not reached", tone or "warn"
    window.status.show_backup(words, tone)


def age_words(window: MainWindow, last: datetime | None) -> tuple[str, str]:
    """What the status bar says, and its tone."""
    now, days = window.context.clock.now(), window.settings.get("backup.warn_days")
    age = age_of(plan_of(window.settings), last, now, days)
    if last is None:
        return "No backup yet", _TONES[age]
    return f"Backup {ago(last, now)}{_WORDS.get(age, '')}", _TONES[age]


def wire(window: MainWindow, page: Page) -> None:
    watch = begin(window)
    if watch is not None:
        cast("BackupPage", page).furnish_backups(watch, window.settings)


def open_page(window: MainWindow) -> None:
    window.show_page(PAGE)


def back_up(window: MainWindow) -> None:
    """Shows the page, which tells how far it is, and begins."""
    if window.maintenance is None or not window.show_page(PAGE):
        return
    page = cast("BackupPage", window.centre.page_named(PAGE))
    page.back_up()
