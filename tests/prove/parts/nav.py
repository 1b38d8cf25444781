"""Referrals and notices handed to a misbehaving NAV while the bridge and its connections are killed."""

from collections import Counter
from typing import get_args

from tests.prove.figures import bound, percentile
from tests.prove.nav.scene import MEMBERS, MISBEHAVING, NAV_TIMEOUT, Kind, Result, Size, run
from tests.prove.proof import Given, Proof, table

REQUESTS, LEAST_OF_A_KIND = 20_000, 30
FULL = Size(REQUESTS, None, pause=(4.0, 12.0), lease=5.0, still=420.0)  # seconds
ENDING = 9 * 60.0  # seconds kept for coming to rest and for reading the ledger
KEPT = ("NAV's record", "order per case", "what was told", "wire", "left behind")
WHAT = """\
Real: Kafka, PostgreSQL, the issuer, and nav-bridge in {members} processes with its ordinary budget of 50 calls a second
and destination. NAV is the simulator, which gives {share:.0%} of all calls one of its bad manners. What eligibility
and notifications would write onto Kafka is written there with their message classes and credentials. **Their doors,
and intake's, are played** by a server of the proof that answers in the doors' own form: the newest revision asked for,
410 of what is withdrawn, 404 of what nobody knows. The bridge gives NAV {timeout:.0f} s to answer (10 s in earnest),
so that silence doesn't fill its slots, and leaves alone what a dead process had begun for {lease:.0f} s (40 s).

A case asks up to four times: for another referral or notice at once, so that it has to wait for the one before, or for
a new revision; every tenth takes its last one back. The ledger is the simulator's own record. What is asked must stand
there as accepted exactly once under its key, in the order in which its case asked, and the bridge must have told of it
what NAV's record and seed say it decided. Not accepted may be only what was superseded or withdrawn before it was
sent; that must be told as such, and NAV must have none of it."""

SHORT = """\
**A shorter run than the proof asks for**: {asked:,} of {requests:,} requests were made in the time that it was given,
and so it doesn't count as held, whatever it found. The figures below are of what was made."""


def prove(given: Given) -> Proof:
    what = WHAT.format(members=MEMBERS, share=MISBEHAVING, timeout=NAV_TIMEOUT, lease=FULL.lease)
    return proven("Handed to NAV under kills", what, run(given.seed, FULL, given.left - ENDING, given.say), REQUESTS)


def proven(title: str, what: str, result: Result, requests: int) -> Proof:
    """`what` was done. It holds where all of it was, under enough kills that met something."""
    enough = result.asked >= requests and all(result.hits[kind] >= LEAST_OF_A_KIND for kind in get_args(Kind))
    return Proof(title, enough and not result.findings, body(result, what, requests))


def body(result: Result, what: str, requests: int) -> str:
    """`what` was done, with how many `requests`, and what came of it."""
    leased = sum(each.leased for each in result.struck)
    ended = ", ".join(f"{name} {times}" for name, times in Counter(name for name, _ in result.exits).items())
    pace = f"{result.asked / result.putting:.1f} requests a second"
    zero = f"{bound(result.asked)} of the requests, {bound(result.hits.total())} of the kills"
    zeros = [(where, *result.counts[where].numbers) for where in KEPT]
    minutes = f"{result.putting / 60:.1f} minutes ({pace}); all at rest after {result.seconds / 60:.1f}"
    parts = [
        what,
        f"{result.asked:,} requests in {minutes}.",
        "" if result.asked >= requests else SHORT.format(asked=result.asked, requests=requests),
        table(["what", "how many"], [*figures(result), *result.hits.items(), ("calls on their way at a kill", leased)]),
        table(["looked at", "lost", "doubled", "reordered", "stuck"], zeros),
        f"A zero means, with 95 % confidence (3/N): {zero}.",
        _latest(result),
        f"Processes that ended of themselves and were started again: {ended or 'none'}.",
        "\n".join(f"* {finding}" for finding in result.findings[:50]),
    ]
    return "\n\n".join(filter(None, parts))


def figures(result: Result) -> list[tuple[str, str]]:
    """By the partner's record, and by the kills that met calls on their way."""
    notices = sum(line["matter"] == "nav_notice" for line in result.ledger.accepted.values())
    manners = Counter(line["manner"] for line in result.record if line["what"] == "misbehaved")
    figures = {
        "accepted": len(result.ledger.accepted),
        "of them notices of § 9-11": notices,
        "not accepted, as superseded or withdrawn before": result.asked - len(result.ledger.accepted),
        "recalled": result.noted("recalled"),
        "recalls that came after a decision": result.noted("recall_refused"),
        "the same again, which was known": result.noted("repeated"),
        "look-ups": result.noted("lookup"),
        **{f"calls that met “{manner}”": times for manner, times in sorted(manners.items())},
        "times that a door was asked": result.door_asked,
    }
    return [(name, f"{number:,}") for name, number in figures.items()]


def _latest(result: Result) -> str:
    if not result.late:
        return ""
    at = [f"{percentile(result.late, share):.1f}" for share in (0.5, 0.99, 1.0)]
    return f"From the request on Kafka to the accept: p50 {at[0]} s, p99 {at[1]} s, at most {at[2]} s."
