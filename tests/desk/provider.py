"""A small identity provider on a loopback port, which may be told to lie."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.serving import serving

CLIENT_ID, CLIENT_SECRET = "the desk", "a secret: with signs"


def new_key(number: int) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": f"key-{number}", "use": "sig"}, private=True)


@dataclass
class Provider:
    """Whom it signs in, what it claims of them besides, and what it signs with."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key(1))
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "s-1",
            "preferred_username": "olena",
            "name": "Olena K.",
            "groups": ["staff", "desk-editors"],
        }
    )
    claims: dict[str, Any] = field(default_factory=dict)
    signing: RSAKey | None = None
    further_keys: list[dict[str, str]] = field(default_factory=list)
    algorithm: str = "RS256"
    ends_sessions: bool = True
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        key = self.signing or self.key
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, {**claims, "nonce": nonce, **self.person, **self.claims}, key)

    def application(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discover() -> dict[str, Any]:
            names = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
            if self.ends_sessions:
                names.append("end_session_endpoint")
            return {"issuer": self.issuer, **{each: f"{self.issuer}/{each}" for each in names}}

        @app.get("/jwks_uri")
        def keys() -> dict[str, Any]:
            return {"keys": [*self.further_keys, self.key.as_dict(private=False)]}

        @app.get("/authorization_endpoint")
        def authorize(
            redirect_uri: str, state: str, nonce: str, code_challenge: str, request: Request
        ) -> Response:
            asked = request.query_params
            assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")
            code = secrets.token_hex()
            self.codes[code] = {
                "nonce": nonce,
                "challenge": code_challenge,
                "redirect_uri": redirect_uri,
            }
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}")

        @app.post("/token_endpoint")
        def redeem(
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            authorization: Annotated[str, Header()],
        ) -> Response:
            pair = "the+desk:a+secret%3A+with+signs"
            assert authorization == f"Basic {base64.b64encode(pair.encode()).decode()}"
            asked = self.codes.pop(code, None)
            hashed = hashlib.sha256(code_verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
            if asked is None or (asked["challenge"], asked["redirect_uri"]) != (
                challenge,
                redirect_uri,
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse({"access_token": "x", "id_token": self.id_token(asked["nonce"])})

        return app


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that runs."""
    provider = Provider()
    with serving(provider.application(), log_level="error", ws="none") as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
