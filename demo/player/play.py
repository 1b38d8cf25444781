"""Play the input: post what people post, in the order in which they do, and wait until all of it has had its effect."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.progress import Progress

from demo.player.doors import Doors
from demo.player.given import Given, municipality_of
from demo.player.running import Running
from demo.player.stillness import Stillness

AT_ONCE = 4
PATIENCE = 240  # seconds until all that was posted must have had its effect
WITHOUT_GAIN = 60  # seconds that the outcomes of referrals may take


@dataclass
class Played:
    """What the doors answered: id by the input's own name. Contracts by municipality."""

    applications: dict[str, str] = field(default_factory=dict)
    tenancies: dict[str, str] = field(default_factory=dict)
    ledger_lines: int = 0


async def play(system: Running, given: Given, progress: Progress) -> Played:
    """Raises `Refused` at the first thing that a door doesn't take."""
    played = Played()
    async with Doors(system) as doors, Stillness(system) as stillness:

        async def person(number: int, body: dict[str, Any]) -> None:
            await doors.post(
                "intake",
                "/persons",
                "boligansvarlig",
                body["kommunenummer"],
                f"persons.jsonl:{number}",
                json=_body(body),
            )

        async def application(number: int, body: dict[str, Any]) -> None:
            answer = await doors.post(
                *("intake", "/applications", "servicetorg", body["kommunenummer"], f"applications.jsonl:{number}"),
                json=_body(body),
            )
            played.applications[body["ref"]] = answer["application"]

        async def decision(number: int, body: dict[str, Any]) -> None:
            if (id := played.applications.get(body["application"])) is None:
                raise ValueError(
                    f"decisions.jsonl:{number}: søknaden {body['application']} er ikke i applications.jsonl"
                )
            municipality = municipalities[body["application"]]
            await doors.post(
                *("eligibility", f"/cases/{id}/decisions", body["role"], municipality, f"decisions.jsonl:{number}"),
                json={"outcome": body["outcome"]},
            )

        municipalities = {body["ref"]: body["kommunenummer"] for body in given.applications}
        await _each(progress, "Personer", given.persons, person)
        await _each(progress, "Søknader", given.applications, application)
        task = progress.add_task("Reskontrofiler", total=len(given.ledger))
        for file in given.ledger:
            municipality = municipality_of(file)
            answer = await doors.post(
                "intake", "/ledger/imports", "okonomi", municipality, f"ledger/{file.name}", content=file.read_bytes()
            )
            played.ledger_lines += answer["lines"]
            progress.advance(task)
        await _until_still(progress, stillness)
        await _each(progress, "Vedtak", given.decisions, decision)
        await _until_still(progress, stillness)
    return played


def _body(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in ("kommunenummer", "ref")}


async def _each(
    progress: Progress,
    title: str,
    items: Sequence[dict[str, Any]],
    post: Callable[[int, dict[str, Any]], Awaitable[None]],
) -> None:
    """Post each, a few at a time."""
    task, free = progress.add_task(title, total=len(items)), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, item: dict[str, Any]) -> None:
        async with free:
            await post(number, item)
        progress.advance(task)

    try:
        async with asyncio.TaskGroup() as group:
            for number, item in enumerate(items, 1):
                group.create_task(one(number, item))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None  # the first thing that a door didn't take says it all


async def _until_still(progress: Progress, stillness: Stillness) -> None:
    """Show how much still waits, until nothing does."""
    total = sum((await stillness.waiting()).values())
    task = progress.add_task("Behandles", total=total)

    def tell(left: int) -> None:
        most = max(progress.tasks[task].total or 0, left)
        progress.update(task, total=most, completed=most - left)

    await stillness.reached(PATIENCE, tell)
    progress.update(task, completed=progress.tasks[task].total)
