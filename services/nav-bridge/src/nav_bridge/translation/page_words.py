"""What the pages of deliveries call things."""

from collections.abc import Mapping

MATTERS: Mapping[str, str] = {"referral": "Henvisning", "nav_notice": "Melding etter husleieloven § 9-11"}
STATUSES: Mapping[str, str] = {
    "requested": "Venter på tur",
    "sending": "Sendes nå",
    "uncertain": "Sendt uten svar, NAV blir spurt",
    "sent": "Levert, venter på kvittering",
    "received": "Mottatt av NAV",
    "recalling": "Kalles tilbake",
    "rejected": "Avvist",
    "parked": "Stanset",
    "closed": "Ferdig hos NAV",
    "recalled": "Kalt tilbake",
}
# Of a letter, where the other words would say what is not so.
STATUSES_OF_LETTERS: Mapping[str, str] = {
    "uncertain": "Sendt uten svar, SvarUt blir spurt",
    "sent": "Levert SvarUt, ikke lest av NAV ennå",
    "received": "Lest av NAV",
    "recalling": "NAV får brev om at den er trukket",
    "closed": "Ferdig hos NAV",
    "recalled": "NAV er sendt brev om at den er trukket",
}
CHANNELS: Mapping[str, str] = {
    "api": "Grensesnitt som er boligflyts forslag",
    "letter": "Brev over KS SvarUt",
}
COLOURS: Mapping[str, str] = {
    "requested": "neutral",
    "sending": "info",
    "uncertain": "warning",
    "sent": "info",
    "received": "success",
    "recalling": "warning",
    "rejected": "warning",
    "parked": "danger",
    "closed": "neutral",
    "recalled": "neutral",
}
OUTCOMES: Mapping[str, str] = {
    "contacted": "NAV har tatt kontakt",
    "application_sent": "Søknad er sendt",
    "granted": "Innvilget",
    "refused": "Avslag",
    "withdrawn": "Trukket",
    "expired": "Utløpt",
}
# Why a delivery was sent back or stopped, and what a person does about it.
CODES: Mapping[str, str] = {
    "withdrawn": "Trukket før den ble sendt.",
    "reserved": "Leietakeren har reservert seg mot melding til NAV.",
    "invalid_message": "NAV kunne ikke lese meldingen. Gi beskjed til den som drifter boligflyt.",
    "person_unknown_to_nav": "NAV kjenner ikke personen. Kontroller fødselsnummeret som er registrert.",
    "unknown_recipient": "NAV-kontoret tar ikke imot. Kontroller hvem som er mottaker.",
    "missing_legal_basis": "Det mangler samtykke eller hjemmel i lov.",
    "consent_withdrawn": "Samtykket er trukket.",
    "superseded": "En nyere utgave gjelder.",
    "no_office": "Det er ikke lagt inn hvilket NAV-kontor som tar imot.",
    "notice_unknown": "Meldingen finnes ikke lenger der den ble laget.",
    "notice_incomplete": "Meldingen mangler opplysninger som NAV må ha.",
    "protected": "Adressebeskyttet: ta selv kontakt med NAV.",
    "person_unknown": "Personen er ikke registrert i boligflyt.",
    "person_erased": "Opplysningene om personen er slettet.",
    "identity_missing": "Personen er registrert uten navn.",
    "referral_unknown": "Henvisningen finnes ikke lenger der den ble laget.",
    "referral_incomplete": "Henvisningen mangler opplysninger som NAV må ha.",
    "unknown_answer": "NAV svarte med et ord som boligflyt ikke kjenner.",
    "key_conflict": "NAV har en annen melding under samme nøkkel.",
    "outcome_unknown": "NAV bruker et ord om saken som boligflyt ikke kjenner. Spør NAV hvordan den står.",
    "lost_by_nav": "NAV tok imot den, men kjenner den ikke lenger. Spør NAV.",
    "stopped_by_person": "Stanset av et menneske.",
    "letter_refused": "SvarUt tok ikke imot brevet. Gi beskjed til den som drifter boligflyt.",
    "recall_refused": "Brevet som trekker den, kom ikke fram. Kall tilbake på nytt, eller ta kontakt med NAV.",
    "letter_undelivered": "SvarUt fikk ikke levert brevet. Ta selv kontakt med NAV.",
    "letter_handled_by_hand": "Brevet er avsluttet for hånd i SvarUt. Finn ut om NAV har fått det.",
    "unprintable": "Et navn eller en adresse har tegn som ikke kan skrives i et brev. Ta selv kontakt med NAV.",
}
ACTS: Mapping[str, str] = {
    "recall": "Kall tilbake",
    "park": "Stans",
    "retry": "Prøv på nytt",
    "outcome": "Registrer utfall",
}
DONE: Mapping[str, str] = {
    "recall": "Kalt tilbake for hånd",
    "park": "Stanset for hånd",
    "retry": "Prøvd på nytt for hånd",
    "outcome": "Utfall registrert for hånd",
}
EXPLAINED: Mapping[str, str] = {
    "recall": "NAV bes om å la den falle. Har NAV alt avgjort den, gjelder avgjørelsen.",
    "park": "Ingen maskin går videre med den før et menneske prøver på nytt.",
    "retry": "Den sendes på nytt med samme nøkkel, eller NAV blir spurt om den, om NAV har den.",
    "outcome": "Når kommunen har fått vite utfallet på annen måte. Det teller som om NAV hadde svart her.",
}
EXPLAINED_OF_LETTERS: Mapping[str, str] = {
    "recall": "NAV får et nytt brev om å se bort fra den. Et brev som er levert, kan ikke hentes tilbake.",
    "retry": "Brevet som ikke kom fram, sendes på nytt, eller SvarUt blir spurt om det, om SvarUt har det.",
}
REASONS: Mapping[str, str] = {
    "sent_by_mistake": "Sendt ved en feil",
    "content_wrong": "Innholdet er feil",
    "applicant_asked": "Søkeren ber om det",
    "handled_otherwise": "Tas opp med NAV på annen måte",
    "awaits_clarification": "Venter på avklaring",
    "cause_removed": "Årsaken er rettet",
    "nav_asked": "NAV ber om det",
    "nav_wrote": "NAV har skrevet det",
    "nav_told": "NAV har sagt det",
    "applicant_showed": "Søkeren har vist svaret fra NAV",
}
REASONS_OF_NOTICES: Mapping[str, str] = {
    "applicant_asked": "Leietakeren ber om det",
    "applicant_showed": "Leietakeren har vist svaret fra NAV",
}
EVENTS: Mapping[str, str] = {
    "delivery.sent": "NAV har tatt imot",
    "delivery.received": "Kvittering fra NAV",
    "delivery.outcome": "Utfall hos NAV",
    "delivery.rejected": "Avvist",
    "delivery.parked": "Stanset",
    "delivery.recalled": "Kalt tilbake",
    "delivery.overdue": "NAV har ikke svart",
}
EVENTS_OF_LETTERS: Mapping[str, str] = {
    "delivery.sent": "SvarUt har tatt imot brevet",
    "delivery.received": "Lest av NAV",
    "delivery.recalled": "NAV er sendt brev om at den er trukket",
}
CALLS: Mapping[str, str] = {
    "nav": "Overlevert NAV",
    "nav-lookup": "Spurt NAV om den er kommet fram",
    "nav-outcome": "Spurt NAV om utfallet",
    "nav-recall": "Bedt NAV la den falle",
    "svarut-reserve": "Bedt SvarUt om nummer til et brev",
    "svarut": "Overlevert SvarUt som brev",
    "svarut-lookup": "Spurt SvarUt om brevet er kommet fram",
    "svarut-outcome": "Spurt SvarUt hvordan det går med brevet",
    "svarut-recall": "Sendt NAV brev om at den er trukket",
}
# What is asked of NAV and SvarUt, each with a budget and a breaker of its own.
DESTINATIONS: Mapping[str, str] = {
    "nav": "Levere til NAV",
    "nav-lookup": "Spørre om en levering er kommet fram",
    "nav-outcome": "Spørre om utfallet",
    "nav-recall": "Be NAV la en levering falle",
    "svarut-reserve": "Be SvarUt om nummer til et brev",
    "svarut": "Levere brev til SvarUt",
    "svarut-lookup": "Spørre SvarUt om et brev er kommet fram",
    "svarut-outcome": "Spørre SvarUt om et brev er lest",
    "svarut-recall": "Sende brev om at en levering er trukket",
}
ANSWERS: Mapping[str, str] = {
    "open": "prøves ennå",
    "accepted": "tatt imot",
    "refused": "avvist",
    "unknown": "uten svar",
}
# What the two would say amiss together. A call may be refused by our own doors, and then nothing left the house.
OTHERWISE: Mapping[tuple[str, str], tuple[str, str]] = {
    ("nav", "open"): ("Forsøkes overlevert NAV", "prøves ennå"),
    ("nav", "refused"): ("Ikke overlevert, eller avvist av NAV", ""),
    ("nav", "unknown"): ("Forsøkt overlevert NAV", "uten svar"),
    ("nav-lookup", "accepted"): (CALLS["nav-lookup"], "NAV svarte"),
    ("nav-outcome", "accepted"): (CALLS["nav-outcome"], "NAV svarte"),
    ("nav-recall", "accepted"): (CALLS["nav-recall"], "NAV lot den falle"),
    ("nav-recall", "refused"): (CALLS["nav-recall"], "NAV lot den ikke falle"),
    ("svarut", "open"): ("Forsøkes overlevert SvarUt", "prøves ennå"),
    ("svarut", "refused"): ("Ikke overlevert, eller avvist av SvarUt", ""),
    ("svarut", "unknown"): ("Forsøkt overlevert SvarUt", "uten svar"),
    ("svarut-reserve", "accepted"): (CALLS["svarut-reserve"], "SvarUt svarte"),
    ("svarut-lookup", "accepted"): (CALLS["svarut-lookup"], "SvarUt svarte"),
    ("svarut-outcome", "accepted"): (CALLS["svarut-outcome"], "SvarUt svarte"),
    ("svarut-recall", "unknown"): ("Forsøkt å sende NAV brev om at den er trukket", "uten svar"),
    ("svarut-recall", "refused"): ("Brev om at den er trukket ble ikke sendt", ""),
}


def status(code: str, channel: str) -> str:
    return STATUSES_OF_LETTERS.get(code, STATUSES[code]) if channel == "letter" else STATUSES[code]


def happened(type: str, channel: str) -> str:
    return EVENTS_OF_LETTERS.get(type, EVENTS[type]) if channel == "letter" else EVENTS[type]


def explained(act: str, channel: str) -> str:
    return EXPLAINED_OF_LETTERS.get(act, EXPLAINED[act]) if channel == "letter" else EXPLAINED[act]


def reason(code: str, matter: str) -> str:
    """Why a person did what they did, of a referral or a notice."""
    return REASONS_OF_NOTICES.get(code, REASONS[code]) if matter == "nav_notice" else REASONS[code]
