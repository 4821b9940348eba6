"""What an empty list says, and where its button leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinic_desk.domain.messages import Channel
from clinic_desk.services.message_ports import ChannelState, MessageWish

SET_UP, SHOW_ALL = "Set up channels", "Show all"


@dataclass(frozen=True, slots=True)
class Nothing:
    icon: str
    title: str
    text: str
    action: str = ""


def only_words(only: MessageWish | None, patient: str) -> str:
    """On the button that leads back to everybody's messages."""
    if only is None:
        return ""
    if only.patient_id:
        return f"Only {patient or 'this patient'}"
    return "Only this visit" if only.appointment_id else "Only this message"


def reaches_patients(states: Sequence[ChannelState]) -> bool:
    return any(one.on and one.channel is not Channel.DESKTOP for one in states)


def nothing(
    only: MessageWish | None, tab: str, *, filtered: bool, searched: bool, reached: bool
) -> Nothing:
    """``filtered``: not all of all time was asked for. ``searched``: words were looked for.
    ``reached``: some way to patients is switched on."""
    if tab == "answers":
        return Nothing("check", "No open answers", "Every answer was dealt with.")
    if not reached and not searched:
        about = ""
        if only is not None:
            told = "visit" if only.appointment_id else "patient"
            about = f" Nothing was sent or is planned for this {told}."
        return Nothing(
            "mail",
            "Patients are not told anything yet",
            "No channel is switched on. With e-mail, SMS or WhatsApp, confirmations and reminders "
            f"are planned for the visits there are, and stand here.{about}",
            SET_UP,
        )
    if only is not None and not (searched or filtered or tab != "all"):
        told = "visit" if only.appointment_id else "patient"
        return Nothing(
            "mail", "No messages", f"Nothing was sent or is planned for this {told}.", SHOW_ALL
        )
    if filtered or tab != "all":
        return Nothing("search", "No such messages", "Choose another period or tab.", SHOW_ALL)
    return Nothing(
        "mail",
        "No messages yet",
        "Confirmations and reminders are planned when visits are booked.",
    )
