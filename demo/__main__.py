"""`python -m demo`: start everything, play the input, show what happened; Ctrl-C leaves nothing behind."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo.check import compare, minimum
from demo.local.errors import PlatformError
from demo.local.platform import Platform
from demo.player import observe, report
from demo.player.doors import Refused
from demo.player.given import Given
from demo.player.play import play
from demo.player.services import await_ready, start_partners, start_services
from demo.player.subscriber import read_all, summary

SCENARIO = Path(__file__).parent / "scenario"

console = Console()
if not console.is_terminal:
    console = Console(width=140)  # into a file or a pipe: tables whole, however narrow the default is


def main(
    input: Annotated[Path | None, typer.Option(help="Mappe med egne filer; ellers demo/scenario")] = None,
    once: Annotated[bool, typer.Option(help="Avslutt når alt er vist; feilkode om noe mangler")] = False,
) -> None:
    """Virkelige tjenester, virkelig Kafka og PostgreSQL; menneskene er oppdiktede."""
    began, given = time.monotonic(), Given.read(input or SCENARIO)
    try:
        with console.status("Starter Kafka, PostgreSQL og utsteder …"):
            platform = Platform().start()
    except PlatformError as error:
        console.print(f"[red]{error}")
        raise typer.Exit(1) from None
    try:
        with console.status("Starter tjenestene …"):
            start_partners(platform)
            start_services(platform)
            await_ready(platform)
        console.print(f"Alt kjører etter {time.monotonic() - began:.0f} s.")
        wrong = asyncio.run(show(platform, given, own_scenario=input is None))
        console.print(f"Ferdig etter {time.monotonic() - began:.0f} s.")
        if not once:
            console.print("Ctrl-C avslutter.")
            asyncio.run(until_something_ends(platform))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (Refused, PlatformError, TimeoutError, ValueError) as error:
        console.print(f"[red]{type(error).__name__}: {error}")
        raise typer.Exit(1) from None
    finally:
        with console.status("Rydder opp …"):
            platform.close()
    raise typer.Exit(1 if wrong else 0)


async def show(platform: Platform, given: Given, *, own_scenario: bool) -> list[str]:
    """Play it, print what came of it, and say what differs from what the files foretell."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        played = await play(platform, given, progress)
    console.print(f"{played.ledger_lines} reskontrolinjer bokført.")
    await observe.outcomes_are_back(platform)
    observed = await observe.observe(platform, given, played)
    report.applications(console, given, observed)
    report.referrals(console, observed, observe.nav_record(platform))
    report.tenancies(console, observed)
    counted = {}
    for subscriber in platform.topics.subscribers:
        kafka = platform.kafka.connection(subscriber.principal).aiokafka()
        counted[subscriber.topic] = summary(await read_all(kafka, subscriber.topic, f"{subscriber.group_prefix}demo"))
    report.stream(console, counted)
    report.addresses(console, platform)
    if given.expected is None:
        console.print("Filene forutsier ingenting (expected.json mangler), så ingenting er sammenlignet.")
        return []
    wrong = compare(given.expected, observed) + (minimum(observed) if own_scenario else [])
    for sentence in wrong[:40]:
        console.print(f"[red]✗ {sentence}")
    console.print(f"[red]{len(wrong)} avvik." if wrong else "[green]✓ Alt er som filene forutsier.")
    return wrong


async def until_something_ends(platform: Platform) -> None:
    raise await platform.until_death()


if __name__ == "__main__":
    typer.run(main)
