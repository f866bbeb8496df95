"""``python -m governance`` is ``jcgov``."""

import sys

from governance.cli.main import main

if __name__ == "__main__":  # a worker process that is spawned reads this file too
    sys.exit(main())
