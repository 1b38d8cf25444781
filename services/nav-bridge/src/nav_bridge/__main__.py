"""`python -m nav_bridge`: what every service has, and `deliveries`, for its operator, of all municipalities alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer
from rich.console import Console

from chassis.command_line import command_line, with_process
from chassis.operations.commands import as_json, table
from chassis.outputs import OSLO, Body, Message
from chassis.pages import norwegian_time
from chassis.service import Process
from chassis.settings import load
from chassis.store import Store
from nav_bridge import operations
from nav_bridge.app import build
from nav_bridge.domain import REASONS, Act, Delivery
from nav_bridge.operations import Found, Retried
from nav_bridge.settings import Settings
from nav_bridge.translation import page_words as words

T = TypeVar("T")
Referral = Annotated[str, typer.Argument(help="Henvisningens eller meldingens id")]
Revision = Annotated[int | None, typer.Option(help="Utgaven, når det ikke er den nyeste")]
By = Annotated[str, typer.Option(help="Hvem som gjør det")]
Reason = Annotated[str, typer.Option(help="Hvorfor, som en kode; feil kode viser hvilke som finnes")]
AsJson = Annotated[bool, typer.Option("--json", help="Som JSON")]

app = command_line(Settings, build)
deliveries = typer.Typer(no_args_is_help=True, help="Leveringer til NAV: se dem, og ta dem i hånd.")
app.add_typer(deliveries, name="deliveries")
console = Console()


class Desk:
    """The command line's: it sees all municipalities, and acts in the one that a case is of."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        async with self._store.database.runner() as connection:
            return list(await connection.fetch(sql, *args))

    async def states(self, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for id in ids:
            found |= await self._store.states(await self._owner(id), kind, [id])
        return found

    async def send(self, body: Body, subject: str) -> Mapping[str, Any]:
        id, now = uuid4(), self._store.clock.now()
        message = Message(id, body.type, subject, await self._owner(subject), now, body, str(id))
        return await self._store.command(message, request_hash=id.bytes)

    async def _owner(self, case: str) -> str:
        rows = await self.rows("select kommunenummer from states where kind = 'delivery' and key = $1", case)
        return str(rows[0]["kommunenummer"]) if rows else ""


def at_desk(work: Callable[[Desk, Process], Awaitable[T]]) -> T:
    settings = load(Settings)
    return with_process(settings, build(settings), lambda process: work(Desk(process.store), process))


@deliveries.command("list")
def list_deliveries(
    status: Annotated[str | None, typer.Option(help=f"Bare: {', '.join(words.STATUSES)}")] = None,
    older_than: Annotated[int, typer.Option(help="Bare det som ble bedt om for så mange dager siden", min=0)] = 0,
    most: Annotated[int, typer.Option(help="Hvor mange, høyst", min=1)] = 50,
    *,
    json: AsJson = False,
) -> None:
    """Leveringer etter tilstand og alder, de eldste først."""
    if status not in {None, *words.STATUSES}:
        raise typer.BadParameter(f"tilstanden er en av {', '.join(words.STATUSES)}")

    async def work(desk: Desk, process: Process) -> list[dict[str, Any]]:
        until = process.clock.now().astimezone(OSLO).date() - timedelta(days=older_than)
        return await operations.listed(desk, status, most, until=until)

    rows = at_desk(work)
    if json:
        typer.echo(as_json(rows))
        return
    headings = ("bedt om", "hva", "utgave", "henvisning", "kommune", "tilstand", "hvorfor")
    console.print(table(headings, [_line(row) for row in rows]) if rows else "Ingen leveringer.")


@deliveries.command()
def show(referral: Referral, revision: Revision = None) -> None:
    """Én levering med hele historien, i ord."""

    async def work(desk: Desk, _: Process) -> tuple[Found, Any]:
        found = await operations.find(desk, referral, revision)
        return found, await operations.steps(desk, found)

    found, steps = at_desk(work)
    it = found.delivery
    typer.echo(f"{words.MATTERS[it.matter]}, utgave {it.revision}, sak {found.case}")
    typer.echo(f"{words.status(it.status, it.channel)}. {words.CODES.get(it.code, it.code)}".strip())
    for step in steps:
        typer.echo(f"{norwegian_time(step.at)}: {step.what}{f' ({step.more})' if step.more else ''}")
    for act in (each for each in REASONS if it.may(each)):
        typer.echo(f"Kan nå: {act} ({words.ACTS[act]}), begrunnelse {' eller '.join(REASONS[act])}")


@deliveries.command()
def retry(referral: Referral, reason: Reason, by: By, revision: Revision = None) -> None:
    """Prøv en stanset levering på nytt, under samme nøkkel hos NAV."""
    _handle(referral, revision, "retry", reason, by)


@deliveries.command()
def recall(referral: Referral, reason: Reason, by: By, revision: Revision = None) -> None:
    """Be NAV la det falle som NAV har."""
    _handle(referral, revision, "recall", reason, by)


@deliveries.command()
def park(referral: Referral, reason: Reason, by: By, revision: Revision = None) -> None:
    """Stans en levering, til et menneske prøver på nytt."""
    _handle(referral, revision, "park", reason, by)


@deliveries.command()
def outcome(
    referral: Referral,
    decided: Annotated[str, typer.Argument(help=f"Én av {', '.join(words.OUTCOMES)}")],
    reason: Reason,
    by: By,
    revision: Revision = None,
) -> None:
    """Registrer et utfall som er kjent på annen måte."""
    if decided not in words.OUTCOMES:
        raise typer.BadParameter(f"utfallet er en av {', '.join(words.OUTCOMES)}")
    _handle(referral, revision, "outcome", reason, by, outcome=decided)


def _handle(referral: str, revision: int | None, act: Act, reason: str, by: str, **more: str) -> None:
    async def work(desk: Desk, _: Process) -> Delivery:
        await operations.handle(desk, await operations.find(desk, referral, revision), act, reason, by, **more)
        return (await operations.find(desk, referral, revision)).delivery

    after = at_desk(work)
    typer.echo(f"{words.DONE[act]}. {words.status(after.status, after.channel)}.")


@deliveries.command()
def groups(*, json: AsJson = False) -> None:
    """Stansede leveringer etter årsak, største gruppe først."""
    rows = at_desk(lambda desk, _: operations.groups(desk))
    if json:
        typer.echo(as_json(rows))
        return
    shown = [{**row, "why": words.CODES.get(row["code"], "")} for row in rows]
    headings = ("årsak", "antall", "eldste", "forklaring")
    console.print(table(headings, shown) if rows else "Ingen leveringer er stanset.")


@deliveries.command()
def retry_group(code: Annotated[str, typer.Argument(help="Årsaken")], reason: Reason, by: By) -> None:
    """Prøv på nytt alle som er stanset av én årsak, hver for seg. Ender med feilkode om noen ble stående."""
    done: list[Retried] = at_desk(lambda desk, _: operations.retry_group(desk, code, reason, by))
    for each in done:
        typer.echo(f"{each.referral_id} utgave {each.revision}: {each.refused or 'prøves på nytt'}")
    typer.echo(f"{sum(not each.refused for each in done)} av {len(done)} prøves på nytt.")
    raise typer.Exit(1 if any(each.refused for each in done) else 0)


@deliveries.command()
def destinations(*, json: AsJson = False) -> None:
    """Hvordan NAV nås: det som venter, feil på rad, hvor lenge det ventes, og grensen i sekundet."""

    async def work(desk: Desk, process: Process) -> list[operations.Destination]:
        budgets = {name: policy.per_second for name, policy in process.service.policies.items()}
        return await operations.destinations(desk, process.database, budgets)

    found = at_desk(work)
    if json:
        typer.echo(as_json(found))
        return
    headings = ("hva", "i sekundet", "feil på rad", "venter til", "venter", "eldste", "forsøk")
    rows = [{field: getattr(each, field) for field in each.__dataclass_fields__} for each in found]
    console.print(table(headings, [{k: "" if v is None else v for k, v in row.items()} for row in rows]))


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("requested_on", "matter", "revision", "referral_id", "kommunenummer")
    state = {"status": words.status(row["status"], row["channel"]), "code": row["code"] or ""}
    return {name: row[name] for name in shown} | {"matter": words.MATTERS[row["matter"]]} | state


if __name__ == "__main__":
    app()
