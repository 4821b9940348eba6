"""Say a result to assistive technology."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.runtime.privacy import CURTAIN


def announce(source: QObject, text: str, *, urgent: bool = False) -> None:
    """``urgent`` interrupts what is being read (refusals); results wait their turn. While the
    screen is locked only the page that locks it speaks."""
    if not text or not QAccessible.isActive() or LOCK.silent(source):
        return
    event = QAccessibleAnnouncementEvent(source, CURTAIN.said(text))
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
