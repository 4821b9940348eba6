"""What can be done to the chosen request, under the list."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.runtime.allowed import keep_shut, shut, why_not, why_not_theirs
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import push

KEYS = {"approve": "A", "decline": "D", "plan": "Enter", "change": "E", "withdraw": "Del"}

NEEDS = {
    "approve": Permission.DECIDE_TIME_OFF,
    "decline": Permission.DECIDE_TIME_OFF,
    "change": Permission.REQUEST_TIME_OFF,
    "withdraw": Permission.REQUEST_TIME_OFF,
}


class RequestBar(QWidget):
    """``acted`` carries approve, decline, plan, change or withdraw. ``ask`` is the button that
    begins a request; it rests for whoever may not ask."""

    acted = Signal(str)

    def __init__(self, actor: Actor, ask: QPushButton) -> None:
        super().__init__()
        keep_shut(ask, why_not(actor, Permission.REQUEST_TIME_OFF))
        self._actor = actor
        self._card: TimeOffCard | None = None
        self.doctors: Mapping[Id, Doctor] = {}
        """Whose names a reason may tell; the page keeps them."""
        self.buttons: dict[str, QPushButton] = {}
        inner = QWidget(self)
        row = FlowLayout(inner, 6)
        around = QVBoxLayout(self)
        around.setContentsMargins(12, 8, 12, 8)
        around.addWidget(inner)
        for action, words, kind in (
            ("approve", "Approve", "primary"),
            ("decline", "Decline…", ""),
            ("plan", "Plan the visits", ""),
            ("change", "Change dates", ""),
            ("withdraw", "Withdraw", ""),
        ):
            button = push(words, self, kind)
            button.clicked.connect(lambda _on=False, action=action: self.acted.emit(action))
            row.addWidget(button)
            self.buttons[action] = button

    def why_not(self, action: str) -> str:
        """Why this person may not, empty when they may."""
        if action not in NEEDS:
            return ""
        doctor_id = self._card.request.doctor_id if self._card is not None else None
        return why_not_theirs(self._actor, NEEDS[action], doctor_id, self.doctors)

    def may(self, action: str) -> bool:
        button = self.buttons[action]
        return button.isEnabled() and not button.isHidden()

    def show_card(self, card: TimeOffCard | None) -> None:
        self._card = card
        status = card.request.status if card is not None else None
        hits = card.hits if card is not None else 0
        buttons = self.buttons
        buttons["approve"].setVisible(status is not TimeOffStatus.APPROVED)
        buttons["decline"].setVisible(status is not TimeOffStatus.DECLINED)
        buttons["plan"].setText(f"Plan {plural(hits, 'visit')}" if hits else "Plan the visits")
        for button in buttons.values():
            button.setEnabled(card is not None)
        buttons["plan"].setEnabled(hits > 0 and status is not TimeOffStatus.DECLINED)
        for name, key in KEYS.items():
            buttons[name].setToolTip(f"{buttons[name].text()} ({key})")
            why = self.why_not(name)
            if why:
                shut([buttons[name]], why)
