"""`python -m app` is the `provenance` command."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.argv[0] = "provenance"
    main()
