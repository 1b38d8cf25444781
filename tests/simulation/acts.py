"""What people do at the services' doors: each act is ready or not, and its door makes a command of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from chassis.outputs import Message
from eligibility.messages import FetchFacts, RecordDecision
from intake.domain.applications import Facts, Household, LegalBasis
from intake.domain.people import Identity
from intake.messages import ErasePerson, KeepChunk, RegisterApplication, RegisterPerson, WithdrawApplication
from nav_bridge.messages import HandleDelivery
from notifications.domain.rules import WATCH
from notifications.domain.staff import register_id
from notifications.domain.tenancy import alert_id
from notifications.messages import AcknowledgeAlert, NoteContact, RequestNavNotice, SnoozeAlert, StaffMember, StoreStaff
from tests.ledger_files import Received, received
from tests.simulation import letters
from tests.simulation.doors import VAULT
from tests.simulation.partners import NOTIFIED
from tests.simulation.world import Account, Applying, Script, World

if TYPE_CHECKING:
    from tests.simulation.run import Run

CASEWORKER = "a4b7c1d2-sub"
STAFF = (
    StaffMember(subject=CASEWORKER, name="Prøve", mail="en@kommune.example", roles=("boligansvarlig",)),
    StaffMember(subject="e9f0a1b2-sub", name="Prøve", mail="to@kommune.example", roles=("leder",)),
)
Command = tuple[str, Any]
YEARS = timedelta(days=13 * 366)


@dataclass(frozen=True, slots=True)
class Act:
    """`make`: subject and body; None where the door refuses before any handler is asked. `ready`: not before that."""

    name: str
    service: str
    kommunenummer: str
    make: Callable[["Run"], Command | None]
    ready: Callable[["Run"], bool] = lambda _: True


Lane = tuple[Act, ...]


def lanes_of(world: World) -> tuple[Lane, ...]:
    """Acts of one lane come one after the other; lanes know nothing of each other."""
    out = world.left_out
    lanes = [() if each.tag in out else _applicant(each) for each in world.applications]
    lanes += [() if each.tag in out or not each.withdraws else _withdrawing(each) for each in world.applications]
    lanes += [() if each.tag in out or not each.erased else _erasing(each) for each in world.applications]
    written = world.by_letter.municipalities
    by_letter = [each for each in world.applications if each.kommunenummer in written]
    lanes += [() if each.tag in out else _hearing(each) for each in by_letter]
    for account in world.accounts:
        here = account.name not in out
        lanes += [_accountant(account), _movers(account)] if here else [(), ()]
        lanes += [_acknowledging(account, each) if here and world.acknowledges else () for each in account.tenants]
        lanes += [_erasing_tenant(account, each) if here else () for each in account.erased]
        lanes += [_notifying(account, each) if here and world.notifies else () for each in account.tenants]
        heard = here and world.notifies and account.kommunenummer in written
        lanes += [_hearing_of_notices(account, each) if heard else () for each in account.tenants]
        lanes.append(_staffing(account) if here and world.staffed else ())
    return tuple(lanes)


def person(tag: str, kommunenummer: str) -> str:
    return VAULT.opaque("person", kommunenummer, tag)


def tenancy(kommunenummer: str, contract: str) -> str:
    return VAULT.opaque("tenancy", kommunenummer, contract)


def application(run: "Run", tag: str) -> str | None:
    """The id of the application of that tag, once it is registered."""
    reply = run.replies.get(f"register application {tag}")
    return str(reply["application"]) if reply else None


def _sealed(who: str, name: str) -> str:
    return VAULT.seal(who, Identity("01817012345", name))


# applications


def _applicant(each: Applying) -> Lane:
    name, at = each.tag, each.kommunenummer
    lane = [Act(f"register application {name}", "intake", at, lambda _: _register(each))]
    if each.application_type == "kommunal_bolig":
        lane.append(Act(f"decide on {name}", "eligibility", at, partial(_decide, name), partial(_to_decide, name)))
    for number in range(len(each.script.refusals)):
        again = partial(_again, name, number + 1)
        lane.append(Act(f"fetch facts of {name} anew ({number + 1})", "eligibility", at, partial(_fetch, name), again))
    return tuple(lane)


def _register(each: Applying) -> Command:
    who = person(each.tag, each.kommunenummer)
    kind = each.legal_basis
    facts = Facts(
        application_type=each.application_type,  # type: ignore[arg-type]
        received_on=date(2019, 5, 2),
        dwelling_type=each.dwelling_type,  # type: ignore[arg-type]
        age_on_received=35,
        answers=dict(each.answers),  # type: ignore[arg-type]
        household=Household(1, 1),
        legal_basis=LegalBasis(kind) if kind else None,  # type: ignore[arg-type]
        purpose="KJØP_STARTLÅN",
        language=each.tag,
    )
    public = VAULT.opaque("public application", each.kommunenummer, each.tag)
    sealed = _sealed(who, each.tag)
    return who, RegisterApplication(public_id=public, sealed=sealed, protected=each.protected, facts=facts)


def _case(run: "Run", tag: str) -> Any:
    id = application(run, tag)
    return run.state("eligibility", "case", id) if id else None


def _to_decide(tag: str, run: "Run") -> bool:
    case = _case(run, tag)
    return bool(case and case.door == "answered")


def _decide(tag: str, run: "Run") -> Command:
    roles = ("boligutvalg", "vedtakskontor")
    return application(run, tag) or "", RecordDecision(outcome="granted", decided_by="5c3a8e0e-sub", roles=roles)


def _again(tag: str, revision: int, run: "Run") -> bool:
    """The caseworker sees that NAV rejected this revision."""
    case = _case(run, tag)
    found = case.referral if case else None
    return bool(found and (found.status, found.revision) == ("rejected", revision))


def _fetch(tag: str, run: "Run") -> Command:
    return application(run, tag) or "", FetchFacts()


def _withdrawing(each: Applying) -> Lane:
    """Whenever the applicant likes, once it is registered; or once a request for NAV was given up, or all is over."""
    name, at = each.tag, each.kommunenummer
    ready = partial(_given_up, name) if each.hesitates else lambda run: application(run, name) is not None

    def make(run: "Run") -> Command:
        return application(run, name) or "", WithdrawApplication()

    return (Act(f"withdraw application {name}", "intake", at, make, ready),)


def _given_up(tag: str, run: "Run") -> bool:
    """It was handed in without an answer and may get there yet, or nothing of it is on its way."""
    case = run.state("nav-bridge", "delivery", application(run, tag) or "")
    deliveries = case.deliveries if case else ()
    late = {key for partner in run.partners for key, *_ in partner.late}
    return any(str(each.call_key) in late or each.status not in {"requested", "sending"} for each in deliveries)


def _hearing(each: Applying) -> Lane:
    """NAV answers the caseworker's letter, and not by machine."""
    heard = partial(_heard, each.script, lambda run: application(run, each.tag))
    return (_entering(f"enter what NAV wrote of {each.tag}", each.kommunenummer, heard),)


