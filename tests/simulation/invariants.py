"""What holds in every run, each a sentence: a function yields how it was broken, or nothing.

`run` has been through its seed's schedule and come to rest, with doors open and partners well; `calm` is the same
input, act by act, with nothing in the way.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from chassis.outputs import Key
from tests.simulation import acts, final_states, rent_accounts
from tests.simulation.partners import Post
from tests.simulation.run import DECLARED, Run
from tests.simulation.steps import SERVICES
from tests.simulation.world import Account

Broken = Iterable[str]
Invariant = Callable[[Run, Run], Broken]

# How a referral may stand for good, and be seen so: NAV's last word, or a stop that a person has to look at.
ENDS = {"granted", "refused", "withdrawn", "expired", "rejected", "parked", "recalled"}


# referrals


def each_referral_ends(run: Run, calm: Run) -> Broken:
    """Each referral ends in an outcome, a withdrawal or a stop that a person sees."""
    for key, case in _states(run, "eligibility", "case"):
        if case.referral and case.referral.status not in ENDS and not _withdrawn(case):
            yield f"the referral of {key.id} stands as {case.referral.status}"
        if case.is_financing and not (case.referral or case.not_referred):
            yield f"{key.id} is neither referred, nor is it said why not"
    for key, case in _states(run, "nav-bridge", "delivery"):
        for delivery in case.deliveries:
            if delivery.status not in {"rejected", "parked", "closed", "recalled"}:
                yield f"a delivery of {key.id} stands as {delivery.status}"


def the_caseworker_sees_what_the_bridge_knows(run: Run, calm: Run) -> Broken:
    """What a case shows of its referral is what became of that revision."""
    for key, bridged in _states(run, "nav-bridge", "delivery"):
        case = run.state("eligibility", "case", key.id)
        newest = bridged.deliveries[-1] if bridged.deliveries else None
        if newest is None or case is None or case.referral is None:
            continue
        ended = newest.outcome if newest.status == "closed" else newest.status
        if (newest.status, newest.code) == ("rejected", "withdrawn"):
            ended = "withdrawn"
        if (case.referral.revision, case.referral.status) != (newest.revision, ended):
            yield f"{key.id} shows {case.referral.status}, the bridge has {ended}"


def nothing_is_sent_that_must_not_be(run: Run, calm: Run) -> Broken:
    """Nothing is sent to NAV after a withdrawal, of an erased person, or of one whose address is protected."""
    return [f"{post.referral} was sent though {post.wrongly}" for post in _posts(run) if post.wrongly]


def what_is_withdrawn_is_recalled(run: Run, calm: Run) -> Broken:
    """What was withdrawn NAV lets be, whenever it got there, unless it had decided; nothing else is recalled."""
    at_nav = run.at_nav
    for key, bridged in _states(run, "nav-bridge", "delivery"):
        for delivery in bridged.deliveries:
            taken = at_nav.get(str(delivery.call_key))
            let_be, withdrawn = bool(taken and taken.recalled), delivery.referral_id in bridged.withdrawn
            refused = delivery.matter == "nav_notice" and any(each.stands for each in bridged.reservations)
            if let_be and not (withdrawn or refused):
                yield f"{delivery.referral_id} of {key.id} was recalled, and nobody withdrew it"
            # That NAV has reached the tenant ends a notice here, and may be known while its recall is on the way.
            reached = delivery.channel == "api" and delivery.status == "closed" and delivery.outcome == "contacted"
            if (delivery.status == "recalled") != let_be and delivery.outcome != "withdrawn" and not reached:
                yield f"{delivery.referral_id} of {key.id} is {delivery.status}, NAV was {'' if let_be else 'not '}told"
            if taken and withdrawn and not let_be and delivery.is_out and not delivery.decided:
                yield f"{delivery.referral_id} of {key.id} was withdrawn, and NAV goes on with it"
            stopped = delivery.status == "rejected" and delivery.code in {"withdrawn", "reserved"}
            if taken and stopped and (taken.arrives or delivery.sent_at is None):
                yield f"{delivery.referral_id} of {key.id} was told as never sent, and NAV goes on with it"
            if taken and any(each != str(delivery.recall_key) for each in taken.recalled):
                yield f"{delivery.referral_id} of {key.id} was recalled under another key than its own"


def nav_has_each_referral_once(run: Run, calm: Run) -> Broken:
    """NAV has each revision once and under one key, a referral's with one content, and each letter once."""
    keys = defaultdict(set)
    for key, taken in run.at_nav.items():
        keys[taken.referral, taken.revision].add(key)
    yield from (f"NAV has {of} under {len(found)} keys" for of, found in keys.items() if len(found) > 1)
    yield from (f"NAV got another content of a referral under the key {key}" for key in run.nav.conflicts)
    yield from (f"two letters were taken of the reference {key}" for key in run.svarut.doubled)
    for key, taken in run.at_nav.items():
        if key != str(uuid5(UUID(taken.referral), str(taken.revision))):
            yield f"the key {key} isn't made from its referral and revision"


