"""What became of the notice that an alert was raised."""

from dataclasses import replace
from uuid import UUID

from chassis.outputs import Answered, Call, Context, Decision, Message
from notifications.domain.tenancy import Mail, Tenancy

MOST_UNKNOWNS = 3


def mail_answered(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """An unknown one goes again with the same Message-ID, by which mail systems know it for the same, a few times."""
    answer: Answered = message.data
    tenancy = state or Tenancy()
    mails = tuple(_after(mail, answer) if mail.key == str(answer.key) else mail for mail in tenancy.mails)
    again = any(mail.key == str(answer.key) and _goes_again(mail) for mail in mails)
    return replace(tenancy, mails=mails), [Call("mail", UUID(str(answer.key)), answer.ref)] if again else []


def _after(mail: Mail, answer: Answered) -> Mail:
    return replace(mail, outcome=answer.outcome, unknowns=mail.unknowns + (answer.outcome == "unknown"))


def _goes_again(mail: Mail) -> bool:
    return mail.outcome == "unknown" and mail.unknowns <= MOST_UNKNOWNS
