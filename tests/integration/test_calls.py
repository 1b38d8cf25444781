"""Calls: outward, after the commit, in order per key; each answer reaches its decider once."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid4, uuid5

import pytest

from chassis.calls import EXPIRED, NEXT
from chassis.outputs import Answer, Outgoing
from tests.integration.bench import message, record, running, until
from tests.integration.sample import Deposited, Pay

pytestmark = pytest.mark.integration


@dataclass
class Bank:
    """A partner that answers as told, and remembers what it was sent."""

    answer: Callable[[Outgoing], Answer] = lambda _: Answer("accepted")
    sent: list[Outgoing] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def send(self, call: Outgoing) -> Answer:
        self.sent.append(call)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return self.answer(call)

    @property
    def bills(self) -> list[str]:
        return [call.ref["bill"] for call in self.sent]


def answers_in_turn(*answers: Answer) -> Callable[[Outgoing], Answer]:
    """The last one stays."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def closed(bench, number: int = 1) -> bool:
    return bool(await bench.value("select count(*) from calls where closed_at is not null") == number)


async def made_known(bench) -> None:
    """What a runner does when it starts, for tests that take and carry by hand."""
    await bench.rows("insert into destinations (destination) values ('bank') on conflict do nothing returning 1")


async def bank_away(bench):
    """A bank that wasn't reached by five calls of seven, and who calls it."""
    bank = Bank(lambda _: Answer("unreachable"))
    calls = bench.calls(bank, first_back_off=60.0, longest_back_off=60.0)
    await made_known(bench)
    for n in range(7):
        await bench.command(f"k{n}", Pay())
    for _ in range(5):
        taken = await calls.take("bank")
        assert taken is not None
        await calls.carry(taken)
    return bank, calls


async def test_a_call_is_sent_with_its_key_and_its_answer_reaches_the_decider(bench):
    bank = Bank()
    await bench.command("a", Pay())

    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench))

    (sent,) = bank.sent
    assert (sent.key, sent.kommunenummer, sent.ref, sent.attempt) == (
        uuid5(NAMESPACE_OID, "a:rent"),
        "3427",
        {"bill": "rent"},
        1,
    )
    assert (await bench.account("a")).answers == ("rent:accepted",)


async def test_the_same_key_again_is_the_same_call_also_when_it_is_closed(bench):
    bank = Bank()
    await bench.command("a", Pay())
    await bench.command("a", Pay())
    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench))
        await bench.command("a", Pay())
        await bench.command("a", Pay(bill="power"))
        await until(lambda: closed(bench, 2))

    assert bank.bills == ["rent", "power"]


async def test_a_later_call_of_a_key_waits_for_the_earlier_one(bench):
    bank = Bank(lambda call: Answer("unreachable" if call.ref["bill"] == "b0" and call.attempt < 4 else "accepted"))
    for n in range(4):
        await bench.command("a", Pay(bill=f"b{n}"))
    await bench.command("other", Pay(bill="other"))

    async with running(bench.calls(bank, breaker_after=100).run()):
        await until(lambda: closed(bench, 5))

    assert [bill for bill in bank.bills if bill != "other"] == ["b0"] * 4 + ["b1", "b2", "b3"]
    assert bank.bills.index("other") < bank.bills.index("b1")


async def test_calls_of_one_key_made_in_one_transaction_are_sent_in_the_order_of_their_making(bench):
    bank, bills = Bank(), [f"bill-{number}" for number in range(10)]
    async with bench.database.runner() as connection, connection.transaction():
        await bench.store.carry(connection, [message("a", Pay(bill=bill)) for bill in [*bills, bills[0]]])

    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench, len(bills)))
    assert bank.bills == bills


async def test_unreachable_is_told_once_and_tried_again_until_it_is_answered(bench):
    bank = Bank(lambda call: Answer("unreachable" if call.attempt < 5 else "accepted"))
    await bench.command("a", Pay())

    async with running(bench.calls(bank, breaker_after=100).run()):
        await until(lambda: closed(bench))

    assert [call.attempt for call in bank.sent] == [1, 2, 3, 4, 5]
    assert len({call.key for call in bank.sent}) == 1
    assert (await bench.account("a")).answers == ("rent:unreachable", "rent:accepted")


