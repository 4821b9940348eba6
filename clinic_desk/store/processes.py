"""Whether a process of this computer still runs."""

from __future__ import annotations

import os
from typing import Any


def running(process: int) -> bool:
    """True where it cannot be told: what may be somebody's is left alone. A number that was given
    to another process since counts as running."""
    if os.name == "nt":
        return _running_on_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or no number of a process
        return True
    return True


def _running_on_windows(process: int) -> bool:
    import ctypes

    still_active, limited, no_such = 259, 0x1000, 87
    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(limited, False, process)
    if not handle:
        return bool(kernel.GetLastError() != no_such)
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
