"""An issuer in memory: discovery, keys, the token endpoint; and tokens of every right and wrong kind."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

URL = "https://issuer.test/kommune"
KEY = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    given = {
        "iss": URL,
        "aud": "intake",
        "sub": "user-7",
        "name": "Kari Saksbehandler",
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "roles": ["okonomi"],
        "kommunenummer": "3427",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def token(key: RSAKey | ECKey | OctKey = KEY, alg: str = "RS256", kid: str | None = None, **changes: Any) -> str:
    return jwt.encode({"alg": alg, "kid": kid or key.kid}, claims(**changes), key, algorithms=[alg])


def bearer(**changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(**changes)}"}


@dataclass
class FakeIssuer:
    """`asked` counts the requests per path; `nonce` goes into the id token as a real issuer would put it there."""

    url: str = URL
    keys: list[RSAKey | ECKey] = field(default_factory=lambda: [KEY, EC_KEY])
    away: bool = False
    expires_in: int = 600
    nonce: str | None = None
    id_token: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey = field(default_factory=lambda: KEY)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/kommune")
        self.asked.append(path)
        if self.away:
            raise httpx.ConnectError("away")
        return httpx.Response(
            200, json={"/jwks": self._jwks, "/token": self._token}.get(path, self._discovery)(request)
        )

    def _discovery(self, request: httpx.Request) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{URL}/authorize",
            "token_endpoint": f"{URL}/token",
            "jwks_uri": f"{URL}/jwks",
            "end_session_endpoint": f"{URL}/endsession",
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }

    def _jwks(self, request: httpx.Request) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def _token(self, request: httpx.Request) -> dict[str, Any]:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.forms.append(form)
        answer = {"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", "expires_in": self.expires_in}
        if form["grant_type"] == "authorization_code":
            answer["id_token"] = token(self.signs_with, **{"aud": "intake", "nonce": self.nonce} | self.id_token)
        return answer