async def test_a_refusal_is_the_partners_word_and_closes_the_call(bench):
    bank = Bank(lambda _: Answer("refused", {"status": 409}))
    await bench.command("a", Pay())

    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench))

    assert (await bench.account("a")).answers == ("rent:refused",)


async def test_unknown_closes_the_call_and_the_decider_may_open_it_again_after_a_back_off(bench):
    calls, bank = None, Bank(answers_in_turn(Answer("unknown"), Answer("accepted")))
    calls = bench.calls(bank)
    await made_known(bench)
    await bench.command("a", Pay())

    await calls.carry(await calls.take("bank"))

    assert (await bench.account("a")).answers == ("rent:unknown",)
    (call,) = await bench.rows("select status, closed_at, due > now() as later, attempts from calls")
    assert call == {"status": "open", "closed_at": None, "later": True, "attempts": 1}
    assert await calls.take("bank") is None
    async with running(calls.run()):
        await until(lambda: closed(bench))
    assert (await bench.account("a")).answers == ("rent:unknown", "rent:accepted")


async def test_a_gateway_that_fails_in_a_way_of_its_own_may_have_sent(bench):
    def fail(_: Outgoing) -> Answer:
        raise ZeroDivisionError

    bank, calls = Bank(fail), None
    calls = bench.calls(bank)
    await made_known(bench)
    await bench.command("a", Pay())

    await calls.carry(await calls.take("bank"))

    assert (await bench.account("a")).answers == ("rent:unknown",)


async def test_a_call_whose_sender_died_is_unknown_and_is_not_sent_by_the_one_that_finds_it(bench):
    bank, calls = Bank(), None
    calls = bench.calls(bank)
    await made_known(bench)
    await bench.command("a", Pay())
    await calls.take("bank")  # and then the process is gone
    assert await calls.take("bank") is None

    await bench.rows("update calls set lease_until = now() - interval '1 second' returning 1")
    taken = await calls.take("bank")
    assert taken is not None
    await calls.carry(taken)

    assert bank.sent == []
    assert (await bench.account("a")).answers == ("rent:unknown",)


@pytest.mark.parametrize("late", ["accepted", "refused", "unknown", "unreachable"])
async def test_who_has_lost_the_lease_does_nothing_whatever_the_answer(bench, late):
    calls = bench.calls(Bank(answers_in_turn(Answer(late), Answer("accepted"))))
    await made_known(bench)
    await bench.command("a", Pay())
    slow = await calls.take("bank")
    await bench.rows("update calls set lease_until = now() - interval '1 second' returning 1")
    finder = await calls.take("bank")

    await calls.carry(slow)
    assert (await bench.account("a")).answers == ()
    await calls.carry(finder)

    assert (await bench.account("a")).answers == ("rent:unknown",)
    assert await bench.value("select failures from destinations") == 1


async def test_the_breaker_opens_after_five_failures_and_closes_with_the_first_success(bench):
    bank, calls = await bank_away(bench)
    assert await calls.take("bank") is None
    assert len(bank.sent) == 5

    await bench.rows("update destinations set open_until = now() returning 1")
    bank.answer = lambda _: Answer("accepted")
    await calls.carry(await calls.take("bank"))
    assert await bench.rows("select failures, open_until from destinations") == [{"failures": 0, "open_until": None}]
    assert await calls.take("bank") is not None


async def test_what_is_put_off_time_and_again_for_a_reason_of_its_own_stands_before_nobody_else(bench):
    bank = Bank(lambda call: Answer("unreachable" if call.ref["bill"] == "bad" else "accepted"))
    calls = bench.calls(bank, breaker_after=1000, first_back_off=60.0, longest_back_off=60.0)
    await made_known(bench)
    for n in range(3):
        await bench.command(f"k{n}", Pay(bill="bad"))
        await calls.carry(await calls.take("bank"))
    await bench.command("other", Pay(bill="good"))
    await bench.rows("update calls set due = now() where attempts > 0 returning 1")

    await calls.carry(await calls.take("bank"))
    assert bank.bills[-1] == "good"


