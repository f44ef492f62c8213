import pytest

from app.core.matches import Evidence, Span
from app.core.media import MediaKind
from app.core.presentation import lettering
from app.core.presentation.pairs import rows
from app.core.presentation.strips import Side, Stretch
from tests.filming import picture

STILL = Side("still.png", MediaKind.STILL, 0)
CLIP = Side("clip.mp4", MediaKind.VIDEO, 10_000)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ((STILL, CLIP), ["still", "at 0:00.0"]),
        ((CLIP, STILL), ["at 0:00.0", "still"]),
        ((CLIP, CLIP), ["at 0:00.0", "at 0:00.0"]),
    ],
)
def test_only_what_is_a_still_has_no_time_under_its_picture(
    monkeypatch: pytest.MonkeyPatch, sides: tuple[Side, Side], said: list[str]
) -> None:
    written: list[str] = []
    monkeypatch.setattr(
        lettering, "write", lambda _page, text, *_how, **_more: written.append(text)
    )
    shown = picture(0, (320, 180))
    evidence = Evidence(0, 0, 0.8, 120, pictures=(shown, shown))
    stretch = Stretch(Span(0, 0), Span(0, 0), by_sound_alone=False)
    rows([evidence], sides, [stretch], 1_000)
    assert written[:2] == said
