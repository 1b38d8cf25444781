"""How a case goes on: pure deciders over one application."""

from functools import partial

from chassis.outputs import Handler, answered
from eligibility.domain.case import Case
from eligibility.domain.policy import Policy
from eligibility.handlers.assessing import application_registered, ask_again, facts_answered, fetch_facts
from eligibility.handlers.deciding import record_decision
from eligibility.handlers.delivering import delivery_told
from eligibility.handlers.withdrawing import application_withdrawn
from eligibility.messages import (
    ApplicationRegistered,
    ApplicationWithdrawn,
    AskAgain,
    DeliveryOutcome,
    DeliveryParked,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    FetchFacts,
    RecordDecision,
)
from eligibility.translation.policy_files import policy

KINDS: dict[str, type] = {"case": Case}
DELIVERIES = (DeliverySent, DeliveryReceived, DeliveryOutcome, DeliveryRejected, DeliveryParked)


def handlers(policy: Policy) -> tuple[Handler, ...]:
    return (
        Handler(ApplicationRegistered.type, "case", application_registered),
        Handler(ApplicationWithdrawn.type, "case", application_withdrawn),
        Handler(answered("intake-facts"), "case", partial(facts_answered, policy)),
        Handler(AskAgain.type, "case", ask_again),
        Handler(FetchFacts.type, "case", fetch_facts),
        Handler(RecordDecision.type, "case", partial(record_decision, policy)),
        *(Handler(delivery.type, "case", delivery_told) for delivery in DELIVERIES),
    )


HANDLERS = handlers(policy())
