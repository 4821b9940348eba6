"""What the packaged program starts with: the same command line as ``python -m clinic_desk``."""

import sys

from clinic_desk.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
