"""``clinic-desk`` and ``python -m clinic_desk``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; the exit code tells how it went (see ``--help``)."""
    # What this program writes is this person's alone, wherever it is put.
    os.umask(0o077)
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["--guard"]:
        from clinic_desk.app.crash import guard

        return guard(words[1:])
    from clinic_desk.app.cli import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
