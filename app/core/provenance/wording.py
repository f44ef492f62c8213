"""The plain words in which the desk is told what credentials are worth, and what they do not prove."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.core.provenance.values import CredentialState, Hint

_TEXTS = {
    CredentialState.NONE: "No Content Credentials in this file. This says nothing about "
    "authenticity: most platforms remove them.",
    CredentialState.UNSUPPORTED: "This kind of file cannot be read for Content Credentials. "
    "Whether it has any is unknown.",
    CredentialState.ERROR: "The Content Credentials could not be read. Whether there are any, and "
    "what they are worth, is unknown.",
}
HINTS = {
    Hint.NOT_CAMERA_ORIGINAL: "not camera-original",
    Hint.TIMES_WIPED: "creation time wiped",
    Hint.THUMBNAIL_DIFFERS: "a picture inside the file does not show what the file shows",
    Hint.EDITING_HISTORY: "carries a history of edits",
    Hint.HAS_PLACE: "says where it was made",
    Hint.AI_DISCLOSED: "its credentials say that AI made it or part of it",
}
"""What a hint says to a person."""

_UNCHECKED = " Whether the certificate was revoked was not checked."
_MADE_FROM = "What it was made from does not fit what was signed."
_DAMAGED = "The credentials are incomplete or damaged."
_UNTRUSTED = "signingCredential.untrusted"
# Of several reasons the first in this order is told, of the manifest that speaks for the file.
_REASONS: tuple[tuple[str, str], ...] = (
    (
        "assertion.bmffHash|assertion.dataHash|assertion.boxesHash|assertion.collectionHash",
        "The file was changed after it was signed, or the download is incomplete.",
    ),
    (
        "claimSignature.mismatch|claimSignature.missing",
        "The signature does not fit the credentials: they were changed.",
    ),
    (
        "signingCredential.expired|claimSignature.outsideValidity",
        "The certificate had expired, and no trusted time stamp shows that it was signed before.",
    ),
    (
        "signingCredential.revoked|signingCredential.ocsp.revoked",
        "The signer's certificate was revoked.",
    ),
    ("signingCredential.invalid", "The signer's certificate is not fit for signing credentials."),
    ("assertion.hashedURI", "What the credentials say was changed after it was signed."),
    ("ingredient", _MADE_FROM),
    ("", _DAMAGED),
)


def text(state: CredentialState, detail: str | None, report: Mapping[str, Any]) -> str:
    """What a person is told; `report` is `Credentials.report`."""
    signer = _signer(report)
    match state:
        case CredentialState.REMOTE_ONLY:
            return f"The credentials are kept at {_host(detail)} and were not fetched."
        case CredentialState.INVALID:
            return f"{_reason(report)} Disregard what the credentials say."
        case CredentialState.VALID_UNTRUSTED:
            return f"Unchanged since signed by {signer} (self-declared; not on a trust list).{_UNCHECKED}"
        case CredentialState.VALID_MIXED:
            return f"Signed by {signer} (on {_lists(report)}); {_left(report)} not trusted.{_UNCHECKED}"
        case CredentialState.TRUSTED:
            return (
                f"Unchanged since signed by {signer} (on {_lists(report)}). This proves who signed, "
                f"not that the scene is true.{_UNCHECKED}"
            )
    return _TEXTS[state]


def _host(address: str | None) -> str:
    try:
        return urlsplit(address or "").hostname or "another place"
    except ValueError:
        return "another place"


def active(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """The manifest that speaks for the file; empty where there is none."""
    manifests: Sequence[Mapping[str, Any]] = report.get("manifests", ())
    return next((each for each in manifests if each["label"] == report.get("active")), {})


def _signer(report: Mapping[str, Any]) -> str:
    signer = active(report).get("signer", {})
    return signer.get("name") or signer.get("organisation") or "somebody unnamed"


def _lists(report: Mapping[str, Any]) -> str:
    names = [f"“{each}”" for each in report.get("lists", ())]
    return f"the list{'s' * (len(names) > 1)} {', '.join(names)}"


def _left(report: Mapping[str, Any]) -> str:
    if all(each["trusted_by"] for each in report.get("manifests", ())):
        return "an identity named in it is"
    return "the signer of something it was made from is"


def _reason(report: Mapping[str, Any]) -> str:
    """Say what is wrong with the file's own manifest, or else with one of what it was made from."""
    codes = _failures(active(report))
    for words, reason in _REASONS:
        if any(code.startswith(word) for word in words.split("|") for code in codes):
            return reason
    others = any(_failures(each) for each in report.get("manifests", ()))
    return _MADE_FROM if active(report) and others else _DAMAGED


def _failures(manifest: Mapping[str, Any]) -> set[str]:
    return {*manifest.get("codes", {}).get("failure", ())} - {_UNTRUSTED}
