"""What a piece of metadata is about, and when it says that something was."""

import pytest

from app.core.provenance.naming import instant, kind_of


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2024:05:01 10:00:00", "2024-05-01T10:00:00"),
        ("2024-05-01T10:00:00.25+0200", "2024-05-01T10:00:00+02:00"),
        ("UTC 2024-05-01 10:00:00", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01T10:00Z", "2024-05-01T10:00:00+00:00"),
        ("2024:05:01", "2024-05-01"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
    ],
)
def test_a_time_has_an_offset_only_where_the_text_has_one(said: str, at: str) -> None:
    assert instant(said) == at


@pytest.mark.parametrize(
    "said",
    [
        "2023:02:29 10:00:00",
        "2024:05:01 24:00:00",
        "2024:05:01 10:00:00+99:99",
        "0000:00:00 00:00:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "\u0662\u0660\u0662\u0664-\u0660\u0665-\u0660\u0661",
        "for 2024-05-01",
    ],
)
def test_what_no_calendar_has_is_no_time(said: str) -> None:
    assert instant(said) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("GPSLatitude", "place"),
        ("com.apple.quicktime.location.ISO6709", "place"),
        ("LocationCreated", "place"),
        ("City", "place"),
        ("Province-State", "place"),
        ("State", "place"),
        ("Country", "place"),
        ("CountryCode", "place"),
        ("CreatorCity", None),
        ("CreatorCountry", None),
        ("SubjectLocation", None),
        ("ISOSpeedLatitudeyyy", None),
        ("LensModel", "device"),
    ],
)
def test_where_it_was_made_is_a_place_and_where_in_the_picture_its_subject_is_is_none(
    name: str, kind: str | None
) -> None:
    assert kind_of(name) == kind
