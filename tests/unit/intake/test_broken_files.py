"""Files broken in the ways that files are: a report by line, or refused whole; never anything else; nothing told."""

import random
from collections.abc import Callable

import httpx
import pytest
from structlog.testing import capture_logs

from chassis.outputs import Tell
from intake.messages import BookLine
from intake.translation.splitting import LONGEST
from tests.unit.intake.builders import a_file, a_start
from tests.unit.intake.finance_files import FORMS, LEDGER, MUNICIPALITY, Fact
from tests.unit.intake.memory import MemoryStore, an_app, token

FORMULA = "=HYPERLINK(hemmelig)"
SECRETS = ("Kari", "HYPERLINK", "K-1", "hemmelig")
EACH = 8  # files of every form broken in every way: 4 * 7 * 8 = 224


def truncated(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw))]


def of_another_encoding(raw: bytes, dice: random.Random) -> bytes:
    """Of the whole file, or of a few bytes within a line."""
    if dice.random() < 0.5:
        return raw.decode("latin-1").encode(dice.choice(["utf-8", "utf-16", "utf-16-be", "utf-32"]))
    return _within(raw, dice, dice.choice([b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x80", b'\\ud83d"']))


def with_a_formula(raw: bytes, dice: random.Random) -> bytes:
    return _within(raw, dice, dice.choice([FORMULA, f"+{FORMULA}", f"@{FORMULA}", f"-{FORMULA}"]).encode())


def with_returns(raw: bytes, dice: random.Random) -> bytes:
    raw = raw.replace(b"\r\n", b"\n")
    kind = dice.choice(["crlf", "mixed", "cr", "doubled", "inside"])
    if kind == "mixed":
        return b"".join(line + dice.choice([b"\n", b"\r\n"]) for line in raw.splitlines())
    if kind == "inside":
        return _within(raw, dice, b"\r")
    return raw.replace(b"\n", {"crlf": b"\r\n", "cr": b"\r", "doubled": b"\r\r\n"}[kind])


def with_headings_twice(raw: bytes, dice: random.Random) -> bytes:
    header, rest = raw.split(b"\n", 1)
    if header.startswith(b"{"):
        return header[:-1] + b', "amount_ore": 1, "reference": "F-0"}\n' + rest
    mark = b"," if header.count(b",") > header.count(b";") else b";"
    names = header.strip().split(mark)
    at = dice.randrange(len(names))
    doubled = [*names[:at], names[at], *names[at:]] if dice.random() < 0.5 else [*names[:-1], names[at - 1]]
    return dice.choice([mark.join(doubled) + b"\n" + rest, header + b"\n" + raw])


def with_a_huge_field(raw: bytes, dice: random.Random) -> bytes:
    letter = dice.choice([b"x", b"9", b"\xc3\xb8", b'"', b"[", b";"])
    return _within(raw, dice, letter * dice.choice([LONGEST, 100_000]))


def with_nul(raw: bytes, dice: random.Random) -> bytes:
    return _within(raw, dice, b"\x00" * dice.choice([1, 2, 5000]))


def _within(raw: bytes, dice: random.Random, what: bytes) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + what + raw[at:]


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    truncated,
    of_another_encoding,
    with_a_formula,
    with_returns,
    with_headings_twice,
    with_a_huge_field,
    with_nul,
]


async def sent(raw: bytes, store: MemoryStore, assets, kommunenummer: str) -> tuple[httpx.Response, list[BookLine]]:
    """To an account whose tenancy is known. What the answer was, and what was booked of the file."""
    headers = token("okonomi", kommunenummer=kommunenummer) | {"Content-Type": "text/csv"}
    transport = httpx.ASGITransport(an_app(store, assets))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        account = LEDGER[kommunenummer]
        known = a_file(a_start(account=account), as_of="2019-02-01", account=account)
        first = await client.post("/ledger/imports", headers=headers | {"Idempotency-Key": "before"}, content=known)
        assert first.status_code == 202
        before = len(store.outputs)
        answer = await client.post("/ledger/imports", headers=headers | {"Idempotency-Key": "broken"}, content=raw)
    told = [each.message for each in store.outputs[before:] if isinstance(each, Tell)]
    return answer, [message for message in told if isinstance(message, BookLine)]


def a_month(dice: random.Random) -> list[Fact]:
    """No two amounts are the same, so that each tells which fact it is of."""
    amounts = dice.sample(range(100_000, 2_000_000), 6)
    return [
        Fact(f"{'B' if n % 2 else 'F'}-{n}", amount, "" if n % 2 else "2019-03-15") for n, amount in enumerate(amounts)
    ]


@pytest.mark.parametrize("break_it", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("form", FORMS)
async def test_a_broken_file_is_reported_by_line_or_refused_whole(form, break_it, tmp_path, capsys):
    dice, whose = random.Random(f"{form} {break_it.__name__}"), MUNICIPALITY[form]
    for _ in range(EACH):
        facts = a_month(dice)
        raw = break_it(FORMS[form](facts), dice)
        with capture_logs() as logs:
            answer, booked = await sent(raw, MemoryStore(), tmp_path, whose)

        told = answer.json()
        if answer.status_code == 202:
            assert len(booked) + told["bad"] <= told["lines"] == len(facts)
            assert len({error["line"] for error in told["errors"]}) == told["bad"]
        else:
            assert (answer.status_code, booked) in [(400, []), (422, [])]
        whole = {(fact.ore, fact.due) for fact in facts}
        assert {(line.fields["amount_ore"], str(line.fields.get("due_on", ""))) for line in booked} <= whole
        said = f"{logs}{capsys.readouterr()}{answer.text}"
        assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("form", FORMS)
async def test_the_same_files_unbroken_are_booked_line_by_line(form, tmp_path):
    facts = a_month(random.Random(form))
    answer, booked = await sent(FORMS[form](facts), MemoryStore(), tmp_path, MUNICIPALITY[form])

    assert (answer.status_code, answer.json()["bad"]) == (202, 0)
    assert [line.fields["amount_ore"] for line in booked] == [fact.ore for fact in facts]
