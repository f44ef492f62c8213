"""Files that nobody but their owner may read: the desk's hold secrets and other people's pictures."""

import os


def keep_files_private() -> None:
    """Let this process, and those that it starts, make files and folders for their owner alone."""
    os.umask(0o077)
