"""The row above the list: text, period, channels, doctors."""

from __future__ import annotations

from datetime import date

from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.services.message_ports import MessageWish
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.messages.groups import PERIODS, period
from clinic_desk.ui.models.filter_row import DoctorRow, choice_box, offer_rows, turn
from clinic_desk.ui.models.roster_source import RosterSource


class FilterRow(DoctorRow):
    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__(
            theme, source, "Patient or text", "Filter by patient, number, address or text"
        )
        self.text.setProperty("person", True)
        self.text.setMaxLength(200)
        self.text.setMinimumWidth(140)
        self.period = choice_box(self, "Period")
        self.channel = choice_box(self, "Channel")
        for name, word in PERIODS:
            self.period.addItem(word, name)
        offer_rows(self.channel, "All channels", CHANNEL_WORDS.items())
        self.lay_out(self.period, self.channel, doctor=choice_box(self, "Doctor"))

    @property
    def span(self) -> str:
        return str(self.period.currentData())

    def wish(self, today: date) -> MessageWish:
        first, last = period(self.span, today)
        channel, doctor = self.channel.currentData(), self.doctor.currentData()
        return MessageWish(
            first=first,
            last=last,
            channels=(Channel(channel),) if channel is not None else (),
            doctor_ids=(doctor,) if doctor is not None else (),
            text=self.typed(),
        )

    @property
    def on(self) -> bool:
        """Something else than all messages of all time is shown."""
        chosen = (self.span, self.channel.currentData(), self.doctor.currentData())
        return chosen != ("all", None, None) or bool(self.text.text().strip())

    def choose(self, span: str = "all") -> None:
        """Without ``changed``; everything else is cleared."""
        for box, value in ((self.period, span), (self.channel, None), (self.doctor, None)):
            turn(box, value)
        self.wipe()
