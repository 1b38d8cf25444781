"""`python -m <service>`: run it, bring its database up to date, see to what stands still."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from typer.core import TyperGroup

from chassis import logging, tracing
from chassis.broker import Kafka
from chassis.database import Database, migrate
from chassis.errors import BoligflytError
from chassis.floors import known_floors
from chassis.fuse import allow as allow_rejects
from chassis.operations.commands import letter_commands, refused_commands
from chassis.operations.refused import RefusedEvents
from chassis.reconcile.command import reconcile_command
from chassis.service import PARTS, Process, Service
from chassis.settings import ServiceSettings, load

S = TypeVar("S", bound=ServiceSettings)
T = TypeVar("T")

console = Console()


class Commands(TyperGroup):
    """A no is said in its sentence, and so is what keeps a command from working at all."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BoligflytError as error:
            raise SystemExit(getattr(error, "sentence", str(error))) from None


def command_line(settings_class: type[S], build: Callable[[S], Service]) -> typer.Typer:
    """The commands that every service has; a service may add its own."""
    app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_show_locals=False, help="boligflyt")

    def operate(work: Callable[[Process], Awaitable[T]]) -> T:
        settings = load(settings_class)
        return with_process(settings, build(settings), work)

    @app.command()
    def run(only: Annotated[list[str] | None, typer.Option(help=f"Bare: {', '.join(PARTS)}")] = None) -> None:
        """Kjør tjenesten."""
        settings = load(settings_class)
        if unknown := set(only or ()) - set(PARTS):
            raise typer.BadParameter(f"ukjent del: {', '.join(sorted(unknown))}")
        logging.configure(settings.service_name(), settings.log_level)
        service = build(settings)
        bring_up_to_date(settings, service)
        tracing.start(service.name, settings.otel_exporter_otlp_endpoint)
        try:
            with_process(settings, service, lambda process: process.run(only or PARTS))
        finally:
            tracing.stop()

    @app.command(name="migrate")
    def migrate_database() -> None:
        """Bring databasen til nyeste form."""
        settings = load(settings_class)
        bring_up_to_date(settings, build(settings))

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
    letters = letter_commands(lambda work: operate(lambda process: work(process.dead_letters)))
    refused = refused_commands(lambda work: operate(lambda process: work(RefusedEvents(process.database))))
    app.add_typer(letters, name="dead-letters")
    app.add_typer(refused, name="refused")
    return app


def bring_up_to_date(settings: ServiceSettings, service: Service) -> None:
    """Migrate the database, once it answers."""
    urls = settings.database_url, settings.pages_database_url

    async def answering() -> None:
        await (await Database.connect(*urls)).close()

    asyncio.run(answering())
    migrate(*urls, [service.migrations])


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
