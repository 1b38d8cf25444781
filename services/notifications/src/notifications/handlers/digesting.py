"""The morning mail: one per person and working day on which there is something to say."""

from dataclasses import replace

from chassis.outputs import Answered, Call, Context, Decision, Found, Key, Later, Message, Output
from notifications.domain.digest import Digest, DigestMail, digest_key
from notifications.domain.working_time import WorkingTime
from notifications.handlers.alarming import mail_refused
from notifications.handlers.caring import register_of
from notifications.handlers.mailing import MOST_UNKNOWNS, same_call
from notifications.messages import DigestDue


def add_to_digest(working: WorkingTime, found: Found, message: Message, context: Context) -> Decision:
    """A municipality without a register has no mornings: there each message goes by itself."""
    key, line = Key("digest", message.subject), message.data
    if not register_of(found, message).members:
        return {}, []
    digest = replace(found[key] or Digest(), to=line.to).with_line(line.what, line.alert)
    if digest.due is not None or digest.is_empty:
        return {key: digest}, []
    due = working.next_opening(context.now)
    day = due.date()
    return {key: replace(digest, due=day)}, [Later(due, f"digest:{day.isoformat()}", DigestDue(day=day))]


def digest_due(found: Found, message: Message, context: Context) -> Decision:
    """To who acts for the receiver that day. What is solved meanwhile is told of as solved, or not at all."""
    key, day = Key("digest", message.subject), message.data.day
    digest = found[key] or Digest()
    if digest.due != day:
        return {}, []
    if digest.is_empty:
        return {key: replace(digest, due=None)}, []
    to, call_key = register_of(found, message).at_work(digest.to, context.today), digest_key(message.subject, day)
    counts = {"fresh": len(digest.fresh), "solved": len(digest.solved), "waiting": len(digest.waiting)}
    ref = {"digest": message.subject, "to": to, **counts}
    return {key: Digest(to=digest.to, mail=DigestMail(str(call_key), day))}, [Call("digest-mail", call_key, ref)]


def digest_answered(state: Digest | None, message: Message, context: Context) -> Decision:
    """As of any notice: an unknown one goes again under the same Message-ID, a few times."""
    answer: Answered = message.data
    if state is None or state.mail is None or state.mail.key != str(answer.key):
        return state, []
    mail = state.mail._replace(outcome=answer.outcome, unknowns=state.mail.unknowns + (answer.outcome == "unknown"))
    outputs: list[Output] = []
    if mail.outcome == "unknown" and mail.unknowns <= MOST_UNKNOWNS:
        outputs.append(same_call(answer))
    elif mail.outcome in {"refused", "unknown"}:
        outputs.append(mail_refused(message, context))
    return replace(state, mail=mail), outputs
