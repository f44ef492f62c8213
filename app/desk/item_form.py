"""A form on one of an item's pages: done in one transaction and shown, or refused in place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.db.verifications import Verification
from app.desk.forms import Form
from app.desk.refusals import Refusal, attempt
from app.desk.said import Said
from app.desk.words import catalogue
from app.errors import VersionMismatch

OF_PAGE = ("which", "version")
"""Fields that mean something to the page alone."""

type Page = Callable[[Request, Parts, Actor, str, Said], Response]
type Work = Callable[[Session, Verification, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class ItemForm:
    """What somebody sent from the page named `tab`, which `page` shows again with what came of it."""

    tab: str
    page: Page
    request: Request
    parts: Parts
    actor: Actor
    form: Form

    def __call__(self, media_id: str, work: Work) -> Response:
        """Do `work` on the record, if it is as the page showed it."""

        def change(session: Session) -> None:
            record = services.verifications.take(session, media_id)
            self._check(record)
            work(session, record, self.form.body(*OF_PAGE))

        onward = f"/desk/media/{media_id}/{self.tab}"
        refused = partial(self.shown_again, media_id)
        return attempt(self.parts.database, change, onward, refused)

    def shown_again(self, media_id: str, refusal: Refusal) -> Response:
        """The page with what was typed and why it was refused."""
        said = Said(refusal, self.form)
        return self.page(self.request, self.parts, self.actor, media_id, said)

    def _check(self, record: Verification) -> None:
        seen = self.form.one("version")
        if seen and seen != str(record.version):
            detail = catalogue()["frame"]["overtaken"]
            raise VersionMismatch(detail, version=record.version)
