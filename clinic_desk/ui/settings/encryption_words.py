"""What the section about encryption says."""

from __future__ import annotations

from clinic_desk.services.encryption import SealedBackups

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


def copies_words(plain: int, there: int = 0, trouble: str = "") -> str:
    """``plain`` backups on this computer and ``there`` at the second place that anybody can read;
    ``trouble`` why the latter cannot be told. Empty where there is nothing to say."""
    parts = []
    if plain + there == 1:
        where = " It lies at the second place." if there else ""
        parts.append(
            f"1 backup was made before the data was encrypted; anybody can read it.{where}"
        )
    elif plain + there:
        verb = "lies" if there == 1 else "lie"
        some = f" {there:,} of them {verb} at the second place." if there and plain else ""
        all_of = " They lie at the second place." if there and not plain else ""
        parts.append(
            f"{plain + there:,} backups were made before the data was encrypted; anybody can read "
            f"them.{some}{all_of}"
        )
    if trouble:
        parts.append(f"Whether more lie at the second place is not known. {trouble}")
    return " ".join(parts)


def sealed_words(sealed: SealedBackups) -> str:
    """What did not go well; empty when all did."""
    parts = []
    if sealed.failed:
        names = ", ".join(sealed.failed)
        parts.append(
            f"{names} could not be read and stays as it was. Delete it if you can do without."
        )
    if sealed.trouble:
        parts.append(f"{sealed.trouble} What lies there is as it was.")
    return " ".join(parts)
