"""The API's description: OpenAPI, and a page that shows it.

The page's scripts come from elsewhere, so the browser is told to give it an origin of its own: it
reads the description, but neither it nor what it loads can act as somebody who is signed in.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

router = APIRouter(include_in_schema=False)

OPENAPI = "/openapi.json"
ALONE = {"Content-Security-Policy": "sandbox allow-scripts allow-popups"}
# It sends no requests: from an origin of its own none would be answered.
_READ_ONLY: dict[str, Any] = {"supportedSubmitMethods": []}


@router.get(OPENAPI)
def read_openapi(request: Request) -> JSONResponse:
    """Give the description; it is the same for everybody, so every page may read it."""
    return JSONResponse(request.app.openapi(), headers={"Access-Control-Allow-Origin": "*"})


@router.get("/docs")
def show_docs() -> HTMLResponse:
    """Show the description as a page."""
    page = get_swagger_ui_html(
        openapi_url=OPENAPI, title="Provenance Desk", swagger_ui_parameters=_READ_ONLY
    )
    page.headers.update(ALONE)
    return page
