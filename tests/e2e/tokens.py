"""Real tokens of the local issuer, and such as it would never give."""

import base64
import hmac
import json
import re
import time
import zipfile
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from demo.local.issuer import ISSUER
from tests.e2e.system import System

KEYS = "mock-oauth2-server-keys.json"  # in the mock's own jar: it has no secret


class Forger:
    """Has the issuer's own private key, so that a token can be wrong in one thing alone."""

    def __init__(self, system: System) -> None:
        self._url, self._services = system.platform.issuer.url, list(system.services)
        (self.public,) = httpx.get(f"{self._url}/jwks").raise_for_status().json()["keys"]
        (jar,) = [path for path in ISSUER.jars() if path.name.startswith("mock-oauth2-server-")]
        with zipfile.ZipFile(jar) as archive:
            known = json.loads(archive.read(KEYS))["keys"]
        (private,) = [key for key in known if key["n"] == self.public["n"]]
        self._own, self._other = RSAKey.import_key(private), RSAKey.generate_key(2048)

    def good(self, service: str, role: str, kommunenummer: str, **changed: Any) -> str:
        return self._signed(self._own, self._claims(service, role, kommunenummer) | changed)

    def bad(self, service: str, role: str, kommunenummer: str) -> Mapping[str, str]:
        """By what is wrong with it."""
        claims = self._claims(service, role, kommunenummer)
        head, body, signature = self._signed(self._own, claims).split(".")
        others = sorted(set(self._services) - {service})
        now = int(time.time())
        return {
            "for another service": self._signed(self._own, claims | {"aud": others}),
            "for nobody": self._signed(self._own, {name: v for name, v in claims.items() if name != "aud"}),
            "of another issuer": self._signed(self._own, claims | {"iss": f"{self._url}-other"}),
            "of another issuer of the same server": of_other_issuer(self._url, service),
            "expired": self._signed(self._own, claims | {"iat": now - 7200, "exp": now - 3600}),
            "without end": self._signed(self._own, {name: v for name, v in claims.items() if name != "exp"}),
            "without signature": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.",
            "with the signature cut off": f"{head}.{body}.",
            "of another key under the same name": self._signed(self._other, claims),
            "signed with the public key as a secret": self._confused(claims),
            "changed after signing": f"{head}.{_part(claims | {'roles': ['leder']})}.{signature}",
            "no token at all": "abc",
        }

    def _claims(self, service: str, role: str, kommunenummer: str) -> dict[str, Any]:
        now = int(time.time())
        place = {} if role == "tjeneste" else {"kommunenummer": kommunenummer}
        return {
            "iss": self._url,
            "aud": service,
            "sub": f"{role}-of-a-test",
            "iat": now,
            "exp": now + 600,
            "name": "Testbruker",
            "roles": [role],
            **place,
        }

    def _signed(self, key: RSAKey, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.public["kid"]}, dict(claims), key)

    def _confused(self, claims: Mapping[str, Any]) -> str:
        """By hand, as no library lends itself to it."""
        signed = f"{_part({'alg': 'HS256', 'kid': self.public['kid']})}.{_part(claims)}"
        secret = RSAKey.import_key(self.public).as_pem(private=False)
        return f"{signed}.{_encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def of_other_issuer(url: str, service: str) -> str:
    """mock-oauth2-server is as many issuers as there are paths."""
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "-"}
    form |= {"audience": service, "scope": service}
    answer = httpx.post(f"{url.rpartition('/')[0]}/other/token", data=form, timeout=10)
    return str(answer.raise_for_status().json()["access_token"])


def logged_in(system: System, service: str, username: str) -> httpx.Client:
    """As a browser does it, by code flow with PKCE: a client with the session's cookie."""
    client = httpx.Client(base_url=system.url(service), timeout=30)
    page = httpx.get(client.get("/login").headers["location"], timeout=30)
    hidden = r'<form.*?value="(.*?)".*?value="(.*?)".*?<button type="submit" id="(.*?)"'
    forms = {id: (unescape(sub), unescape(claims)) for sub, claims, id in re.findall(hidden, page.text, re.DOTALL)}
    sub, claims = forms[username]
    back = httpx.post(page.url, data={"username": sub, "claims": claims}, timeout=30).headers["location"]
    assert client.get(back).status_code == 303
    return client


def _part(content: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(content).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
