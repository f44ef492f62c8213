"""Child program that reads one file for its provenance: JSON on standard output.

Run confined as `python -I -S child.py FOLDERS READER OPTIONS`, the file being standard input:
FOLDERS to import from, READER a module of this package with `read(file, options)`, OPTIONS the
number of an inherited descriptor that holds JSON. Exit code 4: the reader failed.
"""

import json
import os
import sys
import warnings
from importlib import import_module

FAILED = 4


def main(arguments: list[str]) -> None:
    """Load the reader, seal the process, read; bytes of the answer are in base64."""
    folders, reader, options = arguments
    warnings.simplefilter("ignore")
    sys.path += folders.split(os.pathsep)
    try:
        module = import_module(f"app.core.provenance.{reader}")
        with os.fdopen(int(options)) as given:
            asked = json.load(given)
        import_module("app.core.provenance.sealing").seal()
        answer = json.dumps(module.read(sys.stdin.buffer, asked))
    except Exception as error:  # noqa: BLE001  whatever a reader raises means the same
        sys.stderr.write(f"{type(error).__name__}: {error}"[:500])
        sys.exit(FAILED)
    sys.stdout.write(answer)


if __name__ == "__main__":
    main(sys.argv[1:])
