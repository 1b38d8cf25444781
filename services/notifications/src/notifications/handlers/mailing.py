"""What became of a notice: of an alert, or to the operator."""

from dataclasses import replace
from uuid import UUID

from chassis.outputs import Answered, Call, Context, Decision, Message
from notifications.domain.account import Account
from notifications.domain.tenancy import Mail, Tenancy

MOST_UNKNOWNS = 3


def mail_answered(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """An unknown one goes again with the same Message-ID, by which mail systems know it for the same, a few times."""
    answer: Answered = message.data
    tenancy = state or Tenancy()
    mails = tuple(_after(mail, answer) if mail.key == str(answer.key) else mail for mail in tenancy.mails)
    again = any(mail.key == str(answer.key) and _goes_again(mail) for mail in mails)
    return replace(tenancy, mails=mails), [_same_call(answer)] if again else []


def operator_mail_answered(state: Account | None, message: Message, context: Context) -> Decision:
    """The answer to an earlier notice is past meaning."""
    answer: Answered = message.data
    if state is None or state.mail.key != str(answer.key):
        return state, []
    mail = _after(state.mail, answer)
    return replace(state, mail=mail), [_same_call(answer)] if _goes_again(mail) else []


def _same_call(answer: Answered) -> Call:
    return Call(answer.destination, UUID(str(answer.key)), answer.ref)


def _after(mail: Mail, answer: Answered) -> Mail:
    return replace(mail, outcome=answer.outcome, unknowns=mail.unknowns + (answer.outcome == "unknown"))


def _goes_again(mail: Mail) -> bool:
    return mail.outcome == "unknown" and mail.unknowns <= MOST_UNKNOWNS
