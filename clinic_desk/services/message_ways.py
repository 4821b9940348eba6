"""What the clinic has decided about messages, read once for many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.domain.message_rules import PREFIX, rules_in
from clinic_desk.services.message_sending import Ways

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries


def ways_of(queries: Queries) -> Ways:
    roster, settings = queries.roster(), queries.clinic_settings(PREFIX)
    practice = roster.practice
    return Ways(
        roster=roster,
        rules=rules_in(settings, locale=practice.locale, zone=practice.zone),
        settings=settings,
        templates=queries.message_templates(),
    )
