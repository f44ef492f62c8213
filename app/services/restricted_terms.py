"""Names and numbers that must not leave the house: kept by item, found in a text however written.

Both sides are folded (compatibility forms, case, accents, invisible characters), cut into words and
compared without what lies between: "Kim Chol-su" is found in "KIM  CHOLSU" and in "kim.chol.su",
"AB 123456" in "AB-123 456", but "Kim" not in "Kimchi". An address is read as it is written and as
it is decoded. Words of scripts that write without spaces,
or put particles on names as Korean does, are found inside other words, too. Inflected forms and
transliterations are terms of their own.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.verifications import Verification
from app.errors import Unprocessable
from app.schemas.addresses import decoded
from app.schemas.enums import HistoryAction
from app.services import verifications

_WORD = re.compile(r"[^\W_]+")
# Thai, Lao, Tibetan, Myanmar, Hangul jamo, Khmer, kana, Han, Hangul syllables.
_NO_BORDERS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Letters that have a stroke or a tie of their own, not an accent that can be taken off.
_PLAIN = dict(zip("łøđðħŧıəɓɗƙƴƶ", "loddhtiebdkyz", strict=True)) | {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
# Arabic's only lengthens a word; Hangul's fillers, to which two more are folded, look like spaces.
_FILLERS = {"\u0640": "", "\u115f": " ", "\u1160": " "}
_FOLDED = str.maketrans(_PLAIN | _FILLERS)


def matching(terms: Sequence[str], text: str) -> list[str]:
    """Those of some terms that a text holds."""
    once = decoded(text)
    # An address within another one is encoded twice.
    written = [_Written(_words(each)) for each in {text, once, decoded(once)}]
    wanted = ((term, "".join(_words(term))) for term in terms)
    return [term for term, word in wanted if any(each.holds(word) for each in written)]


def replace(session: Session, record: Verification, terms: Sequence[str], actor: Actor) -> None:
    """Put terms in place of an item's; the history says how many, never which."""
    wanted = list(dict.fromkeys(terms))
    empty = [term for term in wanted if not is_findable(term)]
    if empty:
        raise Unprocessable("A term holds at least one letter or digit.", terms=empty)
    db.restricted_terms.replace(session, record.media_id, wanted, actor.id)
    details = {"terms": len(wanted)}
    verifications.change(session, record, actor, HistoryAction.RESTRICTED_TERMS_CHANGED, details)


def is_findable(term: str) -> bool:
    """Whether there is anything in a term to look for."""
    return bool(_words(term))


def _words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(char for char in folded if _is_seen(char))
    return _WORD.findall(kept.translate(_FOLDED))


def _is_seen(char: str) -> bool:
    """Whether a character is neither an accent nor invisible."""
    return unicodedata.category(char) not in {"Mn", "Me", "Cf"}


class _Written:
    """The words of a text, and where each stands."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._joined = "".join(words)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            self._places[word].append(place)

    def holds(self, wanted: str) -> bool:
        """Whether whole words in a row make up `wanted`."""
        if wanted and _NO_BORDERS.search(wanted):
            return wanted in self._joined
        heads = (wanted[:end] for end in range(1, len(wanted) + 1))
        return any(
            self._goes_on(place + 1, wanted[len(head) :])
            for head in heads
            for place in self._places.get(head, ())
        )

    def _goes_on(self, place: int, rest: str) -> bool:
        while rest and place < len(self._words) and rest.startswith(self._words[place]):
            rest = rest[len(self._words[place]) :]
            place += 1
        return not rest