def the_proof_is_of_what_nav_has(run: Run, calm: Run) -> Broken:
    """The hash kept of a message is of what NAV took, not of what came under its key later; in calm there is one."""
    for each, unproven in ((run, {""}), (calm, set[str]())):
        at_nav = each.at_nav
        for key, bridged in _states(each, "nav-bridge", "delivery"):
            for delivery in bridged.deliveries:
                taken = at_nav.get(str(delivery.call_key))
                if taken and delivery.sent_at and delivery.proof not in {taken.content, *unproven}:
                    yield f"NAV has another content of {delivery.referral_id} of {key.id} than is proven"


def the_alert_shows_what_became_of_its_notice(run: Run, calm: Run) -> Broken:
    """What an alert shows of its notice to NAV is what became of it, and no reservation is overlooked."""
    for key, bridged in _states(run, "nav-bridge", "delivery"):
        tenancy = run.state("notifications", "tenancy", key.id)
        shown = {(each.id, each.revision): each for each in tenancy.nav_notices} if tenancy else {}
        for delivery in (each for each in bridged.deliveries if each.matter == "nav_notice"):
            ended = delivery.outcome if delivery.status == "closed" else delivery.status
            ended = "withdrawn" if delivery.code == "withdrawn" or ended == "recalled" else ended
            notice = shown.pop((delivery.referral_id, delivery.revision), None)
            if notice is None or notice.status != ended:
                yield f"{key.id} shows {notice and notice.status}, the bridge has {ended}"
        if tenancy and tenancy.reserved != bridged.reserved:
            yield f"the reservation of {key.id} is {tenancy.reserved} here and {bridged.reserved} at the bridge"
        yield from (f"the bridge never heard of {notice}" for notice in shown)


def a_notice_says_what_was_owed(run: Run, calm: Run) -> Broken:
    """A notice's amounts sum to its debt, and each is at most the invoice that was due on that day, before its date."""
    accepted = rent_accounts.accepted_lines(run)
    for type, subject, data in _events(run, "nav-notices.v1"):
        if type != "nav_notice.requested":
            continue
        issued = [line.fields for line in accepted.get(subject, ()) if line.kind == "invoice.issued"]
        amounts = {str(fields["due_on"]): fields["amount_ore"] for fields in issued}
        told = dict(zip(data["due_on"], data["open_ore"], strict=True))
        if sum(told.values()) != data["debt_ore"]:
            yield f"the notice of {subject} doesn't add up: {data}"
        yield from (f"{subject} owes no {ore} since {due}" for due, ore in told.items() if ore > amounts.get(due, 0))
        yield from (f"{due} of {subject} wasn't over due" for due in told if due >= data["as_of"])


