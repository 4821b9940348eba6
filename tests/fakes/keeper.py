"""A keyring in memory that can be locked, taken away and made to fail."""

from __future__ import annotations

from clinic_desk.services.secrets import KeyringFault, KeyringReport, KeyringState


class MemoryKeeper:
    """``services.secrets.SecretKeeper``."""

    def __init__(self) -> None:
        self.standing = KeyringState.USABLE
        self.kept: dict[str, str] = {}

    def report(self) -> KeyringReport:
        return KeyringReport(self.standing)

    def get(self, name: str) -> str | None:
        self._must_stand()
        return self.kept.get(name)

    def keep(self, name: str, secret: str) -> None:
        self._must_stand()
        self.kept[name] = secret

    def drop(self, name: str) -> None:
        self._must_stand()
        self.kept.pop(name, None)

    def _must_stand(self) -> None:
        if self.standing is not KeyringState.USABLE:
            raise KeyringFault(self.standing)
