"""What the tests are given: answers that make a candidate, cases, and deciding on one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from chassis.outputs import OSLO, Answered, Key
from chassis.testing import Decided, decide
from eligibility.domain.assessment import Assessment, assess
from eligibility.domain.case import Case
from eligibility.domain.guideline import Guideline
from eligibility.handlers import HANDLERS
from eligibility.messages import ApplicationRegistered
from eligibility.translation.policy_files import policy

MIDTRE_GAULDAL, TYNSET = "5027", "3427"
APPLICATION = "11111111-1111-4111-8111-111111111111"
PUBLIC_ID = "22222222-2222-4222-8222-222222222222"
APPLICANT = "33333333-3333-4333-8333-333333333333"
RECEIVED = date(2019, 4, 1)
NOW = datetime(2019, 5, 2, 9, 0, tzinfo=OSLO)
KEY = Key("case", APPLICATION)

# One ground alone, and every requirement: the least that makes a candidate on the ordinary track.
CANDIDATE = {
    "SCOPE": "yes",
    "GEN-01": "yes",
    "GB-T1": "yes",
    "GB-01": "yes",
    "GB-02": "yes",
    "GB-03": "yes",
    "GB-04": "no",
    "GB-05": "no",
    "GB-06": "no",
    "GB-07": "yes",
    "GB-08": "yes",
    "GB-09": "yes",
    "GB-10": "yes",
    "GB-18": "no",
}


def the_guideline() -> Guideline:
    return policy().version("5027-gjennomgangsbolig-1")


def assessed(age: int | None = None, without: tuple[str, ...] = (), **answers: str) -> Assessment:
    """The candidate's answers, altered: `GB_03="no"` answers GB-03, `without` leaves questions unasked."""
    altered = CANDIDATE | {id.replace("_", "-"): answer for id, answer in answers.items()}
    given = {id: answer for id, answer in altered.items() if id not in without}
    return assess(the_guideline(), given, {"age_on_received": age}, RECEIVED)


def registered(application_type: str = "kommunal_bolig", dwelling_type: str | None = "gjennomgangsbolig", **other: Any):
    fields = {"public_id": PUBLIC_ID, "applicant": APPLICANT, "received_on": RECEIVED} | other
    return ApplicationRegistered(application_type=application_type, dwelling_type=dwelling_type, **fields)


def facts(**fields: Any) -> dict[str, Any]:
    """What intake's door tells of a candidate aged 30, as JSON."""
    return {
        "application_type": "kommunal_bolig",
        "received_on": RECEIVED.isoformat(),
        "age_on_received": 30,
        "answers": CANDIDATE,
        "case_number": "BS-7F3K-2Q9M",
        "household": {"adults": 1, "children": 2},
        "legal_basis": None,
    } | fields


def told(outcome: str = "accepted", body: Mapping[str, Any] | None = None) -> Answered:
    key = uuid5(UUID(APPLICATION), "facts:1")
    return Answered("intake-facts", key, outcome, facts() if body is None else body, {"application": APPLICATION})


def when(case: Case | None, body: Any, kommunenummer: str = MIDTRE_GAULDAL) -> Decided:
    states = {KEY: case} if case else {}
    return decide(HANDLERS, states, APPLICATION, body, now=NOW, kommunenummer=kommunenummer)


def a_case(
    application_type: str = "kommunal_bolig",
    dwelling_type: str | None = "gjennomgangsbolig",
    body: Mapping[str, Any] | None = None,
    kommunenummer: str = MIDTRE_GAULDAL,
) -> Case:
    """A case whose facts are here."""
    opened = when(None, registered(application_type, dwelling_type), kommunenummer).states[KEY]
    return when(opened, told(body=body), kommunenummer).states[KEY]


CONSENT = {"kind": "consent", "consent_id": "c-1", "consented_at": "2019-03-30T10:00:00+01:00"}


def a_referred_case() -> Case:
    return a_case("startlan", None, facts(application_type="startlan", legal_basis=CONSENT, purpose="KJØP_STARTLÅN"))
