"""`reconcile`, as an operator runs it and reads it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import httpx
import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from chassis.outputs import OSLO
from chassis.reconcile.comparing import KEPT_DAYS, Tally
from chassis.reconcile.nightly import newest_days
from chassis.reconcile.reading import Reconciled, Reconciliation

console = Console()

Work = Callable[[Reconciliation], Awaitable[Any]]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Én dag, i norsk tid")]
Days = Annotated[int, typer.Option(min=1, max=KEPT_DAYS, help="De siste dagene, i dag medregnet")]
Republish = Annotated[bool, typer.Option("--republish", help="Be avsenderne sende på nytt det som mangler")]


def reconcile_command(app: typer.Typer, operate: Callable[[Work], Any]) -> None:
    """`operate`: does work with the reconciliation of a service, and gives what came of it."""

    @app.command()
    def reconcile(
        day: Day = None, days: Days = 7, *, republish: Republish = False, by: str = "", json: bool = False
    ) -> None:
        """Avstem alt som tjenesten leser: sendt, mottatt, venter, parkert, mangler, per kommune og dag."""
        if republish and not by:
            raise typer.BadParameter("oppgi --by: hvem som ber om ny sending")
        today = datetime.now(OSLO).date()
        chosen = [day.date()] if day else newest_days(days, today)
        if (today - chosen[0]).days >= KEPT_DAYS:
            raise typer.BadParameter(f"eldre enn {KEPT_DAYS} dager kan ikke avstemmes: innboksen er ryddet")
        try:
            found: list[Reconciled] = operate(lambda each: _all(each, chosen))
        except httpx.HTTPError as error:
            raise SystemExit(f"En avsender svarte ikke som ventet: {type(error).__name__}.") from None
        show(found, as_json=json)
        lacking = [tally for one in found for tally in one.tallies if tally.missing]
        if republish and lacking:
            again = operate(lambda each: _again(each, lacking, by))
            console.print(f"{again} hendelser sendes på nytt. Kjør avstemmingen igjen for å se dem komme fram.")
        raise typer.Exit(1 if lacking or any(one.differences for one in found) else 0)


async def _all(reconciliation: Reconciliation, days: Sequence[date]) -> list[Reconciled]:
    return [await reconciliation.of(each, days) for each in await reconciliation.municipalities()]


async def _again(reconciliation: Reconciliation, lacking: Sequence[Tally], by: str) -> int:
    return sum([await reconciliation.republish(tally, by) for tally in lacking])


def show(found: Sequence[Reconciled], *, as_json: bool) -> None:
    if as_json:
        typer.echo(to_json([asdict(one) for one in found], indent=2).decode())
        return
    for table in (_events(found), _missing(found), _sums(found)):
        if table.row_count:
            console.print(table)
    missing, differing = sum(one.missing for one in found), sum(len(one.differences) for one in found)
    compared = sum(len(one.sums) for one in found)
    console.print(f"{missing} hendelser mangler, {differing} av {compared} summer avviker.")


def _events(found: Sequence[Reconciled]) -> Table:
    words = ("sendt", "mottatt", "venter", "parkert", "gitt opp", "slettet", "andre slag", "mangler")
    table = Table("emne", "kommune", "dag", *words)
    for t in (tally for one in found for tally in one.tallies):
        counts = (t.sent, t.received, t.waiting, t.parked, t.given_up, t.erased, t.not_for_us, len(t.missing))
        table.add_row(t.topic, t.kommunenummer, t.day.isoformat(), *map(str, counts))
    return table


def _missing(found: Sequence[Reconciled]) -> Table:
    table = Table("mangler", "slag", "nøkkel", "nr.")
    for event in (event for one in found for tally in one.tallies for event in tally.missing):
        table.add_row(event.id, event.type, event.key, str(event.sequence))
    return table


def _sums(found: Sequence[Reconciled]) -> Table:
    table = Table("sum", "filer", "linjer i fil", "linjer her", "øre i fil", "øre her")
    for one in found:
        for each in one.differences:
            counts = (each.lines_told, each.lines_held, each.ore_told, each.ore_held)
            table.add_row(f"{one.kommunenummer} {each.what}", each.source, *map(str, counts))
    return table