def revisions_reach_nav_in_order(run: Run, calm: Run) -> Broken:
    """NAV is sent a case's revisions in their order, never an older one after a newer."""
    newest: dict[str, int] = {}
    for post in _posts(run):
        if post.revision < newest.get(post.referral, 0):
            yield f"revision {post.revision} of {post.referral} went after {newest[post.referral]}"
        newest[post.referral] = max(post.revision, newest.get(post.referral, 0))


def each_step_of_a_delivery_is_told_once(run: Run, calm: Run) -> Broken:
    """Each step, outcome and reason to park of a revision is told once, and NAV's silence once per period."""
    told = Counter[tuple[str, ...]]()
    for type, _, data in _events(run, "deliveries.v1"):
        if type.startswith("delivery."):
            also = ("code",) if type == "delivery.parked" else ()
            which = [str(data.get(name, "")) for name in ("outcome", "silent_since", "period", *also)]
            told[type, data["referral_id"], str(data["revision"]), *which] += 1
    return [f"{' '.join(of)} was told {times} times" for of, times in told.items() if times > 1]


def an_erased_person_stays_erased(run: Run, calm: Run) -> Broken:
    """An erased person stays erased: every service has answered, and none keeps anything of their cases."""
    for each in run.world.applications:
        if acts.erasing(each.tag) not in run.replies:
            continue
        person = run.state("intake", "person", acts.person(each.tag, each.kommunenummer))
        if person.sealed is not None or person.erasure is None or person.erasure.lacking:
            yield f"{each.tag} isn't erased everywhere: {person}"
        gone = acts.application(run, each.tag)
        for name in SERVICES:
            tables = run.tables[name]
            kept = [key.kind for key, row in tables.states.items() if key.id == gone and row.state is not None]
            kept += ["letter" for letter in tables.letters.values() if letter.parking_key == gone]
            kept += ["call" for call in tables.calls.values() if call["state_key"] == gone]
            kept += ["timer" for timer in tables.timers.values() if timer["key"] == gone]
            kept += ["event" for row in tables.outbox.values() if row["key"] == gone and row["payload"]]
            yield from (f"{name} keeps a {what} of {gone}" for what in kept)
    for account, contract in _erased_tenants(run):
        home, who = acts.tenancy(account.kommunenummer, contract), acts.person(contract, account.kommunenummer)
        if run.state("notifications", "tenancy", home) is not None or home in run.tables["notifications"].parked:
            yield f"notifications keeps the tenancy of {contract}"
        if who in run.state("intake", "tenancy", home).tenants:
            yield f"intake keeps who lived in {contract}"
        if run.state("intake", "person", who).erasure.lacking:
            yield f"the tenant of {contract} isn't erased everywhere"


def an_erasure_waits_for_nobody(run: Run, calm: Run) -> Broken:
    """An erased person's cases are gone in all services before any operator has seen to what is parked of them."""
    return [f"{what} was still there" for what in run.unerased]


# alerts


def every_alert_is_closed_or_has_a_reason(run: Run, calm: Run) -> Broken:
    """Every alert is closed with a resolution, or open with a reason; a tenancy has one open at most."""
    for key, tenancy in _states(run, "notifications", "tenancy"):
        for episode in tenancy.episodes:
            if bool(episode.resolution) != (episode.resolved is not None) or not episode.reasons:
                yield f"alert {episode.number} of {key.id} has neither end nor reason"
        for kind in ("arrears", "lease"):
            of_kind = [episode for episode in tenancy.episodes if episode.kind == kind]
            if any(not episode.resolution for episode in of_kind[:-1]):
                yield f"{key.id} has an older alert open behind a newer"


