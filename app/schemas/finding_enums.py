"""The closed vocabularies of findings; `unknown` says that nobody knows, which is a finding too."""

from enum import StrEnum


class Pillar(StrEnum):
    """The five things that a desk finds out about footage."""

    PROVENANCE = "provenance"
    SOURCE = "source"
    DATE = "date"
    LOCATION = "location"
    MOTIVATION = "motivation"


class FindingVerdict(StrEnum):
    """How sure a finding is."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNCLEAR = "unclear"
    CONTRADICTED = "contradicted"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"


class ProofKind(StrEnum):
    """What a finding can rest on."""

    MATCH = "match"
    URL = "url"
    FILE = "file"
    NOTE = "note"
    METADATA = "metadata"
    C2PA = "c2pa"
    INTERVIEW = "interview"


class Originality(StrEnum):
    """Whether a file is the original or a copy of it."""

    YES = "yes"
    COPY_OF = "copy_of"
    UNKNOWN = "unknown"


class DateBasis(StrEnum):
    """What a date rests on; metadata alone suggests, it never settles."""

    METADATA = "metadata"
    SOURCE_STATEMENT = "source_statement"
    SHADOW = "shadow"
    WEATHER = "weather"
    FIRST_SEEN = "first_seen"


class Interest(StrEnum):
    """Why somebody released footage."""

    PARTY_TO_CONFLICT = "party_to_conflict"
    POLITICAL = "political"
    COMMERCIAL = "commercial"
    ACTIVIST = "activist"
    JOURNALISTIC = "journalistic"
    PERSONAL = "personal"
    UNKNOWN = "unknown"


class EditedBySource(StrEnum):
    """Whether who released footage edited it first."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
