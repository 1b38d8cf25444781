"""OCR giro and AvtaleGiro files: the same facts as our own form has; where a sum disagrees, nothing at all."""

import random
from datetime import date

import httpx
import pytest
from structlog.testing import capture_logs

from chassis.outputs import Tell
from demo.local.places import ROOT
from intake.domain.ledger.file import NotALedgerFile
from intake.messages import BookLine
from intake.translation.formats import banks, banks_in
from intake.translation.giro_rows import MOST_ENDED, MOST_FAULTS, Bank
from intake.translation.receiving import Refused
from tests.giro_files import (
    BANK_ACCOUNT,
    DELETED,
    NEW,
    PURCHASE,
    REVERSAL,
    REVERSAL_WITH_TEXT,
    STANDING,
    Agreed,
    Assignment,
    Paid,
    Said,
    agreements,
    giro,
    payments,
    with_check_digit,
)
from tests.ledger_files import Received, received
from tests.unit.intake.builders import a_file, a_line, a_start, named, public
from tests.unit.intake.memory import MemoryStore, an_app, token

KID = with_check_digit("3427000101")
WITH_MINUS = next(kid for kid in map(with_check_digit, map(str, range(10_000, 11_000))) if kid.endswith("-"))
OTHER_BANK = "42002712347"
DEMOS = [number for bank in banks() if bank.kommunenummer == "3427" for number in bank.numbers]
SECRETS = ("99990512341", "Kari", KID, WITH_MINUS)


def read(raw: bytes, **more) -> Received:
    return received(raw, "3427", named, public, **more)


