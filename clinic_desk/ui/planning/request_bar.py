"""What can be done to the chosen request, under the list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.runtime.allowed import shut, why_not
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
    """``acted`` carries approve, decline, plan, change or withdraw."""

    acted = Signal(str)

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor
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
        """Why this desk may not, empty when it may."""
        return why_not(self._actor, NEEDS[action]) if action in NEEDS else ""

    def may(self, action: str) -> bool:
        button = self.buttons[action]
        return button.isEnabled() and not button.isHidden()

    def show_card(self, card: TimeOffCard | None) -> None:
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
