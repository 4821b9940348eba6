"""The set-up page in the window: when it opens by itself, and what its buttons lead to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QFileDialog

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.ports import Maintenance
from clinic_desk.ui.main_window.code_paper import print_code
from clinic_desk.ui.main_window.guiding import Guiding

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.wizard.page import WizardPage

SETTING_UP = "Brought along while the clinic was set up"
"""The reason that the audit trail tells."""


def open_if_new(window: MainWindow) -> bool:
    """A clinic without doctors, or one whose set-up was left half-way, begins with the set-up;
    unless it was finished, or this desk may not do it."""
    roster, settings = window.roster.roster, window.settings
    if roster is None or settings.get("setup.done"):
        return False
    if not window.context.actor.may(Permission.EDIT_ROSTER):
        return False
    begun = bool(settings.get("setup.draft").get("step"))
    nobody = not any(row.active for row in roster.doctors.values())
    return (begun or nobody) and window.show_page("wizard")


def wire(window: MainWindow, page: WizardPage) -> None:
    """Once, when the page has been built."""
    guide = Guiding(window)
    page.guide_requested.connect(guide.start)
    page.import_requested.connect(window.doors.import_files)
    page.restore_requested.connect(lambda: _choose_backup(window))
    page.manager_made.connect(window.manager_made)
    window.manager_made.connect(lambda _made: page.account.know(True))
    page.account.print_requested.connect(
        lambda code: print_code(window, window, window.context.actor.name, code)
    )
    page.practice_requested.connect(lambda: _practise(window))
    page.data.take_in.setEnabled(window.doors.can_import)
    page.data.restore.setEnabled(window.maintenance is not None)
    page.data.practise.setEnabled(bool(window.context.practice))
    guide.began.connect(page.guided)
    guide.ended.connect(lambda booked: _back(window, page, booked))
    page.ready.connect(lambda: _clear_rest(guide, page))


def _clear_rest(guide: Guiding, page: WizardPage) -> None:
    """Of a guided booking that a crash or a closed window cut short."""
    if page.draft.practice_id and not guide.active:
        guide.clear(page.draft.practice_id)


def _back(window: MainWindow, page: WizardPage, booked: bool) -> None:
    page.guided("")
    if window.centre.shown_page is not page:
        window.show_page("wizard", "trying")
    if booked:
        window.toast.dismiss()  # it speaks of a visit that is gone
        page.show_ready()


def _practise(window: MainWindow) -> None:
    program, *arguments = window.context.practice
    started, _process = QProcess.startDetached(program, arguments, str(Path.home()))
    if started:
        window.telling.toast("The practice clinic opens in a window of its own, in a moment.")
    else:
        window.telling.warn("The practice clinic could not be started. “clinic-desk demo” does.")


def _choose_backup(window: MainWindow) -> None:
    dialog = QFileDialog(window, "Restore a backup", "", "Backups (*.clinicdesk);;All files (*)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: restore(window, path))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def restore(window: MainWindow, path: str) -> None:
    """The backup takes the clinic's place; what was there is kept as a backup of its own."""
    maintenance, actor = cast(Maintenance, window.maintenance), window.context.actor
    window.telling.toast("Restoring the backup…")

    def put_back() -> str:
        backups = maintenance.backups
        return backups.restore(backups.described(path), SETTING_UP, actor)

    def done(kept: str) -> None:
        window.context.operations.announce_external()
        window.centre.page_named("wizard").open("restored")
        window.show_calendar()
        window.telling.toast(
            f"Restored. What was here before is kept as {kept}" if kept else "Restored."
        )

    window.context.operations.ask(
        lambda _queries: put_back(), done=done, failed=window.telling.refused
    )
