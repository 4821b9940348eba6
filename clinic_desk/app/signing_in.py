"""Who asks at the command line: in a clinic that has accounts, whoever ``--user`` names.

The password or PIN is asked for at the terminal, or read from the standard input when that is
said; never from the arguments, which every program on the computer can read. Each command is a
session of its own, which ends with it.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from clinic_desk.app.container import Container
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.staff_secrets import Secret

LONGEST = 4096
"""Characters read of a line; no secret is as long."""


@contextmanager
def signed_in(
    container: Container, options: argparse.Namespace, takes: Permission | None = None
) -> Iterator[Container]:
    """The clinic as that person may use it. Without accounts it is the desk's, as it is. Raises
    ``Refusal`` when nobody is named, for a wrong name or secret, and for somebody who lacks the
    permission that the command ``takes``."""
    if not container.log_in.needed():
        if options.user:
            raise Refusal("no_accounts", "This clinic has no accounts yet; leave --user out.")
        _check(container, takes)
        yield container
        return
    if not options.user:
        raise Refusal(
            "log_in",
            "This clinic has accounts: say who you are with --user and your log-in name.",
        )
    entered = container.log_in.log_in_by_name(options.user, typed(options))
    person = container.for_person(entered.actor)
    try:
        _check(person, takes)
        yield person
    finally:
        person.views.flush()
        container.log_in.log_out(entered.actor)


def _check(container: Container, takes: Permission | None) -> None:
    actor = container.desk.actor
    if takes is not None and not actor.may(takes):
        raise Refusal("not_allowed", may_not(actor.role, takes))


def typed(options: argparse.Namespace) -> Secret:
    """Raises ``Refusal("no_terminal")`` where it could not be asked for unseen."""
    if options.password_stdin:
        line = sys.stdin.readline(LONGEST)
        if not line:
            raise Refusal("no_password", "The standard input holds no password or PIN.")
        return Secret(line.rstrip("\r\n"))
    from getpass import GetPassWarning, getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return Secret(getpass("Password or PIN (it is not shown while you type): "))
    except (GetPassWarning, EOFError, OSError):
        raise Refusal(
            "no_terminal",
            "There is no terminal to ask for the password or PIN; pass it with --password-stdin.",
        ) from None
