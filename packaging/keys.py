"""The guide's page of keys, written from the program's own tables: `make keys`.

python packaging/keys.py docs/guide/keys.md
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from clinic_desk.ui.actions import key_groups
from clinic_desk.ui.calendar.keymap import Keymap

HEAD = """\
# Every key

F1 shows this list in the program, with a field to search in it. The page is written from the
program's own tables (`make keys`); a test fails when the two differ.

The keys of the first groups work anywhere in the window. Those below “In the calendar” work while
the calendar or the agenda has the keyboard, so that a letter typed into a field stays a letter.
*View → Single-letter keys* switches the single letters and the keypad off. On a keyboard without
Latin letters the key at the same place counts. Dialogs and lists say their own keys at the foot;
they are told where the [guide](../user-guide.md) comes to them.

![The keys in the program](../images/keys.png)
"""


def page() -> str:
    """The whole page as Markdown."""
    grid = Keymap().groups()
    everywhere = key_groups()
    parts = [HEAD, "\n## Anywhere\n"]
    for at, group in enumerate((*everywhere, *grid)):
        if at == len(everywhere):
            parts.append("\n## In the calendar\n")
        parts.append(f"\n### {group.title}\n\n| Key | |\n|---|---|\n")
        parts += [f"| {keys} | {words} |\n" for keys, words in group.rows]
    return "".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
