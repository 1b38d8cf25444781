"""Messages to people under everything that may happen to the events that they rest on: none twice, none lost."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from tests.prove.messages.escalation import HOWS, Escalation, escalated
from tests.prove.messages.worlds import Figures, played
from tests.prove.proof import Given, Proof, table
from tests.simulation.invariants import INVARIANTS
from tests.simulation.quiet import be_quiet

HANDLED = 100_000  # events
SHARE = 25  # seeds that one process plays before it tells
PROCESSES = 2
WHAT = """\
{handled:,} events, timers and answers taken in by notifications, in {seeds:,} small worlds with a staff register: rent
accounts whose files come late, twice and in parts, and people who acknowledge, note and snooze. What is sent to Kafka
may stand there twice, a reader polls any partition at any time, and the process is killed between any two steps and
where it would commit. The mail server takes a message, is away, or takes it and is not heard. Every invariant of
`tests/simulation/invariants.py` is checked at the end of each world, once all has come to rest, among them that no
message goes twice by its Message-ID but where the server's answer was lost, that none is lost, and that each open alert
has owner, reason and next step.

Real: the handlers of all four services, their messages and schemas, the projections, and the chassis' rules of
order, of once per id, of timers that wait and of calls. Simulated, in memory: PostgreSQL, Kafka, the clock, the mail
server and HTTP. The chassis with real ones, and `kill -9` at each line, is in `lines.md` and `faults.md`."""
KILLED = """\
One alert that nobody takes, told at {rungs}: {messages} messages in {steps} steps of the service. It is played again
for each step, with one thing in the way there, and must end with the same messages. The server's answer is lost, too,
when the process dies with it: only there may a second copy go, with the same Message-ID."""
SAID = {
    "after": "killed between that step and the next",
    "inside": "killed where the step would commit",
    "unheard": "the server takes the message, its answer is lost",
}


def prove(given: Given) -> Proof:
    found = Figures()
    with ProcessPoolExecutor(PROCESSES, initializer=be_quiet) as pool:
        shares = _shares(given.seed)
        waiting = [pool.submit(played, next(shares)) for _ in range(PROCESSES * 2)]
        while found.handled < HANDLED:
            found.add(waiting.pop(0).result())
            waiting.append(pool.submit(played, next(shares)))
            given.say(f"{found.handled:,} events in {found.seeds:,} worlds, {len(found.violations)} violations")
        for each in waiting:
            each.cancel()
        climbed = pool.submit(escalated, given.seed).result()
    given.say(f"an escalation was disturbed {sum(climbed.tried.values())} times")
    holds = not found.violations and not climbed.violations and climbed.copies["unheard"] > 0
    return Proof("Messages to people", holds, _body(found, climbed))


def _shares(first: int) -> Iterator[range]:
    return (range(at, at + SHARE) for at in count(first, SHARE))


def _body(found: Figures, climbed: Escalation) -> str:
    counted = table(
        ("what", "how many"),
        [
            ("events, timers and answers handled", f"{found.handled:,}"),
            ("records that stood on Kafka once more", f"{found.twice:,}"),
            ("kills of notifications", f"{found.kills:,}"),
            ("alerts", f"{found.alerts:,}"),
            ("messages", f"{found.messages:,}"),
            ("messages that went again because the server's answer was lost", f"{found.copies:,}"),
            ("invariants checked", f"{found.seeds * len(INVARIANTS):,}"),
            ("violations", len(found.violations)),
        ],
    )
    disturbed = table(
        ("at a step", "tried", "of them with the answer lost", "second copies", "lost messages"),
        [
            (SAID[how], climbed.tried[how], climbed.unheard[how], climbed.copies[how], len(_lost(climbed, how)))
            for how in HOWS
        ],
    )
    seen = "\n".join(f"- {each}" for each in [*found.violations, *climbed.violations][:20])
    what = WHAT.format(handled=found.handled, seeds=found.seeds)
    killed = KILLED.format(rungs=", ".join(climbed.rungs), messages=climbed.messages, steps=climbed.steps)
    return "\n\n".join(part for part in (what, counted, killed, disturbed, seen) if part)


def _lost(climbed: Escalation, how: str) -> list[str]:
    return [each for each in climbed.violations if each.startswith(how) and each.endswith("is lost")]
