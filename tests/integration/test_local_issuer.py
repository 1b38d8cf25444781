"""The local issuer: that its tokens say what services check, and that login is code flow with PKCE."""

import hashlib
import json
import re
import secrets
from base64 import b64encode, urlsafe_b64encode
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.local import Platform
from demo.local.people import ROLES

pytestmark = pytest.mark.integration

REDIRECT = "http://127.0.0.1:1/callback"


def claims_of(platform: Platform, token: str) -> dict:
    keys = KeySet.import_key_set(httpx.get(f"{platform.issuer.url}/jwks").json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert claims["iss"] == platform.issuer.url
    return claims


def test_every_role_of_every_municipality_has_a_person_with_an_opaque_sub(platform: Platform):
    assert {(p.role, p.kommunenummer) for p in platform.people} == {(r, n) for r in ROLES for n in ("3427", "5027")}
    for person in platform.people:
        claims = claims_of(platform, platform.token(person.username))
        assert (claims["sub"], claims["roles"], claims["kommunenummer"]) == (
            person.sub,
            [person.role],
            person.kommunenummer,
        )
        assert sorted(claims["aud"]) == platform.services
        assert person.role not in claims["sub"]


def test_a_token_can_be_had_for_one_service_alone(platform: Platform):
    assert claims_of(platform, platform.token("leder-3427", "intake"))["aud"] == "intake"
    with pytest.raises(LookupError):
        platform.token("nobody-3427")


def test_a_service_gets_a_token_for_the_service_that_it_asks_for(platform: Platform):
    claims = claims_of(platform, platform.issuer.service_token("nav-bridge", "eligibility"))
    assert (claims["sub"], claims["roles"], claims["aud"]) == ("nav-bridge", ["tjeneste"], "eligibility")


def login(platform: Platform, username: str, verifier: str) -> tuple[str, str]:
    """As a browser does it: the page, the person's button, the redirect. Gives code and nonce."""
    hashed = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": "notifications",
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge": hashed,
        "code_challenge_method": "S256",
    }
    page = httpx.get(f"{platform.issuer.url}/authorize", params=query)
    hidden = r'<form.*?value="(.*?)".*?value="(.*?)".*?<button type="submit" id="(.*?)"'
    forms = re.findall(hidden, page.text, re.DOTALL)
    (form,) = [{"username": unescape(sub), "claims": unescape(claims)} for sub, claims, id in forms if id == username]
    assert json.loads(form["claims"])["roles"]
    answer = httpx.post(page.url, data=form)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0], "n"


def exchange(platform: Platform, code: str, verifier: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier}
    basic = {"Authorization": "Basic " + b64encode(b"notifications:secret").decode()}
    return httpx.post(f"{platform.issuer.url}/token", data=form, headers=basic)


def test_a_person_logs_in_by_code_flow_with_pkce_and_the_tokens_are_for_the_page_alone(platform: Platform):
    verifier = secrets.token_urlsafe(48)
    code, nonce = login(platform, "boligansvarlig-5027", verifier)
    tokens = exchange(platform, code, verifier).json()
    person = next(person for person in platform.people if person.username == "boligansvarlig-5027")
    for token in (tokens["id_token"], tokens["access_token"]):
        claims = claims_of(platform, token)
        assert (claims["sub"], claims["aud"], claims["nonce"]) == (person.sub, "notifications", nonce)
        assert (claims["name"], claims["roles"]) == (person.name, ["boligansvarlig"])


def test_a_stolen_code_is_of_no_use_without_its_verifier(platform: Platform):
    code, _ = login(platform, "leder-3427", secrets.token_urlsafe(48))
    assert exchange(platform, code, secrets.token_urlsafe(48)).json()["error"] == "invalid_grant"


def test_tokens_stay_good_when_the_issuer_is_killed_and_started_again(platform: Platform):
    token = platform.token("okonomi-3427")
    platform.issuer.restart()
    assert claims_of(platform, token)["roles"] == ["okonomi"]
