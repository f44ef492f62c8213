"""What came of the last act on a page of an item, so that the page can say it in place."""

from dataclasses import dataclass

from app.desk.forms import Form
from app.desk.refusals import Refusal
from app.schemas.publications import PublicationRequest

WORDS = (
    "note",
    "reason",
    "text",
    "statement",
    "said_by_source",
    "limits",
    "value.text",
    "public_wording",
    "original_context",
    "conflict_note",
    "correction_text",
    "description",
    "method_statement",
)
"""Fields for words of one's own, which are shown again where their form cannot be."""


@dataclass(frozen=True, slots=True)
class Said:
    """Why the last act was refused, what was typed, or a preview that was asked for."""

    refusal: Refusal | None = None
    form: Form | None = None
    choices: PublicationRequest | None = None

    def typed(self, name: str) -> dict[str, list[str]]:
        """What was typed into the form of this name, if it is the one that was refused."""
        if self.form is None or self.form.one("which") != name:
            return {}
        return dict(self.form.values)

    @property
    def written(self) -> list[str]:
        """What somebody wrote in their own words."""
        if self.form is None:
            return []
        return [text for name in WORDS if (text := self.form.one(name))]


NOTHING_SAID = Said()
