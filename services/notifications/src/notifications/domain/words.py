"""What people read: levels, stages and reasons in Norwegian (early-warning.md §7.4–7.5)."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from notifications.domain.remedies import Remedy

LEVEL_NAMES = ("Ingen", "Følg med", "Tidlig varsel", "Alvorlig", "Akutt")
RESOLUTIONS = {
    "cured": "betaling",
    "ended": "at leieforholdet tok slutt",
    "executed": "gjennomført fravikelse",
    "renewed": "at leieavtalen ble forlenget",
    "handled": "at en saksbehandler lukket det",
}
STAGES = {
    "F0": "Ingen forfalt husleie",
    "F1": "Første dager over forfall",
    "F2": "Ubetalt, før varsel",
    "F3": "Varsel løper, eller over to uker ubetalt",
    "F4": "Fravikelse er begjært",
    "F5": "Fravikelse er berammet",
    "F6": "Fravikelse er gjennomført",
}
_MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)


def kroner(ore: int) -> str:
    """`1 234,50`, without øre when there are none; a no-break space between thousands."""
    whole, rest = divmod(abs(ore), 100)
    sign = "−" if ore < 0 else ""
    return f"{sign}{whole:,}".replace(",", "\u00a0") + (f",{rest:02d}" if rest else "")


def long_date(day: date | str) -> str:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def month(day: str) -> str:
    due = date.fromisoformat(day)
    return f"{_MONTHS[due.month - 1]} {due.year}"


def rents(debt: int, rent: int) -> str:
    """How many months' rent a debt is, with one decimal."""
    return f"{debt / rent:.1f}".replace(".", ",") if rent else "0"


def days(count: int) -> str:
    return f"{count} dag" if count == 1 else f"{count} dager"


def sentence(rule: str, figures: Mapping[str, Any]) -> str:
    """The reason as a caseworker reads it."""
    return _SENTENCES[rule](figures)


def _overdue(f: Mapping[str, Any]) -> str:
    moved = f" (regnes fra {long_date(f['counted_from'])})" if f["counted_from"] != f["due"] else ""
    return f"Husleien for {month(f['due'])} forfalt {long_date(f['due'])}{moved} og er {days(f['dpd'])} over forfall."


def habit(f: Mapping[str, Any]) -> str:
    """Of E1's figures; empty where the habit is not known."""
    return "" if f["habit"] is None else f"Leietakeren betaler vanligvis innen {days(f['habit'])}."


def _e1(f: Mapping[str, Any]) -> str:
    return f"{_overdue(f)} {habit(f)}".rstrip()


def _s1(f: Mapping[str, Any]) -> str:
    owed = f"Til sammen skyldes {kroner(f['debt'])} kr ({rents(f['debt'], f['rent'])} måneders husleie)."
    return f"{_overdue(f)} {owed}"


def _s4(f: Mapping[str, Any]) -> str:
    sent, deadline = long_date(f["sent"]), long_date(f["deadline"])
    return f"Varsel etter tvangsfullbyrdelsesloven § 4-18 sendt {sent}; fristen går ut {deadline}."


def _a4(f: Mapping[str, Any]) -> str:
    requested = f"Begjæring om fravikelse mottatt {long_date(f['requested'])}." if f["requested"] else ""
    scheduled = f"Fravikelsen er berammet til {long_date(f['scheduled'])}." if f["scheduled"] else ""
    return " ".join(part for part in (requested, scheduled) if part) or "Fravikelse er berammet."


def _indebted(f: Mapping[str, Any]) -> str:
    """Under the old rules a reason had no count."""
    count = f.get("count") or 1
    owed = f"{kroner(f['debt'])} kr ({rents(f['debt'], f['rent'])} måneders husleie)"
    return f"{count} fakturaer er ubetalt, til sammen {owed}." if count > 1 else f"Det skyldes {owed}."


def _a1(f: Mapping[str, Any]) -> str:
    return f"{_overdue(f)} {_indebted(f)}"


def _a3(f: Mapping[str, Any]) -> str:
    sent, deadline = long_date(f["sent"]), long_date(f["deadline"])
    return f"Fristen i § 4-18-varselet fra {sent} går ut {deadline}, og gjelden er ubetalt."


def _s3(f: Mapping[str, Any]) -> str:
    lacks = f"{kroner(f['lacks'])} kr mangler per {long_date(f['as_of'])}"
    return f"Betalingsavtalen fra {long_date(f['agreed'])} er brutt: {lacks}."


def _shrunk(f: Mapping[str, Any]) -> str:
    percent = f["paid"] * 100 // f["invoice"] if f["invoice"] else 0
    return f"Siste betaling var {kroner(f['paid'])} kr av {kroner(f['invoice'])} kr ({percent} %)."


def _drifting(f: Mapping[str, Any]) -> str:
    late = f"{f['first']}, {f['second']} og {f['third']} dager"
    return f"De tre siste betalingene kom {late} etter forfall – stadig senere."


def _stopped(f: Mapping[str, Any]) -> str:
    return f"{WAYS[f['way']]} {long_date(f['stopped'])}"


