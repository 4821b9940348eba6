"""Why the screen is locked, in words and by a picture."""

from __future__ import annotations

KEPT = "Your work is kept."


def lock_words(why: str, minutes: int) -> str:
    """``why`` as of ``Locking.lock``; empty where nothing need be said."""
    if why == "idle":
        return f"Locked after {minutes} min without input. {KEPT}"
    if why == "sleep":
        return f"Locked while the computer slept. {KEPT}"
    if why == "switch":
        return f"Who is next? {KEPT}"
    return f"Locked. {KEPT}" if why == "key" else ""


def lock_icon(why: str) -> str:
    return "warn" if why == "ended" else "users" if why == "switch" else "lock"
