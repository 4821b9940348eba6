"""What *doctor* asks about the interface: Qt, the binding, the fonts."""

from __future__ import annotations

import os
import sys


def check_interface() -> list[tuple[str, bool, str]]:
    """(name, good, sentence) per check. Makes an offscreen application if there is none."""
    if "PySide6.QtWidgets" not in sys.modules:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        import PySide6
        from PySide6.QtGui import QFontDatabase
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        return [("qt", False, f"Qt cannot be loaded: {error}. Install its system libraries.")]
    application = QApplication.instance() or QApplication([])
    found = [("qt", True, f"Qt {PySide6.__version__} loads, platform {_platform(application)}.")]
    from clinic_desk.ui.runtime import runtime_guard

    complaint = runtime_guard.check()
    found.append(
        ("binding", complaint is None, complaint or "The Qt binding keeps its references.")
    )
    families = QFontDatabase.families()
    words = f"{len(families)} font families are installed beside the program's own."
    found.append(
        ("fonts", True, words if families else "No system font; the program's own is used.")
    )
    return found


def _platform(application: object) -> str:
    name = getattr(application, "platformName", None)
    return str(name()) if callable(name) else "unknown"
