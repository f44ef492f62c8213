"""What demo, pictures and measurements share: a desk apart from any that this machine has."""

import os
import urllib.request

# A proxy that the environment names does not reach this machine's own address.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def clean_environment() -> dict[str, str]:
    """The environment without the settings of another desk."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("PROVENANCE_")
    }
