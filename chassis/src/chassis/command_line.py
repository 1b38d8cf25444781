"""`python -m <service>`: run it, bring its database up to date, see to its dead letters."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from chassis import logging
from chassis.broker import Kafka
from chassis.database import Database, migrate
from chassis.dead_letters import DeadLetters, as_json
from chassis.errors import BoligflytError
from chassis.floors import known_floors
from chassis.fuse import allow as allow_rejects
from chassis.reconcile.command import reconcile_command
from chassis.service import PARTS, Process, Service
from chassis.settings import ServiceSettings, load

S = TypeVar("S", bound=ServiceSettings)
T = TypeVar("T")

console = Console()


def command_line(settings_class: type[S], build: Callable[[S], Service]) -> typer.Typer:
    """The commands that every service has; a service may add its own."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="boligflyt")

    def operate(work: Callable[[Process], Awaitable[T]]) -> T:
        settings = _settings(settings_class)
        return with_process(settings, build(settings), work)

    @app.command()
    def run(only: Annotated[list[str] | None, typer.Option(help=f"Bare: {', '.join(PARTS)}")] = None) -> None:
        """Kjør tjenesten."""
        settings = _settings(settings_class)
        if unknown := set(only or ()) - set(PARTS):
            raise typer.BadParameter(f"ukjent del: {', '.join(sorted(unknown))}")
        logging.configure(settings.service_name(), settings.log_level)
        service = build(settings)
        migrate(settings.database_url, settings.pages_database_url, [service.migrations])
        with_process(settings, service, lambda process: process.run(only or PARTS))

    @app.command(name="migrate")
    def migrate_database() -> None:
        """Bring databasen til nyeste form."""
        settings = _settings(settings_class)
        migrate(settings.database_url, settings.pages_database_url, [build(settings).migrations])

    @app.command()
    def rebuild() -> None:
        """Lag projeksjonene på nytt av tilstandene; sidene ser de gamle radene til det er gjort."""
        console.print(f"{operate(lambda process: process.store.rebuild())} tilstander projisert på nytt.")

    @app.command()
    def fuse(
        allow: Annotated[int, typer.Option(help="Hvor mange", min=0)],
        by: Annotated[str, typer.Option(help="Hvem som gjør det")],
    ) -> None:
        """La så mange feil til bli satt til side der sikringen har gått, fordi det er hendelsene som er dårlige."""
        operate(lambda process: allow_rejects(process.database, allow, by))

    reconcile_command(app, lambda work: operate(lambda process: work(process.reconciliation)))
    letters = typer.Typer(no_args_is_help=True, help="Hendelser som ikke kunne behandles, og det som venter bak dem.")
    dead_letter_commands(letters, lambda work: operate(lambda process: work(process.dead_letters)))
    app.add_typer(letters, name="dead-letters")
    return app


def dead_letter_commands(app: typer.Typer, operate: Callable[[Callable[[DeadLetters], Awaitable[Any]]], Any]) -> None:
    """`operate`: does work with the dead letters of a service, and gives what came of it."""

    @app.command("list")
    def list_groups(json: bool = False) -> None:
        """Ubehandlede, gruppert etter årsak, største gruppe først."""
        groups = operate(DeadLetters.groups)
        if json:
            typer.echo(as_json(groups))
            return
        table = Table("årsak", "begrunnelse", "antall", "nøkler", "venter bak", "eldste", "eksempel")
        for group in groups:
            table.add_row(*map(str, group.values()))
        console.print(table if groups else "Ingen ubehandlede hendelser.")

    @app.command()
    def show(letter: int) -> None:
        """Én hendelse: hvor den kom fra, hvorfor den stoppet, hva som venter bak. Innholdet vises ikke."""
        found = operate(lambda dead_letters: dead_letters.show(letter))
        if found is None:
            raise SystemExit(f"Ingen hendelse med nummer {letter}.")
        typer.echo(as_json(found))

    @app.command()
    def replay(
        by: Annotated[str, typer.Option(help="Hvem som gjør det")],
        key: Annotated[str | None, typer.Option(help="Én parkert nøkkel")] = None,
        fingerprint: Annotated[str | None, typer.Option(help="Alle nøkler med denne årsaken")] = None,
    ) -> None:
        """Behandle på nytt det som venter, i rekkefølge, til noe stopper igjen."""
        if (key is None) == (fingerprint is None):
            raise typer.BadParameter("oppgi enten --key eller --fingerprint")

        stopped = operate(lambda dead_letters: replay_each(dead_letters, by, key, fingerprint or ""))
        raise typer.Exit(1 if stopped else 0)

    @app.command()
    def discard(letter: int, by: Annotated[str, typer.Option(help="Hvem som gjør det")]) -> None:
        """Gi opp en hendelse som aldri kan behandles. Det som venter bak den, behandles med replay."""
        if not operate(lambda dead_letters: dead_letters.discard(letter, by)):
            raise SystemExit(f"Ingen hendelse med nummer {letter} er stoppet og ubehandlet.")


async def replay_each(letters: DeadLetters, by: str, key: str | None, fingerprint: str) -> int:
    """Replay one key, or all of a group; how many stopped again."""
    stopped = 0
    for each in [key] if key else await letters.keys(fingerprint):
        done = await letters.replay(each, by)
        stopped += done.stopped_by is not None
        rest = f", stoppet av {done.stopped_by}" if done.stopped_by else ""
        console.print(f"{each}: {done.handled} behandlet{rest}")
    return stopped


def with_process(settings: S, service: Service, work: Callable[[Process], Awaitable[T]]) -> T:
    """Do work with a wired process whose connections are closed afterwards."""

    async def connected() -> T:
        database = await Database.connect(settings.database_url, settings.pages_database_url)
        kafka = Kafka.of(settings)
        try:
            process = Process(service, settings, database, kafka)
            process.wiring.floors.update(await known_floors(database))
            return await work(process)
        finally:
            await kafka.close()
            await database.close()

    return asyncio.run(connected())


def _settings(settings_class: type[S]) -> S:
    try:
        return load(settings_class)
    except BoligflytError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def main(settings_class: type[S], build: Callable[[S], Service]) -> None:
    command_line(settings_class, build)()
