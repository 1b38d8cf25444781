"""`dead-letters …` and `refused …` on the command line of every service, for all municipalities alike."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from chassis.operations.content import Content, as_lines, overlaid, text
from chassis.operations.letters import DeadLetters, Replayed
from chassis.operations.refused import RefusedEvents

Operate = Callable[[Callable[[Any], Awaitable[Any]]], Any]
By = Annotated[str, typer.Option(help="Hvem som gjør det")]
Because = Annotated[str, typer.Option(help="Hvorfor, uten personopplysninger")]

console = Console()


def letter_commands(operate: Operate) -> typer.Typer:
    """`operate`: does work with the dead letters of a service, and gives what came of it."""
    app = typer.Typer(no_args_is_help=True, help="Hendelser som ikke kunne behandles, og det som venter bak dem.")
    looking(app, operate)
    acting(app, operate)
    return app


def looking(app: typer.Typer, operate: Operate) -> None:
    @app.command("list")
    def list_groups(json: bool = False) -> None:
        """Ubehandlede, gruppert etter årsak, største gruppe først."""
        groups = operate(DeadLetters.groups)
        if json:
            typer.echo(as_json(groups))
            return
        headings = ("årsak", "begrunnelse", "antall", "nøkler", "venter bak", "eldste", "eksempel")
        console.print(table(headings, groups) if groups else "Ingen ubehandlede hendelser.")

    @app.command()
    def show(letter: int) -> None:
        """Én hendelse: hvor den kom fra, hvorfor den stoppet, hva som er gjort. Innholdet vises ikke."""
        found = operate(lambda letters: letters.show(letter))
        if found is None:
            raise SystemExit(f"Ingen hendelse med nummer {letter}.")
        typer.echo(as_json(found))

    @app.command()
    def content(letter: int, by: By, original: Annotated[bool, typer.Option(help="Slik den kom")] = False) -> None:
        """Nøkkel, hoder og innhold slik de gjelder nå. At noen har sett dem, står i historikken."""
        came, counts = operate(lambda letters: letters.content(letter, by))
        shown = came if original else counts
        typer.echo(f"{text(shown.key)}\n{as_lines(shown.headers)}\n\n{text(shown.value)}")


def acting(app: typer.Typer, operate: Operate) -> None:
    @app.command()
    def replay(
        by: By,
        key: Annotated[str | None, typer.Option(help="Én parkert nøkkel")] = None,
        fingerprint: Annotated[str | None, typer.Option(help="Alle nøkler med denne årsaken")] = None,
        letter: Annotated[int | None, typer.Option(help="Én hendelse, og nøkkelen den har stanset")] = None,
    ) -> None:
        """Behandle på nytt det som venter, i rekkefølge, til noe stopper igjen."""
        match key, fingerprint, letter:
            case str(), None, None:
                done = [operate(lambda letters: letters.replay(key, by))]
            case None, str(), None:
                done = operate(lambda letters: letters.replay_group(fingerprint, by))
            case None, None, int():
                done = [operate(lambda letters: letters.replay_letter(letter, by))]
            case _:
                raise typer.BadParameter("oppgi én av --key, --fingerprint og --letter")
        report(done)

    @app.command()
    def correct(
        letter: int,
        by: By,
        because: Because,
        *,
        body: Annotated[Path | None, typer.Option(help="Fil med hele det rettede innholdet", exists=True)] = None,
        header: Annotated[list[str] | None, typer.Option(help="navn=verdi, settes i stedet")] = None,
        without_header: Annotated[list[str] | None, typer.Option(help="Navn på et hode som tas bort")] = None,
        key: Annotated[str | None, typer.Option(help="Rettet nøkkel")] = None,
    ) -> None:
        """Rett en stanset hendelse og behandle den på nytt, med det som venter bak. Den opprinnelige beholdes."""
        if unnamed := [each for each in header or () if "=" not in each]:
            raise typer.BadParameter(f"--header er navn=verdi, ikke {', '.join(unnamed)}")
        headers = {name: value for name, _, value in (each.partition("=") for each in header or ())}
        value = body.read_bytes() if body else None

        def mend(before: Content) -> Content:
            return overlaid(before, value=value, headers=headers, without=without_header or (), key=key)

        report([operate(lambda letters: letters.correct(letter, by, because, mend))])

    @app.command()
    def discard(letter: int, by: By, because: Because) -> None:
        """Gi opp en hendelse som aldri kan behandles. Det som venter bak den, behandles."""
        report([operate(lambda letters: letters.discard(letter, by, because))])


def refused_commands(operate: Operate) -> typer.Typer:
    """The same for the events of a service that Kafka refused."""
    app = typer.Typer(no_args_is_help=True, help="Hendelser som Kafka ikke tar imot, og det som venter bak dem.")

    @app.command("list")
    def list_refused(json: bool = False) -> None:
        """Avviste hendelser, eldste først."""
        rows = operate(RefusedEvents.rows)
        if json:
            typer.echo(as_json(rows))
            return
        columns = ("id", "topic", "key", "reason", "bytes", "waiting", "created_at")
        shown = [{name: row[name] for name in columns} for row in rows]
        headings = ("nummer", "emne", "nøkkel", "begrunnelse", "byte", "venter bak", "laget")
        console.print(table(headings, shown) if rows else "Ingen avviste hendelser.")

    @app.command()
    def send_again(event: int, by: By, because: Because) -> None:
        """Send den på nytt, før det som venter bak: når grensen på emnet er hevet, for eksempel."""
        settle(event, by, because, "sent_again")

    @app.command()
    def give_up(event: int, by: By, because: Because) -> None:
        """Gi den opp; det som venter bak den, sendes uten den."""
        settle(event, by, because, "given_up")

    def settle(event: int, by: str, because: str, how: Literal["sent_again", "given_up"]) -> None:
        if not operate(lambda refused: refused.settle(event, by, because, how)):
            raise SystemExit(f"Ingen avvist hendelse med nummer {event}.")

    return app


def report(done: Sequence[Replayed]) -> None:
    """One line per key; ends with an error code where something stopped again."""
    rows = [{"key": each.key or "–", "handled": each.handled, "stopped_by": each.stopped_by or ""} for each in done]
    console.print(table(("nøkkel", "behandlet", "stoppet av"), rows))
    raise typer.Exit(1 if any(each.stopped_by for each in done) else 0)


def table(headings: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    made = Table(*headings)
    for row in rows:
        made.add_row(*map(str, row.values()))
    return made


def as_json(rows: Any) -> str:
    """Rows as an operator pipes them on."""
    return to_json(rows, indent=2).decode()
