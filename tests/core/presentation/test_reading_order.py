import pytest

from app.core.presentation.reading_order import drawn_order, line_of


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("evening news", "evening news"),
        ("שלום", "םולש"),
        ("שלום 12:30 (עולם)", "(םלוע) 12:30 םולש"),
        ("12 שלום", "םולש 12"),
        ("abc שלום עולם def", "abc םלוע םולש def"),
        ("clip_שלום_2026-11-30.mp4", "clip_2026-11-30_םולש.mp4"),
        ("بيان 50% من", "نم 50% نايب"),
        ("שִׁיר a", "a רישִׁ"),
    ],
)
def test_letters_that_run_from_the_right_are_drawn_so(text: str, drawn: str) -> None:
    assert drawn_order(text) == drawn


@pytest.mark.parametrize(
    ("text", "line"),
    [("cafe\u0301", "café"), ("a\n b\tc", "a b c"), ("a\u202eb\u200dc\u00ad", "abc"), ("", "")],
)
def test_a_name_is_one_line_of_letters_to_be_seen(text: str, line: str) -> None:
    assert line_of(text) == line
