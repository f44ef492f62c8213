"""The ASGI application: `uvicorn --factory app.main:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import api
from app.api import problems
from app.bootstrap import Parts, bootstrap
from app.settings import Settings


def create_app(parts: Parts | None = None) -> FastAPI:
    """The application over `parts`, or over parts made from the environment."""
    in_use = parts or bootstrap(Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if parts is None:
            in_use.jobs.close()
            in_use.database.close()

    app = FastAPI(title="Provenance Desk", version="1", lifespan=lifespan)
    app.state.parts = in_use
    problems.install(app)
    app.include_router(api.router)
    return app
