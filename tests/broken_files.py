"""Files of every form that intake takes, broken in the ways that files are, and what must hold of each answer.

The short version is in tests/unit/intake/test_broken_files.py, the long one `make prove ONLY=files`.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
from structlog.testing import capture_logs

from chassis.outputs import Tell
from intake.messages import BookLine
from intake.translation.splitting import LONGEST
from tests.finance_files import FORMS, LEDGER, MUNICIPALITY, Fact
from tests.giro_files import Paid, payments, with_check_digit
from tests.unit.intake.builders import a_file, a_start
from tests.unit.intake.memory import MemoryStore, an_app, token

KID = with_check_digit("3427000101")
FORMULA = "=HYPERLINK(hemmelig)"
# What stands in the files of people, and may be in no log, output or answer.
SECRETS = ("Kari", "HYPERLINK", "K-1", "hemmelig", KID, "99990512341")
LARGEST = 1_000_000  # bytes, as the app in memory is set

Said = tuple[int, str]
Way = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Sample:
    """A file as it should be. `facts`: what each of its lines says, as `said` has it of what is booked."""

    form: str
    kommunenummer: str
    raw: bytes
    facts: Sequence[Said]


@dataclass(frozen=True)
class Answer:
    """What became of a file. `booked`: the lines that tenancies were told; `told`: all that was said meanwhile."""

    status: int
    body: dict[str, Any]
    booked: Sequence[BookLine]
    told: str


def said(line: BookLine) -> Said:
    fields = line.fields
    amount = int(fields["amount_ore"] if "amount_ore" in fields else fields["rent_ore"])
    return amount, str(fields.get("due_on") or fields.get("lease_ends_on") or "")


def a_ledger(form: str, dice: random.Random, lines: int) -> Sample:
    """No two amounts are the same, so that each tells which fact it is of."""
    facts = [
        Fact(f"{'B' if n % 2 else 'F'}-{n}", amount, "" if n % 2 else "2019-03-15")
        for n, amount in enumerate(dice.sample(range(100_000, 2_000_000), lines))
    ]
    return Sample(form, MUNICIPALITY[form], FORMS[form](facts), [(fact.ore, fact.due) for fact in facts])


def a_giro(form: str, dice: random.Random, lines: int) -> Sample:
    amounts = dice.sample(range(100_000, 2_000_000), lines)
    return Sample(form, "3427", payments(*(Paid(ore, KID) for ore in amounts)), [(ore, "") for ore in amounts])


def a_register(form: str, dice: random.Random, lines: int) -> Sample:
    rents = dice.sample(range(100_000, 2_000_000), lines)
    rows = [f"utleie;R-{n};;{rent};2019-01-01;;B-{n};;2031-12-31;2019-07-01" for n, rent in enumerate(rents)]
    header = "account;tenancy;kid;rent_ore;start;end;dwelling;lease_start;lease_end;rent_from"
    return Sample(form, "3427", "\n".join([header, *rows, ""]).encode(), [(rent, "2031-12-31") for rent in rents])


def a_latin_register(form: str, dice: random.Random, lines: int) -> Sample:
    rents = dice.sample(range(100_000, 2_000_000), lines)
    rows = [
        f"R-{n};Kari Prøve;;{rent // 100},{rent % 100:02};;01.01.2019;;B-{n};;31.12.2031"
        for n, rent in enumerate(rents)
    ]
    header = "Kontraktsnr;Leietaker;KID;Månedsleie;Leie fra;Innflytting;Utflytting;Boligkode;Kontrakt fra;Kontrakt til"
    raw = "\r\n".join([header, *rows, ""]).encode("latin-1")
    return Sample(form, "3427", raw, [(rent, "2031-12-31") for rent in rents])


SAMPLES: dict[str, Callable[[str, random.Random, int], Sample]] = {
    **dict.fromkeys(FORMS, a_ledger),
    "giro": a_giro,
    "register": a_register,
    "latin register": a_latin_register,
}


def a_sample(form: str, dice: random.Random, lines: int = 6) -> Sample:
    return SAMPLES[form](form, dice, lines)


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
    return _within(raw, dice, letter * (dice.choice([LONGEST, 100_000]) // len(letter)))


def with_nul(raw: bytes, dice: random.Random) -> bytes:
    return _within(raw, dice, b"\x00" * dice.choice([1, 2, 5000]))


def over_the_limit(raw: bytes, dice: random.Random) -> bytes:
    """The same lines again and again, so that each could be read."""
    return raw * (LARGEST // len(raw) + 1) + raw[:1] * dice.randrange(1, 1000)


def _within(raw: bytes, dice: random.Random, what: bytes) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + what + raw[at:]


WAYS: Sequence[Way] = (
    truncated,
    of_another_encoding,
    with_a_formula,
    with_returns,
    with_headings_twice,
    with_a_huge_field,
    with_nul,
    over_the_limit,
)


class Doors:
    """intake's door in memory, which knows one tenancy of each municipality; every file comes to it anew."""

    def __init__(self, folder: Path) -> None:
        self._app = an_app(MemoryStore(), folder)
        self._known: dict[str, dict[Any, Any]] = {}

    async def answer(self, kommunenummer: str, raw: bytes) -> Answer:
        if kommunenummer not in self._known:
            self._known[kommunenummer] = await self._begun(kommunenummer)
        store = self._app.state.store = MemoryStore()
        store.kept = dict(self._known[kommunenummer])
        output = StringIO()
        with capture_logs() as logs, redirect_stdout(output), redirect_stderr(output):
            response = await self._send(kommunenummer, raw)
        told = [each.message for each in store.outputs if isinstance(each, Tell)]
        booked = [message for message in told if isinstance(message, BookLine)]
        body = response.json()
        return Answer(response.status_code, body, booked, f"{logs}{output.getvalue()}{response.text}")

    async def _begun(self, kommunenummer: str) -> dict[Any, Any]:
        account = LEDGER[kommunenummer]
        store = self._app.state.store = MemoryStore()
        known = a_file(a_start(account=account, kid=KID), account=account, as_of="2019-02-01")
        with capture_logs():
            await self._send(kommunenummer, known, once="known")
        return dict(store.kept)

    async def _send(self, kommunenummer: str, raw: bytes, once: str = "file") -> httpx.Response:
        headers = token("okonomi", kommunenummer=kommunenummer) | {"Content-Type": "text/csv", "Idempotency-Key": once}
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            return await client.post("/ledger/imports", headers=headers, content=raw)


def findings(sample: Sample, raw: bytes, answer: Answer) -> list[str]:
    """What must not be; empty where all is as it should."""
    found = [f"told of {secret}" for secret in SECRETS if secret in answer.told]
    if set(map(said, answer.booked)) - set(sample.facts):
        found.append("a line was booked that isn't in the file")
    if (answer.status == 413) != (len(raw) > LARGEST):
        found.append(f"{len(raw)} bytes were answered {answer.status}")
    if answer.status != 202:
        if answer.status not in {400, 413, 422}:
            found.append(f"answered {answer.status}")
        if answer.booked:
            found.append("refused, and something of it booked")
        if not answer.body.get("detail"):
            found.append("refused without a sentence")
        return found
    body, bad = answer.body, len({error["line"] for error in answer.body["errors"]})
    if bad != body["bad"] or len(answer.booked) + body["bad"] > body["lines"]:
        found.append(f"{body['lines']} lines, {len(answer.booked)} booked, {body['bad']} bad, {bad} of them named")
    if "register" not in sample.form and body["lines"] != len(sample.facts):
        found.append("taken with more or fewer lines than it had")
    return found
