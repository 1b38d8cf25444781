"""`python -m demo.nav_simulator`."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from demo.nav_simulator import Nav, build


def main(
    port: Annotated[int, typer.Option(help="Porten å lytte på.")],
    host: Annotated[str, typer.Option(help="Adressen å lytte på.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Frøet som utfallene trekkes av.")] = 1,
    record: Annotated[Path | None, typer.Option(help="Fil for NAVs egen logg, JSON-linjer.")] = None,
    outcome_delay: Annotated[
        float, typer.Option(envvar="NAV_SIMULATOR_OUTCOME_DELAY", help="Sekunder før et utfall, omtrent.")
    ] = 1.0,
    hang_seconds: Annotated[float, typer.Option(help="Hvor lenge et tapt svar lar vente på seg, i sekunder.")] = 30.0,
) -> None:
    """En simulator av NAV: tar imot henvisninger og avgjør dem. Grensesnittet er vårt forslag."""
    nav = Nav(seed=seed, outcome_delay=outcome_delay, hang_seconds=hang_seconds, record=record)
    uvicorn.run(build(nav), host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    typer.run(main)
