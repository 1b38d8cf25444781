"""Legal steps and agreements that a person enters: the same lines in the same books as those of a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Context, Found, Key, Message, Output, Reply
from intake.domain import tenancies
from intake.domain.ledger.ids import account_key
from intake.domain.ledger.lines import Line
from intake.domain.ledger.words import said
from intake.domain.tenancies import Step, Tenancy
from intake.handlers.entering import books_for, close_needs, closed, enter, reviewed

BY_HAND = ""  # no file's
CHANGED = "Det er ført noe på leieforholdet imens. Se hvordan det står nå."


def books_of_steps(message: Message, found: Found) -> Iterable[Key]:
    tenancy: Tenancy | None = found[Key("tenancy", message.subject)]
    if tenancy and tenancy.account:
        key = account_key(message.kommunenummer, tenancy.account)
        yield from books_for(found, key, BY_HAND, message.data.lines)
        yield from close_needs(found, key, {})


def enter_steps(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Output]]:
    """All of them or none. The same ones again change nothing; a bad line that they were meant by is settled."""
    own, lines = Key("tenancy", message.subject), message.data.lines
    tenancy: Tenancy | None = found[own]
    if tenancy is None or tenancy.account is None:
        raise Reject("not_found", "Leieforholdet finnes ikke.", status=404)
    if message.data.version not in (None, len(tenancy.steps)):
        raise Reject("changed_meanwhile", CHANGED)
    key = account_key(message.kommunenummer, tenancy.account)
    review = reviewed(found, key, BY_HAND, lines)
    if review.faults:
        raise Reject("step_refused", f"Steget kan ikke føres: {said(fault for _, fault in review.faults)}.", status=422)
    changed, told = enter(found, key, review, {}, context)
    known = tenancies.with_steps(tenancy, _steps(review.fresh, message.data.by, context))
    changed[own] = known
    reply = {"tenancy": message.subject, "steps": [line.id for line in lines], "version": len(known.steps)}
    return changed, [*told, *closed(found, changed, key), Reply(reply)]


def _steps(lines: Sequence[Line], by: str, context: Context) -> Iterable[Step]:
    for line in lines:
        step = tenancies.step_of(line.id, line.kind, line.fields, line.reference)
        yield replace(step, by=by, entered_on=context.today)
