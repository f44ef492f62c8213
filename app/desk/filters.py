"""What templates call: words of codes, times, and how urgent a thing looks."""

from jinja2 import Environment

from app.core import wording
from app.desk.match_views import sureness
from app.desk.told import told
from app.desk.words import catalogue, coded, filled, isolated, requirement
from app.pages.html import review_facts
from app.pages.phrases import TONES, instant
from app.schemas.enums import VerificationStatus
from app.schemas.queue import Need

_URGENCY = {
    Need.PUBLISHED_MATCH: "bad",
    Need.PUBLISHED_ATTENTION: "bad",
    Need.DAMAGED: "bad",
    Need.CONFLICT: "care",
    Need.DUE: "care",
    Need.PROPOSAL: "care",
    Need.PURGE: "care",
    Need.OLDER: "care",
    Need.MATCH: "accent",
    Need.ATTENTION: "care",
}


def install(environment: Environment) -> None:
    """Give templates the catalogue as `w`, and the filters below."""
    environment.globals["w"] = catalogue()
    environment.filters.update(
        clock=wording.clock,
        coded=coded,
        filled=filled,
        instant=instant,
        isolated=isolated,
        percent=wording.percent,
        requirement=requirement,
        review_facts=review_facts,
        sentence=_sentence,
        told=told,
        tone=_tone,
        urgency=_urgency,
        size=_size,
        sureness=sureness,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tone(status: VerificationStatus) -> str:
    return TONES.get(status, "plain")


def _urgency(need: Need | None) -> str:
    return _URGENCY.get(need, "") if need else ""


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
