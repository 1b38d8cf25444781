"""The walk from an application to NAV's receipt, from what the services tell."""

from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID, uuid5

from chassis.outputs import Outcome
from eligibility.subscribers import READS, WRITES
from eligibility.translation import trail_view, words
from eligibility.translation.trail_view import steps
from nav_bridge.handlers import HANDLERS

REFERRAL = "11111111-1111-5111-8111-111111111111"
NAV_CALL = str(uuid5(UUID(REFERRAL), "1"))
LATER = datetime(2026, 1, 1, tzinfo=UTC)


def event(id: str, type: str, cause: str, minute: int, **data: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "cause": cause, "time": f"2019-05-02T09:{minute:02}:00+00:00", "data": data}


def call(id: str, destination: str, cause: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "destination": destination,
        "cause": cause,
        "time": LATER,
        "status": "accepted",
        "attempts": 1,
    } | more


INTAKE = {"events": [event("registered", "application.registered", "command", 0)], "calls": []}
ELIGIBILITY = {
    "events": [
        event("decided", "decision.made", "another command", 9, outcome="granted", role="boligutvalg"),
        event("referral", "referral.requested", "facts", 1, legal_basis="law", revision=1),
    ],
    "calls": [call("facts", "intake-facts", "registered")],
}
NAV_BRIDGE = {
    "events": [
        event("sent", "delivery.sent", NAV_CALL, 2),
        event("receipt", "delivery.received", NAV_CALL, 2, received_at="2019-05-02T11:02:03+02:00"),
        event("outcome", "delivery.outcome", "asked", 3, outcome="granted"),
    ],
    "calls": [call(NAV_CALL, "nav", "referral", attempts=3), call("asked", "nav-outcome", "a timer")],
    "deliveries": [{"referral_id": REFERRAL, "revision": 1, "proof_hash": "ab" * 32, "call": NAV_CALL}],
}
WHOLE = {"intake": INTAKE, "eligibility": ELIGIBILITY, "nav-bridge": NAV_BRIDGE}


def test_what_followed_stands_after_what_it_followed_from_whatever_their_clocks_say():
    assert [(step.id, step.follows) for step in steps(WHOLE)] == [
        ("registered", None),
        ("facts", 1),
        ("referral", 2),
        (NAV_CALL, 3),
        ("sent", 4),
        ("receipt", 4),
        ("asked", None),
        ("outcome", 7),
        ("decided", None),
    ]


def test_navs_receipt_has_navs_own_time_and_the_call_the_hash_of_what_was_sent():
    by_id = {step.id: step for step in steps(WHOLE)}

    assert by_id["receipt"].receipt == datetime(2019, 5, 2, 9, 2, 3, tzinfo=UTC)
    assert (by_id[NAV_CALL].proof, by_id[NAV_CALL].details) == ("ab" * 32, ["Tatt imot", "3 forsøk"])
    assert (by_id["facts"].proof, by_id["sent"].receipt) == ("", None)


def test_the_hash_stands_with_the_call_that_sent_it_where_it_was_tried_again():
    again = "22222222-2222-5222-8222-222222222222"
    bridge = NAV_BRIDGE | {
        "calls": [call(NAV_CALL, "nav", "referral", status="refused"), call(again, "nav", "a retry")],
        "deliveries": [NAV_BRIDGE["deliveries"][0] | {"call": again}],
    }
    proofs = {step.id: step.proof for step in steps(WHOLE | {"nav-bridge": bridge}) if step.proof}
    assert proofs == {again: "ab" * 32}


def test_a_call_that_our_own_doors_held_back_is_not_told_as_handed_to_nav():
    calls = [call("held", "nav", "referral", status="refused"), call("looked", "nav-lookup", "x", attempts=2)]
    told = {step.id: (step.what, step.details) for step in steps(WHOLE | {"nav-bridge": NAV_BRIDGE | {"calls": calls}})}
    assert told["held"] == ("Henvisningen er ikke overlevert, eller avvist av NAV", [])
    assert told["looked"] == ("Spurt NAV om henvisningen er kommet fram", ["NAV svarte", "2 forsøk"])


def test_without_the_other_services_parts_ones_own_is_told():
    assert [step.id for step in steps({"eligibility": ELIGIBILITY})] == ["facts", "referral", "decided"]


OF_PERSONS = {"person.erased", "erasure.completed"}


def test_every_event_of_a_case_and_every_standing_of_a_call_has_a_word():
    topics = {**READS, **WRITES}
    types = {message.type for topic, all in topics.items() if not topic.startswith("housing-events") for message in all}

    assert types - OF_PERSONS == trail_view._EVENTS.keys()
    assert words.STANDINGS.keys() == {*get_args(Outcome), "open"} - {"unreachable"}


def test_every_call_of_the_bridges_has_its_words_by_either_channel():
    made = {handler.on.removeprefix("answered:") for handler in HANDLERS if handler.on.startswith("answered:")}

    assert made <= set(words.CALLS)
    assert {to for to, _ in words.OTHERWISE} <= set(words.CALLS)