def refused(raw: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as refusal:
        read(raw)
    return [(fault.line, fault.message) for fault in refusal.value.faults]


def test_the_demos_municipality_can_send_its_ledger_accounts_bank_file():
    """The account of the files in demo/scenario."""
    (account,) = {path.stem[8:] for path in (ROOT / "demo/scenario/ledger").glob("*.csv")}

    assert account in {read(giro(Assignment([Paid(5, KID)], account=number))).file.account for number in DEMOS}


def minus_one(right: int) -> int:
    return right - 1


@pytest.mark.parametrize("kid", [KID, WITH_MINUS])
def test_an_ocr_payment_is_the_same_fact_as_in_our_own_form(kid):
    line = a_line(
        "payment.registered", "20190501.1000081.0000001.0000001", tenancy="", kid=kid, date="2019-05-01", amount_ore="1"
    )
    ours, theirs = read(a_file(line)).lines, read(payments(Paid(1, kid))).lines

    assert [(each.kind, each.id, each.mark, each.fields) for each in theirs] == [
        (each.kind, each.id, each.mark, each.fields) for each in ours
    ]


def test_the_file_closes_its_account_as_of_the_day_that_the_bank_made_it():
    file = read(payments(Paid(800_000, KID), Paid(5, KID))).file

    assert (file.account, file.as_of, file.lines, file.ore, file.closes) == (
        "utleie",
        date(2019, 5, 2),
        2,
        800_005,
        True,
    )


@pytest.mark.parametrize("block", [1, 81, 1 << 20])
def test_files_of_any_size_are_read_to_the_sums_of_their_end_records(block):
    dice = random.Random(block)
    for _ in range(5 if block == 1 else 40):
        assignments = [
            Assignment([a_payment(dice) for _ in range(dice.randrange(1, 30))]) for _ in range(dice.randrange(1, 4))
        ]
        found = read(giro(*assignments), block=block)

        told = [paid for assignment in assignments for paid in assignment.of]
        kept = [paid for paid in told if paid.kind not in (REVERSAL, REVERSAL_WITH_TEXT) and paid.sign == "0"]
        assert sorted((line.fields["amount_ore"], line.fields["kid"]) for line in found.lines) == sorted(
            (paid.ore, paid.kid) for paid in kept
        )
        assert (found.file.lines, found.file.ore) == (len(told), sum(paid.ore for paid in kept))
        assert len(found.bad) == len(told) - len(kept)
        assert len({line.id for line in found.lines}) == len(kept)


def a_payment(dice: random.Random) -> Paid:
    kid = dice.choice([WITH_MINUS, with_check_digit(str(dice.randrange(10**9)))])
    kind = dice.choice([*range(10, 18), PURCHASE, REVERSAL])
    return Paid(
        dice.randrange(1, 10**9), kid, date(2019, 4, dice.randrange(1, 31)), kind, card=dice.choice(["00", "04"])
    )


@pytest.mark.parametrize(
    ("whose", "what", "says"),
    [
        ("said_of_file", "transactions", "er sluttposten for filen og sier 1 transaksjoner, men det er 2"),
        ("said_of_file", "records", "er sluttposten for filen og sier 7 poster, men det er 8"),
        ("said_of_file", "ore", "er sluttposten for filen og sier summen 11,99 kr, men det er 12,00 kr"),
        ("said_of_assignments", "transactions", "er sluttposten for oppdraget og sier 1 transaksjoner, men det er 2"),
        ("said_of_assignments", "records", "er sluttposten for oppdraget og sier 5 poster, men det er 6"),
        ("said_of_assignments", "ore", "er sluttposten for oppdraget og sier summen 11,99 kr, men det er 12,00 kr"),
    ],
)
def test_a_file_whose_end_record_disagrees_is_refused_whole_and_told_where(whose, what, says):
    raw = payments(Paid(700, KID), Paid(500, KID), **{whose: Said(**{what: minus_one})})

    assert refused(raw) == [(8 if whose == "said_of_file" else 7, says)]


def test_a_file_cut_off_anywhere_is_refused_whole():
    whole = payments(Paid(700, KID), Paid(500, WITH_MINUS))
    for end in range(len(whole) - 2):
        with pytest.raises((Refused, NotALedgerFile)):
            read(whole[:end])


def test_a_record_that_is_missing_doubled_or_moved_is_refused_whole():
    lines = giro(Assignment([Paid(700, KID), Paid(500, KID, text="Kari")]), Assignment([Paid(1, KID)])).splitlines(True)
    for at in range(1, len(lines)):
        for broken in (lines[:at] + lines[at + 1 :], lines[: at + 1] + lines[at:]):
            with pytest.raises((Refused, NotALedgerFile)):
                read(b"".join(broken))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp500"])
def test_a_file_of_another_encoding_is_refused_whole_unless_it_says_the_same(encoding):
    raw = payments(Paid(700, KID, kind=REVERSAL_WITH_TEXT, text="Påfølgende øre")).decode("latin-1").encode(encoding)

    with pytest.raises((Refused, NotALedgerFile)):
        read(raw)


def test_a_broken_file_is_never_quoted():
    whole = payments(Paid(700, KID, text="Kari"), Paid(500, WITH_MINUS))
    dice = random.Random(5)
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            raw[dice.randrange(8, len(raw))] = dice.choice(b"0129 -NYx;\xe5\x85\x0b\x1c\xb2")
        try:
            messages = [fault.message for fault in read(bytes(raw)).faults]
        except Refused as refusal:
            messages = [fault.message for fault in refusal.faults]
        except NotALedgerFile as error:
            messages = [str(error)]
        assert not [secret for secret in SECRETS if secret in "".join(messages)]


@pytest.mark.parametrize(
    "paid",
    [Paid(700, KID, kind=REVERSAL), Paid(700, KID, sign="-"), Paid(700, "", kind=REVERSAL_WITH_TEXT, text="Kari")],
)
def test_a_reversal_waits_for_a_person_as_the_bank_does_not_say_of_what(paid):
    found = read(payments(paid, Paid(500, KID)))

    assert [(bad.number, bad.faults[0].message.split(".")[0]) for bad in found.bad] == [(3, "er en tilbakeføring")]
    assert [line.fields["amount_ore"] for line in found.lines] == [500]


@pytest.mark.parametrize("kid", ["", KID[:-1] + ("1" if KID[-1] != "1" else "2"), "12 34"])
def test_a_payment_without_a_right_kid_is_a_bad_line(kid):
    found = read(payments(Paid(700, kid)))

    assert ([line.kind for line in found.lines], len(found.bad)) == ([], 1)


def test_agreements_that_are_deleted_have_ended_by_the_day_of_the_file_and_close_nothing():
    found = read(agreements(Agreed(KID, STANDING), Agreed(WITH_MINUS), Agreed(KID, NEW), Agreed(KID, DELETED)))

    assert [(line.kind, line.number, line.dated_on, line.fields["kid"]) for line in found.lines] == [
        ("direct_debit.ended", 4, date(2019, 5, 2), WITH_MINUS),
        ("direct_debit.ended", 6, date(2019, 5, 2), KID),
    ]
    assert [line.fields["arrangement"] for line in found.lines] == ["avtalegiro"] * 2
    assert (found.file.lines, found.file.closes, found.bad) == (2, False, [])


def test_payments_and_agreements_come_in_one_file():
    found = read(giro(Assignment([Paid(700, KID)]), Assignment([Agreed(KID)], service=21, kind=24)))

    assert [line.kind for line in found.lines] == ["payment.registered", "direct_debit.ended"]
    assert (found.file.lines, found.file.ore, found.file.closes) == (2, 700, True)


def test_more_agreements_than_are_held_until_the_end_are_refused():
    with pytest.raises(NotALedgerFile, match=str(MOST_ENDED)):
        read(agreements(*[Agreed(KID)] * (MOST_ENDED + 1)))


@pytest.mark.parametrize("kind", [0, 36])
def test_payment_requests_go_the_other_way_and_the_file_says_so(kind):
    with pytest.raises(NotALedgerFile, match="går fra kommunen til banken"):
        read(giro(Assignment([], service=21, kind=kind)))


def test_a_bank_account_that_is_not_the_municipalitys_is_refused():
    with pytest.raises(NotALedgerFile, match="Linje 2 gjelder en bankkonto som ikke er satt opp"):
        read(giro(Assignment([Paid(1, KID)], account=OTHER_BANK)))


def test_a_file_to_two_ledger_accounts_is_refused():
    two = [Bank("3427", "utleie", (BANK_ACCOUNT,)), Bank("3427", "garasje", (OTHER_BANK,))]

    with pytest.raises(NotALedgerFile, match="en annen reskontro"):
        read(giro(Assignment([Paid(1, KID)]), Assignment([Paid(1, KID)], account=OTHER_BANK)), paid_to=two)


def test_a_file_without_assignments_says_nothing():
    with pytest.raises(NotALedgerFile, match="ingen oppdrag"):
        read(giro())


def test_of_a_file_with_nothing_right_only_so_much_is_listed():
    raw = payments(Paid(1, KID)).splitlines(True)[0] + b"x\n" * (3 * MOST_FAULTS)

    assert len(refused(raw)) == MOST_FAULTS


@pytest.mark.parametrize(
    "entry",
    [
        'numbers = ["18850312343"]',
        'numbers = ["18850312342", "18850312342"]',
        'numbers = ["18850312342"]\nbank = "x"',
    ],
)
def test_a_bank_account_that_is_written_wrong_stops_the_service(entry):
    with pytest.raises(ValueError):
        banks_in(f'[[bank]]\nkommunenummer = "3427"\naccount = "utleie"\n{entry}')


async def test_the_door_books_by_kid_holds_what_fits_nobody_and_books_nothing_twice(tmp_path, capsys):
    unknown = with_check_digit("999")
    raw = giro(
        Assignment([Paid(800_000, KID), Paid(800_000, unknown)]),
        Assignment([Agreed(KID), Agreed(unknown)], service=21, kind=24),
    )
    with capture_logs() as logs:
        store = MemoryStore()
        first = await sent(store, tmp_path, "known", a_file(a_start(kid=KID), as_of="2019-02-01"))
        second, again = [await sent(store, tmp_path, once, raw) for once in ("giro", "giro-again")]
        broken = await sent(store, tmp_path, "broken", raw.replace(b"0800000", b"0800001", 1))

    assert [each.status_code for each in (first, second, again, broken)] == [202, 202, 202, 422]
    told = [each.message for each in store.outputs if isinstance(each, Tell) and isinstance(each.message, BookLine)]
    assert [message.kind for message in told] == [
        "tenancy.started",
        "payment.registered",
        "direct_debit.ended",
        "payment.held",
    ]
    held = [state for key, (_, state) in store.kept.items() if key.kind == "suspense"]
    bad = [state for key, (_, state) in store.kept.items() if key.kind == "bad_line"]
    assert [each.line.fields["amount_ore"] for each in held] == [800_000]
    assert [each.faults for each in bad] == [(("kid", "passer ikke med noe leieforhold, eller med flere"),)]
    said = f"{logs}{capsys.readouterr()}{broken.text}"
    assert not [secret for secret in SECRETS if secret in said]


async def sent(store: MemoryStore, assets, once: str, raw: bytes) -> httpx.Response:
    headers = token("okonomi") | {"Content-Type": "text/plain", "Idempotency-Key": once}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app(store, assets)), base_url="http://i") as client:
        return await client.post("/ledger/imports", headers=headers, content=raw)