async def test_a_failure_that_is_no_fault_of_the_partners_opens_no_breaker_to_the_others(bench):
    """Twenty calls of one municipality that isn't let in: another's goes at once, and theirs aren't hurried by it."""
    bank = Bank(lambda call: Answer("unreachable", ours=True) if call.ref["bill"] == "bad" else Answer("accepted"))
    calls = bench.calls(bank, first_back_off=60.0, longest_back_off=60.0)
    await made_known(bench)
    for n in range(20):
        await bench.command(f"k{n}", Pay(bill="bad"))
    await bench.command("other", Pay(bill="good"))

    for _ in range(21):
        await calls.carry(await calls.take("bank"))
    assert Counter(bank.bills) == {"bad": 20, "good": 1}
    assert await bench.rows("select failures, open_until from destinations") == [{"failures": 0, "open_until": None}]
    assert await calls.take("bank") is None


async def test_what_others_hold_when_the_partner_is_back_is_left_to_them(bench):
    """A runner that waited for another's call while it holds the destination could be what the other waits for."""
    bank, calls = await bank_away(bench)
    await bench.rows("update destinations set open_until = now() returning 1")
    bank.answer = lambda _: Answer("accepted")

    async with bench.database.runner() as other, other.transaction():
        held = await other.fetchval("select key from calls where attempts > 0 order by id limit 1 for update")
        await calls.carry(await calls.take("bank"))
    due = await bench.rows("select key, due > now() as put_off from calls where status = 'open' and attempts > 0")
    assert {row["key"] for row in due if row["put_off"]} == {held}


async def test_the_budget_per_second_is_shared_by_two_runners(make_bench):
    first, second = await make_bench(), await make_bench()
    await made_known(first)
    for n in range(8):
        await first.command(f"k{n}", Pay())
    slow = [each.calls(Bank(), per_second=0.5) for each in (first, second)]

    taken = [await calls.take("bank") for calls in slow * 3]

    assert 1 <= sum(each is not None for each in taken) <= 2
    assert await first.value("select next_at > now() + interval '1 second' from destinations")


async def test_a_rest_saves_up_no_calls_for_later_each_has_its_turn_within_its_second(bench):
    calls = bench.calls(Bank(), per_second=28.0)
    await made_known(bench)
    for n in range(8):
        await bench.command(f"k{n}", Pay())
    await bench.rows("update destinations set next_at = now() - interval '1 hour' returning 1")
    began = await bench.value("select clock_timestamp()")

    assert all([await calls.take("bank") for _ in range(8)])

    assert await bench.value("select next_at >= $1::timestamptz + interval '0.4 s' from destinations", began)


async def test_after_an_outage_what_waited_goes_in_the_order_in_which_it_came(bench):
    bank = Bank(lambda _: Answer("unreachable"))
    calls = bench.calls(bank, first_back_off=60.0, longest_back_off=60.0)
    await made_known(bench)
    for n in range(9):
        await bench.command(f"k{n}", Pay(bill=f"b{n}"))
    for _ in range(5):
        await calls.carry(await calls.take("bank"))
    await bench.rows("update destinations set open_until = now() returning 1")
    bank.answer, bank.sent = (lambda _: Answer("accepted")), []

    for _ in range(9):
        await calls.carry(await calls.take("bank"))

    assert bank.bills == ["b5", "b0", "b1", "b2", "b3", "b4", "b6", "b7", "b8"]


async def test_one_failure_among_others_that_succeed_keeps_its_own_back_off(bench):
    bank = Bank(answers_in_turn(Answer("unreachable", retry_after=60.0), Answer("accepted")))
    calls = bench.calls(bank)
    await made_known(bench)
    for n in range(2):
        await bench.command(f"k{n}", Pay(bill=f"b{n}"))

    for _ in range(2):
        await calls.carry(await calls.take("bank"))

    assert bank.bills == ["b0", "b1"]
    assert await calls.take("bank") is None


MANY = """
insert into calls (key, kind, state_key, kommunenummer, destination, ref, status, closed_at, correlation, traceparent)
select gen_random_uuid(), 'account', $1 || n, '3427', 'bank', '{}', $1, case when $1 <> 'open' then now() end, '', ''
from generate_series(1, 20000) n returning 1
"""


async def looked_at(bench, sql: str, *arguments: object) -> int:
    """How many rows a statement looks at, all of them counted, those too that it then leaves out."""

    def rows(plan) -> float:
        own = [value for name, value in plan.items() if name.startswith("Rows Removed") or name == "Actual Rows"]
        return plan["Actual Loops"] * sum(own) + sum(rows(each) for each in plan.get("Plans", ()))

    async with bench.database.runner() as connection:
        await (undone := connection.transaction()).start()
        (told,) = await connection.fetchrow(f"explain (analyze, format json) {sql}", *arguments)
        await undone.rollback()
    return int(rows(json.loads(told)[0]["Plan"]))


