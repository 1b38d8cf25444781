"""`python -m notifications`: what every service has, and `replay`, which judges a ledger from a file."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import Progress

from chassis.command_line import command_line
from chassis.outputs import OSLO, Message
from notifications.app import build
from notifications.domain.words import LEVEL_NAMES, sentence
from notifications.handlers import HANDLERS
from notifications.handlers.replaying import LevelChange, Refused, Replay
from notifications.settings import Settings
from notifications.subscribers import READS
from notifications.translation import BadLine, LedgerFile

app = command_line(Settings, build)
console = Console(stderr=True)
TOPICS = ("tenancies.v1", "arrears.v1")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Hendelsene, én per linje")]
Until = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Siste dag som tas med")]
Municipality = Annotated[str, typer.Option(help="Hvem sine terskler, der linjen ikke sier det")]
AsJson = Annotated[bool, typer.Option("--json", help="Et JSON-objekt per endring")]


@app.command()
def replay(events: File, *, until: Until, kommunenummer: Municipality = "0000", as_json: AsJson = False) -> None:
    """Døm en reskontro på nytt, og skriv hver endring av nivå og trinn. Uten Kafka og database."""
    classes: dict[str, Any] = {c.type: c for topic in TOPICS for c in cast("tuple[Any, ...]", READS[topic])}
    file, judging = LedgerFile(classes, kommunenummer), Replay({handler.on: handler for handler in HANDLERS})
    bad = 0
    with (
        Progress(console=console, redirect_stdout=False, redirect_stderr=False) as progress,
        progress.open(events, "rb", description="Leser") as lines,
    ):
        for each in file.read(lines):
            for found in [each] if isinstance(each, BadLine) else _told(judging, each, until.date()):
                if isinstance(found, LevelChange):
                    subject = file.names[found.tenancy]
                    typer.echo(_as_json(found, subject) if as_json else _in_words(found, subject))
                else:
                    bad += 1
                    typer.echo(f"linje {file.number}: {found.sentence}", err=True)
    _finish(file, bad)


def _told(judging: Replay, message: Message, until: date) -> list[LevelChange | Refused]:
    return judging.tell(message) if message.time.astimezone(OSLO).date() <= until else []


def _in_words(change: LevelChange, subject: str) -> str:
    """Tab-separated: day, tenancy, level, stage, thresholds, reasons."""
    level, reasons = f"{change.level} {LEVEL_NAMES[change.level]}", " ".join(_reasons(change))
    return f"{change.as_of.isoformat()}\t{subject}\t{level}\t{change.stage}\t{change.version}\t{reasons}".rstrip()


def _as_json(change: LevelChange, subject: str) -> str:
    given = {"as_of": change.as_of.isoformat(), "subject": subject, "level": change.level, "stage": change.stage}
    reasons = [{"rule": reason.rule, "figures": reason.figures} for reason in change.reasons]
    return json.dumps({**given, "version": change.version, "reasons": reasons}, ensure_ascii=False)


def _reasons(change: LevelChange) -> list[str]:
    return [f"{reason.rule}: {sentence(reason.rule, reason.figures)}" for reason in change.reasons]


def _finish(file: LedgerFile, bad: int) -> None:
    if file.ignored:
        typer.echo(f"{file.ignored} linjer av typer som ikke leses, er hoppet over.", err=True)
    if bad:
        typer.echo(f"{bad} linjer kunne ikke leses. Resten av de leieforholdene er ikke dømt.", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
