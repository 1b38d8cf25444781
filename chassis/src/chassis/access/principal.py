"""Who asks, from which municipality, on whose behalf and for what purpose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.http.problems import problem

SERVICE = "tjeneste"
ROLES = frozenset({"servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "okonomi", "leder"})
# What a calling service must say, and the form of it; none has room for a name or a sentence.
SERVICE_HEADERS = {"Kommunenummer": r"[0-9]{4}", "Acting-User": r"[!-~]{1,200}", "Purpose": r"[a-z][a-z0-9_.-]{0,60}"}


@dataclass(frozen=True, slots=True)
class Principal:
    subject: str
    roles: frozenset[str]
    kommunenummer: str
    name: str = ""
    is_service: bool = False
    acting_user: str = ""
    purpose: str = ""


def principal_of(claims: Mapping[str, Any], headers: Mapping[str, str]) -> Principal:
    """Of verified claims. A service acts in the municipality that it names, a person in the token's own.

    `sub` ends in events and logs as who decided, so a birth number in its place is refused.
    """
    subject, given = claims["sub"], claims.get("roles")
    roles = frozenset(role for role in given if isinstance(role, str)) if isinstance(given, list) else frozenset()
    if re.fullmatch("[0-9]{11}", subject):
        raise problem(401, "invalid_token", "Tokenets «sub» kan ikke være et fødselsnummer.")
    if SERVICE in roles:
        return _service(subject, claims, headers)
    kommunenummer = str(claims.get("kommunenummer"))
    if not re.fullmatch("[0-9]{4}", kommunenummer):
        raise problem(403, "no_municipality", "Tokenet sier ikke hvilken kommune du arbeider i.")
    return Principal(subject, roles & ROLES, kommunenummer, str(claims.get("name", "")), acting_user=subject)


def _service(subject: str, claims: Mapping[str, Any], headers: Mapping[str, str]) -> Principal:
    given = {name: headers.get(name, "") for name in SERVICE_HEADERS}
    if wrong := [name for name, form in SERVICE_HEADERS.items() if not re.fullmatch(form, given[name])]:
        errors = [{"field": name, "message": "Hodet mangler eller har feil form."} for name in wrong]
        raise problem(400, "service_headers", "En tjeneste må si for hvem og hvorfor den spør.", errors=errors)
    kommunenummer, acting_user, purpose = given.values()
    if claims.get("kommunenummer", kommunenummer) != kommunenummer:
        raise problem(403, "other_municipality", "Tokenet gjelder en annen kommune.")
    return Principal(subject, frozenset({SERVICE}), kommunenummer, subject, True, acting_user, purpose)
