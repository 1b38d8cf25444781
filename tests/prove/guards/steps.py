"""What is done to the bank, step by step: each puts something in, makes a fault, and leaves it to come to rest.

A step is there for a guard, as no other fault needs it; all steps are run on every copy, in the seed's order.
"""

import random
import signal
import time
from collections.abc import Callable

import psycopg

from tests.prove.guards.bench import READERS, RUNNERS, Bank
from tests.prove.guards.book import Entry
from tests.prove.waiting import until

ACCOUNTS = tuple(f"account-{number:02}" for number in range(40))
WIDE = tuple(f"wide-{number:03}" for number in range(600))
SESSION = 10.0  # seconds, the consumers' on Kafka
PATIENCE = 60.0  # seconds
LOOKS = 10  # by then each runner has carried what it saw at its first
LONG = 8.0  # seconds until a bell rings: by then its cancellation is on Kafka, on a slow machine too

Step = Callable[[Bank, random.Random], None]


def deposits(bank: Bank, chance: random.Random, number: int) -> list[Entry]:
    return [bank.book.deposit(chance.choice(ACCOUNTS)) for _ in range(number)]


def readers_killed(bank: Bank, chance: random.Random) -> None:
    """While they are at work on what waits."""
    for _ in range(2):
        bank.signal(signal.SIGSTOP, *READERS)
        bank.put_in(*deposits(bank, chance, 1_500))
        bank.signal(signal.SIGCONT, *READERS)
        before = bank.unread()
        until(lambda: bank.unread() < before or _writing(bank), "the readers are at work", PATIENCE, pause=0.005)  # noqa: B023
        time.sleep(chance.uniform(0, 0.03))
        bank.signal(signal.SIGKILL, *READERS)
        until(lambda: bank.unread() == 0, "the readers are back", PATIENCE)


def _writing(bank: Bank) -> bool:
    sql = "select 1 from pg_stat_activity where datname = current_database() and backend_xid is not null"
    return bool(bank.query(sql))


def reader_frozen(bank: Bank, chance: random.Random) -> None:
    """Past its session, so that the other has its partitions when it goes on with what it had fetched."""
    bank.put_in(*deposits(bank, chance, 500))
    bank.signal(signal.SIGSTOP, chance.choice(READERS))
    bank.put_in(*deposits(bank, chance, 500))
    time.sleep(SESSION + 2)
    bank.signal(signal.SIGCONT, *READERS)
    bank.put_in(*deposits(bank, chance, 500))


def sent_again(bank: Bank, chance: random.Random) -> None:
    """What a writer's relay does that was killed between acknowledgement and numbering: a batch twice."""
    batch = deposits(bank, chance, 200)
    bank.put_in(*batch)
    until(lambda: bank.unread() == 0, "they are read", PATIENCE)
    bank.put_in(*batch, *deposits(bank, chance, 50))


def two_relays(bank: Bank, chance: random.Random) -> None:
    """A stream that both could send, one of them frozen now and then, longer than a lock's session may be silent."""
    for _ in range(4):
        for _ in range(10):
            bank.put_in(*deposits(bank, chance, 50))
            time.sleep(0.05)
        frozen = chance.choice(RUNNERS)
        bank.signal(signal.SIGSTOP, frozen)
        bank.put_in(*deposits(bank, chance, 300))
        time.sleep(1)
        bank.signal(signal.SIGCONT, frozen)


def caller_frozen(bank: Bank, chance: random.Random) -> None:
    """Past its lease, with calls under way."""
    for member in RUNNERS:
        bank.put_in(*(bank.book.bill(chance.choice(ACCOUNTS)) for _ in range(150)))
        until(lambda: _under_way(bank), "calls are under way", PATIENCE, pause=0.005)
        time.sleep(chance.uniform(0, 0.2))
        bank.signal(signal.SIGSTOP, member)
        time.sleep(4)
        bank.signal(signal.SIGCONT, member)


def _under_way(bank: Bank) -> bool:
    return len(bank.query("select 1 from calls where lease is not null")) > 4


