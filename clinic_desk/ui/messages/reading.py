"""What the page reads at once. Qt-free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import InboundMessage
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.message_ports import (
    ChannelState,
    MessageCard,
    MessageCounts,
    MessageWish,
)
from clinic_desk.services.ports import Queries
from clinic_desk.services.webhook import SERVICE, TOPICS
from clinic_desk.ui.messages.groups import PAGE, Group, groups_of, needing
from clinic_desk.ui.messages.model import AnswerCard

MOST_ANSWERS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """``span``: the name of the period. ``limits``: messages to read of single groups."""

    wish: MessageWish
    tab: str
    span: str
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    counts: MessageCounts
    lacking: MessageCounts
    parts: Sequence[tuple[Group, Sequence[MessageCard]]]
    answers: Sequence[AnswerCard]
    settled: Sequence[AnswerCard]
    channels: Sequence[ChannelState]
    webhook: GatewayState | None = None

    @property
    def whose(self) -> list[Id | None]:
        """Whom the list names."""
        named = [card.message.patient_id for _, cards in self.parts for card in cards]
        return [*named, *(one.answer.patient_id for one in (*self.answers, *self.settled))]


def read_page(queries: Queries, asked: Asked) -> Answer:
    wish = asked.wish
    counts = queries.message_counts(wish)
    lacking = queries.message_counts(needing(wish))
    parts = _each_once(
        (group, queries.messages(group.wish, asked.limits.get(group.key, PAGE)))
        for group in groups_of(asked.tab, wish, counts, lacking, asked.span)
    )
    answers: Sequence[AnswerCard] = ()
    settled: Sequence[AnswerCard] = ()
    if asked.tab in ("answers", "all"):
        answers = answer_cards(queries, queries.open_answers(MOST_ANSWERS, wish))
    if asked.tab == "answers":
        settled = answer_cards(queries, queries.settled_answers(MOST_ANSWERS, wish))
    channels, webhook = queries.channel_states(), queries.gateway_state(SERVICE, TOPICS)
    return Answer(counts, lacking, parts, answers, settled, channels, webhook)


def _each_once(
    parts: Iterable[tuple[Group, Sequence[MessageCard]]],
) -> Sequence[tuple[Group, Sequence[MessageCard]]]:
    """What was sent and did not arrive needs somebody, and stands there alone."""
    above: set[str] = set()
    found = []
    for group, cards in parts:
        own = [card for card in cards if card.message.id not in above]
        above |= {card.message.id for card in own}
        count = group.count - (len(cards) - len(own))
        if count > 0:
            found.append((replace(group, count=count), own))
    return found


def answer_cards(queries: Queries, found: Sequence[InboundMessage]) -> tuple[AnswerCard, ...]:
    """With the names of those who wrote."""
    ids = {one.patient_id for one in found if one.patient_id}
    named = queries.patient_rows(tuple(ids)) if ids else {}
    cards = []
    for one in found:
        patient = named.get(one.patient_id or "")
        cards.append(AnswerCard(one, patient.listed_name if patient is not None else ""))
    return tuple(cards)
