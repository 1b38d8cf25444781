"""`python -m demo.nav_simulator`."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from demo.nav_simulator import Callbacks, Nav, build, keys


def main(
    *,
    port: Annotated[int, typer.Option(help="Porten å lytte på.")],
    host: Annotated[str, typer.Option(help="Adressen å lytte på.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Frøet som utfallene trekkes av.")] = 1,
    record: Annotated[Path | None, typer.Option(help="Fil for NAVs egen logg, JSON-linjer.")] = None,
    outcome_delay: Annotated[
        float, typer.Option(envvar="NAV_SIMULATOR_OUTCOME_DELAY", help="Sekunder før et utfall, omtrent.")
    ] = 1.0,
    call_back: Annotated[str, typer.Option(help="Hvor det sies fra når noe er nytt; ellers blir det bare spurt.")] = "",
    keys_in: Annotated[Path, typer.Option(help="Mappe for nøkkelen som det signeres med, og dens JWKS.")] = Path(
        "keys"
    ),
    hang_seconds: Annotated[float, typer.Option(help="Hvor lenge et tapt svar lar vente på seg, i sekunder.")] = 30.0,
) -> None:
    """En simulator av NAV: tar imot henvisninger og avgjør dem. Grensesnittet er vårt forslag."""
    nav = Nav(seed=seed, outcome_delay=outcome_delay, hang_seconds=hang_seconds, record=record)
    callbacks = Callbacks(nav, call_back, keys(keys_in)) if call_back else None
    uvicorn.run(build(nav, callbacks), host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    typer.run(main)
