"""Encryption of an open clinic, joined from the store, the keyring and whoever sits here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.app.store_keys import KeyringKeys
from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.encryption import (
    Elsewhere,
    EncryptionState,
    Glance,
    RecoveryKey,
    SealedBackups,
)
from clinic_desk.services.ports import Progress
from clinic_desk.services.recovery_key import groups_of, typed
from clinic_desk.services.secrets import KeyringFault, SecretKeeper
from clinic_desk.services.views import NOTED_KEY
from clinic_desk.store import keys
from clinic_desk.store.keys import StoreKey
from clinic_desk.store.opening import ClinicStore

if TYPE_CHECKING:
    from clinic_desk.store.backups import StoreBackups


class ClinicEncryption:
    """``services.encryption.Encryption``. ``seated`` answers whoever sits here with what they may
    do at this moment."""

    def __init__(
        self,
        store: ClinicStore,
        keeper: SecretKeeper,
        seated: Callable[[], Actor],
        clock: Clock,
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._keys = KeyringKeys(keeper)
        self._seated = seated
        self._clock = clock

    @property
    def _path(self) -> Path:
        return self._store.path

    def glance(self) -> Glance:
        key_id = keys.id_in(self._path)
        noted = self._store.queries.setting(NOTED_KEY, "clinic")
        return Glance(key_id is not None, key_id is not None and noted == key_id)

    def state(self) -> EncryptionState:
        from clinic_desk.store import sealing  # no part of the start

        glance, key_id = self.glance(), keys.id_in(self._path)
        report = self._keeper.report()
        kept = False
        if key_id is not None and report.usable:
            try:
                kept = self._keys.holds(key_id)
            except KeyringFault as fault:
                report = type(report)(fault.state)
        return EncryptionState(
            encrypted=glance.encrypted,
            noted=glance.noted,
            keyring=report,
            key_kept=kept,
            plain_backups=len(sealing.plain_backups(self._path)),
            sealed_backups=sealing.sealed_backups(self._path),
        )

    def elsewhere(self) -> Elsewhere:
        folder = self._backups.plan().second
        if not folder:
            return Elsewhere()
        there = self._backups.elsewhere(folder)
        return Elsewhere(sum(one.plain for one in there.copies), there.trouble)

    @property
    def _backups(self) -> StoreBackups:
        return self._store.maintenance.backups

    def prepare(self) -> RecoveryKey:
        self._allowed()
        if keys.id_in(self._path) is not None:
            raise Refusal("encrypted", "The clinic’s data is encrypted already.")
        key = StoreKey.made()
        self._keys.keep(key)
        return recovery_key_of(key)

    def encrypt(self, key_id: str, progress: Progress | None = None) -> None:
        from clinic_desk.store.conversion import convert

        actor = self._allowed()
        key = keys.held(key_id)
        if key is None:
            raise Refusal("no_key", "This key was not prepared here. Begin again.")
        if keys.id_in(self._path) is not None:
            raise Refusal("encrypted", "The clinic’s data is encrypted already.")
        with self._store.alone():
            convert(self._path, key, progress)
        self._audit(actor, "encrypt", key_id)

    def decrypt(self, progress: Progress | None = None) -> None:
        from clinic_desk.store.conversion import convert

        actor, key_id = self._allowed(), self._key().id
        with self._store.alone():
            convert(self._path, None, progress)
        self._audit(actor, "decrypt", key_id)

    def recovery_key(self) -> RecoveryKey:
        actor, key = self._allowed(), self._key()
        self._audit(actor, "recovery_key", key.id)
        return recovery_key_of(key)

    def note(self, key_id: str) -> None:
        actor = self._allowed()
        with self._store.unit_of_work(actor) as work:
            work.action = "recovery_key_kept"
            work.save_setting(NOTED_KEY, "clinic", key_id, undoable=False)
            work.commit()

    def keep_again(self) -> None:
        self._allowed()
        self._keys.keep(self._key())

    def seal_backups(self, progress: Progress | None = None) -> SealedBackups:
        from clinic_desk.store import sealing
        from clinic_desk.store.backups import part

        actor, key = self._allowed(), self._key()
        folder = self._backups.plan().second
        here = sealing.seal(
            self._path, key, self._clock.now(), part(progress, 0.0, 0.5 if folder else 1.0)
        )
        made = here
        try:
            if folder:
                there = self._backups.seal_elsewhere(folder, key, part(progress, 0.5, 1.0))
                made = SealedBackups(here.done + there.done, here.failed + there.failed)
        except Fault as fault:
            made = replace(here, trouble=fault.sentence)
        self._audit(actor, "seal_backups", key.id, {"done": made.done})
        return made

    def drop_plain_backups(self) -> int:
        from clinic_desk.store import sealing

        actor, folder = self._allowed(), self._backups.plan().second
        gone = sealing.drop(self._path)
        try:
            if folder:
                gone += self._backups.drop_elsewhere(folder)
        finally:
            self._audit(actor, "drop_plain_backups", "", {"done": gone})
        return gone

    def _key(self) -> StoreKey:
        """Raises ``Refusal("not_encrypted")``."""
        key = keys.key_of(self._path)
        if key is None:
            raise Refusal("not_encrypted", "The clinic’s data is not encrypted.")
        return key

    def _allowed(self) -> Actor:
        """Raises ``Refusal("not_allowed")``."""
        actor = self._seated()
        if not actor.may(Permission.EDIT_SETTINGS):
            sentence = may_not(actor.role, Permission.EDIT_SETTINGS)
            raise Refusal("not_allowed", sentence)
        return actor

    def _audit(
        self, actor: Actor, action: str, key_id: str, more: dict[str, object] | None = None
    ) -> None:
        with self._store.unit_of_work(actor) as work:
            work.audit(action, "encryption", key_id, detail=more or {})
            work.commit()


def recovery_key_of(key: StoreKey) -> RecoveryKey:
    return RecoveryKey(key.id, groups_of(key.raw()))


def unlock(path: Path, text: str, keeper: SecretKeeper) -> str:
    """Opens an encrypted file with the recovery key that somebody typed, for this process, and puts
    the key into the keyring for the next; answers one sentence about that.

    Raises ``Refusal``: "bad_recovery_key", "other_recovery_key", "not_encrypted"."""
    needed = keys.id_in(path)
    if needed is None:
        raise Refusal("not_encrypted", f"The file {path.name} is not encrypted.")
    key = StoreKey(typed(text))
    if key.id != needed:
        raise Refusal(
            "other_recovery_key",
            "This is a recovery key, but not of this clinic’s data: the number on its paper must "
            f"begin with {needed[:8].upper()}.",
            field="recovery_key",
        )
    keys.hold(key)
    try:
        KeyringKeys(keeper).keep(key)
    except Fault as fault:
        return f"The clinic’s data is open. {fault.sentence} Keep the paper at hand until then."
    return "The clinic’s data is open, and this computer’s keyring holds its key again."
