"""What every page is handed: one plain object, built once by ``ui.application``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.ui.runtime.operations import Operations

if TYPE_CHECKING:
    from clinic_desk.services.billing_gateway import BillingLink
    from clinic_desk.services.couriers import Courier
    from clinic_desk.services.diagnosis import Diagnosis
    from clinic_desk.services.encryption import Encryption
    from clinic_desk.services.exporting import Exporter
    from clinic_desk.services.holiday_ports import PublicHolidays
    from clinic_desk.services.message_ports import Transport, Transports
    from clinic_desk.services.webhook import WebhookLink
    from clinic_desk.ui.look.theme import Theme
    from clinic_desk.ui.runtime.accounts import Accounts


@dataclass(frozen=True, slots=True)
class Context:
    """``clock`` tells now (UTC); ``theme`` gives tokens, fonts and icons and signals changes.
    ``holidays`` makes what knows the public holidays, when somebody asks; None: nothing does.
    ``accounts`` makes what logs people in; None: nothing does.
    ``encryption`` makes what encrypts the clinic's data; None: nothing does.
    ``billing`` makes what reaches a billing service outside; None: nothing does.
    ``diagnosis`` makes what tells a helper how the program stands; None: nothing does.
    ``courier`` makes what sends messages, given what shows notices on this screen and whether to
    stop; None: nothing is sent from here. ``webhook`` makes what tells an address of the clinic's
    choice; None: nothing does. ``transports`` makes the ways to patients, to try them and to keep
    their secrets; None: there is none.
    ``exporter`` makes what writes visits to files; None: nothing does. ``practice`` is the
    program and its arguments that open a made-up clinic in a folder of its own, empty where there
    is none."""

    operations: Operations
    clock: Clock
    actor: Actor
    new_id: IdFactory
    theme: Theme
    holidays: Callable[[], PublicHolidays] | None = None
    practice: tuple[str, ...] = ()
    exporter: Callable[[], Exporter] | None = None
    billing: Callable[[], BillingLink] | None = None
    accounts: Callable[[], Accounts] | None = None
    encryption: Callable[[], Encryption] | None = None
    diagnosis: Callable[[], Diagnosis] | None = None
    courier: Callable[[Transport | None, Callable[[], bool]], Courier] | None = None
    webhook: Callable[[], WebhookLink] | None = None
    transports: Callable[[], Transports] | None = None

    def become(self, actor: Actor) -> None:
        """The same person in another session, or by now with an account. Another person has a
        window, and so a context, of their own: what a page may do is decided when it is built."""
        object.__setattr__(self, "actor", actor)
