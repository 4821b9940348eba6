"""``clinic-desk`` and ``python -m clinic_desk``."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; the exit code tells how it went (see ``--help``)."""
    from clinic_desk.app.cli import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
