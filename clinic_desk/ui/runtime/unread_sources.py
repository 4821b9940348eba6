"""Keeps the Qt binding from reading the source of every module that is loaded after it.

PySide6 looks through each of them for its own name, to know who may switch on its other spellings
(``snake_case``, ``true_property``); we never do. It costs 0.1 ms a module, twenty in a start. In a
packaged program there are no sources, and every module is taken as one without Qt: this makes the
same answer the only one.
"""

from __future__ import annotations

import sys


def leave_unread() -> bool:
    """Before the windows' modules are loaded; loads the binding itself. False when this version of
    it works differently, which is slower and nothing else."""
    import PySide6.QtCore  # noqa: F401

    feature = sys.modules.get("shibokensupport.feature")
    if feature is None or not callable(getattr(feature, "_mod_uses_pyside", None)):
        return False
    setattr(feature, "_mod_uses_pyside", lambda _module: False)  # noqa: B010
    return True
