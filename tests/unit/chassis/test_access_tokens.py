import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from chassis.access.tokens import ASK_AGAIN, KEYS_LIVE, KEYS_OUTLIVE, Issuer
from chassis.http import Problem
from tests.unit.chassis.fake_issuer import EC_KEY, KEY, STRANGER, URL, FakeIssuer, bearer, claims, token

NOW = int(datetime.now(UTC).timestamp())


async def get(web: httpx.AsyncClient, value: str) -> httpx.Response:
    return await web.get("/payments", headers={"Authorization": f"Bearer {value}"})


async def test_a_token_of_the_issuer_for_this_service_opens_the_door(web):
    assert (await get(web, token())).status_code == 200


async def test_a_token_signed_with_an_elliptic_curve_opens_the_door(web):
    assert (await get(web, token(EC_KEY, "ES256"))).status_code == 200


async def test_one_audience_among_several_is_enough(web):
    assert (await get(web, token(aud=["eligibility", "intake"]))).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://issuer.test/another"},
        {"iss": None},
        {"aud": "eligibility"},
        {"aud": ["eligibility"]},
        {"aud": None},
        {"exp": -60},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": 86_400},
        {"iat": 86_400},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "01010112345"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(web, store, changes):
    """A time is written as seconds from now, so that a case has the same name in every run."""
    now = int(datetime.now(UTC).timestamp())
    changes = {
        name: now + value if name in ("exp", "nbf", "iat") and isinstance(value, int) else value
        for name, value in changes.items()
    }
    answer = await get(web, token(**changes))

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert store.queries == []


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_a_token_signed_by_an_algorithm_that_we_do_not_take_is_refused(web, algorithm):
    assert (await get(web, token(KEY, algorithm))).status_code == 401


async def test_a_token_signed_by_another_key_under_the_same_id_is_refused(web):
    assert (await get(web, token(STRANGER))).status_code == 401


def part(value: object) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(content).decode().rstrip("=")


async def test_a_token_without_signature_is_refused(web):
    for algorithm in ("none", "None", ""):
        unsigned = f"{part({'alg': algorithm, 'kid': 'rsa-1'})}.{part(claims())}."

        assert (await get(web, unsigned)).status_code == 401


async def test_the_public_key_is_no_shared_secret(web):
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa-1'})}.{part(claims())}"
    signature = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")

    assert (await get(web, f"{signed}.{part(signature)}")).status_code == 401


async def test_a_shared_secret_among_the_issuers_keys_signs_nothing(store, issuer, web):
    secret = OctKey.generate_key(256, {"kid": "oct-1"})
    issuer.keys.append(secret)

    assert (await get(web, token(secret, "HS256"))).status_code == 401


@pytest.mark.parametrize("rubbish", ["x", "a.b.c", "....", "é.é.é", "ey" * 100_000], ids=len)
async def test_rubbish_is_refused(web, rubbish):
    answer = await web.get("/payments", headers={"Authorization": f"Bearer {rubbish}".encode()})

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["", "Basic a2FyaTprYXJp", "Bearer", "Bearer "])
async def test_nothing_like_a_token_is_answered_with_a_challenge(web, header):
    answer = await web.get("/payments", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_keys_are_fetched_once(web, issuer):
    for _ in range(3):
        await get(web, token())

    assert issuer.asked.count("/jwks") == 1


async def test_a_new_key_of_the_issuer_is_found_at_its_first_use():
    time, given = [1000.0 + NOW], FakeIssuer()
    issuer = Issuer(URL, given.transport, now=lambda: time[0])
    await issuer.claims(token(iat=NOW, nbf=NOW, exp=NOW + 9000), "intake")
    given.keys = [new := RSAKey.generate_key(2048, {"kid": "rsa-2"})]
    time[0] += ASK_AGAIN + 1

    assert (await issuer.claims(token(new, iat=NOW, nbf=NOW, exp=NOW + 9000), "intake"))["sub"] == "user-7"


async def test_made_up_key_ids_do_not_make_us_ask_the_issuer_again_and_again(web, issuer):
    for n in range(5):
        assert (await get(web, token(STRANGER, kid=f"made-up-{n}"))).status_code == 401

    assert issuer.asked.count("/jwks") == 1


async def test_a_key_that_the_issuer_withdrew_is_refused_within_the_hour():
    time, given = [float(NOW)], FakeIssuer()
    issuer = Issuer(URL, given.transport, now=lambda: time[0])
    await issuer.claims(token(iat=NOW, nbf=NOW, exp=NOW + 9000), "intake")
    given.keys = [EC_KEY]
    time[0] += KEYS_LIVE + 1

    with pytest.raises(Problem) as refused:
        await issuer.claims(token(iat=NOW, nbf=NOW, exp=NOW + 9000), "intake")

    assert refused.value.status == 401


async def test_while_the_issuer_is_away_its_keys_are_good_for_a_day_and_it_is_asked_now_and_then():
    time, given = [float(NOW)], FakeIssuer()
    issuer = Issuer(URL, given.transport, now=lambda: time[0])
    long_lived = token(iat=NOW, nbf=NOW, exp=NOW + 2 * KEYS_OUTLIVE)
    await issuer.claims(long_lived, "intake")
    given.away, given.asked = True, []
    time[0] += KEYS_LIVE + 1

    for _ in range(20):
        assert (await issuer.claims(long_lived, "intake"))["sub"] == "user-7"
    assert given.asked == ["/jwks"]

    time[0] = float(NOW) + KEYS_OUTLIVE
    assert (await issuer.claims(long_lived, "intake"))["sub"] == "user-7"
    time[0] += 1
    with pytest.raises(Problem) as refused:
        await issuer.claims(long_lived, "intake")
    assert refused.value.status == 503


async def test_a_key_that_we_do_not_have_is_not_judged_while_the_issuer_is_away():
    time, given = [float(NOW)], FakeIssuer()
    issuer = Issuer(URL, given.transport, now=lambda: time[0])
    await issuer.claims(token(iat=NOW, nbf=NOW, exp=NOW + 9000), "intake")
    given.away = True
    time[0] += KEYS_LIVE + 1

    with pytest.raises(Problem) as refused:
        await issuer.claims(token(kid="rsa-2", iat=NOW, nbf=NOW, exp=NOW + 9000), "intake")

    assert refused.value.status == 503


async def test_without_an_issuer_the_door_says_when_to_come_again(web, issuer):
    issuer.away = True

    answer = await get(web, token())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_a_discovery_document_of_another_issuer_is_not_believed(web, issuer):
    issuer.url = "https://issuer.test/another"

    assert (await get(web, token())).json()["code"] == "issuer_mismatch"


async def test_the_scheme_is_read_in_any_case(web):
    headers = {"Authorization": bearer()["Authorization"].replace("Bearer", "bEaReR")}

    assert (await web.get("/payments", headers=headers)).status_code == 200