def alerts_are_told_as_they_stand(run: Run, calm: Run) -> Broken:
    """What is told of alerts adds up: raised before resolved, each resolved once, level and stage as told last."""
    raised, resolved, risk = set(), Counter[str](), dict[str, tuple[int, str]]()
    for type, subject, data in _events(run, "risks.v1"):
        if type == "alert.raised":
            raised.add(data["alert_id"])
        elif type == "alert.resolved":
            resolved[data["alert_id"]] += 1
            if data["alert_id"] not in raised:
                yield f"alert {data['alert_id']} was resolved before it was raised"
        elif type == "risk.changed":
            risk[subject] = data["level"], data["stage"]
    yield from (f"alert {alert} was resolved {times} times" for alert, times in resolved.items() if times > 1)
    for key, tenancy in _states(run, "notifications", "tenancy"):
        if (told := risk.get(key.id, (0, "F0"))) != (tenancy.level, tenancy.stage):
            yield f"{key.id} stands at {(tenancy.level, tenancy.stage)}, last told was {told}"


def no_alert_from_a_payment_that_had_arrived(run: Run, calm: Run) -> Broken:
    """No alert for unpaid rent is raised by a close before which the payment had arrived."""
    for alert, tenancy, prefix, as_of in rent_accounts.raised_for_arrears(run):
        if rent_accounts.owed(prefix, as_of) <= 0:
            yield f"alert {alert} of {tenancy} was raised as of {as_of}, when nothing was owed"


def every_open_alert_has_owner_reason_and_next_step(run: Run, calm: Run) -> Broken:
    """Every open alert has an owner, a reason and a next step, and the timer of that step stands."""
    timers = run.tables["notifications"].timers
    for key, tenancy in _states(run, "notifications", "tenancy"):
        for episode in tenancy.alerts:
            care = episode.care
            if not (care.owner and episode.reasons and care.next):
                yield f"alert {episode.number} of {key.id} lacks owner, reason or next step: {care}"
            elif (key, f"care:{episode.number}:{care.serial}") not in timers:
                yield f"alert {episode.number} of {key.id} waits for {care.next.step}, and no timer does"


def no_alert_is_forgotten(run: Run, calm: Run) -> Broken:
    """Two weeks after an open alert was first told of, the leader or the fallback has been told that nobody took it."""
    now, parked = run.clock.now(), run.tables["notifications"].parked
    for key, tenancy in _states(run, "notifications", "tenancy"):
        for episode in tenancy.alerts:
            since = episode.care.told_at
            if episode.acknowledged_at or key.id in parked or episode.care.level < 2:
                continue
            if since is None or now - since < timedelta(days=14):
                continue
            told = {sent.step for sent in episode.care.sent if sent.at >= since or sent.step == "told"}
            if "told" not in told or not {"leader", "fallback"} & told:
                yield f"of alert {episode.number} of {key.id} was told {sorted(told)} since {since}, and then nothing"


def each_message_goes_once(run: Run, calm: Run) -> Broken:
    """No message goes twice by its Message-ID, but where the server's answer was lost; and each is of an alert."""
    tables = run.tables["notifications"]
    for key, times in run.mail.taken.items():
        if call := tables.calls.get(UUID(key)):  # what is gone went with whom it was about
            attempts = range(1, call["attempts"] + 1)
            lost = sum(uuid5(call["key"], f"unknown:{attempt}") in tables.inbox for attempt in attempts)
            if times > 1 + lost:
                yield f"the message {key} went {times} times, {lost} answers were lost"
    erased = _erased(run)
    raised = {data["alert_id"] for type, _, data in _events(run, "risks.v1") if type == "alert.raised"}
    for key, call in tables.calls.items():
        if call["state_key"] in erased:
            continue
        if call["destination"] == "mail" and json.loads(call["ref"])["alert"] not in raised:
            yield f"the message {key} is of no alert"


def no_message_is_lost(run: Run, calm: Run) -> Broken:
    """Each message that a step made stands as a call, and none is left unsent."""
    tables = run.tables["notifications"]
    for key, tenancy in _states(run, "notifications", "tenancy"):
        for mail in tenancy.mails:
            call = tables.calls.get(UUID(mail.key))
            if call is None:
                yield f"the message {mail.key} of {key.id}, step {mail.step}, was never made"
            elif call["status"] == "open" and key.id not in tables.parked:
                yield f"the message {mail.key} of {key.id}, step {mail.step}, was never sent"


