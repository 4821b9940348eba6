"""One secret of a service outside, in the computer's keyring alone."""

from __future__ import annotations

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.outbox_faults import Unsettled
from clinic_desk.services.secrets import KeyringFault, KeyringState, SecretKeeper


class KeptSecret:
    """``noun`` is what people call it ("token"), ``field`` where it is typed."""

    def __init__(self, keeper: SecretKeeper, name: str, noun: str, field: str = "secret") -> None:
        self._keeper, self._name = keeper, name
        self._noun, self._field = noun, field

    def get(self) -> str:
        """Empty where there is none, or no keyring that could hold one. Raises ``Unsettled``
        while the keyring is locked or does not answer."""
        try:
            return self._keeper.get(self._name) or ""
        except KeyringFault as fault:
            if fault.state is KeyringState.MISSING:
                return ""
            raise Unsettled(fault.sentence) from fault

    def keep(self, secret: str) -> None:
        """Empty forgets it. Raises ``Refusal`` without a keyring."""
        try:
            if secret.strip():
                self._keeper.keep(self._name, secret.strip())
            else:
                self._keeper.drop(self._name)
        except KeyringFault as fault:
            raise Refusal(
                "no_keyring",
                f"{fault.sentence} The {self._noun} was not kept.",
                field=self._field,
            ) from fault
