"""What the pages call things."""

from collections.abc import Mapping

TYPES: Mapping[str, str] = {"kommunal_bolig": "Kommunal bolig", "startlan": "Startlån", "tilskudd": "Tilskudd"}
DWELLINGS: Mapping[str, str] = {
    "gjennomgangsbolig": "gjennomgangsbolig",
    "omsorgsbolig": "omsorgsbolig",
    "trygdebolig": "trygdebolig",
    "tilrettelagt": "tilrettelagt bolig",
}
DECIDERS: Mapping[str, str] = {"boligutvalg": "Boligutvalget", "vedtakskontor": "Vedtakskontoret"}
OVERALL: Mapping[str, str] = {
    "candidate": "Aktuell",
    "not_candidate": "Ikke aktuell",
    "needs_mapping": "Må kartlegges",
    "out_of_scope": "Utenfor virkeområdet",
}
OUTCOMES: Mapping[str, str] = {"granted": "Innvilget", "refused": "Avslag", "dismissed": "Avvist"}
REFERRALS: Mapping[str, str] = {
    "requested": "Klar til NAV",
    "sent": "Sendt til NAV",
    "received": "Mottatt av NAV",
    "contacted": "NAV har tatt kontakt",
    "application_sent": "Søknad er sendt",
    "granted": "Innvilget",
    "refused": "Avslag",
    "withdrawn": "Trukket",
    "expired": "Utløpt",
    "rejected": "Avvist av NAV, må rettes",
    "parked": "Stanset, må ses på av et menneske",
    "recalled": "Kalt tilbake fra NAV",
}
STRENGTHS: Mapping[str, str] = {
    "HARD": "skal",
    "MAIN": "hovedregel",
    "SHOULD": "bør",
    "MAY": "kan",
    "FACTOR": "moment",
    "EXC": "unntak",
}
COLOURS: Mapping[str, str] = {
    "candidate": "success",
    "not_candidate": "warning",
    "needs_mapping": "info",
    "out_of_scope": "neutral",
    "fulfilled": "success",
    "not_fulfilled": "danger",
    "unresolved": "neutral",
}


def subject(application_type: str, dwelling_type: str | None) -> str:
    """What is applied for, as «Kommunal bolig, gjennomgangsbolig»."""
    return ", ".join(filter(None, (TYPES[application_type], DWELLINGS.get(dwelling_type or ""))))


BASES: Mapping[str, str] = {"consent": "Grunnlag: samtykke", "law": "Grunnlag: hjemmel i lov"}
CALLS: Mapping[str, str] = {
    "intake-facts": "Opplysningene i søknaden hentet fra mottaket",
    "nav": "Henvisningen overlevert NAV",
    "nav-lookup": "Spurt NAV om henvisningen er kommet fram",
    "nav-outcome": "Spurt NAV om utfallet",
    "nav-recall": "Henvisningen kalt tilbake fra NAV",
    "svarut-reserve": "Bedt SvarUt om nummer til et brev",
    "svarut": "Henvisningen overlevert SvarUt som brev til NAV",
    "svarut-lookup": "Spurt SvarUt om brevet er kommet fram",
    "svarut-outcome": "Spurt SvarUt hvordan det går med brevet",
    "svarut-recall": "Sendt NAV brev om at henvisningen er trukket",
}
STANDINGS: Mapping[str, str] = {
    "open": "Prøves ennå",
    "accepted": "Tatt imot",
    "refused": "Avvist",
    "unknown": "Uten svar",
}
# What the two would say amiss together. A call may be refused by our own doors, and then nothing left the house.
OTHERWISE: Mapping[tuple[str, str], tuple[str, str]] = {
    ("nav", "open"): ("Henvisningen forsøkes overlevert NAV", "Prøves ennå"),
    ("nav", "refused"): ("Henvisningen er ikke overlevert, eller avvist av NAV", ""),
    ("nav", "unknown"): ("Henvisningen forsøkt overlevert NAV", "Uten svar"),
    ("nav-lookup", "accepted"): (CALLS["nav-lookup"], "NAV svarte"),
    ("nav-outcome", "accepted"): (CALLS["nav-outcome"], "NAV svarte"),
    ("nav-recall", "open"): ("NAV bes om å la henvisningen falle", "Prøves ennå"),
    ("nav-recall", "refused"): ("NAV bedt om å la henvisningen falle", "NAV lot den ikke falle"),
    ("nav-recall", "unknown"): ("NAV bedt om å la henvisningen falle", "Uten svar"),
    ("svarut-reserve", "accepted"): (CALLS["svarut-reserve"], "SvarUt svarte"),
    ("svarut", "open"): ("Henvisningen forsøkes overlevert SvarUt", "Prøves ennå"),
    ("svarut", "refused"): ("Henvisningen er ikke overlevert, eller avvist av SvarUt", ""),
    ("svarut", "unknown"): ("Henvisningen forsøkt overlevert SvarUt", "Uten svar"),
    ("svarut-lookup", "accepted"): (CALLS["svarut-lookup"], "SvarUt svarte"),
    ("svarut-outcome", "accepted"): (CALLS["svarut-outcome"], "SvarUt svarte"),
    ("svarut-recall", "open"): ("Brev om at henvisningen er trukket, forsøkes sendt", "Prøves ennå"),
    ("svarut-recall", "refused"): ("Brev om at henvisningen er trukket, er ikke sendt", ""),
    ("svarut-recall", "unknown"): ("Brev om at henvisningen er trukket, forsøkt sendt", "Uten svar"),
}
