"""Where the desk names somebody, for who asks what is held about them."""

from itertools import islice

from sqlalchemy.orm import Session

from app import db
from app.errors import Unprocessable
from app.schemas.purging import MentionAnswer, MentionList
from app.services import restricted_terms

MOST = 1000


def mentions(session: Session, name: str) -> MentionList:
    """Every place that names somebody, however it is written, about an item or not.

    Reads all that people wrote: a request of this kind is rare, and must miss nothing.
    """
    if not restricted_terms.is_findable(name):
        raise Unprocessable("A name holds at least one letter or digit.", asked=name)
    found = db.mentions.everywhere(
        session, lambda text: bool(restricted_terms.matching([name], text))
    )
    listed = list(islice(found, MOST + 1))
    items = [
        MentionAnswer(
            media_id=each.media_id,
            table=each.table,
            column=each.column,
            row_id=each.row_id,
            links={"media": f"/v1/media/{each.media_id}"} if each.media_id else {},
        )
        for each in listed[:MOST]
    ]
    return MentionList(name=name, items=items, complete=len(listed) <= MOST)