def _e4(f: Mapping[str, Any]) -> str:
    return f"{_stopped(f)} og husleien er ikke betalt."


def _e5(f: Mapping[str, Any]) -> str:
    return f"Den første fakturaen i leieforholdet er ikke betalt. {_overdue(f)}"


def _e6(f: Mapping[str, Any]) -> str:
    return f"{_overdue(f)} Forrige varsel ble lukket {long_date(f['former'])}."


def _lease(text: str, f: Mapping[str, Any]) -> str:
    return text.format(ends=long_date(f["ends"]))


_LEASES: Mapping[str, str] = {
    "L1": "Leieavtalen går ut {ends}: vurder behovet, og om leietakeren kan eie.",
    "L2": "Leieavtalen går ut {ends}: vedtak om forlengelse eller ikke bør treffes nå.",
    "L3": "Leieavtalen går ut {ends}: leietakeren skal ha skriftlig beskjed om hva som skjer da.",
    "L4": "Leieavtalen gikk ut {ends}, og verken forlengelse eller utflytting er registrert.",
    "L5": "Leieavtalen gikk ut {ends}. Sendes ikke skriftlig flytteoppfordring innen tre måneder etter det, blir den "
    "tidsubestemt (husleieloven § 9-2).",
}
WAYS: Mapping[str, str] = {
    "debit_failed": "AvtaleGiro eller trekk ga ikke dekning",
    "debit_ended": "AvtaleGiro ble stanset",
    "deduction_ended": "Trekk ble stanset",
    "transport_ended": "Bostøtte til utleier ble stanset",
}
_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **{rule: partial(_lease, text) for rule, text in _LEASES.items()},
    "W1": _overdue,
    "W2": lambda f: f"{_stopped(f)}.",
    "W3": _drifting,
    "E1": _e1,
    "E2": _shrunk,
    "E3": _drifting,
    "E4": _e4,
    "E5": _e5,
    "E6": _e6,
    "S1": _s1,
    "S2": _indebted,
    "S3": _s3,
    "S4": _s4,
    "A1": _a1,
    "A2": _indebted,
    "A3": _a3,
    "A4": _a4,
}


def remedy(debt: int, rules: frozenset[str], found: Remedy | None) -> str:
    """What would close the alert, and what less would lower it: the sum, and from when."""
    if "A4" in rules:
        return f"Betales {kroner(debt)} kr og sakens kostnader før gjennomføringen, stanser fravikelsen."
    if rules & {"S4", "A3"}:
        return f"Betales gjelden i varselet, står § 4-18-varselet ikke lenger; nå skyldes {kroner(debt)} kr."
    if not debt:
        return "Betales neste husleie i tide, er det ikke lenger noe å følge med på."
    closes = f"Betales {kroner(debt)} kr, lukkes varselet."
    if found is None or not found.level or found.ore >= debt:
        return closes
    lower = f"{LEVEL_NAMES[found.level].lower()}, tidligst {_ordinal_date(found.soonest)}"
    return f"{closes} Med {kroner(found.ore)} kr senkes det til {lower}."


LEASE_REMEDY = "Registreres forlengelse eller at leieforholdet avsluttes, lukkes varselet."


def former(raised: date, resolved: date, resolution: str) -> str:
    """The history chip."""
    return f"Forrige episode: {long_date(raised)}–{long_date(resolved)}, løst ved {RESOLUTIONS[resolution]}."


def _ordinal_date(ordinal: int) -> str:
    return long_date(date.fromordinal(ordinal))


