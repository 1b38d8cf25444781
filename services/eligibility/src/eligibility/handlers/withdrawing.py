"""The applicant wants the application no longer."""

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Message
from eligibility.domain.case import Case, changed
from eligibility.messages import ApplicationWithdrawn, ReferralWithdrawn


def application_withdrawn(case: Case | None, message: Message, context: Context) -> Decision:
    """From now on nothing is assessed, decided or referred; what went to NAV is called back."""
    told: ApplicationWithdrawn = message.data
    if case is None:
        raise Reject("unknown_case", "Det trekkes en søknad som ikke finnes her.")
    if case.withdrawn_on:
        return case, ()
    withdrawn = changed(
        case,
        context.now,
        withdrawn_on=told.withdrawn_on,
        door="answered",
        not_assessed="application_withdrawn",
        not_referred="application_withdrawn" if case.is_financing else None,
    )
    if (referral := case.referral) is None:
        return withdrawn, ()
    called_back = ReferralWithdrawn(
        referral_id=referral.referral_id, revision=referral.revision, withdrawn_on=told.withdrawn_on
    )
    return withdrawn, [Event(message.subject, called_back)]
