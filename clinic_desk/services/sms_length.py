"""How many SMS a text takes: GSM 03.38 with its extension table, else UCS-2.

National shift tables are not counted on: most gateways do not send them, so a Turkish ş, ğ or ı
makes the whole message UCS-2.
"""

from __future__ import annotations

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes two places."""

ONE_GSM, EACH_GSM = 160, 153
ONE_WIDE, EACH_WIDE = 70, 67

_PLAINER = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\t": " ",
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-",
    }
)  # fmt: skip


def plainer(text: str) -> str:
    """Typographic marks and spaces as the marks that every telephone's alphabet has, so that a
    curly apostrophe does not make a message three."""
    return text.translate(_PLAINER)


@dataclass(frozen=True, slots=True)
class SmsLength:
    """``used`` places of the ``room`` that ``parts`` messages have. ``wide``: UCS-2, because of
    ``because`` (each character once, in its order; empty otherwise)."""

    used: int
    room: int
    parts: int
    wide: bool
    because: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Places that are left in the last message."""
        return self.room - self.used


def measure(text: str) -> SmsLength:
    """A character of two places is never split between two messages."""
    strange = tuple(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENDED))
    if strange:
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
        one, each = ONE_WIDE, EACH_WIDE
    else:
        widths = [2 if char in EXTENDED else 1 for char in text]
        one, each = ONE_GSM, EACH_GSM
    total = sum(widths)
    if total <= one:
        return SmsLength(total, one, 1 if text else 0, bool(strange), strange)
    parts, filled, used = 1, 0, 0
    for width in widths:
        if filled + width > each:
            used += each - filled  # a place stays empty
            parts, filled = parts + 1, 0
        filled += width
        used += width
    return SmsLength(used, parts * each, parts, bool(strange), strange)
