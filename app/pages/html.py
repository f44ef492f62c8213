"""HTML from values: templates that escape everything, one style sheet, nothing that runs.

`HEADERS` allow a browser the page's own style, which they name by its hash, and pictures within the
page: no script, no frame, no form, no request to anywhere.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.pages import media_review, phrases
from app.pages.paper import Paper
from app.schemas.publications import Desk, PublicReview

_FOLDER = Path(__file__).with_name("templates")
_STYLE = (_FOLDER / "style.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def report(paper: Paper) -> str:
    """A page for people inside the house."""
    return _render("report.html", paper=paper)


def review(public: PublicReview, feed_url: str) -> str:
    """A public review, with the same as JSON-LD inside it for machines."""
    return _render(
        "review.html", review=public, document=media_review.document(public), feed_url=feed_url
    )


def review_facts(public: PublicReview, level: int) -> Markup:
    """What a review says below its verdict, as a part of another page; its headings are of `level`."""
    return Markup(_render("review_facts.html", review=public, level=level))  # noqa: S704


def reviews(published: list[PublicReview], desk: Desk, url: str, next_url: str | None) -> str:
    """A page of the list of public reviews."""
    return _render("reviews.html", reviews=published, desk=desk, url=url, next_url=next_url)


def nothing(desk: Desk, title: str, said: str) -> str:
    """The page in place of a review that is not there, or not any more."""
    return _render("nothing.html", desk=desk, title=title, said=said)


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The one text that is not escaped is our own.
    made.globals.update(style=Markup(_STYLE), phrases=phrases)  # noqa: S704
    made.filters.update(data_uri=_data_uri, day=phrases.day, instant=phrases.instant)
    return made


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
