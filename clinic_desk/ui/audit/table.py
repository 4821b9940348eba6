"""The list of entries as a table of the page."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics

from clinic_desk.ui.audit.model import AuditModel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.key_table import KeyTable

WIDEST_TIME = "Wed 30 Sep 2026 00:00:00"
PADDING = 20


class AuditTable(KeyTable):
    """``spread`` gives the time its whole width and what is left to the words."""

    keys = frozenset({"Return", "Enter", "O", "B", "E", "P", "/"})
    shares = (0, 22, 14, 30, 34)

    def __init__(self, theme: Theme, model: AuditModel) -> None:
        super().__init__(theme, model, "Audit trail")

    def spread(self) -> None:
        width = self.viewport().width()
        metrics = QFontMetrics(self.theme.font("body"))
        time = min(metrics.horizontalAdvance(WIDEST_TIME) + self.theme.px(PADDING), width // 3)
        self.setColumnWidth(0, time)
        left, whole = width - time, sum(self.shares)
        for column, share in enumerate(self.shares[1:], 1):
            self.setColumnWidth(column, left * share // whole)
