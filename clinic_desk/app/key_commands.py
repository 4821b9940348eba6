"""``clinic-desk encrypt``, ``decrypt`` and ``recovery-key``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from clinic_desk.app import paths, store_keys
from clinic_desk.app.answers import clinic
from clinic_desk.app.cli import OK, REFUSED, Answer
from clinic_desk.app.encryption import unlock
from clinic_desk.app.progress import Meter
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.encryption import RecoveryKey


def encrypt(options: argparse.Namespace) -> Answer:
    with clinic(options, person=True) as container:
        encryption = container.encryption
        made = encryption.prepare()
        with Meter("Encrypting") as meter:
            encryption.encrypt(made.key_id, meter)
        lines = ["The clinic’s data is encrypted.", *_paper(made)]
        data: dict[str, object] = {"encrypted": True, **_told(made)}
        code = OK
        if options.backups == "encrypt":
            with Meter("Encrypting backups") as meter:
                sealed = encryption.seal_backups(meter)
            data |= {"backups_encrypted": sealed.done, "backups_failed": list(sealed.failed)}
            if sealed.done:
                lines.append(f"Old backups, now encrypted: {sealed.done}.")
            if sealed.failed:
                code = REFUSED
                lines.append(
                    "These could not be read and are as they were, not encrypted: "
                    f"{', '.join(sealed.failed)}. Delete them if you can do without."
                )
            if sealed.trouble:
                code = REFUSED
                data["second_place"] = sealed.trouble
                lines.append(f"{sealed.trouble} What lies there is as it was.")
        elif options.backups == "delete":
            gone = encryption.drop_plain_backups()
            data["backups_deleted"] = gone
            lines.append(f"Old backups that were not encrypted, now deleted: {gone}.")
        else:
            left = encryption.state().plain_backups
            data["plain_backups"] = left
            if left:
                lines.append(
                    f"{left} old backups can still be read by anybody: “clinic-desk encrypt” kept "
                    "them because you said so."
                )
    return Answer(data, lines, code)


def decrypt(options: argparse.Namespace) -> Answer:
    with clinic(options, person=True) as container, Meter("Taking the encryption off") as meter:
        container.encryption.decrypt(meter)
        sealed = container.encryption.state().sealed_backups
    lines = [
        "The clinic’s data is not encrypted any more: whoever gets hold of this disk can read it."
    ]
    if sealed:
        lines.append(
            f"{sealed} older backups stay encrypted; the keyring and the recovery key open them."
        )
    return Answer({"encrypted": False, "encrypted_backups": sealed}, lines)


def recovery_key(options: argparse.Namespace) -> Answer:
    if options.enter:
        return _enter(options)
    with clinic(options, person=True) as container:
        made = container.encryption.recovery_key()
        container.encryption.note(made.key_id)
    return Answer(_told(made), _paper(made))


def _enter(options: argparse.Namespace) -> Answer:
    """Without opening the clinic, which cannot be opened without its key."""
    folder = paths.data_folder(options.data)
    if not folder.database.exists():
        raise Refusal("no_clinic", f"There is no clinic in {folder.root} yet.")
    sentence = unlocked(folder.database)
    with clinic(options):
        pass
    return Answer({"opened": True}, [sentence])


def unlocked(path: Path) -> str:
    """With the recovery key that is typed now, for this process and, where it can be, for the
    keyring; one sentence about that. Raises ``Refusal``."""
    return unlock(path, _typed(), store_keys.keeper())


def _typed() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    from getpass import getpass

    return getpass("Recovery key (it is not shown while you type): ")


def _paper(made: RecoveryKey) -> Sequence[str]:
    rows = [made.groups[i : i + 5] for i in range(0, len(made.groups), 5)]
    return [
        f"Recovery key (number {made.short_id}). Print it, and keep the paper away from this "
        "computer: without it nobody can open the data when the keyring is lost.",
        "",
        *("    " + "  ".join(row) for row in rows),
        "",
    ]


def _told(made: RecoveryKey) -> dict[str, object]:
    return {"key": made.key_id, "recovery_key": "-".join(made.groups)}
