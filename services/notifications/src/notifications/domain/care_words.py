"""What people read of an alert's care: what was done, why it waits, why somebody closed it, and what comes next."""

from collections.abc import Mapping

from notifications.domain.care import Care, NoteCode, ResolveReason, SnoozeReason
from notifications.domain.words import kroner, long_date

NOTES: Mapping[NoteCode, str] = {
    "contact": "Snakket med leietakeren",
    "not_reached": "Prøvde å nå leietakeren, uten svar",
    "plan": "Ble enige om nedbetaling",
    "nav": "Var i kontakt med NAV",
    "bostotte": "Hjalp med bostøtte",
    "other": "Noe annet",
}
SNOOZES: Mapping[SnoozeReason, str] = {
    "promise": "Leietakeren har lovet å betale",
    "delayed_benefit": "En ytelse er forsinket",
    "deceased": "Leietakeren er død",
    "dispute": "Leietakeren bestrider kravet",
    "missing_data": "Opplysninger mangler",
    "other": "Noe annet",
}
CLOSINGS: Mapping[ResolveReason, str] = {
    "settled_otherwise": "Ordnet på annen måte",
    "wrong_basis": "Grunnlaget er feil",
    "not_relevant": "Ikke aktuelt å gjøre noe",
    "deceased": "Leietakeren er død",
}
BASES: Mapping[str, str] = {
    "person": "satt av en saksbehandler",
    "tenancy": "har leieforholdet",
    "area": "har området",
    "fallback": "ingen har leieforholdet eller området",
}
# The next step of an alert, or of its ladder (ladder.py).
STEPS: Mapping[str, str] = {
    "assign": "Ansvarlig finnes",
    "told": "Melding til den ansvarlige",
    "reminder": "Påminnelse til den ansvarlige",
    "S5": "Ny melding til den ansvarlige",
    "substitute": "Melding til vikaren",
    "leader": "Melding til leder",
    "phone": "Melding til den ansvarlige, vikaren og leder",
    "fallback": "Melding til kommunens felles adresse",
    "listed": "På leders morgenliste",
    "watched": "Ses på igjen",
    "reopen": "Åpnes igjen om ikke mer er gjort",
    "wake": "Åpnes igjen",
}


def came_back(care: Care) -> str | None:
    """Why an alert that somebody had seen to is open again."""
    match care.back:
        case "promise_broken" if care.ended and care.ended.promised_on:
            ore, day = kroner(care.ended.promised_ore), long_date(care.ended.promised_on)
            return f"Åpnet igjen: løftet om {ore} kr innen {day} ble ikke holdt."
        case "snooze_ended" | "promise_broken":
            return "Åpnet igjen: utsettelsen er over."
        case "reopened":
            return "Åpnet igjen: det er ikke notert at noe er gjort."
    return None
