"""The operator is told of what people can't put right: once per kind and day."""

from dataclasses import replace
from uuid import UUID, uuid5

from chassis.outputs import Answered, Call, Context, Decision, Key, Message, Tell
from notifications.domain.alarms import Alarm, Trouble, alarm_id
from notifications.domain.tenancy import Mail
from notifications.handlers.mailing import after_answer, goes_again, same_call
from notifications.messages import RaiseAlarm


def alarmed(message: Message, context: Context, trouble: Trouble) -> Tell:
    day = context.today
    return Tell(Key("alarm", alarm_id(message.kommunenummer, trouble, day)), RaiseAlarm(trouble=trouble, day=day))


def mail_refused(message: Message, context: Context) -> Tell:
    return alarmed(message, context, "mail_refused")


def raise_alarm(state: Alarm | None, message: Message, context: Context) -> Decision:
    if state:
        return replace(state, count=state.count + 1), []
    alarm, raised = message.subject, message.data
    key = uuid5(UUID(alarm), "operator")
    call = Call("alarm-mail", key, {"alarm": alarm, "trouble": raised.trouble})
    return Alarm(raised.trouble, raised.day, Mail(str(key))), [call]


def alarm_answered(state: Alarm | None, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    if state is None or state.mail.key != str(answer.key):
        return state, []
    mail = after_answer(state.mail, answer, context.now)
    return replace(state, mail=mail), [same_call(answer)] if goes_again(mail) else []
