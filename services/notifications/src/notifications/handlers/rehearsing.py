"""Changed thresholds are tried on the municipality's own past, and then activated by a person from a day on."""

from dataclasses import asdict, replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message, Reply
from notifications.domain.municipality import Activation, Found, Municipality, Number, Rehearsal
from notifications.domain.policy import Policies
from notifications.domain.thresholds import Thresholds
from notifications.domain.tunables import TUNABLES
from notifications.messages import ActivateThresholds, NoteRehearsal, Threshold

MOST_FOUND = 500  # a page shows no more


def rehearse_thresholds(policies: Policies, state: Municipality | None, message: Message, context: Context) -> Decision:
    """A new rehearsal takes the place of the one before, whether that is finished or stopped on the way."""
    command, before = message.data, state or Municipality()
    _as_shown(before, command.version)
    numbers = _changed(policies.of(message.kommunenummer).newest, command.numbers)
    number = before.rehearsal.number + 1 if before.rehearsal else 1
    rehearsal = Rehearsal(number, numbers, command.by, context.now, command.total, noted_at=context.now)
    after = replace(before, rehearsal=rehearsal, version=before.version + 1)
    return after, [Reply({"rehearsal": number, "version": after.version})]


def note_rehearsal(state: Municipality | None, message: Message, context: Context) -> Decision:
    """How far it has come. What is told of an earlier rehearsal, or for the second time, changes nothing."""
    noted: NoteRehearsal = message.data
    if (
        state is None
        or (found := state.rehearsal) is None
        or found.number != noted.rehearsal
        or noted.done <= found.done
    ):
        return state, [Reply({"goes_on": False})]
    kinds = [each.what for each in noted.found]
    rehearsal = replace(
        found,
        done=noted.done,
        noted_at=context.now,
        before=found.before + noted.before,
        after=found.after + noted.after,
        appear=found.appear + kinds.count("appears"),
        vanish=found.vanish + kinds.count("vanishes"),
        move=found.move + kinds.count("moves"),
        found=(*found.found, *(Found(**dict(each)) for each in noted.found))[:MOST_FOUND],
    )
    return replace(state, rehearsal=rehearsal), [Reply({"goes_on": True})]


def activate_thresholds(policies: Policies, state: Municipality | None, message: Message, context: Context) -> Decision:
    """Only what was rehearsed to its end, and for days that nobody has judged yet."""
    command: ActivateThresholds = message.data
    before = state or Municipality()
    _as_shown(before, command.version)
    rehearsal = before.rehearsal
    if rehearsal is None or rehearsal.number != command.rehearsal or not rehearsal.finished:
        raise Reject("not_rehearsed", "Endringen må prøves på kommunens egne leieforhold først.")
    if command.active_from <= context.today:
        raise Reject("too_early", "Første dag må være i morgen eller senere.", status=422)
    newest = before.activated[-1] if before.activated else None
    if newest and command.active_from < newest.active_from:
        raise Reject("before_newest", "Første dag kan ikke være før den nyeste versjonen begynner.", status=422)
    current = policies.of(message.kommunenummer).newest
    version = f"{message.kommunenummer}-{len(before.activated) + 1}"
    limits = replace(current, **dict(rehearsal.numbers), version=version)
    numbers = tuple(Number(name, value) for name, value in asdict(limits).items() if name != "version")
    activation = Activation(version, command.active_from, numbers, rehearsal.numbers, command.by, context.now)
    after = replace(before, rehearsal=None, activated=(*before.activated, activation), version=before.version + 1)
    return after, [Reply({"version": after.version, "thresholds": version})]


def _changed(current: Thresholds, numbers: tuple[Threshold, ...]) -> tuple[Number, ...]:
    known = asdict(current)
    for each in numbers:
        if (tunable := TUNABLES.get(each.name)) is None:
            raise Reject("no_such_threshold", "En av tersklene kan ikke endres her.", status=422)
        if not tunable.least <= each.value <= tunable.most:
            least, most = tunable.least // tunable.scale, tunable.most // tunable.scale
            sentence = f"{tunable.label}: fra {least} til {most} {tunable.unit}."
            raise Reject("out_of_bounds", sentence, status=422)
    changed = tuple(Number(each.name, each.value) for each in numbers if known[each.name] != each.value)
    if not changed:
        raise Reject("nothing_changed", "Ingen tall er endret.", status=422)
    return changed


def _as_shown(municipality: Municipality, version: int) -> None:
    if municipality.version != version:
        raise Reject("changed_meanwhile", "Tersklene er endret etter at du åpnet siden. Ingenting ble lagret.")
