"""Imports of known material: ordered by people, read and entered by workers, one file at a time."""

from app.services.imports.entering import Desk
from app.services.imports.orders import cancel, get, listed, order, problems, show
from app.services.imports.places import Place, place_of
from app.services.imports.running import Importer, run, step

__all__ = [
    "Desk",
    "Importer",
    "Place",
    "cancel",
    "get",
    "listed",
    "order",
    "place_of",
    "problems",
    "run",
    "show",
    "step",
]
