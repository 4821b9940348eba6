"""What a start has loaded when the log-in page is on the screen and the first day behind it: what
these show, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PAGES = (
    "booking",
    "flow",
    "importing",
    "patients",
    "planning",
    "roster",
    "series",
    "settings",
    "waitlist",
    "wizard",
)
"""Packages below ``clinic_desk.ui`` whose modules come with the first use."""

SHOWN = {"clinic_desk.ui.patients.search"}
"""The one of them that the first day shows: the toolbar's search."""

LATER = {
    "alembic", "anyascii", "babel", "holidays", "icalendar", "jinja2", "keyring", "phonenumbers",
    "requests", "sqlalchemy.orm", "structlog",
    "dateutil", "difflib",
    "clinic_desk.domain.recurrence", "clinic_desk.integrations.importing",
    "clinic_desk.services.audit", "clinic_desk.services.viewing",
    "clinic_desk.services.booking", "clinic_desk.services.commands",
    "clinic_desk.services.import_report", "clinic_desk.services.openings",
    "clinic_desk.services.planning_views", "clinic_desk.services.roster_commands",
    "clinic_desk.services.when", "clinic_desk.store.verify",
    "clinic_desk.store.tables", "clinic_desk.ui.calendar.agenda_view",
    "clinic_desk.ui.main_window.month_popup", "clinic_desk.ui.widgets.command_palette",
    "clinic_desk.services.ports", "clinic_desk.ui.backup", "clinic_desk.ui.main_window.backing",
    "clinic_desk.ui.widgets.date_jump", "clinic_desk.ui.widgets.forms.card",
    "clinic_desk.ui.widgets.forms.reason",
}  # fmt: skip

MODULES, CLASSES = 300, 152
"""Our modules and data classes at the log-in page with the first day behind it: 300 and 165 when
this was written, of which some forty modules are accounts, sessions and the page itself. Since
then came what reads, writes and queues messages, parts of the store's two classes that are always
there, and the bell of the toolbar; the rest is room. A new one belongs behind a key, a menu or a
page (docs/architecture.md, habit 14), unless the day itself shows it. Making a data class takes
half a millisecond."""

CODE = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

def look():
    for window in QApplication.topLevelWidgets():
        page = getattr(window, "page", None)
        grid = page.grid() if page is not None else None
        from clinic_desk.ui.login.page import LogInPage
        at_door = any(one.isVisible() for one in window.findChildren(LogInPage))
        drawn = grid is not None and (at_door or len(grid.surface.tiles))
        if drawn and grid.slice is not None:
            kinds = {
                kind for name, module in list(sys.modules.items())
                if name.startswith("clinic_desk") for kind in list(vars(module).values())
                if isinstance(kind, type) and "__dataclass_fields__" in vars(kind)
            }
            print(json.dumps([sorted(sys.modules), len(kinds)]))
            timer.stop()
            window.close()

loop = QApplication.exec
QApplication.exec = lambda *_given: (timer.start(2), loop())[1]
timer = QTimer()
timer.timeout.connect(look)
from clinic_desk.__main__ import main
sys.exit(main(["run", "--data", sys.argv[1]]))
"""


def test_the_first_day_has_loaded_what_it_shows_and_no_more(tmp_path: Path) -> None:
    """The real program, in a process of its own, until its grid has been drawn."""
    made = [sys.executable, "-m", "clinic_desk", "demo", "--no-window", "--data", str(tmp_path)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(made, cwd=ROOT, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    names, classes = json.loads(done.stdout.splitlines()[-1])
    loaded = set(names)
    assert sorted(loaded & LATER) == []
    below = tuple(f"clinic_desk.ui.{package}." for package in PAGES)
    assert sorted(name for name in loaded if name.startswith(below)) == sorted(SHOWN)
    ours = [name for name in loaded if name.startswith("clinic_desk")]
    assert len(ours) <= MODULES, sorted(ours)
    assert classes <= CLASSES
