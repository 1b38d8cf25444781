"""A person is erased: their tenancies and cases go, whatever waits there, and who was erased is remembered."""

from dataclasses import replace

from chassis.outputs import Context, Decision, Erase, Event, Key, Message, Tell
from notifications.domain.care import wordless
from notifications.domain.erasure import Erasure
from notifications.domain.tenancy import Tenancy
from notifications.messages import EraseTenancy, ErasureCompleted, LeaveTenancy, TenancyErased


def person_erased(_: Erasure | None, message: Message, context: Context) -> Decision:
    """Intake knows all tenancies of a person, also those that this service has yet to hear of.

    Their applications go, too: what NAV answers of them comes on the same topic, and may be parked here unread.
    """
    person, shared = message.subject, message.data.shared_tenancies
    alone = (*message.data.tenancies, *message.data.applications)
    erasure = Erasure(tuple(dict.fromkeys((*alone, *shared))))
    told = [Tell(Key("tenancy", each), EraseTenancy(person=person)) for each in alone]
    told += [Tell(Key("tenancy", each), LeaveTenancy(person=person)) for each in shared]
    return erasure, [Erase(), *told, *_completed(erasure, person)]


def erase_tenancy(_: Tenancy | None, message: Message, context: Context) -> Decision:
    return None, [Erase(), _told_back(message)]


def leave_tenancy(tenancy: Tenancy | None, message: Message, context: Context) -> Decision:
    """The others stay, and so does their ledger; no sentence does, as it may be of the one who leaves."""
    if tenancy is None:
        return None, [_told_back(message)]
    others = tuple(tenant for tenant in tenancy.tenants if tenant != message.data.person)
    episodes = tuple(replace(each, care=wordless(each.care)) for each in tenancy.episodes)
    return replace(tenancy, tenants=others, episodes=episodes), [_told_back(message)]


def tenancy_erased(erasure: Erasure | None, message: Message, context: Context) -> Decision:
    left = (erasure or Erasure()).without(message.data.tenancy)
    return left, _completed(left, message.subject)


def _told_back(message: Message) -> Tell:
    return Tell(Key("person", message.data.person), TenancyErased(tenancy=message.subject))


def _completed(erasure: Erasure, person: str) -> list[Event]:
    return [] if erasure.waiting else [Event(person, ErasureCompleted())]
