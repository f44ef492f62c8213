"""What the public reads, without a key: reviews as pages and as JSON-LD, and the list of them.

Any site may read them (CORS). Caches ask each time whether a review still is what they have, so
that a withdrawal is seen at once.
"""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from app.api.conditional import IfNoneMatch, Precondition
from app.api.dependencies import Reading
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.publications import DeskDep
from app.errors import Gone, NotFound
from app.pages import html, media_review
from app.schemas.publications import Desk
from app.services import publication_views

router = APIRouter(prefix="/public", tags=["public"])

LINKED_DATA = "application/ld+json"
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, no-cache",
    "X-Content-Type-Options": "nosniff",
}
_ASKED_FIRST = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {}}},
    304: {"description": "The caller has this page."},
}
_DATA: dict[int | str, dict[str, Any]] = {
    200: {"content": {LINKED_DATA: {}}},
    304: {"description": "The caller has this document."},
}

Slug = Annotated[str, Path(max_length=64, description="The last part of a review's address.")]


@router.head("/reviews.jsonld", include_in_schema=False)
@router.get("/reviews.jsonld", response_class=Response, responses={**_DATA, **documented(422)})
def read_feed(
    session: Reading,
    publisher: DeskDep,
    if_none_match: IfNoneMatch,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What is published, last changed first, as a schema.org `DataFeed`; `Link` has the next page."""
    page = publication_views.public_page(session, limit, cursor)
    url = f"{_list_url(publisher)}.jsonld"
    answer = _data(media_review.feed(page.reviews, publisher, url), if_none_match)
    if page.next:
        answer.headers["Link"] = f'<{url}?limit={limit}&cursor={page.next}>; rel="next"'
    return answer


@router.head("/reviews", include_in_schema=False)
@router.get("/reviews", response_class=Response, responses={**_PAGE, **documented(422)})
def read_list(
    session: Reading,
    publisher: DeskDep,
    if_none_match: IfNoneMatch,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What is published, last changed first, as a page."""
    page = publication_views.public_page(session, limit, cursor)
    url = _list_url(publisher)
    following = f"{url}?limit={limit}&cursor={page.next}" if page.next else None
    return _page(html.reviews(page.reviews, publisher, url, following), if_none_match)


@router.head("/reviews/{slug}.jsonld", include_in_schema=False)
@router.get(
    "/reviews/{slug}.jsonld",
    response_class=Response,
    responses={**_DATA, **documented(404, 410)},
)
def read_document(slug: Slug, session: Reading, if_none_match: IfNoneMatch) -> Response:
    """A review as schema.org `MediaReview`; a withdrawn one says so under the same address."""
    return _data(media_review.document(publication_views.public(session, slug)), if_none_match)


@router.head("/reviews/{slug}", include_in_schema=False)
@router.get(
    "/reviews/{slug}",
    response_class=Response,
    responses={
        **_PAGE,
        404: {"description": "There is no such review."},
        410: {"description": "It was taken away by law."},
    },
)
def read_review(
    slug: Slug, session: Reading, publisher: DeskDep, if_none_match: IfNoneMatch
) -> Response:
    """A review as a page; a withdrawn one says so under the same address."""
    try:
        review = publication_views.public(session, slug)
    except NotFound as error:
        return _nothing(publisher, "No such review", error.detail, 404)
    except Gone as error:
        return _nothing(publisher, "Taken away", error.detail, 410)
    return _page(html.review(review, _list_url(publisher)), if_none_match)


@router.options("/{path:path}", include_in_schema=False)
def answer_preflight(path: str) -> Response:
    """What another site may ask for."""
    return Response(status_code=204, headers={**_OPEN, **_ASKED_FIRST})


def _list_url(publisher: Desk) -> str:
    return f"{publisher.url}/public/reviews"


def _data(document: dict[str, Any], if_none_match: Precondition) -> Response:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _tagged(text, LINKED_DATA, {}, if_none_match)


def _page(text: str, if_none_match: Precondition) -> Response:
    return _tagged(text, "text/html", html.HEADERS, if_none_match)


def _tagged(
    text: str, media_type: str, own: dict[str, str], if_none_match: Precondition
) -> Response:
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_OPEN, **own, "ETag": tag}
    if if_none_match.given and if_none_match.holds(tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _nothing(publisher: Desk, title: str, said: str, status: int) -> Response:
    text = html.nothing(publisher, title, said)
    return Response(
        text, status_code=status, media_type="text/html", headers={**_OPEN, **html.HEADERS}
    )
