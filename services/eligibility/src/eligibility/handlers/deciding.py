"""A person's decision, put on record. The system advises; nothing here decides by itself."""

from chassis.errors import Reject
from chassis.outputs import Context, Event, Message, Reply
from chassis.outputs import Decision as Decided
from eligibility.domain.case import Case, Decision, changed
from eligibility.domain.policy import ABSENCES, Policy
from eligibility.messages import DecisionMade, HousingApplicationChanged, RecordDecision

BODIES = {"boligutvalg": "Boligutvalget", "vedtakskontor": "Vedtakskontoret"}


def record_decision(policy: Policy, case: Case | None, message: Message, context: Context) -> Decided:
    command: RecordDecision = message.data
    if case is None:
        raise Reject("unknown_case", "Saken finnes ikke.", status=404)
    role = _deciding_role(policy, case, message.kommunenummer)
    if role not in command.roles:
        raise Reject("not_deciding_body", f"{BODIES.get(role, role)} avgjør denne saken.", status=403)
    if case.withdrawn_on:
        raise Reject("application_withdrawn", ABSENCES["application_withdrawn"])
    if case.decision:
        raise Reject("already_decided", "Saken er allerede avgjort.")
    if command.version is not None and command.version != case.version:
        raise Reject("changed_meanwhile", "Saken er endret siden du åpnet den. Les den på nytt før du avgjør.")
    decision = Decision(command.outcome, command.decided_by, role, context.today)
    made = DecisionMade(
        outcome=decision.outcome, decided_by=decision.decided_by, role=role, decided_on=decision.decided_on
    )
    case = changed(case, context.now, decision=decision)
    return case, [
        Event(message.subject, made),
        Event(case.public_id, HousingApplicationChanged(status="decided")),
        Reply({"application": message.subject, "outcome": decision.outcome, "version": case.version}),
    ]


def _deciding_role(policy: Policy, case: Case, kommunenummer: str) -> str:
    if case.is_financing:
        raise Reject("nav_decides", ABSENCES["financing_is_navs"])
    if role := policy.deciding_role(kommunenummer, case.dwelling_type):
        return role
    raise Reject("no_deciding_body", "Kommunen har ikke lagt inn hvem som avgjør saker om denne boligtypen.")
