"""Step 7: the account of whoever sets the clinic up, its first manager."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clinic_desk.services.staff_ports import LoggedIn
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.accounts.first import FirstManager
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.wizard.step import Step

MADE = (
    "The clinic has accounts: everybody logs in with their own. You make and change them in "
    "Settings, Staff."
)


class AccountStep(Step):
    """``made`` carries the ``LoggedIn`` when the account stands, ``print_requested`` its recovery
    code; ``next_requested`` comes when that has been kept. What is chosen as password or PIN is
    kept nowhere: whoever leaves half-way types it again."""

    name = "account"
    title = "Your account"
    lead = (
        "From now on everybody logs in. You are the first manager, and make the accounts of the "
        "others in Settings, Staff."
    )
    skippable = False

    made = Signal(object)
    print_requested = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(context.theme)
        self.there = context.accounts is None
        """The clinic has its first account."""
        self.form = FirstManager(context.theme, self)
        self.form.make.hide()  # that is what Next does
        if context.accounts is not None:
            self.form.work_with(Asking(context.operations, context.accounts))
        self.told = InkLabel(context.theme, MADE, wrap=True)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 8, 24, 20)
        column.addWidget(self.told)
        column.addWidget(self.form)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.column.addWidget(area, 1)
        self.form.edited.connect(self.edited)
        self.form.made.connect(self._made)
        self.form.finished.connect(self._kept)
        self.form.print_requested.connect(self.print_requested)
        self.know(self.there)

    def know(self, there: bool) -> None:
        """Whether the clinic has accounts by now."""
        self.there = self.there or there
        self.told.setVisible(self.there and not self.form.showing_code)
        self.form.setVisible(not self.there or self.form.showing_code)

    def go_on(self) -> None:
        """Next: makes the account, or takes its code as kept."""
        if self.form.showing_code:
            self.form.code.done.click()
        else:
            self.form.set_up()

    @property
    def waits(self) -> bool:
        """Next is not yet the next step."""
        return not self.there or self.form.showing_code

    @property
    def dirty(self) -> bool:
        """Nothing of it is lost by going elsewhere."""
        return False

    def raws(self) -> dict[str, Any]:
        return self.form.raws()

    def put_raws(self, raws: Any) -> None:
        self.form.put(raws)

    def begin(self) -> bool:
        if self.form.showing_code:
            self.form.code.print.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.there:
            self.form.focus_empty()
        return self.waits

    def _made(self, entered: LoggedIn) -> None:
        self.there = True
        self.made.emit(entered)

    def _kept(self) -> None:
        self.know(True)
        self.next_requested.emit()
