"""Play the input in a running system, and print what came of it."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo.check import compare, minimum
from demo.player import observe, report
from demo.player.given import Given
from demo.player.play import play
from demo.player.running import Running
from demo.player.subscriber import read_all, summary


def a_console() -> Console:
    """Into a file or a pipe, tables are whole however narrow the default is."""
    console = Console()
    return console if console.is_terminal else Console(width=140)


async def show(console: Console, system: Running, given: Given, *, own_scenario: bool) -> list[str]:
    """Play it, print what came of it, and say what differs from what the files foretell."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        played = await play(system, given, progress)
    console.print(f"{played.ledger_lines} reskontrolinjer bokført.")
    await observe.outcomes_are_back(system)
    observed = await observe.observe(system, given, played)
    report.applications(console, given, observed)
    report.referrals(console, observed, observe.nav_record(system))
    report.tenancies(console, observed)
    counted = {}
    for subscriber in system.topics.subscribers:
        kafka = system.kafka.connection(subscriber.principal).aiokafka()
        counted[subscriber.topic] = summary(await read_all(kafka, subscriber.topic, f"{subscriber.group_prefix}demo"))
    report.stream(console, counted)
    report.addresses(console, system)
    return differences(console, given, observed, own_scenario=own_scenario)


def differences(console: Console, given: Given, observed: observe.Observed, *, own_scenario: bool) -> list[str]:
    if given.expected is None:
        console.print("Filene forutsier ingenting (expected.json mangler), så ingenting er sammenlignet.")
        return []
    wrong = compare(given.expected, observed) + (minimum(observed) if own_scenario else [])
    for sentence in wrong[:40]:
        console.print(f"[red]✗ {sentence}")
    console.print(f"[red]{len(wrong)} avvik." if wrong else "[green]✓ Alt er som filene forutsier.")
    return wrong
