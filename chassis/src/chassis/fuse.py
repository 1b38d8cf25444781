"""A fuse: when nearly everything fails, it is we who are wrong, and not the records.

It blows before the batch commits, so nothing is set aside for it. What became of the latest records is kept in the
database with their effects: a process that is started again doesn't eat the topic twenty by twenty. A person who
knows the records to be bad lets a number of them through.
"""

from collections.abc import Sequence

import structlog

from chassis.database import Connection, Database
from chassis.dead_letters import Letter
from chassis.errors import BrokenInvariant, fingerprint

log = structlog.get_logger()

IN_A_ROW, REMEMBERED = 20, 200  # rejects of one fingerprint; records of which at most half may be rejects


async def wear(connection: Connection, letters: Sequence[Letter | None]) -> None:
    """`letters`: for each record in order why it was set aside, or None. What only waits behind another says nothing.

    Raises `BrokenInvariant` when the fuse blows. The last lock that a transaction takes.
    """
    told = [letter.error if letter else None for letter in letters if letter is None or letter.error]
    outcomes = [fingerprint(error) if error else "" for error in told]
    known = await connection.fetchrow("select recent, allowed from fuse")
    if not (any(outcomes) or any(known["recent"])):
        return
    known = await connection.fetchrow("select recent, allowed from fuse for update")
    recent, allowed = list(known["recent"]), known["allowed"]
    for outcome in outcomes:
        if outcome and allowed:
            allowed -= 1
            continue
        recent = [*recent, outcome][-REMEMBERED:]
        row = recent[-IN_A_ROW:]
        if outcome and (row == [outcome] * IN_A_ROW or len(recent) - recent.count("") > REMEMBERED / 2):
            raise BrokenInvariant(f"the fuse has blown: most records fail, the last one as {outcome}")
    await connection.execute("update fuse set recent = $1, allowed = $2", recent, allowed)


async def allow(database: Database, rejects: int, by: str) -> None:
    """Let so many of the next rejects be set aside; a person's word that the records are bad, and not the service."""
    async with database.runner() as connection:
        await connection.execute("update fuse set allowed = $1", rejects)
    log.warning("fuse.allowed", rejects=rejects, by=by)
