"""The result as a page of docs/proof."""

from datetime import UTC, datetime

from demo.local.places import ROOT
from tests.e2e.counting import table
from tests.prove.restore.scene import BASE_ALONE, STATES, Result

PAGE = ROOT / "docs" / "proof" / "restore.md"


def write(result: Result) -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(result, datetime.now(UTC)), encoding="utf-8")


def page(result: Result, at: datetime) -> str:
    lines = [
        "# Restore",
        "",
        f"{at:%Y-%m-%d %H:%M} UTC, seed {result.seed}; made by `python -m tests.prove.restore {result.seed}`.",
        "Real Kafka, a PostgreSQL per service with archived WAL, the four services, a simulated NAV. Under load the",
        "databases are lost (SIGKILL, the data folder gone) one after another and brought back, all else goes on.",
        "",
        f"{result.applications} applications and {result.files} ledger files went in; {result.sent_again} requests got",
        f"no answer and were sent again under the same key. {result.events} records came to stand on Kafka.",
        "",
        "| database | restored to | backup's age, s | ready again after, s | subjects with a floor | breaks heard |",
        "|---|---|---|---|---|---|",
    ]
    for service, age in result.ages.items():
        way = "base backup alone" if service in BASE_ALONE else "base backup and WAL"
        figures = f"{age:.0f} | {result.away[service]:.1f} | {result.floors[service]} | {result.breaks[service]}"
        lines.append(f"| {service} | {way} | {figures} |")
    lines += ["", f"| reader | {' | '.join(STATES).replace('_', ' ')} |", "|---" * (len(STATES) + 1) + "|"]
    for reader, found in result.reconciled.items():
        lines.append(f"| {reader} | {' | '.join(str(found[state]) for state in STATES)} |")
    lines += ["", f"{result.sums} sums of files compared, {result.differences} differ.", ""]
    lines += ["```", table(result.counts), "```", ""]
    lines += ["Findings: " + ("none." if not result.findings else ""), *(f"* {each}" for each in result.findings)]
    return "\n".join(lines) + "\n"
