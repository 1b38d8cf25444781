"""How a case goes on: pure deciders over one application, and over the person when they are erased."""

from functools import partial

from chassis.outputs import Handler, answered
from eligibility.domain.case import Case
from eligibility.domain.erasure import Erasure
from eligibility.domain.policy import Policy
from eligibility.handlers.assessing import (
    applicant_of,
    application_registered,
    ask_again,
    facts_answered,
    fetch_facts,
)
from eligibility.handlers.deciding import record_decision
from eligibility.handlers.delivering import delivery_told
from eligibility.handlers.erasing import case_erased, erase_case, person_erased
from eligibility.handlers.withdrawing import application_withdrawn
from eligibility.messages import (
    DELIVERIES,
    ApplicationRegistered,
    ApplicationWithdrawn,
    AskAgain,
    CaseErased,
    EraseCase,
    FetchFacts,
    PersonErased,
    RecordDecision,
)
from eligibility.translation.policy_files import policy

KINDS: dict[str, type] = {"case": Case, "person": Erasure}


def handlers(policy: Policy) -> tuple[Handler, ...]:
    return (
        Handler(ApplicationRegistered.type, "case", application_registered, needs=applicant_of),
        Handler(ApplicationWithdrawn.type, "case", application_withdrawn),
        Handler(answered("intake-facts"), "case", partial(facts_answered, policy)),
        Handler(AskAgain.type, "case", ask_again),
        Handler(FetchFacts.type, "case", fetch_facts),
        Handler(RecordDecision.type, "case", partial(record_decision, policy)),
        *(Handler(delivery.type, "case", delivery_told) for delivery in DELIVERIES),
        Handler(PersonErased.type, "person", person_erased, passes=True),
        Handler(EraseCase.type, "case", erase_case, passes=True),
        Handler(CaseErased.type, "person", case_erased, passes=True),
    )


HANDLERS = handlers(policy())
