"""When each frame of a video is shown, as scripts of the pages read it."""

from pydantic import BaseModel, Field


class FrameTable(BaseModel):
    """Frames in order of presentation, in ticks of `time_base` seconds (numerator, denominator)."""

    time_base: tuple[int, int]
    first: int
    count: int
    step: int | None = Field(description="Ticks from any frame to the next; null where they vary.")
    steps: list[int] | None = Field(description="Where they vary: from each frame to the next.")
    origin: int = Field(description="What is 0 ms on the desk.")
    end: int = Field(description="When the last frame ends.")
