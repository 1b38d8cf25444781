"""What became of a notice: of an alert, or to the operator."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.outputs import Answered, Call, Context, Decision, Message
from notifications.domain.account import Account
from notifications.domain.tenancy import Attempt, Mail, Tenancy

MOST_UNKNOWNS = 3
MOST_ATTEMPTS = 50
"""Kept of one notice; a server that is away for long adds one, as it is told once per call."""


def operator_mail_answered(state: Account | None, message: Message, context: Context) -> Decision:
    """The answer to an earlier notice is past meaning."""
    answer: Answered = message.data
    if state is None or state.mail.key != str(answer.key):
        return state, []
    mail = after_answer(state.mail, answer, context.now)
    return replace(state, mail=mail), [same_call(answer)] if goes_again(mail) else []


def after_mail(tenancy: Tenancy, answer: Answered, now: datetime) -> tuple[Tenancy, Mail | None]:
    """The tenancy, and the notice that was answered, if it is one of its own."""
    mails = tuple(after_answer(m, answer, now) if m.key == str(answer.key) else m for m in tenancy.mails)
    return replace(tenancy, mails=mails), next((m for m in mails if m.key == str(answer.key)), None)


def same_call(answer: Answered) -> Call:
    return Call(answer.destination, UUID(str(answer.key)), answer.ref)


def after_answer(mail: Mail, answer: Answered, at: datetime) -> Mail:
    return replace(
        mail,
        outcome=answer.outcome,
        unknowns=mail.unknowns + (answer.outcome == "unknown"),
        attempts=(*mail.attempts, Attempt(at, answer.outcome))[-MOST_ATTEMPTS:],
    )


def goes_again(mail: Mail) -> bool:
    """An unknown one, with the same Message-ID, by which mail systems know it for the same, a few times."""
    return mail.outcome == "unknown" and mail.unknowns <= MOST_UNKNOWNS


def given_up(mail: Mail) -> bool:
    """It will not arrive, or nobody will ever know whether it did."""
    return mail.outcome == "refused" or (mail.outcome == "unknown" and not goes_again(mail))
