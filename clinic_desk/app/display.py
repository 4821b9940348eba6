"""Whether a window can open here: Qt ends the process without a word where it cannot.

``python -m clinic_desk.app.display`` exits with 0 when there is a display, otherwise with 1.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 2.0
"""Seconds that a display on another machine may take to answer."""


def reachable(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """On Linux: a Wayland or X server named in the environment accepts a connection."""
    if platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM"):
        return True
    return _wayland(environment) or _x11(environment.get("DISPLAY", ""))


def _wayland(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    return bool(name) and _answers_at(str(Path(environment.get("XDG_RUNTIME_DIR", "")) / name))


def _x11(display: str) -> bool:
    """``[host]:number[.screen]``; without a host over a local socket, which on Linux may be an
    abstract one."""
    named = re.fullmatch(r"(?:unix|tcp/)?([^:/]*):(\d+)(?:\.\d+)?", display)
    if named is None:
        return False
    host, number = named.group(1), int(named.group(2))
    path = f"/tmp/.X11-unix/X{number}"
    if not host and (_answers_at(path) or _answers_at(f"\0{path}")):
        return True
    try:
        with socket.create_connection((host or "localhost", 6000 + number), PATIENCE):
            return True
    except OSError:
        return False


def _answers_at(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(PATIENCE)
            probe.connect(path)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if reachable() else 1)
