"""Commands as the services' doors make them, each from a world that it may fit. None: it fits nothing there."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from chassis.outputs import OSLO, Key
from eligibility.messages import FetchFacts, RecordDecision
from intake.domain.applications import Facts
from intake.messages import (
    EnterSteps,
    ErasePerson,
    KeepChunk,
    PlacePayment,
    RegisterApplication,
    RegisterPerson,
    RepairLine,
    StrikeLine,
    WithdrawApplication,
)
from intake.translation.steps import AGREED, Entry, lines_of
from nav_bridge.domain import OUTCOMES, REASONS
from nav_bridge.messages import HandleDelivery, TakeStanding
from notifications.domain.municipality import Municipality, municipality_id
from notifications.domain.staff import register_id
from notifications.domain.tenancy import alert_id
from notifications.messages import (
    AcknowledgeAlert,
    ActivateThresholds,
    AssignAlert,
    Assignment,
    AssignTenancies,
    AssignTenancy,
    Away,
    NoteContact,
    NoteRehearsal,
    RehearsedAlert,
    RehearseThresholds,
    RequestNavNotice,
    ResolveAlert,
    SnoozeAlert,
    StaffMember,
    StoreStaff,
    Threshold,
)
from tests.contract.world import World
from tests.ledger_files import Received, received

Command = Callable[[World, Sequence[str]], tuple[str, Any] | None]

LEDGERS = UUID("6f1a3c9e-0000-4000-8000-00000000feed")
HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
LEDGER = """\
A;tenancy.started;1;2018-03-01;K1;1234567897;750000;;2021-02-28;
A;tenancy.changed;1;2019-01-01;K1;;765000;;;
A;invoice.issued;1;2018-12-15;K1;1234567897;765000;2019-01-02;;
A;invoice.issued;2;2019-01-15;K1;;765000;2019-02-01;;
A;invoice.adjusted;1;2019-01-20;K1;;700000;;;2
A;invoice.credited;1;2019-01-25;K1;;50000;;;1
A;payment.registered;1;2019-01-02;K1;1234567897;765000;;;
A;payment.reversed;1;2019-01-03;K1;;;;;1
A;payment.registered;2;2019-02-03;;26;765000;;;
A;payment.registered;1;2019-01-04;K1;;1;;;
A;eviction_notice.sent;1;2019-02-18;K1;;765000;;2019-03-04;
A;nav_notice.reserved;1;2019-02-19;K1;;;;;
A;nav_notice.reservation_lifted;1;2019-02-25;K1;;;;;
A;enforcement.requested;1;2019-03-05;K1;;;;;
A;enforcement.scheduled;1;2019-03-25;K1;;;;2019-04-23;
A;enforcement.lifted;1;2019-04-15;K1;;;;;
A;enforcement.executed;1;2019-04-23;K1;;;;;
A;payment.held;1;2019-04-24;K1;;765000;;;
A;payment.released;1;2019-04-25;K1;;;;;1
A;direct_debit.ended;1;2019-04-26;K1;;;;;
A;direct_debit.failed;1;2019-04-26;K1;;;;;
A;reminder.sent;1;2019-04-27;K1;;;;2019-05-11;
A;payment_plan.agreed;1;2019-04-28;K1;;300000;2019-05-05;;
A;payment_plan.agreed;2;2019-04-28;K1;;300000;2019-06-05;;1
A;payment_plan.changed;1;2019-05-06;K1;;500000;2019-05-20;;1
A;payment_plan.ended;1;2019-05-21;K1;;;;;1
A;bostotte_transport.started;1;2019-05-01;K1;;;;;
A;bostotte_transport.ended;1;2019-05-20;K1;;;;;
A;dispute.opened;1;2019-05-02;K1;;;;;
A;dispute.closed;1;2019-05-22;K1;;;;;
A;tenancy.renewed;1;2019-05-22;K1;;;;2024-02-29;
A;tenancy.ended;1;2019-05-31;K1;;;;;
"""


def ledger(world: World) -> bytes:
    """A file with a line of every kind, and its end."""
    lines = LEDGER.splitlines()
    total = sum(int(line.split(";")[6] or 0) for line in lines)
    return "\n".join([HEADER, *lines, f"A;ledger.closed;{len(lines)};2019-05-31;;;{total};;;"]).encode()


def tenancy(contract: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"tenancy {contract}"))


def a_register(world: World) -> bytes:
    """Of a tenancy that the ledger has, and one that it hasn't, with another rent, lease and dwelling each time."""
    rents = [world.chance.randrange(700_000, 900_000) for _ in range(2)]
    until, home = world.chance.choice(["2019-12-31", "2022-12-31", ""]), world.chance.choice(["B-1", "B-2"])
    header = "account;tenancy;kid;rent_ore;start;end;dwelling;lease_start;lease_end;rent_from"
    rows = [
        f"A;K1;1234567897;{rents[0]};2018-03-01;;{home};;{until};2019-01-01",
        f"A;K2;26;{rents[1]};2018-03-01;{world.chance.choice(['', '2019-04-30'])};{home};;{until};",
    ]
    return "\n".join([header, *rows, ""]).encode()


