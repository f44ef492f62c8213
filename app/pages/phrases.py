"""The record's codes in plain words, as readers outside and on paper are told them."""

from datetime import UTC, datetime

from app.core.media import MediaKind
from app.core.wording import clock, stretch
from app.pages.paper import Tone
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.finding_enums import FindingVerdict, Pillar
from app.schemas.publication_enums import DigitalSource
from app.schemas.publications import Check
from app.schemas.record_enums import ClaimState

__all__ = [
    "CODES",
    "KINDS",
    "PILLARS",
    "RATINGS",
    "SOURCES",
    "TONES",
    "VERDICTS",
    "check",
    "claim_rating",
    "clock",
    "day",
    "instant",
    "stretch",
    "words",
]

RATINGS = {
    VerificationStatus.UNREVIEWED: "Not reviewed",
    VerificationStatus.IN_REVIEW: "In review",
    VerificationStatus.UNVERIFIED: "Unverified",
    VerificationStatus.PARTLY_VERIFIED: "Partly verified",
    VerificationStatus.VERIFIED: "Verified",
    VerificationStatus.MISLEADING: "Misleading",
    VerificationStatus.FABRICATED: "Fabricated",
    VerificationStatus.WITHDRAWN: "Withdrawn",
    VerificationStatus.VOID: "Void",
}

TONES: dict[VerificationStatus, Tone] = {
    VerificationStatus.UNREVIEWED: "plain",
    VerificationStatus.IN_REVIEW: "plain",
    VerificationStatus.UNVERIFIED: "care",
    VerificationStatus.PARTLY_VERIFIED: "care",
    VerificationStatus.VERIFIED: "good",
    VerificationStatus.MISLEADING: "bad",
    VerificationStatus.FABRICATED: "bad",
    VerificationStatus.WITHDRAWN: "care",
    VerificationStatus.VOID: "plain",
}

KINDS = {MediaKind.VIDEO: "video", MediaKind.STILL: "picture", MediaKind.AUDIO: "recording"}

CODES = {
    AuthenticityCode.ORIGINAL: "No sign of misleading alteration; what is said of it may be wrong",
    AuthenticityCode.DECONTEXTUALIZED: "Out of context: real footage of something else",
    AuthenticityCode.EDITED_OR_CROPPED: "Cut, reordered or joined in a way that misleads",
    AuthenticityCode.TRANSFORMED: "Picture or sound was changed",
    AuthenticityCode.STAGED: "Staged",
    AuthenticityCode.SATIRE_OR_PARODY: "Satire or parody",
}

SOURCES = {
    DigitalSource.ALGORITHMIC: "Made by an algorithm",
    DigitalSource.COMPOSITE_SYNTHETIC: "Composite with synthetic parts",
    DigitalSource.COMPOSITE_WITH_TRAINED: "Composite with parts made by generative AI",
    DigitalSource.DIGITAL_CAPTURE: "Captured by a digital camera",
    DigitalSource.SCREEN_CAPTURE: "Captured from a screen",
    DigitalSource.TRAINED_ALGORITHMIC: "Made by generative AI",
    DigitalSource.VIRTUAL_RECORDING: "Recorded in a virtual world",
}

PILLARS = {
    Pillar.PROVENANCE: "Is it the original?",
    Pillar.SOURCE: "Who made and released it?",
    Pillar.DATE: "When was it made?",
    Pillar.LOCATION: "Where was it made?",
    Pillar.MOTIVATION: "Why was it released?",
}

VERDICTS = {
    FindingVerdict.CONFIRMED: "confirmed",
    FindingVerdict.PROBABLE: "probable",
    FindingVerdict.UNCLEAR: "unclear",
    FindingVerdict.CONTRADICTED: "contradicted",
    FindingVerdict.NOT_ASSESSED: "not assessed",
    FindingVerdict.NOT_APPLICABLE: "does not apply",
}

_CLAIMS = {
    ClaimState.OPEN: ("Open", "No independent source has settled this."),
    ClaimState.SUPPORTED: ("Supported", "Sources other than who claims it support this."),
    ClaimState.REFUTED: ("Refuted", "Sources other than who claims it contradict this."),
    ClaimState.MIXED: ("Disputed", "Sources contradict each other on this."),
}


def claim_rating(state: ClaimState) -> tuple[str, str]:
    """What became of a claim: its name, and a sentence."""
    return _CLAIMS[state]


def check(done: Check) -> str:
    """One check in a line: the question, the outcome, and how it was reached."""
    how = ", ".join(words(method) for method in done.methods)
    outcome = VERDICTS[done.verdict]
    return f"{PILLARS[done.pillar]} {outcome[0].upper()}{outcome[1:]}{f' ({how})' if how else ''}."


def words(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ")


def day(at: datetime) -> str:
    """A day, in UTC."""
    return f"{at.astimezone(UTC):%-d %B %Y}"


def instant(at: datetime) -> str:
    """An instant to the minute, in UTC."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"