def _entering(name: str, kommunenummer: str, heard: Callable[["Run"], Command | None]) -> Act:
    return Act(name, "nav-bridge", kommunenummer, heard, lambda run: heard(run) is not None)


def _heard(script: Script, of: Callable[["Run"], str | None], run: "Run") -> Command | None:
    """The outcome of the oldest letter of a case that NAV has answered."""
    id = of(run) or ""
    case = run.state("nav-bridge", "delivery", id)
    for delivery in case.deliveries if case else ():
        if outcome := letters.answer(script, delivery):
            told = {"reason": "nav_wrote", "outcome": outcome, "seen": delivery.seen, "by": CASEWORKER}
            return id, HandleDelivery(
                referral_id=delivery.referral_id, revision=delivery.revision, act="outcome", **told
            )
    return None


def _erasing(each: Applying) -> Lane:
    """Years after the case was closed, when no duty to keep stands any longer."""
    name, at = each.tag, each.kommunenummer

    def make(run: "Run") -> Command:
        run.clock.passes(YEARS.total_seconds())
        case = run.state("intake", "application", application(run, name) or "")
        return person(name, at), ErasePerson(archived=(case.case_number,), by="0d9e8f7a-sub")

    def closed(run: "Run") -> bool:
        id = application(run, name)
        case = run.state("intake", "application", id) if id else None
        return bool(case and case.closed_on)

    return (Act(erasing(name), "intake", at, make, closed),)


def erased(run: "Run") -> set[str]:
    """The ids of the cases and homes of those whom intake has agreed to erase."""
    applied = [application(run, each.tag) for each in run.world.applications if erasing(each.tag) in run.replies]
    homes = [
        tenancy(account.kommunenummer, contract)
        for account in run.world.accounts
        for contract in account.erased
        if erasing_tenant(contract) in run.replies
    ]
    return {*filter(None, applied), *homes}


def erasing(tag: str) -> str:
    return f"erase the applicant of {tag}"


# ledgers


def _accountant(account: Account) -> Lane:
    return tuple(
        Act(f"file {n + 1} of account {account.name}", "intake", account.kommunenummer, partial(_import, account, n))
        for n in range(len(account.files))
    )


@lru_cache(maxsize=64)  # both plays of a seed and its invariants read the same files
def read(account: Account, number: int) -> Received:
    at = account.kommunenummer
    id = VAULT.opaque("import", at, account.name, str(number))
    public = partial(VAULT.opaque, "public tenancy", at)
    found = received(account.files[number].encode(), at, partial(tenancy, at), public, import_id=id)
    assert not found.bad, (account.files[number], found.faults)
    return found


