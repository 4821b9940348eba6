"""The way back of a clinic that cannot be opened, and the word that its file is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.app import paths, store_keys
from clinic_desk.app.clock import SystemClock
from clinic_desk.domain.errors import Fault

if TYPE_CHECKING:
    from clinic_desk.store.backups import StoreBackups


def rescuer(folder: paths.DataFolder) -> StoreBackups:
    """The clinic's backups, without opening the clinic."""
    from clinic_desk.store.backups import StoreBackups

    store_keys.ask_keyring()
    return StoreBackups(folder.database, paths.migrations(), SystemClock(), lambda: None)


def check_present(folder: paths.DataFolder) -> None:
    """Raises ``Fault("clinic_missing")`` where there are backups and no clinic: an empty one made
    in its place would look as if everything were lost."""
    if folder.database.exists() or not folder.backups.is_dir():
        return
    from clinic_desk.store.backup_book import listed
    from clinic_desk.store.keys import has_leftovers

    if has_leftovers(folder.database):
        return  # a conversion was ended between two names; opening puts the file back

    number = len(listed(folder.backups))
    if number:
        raise Fault(
            "clinic_missing",
            f"The clinic’s file is gone from {folder.root}, but its backups are there. Restore the "
            "newest; to begin with an empty clinic instead, choose another folder with --data.",
        )
