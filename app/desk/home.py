"""The first page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.desk.signed_in import Viewer
from app.desk.templating import render

router = APIRouter()


@router.get("/")
def show(request: Request, _actor: Viewer) -> Response:
    """What there is."""
    return render(request, "home.html")
