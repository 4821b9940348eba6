"""What of the set-up is for people with an account: first a log-in, then the first patient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from clinic_desk.ui.wizard.page import WizardPage


def owned(page: WizardPage, then: Callable[[], object]) -> None:
    """Does it; in a clinic without accounts leads to the step that makes the first one, and from
    there back to where it was asked for."""
    if not page.account.waits:
        then()
        return
    before = page.current
    page.account.next_requested.connect(
        lambda: page.open(before.name), Qt.ConnectionType.SingleShotConnection
    )
    page.ask_for_account()