async def test_a_call_is_taken_without_a_look_at_the_others_however_many_wait_or_are_closed(bench):
    await made_known(bench)
    await bench.rows(MANY, "accepted")
    await bench.rows(MANY, "open")
    async with bench.database.runner() as connection:
        await connection.execute("vacuum analyze calls")

    assert await looked_at(bench, EXPIRED, "bank", uuid4(), 40.0) < 10
    assert await looked_at(bench, NEXT, "bank", uuid4(), 40.0, 0.02) < 30
    taken = await bench.calls(Bank()).take("bank")
    assert taken["state_key"] == "open1"


async def test_a_destination_without_work_spends_no_budget(bench):
    calls = bench.calls(Bank(), per_second=0.01)
    await made_known(bench)
    assert await calls.take("bank") is None

    await bench.command("a", Pay())

    assert await calls.take("bank") is not None


async def test_retry_after_is_honoured(bench):
    calls = bench.calls(Bank(lambda _: Answer("unreachable", retry_after=120.0)))
    await made_known(bench)
    await bench.command("a", Pay())

    await calls.carry(await calls.take("bank"))

    assert await bench.value("select due - now() > interval '110 seconds' from calls")


async def test_each_answer_is_handed_over_once_with_two_runners(make_bench):
    first, second = await make_bench(), await make_bench()
    bank = Bank(lambda call: Answer("unknown" if call.attempt == 1 else "accepted"))
    for n in range(40):
        await first.command(f"k{n}", Pay())

    async with running(first.calls(bank, breaker_after=1000).run(), second.calls(bank, breaker_after=1000).run()):
        await until(lambda: closed(first, 40))

    accounts = await first.accounts()
    assert Counter(account.answers for account in accounts.values()) == {("rent:unknown", "rent:accepted"): 40}
    assert Counter(call.key for call in bank.sent).most_common(1)[0][1] == 2
    assert bank.most_at_once <= 16


async def test_an_answer_that_the_database_refuses_is_a_dead_letter_and_the_call_is_closed(bench):
    bank = Bank(lambda _: Answer("accepted", {"note": "a\x00b"}))
    await bench.command("a", Pay())
    await bench.command("b", Pay())

    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench, 2))

    letters = await bench.rows("select origin, parking_key, reason from dead_letters order by parking_key")
    assert [(each["origin"], each["parking_key"]) for each in letters] == [("answer", "a"), ("answer", "b")]
    assert len(bank.sent) == 2


async def test_a_call_of_a_parked_key_waits_and_an_answer_on_its_way_waits_behind_the_dead_letter(bench):
    bank = Bank()
    calls, consumer = bench.calls(bank), await bench.reading()
    await made_known(bench)
    await bench.command("a", Pay())
    on_its_way = await calls.take("bank")
    await consumer.process([record("a", Deposited(amount=-1), 0)])
    await bench.command("a", Pay(bill="power"))

    await calls.carry(on_its_way)

    assert await calls.take("bank") is None
    letters = await bench.rows("select origin, reason is null as waits from dead_letters order by id")
    assert letters == [{"origin": "kafka", "waits": False}, {"origin": "answer", "waits": True}]
    await bench.rows("update dead_letters set record_value = $1 where id = 1 returning 1", b'{"amount": 1}')
    assert (await bench.letters.replay("a", "ola")).handled == 2
    assert (await bench.account("a")).answers == ("rent:accepted",)
    assert await calls.take("bank") is not None


async def test_the_body_of_an_answer_that_is_set_aside_is_kept_nowhere_and_asked_for_again(bench):
    bank = Bank(answers_in_turn(Answer("accepted", {"note": "a\x00b", "health": "secret"}), Answer("accepted")))
    await bench.command("a", Pay())
    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench, 1))
    kept = await bench.rows("select convert_from(record_value, 'UTF8') as text from dead_letters")
    assert len(kept) == 1
    assert "secret" not in kept[0]["text"]
    assert (await bench.account("a")).answers == ()

    assert (await bench.letters.replay("a", "kari")).handled == 1
    async with running(bench.calls(bank).run()):
        await until(lambda: closed(bench, 1))

    assert (await bench.account("a")).answers == ("rent:accepted",)
    assert len({call.key for call in bank.sent}) == 1
