"""Whether an ID token is signed by the identity provider, and meant for this desk and browser."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, KeySetSerialization

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
LEEWAY_S = 60

UNSIGNED = (JoseError, ValueError)
"""What `decoded` raises when the keys do not fit."""
UNFIT = (*UNSIGNED, TypeError, KeyError)
"""What either function raises for a token that must not be believed."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Who must have made a token, for whom, and what for."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str | None


def decoded(id_token: str, keys: dict[str, Any]) -> jwt.Token:
    """The token, if one of the provider's published keys signed it."""
    published = [key for each in keys["keys"] for key in _usable(each)]
    return jwt.decode(id_token, KeySet(published), algorithms=ALGORITHMS)


def _usable(key: dict[str, Any]) -> Iterable[Key]:
    """A published key; none that is of a kind not known here, which RFC 7517 says to ignore."""
    try:
        return KeySet.import_key_set(cast(KeySetSerialization, {"keys": [key]})).keys
    except UNFIT:
        return ()


def claims(token: jwt.Token, meant: Meant) -> CodeIDToken:
    """What the token claims, if it is in force and meant for us."""
    options = {
        "iss": {"essential": True, "value": meant.issuer},
        "aud": {"essential": True, "value": meant.client_id},
    }
    params = {
        "nonce": meant.nonce,
        "client_id": meant.client_id,
        "access_token": meant.access_token,
    }
    found = CodeIDToken(token.claims, token.header, options, params)
    found.validate(leeway=LEEWAY_S)
    return found
