"""What passes come to where the SDK alone would mislead, and the words for it."""

from typing import Any

import pytest

from app.core.provenance import wording
from app.core.provenance.validation import Pass, Passes, outcome
from app.core.provenance.values import CredentialState

TRUSTED, UNTRUSTED = "signingCredential.trusted", "signingCredential.untrusted"


def _pass(state: str, **success_of: str) -> Pass:
    codes = {
        label if label != "active" else "": {
            "success": [code] if code == TRUSTED else [],
            "informational": [],
            "failure": [code] if code == UNTRUSTED else [],
        }
        for label, code in success_of.items()
    }
    return Pass(state, codes)


def _store(**recorded: list[dict[str, str]]) -> dict[str, Any]:
    ingredient = {
        "title": "source",
        "relationship": "parentOf",
        "active_manifest": "parent",
        "validation_results": {"activeManifest": recorded},
    }
    return {
        "active_manifest": "a",
        "manifests": {"a": {"ingredients": [ingredient]}, "parent": {}},
    }


def _passes(trusting: Pass) -> Passes:
    plain = _pass("Valid", active=UNTRUSTED)
    return Passes(plain, plain, {"a list": trusting}, trusting)


@pytest.mark.parametrize(
    ("recorded", "parent", "state"),
    [
        # Found trusted by its user and here: there is no difference to tell.
        ({"success": [{"code": TRUSTED}]}, "", "trusted"),
        # Found trusted by its user, not here.
        ({"success": [{"code": TRUSTED}]}, UNTRUSTED, "valid_mixed"),
        # Found untrusted by its user and here: no difference, and the SDK says Trusted.
        ({"failure": [{"code": UNTRUSTED}]}, "", "valid_mixed"),
        # Found untrusted by its user, trusted here.
        ({"failure": [{"code": UNTRUSTED}]}, TRUSTED, "trusted"),
        # Recorded as both, so that no difference is left to be told.
        ({"success": [{"code": TRUSTED}], "failure": [{"code": UNTRUSTED}]}, "", "valid_mixed"),
        ({}, "", "valid_mixed"),
    ],
)
def test_an_ingredients_signer_is_looked_up_whatever_its_user_recorded(
    recorded: dict[str, list[dict[str, str]]], parent: str, state: str
) -> None:
    trusting = _pass("Trusted", active=TRUSTED, parent=parent)
    found = outcome(_passes(trusting), _store(**recorded))
    assert found["state"] == state
    assert found["lists"] == ["a list"]


def test_an_identity_that_is_not_trusted_leaves_it_mixed() -> None:
    trusting = _pass("Valid", active=TRUSTED, parent=TRUSTED)
    found = outcome(_passes(trusting), _store())
    assert found["state"] == "valid_mixed"
    assert "an identity named in it is not trusted" in wording.text(
        CredentialState.VALID_MIXED, None, found
    )


@pytest.mark.parametrize("address", ["https://[", "no address", "", None])
def test_an_address_that_is_none_is_told_as_well(address: str | None) -> None:
    told = wording.text(CredentialState.REMOTE_ONLY, address, {})
    assert told == "The credentials are kept at another place and were not fetched."


@pytest.mark.parametrize("state", CredentialState)
def test_every_state_has_words_even_without_a_report(state: CredentialState) -> None:
    assert wording.text(state, None, {}).endswith(".")


@pytest.mark.parametrize(
    ("own", "parents", "reason"),
    [
        ("claimSignature.mismatch", "", "The signature does not fit the credentials"),
        ("signingCredential.expired", "", "The certificate had expired"),
        ("signingCredential.ocsp.revoked", "", "The signer's certificate was revoked"),
        ("assertion.hashedURI.mismatch", "", "What the credentials say was changed after"),
        ("ingredient.manifest.missing", "", "What it was made from does not fit"),
        ("claim.missing", "assertion.dataHash.mismatch", "The credentials are incomplete"),
        ("", "claimSignature.mismatch", "What it was made from does not fit"),
        ("", "signingCredential.expired", "What it was made from does not fit"),
        ("", "", "The credentials are incomplete"),
    ],
)
def test_what_is_wrong_with_a_source_is_not_said_of_the_files_own_credentials(
    own: str, parents: str, reason: str
) -> None:
    manifests = [
        {"label": label, "codes": {"failure": [UNTRUSTED, *([code] if code else [])]}}
        for label, code in (("a", own), ("parent", parents))
    ]
    told = wording.text(CredentialState.INVALID, None, {"active": "a", "manifests": manifests})
    assert told.startswith(reason)
