"""Bugs planted one by one on copies of the tree, and how many seeds it takes until the simulation sees each.

`python -m tests.simulation.planted` prints the table; a bug that isn't seen makes it fail.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from chassis.outputs import OSLO
from tests.contract.tree import ROOT
from tests.guards import copies

PROOF = ROOT / "docs" / "proof" / "simulate-planted.md"
FAILED = re.compile(r"^seed (\d+) breaks «(?P<sentence>.*?)» \((?P<invariant>\w+)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bug:
    """`module` has `right` once, which becomes `wrong`."""

    name: str
    module: str
    right: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Seen:
    """After how many seeds which invariant broke; 0 where none did. `output`: all that was printed."""

    seeds: int
    invariant: str
    sentence: str
    output: str


BUGS = (
    Bug(
        "NAV's Idempotency-Key is made from the time",
        "nav_bridge.domain",
        "return uuid5(UUID(referral_id), str(revision))",
        'return uuid5(UUID(referral_id), f"{revision} {datetime.now().timestamp()}")',
    ),
    Bug(
        "a receipt is told each time that NAV is asked",
        "nav_bridge.handlers.steps",
        'if delivery.received_at or not body.get("received_at"):',
        'if not body.get("received_at"):',
    ),
    Bug(
        "the timer is lost when the answer about an outcome is",
        "nav_bridge.handlers.following",
        'if answer.outcome != "accepted":\n        return case, [poll_later(policy, delivery, context)]',
        'if answer.outcome != "accepted":\n        return case, []',
    ),
    Bug(
        "the owner's door hands out a referral that was withdrawn",
        "eligibility.api",
        "if states[id].withdrawn_on:",
        "if states[id].withdrawn_on and states[id].decision:",
    ),
    Bug(
        "an older word of NAV's counts after a newer",
        "nav_bridge.handlers.steps",
        'return 0 < int(body.get("number") or 0) < delivery.standing',
        "return False",
    ),
    Bug(
        "a tenancy's state is kept in the process, beside the one that is locked",
        "notifications.handlers.booking",
        "before, line = money_came(state or Tenancy()), payment(message.data)\n"
        "    return booked_and_judged(policies, before, before.ledger.paid(line), message, line.dated, line.dated)",
        "kept = globals().setdefault('KEPT', {})\n"
        "    known = kept.get((context.cause, message.subject)) or state\n"
        "    before, line = money_came(known or Tenancy()), payment(message.data)\n"
        "    made = booked_and_judged(policies, before, before.ledger.paid(line), message, line.dated, line.dated)\n"
        "    kept[context.cause, message.subject] = made[0]\n"
        "    return made",
    ),
    Bug(
        "the end of a tenancy is judged by books that aren't closed to that day",
        "notifications.handlers.tenancies",
        "if before.as_of >= ended_on.toordinal():",
        "if before.as_of:",
    ),
    Bug(
        "a letter that isn't found is sent again under another id",
        "nav_bridge.handlers.sending",
        "        return send(case, replace(delivery, resends=1))",
        "        anew = delivery.channel == 'letter'\n"
        "        delivery = replace(delivery, letter_id='' if anew else delivery.letter_id, retries=int(anew))\n"
        "        return send(case, replace(delivery, resends=1))",
    ),
    Bug(
        "a letter that SvarUt refused the second time is proven by what it refused",
        "nav_bridge.handlers.sending",
        'untaken = answer.outcome == "refused" and answer.body.get("code") in MAY_BE_THERE',
        "untaken = False",
    ),
    # These are by people who didn't write the simulation.
    Bug(
        "facts that nobody knows to have been asked for are not asked for again",
        "eligibility.handlers.assessing",
        'return case, [Later(context.now + ASK_AGAIN_AFTER, "facts", AskAgain())]',
        "return case, ()",
    ),
    Bug(
        "a tenancy hears that the file is over before it hears the file's lines",
        "intake.handlers.imports",
        "return changed, [*told, *closed(found, changed, file.key)]",
        "return changed, [*closed(found, changed, file.key), *told]",
    ),
    Bug(
        "an erasure waits behind the parked key of its tenancy",
        "notifications.handlers",
        'Handler(EraseTenancy.type, "tenancy", erase_tenancy, passes=True)',
        'Handler(EraseTenancy.type, "tenancy", erase_tenancy)',
    ),
    Bug(
        "NAV's silence is taken for a no that nobody knows",
        "nav_bridge.handlers.sending",
        'if answer.outcome == "unknown" or code in MAY_BE_THERE or _sent_before(answer):',
        "if code in MAY_BE_THERE or _sent_before(answer):",
    ),
    Bug(
        "what was withdrawn while nobody knew where it was is never asked for again",
        "nav_bridge.handlers.steps",
        "if not delivery.may_come_late or delivery.late_looks >= policy.late_looks:",
        "if delivery:",
    ),
)


def planted(bug: Bug, tree: Path) -> Path:
    """A copy of the sources with the bug in it."""
    copies.code(tree)
    path = copies.module(tree, bug.module)
    text = path.read_text(encoding="utf-8")
    if text.count(bug.right) != 1:
        raise ValueError(f"{bug.module} doesn't have once: {bug.right}")
    path.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")
    return tree


def looked_for(tree: Path, seeds: int, first: int = 0, processes: int = 1) -> Seen:
    """The simulation of this tree on the copy's sources, up to so many seeds."""
    paths = [*(str(tree / source) for source in copies.SOURCES.values()), str(ROOT)]
    options = ["--seeds", str(seeds), "--from", str(first), "--processes", str(processes)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *options],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = FAILED.search(done.stdout)
    if failed is None:
        if done.returncode:
            raise RuntimeError(f"the simulation fell: {done.stderr[-2000:]}")
        return Seen(0, "", "", done.stdout)
    return Seen(int(failed[1]) - first + 1, failed["invariant"], failed["sentence"], done.stdout)


def page(found: Iterable[tuple[Bug, Seen]]) -> str:
    rows = "\n".join(f"| {bug.name} | {seen.seeds or 'not seen'} | {seen.sentence} |" for bug, seen in found)
    return f"""# Bugs planted for the simulation

{datetime.now(OSLO):%d.%m.%Y}. Each on a copy of the tree, seeds counted from 0: `python -m tests.simulation.planted`.
The last five are by people who didn't write the simulation.

| bug | seeds until seen | what broke |
|---|---:|---|
{rows}
"""


def main(
    seeds: Annotated[int, typer.Option(help="How many seeds each bug gets.")] = 2_000,
    *,
    write: Annotated[bool, typer.Option("--record", help="Write docs/proof/simulate-planted.md.")] = False,
) -> None:
    found = []
    for bug in BUGS:
        with tempfile.TemporaryDirectory() as folder:
            seen = looked_for(planted(bug, Path(folder)), seeds)
        found.append((bug, seen))
        typer.echo(f"{bug.name}: {f'{seen.seeds} seeds, {seen.invariant}' if seen.seeds else 'not seen'}")
        typer.echo(seen.output[seen.output.find("seed ") :])
    if write:
        PROOF.write_text(page(found), encoding="utf-8")
    if not all(seen.seeds for _, seen in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
