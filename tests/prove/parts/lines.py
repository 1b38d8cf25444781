"""Killed at every line that runs of consumer, store, relay, timers and calls, and started again."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

from demo.local.platform import Platform
from tests.platforms import a_platform
from tests.prove.figures import bound
from tests.prove.lines.dying import MODULES, Line, dies_at_import, imported
from tests.prove.lines.rounds import Round, Rounds, Trouble, cut_connections, no_trouble
from tests.prove.lines.world import World
from tests.prove.proof import Given, Proof, table

AT_ONCE = 2
EXPLORATIONS = 3  # rounds per kind of trouble that find out which lines run
TRIES = 30  # a line that ran in an exploration may not run in the next round: a cut connection hits it by luck


def prove(given: Given) -> Proof:
    with a_platform() as platform, worlds(platform) as free:
        found = explored(rounds := free.get(), given)
        free.put(rounds)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            of_lines = pool.map(lambda line: killed(free, line, *found[line], given), sorted(found))
            made = [each for rounds_of_line in of_lines for each in rounds_of_line]
    given.say("and those that run once, when a module is imported")
    first = imported()
    with ThreadPoolExecutor(2) as pool:
        survived = [line for line, died in zip(first, pool.map(dies_at_import, first), strict=True) if not died]
    holds = all(each.died and not each.count.findings for each in made) and not survived
    return Proof("Killed at every line", holds, report(made, len(first), survived))


@contextmanager
def worlds(platform: Platform) -> Iterator[Queue[Rounds]]:
    """As many as die at once, each with a database and topics of its own; whoever takes one puts it back."""
    free: Queue[Rounds] = Queue()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ended:
        for name in map(str, range(AT_ONCE)):
            own = Path(folder) / name
            own.mkdir()
            ended.callback((world := World(platform, own)).close)
            free.put(Rounds(world, own))
        yield free


def explored(rounds: Rounds, given: Given) -> dict[Line, tuple[int, Trouble]]:
    """Each line with how often it ran at least, and the least trouble in which it does."""
    found: dict[Line, tuple[int, Trouble]] = {}
    for trouble in (no_trouble, cut_connections):
        for _ in range(EXPLORATIONS):
            times, made = rounds.explore(trouble)
            if made.count.findings:
                raise AssertionError(f"without a kill: {made.count.findings}")
            found |= {line: (times[line], trouble) for line in times if line not in found}
        given.say(f"{len(found)} lines run, {trouble.__name__.replace('_', ' ')} counted in")
    return found


def killed(free: Queue[Rounds], line: Line, times: int, trouble: Trouble, given: Given) -> Sequence[Round]:
    """At its first run, and at a later one where there are several."""
    later = random.Random(f"{given.seed} {line}").randint(2, times) if times > 1 else 1
    rounds = free.get()
    try:
        made = [at(rounds, line, nth, trouble) for nth in sorted({1, later})]
    finally:
        free.put(rounds)
    numbers = [sum(column) for column in zip(*(each.count.numbers for each in made), strict=True)]
    given.say(f"{line.module}:{line.number} killed {sum(each.died for each in made)} of {len(made)}: {numbers}")
    return made


def at(rounds: Rounds, line: Line, nth: int, trouble: Trouble) -> Round:
    """A later run that doesn't come is made up for by an earlier one."""
    made = rounds.die(line, nth, trouble)
    for _ in range(TRIES):
        if made.died or made.count.findings:
            break
        nth = max(1, nth // 2)
        made = rounds.die(line, nth, trouble)
    return made


def report(made: Sequence[Round], at_import: int, survived: Sequence[Line]) -> str:
    of_module = Counter(each.line.module for each in made if each.line)
    lines = {each.line for each in made}
    summary = [
        (module, sum(1 for line in lines if line and line.module == module), of_module[module], *_sums(made, module))
        for module in MODULES
    ]
    each = [
        (f"{line.module}:{line.number}", sum(m.died for m in made if m.line == line), *_sums(made, None, line))
        for line in sorted(line for line in lines if line)
    ]
    return "\n\n".join(
        [
            (
                f"{len(lines)} lines run while the process works, killed (SIGKILL) {sum(m.died for m in made)} times: "
                "at the first run of each and, where it runs more than once, at a later one drawn from the seed. "
                f"A zero means, with 95 % confidence (3/N), {bound(len(made))} of the kills. "
                f"{at_import - len(survived)} of {at_import} lines that run when a module is imported, before anything "
                "is connected, were killed, too."
            ),
            table(["module", "lines", "rounds", "lost", "doubled", "reordered", "stuck"], summary),
            *[f"* {finding}" for m in made for finding in m.count.findings[:5]],
            table(["line", "killed", "lost", "doubled", "reordered", "stuck"], each),
        ]
    )


def _sums(made: Sequence[Round], module: str | None, line: Line | None = None) -> Sequence[int]:
    of = [m.count.numbers for m in made if m.line and (m.line == line or m.line.module == module)]
    return [sum(column) for column in zip(*of, strict=True)]
