"""The API's description: OpenAPI, and a page that shows it and sends requests.

The page is Swagger UI, kept unchanged in `swagger/` (npm `swagger-ui-dist` 5.35.0, Apache-2.0): nothing
is loaded from elsewhere, and what it may do is what any of the desk's own pages may.
"""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse

from app.errors import NotFound

router = APIRouter(include_in_schema=False)

OPENAPI = "/openapi.json"
HEADERS = {
    # Swagger UI sets styles on elements, and draws its icons from data.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_FOLDER = Path(__file__).with_name("swagger")
_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "start.js")


@router.get(OPENAPI)
def read_openapi(request: Request) -> JSONResponse:
    """Give the description; it is the same for everybody, so every page may read it."""
    return JSONResponse(request.app.openapi(), headers={"Access-Control-Allow-Origin": "*"})


@router.get("/docs")
def show_docs() -> FileResponse:
    """Show the description as a page."""
    return FileResponse(_FOLDER / "page.html", headers=HEADERS)


@router.get("/docs/{name}")
def read_file(name: str) -> FileResponse:
    """Give one of the page's own files."""
    if name not in _FILES:
        raise NotFound("There is no such file.")
    return FileResponse(_FOLDER / name, headers=HEADERS)
