"""Maskinporten as strict as Digdir's guide for the JWT grant: what it would refuse of an assertion is refused here.

mock-oauth2-server gives a token for any assertion whatever. This stands before it, or gives tokens of its own.
"""

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, extract_compact

from nav_bridge.gateway.maskinporten import GRANT, Grant, Signer

ISSUER, CLIENT, SCOPE = "https://maskinporten.test/", "klient-1", "nav:boligsosial/henvisning"
LONGEST, SKEW = 120, 10  # seconds
REGISTRY = JWSRegistry(algorithms=["RS256"])
REGISTRY.max_header_length = 16_384


@dataclass
class Maskinporten:
    """`keys`: those registered, each with when it ends. `authority`: whose certificates are trusted.

    `gives`: what answers a request with a good assertion.
    """

    keys: dict[str, tuple[RSAKey, float]]
    authority: x509.Certificate | None = None
    gives: Callable[[httpx.Request], Awaitable[httpx.Response]] | None = None
    time: float = 1_800_000_000.0
    life: int = 120
    seen: list[Mapping[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    down: bool = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("away")
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        why = self._why_not(form)
        if why:
            self.refused.append(why)
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": why})
        if self.gives:
            return await self.gives(request)
        token = {"access_token": f"token-{len(self.seen)}", "token_type": "Bearer", "expires_in": self.life}
        return httpx.Response(200, json=token)

    def _why_not(self, form: Mapping[str, str]) -> str:
        if form.get("grant_type") != GRANT:
            return "grant type"
        try:
            header = extract_compact(form["assertion"].encode(), registry=REGISTRY).headers()
            if (why := self._unknown(header)) or (key := self._key(header)) is None:
                return why or "key"
            claims = jwt.decode(form["assertion"], key, registry=REGISTRY).claims
        except (JoseError, KeyError, ValueError):
            return "signature"
        return self._unfit(claims)

    def _unknown(self, header: Mapping[str, Any]) -> str:
        if "x5c" in header:
            return "both a key id and a certificate" if "kid" in header else ""
        _, ends = self.keys.get(header.get("kid", ""), (None, 0.0))
        return "" if self.time < ends else "key"

    def _key(self, header: Mapping[str, Any]) -> RSAKey | None:
        if "x5c" not in header:
            return self.keys[header["kid"]][0]
        own = x509.load_der_x509_certificate(b64decode(header["x5c"][0]))
        now = datetime.fromtimestamp(self.time, UTC)
        if self.authority is None or not own.not_valid_before_utc <= now < own.not_valid_after_utc:
            return None
        own.verify_directly_issued_by(self.authority)
        return RSAKey.import_key(own.public_key())  # type: ignore[arg-type]

    def _unfit(self, claims: Mapping[str, Any]) -> str:
        wrong = {
            "audience": claims.get("aud") != ISSUER,
            "client": claims.get("iss") != CLIENT,
            "scope": claims.get("scope") != SCOPE,
            "from the future": claims["iat"] > self.time + SKEW,
            "expired": claims["exp"] <= self.time - SKEW,
            "good for too long": claims["exp"] - claims["iat"] > LONGEST,
            "used before": claims.get("jti") in {each["jti"] for each in self.seen},
        }
        if not any(wrong.values()):
            self.seen.append(claims)
        return next((why for why, is_so in wrong.items() if is_so), "")


def key_file(folder: Path, key: RSAKey, name: str = "key.pem") -> Path:
    path = folder / name
    path.write_bytes(key.as_pem(private=True))
    return path


def grant(signer: Signer, **changes: str) -> Grant:
    told = {"token_url": "https://maskinporten.test/token", "audience": ISSUER, "client_id": CLIENT, "scopes": SCOPE}
    return Grant(signer=signer, **{**told, **changes})


def certificate(of: RSAKey, by: RSAKey, *, ends: datetime, authority: bool = False) -> x509.Certificate:
    """A virksomhetssertifikat of a made-up organisation, or the authority that gives it."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Oppdiktet", "Oppdiktet utsteder")]
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(names[authority])
        .issuer_name(names[1])
        .public_key(of.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(begins, ends - timedelta(days=1)))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by.private_key, SHA256())
    )


def certificate_file(folder: Path, *chain: x509.Certificate) -> Path:
    path = folder / "certificate.pem"
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))
    return path


def as_jwk(folder: Path, key: RSAKey) -> Path:
    path = folder / "key.json"
    path.write_text(json.dumps(key.as_dict(private=True)), encoding="ascii")
    return path
