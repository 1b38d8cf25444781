"""`python -m demo.composed`: play the scenario in the composed system; an error code if anything isn't as foretold."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from demo.composed.settings import PlayerSettings
from demo.composed.system import Composed
from demo.local.places import ROOT
from demo.player.doors import Refused
from demo.player.given import Given
from demo.player.services import await_ready
from demo.player.show import a_console, show

SCENARIO = ROOT / "demo" / "scenario"


def main(input: Annotated[Path | None, typer.Option(help="Mappe med egne filer; ellers demo/scenario")] = None) -> None:
    """Spiller scenariet, viser hva som kom ut av det, og sammenligner med det filene forutsier."""
    console, given, system = a_console(), Given.read(input or SCENARIO), Composed(PlayerSettings())
    try:
        await_ready(system)
        wrong = asyncio.run(show(console, system, given, own_scenario=input is None))
    except (Refused, TimeoutError, ValueError) as error:
        console.print(f"[red]{type(error).__name__}: {error}")
        raise typer.Exit(1) from None
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)
