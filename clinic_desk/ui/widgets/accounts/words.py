"""How people, roles and waits are told on the log-in page and in the settings."""

from __future__ import annotations

from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind

ROLE_WORDS = {
    Role.MANAGER: "Practice manager",
    Role.RECEPTIONIST: "Receptionist",
    Role.DOCTOR: "Doctor",
}
KIND_WORDS = {SecretKind.PIN: "PIN", SecretKind.PASSWORD: "Password"}
TITLES = frozenset({"dr", "dr.", "prof", "prof.", "mr", "mrs", "ms", "miss", "dipl"})


def initials(name: str) -> str:
    """ "AD" of "Dr Aylin Demir"; one letter of a single word, nothing of nothing."""
    words = [word for word in name.split() if word.casefold() not in TITLES] or name.split()
    letters = [first for word in words if (first := _letter(word))]
    return "".join(letters if len(letters) < 2 else (letters[0], letters[-1])).upper()


def _letter(word: str) -> str:
    return next((one for one in word if one.isalnum()), "")


def wait_words(seconds: int) -> str:
    """ "12 seconds", "1 minute", "14 minutes": rounded up, so that nobody comes early."""
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def kind_words(kind: SecretKind) -> str:
    """Within a sentence: "PIN", "password"."""
    return KIND_WORDS[kind] if kind is SecretKind.PIN else KIND_WORDS[kind].lower()
