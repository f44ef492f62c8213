"""What demo, pictures and measurements share: a desk apart from any that this machine has."""

import os
import urllib.request

# A proxy that the environment names does not reach this machine's own address.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


PREFIX = "PROVENANCE_"
DATABASE = "DATABASE_URL"


def clean_environment() -> dict[str, str]:
    """Give the caller's environment without any setting of a desk."""
    return {name: value for name, value in os.environ.items() if not _is_a_setting(name)}


def clean() -> None:
    """Take the settings of a desk out of this process's own environment."""
    for name in filter(_is_a_setting, list(os.environ)):
        del os.environ[name]


def _is_a_setting(name: str) -> bool:
    # Settings are read whatever the case of their names.
    return name.upper().startswith(PREFIX) or name.upper() == DATABASE
