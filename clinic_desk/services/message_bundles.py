"""What people do to a message that tells of many visits (``domain.message_bundles``) is done to
all the notices that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_bundles import bundle_of, carrier_of
from clinic_desk.domain.message_changes import Change
from clinic_desk.domain.messages import MessageStatus, Notification
from clinic_desk.services.work import Work


def being_sent(work: Work, found: Sequence[Notification]) -> frozenset[Id]:
    """Those of them that go at this moment, by themselves or as a part of another."""
    with_it = {one.id: [same.id for same in work.uow.bundle(one)] for one in found}
    busy = work.uow.being_sent([row_id for ids in with_it.values() for row_id in ids])
    return frozenset(row_id for row_id, ids in with_it.items() if not busy.isdisjoint(ids))


def whole(
    work: Work, chosen: Sequence[Notification], fits: Callable[[Notification], bool]
) -> list[Notification]:
    """What goes as one message is dealt with as one."""
    found = {one.id: one for one in chosen}
    for one in chosen:
        found |= {same.id: same for same in work.uow.bundle(one) if fits(same)}
    return list(found.values())


def rule_again(work: Work, one: Notification) -> str:
    """What went as a part of another goes as a part of that one's copy."""
    if carrier := carrier_of(one):
        first = work.uow.message_now(carrier)
        return first.rule if first is not None else ""
    return one.rule


def forget_words(work: Work, changes: Iterable[Change]) -> None:
    """Words that somebody wrote tell of visits that are not the same any more: what is left of the
    bundle is written anew."""
    touched: dict[object, Notification] = {}
    for before, after in changes:
        for one in (before, after):
            if one is not None and bundle_of(one):
                touched[bundle_of(one)] = replace(one, status=MessageStatus.PLANNED)
    for one in touched.values():
        for same in work.uow.bundle(one):
            if same.written_by:
                plain = replace(same, subject="", body="", written_by="")
                work.uow.change_message(same, plain)
