from app.desk.words import requirement


def test_what_is_still_needed_is_told_without_names_of_the_wire() -> None:
    told = requirement("status: one of unverified, partly_verified")
    assert told == "Status: one of unverified, partly verified"
    assert requirement("A sentence without a field.") == "A sentence without a field."
