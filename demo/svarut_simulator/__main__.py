"""`python -m demo.svarut_simulator`."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from demo.svarut_simulator import SvarUt, build


def main(
    *,
    port: Annotated[int, typer.Option(help="Porten å lytte på.")],
    senders: Annotated[Path, typer.Option(help="TOML-fil med avsendernes brukernavn og passord.")],
    host: Annotated[str, typer.Option(help="Adressen å lytte på.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Frøet som brevenes skjebner trekkes av.")] = 1,
    record: Annotated[Path | None, typer.Option(help="Fil for SvarUts egen logg, JSON-linjer.")] = None,
    read_delay: Annotated[
        float, typer.Option(envvar="SVARUT_SIMULATOR_READ_DELAY", help="Sekunder før et brev er lest, omtrent.")
    ] = 1.0,
    hang_seconds: Annotated[float, typer.Option(help="Hvor lenge et tapt svar lar vente på seg, i sekunder.")] = 30.0,
) -> None:
    """En simulator av KS SvarUt: tar imot brev og lar dem bli lest."""
    known = tomllib.loads(senders.read_text(encoding="utf-8")).values()
    passwords = {sender["user"]: sender["password"] for sender in known}
    svarut = SvarUt(passwords, seed=seed, read_delay=read_delay, hang_seconds=hang_seconds, record=record)
    uvicorn.run(build(svarut), host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    typer.run(main)
