"""Who one is to the desk."""

from fastapi import APIRouter

from app.api.dependencies import CurrentActor
from app.api.problems import documented
from app.schemas.people import MeAnswer

router = APIRouter(tags=["keys"])


@router.get("/v1/me", responses=documented(401))
def who_am_i(actor: CurrentActor) -> MeAnswer:
    """Say whose key or sign-in this is, and what it may do."""
    return MeAnswer.of(actor)
