"""The closed vocabularies of others' hashes: opinions, and what a partner may do."""

from enum import StrEnum


class Opinion(StrEnum):
    """What whoever lists a hash says of what it was made of; never a status of this desk."""

    SEEN = "seen"
    FALSE_POSITIVE = "false_positive"
    VERIFIED = "verified"
    MISLEADING = "misleading"
    FABRICATED = "fabricated"
    WITHDRAWN = "withdrawn"


class PartnerScope(StrEnum):
    """What another desk may do here: send bundles, ask blindly, and be told ids when it asks."""

    IMPORTS = "imports"
    QUERIES = "queries"
    IDS = "ids"