# ledgers


def each_booked_line_is_there_once(run: Run, calm: Run) -> Broken:
    """Each line of an accepted file stands in its tenancy's account once, at intake and at notifications."""
    accepted = rent_accounts.accepted_lines(run)
    for key, tenancy in _states(run, "intake", "tenancy"):
        if tenancy.booked != len(accepted.get(key.id, ())):
            yield f"{key.id} has {tenancy.booked} lines booked of {len(accepted.get(key.id, ()))}"
    for key, tenancy in _states(run, "notifications", "tenancy"):
        known = rent_accounts.ids_of(tenancy)
        wanted = {line.id for line in accepted.get(key.id, ()) if not line.kind.startswith("tenancy.")}
        if Counter(known) != Counter(wanted):
            yield f"{key.id} lacks {len(wanted - set(known))} lines, and has {len(known) - len(set(known))} twice"


def a_file_is_over_after_its_lines(run: Run, calm: Run) -> Broken:
    """A tenancy hears that a file is over after all lines of that file, and not before."""
    lines = rent_accounts.lines_by_close(run)
    heard = defaultdict[str, set[str]](set)
    for type, subject, data in _events(run, "arrears.v1"):
        if type != "ledger.closed":
            heard[subject].add(data["line_id"])
        elif lacking := lines[subject, data["as_of"]] - heard[subject]:
            yield f"{subject} hears that the file of {data['as_of']} is over before {len(lacking)} lines of it"


# the way of events


def order_and_sequence_hold(run: Run, calm: Run) -> Broken:
    """What a writer tells of a key comes in order, numbered without a gap; what comes again is the same event."""
    newest = dict[tuple[str, str, str], int]()
    ids = dict[tuple[str, str, str, int], str]()
    for record in run.records():
        headers = {name: (value or b"").decode() for name, value in record.headers}
        of = headers["ce_source"], record.topic, headers["ce_subject"]
        sequence, id = int(headers["ce_sequence"]), headers["ce_id"]
        if ids.setdefault((*of, sequence), id) != id:
            yield f"two events of {of} have the number {sequence}"
        if sequence > newest.get(of, 0) + 1:
            yield f"{of} goes from {newest.get(of, 0)} to {sequence}"
        newest[of] = max(sequence, newest.get(of, 0))


def nothing_is_lost_on_the_way(run: Run, calm: Run) -> Broken:
    """Each event of a writer's outbox stands on Kafka, and is claimed in the inbox of each that reads its type."""
    erased = _erased(run)
    on_kafka = {dict(record.headers).get("ce_id") for record in run.records()}
    for writer in SERVICES:
        for row in run.tables[writer].outbox.values():
            id = str(row["event_id"])
            if row["key"] in erased:
                continue
            if id.encode() not in on_kafka:
                yield f"{writer}'s event {id} never came to Kafka"
            type = json.loads(row["headers"])["ce_type"].split(".", 2)[2].removesuffix(".v1")
            for reader in SERVICES:
                parts = run.parts[reader]
                if row["topic"] in parts.topics and type in parts.readers and not _claimed(run, reader, row):
                    yield f"{reader} never handled {type} {id} of {writer}"


def nothing_is_left_waiting(run: Run, calm: Run) -> Broken:
    """At rest nothing waits: no record, event, due timer or call, and no parked key but behind what people stopped."""
    for name in SERVICES:
        if not run.parts[name].at_rest(run.clock.now()):
            yield f"{name} is not at rest"
        for key in run.tables[name].parked:
            if not any(one.parking_key == key and one.reason for one in run.tables[name].letters.values()):
                yield f"{key} is parked at {name} and nobody can see why"
            yield f"{key} is still parked at {name}"


