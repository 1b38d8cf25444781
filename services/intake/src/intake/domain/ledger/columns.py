"""What may stand in a column, and what it is read as. No message quotes the file: a birth number may stand there."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

ACCOUNT = re.compile(r"[A-Za-z0-9._-]{1,64}")
REFERENCE = re.compile(r"[^\s;](?:[^\x00-\x1f\x7f-\x9f;]{0,62}[^\s;])?")
AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
KID = re.compile(r"[0-9]{1,24}[0-9-]")
CODE = re.compile(r"[a-z_]{1,32}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Above any rent or debt, and far enough below bigint that a file's sum stays there too. In øre.
MAX_AMOUNT_ORE = 10**12
NO_AMOUNT = "må være hele øre større enn 0, bare siffer, høyst 10 milliarder kroner"
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


class Unfit(ValueError):
    """The text isn't what its column holds; the sentence says what is expected."""


def account(text: str) -> str:
    if not ACCOUNT.fullmatch(text):
        raise Unfit("må være 1–64 bokstaver, siffer, punktum, strek eller understrek")
    return text


def reference(text: str) -> str:
    if not REFERENCE.fullmatch(text):
        raise Unfit("må være 1–64 tegn uten styretegn, semikolon eller mellomrom i endene")
    return text


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    try:
        found = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        raise Unfit("må være en dato på formen ÅÅÅÅ-MM-DD mellom 1990 og 2100")
    return found


@lru_cache(maxsize=4096)
def amount(text: str) -> int:
    if not AMOUNT.fullmatch(text) or int(text) > MAX_AMOUNT_ORE:
        raise Unfit(NO_AMOUNT)
    return int(text)


@lru_cache(maxsize=4096)
def kid(text: str) -> str:
    """2–25 characters; the check digit by mod 10 (Luhn) or mod 11, whose remainder 10 is written `-`."""
    if not KID.fullmatch(text) or not (text[-1] == _mod10(text[:-1]) or text[-1] == _mod11(text[:-1])):
        raise Unfit("er ikke en gyldig KID: kontrollsifferet stemmer verken med mod 10 eller mod 11")
    return text


def code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise Unfit("må være et kodeord med små bokstaver")
    return text


READ: Mapping[str, Callable[[str], Any]] = {
    "account": account,
    "reference": reference,
    "date": day,
    "tenancy": reference,
    "kid": kid,
    "amount_ore": amount,
    "due": day,
    "until": day,
    "amends": reference,
    "dated": day,
    "received": day,
    "code": code,
    "ended": day,
    "dwelling": reference,
    "leased": day,
    "rent_from": day,
}


def _mod10(digits: str) -> str:
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits)))
    return str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def _mod11(digits: str) -> str:
    check = -sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(digits))) % 11
    return "-" if check == 10 else str(check)
