"""A term is found however it is written, and only as itself."""

import pytest

from app.services.restricted_terms import matching

FOUND = [
    ("Kim Chol-su", "so says KIM  CHOLSU, 26"),
    ("Kim Chol-su", "kim.chol.su"),
    ("Kim Cholsu", "Kim Chol-\nsu said"),
    ("Kim Chol-su", "K i m  C h o l s u"),
    ("Kim Chol-su", "Kim\u200b Chol\u00adsu"),
    ("AB 123456", "card no. AB-123 456."),
    ("AB123456", "AB 123456"),
    ("José Núñez", "JOSE NUNEZ"),
    ("Straße", "STRASSE"),
    ("Ökten", "O\u0308kten"),
    ("Ким Чхоль", "товарищ КИМ-ЧХОЛЬ"),
    ("김철수", "포로 김철수는 말했다"),
    ("金哲洙", "俘虜金哲洙說"),
    ("ﬁnch", "Finch"),
    ("O'Neil", "ONeil"),
    ("Kim", "(Kim)"),
    ("김철수", "https://ko.wikipedia.org/wiki/%EA%B9%80%EC%B2%A0%EC%88%98"),
    (
        "김철수",
        "https://web.example/?to=https%3A%2F%2Fx.example%2F%25EA%25B9%2580%25EC%25B2%25A0%25EC%2588%2598",
    ),
    ("Kim Chol-su", "https://x.example/Kim%20Chol%2Dsu"),
    ("Müller", "https://xn--mller-kva.example/"),
    ("mller-kva", "https://xn--mller-kva.example/"),
    ("Łukasz Wałęsa", "lukasz walesa"),
    ("Lukasz", "ŁUKASZ"),
    ("Sørensen", "Sorensen"),
    ("Đorđe Æsir Œuvre", "Dorde Aesir Oeuvre"),
    ("I\u015f\u0131k", "Isik"),
    ("Kim Chol-su", "Kim\u3164Chol-su"),
    ("Kim", "so Kim\u3164said"),
    ("Kim", "Ki\uffa0m"),
    ("김철수", "김\u115f\u1160철\u3164수"),
]
NOT_FOUND = [
    ("Kim", "Kimchi"),
    ("Kim", "Hakim"),
    ("Kim Chol-su", "Kim and Su"),
    ("123456", "1234567"),
    ("AB 123456", "CAB 123456"),
    ("su", ""),
]


@pytest.mark.parametrize(("term", "text"), FOUND)
def test_a_term_is_found_however_it_is_written(term: str, text: str) -> None:
    assert matching([term, "nobody else"], text) == [term]


@pytest.mark.parametrize(("term", "text"), NOT_FOUND)
def test_words_that_only_resemble_a_term_are_let_through(term: str, text: str) -> None:
    assert matching([term], text) == []


def test_a_long_text_with_many_terms_is_quick() -> None:
    terms = [f"Name{number} Surname{number}" for number in range(500)]
    text = " ".join(f"word{number} Name{number}" for number in range(5000)) + " name7-surname7"
    assert matching(terms, text) == ["Name7 Surname7"]