def nobody_stumbled(run: Run, calm: Run) -> Broken:
    """No handler failed in a way that nobody foresaw."""
    return [f"{name}: {error!r}" for name in SERVICES for error in run.parts[name].bugs()]


def the_same_question_gets_the_same_answer(run: Run, calm: Run) -> Broken:
    """A command that is sent again has no second effect and gets the first answer."""
    return [f"{name} was answered otherwise the second time" for name in run.changed_replies]


def intake_shows_what_was_decided(run: Run, calm: Run) -> Broken:
    """The status that intake shows of an application is what eligibility assessed and decided."""
    for key, case in _states(run, "eligibility", "case"):
        shown = run.state("intake", "application", key.id)
        known = case.assessment.overall if case.assessment else None, case.decision.outcome if case.decision else None
        if shown and (shown.assessment, shown.decision) != known:
            yield f"{key.id} shows {(shown.assessment, shown.decision)}, it is {known}"


# states


def another_interleaving_gives_the_same_states(run: Run, calm: Run) -> Broken:
    """The same input in another interleaving gives the same final states, but for acts that raced each other."""
    here, there = final_states.of(run), final_states.of(calm)
    for key in sorted(here.keys() | there.keys()):
        if here.get(key) != there.get(key):
            yield f"{' '.join(key)} differs: {final_states.difference(there.get(key), here.get(key))}"


def a_state_is_read_back_as_it_was_written(run: Run, calm: Run) -> Broken:
    """Every state survives its way to the database and back, and its rows for pages can be made."""
    for name, each in DECLARED.items():
        for key, row in run.tables[name].states.items():
            if row.state is None:
                continue
            adapter = _adapter(each.kinds[key.kind])
            if adapter.validate_json(adapter.dump_json(row.state)) != row.state:
                yield f"{name}'s {key.kind} {key.id} is read back as another"
            each.project(key, row.kommunenummer, row.state)


INVARIANTS: Mapping[str, Invariant] = {
    name: found
    for name, found in globals().copy().items()
    if callable(found) and getattr(found, "__module__", "") == __name__ and not name.startswith("_")
}


def _states(run: Run, service: str, kind: str) -> Iterator[tuple[Key, Any]]:
    for key, row in run.tables[service].states.items():
        if key.kind == kind and row.state is not None:
            yield key, row.state


def _posts(run: Run) -> Iterator[Post]:
    """What left us for NAV, each way in its order."""
    for partner in run.partners:
        yield from partner.posts


def _erased(run: Run) -> set[str]:
    """The keys of which nothing is kept."""
    found = set()
    for each in run.world.applications:
        if acts.erasing(each.tag) in run.replies:
            found |= {acts.application(run, each.tag) or "", acts.person(each.tag, each.kommunenummer)}
    for account, contract in _erased_tenants(run):
        at = account.kommunenummer
        found |= {acts.tenancy(at, contract), acts.person(contract, at)}
    return found


def _erased_tenants(run: Run) -> Iterator[tuple[Account, str]]:
    for account in run.world.accounts:
        for contract in account.erased:
            if acts.erasing_tenant(contract) in run.replies:
                yield account, contract


def _withdrawn(case: Any) -> bool:
    return getattr(case, "withdrawn_on", None) is not None


def _events(run: Run, topic: str) -> Iterator[tuple[str, str, Any]]:
    """Type, subject and data of what stands on a topic, each once."""
    seen = set()
    for record in run.records():
        headers = {name: (value or b"").decode() for name, value in record.headers}
        if record.topic == topic and headers["ce_id"] not in seen:
            seen.add(headers["ce_id"])
            type = headers["ce_type"].split(".", 2)[2].removesuffix(".v1")
            yield type, headers["ce_subject"], json.loads(record.value or b"null")


def _claimed(run: Run, reader: str, row: Mapping[str, Any]) -> bool:
    return row["event_id"] in run.tables[reader].inbox


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
