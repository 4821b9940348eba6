"""Keys of encrypted files in the computer's keyring: ``store.keys``, ``services.secrets``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import Fault
from clinic_desk.services.secrets import KeyringFault, KeyringState
from clinic_desk.store import keys
from clinic_desk.store.keys import NO_KEY, StoreKey

if TYPE_CHECKING:
    from clinic_desk.services.secrets import SecretKeeper


@cache
def keeper() -> SecretKeeper:
    """The computer's keyring, one object for the whole program; nothing is loaded before it is
    asked something."""
    from clinic_desk.integrations.secrets import SystemKeyring

    return SystemKeyring()


def ask_keyring() -> None:
    """From now on the keys of encrypted files come from the keyring. Plain files never ask."""
    keys.ask_with(lambda key_id: KeyringKeys(keeper())(key_id))


class KeyringKeys:
    """Each key under its own id, so that old backups are opened by the key of their day."""

    def __init__(self, keeper: SecretKeeper) -> None:
        self._keeper = keeper

    def __call__(self, key_id: str) -> StoreKey:
        """``store.keys.KeyFor``."""
        try:
            kept = self._keeper.get(_name(key_id))
        except KeyringFault as fault:
            if fault.state is KeyringState.MISSING:
                raise Fault("no_key", NO_KEY.format(name="clinic.db")) from None
            raise Fault(
                "locked_store",
                f"The clinic’s file is encrypted, and its key cannot be had: {fault.sentence} "
                "The printed recovery key opens it as well.",
            ) from None
        if kept is None:
            raise Fault("no_key", NO_KEY.format(name="clinic.db"))
        try:
            return StoreKey.told(kept)
        except ValueError:  # somebody changed it; from None, for it holds the text
            raise Fault("no_key", NO_KEY.format(name="clinic.db")) from None

    def holds(self, key_id: str) -> bool:
        """Raises ``KeyringFault``."""
        return self._keeper.get(_name(key_id)) is not None

    def keep(self, key: StoreKey) -> None:
        """In the keyring, read back, and at once in this process. Raises ``KeyringFault``."""
        self._keeper.keep(_name(key.id), key.secret())
        keys.hold(key)

    def fresh(self) -> StoreKey | None:
        """A new key, kept, for a clinic that is made now; None where no keyring keeps it. A keyring
        that is locked is not waited for: nobody asked for anything yet."""
        if not self._keeper.report().usable:
            return None
        key = StoreKey.made()
        try:
            self.keep(key)
        except KeyringFault:
            return None
        return key


def _name(key_id: str) -> str:
    return f"store:{key_id}"