def poison(bank: Bank, chance: random.Random) -> None:
    """A record that no version of the bank can take until it is repaired, and others of its key behind it."""
    for account in chance.sample(ACCOUNTS, 3):
        bank.put_in(bank.book.deposit(account, flawed=True), *(bank.book.deposit(account) for _ in range(5)))
    until(lambda: bank.unread() == 0, "they are read", PATIENCE)
    bank.put_in(*deposits(bank, chance, 100))
    until(lambda: bank.unread() == 0, "they are read", PATIENCE)
    for row in bank.query("select distinct parking_key as key from dead_letters where handled_at is null order by 1"):
        bank.command("dead-letters", "replay", "--by", "rig", "--key", row["key"], REPAIRED="true")


def stopped_over_bells(bank: Bank, chance: random.Random) -> None:
    """Cancelled on Kafka in time, while nobody of the bank is there to read it."""
    chosen = chance.sample(ACCOUNTS, 12)
    silent, loud = chosen[:8], chosen[8:]
    entries = [bank.book.set_bell(account, LONG, rings=account in loud) for account in chosen]
    bank.put_in(*entries)
    until(lambda: bank.unread() == 0, "the bells are set", PATIENCE)
    bank.stop(*READERS)
    bank.put_in(*deposits(bank, chance, 1_000), *(bank.book.cancel_bell(account) for account in silent))
    bank.stop(*RUNNERS)
    until(lambda: _all_due(bank), "the bells are due", PATIENCE)
    before = _looks(bank)
    bank.start(*RUNNERS)
    until(lambda: _looks(bank) > before + LOOKS, "what is due is looked at before a reader is there", PATIENCE)
    bank.start(*READERS)


def _all_due(bank: Bank) -> bool:
    return not bank.query("select 1 from timers where not told and due > now()")


def _looks(bank: Bank) -> int:
    """How often anyone has read the timers, by PostgreSQL's own count."""
    return int(bank.query("select seq_scan + idx_scan as n from pg_stat_user_tables where relname = 'timers'")[0]["n"])


def contended(bank: Bank, chance: random.Random) -> None:
    """Readers, timers and calls at the same few accounts at the same time."""
    few = ACCOUNTS[:6]
    for _ in range(15):
        entries = [bank.book.deposit(chance.choice(few)) for _ in range(40)]
        entries += [bank.book.give("giver-1", chance.sample(few, len(few))) for _ in range(10)]
        entries += [bank.book.bill(chance.choice(few)) for _ in range(5)]
        bank.put_in(*entries)
        time.sleep(0.15)


def many_keys_at_once(bank: Bank, chance: random.Random) -> None:
    """Transactions of hundreds of keys each, the same in readers and timers: their locks must come in one order."""
    for _ in range(8):
        entries = [bank.book.deposit(account) for account in chance.sample(WIDE, len(WIDE))]
        bank.put_in(bank.book.give("giver-2", WIDE), *entries)
        time.sleep(0.3)


def put_back(bank: Bank, chance: random.Random) -> None:
    """The database is restored from a backup while readers go on that remember more than it does."""
    bank.back_up()
    bank.put_in(*deposits(bank, chance, 400))
    if not bank.rest():
        return
    bank.restore()
    until(lambda: _answers(bank), "the restored database answers", PATIENCE)
    bank.put_in(*deposits(bank, chance, 400))


def _answers(bank: Bank) -> bool:
    try:
        return bool(bank.query("select 1"))
    except psycopg.OperationalError:
        return False


STEPS: dict[str, Step] = {
    "readers killed at work": readers_killed,
    "a reader frozen past its session": reader_frozen,
    "a batch sent again": sent_again,
    "two relays, one frozen": two_relays,
    "a caller frozen past its lease": caller_frozen,
    "poison, repaired and replayed": poison,
    "stopped over due timers": stopped_over_bells,
    "many at the same keys": contended,
    "many keys at once": many_keys_at_once,
    "restored under running readers": put_back,
}
