"""One alert that nobody takes, up its ladder to the end, with one thing in the way: at each step of the service once.

All is put through the services' handlers and the chassis' own rules of what is one transaction; the mail server
counts what it takes by Message-ID, which is the call's key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from tests.simulation.invariants import INVARIANTS
from tests.simulation.run import Run, Stuck
from tests.simulation.steps import Step
from tests.simulation.trial import Violation
from tests.simulation.world import World, world_of

SERVICE = "notifications"
COMMITTING = ("handle", "fire", "settle")
# Where the server's answer is lost: it never comes, dies with the process that had it, or before it is written down.
UNHEARD = {("unheard", "ask"), ("after", "ask"), ("inside", "settle")}
RUNGS = {"told", "reminder", "leader"}
# What happens at a step: the process is killed after it, or where it would commit; or the mail server takes the
# message and its answer never comes.
How = Literal["after", "inside", "unheard"]
HOWS: tuple[How, ...] = ("after", "inside", "unheard")
# That none goes twice is asked more strictly below: here it is known at which step an answer was lost.
OF_ALERTS = ("no_message_is_lost", "every_open_alert_has_owner_reason_and_next_step", "no_alert_is_forgotten")


class Disturbed(Run):
    """Comes to rest as any run, with one thing in the way at the `at`-th step of the service that does anything."""

    def __init__(self, world: World, at: int = 0, how: How = "after") -> None:
        super().__init__(world)
        self.at, self.how, self.done, self.hit = at, how, list[Step](), ""

    def play(self, step: Step) -> bool:
        if step.who != SERVICE:
            return super().play(step)
        here = len(self.done) + 1 == self.at
        played = super().play(self._as_disturbed(step) if here else step)
        if played:
            self.done.append(step)
            if here and self.how == "after" and super().play(Step("crash", SERVICE)):
                self.hit = step.what
        return played

    def _as_disturbed(self, step: Step) -> Step:
        if self.how == "inside" and step.what in COMMITTING:
            self.hit = step.what
            return replace(step, dies=True)
        if self.how == "unheard" and step.what == "ask":
            self.hit = step.what
            return replace(step, word="took")
        return step


@dataclass(slots=True)
class Escalation:
    """`steps`: of the service, undisturbed. By what happened: how often it was `tried`, in how many of those the
    server's answer was lost so (`unheard`), and the second `copies`. `messages`: how many there are.
    """

    steps: int = 0
    messages: int = 0
    rungs: tuple[str, ...] = ()
    tried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOWS, 0))
    unheard: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOWS, 0))
    copies: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOWS, 0))
    violations: list[str] = field(default_factory=list)


def escalated(seed: int, every: int = 1) -> Escalation:
    """`every`: each step, or one in so many."""
    world = a_world(seed)
    calm = _rested(Disturbed(world))
    found = Escalation(len(calm.done), sum(calm.mail.taken.values()), tuple(sorted(_rungs(calm))))
    for how in HOWS:
        for at in range(1, found.steps + 1, every):
            run = Disturbed(world, at, how)
            try:
                _rested(run)
            except Stuck as stuck:
                found.violations.append(f"{how} step {at}: {stuck}")
                continue
            if run.hit:
                found.tried[how] += 1
                found.unheard[how] += (how, run.hit) in UNHEARD
                found.copies[how] += sum(run.mail.taken.values()) - len(run.mail.taken)
                found.violations += [f"{how} step {at}: {each}" for each in _broken(run, calm)]
    return found


def a_world(seed: int) -> World:
    """The first from the seed on with an alert that goes all the way to the leader, as nobody takes it."""
    for number in count(seed):
        made = world_of(number)
        account = replace(made.accounts[0], erased=())
        quiet = replace(made, applications=(), accounts=(account,), acknowledges=False, notifies=False, staffed=True)
        if _rungs(_rested(Disturbed(quiet))) >= RUNGS:
            return quiet
    raise AssertionError


def _rested(run: Disturbed) -> Disturbed:
    run.rest()
    return run


def _rungs(run: Run) -> set[str]:
    """The steps of which a message of its own went."""
    tenancies = (row.state for key, row in run.tables[SERVICE].states.items() if key.kind == "tenancy" and row.state)
    return {sent.step for tenancy in tenancies for episode in tenancy.episodes for sent in episode.care.sent}


def _broken(run: Disturbed, calm: Disturbed) -> Iterator[str]:
    """No message more or less than undisturbed, and a second copy only where the answer was lost."""
    missing, strange = calm.mail.taken.keys() - run.mail.taken.keys(), run.mail.taken.keys() - calm.mail.taken.keys()
    yield from (f"the message {key} is lost" for key in sorted(missing))
    yield from (f"the message {key} is of nothing" for key in sorted(strange))
    copies = [key for key, times in run.mail.taken.items() if times > 1]
    if sum(run.mail.taken[key] - 1 for key in copies) > ((run.how, run.hit) in UNHEARD):
        yield f"the message {copies[0]} went {run.mail.taken[copies[0]]} times"
    for name in OF_ALERTS:
        for how in INVARIANTS[name](run, calm):
            yield str(Violation(name, how))
