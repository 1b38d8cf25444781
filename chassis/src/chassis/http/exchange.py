"""One attempt at a partner's door, told in the four words that deciders understand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from chassis.outputs import Answer, Json

# The partner says that it didn't get to it: trying again under the same key is right. What a proxy says in its place
# (502, 504) tells nothing of what became of the request behind it.
NOT_PROCESSED = frozenset({408, 425, 429, 503})


class NothingSent(httpx.TransportError):
    """The request never left us: there was no token for it."""


async def exchange(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    json: Json = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send it once. `body` is the partner's JSON object, or empty; that of a refusal has its `status` as well."""
    try:
        response = await client.request(method, url, json=json, content=content, headers=headers)
    except (NothingSent, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return Answer("unreachable")
    except httpx.RequestError:
        return Answer("unknown")
    if response.status_code in NOT_PROCESSED:
        return Answer("unreachable", retry_after=seconds(response.headers.get("retry-after", "")))
    if response.is_server_error:
        return Answer("unknown")
    try:
        body = response.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    if response.is_success:
        return Answer("accepted", body)
    return Answer("refused", {"status": response.status_code} | body)


def seconds(retry_after: str) -> float | None:
    """Of either form that RFC 9110 § 10.2.3 allows; None for anything else."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
