"""What holds for every address of the internet that somebody typed, and for what its answers ask.

An address is HTTPS, except on this computer, and holds no password: settings are no place for one.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from clinic_desk.domain.errors import Refusal

HERE = frozenset({"localhost", "127.0.0.1", "::1"})

LONGEST_WISH = timedelta(days=1)
"""Of a ``Retry-After`` that is believed."""


def checked_url(url: str, field: str = "url", example: str = "https://api.example.org/send") -> str:
    """Without blanks around it. Raises ``Refusal`` with ``field``; ``example`` is what it could
    have been."""
    whole = url.strip()
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    here = parts.scheme == "http" and host in HERE
    if not host or not (parts.scheme == "https" or here) or not _sound(whole):
        raise Refusal(
            "bad_url",
            f"Type an address that begins with https://, such as {example}.",
            field=field,
        )
    if parts.username or parts.password:
        raise Refusal("bad_url", "Leave user name and password out of the address.", field=field)
    return whole


def _sound(url: str) -> bool:
    return url.isascii() and not re.search(r"[\x00-\x20\x7f]", url)


def seconds_wished(text: str) -> timedelta | None:
    """A ``Retry-After`` in seconds; None for anything else."""
    digits = text.strip()
    if not re.fullmatch(r"[0-9]+", digits):
        return None
    # so many are no number to Python
    return LONGEST_WISH if len(digits) > 9 else min(timedelta(seconds=int(digits)), LONGEST_WISH)
