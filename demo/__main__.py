"""`python -m demo`: start everything, play the input, show what happened; Ctrl-C leaves nothing behind."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from demo.local.errors import PlatformError
from demo.local.platform import Platform
from demo.player.doors import Refused
from demo.player.given import Given
from demo.player.services import await_ready, start_partners, start_services
from demo.player.show import a_console, show

SCENARIO = Path(__file__).parent / "scenario"

console = a_console()


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
        wrong = asyncio.run(show(console, platform, given, own_scenario=input is None))
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


async def until_something_ends(platform: Platform) -> None:
    raise await platform.until_death()


if __name__ == "__main__":
    typer.run(main)
