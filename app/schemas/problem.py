"""The shape of every refusal (RFC 9457)."""

from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """Why a request was refused; some types add fields of their own."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "/problems/not_found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no media item '5f0c'.",
            }
        },
    )

    type: str = Field(description="Stable: programs may decide by it.")
    title: str
    status: int
    detail: str = Field(description="For people; its wording may change.")