# How a notice to NAV stands. `ore` and `as_of`: what it says is owed, and by which day's books.
NAV_WORDS: Mapping[str, str] = {
    "requested": "Melding til NAV om {ore} kr per {as_of} er på vei.",
    "sent": "Meldingen til NAV om {ore} kr per {as_of} er levert. Kvitteringen er ikke kommet.",
    "received": "NAV har kvittert for meldingen om {ore} kr per {as_of}.",
    "contacted": "NAV har tatt kontakt med leietakeren etter meldingen om {ore} kr per {as_of}.",
    "application_sent": "Leietakeren har søkt NAV etter meldingen om {ore} kr per {as_of}.",
    "granted": "NAV har innvilget hjelp etter meldingen om {ore} kr per {as_of}.",
    "refused": "NAV har avslått hjelp etter meldingen om {ore} kr per {as_of}.",
    "expired": "NAV har avsluttet meldingen om {ore} kr per {as_of} uten svar fra leietakeren.",
    "withdrawn": "Meldingen til NAV om {ore} kr per {as_of} er trukket.",
    "rejected": "Meldingen til NAV om {ore} kr per {as_of} kom i retur.",
    "parked": "Meldingen til NAV om {ore} kr per {as_of} er stanset.",
}
NAV_SILENT = "NAV har ikke svart siden {since}."
# Why a notice came back or was stopped, and what a person does about it.
NAV_STOPS: Mapping[str, str] = {
    "reserved": "Leietakeren reserverte seg før den ble sendt.",
    "withdrawn": "Gjelden ble betalt, eller varselet lukket, før den ble sendt.",
    "protected": "Leietakeren har adressebeskyttelse: ta selv kontakt med NAV.",
    "person_unknown": "Leietakeren er ikke registrert i boligflyt. Registrer leietakeren og varsle på nytt.",
    "identity_missing": "Leietakeren er registrert uten navn. Rett det i mottaket og varsle på nytt.",
    "person_erased": "Opplysningene om leietakeren er slettet.",
    "person_unknown_to_nav": "NAV kjenner ikke personen. Kontroller fødselsnummeret i mottaket.",
    "unknown_recipient": "NAV-kontoret tar ikke imot. Gi beskjed til den som drifter boligflyt.",
    "no_office": "Det er ikke lagt inn hvilket NAV-kontor som tar imot. Gi beskjed til den som drifter boligflyt.",
    "superseded": "En nyere melding gjelder.",
    "unprintable": "Et navn eller en adresse har tegn som ikke kan skrives i et brev: ta selv kontakt med NAV.",
    "letter_refused": "SvarUt tok ikke imot brevet til NAV. Gi beskjed til den som drifter boligflyt.",
    "recall_refused": "NAV har meldingen, men brevet som trekker den, kom ikke fram: ta selv kontakt med NAV.",
    "letter_undelivered": "SvarUt fikk ikke levert brevet: ta selv kontakt med NAV.",
    "letter_handled_by_hand": "Brevet er avsluttet for hånd i SvarUt: finn ut om NAV har fått det.",
    "recalled": "NAV hadde fått den, og er bedt om å la den falle.",
}


EVENTS: Mapping[str, str] = {
    "tenancy.started": "Leieforholdet startet",
    "tenancy.changed": "Leieforholdet endret",
    "tenancy.renewed": "Leieavtalen forlenget",
    "tenancy.ended": "Leieforholdet avsluttet",
    "invoice.issued": "Faktura",
    "invoice.adjusted": "Faktura endret",
    "invoice.credited": "Kreditering",
    "payment.registered": "Innbetaling",
    "payment.reversed": "Innbetaling tilbakeført",
    "payment.held": "Uplassert innbetaling, kan gjelde leieforholdet",
    "payment.released": "Uplassert innbetaling avklart",
    "direct_debit.ended": "AvtaleGiro eller trekk avsluttet",
    "direct_debit.failed": "AvtaleGiro eller trekk ga ikke dekning",
    "reminder.sent": "Purring sendt",
    "payment_plan.agreed": "Avdrag i betalingsavtale",
    "payment_plan.changed": "Avdrag i endret betalingsavtale",
    "payment_plan.ended": "Betalingsavtale avsluttet",
    "eviction_notice.sent": "Varsel etter § 4-18 sendt",
    "enforcement.requested": "Begjæring om fravikelse mottatt",
    "enforcement.scheduled": "Fravikelse berammet",
    "enforcement.lifted": "Begjæringen trukket eller hevet",
    "enforcement.executed": "Fravikelse gjennomført",
    "bostotte_transport.started": "Bostøtte betales til utleier",
    "bostotte_transport.ended": "Bostøtte betales ikke lenger til utleier",
    "dispute.opened": "Leietakeren bestrider kravet",
    "dispute.closed": "Tvisten er avklart",
    "ledger.closed": "Reskontroen avsluttet",
}
# A figure's name, and whether it is a day, a number of days, a count, or øre.
FIGURES: Mapping[str, tuple[str, str]] = {
    "due": ("Eldste ubetalte forfall", "day"),
    "counted_from": ("Dager regnes fra", "day"),
    "dpd": ("Over forfall", "days"),
    "habit": ("Betaler vanligvis innen", "days"),
    "debt": ("Skyldig i alt", "ore"),
    "rent": ("En måneds husleie", "ore"),
    "count": ("Fakturaer ubetalt", "count"),
    "paid": ("Betalt sist", "ore"),
    "invoice": ("Fakturaen", "ore"),
    "first": ("Nest nest siste betaling etter forfall", "days"),
    "second": ("Nest siste betaling etter forfall", "days"),
    "third": ("Siste betaling etter forfall", "days"),
    "stopped": ("Stanset", "day"),
    "former": ("Forrige varsel lukket", "day"),
    "agreed": ("Avtalen fra", "day"),
    "lacks": ("Mangler av avtalen", "ore"),
    "as_of": ("Per", "day"),
    "ends": ("Leieavtalen går ut", "day"),
    "sent": ("Varselet sendt", "day"),
    "deadline": ("Fristen i varselet", "day"),
    "named": ("Beløpet i varselet", "ore"),
    "requested": ("Begjæring mottatt", "day"),
    "scheduled": ("Berammet til", "day"),
}
MAILS: Mapping[str, str] = {
    "open": "E-postvarselet er ikke sendt ennå.",
    "accepted": "E-postvarselet er tatt imot av e-posttjeneren.",
    "refused": "E-postvarselet ble avvist av e-posttjeneren.",
    "unknown": "Det er usikkert om e-postvarselet kom fram.",
}
