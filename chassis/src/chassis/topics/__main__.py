"""`python -m chassis.topics apply`: make a Kafka agree with topics.yaml."""

import json
from pathlib import Path
from typing import Annotated

import typer

from chassis.broker import Kafka
from chassis.errors import BoligflytError
from chassis.topics import Topics
from chassis.topics.applying import apply

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="Emner og tilganger på Kafka.")


@app.callback()
def commands() -> None:
    """Emner og tilganger på Kafka."""


@app.command(name="apply")
def apply_file(
    *,
    bootstrap: Annotated[str, typer.Option(envvar="KAFKA_BOOTSTRAP_SERVERS", help="vert:port")],
    file: Annotated[Path, typer.Option(exists=True, help="topics.yaml")] = Path("schemas/topics.yaml"),
    username: Annotated[str, typer.Option(envvar="KAFKA_USERNAME", help="En administrator")] = "",
    password_file: Annotated[Path | None, typer.Option(envvar="KAFKA_PASSWORD_FILE", exists=True)] = None,
    protocol: Annotated[str, typer.Option(envvar="KAFKA_SECURITY_PROTOCOL")] = "SASL_SSL",
    mechanism: Annotated[str, typer.Option(envvar="KAFKA_SASL_MECHANISM")] = "SCRAM-SHA-512",
    ca_file: Annotated[Path | None, typer.Option(envvar="KAFKA_CA_FILE", exists=True)] = None,
    passwords: Annotated[Path | None, typer.Option(exists=True, help="JSON: bruker → passord, for SCRAM")] = None,
    replication: Annotated[int, typer.Option(help="Antall kopier; −1 er meglerens valg")] = -1,
) -> None:
    """Lag emner, tilganger og brukere som filen sier, og fjern tilganger den ikke lenger gir."""
    password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
    kafka = Kafka(bootstrap, username, password, protocol, mechanism, ca_file)
    words = json.loads(passwords.read_text(encoding="utf-8")) if passwords else None
    try:
        changed = apply(kafka, Topics.read(file), words, replication)
    except BoligflytError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"{len(changed.created)} emner laget, {len(changed.configured)} endret, "
        f"{changed.granted} tilganger gitt, {changed.revoked} fjernet"
    )


if __name__ == "__main__":
    app()