def _import(account: Account, number: int, run: "Run") -> Command:
    """As `POST /ledger/imports`: kept in parts, here one, and accepted in the same breath."""
    found = read(account, number)
    (chunk,) = found.chunks
    id, body, at = uuid5(NAMESPACE_URL, found.upload), KeepChunk(chunk=chunk), run.clock.now()
    part = Message(id, body.type, f"{found.upload}:0", account.kommunenummer, at, body, str(id))
    run.parts["intake"].store.command(part, dies=False)
    return chunk.import_id, found.command


def _movers(account: Account) -> Lane:
    return tuple(
        Act(
            f"register the tenant of {contract}", "intake", account.kommunenummer, partial(_moves_in, account, contract)
        )
        for contract in account.tenants
    )


def _moves_in(account: Account, contract: str, _: "Run") -> Command:
    who = person(contract, account.kommunenummer)
    home = tenancy(account.kommunenummer, contract)
    return who, RegisterPerson(sealed=_sealed(who, contract), protected=False, tenancies=(home,))


def _erasing_tenant(account: Account, contract: str) -> Lane:
    """Years after the tenancy ended, when the books need not be kept any longer."""
    last, home = f"file {len(account.files)} of account {account.name}", tenancy(account.kommunenummer, contract)

    def make(run: "Run") -> Command:
        run.clock.passes(YEARS.total_seconds())
        return person(contract, account.kommunenummer), ErasePerson(archived=(), by="0d9e8f7a-sub")

    def ended(run: "Run") -> bool:
        state = run.state("intake", "tenancy", home)
        moved_in = f"register the tenant of {contract}" in run.replies
        return bool(moved_in and last in run.replies and state and state.standing == "ended")

    return (Act(erasing_tenant(contract), "intake", account.kommunenummer, make, ended),)


def erasing_tenant(contract: str) -> str:
    return f"erase the tenant of {contract}"


def _notifying(account: Account, contract: str) -> Lane:
    """NAV is told whenever a caseworker likes while the alert stands, and once more."""
    id = tenancy(account.kommunenummer, contract)

    def seen(run: "Run") -> bool:
        state = run.state("notifications", "tenancy", id)
        return bool(state and state.open)

    def make(run: "Run") -> Command:
        episode = run.state("notifications", "tenancy", id).open
        alert = alert_id(id, episode.number)
        return id, RequestNavNotice(alert_id=alert, version=episode.version, by="a4b7c1d2-sub")

    at = account.kommunenummer
    return tuple(Act(f"notify NAV of {contract} ({n})", "notifications", at, make, seen) for n in (1, 2))


def _hearing_of_notices(account: Account, contract: str) -> Lane:
    id, at = tenancy(account.kommunenummer, contract), account.kommunenummer
    heard = partial(_heard, NOTIFIED, lambda _: id)
    return tuple(_entering(f"enter what NAV wrote of the notice of {contract} ({n})", at, heard) for n in (1, 2))


def _acknowledging(account: Account, contract: str) -> Lane:
    id = tenancy(account.kommunenummer, contract)

    def seen(run: "Run") -> bool:
        state = run.state("notifications", "tenancy", id)
        return bool(state and state.open and state.open.level > WATCH)

    def make(run: "Run") -> Command:
        episode = run.state("notifications", "tenancy", id).open
        alert = alert_id(id, episode.number)
        return id, AcknowledgeAlert(alert_id=alert, version=episode.version, by=CASEWORKER)

    def acting(act: str, body: Callable[..., Any], **more: Any) -> Act:
        def on_alert(run: "Run") -> Command:
            episode = run.state("notifications", "tenancy", id).open
            today = run.clock.now().date()
            given = {name: value(today) if callable(value) else value for name, value in more.items()}
            return id, body(alert_id=alert_id(id, episode.number), version=episode.version, by=CASEWORKER, **given)

        return Act(f"{act} {contract}", "notifications", account.kommunenummer, on_alert, seen)

    lane = [Act(f"acknowledge the alert of {contract}", "notifications", account.kommunenummer, make, seen)]
    lane.append(acting("note what was done about", NoteContact, code="contact"))
    if contract.endswith("-1"):
        tomorrow = timedelta(days=1)
        until = {"until_on": lambda today: today + tomorrow, "promised_on": lambda today: today}
        lane.append(acting("snooze the alert of", SnoozeAlert, reason="promise", **until))
    return tuple(lane)


def _staffing(account: Account) -> Lane:
    """The leader keeps the staff register; whoever comes first from an account's municipality does."""

    def make(run: "Run") -> Command:
        id = register_id(account.kommunenummer)
        held = run.state("notifications", "staff", id)
        return id, StoreStaff(version=held.version if held else 0, members=STAFF)

    return (Act(f"store the staff, by {account.name}", "notifications", account.kommunenummer, make),)
