"""Undo and redo of a withdrawal: what nobody has touched since stands again as it stood, as long as
it is of use and true."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import MessageStatus
from clinic_desk.services.message_keeping import (
    name_of,
    note,
    same_visit,
    standing_of,
    still_useful,
)
from clinic_desk.services.message_storing import Standing, Turn
from clinic_desk.services.work import Work


def turning(work: Work) -> Turn:
    """Writes one message of a step back; raises ``Stale``, beginning with ``word``."""

    def turn(message_id: Id, expected: Standing, wanted: Standing, word: str) -> None:
        found = work.uow.messages_of(message_ids=(message_id,))
        if not found or standing_of(found[0]) != expected:
            raise Stale(f"{word}: the message was changed again since. Look at it first.")
        (one,) = found
        if work.uow.being_sent((message_id,)):
            raise Stale(f"{word}: the {name_of(one)} is being sent at this moment.")
        status, due = MessageStatus(wanted[0]), one.due_at
        if status is MessageStatus.PLANNED:
            try:
                still_useful(work, one)
                if one.tells not in ("", same_visit(work, one)):
                    raise Stale(f"{word}: the visit was changed since.")
            except Refusal as refusal:
                sentence = refusal.sentence
                raise Stale(f"{word}: {sentence[:1].lower()}{sentence[1:]}") from refusal
            due = max(due, work.now)
        work.uow.change_message(one, replace(one, status=status, reason=wanted[1], due_at=due))
        note(work, "Undo" if word.endswith("undo") else "Redo", one)

    return turn