def a_ledger(world: World, subjects: Sequence[str]) -> Received:
    """The same file again now and then; of registers each is another."""
    raw, id = ledger(world), f"import of {subjects[0]}"
    if world.chance.random() < 0.4:
        raw, id = a_register(world), f"register {world.given}"
    return received(raw, world.kommunenummer, tenancy, partial(_public, world), import_id=id)


def _public(world: World, tenancy: str) -> str:
    return str(uuid5(LEDGERS, f"{world.kommunenummer} {tenancy}"))


def accept_import(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    """Its only part waits before the file is whole, and mostly not for so long that it would be dropped."""
    found = a_ledger(world, subjects)
    part = f"{found.upload}:0"
    world.give(part, KeepChunk(chunk=found.chunks[0]))
    if world.chance.random() < 0.9:
        world.timers.pop((Key("import_chunk", part), "abandoned"), None)
    return found.chunks[0].import_id, found.command


def settle(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    """Something of what waits for a person."""
    return world.chance.choice([repair_line, strike_line, place_payment, enter_steps])(world, subjects)


def strike_line(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    bad = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "bad_line" and s and s.status == "open"]
    return (bad[0][0], StrikeLine(version=bad[0][1].version, by="0d9e8f7a-sub")) if bad else None


def repair_line(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    """The twice used reference of the ledger's last line, made its own."""
    bad = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "bad_line" and s and s.status == "open"]
    if not bad:
        return None
    lines = ["A;payment.registered;3;2019-01-04;K1;;1;;;"]
    raw = "\n".join([HEADER, *lines, "A;ledger.closed;1;2019-05-31;;;1;;;"]).encode()
    (line,) = received(raw, world.kommunenummer, tenancy, str).lines
    return bad[0][0], RepairLine(line=line, public_ids={}, version=bad[0][1].version, by="0d9e8f7a-sub")


def enter_steps(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    """A tenancy that is known, or not; one plan, the same each time."""
    entry = Entry(AGREED, "hand", {"date": "2019-05-02"}, [("100000", "2019-06-01"), ("100000", "2019-07-01")])
    lines, _ = lines_of(entry, world.kommunenummer, "A", tenancy("K1"))
    whose = world.chance.choice([tenancy("K1"), tenancy("K9")])
    return whose, EnterSteps(lines=tuple(lines), version=world.chance.choice([None, 0, 3]), by="0d9e8f7a-sub")


def place_payment(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    held = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "suspense" and s and s.status == "open"]
    if not held:
        return None
    whose = world.chance.choice([None, tenancy("K1")])
    return held[0][0], PlacePayment(tenancy=whose, version=held[0][1].version, by="0d9e8f7a-sub")


def register_person(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    moves_in = world.chance.choice([(), (tenancy("K1"),)])
    return world.chance.choice(subjects), RegisterPerson(sealed="c2VhbGVk", protected=None, tenancies=moves_in)


def register_application(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    kind, dwelling = world.chance.choice([("kommunal_bolig", "gjennomgangsbolig"), ("startlan", None)])
    return world.chance.choice(subjects), RegisterApplication(
        public_id=str(uuid5(NAMESPACE_OID, f"public {world.given}")),
        sealed="c2VhbGVk",
        protected=False,
        facts=Facts(application_type=kind, received_on=date(2019, 5, 2), dwelling_type=dwelling),
    )


def withdraw_application(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    registered = [key.id for key, state in sorted(world.states.items()) if state and key.kind == "application"]
    return (world.chance.choice(registered), WithdrawApplication()) if registered else None


def erase_person(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    """Now and then, after so many years that no duty to keep stands, with every case in the archive."""
    if world.chance.random() < 0.7:
        return None
    persons = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "person" and s]
    known = [id for id, s in persons if s.applications] + [id for id, s in persons if s.tenancies]
    world.now = max(world.now, datetime(2031, 1, 2, 9, 0, tzinfo=OSLO))
    cases = (state.case_number for key, state in world.states.items() if key.kind == "application" and state)
    return world.chance.choice(known or subjects), ErasePerson(archived=tuple(cases), by="0d9e8f7a-sub")


def record_decision(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    outcome = world.chance.choice(["granted", "refused", "dismissed"])
    roles = ("boligutvalg", "vedtakskontor")
    return world.chance.choice(subjects), RecordDecision(outcome=outcome, decided_by="5c3a8e0e-sub", roles=roles)


def fetch_facts(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    return world.chance.choice(subjects), FetchFacts()


CASEWORKER, LEADER = "a4b7c1d2-sub", "e9f0a1b2-sub"


def acknowledge_alert(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    return _on_an_alert(world, AcknowledgeAlert)


def assign_alert(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    return _on_an_alert(world, AssignAlert, to=world.chance.choice([CASEWORKER, LEADER, "fallback", "gone-sub"]))


def note_contact(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    return _on_an_alert(world, NoteContact, code=world.chance.choice(["contact", "plan", "nav", "bostotte"]))


def snooze_alert(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    today = world.now.astimezone(OSLO).date()
    until, promised = today + timedelta(days=world.chance.choice([1, 2, 20])), today + timedelta(days=1)
    reason = world.chance.choice(["promise", "dispute"])
    return _on_an_alert(world, SnoozeAlert, reason=reason, until_on=until, promised_on=promised)


def resolve_alert(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    if world.chance.random() < 0.5:
        return None
    return _on_an_alert(world, ResolveAlert, because=world.chance.choice(["not_relevant", "settled_otherwise"]))


def _on_an_alert(world: World, command: type[Any], **more: Any) -> tuple[str, Any] | None:
    tenancies = [(key.id, state) for key, state in sorted(world.states.items()) if key.kind == "tenancy" and state]
    opened = [(id, state.open) for id, state in tenancies if state.open]
    if not opened:
        return None
    subject, episode = world.chance.choice(opened)
    alert = alert_id(subject, episode.number)
    return subject, command(alert_id=alert, version=episode.version, by=CASEWORKER, **more)


def store_staff(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    """A register of two, one of them away now and then; or of nobody."""
    id = register_id(world.kommunenummer)
    found = world.states.get(Key("staff", id))
    today = world.now.astimezone(OSLO).date()
    away = (Away(first=today, last=today + timedelta(days=10)),) if world.chance.random() < 0.4 else ()
    members = (
        StaffMember(
            subject=CASEWORKER,
            name="Prøve",
            mail="en@kommune.example",
            roles=("boligansvarlig",),
            area="nord",
            substitute=LEADER,
            absences=away,
        ),
        StaffMember(subject=LEADER, name="Prøve", mail="to@kommune.example", roles=("leder",)),
    )
    version = found.version if found else 0
    return id, StoreStaff(version=version, members=members if world.chance.random() < 0.8 else ())


def assign_tenancies(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    given = [Assignment(tenancy=id, caseworker=world.chance.choice(["", CASEWORKER]), area="nord") for id in subjects]
    return register_id(world.kommunenummer), AssignTenancies(assignments=tuple(given))


def assign_tenancy(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    tenancies = [(key.id, state) for key, state in sorted(world.states.items()) if key.kind == "tenancy" and state]
    if not tenancies:
        return None
    subject, state = world.chance.choice(tenancies)
    was = {"was_caseworker": state.caseworker, "was_area": state.area}
    return subject, AssignTenancy(caseworker=world.chance.choice(["", CASEWORKER]), area="sør", **was)


def _home(world: World) -> tuple[str, Municipality]:
    id = municipality_id(world.kommunenummer)
    return id, world.states.get(Key("municipality", id)) or Municipality()


def rehearse_thresholds(world: World, subjects: Sequence[str]) -> tuple[str, Any]:
    id, home = _home(world)
    days = Threshold(name="e1_days", value=world.chance.randrange(2, 12))
    return id, RehearseThresholds(numbers=(days,), total=2, version=home.version, by="sub")


def note_rehearsal(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    id, home = _home(world)
    if home.rehearsal is None:
        return None
    days = {"before": 0, "after": 737000, "peak_before": 0, "peak_after": 2}
    found = (RehearsedAlert(tenancy=subjects[0], what="appears", **days),)
    done = home.rehearsal.done + 1
    return id, NoteRehearsal(rehearsal=home.rehearsal.number, done=done, before=0, after=1, found=found)


def activate_thresholds(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    id, home = _home(world)
    if home.rehearsal is None:
        return None
    first = date(2030, 1, 1)
    return id, ActivateThresholds(rehearsal=home.rehearsal.number, active_from=first, version=home.version, by="sub")


def request_nav_notice(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    command = acknowledge_alert(world, subjects)
    return command and (command[0], RequestNavNotice.model_validate(command[1].model_dump()))


def handle_delivery(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    """A person takes a delivery in hand as it stands."""
    cases = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "delivery" and s and s.deliveries]
    if not cases:
        return None
    case, state = world.chance.choice(cases)
    delivery, act = world.chance.choice(state.deliveries), world.chance.choice(sorted(REASONS))
    named = {"referral_id": delivery.referral_id, "revision": delivery.revision}
    reason = world.chance.choice(REASONS[act])
    entered = {"outcome": world.chance.choice(OUTCOMES[delivery.matter])} if act == "outcome" else {}
    return case, HandleDelivery(**named, **entered, act=act, reason=reason, seen=delivery.seen, by="0d9e8f7a-sub")


def take_standing(world: World, subjects: Sequence[str]) -> tuple[str, Any] | None:
    """NAV tells of a delivery, in whatever order; now and then of one that isn't there, or in a word of its own."""
    cases = [(k.id, s) for k, s in sorted(world.states.items()) if k.kind == "delivery" and s and s.deliveries]
    if not cases:
        return None
    case, state = world.chance.choice(cases)
    delivery, number = world.chance.choice(state.deliveries), world.chance.randrange(1, 5)
    revision = world.chance.choice([delivery.revision] * 9 + [999])
    received_at = world.chance.choice([None, world.now])
    outcome = world.chance.choice([None, "contacted", "application_sent", "granted", "withdrawn"])
    code = world.chance.choice([None] * 9 + ["outcome_unknown"])
    named = {"referral_id": delivery.referral_id, "revision": revision, "number": number}
    return case, TakeStanding(**named, received_at=received_at, outcome=outcome, code=code)


COMMANDS: Mapping[str, Sequence[Command]] = {
    "intake": (
        accept_import,
        settle,
        register_person,
        register_application,
        withdraw_application,
        erase_person,
    ),
    "eligibility": (record_decision, fetch_facts),
    "nav-bridge": (handle_delivery, take_standing),
    "notifications": (
        acknowledge_alert,
        assign_alert,
        note_contact,
        snooze_alert,
        resolve_alert,
        store_staff,
        assign_tenancies,
        assign_tenancy,
        request_nav_notice,
        rehearse_thresholds,
        note_rehearsal,
        activate_thresholds,
    ),
}
