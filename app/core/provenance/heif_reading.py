"""In the child: what a HEIC picture says of itself, read as other stills are.

A module of its own, because the library that it needs takes 60 ms to load.
"""

import pillow_heif

from app.core.provenance.still_reading import read

__all__ = ["read"]

pillow_heif.register_heif_opener()
