"""What happened, as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.player.given import Given
from demo.player.running import Running

LEVELS = {0: "–", 1: "Følg med", 2: "Tidlig varsel", 3: "Alvorlig", 4: "Akutt"}
OVERALL = {
    "candidate": "aktuell",
    "not_candidate": "ikke aktuell (råd)",
    "needs_mapping": "må kartlegges",
    "out_of_scope": "utenfor virkeområdet",
}
DECISION = {"granted": "innvilget", "refused": "avslag", "dismissed": "avvist"}
OUTCOME = {
    "contacted": "kontaktet",
    "application_sent": "søknad sendt",
    "granted": "innvilget",
    "refused": "avslått",
    "withdrawn": "trukket",
    "expired": "utløpt",
}
RESOLUTION = {"cured": "løst ved betaling", "ended": "leieforholdet tok slutt", "executed": "utkastelse"}
NOTED = {"accepted": "mottatt", "repeated": "mottatt på nytt", "lookup": "oppslag"}
SHOWN = 14  # rows of a table; the rest is counted


def _capped(console: Console, table: Table, rows: Sequence[Sequence[str]]) -> None:
    for row in rows[:SHOWN]:
        table.add_row(*row)
    if len(rows) > SHOWN:
        table.caption = f"… og {len(rows) - SHOWN} til"
    console.print(table)


def applications(console: Console, given: Given, observed: Mapping[str, Any]) -> None:
    table = Table(
        "søknad",
        "kommune",
        "gjelder",
        "vurdering etter retningslinjen",
        "vedtak",
        title="Søknader → vurderinger → vedtak",
    )
    rows = []
    for body in given.applications:
        found = observed["applications"][body["ref"]]
        assessed = OVERALL.get(found["overall"] or "", f"ingen: {found['absent_reason']}")
        gjelder = " ".join(filter(None, (body["application_type"], body.get("dwelling_type"))))
        rows.append((body["ref"], body["kommunenummer"], gjelder, assessed, DECISION.get(found["decision"] or "", "–")))
    _capped(console, table, rows)


def referrals(console: Console, observed: Mapping[str, Any], record: Sequence[Mapping[str, Any]]) -> None:
    table = Table("søknad", "kvittering fra NAV", "utfall", title="Henvisninger → NAVs kvittering → utfall")
    rows = [
        (
            ref,
            "mottatt" if (referral := found["referral"])["received"] else "–",
            referral["outcome"] or referral["status"],
        )
        for ref, found in observed["applications"].items()
        if found["referral"]
    ]
    _capped(console, table, rows)
    counted = Counter(NOTED.get(entry["what"], entry["what"]) for entry in record)
    console.print("NAVs egen bok: " + ", ".join(f"{count} {what}" for what, count in counted.items()))


def tenancies(console: Console, observed: Mapping[str, Any]) -> None:
    table = Table(
        "leieforhold",
        "varslet",
        "regler",
        "høyeste nivå",
        "begjæring",
        "dager i forkant",
        "utfall",
        title="Leieforhold → varsler",
    )
    episodes = [(ref, e) for ref, found in observed["tenancies"].items() for e in found["episodes"]]
    episodes.sort(key=lambda each: (each[1]["requested_on"] is None, -each[1]["peak_level"], each[1]["first_as_of"]))
    _capped(
        console,
        table,
        [
            (
                *(ref, e["first_as_of"], " ".join(e["rules"]), LEVELS[e["peak_level"]], e["requested_on"] or "–"),
                "–" if e["lead_days"] is None else str(e["lead_days"]),
                RESOLUTION.get(e["resolution"] or "", "åpent"),
            )
            for ref, e in episodes
        ],
    )
    quiet = sum(all(e["peak_level"] < 3 for e in found["episodes"]) for found in observed["tenancies"].values())
    console.print(f"{len(observed['tenancies'])} leieforhold, {quiet} av dem aldri alvorlig.")
    for day, ore in sorted(observed["outstanding"].items()):
        if day in ("2012-01-01", "2019-05-01"):
            console.print(f"Utestående per {day}: {ore / 100:,.0f} kr".replace(",", " "))


def stream(console: Console, counted: Mapping[str, Counter[tuple[str, str]]]) -> None:
    table = Table("tema", "type", "status", "antall", title="Det en abonnent leste på den åpne strømmen")
    for topic, found in counted.items():
        for (kind, status), count in sorted(found.items()):
            table.add_row(topic, kind, status, str(count))
    console.print(table)


def addresses(console: Console, system: Running) -> None:
    table = Table("hva", "hvor", title="Sider")
    for what, where in system.pages.items():
        table.add_row(what, where)
    console.print(table)
    names = ", ".join(person.username for person in system.people if person.role in ("boligansvarlig", "leder"))
    console.print(f"Logg inn som en av demobrukerne (ingen av dem finnes), for eksempel: {names}")
