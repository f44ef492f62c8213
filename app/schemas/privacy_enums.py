"""The closed vocabularies of handling with care: flags, retention, purge."""

from enum import StrEnum


class SensitivityFlag(StrEnum):
    """What an item shows, or whom it could harm; any flag hides its pictures until asked for."""

    POW = "pow"
    DETAINEE = "detainee"
    WOUNDED = "wounded"
    DEAD = "dead"
    MINOR = "minor"
    SEXUAL = "sexual"
    GRAPHIC_VIOLENCE = "graphic_violence"
    DISTRESS = "distress"
    PII_VISIBLE = "pii_visible"
    VICTIM_OF_CRIME = "victim_of_crime"
    SOURCE_AT_RISK = "source_at_risk"


class FlagBasis(StrEnum):
    """Who or what says so: somebody who looked, a program, or the feed that an item came with."""

    PERSON = "person"
    MACHINE = "machine"
    IMPORT = "import"


class RetentionClass(StrEnum):
    """Why an item is kept, and so for how long."""

    UNUSED_UGC = "unused_ugc"
    USED = "used"
    VOID = "void"
    KNOWN_ARCHIVE = "known_archive"


class PurgeAuthority(StrEnum):
    """On whose word an item is purged or a note erased."""

    UPLOADER = "uploader"
    DESK = "desk"
    RETENTION = "retention"
    DATA_SUBJECT = "data_subject"
    SOURCE = "source"
    COURT = "court"
    REGULATOR = "regulator"


BY_PEOPLE = tuple(
    each
    for each in PurgeAuthority
    if each not in {PurgeAuthority.UPLOADER, PurgeAuthority.RETENTION}
)
"""On whose word a person decides; who brought it and the rules of retention have ways of their own."""


class PurgeStep(StrEnum):
    """What of a purge was done last; each step is done whole or again."""

    ORDERED = "ordered"
    LISTED = "listed"
    BYTES = "bytes"
    DERIVATIVES = "derivatives"
    FINGERPRINT = "fingerprint"
    DONE = "done"
