"""Signing in by an identity provider (OpenID Connect): code flow with PKCE, state and nonce.

State, nonce and the code's verifier are derived from one secret that only the visitor's browser
holds, in a cookie: nothing is kept here, and what comes back to another browser fits nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote_plus, urlencode, urlsplit

import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from app.access import Role
from app.errors import Forbidden, Unauthenticated
from app.services.oidc_provider import PublishedProvider

SCOPES = "openid profile email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
LEEWAY_S = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the desk is to the provider, and which of its groups have which role, the first first."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    role_claim: str
    roles: tuple[tuple[str, Role], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for; `subject` never changes, the rest may."""

    subject: str
    login: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Return:
    """With what the browser came back, and to which address."""

    state: str
    code: str
    redirect_uri: str


class IdentityProvider:
    """The provider that the settings name."""

    def __init__(self, client: OidcClient) -> None:
        self.client = client
        self._published = PublishedProvider(client.issuer)

    def address(self, secret: str, redirect_uri: str) -> str:
        """Where the browser is sent to sign in; `secret` is what its cookie holds."""
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": _derived(secret, "state"),
            "nonce": _derived(secret, "nonce"),
            "code_challenge": create_s256_code_challenge(_derived(secret, "verifier")),
            "code_challenge_method": "S256",
        }
        endpoint = self._published.endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identify(self, secret: str, came: Return) -> Identity:
        """Whom the provider vouches for, proven by its signature."""
        if not hmac.compare_digest(_derived(secret, "state").encode(), came.state.encode()):
            raise _refused("the state is not this browser's")
        tokens = self._redeem(secret, came)
        claims = self._checked(tokens, _derived(secret, "nonce"))
        login = claims.get("preferred_username") or claims.get("email") or claims["sub"]
        return Identity(
            subject=f"{self.client.issuer}#{claims['sub']}",
            login=str(login),
            name=str(claims.get("name") or login),
            role=self._role(claims),
        )

    def _redeem(self, secret: str, came: Return) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": came.code,
            "redirect_uri": came.redirect_uri,
            "code_verifier": _derived(secret, "verifier"),
            "client_id": self.client.client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.client.client_secret and self._published.takes_basic:
            pair = f"{quote_plus(self.client.client_id)}:{quote_plus(self.client.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif self.client.client_secret:
            form["client_secret"] = self.client.client_secret
        found = self._published.redeem(headers, urlencode(form).encode())
        if found is None or not isinstance(found.get("id_token"), str):
            raise _refused("the code brought no ID token")
        return found

    def _checked(self, tokens: dict[str, Any], nonce: str) -> CodeIDToken:
        """The claims of the ID token, if they are signed and meant for this desk and this browser."""
        options = {
            "iss": {"essential": True, "value": self.client.issuer},
            "aud": {"essential": True, "value": self.client.client_id},
        }
        params = {
            "nonce": nonce,
            "client_id": self.client.client_id,
            "access_token": tokens.get("access_token"),
        }
        try:
            token = self._decoded(tokens["id_token"])
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(f"{type(error).__name__}: {error}") from error
        if not claims["sub"] or not isinstance(claims["sub"], str):
            raise _refused("the subject is no text")
        return claims

    def _decoded(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may have new keys.
            if not self._published.renew_keys():
                raise
            return jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(cast(KeySetSerialization, self._published.keys()))

    def _role(self, claims: dict[str, Any]) -> Role:
        found: Any = claims
        for step in self.client.role_claim.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        groups = found if isinstance(found, list) else [found]
        for group, role in self.client.roles:
            if group == "*" or group in groups:
                return role
        raise Forbidden("The identity provider gives you no role at this desk.")


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _refused(reason: str) -> Unauthenticated:
    log.warning("oidc.refused", reason=reason)
    return Unauthenticated("The identity provider's answer does not hold. Sign in anew.")
