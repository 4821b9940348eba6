"""Which keyring holds the secrets of this computer."""

from __future__ import annotations


def describe() -> tuple[bool, str]:
    """(usable, sentence). Nothing is read from it or written to it."""
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError as error:
        return False, f"The keyring library cannot be loaded: {error}."
    backend = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    if isinstance(backend, (fail.Keyring, null.Keyring)):
        return False, "No keyring is available here; connections that need a secret cannot be kept."
    return True, f"Secrets are kept in {name}."
