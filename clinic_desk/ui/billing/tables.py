"""The lists of the billing page."""

from __future__ import annotations

from collections.abc import Sequence

from clinic_desk.ui.billing.model import InvoiceModel, TotalModel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.key_table import KeyTable


class _Table(KeyTable):
    """``shares``: how the width is divided among the columns."""

    keys = frozenset({"Return", "Enter", "P", "G", "V", "Del", "I", "T", "E", "O", "B", "/"})
    padding = "padding: 0 5px"
    shares: Sequence[int] = ()

    def spread(self) -> None:
        whole, width = sum(self.shares), self.viewport().width()
        for column, share in enumerate(self.shares):
            # rounded up, they would be a pixel too wide together; the last takes what is left
            self.setColumnWidth(column, width * share // whole)


class InvoiceTable(_Table):
    shares = (13, 18, 12, 11, 15, 14, 9, 9)

    def __init__(self, theme: Theme, model: InvoiceModel) -> None:
        super().__init__(theme, model, "Invoices")


class TotalTable(_Table):
    shares = (16, 18, 10, 13, 13, 13, 13)

    def __init__(self, theme: Theme, model: TotalModel) -> None:
        super().__init__(theme, model, "Totals per day and doctor")
