"""What the section about encryption says."""

from __future__ import annotations

BEFORE = (
    "Print it or write it down now, before the data is encrypted, and keep the paper away from "
    "this computer. When the computer or its keyring is lost, nothing else opens the data."
)
AGAIN = (
    "Keep the paper away from this computer. When the computer or its keyring is lost, nothing "
    "else opens the data."
)


def count(number: int) -> str:
    return "1 backup" if number == 1 else f"{number:,} backups"


def copies_words(plain: int) -> str:
    if plain == 1:
        return "1 backup was made before the data was encrypted; anybody can read it."
    return f"{plain:,} backups were made before the data was encrypted; anybody can read them."
