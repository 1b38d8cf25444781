"""`python -m intake`: what every service has, and `import`, which sends a ledger file to a running intake."""

import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich import progress
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.command_line import command_line
from intake.app import build
from intake.settings import Settings

POLL = 0.3  # seconds
BLOCK = 256 * 1024  # bytes

app = command_line(Settings, build)
console = Console(stderr=True)

Url = Annotated[str, typer.Option(envvar="INTAKE_URL", help="Adressen til intake")]
Token = Annotated[str, typer.Option(envvar="INTAKE_TOKEN", help="Et token med rollen okonomi")]
IssuerUrl = Annotated[str, typer.Option(envvar="ISSUER_URL", help="Utstederen, når det ikke er gitt noe token")]
ClientId = Annotated[str, typer.Option(envvar="INTAKE_IMPORT_CLIENT_ID")]
ClientSecret = Annotated[str, typer.Option(envvar="INTAKE_IMPORT_CLIENT_SECRET")]
Wait = Annotated[float, typer.Option(help="Sekunder å vente på bokføringen")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@app.command("import")
def import_file(
    file: File,
    *,
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
    issuer_url: IssuerUrl = "",
    client_id: ClientId = "",
    client_secret: ClientSecret = "",
    wait: Wait = 600.0,
) -> None:
    """Send en reskontrofil, og følg bokføringen til den er ferdig. Samme fil igjen bokfører ingenting to ganger."""
    try:
        token = token or fetched_token(issuer_url, client_id, client_secret)
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=600) as intake:
            accepted = send(intake, file)
            follow(intake, accepted, until=time.monotonic() + wait)
    except httpx.HTTPError as error:
        console.print(f"Fikk ikke svar ({type(error).__name__}). Send filen på nytt: ingenting bokføres to ganger.")
        raise typer.Exit(3) from None


def fetched_token(issuer_url: str, client_id: str, client_secret: str) -> str:
    """A client_credentials token for intake, from the issuer."""
    if not (issuer_url and client_id and client_secret):
        raise typer.BadParameter("gi INTAKE_TOKEN, eller ISSUER_URL, INTAKE_IMPORT_CLIENT_ID og _SECRET")
    known = httpx.get(f"{issuer_url.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
    form = {"grant_type": "client_credentials", "scope": "intake", "audience": "intake"}
    answer = httpx.post(known["token_endpoint"], data=form, auth=(client_id, client_secret)).raise_for_status()
    return str(answer.json()["access_token"])


def send(intake: httpx.Client, file: Path) -> dict[str, Any]:
    """The file's acceptance, which it streams to; what is wrong with it is shown line by line."""
    headers = {"Content-Type": content_type(file), "Idempotency-Key": str(uuid4())}
    with progress.open(file, "rb", description="Sender", console=console) as content:
        answer = intake.post("/ledger/imports", content=iter(partial(content.read, BLOCK), b""), headers=headers)
    if answer.status_code == httpx.codes.ACCEPTED:
        accepted: dict[str, Any] = answer.json()
        console.print(accepted["message"])
        show(accepted["errors"])
        return accepted
    if answer.headers.get("content-type") != "application/problem+json":
        answer.raise_for_status()
    problem = answer.json()
    console.print(problem["detail"])
    show(problem.get("errors", []))
    raise typer.Exit(1)


def content_type(file: Path) -> str:
    return "application/x-ndjson" if file.suffix in {".jsonl", ".ndjson"} else "text/csv"


def show(errors: list[dict[str, Any]]) -> None:
    if errors:
        table = Table("linje", "felt", "feil")
        for error in errors:
            table.add_row(str(error.get("line", "")), error.get("heading") or error["field"], error["message"])
        console.print(table)


def follow(intake: httpx.Client, accepted: dict[str, Any], until: float) -> None:
    """Show the booking until it is done. It goes on by itself, whoever watches."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Bokfører", total=accepted["lines"])
        while True:
            standing = intake.get(f"/ledger/imports/{accepted['import']}").raise_for_status().json()
            bar.update(task, completed=standing["booked"])
            if standing["state"] in {"booked", "held"} or time.monotonic() > until:
                break
            time.sleep(POLL)
    if standing["state"] == "booking":
        console.print("Bokføringen er ikke ferdig ennå. Den fortsetter av seg selv.")
        raise typer.Exit(4)
    console.print(outcome(standing))
    if standing["state"] == "held":
        raise typer.Exit(5)


def outcome(standing: dict[str, Any]) -> str:
    """What became of the lines, in a sentence or two."""
    said = f"{standing['fresh']} linjer er bokført, {standing['already_booked']} var bokført fra før."
    if standing["bad_open"]:
        said += (
            f" {standing['bad_open']} linjer må rettes eller strykes på siden «Reskontro»; først da er dagen avsluttet."
        )
    elif standing["state"] == "held":
        said += " Dagen er ikke avsluttet: en annen fil på kontoen har linjer som må rettes eller strykes først."
    if standing["absent"]:
        said += f" {standing['absent']} leieforhold på kontoen står ikke i fila. De er ikke avsluttet."
    if standing["unplaced"]:
        said += f" {standing['unplaced']} innbetalinger har en KID som ikke passer, og må plasseres."
    return said


if __name__ == "__main__":
    app()
