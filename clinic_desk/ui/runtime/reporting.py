"""How an unexpected exception is written down without what it was about."""

from __future__ import annotations

from clinic_desk.services.bug_lines import note_bug as report

__all__ = ["report"]
