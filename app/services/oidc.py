"""Signing in by an identity provider (OpenID Connect): code flow with PKCE, state and nonce.

State, nonce and the code's verifier are derived from one secret that only the visitor's browser
holds, in a cookie: nothing is kept here, and what comes back to another browser fits nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

import structlog

from app.access import Role
from app.errors import Forbidden, Unauthenticated
from app.services.oidc_provider import PublishedProvider

if TYPE_CHECKING:
    from authlib.oidc.core import CodeIDToken

SCOPES = "openid profile email"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OidcClient:
    """The desk's registration at a provider; of `roles` (group, role) the first that fits is given."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    role_claim: str
    roles: tuple[tuple[str, Role], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A person for whom the provider vouches; they are known by `subject`, all else may change."""

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
            "code_challenge": _challenge(_derived(secret, "verifier")),
            "code_challenge_method": "S256",
        }
        return _with(self._published.endpoint("authorization_endpoint"), asked)

    def way_out(self, back: str) -> str | None:
        """Where the browser is sent to sign out there, too, and comes `back` from; if there is one."""
        endpoint = self._published.offered("end_session_endpoint")
        if endpoint is None:
            return None
        asked = {"client_id": self.client.client_id, "post_logout_redirect_uri": back}
        return _with(endpoint, asked)

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

    def _checked(self, tokens: dict[str, Any], nonce: str) -> "CodeIDToken":
        """The claims of the ID token, if they are signed and meant for this desk and this browser."""
        # Signing in so is rare, and its libraries cost every web process twelve megabytes.
        from app.services import oidc_tokens  # noqa: PLC0415

        access_token = tokens.get("access_token")
        meant = oidc_tokens.Meant(self.client.issuer, self.client.client_id, nonce, access_token)
        try:
            try:
                token = oidc_tokens.decoded(tokens["id_token"], self._published.keys())
            except oidc_tokens.UNSIGNED:
                # The provider may have new keys.
                if not self._published.renew_keys():
                    raise
                token = oidc_tokens.decoded(tokens["id_token"], self._published.keys())
            claims = oidc_tokens.claims(token, meant)
        except oidc_tokens.UNFIT as error:
            raise _refused(f"{type(error).__name__}: {error}") from error
        if not claims["sub"] or not isinstance(claims["sub"], str):
            raise _refused("the subject is no text")
        return claims

    def _role(self, claims: dict[str, Any]) -> Role:
        found: Any = claims
        for step in self.client.role_claim.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        groups = found if isinstance(found, list) else [found]
        for group, role in self.client.roles:
            if group == "*" or group in groups:
                return role
        raise Forbidden(
            "The identity provider gives you no role at this desk; ask whoever runs it for one."
        )


def _with(endpoint: str, asked: dict[str, str]) -> str:
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _challenge(verifier: str) -> str:
    """What shows the provider at first that the verifier is known (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refused(reason: str) -> Unauthenticated:
    log.warning("oidc.refused", reason=reason)
    return Unauthenticated("The identity provider's answer does not hold. Sign in anew.")
