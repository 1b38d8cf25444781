"""`python -m <service>`: run it, bring its database up to date, see to its dead letters."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from chassis import logging
from chassis.broker import Kafka
from chassis.database import Database, migrate
from chassis.dead_letters import DeadLetters, as_json
from chassis.errors import BoligflytError
from chassis.service import PARTS, Process, Service
from chassis.settings import ServiceSettings, load

S = TypeVar("S", bound=ServiceSettings)
T = TypeVar("T")

console = Console()


def command_line(settings_class: type[S], build: Callable[[S], Service]) -> typer.Typer:
    """The commands that every service has; a service may add its own."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="boligflyt")
    letters = typer.Typer(no_args_is_help=True, help="Hendelser som ikke kunne behandles, og det som venter bak dem.")
    app.add_typer(letters, name="dead-letters")

    @app.command()
    def run(only: Annotated[list[str] | None, typer.Option(help=f"Bare disse delene: {', '.join(PARTS)}")] = None) -> None:
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

    def operate(work: Callable[[DeadLetters], Awaitable[T]]) -> T:
        settings = _settings(settings_class)
        return with_process(settings, build(settings), lambda process: work(process.dead_letters))

    @letters.command("list")
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

    @letters.command()
    def show(letter: int) -> None:
        """Én hendelse: hvor den kom fra, hvorfor den stoppet, hva som venter bak. Innholdet vises ikke."""
        found = operate(lambda dead_letters: dead_letters.show(letter))
        if found is None:
            typer.echo(f"Ingen hendelse med nummer {letter}.", err=True)
            raise typer.Exit(1)
        typer.echo(as_json(found))

    @letters.command()
    def replay(
        by: Annotated[str, typer.Option(help="Hvem som gjør det")],
        key: Annotated[str | None, typer.Option(help="Én parkert nøkkel")] = None,
        fingerprint: Annotated[str | None, typer.Option(help="Alle nøkler med denne årsaken")] = None,
    ) -> None:
        """Behandle på nytt det som venter, i rekkefølge, til noe stopper igjen."""
        if (key is None) == (fingerprint is None):
            raise typer.BadParameter("oppgi enten --key eller --fingerprint")

        async def work(dead_letters: DeadLetters) -> int:
            stopped = 0
            for each in [key] if key else await dead_letters.keys(str(fingerprint)):
                done = await dead_letters.replay(each, by)
                stopped += done.stopped_by is not None
                console.print(f"{each}: {done.handled} behandlet" + (f", stoppet av {done.stopped_by}" if done.stopped_by else ""))
            return stopped

        raise typer.Exit(1 if operate(work) else 0)

    return app


def with_process(settings: S, service: Service, work: Callable[[Process], Awaitable[T]]) -> T:
    """Do work with a wired process whose connections are closed afterwards."""

    async def connected() -> T:
        database = await Database.connect(settings.database_url, settings.pages_database_url)
        kafka = Kafka.of(settings)
        try:
            return await work(Process(service, settings, database, kafka))
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
