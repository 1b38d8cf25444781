"""A municipality with people: a caseworker per area, a substitute, a leader; and an alert of each level."""

from datetime import date
from typing import Any

from chassis.outputs import Call, Event, Tell
from notifications import messages as m
from notifications.domain.staff import Absence, Member, Register
from notifications.domain.tenancy import alert_id
from tests.unit.notifications.given import TENANCY, Story, closed, invoice, notice, requested

ALERT = alert_id(TENANCY, 1)
KARI = Member("kari", "Kari Prøve", "kari@kommune.example", ("boligansvarlig",), "nord", "ola")
OLA = Member("ola", "Ola Prøve", "ola@kommune.example", ("boligansvarlig",), "sør", "kari")
LISE = Member("lise", "Lise Prøve", "lise@kommune.example", ("leder",))
REGISTER = Register((KARI, OLA, LISE), "felles@kommune.example", "drift@kommune.example", 1)


def away(member: Member, first: str, last: str) -> Member:
    absence = Absence(date.fromisoformat(first), date.fromisoformat(last))
    return Member(member.subject, member.name, member.mail, member.roles, member.area, member.substitute, (absence,))


def early(at: str, register: Register | None = REGISTER) -> Story:
    """Kari's, raised at that time in Oslo. 2019-05-02 is a Thursday."""
    story = Story(register=register).at(at)
    story.tell(m.TenancyAssigned(caseworker="kari", area="nord"))
    return story.tell(invoice("a", "2019-04-15"), closed("2019-04-24"))


def serious(at: str, register: Register | None = REGISTER) -> Story:
    return (
        Story(register=register)
        .at(at)
        .tell(
            m.TenancyAssigned(caseworker="kari", area="nord"),
            invoice("a", "2019-04-15"),
            notice("2019-04-24", "2019-05-24"),
        )
    )


def acute(at: str, register: Register | None = REGISTER) -> Story:
    return (
        Story(register=register)
        .at(at)
        .tell(m.TenancyAssigned(caseworker="kari", area="nord"), invoice("a", "2019-04-15"), requested("2019-04-24"))
    )


def receivers(story: Story) -> list[tuple[str, str]]:
    """Step and receiver of every message of its own, in order."""
    return [(str(call.ref["step"]), str(call.ref["to"])) for call in story.calls if call.destination == "mail"]


def in_digests(story: Story) -> list[tuple[str, str]]:
    told = [each.message for each in story.outputs if isinstance(each, Tell)]
    return [(line.what, line.to) for line in told if isinstance(line, m.AddToDigest)]


def events(story: Story, kind: type) -> list[Any]:
    return [each.data for each in story.outputs if isinstance(each, Event) and isinstance(each.data, kind)]


def calls(story: Story) -> list[Call]:
    return [call for call in story.calls if call.destination == "mail"]


def on_alert(story: Story, command: type[Any], by: str = "kari", **more: Any) -> Any:
    return command(alert_id=ALERT, version=story.alert.version, by=by, **more)
